"""Pricing: what a vendor charges for, and at which rates."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Self

from pydantic import Field, model_validator

from simulation.scenario.billable import Billable
from simulation.scenario.calendar import Day, Period
from simulation.scenario.classes import HiringReason
from simulation.scenario.money import Indexation, Money, decimal_of
from simulation.scenario.night import Night
from simulation.scenario.problems import Refusal, RefusedError, refuse
from simulation.scenario.quantities import Described, Id, PartialShare, Real


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
    PER_TRAINING_HOUR = "PER_TRAINING_HOUR"
    """Paid hours of hired people in training, a seventh of each one's week on every day; not of people lent by another
    team."""
    OVERTIME = "OVERTIME"
    """What hours of overtime cost more: (multiplier - 1) x the rate of the line that charges for the queues' hours, an
    hour of overtime that this line counts."""
    SURGE = "SURGE"
    """What hours of the bench cost more, likewise."""
    NIGHT = "NIGHT"
    """What hours of the night cost more, by the site's clock, likewise."""
    HOLIDAY = "HOLIDAY"
    """What hours on public holidays cost more, by the site's clock, likewise: those of the team's calendar with its
    extra dates, else of the site's country."""
    BASELINE = "BASELINE"
    """A charge for the baseline's units, and a rate for each that is more or less than the dead band."""
    FIXED_MONTHLY = "FIXED_MONTHLY"
    """An amount a month, prorated by day where the horizon, or the end of the handover of a vendor who leaves, cuts the
    month."""
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


class OvertimeHours(StrEnum):
    """Which overtime."""

    ORDERED = "ORDERED"
    """That the team's overtime rules asked for, not the time in which agents finish a contact after their hours."""


class BaselineUnit(StrEnum):
    """What a baseline counts; each as the kind of pricing that charges for it."""

    CONTACTS = "CONTACTS"
    """As PER_CONTACT."""
    RESOLUTIONS = "RESOLUTIONS"
    """As PER_RESOLUTION."""
    HANDLED_MINUTES = "HANDLED_MINUTES"
    """As PER_HANDLED_MINUTE."""
    PRODUCTIVE_HOURS = "PRODUCTIVE_HOURS"
    """As PER_PRODUCTIVE_HOUR without `billable`: the rule of another line is not the baseline's."""
    PAID_HOURS = "PAID_HOURS"
    """As PER_PAID_HOUR."""
    FTE_MONTHS = "FTE_MONTHS"
    """As PER_FTE_MONTH."""
    SEAT_MONTHS = "SEAT_MONTHS"
    """As PER_SEAT_MONTH."""


class Band(Described):
    """Units up to a number, and the rate of each."""

    to: Annotated[Real, Field(gt=0, le=1_000_000_000_000)] | None = None
    """The last unit of the band, inside it, or, of ARC and RRC, the share of the baseline at which it ends; left out in
    the last band only: all above."""
    rate: Money
    """Charge a unit."""


AVERAGES = (PricingKind.PER_FTE_MONTH, PricingKind.PER_SEAT_MONTH)
"""Kinds whose units are a month's average."""
ONCE = (PricingKind.FIXED_MONTHLY, PricingKind.ONE_OFF)
"""Kinds that have an amount and no units."""
HOURLY = (PricingKind.PER_PAID_HOUR, PricingKind.PER_PRODUCTIVE_HOUR)
"""Kinds that charge for hours of people in production."""
PREMIUMS = (PricingKind.OVERTIME, PricingKind.SURGE, PricingKind.NIGHT, PricingKind.HOLIDAY)
"""Kinds that make some of these hours dearer."""
KIND_OF_UNIT: Mapping[BaselineUnit, PricingKind] = {
    BaselineUnit.CONTACTS: PricingKind.PER_CONTACT,
    BaselineUnit.RESOLUTIONS: PricingKind.PER_RESOLUTION,
    BaselineUnit.HANDLED_MINUTES: PricingKind.PER_HANDLED_MINUTE,
    BaselineUnit.PRODUCTIVE_HOURS: PricingKind.PER_PRODUCTIVE_HOUR,
    BaselineUnit.PAID_HOURS: PricingKind.PER_PAID_HOUR,
    BaselineUnit.FTE_MONTHS: PricingKind.PER_FTE_MONTH,
    BaselineUnit.SEAT_MONTHS: PricingKind.PER_SEAT_MONTH,
}
"""The kind of pricing that counts a baseline's units."""
BY_UNIT: tuple[str, ...] = ("queues", "rate", "bands", "tiering", "accumulate", "indexation")
OWN_FIELDS: Mapping[PricingKind, tuple[str, ...]] = {
    **dict.fromkeys(PricingKind, BY_UNIT),
    PricingKind.PER_PRODUCTIVE_HOUR: (*BY_UNIT, "billable"),
    PricingKind.PER_TRAINING_HOUR: (*BY_UNIT, "hires"),
    **dict.fromkeys(PREMIUMS, ("queues", "multiplier", "indexation")),
    PricingKind.OVERTIME: ("queues", "multiplier", "only", "indexation"),
    PricingKind.NIGHT: ("queues", "multiplier", "night", "indexation"),
    PricingKind.BASELINE: ("queues", "unit", "baseline", "base_charge", "dead_band", "arc", "rrc", "indexation"),
    PricingKind.FIXED_MONTHLY: ("amount", "indexation"),
    PricingKind.ONE_OFF: ("amount", "at"),
}
"""The fields that a pricing of each kind has."""
NEEDED: Mapping[PricingKind, tuple[str, ...]] = {
    **dict.fromkeys(PREMIUMS, ("multiplier",)),
    PricingKind.BASELINE: ("unit", "baseline", "base_charge"),
    PricingKind.FIXED_MONTHLY: ("amount",),
    PricingKind.ONE_OFF: ("amount", "at"),
}
"""Those without which it charges nothing; of the others a rate or bands."""


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
    billable: Billable | None = None
    """PER_PRODUCTIVE_HOUR: which of these hours are charged for; left out: all."""
    hires: HiringReason | None = None
    """PER_TRAINING_HOUR: only of people hired for this reason; left out: of all."""
    multiplier: Annotated[Real, Field(gt=1, le=100)] | None = None
    """OVERTIME, SURGE, NIGHT, HOLIDAY: what such an hour costs in all, in hours of the line that charges for them."""
    only: OvertimeHours | None = None
    """OVERTIME: which overtime; left out: also the time in which agents finish a contact after their hours, where it is
    charged for."""
    night: Night | None = None
    """NIGHT: which hours are the night, intervals that begin in it; left out: 22:00 to 06:00."""
    unit: BaselineUnit | None = None
    """BASELINE: what is counted."""
    baseline: dict[Period, Annotated[Real, Field(gt=0, le=1_000_000_000_000)]] | None = None
    """BASELINE: units by month; prorated by day, like the charge, where the horizon cuts the month."""
    base_charge: Money | None = None
    """BASELINE: the charge of a month whose units are the baseline's, or as near to it as the dead band."""
    dead_band: PartialShare = 0.0
    """BASELINE: share of the baseline by which units may be more or less without a charge or credit for them."""
    arc: tuple[Band, ...] = ()
    """BASELINE: additional resource charges, each a unit beyond the dead band; bands end at a share of the baseline by
    which it is exceeded."""
    rrc: tuple[Band, ...] = ()
    """BASELINE: reduced resource credits, each a unit that is missing to the dead band; bands end at a share of the
    baseline that is missing."""
    amount: Money | None = None
    """FIXED_MONTHLY, ONE_OFF: what is charged."""
    at: Day | None = None
    """ONE_OFF: the date on which it is charged."""
    indexation: Annotated[tuple[Indexation, ...], Field(max_length=1000)] = ()
    """Rises of the rates, by ascending date; each multiplies those before it. A premium rises with the line whose hours
    it makes dearer, and by its own on top; ARC and RRC are at the mean of the month's days."""

    @property
    def is_recurring(self) -> bool:
        """Whether it belongs to the base of service credits."""
        return self.kind is not PricingKind.ONE_OFF

    @property
    def is_capped(self) -> bool:
        """Whether hours are billed up to a cap only."""
        return self.billable is not None and self.billable.cap is not None

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

    def baseline_of(self, day: date) -> float | None:
        """BASELINE: the whole month's of a day; None where none is said."""
        return next((units for month, units in (self.baseline or {}).items() if month.first <= day <= month.last), None)

    @model_validator(mode="after")
    def _has_its_own_fields(self) -> Self:
        own = OWN_FIELDS[self.kind]
        for name in sorted(self.model_fields_set - {"kind", *own}):
            if getattr(self, name) != type(self).model_fields[name].default:
                refuse(f"pricing {self.kind} takes no {name}", f"remove it, or write one of {', '.join(own)}", (name,))
        for name in NEEDED.get(self.kind, ()):
            if getattr(self, name) is None:
                refuse(f"pricing {self.kind} needs {name}", f"add {name}", (name,))
        if self.kind not in NEEDED and self.rate is None and not self.bands:
            refuse(f"pricing {self.kind} needs a rate", "add rate or bands", ("rate",))
        if self.rate is not None and self.bands:
            refuse("rate and bands exclude each other", "keep one of rate, bands", ("bands",))
        return self

    @model_validator(mode="after")
    def _bands_cover_every_unit_once(self) -> Self:
        refused = [*self._bands_refused(), *self._baseline_refused(), *self._indexation_refused()]
        if refused:
            raise RefusedError(*refused)
        return self

    def _bands_refused(self) -> Iterator[Refusal]:
        yield from bands_refused(self.bands, "bands")
        if not self.bands:
            for name in ("tiering", "accumulate"):
                if getattr(self, name) != type(self).model_fields[name].default:
                    yield Refusal(f"one rate has no {name}", "add bands, or remove it", (name,))
        if self.kind in AVERAGES and self.accumulate is Accumulation.QUARTER:
            yield Refusal("its units are a month's average, they do not add up", "write MONTH", ("accumulate",))

    def _baseline_refused(self) -> Iterator[Refusal]:
        if self.kind is not PricingKind.BASELINE:
            return
        for month in self.baseline or {}:
            if month.first.day != 1 or month.days < 28:
                yield Refusal("is no month", f"write a month such as {month.first:%Y-%m}", ("baseline", str(month)))
        if not self.arc and not self.rrc:
            what = "nothing follows from what is more or less than the baseline"
            yield Refusal(what, "add arc or rrc, or write kind: FIXED_MONTHLY", ("arc",))
        for name, bands in (("arc", self.arc), ("rrc", self.rrc)):
            yield from bands_refused(bands, name, self.dead_band)
        for b, band in enumerate(self.rrc):
            if band.to is not None and band.to >= 1:
                mend = "write a share under 1, or remove `to`"
                yield Refusal("no more than the whole baseline can be missing", mend, ("rrc", b, "to"))

    def _indexation_refused(self) -> Iterator[Refusal]:
        for i in range(1, len(self.indexation)):
            if self.indexation[i].from_ <= self.indexation[i - 1].from_:
                yield Refusal("is not after the one before", "order indexation by date", ("indexation", i, "from"))


def bands_refused(bands: Sequence[Band], name: str, begin: float = 0.0) -> Iterator[Refusal]:
    """Bands, in the field of this name and from `begin` on, that do not follow each other or do not hold all above."""
    before = begin
    for b, band in enumerate(bands):
        if band.to is None:
            if b + 1 < len(bands):
                yield Refusal("it already holds all above", "write its last unit", (name, b, "to"))
            continue
        if band.to <= before and b:
            mend = f"write over {before:g}, or order bands by `to`"
            yield Refusal(f"the band before reaches to {before:g}", mend, (name, b, "to"))
        elif band.to <= before:
            yield Refusal(f"the dead band reaches to {before:g}", f"write over {before:g}", (name, b, "to"))
        elif b + 1 == len(bands):
            mend = "remove `to` of the last band, or add {rate: ...} after it"
            yield Refusal(f"no rate is said for units over {band.to:g}", mend, (name, b, "to"))
        before = band.to
