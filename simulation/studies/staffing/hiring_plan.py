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

from simulation.scenario.reading.canonical import canonical_data
from simulation.scenario.reading.document import from_data
from simulation.scenario.scenario import Scenario
from simulation.studies.staffing.options import What
from simulation.studies.staffing.setting import Setting
from simulation.world.demand.cells import Float64

REPLACED = ("PLAN", "HIRE_UP_TO", "REACTIVE", "NONE")
"""Policies in whose place the plan decides."""
WEEK = timedelta(weeks=1)
TOGETHER = 2 * WEEK
KEPT = 0.35
"""A target this far below the expected heads lets nobody go by luck, and asks for nobody because of it."""


@dataclass(frozen=True)
class GivenClass:
    """A given class as the plan wants it: heads, 0 for none, and its last day."""

    start: date
    heads: int
    until: date | None


@dataclass(frozen=True)
class Decision:
    """A dated decision about the people of a team; of those of weeks in a row, together.

    by: when the first has to be made; first, last: weeks, by their first days, of which the first and the last of the
    people are past training, or are gone; of a class its first day
    """

    by: date
    what: What
    team: str
    heads: int
    first: date
    last: date
    until: date | None = None


@dataclass(frozen=True)
class HiringPlan:
    """targets: heads past training by team and date from which they hold; classes: by team and place."""

    targets: Mapping[str, Mapping[date, int]] = field(default_factory=dict)
    classes: Mapping[tuple[str, int], GivenClass] = field(default_factory=dict)
    decisions: tuple[Decision, ...] = ()

    @classmethod
    def of(cls, setting: Setting, amounts: Float64) -> "HiringPlan":
        """The amounts of a proposal in whole people."""
        classes, whole = _classes(setting, amounts)
        targets: dict[str, Mapping[date, int]] = {}
        decisions = [
            Decision(one.start, What.CLASS, team, one.heads, one.start, one.start, one.until)
            for (team, _), one in classes.items()
            if one.heads
        ]
        for t, outlook in setting.outlooks.items():
            asked = outlook.people.hiring is not None and any(option.team == t for option in setting.options)
            if asked:
                targets[outlook.team.id] = _targets(setting, setting.expected(t, whole).heads)
            decisions += _decisions(setting, t, whole)
        return cls(targets, classes, tuple(sorted(decisions, key=lambda one: (one.by, one.team, one.what))))

    def applied(self, scenario: Scenario) -> Scenario:
        """The scenario that carries the plan out. Raises ScenarioError where that is none."""
        data = canonical_data(scenario)
        for vendor in data["vendors"]:
            for team in vendor["teams"]:
                self._apply(team)
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

    def delayed(self, decision: Decision) -> "HiringPlan":
        """The same with one decision a week late."""
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
            late[day] = worse(_in_force(own, day - WEEK), _in_force(own, day))
            day += WEEK
        late[day] = _in_force(own, day)
        return replace(self, targets={**self.targets, decision.team: dict(sorted(late.items()))})


def _in_force(targets: Mapping[date, int], day: date) -> int:
    return targets[max((begins for begins in targets if begins <= day), default=min(targets))]


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


def _targets(setting: Setting, heads: Float64) -> dict[date, int]:
    found: dict[date, int] = {}
    for week, expected in enumerate(heads.tolist()):
        target = max(ceil(expected - KEPT - 0.5), 0)
        if not found or target != found[max(found)]:
            found[setting.grid.start + timedelta(weeks=week)] = target
    return found


def _decisions(setting: Setting, t: int, amounts: Float64) -> list[Decision]:
    """Requisitions and notices of a team; those at most `TOGETHER` after each other are one."""
    team = setting.scenario.teams[t]
    hiring = setting.outlooks[t].people.hiring
    found: list[Decision] = []
    for what in (What.HIRE, What.RELEASE):
        group: list[tuple[float, Decision]] = []
        for option, amount in zip(setting.options, amounts.tolist(), strict=True):
            if option.team != t or option.what is not what or not amount:
                continue
            asked = amount / hiring.fill_rate if hiring is not None and what is What.HIRE else amount
            at = _effective(setting, t, what, option.on)
            if group and at - group[-1][1].last > TOGETHER:
                found += _joined(group)
                group = []
            group.append((asked, Decision(option.by, what, team.id, 0, at, at)))
        found += _joined(group)
    return found


def _joined(group: list[tuple[float, Decision]]) -> list[Decision]:
    """One decision of several; none about less than a head."""
    heads = round(sum(asked for asked, _ in group))
    if not heads:
        return []
    return [
        replace(group[0][1], heads=heads, by=min(one.by for _, one in group), last=max(one.last for _, one in group))
    ]


def _effective(setting: Setting, t: int, what: What, on: date) -> date:
    """The first day of the week in which hired people are past training, or of which the released are gone."""
    hiring = setting.outlooks[t].people.hiring
    if what is What.HIRE and hiring is not None:
        on += timedelta(weeks=hiring.training_weeks)
    return setting.grid.start + timedelta(weeks=(on - setting.grid.start).days // 7)
