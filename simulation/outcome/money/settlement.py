"""What contracts and costs make of a run: clauses scored, invoices, margins, the client's cost, what to decide by.

Records: whoever stores, writes or serves them walks their fields (`records`), so a further figure is a field here.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Annotated

from simulation.outcome.counting.estimates import Chance, Estimate
from simulation.outcome.records import Listed, Unpromised
from simulation.scenario.quantities import Id


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


@dataclass(frozen=True, eq=False)
class ClauseWindow:
    """A stretch of time over which a clause is scored."""

    start: datetime
    """When the window starts."""
    partial: bool
    """Whether the horizon cuts it; such a window is not scored and moves no money."""
    target: Annotated[float, Unpromised()]
    """The target in force, the mean over the window's days, in the metric's unit."""
    value: Annotated[Estimate, Unpromised()]
    """The metric; its mean is null where it has no denominator."""
    met: Chance | None
    """Share of replications that met the target; null where partial."""
    credit: Estimate | None
    """Money back for a miss before the cap, in the scenario's currency; null where partial."""
    earned_back: Estimate | None
    """Of the credit under the cap, what the vendor recovered within the horizon; null where partial."""
    earn_back_open: Estimate | None
    """Of the credit under the cap, what the vendor may recover after the horizon; null where partial."""


@dataclass(frozen=True, eq=False)
class ClauseResult:
    """How a contract's clause fared."""

    id: Id
    """The clause's id in the scenario."""
    vendor: Id
    """The id of the vendor whose contract it stands in."""
    metric: str
    """What it measures: its metric, or the name of an EXTERNAL one."""
    all_met: Chance | None
    """Probability that it is met in every whole window; null where there is none."""
    windows: tuple[ClauseWindow, ...]
    """Its windows, in order."""


@dataclass(frozen=True, eq=False)
class InvoiceLine:
    """A line of an invoice."""

    kind: str
    """What is charged, as the contract names it, or COMMITMENT, CREDIT, BONUS, EARN_BACK or EXIT_FEE."""
    queues: tuple[Id, ...]
    """Ids of the queues that the contract names for it."""
    amount: Estimate
    """The signed amount, in the scenario's currency."""


@dataclass(frozen=True, eq=False)
class OwnLine:
    """A line of what a vendor's own people cost it."""

    kind: OwnCostKind
    """WAGES (regular hours), OVERTIME, SURGE, NIGHT, HOLIDAY (premiums), BENEFITS, SEATS, HIRING, TRAINING, RELEASES or
    FIXED."""
    amount: Estimate
    """The amount, in the scenario's currency."""


@dataclass(frozen=True, eq=False)
class CostLine:
    """A line of the client's cost."""

    kind: CostKind
    """INVOICE and OWN_COST (of the client's own people) by vendor; RETAINED, TELEPHONY, ABANDONED, LATE."""
    vendor: Annotated[Id | None, Listed("vendors")]
    """Id of the vendor whose invoice or own cost it is; null where it is nobody's."""
    amount: Estimate
    """The amount, in the scenario's currency."""


MoneyLine = InvoiceLine | OwnLine | CostLine


@dataclass(frozen=True, eq=False)
class VendorMonth:
    """A vendor's month."""

    start: date
    """The first day of the month inside the horizon."""
    lines: tuple[InvoiceLine, ...]
    """The invoice's lines."""
    invoice: Estimate
    """Their sum, in the scenario's currency."""
    own_lines: tuple[OwnLine, ...]
    """What its own people cost, by line; empty where that is not said."""
    own_cost: Estimate | None
    """Their sum; null where any team's cost is not said."""
    margin: Estimate | None
    """Invoice - own cost; null without a contract or an own cost."""


@dataclass(frozen=True, eq=False)
class ExitMonth:
    """A month, and how probable it is that the right to leave has arisen by its end."""

    start: date
    """The first day of the month inside the horizon."""
    arisen: Annotated[Chance, Unpromised()]
    """Share of replications in which it has."""


@dataclass(frozen=True, eq=False)
class ExitResult:
    """The client's right to leave a vendor because a clause was missed too often."""

    client: str | None
    """The client of the contract; null where it names none."""
    arisen: Annotated[Chance, Unpromised()]
    """Share of replications in which it arises within the horizon."""
    first: date | None
    """The earliest month in which it does in any, by its first day; null where never."""
    clause: Id | None
    """The id of the clause that gives it in most of them; null where it never arises."""
    fee: float
    """What leaving costs the client, in the scenario's currency."""
    months: tuple[ExitMonth, ...]
    """The months of the horizon."""


@dataclass(frozen=True, eq=False)
class VendorResult:
    """What came of a vendor."""

    id: Id
    """The vendor's id in the scenario."""
    months: tuple[VendorMonth, ...]
    """Its invoices and costs by month; empty without a contract or a cost."""
    exits: tuple[ExitResult, ...] = ()
    """The rights to leave it, one a contract that gives one."""


@dataclass(frozen=True, eq=False)
class CostMonth:
    """A month of the client's cost."""

    start: date
    """The first day of the month inside the horizon."""
    lines: tuple[CostLine, ...]
    """Its lines."""
    total: Estimate
    """Their sum, in the scenario's currency."""


@dataclass(frozen=True, eq=False)
class Cost:
    """The client's cost over the horizon."""

    total: Estimate
    """In the scenario's currency."""
    per_contact: Annotated[Estimate, Unpromised()]
    """Over answered contacts; its mean is null without one."""
    per_resolution: Annotated[Estimate, Unpromised()]
    """Over answered contacts that were solved; its mean is null without one."""
    months: tuple[CostMonth, ...]
    """By month and line."""

    @property
    def median(self) -> int:
        """The number, from 0, of the replication of median cost, of an even number the cheaper one."""
        order = self.total.over.argsort(kind="stable")
        return int(order[(len(order) - 1) // 2])


@dataclass(frozen=True, eq=False)
class FirstBreak:
    """The clause and window that is the first to be missed in most of the replications."""

    clause: Id
    """The clause's id in the scenario."""
    start: datetime
    """When the window starts."""
    share: Chance
    """In which share of the replications it is the first."""


class DecisionKind(StrEnum):
    """What is decided about people."""

    HIRE = "HIRE"
    """People are asked for."""
    CLASS = "CLASS"
    """A given class starts."""
    RELEASE = "RELEASE"
    """People are given notice."""


@dataclass(frozen=True, eq=False)
class DueDecision:
    """What has to be decided about the people of a team by when, as the replications did on average."""

    by: date
    """The day: of a class its first, of people asked for the first of the month's weeks that needs any at the mean lead
    time, of people told to go the week of their notice."""
    what: DecisionKind
    """What is decided."""
    team: Id
    """The team's id in the scenario."""
    heads: int
    """About how many, of the month."""


@dataclass(frozen=True, eq=False)
class Decision:
    """What a decision turns on."""

    all_met: Chance | None
    """Probability that every clause is met in every whole window; null without clauses."""
    client_cost: Estimate | None
    """The client's cost over the horizon; null where nothing has a price."""
    first_to_break: FirstBreak | None
    """The clause and window that is the first to be missed in most replications; null where none is ever missed."""
    decisions: tuple[DueDecision, ...] = ()
    """What has to be decided about people, by date; what being late costs, a staffing search tells."""


@dataclass(frozen=True, eq=False)
class Settlement:
    """What the contracts make of a run."""

    decision: Decision | None
    """What a decision turns on; null without contracts and costs where nobody is to be decided on."""
    clauses: tuple[ClauseResult, ...]
    """The clauses of the contracts; empty without contracts."""
    vendors: tuple[VendorResult, ...]
    """The vendors, in the scenario's order."""
    cost: Cost | None
    """The client's cost; null where nothing has a price."""

    @property
    def all_met(self) -> Chance | None:
        """Of the decision."""
        return None if self.decision is None else self.decision.all_met


def sum_of(lines: Sequence[MoneyLine], kind: str) -> float:
    """The mean of the lines of a kind, added up."""
    return sum(line.amount.mean or 0.0 for line in lines if line.kind == kind)
