"""The people of a team: how many, how much of their paid time reaches the floor, who joins and who leaves."""

from typing import Annotated, Self

from pydantic import Field, model_validator

from simulation.scenario.calendar import MONTH_NAMES, MonthName
from simulation.scenario.people.absence import Absence
from simulation.scenario.people.attrition import Attrition
from simulation.scenario.people.classes import Move, TrainingClass
from simulation.scenario.people.employment import Employment
from simulation.scenario.people.hiring import Hiring
from simulation.scenario.people.holidays import Holidays
from simulation.scenario.people.learning import Learning, Nesting
from simulation.scenario.people.overtime import Overtime, VoluntaryTimeOff
from simulation.scenario.people.ramp import Ramp, Surge
from simulation.scenario.people.tenure import Tenure
from simulation.scenario.problems import refuse
from simulation.scenario.quantities import Described, Heads, PartialShare, Real


class MonthShrinkage(Described):
    """Shrinkage of one month of the year; what is left out keeps its yearly value."""

    leave: PartialShare | None = None
    """Planned paid time away, share of paid time."""
    in_office: PartialShare | None = None
    """Paid breaks, meetings, coaching and lateness, share of the time present."""


class Shrinkage(Described):
    """Paid time that is not available for contacts: s = 1 - (1 - leave - absence)(1 - in_office)."""

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
    """Paid hours of one FTE in a week."""
    employment: tuple[Employment, ...] = ()
    """Kinds of contract; left out: everybody works hours_per_week, on as many days as make shifts of them."""
    shrinkage: Shrinkage = Shrinkage()
    """Paid time that is planned not to be available for contacts."""
    absence: Absence = Absence()
    """Unplanned absence; left out: none."""
    holidays: Holidays | None = None
    """Public holidays; left out: days like any other."""
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
    overtime: Overtime | None = None
    """Extra hours; left out: nobody works any."""
    voluntary_time_off: VoluntaryTimeOff | None = None
    """Hours given back; left out: none are."""

    def training_weeks(self, of: TrainingClass) -> int:
        """Weeks of training of a class: its own, else the hiring's."""
        if of.training_weeks is not None:
            return of.training_weeks
        return self.hiring.training_weeks if self.hiring is not None else 0

    @property
    def nesting_weeks(self) -> int:
        """Weeks between training and production."""
        return self.nesting.weeks if self.nesting is not None else 0

    @property
    def mean_hours(self) -> float:
        """Paid hours of a head in a week, on the average of the kinds of contract."""
        if not self.employment:
            return self.hours_per_week
        return sum(kind.share * kind.hours_per_week for kind in self.employment)

    @property
    def mean_days(self) -> float | None:
        """Days on which an FTE works in a week, on the hours-weighted average of the kinds of contract; None: open."""
        if not self.employment:
            return None
        hours = [kind.share * kind.hours_per_week for kind in self.employment]
        days = [kind.days_per_week for kind in self.employment]
        return sum(h * d for h, d in zip(hours, days, strict=True)) / sum(hours)

    @model_validator(mode="after")
    def _everybody_has_a_contract(self) -> Self:
        total = sum(kind.share for kind in self.employment)
        if self.employment and abs(total - 1) > 0.001:
            refuse(f"shares sum to {total:g}", "write shares that sum to 1", ("employment",))
        return self

    @model_validator(mode="after")
    def _somebody_is_there(self) -> Self:
        for month in MONTH_NAMES:
            own = self.shrinkage.months.get(month)
            leave = self.shrinkage.leave if own is None or own.leave is None else own.leave
            absent = self.absence.daily_probability * self.absence.months.get(month, 1.0)
            if leave + absent >= 1:
                mend = f"write less than {1 - leave:g} for daily_probability times the month's factor"
                refuse(f"in {month} nobody is left, {leave:g} on leave and {absent:g} absent", mend, ("absence",))
        return self
