"""The lines of a vendor's monthly invoice that follow from what was done: exact, in whole cents.

A charge is rate x units x index, summed over the stretches of a month in which the index stands still, in decimals of
60 digits with one division at its end, and rounded half-even to the cent: once, where the line stands.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_EVEN, Context, Decimal
from itertools import groupby

import numpy as np
from numpy.typing import NDArray

from simulation.outcome.meters import Meter
from simulation.scenario.pricing import Accumulation, Band, Pricing, PricingKind, Tiering, decimal_of
from simulation.scenario.windows import Window, days_of_month, months, quarter_of

Int64 = NDArray[np.int64]

MONEY = Context(prec=60, rounding=ROUND_HALF_EVEN)
CENTS = 100

Stretch = tuple[Decimal, Decimal]
"""Units in the order of time, and the index on their rates."""


def cents(amount: Decimal) -> int:
    """Whole cents, half-even."""
    return int((amount * CENTS).to_integral_value(ROUND_HALF_EVEN))


@dataclass(frozen=True, eq=False)
class Line:
    """One line of all months: Int64 (replications, months), signed cents; `of` as in `settlement.MoneyLine`."""

    kind: str
    of: tuple[str, ...]
    cents: Int64


def charge(pricing: Pricing, meter: Meter | None, dates: Sequence[date], replications: int) -> Line:
    """A line of pricing; the meter counts its units, None where it has none."""
    calendar = months(dates)
    if meter is None:
        amounts = [_amount(pricing, month, dates) for month in calendar]
        charged = np.tile(np.array(amounts, np.int64), (replications, 1))
    else:
        charged = _metered(pricing, meter, calendar, dates)
    return Line(pricing.kind.value, pricing.queues, charged)


def _amount(pricing: Pricing, month: Window, dates: Sequence[date]) -> int:
    days, amount = dates[month.first : month.end], decimal_of(pricing.amount or 0.0)
    if pricing.kind is PricingKind.ONE_OFF:
        return cents(amount) if pricing.at in days else 0
    indexed = sum((pricing.index_on(day) for day in days), Decimal(0))
    return cents(amount * indexed / days_of_month(days[0]))


def _metered(pricing: Pricing, meter: Meter, calendar: Sequence[Window], dates: Sequence[date]) -> Int64:
    stretches = [list(_stretches(pricing, month, dates)) for month in calendar]
    units = [[meter.units(first, end) for first, end, _ in month] for month in stretches]
    found = np.zeros((meter.replications, len(calendar)), np.int64)
    for replication in range(meter.replications):
        so_far: list[Stretch] = []
        billed, quarter = 0, None
        for m, month in enumerate(calendar):
            if pricing.accumulate is Accumulation.MONTH or quarter_of(month.start) != quarter:
                so_far, billed, quarter = [], 0, quarter_of(month.start)
            so_far += [
                (of_all[replication], factor) for of_all, (_, _, factor) in zip(units[m], stretches[m], strict=True)
            ]
            edge, divisor = meter.scales(month, days_of_month(month.start))
            amount = due(so_far, pricing.steps, pricing.tiering, edge) / divisor
            found[replication, m] = cents(amount - Decimal(billed) / CENTS)
            billed += int(found[replication, m])
    return found


def _stretches(pricing: Pricing, month: Window, dates: Sequence[date]) -> Iterator[tuple[int, int, Decimal]]:
    """The days of a month cut where the index rises: first, end, index."""
    days = range(month.first, month.end)
    for factor, group in groupby(days, lambda day: pricing.index_on(dates[day])):
        own = list(group)
        yield own[0], own[-1] + 1, factor


def due(stretches: Sequence[Stretch], bands: Sequence[Band], tiering: Tiering, edge: Decimal) -> Decimal:
    """Rate x units x index of some stretches, in the meter's units; `edge`: how many of them a band's unit is."""
    if len(bands) == 1:
        return decimal_of(bands[0].rate) * sum((units * index for units, index in stretches), Decimal(0))
    if tiering is Tiering.WHOLE:
        whole = sum((units for units, _ in stretches), Decimal(0))
        rate = next(band.rate for band in bands if band.to is None or whole <= decimal_of(band.to) * edge)
        return decimal_of(rate) * sum((units * index for units, index in stretches), Decimal(0))
    total = before = Decimal(0)
    for units, index in stretches:
        total += index * (_marginal(before + units, bands, edge) - _marginal(before, bands, edge))
        before += units
    return total


def _marginal(units: Decimal, bands: Sequence[Band], edge: Decimal) -> Decimal:
    """Each unit at the rate of its own band."""
    total = low = Decimal(0)
    for band in bands:
        high = units if band.to is None else min(units, decimal_of(band.to) * edge)
        total += max(high - low, Decimal(0)) * decimal_of(band.rate)
        low = max(low, high)
    return total
