"""Studies at a terminal: their points simulated on this machine by the same processes from the first to the last."""

from collections.abc import Iterator, Sequence
from concurrent.futures import Executor, Future
from contextlib import contextmanager
from itertools import groupby
from operator import attrgetter
from typing import Any, NamedTuple

from server.processes import cores
from server.simulating import compile_for, other_processes
from server.terminal import RunProgress
from simulation.comparison import Simulated
from simulation.experiment import Experiment, conclude, shards, simulate_totals, simulate_whole
from simulation.outcome.report.result import Result
from simulation.outcome.shards.summary import ShardSummary, merge
from simulation.scenario.reading.canonical import canonical
from simulation.sharing import shared
from simulation.studies.study import Point, Study, conduct_together


def study_locally(study: Study, *, workers: int | None, floor: str) -> Any:
    """Its answer, progress told on stderr."""
    with local_study(workers, floor) as simulated:
        return conduct_together(study, simulated.each)


class LocalStudy:
    """Simulates points by so many processes, this one among them, the others an executor's."""

    def __init__(self, processes: int, floor: str, executor: Executor | None) -> None:
        self._processes, self._floor, self._executor = processes, floor, executor
        self._compiled: set[str] = set()
        self._have_started = False

    def __call__(self, point: Point) -> Simulated:
        (simulated,) = self.each([point])
        return simulated

    def each(self, points: Sequence[Point]) -> Iterator[Simulated]:
        """Points in their order, side by side; without columns by period, of which no reading is made."""
        planned = [_Planned.of(point) for point in points]
        self._compile_for(planned)
        finished = self._finished([batch for one in planned for batch in one.batches])
        for _, alike in groupby(planned, key=attrgetter("document")):
            yield from self._told(list(alike), finished)
        self._have_started = True

    def _compile_for(self, planned: Sequence["_Planned"]) -> None:
        """What code they need."""
        for one in planned:
            if self._floor == "kernel" and one.document not in self._compiled:
                compile_for(one.point.scenario)
                self._compiled.add(one.document)

    def _finished(self, batches: Sequence["_Batch"]) -> Iterator[ShardSummary | Result]:
        """What each comes to, in their order."""

        def here(batch: _Batch) -> ShardSummary | Result:
            return _simulated(batch, self._floor)

        def there(batch: _Batch) -> Future[ShardSummary | Result]:
            assert self._executor is not None  # there are others
            return self._executor.submit(_simulated, batch, self._floor)

        others = 0 if self._executor is None else min(self._processes, len(batches)) - 1
        return shared(batches, here, there, others, have_started=self._have_started)

    def _told(self, alike: Sequence["_Planned"], finished: Iterator[ShardSummary | Result]) -> Iterator[Simulated]:
        """Points of one scenario, as they are finished."""
        done, total = 0, sum(one.point.experiment.replications for one in alike)
        with RunProgress(alike[0].point.label) as progress:
            for point, _, batches in alike:
                of_point = []
                for batch in batches:
                    of_point.append(next(finished))
                    done += len(batch.replications)
                    progress(done, total)
                yield Simulated(point.scenario, self._concluded(point, of_point))

    def _concluded(self, point: Point, parts: Sequence[ShardSummary | Result]) -> Result:
        if isinstance(parts[0], Result):  # the whole
            return parts[0]
        summary = merge(part for part in parts if isinstance(part, ShardSummary))
        return conclude(point.scenario, point.experiment, summary, self._floor, by_period=False)


class _Batch(NamedTuple):
    """Some replications of a point."""

    document: str
    experiment: Experiment
    replications: range


def _simulated(batch: _Batch, floor: str) -> ShardSummary | Result:
    """What some replications leave: of a whole point its result, which many processes then make side by side."""
    if len(batch.replications) == batch.experiment.replications:
        return simulate_whole(batch.document, batch.experiment, floor)
    return simulate_totals(*batch, floor)


class _Planned(NamedTuple):
    """A point and its batches."""

    point: Point
    document: str
    batches: list[_Batch]

    @classmethod
    def of(cls, point: Point) -> "_Planned":
        assert point.experiment.precision is None  # a study's points are as exact as each other
        document = canonical(point.scenario)
        batches = shards(point.scenario, point.experiment)
        return cls(point, document, [_Batch(document, point.experiment, batch) for batch in batches])


@contextmanager
def local_study(workers: int | None, floor: str) -> Iterator[LocalStudy]:
    """What simulates points, for as long as the context lasts."""
    processes = workers or cores()
    with other_processes(processes - 1) as executor:
        yield LocalStudy(processes, floor, executor)
