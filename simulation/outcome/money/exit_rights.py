"""The client's right to leave: when it arises in each replication, and what leaving costs.

It arises with the end of the first whole window with which any clause of the contract has missed `missed` of its last
`of` whole windows that counted anything; of several that end on one day the first of the document gives it.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import count

import numpy as np
from numpy.typing import NDArray

from simulation.outcome.clauses.days import ClauseDays
from simulation.outcome.clauses.scores import ClauseScore
from simulation.outcome.clauses.watched import Happened
from simulation.outcome.counting.counters import Counters, GroupField
from simulation.outcome.counting.locked import Locked
from simulation.outcome.money.invoicing import Line
from simulation.outcome.money.rounding import cents
from simulation.scenario.contracts.contract import Contract, ExitTerms
from simulation.scenario.contracts.windows import Window
from simulation.scenario.grid import Grid
from simulation.scenario.money import decimal_of
from simulation.scenario.scenario import Scenario

Int64 = NDArray[np.int64]
Bool = NDArray[np.bool_]

EXIT_FEE = "EXIT_FEE"
NEVER = np.iinfo(np.int64).max


@dataclass(frozen=True, eq=False)
class ExitRight:
    """When the right of a contract arises.

    ends: Int64 (replications,), the day, by number, before which the window that gives it ends; NEVER where none does
    by:   Int64 (replications,), place of its clause
    """

    contract: Contract
    terms: ExitTerms
    ends: Int64
    by: Int64

    @classmethod
    def of(cls, contract: Contract, scores: Sequence[ClauseScore]) -> "ExitRight | None":
        """None for a contract without."""
        if contract.exit is None:
            return None
        ends = np.array([first_right(score, contract.exit) for score in scores])
        by = ends.argmin(axis=0)
        return cls(contract, contract.exit, ends.min(axis=0), by)

    def arisen(self, month: Window) -> int:
        """In how many replications it has arisen with the end of a month's last day, or before."""
        return int((self.ends <= month.end).sum())


def first_right(score: ClauseScore, terms: ExitTerms) -> Int64:
    """Int64 (replications,): the day by which a clause alone gives the right; NEVER where it does not."""
    whole = [one for one in score.windows if not one.window.partial]
    ends = np.array([one.window.end for one in whole], np.int64)
    shape = (len(whole), len(score.windows[0].over))
    missed = np.array([~score.met(one) for one in whole], np.bool_).reshape(shape)
    counted = np.array([one.counted for one in whole], np.bool_).reshape(shape)
    found = (_first(missed[own, r], ends[own], terms) for r, own in enumerate(counted.T))
    return np.fromiter(found, np.int64, shape[1])


def _first(missed: Bool, ends: Int64, terms: ExitTerms) -> int:
    """The end of the first window with which so many of the last so many are missed, of one replication."""
    so_far = np.concatenate(([0], np.cumsum(missed)))
    before = np.maximum(np.arange(1, len(missed) + 1) - terms.of, 0)
    reached = so_far[1:] - so_far[before] >= terms.missed
    return int(ends[reached.argmax()]) if reached.any() else int(NEVER)


def exit_fee(terms: ExitTerms, begins: Int64, calendar: Sequence[Window], exchange: Decimal) -> Line:
    """What a client who leaves pays, in the month in which the handover begins, in the scenario's currency.

    begins: Int64 (replications,), the day, by number, on which it does; STAYS where it does not
    """
    fee = cents(decimal_of(terms.fee) / exchange)
    amounts = [np.where((begins >= month.first) & (begins < month.end), fee, 0) for month in calendar]
    return Line(EXIT_FEE, (), np.stack(amounts, axis=1))


def handover_after(scenario: Scenario, vendor: str, counters: Counters, locked: Locked) -> date | None:
    """When the handover begins that follows the right to leave a vendor, in the replication that counted so: the first
    day after the notice of the contract whose right leads there first; None where no right arises."""
    grid = Grid.of(scenario)
    found = []
    days = ClauseDays.of(scenario, grid, locked)
    happened = Happened.of([counters])
    happened.teams[..., GroupField.ORDERED] = locked.ordered
    for contract, places in _contracts(scenario, vendor):
        scored = [ClauseScore.of(days.counts[c], days.count_of(c, happened), grid.dates) for c in places]
        right = ExitRight.of(contract, scored)
        if right is not None and right.ends[0] != NEVER:
            found.append(after_notice(grid.dates[int(right.ends[0]) - 1], right.terms.notice_months))
    return min(found, default=None)


def _contracts(scenario: Scenario, vendor: str) -> Iterator[tuple[Contract, list[int]]]:
    """The contracts of one vendor with the places of their clauses among those of all."""
    ahead = count()
    for one in scenario.vendors:
        for contract in one.contracts:
            own = [next(ahead) for _ in contract.slas]
            if one.id == vendor:
                yield contract, own


def after_notice(day: date, months: int) -> date:
    """The first of the month that comes after so many whole ones after a date's."""
    number = 12 * day.year + day.month + months  # the month after it, counted from 0
    return date(number // 12, number % 12 + 1, 1)
