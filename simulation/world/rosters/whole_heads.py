"""Whole heads on fitted shifts (see `roster_fit`): how an FTE's shares of a week's shifts become people.

By largest remainder over the dates of the week, then cumulatively over the shifts of the date, by start: many small
equal shares have no largest remainder, and their heads must not all fall on the earliest.
"""

from collections.abc import Sequence
from math import floor

import numpy as np

from simulation.world.rosters.patterns import Float64, Plan


class WholeHeads:
    """The heads of one plan of fitted shifts.

    cumulated: Float64 (3, entries), as of the function, of all patterns, date after date.
    """

    def __init__(self, plan: Plan) -> None:
        assert plan.weeks is not None  # given shifts are not rounded to heads
        ends = np.cumsum([len(patterns) for patterns in plan.patterns])
        shares = np.split(plan.shares, ends[:-1])
        starts = [[pattern.start for pattern in patterns] for patterns in plan.patterns]
        self._weeks: list[int] = plan.weeks.tolist()
        self._first: list[int] = np.searchsorted(plan.weeks, np.arange(plan.weeks[-1] + 2)).tolist()
        self.cumulated = np.concatenate([cumulated(*of_date) for of_date in zip(shares, starts, strict=True)], axis=1)
        self._of_date: list[float] = np.diff(np.append(0.0, np.cumsum(plan.shares))[np.append(0, ends)]).tolist()
        self._asked: dict[int, tuple[float, list[float]]] = {}

    def on(self, date: int, fte: float) -> float:
        """Heads of all shifts of a date, with this FTE; those of its week are kept until asked for with another."""
        week = self._weeks[date]
        first, end = self._first[week], self._first[week + 1]
        known_fte, heads = self._asked.get(week, (None, []))
        if known_fte != fte:
            heads = largest_remainder([fte * share for share in self._of_date[first:end]])
            self._asked[week] = fte, heads
        return heads[date - first]


def largest_remainder(shares: Sequence[float]) -> list[float]:
    """Whole numbers next to shares, in sum theirs, rounded; of equal remainders the first gets more."""
    summed = 0.0
    for share in shares:  # one after the other: `sum` is another number from Python to Python
        summed += share
    total = round(summed)
    scaled = [share * (total / summed) for share in shares] if summed else shares
    whole = [floor(share + 1e-9) for share in scaled]
    remainders = [-round((share - low) * 1e9) for share, low in zip(scaled, whole, strict=True)]
    for place in sorted(range(len(whole)), key=remainders.__getitem__)[: total - sum(whole)]:
        whole[place] += 1
    return [float(heads) for heads in whole]


def cumulated(shares: Float64, starts: Sequence[int]) -> Float64:
    """Float64 (3, shifts): a date's shares before each shift and up to it, in the order of their starts, and all."""
    order = np.argsort(starts, kind="stable")
    up_to = np.cumsum(shares[order])
    found = np.ones((3, len(shares)))
    found[0, order], found[1, order] = np.append(0.0, up_to)[:-1], up_to
    if shares.any():
        found[2] = up_to[-1]
    return found


def spread(heads: Float64, shares: Float64) -> Float64:
    """Float64 (shifts,): whole heads as shares of shifts have them, rounded cumulatively in the order of their starts.

    Up to every start, floor(heads x cumulated share + 1/2) heads: never more than half a head from what it should be.
    heads: Float64 (shifts,), on each one's date. shares: of each as `cumulated` gives them.
    """
    before, up_to = np.floor(heads * shares[:2] / shares[2] + 0.5 + 1e-9)
    return np.asarray(up_to - before)
