"""Events: what happens to the operation at a given time."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Annotated, Any, Self

from pydantic import Field, model_validator

from simulation.scenario.calendar import LocalStart
from simulation.scenario.problems import refuse, shown
from simulation.scenario.quantities import Described, Hours, Id, Real, Share, Whole


class EventKind(StrEnum):
    """What happens."""

    OUTAGE = "OUTAGE"
    """A team, a site or the whole platform cannot work for some hours."""
    MASS_ABSENCE = "MASS_ABSENCE"
    """A share of a site's people stays away for some days, on top of usual absence."""


NEEDED: Mapping[EventKind, tuple[str, ...]] = {
    EventKind.OUTAGE: ("hours",),
    EventKind.MASS_ABSENCE: ("site", "days"),
}
"""What an event of a kind must say besides kind and start."""
TAKEN: Mapping[EventKind, tuple[str, ...]] = {
    EventKind.OUTAGE: ("site", "team", "hours", "share", "failover_minutes", "failover_share", "in_service"),
    EventKind.MASS_ABSENCE: ("site", "days", "share"),
}
"""... and what it may say."""


class InService(StrEnum):
    """What becomes of contacts in service when an outage strikes their agent."""

    LOST = "LOST"
    """They are gone, neither handled nor offered again."""
    REQUEUED = "REQUEUED"
    """They are offered again at once, and counted by that origin."""


class Event(Described):
    """Something that happens at a given time: an outage, which takes agents off the floor at an instant, or a mass
    absence, which keeps people away for whole days."""

    kind: EventKind
    """What happens."""
    site: Id | None = None
    """Id of the site it strikes; or, of an outage,"""
    team: Id | None = None
    """id of the team; with neither, the whole platform, every team."""
    start: LocalStart
    """Local date and time at which it begins, in the time zone of the site or of the team's site; of the whole
    platform, in the scenario's. Of a mass absence its first date."""
    hours: Annotated[Hours, Field(gt=0)] | None = None
    """Of an outage: hours until all work again."""
    days: Annotated[Whole, Field(ge=1, le=366)] | None = None
    """Of a mass absence: how many days it lasts; a shift that starts on one of them is missed."""
    share: Annotated[Real, Field(gt=0, le=1)] = 1.0
    """Share of the agents that cannot work, or of the people who stay away, the same ones on all days."""
    failover_minutes: Annotated[Real, Field(ge=0, le=100_000)] | None = None
    """Minutes after the start at which some of them work again, elsewhere; left out: none does before the end."""
    failover_share: Share | None = None
    """Share of the struck agents that then work again; given with failover_minutes."""
    in_service: InService = InService.LOST
    """What becomes of contacts in service with the agents it strikes."""

    @model_validator(mode="before")
    @classmethod
    def _instants_have_a_time_of_day(cls, value: Any) -> Any:
        start = value.get("start") if isinstance(value, Mapping) else None
        if isinstance(start, str) and len(start) == len("2026-11-28") and value.get("kind") == EventKind.OUTAGE:
            mend = f'write its time too, such as "{start}T07:00"'
            refuse(f"{shown(start)} is not a local date and time", mend, ("start",))
        return value

    @property
    def ends(self) -> datetime:
        """Local date and time at which it is over."""
        return self.start + timedelta(hours=self.hours or 0, days=self.days or 0)

    @model_validator(mode="after")
    def _says_what_its_kind_needs(self) -> Self:
        for name in NEEDED[self.kind]:
            if getattr(self, name) is None:
                refuse(f"an event {self.kind} needs {name}", f"add {name}", (name,))
        for name in sorted(self.model_fields_set - {"kind", "start", *TAKEN[self.kind]}):
            if getattr(self, name) != type(self).model_fields[name].default:
                refuse(f"an event {self.kind} takes no {name}", f"remove {name}", (name,))
        return self

    @model_validator(mode="after")
    def _whole_days_begin_at_midnight(self) -> Self:
        if self.days is not None and (self.start.hour or self.start.minute):
            mend = f"write {self.start.date()}"
            refuse("people stay away for whole days", mend, ("start",))
        return self

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
        if self.failover_minutes is not None and self.hours is not None and self.failover_minutes >= 60 * self.hours:
            mend = f"write less than the outage's {60 * self.hours:g} minutes"
            refuse("the outage is over by then", mend, ("failover_minutes",))
        return self
