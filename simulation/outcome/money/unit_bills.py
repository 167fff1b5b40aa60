"""Lines of units at rates: exact, in whole cents.

A charge is rate x units x index, summed over the stretches of a month in which the index stands still, in decimals of
60 digits with one division at its end, and rounded half-even to the cent: once, where the line stands.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cached_property
from itertools import groupby

from simulation.outcome.money.formulas import exchanged, figure, indexed, money
from simulation.outcome.money.invoicing import Invoicing
from simulation.outcome.money.meters import Meter
from simulation.outcome.money.rounding import CENTS, cents
from simulation.scenario.contracts.bands import Accumulation, Band, Tiering
from simulation.scenario.contracts.pricing import Pricing
from simulation.scenario.contracts.windows import Window, days_of_month, quarter_of
from simulation.scenario.money import Indexation, decimal_of, index_on

Stretch = tuple[Decimal, Decimal]
"""Units in the order of time, and the index on their rates."""


@dataclass(frozen=True)
class Tariff:
    """What a unit costs: rates by band, and how these rise."""

    bands: tuple[Band, ...]
    rises: Sequence[Indexation] = ()
    tiering: Tiering = Tiering.MARGINAL
    accumulate: Accumulation = Accumulation.MONTH

    @classmethod
    def of_rate(cls, rate: float, rises: Sequence[Indexation] = ()) -> "Tariff":
        """One rate for every unit."""
        return cls((Band(rate=rate),), rises)

    @classmethod
    def of(cls, pricing: Pricing) -> "Tariff":
        """Of a line of pricing."""
        return cls(pricing.steps, pricing.indexation, pricing.tiering, pricing.accumulate)


@dataclass(frozen=True)
class Piece:
    """So many units at one rate and index."""

    units: Decimal
    rate: Decimal
    index: Decimal


@dataclass(frozen=True, eq=False)
class UnitsBill:
    """A month of one line: due are the pieces' units x rate x index x times / divisor / exchange, less what was billed
    before.

    edge: the meter's counts that are a unit of a band. meter: what counted them, and its times. exchange: as of
    `Invoicing`
    """

    pieces: tuple[Piece, ...]
    edge: Decimal
    divisor: Decimal
    before: int
    meter: Meter
    month: Window
    exchange: Decimal

    @property
    def due(self) -> Decimal:
        """So far in the month, or in the quarter."""
        total = sum((piece.units * piece.rate * piece.index for piece in self.pieces), Decimal(0))
        return total * self.meter.times / (self.divisor * self.exchange)

    @cached_property
    def cents(self) -> int:
        """What the month charges."""
        return cents(self.due - Decimal(self.before) / CENTS)

    @property
    def formula(self) -> str:
        """Units x rate of every piece; units are shown to six decimals, the amount is of the exact ones. What was
        billed before is in the scenario's currency: it comes off what is exchanged."""
        more = "" if self.meter.more is None else f" x {figure(self.meter.more)} more"
        parts = [
            f"{figure(one.units / self.edge)} x {figure(one.rate)}{indexed(one.index)}{more}" for one in self.pieces
        ]
        due = " + ".join(parts) or "0"
        if self.edge != self.divisor:
            due = f"({due})" if len(parts) > 1 else due
            due += f" x {self.month.end - self.month.first} / {days_of_month(self.month.start)} days"
        if not self.before:
            return f"{self.meter.named}: {due}{exchanged(self.exchange)}"
        due += ", in the quarter so far"
        due = due if self.exchange == 1 else f"({due}) at {figure(self.exchange)} for one"
        return f"{self.meter.named}: {due}, less {money(self.before)} billed before"


class UnitsBills:
    """A line's bills by month, one replication at a time."""

    def __init__(self, tariff: Tariff, meter: Meter, invoicing: Invoicing) -> None:
        self._tariff, self._meter, self._invoicing = tariff, meter, invoicing
        self._stretches = [list(_stretches(tariff, month, invoicing.dates)) for month in invoicing.months]
        self._units = [[meter.units(first, end) for first, end, _ in month] for month in self._stretches]
        self._scales = [meter.scales(month, days_of_month(month.start)) for month in invoicing.months]

    def of(self, replication: int) -> list[UnitsBill]:
        """Every month's."""
        found: list[UnitsBill] = []
        so_far: list[Stretch] = []
        before, quarter = 0, None
        for m, month in enumerate(self._invoicing.months):
            if self._tariff.accumulate is Accumulation.MONTH or quarter_of(month.start) != quarter:
                so_far, before, quarter = [], 0, quarter_of(month.start)
            own = zip(self._units[m], self._stretches[m], strict=True)
            so_far += [(units[replication], index) for units, (_, _, index) in own]
            edge, divisor = self._scales[m]
            bill = UnitsBill(
                pieces=tuple(pieces(so_far, self._tariff.bands, self._tariff.tiering, edge)),
                edge=edge,
                divisor=divisor,
                before=before,
                meter=self._meter,
                month=month,
                exchange=self._invoicing.exchange,
            )
            found.append(bill)
            before += bill.cents
        return found


def _stretches(tariff: Tariff, month: Window, dates: Sequence[date]) -> Iterator[tuple[int, int, Decimal]]:
    """The days of a month cut where the index rises: first, end, index."""
    days = range(month.first, month.end)
    for factor, group in groupby(days, lambda day: index_on(tariff.rises, dates[day])):
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
