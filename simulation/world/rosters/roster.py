"""Who is at work when: a team's patterns of work by interval, an FTE in production.

A shift counts in an interval by the part of the interval that it covers: every figure is the interval's time average.
Everything of a shift belongs to the date on which it starts: that date's month's shrinkage holds for the whole of it.
Given shifts have shares of the FTE; fitted shifts take whole heads (`whole_heads`).
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from zoneinfo import ZoneInfo

import numpy as np

from simulation.scenario.grid import DAY, HOUR, Grid, Int64, day_number
from simulation.scenario.vendors import Site, Team
from simulation.world.demand.cells import cut
from simulation.world.planning.shrinkage import Shrinkage, usual_chances
from simulation.world.rosters.patterns import Float64, Plan, given_plan
from simulation.world.rosters.whole_heads import WholeHeads


@dataclass(frozen=True, eq=False)
class DayParts:
    """What of the shifts falls into one local day of the scenario: rows are patterns on dates, by date.

    at_work: Float64 (rows, k), share of the pattern's people at work in each of the day's intervals
    first: Int64 (dates,), first row of each of the dates of these rows
    dates: these dates' places in the plan
    entries: Int64 (rows,), which of the plan's patterns, counted date after date, the rows are
    planned: Float64 (dates, k), rostered of one FTE
    not_on_leave, not_in_office: of each of these dates, 1 - leave and 1 - in_office
    """

    at_work: Float64
    first: Int64
    dates: tuple[int, ...]
    entries: Int64
    planned: Float64
    not_on_leave: tuple[float, ...]
    not_in_office: tuple[float, ...]


@dataclass(frozen=True, eq=False)
class Roster:
    """What a team's FTE becomes by interval; made once a scenario, for all replications.

    agents:   Int64 (intervals,) agents on the floor that the scenario gives (`staffing`); None with a workforce
    lengths:  Int64 (intervals,) of the intervals, in microseconds
    first_of_day: Int64 (days + 1,) the first interval that starts in each local day of the scenario
    plan:     patterns on dates; without any for `staffing`
    shrinkage: of each date of the plan
    missing:  Float64 (dates,), usual probability of those not on leave to be absent on each date of the plan
    parts:    of each day of the scenario
    """

    agents: Int64 | None
    lengths: Int64
    first_of_day: Int64
    plan: Plan
    shrinkage: tuple[Shrinkage, ...]
    missing: Float64
    parts: tuple[DayParts, ...]

    @classmethod
    def of(cls, team: Team, site: Site, grid: Grid, plan: Plan | None = None) -> "Roster":
        """The roster of one team; `plan` where its shifts are fitted."""
        first_of_day = np.searchsorted(grid.interval_starts, grid.days, "left").astype(np.int64)
        if team.workforce is None:
            assert team.staffing is not None  # a team has one of the two
            agents = np.empty(grid.intervals, np.int64)
            agents[:] = team.staffing.agents
            return cls(agents, grid.interval_lengths, first_of_day, Plan((), (), None), (), np.zeros(0), ())
        plan = given_plan(team.workforce, team.shifts, site, grid) if plan is None else plan
        shrinkage = tuple(Shrinkage.of(team.workforce, day) for day in plan.dates)
        parts = tuple(_parts(plan, shrinkage, site, grid, first_of_day))
        missing = usual_chances(team.workforce, plan.dates, plan.paid_hours, shrinkage)
        return cls(None, grid.interval_lengths, first_of_day, plan, shrinkage, missing, parts)

    def day(self, day: int) -> slice:
        """The intervals that start in a local day of the scenario."""
        return self._days[day]

    @cached_property
    def _days(self) -> list[slice]:
        return [slice(first, end) for first, end in pairwise(self.first_of_day.tolist())]

    @cached_property
    def hours(self) -> Float64:
        """Float64 (intervals,): of the intervals."""
        return np.asarray(self.lengths / HOUR)

    @cached_property
    def rostered(self) -> Float64:
        """Float64 (intervals,): rostered time average an FTE, as planned."""
        return self._expected(lambda shrinkage: 1.0)

    @cached_property
    def absent(self) -> Float64:
        """Float64 (intervals,): of these on leave or absent, as expected."""
        return self._expected(lambda shrinkage: shrinkage.leave + shrinkage.absence)

    @cached_property
    def on_leave(self) -> Float64:
        """Float64 (intervals,): of these on leave."""
        return self._expected(lambda shrinkage: shrinkage.leave)

    @cached_property
    def on_floor(self) -> Float64:
        """Float64 (intervals,): of these on the floor, as expected."""
        return self._expected(lambda shrinkage: 1 - shrinkage.lost)

    @cached_property
    def worked(self) -> list[int]:
        """The dates of all days' parts, ascending."""
        return sorted({date for part in self.parts for date in part.dates})

    @cached_property
    def new_dates(self) -> list[list[tuple[int, int]]]:
        """Of each day those of its dates that no day before has, and their places among those worked."""
        place, seen, found = {date: place for place, date in enumerate(self.worked)}, set[int](), []
        for part in self.parts:
            found.append([(date, place[date]) for date in part.dates if date not in seen])
            seen.update(part.dates)
        return found

    @cached_property
    def whole_heads(self) -> WholeHeads:
        """Of fitted shifts."""
        return WholeHeads(self.plan)

    def _expected(self, factor: Callable[[Shrinkage], float]) -> Float64:
        factors = np.array([factor(shrinkage) for shrinkage in self.shrinkage])
        days = [factors[list(part.dates)] @ part.planned for part in self.parts]
        return np.concatenate(days) if days else np.zeros(len(self.lengths))


def _parts(
    plan: Plan, shrinkage: Sequence[Shrinkage], site: Site, grid: Grid, first_of_day: Int64
) -> Iterator[DayParts]:
    entry, interval, covered = _covered(plan, site, grid)
    date_of_entry = np.repeat(np.arange(len(plan.dates)), [len(patterns) for patterns in plan.patterns])
    bounds = np.searchsorted(interval, first_of_day)
    for day in range(len(first_of_day) - 1):
        here, first = slice(bounds[day], bounds[day + 1]), first_of_day[day]
        entries, row = np.unique(entry[here], return_inverse=True)
        at_work = np.zeros((len(entries), int(first_of_day[day + 1] - first)))
        np.add.at(at_work, (row, interval[here] - first), covered[here])
        dates = date_of_entry[entries]
        starts = np.flatnonzero(np.diff(dates, prepend=-1))
        rostered = plan.shares[entries][:, None] * at_work
        planned = np.add.reduceat(rostered, starts, axis=0) if len(starts) else at_work
        of_dates = tuple(dates[starts].tolist())
        not_on_leave = tuple(1 - shrinkage[date].leave for date in of_dates)
        not_in_office = tuple(1 - shrinkage[date].in_office for date in of_dates)
        yield DayParts(at_work, starts, of_dates, entries, planned, not_on_leave, not_in_office)


def _covered(plan: Plan, site: Site, grid: Grid) -> tuple[Int64, Int64, Float64]:
    """(entry, interval, share of its people at work) of every pattern on every date, by interval."""
    midnights = [day_number(day) * DAY for day in plan.dates]
    pieces = [
        (entry, midnight + begin, midnight + end, at_work)
        for entry, (midnight, pattern) in enumerate(
            (midnight, pattern)
            for midnight, patterns in zip(midnights, plan.patterns, strict=True)
            for pattern in patterns
        )
        for begin, end, at_work in pattern.presence()
    ]
    entry, opens, closes = np.array([piece[:3] for piece in pieces], np.int64).reshape(-1, 3).T
    at_work = np.array([piece[3] for piece in pieces])
    clock = grid.clock(grid.zone if site.timezone is None else ZoneInfo(site.timezone))
    which, interval, begins, ends = cut(clock.instants(opens), clock.instants(closes), grid.interval_edges)
    order = np.argsort(interval, kind="stable")
    covered = at_work[which] * ((ends - begins) / grid.interval_lengths[interval])
    return entry[which][order], interval[order], covered[order]
