"""What a person sees: tables and a progress bar on a terminal, plain lines elsewhere."""

import sys
from collections.abc import Mapping, Sequence
from types import TracebackType
from typing import Any, TextIO

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn
from rich.table import Table

PLAIN_STEPS = 10
"""Lines that a whole run's progress takes where there is no terminal."""


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
        self._told = 0
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
            return
        step = completed * PLAIN_STEPS // max(total, 1)
        if step > self._told:
            self._told = step
            print(f"{self._label}: {completed} of {total} replications", file=self._file, flush=True)


def show_result(result: Mapping[str, Any], targets: Mapping[str, float], *, file: TextIO | None = None) -> None:
    """The readable form of a result document: a line a queue, a line a team. `targets` are shares by queue."""
    experiment, engine = result["experiment"], result["engine"]
    show_table(
        f"{result['scenario']['name']}: mean of {experiment['replications']} replications, seed {experiment['seed']}, "
        f"engine {engine['version']}",
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
                queue["id"],
                count(queue, "offered"),
                count(queue, "answered"),
                share(queue, "abandon_rate"),
                count(queue, "waiting_at_end"),
                share(queue, "service_level"),
                interval(queue, "service_level"),
                f"{100 * targets[queue['id']]:g} %",
                duration(queue, "asa_seconds"),
                duration(queue, "aht_seconds"),
            ]
            for queue in result["queues"]
        ],
        file=file,
    )
    show_table(
        "Teams, mean over the horizon",
        ["team", "rostered", "absent", "on the floor", "occupancy", "handled"],
        [
            [
                team["id"],
                agents(team, "rostered"),
                agents(team, "absent"),
                agents(team, "agents"),
                share(team, "occupancy"),
                count(team, "handled"),
            ]
            for team in result["teams"]
        ],
        file=file,
    )


def mean_of(entity: Mapping[str, Any], measure: str) -> float | None:
    """The mean of a measure's total, None where it is undefined or the entity has no such measure."""
    estimate = entity["total"].get(measure)
    return None if estimate is None else estimate["mean"]


def count(entity: Mapping[str, Any], measure: str) -> str:
    mean = mean_of(entity, measure)
    return "-" if mean is None else f"{mean:,.0f}"


def agents(entity: Mapping[str, Any], measure: str) -> str:
    mean = mean_of(entity, measure)
    return "-" if mean is None else f"{mean:,.1f}"


def share(entity: Mapping[str, Any], measure: str) -> str:
    mean = mean_of(entity, measure)
    return "-" if mean is None else f"{100 * mean:.1f} %"


def interval(entity: Mapping[str, Any], measure: str) -> str:
    estimate = entity["total"].get(measure)
    if estimate is None or estimate["ci"] is None or None in estimate["ci"]:
        return "-"
    low, high = estimate["ci"]
    return f"{100 * low:.1f} to {100 * high:.1f} %"


def duration(entity: Mapping[str, Any], measure: str) -> str:
    seconds = mean_of(entity, measure)
    if seconds is None:
        return "-"
    if seconds < 600:
        return f"{seconds:.1f} s"
    return f"{seconds / 60:.1f} min" if seconds < 36_000 else f"{seconds / 3600:.1f} h"
