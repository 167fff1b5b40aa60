"""The same centre in SimPy tuned by hand.

No process a contact: two events each, arrival and completion, with callbacks. Contacts are drawn beforehand with NumPy
and known by their place in the order of arrival, so who came first is a comparison of integers. Nobody's patience is
an event: who has given up is found at the head of the line. All statistics are made afterwards with NumPy.
"""

from collections import deque
from dataclasses import dataclass
from typing import Any

import numpy as np
import simpy
from numpy.typing import NDArray

from benchmarks.centre import Centre, Counts, Queue
from simulation.scenario.queues.times import Distribution, RandomTime
from simulation.world.demand.arrivals import Trace

Int64 = NDArray[np.int64]


@dataclass
class Contacts:
    """In the order of arrival; microseconds."""

    arrives: Int64
    queue: Int64
    gives_up: Int64
    work: Int64

    @classmethod
    def of(cls, drawn: Trace) -> "Contacts":
        return cls(drawn.arrives, drawn.queue, drawn.gives_up, drawn.work)


def simulate(centre: Centre, seed: int) -> Counts:
    """The centre's horizon once, with draws of its own."""
    return statistics(centre, *_run(centre, draw(centre, np.random.default_rng(seed))))


def replay(centre: Centre, contacts: Trace) -> Counts:
    """The horizon with contacts drawn beforehand."""
    return statistics(centre, *_run(centre, Contacts.of(contacts)))


def _run(centre: Centre, contacts: Contacts) -> tuple[Contacts, Int64]:
    """The contacts, and when each was answered; -1: never."""
    arrives, work = contacts.arrives.tolist(), contacts.work.tolist()
    queue, gives_up = contacts.queue.tolist(), contacts.gives_up.tolist()
    count = len(arrives)
    begins = [-1] * count
    env = simpy.Environment()
    timeout = env.timeout
    idle: list[deque[int]] = [deque() for _ in centre.serves]  # since when its free agents are
    lines: list[deque[int]] = [deque() for _ in centre.queues]
    tiers = [[[(g, idle[g]) for g in tier] for tier in one.tiers] for one in centre.queues]
    serves = [[[lines[q] for q in tier] for tier in tiers] for tiers in centre.serves]
    leaving, present = [0] * len(serves), [0] * len(serves)

    def take_work(g: int, now: int) -> None:
        for tier in serves[g]:
            first = count
            for line in tier:
                while line:
                    i = line[0]
                    if gives_up[i] >= now:
                        if i < first:
                            first, chosen = i, line
                        break
                    line.popleft()
            if first < count:
                chosen.popleft()
                begins[first] = now
                end = timeout(work[first], g)
                end.callbacks.append(complete)
                return
        idle[g].append(now)

    def complete(end: Any) -> None:
        g = end._value
        if leaving[g]:
            leaving[g] -= 1
        else:
            take_work(g, env._now)

    def arrive(arrival: Any) -> None:
        i = arrival._value
        now = arrives[i]
        for tier in tiers[queue[i]]:
            chosen, since = -1, 0
            for g, free in tier:
                if free and (chosen < 0 or free[0] < since):
                    chosen, since = g, free[0]
            if chosen >= 0:
                idle[chosen].popleft()
                begins[i] = now
                end = timeout(work[i], chosen)
                end.callbacks.append(complete)
                break
        else:
            lines[queue[i]].append(i)
        i += 1
        if i < count:
            arrival = timeout(arrives[i] - now, i)
            arrival.callbacks.append(arrive)

    def staff(shift: Any) -> None:
        now = env._now
        for g, wanted in enumerate(centre.staffing[shift._value]):
            change, present[g] = wanted - present[g], wanted
            stay = min(max(change, 0), leaving[g])
            leaving[g] -= stay
            for _ in range(change - stay):
                take_work(g, now)
            for _ in range(-change):
                if idle[g]:
                    idle[g].popleft()
                else:
                    leaving[g] += 1

    for interval in range(len(centre.staffing)):
        shift = timeout(interval * centre.interval, interval)
        shift.callbacks.append(staff)
    first = timeout(arrives[0], 0)
    first.callbacks.append(arrive)
    env.run(until=centre.horizon)
    return contacts, np.array(begins)


def statistics(centre: Centre, contacts: Contacts, begins: Int64) -> Counts:
    """By interval and queue, as the other programs keep them; then summed."""
    thresholds = np.array([queue.threshold for queue in centre.queues])
    shape = len(centre.staffing), len(centre.queues)
    answered = begins >= 0
    abandoned = ~answered & (contacts.gives_up < centre.horizon)
    in_time = answered & (begins - contacts.arrives <= thresholds[contacts.queue])

    def by_interval(when: Int64, which: NDArray[np.bool_]) -> Int64:
        place = when[which] // centre.interval * shape[1] + contacts.queue[which]
        return np.bincount(place, minlength=shape[0] * shape[1]).reshape(shape)

    counters = np.stack(
        [
            by_interval(contacts.arrives, np.ones(len(begins), np.bool_)),
            by_interval(begins, answered),
            by_interval(contacts.gives_up, abandoned),
            by_interval(contacts.arrives, in_time),
        ],
        axis=2,
    )
    return counters.sum(axis=0)


def draw(centre: Centre, luck: np.random.Generator) -> Contacts:
    columns = [_queue_draws(centre, queue, luck) for queue in centre.queues]
    arrives, patience, work = (np.concatenate(column) for column in zip(*columns, strict=True))
    queue = np.repeat(np.arange(len(columns)), [len(column[0]) for column in columns])
    order = np.argsort(arrives, kind="stable")
    arrives, patience, work, queue = arrives[order], patience[order], work[order], queue[order]
    return Contacts(arrives, queue, arrives + patience, work)


def _queue_draws(centre: Centre, queue: Queue, luck: np.random.Generator) -> tuple[Int64, Int64, Int64]:
    """(arrives, patience, work)."""
    counts = luck.poisson(queue.volumes)
    total = int(counts.sum())
    starts = np.repeat(np.arange(len(counts)) * centre.interval, counts)
    arrives = starts + luck.integers(0, centre.interval, total)
    return arrives, _times(queue.patience, total, luck), np.maximum(_times(queue.handling, total, luck), 1)


def _times(time: RandomTime, count: int, luck: np.random.Generator) -> Int64:
    mean = time.mean * 1e6
    if time.distribution is Distribution.EXPONENTIAL:
        drawn = luck.exponential(mean, count)
    else:
        assert time.distribution is Distribution.LOGNORMAL
        variance = np.log1p(time.cv * time.cv)
        drawn = luck.lognormal(np.log(mean) - variance / 2, np.sqrt(variance), count)
    return np.rint(drawn).astype(np.int64)
