"""Agents of the plain floor: who is ready for a contact, who has how many in hand, who goes."""

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field

from simulation.outcome.counting.counters import GroupField, Int64
from simulation.world.floor.plain.contacts import Contact


@dataclass(eq=False)
class Agent:
    """Somebody on the floor, who has had so many contacts in hand since `since`."""

    group: int
    in_hand: list[Contact] = field(default_factory=list)
    since: int = 0
    leaves: bool = False  # takes nothing more, and goes after the last contact

    def has_room(self, slots: int) -> bool:
        """Whether a contact of a queue with so many slots fits: several in hand are all of queues with slots."""
        return len(self.in_hand) < slots and all(contact.shares_agent for contact in self.in_hand)

    @property
    def longest_running(self) -> Contact:
        """The contact that began first; of several, by queue and number."""
        return min(self.in_hand, key=lambda contact: (contact.begins, contact.queue, contact.number))


class Group:
    """The agents of one team. Those who may take a contact are ready, by how many they have in hand, and in the order
    in which they came to have so many."""

    def __init__(self, g: int, own_contact: bool, rows: Int64, interval: int) -> None:
        self._g, self._own_contact, self._rows, self._interval = g, own_contact, rows, interval
        self._ready: defaultdict[int, dict[Agent, None]] = defaultdict(dict)
        self.busy: dict[Agent, None] = {}
        self._to_choose = 0  # busy agents who go, whoever has finished a contact first
        self._booked = 0  # until when agent time is booked

    @property
    def on_floor(self) -> int:
        """Agents there, ready or busy."""
        return len(self._ready[0]) + len(self.busy)

    @property
    def staying(self) -> int:
        """Agents on the floor who are not about to leave."""
        return self.on_floor - self._to_choose - sum(agent.leaves for agent in self.busy)

    @property
    def occupancy(self) -> float:
        """Share of them who are busy."""
        return len(self.busy) / self.on_floor

    def first_ready(self, slots: int) -> Agent | None:
        """The agent who may take a contact of a queue with so many slots: fewest in hand, longest so."""
        return next((agent for n in range(slots) for agent in self._ready[n]), None)

    def come(self, now: int) -> Agent:
        """One more agent, with nothing in hand, not ready yet."""
        self.book(now)
        return Agent(self._g)

    def stand_ready(self, agent: Agent, now: int) -> None:
        """An agent has come to have so many in hand; is ready for more, unless a contact wants the agent alone."""
        agent.since = now
        if agent.has_room(len(agent.in_hand) + 1):
            self._ready[len(agent.in_hand)][agent] = None

    def ask(self, agent: Agent, now: int) -> None:
        """A ready agent is asked to take a contact, and no longer ready."""
        self.book(now)
        self._ready[len(agent.in_hand)].pop(agent, None)

    def give(self, agent: Agent, contact: Contact) -> None:
        """An agent who is not ready gets a contact in hand."""
        agent.in_hand.append(contact)
        self.busy[agent] = None
        contact.agent = agent

    def let_go(self, agent: Agent, contact: Contact, now: int) -> None:
        """A contact is out of its agent's hands; the agent is not ready yet."""
        self.ask(agent, now)
        agent.in_hand.remove(contact)
        if not agent.in_hand:
            del self.busy[agent]

    def takes_no_more(self, agent: Agent) -> bool:
        """Whether an agent who has let a contact go leaves; where whoever finishes first goes, it is this one."""
        if self._to_choose and not agent.leaves:
            self._to_choose -= 1
            agent.leaves = True
        return agent.leaves

    def keep(self, wanted: int) -> int:
        """Of those who have yet to be chosen to leave, so many stay; says how many."""
        kept = min(max(wanted, 0), self._to_choose)
        self._to_choose -= kept
        return kept

    def cut(self, count: int, luck: Callable[[Agent], int], now: int) -> None:
        """So many go: idle ones at once, then busy ones, either those with the least luck or who finishes first."""
        idle = list(self._ready[0])[:count]
        for agent in idle:
            self.ask(agent, now)
        count -= len(idle)
        if not self._own_contact:
            self._to_choose += count
            return
        for agent in sorted((agent for agent in self.busy if not agent.leaves), key=luck)[:count]:
            agent.leaves = True
            self.ask(agent, now)

    @property
    def idle(self) -> int:
        """Agents with nothing in hand."""
        return len(self._ready[0])

    def strike(self, idle: int, busy: int, luck: Callable[[Agent], int], now: int) -> list[Contact]:
        """So many of the idle and of the busy are gone; gives the contacts that these had in hand."""
        for agent in list(self._ready[0])[:idle]:
            self.ask(agent, now)
        struck = sorted(self.busy, key=luck)[:busy]
        self._to_choose = max(0, self._to_choose - sum(not agent.leaves for agent in struck))
        for agent in struck:
            self.ask(agent, now)
            del self.busy[agent]
        return [contact for agent in struck for contact in agent.in_hand]

    def book(self, now: int) -> None:
        """Book the agents' time since the last change; it lies within one interval."""
        if now > self._booked:
            row = self._rows[self._booked // self._interval]
            row[GroupField.BUSY] += len(self.busy) * (now - self._booked)
            row[GroupField.ON_FLOOR] += self.on_floor * (now - self._booked)
            self._booked = now
