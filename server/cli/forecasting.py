"""`springtide forecast`: measured demand as the demand of weeks to come, with what forecasts of the past missed."""

import json
import re
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from server.cli.documents import JsonOption, read_scenario, write
from server.cli.endings import Exit, leave
from server.cli.importing import (
    ClockOption,
    ColumnOption,
    DatesOption,
    DecimalOption,
    DuplicatesOption,
    FileArgument,
    MinutesOption,
    QueueOption,
    SheetOption,
    TimezoneOption,
    options_for,
    read_content,
    reading_options,
)

if TYPE_CHECKING:
    from simulation.history.history import History
    from simulation.history.occasions import KnownEvent
    from simulation.scenario.scenario import Scenario

EVENT = re.compile(r"(?P<name>.+)=(?P<start>\d{4}-\d{2}-\d{2})(:(?P<days>\d{1,3}))?")
WEEKS = 13


def forecast(
    file: FileArgument,
    timezone: TimezoneOption = None,
    clock: ClockOption = None,
    dates: DatesOption = None,
    decimal: DecimalOption = None,
    minutes: MinutesOption = None,
    queue: QueueOption = None,
    column: ColumnOption = None,
    duplicates: DuplicatesOption = "REFUSE",
    sheet: SheetOption = None,
    scenario: Annotated[
        str | None,
        typer.Option(metavar="SCENARIO", help="Whose queues get the demand, and for whose weeks; left out: a new one."),
    ] = None,
    start: Annotated[
        str | None, typer.Option(metavar="DATE", help="First day to come; left out: the Monday after the history.")
    ] = None,
    weeks: Annotated[
        int | None, typer.Option(min=1, max=522, help=f"Weeks ahead; left out: {WEEKS}, or the scenario's.")
    ] = None,
    holidays: Annotated[
        str | None, typer.Option(metavar="COUNTRY", help="Whose public holidays count, in two letters; left out: none.")
    ] = None,
    event: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME=DATE[:DAYS]", help="A sale or the like, past ones and those to come. Repeatable."),
    ] = None,
    model: Annotated[
        Literal["SMOOTHING", "STATE_SPACE"],
        typer.Option(case_sensitive=False, help="How the level is told; STATE_SPACE needs springtide[forecast]."),
    ] = "SMOOTHING",
    output: Annotated[
        Path | None, typer.Option("-o", "--output", metavar="FILE", help="Where the scenario goes; left out: nowhere.")
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Forecast demand from measured demand, print its back-test, and write it as a scenario."""
    from server.tables.forecast import plain, show_forecast
    from simulation.history.forecast import forecast_demand
    from simulation.history.into_scenario import scenario_to_come, with_forecast
    from simulation.history.levels import Model
    from simulation.history.reading import read_history
    from simulation.history.required import staffed_as_required
    from simulation.scenario.reading.canonical import to_yaml

    if scenario is not None and (start is not None or weeks is not None):
        leave(Exit.WRONG_USAGE, "--start and --weeks: the scenario says both; leave them out, or leave out --scenario")
    events = _events(event or [])
    options = reading_options(timezone, clock, dates, decimal, minutes, queue, column, duplicates, sheet)
    content, known_as = read_content(file)
    base = read_scenario(scenario) if scenario is not None else None
    history, _ = read_history(content, known_as, options_for(options, base))
    first, length = _horizon(history, base, start, weeks)
    try:
        found = forecast_demand(history, start=first, weeks=length, country=holidays, events=events, model=Model(model))
    except LookupError as error:
        leave(Exit.WRONG_USAGE, f"--holidays: {error.args[0]}")
    if base is None:
        empty = scenario_to_come(history, Path(known_as).stem, known_as, start=first, weeks=length)
        made = staffed_as_required(with_forecast(empty, found, source=known_as))
    else:
        made = with_forecast(base, found, source=known_as)
    if output is not None:
        write(output, to_yaml(made).encode(), "-o")
    if as_json:
        print(json.dumps(plain(found, made), ensure_ascii=False, allow_nan=False, indent=2))
        return
    show_forecast(found, made)


def _events(given: list[str]) -> "list[KnownEvent]":
    from simulation.history.occasions import KnownEvent

    events, wrong = [], []
    for text in given:
        match = EVENT.fullmatch(text)
        day = _date(match["start"]) if match else None
        if match is None or day is None or match["days"] == "0":
            wrong.append(f"--event {text}: is no event; write --event 'Black Friday=2026-11-27:4'")
        else:
            events.append(KnownEvent(match["name"], day, int(match["days"] or 1)))
    if wrong:
        leave(Exit.WRONG_USAGE, *wrong)
    return events


def _date(text: str) -> date | None:
    from simulation.scenario.calendar import FIRST_YEAR, LAST_YEAR

    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if FIRST_YEAR <= day.year <= LAST_YEAR else None


def _horizon(history: "History", base: "Scenario | None", start: str | None, weeks: int | None) -> tuple[date, int]:
    """First day and weeks: the scenario's, or as asked for, or from the Monday after the history on."""
    if base is not None:
        return base.start, -(-base.horizon.days // 7)
    first = _date(start) if start is not None else None
    if start is not None and first is None:
        leave(Exit.WRONG_USAGE, f"--start {start}: is no date; write year, month and day such as 2026-09-28")
    if first is None:
        last = max((queue.end - timedelta(minutes=1)).date() for queue in history.queues) if history.queues else None
        last = last or date.today()
        first = last + timedelta(days=7 - last.weekday())
    return first, weeks or WEEKS
