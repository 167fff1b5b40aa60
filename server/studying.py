"""Studies at a terminal: their points simulated on this machine by the same processes from the first to the last."""

from collections.abc import Iterator, Sequence
from concurrent.futures import Executor, Future
from contextlib import contextmanager
from itertools import groupby
from typing import Any

from server.processes import cores
from server.simulating import compile_for, other_processes
from server.terminal import RunProgress
from simulation.comparison import Simulated
from simulation.experiment import conclude, gather, shards, simulate_shard
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

    def __call__(self, point: Point) -> Simulated:
        return next(self.each([point]))

    def each(self, points: Sequence[Point]) -> Iterator[Simulated]:
        """Points in their order; neighbours of one scenario side by side."""
        for document, alike in groupby(points, key=lambda point: canonical(point.scenario)):
            yield from self._alike(document, list(alike))

    def _alike(self, document: str, points: Sequence[Point]) -> Iterator[Simulated]:
        scenario, batches = points[0].scenario, [(one, batch) for one in points for batch in _batches(one)]
        if self._floor == "kernel":
            compile_for(scenario)

        def here(batch: tuple[Point, range]) -> bytes:
            return simulate_shard(document, batch[0].experiment, batch[1], self._floor)

        def there(batch: tuple[Point, range]) -> Future[bytes]:
            assert self._executor is not None  # there are others
            return self._executor.submit(simulate_shard, document, batch[0].experiment, batch[1], self._floor)

        others = min(self._processes, len(batches)) - 1
        finished = shared(batches, here, there, 0 if self._executor is None else others)
        done, total = 0, sum(point.experiment.replications for point in points)
        with RunProgress(points[0].label) as progress:
            for point in points:
                of_point = []
                for batch in _batches(point):
                    of_point.append(next(finished))
                    done += len(batch)
                    progress(done, total)
                yield Simulated(scenario, conclude(scenario, point.experiment, gather(of_point), self._floor))


def _batches(point: Point) -> list[range]:
    assert point.experiment.precision is None  # a study's points are as exact as each other
    return shards(point.scenario, point.experiment)


@contextmanager
def local_study(workers: int | None, floor: str) -> Iterator[LocalStudy]:
    """What simulates points, for as long as the context lasts."""
    processes = workers or cores()
    with other_processes(processes - 1) as executor:
        yield LocalStudy(processes, floor, executor)
