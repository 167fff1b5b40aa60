"""Lines with a baseline: a charge for its units, additional charges (ARC) and reduced credits (RRC) for the others.

Of a month with V units, a baseline V0, a dead band d and a base charge B it is

    B + sum over bands of (units of V in the band) x rate    where V > (1 + d) V0,
    B - sum over bands of (units missing in the band) x rate    where V < (1 - d) V0, else B.

A band holds the units whose distance from V0, over V0, lies between the end of the one before, of the first one d, and
its own. V0 and B are prorated by day where the horizon or the end of the contract cuts the month; B rises by day with
the index, ARC and RRC are at the mean index of the month's days, since no day is theirs.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cached_property
from itertools import accumulate

import numpy as np
from numpy.typing import NDArray

from simulation.outcome.meters import Meter
from simulation.outcome.rounding import cents
from simulation.scenario.money import decimal_of
from simulation.scenario.pricing import Band, Pricing
from simulation.scenario.windows import Window, days_of_month

Int64 = NDArray[np.int64]


@dataclass(frozen=True)
class Step:
    """Units beyond the dead band, in counts x days of the month, and the signed rate of each."""

    counts: Decimal
    rate: Decimal


@dataclass(frozen=True, eq=False)
class Balance:
    """A month of one line.

    counts:   the meter's. unit: how many of them are a unit
    baseline: units of the whole month. charge: its base charge
    steps:    what is more or less
    days, month_days: of the contract within the horizon in the month, and all. indices: the sum of the days' indices
    exchange: as in `charges.charge`
    """

    counts: Decimal
    unit: Decimal
    baseline: Decimal
    charge: Decimal
    steps: tuple[Step, ...]
    days: int
    month_days: int
    indices: Decimal
    exchange: Decimal

    @cached_property
    def cents(self) -> int:
        """What the month charges: divided once, at its end; nothing once the contract has ended."""
        if not self.days:
            return 0
        base = self.charge * self.unit * self.days
        total = (base + sum((step.counts * step.rate for step in self.steps), Decimal(0))) * self.indices
        return cents(total / (self.unit * self.days * self.month_days * self.exchange))


class Balances:
    """A line's balances by month, one replication at a time."""

    def __init__(
        self,
        pricing: Pricing,
        meter: Meter,
        calendar: Sequence[Window],
        dates: Sequence[date],
        exchange: Decimal,
        ends: Int64,
    ) -> None:
        """ends: Int64 (replications,), the day, by number, before which the contract ends."""
        self._pricing, self._calendar, self._exchange, self._ends = pricing, calendar, exchange, ends.tolist()
        self._counts = [meter.units(month.first, month.end) for month in calendar]
        self._units = [meter.scales(month, days_of_month(month.start))[1] for month in calendar]
        self._indices = [
            list(accumulate((pricing.index_on(day) for day in dates[month.first : month.end]), initial=Decimal(0)))
            for month in calendar
        ]

    def of(self, replication: int) -> list[Balance]:
        """Every month's."""
        end = self._ends[replication]
        return [self._month(m, month, self._counts[m][replication], end) for m, month in enumerate(self._calendar)]

    def _month(self, m: int, month: Window, counts: Decimal, end: int) -> Balance:
        pricing, month_days = self._pricing, days_of_month(month.start)
        days = max(min(month.end, end) - month.first, 0)
        baseline = decimal_of(pricing.baseline_of(month.start) or 0.0)
        whole = baseline * days * self._units[m]
        more = counts * month_days - whole
        bands, sign = (pricing.arc, 1) if more > 0 else (pricing.rrc, -1)
        return Balance(
            counts=counts,
            unit=self._units[m],
            baseline=baseline,
            charge=decimal_of(pricing.base_charge or 0.0),
            steps=tuple(_steps(abs(more), whole, decimal_of(pricing.dead_band), bands, sign)),
            days=days,
            month_days=month_days,
            indices=self._indices[m][days],
            exchange=self._exchange,
        )


def _steps(beyond: Decimal, whole: Decimal, dead_band: Decimal, bands: Sequence[Band], sign: int) -> Iterator[Step]:
    """What lies within each band of the counts by which the baseline's, `whole`, are exceeded or missed."""
    low = dead_band * whole
    for band in bands:
        high = beyond if band.to is None else min(beyond, decimal_of(band.to) * whole)
        if high > low:
            yield Step(high - low, sign * decimal_of(band.rate))
        low = max(low, high)
