"""A hiring plan as whole people and dates, and the scenario that carries it out.

Teams that may hire follow a PLAN: from each Monday of the scenario's weeks the heads past training that are expected
with the plan, so that requisitions and notices go out when they have to. Given classes get the plan's size and last
day. SURGE stays; HIRE_UP_TO and REACTIVE go, as the plan decides.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from math import ceil
from typing import Any

import numpy as np

from simulation.scenario.reading.canonical import canonical_data
from simulation.scenario.reading.document import from_data
from simulation.scenario.scenario import Scenario
from simulation.studies.staffing.decisions import Decision, changes, hiring_decisions, in_force, term_decisions
from simulation.studies.staffing.options import What
from simulation.studies.staffing.setting import Setting
from simulation.studies.staffing.terms import Terms
from simulation.world.demand.cells import Float64

REPLACED = ("PLAN", "HIRE_UP_TO", "REACTIVE", "NONE")
"""Policies in whose place the plan decides."""
WEEK = timedelta(weeks=1)
KEPT = 0.35
"""A target this far below the expected heads lets nobody go by luck, and asks for nobody because of it."""


@dataclass(frozen=True)
class GivenClass:
    """A given class as the plan wants it: heads, 0 for none, and its last day."""

    start: date
    heads: int
    until: date | None


@dataclass(frozen=True)
class HiringPlan:
    """targets: heads past training by team and date from which they hold; classes: by team and place; given: the
    terms of the scenario."""

    targets: Mapping[str, Mapping[date, int]] = field(default_factory=dict)
    classes: Mapping[tuple[str, int], GivenClass] = field(default_factory=dict)
    terms: Terms = field(default_factory=Terms)
    given: Terms = field(default_factory=Terms)
    decisions: tuple[Decision, ...] = ()

    @classmethod
    def of(cls, setting: Setting, amounts: Float64) -> "HiringPlan":
        """The amounts of a proposal in whole people."""
        classes, whole = _classes(setting, amounts)
        targets = {
            setting.scenario.teams[t].id: _targets(setting, setting.expected(t, whole).heads - KEPT)
            for t in _hiring(setting)
        }
        return cls(targets, classes, setting.terms, setting.terms).decided(setting)

    @classmethod
    def of_requirement(cls, setting: Setting, buffer: float) -> "HiringPlan":
        """Every team that hires at what is required of it, with a buffer; whom a later week needs, or one before that
        is scored together with this, stays. Classes as they are given."""
        classes, _ = _classes(setting, np.zeros(len(setting.options)))
        for name, place in classes:
            team = next(team for team in setting.scenario.teams if team.id == name)
            assert team.workforce is not None  # has classes
            entry = team.workforce.classes[place]
            classes[name, place] = GivenClass(entry.start, entry.size, entry.until)
        targets = {}
        for t in _hiring(setting):
            needed = setting.required_heads[:, t] * (1 + buffer)
            for q, weeks in setting.blocks:
                if t in setting.serving[q]:
                    needed[list(weeks)] = np.maximum.accumulate(needed[list(weeks)])
            later = np.maximum.accumulate(needed[::-1])[::-1]
            there = given_heads(setting, t, classes)
            heads = np.minimum(np.maximum(needed, np.minimum(there, later)), setting.places(t))
            targets[setting.scenario.teams[t].id] = _targets(setting, heads)
        return cls(targets, classes, setting.terms, setting.terms).decided(setting)

    def is_like(self, other: "HiringPlan") -> bool:
        """Whether both decide the same."""
        return (self.targets, self.classes, self.terms) == (other.targets, other.classes, other.terms)

    def decided(self, setting: Setting) -> "HiringPlan":
        """The same with the dated decisions that it takes."""
        decisions = [
            Decision(one.start, What.CLASS, team, one.heads, one.start, one.start, one.until)
            for (team, _), one in self.classes.items()
            if one.heads
        ]
        for t in _hiring(setting):
            own = self.targets[setting.scenario.teams[t].id]
            decisions += hiring_decisions(setting, t, own, given_heads(setting, t, self.classes))
        decisions += term_decisions(setting, self.terms)
        return replace(self, decisions=tuple(sorted(decisions, key=lambda one: (one.by, one.team, one.what))))

    def applied(self, scenario: Scenario) -> Scenario:
        """The scenario that carries the plan out. Raises ScenarioError where that is none."""
        data = canonical_data(scenario)
        for vendor in data["vendors"]:
            for team in vendor["teams"]:
                self._apply(team)
        self.terms.apply(self.given, data)
        return from_data(data)

    def _apply(self, team: dict[str, Any]) -> None:
        name = team["id"]
        if name in self.targets:
            heads = {day.isoformat(): n for day, n in self.targets[name].items()}
            kept = [policy for policy in team.get("policies", ()) if policy["kind"] not in REPLACED]
            team["policies"] = [{"kind": "PLAN", "heads": heads}, *kept]
        given = team.get("workforce", {}).get("classes", [])
        changed = [(self.classes.get((name, place)), entry) for place, entry in enumerate(given)]
        if any(one is not None for one, _ in changed):
            team["workforce"]["classes"] = [
                entry if one is None else _resized(entry, one) for one, entry in changed if one is None or one.heads
            ]

    def delayed(self, decision: Decision, start: date) -> "HiringPlan":
        """The same with one decision a week late; overtime and the bench, which have no dates, stay as given."""
        if decision.what is What.SPLIT:
            assert decision.queue is not None  # a split is of one
            return replace(self, terms=self.terms.late(self.given, decision.queue, decision.first, start))
        if decision.what is What.OVERTIME:
            hours = {**self.terms.overtime, decision.team: self.given.overtime[decision.team]}
            return replace(self, terms=replace(self.terms, overtime=hours))
        if decision.what is What.BENCH:
            agents = {**self.terms.bench, decision.team: self.given.bench[decision.team]}
            return replace(self, terms=replace(self.terms, bench=agents))
        if decision.what is What.CLASS:
            classes = {
                key: replace(one, start=one.start + WEEK) if _is(key[0], one, decision) else one
                for key, one in self.classes.items()
            }
            return replace(self, classes=classes)
        own = self.targets[decision.team]
        worse = min if decision.what is What.HIRE else max
        late = dict(own)
        day = decision.first
        while day <= decision.last:
            late[day] = worse(in_force(own, day - WEEK), in_force(own, day))
            day += WEEK
        late[day] = in_force(own, day)
        return replace(self, targets={**self.targets, decision.team: changes(late)})


def _is(team: str, given: GivenClass, decision: Decision) -> bool:
    return team == decision.team and given.start == decision.first and given.heads == decision.heads


def _resized(entry: dict[str, Any], one: GivenClass) -> dict[str, Any]:
    made = {**entry, "start": one.start.isoformat(), "size": one.heads}
    if "graduates" in entry:
        made["graduates"] = min(one.heads, round(entry["graduates"] * one.heads / entry["size"]))
    if one.until is not None:
        made["until"] = one.until.isoformat()
    return made


def _classes(setting: Setting, amounts: Float64) -> tuple[dict[tuple[str, int], GivenClass], Float64]:
    """Given classes in whole heads, each with the last day of most of them; and the amounts with these."""
    by_class: dict[tuple[int, int], list[int]] = {}
    for o, option in enumerate(setting.options):
        if option.what is What.CLASS:
            by_class.setdefault((option.team, option.place), []).append(o)
    found, whole = {}, amounts.copy()
    for (t, place), own in by_class.items():
        total, most = float(amounts[own].sum()), max(own, key=lambda o: float(amounts[o]))
        if not total:
            most = own[len(own) // 2]
        heads, option = round(total), setting.options[most]
        whole[own] = 0.0
        whole[most] = heads
        found[setting.scenario.teams[t].id, place] = GivenClass(option.on, heads, option.until)
    return found, whole


def _hiring(setting: Setting) -> list[int]:
    """Teams that may hire and about whose people is decided, by place."""
    decided = {option.team for option in setting.options}
    return [t for t, outlook in setting.outlooks.items() if outlook.people.hiring is not None and t in decided]


def given_heads(setting: Setting, t: int, classes: Mapping[tuple[str, int], GivenClass]) -> Float64:
    """Float64 (weeks,): heads past training of a team if nobody is asked for or told to go."""
    total, outlook = setting.there[t], setting.outlooks[t]
    for (name, place), one in classes.items():
        if name == outlook.team.id:
            total = total.plus(outlook.class_to_come(place, one.until).times(one.heads))
    return total.heads


def _targets(setting: Setting, heads: Float64) -> dict[date, int]:
    weeks = setting.grid.dates[::7]
    return changes({day: max(ceil(expected - 0.5), 0) for day, expected in zip(weeks, heads.tolist(), strict=True)})
