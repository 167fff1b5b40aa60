"""What must hold of contracts: that what they name is there and served, and that what they charge for and promise can
be told of the vendor.

Names are looked for in the plain data; what needs the horizon and the queues' targets in the parts.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import timedelta
from typing import Any

from simulation.scenario.checks.countable import uncountable
from simulation.scenario.checks.priced_lines import PricedLines, name_refused
from simulation.scenario.contracts.attribution import Served, covered
from simulation.scenario.contracts.clauses import Clause, ClauseScope
from simulation.scenario.contracts.currencies import CURRENCIES
from simulation.scenario.contracts.metric import OfContacts
from simulation.scenario.contracts.metrics import metric_of
from simulation.scenario.contracts.pricing import Pricing
from simulation.scenario.contracts.windows import months, windows
from simulation.scenario.destinations import listed
from simulation.scenario.entries import Entry, entries, ids, within
from simulation.scenario.horizon import Horizon
from simulation.scenario.problems import Path, Refusal, choose, shown
from simulation.scenario.queues.queue import Queue
from simulation.scenario.queues.routes import is_allocated
from simulation.scenario.vendors import VendorKind


def contracts_refused(document: Mapping[str, Any]) -> Iterator[Refusal]:
    """Clients, queues and clauses of contracts that are not there, not served, or cannot be told apart."""
    queues = list(entries(document.get("queues"), ("queues",)))
    seen, given = set[str](), _given(document, queues)
    own_currency, rates = document.get("currency") or "USD", document.get("exchange_rates")
    if isinstance(rates, Mapping) and isinstance(own_currency, str) and own_currency in rates:
        what = f"{own_currency} is the scenario's own"
        yield Refusal(what, "remove it: rates are of other currencies", ("exchange_rates", own_currency))
    for path, vendor in entries(document.get("vendors"), ("vendors",)):
        yield from _currency_refused(vendor.get("currency"), document, (*path, "currency"))
        contracts = list(entries(vendor.get("contracts"), (*path, "contracts")))
        if not contracts or not isinstance(vendor.get("id"), str):
            continue
        is_in_house = vendor.get("kind") == VendorKind.IN_HOUSE
        served = Served.of(document, vendor["id"])
        teams = [team for _, team in entries(vendor.get("teams"), ())]
        yield from _clients_refused(contracts, queues)
        for contract_path, contract in contracts:
            own = covered(document, contract, served)
            yield from (_unpaid_refused if is_in_house else _paid_refused)(contract, contract_path)
            if not own and served.queues and isinstance(contract.get("client"), str):
                at: Path = (*contract_path, "client")
                yield Refusal(f"the vendor serves no queue of {contract['client']}", "name another client", at)
            lines = list(entries(contract.get("pricing"), (*contract_path, "pricing")))
            yield from PricedLines(lines, own, served, teams, queues).refused()
            for at, clause in entries(contract.get("slas"), (*contract_path, "slas")):
                yield from _clause_refused(clause, own, served, queues, given, seen, at)
                yield from _nobody_there(clause, own, served, vendor, at)


def _unpaid_refused(contract: Mapping[str, Any], path: Path) -> Iterator[Refusal]:
    """Money in what the client's own people promise."""
    for name in ("pricing", "commitments", "at_risk", "exit"):
        if contract.get(name):
            mend = "remove it, and write cost of its teams; or kind: OUTSOURCED"
            yield Refusal("the client's own people send no invoice", mend, (*path, name))
    for at, clause in entries(contract.get("slas"), (*path, "slas")):
        for name in ("credits", "bonuses"):
            if clause.get(name):
                mend = "remove them: the clause is scored all the same; or write kind: OUTSOURCED"
                yield Refusal("the client's own people send no invoice", mend, (*at, name))


def _paid_refused(contract: Mapping[str, Any], path: Path) -> Iterator[Refusal]:
    if "pricing" not in contract or contract["pricing"] in ((), [], None):
        yield Refusal("nothing says what is charged", "add pricing", (*path, "pricing"))


def _nobody_there(
    clause: Mapping[str, Any], own: Sequence[str], served: Served, vendor: Mapping[str, Any], at: Path
) -> Iterator[Refusal]:
    """A metric of teams none of which has what it counts."""
    metric, queue = metric_of(clause), clause.get("queue")
    named = served.teams_of([queue] if isinstance(queue, str) else own)
    teams = [team for _, team in entries(vendor.get("teams"), ()) if team.get("id") in named]
    refused = metric.teams_lack(teams) if metric is not None and teams else None
    if refused is not None:
        yield refused.below((*at, "metric"))


def _currency_refused(currency: Any, document: Mapping[str, Any], at: Path) -> Iterator[Refusal]:
    own, rates = document.get("currency") or "USD", document.get("exchange_rates")
    if not isinstance(currency, str) or currency not in CURRENCIES or currency == own:
        return
    if not (isinstance(rates, Mapping) and currency in rates):
        mend = f"add exchange_rates: {{{currency}: ...}} to the scenario, the units for one {own}"
        yield Refusal(f"nothing says what a {currency} is worth", mend, at)


def _clients_refused(contracts: Sequence[Entry], queues: Sequence[Entry]) -> Iterator[Refusal]:
    known = dict.fromkeys(q["client"] for _, q in queues if isinstance(q.get("client"), str))
    seen: set[Any] = set()
    for path, contract in contracts:
        client, at = contract.get("client"), (*path, "client")
        if client is None and len(contracts) > 1:
            yield Refusal("a vendor with several contracts has one a client", "add client", at)
        elif isinstance(client, str) and known and client not in known:
            yield Refusal(f"no queue is of client {shown(client)}", choose(client, known), at)
        elif isinstance(client, str) and client in seen:
            yield Refusal(f"there is already a contract with {client}", "write both as one", at)
        elif isinstance(client, str) and not known and len(contracts) > 1:
            yield Refusal(f"no queue is of client {shown(client)}", f"add client: {client} to its queues", at)
        seen.add(client if isinstance(client, str) else None)


def _clause_refused(
    clause: Mapping[str, Any],
    own: Sequence[str],
    served: Served,
    queues: Sequence[Entry],
    given: Collection[str],
    seen: set[str],
    at: Path,
) -> Iterator[Refusal]:
    name, queue = clause.get("id"), clause.get("queue")
    if isinstance(name, str) and name in seen:
        yield Refusal(f"there is already a clause {shown(name)}", "give each its own id", (*at, "id"))
    seen.add(str(name))
    refused = list(name_refused(queue, own, ids(queues), (*at, "queue")))
    yield from refused
    is_vendor_s = clause.get("scope", ClauseScope.VENDOR) == ClauseScope.VENDOR
    if not isinstance(queue, str) or refused or not is_vendor_s or served.is_alone([queue]):
        return
    metric = metric_of(clause) or OfContacts("")  # a word that is no metric may have meant any
    target = next((within(one.get("target"), "formula") for _, one in queues if one.get("id") == queue), None)
    shared = metric.shared_refused(queue, clause.get("formula") or target, is_given=queue in given)
    if shared is not None:
        yield shared.below((*at, "scope"))


def _given(document: Mapping[str, Any], queues: Sequence[Entry]) -> set[str]:
    """Queues of which every contact is some vendor's from its arrival on: by allocation or transition."""
    moved = [name for _, one in entries(document.get("transitions"), ()) for name in listed(one.get("queues"))]
    allocated = [queue.get("id") for _, queue in queues if is_allocated(queue)]
    return {name for name in (*moved, *allocated) if isinstance(name, str)}


def term_refused(term: Pricing | Clause, queues: Mapping[str, Queue], horizon: Horizon) -> Iterator[Refusal]:
    """A clause that its queue's counters do not answer or the horizon does not hold, a fee outside of it."""
    if isinstance(term, Clause):
        queue = queues.get(term.queue or "")
        yield from uncountable(term, queue) if queue is not None else ()
        yield from _window_refused(term, horizon)
    elif term.baseline is not None:
        yield from _baseline_refused(term, horizon)
    elif term.at is not None and not horizon.start <= term.at < horizon.end:
        mend = f"write a date from {horizon.start} to {horizon.end - timedelta(days=1)}, or remove the line"
        yield Refusal(f"{term.at} lies outside the horizon", mend, ("at",))


def _baseline_refused(pricing: Pricing, horizon: Horizon) -> Iterator[Refusal]:
    """Months of the horizon without a baseline."""
    for month in months(horizon.dates):
        if pricing.baseline_of(month.start) is None:
            mend = f'add "{month.start:%Y-%m}" with its units'
            yield Refusal(f"nothing is said of {month.start:%Y-%m}", mend, ("baseline",))


def _window_refused(clause: Clause, horizon: Horizon) -> Iterator[Refusal]:
    if (clause.credits or clause.bonuses) and all(one.partial for one in windows(clause.window, horizon.dates)):
        message = f"the horizon, {horizon.start} to {horizon.end - timedelta(days=1)}, holds no whole {clause.window}"
        yield Refusal(message, "write a shorter window, or more weeks", ("window",))
