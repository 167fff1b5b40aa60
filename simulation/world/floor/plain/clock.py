"""The plain floor's clock: whole microseconds, and what comes first at one instant.

Everything that happens at one instant happens in this order: staffing, completion, overflow step,
abandonment, return, arrival; within each by queue, then contact number. SimPy sorts equal times by an event's
priority, so each event carries that order as its priority.
"""

from enum import IntEnum

import simpy
from simpy.events import EventPriority

from simulation.world.floor.plain.contacts import Contact


class Rank(IntEnum):
    """What comes first at one instant; SimPy's own priorities 0 and 1 come before all of these."""

    COMPLETION = 2
    OVERFLOW = 3
    ABANDONMENT = 4
    RETURN = 5
    ARRIVAL = 6


class Clock(simpy.Environment):
    """A SimPy environment from 0 on."""

    @property
    def instant(self) -> int:
        """Now."""
        return int(self.now)

    def at(self, when: int, rank: Rank, contact: Contact) -> simpy.Event:
        """An event at an instant, ordered among those of the same instant."""
        place = contact.line if rank is Rank.OVERFLOW else contact.queue
        event = self.event()
        event._ok, event._value = True, None  # as simpy.Timeout does; SimPy has no public timeout with a priority
        order = EventPriority((rank << 80) + (place << 64) + contact.number)
        self.schedule(event, priority=order, delay=when - self.instant)
        return event
