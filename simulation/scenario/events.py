"""Events: what happens to the operation at a given time."""

import math
from collections.abc import Mapping
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Annotated, Any, Self

from pydantic import Field, model_validator

from simulation.scenario.calendar import LocalStart, MonthName
from simulation.scenario.event_kinds import TO_THE_MINUTE, After, EventKind
from simulation.scenario.lasting import Lasting
from simulation.scenario.problems import refuse, shown
from simulation.scenario.quantities import Described, Factor, Id, Real, Share, Whole


class InService(StrEnum):
    """What becomes of contacts in service when an outage strikes their agent."""

    LOST = "LOST"
    """They are gone, neither handled nor offered again."""
    REQUEUED = "REQUEUED"
    """They are offered again at once, and counted by that origin."""


class Event(Described):
    """Something that happens to the operation: an outage, which takes agents off the floor at an instant, given or
    drawn; a mass absence, which keeps people away for whole days; an outage of the client's, which changes demand;
    a vendor who leaves; weeks in which people leave at another rate."""

    kind: EventKind
    """What happens."""
    site: Id | None = None
    """Id of the site it strikes; or `team`."""
    team: Id | None = None
    """Id of the team it strikes; an outage with neither strikes the whole platform, every team."""
    vendor: Id | None = None
    """Id of the vendor who leaves: its people, and agents given, go in equal weekly steps, one at the end of each
    week of the handover; it hires nobody and lends nobody any more."""
    to: Id | None = None
    """Id of the vendor who takes over its share of every queue, in the same steps."""
    queues: tuple[Id, ...] = ()
    """Of a client's outage: ids of the queues whose demand it changes; left out: all."""
    start: LocalStart | None = None
    """Local date and time at which it begins, in the time zone of the site or of the team's site; of the whole
    platform and of the client's systems, in the scenario's. Of what lasts for days or weeks its first date. A vendor's
    exit may say `after` instead, an outage `per_year`."""
    after: After | None = None
    """Of a vendor's exit: it follows the right to leave. Where a contract's `exit` gives it, in the replications in
    which it does, the handover begins after the notice; planners know the date as they know any other."""
    per_year: Annotated[Real, Field(gt=0, le=366)] | None = None
    """Of an outage: how many come in a year on average, at random and independent of each other, by the clock of the
    struck site's zone."""
    months: tuple[MonthName, ...] = ()
    """With `per_year`: the months into which all of them fall, evenly; left out: all months."""
    hours: Lasting | None = None
    """Of an outage: hours until all work again; a number, or mean and cv of a lognormal distribution. Of a client's
    outage hours until demand is as usual, a number."""
    demand_multiplier: Factor | None = None
    """Of a client's outage: factor on all expected contacts that arrive while it lasts; planners do not foresee it."""
    days: Annotated[Whole, Field(ge=1, le=366)] | None = None
    """Of a mass absence: how many days it lasts; a shift that starts on one of them is missed."""
    weeks: Annotated[Whole, Field(ge=1, le=520)] | None = None
    """Of attrition: how many weeks it lasts, by the scenario's clock."""
    handover_weeks: Annotated[Whole, Field(ge=1, le=104)] | None = None
    """Of a vendor's exit: weeks from its start, the first day of the handover, until nobody is left."""
    multiplier: Factor | None = None
    """Of attrition: factor on every hazard in these weeks, on top of the month's; planners do not foresee it."""
    share: Annotated[Real, Field(gt=0, le=1)] = 1.0
    """Share of the agents that cannot work, or of the people who stay away, the same ones on all days."""
    failover_minutes: Annotated[Real, Field(ge=0, le=100_000)] | None = None
    """Minutes after the beginning at which some of them work again, elsewhere; left out: none does before the end."""
    failover_share: Share | None = None
    """Share of the struck agents that then work again; given with failover_minutes."""
    in_service: InService = InService.LOST
    """What becomes of contacts in service with the agents it strikes."""

    @model_validator(mode="before")
    @classmethod
    def _instants_have_a_time_of_day(cls, value: Any) -> Any:
        start = value.get("start") if isinstance(value, Mapping) else None
        if isinstance(start, str) and len(start) == len("2026-11-28") and value.get("kind") in TO_THE_MINUTE:
            mend = f'write its time too, such as "{start}T07:00"'
            refuse(f"{shown(start)} is not a local date and time", mend, ("start",))
        return value

    @property
    def ends(self) -> datetime | None:
        """Local date and time at which it is over, on average; None for one that comes at random."""
        if self.start is None:
            return None
        hours = self.hours.mean if self.hours is not None else 0
        weeks = self.weeks or self.handover_weeks or 0
        return self.start + timedelta(hours=hours, days=self.days or 0, weeks=weeks)

    @model_validator(mode="after")
    def _says_what_its_kind_needs(self) -> Self:
        rules = self.kind.rules
        for name in rules.needs:
            if getattr(self, name) is None:
                refuse(f"an event {self.kind} needs {name}", f"add {name}", (name,))
        for name in sorted(self.model_fields_set - {"kind", *rules.needs, *rules.takes}):
            if getattr(self, name) != type(self).model_fields[name].default:
                refuse(f"an event {self.kind} takes no {name}", f"remove {name}", (name,))
        return self

    @model_validator(mode="after")
    def _comes_once_or_at_a_rate(self) -> Self:
        if "after" in self.kind.rules.takes:
            return self._once_or_after()
        if self.start is None and self.per_year is None:
            refuse(f"an event {self.kind} needs start or per_year", "add one of start, per_year", ("start",))
        if self.start is not None and self.per_year is not None:
            refuse("start and per_year exclude each other", "keep one of start, per_year", ("per_year",))
        if self.months and self.per_year is None:
            refuse("only what comes at a rate has months", "add per_year, or remove months", ("months",))
        for m, month in enumerate(self.months):
            if month in self.months[:m]:
                refuse(f"already names {month}", "name each month once", ("months", m))
        return self

    def _once_or_after(self) -> Self:
        if self.start is None and self.after is None:
            refuse("nothing says when it leaves", "add start, or after: EXIT_TRIGGER", ("start",))
        if self.start is not None and self.after is not None:
            refuse("start and after exclude each other", "keep one of start, after", ("after",))
        return self

    @model_validator(mode="after")
    def _whole_days_begin_at_midnight(self) -> Self:
        if not self.kind.rules.to_the_minute and self.start is not None and (self.start.hour or self.start.minute):
            what = "people stay away for" if self.kind is EventKind.MASS_ABSENCE else f"an event {self.kind} lasts"
            refuse(f"{what} whole days", f"write {self.start.date()}", ("start",))
        return self

    @model_validator(mode="after")
    def _hands_over_to_another(self) -> Self:
        if self.vendor is not None and self.vendor == self.to:
            refuse("it leaves and cannot take over", "name another vendor", ("to",))
        return self

    @model_validator(mode="after")
    def _demand_changes_at_known_times(self) -> Self:
        if self.kind is EventKind.CLIENT_OUTAGE and self.hours is not None and self.hours.cv:
            mend = f"remove it: demand changes for {self.hours.mean:g} hours in every replication"
            refuse("the hours of a client's outage are certain", mend, ("hours", "cv"))
        for q, queue in enumerate(self.queues):
            if queue in self.queues[:q]:
                refuse(f"already names {queue}", "name each queue once", ("queues", q))
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
        certain = 60 * self.hours.mean if self.hours is not None and not self.hours.cv else math.inf
        if self.failover_minutes is not None and self.failover_minutes >= certain:
            mend = f"write less than the outage's {certain:g} minutes"
            refuse("the outage is over by then", mend, ("failover_minutes",))
        return self
