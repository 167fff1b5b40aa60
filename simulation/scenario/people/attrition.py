"""How fast people leave."""

from typing import Annotated, Self

from pydantic import Field, model_validator

from simulation.scenario.calendar import MonthName
from simulation.scenario.problems import refuse
from simulation.scenario.quantities import Described, Factor, PartialShare, Real


class AttritionBand(Described):
    """How fast people of some tenure leave, until the next band begins."""

    from_week: Annotated[Real, Field(ge=0, le=5000)]
    """Weeks since their training ended from which it holds."""
    weekly: PartialShare
    """Probability that one of them leaves within a week."""


class Attrition(Described):
    """How fast people leave: one rate for all, or probabilities a week by stage and tenure.

    A probability p within a span is the hazard -ln(1 - p) / span. Each statement is made once: `first_90_days` covers
    training and what follows, so neither `training_weekly` nor `bands` nor the hiring's `training_pass` go with it.
    """

    one_of = ("annual_rate", "bands")

    annual_rate: Annotated[Real, Field(ge=0, le=20)] | None = None
    """Leavers in a year / average headcount: a hazard per head and year; may exceed 1. Or `bands`."""
    bands: Annotated[tuple[AttritionBand, ...], Field(min_length=1)] | None = None
    """Probabilities a week of people past training by tenure, the first band from week 0; in place of one rate."""
    first_90_days: PartialShare | None = None
    """Share of a class gone within 90 days of its first training day, failed trainees included; the annual rate holds
    from then on."""
    training_weekly: PartialShare | None = None
    """Probability a week of people in training; left out: the annual rate, or the first band's."""
    months: dict[MonthName, Factor] = Field(default_factory=dict)
    """Factor on every hazard by month of the year; others 1."""

    @model_validator(mode="after")
    def _says_nothing_twice(self) -> Self:
        for name in ("bands", "training_weekly"):
            if self.first_90_days is not None and getattr(self, name) is not None:
                mend = f"keep one of first_90_days, {name}"
                refuse(f"first_90_days and {name} both say how fast new people leave", mend, (name,))
        return self

    @model_validator(mode="after")
    def _bands_ascend_from_the_first_week(self) -> Self:
        weeks = [band.from_week for band in self.bands or ()]
        if weeks and weeks[0] != 0:
            refuse("nothing is said of the weeks before", "begin with from_week: 0", ("bands", 0, "from_week"))
        for b in range(1, len(weeks)):
            if weeks[b] <= weeks[b - 1]:
                mend = f"write more than {weeks[b - 1]:g}, or sort the bands"
                refuse("does not come after the band before it", mend, ("bands", b, "from_week"))
        return self
