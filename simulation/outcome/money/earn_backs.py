"""Earn-back: the right to recover a credit by doing better later.

A credited window is earned back with the first later one by which as many windows as needed have reached the mark, in a
row where they must be, within the windows that the clause allows: the share of the credit, as it was booked under the
cap, stands in the invoice of the month in which that window ends. What is neither earned nor forfeited when the horizon
ends is open. Windows that are met well earn back every credit that still waits; those that counted nothing are passed
over, as if they were not there.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

import numpy as np
from numpy.typing import NDArray

from simulation.outcome.clauses.scores import ClauseScore
from simulation.outcome.money.rounding import cents
from simulation.scenario.contracts.tiers import EarnBack
from simulation.scenario.money import decimal_of

Int64 = NDArray[np.int64]
Bool = NDArray[np.bool_]


@dataclass(frozen=True)
class Recovery:
    """What becomes of one credit.

    clause:  its id; window, start: the credited window
    by:      the first day of the window that earned it back; None while that is open
    month:   number of the month in whose invoice it stands; None while open
    booked:  cents of the credit under the cap
    share:   of it that comes back
    """

    clause: str
    replication: int
    window: int
    start: date
    by: date | None
    month: int | None
    booked: int
    share: Decimal

    @property
    def cents(self) -> int:
        """What comes back, or may."""
        return cents(Decimal(self.booked) * self.share / 100)


def reached(score: ClauseScore, mark: EarnBack, whole: Sequence[int]) -> list[Bool]:
    """Of every whole window, in which replications it reached the mark, shifted as its target is."""
    found = []
    for w in whole:
        one = score.windows[w]
        edge = float(decimal_of(mark.edge) + one.shift)
        found.append(one.values <= edge if score.count.clause.is_ceiling else one.values >= edge)
    return found


def recoveries(score: ClauseScore, whole: Sequence[int], month: dict[int, int], booked: Int64) -> Iterator[Recovery]:
    """Of a clause's credits, Int64 (replications, windows) in cents as booked; `month` of every whole window."""
    mark = score.count.clause.earn_back
    if mark is None:
        return
    good = np.array(reached(score, mark, whole)).reshape(len(whole), len(booked))
    counted = np.array([score.windows[w].counted for w in whole], np.bool_).reshape(good.shape)
    for place, w in enumerate(whole):
        for r in np.flatnonzero(booked[:, w]).tolist():
            later = place + 1 + np.flatnonzero(counted[place + 1 :, r])
            by, run = _earned_by(good[later, r].tolist(), mark)
            at = None if by is None else int(later[by])
            if at is None and mark.within_windows is not None:
                ahead = mark.within_windows - len(later)
                if run + ahead < mark.windows:
                    continue  # forfeited: the windows after the horizon are too few
            yield Recovery(
                clause=score.count.clause.id,
                replication=r,
                window=w,
                start=score.windows[w].window.start,
                by=None if at is None else score.windows[whole[at]].window.start,
                month=None if at is None else month[whole[at]],
                booked=int(booked[r, w]),
                share=decimal_of(mark.share),
            )


def _earned_by(later: Sequence[bool], mark: EarnBack) -> tuple[int | None, int]:
    """The place of the window that completes it among those that follow the credited one, and how many count so far."""
    run = 0
    for place, is_good in enumerate(later[: mark.within_windows]):
        run = run + 1 if is_good else 0 if mark.consecutive else run
        if run >= mark.windows:
            return place, run
    return None, run
