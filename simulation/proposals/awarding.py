"""An award: the client's scenario with the winners in place of the vendors whose work was put out.

What stays: everything of other queues, and the client's own people. A queue that was put out wholly leaves its
outsourced vendors; the client's own teams stay behind or before the winners, where they stood. Of one put out in part
the rest stays with the client's own people, or where none of them may answer it with the vendors who had it.
Volume that comes in steps is handed over by whoever of the vendors had most people on it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from simulation.proposals.joining import Part, parts_refused, stepped
from simulation.proposals.leaving import still_there, without
from simulation.proposals.naming import Names
from simulation.proposals.request import Request
from simulation.proposals.rerouting import Rerouting
from simulation.proposals.terms import contract_of, widen
from simulation.scenario.contracts.attribution import Served
from simulation.scenario.problems import Refusal, RefusedError, choose, shown
from simulation.scenario.reading.canonical import canonical_data
from simulation.scenario.reading.document import from_data
from simulation.scenario.reading.notes import Note
from simulation.scenario.scenario import Scenario
from simulation.scenario.vendors import VendorKind

Data = dict[str, Any]


@dataclass(frozen=True)
class Awarded:
    """The scenario that an award makes, and what it took away, by place of the client's scenario."""

    scenario: Scenario
    told: tuple[Note, ...]


def awarded(
    scenario: Scenario,
    request: Request,
    parts: Sequence[Part],
    *,
    shares: Mapping[str, float] | None = None,
    name: str | None = None,
) -> Awarded:
    """The client's scenario with the proposals that have won.

    parts: as of `joined`, of what is offered. shares: by queue the part of its volume that was put out; left out: all.
    name: of the scenario; left out: as it is. Raises RefusedError at ("parts", ...) or ("scenario", ...),
    ScenarioError where what comes of it is no valid scenario.
    """
    winners = [part for part in parts if part.share]
    refused = [*parts_refused(request, winners), *_unfit(scenario, request)]
    if refused:
        raise RefusedError(*refused)
    award = _Award(canonical_data(scenario), canonical_data(request), winners, shares or {})
    data = award.made()
    if name is not None:
        data["name"] = name
    return Awarded(from_data(data, file="award"), tuple(award.told))


def _unfit(scenario: Scenario, request: Request) -> list[Refusal]:
    """A scenario that has changed so much that the request is not of it any more."""
    known = [queue.id for queue in scenario.queues]
    refused = [
        Refusal(f"there is no queue {shown(queue.id)} any more", choose(queue.id, known), ("scenario", "queues"))
        for queue in request.queues
        if queue.id not in known
    ]
    if scenario.currency != request.currency:
        message = f"it counts in {scenario.currency}, the request in {request.currency}"
        refused.append(Refusal(message, f"write {request.currency}", ("scenario", "currency")))
    return refused


@dataclass
class _Award:
    data: Data
    request: Data
    winners: Sequence[Part]
    shares: Mapping[str, float]
    told: list[Note] = field(default_factory=list)

    def made(self) -> Data:
        wanted = [queue["id"] for queue in self.request["queues"]]
        givers = {queue: self._giver(queue) for queue in wanted} if "transition" in self.request else {}
        self._replace({queue: self._stays(queue, givers) for queue in wanted})
        names = Names.of(self.data)
        proposals = [names.told_apart(canonical_data(part.proposal)) for part in self.winners]
        terms = self.request.get("terms", {})
        self.data["vendors"] += [
            {**one["vendor"], "contracts": [contract_of(self.request, names.of_terms(terms), one)]} for one in proposals
        ]
        own = {queue["id"]: queue for queue in self.data["queues"]}
        for queue in wanted:
            rerouting = Rerouting(self.data, own[queue], self.winners, proposals, self.shares.get(queue, 1.0))
            own[queue]["route"] = rerouting.stepped(givers[queue]) if givers else rerouting.route()
            self.told += rerouting.told
        self._hand_over(givers, proposals[0]["vendor"]["id"])
        self.data["events"] = [*still_there(self.data, self.told)]
        self.data["exchange_rates"] = {**self.request.get("exchange_rates", {}), **self.data.get("exchange_rates", {})}
        widen(self.data, [one["vendor"]["id"] for one in proposals])
        return self.data

    def _answering(self, queue: str) -> list[Data]:
        """The vendors who may answer a queue."""
        return [one for one in self.data["vendors"] if queue in Served.of(self.data, one["id"]).queues]

    def _stays(self, queue: str, givers: Mapping[str, str | None]) -> set[str]:
        """Ids of the vendors who keep a part of a queue that was put out."""
        answering = self._answering(queue)
        own = {one["id"] for one in answering if one.get("kind") == VendorKind.IN_HOUSE}
        if givers:
            return own | {giver for giver in (givers[queue],) if giver is not None}
        return own if own or self.shares.get(queue, 1.0) == 1 else {one["id"] for one in answering}

    def _giver(self, queue: str) -> str | None:
        """Who hands a queue over: of those who answer it the outsourced one with most heads, else the client's own."""

        def heads(vendor: Data) -> tuple[bool, int]:
            teams = Served.of(self.data, vendor["id"]).teams_of([queue])
            return vendor.get("kind") != VendorKind.IN_HOUSE, sum(
                _heads(team) for team in vendor["teams"] if team["id"] in teams
            )

        found = max(self._answering(queue), key=heads, default=None)
        return None if found is None else str(found["id"])

    def _replace(self, stays: Mapping[str, set[str]]) -> None:
        kept = []
        for vendor in self.data["vendors"]:
            lost = [queue for queue, names in stays.items() if vendor["id"] not in names]
            skilled = {skill["queue"] for team in vendor["teams"] for skill in team["skills"]}
            is_own = vendor.get("kind") == VendorKind.IN_HOUSE
            left = vendor if is_own or not skilled & set(lost) else without(vendor, lost, self.told)
            kept += [left] if left is not None else []
        gone = {one["id"] for one in self.data["vendors"]} - {one["id"] for one in kept}
        self.data["vendors"] = kept
        astray = tuple(f"vendors.{vendor}." for vendor in gone)
        sources = self.data.get("sources", {})
        self.data["sources"] = {path: of for path, of in sources.items() if not path.startswith(astray)}

    def _hand_over(self, givers: Mapping[str, str | None], winner: str) -> None:
        """Transitions by the request's steps, in place of others of these queues."""
        wanted = {queue["id"] for queue in self.request["queues"]}
        moves = [
            {**one, "queues": [queue for queue in one["queues"] if queue not in wanted]}
            for one in self.data.get("transitions", ())
        ]
        self.data["transitions"] = [one for one in moves if one["queues"]]
        if len(self.data["transitions"]) < len(moves):
            self.told.append(Note("transitions", "those of the queues that are awarded are left out"))
        groups: dict[tuple[str | None, float], list[Data]] = {}
        for queue, giver in givers.items():
            groups.setdefault((giver, self.shares.get(queue, 1.0)), []).append({"id": queue})
        for (giver, part), queues in groups.items():
            steps = self.request["transition"]
            scaled = [{**step, "share": round(step["share"] * part, 12)} for step in steps["steps"]]
            self.data["transitions"].append(stepped({**steps, "steps": scaled}, queues, winner, giver))


def _heads(team: Data) -> int:
    if "workforce" in team:
        return int(team["workforce"]["headcount"])
    agents = team["staffing"]["agents"]
    return max(agents) if isinstance(agents, list) else int(agents)
