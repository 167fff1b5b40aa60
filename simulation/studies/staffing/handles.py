"""What of a plan may be moved: sizes of classes, targets of a month, overtime, the bench, shares of vendors.

A *handle* is moved in whole units of its own, which are many enough to be seen through chance, on the draws of a plan
already tried. Nothing moves beyond what the scenario gives: overtime and the bench up to what the team has, a class up
to `MOST_TIMES` its size, heads up to the seats of the site. Targets of a month before anybody who is asked for can be
there are lowered only.
"""

from abc import ABC, abstractmethod
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta

from simulation.studies.staffing.decisions import changes, first_effective, in_force
from simulation.studies.staffing.hiring_plan import HiringPlan
from simulation.studies.staffing.options import What
from simulation.studies.staffing.setting import Setting

SHARE = 0.06
"""A target is moved by this share of itself, a class by `OF_CLASS` of its size; a head at least."""
OF_CLASS = 0.34
OF_BENCH = 0.25
HALF_HOURS = 4
"""Overtime is moved by so many half hours a head and week."""
POINTS = 10
"""The share of a vendor is moved by so many percentage points."""
MANY = 10_000
"""Heads of a target at a site without a number of seats."""


@dataclass(frozen=True)
class Handle(ABC):
    """Units of a plan that are moved together.

    owner: a team by its id, or of a share the vendor
    step: units of a step; least, most: units that a plan may have less and more than that with which it was found
    """

    owner: str
    step: int
    least: int
    most: int

    @abstractmethod
    def moved(self, plan: HiringPlan, units: int) -> HiringPlan:
        """The plan with so many more, or fewer."""

    @property
    @abstractmethod
    def name(self) -> str:
        """What is moved, in words; the same for the same of another plan."""

    @property
    def probe(self) -> int:
        """Units by which it is moved to see what comes of it: upwards, unless there is no room."""
        return self.step if self.most >= self.step else -self.step

    @property
    def has_room(self) -> bool:
        """Whether it can be moved by a step at all."""
        return self.most >= self.step or self.least <= -self.step


@dataclass(frozen=True)
class ClassSize(Handle):
    """Heads of a given class, by its place."""

    place: int

    @property
    def name(self) -> str:
        return f"class {self.place + 1} of {self.owner}"

    def moved(self, plan: HiringPlan, units: int) -> HiringPlan:
        key = self.owner, self.place
        one = plan.classes[key]
        return replace(plan, classes={**plan.classes, key: replace(one, heads=max(one.heads + units, 0))})


@dataclass(frozen=True)
class MonthTargets(Handle):
    """Heads of a team's targets in the weeks of a month, by their first days; after: that of the week after, None where
    the horizon ends."""

    weeks: tuple[date, ...]
    after: date | None

    @property
    def name(self) -> str:
        return f"heads of {self.owner} from {self.weeks[0]}"

    def moved(self, plan: HiringPlan, units: int) -> HiringPlan:
        targets = plan.targets[self.owner]
        own = {**targets, **{day: max(in_force(targets, day) + units, 0) for day in self.weeks}}
        if self.after is not None:
            own[self.after] = in_force(targets, self.after)
        return replace(plan, targets={**plan.targets, self.owner: changes(own)})


@dataclass(frozen=True)
class OvertimeHours(Handle):
    """Half hours of overtime a head and week that a team may work at most."""

    @property
    def name(self) -> str:
        return f"overtime of {self.owner}"

    def moved(self, plan: HiringPlan, units: int) -> HiringPlan:
        hours = max(plan.terms.overtime[self.owner] + units / 2, 0.0)
        return replace(plan, terms=replace(plan.terms, overtime={**plan.terms.overtime, self.owner: hours}))


@dataclass(frozen=True)
class BenchAgents(Handle):
    """Agents of a team's bench who may be called at most."""

    @property
    def name(self) -> str:
        return f"bench of {self.owner}"

    def moved(self, plan: HiringPlan, units: int) -> HiringPlan:
        agents = max(plan.terms.bench[self.owner] + units, 0)
        return replace(plan, terms=replace(plan.terms, bench={**plan.terms.bench, self.owner: agents}))


@dataclass(frozen=True)
class VendorShare(Handle):
    """Percentage points of a queue's work that a vendor gets in place of another, by the place of the allocation."""

    queue: str
    place: int
    other: str

    @property
    def name(self) -> str:
        return f"{self.queue} for {self.owner}, {self.place + 1}"

    def moved(self, plan: HiringPlan, units: int) -> HiringPlan:
        splits = list(plan.terms.splits[self.queue])
        splits[self.place] = splits[self.place].moved(self.other, self.owner, units / 100)
        return replace(plan, terms=replace(plan.terms, splits={**plan.terms.splits, self.queue: tuple(splits)}))


def handles(setting: Setting, plan: HiringPlan) -> list[Handle]:
    """What of a plan may be moved."""
    given, terms = setting.terms, plan.terms
    found: list[Handle] = [*_class_sizes(setting, plan), *_month_targets(setting, plan), *_vendor_shares(plan)]
    for team, hours in terms.overtime.items():
        found.append(OvertimeHours(team, HALF_HOURS, -int(2 * hours), int(2 * (given.overtime[team] - hours))))
    for team, agents in terms.bench.items():
        step = max(round(OF_BENCH * given.bench[team]), 1)
        found.append(BenchAgents(team, step, -agents, given.bench[team] - agents))
    return [handle for handle in found if handle.has_room]


def _class_sizes(setting: Setting, plan: HiringPlan) -> Iterator[ClassSize]:
    sizes = {(one.team, one.place): one.most for one in setting.options if one.what is What.CLASS}
    for (team, place), one in plan.classes.items():
        more = int(sizes[setting.place_of(team), place]) - one.heads
        yield ClassSize(team, max(round(OF_CLASS * one.heads), 2), -one.heads, more, place)


def _month_targets(setting: Setting, plan: HiringPlan) -> Iterator[MonthTargets]:
    firsts = setting.grid.dates[::7]
    for team, targets in plan.targets.items():
        t = setting.place_of(team)
        ready = first_effective(setting, t)
        for month in dict.fromkeys(map(_month, firsts)):
            weeks = tuple(day for day in firsts if _month(day) == month)
            after = next((day for day in firsts if day > weeks[-1]), None)
            own = [in_force(targets, day) for day in weeks]
            step = max(round(SHARE * sum(own) / len(own)), 1)
            most = int(min(setting.places(t), MANY)) - max(own) if weeks[-1] >= ready else 0
            yield MonthTargets(team, step, -min(own), most, weeks, after)


def _vendor_shares(plan: HiringPlan) -> Iterator[VendorShare]:
    """Of all vendors but the one with the largest share, who gives and takes."""
    for queue, splits in plan.terms.splits.items():
        for place, split in enumerate(splits):
            other = max(split.shares, key=lambda vendor: split.shares[vendor])
            for vendor, share in split.shares.items():
                if vendor != other:
                    least, most = -round(100 * share), round(100 * split.shares[other])
                    yield VendorShare(vendor, POINTS, least, most, queue, place, other)


def _month(week: date) -> tuple[int, int]:
    """That in which most of a week's days lie."""
    middle = week + timedelta(days=3)
    return middle.year, middle.month
