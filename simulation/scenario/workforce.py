"""The people of a team: how many, how much of their paid time reaches the floor, who joins and who leaves."""

from typing import Annotated, Self

from pydantic import Field, model_validator

from simulation.scenario.attrition import Attrition
from simulation.scenario.calendar import Clock, MonthName, Weekday
from simulation.scenario.classes import Move, TrainingClass
from simulation.scenario.hiring import Hiring
from simulation.scenario.learning import Learning, Nesting
from simulation.scenario.problems import refuse
from simulation.scenario.quantities import Described, Heads, PartialShare, PositiveFactor, Real
from simulation.scenario.ramp import Ramp, Surge
from simulation.scenario.tenure import Tenure


class MonthShrinkage(Described):
    """Shrinkage of one month of the year; what is left out keeps its yearly value."""

    leave: PartialShare | None = None
    """Planned paid time away, share of paid time."""
    in_office: PartialShare | None = None
    """Paid breaks, meetings, coaching and lateness, share of the time present."""


class Shrinkage(Described):
    """Paid time that is not available for contacts: s = 1 - (1 - leave)(1 - in_office)."""

    leave: PartialShare = 0.0
    """Planned paid time away, share of paid time."""
    in_office: PartialShare = 0.0
    """Paid breaks, meetings, coaching and lateness, share of the time present."""
    months: dict[MonthName, MonthShrinkage] = Field(default_factory=dict)
    """Values of single months, which replace the yearly ones."""


class Workforce(Described):
    """People on the payroll and what becomes of them."""

    headcount: Heads
    """Heads in production, past nesting, at the start."""
    tenure_weeks: Tenure | None = None
    """Weeks that they have been in production; left out: so long that they learn no more."""
    hours_per_week: Annotated[Real, Field(gt=0, le=80)] = 40.0
    """Paid hours of one head in a week."""
    shrinkage: Shrinkage = Shrinkage()
    """Paid time that is not available for contacts."""
    attrition: Attrition | None = None
    """How fast people leave; left out: nobody does."""
    hiring: Hiring | None = None
    """How people are hired and trained; left out: only the classes below come."""
    nesting: Nesting | None = None
    """Supervised weeks after training; left out: none."""
    learning: Learning | None = None
    """The learning curve; left out: everybody is as fast as the skills say."""
    classes: tuple[TrainingClass, ...] = ()
    """Classes in progress and to come; they need no hiring."""
    moves: tuple[Move, ...] = ()
    """People lent to this team by others."""
    ramp: Ramp = Ramp()
    """Bounds on how fast policies make the team grow and shrink."""
    surge: Surge | None = None
    """A bench that can be called; left out: there is none."""

    def training_weeks(self, of: TrainingClass) -> int:
        """Weeks of training of a class: its own, else the hiring's."""
        if of.training_weeks is not None:
            return of.training_weeks
        return self.hiring.training_weeks if self.hiring is not None else 0

    @property
    def nesting_weeks(self) -> int:
        """Weeks between training and production."""
        return self.nesting.weeks if self.nesting is not None else 0


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
