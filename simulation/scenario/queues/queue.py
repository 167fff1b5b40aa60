"""Queues: streams of contacts of one type, who may answer them, and how well they ought to be answered."""

from calendar import monthrange
from collections.abc import Mapping
from datetime import date
from enum import StrEnum
from math import fsum
from typing import Annotated, Any, Self

from pydantic import ConfigDict, Field, model_validator

from simulation.scenario.calendar import Clock, Day, refuse_unless_by_date
from simulation.scenario.places import Zone
from simulation.scenario.problems import refuse
from simulation.scenario.quantities import (
    Described,
    Hours,
    Id,
    Label,
    Share,
    Whole,
    named_by_id,
)
from simulation.scenario.queues.calling import Callback, Outbound
from simulation.scenario.queues.channels import DEFERRED, DEFERRED_CHANNELS, Channel
from simulation.scenario.queues.concurrency import Concurrency
from simulation.scenario.queues.containment import Containment
from simulation.scenario.queues.demand import Demand
from simulation.scenario.queues.opening_hours import Opening
from simulation.scenario.queues.promises import Target, Turnaround
from simulation.scenario.queues.returns import Quality, Repeat, Retrial, Transfer
from simulation.scenario.queues.routes import Route
from simulation.scenario.queues.times import Handling, Patience

IMMEDIATE_ONLY = {
    "patience": "never abandons by waiting",
    "balking_probability": "does not balk",
    "lines": "takes no line",
    "retrial": "is neither abandoned by waiting nor blocked",
    "callback": "needs no call-back",
}
"""Fields of immediate queues, and why a contact by a deferred channel has none."""
DEFERRED_ONLY = ("backlog", "turnaround")
"""Fields of deferred queues."""


class Office(StrEnum):
    """Customer-facing work or an internal function; a label to filter and report by."""

    FRONT = "FRONT"
    """Customer-facing."""
    BACK = "BACK"
    """An internal function."""


class Backlog(Described):
    """Work that waits already at the start."""

    volume: Annotated[Whole, Field(ge=0, le=10_000_000)] = 0
    """Pieces of work; they count as waiting before the first interval, never as offered."""
    mean_age_hours: Hours = 0.0
    """Mean of their exponential ages at the start."""


def _like_gives_the_rest(schema: dict[str, Any]) -> None:
    needed = [name for name in schema["required"] if name != "id"]
    schema.update(required=["id"], anyOf=[{"required": ["like"]}, {"required": needed}])


class Queue(Described):
    """A stream of contacts of one type that waits together."""

    model_config = ConfigDict(json_schema_extra=_like_gives_the_rest)

    id: Id
    """Its name in paths, routes, skills and results."""
    name: Label = ""
    """What people call it; left out: its id."""
    like: Id | None = None
    """Id of a queue from which every field not given here, but id and name, is taken whole."""
    channel: Channel = Channel.VOICE
    """How contacts come in."""
    office: Office = Office.FRONT
    """A label to filter and report by."""
    client: Id | None = None
    """Whose contacts they are; the contract of that client covers them, and a label to filter and report by."""
    language: Label | None = None
    """A label to filter and report by."""
    timezone: Zone | None = None
    """Time zone of its hours, days and demand; left out: the scenario's."""
    hours: Annotated[tuple[Opening, ...], Field(min_length=1)] | None = None
    """When it is open; left out: round the clock."""
    closed: tuple[Day, ...] = ()
    """Local dates on which it is closed all day; their volume is lost."""
    demand: Demand
    """Expected contacts."""
    handling: Handling
    """Handling time of one contact."""
    concurrency: Concurrency = Concurrency()
    """How many contacts an agent may have in hand; left out: one. CHAT only, where more than one."""
    patience: Patience | None = None
    """How long contacts wait before they abandon; left out: nobody abandons. Immediate channels only."""
    balking_probability: Share = 0.0
    """Probability that a contact which cannot start at once leaves at once: abandoned with a wait of 0.
    Immediate channels only."""
    lines: Annotated[Whole, Field(ge=1, le=1_000_000)] | None = None
    """Contacts that may wait or be in service at one time, further ones are blocked; left out: any number.
    Immediate channels only."""
    retrial: Retrial | None = None
    """Abandoned and blocked contacts that try again; left out: none. Immediate channels only."""
    repeat: Repeat | None = None
    """Unresolved contacts that come back; left out: none."""
    transfers: tuple[Transfer, ...] = ()
    """Queues to which contacts go on when their service ends; probabilities sum to at most 1."""
    quality: Quality | None = None
    """Defects that are redone; left out: none."""
    callback: Callback | None = None
    """Call-backs offered to those who would wait long; left out: none. Immediate channels only."""
    outbound: Outbound | None = None
    """How records are called; channel OUTBOUND only, and needed there."""
    backlog: Backlog = Backlog()
    """Work that waits already at the start. Deferred channels only."""
    containment: tuple[Containment, ...] = ()
    """What automation settles before it reaches people, by ascending date."""
    target: Target = Target()
    """The service level wanted; left out, deferred channels want 95 % within 24 hours."""
    turnaround: Turnaround | None = None
    """When work is due; left out: never. Deferred channels only."""
    route: Route = Route()
    """Who may answer."""

    @model_validator(mode="before")
    @classmethod
    def _dependent_defaults(cls, value: Any) -> Any:
        if not isinstance(value, Mapping):
            return value
        filled = named_by_id(value)
        if value.get("channel") in tuple(DEFERRED_CHANNELS) and value.get("target") is None:
            filled["target"] = {"threshold_seconds": 86_400, "share": 0.95}
        return filled

    @property
    def redone(self) -> float:
        """Share of the handled contacts that are done again: not transferred, and with a defect that is found."""
        stay = 1 - fsum(transfer.probability for transfer in self.transfers)
        return max(stay, 0.0) * self.quality.defects * self.quality.found if self.quality is not None else 0.0

    @property
    def returning(self) -> float:
        """Share of the handled contacts that come back if they are not solved: neither transferred nor done again."""
        stay = 1 - fsum(transfer.probability for transfer in self.transfers) - self.redone
        return max(stay, 0.0) * self.repeat.returns if self.repeat is not None else 0.0

    def opens_on(self, day: date) -> bool:
        """Whether it opens on a local date."""
        hours = self.hours or (Opening(open=Clock("00:00"), close=Clock("24:00")),)
        return day not in self.closed and any(opening.holds_on(day) for opening in hours)

    def working_days(self, month: date) -> list[date]:
        """The working days of the whole calendar month around a date: Mondays to Fridays on which it is open."""
        days = (month.replace(day=day) for day in range(1, monthrange(month.year, month.month)[1] + 1))
        return [day for day in days if day.weekday() < 5 and self.opens_on(day)]

    def working_day(self, name: str, month: date) -> date | None:
        """The working day that WD1 (from the month's start) or WD-1 (from its end) names; None where there is none."""
        days, number = self.working_days(month), int(name.removeprefix("WD"))
        position = number - 1 if number > 0 else len(days) + number
        return days[position] if 0 <= position < len(days) else None

    @model_validator(mode="after")
    def _fits_its_channel(self) -> Self:
        deferred = self.channel in DEFERRED_CHANNELS
        for name in IMMEDIATE_ONLY if deferred else DEFERRED_ONLY:
            if getattr(self, name) != type(self).model_fields[name].default:
                why = f"a contact by {self.channel} {IMMEDIATE_ONLY[name]}" if deferred else "no work is deferred here"
                channels = "VOICE or CHAT" if deferred else DEFERRED
                refuse(why, f"remove {name}, or write channel {channels}", (name,))
        return self

    @model_validator(mode="after")
    def _called_where_outbound(self) -> Self:
        if self.channel is Channel.OUTBOUND and self.outbound is None:
            mend = "add outbound: {connect: 0.2} with the probability that an attempt connects"
            refuse("an OUTBOUND queue needs to know how its records are called", mend, ("outbound",))
        if self.channel is not Channel.OUTBOUND and self.outbound is not None:
            refuse(f"contacts by {self.channel} come in", "remove outbound, or write channel OUTBOUND", ("outbound",))
        if self.concurrency.slots > 1 and self.channel is not Channel.CHAT:
            mend = "remove concurrency, or write channel CHAT"
            refuse(f"an agent has one contact by {self.channel} at a time", mend, ("concurrency", "slots"))
        return self

    @model_validator(mode="after")
    def _transfers_at_most_everything(self) -> Self:
        total, seen = sum(transfer.probability for transfer in self.transfers), set[str]()
        if total > 1 + 1e-9:
            refuse(f"probabilities sum to {total:g}", "write probabilities that sum to at most 1", ("transfers",))
        for t, transfer in enumerate(self.transfers):
            if transfer.to in seen:
                refuse(f"{transfer.to} is already named", "name each queue once", ("transfers", t, "to"))
            seen.add(transfer.to)
        return self

    @model_validator(mode="after")
    def _batches_wait(self) -> Self:
        if self.demand.batches and self.channel not in DEFERRED_CHANNELS:
            mend = f"remove batches, or write channel {DEFERRED}"
            refuse(f"contacts by {self.channel} do not arrive in batches", mend, ("demand", "batches"))
        return self

    @model_validator(mode="after")
    def _containment_by_date(self) -> Self:
        refuse_unless_by_date("containment", [entry.from_ for entry in self.containment])
        return self
