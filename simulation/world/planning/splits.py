"""Which teams get which share of a queue's work, as planned: by allocation, else by the first tier's planned hours.

A queue is served by the teams with the skill that stand in its route, or, without steps, by all with the skill. Under
ALLOCATION, and in a transition, each vendor's share goes to the first step that names teams of that vendor; otherwise
all goes to the first step. What no vendor here takes in a transition is not offered. Teams of a step share by their
planned hours on the floor of the week (`planned`), alike where none are planned. Of a
vendor who leaves, what its teams have goes step by step to the first step that names teams of its successor (`exits`).
Teams without a share may serve too: those of later steps, of the vendors who get contacts at that time, of the old one
in a parallel time, and of a successor from the start of the handover on.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

import numpy as np
from numpy.typing import NDArray

from simulation.scenario.grid import Grid, Int64
from simulation.scenario.queues.queue import Queue
from simulation.scenario.scenario import Scenario
from simulation.scenario.transitions import Transition
from simulation.world.demand.arrivals import NEVER
from simulation.world.demand.cells import Float64
from simulation.world.exits import exits
from simulation.world.floor.route_lines import local_midnight
from simulation.world.planning.planned import planned_hours


@dataclass(frozen=True, eq=False)
class Split:
    """Shares of one queue's work.

    teams: places of the teams that serve it, ascending
    row: Int64 (intervals,), which row of shares holds
    shares: Float64 (rows, all teams), each row sums to 1
    able: bool (rows, all teams), which teams may serve it, with a share or without
    offered: Float64 (rows,), share of the contacts that is offered here
    """

    teams: tuple[int, ...]
    row: Int64
    shares: Float64
    able: NDArray[np.bool_]
    offered: Float64

    def mean(self, by_team: Float64) -> Float64:
        """Float64 (intervals,): the mean of a figure of the teams, weighted by their shares."""
        return np.asarray((self.shares @ by_team)[self.row])

    def divide(self, amount: Float64, by_team: Float64) -> None:
        """Adds what falls to each team of an amount of the queue's work, Float64 (intervals,), to what all have."""
        for t in np.flatnonzero(self.shares.any(axis=0)):
            by_team[:, t] += amount * self.shares[:, t][self.row]


def splits(scenario: Scenario, grid: Grid) -> list[Split]:
    """How every queue's work is split, in the scenario's order of queues."""
    planned = planned_hours(scenario, grid)
    return [_split(queue, scenario, grid, planned) for queue in scenario.queues]


def _split(queue: Queue, scenario: Scenario, grid: Grid, planned: Float64) -> Split:
    names = [team.id for team in scenario.teams]
    skilled = [team.id for team in scenario.teams if any(skill.queue == queue.id for skill in team.skills)]
    steps = [[name for name in step.teams if name in skilled] for step in queue.route.steps] or [skilled]
    phases = _phases(queue, scenario, grid)
    begins = np.array([begin for begin, *_ in phases], np.int64)
    handovers = [(one, one.edges(queue, grid)) for one in exits(scenario)]
    starts = [[local_midnight(queue, one.start, grid)] for one, _ in handovers]
    edges = np.unique(np.concatenate([grid.weeks[:-1], begins, *starts, *(steps for _, steps in handovers)]))
    edges = edges[edges < grid.horizon]
    week = np.searchsorted(grid.weeks, np.maximum(edges, 0), "right") - 1
    served = sorted({names.index(name) for tier in steps for name in tier})
    shares, offered = np.zeros((len(edges), len(names))), np.ones(len(edges))
    able = np.zeros(shares.shape, np.bool_)
    for row, phase in enumerate((np.searchsorted(begins, edges, "right") - 1).tolist()):
        offered[row] = phases[phase][2]
        for vendor_share, tier in _tiers(scenario, steps, phases[phase][1]):
            _divide(shares[row], vendor_share, [names.index(name) for name in tier], planned[week[row]])
        vendors = phases[phase][1]
        there = {vendor.id for vendor in scenario.vendors} if vendors is None else set(vendors)
        for (one, times), (start,) in zip(handovers, starts, strict=True):
            if one.vendor in there and start <= edges[row]:
                there.add(one.to)
            gone = float(np.searchsorted(times, edges[row], "right")) / one.weeks
            leaving = [t for t in range(len(names)) if names[t] in _teams_of({one.vendor}, scenario)]
            handed_over = gone * float(shares[row, leaving].sum())
            shares[row, leaving] *= 1 - gone
            for share, tier in _tiers(scenario, steps, {one.to: handed_over}):
                _divide(shares[row], share, [names.index(name) for name in tier], planned[week[row]])
        able[row, served] = [names[t] in _teams_of(there, scenario) for t in served]
    return Split(tuple(served), np.searchsorted(edges, grid.interval_starts, "right") - 1, shares, able, offered)


def _divide(shares: Float64, share: float, places: list[int], planned: Float64) -> None:
    """Adds a share to those of some teams, by their planned hours."""
    weights = planned[places] if planned[places].sum() else np.ones(len(places))
    shares[places] += share * weights / weights.sum()


def _teams_of(vendors: Collection[str], scenario: Scenario) -> set[str]:
    return {team.id for one in scenario.vendors if one.id in vendors for team in one.teams}


Phase = tuple[int, Mapping[str, float] | None, float]
"""Instant from which it holds, shares in what is offered of the vendors who may serve (None: all may, none has a
share of its own), share offered."""


def _phases(queue: Queue, scenario: Scenario, grid: Grid) -> list[Phase]:
    """What holds one after the other, the first from before the start on."""
    moving = next((one for one in scenario.transitions if queue.id in one.queues), None)
    if moving is not None:
        return _moving_phases(queue, moving, grid)
    if not queue.route.allocation:
        return [(-NEVER, None, 1.0)]
    found: list[Phase] = []
    for entry in queue.route.allocation:
        begins = -NEVER if entry.from_ is None else local_midnight(queue, entry.from_, grid)
        total = sum(entry.shares.values())
        found.append((begins, {vendor: share / total for vendor, share in entry.shares.items() if share}, 1.0))
    return [(-NEVER, *found[0][1:]), *found[1:]]


def _moving_phases(queue: Queue, moving: Transition, grid: Grid) -> list[Phase]:
    steps = [(-NEVER, 0.0), *((local_midnight(queue, step.from_, grid), step.share) for step in moving.steps)]
    if moving.from_ is None:
        return [(begins, {moving.to: 1.0}, share) for begins, share in steps]
    found: list[Phase] = []
    for begins, share in steps:
        both = {moving.to: share, moving.from_: 1 - share}
        found.append((begins, {vendor: part for vendor, part in both.items() if part}, 1.0))
    if moving.parallel_weeks:
        ends = moving.steps[-1].from_ + timedelta(weeks=moving.parallel_weeks)
        begins, last, offered = found.pop()
        found.append((begins, {moving.from_: 0.0, **(last or {})}, offered))
        found.append((local_midnight(queue, ends, grid), last, offered))
    return found


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
