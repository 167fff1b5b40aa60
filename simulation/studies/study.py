"""A study: many experiments on one scenario, asked for step by step, until their readings make an answer.

A study is described and inert. `ask` is given what is known so far and says what to simulate next, or the answer;
it waits for nothing and stores nothing, so the same study runs at a terminal, on a server as runs that survive their
workers, or in a notebook. What is kept of a point is its *reading*: small, plain, and enough for every later step.

    study --ask(readings)--> points --simulate--> read --> readings --ask--> ... --> answer
"""

from abc import ABC, abstractmethod
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, ClassVar, Self

from pydantic import BaseModel, ConfigDict, TypeAdapter

from simulation.comparison import Simulated
from simulation.experiment import Experiment
from simulation.scenario.reading.document import load
from simulation.scenario.scenario import Scenario


@dataclass(frozen=True)
class Point:
    """One experiment of a study.

    name:       its name, unique within the study and the same whenever the same is asked for, at most 200 characters
    label:      what is tried, in words
    scenario:   what is simulated
    experiment: how
    """

    name: str
    label: str
    scenario: Scenario
    experiment: Experiment


@dataclass(frozen=True)
class Asked:
    """What to simulate next: at least one point whose reading is not known yet; those known may be among them."""

    points: Sequence[Point]


class StudyRefusedError(Exception):
    """The study cannot be answered, for a reason that its message gives with a mend."""


class Study(BaseModel, ABC):
    """A study, as data: everything that its answer depends on.

    A kind of study sets `reading` and `answer`: dataclasses of plain values (`bool`, `int`, `float`, `str`, `date`,
    `datetime`, `StrEnum`s, records, `X | None`, `tuple[X, ...]`), each with a docstring below every field.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    reading: ClassVar[type[Any]]
    """What is kept of a point."""
    answer: ClassVar[type[Any]]
    """What it comes to."""

    document: str
    """The scenario that it is about, as canonical JSON."""
    experiment: Experiment = Experiment()
    """How each point is simulated, if the kind says no other; one seed for all, so that they share their draws."""

    @cached_property
    def scenario(self) -> Scenario:
        """The scenario that it is about."""
        return load(self.document)

    @abstractmethod
    def most_replications(self) -> int:
        """An upper bound of what its points simulate together, in replications of its scenario, without computing
        much: what it may cost is judged by this before it starts."""

    @abstractmethod
    def read(self, simulated: Simulated) -> Any:
        """The reading of a point, whose result may be without columns by period: they are large."""

    @abstractmethod
    def ask(self, known: Mapping[str, Any]) -> Asked | Any:
        """The next points, or the answer. `known` holds the readings so far by the points' names; the same `known`
        always gives the same. Raises StudyRefusedError, RefusedError, ScenarioError."""

    def without(self, failed: Collection[str]) -> Self | None:
        """The study as it goes on where the runs of these points have failed; None: it has no answer without them."""
        return None

    @classmethod
    def stored(cls, kind: type[Any], record: Any) -> str:
        """A reading or an answer as JSON."""
        return TypeAdapter(kind).dump_json(record).decode()

    @classmethod
    def restored(cls, kind: type[Any], text: str) -> Any:
        """What `stored` has written."""
        return TypeAdapter(kind).validate_json(text)


def conduct(study: Study, simulate: Callable[[Point], Simulated]) -> Any:
    """The answer of a study, its points simulated one after the other."""
    return conduct_together(study, lambda points: map(simulate, points))


def conduct_together(study: Study, simulate: Callable[[Sequence[Point]], Iterable[Simulated]]) -> Any:
    """The answer of a study; `simulate` is given all new points of a step and gives what came of each, in order."""
    known: dict[str, Any] = {}
    while isinstance(step := study.ask(known), Asked):
        new = [point for point in step.points if point.name not in known]
        assert new  # a study that asks for nothing new would ask for ever
        for point, simulated in zip(new, simulate(new), strict=True):
            known[point.name] = study.read(simulated)
    return step
