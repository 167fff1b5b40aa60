"""Contacts of the plain floor: made of traces or of contacts before them, with luck and a line of their own."""

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import simpy

from simulation.scenario.queues.times import Distribution
from simulation.world.demand.arrivals import NEVER, Origin, Trace
from simulation.world.demand.distributions import draw, quantile_table
from simulation.world.floor.floor import Allocation, FloorPlan, Streams, child
from simulation.world.randomness import Purpose

if TYPE_CHECKING:
    from simulation.world.floor.plain.agents import Agent


@dataclass(eq=False)
class Contact:
    """A contact in a queue. It waits since `since`: earlier than it arrives when an outage put it back in line, later
    when it is a record that joins its line again."""

    queue: int
    number: int
    origin: Origin
    arrives: int
    gives_up: int
    work: int
    due: int
    since: int
    called: simpy.Event
    shares_agent: bool  # its agent may have others in hand
    line: int = -1
    agent: "Agent | None" = None
    begins: int = -1
    ends: int = -1  # when it lets go of its agent: its service, or the attempt to call it
    calls_back: bool = False
    broken_off: bool = False
    attempts: int = 0  # to call it, ended so far

    @property
    def group(self) -> int:
        """The group that serves or served it; -1 when none has begun."""
        return -1 if self.agent is None or self.begins < 0 else self.agent.group


class Contacts:
    """Makes the contacts of one replication, and draws for them by key."""

    def __init__(self, plan: FloorPlan, streams: Streams, env: simpy.Environment) -> None:
        self._plan = plan
        self._streams = streams
        self._env = env
        self._allocated: dict[Allocation, list[int]] = {}

    def of(self, trace: Trace) -> list[Contact]:
        """The contacts of a trace."""
        if not trace.drawn:
            raise ValueError("this floor takes contacts whose patience and work are drawn")
        columns = (trace.queue, trace.number, trace.origin, trace.arrives, trace.gives_up, trace.work)
        rows = zip(*(column.tolist() for column in columns), strict=True)
        return [self.make(q, number, Origin(origin), *times) for q, number, origin, *times in rows]

    def make(self, q: int, number: int, origin: Origin, arrives: int, gives_up: int, work: int) -> Contact:
        """One contact, with its due time."""
        rules = self._plan.queues[q]
        due, called = rules.due_by(arrives), self._env.event()
        return Contact(q, number, origin, arrives, gives_up, work, due, arrives, called, rules.slots > 1)

    def following(
        self, contact: Contact, origin: Origin, at: int, queue: int | None = None, work: int | None = None
    ) -> Contact | None:
        """What follows from a contact comes at an instant, or at the next opening; None when the horizon has none.

        To its own queue, unless another is named; with work of its own, unless some is given.
        """
        q, number = contact.queue if queue is None else queue, child(contact.number, origin)
        rules = self._plan.queues[q]
        at = rules.opening(at)
        if at >= self._plan.horizon:
            return None
        if work is None:
            mean = float(rules.mean_work[at // self._plan.interval])
            work = self._drawn(rules.work, Purpose.WORK, q, number, mean)
        return self.make(q, number, origin, at, self._patience(q, number, at), work)

    def again(self, contact: Contact, at: int) -> Contact:
        """A contact broken off in service, offered again: its place in time and its due time stay, patience is new."""
        q, number = contact.queue, child(contact.number, Origin.REQUEUED)
        made = self.make(q, number, Origin.REQUEUED, at, self._patience(q, number, at), contact.work)
        made.line, made.since, made.due = contact.line, contact.since, contact.due
        return made

    def missed(self, record: Contact) -> Contact:
        """A record that an attempt has not reached, as it waits for the next."""
        return replace(record, attempts=record.attempts + 1, agent=None, broken_off=False, called=self._env.event())

    def chance(self, purpose: Purpose, contact: Contact) -> float:
        """One uniform of a contact."""
        return self._streams.uniform(purpose, contact.queue, contact.number)

    def connects(self, record: Contact, probability: float) -> bool:
        """Whether the next attempt to call a record connects."""
        attempt = child(record.number, record.attempts)
        return self._streams.uniform(Purpose.CONNECTION, record.queue, attempt) < probability

    def leaving_draw(self, contact: Contact) -> int:
        """The agents with the least leave first."""
        return self._streams.bits(Purpose.LEAVING, contact.queue, contact.number)

    def delay(self, purpose: Purpose, contact: Contact, mean: float) -> int:
        """An exponential time until a contact comes back."""
        table = quantile_table(Distribution.EXPONENTIAL, 1.0)
        return self._drawn(table, purpose, contact.queue, contact.number, mean)

    def allocate(self, contact: Contact) -> int | None:
        """The line of a contact: the queue's only one, or one by the allocation in force; None: not offered here."""
        rules = self._plan.queues[contact.queue]
        in_force = [entry for entry in rules.allocation if entry.begins <= contact.arrives]
        if not in_force:
            return rules.lines[0]
        entry = in_force[-1]
        if entry.counted:
            counts = self._allocated.setdefault(entry, [0] * len(entry.cumulative))
            shares = np.diff(entry.cumulative, prepend=0.0).tolist()
            lacks = [share * (sum(counts) + 1) - count for share, count in zip(shares, counts, strict=True)]
            chosen = lacks.index(max(lacks))
            counts[chosen] += 1
        else:
            luck = self.chance(Purpose.ALLOCATION, contact)
            chosen = sum(luck >= share for share in entry.cumulative[:-1])
        return rules.lines[chosen] if chosen < len(rules.lines) else None

    def _patience(self, q: int, number: int, at: int) -> int:
        rules = self._plan.queues[q]
        if rules.patience is None:
            return NEVER
        return at + self._drawn(rules.patience, Purpose.PATIENCE, q, number, rules.mean_patience, least=0)

    def _drawn(
        self, table: np.ndarray[Any, Any], purpose: Purpose, q: int, number: int, mean: float, least: int = 1
    ) -> int:
        bits = np.array([self._streams.bits(purpose, q, number)], np.uint64)
        return max(least, round(float(draw(table, bits)[0]) * mean))
