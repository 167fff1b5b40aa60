"""Service credits and bonuses of one contract, in whole cents, booked in the month in which a window ends.

Credit of a clause's window = at-risk share x base x allocation x tier share x repeat multiplier; base = the month's
recurring lines. Of n whole windows of a clause that end in a month each pays 1 / n; a quarter's base and cap are those
of its months. Credits of a month are capped at at-risk share x base, a quarter's at what its months have left.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

import numpy as np
from numpy.typing import NDArray

from simulation.outcome.charges import CENTS, Line, cents
from simulation.outcome.clause_scores import ClauseScore
from simulation.scenario.clauses import Clause, ScoringWindow
from simulation.scenario.contracts import Contract
from simulation.scenario.pricing import decimal_of
from simulation.scenario.windows import Window

Int64 = NDArray[np.int64]

CREDIT, BONUS = "CREDIT", "BONUS"


@dataclass(frozen=True, eq=False)
class Consequences:
    """What the clauses of a contract add to its invoices.

    credits: by clause, Int64 (replications, windows), cents before the cap; 0 in partial windows
    lines:   CREDIT and BONUS, where the contract has any
    """

    credits: tuple[Int64, ...]
    lines: tuple[Line, ...]


def consequences(
    contract: Contract,
    scores: Sequence[ClauseScore],
    charged: Sequence[Line],
    calendar: Sequence[Window],
    replications: int,
) -> Consequences:
    """Credits and bonuses of a contract with these scores and these recurring lines."""
    booked = [_Booking(score, calendar) for score in scores]
    base = sum((line.cents for line in charged), np.zeros((replications, len(calendar)), np.int64))
    risk = decimal_of(contract.at_risk.share) if contract.at_risk is not None else Decimal(0)
    sharing = sum(bool(clause.credits) for clause in contract.slas)
    credited = tuple(one.credits(base, risk, sharing) for one in booked)
    lines = []
    if sharing:
        capped = _capped(booked, credited, _share_of(base, risk))
        lines.append(Line(CREDIT, (), -capped))
    if any(clause.bonuses for clause in contract.slas):
        lines.append(Line(BONUS, (), sum((one.bonuses(base) for one in booked), np.zeros_like(base))))
    return Consequences(credited, tuple(lines))


class _Booking:
    """A clause's windows with the months in whose invoices they stand.

    whole: numbers of the whole windows. month: of each the month in which it ends; months: those of its base
    """

    def __init__(self, score: ClauseScore, calendar: Sequence[Window]) -> None:
        self.score = score
        self.clause: Clause = score.count.clause
        windows = [one.window for one in score.windows]
        self.whole = [w for w, window in enumerate(windows) if not window.partial]
        ends = {w: next(m for m, month in enumerate(calendar) if windows[w].end <= month.end) for w in self.whole}
        begins = {w: next(m for m, month in enumerate(calendar) if windows[w].first < month.end) for w in self.whole}
        self.month = ends
        quarterly = self.clause.window is ScoringWindow.QUARTER
        self.months = {w: range(begins[w] if quarterly else ends[w], ends[w] + 1) for w in self.whole}
        self.in_month = {w: list(ends.values()).count(ends[w]) for w in self.whole}

    def credits(self, base: Int64, risk: Decimal, sharing: int) -> Int64:
        """Int64 (replications, windows), cents before the cap; `sharing`: how many clauses have credits."""
        found = np.zeros((len(base), len(self.score.windows)), np.int64)
        if not self.clause.credits:
            return found
        given, repeat = self.clause.allocation, self.clause.repeat
        weight, parts = (risk, sharing) if given is None else (risk * decimal_of(given), 1)
        runs = self.score.misses_in_a_row()
        for w in self.whole:
            for r, share in enumerate(self.score.credit_shares(self.score.windows[w])):
                if share:
                    again = repeat is not None and int(runs[w][r]) >= repeat.misses
                    times = decimal_of(repeat.multiplier) if repeat is not None and again else Decimal(1)
                    found[r, w] = self._of_base(base, r, w, weight * share * times, parts)
        return found

    def bonuses(self, base: Int64) -> Int64:
        """Int64 (replications, months), cents."""
        found = np.zeros_like(base)
        for w in self.whole if self.clause.bonuses else ():
            for r, share in enumerate(self.score.bonus_shares(self.score.windows[w])):
                if share:
                    found[r, self.month[w]] += self._of_base(base, r, w, share, 1)
        return found

    def _of_base(self, base: Int64, replication: int, window: int, share: Decimal, parts: int) -> int:
        whole = Decimal(sum(int(base[replication, m]) for m in self.months[window]))
        return cents(whole * share / (CENTS * parts * self.in_month[window]))  # one division, at the end


def _capped(booked: Sequence[_Booking], credited: Sequence[Int64], cap: Int64) -> Int64:
    """Int64 (replications, months), cents: what windows up to a month take, at most the month's cap, and then quarters,
    at most what is left of their months' caps."""
    taken, quarters = np.zeros_like(cap), np.zeros_like(cap)
    of_quarter: dict[int, range] = {}
    for one, amounts in zip(booked, credited, strict=True):
        for w in one.whole:
            if one.clause.window is ScoringWindow.QUARTER:
                quarters[:, one.month[w]] += amounts[:, w]
                of_quarter[one.month[w]] = one.months[w]
            else:
                taken[:, one.month[w]] += amounts[:, w]
    taken = np.minimum(taken, cap)
    for month, months in of_quarter.items():
        left = (cap - taken)[:, months.start : months.stop].sum(axis=1)
        taken[:, month] += np.minimum(quarters[:, month], left)
    return taken


def _share_of(base: Int64, share: Decimal) -> Int64:
    """A share of every amount, Int64 (replications, months), cents."""
    rows = [[cents(Decimal(amount) / CENTS * share) for amount in row] for row in base.tolist()]
    return np.array(rows, np.int64).reshape(base.shape)
