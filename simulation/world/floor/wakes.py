"""Wakes: the instants of a replication at which somebody must look at the floor.

Mornings; when an outbound queue opens; while an immediate queue is closed its closing, the start of every interval and,
of a replication, when its outages begin, fail over and end. Otherwise the floor turns outages itself, as it was told.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from simulation.scenario.grid import Grid, Int64
from simulation.world.floor.floor import FloorPlan


@dataclass(frozen=True)
class Wake:
    """One instant in microseconds; shut: immediate queues that are closed then, opening: outbound ones that open."""

    at: int
    shut: tuple[int, ...] = ()
    opening: tuple[int, ...] = ()


@dataclass(frozen=True, eq=False)
class Wakes:
    """The wakes of a scenario or a replication, ascending from 0."""

    plan: FloorPlan
    wakes: Sequence[Wake]

    @classmethod
    def of(cls, plan: FloorPlan, grid: Grid, closings: Sequence[Int64]) -> "Wakes":
        """A scenario's; closings: of every queue."""
        immediate = [times for times, rules in zip(closings, plan.queues, strict=True) if rules.immediate]
        ticks = np.unique(np.concatenate([grid.interval_starts, *immediate]))
        shut = _shut(plan, ticks[ticks < grid.horizon])
        opening: dict[int, list[int]] = {}
        for q, rules in enumerate(plan.queues):
            for at in rules.opens.tolist() if rules.outbound is not None else ():
                opening.setdefault(at, []).append(q)
        mornings = grid.interval_starts[np.searchsorted(grid.interval_starts, grid.days[:-1])]
        instants = sorted(at for at in {*shut, *opening, *mornings.tolist()} if 0 <= at < grid.horizon)
        return cls(plan, [Wake(at, tuple(shut.get(at, ())), tuple(opening.get(at, ()))) for at in instants])

    def with_turns(self, instants: Int64) -> "Wakes":
        """With further instants, ascending, but those outside the horizon and those at which no queue is shut."""
        if not len(instants):
            return self
        known = {wake.at for wake in self.wakes}
        shut = _shut(self.plan, instants[(instants >= 0) & (instants < self.plan.horizon)])
        new = [Wake(at, tuple(queues)) for at, queues in shut.items() if at not in known]
        if not new:
            return self
        wakes = [*self.wakes, *new]
        return Wakes(self.plan, sorted(wakes, key=lambda wake: wake.at))

    def __iter__(self) -> Iterator[tuple[Wake, int]]:
        """Every wake, and until when nobody needs to look again."""
        return ((wake, after.at) for wake, after in pairwise([*self.wakes, Wake(self.plan.horizon)]))


def _shut(plan: FloorPlan, instants: Int64) -> dict[int, list[int]]:
    """The immediate queues that are closed at some of these instants."""
    found: dict[int, list[int]] = {}
    for q, rules in enumerate(plan.queues):
        if rules.immediate:
            opened, closed = (np.searchsorted(times, instants, "right") for times in (rules.opens, rules.closes))
            for at in instants[opened == closed].tolist():
                found.setdefault(at, []).append(q)
    return found
