"""A contact centre as textbooks write it in SimPy: a process a contact, patience as `called | timeout`.

Arrivals of every queue are a process that draws the gap to the next contact; idle agents and waiting contacts stand in
lists; counters are kept by interval and queue.
"""

import random
from collections import deque
from collections.abc import Generator, Iterable, Iterator
from dataclasses import dataclass
from math import log, log1p, sqrt
from typing import Any

import numpy as np
import simpy

from benchmarks.centre import Centre, Counts, Queue
from simulation.scenario.queues.times import Distribution, RandomTime
from simulation.world.demand.arrivals import Trace

Process = Generator[simpy.Event, Any, None]
Contact = tuple[float, float, float]
"""When it arrives, its patience, its work; microseconds."""


@dataclass(eq=False)
class Waiting:
    since: float
    called: simpy.Event


class ContactCentre:
    """Agents and lines."""

    def __init__(self, env: simpy.Environment, centre: Centre) -> None:
        self.env, self.centre = env, centre
        self.idle: list[deque[float]] = [deque() for _ in centre.serves]  # by group: since when its free agents are
        self.leaving = [0] * len(centre.serves)
        self.lines: list[deque[Waiting]] = [deque() for _ in centre.queues]
        self.counters = np.zeros((len(centre.staffing), len(centre.queues), 4), np.int64).tolist()

    def count(self, q: int, when: float, what: int) -> None:
        self.counters[int(when // self.centre.interval)][q][what] += 1

    def find_agent(self, q: int) -> int | None:
        """The group of the longest idle agent of the first tier that has one."""
        for tier in self.centre.queues[q].tiers:
            free = [g for g in tier if self.idle[g]]
            if free:
                g = min(free, key=lambda g: self.idle[g][0])
                self.idle[g].popleft()
                return g
        return None

    def release(self, g: int) -> None:
        """An agent leaves, takes the most urgent contact, or is idle."""
        if self.leaving[g]:
            self.leaving[g] -= 1
        else:
            self.assign(g)

    def assign(self, g: int) -> None:
        for tier in self.centre.serves[g]:
            lines = [self.lines[q] for q in tier if self.lines[q]]
            if lines:
                longest = min(lines, key=lambda line: line[0].since)
                longest.popleft().called.succeed(g)
                return
        self.idle[g].append(self.env.now)

    def contact(self, q: int, patience: float, work: float) -> Process:
        arrived = self.env.now
        self.count(q, arrived, 0)
        g = self.find_agent(q)
        if g is None:
            waiting = Waiting(arrived, self.env.event())
            self.lines[q].append(waiting)
            yield waiting.called | self.env.timeout(patience)
            if not waiting.called.triggered:
                self.lines[q].remove(waiting)
                self.count(q, self.env.now, 2)
                return
            g = waiting.called.value
        self.count(q, self.env.now, 1)
        if self.env.now - arrived <= self.centre.queues[q].threshold:
            self.count(q, arrived, 3)
        yield self.env.timeout(work)
        self.release(g)

    def arrivals(self, q: int, contacts: Iterable[Contact]) -> Process:
        for at, patience, work in contacts:
            yield self.env.timeout(at - self.env.now)
            self.env.process(self.contact(q, patience, work))

    def shifts(self) -> Process:
        present = [0] * len(self.centre.serves)
        for wanted in self.centre.staffing:
            for g, agents in enumerate(wanted):
                change = agents - present[g]
                for _ in range(change):
                    if self.leaving[g]:
                        self.leaving[g] -= 1
                    else:
                        self.assign(g)
                for _ in range(-change):
                    if self.idle[g]:
                        self.idle[g].popleft()
                    else:
                        self.leaving[g] += 1
                present[g] = agents
            yield self.env.timeout(self.centre.interval)


def simulate(centre: Centre, seed: int) -> Counts:
    """The centre's horizon once, drawing as it goes."""
    luck = random.Random(seed)
    return _run(centre, [_draws(centre, queue, luck) for queue in centre.queues])


def replay(centre: Centre, contacts: Trace) -> Counts:
    """The horizon with contacts drawn beforehand."""
    by_queue: list[list[Contact]] = [[] for _ in centre.queues]
    patience = (contacts.gives_up - contacts.arrives).tolist()
    for q, *contact in zip(
        contacts.queue.tolist(), contacts.arrives.tolist(), patience, contacts.work.tolist(), strict=True
    ):
        by_queue[q].append((contact[0], contact[1], contact[2]))
    return _run(centre, by_queue)


def _run(centre: Centre, contacts: list[Iterator[Contact]] | list[list[Contact]]) -> Counts:
    env = simpy.Environment()
    floor = ContactCentre(env, centre)
    env.process(floor.shifts())
    for q, arriving in enumerate(contacts):
        env.process(floor.arrivals(q, arriving))
    env.run(until=centre.horizon)
    return np.array(floor.counters).sum(axis=0)


def _draws(centre: Centre, queue: Queue, luck: random.Random) -> Iterator[Contact]:
    for interval, volume in enumerate(queue.volumes):
        at, end = float(interval * centre.interval), (interval + 1) * centre.interval
        while (at := at + luck.expovariate(volume / centre.interval)) < end:
            yield at, _time(queue.patience, luck), _time(queue.handling, luck)


def _time(time: RandomTime, luck: random.Random) -> float:
    mean = time.mean * 1e6
    if time.distribution is Distribution.EXPONENTIAL:
        return luck.expovariate(1 / mean)
    assert time.distribution is Distribution.LOGNORMAL
    variance = log1p(time.cv * time.cv)
    return luck.lognormvariate(log(mean) - variance / 2, sqrt(variance))
