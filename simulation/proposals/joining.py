"""A request and proposals joined to a scenario: one vendor with all of the work, or several who share it.

A vendor alone keeps its ids, so that whatever it has tested meets the same draws when its client evaluates it. Several
share the work by the shares of contacts that they are given, counted, or answer it one after the other: the first at
once, others after a contact has waited. Ids that two of them have given alike get a number.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any

from simulation.proposals.naming import Names
from simulation.proposals.proposal import Proposal
from simulation.proposals.request import GatedSteps, Request
from simulation.proposals.terms import contract_of, widen
from simulation.scenario.contracts.costs import ClientCost
from simulation.scenario.entries import entries, ids, within
from simulation.scenario.problems import Refusal, RefusedError
from simulation.scenario.queues.routes import SUM_TOLERANCE, Choice
from simulation.scenario.reading.canonical import canonical_data
from simulation.scenario.reading.document import from_data
from simulation.scenario.scenario import Scenario
from simulation.scenario.transitions import VolumeSteps
from simulation.scenario.work import Work

LONGEST_NAME = 200


@dataclass(frozen=True)
class Part:
    """What a proposal has of the work.

    proposal:      whose
    share:         of every queue's contacts, where several share them; 0: it has no part
    after_seconds: waiting time after which its teams answer what those before it have not; None: at once
    """

    proposal: Proposal
    share: float = 1.0
    after_seconds: float | None = None


Tier = tuple[float, list[str]]
"""Seconds of waiting, and the teams that may answer from then on."""


def joined(
    request: Request, parts: Sequence[Part], *, name: str | None = None, client_cost: ClientCost | None = None
) -> Scenario:
    """The scenario of a request and the proposals that have a part of it.

    name: of the scenario; left out: the request's and the vendors'. client_cost: what service costs the client besides.
    Raises RefusedError at ("parts", ...) for shares that make no whole and mixes of stepped requests, ScenarioError
    where a mix is no valid scenario.
    """
    taking = [part for part in parts if part.share]
    refused = [*parts_refused(request, taking)]
    if refused:
        raise RefusedError(*refused)
    data, proposals = canonical_data(request), [canonical_data(part.proposal) for part in taking]
    document = alone(data, proposals[0]) if len(taking) == 1 else _together(data, taking, proposals)
    document["name"] = name or _called(data, proposals)
    if client_cost is not None:
        document["client_cost"] = canonical_data(client_cost)
    return from_data(document, file="joined")


def parts_refused(request: Request, parts: Sequence[Part]) -> Iterator[Refusal]:
    """What is wrong with who is to have which part of a request."""
    if not parts:
        yield Refusal("nobody has a part", "name a proposal", ("parts",))
        return
    if len(parts) > 1 and request.transition is not None:
        message = "volume that comes in steps goes to one vendor"
        yield Refusal(message, "name one proposal, or put the work out without steps", ("parts",))
    total, waits = sum(part.share for part in parts), [part.after_seconds for part in parts]
    if waits[0] is not None:
        yield Refusal("nobody answers before it", "leave after_seconds of the first out", ("parts", 0, "after_seconds"))
    elif any(wait is not None for wait in waits):
        yield from _overflow_refused(parts)
    elif abs(total - 1) > SUM_TOLERANCE:
        yield Refusal(f"shares sum to {total:g}", "write shares that sum to 1", ("parts",))


def _overflow_refused(parts: Sequence[Part]) -> Iterator[Refusal]:
    for p, part in enumerate(parts):
        if part.share != 1:
            mend = "leave share out, or after_seconds of all"
            yield Refusal("who answers after another has no share", mend, ("parts", p, "share"))
        if p and part.after_seconds is None:
            mend = "add after_seconds, or leave it out of all"
            yield Refusal("nothing says after which wait it answers", mend, ("parts", p, "after_seconds"))
        if part.after_seconds is not None and part.after_seconds < 0:
            yield Refusal(f"is {part.after_seconds:g}", "write at least 0", ("parts", p, "after_seconds"))


def work_of(request: Mapping[str, Any]) -> dict[str, Any]:
    """What of a request's plain data is a scenario's, too."""
    return {name: request[name] for name in Work.model_fields if name in request}


def alone(request: Mapping[str, Any], proposal: Mapping[str, Any]) -> dict[str, Any]:
    """The scenario of a request and one proposal, all in plain data; the proposal's may be wrong."""
    routes, vendor = proposal.get("routes") or {}, proposal.get("vendor") or {}
    queues = [{**q, "route": routes[q["id"]]} if q["id"] in routes else q for q in request["queues"]]
    contracts = [contract_of(request, request.get("terms"), proposal)]
    document = {**work_of(request), "queues": queues, "vendors": [{**vendor, "contracts": contracts}]}
    if request.get("transition") is not None:
        document["transitions"] = [stepped(request["transition"], request["queues"], vendor.get("id"))]
    return document


def stepped(steps: Mapping[str, Any], queues: Any, vendor: Any, giver: str | None = None) -> dict[str, Any]:
    """The transition of queues to a vendor by a request's steps, in plain data."""
    known = {name: value for name, value in steps.items() if name not in GATE}
    whose = {} if giver is None else {"from": giver}
    return {"queues": list(ids(entries(queues, ()))), "to": vendor, **whose, **known}


GATE = frozenset(GatedSteps.model_fields) - frozenset(VolumeSteps.model_fields)
"""What a request says of its steps that no transition does."""


def _together(
    request: Mapping[str, Any], parts: Sequence[Part], proposals: Sequence[Mapping[str, Any]]
) -> dict[str, Any]:
    names = Names()
    apart = [names.told_apart(proposal) for proposal in proposals]
    vendors = [
        {**one["vendor"], "contracts": [contract_of(request, names.of_terms(request.get("terms", {})), one)]}
        for one in apart
    ]
    queues = [{**queue, "route": _mixed(queue["id"], parts, apart)} for queue in request["queues"]]
    document = {**work_of(request), "queues": queues, "vendors": vendors}
    widen(document, [vendor["id"] for vendor in vendors])
    return document


def _mixed(queue: str, parts: Sequence[Part], proposals: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """The route of a queue that several answer."""
    own = [tiers(proposal, queue) for proposal in proposals]
    if parts[-1].after_seconds is None:
        shares = {one["vendor"]["id"]: part.share for part, one in zip(parts, proposals, strict=True)}
        return {"choice": Choice.ALLOCATION.value, "allocation": [{"shares": shares}], "steps": steps_of(*own)}
    choice = within(proposals[0]["routes"].get(queue), "choice")
    later = [delayed(one, part.after_seconds or 0) for part, one in zip(parts, own, strict=True)]
    return {**({"choice": choice} if choice else {}), "steps": steps_of(*later)}


def tiers(proposal: Mapping[str, Any], queue: str) -> list[Tier]:
    """A proposal's teams in the order in which they answer a queue."""
    steps = within(proposal.get("routes", {}).get(queue), "steps")
    if steps:
        return [(step.get("after_seconds", 0), step["teams"]) for step in steps]
    teams = proposal["vendor"]["teams"]
    return [(0, [team["id"] for team in teams if any(skill["queue"] == queue for skill in team["skills"])])]


def delayed(tiers: Sequence[Tier], seconds: float) -> list[Tier]:
    """The same, a contact having waited for so long."""
    return [(after + seconds, teams) for after, teams in tiers]


def steps_of(*own: Sequence[Tier]) -> list[dict[str, Any]]:
    """The steps of a route of several tiers, those of one wait in their order."""
    ordered = sorted(chain(*own), key=lambda tier: tier[0])
    return [{"teams": teams, **({"after_seconds": after} if after else {})} for after, teams in ordered if teams]


def _called(request: Mapping[str, Any], proposals: Sequence[Mapping[str, Any]]) -> str:
    vendors = [one["vendor"].get("name") or one["vendor"]["id"] for one in proposals]
    return f"{request['name']}: {' and '.join(vendors)}"[:LONGEST_NAME].rstrip()
