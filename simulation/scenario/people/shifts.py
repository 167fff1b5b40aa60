"""Shifts: patterns of work that the people of a team follow."""

from typing import Annotated, Self

from pydantic import Field, model_validator

from simulation.scenario.calendar import Clock, Weekday
from simulation.scenario.problems import refuse
from simulation.scenario.quantities import Described, PositiveFactor, Real


class Shift(Described):
    """A pattern of work that a share of a team's paid time follows."""

    start: Clock
    """Local time at the site when it begins."""
    hours: Annotated[Real, Field(gt=0, le=24)]
    """Hours from beginning to end, the unpaid break included."""
    break_minutes: Annotated[Real, Field(ge=0, le=720)] = 0.0
    """Minutes of unpaid break."""
    days: Annotated[tuple[Weekday, ...], Field(min_length=1)] = tuple(Weekday)
    """Days of the week on which it begins."""
    share: Annotated[PositiveFactor, Field(le=1)] = 1.0
    """Share of the team's people who work it; a team's shares sum to 1."""

    @property
    def paid_hours(self) -> float:
        """Hours less the unpaid break."""
        return self.hours - self.break_minutes / 60

    @model_validator(mode="after")
    def _begins_and_lasts(self) -> Self:
        if self.start == "24:00":
            refuse("no shift begins at 24:00", 'write "00:00" of the next day', ("start",))
        if self.paid_hours <= 0:
            refuse("the break is as long as the shift", "write fewer minutes", ("break_minutes",))
        if len(set(self.days)) < len(self.days):
            refuse("names a day twice", "name each day once", ("days",))
        return self
