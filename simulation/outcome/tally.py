"""The counters of all queues, or of all teams, over several replications, reduced to what is kept of them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

from simulation.outcome.measures import Kind, Measure, Resolution, Unit
from simulation.outcome.moments import Moments
from simulation.outcome.periods import Periods

Int32 = NDArray[np.int32]
Int64 = NDArray[np.int64]
Float64 = NDArray[np.float64]
Measures = Mapping[str, Measure]

SAMPLED_REPLICATIONS = 200
"""By interval, quantiles come from the replications with a number below this."""

SAMPLE_STEPS: Mapping[Unit, float] = {Unit.CONTACTS: 1.0, Unit.SHARE: 1e6, Unit.AGENTS: 1e4}
"""Sampled values are whole numbers of 1 / steps: contacts, millionths of a share, ten-thousandths of an agent."""

UNDEFINED = -1
"""Stands for a sampled value without a denominator."""


def is_whole(measure: Measure) -> bool:
    """Whether a measure counts whole contacts, so that its mean and squares follow from integers."""
    return measure.kind is Kind.COUNT and measure.unit is Unit.CONTACTS


def squared_measures(measures: Measures) -> list[str]:
    """Names of the whole counts: the rows of `Tally.squared`."""
    return [m.name for m in measures.values() if is_whole(m)]


def moment_measures(measures: Measures) -> list[str]:
    """Names of the ratios, time averages and hours: the rows of `Tally.moments`."""
    return [m.name for m in measures.values() if m.kind is not Kind.QUANTILE and not is_whole(m)]


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
    """

    daily: Int64
    summed: Int64
    squared: Int64
    moments: Moments
    sampled: Int32

    @classmethod
    def of(cls, numbers: Int64, days: int, intervals: int, width: int, entities: int, measures: Measures) -> "Tally":
        """An empty tally of the numbered replications, to be filled by `fill`; `width` is the number of fields."""
        sampled = int(np.sum(numbers < SAMPLED_REPLICATIONS))
        return cls(
            np.zeros((len(numbers), days, entities, width), np.int64),
            np.zeros((intervals, entities, width), np.int64),
            np.zeros((len(squared_measures(measures)), entities, intervals), np.int64),
            Moments.zeros(len(moment_measures(measures)), entities, intervals),
            np.zeros((len(sampled_measures(measures)), sampled, entities, intervals), np.int32),
        )

    def fill(
        self, row: int, counters: Int64, periods: Periods, instants: tuple[int, ...], measures: Sequence[Measures]
    ) -> None:
        """Adds one replication's counters, Int64 (intervals, entities, fields), as the given row, in place."""
        self.daily[row] = periods.days(counters, instants)
        np.add(self.summed, counters, out=self.summed)
        lengths = periods.lengths[Resolution.INTERVAL]
        by_field = counters.transpose(1, 2, 0).astype(np.float64, order="C")  # exact: an interval's counts are small
        for entity, own in enumerate(measures):
            self._fill_entity(row, entity, own, by_field[entity].T, lengths)

    def _fill_entity(self, row: int, entity: int, measures: Measures, series: Float64, lengths: Float64) -> None:
        parts = {m.name: m.parts(series, lengths) for m in measures.values() if m.kind is not Kind.QUANTILE}
        for at, name in enumerate(squared_measures(measures)):
            self.squared[at, entity] += np.square(parts[name][0]).astype(np.int64)
        for at, name in enumerate(moment_measures(measures)):
            self.moments.add((at, entity), *parts[name])
        if row < self.sampled.shape[1]:
            for at, name in enumerate(sampled_measures(measures)):
                self.sampled[at, row, entity] = _sample(*parts[name], SAMPLE_STEPS[measures[name].unit])

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

    @classmethod
    def merged(cls, tallies: Sequence["Tally"], order: Int64, sample_order: Int64) -> "Tally":
        """All tallies as one, with their replications, and those sampled, taken in the given orders."""
        return cls(
            np.concatenate([tally.daily for tally in tallies])[order],
            sum_of([tally.summed for tally in tallies]),
            sum_of([tally.squared for tally in tallies]),
            Moments(*(sum_of([getattr(tally.moments, f.name) for tally in tallies]) for f in fields(Moments))),
            np.concatenate([tally.sampled for tally in tallies], axis=1)[:, sample_order],
        )


def sum_of(arrays: Sequence[Int64]) -> Int64:
    """The sum of arrays of one shape, element by element."""
    total = arrays[0].copy()
    for array in arrays[1:]:
        total += array
    return total


def _sample(over: Float64, under: Float64 | None, steps: float) -> Int32:
    if under is None:
        return np.rint(over * steps).astype(np.int32)
    values = np.divide(over * steps, under, out=np.full_like(over, UNDEFINED), where=under > 0)
    return np.rint(values).astype(np.int32)
