"""Unplanned absence: how often people are missing, how long, on which days, and how much together."""

from typing import Annotated

from pydantic import Field

from simulation.scenario.calendar import MonthName, Weekday
from simulation.scenario.quantities import Described, Factor, PartialShare, Real


class Absence(Described):
    """Unplanned absence, drawn per person and working day; people on leave are not drawn."""

    daily_probability: PartialShare = 0.0
    """Share of all paid days that is lost, whole spells included."""
    weekdays: dict[Weekday, Factor] = Field(default_factory=dict)
    """Factor by day of the week; others 1; normalised to a mean of 1 over the week."""
    months: dict[MonthName, Factor] = Field(default_factory=dict)
    """Factor by month of the year; others 1; not normalised."""
    day_cv: Annotated[Real, Field(ge=0, le=3)] = 0.0
    """Coefficient of variation of one gamma factor of mean 1 that a team's people have in common on a day."""
    mean_spell_days: Annotated[Real, Field(ge=1, le=100)] = 1.0
    """Mean length of a spell of absence in working days of the team."""
