"""Visits to the plain floor: what a contact goes through from its arrival to its end, a SimPy process each."""

from collections import OrderedDict
from collections.abc import Generator, Sequence
from typing import Any

import simpy

from simulation.outcome.counting.counters import QueueField
from simulation.world.demand.arrivals import NEVER, Trace
from simulation.world.floor.floor import Attempts, FloorPlan
from simulation.world.floor.plain.agents import Agent, Group
from simulation.world.floor.plain.books import Books
from simulation.world.floor.plain.clock import Clock, Rank
from simulation.world.floor.plain.contacts import Contact, Contacts
from simulation.world.floor.plain.returns import Returns
from simulation.world.floor.plain.routing import Routing
from simulation.world.randomness import Purpose

Process = Generator[simpy.Event, Any, None]


class Visits:
    """The contacts in a replication, waiting and in service, and the processes that take them along."""

    def __init__(
        self, clock: Clock, plan: FloorPlan, contacts: Contacts, groups: Sequence[Group], books: Books
    ) -> None:
        self._clock, self._plan, self._contacts, self._groups, self._books = clock, plan, contacts, groups, books
        self.speed, self.resolution = plan.speed, plan.resolution
        self.lines: list[OrderedDict[int, Contact]] = [OrderedDict() for _ in plan.lines]  # longest waiting first
        self.in_service: list[dict[Contact, None]] = [{} for _ in plan.queues]
        self._away: list[dict[Contact, None]] = [{} for _ in plan.queues]  # records being called or to be called again
        self._routing = Routing(plan, groups, self.lines)
        self._returns = Returns(plan, contacts, books)

    def waiting(self, q: int) -> list[Contact]:
        """Who waits in a queue: in its lines, or as a record that has not been reached yet."""
        lines = (self.lines[line].values() for line in self._plan.queues[q].lines)
        return [*(contact for line in lines for contact in line), *self._away[q]]

    # -- contacts come -------------------------------------------------------------------------------------------

    def arrivals(self, trace: Trace) -> Process:
        """Each contact of a trace visits the floor at its time."""
        for contact in self._contacts.of(trace):
            yield self._clock.at(contact.arrives, Rank.ARRIVAL, contact)
            self._clock.process(self._visit(contact))

    def begin_with(self, contact: Contact) -> None:
        """A contact of the opening backlog is in line; it is here, whatever share of the others is not."""
        line = self._contacts.allocate(contact)
        contact.line = self._plan.queues[contact.queue].lines[0] if line is None else line
        self.lines[contact.line][contact.number] = contact
        self._books.due(contact)
        self._clock.process(self._await_turn(contact))

    def _inside(self, q: int) -> int:
        return sum(len(self.lines[line]) for line in self._plan.queues[q].lines) + len(self.in_service[q])

    def _come(self, contact: Contact | None) -> None:
        if contact is not None:
            self._clock.process(self._return(contact))

    def _return(self, contact: Contact) -> Process:
        yield self._clock.at(contact.arrives, Rank.RETURN, contact)
        yield from self._visit(contact)

    def _visit(self, contact: Contact) -> Process:
        """From arriving to the end: offered elsewhere, blocked, served, gone, or still there at the horizon."""
        rules = self._plan.queues[contact.queue]
        line = self._contacts.allocate(contact)
        if line is None:
            return
        contact.line = line
        self._books.offered(contact)
        self._books.due(contact)
        if rules.most is not None and self._inside(contact.queue) >= rules.most:
            self._books.blocked(contact)
            self._come(self._returns.retrial(contact, self._clock.instant))
        elif self._find_agent(contact):
            yield from self._be_served(contact)
        elif self._contacts.chance(Purpose.BALKING, contact) < rules.balking:
            self._give_up(contact)
        else:
            self._offer_callback(contact)
            self.lines[line][contact.number] = contact
            yield from self._await_turn(contact)

    def break_off(self, struck: list[Contact], requeue: bool) -> None:
        """Contacts whose agents are gone: those in service are lost or offered again, attempts have been in vain."""
        struck = sorted(struck, key=lambda contact: (contact.queue, contact.since, contact.number))
        served = [contact for contact in struck if contact.begins >= 0]
        for contact in struck:
            contact.broken_off = True
            outbound = self._plan.queues[contact.queue].outbound
            if contact.begins < 0 and outbound is not None:
                self._books.count(self._clock.instant, contact, QueueField.ATTEMPTS)
                self._miss(contact, outbound)
        for contact in served:
            del self.in_service[contact.queue][contact]
            self._books.count(self._clock.instant, contact, QueueField.LOST)
            self._books.end(contact, self._clock.instant)
        if requeue:
            self._requeue(served)

    def _requeue(self, struck: list[Contact]) -> None:
        """Contacts broken off come again: to a ready agent, else to the head of the line, longest waiting first."""
        waiting = []
        for contact in struck:
            again = self._contacts.again(contact, self._clock.instant)
            self._books.offered(again)
            if self._find_agent(again):
                self._clock.process(self._be_served(again))
            else:
                waiting.append(again)
        for again in reversed(waiting):
            self.lines[again.line][again.number] = again
            self.lines[again.line].move_to_end(again.number, last=False)
        for again in waiting:
            self._clock.process(self._await_turn(again))

    def _offer_callback(self, contact: Contact) -> None:
        """Where the wait is expected to be long, some accept to be called instead."""
        callback = self._plan.queues[contact.queue].callback
        if callback is None or not self._routing.waits_over(contact, callback[0]):
            return
        if self._contacts.chance(Purpose.CALLBACK, contact) < callback[1]:
            self._books.count(contact.arrives, contact, QueueField.CALLBACKS)
            contact.calls_back, contact.gives_up = True, NEVER

    # -- contacts wait -------------------------------------------------------------------------------------------

    def _await_turn(self, contact: Contact) -> Process:
        """Wait until an agent calls, an overflow step finds one, patience ends or the queue closes; then be served."""
        line = self.lines[contact.line]
        patience = None
        if contact.gives_up < NEVER:
            patience = self._clock.at(contact.gives_up, Rank.ABANDONMENT, contact)
        steps = sorted(
            {after for after in self._plan.lines[contact.line].after if contact.since + after > self._clock.instant}
        )
        while contact.number in line:
            waiting_for = [contact.called]
            if patience is not None:
                waiting_for.append(patience)
            step = None
            if steps:
                step = self._clock.at(contact.since + steps.pop(0), Rank.OVERFLOW, contact)
                waiting_for.append(step)
            yield simpy.AnyOf(self._clock, waiting_for)
            if contact.number not in line:
                break
            if step is not None and step.processed:
                self.send_agents(contact.line)
            elif patience is not None and patience.processed:
                self.abandon(contact)
        if contact.agent is not None:
            yield from self._be_served(contact)

    def abandon(self, contact: Contact) -> None:
        """A waiting contact gives up."""
        self._leave_line(contact)
        self._give_up(contact)

    def _leave_line(self, contact: Contact) -> None:
        del self.lines[contact.line][contact.number]
        contact.called.succeed()

    def _give_up(self, contact: Contact) -> None:
        self._books.abandoned(contact, self._clock.instant)
        self._come(self._returns.retrial(contact, self._clock.instant))

    # -- agents and contacts meet --------------------------------------------------------------------------------

    def _find_agent(self, contact: Contact) -> bool:
        """Gives a contact that does not wait in line to a ready agent, if there is one."""
        agent = self._routing.agent_for(contact, self._clock.instant)
        if agent is None:
            return False
        self._groups[agent.group].ask(agent, self._clock.instant)
        self._give(contact, agent)
        self._groups[agent.group].stand_ready(agent, self._clock.instant)
        return True

    def send_agents(self, line: int) -> None:
        """Groups have become eligible, or records may be called: those who wait longest take their ready agents."""
        while self.lines[line]:
            first = next(iter(self.lines[line].values()))
            agent = self._routing.agent_for(first, self._clock.instant)
            if agent is None:
                return
            self._groups[agent.group].ask(agent, self._clock.instant)
            if self._take(first, agent):
                self._groups[agent.group].stand_ready(agent, self._clock.instant)
            else:
                self.seek_work(agent)

    def seek_work(self, agent: Agent) -> None:
        """An agent who has room takes waiting work as long as some fits, then stands ready."""
        while (contact := self._routing.contact_for(agent, self._clock.instant)) is not None:
            self._take(contact, agent)
        self._groups[agent.group].stand_ready(agent, self._clock.instant)

    def _take(self, contact: Contact, agent: Agent) -> bool:
        """An agent who is not ready takes a waiting contact; a call-back may not be reached."""
        self._leave_line(contact)
        callback = self._plan.queues[contact.queue].callback
        if contact.calls_back and callback and self._contacts.chance(Purpose.CALLBACK_SUCCESS, contact) >= callback[2]:
            self._books.count(self._clock.instant, contact, QueueField.CALLBACKS_FAILED)
            self._books.end(contact, self._clock.instant)
            return False
        self._give(contact, agent)
        return True

    def _give(self, contact: Contact, agent: Agent) -> None:
        """An agent begins a contact, or an attempt to reach one."""
        self._groups[agent.group].give(agent, contact)
        outbound = self._plan.queues[contact.queue].outbound
        if outbound is None:
            self._begin(contact, agent)
        else:
            self._away[contact.queue][contact] = None
            contact.ends = self._clock.instant + max(
                1, round(outbound.lasts * float(self.speed[agent.group, contact.queue]))
            )

    # -- contacts are served -------------------------------------------------------------------------------------

    def _be_served(self, contact: Contact) -> Process:
        """By the agent who has it in hand; a record must be reached first."""
        outbound, agent = self._plan.queues[contact.queue].outbound, contact.agent
        assert agent is not None
        if outbound is not None:
            yield self._clock.at(contact.ends, Rank.COMPLETION, contact)
            if contact.broken_off:
                return
            self._books.count(self._clock.instant, contact, QueueField.ATTEMPTS)
            if not self._contacts.connects(contact, outbound.connect):
                self._groups[agent.group].let_go(agent, contact, self._clock.instant)
                self._miss(contact, outbound)
                self._go_on(agent)
                return
            del self._away[contact.queue][contact]
            contact.since = contact.arrives  # once it is reached, its place in time is that of its arrival
            self._begin(contact, agent)
        yield self._clock.at(contact.ends, Rank.COMPLETION, contact)
        if not contact.broken_off:
            self._complete(contact, agent)

    def _begin(self, contact: Contact, agent: Agent) -> None:
        """Its service begins; how long it takes is settled by what the agent has in hand now."""
        slowed = 1.0 + self._plan.queues[contact.queue].slowdown * (len(agent.in_hand) - 1)
        speed = float(self.speed[agent.group, contact.queue])
        contact.begins = self._clock.instant
        contact.ends = self._clock.instant + max(1, round(contact.work * speed * slowed))
        self.in_service[contact.queue][contact] = None
        self._books.answered(contact)

    def _complete(self, contact: Contact, agent: Agent) -> None:
        self._groups[agent.group].let_go(agent, contact, self._clock.instant)
        del self.in_service[contact.queue][contact]
        self._books.handled(contact, self._clock.instant)
        self._come(self._returns.after(contact, self._clock.instant, self.resolution))
        self._go_on(agent)

    def _go_on(self, agent: Agent) -> None:
        """An agent has let a contact go: seeks further work, or leaves."""
        if not self._groups[agent.group].takes_no_more(agent):
            self.seek_work(agent)

    def _miss(self, record: Contact, outbound: Attempts) -> None:
        """An attempt to reach a record has ended in vain: later it joins its line again, or it is given up."""
        del self._away[record.queue][record]
        again = self._contacts.missed(record)
        if again.attempts == outbound.most:
            self._give_up(again)
            return
        self._away[record.queue][again] = None
        at = self._plan.queues[record.queue].opening(self._clock.instant + outbound.retry)
        if at < self._plan.horizon:
            self._clock.process(self._join_again(again, at))

    def _join_again(self, record: Contact, at: int) -> Process:
        yield self._clock.at(at, Rank.RETURN, record)
        del self._away[record.queue][record]
        record.since = at
        if self._find_agent(record):
            yield from self._be_served(record)
        else:
            self.lines[record.line][record.number] = record
            yield from self._await_turn(record)
