"""Rows with their figures, and the instants at which they begin, one queue after the other."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from simulation.history.clocks import NEVER, instants_of, readings_of
from simulation.history.problems import AnomalyKind, Problems, Report
from simulation.history.times import DAY_MINUTES

Float64 = NDArray[np.float64]
Int64 = NDArray[np.int64]
COUNTED = ("offered", "answered", "abandoned", "answered_in_time", "busy_seconds")
"""Figures that add up over slots; the others are means or levels."""


@dataclass(frozen=True)
class Placed:
    """Rows of one queue.

    queue:   its id
    rows:    (rows,) their numbers in the file
    starts:  (rows,) instants at which they begin in minutes since 1970-01-01T00:00 UTC; of rows by day, the day's
             number x 1440
    lengths: (rows,) minutes, NaN where the file does not say
    figures: (rows,) each, by what they are
    """

    queue: str
    rows: Int64
    starts: Int64
    lengths: Float64
    figures: Mapping[str, Float64]

    def taken(self, which: NDArray[np.intp] | NDArray[np.bool_]) -> "Placed":
        """Some of the rows."""
        figures = {name: values[which] for name, values in self.figures.items()}
        return Placed(self.queue, self.rows[which], self.starts[which], self.lengths[which], figures)


def shown_minutes(minutes: int) -> str:
    """A reading, as a person writes it."""
    return f"{datetime(1970, 1, 1) + timedelta(minutes=int(minutes)):%Y-%m-%d %H:%M}"


def by_local_clock(placed: Placed, clock: ZoneInfo, problems: Problems, report: Report) -> Placed:
    """Rows whose `starts` are readings of a clock, at their instants.

    Of an hour that comes twice, rows are halves of it where there is one for each reading, else the first is of the
    first time. A row in an hour that does not come is left out if it says nothing happened, else refused.
    """
    first, second = instants_of(clock, placed.starts)
    lost = first == NEVER
    if lost.any():
        _tell_lost(placed.taken(lost), clock, problems, report)
    doubled = second != NEVER
    if not doubled.any():
        return replace(placed, starts=first).taken(~lost)
    return _unfolded(placed, first, second, doubled, lost, report)


def _tell_lost(lost: Placed, clock: ZoneInfo, problems: Problems, report: Report) -> None:
    busy = np.nansum([lost.figures[name] for name in COUNTED if name in lost.figures], axis=0) > 0
    for row, start, is_busy in zip(lost.rows, lost.starts, np.atleast_1d(busy), strict=True):
        when = f"{shown_minutes(start)} is in the hour that the clock of {clock.key} skips"
        if is_busy:
            mend = "name the zone of the clock that wrote the file with --clock, UTC perhaps"
            problems.add(f"{when}, and has contacts", mend, row=int(row))
        else:
            report.note(AnomalyKind.CLOCK_CHANGE, f"{when}: left out", queue=lost.queue, row=int(row))


def _unfolded(
    placed: Placed, first: Int64, second: Int64, doubled: NDArray[np.bool_], lost: NDArray[np.bool_], report: Report
) -> Placed:
    """Rows of a repeated hour at its first and second time; a row alone is half for each."""
    starts, halves = first.copy(), []
    newest_first = len(placed.starts) > 1 and placed.starts[0] > placed.starts[-1]
    told: dict[int, str] = {}
    for reading in np.unique(placed.starts[doubled]):
        here = np.flatnonzero(placed.starts == reading)
        if len(here) == 2:
            starts[here[0] if newest_first else here[1]] = second[here[0]]
            told.setdefault(int(reading) // DAY_MINUTES, "its rows come twice, once for each time")
        else:
            halves.append(here)
            told[int(reading) // DAY_MINUTES] = "its rows come once: half of each lies in either hour"
    for day, how in told.items():
        when = shown_minutes(day * DAY_MINUTES)[:10]
        report.note(AnomalyKind.CLOCK_CHANGE, f"an hour comes twice on {when}: {how}", queue=placed.queue)
    split = np.concatenate(halves) if halves else np.zeros(0, np.intp)
    whole = _halved(replace(placed, starts=starts), split)
    kept, again = whole.taken(~lost), replace(whole, starts=second).taken(split)
    return joined(kept, again)


def _halved(placed: Placed, which: NDArray[np.intp]) -> Placed:
    figures = {name: values.copy() for name, values in placed.figures.items()}
    for name in COUNTED:
        if name in figures:
            figures[name][which] /= 2
    return replace(placed, figures=figures)


def joined(a: Placed, b: Placed) -> Placed:
    """The rows of both."""
    figures = {name: np.concatenate([a.figures[name], b.figures[name]]) for name in a.figures}
    return Placed(
        a.queue,
        np.concatenate([a.rows, b.rows]),
        np.concatenate([a.starts, b.starts]),
        np.concatenate([a.lengths, b.lengths]),
        figures,
    )


def check_offsets(readings: Int64, offsets: Float64, rows: Int64, zone: ZoneInfo, problems: Problems) -> Int64 | None:
    """Instants of readings that say how far they are ahead of UTC; None where none does.

    Refuses a file in which some do and some do not, or in which several offsets are not those of the queues' own zone:
    then it is put together from several clocks.
    """
    known = ~np.isnan(offsets)
    if not known.any():
        return None
    if not known.all():
        row = int(rows[np.flatnonzero(~known)[0]])
        problems.add("has no offset from UTC where other rows have one", "export all of them from one clock", row=row)
        return None
    instants: Int64 = readings - offsets.astype(np.int64)
    if len(np.unique(offsets)) > 1:
        foreign = np.flatnonzero(readings_of(zone, instants) != readings)
        if len(foreign):
            k = foreign[0]
            ahead = f"{offsets[k] / 60:+g} h"
            message = f"is {ahead} ahead of UTC, other rows are not, and {zone.key} is not at that time"
            problems.add(message, "import the rows of each zone as a file of its own", row=int(rows[k]))
    return instants
