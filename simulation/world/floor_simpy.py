"""The floor in plain SimPy, a process a contact: the text in which a rule is written first, and the kernel's oracle.

Everything that happens at one instant happens in the order of `scenario.md`: staffing, completion, overflow step,
abandonment, return, arrival; within each by queue, then contact number. SimPy sorts equal times by an event's
priority, so each event carries that order as its priority.
"""

from collections import OrderedDict, deque
from collections.abc import Generator, Sequence
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Any

import numpy as np
import simpy
from simpy.events import EventPriority

from simulation.outcome.counters import Counters, GroupField, QueueField, wait_bin
from simulation.scenario.queues import Distribution
from simulation.world.arrivals import NEVER, Origin, Trace
from simulation.world.distributions import draw, quantile_table
from simulation.world.floor import Allocation, Float64, FloorPlan, Streams, child
from simulation.world.randomness import Purpose

Process = Generator[simpy.Event, Any, None]

ORIGIN_FIELDS = {
    Origin.RETRIAL: QueueField.OFFERED_RETRIAL,
    Origin.REPEAT: QueueField.OFFERED_REPEAT,
    Origin.TRANSFER: QueueField.OFFERED_TRANSFER,
    Origin.REWORK: QueueField.OFFERED_REWORK,
    Origin.BOT_FAILURE: QueueField.OFFERED_BOT_FAILURE,
    Origin.REQUEUED: QueueField.OFFERED_REQUEUED,
}


class Rank(IntEnum):
    """What comes first at one instant; SimPy's own priorities 0 and 1 come before all of these."""

    COMPLETION = 2
    OVERFLOW = 3
    ABANDONMENT = 4
    RETURN = 5
    ARRIVAL = 6


@dataclass(eq=False)
class Contact:
    """A contact in a queue. It waits since `since`, earlier than it arrives when an outage put it back in line."""

    queue: int
    number: int
    origin: Origin
    arrives: int
    gives_up: int
    work: int
    due: int
    since: int
    called: simpy.Event
    line: int = -1
    group: int = -1
    begins: int = -1
    calls_back: bool = False
    agent_leaves: bool = False  # its agent leaves the floor after it
    broken_off: bool = False


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
    """See `Floor`."""

    def __init__(self, plan: FloorPlan, counters: Counters, streams: Streams, *, keep_log: bool = False) -> None:
        self.counters = counters
        self.log: list[tuple[int, ...]] = []
        self._plan = plan
        self._streams = streams
        self._keep_log = keep_log
        self._env = simpy.Environment(0)
        self._groups = [Group() for _ in range(plan.groups)]
        self._lines: list[OrderedDict[int, Contact]] = [OrderedDict() for _ in plan.lines]  # longest waiting first
        self._in_service = [0] * len(plan.queues)
        self._allocated: dict[Allocation, list[int]] = {}
        self._speed, self._resolution = plan.speed, plan.resolution

    def load(self, trace: Trace) -> None:
        self._env.process(self._arrivals(trace))

    def begin_with(self, backlog: Trace) -> None:
        for contact in self._contacts(backlog):
            contact.line = self._allocate(contact)
            self._lines[contact.line][contact.number] = contact
            self._count_due(contact)
            self._env.process(self._await_turn(contact))

    def staff(self, agents: Sequence[int]) -> None:
        for g, wanted in enumerate(agents):
            group = self._groups[g]
            staffed = group.on_floor - group.to_leave
            if wanted > staffed:
                self._add(g, int(wanted) - staffed)
            elif wanted < staffed:
                self._cut(g, staffed - int(wanted))

    def pace(self, speed: Float64, resolution: Float64) -> None:
        self._speed, self._resolution = speed, resolution

    def clear(self, queue: int) -> None:
        for line in self._plan.queues[queue].lines:
            for contact in list(self._lines[line].values()):
                if not contact.calls_back:
                    self._abandon(contact)

    def fail(self, groups: Sequence[int], share: float, requeue: bool) -> None:
        struck: list[Contact] = []
        for g in groups:
            group = self._groups[g]
            self._book_agents(g)
            for _ in range(round(share * len(group.free))):
                group.free.popleft()
            own = sorted(group.serving, key=self._leaving_draw)[: round(share * len(group.serving))]
            group.serving.difference_update(own)
            if self._plan.own_contact[g]:
                group.to_leave -= sum(contact.agent_leaves for contact in own)
            else:
                group.to_leave = max(0, group.to_leave - len(own))
            struck += own
        for contact in struck:
            contact.broken_off = True
            self._in_service[contact.queue] -= 1
            self._count(self._now, contact.queue, QueueField.LOST)
            self._end(contact)
        if requeue:
            self._requeue(sorted(struck, key=lambda contact: (contact.queue, contact.since, contact.number)))

    def advance(self, until: int) -> None:
        self._env.run(until=until)
        for g in range(len(self._groups)):
            self._book_agents(g)
        if until % self._plan.interval == 0 or until == self._plan.horizon:
            row = self.counters.queues[(until - 1) // self._plan.interval]
            for q in range(len(self._plan.queues)):
                waiting = self._waiting(q)
                row[q, QueueField.WAITING] = len(waiting)
                row[q, QueueField.IN_SERVICE] = self._in_service[q]
                if not self._plan.queues[q].immediate:
                    row[q, QueueField.WAITING_AGE] = sum(until - contact.arrives for contact in waiting)

    def finish(self) -> None:
        for line in self._lines:
            for contact in line.values():
                if not contact.calls_back:
                    self._count(contact.arrives, contact.queue, QueueField.WAITED_SO_FAR, self._now - contact.arrives)
        if self._keep_log:
            for group in self._groups:
                self.log += [self._row(contact, -1) for contact in group.serving]
            self.log += [self._row(contact, -1) for line in self._lines for contact in line.values()]

    @property
    def _now(self) -> int:
        return int(self._env.now)

    def _waiting(self, q: int) -> list[Contact]:
        """Who waits in a queue, accepted call-backs left out."""
        lines = (self._lines[line].values() for line in self._plan.queues[q].lines)
        return [contact for line in lines for contact in line if not contact.calls_back]

    # -- contacts come -------------------------------------------------------------------------------------------

    def _contacts(self, trace: Trace) -> list[Contact]:
        columns = (trace.queue, trace.number, trace.origin, trace.arrives, trace.gives_up, trace.work)
        rows = zip(*(column.tolist() for column in columns), strict=True)
        return [self._contact(q, number, Origin(origin), *times) for q, number, origin, *times in rows]

    def _contact(self, q: int, number: int, origin: Origin, arrives: int, gives_up: int, work: int) -> Contact:
        due = self._plan.queues[q].due_by(arrives)
        return Contact(q, number, origin, arrives, gives_up, work, due, arrives, self._env.event())

    def _arrivals(self, trace: Trace) -> Process:
        for contact in self._contacts(trace):
            yield self._at(contact.arrives, Rank.ARRIVAL, contact)
            self._env.process(self._visit(contact))

    def _come(self, at: int, queue: int, number: int, origin: Origin, work: int | None = None) -> None:
        """A contact comes (again) at an instant or at the next opening; without `work` its own is drawn."""
        rules = self._plan.queues[queue]
        at = rules.opening(at)
        if at >= self._plan.horizon:
            return
        if work is None:
            mean = float(rules.mean_work[at // self._plan.interval])
            work = self._drawn(rules.work, Purpose.WORK, queue, number, mean)
        gives_up = self._patience(queue, number, at)
        self._env.process(self._return(self._contact(queue, number, origin, at, gives_up, work)))

    def _patience(self, queue: int, number: int, at: int) -> int:
        rules = self._plan.queues[queue]
        if rules.patience is None:
            return NEVER
        return at + self._drawn(rules.patience, Purpose.PATIENCE, queue, number, rules.mean_patience, least=0)

    def _drawn(
        self, table: np.ndarray[Any, Any], purpose: Purpose, q: int, number: int, mean: float, least: int = 1
    ) -> int:
        bits = np.array([self._streams.bits(purpose, q, number)], np.uint64)
        return max(least, round(float(draw(table, bits)[0]) * mean))

    def _delay(self, purpose: Purpose, q: int, number: int, mean: float) -> int:
        return self._drawn(quantile_table(Distribution.EXPONENTIAL, 1.0), purpose, q, number, mean)

    def _chance(self, purpose: Purpose, contact: Contact) -> float:
        return self._streams.uniform(purpose, contact.queue, contact.number)

    def _return(self, contact: Contact) -> Process:
        yield self._at(contact.arrives, Rank.RETURN, contact)
        yield from self._visit(contact)

    def _visit(self, contact: Contact) -> Process:
        """From arriving to the end: blocked, served, gone, or still there at the horizon."""
        rules = self._plan.queues[contact.queue]
        self._count(contact.arrives, contact.queue, QueueField.OFFERED)
        if contact.origin in ORIGIN_FIELDS:
            self._count(contact.arrives, contact.queue, ORIGIN_FIELDS[contact.origin])
        self._count_due(contact)
        inside = sum(len(self._lines[line]) for line in rules.lines) + self._in_service[contact.queue]
        if rules.most is not None and inside >= rules.most:
            self._count(contact.arrives, contact.queue, QueueField.BLOCKED)
            self._end(contact)
            self._retry(contact)
            return
        contact.line = self._allocate(contact)
        group = self._free_agent(contact.line, waited=0)
        if group is not None:
            self._begin(contact, group)
            yield from self._serve(contact)
        elif self._chance(Purpose.BALKING, contact) < rules.balking:
            self._book_abandoned(contact)
        else:
            self._offer_callback(contact)
            self._lines[contact.line][contact.number] = contact
            yield from self._await_turn(contact)

    def _allocate(self, contact: Contact) -> int:
        """The line of a contact: the queue's only one, or one by the allocation in force."""
        rules = self._plan.queues[contact.queue]
        in_force = [entry for entry in rules.allocation if entry.begins <= contact.arrives]
        if not in_force:
            return rules.lines[0]
        entry = in_force[-1]
        if entry.counted:
            counts = self._allocated.setdefault(entry, [0] * len(rules.lines))
            shares = np.diff(entry.cumulative, prepend=0.0).tolist()
            lacks = [share * (sum(counts) + 1) - count for share, count in zip(shares, counts, strict=True)]
            chosen = lacks.index(max(lacks))
            counts[chosen] += 1
        else:
            luck = self._chance(Purpose.ALLOCATION, contact)
            chosen = sum(luck >= share for share in entry.cumulative[:-1])
        return rules.lines[chosen]

    def _requeue(self, struck: list[Contact]) -> None:
        """Contacts broken off come again: to a free agent, else to the head of the line, longest waiting first."""
        waiting = []
        for contact in struck:
            q, number = contact.queue, child(contact.number, Origin.REQUEUED)
            again = self._contact(
                q, number, Origin.REQUEUED, self._now, self._patience(q, number, self._now), contact.work
            )
            again.line, again.since, again.due = contact.line, contact.since, contact.due
            self._count(self._now, q, QueueField.OFFERED)
            self._count(self._now, q, QueueField.OFFERED_REQUEUED)
            group = self._free_agent(again.line, waited=self._now - again.since)
            if group is not None:
                self._begin(again, group)
                self._env.process(self._serve(again))
            else:
                waiting.append(again)
        for again in reversed(waiting):
            self._lines[again.line][again.number] = again
            self._lines[again.line].move_to_end(again.number, last=False)
        for again in waiting:
            self._env.process(self._await_turn(again))

    def _offer_callback(self, contact: Contact) -> None:
        """Where the expected wait, those ahead x mean handling / agents, is long, some accept to be called."""
        rules, line = self._plan.queues[contact.queue], self._plan.lines[contact.line]
        if rules.callback is None:
            return
        over, acceptance, _ = rules.callback
        agents = sum(self._groups[g].on_floor for g in line.groups)
        mean = round(float(rules.mean_work[contact.arrives // self._plan.interval]))
        long = (len(self._lines[contact.line]) + 1) * mean > over * agents
        if long and self._chance(Purpose.CALLBACK, contact) < acceptance:
            self._count(contact.arrives, contact.queue, QueueField.CALLBACKS)
            contact.calls_back, contact.gives_up = True, NEVER

    def _await_turn(self, contact: Contact) -> Process:
        """Wait until an agent calls, an overflow step finds one, patience ends or the queue closes; then be served."""
        line = self._lines[contact.line]
        patience = None
        if contact.gives_up < NEVER:
            patience = self._at(contact.gives_up, Rank.ABANDONMENT, contact)
        steps = sorted({after for after in self._plan.lines[contact.line].after if contact.since + after > self._now})
        while contact.number in line:
            waiting_for = [contact.called]
            if patience is not None:
                waiting_for.append(patience)
            step = None
            if steps:
                step = self._at(contact.since + steps.pop(0), Rank.OVERFLOW, contact)
                waiting_for.append(step)
            yield simpy.AnyOf(self._env, waiting_for)
            if contact.number not in line:
                break
            if step is not None and step.processed:
                self._overflow(contact.line)
            elif patience is not None and patience.processed:
                self._abandon(contact)
        if contact.group >= 0:
            yield from self._serve(contact)

    def _overflow(self, line: int) -> None:
        """Groups have become eligible: those who wait longest take their free agents."""
        waiting = self._lines[line]
        while waiting:
            first = next(iter(waiting.values()))
            group = self._free_agent(line, waited=self._now - first.since)
            if group is None:
                return
            if not self._take(first, group):
                self._be_free(group)

    # -- contacts are served -------------------------------------------------------------------------------------

    def _take(self, contact: Contact, g: int) -> bool:
        """An agent of group g, no longer among the free, takes a waiting contact; a call-back may not be reached."""
        del self._lines[contact.line][contact.number]
        success = self._plan.queues[contact.queue].callback
        if contact.calls_back and success and self._chance(Purpose.CALLBACK_SUCCESS, contact) >= success[2]:
            self._count(self._now, contact.queue, QueueField.CALLBACKS_FAILED)
            self._end(contact)
            contact.called.succeed()
            return False
        self._begin(contact, g)
        contact.called.succeed()
        return True

    def _begin(self, contact: Contact, g: int) -> None:
        """An agent of group g, no longer among the free, begins a contact."""
        self._groups[g].serving.add(contact)
        contact.group, contact.begins = g, self._now
        wait = contact.begins - contact.arrives
        self._in_service[contact.queue] += 1
        if contact.calls_back:
            self._count(contact.begins, contact.queue, QueueField.CALLBACKS_SERVED)
            self._count(contact.begins, contact.queue, QueueField.CALLBACK_DELAY, wait)
            return
        self._count(contact.begins, contact.queue, QueueField.ANSWERED)
        if contact.arrives < 0:  # of the opening backlog, whose arrivals no interval owns
            return
        self._count(contact.arrives, contact.queue, QueueField.ARRIVED_ANSWERED)
        self._count(contact.arrives, contact.queue, QueueField.ANSWERED_WAIT, wait)
        if wait <= self._plan.queues[contact.queue].threshold:
            self._count(contact.arrives, contact.queue, QueueField.ANSWERED_IN_TIME)
        day = self._plan.day_of_interval[contact.arrives // self._plan.interval]
        self.counters.waits[day, contact.queue, wait_bin(wait)] += 1

    def _serve(self, contact: Contact) -> Process:
        handling = max(1, round(contact.work * float(self._speed[contact.group, contact.queue])))
        yield self._at(contact.begins + handling, Rank.COMPLETION, contact)
        if not contact.broken_off:
            self._complete(contact)

    def _complete(self, contact: Contact) -> None:
        g, now = contact.group, self._now
        group = self._groups[g]
        self._book_agents(g)
        group.serving.remove(contact)
        self._in_service[contact.queue] -= 1
        self._count(now, contact.queue, QueueField.HANDLED)
        self._count(now, contact.queue, QueueField.HANDLE_TIME, now - contact.begins)
        if now <= contact.due and self._is_counted_due(contact):
            self._count(contact.due, contact.queue, QueueField.DUE_MET)
        self.counters.groups[now // self._plan.interval, g, GroupField.HANDLED] += 1
        self._end(contact)
        self._follow_up(contact)
        leaves = contact.agent_leaves if self._plan.own_contact[g] else group.to_leave > 0
        if leaves:
            group.to_leave -= 1
        else:
            self._be_free(g)

    def _follow_up(self, contact: Contact) -> None:
        """A handled contact goes on to another queue, is done again, or comes back unresolved; or is done with."""
        rules, q = self._plan.queues[contact.queue], contact.queue
        luck = self._chance(Purpose.TRANSFER, contact)
        for to, cumulative in rules.transfers:
            if luck < cumulative:
                self._come(self._now, to, child(contact.number, Origin.TRANSFER), Origin.TRANSFER)
                return
        if self._chance(Purpose.REWORK, contact) < rules.rework:
            self._come(self._now, q, child(contact.number, Origin.REWORK), Origin.REWORK)
            return
        if rules.repeat is None or self._chance(Purpose.RESOLUTION, contact) < self._resolution[contact.group, q]:
            return
        probability, mean, window = rules.repeat
        if self._chance(Purpose.REPEAT, contact) < probability:
            delay = self._delay(Purpose.REPEAT_DELAY, q, contact.number, mean)
            if delay <= window and contact.arrives >= 0 and not contact.calls_back:
                self._count(contact.arrives, q, QueueField.REPEATED)
            self._come(self._now + delay, q, child(contact.number, Origin.REPEAT), Origin.REPEAT)

    # -- contacts give up ----------------------------------------------------------------------------------------

    def _abandon(self, contact: Contact) -> None:
        del self._lines[contact.line][contact.number]
        if not contact.called.triggered:
            contact.called.succeed()
        self._book_abandoned(contact)

    def _book_abandoned(self, contact: Contact) -> None:
        now, q, rules = self._now, contact.queue, self._plan.queues[contact.queue]
        wait = now - contact.arrives
        self._count(now, q, QueueField.ABANDONED)
        self._count(contact.arrives, q, QueueField.ARRIVED_ABANDONED)
        self._count(contact.arrives, q, QueueField.ABANDONED_WAIT, wait)
        if wait <= rules.threshold:
            self._count(contact.arrives, q, QueueField.ABANDONED_IN_TIME)
        if wait <= rules.short:
            self._count(contact.arrives, q, QueueField.ABANDONED_SHORT)
        self._end(contact)
        self._retry(contact)

    def _retry(self, contact: Contact) -> None:
        """Abandoned or blocked, some try again: the same work, patience of its own."""
        retrial, q = self._plan.queues[contact.queue].retrial, contact.queue
        if retrial is not None and self._chance(Purpose.RETRIAL, contact) < retrial[0]:
            delay = self._delay(Purpose.RETRIAL_DELAY, q, contact.number, retrial[1])
            self._come(self._now + delay, q, child(contact.number, Origin.RETRIAL), Origin.RETRIAL, contact.work)

    # -- agents --------------------------------------------------------------------------------------------------

    def _free_agent(self, line: int, waited: int) -> int | None:
        """The group that sends its longest free agent: by step, then by the route's choice, then as listed."""
        asked = self._plan.lines[line]
        best: tuple[float, ...] | None = None
        chosen = None
        for place, (g, tier, after) in enumerate(zip(asked.groups, asked.tiers, asked.after, strict=True)):
            group = self._groups[g]
            if after > waited or not group.free:
                continue
            by = len(group.serving) / group.on_floor if asked.least_occupied else group.free[0]
            if best is None or (tier, by, place) < best:
                best, chosen = (tier, by, place), g
        if chosen is not None:
            self._book_agents(chosen)
            self._groups[chosen].free.popleft()
        return chosen

    def _be_free(self, g: int) -> None:
        """An agent of group g takes waiting work, by priority, longest waiting and number, or joins the free."""
        while True:
            eligible: list[tuple[int, int, int, int, int]] = []
            for priority, line in self._plan.serves[g]:
                if self._lines[line]:
                    contact = next(iter(self._lines[line].values()))
                    asked = self._plan.lines[line]
                    if contact.since + asked.after[asked.groups.index(g)] <= self._now:
                        immediate = self._plan.queues[contact.queue].immediate
                        turn = contact.since if immediate else contact.due
                        eligible.append((priority, turn, line, contact.number, line))
            if not eligible:
                self._groups[g].free.append(self._now)
                return
            *_, number, line = min(eligible)
            if self._take(self._lines[line][number], g):
                return

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
        return self._streams.bits(Purpose.LEAVING, contact.queue, contact.number)

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
        if when >= 0:  # what arrived before the start is in no interval
            self.counters.queues[when // self._plan.interval, queue, what] += by

    def _is_counted_due(self, contact: Contact) -> bool:
        return self._plan.queues[contact.queue].due is not None and 0 <= contact.due < self._plan.horizon

    def _count_due(self, contact: Contact) -> None:
        if self._is_counted_due(contact):
            self._count(contact.due, contact.queue, QueueField.DUE)

    def _end(self, contact: Contact) -> None:
        if self._keep_log:
            self.log.append(self._row(contact, self._now))

    def _row(self, contact: Contact, ends: int) -> tuple[int, ...]:
        return (contact.queue, contact.number, contact.arrives, contact.group, contact.begins, ends)

    def _at(self, when: int, rank: Rank, contact: Contact) -> simpy.Event:
        """An event at an instant, ordered among those of the same instant."""
        place = contact.line if rank is Rank.OVERFLOW else contact.queue
        event = self._env.event()
        event._ok, event._value = True, None  # as simpy.Timeout does; SimPy has no public timeout with a priority
        order = EventPriority((rank << 80) + (place << 64) + contact.number)
        self._env.schedule(event, priority=order, delay=when - self._now)
        return event
