"""Who answers a queue after an award: the winners where the vendors stood who leave, and who stays where it stood."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain
from typing import Any

from simulation.proposals.joining import Part, Tier, delayed, steps_of, tiers
from simulation.scenario.problems import Refusal, RefusedError
from simulation.scenario.queues.routes import Choice
from simulation.scenario.reading.notes import Note

Data = dict[str, Any]


@dataclass
class Rerouting:
    """The new route of a queue.

    data:      the scenario's canonical data, with the vendors who stay and the winners
    queue:     the queue's, with its old route
    winners:   their parts
    proposals: their canonical data, with the ids that they have in the scenario
    part:      of the queue's volume that was put out
    told:      what changes for others
    """

    data: Mapping[str, Any]
    queue: Mapping[str, Any]
    winners: Sequence[Part]
    proposals: Sequence[Mapping[str, Any]]
    part: float
    told: list[Note] = field(default_factory=list)

    @property
    def _old(self) -> Mapping[str, Any]:
        route: Mapping[str, Any] = self.queue.get("route", {})
        return route

    @property
    def _shared(self) -> bool:
        """Whether several winners have shares."""
        return len(self.winners) > 1 and self.winners[-1].after_seconds is None

    def route(self) -> Data:
        """Of a queue that is the winners' from the first day."""
        if len(self.winners) > 1 and not self._shared and self.part < 1:
            message = f"a part of {self.queue['id']} is left to others, so nobody answers it after another has not"
            raise RefusedError(Refusal(message, "award shares of it, or the work to one proposal", ("parts",)))
        return self._allocated() if self._shared or self.part < 1 else self._in_turn()

    def stepped(self, giver: str | None) -> Data:
        """Of a queue that a vendor hands over in steps: only these two may answer it."""
        others = self._staying() - {giver}
        self._tell_out(others)
        if not self._old.get("steps") and not any(self._has_route(one) for one in self.proposals):
            return {}
        own = [tiers(one, self.queue["id"]) for one in self.proposals]
        return {"steps": steps_of(self._old_tiers(others), *own)}

    def _in_turn(self) -> Data:
        own = [
            delayed(tiers(one, self.queue["id"]), part.after_seconds or 0)
            for part, one in zip(self.winners, self.proposals, strict=True)
        ]
        if self._old.get("allocation"):
            self._tell_out(self._staying())
            return {**self._choice(), "steps": steps_of([*chain(*own)])}
        if not self._old.get("steps") and len(own) == 1 and not self._has_route(self.proposals[0]):
            return dict(self._old)
        return {**self._choice(), "steps": steps_of(self._in_place([*chain(*own)]))}

    def _choice(self) -> Data:
        """The first winner's, else as it was where nothing was allocated."""
        own = self.proposals[0].get("routes", {}).get(self.queue["id"], {}).get("choice")
        before = self._old.get("choice") if not self._old.get("allocation") else None
        return {"choice": own or before} if own or before else {}

    def _in_place(self, winners: Sequence[Tier]) -> list[Tier]:
        """The old tiers, the winners' first beside whoever stays in the first one that somebody has left, or in front
        of all; the others from there on."""
        steps, known = self._old.get("steps") or [{"teams": sorted(self._others(()))}], self._others(())
        left = [place for place, step in enumerate(steps) if not set(step["teams"]) <= known]
        start = steps[left[0]].get("after_seconds", 0) if left else 0
        first, *later = delayed(winners, start)
        found = [] if left else [first]
        for place, step in enumerate(steps):
            here = first[1] if left and place == left[0] else []
            found.append((step.get("after_seconds", 0), [*(one for one in step["teams"] if one in known), *here]))
        return [*found, *later]

    def _allocated(self) -> Data:
        before = self._old.get("allocation", ())
        staying = self._staying() if self.part < 1 else set[str]()
        if len(staying) > 1 and not before:
            names = " and ".join(sorted(staying))
            message = f"{names} answer {self.queue['id']} together, so nobody knows what is left to each"
            raise RefusedError(Refusal(message, "write allocation in its route first", ("scenario", "queues")))
        entries: Sequence[Mapping[str, Any]] = before if before and staying else [{"shares": {}}]
        self._tell_out(self._staying() - staying)
        found = [{**entry, "shares": self._shares(entry["shares"], staying)} for entry in entries]
        own = [tiers(one, self.queue["id"]) for one in self.proposals]
        route: Data = {"choice": Choice.ALLOCATION.value, "allocation": found}
        if self._old.get("steps") or any(self._has_route(one) for one in self.proposals):
            route["steps"] = steps_of(self._old_tiers(self._staying() - staying), *own)
        return route

    def _shares(self, before: Mapping[str, float], staying: Collection[str]) -> dict[str, float]:
        """What was put out to the winners by their shares, the rest to who stays as it was shared among them."""
        left = {name: before.get(name, 0.0) for name in sorted(staying)}
        total = sum(left.values())
        rest = {name: share / total if total else 1 / len(left) for name, share in left.items()}
        found = {name: round(share * (1 - self.part), 12) for name, share in rest.items()}
        for part, one in zip(self.winners, self.proposals, strict=True):
            found[one["vendor"]["id"]] = round(part.share * self.part, 12)
        return found

    def _has_route(self, proposal: Mapping[str, Any]) -> bool:
        return self.queue["id"] in proposal.get("routes", {})

    def _staying(self) -> set[str]:
        """Ids of the other vendors who may answer the queue."""
        winners = {one["vendor"]["id"] for one in self.proposals}
        routed = {team for step in self._old.get("steps", ()) for team in step["teams"]}
        return {
            vendor["id"]
            for vendor in self.data["vendors"]
            for team in vendor["teams"]
            if vendor["id"] not in winners and self._is_able(team) and (not routed or team["id"] in routed)
        }

    def _is_able(self, team: Mapping[str, Any]) -> bool:
        return any(skill["queue"] == self.queue["id"] for skill in team["skills"])

    def _others(self, without: Collection[str | None]) -> set[str]:
        """Ids of the teams that may answer it, but for the winners' and those of some vendors."""
        apart = {*without, *(one["vendor"]["id"] for one in self.proposals)}
        vendors = [one for one in self.data["vendors"] if one["id"] not in apart]
        return {team["id"] for vendor in vendors for team in vendor["teams"] if self._is_able(team)}

    def _old_tiers(self, without: Collection[str | None]) -> list[Tier]:
        """Tiers of the old route whose teams are there, but for those of some vendors."""
        known = self._others(without)
        steps = self._old.get("steps") or [{"teams": sorted(known)}]
        return [(step.get("after_seconds", 0), [team for team in step["teams"] if team in known]) for step in steps]

    def _tell_out(self, vendors: Collection[str]) -> None:
        for vendor in sorted(vendors):
            message = f"{vendor} does not answer it any more: all of it is given to others by shares"
            self.told.append(Note(f"queues.{self.queue['id']}.route", message))
