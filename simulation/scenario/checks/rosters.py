"""What must agree about a team's roster: its shifts with the hours and days that its people work."""

from collections.abc import Iterator, Sequence

from simulation.scenario.people.shifts import Shift
from simulation.scenario.people.workforce import Workforce
from simulation.scenario.problems import Path, Refusal

USUAL_DAYS = 5
"""Days a week on which people without a contract's work in fitted shifts."""
HOURS_A_DAY = 24


def rosters_refused(shifts: Sequence[Shift], workforce: Workforce) -> Iterator[Refusal]:
    """Shares that are not all, and hours and days that no shift can hold."""
    if not shifts:
        yield from _unfit_hours(workforce)
        return
    total = sum(shift.share for shift in shifts)
    if abs(total - 1) > 0.001:
        yield Refusal(f"shares of the shifts sum to {total:g}", "write shares that sum to 1", ("shifts",))
    for s, shift in enumerate(shifts):
        yield from _too_few_days(shift, workforce, ("shifts", s, "days"))


def _too_few_days(shift: Shift, workforce: Workforce, at: Path) -> Iterator[Refusal]:
    hours, days = workforce.hours_per_week, len(shift.days)
    most = max((kind.days_per_week for kind in workforce.employment), default=0)
    if most > days:
        mend = f"name at least {most} days, or write fewer days_per_week in employment"
        yield Refusal(f"some people work {most} days a week, the shift only {days}", mend, at)
    elif not workforce.employment and hours > shift.paid_hours * days * 1.000001:
        mend = f"name at least {-int(-hours / shift.paid_hours // 1)} days, or change the shift or hours_per_week"
        yield Refusal(f"{hours:g} hours a week are more than {days} days of {shift.paid_hours:g} paid hours", mend, at)


def _unfit_hours(workforce: Workforce) -> Iterator[Refusal]:
    """Contracts whose hours make shifts that no day holds."""
    contracts: list[tuple[float, int, Path]] = [
        (kind.hours_per_week, kind.days_per_week, ("workforce", "employment", k, "days_per_week"))
        for k, kind in enumerate(workforce.employment)
    ] or [(workforce.hours_per_week, USUAL_DAYS, ("workforce", "hours_per_week"))]
    for hours, days, at in contracts:
        if hours / days >= HOURS_A_DAY:
            mend = f"write at least {int(hours // HOURS_A_DAY) + 1} days_per_week, fewer hours, or give shifts"
            yield Refusal(f"{hours:g} hours on {days} days a week make shifts of {hours / days:g} hours", mend, at)
