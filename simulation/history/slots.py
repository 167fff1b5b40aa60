"""Rows on an even grid of slots: how long a slot is, which rows overlap, which come twice."""

from collections.abc import Mapping
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from simulation.history.clocks import instants_of, readings_of
from simulation.history.history import QueueHistory
from simulation.history.options import Duplicates
from simulation.history.placed import COUNTED, Placed, shown_minutes
from simulation.history.problems import AnomalyKind, Problems, Report
from simulation.history.times import DAY_MINUTES

Float64 = NDArray[np.float64]
Int64 = NDArray[np.int64]
MOST_SLOTS = 1_000_000
"""Of a queue; as many as a scenario's series may have."""
WEIGHTS = {
    "aht_seconds": "answered",
    "asa_seconds": "answered",
    "wait_all_seconds": "offered",
    "abandon_wait_seconds": "abandoned",
}
"""What a mean is a mean over."""


def slot_minutes(placed: Placed, given: int | None, problems: Problems) -> int:
    """Minutes of a queue's slots: as given, as its rows say, or the most common step between them; 0 and a problem
    where nothing says it."""
    stated = placed.lengths[~np.isnan(placed.lengths)]
    if given is not None:
        return given
    if len(stated):
        lengths, counts = np.unique(stated, return_counts=True)
        length = float(lengths[np.argmax(counts)])
    else:
        steps = np.diff(np.unique(placed.starts))
        if not len(steps):
            mend = "say how long it is with --minutes 30"
            problems.add("is the only row of its queue and says no end", mend, row=int(placed.rows[0]))
            return 0
        sizes, counts = np.unique(steps, return_counts=True)
        length = float(sizes[np.argmax(counts)])
    if not length.is_integer() or length <= 0 or DAY_MINUTES % int(length):
        message = f"rows of {placed.queue} are {length:g} minutes long, which do not divide a day"
        problems.add(message, "export slots of 15, 30 or 60 minutes, or say --minutes", row=int(placed.rows[0]))
        return 0
    return int(length)


def on_slots(
    placed: Placed, minutes: int, duplicates: Duplicates, problems: Problems, report: Report
) -> tuple[Placed, Int64]:
    """Rows in the order of time, one a slot, and the number of each slot from the first."""
    order = np.argsort(placed.starts, kind="stable")
    placed = placed.taken(order)
    first = int(placed.starts[0])
    slots: Int64 = (placed.starts - first) // minutes
    if _overlap(placed, minutes, problems):
        return placed, slots
    if slots[-1] >= MOST_SLOTS:
        span = f"from {shown_minutes(first)} to {shown_minutes(int(placed.starts[-1]))}"
        message = f"{placed.queue} has rows {span}, more than {MOST_SLOTS:,} slots"
        problems.add(message, "correct the date that lies far away", row=int(placed.rows[-1]))
        return placed, slots
    if len(np.unique(slots)) < len(slots):
        return _once(placed, slots, duplicates, problems, report)
    return placed, slots


def _overlap(placed: Placed, minutes: int, problems: Problems) -> bool:
    """Whether rows lie across slots of other rows, or are longer or shorter than a slot; each is a problem."""
    phases, counts = np.unique(placed.starts % minutes, return_counts=True)
    phase = phases[np.argmax(counts)]
    for k in np.flatnonzero(placed.starts % minutes != phase):
        message = f"begins within a slot of {minutes} minutes of other rows of {placed.queue}"
        problems.add(message, "export slots of one length, or say --minutes", row=int(placed.rows[k]))
    longer = ~np.isnan(placed.lengths) & (placed.lengths != minutes)
    for k in np.flatnonzero(longer):
        message = f"is {placed.lengths[k]:g} minutes long, and slots of {placed.queue} have {minutes}"
        problems.add(message, "export slots of one length", row=int(placed.rows[k]))
    return problems.any()


def _once(
    placed: Placed, slots: Int64, duplicates: Duplicates, problems: Problems, report: Report
) -> tuple[Placed, Int64]:
    kept, position, counts = np.unique(slots, return_index=True, return_counts=True)
    for k in np.flatnonzero(counts > 1):
        rows = placed.rows[position[k] : position[k] + counts[k]]
        told = ", ".join(map(str, rows[:4])) + (" ..." if len(rows) > 4 else "")
        if duplicates is Duplicates.REFUSE:
            message = f"rows {told} are the same slot of {placed.queue}"
            mend = "remove all but one, take one queue with --queue, or say --duplicates SUM or FIRST"
            problems.add(message, mend, row=int(rows[1]))
        else:
            how = "added up" if duplicates is Duplicates.SUM else "the first holds"
            report.note(AnomalyKind.SUMMED, f"rows {told} are one slot: {how}", queue=placed.queue, row=int(rows[0]))
    if duplicates is not Duplicates.SUM:
        return placed.taken(position), kept
    summed = _summed(placed.figures, position)
    return Placed(placed.queue, placed.rows[position], placed.starts[position], placed.lengths[position], summed), kept


def _summed(figures: Mapping[str, Float64], begins: NDArray[np.intp]) -> dict[str, Float64]:
    """Counts added up over runs of rows, means weighted by what they are means over; levels only of single rows."""
    sums = {name: _total(values, begins) for name, values in figures.items() if name in COUNTED}
    size = np.diff(np.append(begins, len(next(iter(figures.values())))))
    for name, values in figures.items():
        weight = figures.get(WEIGHTS.get(name, ""))
        if name in sums:
            continue
        if weight is None:
            sums[name] = np.where(size == 1, values[begins], np.nan)
        else:
            known = ~np.isnan(values) & (weight > 0)
            total = np.add.reduceat(np.where(known, values * weight, 0.0), begins)
            over = np.add.reduceat(np.where(known, weight, 0.0), begins)
            sums[name] = np.divide(total, over, out=np.full(len(begins), np.nan), where=over > 0)
    return sums


def _total(values: Float64, begins: NDArray[np.intp]) -> Float64:
    known = np.add.reduceat((~np.isnan(values)).astype(np.float64), begins)
    total: Float64 = np.add.reduceat(np.nan_to_num(values), begins)
    return np.where(known > 0, total, np.nan)


def history_of(placed: Placed, slots: Int64, minutes: int, name: str, zone: ZoneInfo) -> QueueHistory:
    """A queue's history of rows in the order of time, one a slot."""
    count = int(slots[-1]) + 1
    grid = int(placed.starts[0]) + minutes * np.arange(count, dtype=np.int64)
    starts, local = _instants(grid, minutes, zone)
    columns = {}
    for column, values in placed.figures.items():
        if not np.isnan(values).all():
            columns[column] = np.full(count, np.nan)
            columns[column][slots] = values
    offered = columns.pop("offered", np.full(count, np.nan))
    return QueueHistory(placed.queue, name, zone.key, minutes, starts, local, offered, columns)


def _instants(grid: Int64, minutes: int, zone: ZoneInfo) -> tuple[NDArray[np.datetime64], NDArray[np.datetime64]]:
    """Instants and readings of slots; days lie on readings, anything shorter on instants."""
    if minutes == DAY_MINUTES:
        first, _ = instants_of(zone, grid)
        skipped = first < 0
        if skipped.any():  # a midnight that a clock change skips
            later, _ = instants_of(zone, grid + 180)
            first = np.where(skipped, later - 180, first)
        return first.astype("datetime64[m]"), grid.astype("datetime64[m]")
    return grid.astype("datetime64[m]"), readings_of(zone, grid).astype("datetime64[m]")
