"""Kinds of events, each defined with what it says."""

from dataclasses import dataclass
from enum import StrEnum


@dataclass(frozen=True)
class EventRules:
    """What is so of every event of a kind.

    needs: fields that it must say; an outage also when, by its start or how often it comes, a vendor's exit by its
    start or after what. takes: others that it may say. to_the_minute: it begins at a time of day, else with a date.
    begun: why it cannot have begun before the scenario's start, and what to count instead; empty where it can.
    """

    needs: tuple[str, ...]
    takes: tuple[str, ...] = ()
    to_the_minute: bool = False
    begun: tuple[str, str] | None = None


class EventKind(StrEnum):
    """What happens."""

    rules: EventRules

    def __new__(cls, word: str, rules: EventRules) -> "EventKind":
        made = str.__new__(cls, word)
        made._value_, made.rules = word, rules
        return made

    OUTAGE = (
        "OUTAGE",
        EventRules(
            needs=("hours",),
            takes=(
                *("start", "per_year", "months", "site", "team", "share"),
                *("failover_minutes", "failover_share", "in_service"),
            ),
            to_the_minute=True,
        ),
    )
    """A team, a site or the whole platform cannot work for some hours."""
    MASS_ABSENCE = "MASS_ABSENCE", EventRules(needs=("start", "site", "days"), takes=("share",))
    """A share of a site's people stays away for some days, on top of usual absence."""
    CLIENT_OUTAGE = (
        "CLIENT_OUTAGE",
        EventRules(needs=("start", "hours", "demand_multiplier"), takes=("queues",), to_the_minute=True),
    )
    """The client's own systems fail, which raises demand for some hours, or lowers it."""
    VENDOR_EXIT = (
        "VENDOR_EXIT",
        EventRules(
            needs=("vendor", "to", "handover_weeks"),
            takes=("start", "after"),
            begun=("the handover has begun before the start", "count the heads and shares that are left"),
        ),
    )
    """A vendor leaves, and hands over to another within some weeks."""
    ATTRITION = "ATTRITION", EventRules(needs=("start", "team", "weeks", "multiplier"))
    """A team's people leave faster, or slower, for some weeks."""


TO_THE_MINUTE = tuple(kind for kind in EventKind if kind.rules.to_the_minute)


class After(StrEnum):
    """What an event follows."""

    EXIT_TRIGGER = "EXIT_TRIGGER"
    """The right to leave that the vendor's contracts give."""
