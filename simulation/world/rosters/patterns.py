"""Patterns of work: shifts on dates at the local time of a site, and the share of a team's FTE that works each.

Of a team's FTE in production, sum(heads x own hours / hours_per_week), a shift on one of its days has

    share x days_per_week / days of the shift,

days_per_week of the contracts (their hours-weighted mean), else hours_per_week / paid hours of the shift, so that a
week's paid hours come to `hours_per_week` an FTE. On a public holiday only `work_share` of them is rostered. A shift
starts and ends by the wall clock of its site, over midnight too, and belongs to the date on which it starts. Its unpaid
break is staggered evenly over the middle half of the shift (over all of it when longer than that), where 1 - break /
that time of its people are at work.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from simulation.scenario.calendar import WEEKDAYS, Weekday
from simulation.scenario.grid import HOUR, MINUTE, Grid, Int64
from simulation.scenario.people.public_holidays import holidays_kept
from simulation.scenario.people.shifts import Shift
from simulation.scenario.people.workforce import Workforce
from simulation.scenario.vendors import Site

Float64 = NDArray[np.float64]
MARGIN_DAYS = 3
"""Local dates before the start and after the horizon whose shifts may reach into it."""


@dataclass(frozen=True)
class Pattern:
    """A shift on one date: minutes after midnight, hours with the break, minutes of break, share of the FTE."""

    start: int
    hours: float
    break_minutes: float
    share: float

    @property
    def paid_hours(self) -> float:
        """Hours less the unpaid break."""
        return self.hours - self.break_minutes / 60

    def presence(self) -> list[tuple[int, int, float]]:
        """Stretches (from, to, share of its people at work), microseconds after the midnight before it."""
        start, length, pause = self.start * MINUTE, round(self.hours * HOUR), round(self.break_minutes * MINUTE)
        margin = length // 4 if pause <= length - 2 * (length // 4) else 0
        middle = length - 2 * margin
        stretches = [
            (start, start + margin, 1.0),
            (start + margin, start + margin + middle, 1.0 - pause / middle),
            (start + margin + middle, start + length, 1.0),
        ]
        return [stretch for stretch in stretches if stretch[0] < stretch[1]]


@dataclass(frozen=True, eq=False)
class Plan:
    """Which patterns are worked on which local dates, and how shares become heads.

    dates: local dates of the site, ascending; patterns: of each date
    weeks: Int64 (dates,), the week of the fit to which each belongs; None: shares are not rounded to heads
    """

    dates: tuple[date, ...]
    patterns: tuple[tuple[Pattern, ...], ...]
    weeks: Int64 | None

    @cached_property
    def shares(self) -> Float64:
        """Float64 (entries,): share of the FTE on each pattern of each date, one after the other."""
        return np.array([pattern.share for patterns in self.patterns for pattern in patterns], np.float64)

    @cached_property
    def paid_hours(self) -> Float64:
        """Float64 (dates,): of an FTE on each date."""
        return np.array([sum(pattern.share * pattern.paid_hours for pattern in patterns) for patterns in self.patterns])


def plan_dates(grid: Grid) -> tuple[date, ...]:
    """The local dates of any site whose shifts may reach into the horizon."""
    first = grid.start - timedelta(days=MARGIN_DAYS)
    return tuple(first + timedelta(days=k) for k in range(len(grid.dates) + 2 * MARGIN_DAYS))


def given_plan(workforce: Workforce, shifts: Sequence[Shift], site: Site, grid: Grid) -> Plan:
    """The patterns of given shifts."""
    dates = plan_dates(grid)
    working = working_shares(workforce, site, dates)
    by_weekday = {weekday: [shift for shift in shifts if weekday in shift.days] for weekday in WEEKDAYS}
    patterns = [
        tuple(
            Pattern(shift.start.minutes, shift.hours, shift.break_minutes, share * rostered_share(shift, workforce))
            for shift in by_weekday[Weekday.of(day)]
            if share
        )
        for day, share in zip(dates, working.tolist(), strict=True)
    ]
    return Plan(dates, tuple(patterns), None)


def rostered_share(shift: Shift, workforce: Workforce) -> float:
    """The share of a team's FTE that works a shift on one of its days."""
    days_per_week = workforce.mean_days
    days = workforce.hours_per_week / shift.paid_hours if days_per_week is None else days_per_week
    return shift.share * days / len(shift.days)


def working_shares(workforce: Workforce, site: Site, dates: Sequence[date]) -> Float64:
    """Float64 (dates,): share of a usual day's people who work, less than 1 on holidays."""
    shares = np.ones(len(dates))
    given = workforce.holidays
    if given is not None:
        off = holidays_kept(given, site.country, dates)
        shares[[day in off for day in dates]] = given.work_share
    return shares
