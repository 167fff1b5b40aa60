"""Who is at work when: shifts at local times turned into shares of a team's heads by interval.

Of a team's heads in production, a shift on one of its days has

    share x days_per_week / days of the shift,   days_per_week = hours_per_week / paid hours of the shift

so that a week's paid hours come to `hours_per_week` a head. A shift
starts and ends by the wall clock of its site, over midnight too, and belongs to the date on which it starts: that
date's weekday and month's shrinkage hold for the whole of it. Its unpaid break is staggered evenly over the middle
half of the shift (over all of it when longer than that), where 1 - break / that time of its people are at work.
Rostered = at work by that rule, paid; absent = rostered x leave; on the floor = rostered x (1 - leave) x
(1 - in_office). A shift counts in an interval by the part of the interval that it covers: every figure is the
interval's time average. Source: `scenario.md`, comment at `shifts`, and "Shrinkage".
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from simulation.scenario.calendar import MonthName, Weekday
from simulation.scenario.grid import DAY, HOUR, MINUTE, Grid, Int64, date_of
from simulation.scenario.scenario import Scenario
from simulation.scenario.shifts import Shift
from simulation.scenario.vendors import Site, Team
from simulation.scenario.workforce import Workforce
from simulation.world.demand import cut

Float64 = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Roster:
    """What a team's heads become by interval; made once a scenario, for all replications.

    agents:   Int64 (intervals,) agents on the floor that the scenario gives (`staffing`); None with a workforce
    rostered, absent, on_floor: Float64 (intervals,) time averages a head in production; zero with `staffing`
    lengths:  Int64 (intervals,) of the intervals, in microseconds
    first_of_day: Int64 (days + 1,) the first interval that starts in each local day of the scenario
    """

    agents: Int64 | None
    rostered: Float64
    absent: Float64
    on_floor: Float64
    lengths: Int64
    first_of_day: Int64

    @classmethod
    def of(cls, team: Team, site: Site, grid: Grid) -> "Roster":
        """The roster of one team."""
        first_of_day = np.searchsorted(grid.interval_starts, grid.days, "left").astype(np.int64)
        if team.workforce is not None:
            shares = _shares(team.workforce, team.shifts, site, grid)
            return cls(None, *shares, grid.interval_lengths, first_of_day)
        assert team.staffing is not None  # a team has one of the two
        agents = np.empty(grid.intervals, np.int64)
        agents[:] = team.staffing.agents
        nobody = np.zeros(grid.intervals)
        return cls(agents, nobody, nobody, nobody, grid.interval_lengths, first_of_day)

    def day(self, day: int) -> slice:
        """The intervals that start in a local day of the scenario."""
        return slice(int(self.first_of_day[day]), int(self.first_of_day[day + 1]))


def rosters(scenario: Scenario, grid: Grid) -> list[Roster]:
    """Every team's roster, in the scenario's order of vendors and teams."""
    return [
        Roster.of(team, next(site for site in vendor.sites if site.id == team.site), grid)
        for vendor in scenario.vendors
        for team in vendor.teams
    ]


def rostered_share(shift: Shift, hours_per_week: float) -> float:
    """The share of a team's heads that works a shift on one of its days."""
    return shift.share * hours_per_week / (shift.paid_hours * len(shift.days))


def _shares(workforce: Workforce, shifts: Sequence[Shift], site: Site, grid: Grid) -> tuple[Float64, Float64, Float64]:
    pieces = list(_pieces(workforce, shifts, grid))
    opens, closes = np.array([piece[:2] for piece in pieces], np.int64).reshape(-1, 2).T
    weights = np.array([piece[2:] for piece in pieces], np.float64).reshape(-1, 3)
    clock = grid.clock(grid.zone if site.timezone is None else ZoneInfo(site.timezone))
    which, interval, begins, ends = cut(clock.instants(opens), clock.instants(closes), grid.interval_edges)
    covered = (ends - begins) / grid.interval_lengths[interval]

    def by_interval(share: Float64) -> Float64:
        return np.bincount(interval, share[which] * covered, grid.intervals).astype(np.float64)

    return by_interval(weights[:, 0]), by_interval(weights[:, 1]), by_interval(weights[:, 2])


def _pieces(
    workforce: Workforce, shifts: Sequence[Shift], grid: Grid
) -> Iterator[tuple[int, int, float, float, float]]:
    """(from, to) readings of every stretch of every shift, and its rostered, absent and on-floor share of the heads."""
    first = int(grid.clock(grid.zone).readings(np.array([0], np.int64))[0]) // DAY
    for day in range(first - 3, first + len(grid.dates) + 3):
        on = date_of(day)
        shrinkage = workforce.shrinkage
        month = shrinkage.months.get(MonthName.of(on))
        leave = shrinkage.leave if month is None or month.leave is None else month.leave
        in_office = shrinkage.in_office if month is None or month.in_office is None else month.in_office
        for shift in shifts:
            if Weekday.of(on) not in shift.days:
                continue
            share = rostered_share(shift, workforce.hours_per_week)
            for begin, end, at_work in _presence(shift):
                rostered = share * at_work
                absent, on_floor = rostered * leave, rostered * (1 - leave) * (1 - in_office)
                yield day * DAY + begin, day * DAY + end, rostered, absent, on_floor


def _presence(shift: Shift) -> list[tuple[int, int, float]]:
    """A shift's stretches (from, to, share of its people at work), microseconds after the midnight before it."""
    start, length, pause = shift.start.minutes * MINUTE, round(shift.hours * HOUR), shift.break_minutes * MINUTE
    margin = length // 4 if pause <= length - 2 * (length // 4) else 0
    middle = length - 2 * margin
    stretches = [
        (start, start + margin, 1.0),
        (start + margin, start + margin + middle, 1.0 - pause / middle),
        (start + margin + middle, start + length, 1.0),
    ]
    return [stretch for stretch in stretches if stretch[0] < stretch[1]]
