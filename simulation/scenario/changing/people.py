"""Changes of who is there: the size of teams, hiring, leaving, absence, and how a team decides."""

from collections.abc import Iterator
from datetime import date, timedelta
from math import expm1, log1p
from typing import Annotated, Any

from pydantic import Field

from simulation.scenario.changing.alteration import Alteration
from simulation.scenario.changing.demand import plain
from simulation.scenario.changing.draft import Draft, Part, count, subject, times, whole_times
from simulation.scenario.people.classes import TrainingClass
from simulation.scenario.people.policies import Policy
from simulation.scenario.problems import Path, refuse
from simulation.scenario.quantities import Factor, Id, Whole


class ScaleTeam(Alteration):
    """Multiply the size of a team at the start: its agents if they are given, else its heads in production. Classes,
    policies and seats stay as they are."""

    team: Id | None = None
    """The team's id; left out: every team."""
    factor: Factor
    """What to multiply it by, such as 1.1; heads and agents are whole, to the nearest."""

    def alter(self, draft: Draft) -> str:
        for path, team in draft.teams(self.team):
            if "staffing" in team:
                agents = [whole_times(number, self.factor) for number in team["staffing"]["agents"]]
                draft.put((*path, "staffing", "agents"), agents)
            else:
                self._scale_heads(draft, ((*path, "workforce"), team["workforce"]))
        return f"size of {subject('team', self.team)} x {self.factor:g}"

    def _scale_heads(self, draft: Draft, part: Part) -> None:
        path, people = part
        draft.put((*path, "headcount"), whole_times(people["headcount"], self.factor))
        bands = people.get("tenure_weeks", {}).get("bands")
        if bands:  # whole heads that still sum to the headcount
            so_far, scaled = 0, []
            for band in bands:
                below, so_far = so_far, so_far + band["heads"]
                heads = whole_times(so_far, self.factor) - whole_times(below, self.factor)
                scaled.append({**band, "heads": heads})
            draft.put((*path, "tenure_weeks", "bands"), scaled)


class DelayHiring(Alteration):
    """Let hiring be late: classes to come start later, and requisitions take longer. Classes in progress, and the last
    days of those who leave again, stay as they are."""

    team: Id | None = None
    """The team's id; left out: every team that hires."""
    weeks: Annotated[Whole, Field(ge=1, le=104)]
    """How many weeks later."""

    def alter(self, draft: Draft) -> str:
        for path, people in _hiring(draft, self.team):
            for at, entry in _to_come(draft, (path, people)):
                start = date.fromisoformat(entry["start"]) + timedelta(weeks=self.weeks)
                draft.put((*at, "start"), start.isoformat())
            if "hiring" in people:
                mean = people["hiring"].get("lead_time_weeks", {}).get("mean", 0)
                draft.put((*path, "hiring", "lead_time_weeks", "mean"), mean + self.weeks)
        return f"hiring of {subject('team', self.team)} {count(self.weeks, 'week')} later"


class ScaleHiring(Alteration):
    """Multiply what hiring yields: heads of the classes to come, and the share found of the heads asked for, which is
    at most 1. A class without a head left is left out."""

    team: Id | None = None
    """The team's id; left out: every team that hires."""
    factor: Factor
    """What to multiply it by, such as 0.8; heads are whole, to the nearest."""

    def alter(self, draft: Draft) -> str:
        for path, people in _hiring(draft, self.team):
            classes = [
                self._scaled(entry) if _is_to_come(draft, entry) else entry for entry in people.get("classes", ())
            ]
            draft.put((*path, "classes"), [entry for entry in classes if entry["size"]] or None)
            if "hiring" in people:
                found = min(1.0, times(people["hiring"].get("fill_rate", 1), self.factor))
                draft.put((*path, "hiring", "fill_rate"), found)
        return f"hiring of {subject('team', self.team)} x {self.factor:g}"

    def _scaled(self, entry: dict[str, Any]) -> dict[str, Any]:
        size = whole_times(entry["size"], self.factor)
        if "graduates" not in entry:
            return {**entry, "size": size}
        return {**entry, "size": size, "graduates": min(size, whole_times(entry["graduates"], self.factor))}


def _hiring(draft: Draft, team: str | None) -> list[Part]:
    """The workforces that hire, or have classes to come."""
    found = [
        part for part in draft.people(team) if "hiring" in part[1] or next(_to_come(draft, part), None) is not None
    ]
    if not found:
        message = f"{subject('team', team)} has neither hiring nor a class to come"
        refuse(message, "name a team that has, or add a class", ("team",))
    return found


def _to_come(draft: Draft, part: Part) -> Iterator[tuple[Path, dict[str, Any]]]:
    """The classes that start with the scenario or later."""
    path, people = part
    for position, entry in enumerate(people.get("classes", ())):
        if _is_to_come(draft, entry):
            yield (*path, "classes", position), entry


def _is_to_come(draft: Draft, entry: dict[str, Any]) -> bool:
    return bool(entry["start"] >= draft.data["start"])


class AddClass(Alteration):
    """Add a class of new people to a team."""

    team: Id
    """The team's id."""
    training_class: TrainingClass
    """The class."""

    def alter(self, draft: Draft) -> str:
        ((path, _),) = draft.people(self.team)
        draft.add((*path, "classes"), plain(self.training_class))
        return f"a class of {self.training_class.size} for {self.team} from {self.training_class.start}"


class ScaleAttrition(Alteration):
    """Multiply how fast people leave: every hazard, so that a probability p becomes 1 - (1 - p)^factor."""

    team: Id | None = None
    """The team's id; left out: every team that people leave."""
    factor: Factor
    """What to multiply it by, such as 1.5."""

    def alter(self, draft: Draft) -> str:
        for path, people in draft.people(self.team, "attrition"):
            given, at = people["attrition"], (*path, "attrition")
            if "annual_rate" in given:
                draft.put((*at, "annual_rate"), times(given["annual_rate"], self.factor))
            for name in ("first_90_days", "training_weekly"):
                if name in given:
                    draft.put((*at, name), self._risen(given[name]))
            if "bands" in given:
                bands = [{**band, "weekly": self._risen(band["weekly"])} for band in given["bands"]]
                draft.put((*at, "bands"), bands)
        return f"attrition of {subject('team', self.team)} x {self.factor:g}"

    def _risen(self, probability: float) -> float:
        return round(-expm1(self.factor * log1p(-probability)), 12)


class ScaleAbsence(Alteration):
    """Multiply the unplanned absence of a team."""

    team: Id | None = None
    """The team's id; left out: every team that has any."""
    factor: Factor
    """What to multiply it by, such as 1.5."""

    def alter(self, draft: Draft) -> str:
        for path, people in draft.people(self.team, "absence"):
            daily = people["absence"].get("daily_probability", 0)
            draft.put((*path, "absence", "daily_probability"), times(daily, self.factor))
        return f"absence of {subject('team', self.team)} x {self.factor:g}"


class ScaleShrinkage(Alteration):
    """Multiply the planned shrinkage of a team, leave and time in the office, by month too."""

    team: Id | None = None
    """The team's id; left out: every team that has any."""
    factor: Factor
    """What to multiply it by, such as 1.1."""

    def alter(self, draft: Draft) -> str:
        for path, people in draft.people(self.team, "shrinkage"):
            given = people["shrinkage"]
            scaled = self._scaled(given)
            if "months" in given:
                scaled["months"] = {month: self._scaled(own) for month, own in given["months"].items()}
            draft.put((*path, "shrinkage"), scaled)
        return f"shrinkage of {subject('team', self.team)} x {self.factor:g}"

    def _scaled(self, given: dict[str, Any]) -> dict[str, Any]:
        return {name: times(given[name], self.factor) for name in ("leave", "in_office") if name in given}


class SetPolicies(Alteration):
    """Let a team grow and shrink by other policies."""

    team: Id
    """The team's id."""
    policies: tuple[Policy, ...] = ()
    """How it decides, in place of all that it had; left out: it does not."""

    def alter(self, draft: Draft) -> str:
        ((path, _),) = draft.teams(self.team)
        draft.put((*path, "policies"), [plain(policy) for policy in self.policies])
        return f"policies of {self.team}: {', '.join(policy.kind for policy in self.policies) or 'none'}"
