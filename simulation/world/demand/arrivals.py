"""Contacts before they reach the floor: when each arrives, how long it would wait, how much work it is.

A contact is named by its queue and its number, `minute << 24 | k`: the k-th contact of the demand cell that begins in
that minute of the scenario. All its draws are keyed by that name, so the same contact is the same in every scenario
that shares its start and hours. A cell's count is the inverse of the Poisson distribution at one keyed uniform: more
volume keeps the contacts of less volume and adds some. Its mean is the expected volume times the day's busyness and
the week's forecast error. Where automation contains contacts, each has one keyed draw: whether it is taken, and
whether automation fails; a contact that fails reaches the queue as it would have without automation.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import IntEnum
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from scipy import special

from simulation.outcome.counting.counters import Int64
from simulation.scenario.grid import SECOND, day_number
from simulation.scenario.queues.queue import Queue
from simulation.world.demand.cells import Cells
from simulation.world.demand.distributions import draw, time_table
from simulation.world.demand.variability import volumes_drawn
from simulation.world.randomness import Draws, Purpose, bits, bits_of_mixed, mix_array, unit

NEVER = 1 << 62
"""A time after every horizon, in microseconds."""

NUMBER_BITS = 24
_ORDER_BITS = 26
HALF = 32
"""A contact's draw of automation holds two: above these bits whether it is taken, in them whether that fails."""


class Origin(IntEnum):
    """Why a contact comes. The numbers are the order of the counters' columns of offered contacts by origin."""

    NEW = 0
    RETRIAL = 1
    REPEAT = 2
    TRANSFER = 3
    REWORK = 4
    BOT_FAILURE = 5
    REQUEUED = 6


@dataclass(frozen=True)
class Trace:
    """Contacts in the order in which they arrive; ties by queue, then number. Times in microseconds.

    arrives: instants. queue: index of the queue. number: the contact's number within its queue. origin: an `Origin`.
    gives_up: instants, NEVER without patience. work: handling time at unit speed, at least 1. Empty when the floor is
    to draw them by the contact's name.
    """

    arrives: Int64
    queue: Int64
    number: Int64
    gives_up: Int64
    work: Int64
    origin: Int64

    def __len__(self) -> int:
        return len(self.arrives)

    @property
    def drawn(self) -> bool:
        """Whether patience and work are."""
        return len(self.work) == len(self.gives_up) == len(self.arrives)


class TraceRoom:
    """Memory in which traces are written one over the other: fresh pages cost a twentieth of a replication's time."""

    def __init__(self) -> None:
        self._numbers: Int64 = np.empty(0, np.int64)

    def rows(self, count: int, length: int) -> Int64:
        """Int64 (count, length), whatever is in it; what was given before is not to be read any more."""
        if len(self._numbers) < count * length:
            self._numbers = np.empty(count * (length + length // 4), np.int64)  # days differ
        return self._numbers[: count * length].reshape(count, length)


@dataclass(frozen=True)
class Arriving:
    """Contacts of one queue, cell by cell. name: their mixed numbers. origin: None where all are NEW."""

    arrives: Int64
    number: Int64
    origin: Int64 | None
    cell: Int64
    name: NDArray[np.uint64]


def poisson_counts(uniforms: NDArray[np.float64], means: NDArray[np.float64]) -> Int64:
    """The least k with P(Poisson(mean) <= k) >= uniform, elementwise.

    Begins at the Cornish-Fisher approximation, which is off by one or two, and steps to the exact one.
    """
    counts = np.zeros(len(means), np.int64)
    some = np.flatnonzero(uniforms > np.exp(-means))
    u, mean = uniforms[some], means[some]
    score = np.minimum(special.ndtri(u), 9.0)
    k = np.maximum(np.rint(mean + np.sqrt(mean) * score + (score * score - 1) / 6), 1)
    down = special.pdtr(k, mean) >= u
    moving = np.arange(len(k))
    while len(moving):
        falls = down[moving]
        ahead = k[moving] + np.where(falls, -1, 1)
        reached = special.pdtr(ahead, mean[moving]) >= u[moving]
        k[moving] = np.where(falls & ~reached, k[moving], ahead)
        moving = moving[falls == reached]
    counts[some] = k.astype(np.int64)
    return counts


Counting = Callable[[int, Int64, NDArray[np.float64]], Int64]
"""Numbers of contacts of the cells with some numbers, from a stream and means."""


def drawn_counts(stream: int, numbers: Int64, means: NDArray[np.float64]) -> Int64:
    """`poisson_counts` at the uniforms of numbers of a stream."""
    return poisson_counts(unit(bits(stream, numbers.astype(np.uint64))), means)


class QueueArrivals:
    """The contacts of one queue in one replication.

    `correlation` is the scenario's `busyness_correlation`; `counted` is `drawn_counts` or does the same. By cell of
    demand: `cells`, `minutes` that name them, `counts` of contacts, and `settled`, those of the cells drawn so far that
    automation settled and that are never offered.
    """

    def __init__(
        self,
        queue: Queue,
        cells: Cells,
        handling_multipliers: NDArray[np.float64],
        draws: Draws,
        correlation: float = 0.0,
        counted: Counting = drawn_counts,
    ) -> None:
        self.cells, self.minutes = cells, cells.minutes
        means = volumes_drawn(queue, cells, correlation, draws)
        self._queue, self._draws, self._multipliers = queue, draws, handling_multipliers
        self.counts = counted(self.stream(Purpose.VOLUME), self.minutes, means)
        self.settled = np.zeros(len(self.counts), np.int64)

    def cells_between(self, first_interval: int, last_interval: int) -> tuple[int, int]:
        """The range of cells in a range of intervals."""
        first, last = self.cells.interval.searchsorted((first_interval, last_interval)).tolist()
        return first, last

    def is_contained(self, first: int, last: int) -> bool:
        """Whether automation takes contacts of a range of cells."""
        return bool(self._queue.containment) and bool(self.automated[0][first:last].any())

    def between(self, first_interval: int, last_interval: int) -> Arriving:
        """The contacts of a range of intervals that reach people, cell by cell."""
        first, last = self.cells_between(first_interval, last_interval)
        counts = self.counts[first:last]
        total, origin = int(counts.sum()), None
        cell = np.repeat(np.arange(first, last, dtype=np.int64), counts)
        k = np.arange(total, dtype=np.int64) - np.repeat(np.cumsum(counts) - counts, counts)
        number = (self.minutes.take(cell) << NUMBER_BITS) + k
        name = mix_array(number.view(np.uint64))
        if self.is_contained(first, last):
            settled, origin = self._settled(cell, name)
            self.settled[first:last] = np.bincount(cell[settled] - first, minlength=last - first)
            if len(settled):
                rest = np.ones(total, np.bool_)
                rest[settled] = False
                cell, number, name, origin = cell[rest], number[rest], name[rest], origin[rest]
        position = (self._bits(Purpose.ARRIVAL, name) >> np.uint64(11)).astype(np.float64) * 2.0**-53
        arrives = self.cells.start.take(cell) + (position * self.cells.length.take(cell)).astype(np.int64)
        return Arriving(arrives, number, origin, cell, name)

    def patience(self, arriving: Arriving) -> Int64:
        """When contacts give up, NEVER without patience."""
        patience = self._queue.patience
        if patience is None:
            return np.full(len(arriving.arrives), NEVER, np.int64)
        drawn = draw(time_table(patience), self._bits(Purpose.PATIENCE, arriving.name)) * (patience.mean * SECOND)
        gives_up: Int64 = arriving.arrives + np.rint(drawn).astype(np.int64)
        return gives_up

    def work(self, arriving: Arriving) -> Int64:
        """Handling times of contacts at unit speed."""
        mean = self.mean_work.take(self.cells.interval.take(arriving.cell))
        drawn = draw(self.quantiles, self._bits(Purpose.WORK, arriving.name)) * mean
        work: Int64 = np.maximum(np.rint(drawn), 1).astype(np.int64)
        return work

    @cached_property
    def mean_work(self) -> NDArray[np.float64]:
        """Float64 (intervals,): of the contacts that arrive in each."""
        return np.asarray(self._queue.handling.mean * SECOND * self._multipliers)

    @property
    def quantiles(self) -> NDArray[np.float64]:
        """Of the work: the table for a mean of 1."""
        return time_table(self._queue.handling)

    def stream(self, purpose: Purpose) -> int:
        """The key of the queue's draws for a purpose."""
        return self._draws.stream(purpose, self._queue.id)

    def _bits(self, purpose: Purpose, name: NDArray[np.uint64]) -> NDArray[np.uint64]:
        return bits_of_mixed(self.stream(purpose), name)

    def _settled(self, cell: Int64, name: NDArray[np.uint64]) -> tuple[Int64, Int64]:
        """Places of the contacts that automation settles, and the origin of all.

        The upper half of a draw says whether automation takes the contact, the lower whether it fails.
        """
        drawn, (takes, failing) = self._bits(Purpose.CONTAINMENT, name), self.automated
        taken = np.flatnonzero(drawn < takes.take(cell))
        fails = drawn.take(taken) << np.uint64(HALF) < failing.take(cell.take(taken))
        origin = np.zeros(len(name), np.int64)
        origin[taken[fails]] = Origin.BOT_FAILURE
        return taken[~fails], origin

    @cached_property
    def automated(self) -> tuple[NDArray[np.uint64], NDArray[np.uint64]]:
        """By cell, of 2^64: how many draws automation takes, and how many of their lower halves, moved up, it fails."""
        taken, failing = np.zeros((2, len(self.cells.day)), np.uint64)
        for entry in self._queue.containment:
            begun = self.cells.day >= day_number(entry.from_)
            taken[begun], failing[begun] = _limit(entry.share), _limit(entry.failure)
        return taken, failing


def _limit(share: float) -> int:
    return min(round(share * (1 << HALF)) << HALF, (1 << 64) - 1)


def contained(queues: Sequence[QueueArrivals], intervals: int) -> Int64:
    """Int64 (intervals, queues): contacts that automation settled, by the interval of their arrival."""
    settled = np.zeros((intervals, len(queues)), np.int64)
    for q, queue in enumerate(queues):
        np.add.at(settled[:, q], queue.cells.interval, queue.settled)
    return settled


def trace(queues: Sequence[QueueArrivals], first_interval: int, last_interval: int, *, drawn: bool = True) -> Trace:
    """All queues' contacts of a range of intervals in one trace, with their patience and work where `drawn`."""
    parts = [queue.between(first_interval, last_interval) for queue in queues]
    arrives = np.concatenate([part.arrives for part in parts])
    owner = np.repeat(np.arange(len(parts), dtype=np.int64), [len(part.arrives) for part in parts])
    order = order_of(arrives)

    def in_order(columns: Sequence[Int64]) -> Int64:
        return np.concatenate(columns).take(order)

    origin = np.zeros(len(order), np.int64)
    if any(part.origin is not None for part in parts):
        origin = in_order([np.zeros_like(part.arrives) if part.origin is None else part.origin for part in parts])
    gives_up = work = np.zeros(0, np.int64)
    if drawn:
        gives_up = in_order([queue.patience(part) for queue, part in zip(queues, parts, strict=True)])
        work = in_order([queue.work(part) for queue, part in zip(queues, parts, strict=True)])
    return Trace(arrives.take(order), owner.take(order), in_order([p.number for p in parts]), gives_up, work, origin)


def order_of(arrives: Int64) -> Int64:
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
