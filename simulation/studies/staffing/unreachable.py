"""Targets that no number of agents keeps, as a queue has too few lines: what is blocked is blocked with all agents."""

from collections.abc import Iterator, Sequence

import numpy as np

from simulation.scenario.grid import Grid
from simulation.scenario.queues.queue import Queue
from simulation.scenario.scenario import Scenario
from simulation.studies.staffing.finite_lines import best_level, least_lines
from simulation.studies.staffing.moments import Moments
from simulation.studies.staffing.pools import Pool
from simulation.studies.study import StudyRefusedError
from simulation.world.planning.requirement import speeds

_TOLERANCE = 1e-9


def refuse_unreachable(scenario: Scenario, grid: Grid, moments: Moments, pools: Sequence[Pool]) -> None:
    """Raises StudyRefusedError with the queues whose lines are too few, the nearest target and the lines it takes."""
    places = sorted({q for pool in pools if pool.given for q in pool.queues})
    told = [line for q in places for line in _told(scenario, grid, moments, q)]
    if told:
        raise StudyRefusedError("; ".join(told))


def _told(scenario: Scenario, grid: Grid, moments: Moments, q: int) -> Iterator[str]:
    """Of a queue, by its worst interval."""
    queue = scenario.queues[q]
    if queue.lines is None:
        return
    fastest = min(speed for speed in speeds(scenario, queue).tolist() if speed > 0)
    loads = moments.rates[:, q] * moments.multipliers[:, q] * queue.handling.mean * fastest
    rows, first = np.unique(np.stack([loads, moments.shares[:, q]], axis=1), axis=0, return_index=True)
    over = [best_level(load, queue.lines, queue.target.formula) - share for load, share in rows.tolist()]
    worst = int(np.argmin(over))
    if over[worst] < -_TOLERANCE:
        load, share = rows[worst].tolist()
        when = grid.instant(int(grid.interval_starts[first[worst]]))
        yield _words(queue, queue.lines, load, share, f"{when:%Y-%m-%d %H:%M}")


def _words(queue: Queue, lines: int, load: float, share: float, when: str) -> str:
    best = best_level(load, lines, queue.target.formula)
    mend = f"ask for {np.floor(best * 1000) / 1000:g} at most"
    if share < 1:
        mend += f", or give it {least_lines(load, share)} lines"
    own = "its 1 line lets" if lines == 1 else f"its {lines} lines let"
    return (
        f"no number of agents keeps the target of {queue.id}, {100 * share:g} % from {when} on: "
        f"{own} in {100 * best:.1f} % even if nobody waits; {mend}"
    )
