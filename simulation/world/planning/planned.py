"""Planned hours on the floor of teams by week: what their own plans say, attrition aside.

Of those past training, at each week's first date: the heads of the start, given classes, moves there and back. A PLAN's
target holds instead from its first date on, but for growth not before somebody asked for at the start could be trained,
and for release not before notice given then ends. HIRE_UP_TO, REACTIVE and SURGE have no dates: their teams count with
what they have. People are on the floor for their paid hours x (1 - s), of the team they work for, given agents for
theirs: so teams that share work by these figures stand on one footing, whatever contracts and shrinkage they have.
"""

from datetime import date, timedelta

import numpy as np

from simulation.scenario.grid import HOUR, WEEK, Grid
from simulation.scenario.people.workforce import Workforce
from simulation.scenario.scenario import Scenario
from simulation.scenario.vendors import Team
from simulation.world.demand.cells import Float64
from simulation.world.planning.shrinkage import Shrinkage


def planned_hours(scenario: Scenario, grid: Grid) -> Float64:
    """Float64 (weeks, teams): hours on the floor in a week of seven days, of those past training, as planned."""
    firsts = [grid.start + timedelta(weeks=week) for week in range(len(grid.weeks) - 1)]
    given = np.stack([_given(team, grid, firsts) for team in scenario.teams], axis=1)
    place = {team.id: t for t, team in enumerate(scenario.teams)}
    for t, team in enumerate(scenario.teams):
        for move in team.workforce.moves if team.workforce is not None else ():
            trained = move.start + timedelta(weeks=move.training_weeks)
            source = place[move.from_]
            hours = move.heads * _of_head(scenario.teams[source])
            given[:, t] += hours * _there(firsts, trained, move.until)
            given[:, source] -= hours * _there(firsts, move.start, move.until)
    given = np.maximum(given, 0.0)
    paid = np.stack([_with_plan(team, given[:, t], firsts) for t, team in enumerate(scenario.teams)], axis=1)
    return paid * np.stack([_present(team, firsts) for team in scenario.teams], axis=1)


def _given(team: Team, grid: Grid, firsts: list[date]) -> Float64:
    """Paid hours of those of the start and of given classes."""
    people = team.workforce
    if people is None:
        assert team.staffing is not None  # a team has one of the two
        agent_hours = np.array(team.staffing.agents) * grid.interval_lengths / HOUR
        by_week = np.bincount(grid.week_of_interval, agent_hours, len(firsts))
        return np.asarray(by_week * (WEEK / np.diff(grid.weeks)))
    hours = np.full(len(firsts), people.headcount * _of_head(team))
    for entry in people.classes:
        trained = entry.start + timedelta(weeks=people.training_weeks(entry))
        of_each = entry.hours_per_week or people.mean_hours
        hours += entry.size * of_each * _there(firsts, trained, entry.until)
    return hours


def _of_head(team: Team) -> float:
    """Paid hours a week of a head of the usual contract."""
    return team.workforce.mean_hours if team.workforce is not None else 0.0


def _present(team: Team, firsts: list[date]) -> Float64:
    """Share of paid hours on the floor."""
    if team.workforce is None:
        return np.ones(len(firsts))
    return np.array([1 - Shrinkage.of(team.workforce, first).lost for first in firsts])


def _there(firsts: list[date], begin: date, until: date | None) -> Float64:
    return np.array([begin <= first and (until is None or first <= until) for first in firsts], np.float64)


def _with_plan(team: Team, given: Float64, firsts: list[date]) -> Float64:
    plan = next((policy for policy in team.policies if policy.heads), None)
    if plan is None or team.workforce is None:
        return given
    targets = sorted((period.first, heads) for period, heads in (plan.heads or {}).items())
    weeks = np.arange(len(firsts))
    least = np.where(weeks < team.workforce.ramp.notice_weeks, given, 0.0)
    most = np.where(weeks < weeks_to_grow(team.workforce), given, np.inf)
    planned = given.copy()
    for week, first in enumerate(firsts):
        in_force = [heads for begins, heads in targets if begins <= first][-1:]
        if in_force:
            planned[week] = np.clip(in_force[0] * _of_head(team), least[week], most[week])
    return planned


def weeks_to_grow(people: Workforce) -> float:
    """Weeks from a requisition to the end of its people's training, on average."""
    return people.hiring.lead_time_weeks.mean + people.hiring.training_weeks if people.hiring is not None else np.inf
