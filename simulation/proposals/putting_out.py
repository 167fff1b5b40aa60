"""Putting work out: from a client's scenario the request that vendors may see.

Queues come with their demand, targets and hours, but for their routes; the contract of one vendor with its terms, but
for its prices. Everything else is the client's own and stays behind: vendors, people, costs, and whatever names them.
What of the work itself had to be left out, since it concerns other queues, is told to the client.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from simulation.experiment import Experiment
from simulation.proposals.joining import work_of
from simulation.proposals.reading import request_from_data
from simulation.proposals.request import OF_SOMEBODY, GatedSteps, Request
from simulation.scenario.changing.demand import SCALES
from simulation.scenario.changing.draft import times, whole_times
from simulation.scenario.contracts.attribution import Served, charged, covered
from simulation.scenario.contracts.commitments import committed_kind
from simulation.scenario.entries import entries
from simulation.scenario.problems import Refusal, RefusedError, choose, shown
from simulation.scenario.reading.canonical import canonical_data
from simulation.scenario.reading.notes import Note
from simulation.scenario.scenario import Scenario
from simulation.scenario.vendors import VendorKind
from simulation.studies.stress import LIBRARY, Stress

Data = dict[str, Any]


@dataclass(frozen=True)
class PutOut:
    """A request, and what its client alone knows of it.

    shares:   by queue, the part of its volume that is put out
    left_out: what of the work could not be put out with it, by place of the scenario
    """

    request: Request
    shares: Mapping[str, float]
    left_out: tuple[Note, ...]


def put_out(
    scenario: Scenario,
    *,
    name: str | None = None,
    queues: Sequence[str] | None = None,
    contract_of: str | None = None,
    shares: Mapping[str, float] | None = None,
    transition: GatedSteps | None = None,
    experiment: Experiment | None = None,
    stresses: Sequence[Stress] = LIBRARY,
) -> PutOut:
    """The request of a scenario's work.

    name: of the request; left out: the scenario's. queues: ids of those put out; left out: all that any outsourced
    vendor serves, else all. contract_of: the vendor whose contract's terms are offered; left out: of the outsourced
    ones the first that serves most of them. shares: by queue, the part of its volume, over 0; left out: all of it.
    transition, experiment, stresses: as of `Request`. Raises RefusedError at these names, ScenarioError.
    """
    data = canonical_data(scenario)
    wanted = _wanted(data, queues)
    parts = _parts(data, wanted, shares or {})
    work = _Work(data, wanted, parts)
    terms = work.terms(_contract(data, wanted, contract_of))
    described = {
        **work_of(data),
        **({"name": name} if name is not None else {}),
        "queues": work.queues(),
        "events": work.events(),
        "forecasts": work.forecasts(),
        "sources": work.sources(),
        "terms": terms,
        "experiment": (experiment or Experiment()).model_dump(exclude_defaults=True),
        "stresses": [canonical_data(one) for one in stresses],
        **({"transition": canonical_data(transition)} if transition is not None else {}),
    }
    return PutOut(request_from_data(described, file="request"), parts, tuple(work.left_out))


def _wanted(data: Data, queues: Sequence[str] | None) -> list[str]:
    """Ids of the queues that are put out, in the scenario's order."""
    known = [queue["id"] for queue in data["queues"]]
    strangers = [queue for queue in queues or () if queue not in known]
    if strangers:
        raise RefusedError(
            *(Refusal(f"there is no queue {shown(one)}", choose(one, known), ("queues",)) for one in strangers)
        )
    if queues is not None:
        wanted = set(queues)
    else:
        wanted = {queue for vendor in _outsourced(data) for queue in Served.of(data, vendor["id"]).queues}
    found = [queue for queue in known if queue in wanted] or (known if queues is None else [])
    if not found:
        raise RefusedError(Refusal("nothing is put out", "name a queue, or leave queues out", ("queues",)))
    return found


def _outsourced(data: Data) -> list[Data]:
    return [vendor for vendor in data["vendors"] if vendor.get("kind") != VendorKind.IN_HOUSE]


def _parts(data: Data, wanted: Sequence[str], shares: Mapping[str, float]) -> dict[str, float]:
    """By queue the part of its volume that is put out. What is a share of another's demand comes with that."""
    refused = [
        Refusal(f"{shown(name)} is not put out", choose(name, wanted), ("shares", name))
        for name in shares
        if name not in wanted
    ]
    refused += [
        Refusal(f"is {share:g}", "write a share over 0, at most 1", ("shares", name))
        for name, share in shares.items()
        if not 0 < share <= 1
    ]
    sources = {queue["id"]: queue["demand"].get("share_of") for queue in data["queues"] if queue["id"] in wanted}
    for name, source in sources.items():
        if source is not None and source not in wanted:
            message = f"the demand of {name} is a share of that of {source}, which is not put out"
            refused.append(Refusal(message, f"put out {source} too, or give {name} a demand of its own", ("queues",)))
    if refused:
        raise RefusedError(*refused)

    def part(name: str) -> float:
        source = sources[name]
        return shares.get(name, 1.0 if source is None else part(source))

    return {name: part(name) for name in wanted}


def _contract(data: Data, wanted: Sequence[str], vendor: str | None) -> tuple[Data, Data] | None:
    """The vendor and the contract whose terms are offered; None where nobody has any."""
    known = {one["id"]: one for one in data["vendors"] if one.get("contracts")}
    if vendor is not None and vendor not in known:
        mend = choose(vendor, known) if known else "leave contract_of out"
        raise RefusedError(Refusal(f"there is no contract with {shown(vendor)}", mend, ("contract_of",)))
    among = [known[vendor]] if vendor is not None else [one for one in _outsourced(data) if one["id"] in known]
    agreed = [(one, contract) for one in among for contract in one["contracts"]]

    def served(pair: tuple[Data, Data]) -> int:
        own = covered(data, pair[1], Served.of(data, pair[0]["id"]))
        return len(set(own) & set(wanted))

    return max(agreed, key=served, default=None)


@dataclass
class _Work:
    """What of a scenario's canonical data is put out with some queues, parts of their volume; the rest is told."""

    data: Data
    wanted: Sequence[str]
    parts: Mapping[str, float]
    left_out: list[Note] = field(default_factory=list)

    def queues(self) -> list[Data]:
        return [self._queue(queue) for queue in self.data["queues"] if queue["id"] in self.wanted]

    def _queue(self, queue: Data) -> Data:
        name = queue["id"]
        found = {key: value for key, value in queue.items() if key not in ("route", "transfers")}
        found["demand"] = self._demand(name, queue["demand"])
        if "backlog" in queue:
            found["backlog"] = {
                **queue["backlog"],
                "volume": whole_times(queue["backlog"].get("volume", 0), self.parts[name]),
            }
        transfers = queue.get("transfers", ())
        for gone in (one["to"] for one in transfers if one["to"] not in self.wanted):
            self._tell(f"queues.{name}.transfers", f"contacts do not go on to {gone}, which is not put out")
        if kept := [one for one in transfers if one["to"] in self.wanted]:
            found["transfers"] = kept
        self._tell_incoming(name)
        return found

    def _tell_incoming(self, name: str) -> None:
        for other in self.data["queues"]:
            if other["id"] not in self.wanted and any(one["to"] == name for one in other.get("transfers", ())):
                message = f"what {other['id']} transfers to it is not in its demand: {other['id']} is not put out"
                self._tell(f"queues.{name}.demand", message)

    def _demand(self, name: str, demand: Data) -> Data:
        """Scaled by the part of the queue; a share of another's demand by what that does not hold already."""
        source = demand.get("share_of")
        factor = self.parts[name] / (self.parts[source] if source is not None else 1.0)
        if factor == 1:
            return demand
        own = {key: self.parts[name] if key != "share" else factor for key in SCALES}
        return {key: SCALES[key](value, own[key]) if key in SCALES else value for key, value in demand.items()}

    def events(self) -> list[Data]:
        found = []
        for number, event in enumerate(self.data.get("events", ())):
            named = [queue for queue in event.get("queues", ()) if queue in self.wanted]
            if any(event.get(one) is not None for one in OF_SOMEBODY):
                self._tell(f"events.{number}", f"{event['kind']} strikes somebody's people, and stays behind")
            elif event.get("queues") and not named:
                self._tell(f"events.{number}", f"{event['kind']} strikes queues that are not put out")
            else:
                found.append({**event, **({"queues": named} if named else {})})
        return found

    def forecasts(self) -> list[Data]:
        kept = []
        for forecast in self.data.get("forecasts", ()):
            own = {queue: self._forecast(queue, of) for queue, of in forecast["queues"].items() if queue in self.wanted}
            if own:
                kept.append({**forecast, "queues": own})
        return kept

    def _forecast(self, queue: str, of: Data) -> Data:
        return {**of, "volumes": {period: times(volume, self.parts[queue]) for period, volume in of["volumes"].items()}}

    def sources(self) -> Data:
        """Of figures of the queues that are put out, and of what all have in common, but for those that name a vendor,
        a site or a team."""
        forecasts = [forecast["id"] for forecast in self.data.get("forecasts", ())]
        kept = tuple(f"forecasts.{one}.queues.{queue}." for one in forecasts for queue in self.wanted)
        kept += tuple(f"queues.{queue}." for queue in self.wanted)
        gone = tuple(f"queues.{queue}.{own}" for queue in self.wanted for own in ("route", "transfers"))
        return {
            path: source
            for path, source in self.data.get("sources", {}).items()
            if path == "busyness_correlation" or (path.startswith(kept) and not path.startswith(gone))
            if not self._named.search(source["source"])
        }

    @cached_property
    def _named(self) -> re.Pattern[str]:
        """The ids and names of vendors, sites and teams, as words."""
        vendors = self.data["vendors"]
        people = [part for vendor in vendors for part in (vendor, *vendor["sites"], *vendor["teams"])]
        names = {part[name] for part in people for name in ("id", "name") if part.get(name)}
        return re.compile(rf"(?<!\w)({'|'.join(map(re.escape, sorted(names)))})(?!\w)", re.IGNORECASE)

    def terms(self, agreed: tuple[Data, Data] | None) -> Data:
        """A vendor's contract but for its prices, and for what concerns other queues."""
        if agreed is None:
            self._tell("vendors", "no contract stands there, so the request promises and asks for nothing but prices")
            return {}
        vendor, contract = agreed
        at = f"vendors.{vendor['id']}.contracts"
        terms = {name: value for name, value in contract.items() if name not in ("pricing", "client")}
        clients = {queue.get("client") for queue in self.data["queues"] if queue["id"] in self.wanted}
        if contract.get("client") is not None and clients == {contract["client"]}:
            terms["client"] = contract["client"]
        if "slas" in contract:
            terms["slas"] = [*self._clauses(contract["slas"], at)]
        if "commitments" in contract:
            terms["commitments"] = [*self._commitments(vendor, contract, at)]
        if "exit" in terms:
            terms |= self._exit(terms, vendor, at)
        return {name: value for name, value in terms.items() if value not in ([], None)}

    def _clauses(self, clauses: Sequence[Data], at: str) -> Iterator[Data]:
        for clause in clauses:
            if clause.get("queue") is None or clause["queue"] in self.wanted:
                yield clause
            else:
                self._tell(f"{at}.slas.{clause['id']}", f"{clause['queue']} is not put out")

    def _commitments(self, vendor: Data, contract: Data, at: str) -> Iterator[Data]:
        own = covered(self.data, contract, Served.of(self.data, vendor["id"]))
        for number, commitment in enumerate(contract["commitments"]):
            kind = committed_kind(commitment)
            lines = [line for _, line in entries(contract["pricing"], ()) if line["kind"] == kind]
            if any(set(charged(line, own)) & set(self.wanted) for line in lines):
                yield commitment
            else:
                self._tell(f"{at}.commitments.{number}", "it is about queues that are not put out")

    def _exit(self, terms: Data, vendor: Data, at: str) -> Data:
        """The right to leave, its fee in the scenario's currency; None without anything that could be missed."""
        if not terms.get("slas"):
            self._tell(f"{at}.exit", "without a clause no right to leave arises")
            return {"exit": None}
        rate = self.data.get("exchange_rates", {}).get(vendor.get("currency"), 1)
        fee = terms["exit"].get("fee", 0)
        return {"exit": {**terms["exit"], "fee": round(fee / rate, 2)}} if fee and rate != 1 else {}

    def _tell(self, path: str, message: str) -> None:
        self.left_out.append(Note(path, message))
