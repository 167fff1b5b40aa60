"""What a person sees: tables and a progress bar on a terminal, plain lines elsewhere."""

import sys
from collections.abc import Callable, Mapping, Sequence
from types import TracebackType
from typing import TYPE_CHECKING, TextIO

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn
from rich.table import Table

if TYPE_CHECKING:
    from simulation.outcome.result import EntityResult, Result

PLAIN_STEPS = 10
"""Where there is no terminal, a run's progress is told as it begins and after every so many parts of it."""


def say(line: str) -> None:
    """One line of log, on stderr."""
    print(line, file=sys.stderr, flush=True)


def show_table(title: str, header: Sequence[str], rows: Sequence[Sequence[str]], *, file: TextIO | None = None) -> None:
    """The first column holds names and stands left, figures stand right; a terminal also gets lines and weight."""
    file = file or sys.stdout
    if not file.isatty():
        print("\n".join([title, *plain_lines(header, rows)]), file=file, flush=True)
        return
    table = Table(title=title, title_justify="left", title_style="bold", box=SIMPLE_HEAD)
    for column, name in enumerate(header):
        table.add_column(name, justify="left" if column == 0 else "right", no_wrap=column > 0)
    for row in rows:
        table.add_row(*row)
    Console(file=file).print(table, markup=False)


def plain_lines(header: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    widths = [max(map(len, column)) for column in zip(header, *rows, strict=True)]
    return [
        "  ".join(
            cell.ljust(width) if column == 0 else cell.rjust(width)
            for column, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in (header, *rows)
    ]


class RunProgress:
    """Replications done of all, on stderr; used as a context and called with (completed, total)."""

    def __init__(self, label: str, file: TextIO | None = None) -> None:
        self._label = label
        self._file = file or sys.stderr
        self._told = -1
        self._bar: Progress | None = None
        if self._file.isatty():
            self._bar = Progress(
                TextColumn("{task.description}"),
                BarColumn(),
                MofNCompleteColumn(),
                TextColumn("replications"),
                TimeElapsedColumn(),
                TimeRemainingColumn(),
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
            self._bar.update(self._task, completed=completed, total=total)
            if completed >= total:
                self._bar.stop()
            return
        step = completed * PLAIN_STEPS // max(total, 1)
        if step > self._told:
            self._told = step
            print(f"{self._label}: {completed} of {total} replications", file=self._file, flush=True)


def show_result(result: "Result", targets: Mapping[str, float], *, file: TextIO | None = None) -> None:
    """The readable form of a result: a line a queue, a line a team. `targets` are shares by queue."""
    show_table(
        f"{result.scenario}: mean of {result.replications} replications, seed {result.seed}, engine {result.engine}",
        [
            "queue",
            "offered",
            "answered",
            "abandoned",
            "waiting",
            "service level",
            "95 % interval",
            "target",
            "ASA",
            "AHT",
        ],
        [
            [
                queue.id,
                figure(queue, "offered", count),
                figure(queue, "answered", count),
                figure(queue, "abandon_rate", share),
                figure(queue, "waiting_at_end", count),
                figure(queue, "service_level", share),
                interval(queue, "service_level"),
                f"{100 * targets[queue.id]:g} %",
                figure(queue, "asa_seconds", duration),
                figure(queue, "aht_seconds", duration),
            ]
            for queue in result.queues
        ],
        file=file,
    )
    due = [queue for queue in result.queues if defined(queue, "turnaround_met")]
    if due:
        show_table(
            "Deferred work, at the end of the horizon; turnaround of the work due in it",
            ["queue", "turnaround met", "95 % interval", "backlog", "mean age"],
            [
                [
                    queue.id,
                    figure(queue, "turnaround_met", share),
                    interval(queue, "turnaround_met"),
                    figure(queue, "backlog", count),
                    figure(queue, "backlog_age_hours", "{:,.1f} h".format),
                ]
                for queue in due
            ],
            file=file,
        )
    show_table(
        "Teams, mean over the horizon",
        ["team", "rostered", "absent", "on the floor", "occupancy", "handled"],
        [
            [
                team.id,
                figure(team, "rostered", agents),
                figure(team, "absent", agents),
                figure(team, "agents", agents),
                figure(team, "occupancy", share),
                figure(team, "handled", count),
            ]
            for team in result.teams
        ],
        file=file,
    )


def defined(entity: "EntityResult", measure: str) -> bool:
    return measure in entity.totals and entity.totals[measure].mean is not None


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
