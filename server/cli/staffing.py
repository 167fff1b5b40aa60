"""`springtide staff`: the least agents for the targets, and the least-cost hiring plan that keeps every clause."""

import json
import math
from pathlib import Path
from typing import Annotated, Any, Literal

import typer

from server.cli.documents import (
    JsonOption,
    ScenarioArgument,
    check_writable,
    parse_changes,
    read_experiment,
    read_scenario,
    write,
)
from server.cli.endings import Exit, leave
from server.cli.studies import Floor, Replications, Seed, Sets, Workers


def staff(
    scenario: ScenarioArgument,
    confidence: Annotated[
        float,
        typer.Option(help="What the lower bound of the probability that every clause is met has to reach."),
    ] = 0.8,
    objective: Annotated[
        Literal["client-cost", "vendor-margin"], typer.Option(help="What the hiring plan is to be good for.")
    ] = "client-cost",
    vendor: Annotated[str | None, typer.Option(help="Whose margin, by the vendor's id.")] = None,
    budget: Annotated[
        float | None, typer.Option(help="The most that the client may pay over the horizon; left out: anything.")
    ] = None,
    site_share: Annotated[
        list[str] | None,
        typer.Option(metavar="SITE=SHARE", help="The most of all hours on the floor that a site may have: manila=0.6."),
    ] = None,
    replications: Replications = None,
    seed: Seed = 1,
    workers: Workers = None,
    floor: Floor = "kernel",
    change: Sets = None,
    output: Annotated[
        Path | None,
        typer.Option("-o", "--output", metavar="FILE", help="Where the scenario with the plan goes."),
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Find the least agents for the targets, and the least-cost hiring plan that keeps every clause."""
    described = read_scenario(scenario, parse_changes(change or []))
    experiment = read_experiment(replications, seed, None)
    shares = dict(_share(text) for text in site_share or ())
    if not 0 < confidence < 1:
        leave(
            Exit.WRONG_USAGE, f"--confidence {confidence:g}: out of range; write a share between 0 and 1, such as 0.9"
        )
    if budget is not None and not 0 < budget < math.inf:
        leave(Exit.WRONG_USAGE, f"--budget {budget:g}: out of range; write an amount over 0, or leave it out")
    if output is not None:
        check_writable(output, "-o")  # better known before the work than after
    from server.studying import study_locally
    from server.tables.staffing import show_staffing
    from simulation.scenario.reading.canonical import canonical, to_yaml
    from simulation.scenario.reading.document import load
    from simulation.studies.staffing.options import Objective
    from simulation.studies.staffing.search import StaffingSearch
    from simulation.studies.study import StudyRefusedError

    search = StaffingSearch(
        document=canonical(described),
        experiment=experiment,
        confidence=confidence,
        objective=Objective(objective.replace("-", "_").upper()),
        vendor=vendor,
        budget=budget,
        site_shares=shares,
    )
    try:
        answer = study_locally(search, workers=workers, floor=floor)
    except StudyRefusedError as error:
        leave(Exit.WRONG_USAGE, str(error))
    if output is not None:
        write(output, to_yaml(load(answer.document)).encode(), "-o")
    if as_json:
        print(json.dumps(plain(search, answer), separators=(",", ":"), ensure_ascii=False, allow_nan=False))
    else:
        show_staffing(described, answer)
    if answer.shortfall is not None:
        leave(Exit.FAILED, *_unreached(answer))


def plain(search: Any, answer: Any) -> dict[str, Any]:
    """The answer as the interface has it: figures flat, what they are known by beside them."""
    told: dict[str, Any] = json.loads(search.stored(type(answer), answer))
    met, cost = told.pop("met"), told.pop("cost")
    return {
        "teams": told.pop("teams"),
        "plan": told.pop("plan"),
        "cost": None if cost is None else cost["mean"],
        "met_probability": None if met is None else met["mean"],
        "decide_by": told.pop("decide_by"),
        "cost_ci": None if cost is None else [cost["lower"], cost["upper"]],
        "met_probability_ci": None if met is None else [met["lower"], met["upper"]],
        **{name: value for name, value in told.items() if name != "document"},
        "scenario": json.loads(answer.document),
    }


def _share(text: str) -> tuple[str, float]:
    site, _, value = text.partition("=")
    try:
        share = float(value)
    except ValueError:
        share = -1.0
    if not (site and 0 <= share <= 1):
        leave(Exit.WRONG_USAGE, f"--site-share {text}: not a share of a site; write SITE=SHARE, such as manila=0.6")
    return site, share


def _unreached(answer: Any) -> list[str]:
    short = answer.shortfall
    lines = [
        f"no plan was proven to keep every clause with confidence {answer.confidence:g}: what binds is {short.binding};"
        f" the nearest that was proven is {short.nearest_confidence:.2f}"
    ]
    if short.nearest_cost is not None:
        lines.append(f"the least cost seen with this confidence is {short.nearest_cost:,.0f}")
    return lines
