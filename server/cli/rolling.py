"""`springtide roll`: a plan that goes on from a later date with what really was."""

import json
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from server.cli.documents import JsonOption, ScenarioArgument, read_document, read_scenario, write
from server.cli.endings import Exit, leave
from server.terminal import say

if TYPE_CHECKING:
    from simulation.studies.rolling import Rolled


def roll(
    scenario: ScenarioArgument,
    at: Annotated[str, typer.Option(metavar="DATE", help="The date at whose midnight the new plan starts.")],
    actuals: Annotated[
        str | None, typer.Option(metavar="FILE", help="What really was, by queue and team; left out: all as planned.")
    ] = None,
    name: Annotated[str | None, typer.Option(help="Its name; left out: the old one's with the date.")] = None,
    output: Annotated[
        Path, typer.Option("-o", "--output", metavar="FILE", help="Where the new scenario is written, as YAML.")
    ] = Path("rolled.yaml"),
    as_json: JsonOption = False,
) -> None:
    """Roll a plan forward: a scenario that starts later with what really was, and how plan and actual differ."""
    described = read_scenario(scenario)
    from simulation.scenario.problems import RefusedError
    from simulation.scenario.reading.canonical import to_yaml
    from simulation.studies.actuals import read_actuals
    from simulation.studies.rolling import roll_forward

    try:
        day = date.fromisoformat(at)
    except ValueError:
        leave(Exit.WRONG_USAGE, f"--at {at}: is no date; write one such as 2026-12-07")
    try:
        rolled = roll_forward(described, day, read_actuals(_data(actuals)), name=name)
    except RefusedError as error:
        leave(Exit.WRONG_USAGE, *(_told(one.at, f"{one.message}; {one.mend}", actuals) for one in error.refusals))
    write(output, to_yaml(rolled.scenario).encode(), "-o")
    if as_json:
        print(json.dumps([_plain(line) for line in rolled.report], ensure_ascii=False, indent=2))
    else:
        _show(rolled)
    say(f"{output}: {rolled.scenario.name}")


def _data(file: str | None) -> Any:
    from simulation.outcome.rescoring import read_text

    if file is None:
        return {}
    text, name = read_document(file)
    return read_text(text, file=name)


def _told(at: tuple[str | int, ...], what: str, file: str | None) -> str:
    first, *rest = at
    if first == "at":
        return f"--at: {what}"
    return f"{file or '--actuals'}: {'.'.join(map(str, rest))}: {what}"


def _plain(line: Any) -> dict[str, Any]:
    return {
        "driver": line.driver, "queue": line.queue, "team": line.team, "planned": line.planned,
        "actual": line.actual, "relative": line.relative,
    }  # fmt: skip


def _show(rolled: "Rolled") -> None:
    from server.tables.words import NOTHING
    from server.terminal import Column, show_table

    rows = rolled.report
    if not rows:
        return
    show_table(
        f"Plan against actual before {rolled.scenario.start}",
        [
            Column("of", [line.queue or line.team or "" for line in rows]),
            Column("driver", [line.driver.lower() for line in rows]),
            Column("planned", [f"{line.planned:,.6g}" for line in rows]),
            Column("actual", [f"{line.actual:,.6g}" for line in rows]),
            Column("by", [NOTHING if line.relative is None else f"{100 * line.relative:+.1f} %" for line in rows]),
        ],
    )
