"""A request's terms as the contract of a vendor who has the work, alone or beside others.

Amounts of a request are in its currency, those of a contract in its vendor's. Where vendors answer a queue together
nobody can tell whose a contact is that nobody answered, and of some metrics nothing is told by vendor: clauses about
these measure the whole queue's service there.
"""

from collections.abc import Collection, Mapping
from typing import Any

from simulation.scenario.changing.draft import times
from simulation.scenario.contracts.attribution import Served
from simulation.scenario.contracts.clauses import ClauseScope
from simulation.scenario.contracts.metrics import metric_of
from simulation.scenario.destinations import listed
from simulation.scenario.entries import entries, within
from simulation.scenario.queues.routes import is_allocated


def contract_of(request: Mapping[str, Any], terms: Any, proposal: Mapping[str, Any]) -> dict[str, Any]:
    """The contract of a proposal under terms of a request, in plain data that may be wrong."""
    found = {**(terms if isinstance(terms, Mapping) else {}), "pricing": proposal.get("pricing")}
    rate = _rate(request, within(proposal.get("vendor"), "currency"))
    fee = within(found.get("exit"), "fee")
    if rate is not None and isinstance(fee, int | float):
        found["exit"] = {**found["exit"], "fee": times(fee, rate)}
    return found


def _rate(request: Mapping[str, Any], currency: Any) -> float | None:
    """Units of a vendor's currency for one of the request's; None where both are the same or nothing is known."""
    rate = within(request.get("exchange_rates"), currency) if isinstance(currency, str) else None
    return rate if isinstance(rate, int | float) else None


def widen(document: Mapping[str, Any], vendors: Collection[str]) -> None:
    """Makes clauses of vendors' contracts the whole queue's, where the vendor's own cannot be told in the canonical
    data of a scenario."""
    targets = {queue["id"]: within(queue.get("target"), "formula") for queue in document["queues"]}
    given = {queue["id"] for queue in document["queues"] if is_allocated(queue)}
    given |= {queue for _, one in entries(document.get("transitions"), ()) for queue in listed(one.get("queues"))}
    for vendor in document["vendors"]:
        served = Served.of(document, vendor["id"])
        for contract in vendor.get("contracts", ()) if vendor["id"] in vendors else ():
            for clause in contract.get("slas", ()):
                queue, metric = clause.get("queue"), metric_of(clause)
                if queue is None or metric is None or served.is_alone([queue]):
                    continue
                formula = clause.get("formula") or targets.get(queue)
                if metric.shared_refused(queue, formula, is_given=queue in given) is not None:
                    clause["scope"] = ClauseScope.QUEUE.value
