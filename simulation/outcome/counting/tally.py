"""The counters of all queues, or of all teams, over several replications, reduced to what is kept of them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import IntEnum
from typing import Any

import numpy as np
from numpy.typing import NDArray

from simulation.outcome.counting.measure import Kind, Measure, Measures, Unit
from simulation.outcome.counting.moments import Moments
from simulation.outcome.counting.periods import Periods

Int32 = NDArray[np.int32]
Int64 = NDArray[np.int64]
Float64 = NDArray[np.float64]

SAMPLED_REPLICATIONS = 200
"""By interval, quantiles come from the replications with a number below this."""

SAMPLE_STEPS: Mapping[Unit, float] = {Unit.CONTACTS: 1.0, Unit.SHARE: 1e6, Unit.AGENTS: 1e4}
"""Sampled values are whole numbers of 1 / steps: contacts, millionths of a share, ten-thousandths of an agent."""

KEPT_RAW = 4
"""Shards of so many replications keep their counters."""

_KEPT = ("squared", "count", "sums", "squares", "rests", "sampled")

UNDEFINED = -(2**31)
"""Stands for a sampled value without a denominator; less than any figure, which may be negative."""


def is_whole(measure: Measure) -> bool:
    """Whether a measure counts whole contacts, so that its mean and squares follow from integers."""
    return measure.kind is Kind.COUNT and measure.unit is Unit.CONTACTS


def squared_measures(measures: Measures) -> list[str]:
    """Names of the whole counts: the rows of `Tally.squared`."""
    return [m.name for m in measures.values() if is_whole(m)]


def moment_measures(measures: Measures) -> list[str]:
    """Names of the ratios, time averages and hours reported by interval: the rows of `Tally.moments`."""
    return [m.name for m in measures.values() if m.by_interval and not is_whole(m)]


def sampled_measures(measures: Measures) -> list[str]:
    """Names of the measures whose spread is reported by interval: the rows of `Tally.sampled`."""
    return [m.name for m in measures.values() if m.spread]


@dataclass(frozen=True, eq=False)
class Tally:
    """What is kept of the counters of several replications.

    daily:   Int64 (replications, days, entities, fields)
    summed:  Int64 (intervals, entities, fields), over replications
    squared: Int64 (`squared_measures`, entities, intervals), squares over replications
    moments: (`moment_measures`, entities, intervals)
    sampled: Int32 (`sampled_measures`, replications below SAMPLED_REPLICATIONS, entities, intervals), in 1 / steps
    raw:     Int64 (replications, intervals, entities, fields), the counters themselves, of at most KEPT_RAW
             replications: then they are smaller than what is kept of them by interval, which is empty until `reduced`
    """

    daily: Int64
    summed: Int64
    squared: Int64
    moments: Moments
    sampled: Int32
    raw: Int64 | None = None

    @classmethod
    def of(cls, numbers: Int64, days: int, intervals: int, width: int, entities: int, measures: Measures) -> "Tally":
        """An empty tally of the numbered replications, to be filled; `width` is the number of fields."""
        sampled = int(np.sum(numbers < SAMPLED_REPLICATIONS))
        return cls(
            np.zeros((len(numbers), days, entities, width), np.int64),
            np.zeros((intervals, entities, width), np.int64),
            np.zeros((len(squared_measures(measures)), entities, intervals), np.int64),
            Moments.zeros(len(moment_measures(measures)), entities, intervals),
            np.zeros((len(sampled_measures(measures)), sampled, entities, intervals), np.int32),
        )

    def fill_days(self, row: int, counters: Int64, periods: Periods, instants: tuple[int, ...]) -> None:
        """Adds by day, from a row on, in place, some counters: Int64 (some, intervals, entities, fields)."""
        self.daily[row : row + len(counters)] = periods.days(counters, instants)

    def fill_intervals(self, row: int, counters: Int64, lengths: Float64, measures: Sequence[Measures]) -> None:
        """Adds what is kept by interval of some replications' counters, in place.

        `measures` by entity: the names that the tally was made for, in their order.
        """
        np.add(self.summed, counters.sum(axis=0) if len(counters) > 1 else counters[0], out=self.summed)
        for entity, own in enumerate(measures):  # one at a time: a year of intervals is large
            by_field = counters[:, :, entity].transpose(2, 0, 1).astype(np.float64, order="C")  # exact: they are small
            self._fill_entity(row, entity, own, by_field.transpose(1, 2, 0), lengths)

    def _fill_entity(self, row: int, entity: int, measures: Measures, series: Float64, lengths: Float64) -> None:
        """`series`: Float64 (some, intervals, fields)."""
        parts = {m.name: m.parts(series, lengths) for m in measures.values() if m.by_interval}
        for at, name in enumerate(squared_measures(measures)):
            self.squared[at, entity] += np.square(parts[name][0]).astype(np.int64).sum(axis=0)
        for at, name in enumerate(moment_measures(measures)):
            self.moments.add((at, entity), *parts[name])
        rows = slice(row, row + len(series))
        kept = max(min(rows.stop, self.sampled.shape[1]) - row, 0)
        for at, name in enumerate(sampled_measures(measures)):
            sample = _sample(*parts[name], SAMPLE_STEPS[measures[name].unit])
            self.sampled[at, rows, entity] = sample[:kept]

    def reduced(self, numbers: Int64, lengths: Float64, measures: Sequence[Measures]) -> "Tally":
        """The tally, with what is kept by interval in place of raw counters: `numbers` of its replications, interval
        `lengths`, `measures` by entity."""
        if self.raw is None:
            return self
        _, intervals, entities, width = self.raw.shape
        tally = Tally.of(numbers, 0, intervals, width, entities, measures[0])
        tally.fill_intervals(0, self.raw, lengths, measures)
        return replace(tally, daily=self.daily)

    @property
    def additive(self) -> tuple[Int64, ...]:
        """The arrays that add up over replications."""
        moments = self.moments
        return self.summed, self.squared, moments.count, moments.sums, moments.squares, moments.rests

    def deviation(self, measures: Measures, name: str, entity: int) -> Float64:
        """Sample standard deviation by interval, Float64 (intervals,), NaN for fewer than two replications."""
        if not is_whole(measures[name]):
            return self.moments.deviation((moment_measures(measures).index(name), entity))
        n = len(self.daily)
        sums = measures[name].parts(self.summed[:, entity], np.ones(1))[0].astype(np.int64)
        centre = (2 * sums + n) // (2 * n)  # whole, near the mean: what follows is exact until the division
        about_centre = self.squared[squared_measures(measures).index(name), entity] - 2 * centre * sums + n * centre**2
        offset = sums - n * centre
        return np.sqrt((about_centre - offset * offset / n) / (n - 1)) if n > 1 else np.full(len(sums), np.nan)

    def sample(self, measures: Measures, name: str, entity: int) -> Float64:
        """A spread measure's values, Float64 (sampled replications, intervals), NaN where undefined."""
        kept = self.sampled[sampled_measures(measures).index(name), :, entity]
        return np.where(kept == UNDEFINED, np.nan, kept / SAMPLE_STEPS[measures[name].unit])


class Gathering:
    """Tallies of one scenario added up one at a time, so that only their sum is ever held."""

    def __init__(self) -> None:
        self._sum: Tally | None = None
        self._daily: list[Int64] = []
        self._sampled: list[Int32] = []

    def add(self, tally: Tally) -> None:
        """Adds a reduced tally; the first one is taken over and must not be used again."""
        self._daily.append(tally.daily)
        self._sampled.append(tally.sampled)
        if self._sum is None:
            self._sum = tally
            return
        for mine, its in zip(self._sum.additive, tally.additive, strict=True):
            np.add(mine, its, out=mine)

    def gathered(self, order: Int64, sample_order: Int64) -> Tally:
        """The sum, with the replications added, and those sampled, taken in the given orders."""
        if self._sum is None:
            raise ValueError("nothing was added")
        daily, sampled = np.concatenate(self._daily)[order], np.concatenate(self._sampled, axis=1)[:, sample_order]
        return replace(self._sum, daily=daily, sampled=sampled)


def _sample(over: Float64, under: Float64 | None, steps: float) -> Int32:
    if under is None:
        return _whole(over * steps)
    values = np.divide(over * steps, under, out=np.zeros_like(over), where=under > 0)
    return np.where(under > 0, _whole(values), np.int32(UNDEFINED))


def _whole(values: Float64) -> Int32:
    """What 32 bits do not hold, 214,748 agents or more, is kept as the most that they hold."""
    return np.rint(np.clip(values, UNDEFINED + 1, -UNDEFINED - 1)).astype(np.int32)


def named(tally: Tally, prefix: str, columns: type[IntEnum]) -> dict[str, NDArray[Any]]:
    """A tally's arrays by name, one a counter or measure, so that each is packed in its own smallest form."""
    arrays: dict[str, NDArray[Any]] = {}
    for column in columns:
        arrays[f"{prefix}.daily.{column.name}"] = tally.daily[..., column]
        if tally.raw is None:
            arrays[f"{prefix}.summed.{column.name}"] = tally.summed[..., column]
        else:
            arrays[f"{prefix}.raw.{column.name}"] = tally.raw[..., column]
    if tally.raw is None:
        kept: list[NDArray[Any]] = [*tally.additive[1:], tally.sampled]
        for name, rows in zip(_KEPT, kept, strict=True):
            arrays |= {f"{prefix}.{name}.{row}": values for row, values in enumerate(rows)}
    return arrays


def restored(arrays: Mapping[str, NDArray[Any]], prefix: str, numbers: Int64, measures: Measures) -> Tally:
    """The tally whose arrays `named` gave, of the numbered replications."""

    def stacked(name: str, axis: int) -> Any:
        start = f"{prefix}.{name}."
        return np.stack([array for key, array in arrays.items() if key.startswith(start)], axis)

    daily = stacked("daily", -1)
    if any(key.startswith(f"{prefix}.raw.") for key in arrays):
        empty = Tally.of(numbers, 0, 0, daily.shape[3], daily.shape[2], measures)
        return replace(empty, daily=daily, raw=stacked("raw", -1))
    squared, *moments, sampled = (stacked(name, 0) for name in _KEPT)
    return Tally(daily, stacked("summed", -1), squared, Moments(*moments), sampled)
