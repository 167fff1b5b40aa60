"""Which of the time a clause counts: its hours, less what it excludes."""

from enum import StrEnum

from simulation.scenario.calendar import Day
from simulation.scenario.quantities import Described
from simulation.scenario.queues.opening_hours import Opening


class Exclusion(StrEnum):
    """What a clause leaves out."""

    CLIENT_OUTAGE = "CLIENT_OUTAGE"
    """Intervals of which any part lies in an event CLIENT_OUTAGE that changes the queue's demand."""
    HYPERCARE = "HYPERCARE"
    """Dates of the queue's clock in the hyper-care of a transition of the queue."""
    HOLIDAYS = "HOLIDAYS"
    """Public holidays of the vendor's teams that may answer the queue, a date that any of them keeps: by the clock and
    the country of the team's site, or by the calendar and with the extra dates of its `holidays`."""
    FORECAST = "FORECAST"
    """Periods in which the queue's contacts, or their AHT, lie further off the lock than `forecast_lock.relief` says,
    in each replication its own."""


OF_ITS_QUEUE = (Exclusion.CLIENT_OUTAGE, Exclusion.HYPERCARE, Exclusion.FORECAST)
"""What is left out by what happens to the clause's queue."""


class Counts(Described):
    """Which of the time a clause counts: contacts that arrived in it, or work due in it."""

    hours: tuple[Opening, ...] = ()
    """Hours by the queue's clock, written as a queue's: intervals that begin in them; left out: all."""
    exclude: tuple[Exclusion, ...] = ()
    """What is left out."""
    exclude_dates: tuple[Day, ...] = ()
    """Dates of the scenario that are left out."""
