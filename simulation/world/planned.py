"""Planned FTE of teams by week: what their own plans say, attrition aside.

Of those past training, at each week's first date: the heads of the start, given classes, moves there and back. A PLAN's
target holds instead from its first date on, but for growth not before somebody asked for at the start could be trained,
and for release not before notice given then ends. HIRE_UP_TO, REACTIVE and SURGE have no dates: their teams count with
what they have. Their levels follow from the shares that are divided by these figures.
"""

from datetime import date, timedelta

import numpy as np

from simulation.scenario.grid import HOUR, WEEK, Grid
from simulation.scenario.policies import PolicyKind
from simulation.scenario.scenario import Scenario
from simulation.scenario.vendors import Team
from simulation.scenario.workforce import Workforce
from simulation.world.demand import Float64

FULL_TIME = 40.0
"""Paid hours of a week of one FTE where agents are given; they are paid for their time on the floor."""


def planned_fte(scenario: Scenario, grid: Grid) -> Float64:
    """Float64 (weeks, teams): FTE past training as planned; of given agents their hours a week / FULL_TIME."""
    firsts = [grid.start + timedelta(weeks=week) for week in range(len(grid.weeks) - 1)]
    given = np.stack([_given(team, grid, firsts) for team in scenario.teams], axis=1)
    place = {team.id: t for t, team in enumerate(scenario.teams)}
    for t, team in enumerate(scenario.teams):
        for move in team.workforce.moves if team.workforce is not None else ():
            trained = move.start + timedelta(weeks=move.training_weeks)
            source = place[move.from_]
            fte = move.heads * _of_head(scenario.teams[source])
            given[:, t] += fte * _there(firsts, trained, move.until)
            given[:, source] -= fte * _there(firsts, move.start, move.until)
    given = np.maximum(given, 0.0)
    return np.stack([_with_plan(team, given[:, t], firsts) for t, team in enumerate(scenario.teams)], axis=1)


def _given(team: Team, grid: Grid, firsts: list[date]) -> Float64:
    """Those of the start and of given classes."""
    people = team.workforce
    if people is None:
        assert team.staffing is not None  # a team has one of the two
        agent_hours = np.array(team.staffing.agents) * grid.interval_lengths / HOUR
        by_week = np.bincount(grid.week_of_interval, agent_hours, len(firsts))
        return np.asarray(by_week / FULL_TIME * (WEEK / np.diff(grid.weeks)))
    fte = np.full(len(firsts), people.headcount * _of_head(team))
    for entry in people.classes:
        trained = entry.start + timedelta(weeks=people.training_weeks(entry))
        hours = entry.hours_per_week or people.mean_hours
        fte += entry.size * hours / people.hours_per_week * _there(firsts, trained, entry.until)
    return fte


def _of_head(team: Team) -> float:
    """FTE of a head of the usual contract."""
    return team.workforce.mean_hours / team.workforce.hours_per_week if team.workforce is not None else 1.0


def _there(firsts: list[date], begin: date, until: date | None) -> Float64:
    return np.array([begin <= first and (until is None or first <= until) for first in firsts], np.float64)


def _with_plan(team: Team, given: Float64, firsts: list[date]) -> Float64:
    plan = next((policy for policy in team.policies if policy.kind is PolicyKind.PLAN), None)
    if plan is None or team.workforce is None:
        return given
    targets = sorted((period.first, heads) for period, heads in (plan.heads or {}).items())
    weeks = np.arange(len(firsts))
    least = np.where(weeks < team.workforce.ramp.notice_weeks, given, 0.0)
    most = np.where(weeks < _weeks_to_grow(team.workforce), given, np.inf)
    planned = given.copy()
    for week, first in enumerate(firsts):
        in_force = [heads for begins, heads in targets if begins <= first][-1:]
        if in_force:
            planned[week] = np.clip(in_force[0] * _of_head(team), least[week], most[week])
    return planned


def _weeks_to_grow(people: Workforce) -> float:
    """Weeks from a requisition to the end of its people's training, on average."""
    return people.hiring.lead_time_weeks.mean + people.hiring.training_weeks if people.hiring is not None else np.inf
