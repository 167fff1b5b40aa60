"""What a person sees: tables and a progress bar on a terminal, plain lines elsewhere."""

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from textwrap import wrap
from time import monotonic
from types import TracebackType
from typing import Literal, TextIO

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn
from rich.table import Table
from rich.text import Text

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
    """On a narrow terminal those with the greatest are left out first, before them those without a figure;
    those with 0 never."""

    @property
    def width(self) -> int:
        """Of the cells and of the heading's longest word: a heading may take several lines, a name or a figure not."""
        return max(map(len, [*self.cells, *self.heading.split()]))

    @property
    def says_nothing(self) -> bool:
        return all(cell in ("", "-") for cell in self.cells)


def show_table(title: str, columns: Sequence[Column], *, file: TextIO | None = None, width: int | None = None) -> None:
    """The first column holds names and stands left, figures stand right; a terminal also gets lines and weight."""
    file = file or sys.stdout
    if not file.isatty():
        print("\n".join([title, *plain_lines(columns)]), file=file, flush=True)
        return
    console = Console(file=file, width=width)
    shown = list(columns)
    while drawn_width(shown) > console.width and any(column.spare for column in shown):
        shown.remove(max((one for one in shown if one.spare), key=lambda one: (one.says_nothing, one.spare)))
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
