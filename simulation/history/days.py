"""A queue's history as local days of slots, the form in which weekdays, holidays and times of day can be seen."""

from dataclasses import dataclass, replace
from datetime import date

import numpy as np
from numpy.typing import NDArray

from simulation.history.history import DAY_MINUTES, QueueHistory
from simulation.scenario.grid import date_of

Float64 = NDArray[np.float64]
Int64 = NDArray[np.int64]

FEW = 3.0
"""Mean contacts of a slot below which a file without any zero is taken to leave out rows without contacts."""
OPEN_SHARE = 0.1
"""Share of a weekday's days on which a slot must be told of to count as open."""


@dataclass(frozen=True, eq=False)
class Days:
    """A queue's days that the file tells of, slot by slot.

    minutes: length of a slot
    numbers: Int64 (days,) local dates as days since 1970, ascending
    counts:  Float64 (days, slots) contacts offered in what is told of each slot
    told:    Float64 (days, slots) how often the slot is told of: 0 in a gap, 2 in an hour that a clock change doubles
    """

    minutes: int
    numbers: Int64
    counts: Float64
    told: Float64

    @property
    def dates(self) -> list[date]:
        """The local dates."""
        return [date_of(number) for number in self.numbers.tolist()]

    @property
    def weekdays(self) -> Int64:
        """Int64 (days,): 0 is Monday."""
        return (self.numbers + 3) % 7

    @property
    def weeks(self) -> Int64:
        """Int64 (days,): weeks from Monday on, counted since 1970."""
        return (self.numbers + 3) // 7

    @property
    def totals(self) -> Float64:
        """Float64 (days,): contacts of each day, as far as it is told of."""
        return np.asarray(self.counts.sum(axis=1))

    def where(self, chosen: NDArray[np.bool_]) -> "Days":
        """Some of the days."""
        return replace(self, numbers=self.numbers[chosen], counts=self.counts[chosen], told=self.told[chosen])


def days_of(history: QueueHistory) -> Days:
    """The days of a queue's history; dates of which the file tells nothing, or no contact at all, are not among them.

    A file of which no row is 0 leaves out rows without contacts: a slot that it does not tell of, on a day of which it
    does, counts as 0 where it has fewer than `FEW` contacts on average. Elsewhere it is a gap.
    """
    number = history.local.astype("datetime64[D]").astype(np.int64)
    slot = (history.local - history.local.astype("datetime64[D]")).astype(np.int64) // history.minutes
    numbers = np.arange(number[0], number[-1] + 1, dtype=np.int64)
    shape = (len(numbers), DAY_MINUTES // history.minutes)
    counts, told = np.zeros(shape), np.zeros(shape)
    at = ~np.isnan(history.offered)
    np.add.at(counts, (number[at] - number[0], slot[at]), history.offered[at])
    np.add.at(told, (number[at] - number[0], slot[at]), 1.0)
    days = Days(history.minutes, numbers, counts, told).where(counts.sum(axis=1) > 0)
    return days if (history.offered[at] == 0).any() else _with_zeros(days)


def _with_zeros(days: Days) -> Days:
    told = days.told.copy()
    for weekday in range(7):
        on = days.weekdays == weekday
        known = days.told[on].sum(axis=0)
        mean = days.counts[on].sum(axis=0) / max(int(on.sum()), 1)
        sparse = (known > 0) & (mean < FEW)
        told[on] = np.where(sparse & (told[on] == 0), 1.0, told[on])
    return replace(days, told=told)
