"""Whose work it is: which queues the teams of a vendor may answer, and what can be told apart of what they did.

What is counted is counted by queue and by team, not by both. Work of some queues is a vendor's, exactly, where its
teams that may answer them answer nothing else, or where no other vendor's team may answer them.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from simulation.scenario.destinations import can_serve, listed
from simulation.scenario.entries import entries


@dataclass(frozen=True)
class Served:
    """Which queues a vendor answers.

    teams:  of each of its teams, by id, the queues that it has the skill for and a step of the route
    others: queues that teams of other vendors may answer
    """

    teams: Mapping[str, frozenset[str]]
    others: frozenset[str]

    @classmethod
    def of(cls, document: Mapping[str, Any], vendor: str) -> "Served":
        """Of a vendor in a document's plain data."""
        queues = [queue for _, queue in entries(document.get("queues"), ()) if isinstance(queue.get("id"), str)]
        vendors = [one for _, one in entries(document.get("vendors"), ()) if isinstance(one.get("id"), str)]
        teams = {
            team["id"]: frozenset(queue["id"] for queue in queues if can_serve({**one, "teams": [team]}, queue))
            for one in vendors
            if one["id"] == vendor
            for _, team in entries(one.get("teams"), ())
            if isinstance(team.get("id"), str)
        }
        others = [one for one in vendors if one["id"] != vendor]
        return cls(teams, frozenset(q["id"] for q in queues if any(can_serve(other, q) for other in others)))

    @property
    def queues(self) -> list[str]:
        """The queues of all its teams."""
        return list(dict.fromkeys(queue for served in self.teams.values() for queue in sorted(served)))

    def teams_of(self, queues: Collection[str]) -> list[str]:
        """The teams that may answer any of some queues."""
        return [team for team, served in self.teams.items() if served & set(queues)]

    def is_alone(self, queues: Collection[str]) -> bool:
        """Whether nobody else may answer any of them."""
        return not self.others & set(queues)

    def mixed_team(self, queues: Collection[str]) -> tuple[str, str] | None:
        """The first team that may answer one of the queues and another one, and that other."""
        for team in self.teams_of(queues):
            if rest := self.teams[team] - set(queues):
                return team, min(rest)
        return None


def covered(document: Mapping[str, Any], contract: Mapping[str, Any], served: Served) -> list[str]:
    """The queues that a contract covers: those of its client that the vendor serves, without one all of them.

    Where no queue names a client, all are the only client's.
    """
    queues = [queue for _, queue in entries(document.get("queues"), ()) if isinstance(queue.get("id"), str)]
    clients = {queue["id"]: queue.get("client") for queue in queues}
    client = contract.get("client")
    if client is None or not any(clients.values()):
        return served.queues
    return [queue for queue in served.queues if clients[queue] == client]


def charged(pricing: Mapping[str, Any], covered: Sequence[str]) -> list[str]:
    """The queues whose work a line of pricing charges for."""
    return [queue for queue in listed(pricing.get("queues")) if isinstance(queue, str)] or list(covered)
