"""Portions of a queue's contacts that a contract watches by themselves: a vendor's share, or waiting at a threshold of
its own.

Where contacts are allocated or handed over, a vendor's are those that were given to it, abandoned ones included. Where
vendors answer a queue together only answered contacts have a vendor.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from simulation.scenario.contracts.clauses import Clause, ClauseScope
from simulation.scenario.queues.queue import Queue
from simulation.scenario.scenario import Scenario


@dataclass(frozen=True)
class Portion:
    """Some of a queue's contacts.

    queue:             position of the queue
    vendor:            whose they are, by id; None for all
    threshold_seconds: waiting within which they are answered in time
    """

    queue: int
    vendor: str | None
    threshold_seconds: float


def portion_of(scenario: Scenario, vendor: str, clause: Clause) -> Portion | None:
    """What a vendor's clause watches; None where the queue's own counters say it."""
    if not clause.metric.definition.is_of_contacts:  # of the whole queue, or of people
        return None
    q, queue = next((q, queue) for q, queue in enumerate(scenario.queues) if queue.id == clause.queue)
    own = queue.target.threshold_seconds
    threshold = own if clause.threshold_seconds is None else clause.threshold_seconds
    whose = vendor if clause.scope is ClauseScope.VENDOR and is_shared(scenario, vendor, queue) else None
    return None if whose is None and threshold == own else Portion(q, whose, threshold)


def portions(scenario: Scenario) -> tuple[Portion, ...]:
    """Every portion that some clause watches, once each, by queue."""
    found = dict.fromkeys(_portions(scenario))
    return tuple(sorted(found, key=lambda portion: portion.queue))


def _portions(scenario: Scenario) -> Iterator[Portion]:
    for vendor in scenario.vendors:
        for contract in vendor.contracts:
            for clause in contract.slas:
                portion = portion_of(scenario, vendor.id, clause)
                if portion is not None:
                    yield portion


def is_shared(scenario: Scenario, vendor: str, queue: Queue) -> bool:
    """Whether teams of other vendors may answer a queue too."""
    routed = {team for step in queue.route.steps for team in step.teams}
    return any(
        (not routed or team.id in routed) and any(skill.queue == queue.id for skill in team.skills)
        for one in scenario.vendors
        if one.id != vendor
        for team in one.teams
    )
