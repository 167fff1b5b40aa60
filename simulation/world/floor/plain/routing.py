"""The plain floor's routing: which agent a contact is given to, and which waiting contact an agent takes."""

from collections import OrderedDict
from collections.abc import Sequence

from simulation.world.floor.floor import FloorPlan
from simulation.world.floor.plain.agents import Agent, Group
from simulation.world.floor.plain.contacts import Contact

Lines = Sequence[OrderedDict[int, Contact]]
"""Who waits in each line, by number, longest waiting first."""


class Routing:
    """Chooses between ready agents and between waiting contacts; changes nothing."""

    def __init__(self, plan: FloorPlan, groups: Sequence[Group], lines: Lines) -> None:
        self._plan, self._groups, self._lines = plan, groups, lines

    def agent_for(self, contact: Contact, now: int) -> Agent | None:
        """The ready agent who takes a contact: by step, fewest in hand, the route's choice, and as listed."""
        if not self._may_begin(contact.queue, now):
            return None
        asked, slots = self._plan.lines[contact.line], self._plan.queues[contact.queue].slots
        ready: list[tuple[tuple[float, ...], Agent]] = []
        for place, (g, tier, after) in enumerate(zip(asked.groups, asked.tiers, asked.after, strict=True)):
            agent = self._groups[g].first_ready(slots)
            if agent is not None and contact.since + after <= now:
                by = self._groups[g].occupancy if asked.least_occupied else agent.since
                ready.append(((tier, len(agent.in_hand), by, place), agent))
        return min(ready, key=lambda one: one[0])[1] if ready else None

    def contact_for(self, agent: Agent, now: int) -> Contact | None:
        """The waiting contact that an agent takes: by priority, longest waiting or earliest due, and number."""
        fitting: list[tuple[tuple[int, ...], Contact]] = []
        for priority, line in self._plan.serves[agent.group]:
            asked = self._plan.lines[line]
            rules = self._plan.queues[asked.queue]
            if self._lines[line] and agent.has_room(rules.slots) and self._may_begin(asked.queue, now):
                first = next(iter(self._lines[line].values()))
                if first.since + asked.after[asked.groups.index(agent.group)] <= now:
                    turn = first.since if rules.immediate else first.due
                    fitting.append(((priority, turn, line, first.number), first))
        return min(fitting, key=lambda one: one[0])[1] if fitting else None

    def waits_over(self, contact: Contact, over: int) -> bool:
        """Whether the expected wait of one about to join its line, those ahead and itself x mean handling / slots of
        its agents, is over a time."""
        rules, line = self._plan.queues[contact.queue], self._plan.lines[contact.line]
        slots = rules.slots * sum(self._groups[g].on_floor for g in line.groups)
        mean = round(float(rules.mean_work[contact.arrives // self._plan.interval]))
        return (len(self._lines[contact.line]) + 1) * mean > over * slots

    def _may_begin(self, q: int, now: int) -> bool:
        """People are called in a queue's open hours only."""
        rules = self._plan.queues[q]
        return rules.outbound is None or rules.opening(now) == now
