"""What must hold of contracts: that what they name is there and served, and that what they charge for and promise can
be told of the vendor.

Names are looked for in the plain data; what needs the horizon and the queues' targets in the parts.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import timedelta
from typing import Any

from simulation.scenario.attribution import Served, charged, covered
from simulation.scenario.channels import Channel
from simulation.scenario.clauses import Clause, ClauseScope
from simulation.scenario.countable import uncountable
from simulation.scenario.currencies import CURRENCIES
from simulation.scenario.destinations import listed
from simulation.scenario.entries import Entry, entries, ids, within
from simulation.scenario.horizon import Horizon
from simulation.scenario.metric import OfContacts
from simulation.scenario.metrics import metric_of
from simulation.scenario.premiums import premium_refused
from simulation.scenario.pricing import KIND_OF_UNIT, ONCE, PREMIUMS, Pricing, PricingKind
from simulation.scenario.problems import Path, Refusal, choose, shown
from simulation.scenario.queues import Queue
from simulation.scenario.routes import is_allocated
from simulation.scenario.vendors import VendorKind
from simulation.scenario.windows import months, windows

TIMED = (
    PricingKind.PER_FTE_MONTH,
    PricingKind.PER_SEAT_MONTH,
    PricingKind.PER_PAID_HOUR,
    PricingKind.PER_PRODUCTIVE_HOUR,
    PricingKind.PER_TRAINING_HOUR,
    *PREMIUMS,
)
"""Kinds that charge for people and their time."""


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
        yield from _clients_refused(contracts, queues)
        for contract_path, contract in contracts:
            own = covered(document, contract, served)
            yield from (_unpaid_refused if is_in_house else _paid_refused)(contract, contract_path)
            if not own and served.queues and isinstance(contract.get("client"), str):
                at: Path = (*contract_path, "client")
                yield Refusal(f"the vendor serves no queue of {contract['client']}", "name another client", at)
            for at, pricing in entries(contract.get("pricing"), (*contract_path, "pricing")):
                refused = list(_pricing_refused(pricing, own, served, queues, at))
                yield from refused
                if pricing.get("kind") == PricingKind.PER_TRAINING_HOUR and charged(pricing, own) and not refused:
                    yield from _nobody_trains(charged(pricing, own), served, vendor, at)
                if pricing.get("kind") in PREMIUMS and charged(pricing, own) and not refused:
                    lines = list(entries(contract.get("pricing"), ()))
                    teams = [team for _, team in entries(vendor.get("teams"), ())]
                    yield from premium_refused(pricing, lines, teams, served, own, at)
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


def _nobody_trains(queues: Sequence[str], served: Served, vendor: Mapping[str, Any], at: Path) -> Iterator[Refusal]:
    """Hours of training where no team ever hires."""
    named = served.teams_of(queues)
    crews = [team.get("workforce") for _, team in entries(vendor.get("teams"), ()) if team.get("id") in named]
    if crews and not any(within(crew, "hiring") or within(crew, "classes") for crew in crews):
        mend = "add hiring or classes to a workforce, or remove the line"
        yield Refusal(f"none of the teams that answer its queues, {', '.join(named)}, hires anybody", mend, at)


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


def _names_refused(name: Any, own: Sequence[str], known: Mapping[str, None], at: Path) -> Iterator[Refusal]:
    if not isinstance(name, str) or name in own:
        return
    if name not in known:
        yield Refusal(f"there is no queue {shown(name)}", choose(name, own), at)
    else:
        yield Refusal(f"the vendor does not serve {name} under this contract", choose(name, own), at)


def _pricing_refused(
    pricing: Mapping[str, Any], own: Sequence[str], served: Served, queues: Sequence[Entry], at: Path
) -> Iterator[Refusal]:
    kind = pricing.get("kind")
    if kind == PricingKind.BASELINE and isinstance(pricing.get("unit"), str):
        kind = next((of for unit, of in KIND_OF_UNIT.items() if unit == pricing["unit"]), kind)
    if not isinstance(kind, str) or kind not in set(PricingKind) - set(ONCE):
        return
    named = list(listed(pricing.get("queues")))
    refused = [r for q, name in enumerate(named) for r in _names_refused(name, own, ids(queues), (*at, "queues", q))]
    yield from refused
    charges = charged(pricing, own)
    if refused or not charges:
        return
    mixed = served.mixed_team(charges)
    where = (*at, "queues") if named else at
    counted_by_team = kind in TIMED or (kind != PricingKind.PER_RESOLUTION and not served.is_alone(charges))
    if mixed is not None and counted_by_team:
        team, other = mixed
        what = "its hours" if kind in TIMED else "what it did of each"
        mend = f"add {other} to queues, or give {team} no skill for it"
        yield Refusal(f"{team} also answers {other}, and {what} cannot be told apart", mend, where)
    elif kind == PricingKind.PER_RESOLUTION and not served.is_alone(charges):
        other = next(queue for queue in charges if not served.is_alone([queue]))
        message = f"other vendors answer {other} too, and whose contacts come back is not counted"
        yield Refusal(message, "write PER_CONTACT, or leave the queue to this vendor alone", where)
    elif kind == PricingKind.PER_HANDLED_MINUTE and not served.is_alone(charges):
        yield from _at_once_refused(charges, queues, where)


def _at_once_refused(charges: Sequence[str], queues: Sequence[Entry], at: Path) -> Iterator[Refusal]:
    """Minutes of contacts that overlap in an agent's time."""
    for _, queue in queues:
        slots = queue["concurrency"].get("slots", 1) if isinstance(queue.get("concurrency"), Mapping) else 1
        if queue.get("id") in charges and (slots != 1 or queue.get("channel") == Channel.OUTBOUND):
            message = f"other vendors answer {queue['id']} too, and minutes of its contacts are not counted by team"
            yield Refusal(message, "write PER_CONTACT, or leave the queue to this vendor alone", at)


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
    refused = list(_names_refused(queue, own, ids(queues), (*at, "queue")))
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
    elif term.kind is PricingKind.BASELINE:
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
