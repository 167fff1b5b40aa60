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
from decimal import Decimal
from functools import cached_property
from itertools import accumulate

from simulation.outcome.money.formulas import ENDED, exchanged, figure, indexed
from simulation.outcome.money.invoicing import Invoicing
from simulation.outcome.money.meters import Meter
from simulation.outcome.money.rounding import cents
from simulation.scenario.contracts.bands import Band
from simulation.scenario.contracts.pricing import Pricing
from simulation.scenario.contracts.windows import days_of_month
from simulation.scenario.money import decimal_of


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
    dead_band: share of the baseline. exchange: as of `Invoicing`. named: what a unit is called
    """

    counts: Decimal
    unit: Decimal
    baseline: Decimal
    charge: Decimal
    steps: tuple[Step, ...]
    days: int
    month_days: int
    indices: Decimal
    dead_band: Decimal
    exchange: Decimal
    named: str

    @cached_property
    def cents(self) -> int:
        """What the month charges: divided once, at its end; nothing once the contract has ended."""
        if not self.days:
            return 0
        base = self.charge * self.unit * self.days
        total = (base + sum((step.counts * step.rate for step in self.steps), Decimal(0))) * self.indices
        return cents(total / (self.unit * self.days * self.month_days * self.exchange))

    @property
    def formula(self) -> str:
        """Units against the baseline, the charge of these, and what is more or less."""
        if not self.days:
            return ENDED + exchanged(self.exchange)
        prorated = "" if self.days == self.month_days else f" x {self.days} / {self.month_days} days"
        index = indexed(self.indices / self.days)
        against = f"against {figure(self.baseline)}{prorated}, {figure(100 * self.dead_band)} % either way"
        parts = [f"{figure(self.charge)}{prorated}{index}"]
        for step in self.steps:
            units = figure(step.counts / (self.unit * self.month_days))
            parts.append(f"{'+' if step.rate >= 0 else '-'} {units} x {figure(abs(step.rate))}{index}")
        units = figure(self.counts / self.unit)
        return f"{self.named}: {units} {against}: {' '.join(parts)}" + exchanged(self.exchange)


class Balances:
    """A line's balances by month, one replication at a time."""

    def __init__(self, pricing: Pricing, meter: Meter, invoicing: Invoicing) -> None:
        self._pricing, self._meter, self._invoicing, self._ends = pricing, meter, invoicing, invoicing.ends.tolist()
        self._counts = [meter.units(month.first, month.end) for month in invoicing.months]
        self._units = [meter.scales(month, days_of_month(month.start))[1] for month in invoicing.months]
        self._indices = [
            list(accumulate(map(pricing.index_on, invoicing.dates[month.first : month.end]), initial=Decimal(0)))
            for month in invoicing.months
        ]

    def of(self, replication: int) -> list[Balance]:
        """Every month's."""
        end = self._ends[replication]
        return [self._month(m, self._counts[m][replication], end) for m in range(len(self._counts))]

    def _month(self, m: int, counts: Decimal, end: int) -> Balance:
        pricing, month = self._pricing, self._invoicing.months[m]
        month_days = days_of_month(month.start)
        days = max(min(month.end, end) - month.first, 0)
        baseline = decimal_of(pricing.baseline_of(month.start) or 0.0)
        whole = baseline * days * self._units[m]
        more = counts * month_days - whole
        bands, sign = (pricing.arc, 1) if more > 0 else (pricing.rrc, -1)
        dead_band = decimal_of(pricing.dead_band)
        return Balance(
            counts=counts,
            unit=self._units[m],
            baseline=baseline,
            charge=decimal_of(pricing.base_charge or 0.0),
            steps=tuple(_steps(abs(more), whole, dead_band, bands, sign)),
            days=days,
            month_days=month_days,
            indices=self._indices[m][days],
            dead_band=dead_band,
            exchange=self._invoicing.exchange,
            named=self._meter.named,
        )


def _steps(beyond: Decimal, whole: Decimal, dead_band: Decimal, bands: Sequence[Band], sign: int) -> Iterator[Step]:
    """What lies within each band of the counts by which the baseline's, `whole`, are exceeded or missed."""
    low = dead_band * whole
    for band in bands:
        high = beyond if band.to is None else min(beyond, decimal_of(band.to) * whole)
        if high > low:
            yield Step(high - low, sign * decimal_of(band.rate))
        low = max(low, high)
