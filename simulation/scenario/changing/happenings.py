"""Changes of what happens to the operation: an outage, a site lost, people away, a vendor who leaves."""

from simulation.scenario.changing.alteration import Alteration
from simulation.scenario.changing.demand import plain
from simulation.scenario.changing.draft import Draft, count, percent
from simulation.scenario.event_kinds import EventKind
from simulation.scenario.events import Event


class AddEvent(Alteration):
    """Add something that happens to the operation: an outage or the loss of a site, a mass absence, an outage of the
    client's systems, a vendor's exit, weeks in which more people leave."""

    event: Event
    """What happens."""

    def alter(self, draft: Draft) -> str:
        draft.add(("events",), plain(self.event))
        return " ".join(filter(None, (self._what(), self._when(), self._how_long(), self._how_much())))

    def _what(self) -> str:
        event = self.event
        whose = event.site or event.team or event.vendor or ", ".join(event.queues)
        return f"{WORDS[event.kind]} {whose or 'everything'}"

    def _when(self) -> str:
        event = self.event
        if event.per_year is not None:
            return f"{count(event.per_year, 'time')} a year"
        if event.start is None:
            return "after the right to it"
        start = event.start.isoformat(timespec="minutes")
        return f"from {start if event.kind.rules.to_the_minute else start[:10]}"

    def _how_long(self) -> str:
        event = self.event
        hours = event.hours.mean if event.hours is not None else None
        spans = ((hours, "hour"), (event.days, "day"), (event.weeks or event.handover_weeks, "week"))
        return " ".join(f"for {count(length, unit)}" for length, unit in spans if length is not None)

    def _how_much(self) -> str:
        event = self.event
        factor = event.demand_multiplier if event.demand_multiplier is not None else event.multiplier
        share = f"of {percent(event.share)}" if event.share < 1 else ""
        to = f"to {event.to}" if event.to is not None else ""
        return " ".join(filter(None, (f"x {factor:g}" if factor is not None else "", share, to)))


WORDS = {
    EventKind.OUTAGE: "outage of",
    EventKind.MASS_ABSENCE: "mass absence at",
    EventKind.CLIENT_OUTAGE: "outage of the client's systems, demand of",
    EventKind.VENDOR_EXIT: "exit of",
    EventKind.ATTRITION: "attrition of",
}
"""How each kind is said; a test asks for every one."""
