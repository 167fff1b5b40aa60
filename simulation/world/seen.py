"""What a planner can have seen: figures of weeks that are over and the forecast's requirement, never the future."""

from collections.abc import Sequence

import numpy as np
import simpy

from simulation.outcome.counters import Counters, Int64
from simulation.outcome.measure import Measure
from simulation.outcome.measures import QUEUE_MEASURES, SERVICE_LEVELS
from simulation.scenario.grid import Grid
from simulation.scenario.queues import DEFERRED_CHANNELS, Queue
from simulation.world.learning import Float64
from simulation.world.requirement import Requirement


class NotYetSeenError(Exception):
    """A policy asked for figures of a week that is not over."""


class Seen:
    """One replication as its planners see it, read only.

    requirement: of the scenario's forecast. counters: of the replication, written as it goes.
    """

    def __init__(
        self, env: simpy.Environment, grid: Grid, queues: Sequence[Queue], requirement: Requirement, counters: Counters
    ) -> None:
        self._env, self._grid, self._queues, self._counters = env, grid, queues, counters
        self._requirement = requirement
        self._first = np.searchsorted(grid.week_of_interval, np.arange(len(grid.weeks))).tolist()

    def required_fte(self, team: int) -> Float64:
        """Float64 (weeks,): paid FTE that the forecast requires of a team."""
        return self._requirement.fte(team)

    def in_time(self, queues: Sequence[str], week: int) -> float | None:
        """Share of the contacts of some queues in a week that is over that were served in time; None without any.

        Of an immediate queue by its target's formula, of a deferred one the share of the work due that was done; a
        deferred queue without a turnaround is left out. Several queues are added up.
        """
        if self._env.now < self._grid.weeks[week + 1]:
            raise NotYetSeenError(f"week {week} is not over")
        over = under = 0.0
        for q, queue in enumerate(self._queues):
            measure = _promise(queue)
            if queue.id in queues and measure is not None:
                counted = self._counted(q, week)
                numerator, denominator = measure.parts(counted, np.ones(1))
                over += float(numerator[0])
                under += float(denominator[0]) if denominator is not None else 0.0
        return over / under if under > 0 else None

    def _counted(self, queue: int, week: int) -> Int64:
        """Int64 (1, fields): a queue's counters over a week."""
        rows = self._counters.queues[self._first[week] : self._first[week + 1], queue]
        total: Int64 = rows.sum(axis=0, keepdims=True)
        return total


def _promise(queue: Queue) -> Measure | None:
    if queue.channel not in DEFERRED_CHANNELS:
        return SERVICE_LEVELS[queue.target.formula]
    return QUEUE_MEASURES["turnaround_met"] if queue.turnaround is not None else None
