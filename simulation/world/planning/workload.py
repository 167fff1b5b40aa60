"""The work that a queue is expected to bring: contacts that reach people, and the load they are, by interval.

*Contacts.* Those of the cells less what automation settles, with the transfers, repeats and rework that follow from
them as if they came at once: x = (fresh + x G) offered, G the share of one queue's contacts that one in another, or in
itself again, follows from. What is abandoned and tried again is left out: where targets are met it is little.

*Load* in Erlangs = contacts x mean handling / interval. Immediate work loads the interval in which it arrives.
Deferred work lies evenly on the queue's open time from the beginning of its interval until work of the interval's
middle is due; without a turnaround, or without open time until then, it loads its own interval. The opening backlog
counts as arriving at the start.
"""

from collections.abc import Sequence

import numpy as np

from simulation.distinct import distinct
from simulation.scenario.grid import SECOND, Grid, Int64, day_number
from simulation.scenario.queues.queue import Queue
from simulation.scenario.scenario import Scenario
from simulation.world.demand.cells import Cells, Float64
from simulation.world.demand.opening import OpeningTimes
from simulation.world.floor.due import NEVER, DueTimes


def expected_contacts(
    scenario: Scenario, grid: Grid, cells: Sequence[Cells], unsolved: Sequence[Float64], offered: Float64
) -> Float64:
    """Float64 (intervals, queues): contacts that reach people, those that follow from others included.

    unsolved: by queue, Float64 (intervals,), the share of its contacts that is not solved. offered: Float64
    (intervals, queues), the share of those that arrive which is offered here.
    """
    fresh = np.stack([_fresh(queue, own, grid) for queue, own in zip(scenario.queues, cells, strict=True)], axis=1)
    fresh = fresh * offered
    index = {queue.id: q for q, queue in enumerate(scenario.queues)}
    onward = np.zeros((len(index), len(index)))
    for q, queue in enumerate(scenario.queues):
        for transfer in queue.transfers:
            onward[q, index[transfer.to]] = transfer.probability
    again = [queue.redone + queue.returning * own for queue, own in zip(scenario.queues, unsolved, strict=True)]
    firsts, kind = distinct([*again, *offered.T])
    total = np.empty_like(fresh)
    for number, first in enumerate(firsts):
        back, here = np.array([own[first] for own in again]), offered[first]
        rows, gain = kind == number, (onward + np.diag(back)) * here
        total[rows] = np.linalg.solve((np.eye(len(index)) - gain).T, fresh[rows].T).T
    return np.maximum(total, 0.0)


def _fresh(queue: Queue, cells: Cells, grid: Grid) -> Float64:
    reach = np.ones(len(cells.volume))
    for entry in queue.containment:
        reach[cells.day >= day_number(entry.from_)] = 1 - entry.share * (1 - entry.failure)
    return np.bincount(cells.interval, cells.volume * reach, grid.intervals).astype(np.float64)


def agent_seconds(queue: Queue) -> tuple[float, float]:
    """(seconds of an agent that a contact takes on average and that grow with its handling, seconds that do not).

    An agent with k slots, all in use, has each chat for (1 + slowdown (k - 1)) times its handling, and k of them at
    once. A record that is called takes attempt_seconds at each attempt, (1 - (1 - connect)^m) / connect of m on
    average, and its handling when one of them connects.
    """
    slots, slowdown = queue.concurrency.slots, queue.concurrency.slowdown
    if queue.outbound is None:
        return queue.handling.mean * (1 + slowdown * (slots - 1)) / slots, 0.0
    connected = 1 - (1 - queue.outbound.connect) ** queue.outbound.max_attempts
    return queue.handling.mean * connected, queue.outbound.attempt_seconds * connected / queue.outbound.connect


def load(queue: Queue, contacts: Float64, handling: Float64, grid: Grid) -> Float64:
    """Float64 (intervals,): a queue's offered load in Erlangs from its contacts and their mean handling in seconds."""
    work = contacts * handling * SECOND
    if queue.turnaround is not None:
        work = _spread(queue, work, handling, grid)
    elif queue.backlog.volume:
        work[0] += queue.backlog.volume * handling[0] * SECOND
    return np.asarray(work / grid.interval_lengths)


def _spread(queue: Queue, work: Float64, handling: Float64, grid: Grid) -> Float64:
    """Work of intervals, on the open time until it is due."""
    due = DueTimes.of(queue, grid)
    assert due is not None  # a turnaround has due times
    starts, lengths = grid.interval_starts, grid.interval_lengths
    some = np.flatnonzero(work)
    begins, ends, amount = starts[some], due.at(starts[some] + lengths[some] // 2), work[some]
    if queue.backlog.volume:
        begins, ends = np.append(begins, 0), np.append(ends, due.at(np.zeros(1, np.int64)))
        some, amount = np.append(some, 0), np.append(amount, queue.backlog.volume * handling[0] * SECOND)
    opened = _OpenTime(queue, grid)
    first, last = opened.before(begins), opened.before(np.where(ends < NEVER, ends, begins))
    spread = last - first >= 1
    density = amount[spread] / (last - first)[spread]
    at = opened.before(grid.interval_edges)
    done = _ramp(at, first[spread], density) - _ramp(at, last[spread], density)
    return np.diff(done) + np.bincount(some[~spread], amount[~spread], len(work))


class _OpenTime:
    """A queue's open time as a clock that stands while it is closed."""

    def __init__(self, queue: Queue, grid: Grid) -> None:
        self._edges = np.stack(OpeningTimes(queue, grid).stretches, axis=1).ravel()
        open_or_shut = np.diff(self._edges) * (np.arange(1, len(self._edges)) % 2)
        self._opened = np.append(0.0, np.cumsum(open_or_shut))

    def before(self, instants: Int64) -> Float64:
        """What the clock shows at each instant; beyond the days known it runs as fast as on their average."""
        last, total = self._edges[-1], self._opened[-1]
        beyond = np.maximum(instants - last, 0) * (total / (last - self._edges[0]))
        return np.asarray(np.interp(instants, self._edges, self._opened) + beyond)


def _ramp(at: Float64, begins: Float64, slopes: Float64) -> Float64:
    """The sum of slope x max(t - begin, 0) at ascending instants t."""
    order = np.argsort(begins, kind="stable")
    begins, slopes = begins[order], slopes[order]
    count = np.searchsorted(begins, at)
    slope, offset = np.append(0.0, np.cumsum(slopes)), np.append(0.0, np.cumsum(slopes * begins))
    return np.asarray(slope[count] * at - offset[count])
