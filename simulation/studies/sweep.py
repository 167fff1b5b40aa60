"""A sweep: a plan simulated with every combination of up to three axes of typed changes, and which of them pay."""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Annotated, ClassVar, Self

from pydantic import Field, model_validator

from simulation.comparison import Simulated
from simulation.scenario.changing.alteration import Alteration
from simulation.scenario.changing.change import Change, altered
from simulation.scenario.problems import RefusedError, ScenarioError
from simulation.scenario.quantities import Described, Label
from simulation.scenario.reading.canonical import digest
from simulation.scenario.scenario import Scenario
from simulation.studies.readings import Amount, Break, Reading, Share, reading_of
from simulation.studies.study import Asked, Point, Study, StudyRefusedError

MOST_POINTS = 200
MOST_TOLD = 3
"""Combinations that a refusal names."""


class Step(Described):
    """One step of an axis."""

    label: Label
    """What people call it."""
    changes: tuple[Change, ...] = ()
    """What it changes; left out: nothing, the plan as it is."""

    @property
    def alterations(self) -> list[Alteration]:
        """What it changes, each by the one that is given."""
        return [own for change in self.changes for name in change.one_of if (own := getattr(change, name)) is not None]


class Axis(Described):
    """What is varied along one axis."""

    name: Label
    """What people call it."""
    steps: Annotated[tuple[Step, ...], Field(min_length=1, max_length=MOST_POINTS)]
    """Its steps, in order."""


@dataclass(frozen=True)
class SweepPoint:
    """One combination of steps."""

    labels: tuple[str, ...]
    """The steps, in the order of the axes."""
    digest: str
    """SHA-256 of the document that was simulated."""
    holds: Share
    """Share of replications that hold: every clause met in all its whole windows, or every target without clauses."""
    cost: Amount | None
    """The client's cost in the scenario's currency; null where nothing has a price."""
    first_break: Break | None
    """What breaks first; null where nothing is ever missed."""
    is_on_frontier: bool
    """Whether no other point costs less and holds as often, or costs as much and holds more often."""


@dataclass(frozen=True)
class SweepReport:
    """What came of a sweep."""

    axes: tuple[str, ...]
    """The names of the axes."""
    replications: int
    """How many of each point."""
    points: tuple[SweepPoint, ...]
    """All combinations, the last axis varied first."""


class Sweep(Study):
    """A plan with every combination of steps of up to three axes."""

    reading: ClassVar = Reading
    answer: ClassVar = SweepReport

    axes: Annotated[tuple[Axis, ...], Field(min_length=1, max_length=3)]
    """What is varied."""

    @model_validator(mode="after")
    def _is_small_enough(self) -> Self:
        points = math.prod(len(axis.steps) for axis in self.axes)
        if points > MOST_POINTS:
            raise ValueError(f"{points} points are more than the {MOST_POINTS} of a sweep; leave out steps or an axis")
        return self

    def most_replications(self) -> int:
        """Of all points."""
        return math.prod(len(axis.steps) for axis in self.axes) * self.experiment.replications

    def read(self, simulated: Simulated) -> Reading:
        """What came of each replication."""
        return reading_of(simulated)

    def ask(self, known: Mapping[str, Reading]) -> Asked | SweepReport:
        """All points at once; then which of them pay."""
        points = self._points()
        if any(point.name not in known for point in points):
            return Asked(points)
        return self._report(points, known)

    def _combinations(self) -> Iterator[tuple[str, tuple[Step, ...]]]:
        for numbered in product(*(enumerate(axis.steps) for axis in self.axes)):
            yield " ".join(str(number) for number, _ in numbered), tuple(step for _, step in numbered)

    def _points(self) -> list[Point]:
        made = [(name, steps, self._made(steps)) for name, steps in self._combinations()]
        refused = self._refused([(steps, reason) for _, steps, reason in made if isinstance(reason, str)])
        if refused:
            more = f"; and {len(refused) - MOST_TOLD} more" if len(refused) > MOST_TOLD else ""
            raise StudyRefusedError(f"{'; '.join(refused[:MOST_TOLD])}{more}; leave these steps out or mend them")
        return [
            Point(name, self._told(steps), scenario, self.experiment)
            for name, steps, scenario in made
            if isinstance(scenario, Scenario)
        ]

    def _made(self, steps: Sequence[Step]) -> Scenario | str:
        changes = [change for step in steps for change in step.alterations]
        try:
            return altered(self.scenario, changes).scenario
        except RefusedError as error:
            return "; ".join(f"{one.message}; {one.mend}" for one in error.refusals)
        except ScenarioError as error:
            return "; ".join(self._place(one.path) + f"{one.message}; {one.mend}" for one in error.problems)

    def _place(self, path: str) -> str:
        """Where, unless an axis is named so."""
        return "" if not path or any(axis.name == path for axis in self.axes) else f"{path}: "

    def _refused(self, combinations: Sequence[tuple[Sequence[Step], str]]) -> list[str]:
        """Every reason once, with the steps that all combinations have in common that are refused for it."""
        alike: dict[str, list[Sequence[Step]]] = {}
        for steps, reason in combinations:
            alike.setdefault(reason, []).append(steps)
        return [f"{self._told(_in_common(several) or several[0])}: {reason}" for reason, several in alike.items()]

    def _told(self, steps: Sequence[Step | None]) -> str:
        """A combination in words, each step by its axis, too."""
        named = zip(self.axes, steps, strict=True)
        return ", ".join(f"{axis.name} {step.label}" for axis, step in named if step is not None)

    def _report(self, points: Sequence[Point], known: Mapping[str, Reading]) -> SweepReport:
        readings = [known[point.name] for point in points]
        best = frontier([(None if one.amount is None else one.amount.mean, one.holds.mean) for one in readings])
        told = [
            SweepPoint(
                tuple(step.label for step in steps),
                digest(point.scenario),
                reading.holds,
                reading.amount,
                reading.first_break,
                is_best,
            )
            for (_, steps), point, reading, is_best in zip(self._combinations(), points, readings, best, strict=True)
        ]
        return SweepReport(tuple(axis.name for axis in self.axes), self.experiment.replications, tuple(told))


def _in_common(combinations: Sequence[Sequence[Step]]) -> list[Step | None]:
    """The step of each axis that all have, None where they differ; nothing where they differ in all."""
    found = [
        several[0] if all(one is several[0] for one in several) else None for several in zip(*combinations, strict=True)
    ]
    return found if any(found) else []


def frontier(figures: Sequence[tuple[float | None, float]]) -> list[bool]:
    """Which of several (cost, share) no other dominates: none is at most as dear and at least as sure, and one of the
    two for certain. Where nothing has a price, those of the greatest share."""
    priced = [(cost or 0.0, share) for cost, share in figures]
    return [
        not any(
            other_cost <= cost and other_share >= share and (other_cost, other_share) != (cost, share)
            for other_cost, other_share in priced
        )
        for cost, share in priced
    ]
