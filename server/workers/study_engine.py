"""A study's steps as a worker asks for them: functions of texts and bytes that another process can compute."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from server.store.limits import contacts_of
from server.store.outcomes import Column
from server.store.study_claims import NewPoint
from simulation.comparison import Simulated
from simulation.outcome.report.parts import StoredColumn, from_parts
from simulation.scenario.problems import RefusedError, ScenarioError
from simulation.scenario.reading.canonical import canonical, digest
from simulation.scenario.reading.document import load
from simulation.studies.study import Asked, Point, Study, StudyRefusedError
from simulation.study_kinds import KINDS, StudyKind
from simulation.world.demand.expected import expected_work

POINTS_AT_ONCE = 20
"""Runs that a study queues at once: further ones follow when these have ended, so that others get their turn."""


@dataclass(frozen=True)
class Decided:
    """What comes next: points to simulate, else the answer as JSON, else why there is none."""

    points: Sequence[NewPoint] = ()
    answer: str | None = None
    refusal: str | None = None


def read_point(kind: str, description: str, document: str, head: str, columns: Sequence[Column]) -> str:
    """The reading of a point's outcomes, of which the figures are enough, as JSON."""
    study = _study(kind, description)
    result = from_parts(json.loads(head), [StoredColumn(*column) for column in columns])
    return study.stored(study.reading, study.read(Simulated(load(document), result)))


def goes_on(kind: str, description: str, failed: Sequence[str]) -> bool:
    """Whether a study has an answer without points whose runs have failed."""
    return _study(kind, description).without(failed) is not None


def decide(kind: str, description: str, readings: Mapping[str, str], failed: Sequence[str] = ()) -> Decided:
    """The next step of a study whose points have these readings; of those that failed it wants nothing."""
    study = _study(kind, description)
    study = study.without(failed) or study
    try:
        step = study.ask({name: study.restored(study.reading, text) for name, text in readings.items()})
    except StudyRefusedError as error:
        return Decided(refusal=str(error))
    except RefusedError as error:
        return Decided(refusal="; ".join(f"{one.message}; {one.mend}" for one in error.refusals))
    except ScenarioError as error:
        return Decided(refusal="; ".join(map(str, error.problems)))
    if isinstance(step, Asked):
        new = [point for point in step.points if point.name not in readings]
        return Decided(points=[_new(point) for point in new[:POINTS_AT_ONCE]])
    return Decided(answer=study.stored(study.answer, step))


def _new(point: Point) -> NewPoint:
    return NewPoint(
        point.name,
        point.label,
        canonical(point.scenario),
        digest(point.scenario),
        point.experiment.model_dump(),
        contacts_of(expected_work(point.scenario), point.experiment.replications),
    )


def _study(kind: str, description: str) -> Study:
    return KINDS[StudyKind(kind)].model_validate_json(description)
