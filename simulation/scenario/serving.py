"""Who may answer a queue's contacts on a date: by skill, route, allocation, transition and exit of vendors."""

from datetime import date, timedelta

from simulation.scenario.event_kinds import EventKind
from simulation.scenario.queues.queue import Queue
from simulation.scenario.scenario import Scenario
from simulation.scenario.vendors import Team


def may_serve(scenario: Scenario, vendor: str, team: Team, queue: Queue, day: date) -> bool:
    """Whether a vendor's team may answer contacts of a queue that arrive on a local date of it."""
    skilled = any(skill.queue == queue.id for skill in team.skills)
    in_route = not queue.route.steps or any(team.id in step.teams for step in queue.route.steps)
    return skilled and in_route and vendor in serving(scenario, queue, day)


def serving(scenario: Scenario, queue: Queue, day: date) -> set[str]:
    """Ids of the vendors who may answer on a date; a successor does from the first day of the handover on."""
    found = _by_route(scenario, queue, day)
    for event in scenario.events:
        if event.kind is EventKind.VENDOR_EXIT and event.start is not None and event.vendor in found:
            first = event.start.date()
            if day >= first:
                found.add(event.to or "")
            if day >= first + timedelta(weeks=event.handover_weeks or 0):
                found.remove(event.vendor)
    return found


def _by_route(scenario: Scenario, queue: Queue, day: date) -> set[str]:
    moving = next((one for one in scenario.transitions if queue.id in one.queues), None)
    if moving is not None:
        return moving.serving(day)
    if not queue.route.allocation:
        return {vendor.id for vendor in scenario.vendors}
    entries = queue.route.allocation
    begun = [entry for entry in entries if entry.from_ is None or entry.from_ <= day]
    return {vendor for vendor, share in (begun or entries[:1])[-1].shares.items() if share}
