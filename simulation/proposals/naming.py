"""Ids that several documents may have given alike: where they come together, each is told apart."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

LONGEST = 64
"""Characters of an id."""


@dataclass
class Names:
    """Ids that are taken."""

    vendors: set[str] = field(default_factory=set)
    sites: set[str] = field(default_factory=set)
    teams: set[str] = field(default_factory=set)
    clauses: set[str] = field(default_factory=set)

    @classmethod
    def of(cls, document: Mapping[str, Any]) -> "Names":
        """Those of a scenario's canonical data."""
        vendors = document["vendors"]
        return cls(
            {vendor["id"] for vendor in vendors},
            {site["id"] for vendor in vendors for site in vendor["sites"]},
            {team["id"] for vendor in vendors for team in vendor["teams"]},
            {clause["id"] for v in vendors for one in v.get("contracts", ()) for clause in one.get("slas", ())},
        )

    def told_apart(self, proposal: Mapping[str, Any]) -> dict[str, Any]:
        """A proposal's canonical data with ids of its vendor, sites and teams that nobody has; they are taken then."""
        vendor = proposal["vendor"]
        sites = {site["id"]: _take(site["id"], self.sites) for site in vendor["sites"]}
        teams = {team["id"]: _take(team["id"], self.teams) for team in vendor["teams"]}
        named = {
            **vendor,
            "id": _take(vendor["id"], self.vendors),
            "sites": [{**site, "id": sites[site["id"]]} for site in vendor["sites"]],
            "teams": [_team(team, sites, teams) for team in vendor["teams"]],
        }
        routes = {queue: _route(route, teams) for queue, route in proposal.get("routes", {}).items()}
        return {**proposal, "vendor": named, "routes": routes}

    def of_terms(self, terms: Mapping[str, Any]) -> dict[str, Any]:
        """A contract's canonical data with ids of its clauses that no other has."""
        if not terms.get("slas"):
            return dict(terms)
        return {**terms, "slas": [{**clause, "id": _take(clause["id"], self.clauses)} for clause in terms["slas"]]}


def _take(wanted: str, taken: set[str]) -> str:
    """The id itself, or with a number behind it."""
    name, number = wanted, 1
    while name in taken:
        number += 1
        end = f"-{number}"
        name = f"{wanted[: LONGEST - len(end)]}{end}"
    taken.add(name)
    return name


def _team(team: Mapping[str, Any], sites: Mapping[str, str], teams: Mapping[str, str]) -> dict[str, Any]:
    found = {**team, "id": teams[team["id"]], "site": sites[team["site"]]}
    if moves := team.get("workforce", {}).get("moves"):
        lent = [{**move, "from": teams[move["from"]]} for move in moves]
        found["workforce"] = {**team["workforce"], "moves": lent}
    return found


def _route(route: Mapping[str, Any], teams: Mapping[str, str]) -> dict[str, Any]:
    if "steps" not in route:
        return dict(route)
    return {**route, "steps": [{**step, "teams": [teams[team] for team in step["teams"]]} for step in route["steps"]]}
