"""Changes of vendors: one left out, and what their people and their work cost."""

from typing import Any

from simulation.scenario.changing.alteration import Alteration
from simulation.scenario.changing.draft import Draft, Part, subject, times
from simulation.scenario.contracts.pricing import AMOUNTS, BANDED
from simulation.scenario.problems import Path, refuse
from simulation.scenario.quantities import Factor, Id


class ExcludeVendor(Alteration):
    """Leave a vendor out, with its sites, teams and contracts, as if it had never been there: routes go on without its
    teams, allocations share its contacts among the others as they share theirs, and events that strike it are gone."""

    vendor: Id
    """The vendor's id."""

    def alter(self, draft: Draft) -> str:
        ((path, vendor),) = draft.vendors(self.vendor)
        teams = {team["id"] for team in vendor["teams"]}
        self._refuse_a_part_in_the_plan(draft)
        for queue_path, queue in draft.queues(None):
            self._leave_the_route(draft, ((*queue_path, "route"), queue.get("route", {})), queue["id"], teams)
        struck = teams | {site["id"] for site in vendor["sites"]}
        events = draft.data.get("events", [])
        left = [e for e in events if not {e.get("site"), e.get("team")} & struck and e.get("vendor") != self.vendor]
        if len(left) < len(events):
            draft.put(("events",), left)
        sources = draft.data.get("sources", {})
        draft.data["sources"] = {at: s for at, s in sources.items() if not at.startswith(f"vendors.{self.vendor}.")}
        draft.places.append(f"vendors.{self.vendor}")
        draft.data["vendors"].pop(path[1])
        return f"without the vendor {self.vendor}"

    def _refuse_a_part_in_the_plan(self, draft: Draft) -> None:
        for transition in draft.data.get("transitions", ()):
            if self.vendor in (transition.get("from"), transition["to"]):
                queues = ", ".join(transition["queues"])
                mend = "set `transitions` without it first"
                refuse(f"{self.vendor} has a part in the transition of {queues}", mend, ("vendor",))
        for event in draft.data.get("events", ()):
            if event.get("to") == self.vendor:
                mend = "set `events` without it first, or name another vendor there"
                refuse(f"{self.vendor} takes over what {event['vendor']} leaves", mend, ("vendor",))

    def _leave_the_route(self, draft: Draft, part: Part, queue: str, teams: set[str]) -> None:
        path, route = part
        steps = [{**s, "teams": [t for t in s["teams"] if t not in teams]} for s in route.get("steps", ())]
        kept = [step for step in steps if step["teams"]]
        if steps and not kept:
            mend = f"add a team of another vendor to the route of {queue} first"
            refuse(f"only teams of {self.vendor} may answer {queue}", mend, ("vendor",))
        if [step["teams"] for step in kept] != [step["teams"] for step in route.get("steps", ())]:
            first = {name: value for name, value in kept[0].items() if name != "after_seconds"}
            draft.put((*path, "steps"), [first, *kept[1:]])
        if any(self.vendor in entry["shares"] for entry in route.get("allocation", ())):
            shared = [self._shared(entry, queue) for entry in route["allocation"]]
            draft.put((*path, "allocation"), shared)

    def _shared(self, entry: dict[str, Any], queue: str) -> dict[str, Any]:
        others = {vendor: share for vendor, share in entry["shares"].items() if vendor != self.vendor}
        total = sum(others.values())
        if not total:
            since = f" from {entry['from']}" if "from" in entry else ""
            message = f"all contacts of {queue} are allocated to {self.vendor}{since}"
            refuse(message, f"set another allocation of {queue} first", ("vendor",))
        return {**entry, "shares": {vendor: round(share / total, 12) for vendor, share in others.items()}}


class ScaleWages(Alteration):
    """Multiply what the people of a team are paid: hours of work and weeks of training."""

    team: Id | None = None
    """The team's id; left out: every team whose cost is known."""
    factor: Factor
    """What to multiply it by, such as 1.05."""

    def alter(self, draft: Draft) -> str:
        paid = [(path, team["cost"]) for path, team in draft.teams(self.team) if "cost" in team]
        wages = [((*path, "cost", name), cost[name]) for path, cost in paid for name in WAGES if cost.get(name)]
        if not wages:
            message = f"{subject('team', self.team)} has no wage"
            refuse(message, "add `cost` with an hourly_wage to the team", ("team",))
        for at, wage in wages:
            draft.put(at, times(wage, self.factor))
        return f"wages of {subject('team', self.team)} x {self.factor:g}"


WAGES = ("hourly_wage", "training_per_week")


class ScaleRates(Alteration):
    """Multiply what a vendor charges: every rate, band and fixed amount of its pricing."""

    vendor: Id | None = None
    """The vendor's id; left out: every vendor that charges anything."""
    factor: Factor
    """What to multiply it by, such as 1.05."""

    def alter(self, draft: Draft) -> str:
        lines = [
            ((*path, "contracts", c, "pricing", p), line)
            for path, vendor in draft.vendors(self.vendor)
            for c, contract in enumerate(vendor.get("contracts", ()))
            for p, line in enumerate(contract.get("pricing", ()))
        ]
        if not lines:
            message = f"{subject('vendor', self.vendor)} charges nothing"
            refuse(message, "add a contract with pricing to the vendor", ("vendor",))
        for path, line in lines:
            self._scale(draft, path, line)
        return f"rates of {subject('vendor', self.vendor)} x {self.factor:g}"

    def _scale(self, draft: Draft, path: Path, line: dict[str, Any]) -> None:
        for name in AMOUNTS:
            if name in line:
                draft.put((*path, name), times(line[name], self.factor))
        for name in BANDED:
            if line.get(name):
                bands = [{**band, "rate": times(band["rate"], self.factor)} for band in line[name]]
                draft.put((*path, name), bands)
