"""How people are hired and trained: from the requisition to the floor."""

from calendar import monthrange
from datetime import date
from typing import Annotated, Self

from pydantic import Field, model_validator

from simulation.scenario.calendar import Day
from simulation.scenario.grid import WEEK
from simulation.scenario.problems import refuse
from simulation.scenario.quantities import Described, PositiveShare, Real, Share, Whole

Weeks = Annotated[Whole, Field(ge=0, le=104)]


class LeadTime(Described):
    """Time from a requisition until its people could start a class."""

    mean: Annotated[Real, Field(ge=0, le=104)] = 0.0
    """Mean in weeks; longer than the horizon, nobody comes."""
    cv: Annotated[Real, Field(ge=0, le=2)] = 0.0
    """Coefficient of variation of a lognormal distribution; 0: always the mean."""


class Blackout(Described):
    """Days on which no class of hired people starts."""

    from_: Annotated[Day, Field(alias="from")]
    """The first."""
    to: Day
    """The last."""

    @model_validator(mode="after")
    def _ends_after_it_begins(self) -> Self:
        if self.to < self.from_:
            refuse(f"ends before {self.from_}", f"write {self.from_} or a later date", ("to",))
        return self


class Hiring(Described):
    """How people are hired: a requisition waits its lead time, fills in part, and becomes classes that are trained."""

    lead_time_weeks: LeadTime = LeadTime()
    """Time from a requisition until its people could start a class."""
    fill_rate: PositiveShare = 1.0
    """Share of the heads asked for that is found."""
    class_size: Annotated[Whole, Field(ge=1, le=100_000)] | None = None
    """Most people of a class; others wait for the next one. Left out: any number."""
    classes_per_month: Annotated[Whole, Field(ge=1, le=31)] | None = None
    """Classes that can start in a calendar month, evenly spread from its first day on; left out: one on any day."""
    training_weeks: Weeks = 0
    """Weeks of training without contacts, of every class that does not say otherwise."""
    training_pass: Share | None = None
    """Share of those at the end of training who pass; left out: all."""
    blackout: tuple[Blackout, ...] = ()
    """Days on which no class of hired people starts."""

    @property
    def mean_lead(self) -> int:
        """The mean lead time in microseconds of the wall clock."""
        return round(self.lead_time_weeks.mean * WEEK)

    @property
    def pass_share(self) -> float:
        """Share of those at the end of training who pass."""
        return 1.0 if self.training_pass is None else self.training_pass

    def starts_class_on(self, day: date) -> bool:
        """Whether a class of hired people can start on a day: outside every blackout, and with `classes_per_month` n
        one of the month's days 1 + floor(k x days of the month / n), k < n."""
        n, length = self.classes_per_month, monthrange(day.year, day.month)[1]
        in_turn = n is None or day.day in {1 + k * length // n for k in range(n)}
        return in_turn and not any(entry.from_ <= day <= entry.to for entry in self.blackout)
