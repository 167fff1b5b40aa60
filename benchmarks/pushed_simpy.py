"""The hand-tuned model, pushed as far as SimPy goes.

The event of an arrival and an agent's event of completion are used again and again instead of made anew, events are
scheduled past `Timeout`, and the collector of cyclic garbage is off. Everything else is as in `tuned_simpy`.
"""

import gc
from collections import deque
from typing import Any

import numpy as np
import simpy

from benchmarks.centre import Centre, Counts
from benchmarks.tuned_simpy import Contacts, Int64, draw, statistics
from simulation.world.demand.arrivals import Trace

STAFFING, COMPLETION, ARRIVAL = 0, 1, 2
"""What comes first at one instant."""


class Reused(simpy.Event):
    """An event that is scheduled again after it has been processed."""

    place: int
    """Of the contact that arrives, or the interval that begins."""

    def __init__(self, env: simpy.Environment) -> None:
        super().__init__(env)
        self._ok, self._value = True, None


class Agent(Reused):
    """An agent is the event of the end of his contact."""

    group: int
    since: int


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
    schedule = env.schedule
    idle: list[deque[Agent]] = [deque() for _ in centre.serves]
    lines: list[deque[int]] = [deque() for _ in centre.queues]
    tiers = [[[idle[g] for g in tier] for tier in one.tiers] for one in centre.queues]
    serves = [[[lines[q] for q in tier] for tier in tiers] for tiers in centre.serves]
    leaving, present = [0] * len(serves), [0] * len(serves)

    def take_work(agent: Agent, now: int) -> None:
        for tier in serves[agent.group]:
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
                agent.callbacks = completed
                schedule(agent, COMPLETION, work[first])
                return
        agent.since = now
        idle[agent.group].append(agent)

    def complete(agent: Any) -> None:
        if leaving[agent.group]:
            leaving[agent.group] -= 1
        else:
            take_work(agent, env._now)

    def arrive(arrival: Any) -> None:
        i = arrival.place
        now = arrives[i]
        for tier in tiers[queue[i]]:
            longest = None
            for free in tier:
                if free and (longest is None or free[0].since < longest[0].since):
                    longest = free
            if longest is not None:
                agent = longest.popleft()
                begins[i] = now
                agent.callbacks = completed
                schedule(agent, COMPLETION, work[i])
                break
        else:
            lines[queue[i]].append(i)
        i += 1
        if i < count:
            arrival.place = i
            arrival.callbacks = arrived
            schedule(arrival, ARRIVAL, arrives[i] - now)

    def staff(shift: Any) -> None:
        now = env._now
        for g, wanted in enumerate(centre.staffing[shift.place]):
            change, present[g] = wanted - present[g], wanted
            stay = min(max(change, 0), leaving[g])
            leaving[g] -= stay
            for _ in range(change - stay):
                agent = Agent(env)
                agent.group = g
                take_work(agent, now)
            for _ in range(-change):
                if idle[g]:
                    idle[g].popleft()
                else:
                    leaving[g] += 1
        shift.place += 1
        if shift.place < len(centre.staffing):
            shift.callbacks = staffed
            schedule(shift, STAFFING, centre.interval)

    completed, arrived, staffed = [complete], [arrive], [staff]
    shift, arrival = Reused(env), Reused(env)
    shift.place, shift.callbacks = 0, staffed
    arrival.place, arrival.callbacks = 0, arrived
    schedule(shift, STAFFING)
    schedule(arrival, ARRIVAL, arrives[0])
    gc.disable()
    env.run(until=centre.horizon)
    gc.enable()
    return contacts, np.array(begins)
