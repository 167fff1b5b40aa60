"""What contracts make of a run: clauses scored, invoices by vendor and month, and whether everything was kept.

All of it is settled in each replication by itself: a probability is a share of replications, an expected credit the
mean of credits, never the credit of a mean.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import localcontext

import numpy as np
from numpy.typing import NDArray

from simulation.outcome.charges import CENTS, MONEY, Line, charge
from simulation.outcome.clause_counts import clause_counts
from simulation.outcome.clause_scores import ClauseScore
from simulation.outcome.credits import Consequences, consequences
from simulation.outcome.estimates import Estimate
from simulation.outcome.meters import Counted
from simulation.scenario.attribution import Served, charged, covered
from simulation.scenario.contracts import Contract
from simulation.scenario.grid import Grid
from simulation.scenario.scenario import Scenario
from simulation.scenario.windows import months

Int64 = NDArray[np.int64]


@dataclass(frozen=True)
class Chance:
    """In how many of the replications something came true."""

    successes: int
    trials: int

    @property
    def share(self) -> float:
        """Of the replications."""
        return self.successes / self.trials


@dataclass(frozen=True, eq=False)
class ClauseWindow:
    """A clause in one window.

    start:   its first instant
    partial: the horizon cuts it, so that it is neither scored nor paid for
    target:  in force, the mean over its days, in the metric's unit
    value:   the figure
    met:     in how many replications it met the target; None where partial
    credit:  before the cap, in the scenario's currency; None where partial
    """

    start: datetime
    partial: bool
    target: float
    value: Estimate
    met: Chance | None
    credit: Estimate | None


@dataclass(frozen=True, eq=False)
class ClauseResult:
    """A clause in its windows, in order; all_met: in every whole one, None where there is none."""

    id: str
    vendor: str
    all_met: Chance | None
    windows: tuple[ClauseWindow, ...]


@dataclass(frozen=True, eq=False)
class InvoiceLine:
    """A line of an invoice: its kind, the queues that the contract names for it, and its signed amount."""

    kind: str
    queues: tuple[str, ...]
    amount: Estimate


@dataclass(frozen=True, eq=False)
class VendorMonth:
    """A vendor's calendar month within the horizon; the invoice is the sum of its lines, to the cent."""

    start: date
    lines: tuple[InvoiceLine, ...]
    invoice: Estimate

    def sum_of(self, kind: str) -> float:
        """The mean of its lines of a kind, added up."""
        return sum(line.amount.mean or 0.0 for line in self.lines if line.kind == kind)


@dataclass(frozen=True, eq=False)
class VendorResult:
    """A vendor's months; none without a contract."""

    id: str
    months: tuple[VendorMonth, ...]


@dataclass(frozen=True, eq=False)
class FirstBreak:
    """The clause and window that is the first to be missed in most of the replications, and in how many."""

    clause: str
    start: datetime
    chance: Chance


@dataclass(frozen=True, eq=False)
class Settlement:
    """What the contracts make of a run.

    all_met: every clause in every whole window; None without clauses
    first_to_break: the first window to be missed, most often; None where nothing ever is
    clauses: of all contracts, by vendor, contract and place
    vendors: all, in document order
    """

    all_met: Chance | None
    first_to_break: FirstBreak | None
    clauses: tuple[ClauseResult, ...]
    vendors: tuple[VendorResult, ...]


def settle(scenario: Scenario, grid: Grid, counted: Counted, clauses: Int64) -> Settlement:
    """Settles the contracts of a scenario in every replication.

    clauses: Int64 (replications, days, clauses, 2), what `clause_counts` counted
    """
    dates = grid.dates
    scores = [ClauseScore.of(count, clauses[:, :, c], dates) for c, count in enumerate(clause_counts(scenario))]
    document = scenario.model_dump(by_alias=True) if any(vendor.contracts for vendor in scenario.vendors) else {}
    results: list[ClauseResult] = []
    vendors: list[VendorResult] = []
    with localcontext(MONEY):
        for vendor in scenario.vendors:
            lines: list[Line] = []
            for contract in vendor.contracts:
                own = scores[len(results) : len(results) + len(contract.slas)]
                billed, follows = _contract(contract, own, counted, Served.of(document, vendor.id), document, dates)
                lines += [*billed, *follows.lines]
                for score, amounts in zip(own, follows.credits, strict=True):
                    results.append(_clause(score, vendor.id, amounts, grid))
            vendors.append(VendorResult(vendor.id, _months(lines, dates)))
    return Settlement(_all_met(scores), _first_to_break(scores, grid), tuple(results), tuple(vendors))


def _contract(
    contract: Contract,
    scores: Sequence[ClauseScore],
    counted: Counted,
    served: Served,
    document: dict[str, object],
    dates: Sequence[date],
) -> tuple[list[Line], Consequences]:
    own = covered(document, contract.model_dump(), served)
    lines = []
    for pricing in contract.pricing:
        meter = counted.meter(pricing.kind, charged(pricing.model_dump(), own), served)
        lines.append(charge(pricing, meter, dates, len(counted.queues)))
    recurring = [line for line, pricing in zip(lines, contract.pricing, strict=True) if pricing.is_recurring]
    return lines, consequences(contract, scores, recurring, months(dates), len(counted.queues))


def _months(lines: Sequence[Line], dates: Sequence[date]) -> tuple[VendorMonth, ...]:
    if not lines:
        return ()
    total = sum((line.cents for line in lines), np.zeros_like(lines[0].cents))
    return tuple(
        VendorMonth(
            month.start,
            tuple(InvoiceLine(line.kind, line.queues, money(line.cents[:, m])) for line in lines),
            money(total[:, m]),
        )
        for m, month in enumerate(months(dates))
    )


def money(amounts: Int64) -> Estimate:
    """Cents as an estimate in the currency."""
    return Estimate(amounts / CENTS)


def _clause(score: ClauseScore, vendor: str, credits: Int64, grid: Grid) -> ClauseResult:
    clause, found = score.count.clause, []
    for w, one in enumerate(score.windows):
        window = one.window
        met = score.met(one)
        found.append(
            ClauseWindow(
                start=grid.instant(int(grid.days[window.first])),
                partial=window.partial,
                target=one.target,
                value=one.value,
                met=None if window.partial else Chance(int(met.sum()), len(met)),
                credit=None if window.partial else money(credits[:, w]),
            )
        )
    return ClauseResult(clause.id, vendor, _all_met([score]), tuple(found))


def _all_met(scores: Sequence[ClauseScore]) -> Chance | None:
    met = [score.met(one) for score in scores for one in score.windows if not one.window.partial]
    if not met:
        return None
    kept = np.logical_and.reduce(met)
    return Chance(int(kept.sum()), len(kept))


def _first_to_break(scores: Sequence[ClauseScore], grid: Grid) -> FirstBreak | None:
    """Windows in the order in which they end, then of the document: each replication breaks at its first missed one."""
    windows = [(one.window.end, s, one) for s, score in enumerate(scores) for one in score.windows]
    ordered = sorted((entry for entry in windows if not entry[2].window.partial), key=lambda entry: entry[:2])
    if not ordered:
        return None
    missed = np.array([~scores[s].met(one) for _, s, one in ordered])
    firsts = np.bincount(missed.argmax(axis=0)[missed.any(axis=0)], minlength=len(ordered))
    often = int(firsts.argmax())
    if not firsts[often]:
        return None
    _, s, one = ordered[often]
    start = grid.instant(int(grid.days[one.window.first]))
    return FirstBreak(scores[s].count.clause.id, start, Chance(int(firsts[often]), missed.shape[1]))
