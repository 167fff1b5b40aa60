"""Pricing: what a vendor charges for, and at which rates."""

from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Self

from pydantic import Field, model_validator

from simulation.scenario.billable import Billable
from simulation.scenario.calendar import Day
from simulation.scenario.problems import Refusal, RefusedError, refuse
from simulation.scenario.quantities import Described, Id, Real

Money = Annotated[Real, Field(ge=0, le=1_000_000_000_000)]
"""An amount in the scenario's currency; its decimal text is meant, not its binary fraction."""


def decimal_of(number: float) -> Decimal:
    """The decimal that a document's number is written as: 0.1 is a tenth."""
    return Decimal(repr(number))


class PricingKind(StrEnum):
    """What is charged for."""

    PER_FTE_MONTH = "PER_FTE_MONTH"
    """The month's average of paid FTE, prorated by day where the horizon cuts the month: paid hours of people in
    production without overtime and bench, over the team's full-time hours (given agents: 40 a week)."""
    PER_SEAT_MONTH = "PER_SEAT_MONTH"
    """The month's average of heads on the payroll, trainees included, prorated by day where the horizon cuts the month;
    of given agents the most that are there."""
    PER_PAID_HOUR = "PER_PAID_HOUR"
    """Paid hours of people in production: rostered time, overtime and bench included."""
    PER_PRODUCTIVE_HOUR = "PER_PRODUCTIVE_HOUR"
    """Hours logged in, busy or available; with `billable` as far as they are paid."""
    PER_HANDLED_MINUTE = "PER_HANDLED_MINUTE"
    """Minutes of handling time."""
    PER_CONTACT = "PER_CONTACT"
    """Contacts handled: services that ended."""
    PER_RESOLUTION = "PER_RESOLUTION"
    """Contacts answered, by when they arrived, less those that came back within the queue's window."""
    FIXED_MONTHLY = "FIXED_MONTHLY"
    """An amount a month, prorated by day where the horizon cuts the month."""
    ONE_OFF = "ONE_OFF"
    """An amount once, on a date."""


class Tiering(StrEnum):
    """Which units a band's rate is for."""

    MARGINAL = "MARGINAL"
    """Those within the band; bands fill in the order of time."""
    WHOLE = "WHOLE"
    """All units, at the rate of the band in which their number ends."""


class Accumulation(StrEnum):
    """Over which time units add up to a band."""

    MONTH = "MONTH"
    """The calendar month."""
    QUARTER = "QUARTER"
    """The calendar quarter: each month charges what is due so far less what its months before have charged."""


class Indexation(Described):
    """A rise of rates from a date on, on top of those before it."""

    from_: Annotated[Day, Field(alias="from")]
    """First date of the scenario on which it holds."""
    rate: Annotated[Real, Field(gt=-1, le=10)]
    """Rise as a share: 0.03 makes every rate 3 % higher."""


class Band(Described):
    """Units up to a number, and the rate of each."""

    to: Annotated[Real, Field(gt=0, le=1_000_000_000_000)] | None = None
    """The last unit of the band, inside it; left out in the last band only: all above."""
    rate: Money
    """Charge a unit."""


AVERAGES = (PricingKind.PER_FTE_MONTH, PricingKind.PER_SEAT_MONTH)
"""Kinds whose units are a month's average."""
ONCE = (PricingKind.FIXED_MONTHLY, PricingKind.ONE_OFF)
"""Kinds that have an amount and no units."""
BY_UNIT: tuple[str, ...] = ("queues", "rate", "bands", "tiering", "accumulate", "indexation")
OWN_FIELDS: Mapping[PricingKind, tuple[str, ...]] = {
    **dict.fromkeys(PricingKind, BY_UNIT),
    PricingKind.PER_PRODUCTIVE_HOUR: (*BY_UNIT, "billable"),
    PricingKind.FIXED_MONTHLY: ("amount", "indexation"),
    PricingKind.ONE_OFF: ("amount", "at"),
}
"""The fields that a pricing of each kind has."""


class Pricing(Described):
    """One line of a contract's pricing."""

    kind: PricingKind
    """What is charged for."""
    queues: tuple[Id, ...] = ()
    """Ids of the queues whose work is charged for; left out: all that the vendor serves under the contract."""
    rate: Money | None = None
    """Charge a unit; or"""
    bands: tuple[Band, ...] = ()
    """rates by the number of units."""
    tiering: Tiering = Tiering.MARGINAL
    """Which units a band's rate is for."""
    accumulate: Accumulation = Accumulation.MONTH
    """Over which time units add up to a band."""
    amount: Money | None = None
    """FIXED_MONTHLY, ONE_OFF: what is charged."""
    billable: Billable | None = None
    """PER_PRODUCTIVE_HOUR: which of the hours are paid; left out: all."""
    at: Day | None = None
    """ONE_OFF: the date on which it is charged."""
    indexation: Annotated[tuple[Indexation, ...], Field(max_length=1000)] = ()
    """Rises of the rates, by ascending date; each multiplies those before it."""

    @property
    def is_recurring(self) -> bool:
        """Whether it belongs to the base of service credits."""
        return self.kind is not PricingKind.ONE_OFF

    @property
    def steps(self) -> tuple[Band, ...]:
        """Its bands; one rate is a band without an end."""
        return self.bands or ((Band(rate=self.rate),) if self.rate is not None else ())

    def index_on(self, day: date) -> Decimal:
        """The factor on its rates on a date of the scenario."""
        factor = Decimal(1)
        for rise in self.indexation:
            factor *= 1 + decimal_of(rise.rate) if rise.from_ <= day else 1
        return factor

    @model_validator(mode="after")
    def _has_its_own_fields(self) -> Self:
        own = OWN_FIELDS[self.kind]
        for name in sorted(self.model_fields_set - {"kind", *own}):
            if getattr(self, name) != type(self).model_fields[name].default:
                refuse(f"pricing {self.kind} takes no {name}", f"remove it, or write one of {', '.join(own)}", (name,))
        needed = {PricingKind.FIXED_MONTHLY: ("amount",), PricingKind.ONE_OFF: ("amount", "at")}.get(self.kind, ())
        for name in needed:
            if getattr(self, name) is None:
                refuse(f"pricing {self.kind} needs {name}", f"add {name}", (name,))
        if self.kind not in ONCE and self.rate is None and not self.bands:
            refuse(f"pricing {self.kind} needs a rate", "add rate or bands", ("rate",))
        if self.rate is not None and self.bands:
            refuse("rate and bands exclude each other", "keep one of rate, bands", ("bands",))
        return self

    @model_validator(mode="after")
    def _bands_cover_every_unit_once(self) -> Self:
        refused = [*self._bands_refused(), *self._indexation_refused()]
        if refused:
            raise RefusedError(*refused)
        return self

    def _bands_refused(self) -> Iterator[Refusal]:
        for b, band in enumerate(self.bands):
            before = self.bands[b - 1].to if b else None
            if band.to is None and b + 1 < len(self.bands):
                yield Refusal("it already holds all above", "write its last unit", ("bands", b, "to"))
            elif band.to is not None and before is not None and band.to <= before:
                mend = f"write over {before:g}, or order bands by `to`"
                yield Refusal(f"the band before reaches to {before:g}", mend, ("bands", b, "to"))
            elif band.to is not None and b + 1 == len(self.bands):
                mend = "remove `to` of the last band, or add {rate: ...} after it"
                yield Refusal(f"no rate is said for units over {band.to:g}", mend, ("bands", b, "to"))
        if not self.bands:
            for name in ("tiering", "accumulate"):
                if getattr(self, name) != type(self).model_fields[name].default:
                    yield Refusal(f"one rate has no {name}", "add bands, or remove it", (name,))
        if self.kind in AVERAGES and self.accumulate is Accumulation.QUARTER:
            yield Refusal("its units are a month's average, they do not add up", "write MONTH", ("accumulate",))

    def _indexation_refused(self) -> Iterator[Refusal]:
        for i in range(1, len(self.indexation)):
            if self.indexation[i].from_ <= self.indexation[i - 1].from_:
                yield Refusal("is not after the one before", "order indexation by date", ("indexation", i, "from"))
