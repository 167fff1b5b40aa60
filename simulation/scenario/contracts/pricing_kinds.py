"""Kinds of pricing: of each what it charges for, what a line of it says, and by what it is known whose work it is.

How its units are counted stands in `outcome`: in `pricing_meters.METERS`, or in `asked_times.TIMES` where the counters
by day do not tell them.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum, StrEnum, auto
from typing import Any, Self

BY_UNIT = ("queues", "rate", "bands", "tiering", "accumulate", "indexation")


class Form(Enum):
    """How a month's charge comes about."""

    UNITS = auto()
    """A rate, or rates by band, on units; of a premium a share of the rate of the hours that it makes dearer."""
    BASELINE = auto()
    """A charge for a number of units of another kind, and rates on what is more or less."""
    AMOUNT = auto()
    """An amount a month."""
    ONCE = auto()
    """An amount on a date."""


class CountedBy(Enum):
    """What tells a vendor's units from others'."""

    TEAM = auto()
    """The team: people and their time, where they answer none but the line's queues."""
    QUEUE = auto()
    """The queue, where nobody else answers it."""
    QUEUE_OR_TEAM = auto()
    """The queue where nobody else answers it, else the team."""
    QUEUE_OR_TEAM_ONE_AT_A_TIME = auto()
    """... else the team, where its agents have one contact at a time."""


class Hours(Enum):
    """Which hours of people in production."""

    PAID = auto()
    PRODUCTIVE = auto()


@dataclass(frozen=True)
class People:
    """What some workforce must have for there to be anything to charge for.

    fields: one of them suffices. told: what they do who have it
    """

    fields: tuple[str, ...]
    told: str


@dataclass(frozen=True)
class Definition:
    """What is so of every line of a kind.

    unit:         what its units are called on a statement
    counted_by:   what tells the vendor's from others'
    untold:       what is not counted where that does not, or not always
    takes:        the fields that it has besides its kind
    needs:        those without which it charges nothing; of kinds with a rate that or bands
    form:         how a month's charge comes about
    is_average:   its units are a month's average, which does not add up
    hours:        those that it charges for, which a premium may make dearer
    is_premium:   it makes dearer what another line charges for
    has_overrun:  of a premium: also of productive hours that were not planned, unless it is of ordered ones only
    people:       without which there is nothing to charge for
    is_recurring: it belongs to the base of service credits, and grows with the rates
    """

    unit: str = ""
    counted_by: CountedBy = CountedBy.QUEUE_OR_TEAM
    untold: str = ""
    takes: tuple[str, ...] = BY_UNIT
    needs: tuple[str, ...] = ()
    form: Form = Form.UNITS
    is_average: bool = False
    hours: Hours | None = None
    is_premium: bool = False
    has_overrun: bool = False
    people: People | None = None
    is_recurring: bool = True

    @property
    def has_units(self) -> bool:
        """Whether something is counted of it."""
        return self.form in (Form.UNITS, Form.BASELINE)


def of_people(unit: str, *own: str, **further: Any) -> Definition:
    """Of a kind that charges for people and their time; its own fields come after those of every unit."""
    return Definition(unit, CountedBy.TEAM, takes=(*BY_UNIT, *own), **further)


def premium(unit: str, *own: str, **further: Any) -> Definition:
    """Of a kind that makes hours dearer."""
    takes = ("queues", "multiplier", *own, "indexation")
    return Definition(unit, CountedBy.TEAM, takes=takes, needs=("multiplier",), is_premium=True, **further)


class PricingKind(StrEnum):
    """What is charged for."""

    _value_: str
    definition: Definition

    def __new__(cls, word: str, definition: Definition) -> Self:
        kind = str.__new__(cls, word)
        kind._value_, kind.definition = word, definition
        return kind

    PER_FTE_MONTH = "PER_FTE_MONTH", of_people("FTE", is_average=True)
    """The month's average of paid FTE, prorated by day where the horizon cuts the month: paid hours of people in
    production without overtime and bench, over the team's full-time hours (given agents: 40 a week)."""
    PER_SEAT_MONTH = "PER_SEAT_MONTH", of_people("seats", is_average=True)
    """The month's average of heads on the payroll, trainees included, prorated by day where the horizon cuts the month;
    of given agents the most that are there."""
    PER_PAID_HOUR = "PER_PAID_HOUR", of_people("h", hours=Hours.PAID)
    """Paid hours of people in production: rostered time, overtime and bench included."""
    PER_PRODUCTIVE_HOUR = "PER_PRODUCTIVE_HOUR", of_people("h", "billable", hours=Hours.PRODUCTIVE)
    """Hours logged in, busy or available; with `billable` as far as they are paid."""
    PER_HANDLED_MINUTE = (
        "PER_HANDLED_MINUTE",
        Definition("min", CountedBy.QUEUE_OR_TEAM_ONE_AT_A_TIME, "minutes of its contacts are not counted by team"),
    )
    """Minutes of handling time."""
    PER_CONTACT = "PER_CONTACT", Definition("contacts")
    """Contacts handled: services that ended."""
    PER_RESOLUTION = (
        "PER_RESOLUTION",
        Definition("resolutions", CountedBy.QUEUE, "whose contacts come back is not counted"),
    )
    """Contacts answered, by when they arrived, less those that came back within the queue's window."""
    PER_TRAINING_HOUR = (
        "PER_TRAINING_HOUR",
        of_people("h of training", "hires", people=People(("hiring", "classes"), "hires anybody")),
    )
    """Paid hours of hired people in training, a seventh of each one's week on every day; not of people lent by another
    team."""
    OVERTIME = (
        "OVERTIME",
        premium("h of overtime", "only", people=People(("overtime",), "is asked for overtime"), has_overrun=True),
    )
    """What hours of overtime cost more: (multiplier - 1) x the rate of the line that charges for the queues' hours, an
    hour of overtime that this line counts."""
    SURGE = "SURGE", premium("h of the bench", people=People(("surge",), "has a bench"))
    """What hours of the bench cost more, likewise."""
    NIGHT = "NIGHT", premium("h of the night", "night")
    """What hours of the night cost more, by the site's clock, likewise."""
    HOLIDAY = "HOLIDAY", premium("h of holidays")
    """What hours on public holidays cost more, by the site's clock, likewise: those of the team's calendar with its
    extra dates, else of the site's country."""
    BASELINE = (
        "BASELINE",
        Definition(
            takes=("queues", "unit", "baseline", "base_charge", "dead_band", "arc", "rrc", "indexation"),
            needs=("unit", "baseline", "base_charge"),
            form=Form.BASELINE,
        ),
    )
    """A charge for the baseline's units, and a rate for each that is more or less than the dead band."""
    FIXED_MONTHLY = "FIXED_MONTHLY", Definition(takes=("amount", "indexation"), needs=("amount",), form=Form.AMOUNT)
    """An amount a month, prorated by day where the horizon, or the end of the handover of a vendor who leaves, cuts the
    month."""
    ONE_OFF = (
        "ONE_OFF",
        Definition(takes=("amount", "at"), needs=("amount", "at"), form=Form.ONCE, is_recurring=False),
    )
    """An amount once, on a date."""


class UnitOfKind(StrEnum):
    """A word for the units of some kind of pricing."""

    _value_: str
    kind: PricingKind

    def __new__(cls, word: str, kind: PricingKind) -> Self:
        unit = str.__new__(cls, word)
        unit._value_, unit.kind = word, kind
        return unit


class BaselineUnit(UnitOfKind):
    """What a baseline counts; each as the kind of pricing that charges for it."""

    CONTACTS = "CONTACTS", PricingKind.PER_CONTACT
    """As PER_CONTACT."""
    RESOLUTIONS = "RESOLUTIONS", PricingKind.PER_RESOLUTION
    """As PER_RESOLUTION."""
    HANDLED_MINUTES = "HANDLED_MINUTES", PricingKind.PER_HANDLED_MINUTE
    """As PER_HANDLED_MINUTE."""
    PRODUCTIVE_HOURS = "PRODUCTIVE_HOURS", PricingKind.PER_PRODUCTIVE_HOUR
    """As PER_PRODUCTIVE_HOUR without `billable`: the rule of another line is not the baseline's."""
    PAID_HOURS = "PAID_HOURS", PricingKind.PER_PAID_HOUR
    """As PER_PAID_HOUR."""
    FTE_MONTHS = "FTE_MONTHS", PricingKind.PER_FTE_MONTH
    """As PER_FTE_MONTH."""
    SEAT_MONTHS = "SEAT_MONTHS", PricingKind.PER_SEAT_MONTH
    """As PER_SEAT_MONTH."""


def kind_of(line: Mapping[str, Any]) -> PricingKind | None:
    """Of a line of pricing in plain data; None where there is no such kind."""
    return next((kind for kind in PricingKind if kind == line.get("kind")), None)


def counted_kind(line: Mapping[str, Any]) -> PricingKind | None:
    """The kind that counts a line's units, in plain data: of a baseline its unit's, where there is such a unit."""
    kind = kind_of(line)
    if kind is None or kind.definition.form is not Form.BASELINE:
        return kind
    return next((unit.kind for unit in BaselineUnit if unit == line.get("unit")), kind)


def takes(line: Mapping[str, Any], name: str) -> bool:
    """Whether lines of this one's kind have a field."""
    kind = kind_of(line)
    return kind is not None and name in kind.definition.takes
