"""Kinds of events, and what each of them says."""

from collections.abc import Mapping
from enum import StrEnum


class EventKind(StrEnum):
    """What happens."""

    OUTAGE = "OUTAGE"
    """A team, a site or the whole platform cannot work for some hours."""
    MASS_ABSENCE = "MASS_ABSENCE"
    """A share of a site's people stays away for some days, on top of usual absence."""
    CLIENT_OUTAGE = "CLIENT_OUTAGE"
    """The client's own systems fail, which raises demand for some hours, or lowers it."""
    VENDOR_EXIT = "VENDOR_EXIT"
    """A vendor leaves, and hands over to another within some weeks."""
    ATTRITION = "ATTRITION"
    """A team's people leave faster, or slower, for some weeks."""


class After(StrEnum):
    """What an event follows."""

    EXIT_TRIGGER = "EXIT_TRIGGER"
    """The right to leave that the vendor's contracts give."""


NEEDED: Mapping[EventKind, tuple[str, ...]] = {
    EventKind.OUTAGE: ("hours",),
    EventKind.MASS_ABSENCE: ("start", "site", "days"),
    EventKind.CLIENT_OUTAGE: ("start", "hours", "demand_multiplier"),
    EventKind.VENDOR_EXIT: ("vendor", "to", "handover_weeks"),
    EventKind.ATTRITION: ("start", "team", "weeks", "multiplier"),
}
"""What an event of a kind must say; an outage also when: its start, or how often it comes; a vendor's exit its start,
or after what."""
TAKEN: Mapping[EventKind, tuple[str, ...]] = {
    EventKind.OUTAGE: (
        *("start", "per_year", "months", "hours", "site", "team", "share"),
        *("failover_minutes", "failover_share", "in_service"),
    ),
    EventKind.MASS_ABSENCE: ("start", "site", "days", "share"),
    EventKind.CLIENT_OUTAGE: ("start", "hours", "demand_multiplier", "queues"),
    EventKind.VENDOR_EXIT: ("start", "after", "vendor", "to", "handover_weeks"),
    EventKind.ATTRITION: ("start", "team", "weeks", "multiplier"),
}
"""... and what it may say."""
TO_THE_MINUTE = (EventKind.OUTAGE, EventKind.CLIENT_OUTAGE)
"""Kinds that begin at a time of day; the others begin with a date."""
