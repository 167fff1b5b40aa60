"""Kinds of contract, as fitted shifts ask for them: how many hours and days a head works, and how long a shift is."""

from dataclasses import dataclass

from simulation.scenario.checks.rosters import USUAL_DAYS
from simulation.scenario.people.workforce import Workforce

BREAK_AFTER_HOURS = 6.0
BREAK_MINUTES = 30.0


@dataclass(frozen=True)
class Kind:
    """A kind of contract: share of the heads, paid hours a week, days a week."""

    share: float
    hours_per_week: float
    days_per_week: int

    @property
    def paid_hours(self) -> float:
        """Of one shift."""
        return self.hours_per_week / self.days_per_week

    @property
    def break_minutes(self) -> float:
        """Of one shift, unpaid."""
        return BREAK_MINUTES if self.paid_hours > BREAK_AFTER_HOURS else 0.0

    @property
    def hours(self) -> float:
        """Of one shift, with its break."""
        return self.paid_hours + self.break_minutes / 60


def kinds_of(workforce: Workforce) -> tuple[Kind, ...]:
    """The contracts of a team's people."""
    if not workforce.employment:
        return (Kind(1.0, workforce.hours_per_week, USUAL_DAYS),)
    return tuple(Kind(kind.share, kind.hours_per_week, kind.days_per_week) for kind in workforce.employment)
