"""The plain floor's returns: contacts that follow from others, by retrial, transfer, rework or repeat."""

from simulation.outcome.counting.counters import QueueField
from simulation.world.demand.arrivals import Origin
from simulation.world.floor.floor import Float64, FloorPlan
from simulation.world.floor.plain.books import Books
from simulation.world.floor.plain.contacts import Contact, Contacts
from simulation.world.randomness import Purpose


class Returns:
    """Says whether a contact that has ended comes back, and as which; None where it is done with."""

    def __init__(self, plan: FloorPlan, contacts: Contacts, books: Books) -> None:
        self._plan, self._contacts, self._books = plan, contacts, books

    def retrial(self, contact: Contact, now: int) -> Contact | None:
        """Abandoned or blocked, some try again: the same work, patience of its own."""
        retrial = self._plan.queues[contact.queue].retrial
        if retrial is None or self._contacts.chance(Purpose.RETRIAL, contact) >= retrial[0]:
            return None
        delay = self._contacts.delay(Purpose.RETRIAL_DELAY, contact, retrial[1])
        return self._contacts.following(contact, Origin.RETRIAL, now + delay, work=contact.work)

    def after(self, contact: Contact, now: int, resolution: Float64) -> Contact | None:
        """A handled contact goes on to another queue, is done again, or comes back unresolved."""
        rules = self._plan.queues[contact.queue]
        luck = self._contacts.chance(Purpose.TRANSFER, contact)
        for to, cumulative in rules.transfers:
            if luck < cumulative:
                return self._contacts.following(contact, Origin.TRANSFER, now, to)
        if self._contacts.chance(Purpose.REWORK, contact) < rules.rework:
            self._books.defective(contact, now)
            return self._contacts.following(contact, Origin.REWORK, now)
        solved = self._contacts.chance(Purpose.RESOLUTION, contact)
        if rules.repeat is None or solved < resolution[contact.group, contact.queue]:
            return None
        return self._repeat(contact, now, *rules.repeat)

    def _repeat(self, contact: Contact, now: int, probability: float, mean: float, window: int) -> Contact | None:
        if self._contacts.chance(Purpose.REPEAT, contact) >= probability:
            return None
        delay = self._contacts.delay(Purpose.REPEAT_DELAY, contact, mean)
        if delay <= window and contact.arrives >= 0 and not contact.calls_back:
            self._books.count(contact.arrives, contact, QueueField.REPEATED)
        return self._contacts.following(contact, Origin.REPEAT, now + delay)
