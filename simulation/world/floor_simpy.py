"""The floor in plain SimPy, a process a contact: the text in which a rule is written first, and the kernel's oracle.

Everything that happens at one instant happens in the order of `scenario.md`: staffing, completion, overflow step,
abandonment, arrival; within each by queue, then contact number. SimPy sorts equal times by an event's priority, so
each event carries that order as its priority.
"""

from collections import deque
from collections.abc import Generator, Sequence
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Any

import simpy
from simpy.events import EventPriority

from simulation.outcome.counters import Counters, GroupField, QueueField, wait_bin
from simulation.world.arrivals import NEVER, Trace
from simulation.world.floor import FloorPlan
from simulation.world.randomness import mix

Process = Generator[simpy.Event, Any, None]


class Rank(IntEnum):
    """What comes first at one instant; SimPy's own priorities 0 and 1 come before all of these."""

    COMPLETION = 2
    OVERFLOW = 3
    ABANDONMENT = 4
    ARRIVAL = 5


@dataclass(eq=False)
class Contact:
    queue: int
    number: int
    arrives: int
    gives_up: int
    work: int
    answered: simpy.Event
    group: int = -1
    begins: int = -1
    agent_leaves: bool = False  # its agent leaves the floor after it


@dataclass
class Group:
    """Agents of one team: those free, each by the time since when, and the contacts of those busy."""

    free: deque[int] = field(default_factory=deque)
    serving: set[Contact] = field(default_factory=set)
    to_leave: int = 0  # of the busy: how many go after a contact
    changed: int = 0  # until when agent time is booked

    @property
    def on_floor(self) -> int:
        return len(self.free) + len(self.serving)


class SimpyFloor:
    """See `Floor`. `leaving` holds a stream key per queue (see `leaving_streams`)."""

    def __init__(self, plan: FloorPlan, counters: Counters, leaving: Sequence[int], *, keep_log: bool = False) -> None:
        self.counters = counters
        self.log: list[tuple[int, ...]] = []
        self._plan = plan
        self._leaving = leaving
        self._keep_log = keep_log
        self._env = simpy.Environment(0)
        self._groups = [Group() for _ in range(plan.groups)]
        self._lines: list[dict[int, Contact]] = [{} for _ in range(plan.queues)]  # waiting, oldest first
        self._in_service = [0] * plan.queues

    @property
    def _now(self) -> int:
        return int(self._env.now)

    def load(self, trace: Trace) -> None:
        self._env.process(self._arrivals(trace))

    def staff(self, agents: Sequence[int]) -> None:
        for g, wanted in enumerate(agents):
            group = self._groups[g]
            staffed = group.on_floor - group.to_leave
            if wanted > staffed:
                self._add(g, int(wanted) - staffed)
            elif wanted < staffed:
                self._cut(g, staffed - int(wanted))

    def clear(self, queue: int) -> None:
        for contact in list(self._lines[queue].values()):
            self._abandon(contact)

    def advance(self, until: int) -> None:
        self._env.run(until=until)
        for g in range(len(self._groups)):
            self._book_agents(g)
        if until % self._plan.interval == 0 or until == self._plan.horizon:
            row = self.counters.queues[(until - 1) // self._plan.interval]
            for q, line in enumerate(self._lines):
                row[q, QueueField.WAITING] = len(line)
                row[q, QueueField.IN_SERVICE] = self._in_service[q]

    def finish(self) -> None:
        for line in self._lines:
            for contact in line.values():
                self._count(contact.arrives, contact.queue, QueueField.WAITED_SO_FAR, self._now - contact.arrives)
        if self._keep_log:
            for group in self._groups:
                self.log += [self._row(contact, -1) for contact in group.serving]
            self.log += [self._row(contact, -1) for line in self._lines for contact in line.values()]

    # -- contacts ------------------------------------------------------------------------------------------------

    def _arrivals(self, trace: Trace) -> Process:
        columns = (trace.arrives, trace.queue, trace.number, trace.gives_up, trace.work)
        for arrives, queue, number, gives_up, work in zip(*(column.tolist() for column in columns), strict=True):
            yield self._at(arrives, Rank.ARRIVAL, queue, number)
            self._env.process(self._contact(Contact(queue, number, arrives, gives_up, work, self._env.event())))

    def _contact(self, contact: Contact) -> Process:
        self._count(contact.arrives, contact.queue, QueueField.OFFERED)
        group = self._free_agent(contact.queue, waited=0)
        if group is not None:
            self._begin(contact, group)
        else:
            yield from self._wait(contact)
        if contact.group < 0:
            return
        handling = max(1, round(contact.work * float(self._plan.speed[contact.group, contact.queue])))
        yield self._at(contact.begins + handling, Rank.COMPLETION, contact.queue, contact.number)
        self._complete(contact)

    def _wait(self, contact: Contact) -> Process:
        """Wait in line until an agent calls, an overflow step finds one, patience ends or the queue closes."""
        line = self._lines[contact.queue]
        line[contact.number] = contact
        patience = None
        if contact.gives_up < NEVER:
            patience = self._at(contact.gives_up, Rank.ABANDONMENT, contact.queue, contact.number)
        steps = sorted({after for after in self._plan.choices[contact.queue].after if after > 0})
        while contact.number in line:
            waiting_for = [contact.answered]
            if patience is not None:
                waiting_for.append(patience)
            step = None
            if steps:
                step = self._at(contact.arrives + steps.pop(0), Rank.OVERFLOW, contact.queue, contact.number)
                waiting_for.append(step)
            yield simpy.AnyOf(self._env, waiting_for)
            if contact.number not in line:
                return
            if step is not None and step.processed:
                group = self._free_agent(contact.queue, waited=self._now - contact.arrives)
                if group is not None:
                    self._take(contact, group)
            elif patience is not None and patience.processed:
                self._abandon(contact)

    def _begin(self, contact: Contact, g: int) -> None:
        """An agent of group g, no longer among the free, takes the contact now."""
        self._groups[g].serving.add(contact)
        contact.group, contact.begins = g, self._now
        wait = contact.begins - contact.arrives
        self._in_service[contact.queue] += 1
        self._count(contact.begins, contact.queue, QueueField.ANSWERED)
        self._count(contact.arrives, contact.queue, QueueField.ARRIVED_ANSWERED)
        self._count(contact.arrives, contact.queue, QueueField.ANSWERED_WAIT, wait)
        if wait <= self._plan.threshold[contact.queue]:
            self._count(contact.arrives, contact.queue, QueueField.ANSWERED_IN_TIME)
        day = self._plan.day_of_interval[contact.arrives // self._plan.interval]
        self.counters.waits[day, contact.queue, wait_bin(wait)] += 1

    def _take(self, contact: Contact, g: int) -> None:
        """An agent of group g, no longer among the free, takes a waiting contact."""
        del self._lines[contact.queue][contact.number]
        self._begin(contact, g)
        contact.answered.succeed()

    def _abandon(self, contact: Contact) -> None:
        now = self._now
        wait = now - contact.arrives
        del self._lines[contact.queue][contact.number]
        self._count(now, contact.queue, QueueField.ABANDONED)
        self._count(contact.arrives, contact.queue, QueueField.ARRIVED_ABANDONED)
        self._count(contact.arrives, contact.queue, QueueField.ABANDONED_WAIT, wait)
        if wait <= self._plan.threshold[contact.queue]:
            self._count(contact.arrives, contact.queue, QueueField.ABANDONED_IN_TIME)
        if wait <= self._plan.short[contact.queue]:
            self._count(contact.arrives, contact.queue, QueueField.ABANDONED_SHORT)
        if not contact.answered.triggered:
            contact.answered.succeed()
        if self._keep_log:
            self.log.append(self._row(contact, now))

    def _complete(self, contact: Contact) -> None:
        g, now = contact.group, self._now
        group = self._groups[g]
        self._book_agents(g)
        group.serving.remove(contact)
        self._in_service[contact.queue] -= 1
        self._count(now, contact.queue, QueueField.HANDLED)
        self._count(now, contact.queue, QueueField.HANDLE_TIME, now - contact.begins)
        self.counters.groups[now // self._plan.interval, g, GroupField.HANDLED] += 1
        if self._keep_log:
            self.log.append(self._row(contact, now))
        leaves = contact.agent_leaves if self._plan.own_contact[g] else group.to_leave > 0
        if leaves:
            group.to_leave -= 1
        else:
            self._be_free(g)

    # -- agents --------------------------------------------------------------------------------------------------

    def _free_agent(self, queue: int, waited: int) -> int | None:
        """The group that sends its longest free agent: by step, then by the route's choice, then as listed."""
        choices = self._plan.choices[queue]
        best: tuple[float, ...] | None = None
        chosen = None
        for place, (g, tier, after) in enumerate(zip(choices.groups, choices.tiers, choices.after, strict=True)):
            group = self._groups[g]
            if after > waited or not group.free:
                continue
            by = len(group.serving) / group.on_floor if choices.least_occupied else group.free[0]
            if best is None or (tier, by, place) < best:
                best, chosen = (tier, by, place), g
        if chosen is not None:
            self._book_agents(chosen)
            self._groups[chosen].free.popleft()
        return chosen

    def _be_free(self, g: int) -> None:
        """An agent of group g takes waiting work, by priority, longest waiting and number, or joins the free."""
        eligible: list[tuple[int, int, int, int]] = []
        for priority, q in self._plan.serves[g]:
            if self._lines[q]:
                contact = next(iter(self._lines[q].values()))
                choices = self._plan.choices[q]
                if contact.arrives + choices.after[choices.groups.index(g)] <= self._now:
                    eligible.append((priority, contact.arrives, q, contact.number))
        if eligible:
            _, _, q, number = min(eligible)
            self._take(self._lines[q][number], g)
        else:
            self._groups[g].free.append(self._now)

    def _add(self, g: int, count: int) -> None:
        group = self._groups[g]
        if not self._plan.own_contact[g]:
            stay = min(count, group.to_leave)
            group.to_leave -= stay
            count -= stay
        for _ in range(count):
            self._book_agents(g)
            self._be_free(g)

    def _cut(self, g: int, count: int) -> None:
        group = self._groups[g]
        self._book_agents(g)
        while count and group.free:
            group.free.popleft()
            count -= 1
        group.to_leave += count
        if self._plan.own_contact[g]:
            staying = [contact for contact in group.serving if not contact.agent_leaves]
            for contact in sorted(staying, key=self._leaving_draw)[:count]:
                contact.agent_leaves = True

    def _leaving_draw(self, contact: Contact) -> int:
        return mix(self._leaving[contact.queue] ^ mix(contact.number))

    # -- books ---------------------------------------------------------------------------------------------------

    def _book_agents(self, g: int) -> None:
        """Book the group's agent time since its last change; it lies within one interval."""
        group, now = self._groups[g], self._now
        if now > group.changed:
            row = self.counters.groups[group.changed // self._plan.interval, g]
            row[GroupField.BUSY] += len(group.serving) * (now - group.changed)
            row[GroupField.ON_FLOOR] += group.on_floor * (now - group.changed)
            group.changed = now

    def _count(self, when: int, queue: int, what: QueueField, by: int = 1) -> None:
        self.counters.queues[when // self._plan.interval, queue, what] += by

    def _row(self, contact: Contact, ends: int) -> tuple[int, ...]:
        return (contact.queue, contact.number, contact.arrives, contact.group, contact.begins, ends)

    def _at(self, when: int, rank: Rank, queue: int, number: int) -> simpy.Event:
        """An event at an instant, ordered among those of the same instant."""
        event = self._env.event()
        event._ok, event._value = True, None  # as simpy.Timeout does; SimPy has no public timeout with a priority
        order = EventPriority((rank << 80) + (queue << 64) + number)
        self._env.schedule(event, priority=order, delay=when - self._now)
        return event
