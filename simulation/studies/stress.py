"""Stress tests: named shocks for any plan, each made of typed changes, held against the plan as it is."""

import re
from abc import abstractmethod
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from inspect import cleandoc
from typing import Annotated, Any, ClassVar

import numpy as np
from pydantic import Field, create_model

from simulation.comparison import Simulated
from simulation.scenario.calendar import Day
from simulation.scenario.changing.alteration import Alteration
from simulation.scenario.changing.change import altered
from simulation.scenario.changing.demand import ScaleDemand
from simulation.scenario.changing.draft import count, percent
from simulation.scenario.changing.happenings import AddEvent
from simulation.scenario.changing.people import DelayHiring, ScaleHiring
from simulation.scenario.changing.service import ScaleHandling
from simulation.scenario.event_kinds import EventKind
from simulation.scenario.events import Event
from simulation.scenario.grid import Grid
from simulation.scenario.lasting import Lasting
from simulation.scenario.problems import refuse
from simulation.scenario.quantities import Described, Factor, Id, PositiveFactor, PositiveShare, Whole
from simulation.scenario.scenario import Scenario
from simulation.studies.readings import (
    Amount,
    Break,
    Effect,
    Reading,
    Share,
    cost_effect,
    holding_effect,
    missed_day_effects,
    reading_of,
    service_effects,
)
from simulation.studies.refusals import Untried, made_or_reason
from simulation.studies.study import Asked, Point, Study, StudyRefusedError
from simulation.world.demand.cells import expected_cells

BASE = "base"


class StressTest(Described):
    """A shock with its parameters."""

    @abstractmethod
    def changes(self, scenario: Scenario) -> Sequence[Alteration]:
        """What it does to a scenario."""

    @abstractmethod
    def told(self, scenario: Scenario) -> str:
        """Its parameters in words."""


class MoreVolume(StressTest):
    """More contacts in every queue, all the time."""

    factor: Factor = 1.2
    """What to multiply volume by."""

    def changes(self, scenario: Scenario) -> Sequence[Alteration]:
        return [ScaleDemand(factor=self.factor)]

    def told(self, scenario: Scenario) -> str:
        return f"volume x {self.factor:g}"


class LateHiring(StressTest):
    """All hiring is late, and classes are smaller than planned."""

    weeks: Annotated[Whole, Field(ge=1, le=104)] = 2
    """How many weeks later."""
    share: PositiveShare = 0.8
    """Share of the planned class that comes."""

    def changes(self, scenario: Scenario) -> Sequence[Alteration]:
        return [DelayHiring(weeks=self.weeks), ScaleHiring(factor=self.share)]

    def told(self, scenario: Scenario) -> str:
        return f"hiring {count(self.weeks, 'week')} late at {percent(self.share)} of the class"


class SiteLoss(StressTest):
    """A site cannot work for a day."""

    site: Id | None = None
    """The site's id; left out: the one with the most agents or heads."""
    on: Day | None = None
    """The day; left out: the one with the most expected contacts."""
    hours: Annotated[float, Field(gt=0, le=8784)] = 24.0
    """For how many hours, from midnight at the site."""

    def changes(self, scenario: Scenario) -> Sequence[Alteration]:
        day = self.on or peak_day(scenario)
        start = datetime(day.year, day.month, day.day)
        site = self.site or largest_site(scenario)
        return [AddEvent(event=Event(kind=EventKind.OUTAGE, site=site, start=start, hours=Lasting(mean=self.hours)))]

    def told(self, scenario: Scenario) -> str:
        where, when = self.site or largest_site(scenario), self.on or peak_day(scenario)
        return f"{where} lost on {when} for {count(self.hours, 'hour')}"


class MassAbsence(StressTest):
    """Many people of a site stay away at once."""

    site: Id | None = None
    """The site's id; left out: the one with the most heads."""
    share: PositiveShare = 0.3
    """Share of its people."""
    start: Day | None = None
    """The first day; left out: the one with the most expected contacts."""
    days: Annotated[Whole, Field(ge=1, le=366)] = 5
    """For how many days."""

    def changes(self, scenario: Scenario) -> Sequence[Alteration]:
        day = self.start or peak_day(scenario)
        if not any(team.workforce is not None and self.site in (None, team.site) for team in scenario.teams):
            refuse("nobody can stay away: agents are given", "name a site with a workforce", ("site",))
        event = Event(
            kind=EventKind.MASS_ABSENCE,
            site=self.site or largest_site(scenario, of_people=True),
            start=datetime(day.year, day.month, day.day),
            days=self.days,
            share=self.share,
        )
        return [AddEvent(event=event)]

    def told(self, scenario: Scenario) -> str:
        where, when = self.site or largest_site(scenario, of_people=True), self.start or peak_day(scenario)
        return f"{percent(self.share)} of {where} away from {when} for {count(self.days, 'day')}"


class LongerHandling(StressTest):
    """Every contact takes longer."""

    factor: PositiveFactor = 1.1
    """What to multiply handling time by."""

    def changes(self, scenario: Scenario) -> Sequence[Alteration]:
        return [ScaleHandling(factor=self.factor)]

    def told(self, scenario: Scenario) -> str:
        return f"handling time x {self.factor:g}"


TESTS: tuple[type[StressTest], ...] = (MoreVolume, LateHiring, SiteLoss, MassAbsence, LongerHandling)
"""The library."""


def name_of(kind: type[StressTest]) -> str:
    """What data call a test: more_volume for MoreVolume."""
    return re.sub(r"(?<!^)(?=[A-Z])", "_", kind.__name__).lower()


def meaning_of(kind: type[StressTest]) -> str:
    """What a test does."""
    return cleandoc(kind.__doc__ or "").replace("\n", " ")


NAMED: Mapping[str, type[StressTest]] = {name_of(kind): kind for kind in TESTS}


class OneStressTest(Described):
    """One stress test, with other parameters than its own where they are given."""

    one_of = tuple(NAMED)

    @property
    def test(self) -> StressTest:
        """The one that is given."""
        (given,) = (own for name in self.one_of if (own := getattr(self, name)) is not None)
        assert isinstance(given, StressTest)
        return given


_FIELDS: dict[str, Any] = {
    name: (kind | None, Field(default=None, description=meaning_of(kind))) for name, kind in NAMED.items()
}
Stress = create_model("Stress", __base__=OneStressTest, __doc__=OneStressTest.__doc__, __module__=__name__, **_FIELDS)
"""A stress test as data: exactly one of the library, by its name."""

LIBRARY = tuple(Stress(**{name: {}}) for name in NAMED)
"""Every test with its own parameters."""


def peak_day(scenario: Scenario) -> date:
    """The date of the most expected contacts, the earlier one of two."""
    grid = Grid.of(scenario)
    days = Counter[int]()
    for cells in expected_cells(scenario, grid):
        numbers, places = np.unique(cells.day, return_inverse=True)
        for number, volume in zip(numbers.tolist(), np.bincount(places, cells.volume).tolist(), strict=True):
            days[number] += volume
    first = date(1970, 1, 1).toordinal()
    inside = {day: volume for day, volume in days.items() if scenario.start <= date.fromordinal(first + day)}
    return date.fromordinal(first + min(inside, key=lambda day: (-inside[day], day)))


def largest_site(scenario: Scenario, *, of_people: bool = False) -> str:
    """The id of the site with the most heads, and unless only people count of agents that are given, at their most;
    the first of several."""
    heads = Counter[str]()
    for team in scenario.teams:
        given = max(team.staffing.agents) if team.staffing is not None and not of_people else 0
        heads[team.site] += given + (team.workforce.headcount if team.workforce is not None else 0)
    return max(heads, key=lambda site: heads[site])


@dataclass(frozen=True)
class ServiceEffect:
    """What a test does to the service of a queue."""

    queue: str
    """The queue's id."""
    effect: Effect
    """On the share served in time, over the horizon."""
    missed_days: Effect | None = None
    """On the days on which it is under its target, where a short shock shows; null in answers of earlier versions."""


@dataclass(frozen=True)
class StressOutcome:
    """How the plan stands a test."""

    name: str
    """The test's name."""
    meaning: str
    """What it is."""
    told: str
    """Its parameters in words."""
    holds: Share
    """Share of replications that hold: every clause met in all its whole windows; without clauses every queue's target
    over the whole horizon, in which a short shock may not show."""
    holding_effect: Effect
    """By how much that is more than without the test."""
    cost: Amount | None
    """The client's cost in the scenario's currency; null where nothing has a price."""
    cost_effect: Effect | None
    """By how much that is more than without the test; null where nothing has a price."""
    first_break: Break | None
    """What breaks first; null where nothing is ever missed."""
    service: tuple[ServiceEffect, ...]
    """What it does to each queue's service."""


@dataclass(frozen=True)
class StressReport:
    """How a plan stands stress tests, each against the plan as it is, on the same draws."""

    replications: int
    """How many of each."""
    holds: Share
    """How often the plan holds as it is: every clause met in all its whole windows, or every target without clauses."""
    cost: Amount | None
    """What it costs the client as it is; null where nothing has a price."""
    first_break: Break | None
    """What breaks first as it is; null where nothing is ever missed."""
    outcomes: tuple[StressOutcome, ...]
    """The tests, in the order asked for."""
    untried: tuple[Untried, ...]
    """Tests that do not apply to it."""


class StressTests(Study):
    """A plan put to stress tests."""

    reading: ClassVar = Reading
    answer: ClassVar = StressReport

    tests: Annotated[tuple[Stress, ...], Field(min_length=1, max_length=50)] = LIBRARY
    """The tests."""

    def most_replications(self) -> int:
        """Of the base and every test."""
        return (1 + len(self.tests)) * self.experiment.replications

    def read(self, simulated: Simulated) -> Reading:
        """What came of each replication."""
        return reading_of(simulated)

    def ask(self, known: Mapping[str, Reading]) -> Asked | StressReport:
        """The base and all tests at once; then how they compare."""
        made = [self._made(one.test) for one in self.tests]
        if not any(isinstance(each, Scenario) for each in made):
            raise StudyRefusedError(f"no test applies to the scenario: {made[0]}; name others")
        points = [Point(BASE, "as planned", self.scenario, self.experiment)]
        for number, (one, scenario) in enumerate(zip(self.tests, made, strict=True)):
            if isinstance(scenario, Scenario):
                points.append(Point(self._name(number), one.test.told(self.scenario), scenario, self.experiment))
        if any(point.name not in known for point in points):
            return Asked(points)
        return self._report(known, made)

    def _name(self, number: int) -> str:
        return f"{number} {name_of(type(self.tests[number].test))}"

    def _made(self, test: StressTest) -> Scenario | str:
        return made_or_reason(lambda: altered(self.scenario, test.changes(self.scenario)).scenario)

    def _report(self, known: Mapping[str, Reading], made: Sequence[Scenario | str]) -> StressReport:
        base = known[BASE]
        outcomes, untried = [], []
        for number, (one, scenario) in enumerate(zip(self.tests, made, strict=True)):
            if isinstance(scenario, str):
                untried.append(Untried(name_of(type(one.test)), scenario))
            else:
                outcomes.append(self._outcome(one.test, base, known[self._name(number)]))
        holds, cost = base.holds, base.amount
        return StressReport(
            self.experiment.replications, holds, cost, base.first_break, tuple(outcomes), tuple(untried)
        )

    def _outcome(self, test: StressTest, base: Reading, own: Reading) -> StressOutcome:
        days = missed_day_effects(base, own)
        return StressOutcome(
            name_of(type(test)),
            meaning_of(type(test)),
            test.told(self.scenario),
            own.holds,
            holding_effect(base, own),
            own.amount,
            cost_effect(base, own),
            own.first_break,
            tuple(ServiceEffect(queue, one, days.get(queue)) for queue, one in service_effects(base, own).items()),
        )
