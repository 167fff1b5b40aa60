"""Rosters of teams without shifts: their weeks' requirement at the site's clock, fitted, as patterns of work.

A week of the site is seven of its local dates from the scenario's first date on. An interval's requirement holds in
every slot of the wall clock that it touches; what lies outside the horizon is taken from the same weekday next to it. A
team that no target needs in a week, such as a reserve, gets the shape of all agents that its queues need. A site's
seats are divided by the teams' highest requirement, all to a team of which nothing is required. A week for which they
are too few is staffed up to them: its required paid hours still hold what it lacks, at the efficiency of the rest.
Source: `roster_fit`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from zoneinfo import ZoneInfo

import numpy as np

from simulation.scenario.grid import DAY, Grid, day_number
from simulation.scenario.scenario import Scenario
from simulation.scenario.vendors import Site, Team
from simulation.world.planning.requirement import Requirement
from simulation.world.planning.seats import seats_of
from simulation.world.planning.shrinkage import Shrinkage
from simulation.world.rosters.employment_kinds import Kind, kinds_of
from simulation.world.rosters.patterns import Float64, Pattern, Plan, plan_dates, working_shares
from simulation.world.rosters.roster import Roster
from simulation.world.rosters.roster_fit import Fit, Fitting, Week
from simulation.world.rosters.week_program import DAYS


@dataclass(frozen=True, eq=False)
class Rosters:
    """Every team's roster in the scenario's order, and what is required with them."""

    of_teams: list[Roster]
    requirement: Requirement


def rosters(scenario: Scenario, grid: Grid, requirement: Requirement) -> Rosters:
    """The rosters of given shifts, and the others fitted to the requirement."""
    efficiency = np.ones_like(requirement.paid_hours)
    found: list[Roster] = []
    places = [(v, t) for v, vendor in enumerate(scenario.vendors) for t in range(len(vendor.teams))]
    for number, (v, t) in enumerate(places):
        vendor = scenario.vendors[v]
        team = vendor.teams[t]
        site = next(site for site in vendor.sites if site.id == team.site)
        if team.workforce is None or team.shifts:
            found.append(Roster.of(team, site, grid))
            continue
        fitting = _fitting(kinds_of(team.workforce), DAY // grid.interval)
        plan, fits, fte = _plan(scenario, team, site, grid, requirement, number, fitting)
        roster = Roster.of(team, site, grid, plan)
        efficiency[:, number] = _efficiency(requirement.team_agents[:, number], roster.on_floor, fte, fits, grid)
        found.append(roster)
    return Rosters(found, requirement.rostered(efficiency))


@lru_cache(maxsize=8)
def _fitting(kinds: tuple[Kind, ...], slots: int) -> Fitting:
    """Lasts from one scenario to the next: those of a study ask for the same weeks, or for their like."""
    return Fitting(kinds, slots)


def _plan(
    scenario: Scenario,
    team: Team,
    site: Site,
    grid: Grid,
    requirement: Requirement,
    number: int,
    fitting: Fitting,
) -> tuple[Plan, list[Fit], Float64]:
    """A fitted plan, its weeks, and the FTE that it has in each."""
    assert team.workforce is not None  # shifts of given agents are not fitted
    dates = plan_dates(grid)
    first = day_number(grid.start)
    weeks = -(-len(grid.dates) // DAYS)
    working = working_shares(team.workforce, site, dates)
    present = np.array([1 - Shrinkage.of(team.workforce, day).lost for day in dates])
    margin = first - day_number(dates[0])
    curves = _curves(scenario, team, site, grid, requirement, number, weeks)
    seats = seats_of(scenario, site, requirement, number)
    fits = []
    for week in range(weeks):
        here = np.minimum(np.arange(DAYS) + margin + week * DAYS, len(dates) - 1)
        fits.append(fitting.of(Week(curves[week], present[here], working[here]), seats))
    of_date = np.clip((np.arange(len(dates)) - margin) // DAYS, 0, weeks - 1)
    full_time = team.workforce.hours_per_week / team.workforce.mean_hours
    patterns = tuple(
        tuple(_patterns(fitting, fits[week], (k - margin) % DAYS, full_time, float(share)))
        for k, (week, share) in enumerate(zip(of_date.tolist(), working.tolist(), strict=True))
    )
    return Plan(dates, patterns, of_date), fits, np.array([fit.heads for fit in fits]) / full_time


def _patterns(fitting: Fitting, fit: Fit, date: int, full_time: float, working: float) -> list[Pattern]:
    """A date's shifts as shares of the FTE; none in a week without people."""
    return [
        Pattern(start, kind.hours, kind.break_minutes, working * heads / fit.heads * full_time)
        for kind, on_shift in zip(fitting.kinds, fit.on_shift[:, date], strict=True)
        for start, heads in zip(fitting.starts, on_shift.tolist(), strict=True)
        if heads * working * fit.heads > 0
    ]


def _curves(
    scenario: Scenario, team: Team, site: Site, grid: Grid, requirement: Requirement, number: int, weeks: int
) -> Float64:
    """Float64 (weeks, 7 x slots): agents required at the site's wall clock; never nothing for a whole week."""
    own = _at_site(requirement.team_agents[:, number], site, grid, weeks)
    queues = [q for q, queue in enumerate(scenario.queues) if any(skill.queue == queue.id for skill in team.skills)]
    shared = _at_site(requirement.agents[:, queues].sum(axis=1), site, grid, weeks)
    shared[shared.max(axis=1) == 0] = 1.0
    return np.where(own.max(axis=1, keepdims=True) > 0, own, shared)


def _at_site(agents: Float64, site: Site, grid: Grid, weeks: int) -> Float64:
    clock = grid.clock(grid.zone if site.timezone is None else ZoneInfo(site.timezone))
    slots = DAY // grid.interval
    edges = clock.instants(day_number(grid.start) * DAY + np.arange(weeks * DAYS * slots + 1) * grid.interval)
    touched = [edges[:-1] // grid.interval, np.maximum(edges[1:] - 1, edges[:-1]) // grid.interval]
    inside = [(interval >= 0) & (interval < len(agents)) for interval in touched]
    known = [
        np.where(there, agents[np.clip(interval, 0, len(agents) - 1)], np.nan)
        for interval, there in zip(touched, inside, strict=True)
    ]
    curve: Float64 = np.fmax(known[0], known[1]).reshape(weeks, DAYS * slots)
    for shift in (-1, 1):  # the same weekday of the week after, then before
        if weeks > 1:
            curve = np.asarray(np.where(np.isnan(curve), np.roll(curve, shift, axis=0), curve))
    return np.asarray(np.where(np.isnan(curve), 0.0, curve))


def _efficiency(required: Float64, on_floor: Float64, fte: Float64, fits: Sequence[Fit], grid: Grid) -> Float64:
    """Float64 (weeks,): required / provided agent hours, of weeks short of seats as far as it is provided; 1 where
    nothing is required."""
    week = grid.week_of_interval
    provided = on_floor * fte[week]
    is_short = np.array([fit.is_short for fit in fits])[week]
    hours = np.zeros((2, len(grid.weeks) - 1))
    for row, agents in enumerate((np.where(is_short, np.minimum(required, provided), required), provided)):
        np.add.at(hours[row], week, agents * grid.interval_lengths)
    return np.asarray(np.divide(hours[0], hours[1], out=np.ones(hours.shape[1]), where=(hours > 0).all(axis=0)))
