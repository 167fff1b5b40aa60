"""Orders: whose people the locks of contracts order, and that they order all of a team's work or none.

A team's order is the sum over its queues of what the lock of the vendor's contract for each requires. Where one of them
is under no lock, a part of an order would be held against whole people.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from simulation.scenario.contracts.attribution import Served, charged, covered
from simulation.scenario.contracts.clauses import ClauseScope
from simulation.scenario.contracts.metrics import metric_of
from simulation.scenario.contracts.pricing_kinds import takes
from simulation.scenario.entries import entries, within
from simulation.scenario.problems import Path, Refusal


@dataclass(frozen=True)
class Orders:
    """A vendor's teams, and the queues that its contracts lock."""

    served: Served
    locked: frozenset[str]


def orders_of(document: Mapping[str, Any]) -> dict[str, Orders]:
    """Of every vendor, by id."""
    found = {}
    for _, vendor in entries(document.get("vendors"), ()):
        if isinstance(vendor.get("id"), str):
            served = Served.of(document, vendor["id"])
            locking = [one for _, one in entries(vendor.get("contracts"), ()) if one.get("forecast_lock") is not None]
            queues = (queue for contract in locking for queue in covered(document, contract, served))
            found[vendor["id"]] = Orders(served, frozenset(queues))
    return found


def orders_refused(document: Mapping[str, Any]) -> Iterator[Refusal]:
    """Clauses about staffing and caps of contracts with a lock, of teams with a queue that no contract locks."""
    orders = orders_of(document)
    for path, vendor in entries(document.get("vendors"), ("vendors",)):
        for at, contract in entries(vendor.get("contracts"), (*path, "contracts")):
            if isinstance(vendor.get("id"), str) and contract.get("forecast_lock") is not None:
                yield from _capped_refused(contract, at, orders[vendor["id"]], document)
                yield from _staffing_refused(contract, at, vendor["id"], orders)


def _capped_refused(
    contract: Mapping[str, Any], path: Path, order: Orders, document: Mapping[str, Any]
) -> Iterator[Refusal]:
    own = covered(document, contract, order.served)
    for at, line in entries(contract.get("pricing"), (*path, "pricing")):
        is_capped = within(line.get("billable"), "cap") is not None
        if takes(line, "billable") and is_capped:
            yield from _halves_refused(order, charged(line, own), (*at, "billable"))


def _staffing_refused(
    contract: Mapping[str, Any], path: Path, vendor: str, orders: Mapping[str, Orders]
) -> Iterator[Refusal]:
    for at, clause in entries(contract.get("slas"), (*path, "slas")):
        metric, queue = metric_of(clause), clause.get("queue")
        if metric is not None and metric.is_ordered and isinstance(queue, str):
            of_all = clause.get("scope") == ClauseScope.QUEUE
            for name, order in orders.items():
                if name == vendor or (of_all and queue in order.locked):
                    yield from _halves_refused(order, [queue], (*at, "metric"))


def _halves_refused(order: Orders, queues: list[str], at: Path) -> Iterator[Refusal]:
    for team in order.served.teams_of(queues):
        if loose := order.served.teams[team] - order.locked:
            message = f"{team} also answers {min(loose)}, of which no contract of its vendor locks a forecast"
            mend = f"add forecast_lock to a contract that covers {min(loose)}, or give {team} no skill for it"
            yield Refusal(message, mend, at)
