"""What of paid time reaches the floor: leave, absence and time in the office, each counted once.

Leave is a share of paid time, absence is drawn among those not on leave, so that of all paid time

    leave + absence                           is away,
    1 - leave - absence                       is present,
    (1 - leave - absence)(1 - in_office)      is on the floor: 1 - s.

Requirement, fitted roster and floor use these shares.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from simulation.scenario.calendar import WEEKDAYS, MonthName, Weekday
from simulation.scenario.people.workforce import Workforce

Float64 = NDArray[np.float64]


@dataclass(frozen=True)
class Shrinkage:
    """A month's shares: leave and absence of paid time, in_office of the time present."""

    leave: float
    absence: float
    in_office: float

    @classmethod
    def of(cls, workforce: Workforce, day: date) -> "Shrinkage":
        """The shares of the month in which a local date lies."""
        month = MonthName.of(day)
        given, own = workforce.shrinkage, workforce.shrinkage.months.get(month)
        leave = given.leave if own is None or own.leave is None else own.leave
        in_office = given.in_office if own is None or own.in_office is None else own.in_office
        return cls(leave, workforce.absence.daily_probability * workforce.absence.months.get(month, 1.0), in_office)

    @property
    def lost(self) -> float:
        """s: share of paid time that does not reach the floor."""
        return 1 - (1 - self.leave - self.absence) * (1 - self.in_office)

    @property
    def missing(self) -> float:
        """p: probability that somebody who is not on leave is absent on a day, absence / (1 - leave)."""
        return self.absence / (1 - self.leave)


def usual_chances(
    workforce: Workforce, dates: Sequence[date], paid_hours: Float64, shrinkage: Sequence[Shrinkage]
) -> Float64:
    """Float64 (dates,): the probability of those not on leave to be absent on each date on which a team works, where
    the day's factor is 1; paid_hours: Float64 (dates,), hours an FTE. shrinkage: of each date."""
    return np.array([own.missing for own in shrinkage]) * _weekday_factors(workforce, dates, paid_hours)


def _weekday_factors(workforce: Workforce, dates: Sequence[date], paid_hours: Float64) -> Float64:
    factors = np.array([workforce.absence.weekdays.get(weekday, 1.0) for weekday in WEEKDAYS])
    weekdays = np.array([WEEKDAYS.index(Weekday.of(day)) for day in dates])
    mean = (paid_hours * factors[weekdays]).sum() / paid_hours.sum() if paid_hours.any() else 1.0
    return np.asarray(factors[weekdays] / mean if mean else np.ones(len(weekdays)))
