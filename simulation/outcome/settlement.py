"""What contracts and costs make of a run: clauses scored, invoices, margins, the client's cost, what to decide by."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from simulation.outcome.estimates import Estimate


class OwnCostKind(StrEnum):
    """A line of what a vendor's own people cost it, in the order in which they are reported."""

    WAGES = "WAGES"
    OVERTIME = "OVERTIME"
    SURGE = "SURGE"
    NIGHT = "NIGHT"
    HOLIDAY = "HOLIDAY"
    BENEFITS = "BENEFITS"
    SEATS = "SEATS"
    HIRING = "HIRING"
    TRAINING = "TRAINING"
    RELEASES = "RELEASES"
    FIXED = "FIXED"


class CostKind(StrEnum):
    """A line of the client's cost: what vendors charge, what the client's own people cost, what `client_cost` adds."""

    INVOICE = "INVOICE"
    OWN_COST = "OWN_COST"
    RETAINED = "RETAINED"
    TELEPHONY = "TELEPHONY"
    ABANDONED = "ABANDONED"
    LATE = "LATE"


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
    earned_back, earn_back_open: of the credit under the cap, what came back within the horizon, and what still may
    """

    start: datetime
    partial: bool
    target: float
    value: Estimate
    met: Chance | None
    credit: Estimate | None
    earned_back: Estimate | None
    earn_back_open: Estimate | None


@dataclass(frozen=True, eq=False)
class ClauseResult:
    """A clause in its windows, in order; metric: its own, of EXTERNAL its name; all_met: in every whole window, None
    where there is none."""

    id: str
    vendor: str
    metric: str
    all_met: Chance | None
    windows: tuple[ClauseWindow, ...]


@dataclass(frozen=True, eq=False)
class MoneyLine:
    """A line of money: its kind, whose it is (of an invoice the queues that the contract names for it, of the client's
    cost the vendor), and its signed amount in the scenario's currency."""

    kind: str
    of: tuple[str, ...]
    amount: Estimate


@dataclass(frozen=True, eq=False)
class VendorMonth:
    """A vendor's calendar month within the horizon.

    lines:    of the invoice, which is their sum to the cent; none without a contract
    own_lines: of what its own people cost, whose sum is own_cost; None where the teams' cost is not said
    margin:   invoice - own cost; None without a contract or an own cost
    """

    start: date
    lines: tuple[MoneyLine, ...]
    invoice: Estimate
    own_lines: tuple[MoneyLine, ...]
    own_cost: Estimate | None
    margin: Estimate | None


@dataclass(frozen=True, eq=False)
class ExitMonth:
    """A month, and in how many replications the right to leave has arisen by its end."""

    start: date
    arisen: Chance


@dataclass(frozen=True, eq=False)
class ExitResult:
    """The client's right to leave a vendor.

    client: of the contract; None where it names none
    arisen: in how many replications it arises within the horizon
    first:  the first day of the earliest month of the horizon in which it does in any; None where it never does
    clause: the one that gives it in most of them; None where it never arises
    fee:    for leaving, in the scenario's currency
    months: all of the horizon
    """

    client: str | None
    arisen: Chance
    first: date | None
    clause: str | None
    fee: float
    months: tuple[ExitMonth, ...]


@dataclass(frozen=True, eq=False)
class VendorResult:
    """A vendor's months, none without a contract or a cost, and the rights to leave it, by contract that gives one."""

    id: str
    months: tuple[VendorMonth, ...]
    exits: tuple[ExitResult, ...] = ()


@dataclass(frozen=True, eq=False)
class CostMonth:
    """A calendar month of the client's cost: INVOICE and OWN_COST by vendor, and what `client_cost` adds."""

    start: date
    lines: tuple[MoneyLine, ...]
    total: Estimate


@dataclass(frozen=True, eq=False)
class ClientCost:
    """What service costs the client over the horizon, in the scenario's currency.

    per_contact:    over answered contacts. per_resolution: over those of them that were solved
    """

    total: Estimate
    per_contact: Estimate
    per_resolution: Estimate
    months: tuple[CostMonth, ...]

    @property
    def median(self) -> int:
        """The number, from 0, of the replication of median cost, of an even number the cheaper one."""
        order = self.total.over.argsort(kind="stable")
        return int(order[(len(order) - 1) // 2])


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
    cost: the client's; None where nothing has a price
    """

    all_met: Chance | None
    first_to_break: FirstBreak | None
    clauses: tuple[ClauseResult, ...]
    vendors: tuple[VendorResult, ...]
    cost: ClientCost | None

    @property
    def is_priced(self) -> bool:
        """Whether there is anything to decide by."""
        return self.all_met is not None or self.cost is not None


def sum_of(lines: Sequence[MoneyLine], kind: str) -> float:
    """The mean of the lines of a kind, added up."""
    return sum(line.amount.mean or 0.0 for line in lines if line.kind == kind)
