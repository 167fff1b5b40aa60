"""What contracts and money cost: `uv run python -m benchmarks.settlement` writes `benchmarks/settlement.md`.

Every round is an experiment of the preset retail-peak in a process of its own. A figure is the median of its rounds, a
share the median of the rounds' shares. Takes about five minutes; `--rounds 1` is a try.
"""

import argparse
import json
from pathlib import Path
from statistics import median

from benchmarks.report import child, machine, say, table, verdict
from benchmarks.shares import KERNEL, Clock, seconds_of, time_parts
from simulation import replication
from simulation.experiment import Experiment, simulate
from simulation.outcome.clauses.days import ClauseDays
from simulation.outcome.report import conclusion
from simulation.outcome.shards import summary
from simulation.presets import preset_text
from simulation.scenario.reading.document import load

RESULTS = Path(__file__).parent / "settlement.md"
ROUNDS, REPLICATIONS = 5, 50
BAR = 0.05
LIVED = "the replication"
SCORED, ASKED = "scoring: what clauses count", "times that contracts ask for, hours billed"
SETTLED = "settling: clauses, invoices, costs"
OF_MONEY = (SCORED, ASKED, SETTLED)
PARTS = [
    (LIVED, replication, ("replicate",)),
    (SCORED, replication, ("external_luck",)),
    (SCORED, ClauseDays, ("count",)),
    (ASKED, summary, ("charged_times", "count_times", "when", "bill")),
    (SETTLED, conclusion, ("settle",)),
]
Measured = dict[str, float]


def shares() -> Measured:
    """CPU seconds of a replication by part."""
    described = load(preset_text("retail-peak"))
    simulate(described, Experiment(replications=1, seed=2))  # compiled and fitted by now
    clock = Clock()
    time_parts(clock, PARTS)
    seconds = seconds_of(clock, lambda: simulate(described, Experiment(replications=REPLICATIONS)))
    return {part: seconds.get(part, 0.0) / REPLICATIONS for part in (*OF_MONEY, LIVED, KERNEL)}


def share(measured: Measured) -> float:
    """Scoring and invoicing over the replication that they are of."""
    return sum(measured[part] for part in OF_MONEY) / (measured[LIVED] + measured[KERNEL])


def measure(rounds: int) -> list[Measured]:
    found = []
    for number in range(rounds):
        found.append(child("settlement", "--child"))
        say(f"round {number + 1}: scoring and invoicing {share(found[-1]):.1%} of a replication")
    return found


def report(found: list[Measured]) -> str:
    rows = []
    for part in (*OF_MONEY, LIVED):
        spent = [one[part] + (one[KERNEL] if part == LIVED else 0.0) for one in found]
        whole = [one[LIVED] + one[KERNEL] for one in found]
        of = median(a / b for a, b in zip(spent, whole, strict=True))
        rows.append((part, f"{1000 * median(spent):.2f}", f"{of:.2%}"))
    return table(("part", "CPU ms a replication", "of the replication"), *rows)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    parser.add_argument("--note", action="append", default=[], help="a sentence to write under the bar")
    parser.add_argument("--child", action="store_true", help="one round, as JSON")
    asked = parser.parse_args()
    if asked.child:
        print(json.dumps(shares()))
        return
    found = measure(asked.rounds)
    value = median(share(one) for one in found)
    text = TEXT.format(
        machine=machine(),
        rounds=asked.rounds,
        replications=REPLICATIONS,
        bar=table(
            ("work", "measured", "bar", ""),
            (
                "scoring and invoicing, of a replication's CPU time",
                f"{value:.1%}",
                f"< {BAR:.0%}",
                verdict(value, BAR, most=True),
            ),
        ),
        notes="".join(f"\n{note}\n" for note in asked.note),
        parts=report(found),
    )
    RESULTS.write_text(text)
    print(text)


TEXT = """# What contracts and money cost

{machine}

Written by `uv run python -m benchmarks.settlement`. Preset retail-peak: 16 weeks, two vendors with contracts, an
in-house team with its cost, the client's own cost; {replications} replications, one core, every round a process of its
own, figures are medians of {rounds} rounds. Rosters and volumes, made once for all replications, are in no figure.

{bar}
{notes}
{parts}
"""


if __name__ == "__main__":
    main()
