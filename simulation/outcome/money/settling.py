"""Settling a run: its contracts scored, charged and credited, its costs added up, in each replication by itself.

A probability is a share of replications, an expected credit the mean of credits, never the credit of a mean.
"""

from collections.abc import Sequence
from datetime import date
from decimal import localcontext

import numpy as np
from numpy.typing import NDArray

from simulation.outcome.clauses.counts import clause_counts
from simulation.outcome.clauses.scores import ClauseScore
from simulation.outcome.counting.counters import QueueField
from simulation.outcome.counting.estimates import ANY, Chance, Estimate
from simulation.outcome.money.accounts import Account, accounts_of
from simulation.outcome.money.client_costs import client_lines
from simulation.outcome.money.exit_rights import NEVER
from simulation.outcome.money.invoicing import Line
from simulation.outcome.money.meters import Counted
from simulation.outcome.money.rounding import CENTS, MONEY, bounded, cents
from simulation.outcome.money.settlement import (
    ClauseResult,
    ClauseWindow,
    Cost,
    CostKind,
    CostLine,
    CostMonth,
    Decision,
    ExitMonth,
    ExitResult,
    FirstBreak,
    InvoiceLine,
    OwnCostKind,
    OwnLine,
    Settlement,
    VendorMonth,
    VendorResult,
)
from simulation.scenario.contracts.windows import Window, months
from simulation.scenario.grid import Grid
from simulation.scenario.money import decimal_of
from simulation.scenario.scenario import Scenario
from simulation.scenario.vendors import VendorKind

Int64 = NDArray[np.int64]


def settle(scenario: Scenario, grid: Grid, counted: Counted, clauses: Int64) -> Settlement:
    """Settles a scenario in every replication.

    clauses: Int64 (replications, days, clauses, 2), what `clause_counts` counted
    """
    dates = grid.dates
    scores = [ClauseScore.of(count, clauses[:, :, c], dates) for c, count in enumerate(clause_counts(scenario))]
    shape = (len(counted.queues), len(months(dates)))
    with localcontext(MONEY):
        accounts = accounts_of(scenario, scores, counted, dates)
        further = [] if scenario.client_cost is None else client_lines(scenario.client_cost, counted, dates)
    cost = _client_cost(scenario, accounts, further, counted, dates)
    return Settlement(
        decision=_decision(scores, cost, grid),
        clauses=tuple(_clause(one.vendor.id, grid, *scored) for one in accounts for scored in one.scored),
        vendors=tuple(
            VendorResult(one.vendor.id, _vendor_months(one, shape, dates), _exits(one, dates)) for one in accounts
        ),
        cost=cost,
    )


def _decision(scores: Sequence[ClauseScore], cost: Cost | None, grid: Grid) -> Decision | None:
    all_met = _all_met(scores)
    if all_met is None and cost is None:
        return None
    return Decision(all_met, None if cost is None else cost.total, _first_to_break(scores, grid))


def _vendor_months(account: Account, shape: tuple[int, int], dates: Sequence[date]) -> tuple[VendorMonth, ...]:
    if not account.lines and account.own is None:
        return ()
    invoice, own = total_of(account.lines, shape), total_of(account.own or (), shape)
    return tuple(
        VendorMonth(
            start=month.start,
            lines=tuple(InvoiceLine(line.kind, line.of, money(line.cents[:, m])) for line in account.lines),
            invoice=money(invoice[:, m]),
            own_lines=tuple(OwnLine(OwnCostKind(line.kind), money(line.cents[:, m])) for line in account.own or ()),
            own_cost=None if account.own is None else money(own[:, m]),
            margin=None if account.own is None or not account.lines else money(invoice[:, m] - own[:, m]),
        )
        for m, month in enumerate(months(dates))
    )


def _exits(account: Account, dates: Sequence[date]) -> tuple[ExitResult, ...]:
    found = []
    for one in account.contracts:
        if one.right is not None:
            trials = len(one.right.ends)
            by_month = [ExitMonth(month.start, Chance(one.right.arisen(month), trials)) for month in months(dates)]
            given = np.bincount(one.right.by[one.right.ends != NEVER], minlength=1)
            found.append(
                ExitResult(
                    client=one.contract.client,
                    arisen=by_month[-1].arisen,
                    first=next((month.start for month in by_month if month.arisen.successes), None),
                    clause=one.contract.slas[int(given.argmax())].id if given.any() else None,
                    fee=cents(decimal_of(one.right.terms.fee) / one.invoicing.exchange) / CENTS,
                    months=tuple(by_month),
                )
            )
    return tuple(found)


def _client_cost(
    scenario: Scenario, accounts: Sequence[Account], further: Sequence[Line], counted: Counted, dates: Sequence[date]
) -> Cost | None:
    shape = (len(counted.queues), len(months(dates)))
    lines = [Line(CostKind.INVOICE, (one.vendor.id,), total_of(one.lines, shape)) for one in accounts if one.lines]
    lines += [
        Line(CostKind.OWN_COST, (one.vendor.id,), total_of(one.own, shape))
        for one in accounts
        if one.own is not None and one.vendor.kind is VendorKind.IN_HOUSE
    ]
    lines += further
    if not lines and scenario.client_cost is None:
        return None
    by_month = total_of(lines, shape)
    total = by_month.sum(axis=1) / CENTS
    sums = counted.queues.sum(axis=(1, 2)).astype(np.float64)
    solved = sums[:, QueueField.ARRIVED_ANSWERED] - sums[:, QueueField.REPEATED]
    return Cost(
        Estimate(total, possible=ANY),
        Estimate(total, sums[:, QueueField.ANSWERED], ANY),
        Estimate(total, solved, ANY),
        tuple(
            CostMonth(month.start, _cost_lines(lines, m), money(by_month[:, m]))
            for m, month in enumerate(months(dates))
        ),
    )


def total_of(lines: Sequence[Line], shape: tuple[int, int]) -> Int64:
    """The sum of some lines, Int64 (replications, months), cents. Raises AmountError."""
    bounded(sum(int(np.abs(line.cents).max(initial=0)) for line in lines))
    return sum((line.cents for line in lines), np.zeros(shape, np.int64))


def _cost_lines(lines: Sequence[Line], month: int) -> tuple[CostLine, ...]:
    return tuple(
        CostLine(CostKind(line.kind), line.of[0] if line.of else None, money(line.cents[:, month])) for line in lines
    )


def money(amounts: Int64) -> Estimate:
    """Cents as an estimate in the currency."""
    return Estimate(amounts / CENTS)


def _clause(
    vendor: str, grid: Grid, score: ClauseScore, credits: Int64, earned: Int64, still_open: Int64
) -> ClauseResult:
    def whole(window: Window, amounts: Int64) -> Estimate | None:
        return None if window.partial else money(amounts)

    found = []
    for w, one in enumerate(score.windows):
        window, met = one.window, score.met(one)
        found.append(
            ClauseWindow(
                start=grid.instant(int(grid.days[window.first])),
                partial=window.partial,
                target=one.target,
                value=one.value,
                met=None if window.partial else Chance(int(met.sum()), len(met)),
                credit=whole(window, credits[:, w]),
                earned_back=whole(window, earned[:, w]),
                earn_back_open=whole(window, still_open[:, w]),
            )
        )
    clause = score.count.clause
    return ClauseResult(clause.id, vendor, clause.name or clause.metric.value, _all_met([score]), tuple(found))


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
