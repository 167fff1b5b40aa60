"""What a person sees: tables and a progress bar on a terminal, plain lines elsewhere."""

import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from textwrap import wrap
from time import monotonic
from types import TracebackType
from typing import TYPE_CHECKING, Literal, TextIO

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn
from rich.table import Table
from rich.text import Text

if TYPE_CHECKING:
    from simulation.outcome.result import EntityResult, Result
    from simulation.scenario.promises import Target

PLAIN_STEPS = 10
PLAIN_SECONDS = 10.0
"""Where there is no terminal, progress is told at the beginning, after every so many parts of a run, and this often."""
MISSED = "missed"


def say(line: str) -> None:
    """One line of log, on stderr."""
    print(line, file=sys.stderr, flush=True)


@dataclass(frozen=True)
class Column:
    heading: str
    cells: Sequence[str]
    spare: int = 0
    """On a narrow terminal columns with the greatest are left out first, those with 0 never."""

    @property
    def width(self) -> int:
        """Of the cells and of the heading's longest word: a heading may take several lines, a name or a figure not."""
        return max(map(len, [*self.cells, *self.heading.split()]))


def show_table(title: str, columns: Sequence[Column], *, file: TextIO | None = None, width: int | None = None) -> None:
    """The first column holds names and stands left, figures stand right; a terminal also gets lines and weight."""
    file = file or sys.stdout
    if not file.isatty():
        print("\n".join([title, *plain_lines(columns)]), file=file, flush=True)
        return
    console = Console(file=file, width=width)
    shown = list(columns)
    while drawn_width(shown) > console.width and any(column.spare for column in shown):
        shown.remove(max(shown, key=lambda column: column.spare))
    if drawn_width(shown) > console.width:  # the terminal may break lines, but nothing is cut
        console = Console(file=file, width=drawn_width(shown))
    console.print(Text(title, "bold"))
    console.print(drawn(shown))
    if left_out := [column.heading for column in columns if column not in shown]:
        console.print(Text(f"  no room here for: {', '.join(left_out)}"))


def drawn(columns: Sequence[Column]) -> Table:
    table = Table(box=SIMPLE_HEAD)
    for number, column in enumerate(columns):
        heading = "\n".join(wrap(column.heading, column.width))
        side: Literal["left", "right"] = "right" if number else "left"
        table.add_column(heading, justify=side, vertical="bottom", no_wrap=True, min_width=column.width)
    for row in zip(*(column.cells for column in columns), strict=True):
        table.add_row(*(Text(cell, "bold red" if cell == MISSED else "") for cell in row))
    return table


def drawn_width(columns: Sequence[Column]) -> int:
    """A space to either side of each column, one between columns, and one at either edge."""
    return sum(column.width + 3 for column in columns) + 1


def plain_lines(columns: Sequence[Column]) -> list[str]:
    lines = [[column.heading, *column.cells] for column in columns]
    widths = [max(map(len, cells)) for cells in lines]
    return [
        "  ".join(
            cell.rjust(width) if number else cell.ljust(width)
            for number, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in zip(*lines, strict=True)
    ]


class RunProgress:
    """Replications done, on stderr; used as a context and called with (completed, total).

    Of a run that is `open_ended` the total is only the most it may need: neither share nor time left is told.
    """

    def __init__(self, label: str, file: TextIO | None = None, *, open_ended: bool = False) -> None:
        self._label = label
        self._file = file or sys.stderr
        self._open_ended = open_ended
        self._told, self._told_at = -1, 0.0
        self._bar: Progress | None = None
        if self._file.isatty():
            done = (
                (TextColumn("{task.completed} replications, until precise enough"),)
                if open_ended
                else (MofNCompleteColumn(), TextColumn("replications"))
            )
            self._bar = Progress(
                TextColumn("{task.description}"),
                BarColumn(),
                *done,
                TimeElapsedColumn(),
                *(() if open_ended else (TimeRemainingColumn(),)),
                console=Console(file=self._file),
                transient=True,
            )
            self._task = self._bar.add_task(label, total=None)

    def __enter__(self) -> "RunProgress":
        if self._bar:
            self._bar.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._bar:
            self._bar.stop()

    def __call__(self, completed: int, total: int) -> None:
        if self._bar:
            self._bar.update(self._task, completed=completed, total=None if self._open_ended else total)
            if completed >= total:
                self._bar.stop()
            return
        step = completed * PLAIN_STEPS // max(total, 1)
        if step > self._told or monotonic() - self._told_at >= PLAIN_SECONDS:
            self._told, self._told_at = step, monotonic()
            of = "at most " if self._open_ended else ""
            print(f"{self._label}: {completed} of {of}{total} replications", file=self._file, flush=True)


def show_result(
    result: "Result", targets: Mapping[str, "Target"], *, file: TextIO | None = None, width: int | None = None
) -> None:
    """The readable form of a result: a line a queue, what its weeks were like, a line a team."""
    queues, teams, n = result.queues, result.teams, result.replications
    show_table(
        f"{result.scenario}: mean of {n} {'replication' if n == 1 else 'replications'}, seed {result.seed}, "
        f"engine {result.engine}",
        [
            Column("queue", [queue.id for queue in queues]),
            Column("offered", [figure(queue, "offered", count) for queue in queues]),
            Column("answered", [figure(queue, "answered", count) for queue in queues], spare=2),
            Column("abandoned", [figure(queue, "abandon_rate", share) for queue in queues]),
            Column("waiting", [figure(queue, "waiting_at_end", count) for queue in queues], spare=3),
            Column("service level", [figure(queue, "service_level", share) for queue in queues]),
            Column("95 % interval", [interval(queue, "service_level") for queue in queues], spare=5),
            Column("target", [wanted(targets[queue.id]) for queue in queues]),
            Column("target met", [verdict(queue, targets[queue.id]) for queue in queues]),
            Column("ASA", [figure(queue, "asa_seconds", duration) for queue in queues], spare=1),
            Column("AHT", [figure(queue, "aht_seconds", duration) for queue in queues], spare=4),
        ],
        file=file,
        width=width,
    )
    show_weeks(result, targets, file=file, width=width)
    show_deferred(result, file=file, width=width)
    show_table(
        "Teams, agents averaged over every hour of the horizon, nights included",
        [
            Column("team", [team.id for team in teams]),
            Column("rostered", [figure(team, "rostered", agents) for team in teams], spare=2),
            Column("absent", [figure(team, "absent", agents) for team in teams], spare=1),
            Column("at work", [figure(team, "agents", agents) for team in teams]),
            Column("occupancy", [figure(team, "occupancy", share) for team in teams]),
            Column("handled", [figure(team, "handled", count) for team in teams]),
        ],
        file=file,
        width=width,
    )


def show_deferred(result: "Result", *, file: TextIO | None = None, width: int | None = None) -> None:
    """Turnaround and backlog of the queues in which work was due."""
    due = [q for q in result.queues if "turnaround_met" in q.totals and q.totals["turnaround_met"].mean is not None]
    if due:
        show_table(
            "Deferred work: turnaround of what was due, backlog at the end of the horizon",
            [
                Column("queue", [queue.id for queue in due]),
                Column("turnaround met", [figure(queue, "turnaround_met", share) for queue in due]),
                Column("95 % interval", [interval(queue, "turnaround_met") for queue in due], spare=1),
                Column("backlog", [figure(queue, "backlog", count) for queue in due]),
                Column("mean age", [figure(queue, "backlog_age_hours", "{:,.1f} h".format) for queue in due]),
            ],
            file=file,
            width=width,
        )


@dataclass(frozen=True)
class Weeks:
    """How one queue's mean service level went week by week."""

    queue: str
    known: int
    missed: tuple[str, ...]
    """the weeks below the target, by their first day"""
    worst: str
    level: float


def show_weeks(
    result: "Result", targets: Mapping[str, "Target"], *, file: TextIO | None = None, width: int | None = None
) -> None:
    """Which queue breaks first, and when: the queues in the order of their first week below target."""
    told = [found for queue in result.queues if (found := weeks_of(result, queue, targets[queue.id].share))]
    told.sort(key=lambda weeks: (weeks.missed[:1] or ("never",), weeks.level))
    if told:
        show_table(
            "Weeks below target, by their mean service level; the queue that breaks first on top",
            [
                Column("queue", [weeks.queue for weeks in told]),
                Column("weeks missed", [f"{len(weeks.missed)} of {weeks.known}" for weeks in told]),
                Column("first missed", [weeks.missed[0] if weeks.missed else "-" for weeks in told]),
                Column("worst week", [weeks.worst for weeks in told]),
                Column("service level in it", [share(weeks.level) for weeks in told]),
            ],
            file=file,
            width=width,
        )


def weeks_of(result: "Result", queue: "EntityResult", wanted_share: float) -> Weeks | None:
    """None where the result holds no week with a service level."""
    from simulation.outcome.measure import Resolution  # heavy, and `--help` reads this module too

    column = queue.columns.get(Resolution.WEEK, {}).get("service_level")
    if column is None:
        return None
    dates = [f"{start:%Y-%m-%d}" for start in result.instants(Resolution.WEEK)]
    levels = {day: level for day, level in zip(dates, column.mean.tolist(), strict=True) if level == level}
    if not levels:
        return None
    worst = min(levels, key=lambda day: levels[day])
    missed = tuple(day for day, level in levels.items() if level < wanted_share)
    return Weeks(queue.id, len(levels), missed, worst, levels[worst])


def wanted(target: "Target") -> str:
    """80 % in 20 s"""
    seconds = target.threshold_seconds
    unit, size = ("h", 3600) if seconds >= 7200 else ("min", 60) if seconds >= 120 else ("s", 1)
    return f"{100 * target.share:g} % in {seconds / size:g} {unit}"


def verdict(queue: "EntityResult", target: "Target") -> str:
    level = queue.totals["service_level"].mean
    return "-" if level is None else MISSED if level < target.share else "yes"


def figure(entity: "EntityResult", measure: str, shown: Callable[[float], str]) -> str:
    mean = entity.totals[measure].mean
    return "-" if mean is None else shown(mean)


def interval(entity: "EntityResult", measure: str) -> str:
    known = entity.totals[measure].confidence_interval()
    return "-" if known is None else f"{100 * known[0]:.1f} to {100 * known[1]:.1f} %"


def count(contacts: float) -> str:
    return f"{contacts:,.0f}"


def agents(number: float) -> str:
    return f"{number:,.1f}"


def share(ratio: float) -> str:
    return f"{100 * ratio:.1f} %"


def duration(seconds: float) -> str:
    if seconds < 600:
        return f"{seconds:.1f} s"
    return f"{seconds / 60:.1f} min" if seconds < 36_000 else f"{seconds / 3600:.1f} h"
