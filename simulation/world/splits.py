"""Which teams get which share of a queue's work, as planned: by allocation, else by the first tier's planned FTE.

A queue is served by the teams with the skill that stand in its route, or, without steps, by all with the skill. Under
ALLOCATION, and in a transition, each vendor's share goes to the first step that names teams of that vendor; otherwise
all goes to the first step. What no vendor here takes in a transition is not offered. Teams of a step share by their
planned FTE of the week, alike where none is planned; an FTE is paid hours, also of given agents. Of a vendor who
leaves, what its teams have goes step by step to the first step that names teams of its successor (`exits`). Sources:
`scenario.md`, "Required agents".
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

import numpy as np

from simulation.scenario.grid import HOUR, WEEK, Grid, Int64
from simulation.scenario.queues import Queue
from simulation.scenario.routes import Choice
from simulation.scenario.scenario import Scenario
from simulation.scenario.transitions import Transition
from simulation.scenario.vendors import Team
from simulation.world.arrivals import NEVER
from simulation.world.demand import Float64
from simulation.world.exits import exits
from simulation.world.route_lines import local_midnight

FULL_TIME = 40.0
"""Paid hours of a week of one FTE where agents are given; they are paid for their time on the floor."""


@dataclass(frozen=True, eq=False)
class Split:
    """Shares of one queue's work.

    teams: places of the teams that serve it, ascending
    row: Int64 (intervals,), which row of shares holds
    shares: Float64 (rows, all teams), each row sums to 1
    offered: Float64 (rows,), share of the contacts that is offered here
    """

    teams: tuple[int, ...]
    row: Int64
    shares: Float64
    offered: Float64

    def mean(self, by_team: Float64) -> Float64:
        """Float64 (intervals,): the mean of a figure of the teams, weighted by their shares."""
        return np.asarray((self.shares @ by_team)[self.row])


def splits(scenario: Scenario, grid: Grid) -> list[Split]:
    """How every queue's work is split, in the scenario's order of queues."""
    planned = np.stack([planned_fte(team, grid) for team in scenario.teams], axis=1)
    _move(planned, scenario, grid)
    return [_split(queue, scenario, grid, planned) for queue in scenario.queues]


def planned_fte(team: Team, grid: Grid) -> Float64:
    """Float64 (weeks,): FTE past training by the team's own plan, attrition aside; of given agents their hours on the
    floor a week / FULL_TIME: a desk day and night is 168 / 40 FTE."""
    weeks = len(grid.weeks) - 1
    if team.workforce is None:
        assert team.staffing is not None  # a team has one of the two
        hours = np.bincount(grid.week_of_interval, np.array(team.staffing.agents) * grid.interval_lengths / HOUR, weeks)
        return np.asarray(hours / FULL_TIME * (WEEK / np.diff(grid.weeks)))
    mean_hours, full_time = team.workforce.mean_hours, team.workforce.hours_per_week
    fte = np.full(weeks, team.workforce.headcount * mean_hours / full_time)
    firsts = [grid.start + timedelta(weeks=week) for week in range(weeks)]
    for entry in team.workforce.classes:
        trained = entry.start + timedelta(weeks=team.workforce.training_weeks(entry))
        there = [trained <= first and (entry.until is None or first <= entry.until) for first in firsts]
        fte += entry.size * (entry.hours_per_week or mean_hours) / full_time * np.array(there)
    return fte


def _move(planned: Float64, scenario: Scenario, grid: Grid) -> None:
    """Takes the people of given moves from the planned FTE of their teams to those that they work for."""
    index = {team.id: t for t, team in enumerate(scenario.teams)}
    crews = {team.id: team.workforce for team in scenario.teams if team.workforce is not None}
    firsts = [grid.start + timedelta(weeks=week) for week in range(len(planned))]
    for team, crew in crews.items():
        for move in crew.moves:
            away = np.array([move.start <= first and (move.until is None or first <= move.until) for first in firsts])
            there = away & np.array([first >= move.start + timedelta(weeks=move.training_weeks) for first in firsts])
            hours, home = move.heads * crews[move.from_].mean_hours, planned[:, index[move.from_]]
            home[:] = np.maximum(home - away * (hours / crews[move.from_].hours_per_week), 0)
            planned[:, index[team]] += there * (hours / crew.hours_per_week)


def _split(queue: Queue, scenario: Scenario, grid: Grid, planned: Float64) -> Split:
    names = [team.id for team in scenario.teams]
    skilled = [team.id for team in scenario.teams if any(skill.queue == queue.id for skill in team.skills)]
    steps = [[name for name in step.teams if name in skilled] for step in queue.route.steps] or [skilled]
    phases = _phases(queue, scenario, grid)
    begins = np.array([begin for begin, *_ in phases], np.int64)
    handovers = [(one, one.edges(queue, grid)) for one in exits(scenario)]
    edges = np.unique(np.concatenate([grid.weeks[:-1], begins, *(steps for _, steps in handovers)]))
    edges = edges[edges < grid.horizon]
    week = np.searchsorted(grid.weeks, np.maximum(edges, 0), "right") - 1
    shares, offered = np.zeros((len(edges), len(names))), np.ones(len(edges))
    for row, phase in enumerate((np.searchsorted(begins, edges, "right") - 1).tolist()):
        offered[row] = phases[phase][2]
        for vendor_share, tier in _tiers(scenario, steps, phases[phase][1]):
            _divide(shares[row], vendor_share, [names.index(name) for name in tier], planned[week[row]])
        for one, times in handovers:
            gone = float(np.searchsorted(times, edges[row], "right")) / one.weeks
            leaving = [t for t in range(len(names)) if names[t] in _teams_of(one.vendor, scenario)]
            handed_over = gone * float(shares[row, leaving].sum())
            shares[row, leaving] *= 1 - gone
            for share, tier in _tiers(scenario, steps, {one.to: handed_over}):
                _divide(shares[row], share, [names.index(name) for name in tier], planned[week[row]])
    served = tuple(sorted({names.index(name) for tier in steps for name in tier}))
    return Split(served, np.searchsorted(edges, grid.interval_starts, "right") - 1, shares, offered)


def _divide(shares: Float64, share: float, places: list[int], planned: Float64) -> None:
    """Adds a share to those of some teams, by their planned FTE."""
    weights = planned[places] if planned[places].sum() else np.ones(len(places))
    shares[places] += share * weights / weights.sum()


def _teams_of(vendor: str, scenario: Scenario) -> set[str]:
    return {team.id for one in scenario.vendors if one.id == vendor for team in one.teams}


Phase = tuple[int, Mapping[str, float] | None, float]
"""Instant from which it holds, shares of vendors in what is offered (None: no vendor has a share), share offered."""


def _phases(queue: Queue, scenario: Scenario, grid: Grid) -> list[Phase]:
    """What holds one after the other, the first from before the start on."""
    moving = next((one for one in scenario.transitions if queue.id in one.queues), None)
    if moving is not None:
        return _moving_phases(queue, moving, grid)
    if queue.route.choice is not Choice.ALLOCATION:
        return [(-NEVER, None, 1.0)]
    found: list[Phase] = []
    for entry in queue.route.allocation:
        begins = -NEVER if entry.from_ is None else local_midnight(queue, entry.from_, grid)
        total = sum(entry.shares.values())
        found.append((begins, {vendor: share / total for vendor, share in entry.shares.items()}, 1.0))
    return [(-NEVER, *found[0][1:]), *found[1:]]


def _moving_phases(queue: Queue, moving: Transition, grid: Grid) -> list[Phase]:
    steps = [(-NEVER, 0.0), *((local_midnight(queue, step.from_, grid), step.share) for step in moving.steps)]
    if moving.from_ is None:
        return [(begins, {moving.to: 1.0}, share) for begins, share in steps]
    return [(begins, {moving.to: share, moving.from_: 1 - share}, 1.0) for begins, share in steps]


def _tiers(
    scenario: Scenario, steps: Sequence[list[str]], vendors: Mapping[str, float] | None
) -> list[tuple[float, list[str]]]:
    """(share, teams that divide it) of what each vendor gets, or of all."""
    if vendors is None:
        return [(1.0, steps[0])]
    found = []
    for vendor in scenario.vendors:
        own = {team.id for team in vendor.teams}
        tiers = [[name for name in step if name in own] for step in steps]
        if vendors.get(vendor.id):
            found.append((vendors[vendor.id], next(tier for tier in tiers if tier)))
    return found
