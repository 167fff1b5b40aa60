"""Studies at a terminal: their points simulated on this machine one after the other, by the same processes."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from server.processes import cores
from server.simulating import compile_for, other_processes
from server.terminal import RunProgress
from simulation.comparison import Simulated
from simulation.experiment import shards, simulate
from simulation.studies.study import Point, Study, conduct


def study_locally(study: Study, *, workers: int | None, floor: str) -> Any:
    """Its answer, progress told on stderr."""
    with local_study(workers, floor) as simulated:
        return conduct(study, simulated)


@contextmanager
def local_study(workers: int | None, floor: str) -> Iterator[Callable[[Point], Simulated]]:
    """What simulates a point, for as long as the context lasts."""
    processes = workers or cores()
    with other_processes(processes - 1) as executor:

        def simulated(point: Point) -> Simulated:
            if floor == "kernel":
                compile_for(point.scenario)
            few = min(processes, len(shards(point.scenario, point.experiment)))
            with RunProgress(point.label) as progress:
                result = simulate(
                    point.scenario,
                    point.experiment,
                    workers=few,
                    floor=floor,
                    executor=executor if few > 1 else None,
                    on_progress=progress,
                )
            return Simulated(point.scenario, result)

        yield simulated
