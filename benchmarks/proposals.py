"""What comparing proposals costs beside their runs: `uv run python -m benchmarks.proposals` writes its table.

Fifty proposals for the work that the preset retail-peak gives to its vendors, each as planned and under every stress
test of the library: 300 runs of 16 weeks. Once as an evaluation, as a terminal conducts it; once each run started by
hand from its document. Each way in a process of its own, on one core. Takes about twenty minutes.
"""

import argparse
import json
import random
import time
from copy import deepcopy
from pathlib import Path
from typing import Any

from benchmarks.report import child, machine, say, table, verdict
from server.studying import local_study
from simulation.comparison import Simulated
from simulation.experiment import Experiment, simulate
from simulation.presets import preset_text
from simulation.proposals.board import Board
from simulation.proposals.evaluation import Evaluation
from simulation.proposals.proposal import Proposal, offered
from simulation.proposals.putting_out import put_out
from simulation.proposals.reading import proposal_from_data
from simulation.proposals.request import Request
from simulation.scenario.reading.canonical import canonical, canonical_data
from simulation.scenario.reading.document import load
from simulation.scenario.scenario import Scenario
from simulation.studies.study import Asked, conduct_together

RESULTS = Path(__file__).parent / "proposals.md"
PROPOSALS, REPLICATIONS, SEED = 50, 10, 3
BAR = 1.2
HEADS = {"bogota-voice": (55, 90), "bogota-mail": (20, 32)}
"""From how many heads to how many each team of a proposal has."""
Measured = dict[str, float]


def request(scenario: Scenario, replications: int) -> Request:
    """The work that vendors have in the preset, and every stress test."""
    return put_out(scenario, experiment=Experiment(replications=replications, seed=SEED)).request


def proposals(scenario: Scenario, of: Request, count: int) -> dict[str, Proposal]:
    """As the preset's second vendor would serve all of it, each with other heads, hiring and prices."""
    (vendor,) = (one for one in canonical_data(scenario)["vendors"] if one["id"] == "andes")
    own = {name: value for name, value in vendor.items() if name not in ("contracts", "kind")}
    own["sites"] = [{**own["sites"][0], "seats": 400}]
    r = random.Random(SEED)
    return {f"p{number}": _proposal(own, of, r) for number in range(count)}


def _proposal(vendor: dict[str, Any], of: Request, r: random.Random) -> Proposal:
    own = deepcopy(vendor)
    for team in own["teams"]:
        team["workforce"]["headcount"] = r.randint(*HEADS[team["id"]])
        team["workforce"]["hiring"] = {
            "lead_time_weeks": {"mean": r.choice([1, 2, 3])},
            "training_weeks": r.choice([2, 3, 4]),
            "class_size": r.randint(5, 20),
        }
        team["policies"] = [{"kind": "HIRE_UP_TO", "buffer": round(r.uniform(-0.05, 0.1), 3)}]
    pricing = [{"kind": "PER_PAID_HOUR", "rate": round(r.uniform(14, 22), 2)}]
    return offered(proposal_from_data({"vendor": own, "pricing": pricing}, of))


def evaluated(count: int, replications: int, runs: Path) -> Measured:
    """The evaluation, from the proposals' texts to the board; the documents of its runs go to a file."""
    scenario = load(preset_text("retail-peak"))
    of = request(scenario, replications)
    study = Evaluation.of(of, proposals(scenario, of, count))
    described = study.model_dump_json()
    began = _clocks()
    study = Evaluation.model_validate_json(described)
    documents: list[str] = []
    with local_study(1, "kernel") as simulated:

        def each(points: Any) -> Any:
            documents.extend(canonical(point.scenario) for point in points)
            return simulated.each(points)

        board = conduct_together(study, each)
    spent = _since(began)
    assert isinstance(board, Board)
    assert len(board.candidates) == count
    runs.write_text(json.dumps(documents), "utf-8")
    return {**spent, "runs": len(documents)}


def by_hand(replications: int, runs: Path) -> Measured:
    """Every run from its document to its result."""
    documents = json.loads(runs.read_text("utf-8"))
    experiment = Experiment(replications=replications, seed=SEED)
    began = _clocks()
    for document in documents:
        simulate(load(document), experiment)
    return {**_since(began), "runs": len(documents)}


def stepped(count: int, replications: int) -> Measured:
    """The study's own steps without the runs: every point made, read as if simulated, and the board."""
    scenario = load(preset_text("retail-peak"))
    of = request(scenario, replications)
    study = Evaluation.of(of, proposals(scenario, of, count))
    known: dict[str, Any] = {}
    reading, began = None, _clocks()
    while isinstance(step := study.ask(known), Asked):
        if reading is None:
            point = step.points[0]
            simulated = Simulated(point.scenario, simulate(point.scenario, point.experiment))
            reading, began = study.read(simulated), _clocks()
        for point in step.points:
            known[point.name] = study.read(simulated)
    return {**_since(began), "runs": len(known)}


def _clocks() -> tuple[float, float]:
    return time.process_time(), time.perf_counter()


def _since(began: tuple[float, float]) -> Measured:
    cpu, wall = _clocks()
    return {"cpu": cpu - began[0], "wall": wall - began[1]}


WAYS = ("evaluated", "by-hand", "stepped")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--proposals", type=int, default=PROPOSALS)
    parser.add_argument("--replications", type=int, default=REPLICATIONS)
    parser.add_argument("--note", action="append", default=[], help="a sentence to write under the bar")
    parser.add_argument("--child", choices=WAYS, help="one way, as JSON")
    parser.add_argument("--runs", type=Path, default=Path("build/proposals-runs.json"))
    asked = parser.parse_args()
    asked.runs.parent.mkdir(parents=True, exist_ok=True)
    if asked.child:
        print(json.dumps(one_way(asked)))
        return
    words = [f"--proposals={asked.proposals}", f"--replications={asked.replications}", f"--runs={asked.runs}"]
    found = {}
    for way in WAYS:
        found[way] = child("proposals", f"--child={way}", *words)
        say(f"{way}: {found[way]['cpu']:.1f} s of CPU, {found[way]['wall']:.1f} s")
    asked.runs.unlink()
    text = report(found, asked)
    RESULTS.write_text(text)
    print(text)


def one_way(asked: argparse.Namespace) -> Measured:
    if asked.child == "evaluated":
        return evaluated(asked.proposals, asked.replications, asked.runs)
    if asked.child == "by-hand":
        return by_hand(asked.replications, asked.runs)
    return stepped(asked.proposals, asked.replications)


def report(found: dict[str, Measured], asked: argparse.Namespace) -> str:
    ratio = found["evaluated"]["cpu"] / found["by-hand"]["cpu"]
    return TEXT.format(
        machine=machine(),
        proposals=asked.proposals,
        runs=int(found["by-hand"]["runs"]),
        replications=asked.replications,
        bar=table(
            ("work", "measured", "bar", ""),
            (
                "CPU time: evaluation / its runs by hand",
                f"{ratio:.2f}",
                f"< {BAR}",
                verdict(ratio, BAR, most=True),
            ),
        ),
        notes="".join(f"\n{note}\n" for note in asked.note),
        ways=table(
            ("way", "CPU s", "wall s", "CPU ms a run"),
            *(
                (name, f"{one['cpu']:.1f}", f"{one['wall']:.1f}", f"{1000 * one['cpu'] / one['runs']:.0f}")
                for name, one in zip(("evaluation", "by hand", "the study's own steps"), found.values(), strict=True)
            ),
        ),
    )


TEXT = """# What comparing proposals costs beside their runs

{machine}

Written by `uv run python -m benchmarks.proposals --replications {replications}`. {proposals} proposals for the work
that retail-peak gives to its vendors, as planned and under five stress tests: {runs} runs of 16 weeks, {replications}
replications each, one core, each way a process of its own. By hand is `simulate` of every run's document. The study's
own steps are joining, stress tests, readings and the board, without any run.

{bar}
{notes}
{ways}
"""


if __name__ == "__main__":
    main()
