"""The statement of one vendor's month in one replication: every line of the invoice with its formula and numbers."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import localcontext

import numpy as np
from numpy.typing import NDArray

from simulation.outcome.clauses.counts import clause_counts
from simulation.outcome.clauses.scores import ClauseScore
from simulation.outcome.money.accounts import Account, ContractAccount, accounts_of
from simulation.outcome.money.charges import bills
from simulation.outcome.money.commitments import COMMITMENT, CommitmentLine, Shortfall
from simulation.outcome.money.credits import BONUS, CREDIT, EARN_BACK, Entry
from simulation.outcome.money.earn_backs import Recovery
from simulation.outcome.money.exit_rights import EXIT_FEE
from simulation.outcome.money.formulas import exchanged, figure, money
from simulation.outcome.money.meters import Counted
from simulation.outcome.money.rounding import MONEY
from simulation.scenario.contracts.windows import months
from simulation.scenario.money import decimal_of

Int64 = NDArray[np.int64]


@dataclass(frozen=True)
class StatementLine:
    """A line: what it is, how it comes about, and its signed cents.

    of: queues of a line of pricing, or the clause and the first day of its window
    """

    kind: str
    of: str
    formula: str
    cents: int


@dataclass(frozen=True)
class Statement:
    """A vendor's invoice of a month in one replication; its lines add up to it."""

    vendor: str
    start: date
    lines: tuple[StatementLine, ...]

    @property
    def cents(self) -> int:
        """The invoice."""
        return sum(line.cents for line in self.lines)


def statement(counted: Counted, clauses: Int64, vendor: str, month: int) -> Statement:
    """Of a vendor's month, by number, in the only replication counted.

    clauses: Int64 (1, days, clauses, 2), what `clause_counts` counted. Raises KeyError for an unknown vendor.
    """
    scenario, dates = counted.scenario, counted.scenario.horizon.dates
    scores = [ClauseScore.of(count, clauses[:, :, c], dates) for c, count in enumerate(clause_counts(scenario))]
    with localcontext(MONEY):
        accounts = {one.vendor.id: one for one in accounts_of(scenario, scores, counted, dates)}
        lines = tuple(_lines(accounts[vendor], month))
    return Statement(vendor, months(dates)[month].start, lines)


def _lines(account: Account, month: int) -> Iterator[StatementLine]:
    for contract in account.contracts:
        yield from _charges(contract, month)
        yield from (_commitment(contract, one, month) for one in contract.committed)
        entries = [entry for entry in contract.follows.entries if entry.month == month]
        yield from (_credit(entry) for entry in entries if entry.kind == CREDIT)
        yield from _cap(contract, entries, month)
        yield from (_bonus(entry) for entry in entries if entry.kind == BONUS)
        yield from (_recovery(one) for one in contract.follows.recoveries if one.month == month)
        yield from _fees(contract, month)


def _charges(contract: ContractAccount, month: int) -> Iterator[StatementLine]:
    invoicing = contract.invoicing
    window = invoicing.months[month]
    for (pricing, meter), capped, line in zip(contract.metered, contract.capped, contract.charges, strict=True):
        formula = bills(pricing, meter, invoicing).of(0)[month].formula
        if capped is not None and pricing.billable is not None and pricing.billable.cap is not None:
            productive, ordered = (figure(one.units(window.first, window.end)[0] / one.unit) for one in capped)
            rule = f"{pricing.billable.cap:g} x {ordered} ordered h"
            formula += f"; of {productive} productive h, by {pricing.billable.cap_by.lower()} at most {rule}"
        yield StatementLine(line.kind, ", ".join(line.of), formula, int(line.cents[0, month]))


def _fees(contract: ContractAccount, month: int) -> Iterator[StatementLine]:
    """For leaving, in the month in which the handover begins."""
    for line in contract.fees:
        if contract.right is not None and (amount := int(line.cents[0, month])):
            formula = f"{figure(decimal_of(contract.right.terms.fee))} as the handover begins"
            formula += exchanged(contract.invoicing.exchange)
            yield StatementLine(EXIT_FEE, "", formula, amount)


def _commitment(contract: ContractAccount, owed: CommitmentLine, month: int) -> StatementLine:
    """The shortfall and what it costs; of a month within a quarter, that it is settled later."""
    settled = next((one for one in owed.shortfalls[0] if one.month == month), None)
    formula = "settled with the quarter, or nothing locked" if settled is None else _shortfall(owed, settled)
    formula += exchanged(contract.invoicing.exchange) if settled is not None else ""
    return StatementLine(COMMITMENT, ", ".join(owed.line.of), formula, int(owed.line.cents[0, month]))


def _shortfall(owed: CommitmentLine, one: Shortfall) -> str:
    offered = f"{figure(one.offered)} / {figure(one.locked)} contacts offered"
    unit = owed.commitment.unit.kind.definition.unit
    paid = "" if one.shortfall_rate == 1 else f" x {figure(one.shortfall_rate)} of the rate"
    return f"max(0, {figure(one.share)} - {offered}) x {figure(one.units)} {unit} locked x {figure(one.rate)}{paid}"


def _credit(entry: Entry) -> StatementLine:
    allocation = f"1/{entry.sharing}" if entry.allocation is None else figure(entry.allocation)
    parts = [f"{money(entry.base)} x {figure(entry.risk)} at risk x {allocation} x {figure(entry.reached)} of the tier"]
    parts += [f"x {figure(entry.times)} repeated"] if entry.times != 1 else []
    parts += [f"/ {entry.windows} windows"] if entry.windows != 1 else []
    return StatementLine(CREDIT, f"{entry.clause} {entry.start}", " ".join(parts), -entry.cents)


def _bonus(entry: Entry) -> StatementLine:
    parts = f"{money(entry.base)} x {figure(entry.reached)}"
    parts += f" / {entry.windows} windows" if entry.windows != 1 else ""
    return StatementLine(BONUS, f"{entry.clause} {entry.start}", parts, entry.cents)


def _recovery(one: Recovery) -> StatementLine:
    formula = f"{money(one.booked)} credited x {figure(one.share)}, with the window of {one.by}"
    return StatementLine(EARN_BACK, f"{one.clause} {one.start}", formula, one.cents)


def _cap(contract: ContractAccount, entries: Sequence[Entry], month: int) -> Iterator[StatementLine]:
    """What the cap leaves of the credits, where it binds."""
    owed = sum(entry.cents for entry in entries if entry.kind == CREDIT)
    given = -sum(int(line.cents[0, month]) for line in contract.follows.lines if line.kind == CREDIT)
    if owed > given:
        formula = f"{money(owed)} of credits, cut to the {money(given)} that are at risk"
        yield StatementLine(CREDIT, "cap", formula, owed - given)
