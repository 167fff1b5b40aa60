"""The lines of a vendor's monthly invoice that follow from what was done: exact, in whole cents.

A charge is rate x units x index, summed over the stretches of a month in which the index stands still, in decimals of
60 digits with one division at its end, and rounded half-even to the cent: once, where the line stands.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cached_property
from itertools import groupby

import numpy as np
from numpy.typing import NDArray

from simulation.outcome.balances import Balances
from simulation.outcome.meters import Meter
from simulation.outcome.rounding import CENTS, cents
from simulation.scenario.money import decimal_of
from simulation.scenario.pricing import Accumulation, Band, Pricing, PricingKind, Tiering
from simulation.scenario.windows import Window, days_of_month, months, quarter_of

Int64 = NDArray[np.int64]

Stretch = tuple[Decimal, Decimal]
"""Units in the order of time, and the index on their rates."""


@dataclass(frozen=True, eq=False)
class Line:
    """One line of all months: Int64 (replications, months), signed cents; `of` as in `settlement.MoneyLine`."""

    kind: str
    of: tuple[str, ...]
    cents: Int64


def charge(
    pricing: Pricing,
    meter: Meter | None,
    dates: Sequence[date],
    replications: int,
    exchange: Decimal = Decimal(1),
    ends: Int64 | None = None,
) -> Line:
    """A line of pricing; the meter counts its units, None where it has none.

    exchange: units of the pricing's currency for one of the scenario's
    ends: Int64 (replications,), the day, by number, before which the contract ends; None: not within the horizon
    """
    calendar = months(dates)
    lasting = np.full(replications, len(dates)) if ends is None else ends
    if meter is None:
        by_end = {
            end: [_amount(pricing, month, dates, exchange, end) for month in calendar] for end in set(lasting.tolist())
        }
        charged = np.array([by_end[end] for end in lasting.tolist()], np.int64).reshape(replications, len(calendar))
    else:
        charged = _metered(pricing, meter, calendar, dates, exchange, lasting)
    return Line(pricing.kind.value, pricing.queues, charged)


def _amount(pricing: Pricing, month: Window, dates: Sequence[date], exchange: Decimal, end: int) -> int:
    days, amount = dates[month.first : min(month.end, end)], decimal_of(pricing.amount or 0.0)
    if pricing.kind is PricingKind.ONE_OFF:
        return cents(amount / exchange) if pricing.at in days else 0
    indexed = sum((pricing.index_on(day) for day in days), Decimal(0))
    return cents(amount * indexed / (days_of_month(month.start) * exchange))


def _metered(
    pricing: Pricing,
    meter: Meter,
    calendar: Sequence[Window],
    dates: Sequence[date],
    exchange: Decimal,
    ends: Int64,
) -> Int64:
    if pricing.kind is PricingKind.BASELINE:
        bills: Balances | Bills = Balances(pricing, meter, calendar, dates, exchange, ends)
    else:
        bills = Bills(pricing, meter, calendar, dates, exchange)
    rows = [[bill.cents for bill in bills.of(replication)] for replication in range(meter.replications)]
    return np.array(rows, np.int64).reshape(meter.replications, len(calendar))


@dataclass(frozen=True)
class Piece:
    """So many units at one rate and index."""

    units: Decimal
    rate: Decimal
    index: Decimal


@dataclass(frozen=True, eq=False)
class Bill:
    """A month of one line: due are the pieces' units x rate x index x times / divisor / exchange, less what was billed
    before.

    edge: the meter's counts that are a unit of a band. times: as of the meter
    """

    pieces: tuple[Piece, ...]
    edge: Decimal
    divisor: Decimal
    exchange: Decimal
    before: int
    times: Decimal

    @property
    def due(self) -> Decimal:
        """So far in the month, or in the quarter."""
        total = sum((piece.units * piece.rate * piece.index for piece in self.pieces), Decimal(0))
        return total * self.times / (self.divisor * self.exchange)

    @cached_property
    def cents(self) -> int:
        """What the month charges."""
        return cents(self.due - Decimal(self.before) / CENTS)


class Bills:
    """A line's bills by month, one replication at a time."""

    def __init__(
        self, pricing: Pricing, meter: Meter, calendar: Sequence[Window], dates: Sequence[date], exchange: Decimal
    ) -> None:
        self._pricing, self._calendar, self._bands = pricing, calendar, pricing.steps
        self._exchange, self._times = exchange, meter.times
        self._stretches = [list(_stretches(pricing, month, dates)) for month in calendar]
        self._units = [[meter.units(first, end) for first, end, _ in month] for month in self._stretches]
        self._scales = [meter.scales(month, days_of_month(month.start)) for month in calendar]

    def of(self, replication: int) -> list[Bill]:
        """Every month's."""
        found: list[Bill] = []
        so_far: list[Stretch] = []
        before, quarter = 0, None
        for m, month in enumerate(self._calendar):
            if self._pricing.accumulate is Accumulation.MONTH or quarter_of(month.start) != quarter:
                so_far, before, quarter = [], 0, quarter_of(month.start)
            own = zip(self._units[m], self._stretches[m], strict=True)
            so_far += [(units[replication], index) for units, (_, _, index) in own]
            edge, divisor = self._scales[m]
            found_pieces = tuple(pieces(so_far, self._bands, self._pricing.tiering, edge))
            bill = Bill(found_pieces, edge, divisor, self._exchange, before, self._times)
            found.append(bill)
            before += bill.cents
        return found


def _stretches(pricing: Pricing, month: Window, dates: Sequence[date]) -> Iterator[tuple[int, int, Decimal]]:
    """The days of a month cut where the index rises: first, end, index."""
    days = range(month.first, month.end)
    for factor, group in groupby(days, lambda day: pricing.index_on(dates[day])):
        own = list(group)
        yield own[0], own[-1] + 1, factor


def pieces(stretches: Sequence[Stretch], bands: Sequence[Band], tiering: Tiering, edge: Decimal) -> Iterator[Piece]:
    """What is charged of some stretches, in the meter's counts; `edge`: how many of them a band's unit is."""
    if len(bands) == 1 or tiering is Tiering.WHOLE:
        whole = sum((units for units, _ in stretches), Decimal(0))
        rate = next(band.rate for band in bands if band.to is None or whole <= decimal_of(band.to) * edge)
        yield from (Piece(units, decimal_of(rate), index) for units, index in stretches)
        return
    before = Decimal(0)
    for units, index in stretches:
        low = Decimal(0)
        for band in bands:
            high = before + units if band.to is None else min(before + units, decimal_of(band.to) * edge)
            within = high - max(low, before)
            if within > 0:
                yield Piece(within, decimal_of(band.rate), index)
            low = max(low, high)
        before += units
