"""Whole heads on fitted shifts (see `roster_fit`): how an FTE's shares of a week's shifts become people.

By largest remainder over the dates of the week, then cumulatively over the shifts of the date, by start: many small
equal shares have no largest remainder, and their heads must not all fall on the earliest.
"""

from collections.abc import Sequence

import numpy as np

from simulation.scenario.grid import Int64
from simulation.world.patterns import Float64, Plan

MOST_REMEMBERED = 1000
"""Dates of which the whole heads of some FTE are remembered."""


class WholeHeads:
    """The heads of one plan of fitted shifts."""

    def __init__(self, plan: Plan) -> None:
        assert plan.weeks is not None  # given shifts are not rounded to heads
        ends = np.cumsum([len(patterns) for patterns in plan.patterns])
        shares = np.split(plan.shares, ends[:-1])
        starts = [[pattern.start for pattern in patterns] for patterns in plan.patterns]
        self._weeks = plan.weeks
        self._spread = [Spread(*of_date) for of_date in zip(shares, starts, strict=True)]
        self._of_date = np.diff(np.append(0.0, np.cumsum(plan.shares))[np.append(0, ends)])
        self._rounded: dict[tuple[int, float], Float64] = {}
        self._week: tuple[int, float, int, Float64] = (-1, 0.0, 0, np.zeros(0))

    def of(self, date: int, fte: float) -> Float64:
        """Float64 (patterns of the date,): heads on each at a place among the plan's dates, with this FTE."""
        if (date, fte) not in self._rounded:
            if len(self._rounded) > MOST_REMEMBERED:
                self._rounded.clear()
            self._rounded[date, fte] = self._spread[date].of(self._on(date, fte))
        return self._rounded[date, fte]

    def _on(self, date: int, fte: float) -> int:
        """Heads of all shifts of a date; of the last week asked for they are known."""
        week = int(self._weeks[date])
        if self._week[:2] != (week, fte):
            first, end = np.searchsorted(self._weeks, [week, week + 1]).tolist()
            self._week = (week, fte, first, largest_remainder(fte * self._of_date[first:end]))
        first, heads = self._week[2:]
        return int(heads[date - first])


def largest_remainder(shares: Float64, total: int | None = None) -> Float64:
    """Whole numbers next to shares, in sum `total` or theirs, rounded; of equal remainders the first gets more."""
    total = round(float(shares.sum())) if total is None else total
    scaled = shares * (total / shares.sum()) if shares.any() else shares
    whole = np.floor(scaled + 1e-9)
    order = np.argsort(-np.round(scaled - whole, 9), kind="stable")
    whole[order[: total - int(whole.sum())]] += 1
    return np.asarray(whole)


class Spread:
    """Whole heads as shares of shifts have them, rounded cumulatively in the order of their starts.

    Up to every start, floor(total x cumulated share + 1/2) heads: never more than half a head from what it should be.
    """

    def __init__(self, shares: Float64, starts: Sequence[int]) -> None:
        self._order: Int64 = np.argsort(starts, kind="stable")
        self._up_to = np.cumsum(shares[self._order])

    def of(self, total: int) -> Float64:
        """Float64 (shifts,): so many heads."""
        whole = np.zeros(len(self._order))
        if total:
            up_to = np.floor(total * self._up_to / self._up_to[-1] + 0.5 + 1e-9)
            up_to[1:] -= up_to[:-1]
            whole[self._order] = up_to
        return whole
