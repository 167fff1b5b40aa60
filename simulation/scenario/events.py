"""Events: what happens to the operation at a given time."""

from enum import StrEnum
from typing import Annotated, Self

from pydantic import Field, model_validator

from simulation.scenario.calendar import LocalTime
from simulation.scenario.problems import refuse
from simulation.scenario.quantities import Described, Hours, Id, Real, Share


class EventKind(StrEnum):
    """What happens."""

    OUTAGE = "OUTAGE"
    """A team, a site or the whole platform cannot work for some hours."""


class InService(StrEnum):
    """What becomes of contacts in service when an outage strikes their agent."""

    LOST = "LOST"
    """They are gone, neither handled nor offered again."""
    REQUEUED = "REQUEUED"
    """They are offered again at once, and counted by that origin."""


class Event(Described):
    """Something that happens at a given time: an outage, which takes agents off the floor at an instant."""

    kind: EventKind
    """What happens."""
    site: Id | None = None
    """Id of the site it strikes; or"""
    team: Id | None = None
    """id of the team; with neither, the whole platform, every team."""
    start: LocalTime
    """Local date and time at which it begins, in the time zone of the site or of the team's site; of the whole
    platform, in the scenario's."""
    hours: Annotated[Hours, Field(gt=0)]
    """Hours until all work again."""
    share: Annotated[Real, Field(gt=0, le=1)] = 1.0
    """Share of the agents that cannot work."""
    failover_minutes: Annotated[Real, Field(ge=0, le=100_000)] | None = None
    """Minutes after the start at which some of them work again, elsewhere; left out: none does before the end."""
    failover_share: Share | None = None
    """Share of the struck agents that then work again; given with failover_minutes."""
    in_service: InService = InService.LOST
    """What becomes of contacts in service with the agents it strikes."""

    @model_validator(mode="after")
    def _strikes_one_thing(self) -> Self:
        if self.site is not None and self.team is not None:
            refuse("site and team exclude each other", "keep one of site, team, or neither for all", ("team",))
        return self

    @model_validator(mode="after")
    def _failover_comes_before_the_end(self) -> Self:
        if self.failover_minutes is not None and self.failover_share is None:
            refuse("a failover needs its share", "add failover_share", ("failover_share",))
        if self.failover_share is not None and self.failover_minutes is None:
            refuse("a failover needs its time", "add failover_minutes", ("failover_minutes",))
        if self.failover_minutes is not None and self.failover_minutes >= 60 * self.hours:
            mend = f"write less than the outage's {60 * self.hours:g} minutes"
            refuse("the outage is over by then", mend, ("failover_minutes",))
        return self
