"""Studies at a terminal: their points simulated on this machine by the same processes from the first to the last."""

from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Executor, Future
from contextlib import contextmanager
from itertools import groupby
from operator import itemgetter
from typing import Any, NamedTuple

from server.processes import cores
from server.simulating import compile_for, other_processes
from server.terminal import RunProgress
from simulation.comparison import Simulated
from simulation.experiment import Experiment, conclude, shards, simulate_totals
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

    def __call__(self, point: Point) -> Simulated:
        return next(self.each([point]))

    def each(self, points: Sequence[Point]) -> Iterator[Simulated]:
        """Points in their order, side by side; without columns by period, of which no reading is made."""
        documents = [canonical(point.scenario) for point in points]
        self._compile_for(zip(documents, points, strict=True))
        asked = [
            _Batch(document, point.experiment, batch)
            for document, point in zip(documents, points, strict=True)
            for batch in _batches(point)
        ]
        finished = self._finished(asked)
        for _, alike in groupby(zip(documents, points, strict=True), key=itemgetter(0)):
            yield from self._told([point for _, point in alike], finished)

    def _compile_for(self, points: Iterable[tuple[str, Point]]) -> None:
        """What code their documents need."""
        for document, point in points:
            if self._floor == "kernel" and document not in self._compiled:
                compile_for(point.scenario)
                self._compiled.add(document)

    def _finished(self, asked: Sequence["_Batch"]) -> Iterator[ShardSummary]:
        """What each comes to, in their order."""

        def here(batch: _Batch) -> ShardSummary:
            return simulate_totals(*batch, self._floor)

        def there(batch: _Batch) -> Future[ShardSummary]:
            assert self._executor is not None  # there are others
            return self._executor.submit(simulate_totals, *batch, self._floor)

        others = min(self._processes, len(asked)) - 1
        return shared(asked, here, there, 0 if self._executor is None else others)

    def _told(self, points: Sequence[Point], finished: Iterator[ShardSummary]) -> Iterator[Simulated]:
        """Points of one scenario, as they are finished."""
        done, total = 0, sum(point.experiment.replications for point in points)
        with RunProgress(points[0].label) as progress:
            for point in points:
                of_point = []
                for batch in _batches(point):
                    of_point.append(next(finished))
                    done += len(batch)
                    progress(done, total)
                result = conclude(point.scenario, point.experiment, merge(of_point), self._floor, by_period=False)
                yield Simulated(point.scenario, result)


class _Batch(NamedTuple):
    """Some replications of a point."""

    document: str
    experiment: Experiment
    replications: range


def _batches(point: Point) -> list[range]:
    assert point.experiment.precision is None  # a study's points are as exact as each other
    return shards(point.scenario, point.experiment)


@contextmanager
def local_study(workers: int | None, floor: str) -> Iterator[LocalStudy]:
    """What simulates points, for as long as the context lasts."""
    processes = workers or cores()
    with other_processes(processes - 1) as executor:
        yield LocalStudy(processes, floor, executor)
