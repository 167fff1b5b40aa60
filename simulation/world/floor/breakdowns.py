"""Breakdowns: of the agents rostered, those who can work while outages last, for many instants at once.

A morning asks for its whole day: every instant at which an interval or an outage begins, fails over or ends is a row.
Several outages at once strike one after the other, those that began first before the others, independently.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from simulation.outcome.counting.counters import Int64
from simulation.world.floor.floor import Failures, Float64, borders
from simulation.world.outages import Outage


@dataclass(frozen=True, eq=False)
class Working:
    """Who can work in a stretch of time.

    instants: Int64 (rows,), ascending. agents: Int64 (rows, groups), on the floor from each instant on. failures: the
    outages that begin in the stretch. unavailable: Int64 (intervals, groups), microseconds of agents lost to outages.
    """

    instants: Int64
    agents: Int64
    failures: Failures | None
    unavailable: Int64 | None


class Breakdowns:
    """A replication's outages, ascending, and whom they leave."""

    def __init__(self, struck: Sequence[Outage], groups: int, interval: int) -> None:
        self._interval = interval
        self._begins = np.array([one.begins for one in struck], np.int64)
        self._fails_over = np.array([one.fails_over for one in struck], np.int64)
        self._ends = np.array([one.ends for one in struck], np.int64)
        self._lost = np.array([one.lost for one in struck], np.float64)
        self._after_failover = np.array([one.after_failover for one in struck], np.float64)
        self._luck = np.array([one.luck for one in struck], np.float64)
        self._requeue = np.array([one.requeue for one in struck], np.bool_)
        known = {own: np.isin(np.arange(groups), own) for own in {one.groups for one in struck}}
        self._strikes = np.array([known[one.groups] for one in struck], np.bool_).reshape(-1, groups)
        self._layer = _layers(struck)

    @cached_property
    def turns(self) -> Int64:
        """The instants at which an outage begins, fails over or ends, ascending."""
        return np.unique(np.concatenate([self._begins, self._fails_over, self._ends]))

    def working(self, rostered: Int64, at: int, until: int) -> Working:
        """Of agents, Int64 (intervals, groups), in the intervals of the stretch from `at` until `until`."""
        starts = borders(at, len(rostered), self._interval)
        if not len(self._begins):
            return Working(starts, rostered, None, None)
        live = np.flatnonzero((self._begins < until) & (self._ends > at))
        if not len(live):
            return Working(starts, rostered, None, None)
        turns = np.concatenate([self._begins[live], self._fails_over[live], self._ends[live]])
        instants = np.unique(np.concatenate([starts, turns[(turns > at) & (turns < until)]]))
        wanted = rostered[np.searchsorted(starts, instants, "right") - 1]
        there = wanted.copy()
        for layer in range(int(self._layer[live].max()) + 1):
            self._strike(there, instants, live[self._layer[live] == layer])
        times = np.diff(instants, append=until)[:, None]
        unavailable = np.add.reduceat((wanted - there) * times, np.searchsorted(instants, starts))
        return Working(instants, there, self._failures(instants, live[self._begins[live] >= at]), unavailable)

    def _strike(self, there: Int64, instants: Int64, own: Int64) -> None:
        """Outages none of which overlap leave, of the struck groups in their order, the first ones together
        floor(their share of agents + luck)."""
        first, last = np.searchsorted(instants, self._begins[own]), np.searchsorted(instants, self._ends[own])
        counts = last - first
        rows = np.arange(counts.sum()) + np.repeat(first - (np.cumsum(counts) - counts), counts)
        by = np.repeat(own, counts)
        lost = np.where(instants[rows] < self._fails_over[by], self._lost[by], self._after_failover[by])
        agents, strikes = there[rows], self._strikes[by]
        left = np.cumsum(np.where(strikes, agents * (1.0 - lost)[:, None], 0.0), axis=1) + self._luck[by][:, None]
        together = np.floor(left).astype(np.int64)
        there[rows] = np.where(strikes, np.minimum(np.diff(together, axis=1, prepend=0), agents), agents)

    def _failures(self, instants: Int64, own: Int64) -> Failures:
        shares: Float64 = np.where(self._strikes[own], self._lost[own][:, None], 0.0)
        rows = np.searchsorted(instants, self._begins[own])
        return Failures(rows, shares, 1 - self._luck[own], self._requeue[own])


def _layers(struck: Sequence[Outage]) -> NDArray[np.int64]:
    """Of every outage one more than the most of those before it that are still under way when it begins."""
    if all(before.ends <= one.begins for before, one in pairwise(struck)):
        return np.zeros(len(struck), np.int64)
    under_way: list[tuple[int, int]] = []
    found = []
    for one in struck:
        under_way = [other for other in under_way if other[0] > one.begins]
        layer = max((layer for _, layer in under_way), default=-1) + 1
        under_way.append((one.ends, layer))
        found.append(layer)
    return np.array(found, np.int64)
