"""Classes whose dates and sizes are given, and people lent between teams."""

from enum import StrEnum
from typing import Annotated, Self

from pydantic import Field, model_validator

from simulation.scenario.calendar import Day
from simulation.scenario.people.hiring import Weeks
from simulation.scenario.problems import refuse
from simulation.scenario.quantities import Described, Heads, Id, Real


class Engagement(StrEnum):
    """For how long people are taken on."""

    PERMANENT = "PERMANENT"
    """Until they leave."""
    TEMPORARY = "TEMPORARY"
    """Until a date; they are also the first to go when a policy makes the team smaller."""


class HiringReason(StrEnum):
    """Why people are hired."""

    GROWTH = "GROWTH"
    """To become more."""
    REPLACEMENT = "REPLACEMENT"
    """For people who left or will leave."""


class TrainingClass(Described):
    """People who join together and are trained before they take contacts."""

    start: Day
    """First day of training; before the scenario's start: in progress."""
    size: Annotated[Heads, Field(ge=1)]
    """Heads who start; of a class in progress, heads there today."""
    until: Day | None = None
    """Their last day; left out: they stay."""
    employment: Engagement = Engagement.PERMANENT
    """For how long they are taken on; temporary people need `until`."""
    hours_per_week: Annotated[Real, Field(gt=0, le=80)] | None = None
    """Paid hours of each in a week; left out: the workforce's."""
    training_weeks: Weeks | None = None
    """Weeks of training without contacts; left out: the hiring's."""
    graduates: Heads | None = None
    """So many finish training, certainly: nobody leaves during it and the others fail at its end."""
    queues: tuple[Id, ...] = ()
    """Ids of the queues they serve, of their team's skills; left out: all of them."""
    reason: HiringReason = HiringReason.GROWTH
    """Why they are hired."""

    @model_validator(mode="after")
    def _temporary_people_leave(self) -> Self:
        if self.employment is Engagement.TEMPORARY and self.until is None:
            refuse("temporary people need their last day", "add until", ("until",))
        return self

    @model_validator(mode="after")
    def _no_more_graduate_than_start(self) -> Self:
        if self.graduates is not None and self.graduates > self.size:
            refuse(f"is more than the {self.size} who start", f"write at most {self.size}", ("graduates",))
        return self


class Move(Described):
    """People whom another team lends to this one, and who go back. They stay who they are, and keep their tenure."""

    from_: Annotated[Id, Field(alias="from")]
    """Id of the team they come from, of the same vendor."""
    heads: Annotated[Heads, Field(ge=1)]
    """How many, of those past nesting; fewer where attrition has left fewer."""
    start: Day
    """First day away from their team."""
    until: Day | None = None
    """Last day in this team; they are back the day after. Left out: they stay."""
    training_weeks: Weeks = 0
    """Weeks of training here first, on the floor of neither team."""

    @model_validator(mode="after")
    def _comes_back_after_it_is_trained(self) -> Self:
        if self.until is not None and (self.until - self.start).days < 7 * self.training_weeks:
            refuse("they go back before they are trained", "write a later date or fewer training_weeks", ("until",))
        return self
