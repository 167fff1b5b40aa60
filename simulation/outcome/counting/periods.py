"""Intervals added up to days, days to weeks, months and the horizon."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import pairwise
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from simulation.outcome.counting.measure import Resolution
from simulation.scenario.grid import Grid

Float64 = NDArray[np.float64]
Int64 = NDArray[np.int64]
Value = TypeVar("Value")
Whole = TypeVar("Whole", np.int32, np.int64)

COARSE = (Resolution.DAY, Resolution.WEEK, Resolution.MONTH, Resolution.TOTAL)
"""The resolutions at which every replication's values are kept."""


@dataclass(frozen=True)
class Periods:
    """Which interval belongs to which day, and which day to which week and month.

    firsts:  by resolution from DAY on, Int64 (periods,): the first day of each period (of a day itself: its number)
    starts:  by resolution from INTERVAL to MONTH, Int64 (periods,): instants in microseconds
    lengths: by resolution, Float64 (periods,): microseconds of the intervals that the period owns
    cuts:    Int64 (days + 1,): the first interval of each day, and the number of intervals
    """

    firsts: dict[Resolution, Int64]
    starts: dict[Resolution, Int64]
    lengths: dict[Resolution, Float64]
    cuts: Int64

    @classmethod
    def of(cls, grid: Grid) -> "Periods":
        """The periods of a scenario's grid. An interval belongs to the day in which it starts."""
        days = len(grid.days) - 1
        cuts = np.searchsorted(grid.day_of_interval, np.arange(days + 1)).astype(np.int64)
        starts = {
            Resolution.INTERVAL: grid.interval_starts,
            Resolution.DAY: grid.days[:-1],
            Resolution.WEEK: grid.weeks[:-1],
            Resolution.MONTH: grid.months[:-1],
        }
        firsts = {r: np.searchsorted(grid.days, starts[r]).astype(np.int64) for r in COARSE[:-1]}
        firsts[Resolution.TOTAL] = np.zeros(1, np.int64)
        by_interval = np.diff(np.append(grid.interval_starts, grid.horizon))
        by_day = segment_sums(by_interval, cuts)
        lengths = {r: np.add.reduceat(by_day, firsts[r]).astype(np.float64) for r in COARSE}
        lengths[Resolution.INTERVAL] = by_interval.astype(np.float64)
        return cls(firsts, starts, lengths, cuts)

    def each(self, resolutions: Iterable[Resolution], of: Callable[[Resolution], Value]) -> dict[Resolution, Value]:
        """Something by coarse resolution; those with the same periods, as in a horizon of a day, share it."""
        found: dict[Resolution, Value] = {}
        for resolution in resolutions:
            alike = (known for known in found if np.array_equal(self.firsts[known], self.firsts[resolution]))
            same = next(alike, None)
            found[resolution] = of(resolution) if same is None else found[same]
        return found

    def days(self, counters: Int64, instants: tuple[int, ...] = ()) -> Int64:
        """Counters (some, intervals, ...) by day; fields (of the last axis) in `instants` are the last interval's."""
        daily = np.moveaxis(segment_sums(np.moveaxis(counters, 1, 0), self.cuts), 0, 1)
        last = np.maximum(self.cuts[1:] - 1, 0)
        for field in instants:
            daily[..., field] = counters[..., field][:, last]
        return daily

    def coarser(
        self, daily: NDArray[Whole], resolution: Resolution, instants: tuple[int, ...] = (), axis: int = 0
    ) -> NDArray[Whole]:
        """Daily counters by day, week, month or in all, along an axis."""
        firsts = self.firsts[resolution]
        if resolution is Resolution.DAY:
            return daily
        ordered = np.moveaxis(daily, axis, 0)
        sums = np.moveaxis(segment_sums(ordered, np.append(firsts, len(ordered))), 0, axis)
        if instants:
            lasts = np.append(firsts[1:], daily.shape[axis]) - 1
            ends = np.take(daily, lasts, axis=axis)
            for field in instants:
                sums[..., field] = ends[..., field]
        return sums


def segment_sums(values: NDArray[Whole], cuts: Int64) -> NDArray[Whole]:
    """Sums of values[cuts[k]:cuts[k + 1]] along the first axis, zero for an empty segment."""
    sums = np.empty((len(cuts) - 1, *values.shape[1:]), values.dtype)
    for segment, (first, end) in enumerate(pairwise(cuts.tolist())):  # reduceat adds along the strided axis: 5 x slower
        sums[segment] = values[first:end].sum(axis=0, dtype=values.dtype)
    return sums
