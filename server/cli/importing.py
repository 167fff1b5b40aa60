"""`springtide import`: a file of measured demand as a scenario, with what was read and what is odd in it."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from server.cli.documents import JsonOption, read_scenario, write
from server.cli.endings import Exit, leave

if TYPE_CHECKING:
    from simulation.history.history import QueueHistory
    from simulation.history.options import ReadingOptions
    from simulation.scenario.scenario import Scenario

FileArgument = Annotated[
    str, typer.Argument(metavar="FILE", help="A CSV or XLSX file, or the id of an example that comes with the program.")
]
TimezoneOption = Annotated[
    str | None, typer.Option(metavar="ZONE", help="Time zone of the queues, such as America/New_York.")
]
ClockOption = Annotated[
    str | None, typer.Option(metavar="ZONE", help="Zone of the clock that wrote the file, where it is not the queues'.")
]
DatesOption = Annotated[
    Literal["DMY", "MDY", "YMD"] | None,
    typer.Option(case_sensitive=False, help="Order of day, month and year; left out: as the file proves."),
]
DecimalOption = Annotated[
    Literal["POINT", "COMMA"] | None,
    typer.Option(case_sensitive=False, help="Mark of decimals; left out: as the file proves."),
]
MinutesOption = Annotated[int | None, typer.Option(help="Minutes of a slot, where the file does not say.")]
QueueOption = Annotated[
    list[str] | None, typer.Option("--queue", metavar="NAME[=ID]", help="A queue to take; left out: all. Repeatable.")
]
ColumnOption = Annotated[
    list[str] | None,
    typer.Option("--column", metavar="FIELD=HEADER", help="What a column is, such as offered='Calls in'. Repeatable."),
]
DuplicatesOption = Annotated[
    Literal["REFUSE", "SUM", "FIRST"],
    typer.Option(case_sensitive=False, help="What becomes of several rows of one slot."),
]
SheetOption = Annotated[str | None, typer.Option(help="Sheet of a workbook.")]


def import_(
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
    into: Annotated[
        str | None,
        typer.Option(metavar="SCENARIO", help="A scenario whose queues get the demand; left out: a new one."),
    ] = None,
    fit: Annotated[
        bool, typer.Option("--fit", help="With --into: handling and patience, too, as they were measured.")
    ] = False,
    replay: Annotated[
        bool, typer.Option("--replay", help="Simulate the measured days with the measured agents, beside what was.")
    ] = False,
    name: Annotated[str | None, typer.Option(help="Name of a new scenario; left out: the file's.")] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what was read; write nothing.")] = False,
    output: Annotated[
        Path | None, typer.Option("-o", "--output", metavar="FILE", help="Where the scenario goes; left out: stdout.")
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Read measured demand from CSV or XLSX and write it as a scenario."""
    if as_json and output is None and not dry_run:
        leave(Exit.WRONG_USAGE, "--json: prints the report; say where the scenario goes with -o, or write --dry-run")
    if fit and into is None:
        leave(Exit.WRONG_USAGE, "--fit: belongs to --into; a new scenario is fitted anyway")
    if as_json and replay:
        leave(Exit.WRONG_USAGE, "--json: has no replay; write one or the other")
    from server.tables.history import plain, show_report
    from simulation.history.drafting import into_scenario, new_scenario
    from simulation.history.reading import read_history
    from simulation.history.required import staffed_as_required
    from simulation.scenario.reading.canonical import to_yaml

    options = reading_options(timezone, clock, dates, decimal, minutes, queue, column, duplicates, sheet)
    content, known_as = read_content(file)
    base = read_scenario(into) if into is not None else None
    history, report = read_history(content, known_as, options_for(options, base))
    drafted: Scenario = (
        staffed_as_required(new_scenario(history, name or Path(known_as).stem, known_as))
        if base is None
        else into_scenario(base, history, known_as, fit=fit)
    )
    if not dry_run and output is not None:
        write(output, to_yaml(drafted).encode(), "-o")
    if as_json:
        print(json.dumps(plain(history, report, drafted), ensure_ascii=False, allow_nan=False, indent=2))
        return
    show_report(history, report, drafted, to_stderr=not dry_run and output is None)
    if replay:
        for one in history.queues:
            _replay(one, to_stderr=not dry_run and output is None)
    if not dry_run and output is None:
        print(to_yaml(drafted), end="")


def read_content(file: str) -> tuple[bytes, str]:
    """What a file, or an example of the program, holds, and the name it is known by."""
    from simulation.history.cells import read_bytes
    from simulation.history.examples import example_content, examples
    from simulation.scenario.problems import choose

    path = Path(file)
    if not (path.exists() or path.suffix or len(path.parts) > 1):
        if file in examples():
            return example_content(file), f"{file}.csv"
        leave(Exit.WRONG_USAGE, f"there is no example {file!r}; {choose(file, examples())}, or the path of a file")
    try:
        return read_bytes(file, path.name), path.name
    except OSError as error:
        what = (error.strerror or str(error)).lower()
        leave(Exit.WRONG_USAGE, f"{file}: {what}; name a CSV or XLSX file that can be read")


def reading_options(
    timezone: str | None,
    clock: str | None,
    dates: str | None,
    decimal: str | None,
    minutes: int | None,
    queue: list[str] | None,
    column: list[str] | None,
    duplicates: str,
    sheet: str | None,
) -> "ReadingOptions":
    from simulation.history.options import Duplicates, ReadingOptions

    queues = [(named, of or None) for named, _, of in (one.partition("=") for one in queue or [])]
    columns = [one.partition("=") for one in column or []]
    for field, _, header in columns:
        if not (field and header):
            leave(Exit.WRONG_USAGE, f"--column {field}: has no header; write --column offered='Calls in'")
    return ReadingOptions(
        timezone=timezone,
        clock=clock,
        dates=dates,
        decimal=decimal,
        minutes=minutes,
        queues=dict(queues),
        columns={field: header for field, _, header in columns},
        duplicates=Duplicates(duplicates),
        sheet=sheet,
    )


def options_for(options: "ReadingOptions", base: "Scenario | None") -> "ReadingOptions":
    """With the zone of the scenario that it goes into, where none is given."""
    from dataclasses import replace

    if base is None or options.timezone is not None:
        return options
    return replace(options, timezone=base.timezone)


REPLICATIONS = 50
NEARLY_ALL = 0.97
"""Of counted agents; where so many were available, they are replayed once."""


def _replay(queue: "QueueHistory", *, to_stderr: bool) -> None:
    """With agents as they were counted and, where those are too many for what was lost, with those available."""
    import numpy as np

    from server.simulating import simulate_locally
    from server.tables.history import show_replay
    from server.terminal import RunProgress
    from simulation.experiment import Experiment
    from simulation.history.fit import available_share, patience_mean
    from simulation.history.replay import replay_of, replay_scenario

    patience = patience_mean(queue)
    share = available_share(queue, patience.value) if patience else None
    counted = queue.columns.get("agents", np.full(len(queue.offered), np.nan))
    shares = [1.0] if share is None or share.value >= NEARLY_ALL else [1.0, share.value]
    replays = []
    for part in shares:
        scenario = replay_scenario(queue, counted * part)
        with RunProgress(scenario.name) as progress:
            experiment = Experiment(replications=REPLICATIONS)
            result = simulate_locally(scenario, experiment, workers=None, floor="kernel", on_progress=progress)
        replays.append((part, replay_of(queue, result, counted * part)))
    show_replay(queue, replays, to_stderr=to_stderr)
