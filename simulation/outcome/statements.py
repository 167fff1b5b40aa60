"""The statement of one vendor's month in one replication: every line of the invoice with its formula and numbers."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, localcontext

import numpy as np
from numpy.typing import NDArray

from simulation.outcome.accounts import Account, ContractAccount, accounts_of
from simulation.outcome.balances import Balance, Balances
from simulation.outcome.charges import Bill, Bills
from simulation.outcome.clause_counts import clause_counts
from simulation.outcome.clause_scores import ClauseScore
from simulation.outcome.commitments import COMMITMENT, CommitmentLine, Shortfall
from simulation.outcome.credits import BONUS, CREDIT, EARN_BACK, Entry
from simulation.outcome.earn_backs import Recovery
from simulation.outcome.exit_rights import EXIT_FEE
from simulation.outcome.meters import Counted
from simulation.outcome.rounding import CENTS, MONEY
from simulation.scenario.money import decimal_of
from simulation.scenario.pricing import KIND_OF_UNIT, PREMIUMS, Pricing, PricingKind
from simulation.scenario.windows import Window, days_of_month, months

Int64 = NDArray[np.int64]

UNITS = {
    PricingKind.PER_FTE_MONTH: "FTE",
    PricingKind.PER_SEAT_MONTH: "seats",
    PricingKind.PER_PAID_HOUR: "h",
    PricingKind.PER_PRODUCTIVE_HOUR: "h",
    PricingKind.PER_HANDLED_MINUTE: "min",
    PricingKind.PER_CONTACT: "contacts",
    PricingKind.PER_RESOLUTION: "resolutions",
    PricingKind.PER_TRAINING_HOUR: "h of training",
    PricingKind.OVERTIME: "h of overtime",
    PricingKind.SURGE: "h of the bench",
    PricingKind.NIGHT: "h of the night",
    PricingKind.HOLIDAY: "h of holidays",
}
"""What a unit of each kind is called; that of a baseline as that of the kind that counts it."""

ENDED = "the contract has ended"


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
        lines = tuple(_lines(accounts[vendor], month, dates))
    return Statement(vendor, months(dates)[month].start, lines)


def _lines(account: Account, month: int, dates: Sequence[date]) -> Iterator[StatementLine]:
    for contract in account.contracts:
        yield from _charges(contract, month, dates)
        yield from (_commitment(contract, one, month) for one in contract.committed)
        entries = [entry for entry in contract.follows.entries if entry.month == month]
        yield from (_credit(entry) for entry in entries if entry.kind == CREDIT)
        yield from _cap(contract, entries, month)
        yield from (_bonus(entry) for entry in entries if entry.kind == BONUS)
        yield from (_recovery(one) for one in contract.follows.recoveries if one.month == month)
        yield from _fees(contract, month)


def _charges(contract: ContractAccount, month: int, dates: Sequence[date]) -> Iterator[StatementLine]:
    calendar = months(dates)
    for (pricing, meter), capped, line in zip(contract.metered, contract.capped, contract.charges, strict=True):
        if meter is None:
            formula = _amount(pricing, calendar[month], dates, int(contract.ends[0])) + _exchanged(contract.exchange)
        elif pricing.kind is PricingKind.BASELINE:
            balances = Balances(pricing, meter, calendar, dates, contract.exchange, contract.ends)
            formula = _balance(pricing, balances.of(0)[month]) + _exchanged(contract.exchange)
        else:
            bills = Bills(pricing, meter, calendar, dates, contract.exchange)
            formula = _units(pricing, bills.of(0)[month], calendar[month])
        if capped is not None and pricing.billable is not None and pricing.billable.cap is not None:
            productive, ordered = (
                figure(one.units(calendar[month].first, calendar[month].end)[0] / one.unit) for one in capped
            )
            rule = f"{pricing.billable.cap:g} x {ordered} ordered h"
            formula += f"; of {productive} productive h, by {pricing.billable.cap_by.lower()} at most {rule}"
        yield StatementLine(line.kind, ", ".join(line.of), formula, int(line.cents[0, month]))


def _fees(contract: ContractAccount, month: int) -> Iterator[StatementLine]:
    """For leaving, in the month in which the handover begins."""
    for line in contract.fees:
        if contract.right is not None and (amount := int(line.cents[0, month])):
            formula = f"{figure(decimal_of(contract.right.terms.fee))} as the handover begins"
            formula += _exchanged(contract.exchange)
            yield StatementLine(EXIT_FEE, "", formula, amount)


def _amount(pricing: Pricing, month: Window, dates: Sequence[date], end: int) -> str:
    amount = figure(decimal_of(pricing.amount or 0.0))
    days = dates[month.first : min(month.end, end)]
    if not days:
        return ENDED
    if pricing.kind is PricingKind.ONE_OFF:
        return f"{amount} on {pricing.at}" if pricing.at in days else f"{amount} on {pricing.at}, not in this month"
    factors = [pricing.index_on(day) for day in days]
    parts = [f"{factors.count(factor)}{_indexed(factor)}" for factor in dict.fromkeys(factors)]
    counted = f"({' + '.join(parts)})" if len(parts) > 1 else parts[0]
    return f"{amount} x {counted} / {days_of_month(days[0])} days"


def _units(pricing: Pricing, bill: Bill, month: Window) -> str:
    """Units x rate of every piece; units are shown to six decimals, the amount is of the exact ones. What was billed
    before is in the scenario's currency: it comes off what is exchanged."""
    parts = [f"{figure(one.units / bill.edge)} x {figure(one.rate)}{_indexed(one.index)}" for one in bill.pieces]
    if pricing.kind in PREMIUMS:
        parts = [f"{part} x {figure(bill.times)} more" for part in parts]
    due = " + ".join(parts) or "0"
    if bill.edge != bill.divisor:
        due = f"({due})" if len(parts) > 1 else due
        due += f" x {month.end - month.first} / {days_of_month(month.start)} days"
    if not bill.before:
        return f"{UNITS[pricing.kind]}: {due}{_exchanged(bill.exchange)}"
    due += ", in the quarter so far"
    due = due if bill.exchange == 1 else f"({due}) at {figure(bill.exchange)} for one"
    return f"{UNITS[pricing.kind]}: {due}, less {money(bill.before)} billed before"


def _commitment(contract: ContractAccount, owed: CommitmentLine, month: int) -> StatementLine:
    """The shortfall and what it costs; of a month within a quarter, that it is settled later."""
    settled = next((one for one in owed.shortfalls[0] if one.month == month), None)
    formula = "settled with the quarter, or nothing locked" if settled is None else _shortfall(owed, settled)
    formula += _exchanged(contract.exchange) if settled is not None else ""
    return StatementLine(COMMITMENT, ", ".join(owed.line.of), formula, int(owed.line.cents[0, month]))


def _shortfall(owed: CommitmentLine, one: Shortfall) -> str:
    offered = f"{figure(one.offered)} / {figure(one.locked)} contacts offered"
    unit = UNITS[owed.commitment.unit.kind]
    paid = "" if one.shortfall_rate == 1 else f" x {figure(one.shortfall_rate)} of the rate"
    return f"max(0, {figure(one.share)} - {offered}) x {figure(one.units)} {unit} locked x {figure(one.rate)}{paid}"


def _balance(pricing: Pricing, month: Balance) -> str:
    """Units against the baseline, the charge of these, and what is more or less."""
    assert pricing.unit is not None  # a baseline has one
    if not month.days:
        return ENDED
    prorated = "" if month.days == month.month_days else f" x {month.days} / {month.month_days} days"
    index = _indexed(month.indices / month.days)
    against = f"against {figure(month.baseline)}{prorated}, {figure(100 * decimal_of(pricing.dead_band))} % either way"
    parts = [f"{figure(month.charge)}{prorated}{index}"]
    for step in month.steps:
        units = figure(step.counts / (month.unit * month.month_days))
        parts.append(f"{'+' if step.rate >= 0 else '-'} {units} x {figure(abs(step.rate))}{index}")
    units = figure(month.counts / month.unit)
    return f"{UNITS[KIND_OF_UNIT[pricing.unit]]}: {units} {against}: {' '.join(parts)}"


def _exchanged(exchange: Decimal) -> str:
    return "" if exchange == 1 else f", at {figure(exchange)} for one"


def _indexed(factor: Decimal) -> str:
    return "" if factor == 1 else f" x {figure(factor)}"


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


def figure(number: Decimal) -> str:
    """At most six decimals, thousands apart."""
    shown = f"{round(number, 6):,f}"
    return shown.rstrip("0").rstrip(".") if "." in shown else shown


def money(cents: int) -> str:
    """Cents in the currency, thousands apart."""
    return f"{Decimal(cents) / CENTS:,.2f}"
