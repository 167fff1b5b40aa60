"""Contacts before they reach the floor: when each arrives, how long it would wait, how much work it is.

A contact is named by its queue and its number, `minute << 24 | k`: the k-th contact of the demand cell that begins in
that minute of the scenario. All its draws are keyed by that name, so the same contact is the same in every scenario
that shares its start and hours. A cell's count is the inverse of the Poisson distribution at one keyed uniform: more
volume keeps the contacts of less volume and adds some.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import special

from simulation.outcome.counters import Int64
from simulation.scenario.grid import MINUTE
from simulation.scenario.queues import Queue
from simulation.world.demand import Cells
from simulation.world.distributions import draw, quantile_table
from simulation.world.randomness import Draws, Purpose, bits

NEVER = 1 << 62
"""A time after every horizon, in microseconds."""

NUMBER_BITS = 24
_ORDER_BITS = 26


@dataclass(frozen=True)
class Trace:
    """Contacts in the order in which they arrive; ties by queue, then number. Times in microseconds.

    arrives, gives_up: instants (`gives_up` is NEVER without patience). work: handling time at unit speed, at least 1.
    queue: index of the queue. number: the contact's number within its queue. origin: why it comes (`floor.Origin`).
    """

    arrives: Int64
    queue: Int64
    number: Int64
    gives_up: Int64
    work: Int64
    origin: Int64

    def __len__(self) -> int:
        return len(self.arrives)


def poisson_counts(uniforms: NDArray[np.float64], means: NDArray[np.float64]) -> Int64:
    """The least k with P(Poisson(mean) <= k) >= uniform, elementwise."""
    counts = np.zeros(len(means), np.int64)
    some = np.flatnonzero(uniforms > np.exp(-means))
    u, mean = uniforms[some], means[some]
    k = np.maximum(np.ceil(special.pdtrik(u, mean)), 1)
    k -= special.pdtr(k - 1, mean) >= u  # the real-valued inverse is off by rounding at whole numbers
    k += special.pdtr(k, mean) < u
    counts[some] = k.astype(np.int64)
    return counts


class QueueArrivals:
    """The contacts of one queue in one replication."""

    def __init__(self, queue: Queue, cells: Cells, handling_multipliers: NDArray[np.float64], draws: Draws) -> None:
        self._cells = cells
        self._minutes = cells.start // MINUTE
        volume_draws = draws.uniforms(Purpose.VOLUME, queue.id, self._minutes)
        self._counts = poisson_counts(volume_draws, cells.volume)
        self._position = draws.stream(Purpose.ARRIVAL, queue.id)
        self._patience = draws.stream(Purpose.PATIENCE, queue.id)
        self._work = draws.stream(Purpose.WORK, queue.id)
        handling = queue.handling
        self._work_table = quantile_table(handling.distribution, handling.cv)
        self._mean_work = handling.mean_seconds * 1e6 * handling_multipliers[cells.interval]
        self._patience_table = None
        if queue.patience is not None:
            self._patience_table = quantile_table(queue.patience.distribution, queue.patience.cv)
            self._mean_patience = queue.patience.mean_seconds * 1e6

    def between(self, first_interval: int, last_interval: int) -> tuple[Int64, Int64, Int64, Int64]:
        """(arrives, number, gives_up, work) of the contacts of a range of intervals, by number."""
        first, last = np.searchsorted(self._cells.interval, [first_interval, last_interval])
        counts = self._counts[first:last]
        total = int(counts.sum())
        cell = np.repeat(np.arange(first, last, dtype=np.int64), counts)
        k = np.arange(total, dtype=np.int64) - np.repeat(np.cumsum(counts) - counts, counts)
        number = self._minutes[cell] << NUMBER_BITS | k
        name = number.astype(np.uint64)
        position = (bits(self._position, name) >> np.uint64(11)).astype(np.float64) * 2.0**-53
        arrives = self._cells.start[cell] + (position * self._cells.length[cell]).astype(np.int64)
        work = np.maximum(np.rint(draw(self._work_table, bits(self._work, name)) * self._mean_work[cell]), 1)
        if self._patience_table is None:
            gives_up = np.full(total, NEVER, np.int64)
        else:
            patience = draw(self._patience_table, bits(self._patience, name)) * self._mean_patience
            gives_up = arrives + np.rint(patience).astype(np.int64)
        return arrives, number, gives_up, work.astype(np.int64)


def trace(queues: Sequence[QueueArrivals], first_interval: int, last_interval: int) -> Trace:
    """All queues' contacts of a range of intervals in one trace."""
    parts = [queue.between(first_interval, last_interval) for queue in queues]
    arrives, number, gives_up, work = (np.concatenate(column) for column in zip(*parts, strict=True))
    owner = np.repeat(np.arange(len(parts), dtype=np.int64), [len(part[0]) for part in parts])
    order = _order(arrives)
    new = np.zeros(len(order), np.int64)
    return Trace(arrives[order], owner[order], number[order], gives_up[order], work[order], new)


def _order(arrives: Int64) -> Int64:
    """A stable sorting order; time and place in one number sort several times faster than an argsort."""
    if not len(arrives):
        return np.empty(0, np.int64)
    since = arrives - arrives.min()
    if len(arrives) >= 1 << _ORDER_BITS or int(since.max()) >= 1 << (63 - _ORDER_BITS):
        return np.argsort(arrives, kind="stable").astype(np.int64)
    packed = since << _ORDER_BITS | np.arange(len(arrives), dtype=np.int64)
    packed.sort()
    order: Int64 = packed & ((1 << _ORDER_BITS) - 1)
    return order
