"""Terms of a plan that are no heads of classes: overtime, the bench, and how vendors share a queue.

Overtime and the bench have no dates in a scenario: what a plan decides of them holds from the first day to the last.
Shares hold from the dates of the route's allocation.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Any

from simulation.scenario.people.policies import PolicyKind
from simulation.scenario.scenario import Scenario
from simulation.scenario.vendors import Team

WEEK = timedelta(weeks=1)
FINE = 6
"""Decimals of a share."""


@dataclass(frozen=True)
class Split:
    """Shares of a queue's work by vendor, those without any among them, from a date on; None: from the start."""

    begins: date | None
    shares: Mapping[str, float]
    kind: str

    def first_day(self, start: date) -> date:
        """The first on which it holds."""
        return start if self.begins is None else max(self.begins, start)

    def moved(self, giver: str, taker: str, share: float) -> "Split":
        """The same with a share of one vendor given to another, as far as there is any."""
        share = min(max(share, -self.shares[taker]), self.shares[giver])
        changed = {giver: self.shares[giver] - share, taker: self.shares[taker] + share}
        return replace(self, shares={**self.shares, **{name: round(of, FINE) for name, of in changed.items()}})

    def told(self) -> dict[str, Any]:
        """As a scenario has it."""
        begins = {} if self.begins is None else {"from": self.begins.isoformat()}
        return {**begins, "shares": {name: share for name, share in self.shares.items() if share}, "kind": self.kind}


@dataclass(frozen=True)
class Terms:
    """overtime: most hours a head and week, by team; bench: most agents, by team; splits: by queue, by date."""

    overtime: Mapping[str, float] = field(default_factory=dict)
    bench: Mapping[str, int] = field(default_factory=dict)
    splits: Mapping[str, tuple[Split, ...]] = field(default_factory=dict)

    @classmethod
    def of(cls, scenario: Scenario, vendor: str | None) -> "Terms":
        """As a scenario has them; of the teams of a vendor alone, who does not split queues, where one is named."""
        own = [team for one in scenario.vendors if vendor in (None, one.id) for team in one.teams]
        people = {team.id: team.workforce for team in own if team.workforce is not None}
        return cls(
            {name: one.overtime.max_hours_per_week for name, one in people.items() if one.overtime is not None},
            {team.id: agents for team in own if (agents := _bench(team))},
            _splits(scenario) if vendor is None else {},
        )

    def apply(self, given: "Terms", data: dict[str, Any]) -> None:
        """Writes what differs from the given terms into a scenario's canonical data."""
        for team in (team for vendor in data["vendors"] for team in vendor["teams"]):
            name = team["id"]
            if self.overtime.get(name) != given.overtime.get(name):
                _bound(team["workforce"], "overtime", "max_hours_per_week", self.overtime[name])
            if self.bench.get(name) != given.bench.get(name):
                _bound(team["workforce"], "surge", "agents", self.bench[name])
                if not self.bench[name]:
                    team["policies"] = [one for one in team["policies"] if one["kind"] != PolicyKind.SURGE]
        for queue in data["queues"]:
            name = queue["id"]
            if self.splits.get(name) != given.splits.get(name):
                queue["route"]["allocation"] = [split.told() for split in self.splits[name]]

    def late(self, given: "Terms", queue: str, begins: date, start: date) -> "Terms":
        """The same with the shares that begin on a date beginning a week later; at the start the given ones hold until
        then."""
        own = list(self.splits[queue])
        place = next(place for place, split in enumerate(own) if split.first_day(start) == begins)
        before = own[place - 1] if place else given.splits[queue][0]
        until, late = own[place + 1].begins if place + 1 < len(own) else None, begins + WEEK
        comes = [] if until is not None and until <= late else [replace(own[place], begins=late)]
        own[place : place + 1] = [replace(before, begins=own[place].begins), *comes]
        return replace(self, splits={**self.splits, queue: tuple(own)})


def _bench(team: Team) -> int:
    """Of a team that calls it."""
    calls = any(policy.kind is PolicyKind.SURGE for policy in team.policies)
    surge = team.workforce.surge if team.workforce is not None else None
    return int(surge.agents) if surge is not None and calls else 0


def _splits(scenario: Scenario) -> dict[str, tuple[Split, ...]]:
    """Of queues that vendors share, but those whose shares a transition sets."""
    handed_over = {queue for one in scenario.transitions for queue in one.queues}
    found = {}
    for queue in scenario.queues:
        vendors = list(dict.fromkeys(name for entry in queue.route.allocation for name in entry.shares))
        if len(vendors) > 1 and queue.id not in handed_over:
            found[queue.id] = tuple(
                Split(entry.from_, {name: entry.shares.get(name, 0.0) for name in vendors}, entry.kind.value)
                for entry in queue.route.allocation
            )
    return found


def _bound(workforce: dict[str, Any], name: str, field_: str, most: float) -> None:
    """The most of something; nothing of it where that is none."""
    if most:
        workforce[name] = {**workforce[name], field_: most}
    else:
        del workforce[name]
