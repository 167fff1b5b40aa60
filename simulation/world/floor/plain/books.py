"""The plain floor's books: what each event of a contact adds to the counters, and the log."""

from simulation.outcome.counting.counters import (
    ANSWERED_FIELDS,
    PORTION_FIELDS,
    Counters,
    GroupField,
    QueueField,
    wait_bin,
)
from simulation.world.demand.arrivals import Origin
from simulation.world.floor.floor import FloorPlan, Portion
from simulation.world.floor.plain.contacts import Contact

ORIGIN_FIELDS = {
    Origin.RETRIAL: QueueField.OFFERED_RETRIAL,
    Origin.REPEAT: QueueField.OFFERED_REPEAT,
    Origin.TRANSFER: QueueField.OFFERED_TRANSFER,
    Origin.REWORK: QueueField.OFFERED_REWORK,
    Origin.BOT_FAILURE: QueueField.OFFERED_BOT_FAILURE,
    Origin.REQUEUED: QueueField.OFFERED_REQUEUED,
}
OF_THEIR_OWN = (QueueField.ANSWERED_IN_TIME, QueueField.ABANDONED_IN_TIME, QueueField.OFFERED_REWORK)
"""What portions count in their own way: by their threshold, or of the contact in which a defect is found."""


class Books:
    """Counters by interval, and a row for every contact that ends where a log is kept."""

    def __init__(self, plan: FloorPlan, counters: Counters, *, keep_log: bool) -> None:
        self._plan, self._counters, self._keep_log = plan, counters, keep_log
        self.log: list[tuple[int, ...]] = []

    def count(self, when: int, contact: Contact, what: QueueField, by: int = 1) -> None:
        """Add to a counter of the interval of an instant."""
        if when >= 0:  # what arrived before the start is in no interval
            self._counters.queues[when // self._plan.interval, contact.queue, what] += by
            for p, portion in enumerate(self._plan.portions if what in PORTION_FIELDS else ()):
                if what not in OF_THEIR_OWN and _is_in(portion, contact, what):
                    self._counters.portions[when // self._plan.interval, p, what] += by

    def _in_time(self, contact: Contact, wait: int, what: QueueField) -> None:
        """It was answered, or gave up, within the threshold, of which a portion has its own."""
        if wait <= self._plan.queues[contact.queue].threshold:
            self.count(contact.arrives, contact, what)
        for p, portion in enumerate(self._plan.portions):
            if wait <= portion.threshold and _is_in(portion, contact, what) and contact.arrives >= 0:
                self._counters.portions[contact.arrives // self._plan.interval, p, what] += 1

    def offered(self, contact: Contact) -> None:
        """It has reached its queue, by its origin too."""
        self.count(contact.arrives, contact, QueueField.OFFERED)
        if contact.origin in ORIGIN_FIELDS:
            self.count(contact.arrives, contact, ORIGIN_FIELDS[contact.origin])

    def due(self, contact: Contact) -> None:
        """It counts among what is due in the interval of its due time."""
        if self._is_counted_due(contact):
            self.count(contact.due, contact, QueueField.DUE)

    def blocked(self, contact: Contact) -> None:
        """It found the line full."""
        self.count(contact.arrives, contact, QueueField.BLOCKED)
        self.end(contact, contact.arrives)

    def answered(self, contact: Contact) -> None:
        """An agent has begun it; of an accepted call-back only its delay counts."""
        now, wait = contact.begins, contact.begins - contact.arrives
        if contact.calls_back:
            self.count(now, contact, QueueField.CALLBACKS_SERVED)
            self.count(now, contact, QueueField.CALLBACK_DELAY, wait)
            return
        self.count(now, contact, QueueField.ANSWERED)
        if contact.arrives < 0:  # of the opening backlog, whose arrivals no interval owns
            return
        self.count(contact.arrives, contact, QueueField.ARRIVED_ANSWERED)
        self.count(contact.arrives, contact, QueueField.ANSWERED_WAIT, wait)
        self._in_time(contact, wait, QueueField.ANSWERED_IN_TIME)
        day = self._plan.day_of_interval[contact.arrives // self._plan.interval]
        self._counters.waits[day, contact.queue, wait_bin(wait)] += 1

    def handled(self, contact: Contact, now: int) -> None:
        """Its service has ended."""
        self.count(now, contact, QueueField.HANDLED)
        self.count(now, contact, QueueField.HANDLE_TIME, now - contact.begins)
        if now <= contact.due and self._is_counted_due(contact):
            self.count(contact.due, contact, QueueField.DUE_MET)
        self._counters.groups[now // self._plan.interval, contact.group, GroupField.HANDLED] += 1
        self.end(contact, now)

    def abandoned(self, contact: Contact, now: int) -> None:
        """It gave up."""
        rules, wait = self._plan.queues[contact.queue], now - contact.arrives
        self.count(now, contact, QueueField.ABANDONED)
        self.count(contact.arrives, contact, QueueField.ARRIVED_ABANDONED)
        self.count(contact.arrives, contact, QueueField.ABANDONED_WAIT, wait)
        self._in_time(contact, wait, QueueField.ABANDONED_IN_TIME)
        if wait <= rules.short:
            self.count(contact.arrives, contact, QueueField.ABANDONED_SHORT)
        self.end(contact, now)

    def defective(self, contact: Contact, now: int) -> None:
        """It is done again: of a portion the defect is of those who made it."""
        for p, portion in enumerate(self._plan.portions):
            if _is_in(portion, contact, QueueField.OFFERED_REWORK):
                self._counters.portions[now // self._plan.interval, p, QueueField.OFFERED_REWORK] += 1

    def end(self, contact: Contact, now: int) -> None:
        """A contact has left or completed; `now` is -1 for one that is there at the horizon."""
        if self._keep_log:
            self.log.append((contact.queue, contact.number, contact.arrives, contact.group, contact.begins, now))

    def interval_ends(self, q: int, waiting: list[Contact], in_service: int, until: int) -> None:
        """What is there at an interval's end."""
        row = self._counters.queues[(until - 1) // self._plan.interval, q]
        row[QueueField.WAITING] = len(waiting)
        row[QueueField.IN_SERVICE] = in_service
        if not self._plan.queues[q].immediate:
            row[QueueField.WAITING_AGE] = sum(until - contact.arrives for contact in waiting)

    def _is_counted_due(self, contact: Contact) -> bool:
        return self._plan.queues[contact.queue].due is not None and 0 <= contact.due < self._plan.horizon


def _is_in(portion: Portion, contact: Contact, what: QueueField) -> bool:
    """Whether what is counted of a contact is counted of a portion too."""
    return contact.line in portion.lines or (
        contact.queue == portion.queue and contact.group in portion.groups and what in ANSWERED_FIELDS
    )
