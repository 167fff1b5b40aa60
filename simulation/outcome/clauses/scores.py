"""How a clause fared: every window's figure in every replication, against the target in force."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

import numpy as np
from numpy.typing import NDArray

from simulation.outcome.clauses.counts import ClauseCount
from simulation.outcome.counting.estimates import Estimate, Interval, ratio
from simulation.scenario.contracts.clauses import Aggregation
from simulation.scenario.contracts.tiers import Bonus, CreditTier
from simulation.scenario.contracts.windows import Window, windows
from simulation.scenario.money import decimal_of

Int64 = NDArray[np.int64]
Float64 = NDArray[np.float64]
Bool = NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class WindowScore:
    """A clause in one window.

    target: the mean over its days of the target in force; shift: that less the clause's own target
    over, under: Float64 (replications,), the figure is their quotient, and possible where it can lie
    """

    window: Window
    target: float
    shift: Decimal
    over: Float64
    under: Float64
    possible: Interval
    is_average: bool = False

    @property
    def value(self) -> Estimate:
        """The figure over replications."""
        return Estimate(self.over, self.under, self.possible)

    @property
    def values(self) -> Float64:
        """Float64 (replications,), NaN without a denominator. Averages are as fine as the billionths that their periods
        are kept in."""
        values = ratio(self.over, self.under)
        return rounded(values) if self.is_average else values

    @property
    def counted(self) -> Bool:
        """In which replications it counted anything. A window that did not is met, and else passed over: it neither
        ends a run of misses nor adds to one, and no part of a month's amount stands on it."""
        return self.under > 0


@dataclass(frozen=True, eq=False)
class ClauseScore:
    """A clause in all its windows, in order."""

    count: ClauseCount
    windows: tuple[WindowScore, ...]

    @classmethod
    def of(cls, count: ClauseCount, counted: Int64, dates: Sequence[date]) -> "ClauseScore":
        """Of what was counted, Int64 (replications, days, 2)."""
        found, is_average = [], count.clause.aggregation is Aggregation.AVERAGE_OF_PERIODS
        for window in windows(count.clause.window, dates):
            days = range(window.first, window.end)
            wanted = sum((count.target_on(day, dates) for day in days), Decimal(0)) / len(days)
            shift = wanted - decimal_of(count.clause.target)
            over, under = count.figures(counted[:, window.first : window.end])
            found.append(WindowScore(window, float(wanted), shift, over, under, count.possible, is_average))
        return cls(count, tuple(found))

    def met(self, score: WindowScore) -> Bool:
        """In which replications the window met its target. A window in which nothing was counted broke nothing."""
        return is_met(score.values, score.target, is_ceiling=self.count.clause.is_ceiling)

    def credit_shares(self, score: WindowScore) -> list[Decimal]:
        """Of every replication the share of the deepest credit tier that its window reached, 0 without one."""
        return self._reached(score, self.count.clause.credits, not self.count.clause.is_ceiling, inside=False)

    def bonus_shares(self, score: WindowScore) -> list[Decimal]:
        """Of every replication the share of the highest bonus that its window reached, 0 without one."""
        return self._reached(score, self.count.clause.bonuses, self.count.clause.is_ceiling, inside=True)

    def _reached(
        self, score: WindowScore, tiers: Sequence[CreditTier | Bonus], low: bool, inside: bool
    ) -> list[Decimal]:
        """The last tier's share whose shifted edge the value lies beyond: under it where `low`, else over it."""
        values, last = score.values, np.zeros(len(score.over), np.int64)
        for t, tier in enumerate(tiers, 1):
            edge = float(decimal_of(tier.edge) + score.shift)
            beyond = values < edge if low else values > edge
            last[beyond | (values == edge if inside else False)] = t
        shares = [Decimal(0), *(decimal_of(tier.share) for tier in tiers)]
        return [shares[t] for t in last.tolist()]

    def misses_in_a_row(self) -> list[Int64]:
        """Of every window, Int64 (replications,): the missed windows that end with it, 0 where it is met. Windows that
        are partial or counted nothing are passed over."""
        run, found = np.zeros(len(self.windows[0].over), np.int64), []
        for score in self.windows:
            if not score.window.partial:
                run = np.where(score.counted, np.where(self.met(score), 0, run + 1), run)
            found.append(run)
        return found


def rounded(averages: Float64) -> Float64:
    """Averages of periods, as fine as the billionths that their periods are kept in."""
    return np.round(averages, 9)


def is_met(values: Float64, target: float, *, is_ceiling: bool) -> Bool:
    """Which figures of a window meet its target; an undefined one broke nothing."""
    return ~(values > target if is_ceiling else values < target)
