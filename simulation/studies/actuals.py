"""What really was, up to a date: counted by the client's systems and told to a plan that rolls forward."""

from typing import Annotated

from pydantic import Field, ValidationError

from simulation.scenario.calendar import Day
from simulation.scenario.people.tenure import TenureBand
from simulation.scenario.problems import RefusedError
from simulation.scenario.quantities import Described, Heads, Id, Real, Share
from simulation.scenario.queues.queue import Backlog
from simulation.scenario.reading.wording import refusals

Count = Annotated[Real, Field(ge=0, le=1e9)]


class QueueActuals(Described):
    """A queue from the plan's start to the date."""

    offered: Count | None = None
    """Contacts that came for the first time, before automation; for the report only: the forecast stays what it is."""
    handling_seconds: Annotated[Real, Field(gt=0, le=1e6)] | None = None
    """Mean handling time; for the report only."""
    backlog: Backlog | None = None
    """Work that waits at the date; needed of deferred channels."""


class ClassActuals(Described):
    """People who came together and are not past nesting, or are kept apart because of their end or their queues."""

    start: Day
    """First day of their training: names a class of the plan, or one that a policy hired."""
    heads: Heads
    """Heads there at the date; 0: nobody is left."""


class OpenRequisition(Described):
    """People asked for who have not come."""

    due: Day
    """When they are expected to be able to start a class."""
    heads: Annotated[Heads, Field(ge=1)]
    """Heads asked for; the hiring's fill rate says how many of them come."""


class TeamActuals(Described):
    """A team at the date."""

    headcount: Heads | None = None
    """Heads in production, past nesting, without the classes below; needed where policies hire or release."""
    tenure: Annotated[tuple[TenureBand, ...], Field(min_length=1)] | None = None
    """Of these, heads by weeks in production; left out: as the plan expects of those who are left."""
    classes: tuple[ClassActuals, ...] = ()
    """Classes in training and nesting; of the plan's classes, those left out are there as it expects."""
    requisitions: tuple[OpenRequisition, ...] = ()
    """Requisitions on the way."""
    absence: Share | None = None
    """Share of paid days lost to unplanned absence since the start; for the report only."""


class Actuals(Described):
    """What really was, by queue and team; what is left out was as planned."""

    queues: dict[Id, QueueActuals] = Field(default_factory=dict)
    """By queue id."""
    teams: dict[Id, TeamActuals] = Field(default_factory=dict)
    """By team id; of teams with people."""


def read_actuals(data: object) -> Actuals:
    """Actuals from plain data, such as `{"teams": {"desk": {"headcount": 18}}}`.

    Raises RefusedError with everything that is wrong with them, below `actuals`.
    """
    try:
        return Actuals.model_validate(data)
    except ValidationError as error:
        found = refusals(Actuals, error.errors(include_url=False))
        raise RefusedError(*(one.below(("actuals",)) for one in found)) from None
