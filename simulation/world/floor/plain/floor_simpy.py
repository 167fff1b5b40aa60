"""The floor in plain SimPy, a process a contact: the text in which a rule is written first, and the kernel's oracle.

`visits` is what contacts go through, `agents` who serves them, `routing` who meets whom,
`contacts` and `returns` what is drawn for them, `books` what is counted.
"""

from collections import deque
from collections.abc import Sequence
from math import floor

import numpy as np

from simulation.outcome.counting.counters import Counters, Int64, QueueField
from simulation.world.demand.arrivals import Trace
from simulation.world.floor.floor import Failures, Float64, Floor, FloorPlan, Streams, borders
from simulation.world.floor.plain.agents import Agent, Group
from simulation.world.floor.plain.books import Books
from simulation.world.floor.plain.clock import Clock
from simulation.world.floor.plain.contacts import Contact, Contacts
from simulation.world.floor.plain.visits import Visits


class SimpyFloor(Floor):
    """See `Floor`."""

    def __init__(self, plan: FloorPlan, counters: Counters, streams: Streams, *, keep_log: bool = False) -> None:
        self.counters = counters
        self._plan = plan
        self._clock = Clock()
        self._contacts = Contacts(plan, streams, self._clock)
        self._books = Books(plan, counters, keep_log=keep_log)
        self.log = self._books.log
        self._groups = [
            Group(g, own_contact, counters.groups[:, g], plan.interval)
            for g, own_contact in enumerate(plan.own_contact)
        ]
        self._agents = np.zeros((0, plan.groups), np.int64)
        self._failures: Failures | None = None
        self._rows: deque[tuple[int, int]] = deque()
        self._visits = Visits(self._clock, plan, self._contacts, self._groups, self._books)

    def load(self, trace: Trace) -> None:
        self._clock.process(self._visits.arrivals(trace))

    def begin_with(self, backlog: Trace) -> None:
        for contact in self._contacts.of(backlog):
            self._visits.begin_with(contact)

    def staff(self, agents: Int64, instants: Int64 | None = None, failures: Failures | None = None) -> None:
        if instants is None:
            instants = borders(self._clock.instant, len(agents), self._plan.interval)
        self._agents, self._failures = agents, failures
        self._rows = deque(enumerate(instants.tolist()))
        self._staff()

    def _staff(self) -> None:
        """The next row of agents, after the outages that begin with it."""
        now, (row, _) = self._clock.instant, self._rows.popleft()
        if (failures := self._failures) is not None:
            for k in np.flatnonzero(failures.rows == row).tolist():
                shares, luck = failures.shares[k], float(failures.luck[k])
                self.fail(np.flatnonzero(shares).tolist(), float(shares.max()), luck, bool(failures.requeue[k]))
        agents = self._agents[row].tolist()
        for group, wanted in zip(self._groups, agents, strict=True):
            change = wanted - group.staying
            if change < 0:
                group.cut(-change, self._leaving_draw, now)
            for _ in range(change - group.keep(change)):
                self._visits.seek_work(group.come(now))

    def pace(self, speed: Float64, resolution: Float64) -> None:
        self._visits.speed, self._visits.resolution = speed, resolution

    def clear(self, queue: int) -> None:
        for line in self._plan.queues[queue].lines:
            for contact in list(self._visits.lines[line].values()):
                if not contact.calls_back:
                    self._visits.abandon(contact)

    def open(self, queue: int) -> None:
        for line in self._plan.queues[queue].lines:
            self._visits.send_agents(line)

    def fail(self, groups: Sequence[int], share: float, luck: float, requeue: bool) -> None:
        now, reached, gone = self._clock.instant, luck, 0
        struck: list[Contact] = []
        for group in (self._groups[g] for g in sorted(groups)):
            lost = []
            for count in (group.idle, len(group.busy)):
                reached += share * count
                lost.append(min(floor(reached) - gone, count))
                gone = floor(reached)
            struck += group.strike(lost[0], lost[1], self._leaving_draw, now)
        self._visits.break_off(struck, requeue)

    def advance(self, until: int) -> None:
        interval, now = self._plan.interval, self._clock.instant
        if now < until and self._rows and self._rows[0][1] == now:
            self._staff()
        stops = {*range(now // interval * interval + interval, until, interval)}
        for stop in sorted(stops | {at for _, at in self._rows if at < until}):
            self._live(stop)
            if self._rows and self._rows[0][1] == stop:
                self._staff()
        self._live(until)

    def _live(self, until: int) -> None:
        """Everything before `until`, a time within one interval."""
        self._clock.run(until=until)
        for group in self._groups:
            group.book(until)
        if until % self._plan.interval == 0 or until == self._plan.horizon:
            for q, in_service in enumerate(self._visits.in_service):
                waiting = [contact for contact in self._visits.waiting(q) if not contact.calls_back]
                self._books.interval_ends(q, waiting, len(in_service), until)

    def finish(self) -> None:
        for q, in_service in enumerate(self._visits.in_service):
            for contact in (waiting := self._visits.waiting(q)):
                if not contact.calls_back:
                    so_far = self._clock.instant - contact.arrives
                    self._books.count(contact.arrives, contact, QueueField.WAITED_SO_FAR, so_far)
            for contact in (*waiting, *in_service):
                self._books.end(contact, -1)

    def _leaving_draw(self, agent: Agent) -> int:
        return self._contacts.leaving_draw(agent.longest_running)
