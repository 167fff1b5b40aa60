"""Which teams get which share of a queue's work, as planned: by allocation, else by the first tier's planned FTE.

A queue is served by the teams with the skill that stand in its route, or, without steps, by all with the skill. Under
ALLOCATION, and in a transition, each vendor's share goes to the first step that names teams of that vendor; otherwise
all goes to the first step. What no vendor here takes in a transition is not offered. Teams of a step share by their
planned FTE of the week (`planned`), alike where none is planned; an FTE is paid hours, also of given agents. Of a
vendor who leaves, what its teams have goes step by step to the first step that names teams of its successor (`exits`).
Sources: `scenario.md`, "Required agents".
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from simulation.scenario.grid import Grid, Int64
from simulation.scenario.queues import Queue
from simulation.scenario.routes import Choice
from simulation.scenario.scenario import Scenario
from simulation.scenario.transitions import Transition
from simulation.world.arrivals import NEVER
from simulation.world.demand import Float64
from simulation.world.exits import exits
from simulation.world.planned import planned_fte
from simulation.world.route_lines import local_midnight


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
    planned = planned_fte(scenario, grid)
    return [_split(queue, scenario, grid, planned) for queue in scenario.queues]


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
