"""Lines of a queue: a route's steps as tiers of groups, and the lines and shares of a queue in transition.

A queue in transition has a line of the vendor who takes over, one of that vendor with the old one's teams behind its
own where there is a parallel time, and one of the vendor who hands over where there is one. The share of the last step
begun goes to the new vendor, from the last step on and for the parallel weeks by the second of these lines; the rest
to the old one, or nowhere.
"""

from collections.abc import Iterator, Mapping, Set
from datetime import date, datetime, time, timedelta

from simulation.scenario.grid import Grid
from simulation.scenario.queues.queue import Queue
from simulation.scenario.queues.routes import AllocationKind
from simulation.scenario.transitions import Transition
from simulation.world.demand.arrivals import NEVER
from simulation.world.floor.floor import Allocation, Line

Steps = list[tuple[int, list[int]]]
"""A route: microseconds of waiting from which they are eligible, and groups, by step."""


def route_line(q: int, queue: Queue, steps: Steps, vendor: str | None = None) -> Line:
    """One line of a queue, asking the groups of these steps, for contacts that are given to a vendor."""
    entries = [(g, tier, after) for tier, (after, groups) in enumerate(steps) for g in groups]
    groups, tiers, after = zip(*entries, strict=True)
    return Line(q, groups, tiers, after, queue.route.choice, vendor)


def of_vendor(steps: Steps, own: Set[int]) -> Steps:
    """A route's steps with one vendor's groups only."""
    return [(after, [g for g in groups if g in own]) for after, groups in steps]


def behind(front: Steps, back: Steps) -> Steps:
    """A route on which the last groups come after all steps of the first, at their own step's time if that is later."""
    last = max(after for after, groups in front if groups)
    return front + [(max(last, after), groups) for after, groups in back]


def local_midnight(queue: Queue, day: date, grid: Grid) -> int:
    """The instant at which a date begins where the queue is."""
    return grid.us(datetime.combine(day, time()), queue.timezone)


def moving_lines(q: int, queue: Queue, transition: Transition, steps: Steps, own: Mapping[str, Set[int]]) -> list[Line]:
    """The lines of a queue in transition: of the new vendor, in parallel, of the old one; `own` groups by vendor."""
    new = of_vendor(steps, own[transition.to])
    lines = [route_line(q, queue, new, transition.to)]
    if transition.from_ is not None:
        old = of_vendor(steps, own[transition.from_])
        if transition.parallel_weeks:
            lines.append(route_line(q, queue, behind(new, old), transition.to))
        lines.append(route_line(q, queue, old, transition.from_))
    return lines


def moving_shares(queue: Queue, transition: Transition, grid: Grid) -> tuple[Allocation, ...]:
    """The shares of those lines, by the instants from which they hold; the last is of the old vendor or of nobody."""
    shares = _shares(queue, transition, grid)
    return tuple(Allocation(begins, (*of_lines, 1.0), AllocationKind.COUNTED) for begins, of_lines in shares)


def _shares(queue: Queue, transition: Transition, grid: Grid) -> Iterator[tuple[int, tuple[float, ...]]]:
    """Cumulative shares but the last: of the new vendor's line, and with its parallel line where it has one."""
    parallel, last = transition.parallel_weeks > 0, transition.steps[-1]
    yield -NEVER, (0.0, 0.0) if parallel else (0.0,)
    for step in transition.steps:
        alone = 0.0 if step is last else step.share
        yield local_midnight(queue, step.from_, grid), (alone, step.share) if parallel else (step.share,)
    if parallel:
        ends = last.from_ + timedelta(weeks=transition.parallel_weeks)
        yield local_midnight(queue, ends, grid), (last.share, last.share)
