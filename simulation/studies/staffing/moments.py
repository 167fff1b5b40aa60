"""What every interval asks of the teams: rates of contacts, their mean handling, the share wanted in time.

Rates are those at which contacts arrive while the queue is open, what follows from contacts included and what
automation settles left out (`world.planning.workload`); deferred work lies on the open time until it is due. Handling
is that of an agent of speed 1. An interval in its stationary state is a *moment*: the same rates for ever.
"""

from dataclasses import dataclass

import numpy as np

from simulation.scenario.grid import Grid
from simulation.scenario.scenario import Scenario
from simulation.world.demand.cells import Cells, Float64, expected_cells, handling_multipliers
from simulation.world.planning.requirement import goal_of
from simulation.world.planning.splits import Split, splits
from simulation.world.planning.workload import agent_seconds, expected_contacts, load


@dataclass(frozen=True, eq=False)
class Moments:
    """Every interval of a scenario; Float64 (intervals, queues) each.

    rates: contacts a second; handling: seconds of an agent of speed 1 that a contact takes; multipliers: of the
    handling time as it is given; shares: of contacts wanted in time, 0 where none come
    """

    rates: Float64
    handling: Float64
    multipliers: Float64
    shares: Float64

    @classmethod
    def of(cls, scenario: Scenario, grid: Grid) -> "Moments":
        """The intervals of a scenario, before chance comes in."""
        cells, multipliers = expected_cells(scenario, grid), handling_multipliers(scenario, grid)
        split = splits(scenario, grid)
        contacts = expected_contacts(
            scenario,
            grid,
            cells,
            [_unsolved(scenario, q, own) for q, own in enumerate(split)],
            np.stack([own.offered[own.row] for own in split], axis=1),
        )
        rates, handling, shares = (np.zeros_like(contacts) for _ in range(3))
        for q, queue in enumerate(scenario.queues):
            growing, fixed = agent_seconds(queue)
            handling[:, q] = growing * multipliers[q] + fixed
            offered = load(queue, contacts[:, q], handling[:, q], grid)
            rates[:, q] = offered / handling[:, q] / _open_share(cells[q], grid, deferred=queue.turnaround is not None)
            shares[:, q] = goal_of(scenario, queue, rates[:, q] > 0, grid).shares
        return cls(rates, handling, np.stack(multipliers, axis=1), shares)


def _unsolved(scenario: Scenario, place: int, split: Split) -> Float64:
    """Float64 (intervals,): the share of a queue's contacts that is not solved."""
    name = scenario.queues[place].id
    skills = [{skill.queue: skill for skill in team.skills}.get(name) for team in scenario.teams]
    return np.asarray(1 - split.mean(np.array([0.0 if skill is None else skill.resolution for skill in skills])))


def _open_share(cells: Cells, grid: Grid, *, deferred: bool) -> Float64:
    """Float64 (intervals,): the share of each interval in which contacts may come; 1 for work that waits anyway."""
    if deferred:
        return np.ones(grid.intervals)
    opened = np.bincount(cells.interval, cells.length, grid.intervals)
    return np.asarray(np.where(opened > 0, opened, grid.interval_lengths) / grid.interval_lengths)
