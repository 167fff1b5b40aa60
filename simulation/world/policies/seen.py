"""What a planner can have seen: figures of weeks that are over and the forecast's requirement, never the future."""

from collections.abc import Callable, Sequence

import numpy as np
import simpy

from simulation.outcome.counting.counters import Counters, Int64
from simulation.outcome.counting.measure import Measure
from simulation.outcome.counting.queue_measures import QUEUE_MEASURES, SERVICE_LEVELS
from simulation.scenario.grid import SECOND, Grid
from simulation.scenario.queues.channels import DEFERRED_CHANNELS
from simulation.scenario.queues.queue import Queue
from simulation.world.people.learning import Float64
from simulation.world.planning.requirement import Requirement


class NotYetSeenError(Exception):
    """A policy asked for figures of a week that is not over."""


class Seen:
    """One replication as its planners see it, read only.

    requirement: of the scenario's forecast. counters: of the replication, written as it goes; catch_up brings the
    floor's up to now.
    """

    def __init__(
        self,
        env: simpy.Environment,
        grid: Grid,
        queues: Sequence[Queue],
        requirement: Requirement,
        counters: Counters,
        catch_up: Callable[[], None],
    ) -> None:
        self._env, self._grid, self._queues, self._counters = env, grid, queues, counters
        self._requirement, self._catch_up = requirement, catch_up
        self._looked_at = -1
        self._served: dict[tuple[int, int], tuple[float, float]] = {}
        self._summed: dict[tuple[int, int], Int64] = {}

    def required_fte(self, team: int) -> Float64:
        """Float64 (weeks,): paid FTE that the forecast requires of a team."""
        return self._requirement.fte(team)

    def in_time(self, queues: Sequence[str], week: int) -> float | None:
        """Share of the contacts of some queues in a week that is over that were served in time; None without any.

        Of an immediate queue by its target's formula, of those who arrived; of a deferred one of the work due in the
        week, or without a turnaround of the contacts whose threshold passed in it, again by the formula. Several
        queues are added up.
        """
        if self._env.now < self._grid.weeks[week + 1]:
            raise NotYetSeenError(f"week {week} is not over")
        over = under = 0.0
        for q, queue in enumerate(self._queues):
            if queue.id in queues:
                kept, promised = self._kept(q, week)
                over += kept
                under += promised
        return over / under if under > 0 else None

    def _kept(self, queue: int, week: int) -> tuple[float, float]:
        """Kept and all promises of a queue in a week, as they stand now; several teams look at the same instant."""
        if self._looked_at != self._env.now:
            self._looked_at = int(self._env.now)
            self._served.clear()
            self._summed.clear()
            self._catch_up()
        if (queue, week) not in self._served:
            kept, promised = _promise(self._queues[queue]).parts(self._counted(queue, week), np.ones(1))
            self._served[queue, week] = float(kept[0]), float(promised[0]) if promised is not None else 0.0
        return self._served[queue, week]

    def _counted(self, queue: int, week: int) -> Int64:
        """Int64 (1, fields): a queue's counters over a week, earlier by the time until which its promise is open."""
        bounds = self._grid.weeks[week : week + 2] - _open_for(self._queues[queue])
        first, last = np.searchsorted(self._grid.interval_edges[1:], bounds, "right").tolist()
        if (first, last) not in self._summed:  # of all queues, which lie side by side
            self._summed[first, last] = self._counters.queues[first:last].sum(axis=0)
        return np.asarray(self._summed[first, last][queue, None])


def _promise(queue: Queue) -> Measure:
    return SERVICE_LEVELS[queue.target.formula] if queue.turnaround is None else QUEUE_MEASURES["turnaround_met"]


def _open_for(queue: Queue) -> int:
    """Microseconds from the counters' interval in which nobody can know yet; seconds of immediate work are none."""
    is_long = queue.channel in DEFERRED_CHANNELS and queue.turnaround is None
    return round(queue.target.threshold_seconds * SECOND) if is_long else 0
