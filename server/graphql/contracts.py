"""What contracts and costs make of a run: clauses scored, invoices, margins, the client's cost, the decision."""

from datetime import date, datetime

import strawberry

from server.graphql.figures import Figure, Probability
from simulation.outcome.settlement import (
    Chance,
    ClauseResult,
    ClientCost,
    ExitResult,
    FirstBreak,
    Settlement,
    VendorResult,
)
from simulation.outcome.settlement import ClauseWindow as SettledWindow
from simulation.outcome.settlement import CostMonth as SettledCostMonth
from simulation.outcome.settlement import ExitMonth as SettledExitMonth
from simulation.outcome.settlement import MoneyLine as SettledLine
from simulation.outcome.settlement import VendorMonth as SettledMonth


def probability_of(chance: Chance | None) -> Probability | None:
    if chance is None:
        return None
    return Probability(mean=chance.share, successes=chance.successes, trials=chance.trials)


@strawberry.type(description="A stretch of time over which a clause is scored.")
class ClauseWindow:
    result: strawberry.Private[SettledWindow]

    @strawberry.field(description="When the window starts.")
    def start(self) -> datetime:
        return self.result.start

    @strawberry.field(description="Whether the horizon cuts it; such a window is not scored and moves no money.")
    def partial(self) -> bool:
        return self.result.partial

    @strawberry.field(description="The target in force, the mean over the window's days, in the metric's unit.")
    def target(self) -> float | None:
        return self.result.target

    @strawberry.field(description="The metric; its mean is null where it has no denominator.")
    def value(self) -> Figure | None:
        return Figure(estimate=self.result.value)

    @strawberry.field(description="Share of replications that met the target; null where partial.")
    def met(self) -> Probability | None:
        return probability_of(self.result.met)

    @strawberry.field(
        description="Money back for a miss before the cap, in the scenario's currency; null where partial."
    )
    def credit(self) -> Figure | None:
        return None if self.result.credit is None else Figure(estimate=self.result.credit)

    @strawberry.field(
        description="Of the credit under the cap, what the vendor recovered within the horizon; null where partial."
    )
    def earned_back(self) -> Figure | None:
        return None if self.result.earned_back is None else Figure(estimate=self.result.earned_back)

    @strawberry.field(
        description="Of the credit under the cap, what the vendor may recover after the horizon; null where partial."
    )
    def earn_back_open(self) -> Figure | None:
        return None if self.result.earn_back_open is None else Figure(estimate=self.result.earn_back_open)


@strawberry.type(description="How a contract's clause fared.")
class ClauseOutcome:
    result: strawberry.Private[ClauseResult]

    @strawberry.field(description="The clause's id in the scenario.")
    def id(self) -> strawberry.ID:
        return strawberry.ID(self.result.id)

    @strawberry.field(description="The id of the vendor whose contract it stands in.")
    def vendor(self) -> strawberry.ID:
        return strawberry.ID(self.result.vendor)

    @strawberry.field(description="What it measures: its metric, or the name of an EXTERNAL one.")
    def metric(self) -> str:
        return self.result.metric

    @strawberry.field(description="Probability that it is met in every whole window; null where there is none.")
    def all_met(self) -> Probability | None:
        return probability_of(self.result.all_met)

    @strawberry.field(description="Its windows, in order.")
    def windows(self) -> list[ClauseWindow]:
        return [ClauseWindow(result=window) for window in self.result.windows]


@strawberry.type(description="A line of an invoice.")
class InvoiceLine:
    result: strawberry.Private[SettledLine]

    @strawberry.field(
        description="What is charged, as the contract names it, or COMMITMENT, CREDIT, BONUS, EARN_BACK or EXIT_FEE."
    )
    def kind(self) -> str:
        return self.result.kind

    @strawberry.field(description="Ids of the queues that the contract names for it.")
    def queues(self) -> list[strawberry.ID]:
        return [strawberry.ID(queue) for queue in self.result.of]

    @strawberry.field(description="The signed amount, in the scenario's currency.")
    def amount(self) -> Figure:
        return Figure(estimate=self.result.amount)


@strawberry.type(description="A line of what a vendor's own people cost it.")
class OwnLine:
    result: strawberry.Private[SettledLine]

    @strawberry.field(
        description="WAGES (regular hours), OVERTIME, SURGE, NIGHT, HOLIDAY (premiums), BENEFITS, SEATS, HIRING,"
        " TRAINING, RELEASES or FIXED."
    )
    def kind(self) -> str:
        return self.result.kind

    @strawberry.field(description="The amount, in the scenario's currency.")
    def amount(self) -> Figure:
        return Figure(estimate=self.result.amount)


@strawberry.type(description="A vendor's month.")
class VendorMonth:
    result: strawberry.Private[SettledMonth]

    @strawberry.field(description="The first day of the month inside the horizon.")
    def start(self) -> date:
        return self.result.start

    @strawberry.field(description="The invoice's lines.")
    def lines(self) -> list[InvoiceLine]:
        return [InvoiceLine(result=line) for line in self.result.lines]

    @strawberry.field(description="Their sum, in the scenario's currency.")
    def invoice(self) -> Figure:
        return Figure(estimate=self.result.invoice)

    @strawberry.field(description="What its own people cost, by line; empty where that is not said.")
    def own_lines(self) -> list[OwnLine]:
        return [OwnLine(result=line) for line in self.result.own_lines]

    @strawberry.field(description="Their sum; null where any team's cost is not said.")
    def own_cost(self) -> Figure | None:
        return None if self.result.own_cost is None else Figure(estimate=self.result.own_cost)

    @strawberry.field(description="Invoice - own cost; null without a contract or an own cost.")
    def margin(self) -> Figure | None:
        return None if self.result.margin is None else Figure(estimate=self.result.margin)


@strawberry.type(description="A month, and how probable it is that the right to leave has arisen by its end.")
class ExitMonth:
    result: strawberry.Private[SettledExitMonth]

    @strawberry.field(description="The first day of the month inside the horizon.")
    def start(self) -> date:
        return self.result.start

    @strawberry.field(description="Share of replications in which it has.")
    def arisen(self) -> Probability | None:
        return probability_of(self.result.arisen)


@strawberry.type(description="The client's right to leave a vendor because a clause was missed too often.")
class ExitRight:
    result: strawberry.Private[ExitResult]

    @strawberry.field(description="The client of the contract; null where it names none.")
    def client(self) -> str | None:
        return self.result.client

    @strawberry.field(description="Share of replications in which it arises within the horizon.")
    def arisen(self) -> Probability | None:
        return probability_of(self.result.arisen)

    @strawberry.field(description="The earliest month in which it does in any, by its first day; null where never.")
    def first(self) -> date | None:
        return self.result.first

    @strawberry.field(description="The id of the clause that gives it in most of them; null where it never arises.")
    def clause(self) -> strawberry.ID | None:
        return None if self.result.clause is None else strawberry.ID(self.result.clause)

    @strawberry.field(description="What leaving costs the client, in the scenario's currency.")
    def fee(self) -> float:
        return self.result.fee

    @strawberry.field(description="The months of the horizon.")
    def months(self) -> list[ExitMonth]:
        return [ExitMonth(result=month) for month in self.result.months]


@strawberry.type(description="What came of a vendor.")
class VendorOutcome:
    result: strawberry.Private[VendorResult]

    @strawberry.field(description="The vendor's id in the scenario.")
    def id(self) -> strawberry.ID:
        return strawberry.ID(self.result.id)

    @strawberry.field(description="Its invoices and costs by month; empty without a contract or a cost.")
    def months(self) -> list[VendorMonth]:
        return [VendorMonth(result=month) for month in self.result.months]

    @strawberry.field(description="The rights to leave it, one a contract that gives one.")
    def exits(self) -> list[ExitRight]:
        return [ExitRight(result=one) for one in self.result.exits]


@strawberry.type(description="The clause and window that is the first to be missed in most of the replications.")
class FirstToBreak:
    result: strawberry.Private[FirstBreak]

    @strawberry.field(description="The clause's id in the scenario.")
    def clause(self) -> strawberry.ID:
        return strawberry.ID(self.result.clause)

    @strawberry.field(description="When the window starts.")
    def start(self) -> datetime:
        return self.result.start

    @strawberry.field(description="In which share of the replications it is the first.")
    def share(self) -> Probability:
        chance = self.result.chance
        return Probability(mean=chance.share, successes=chance.successes, trials=chance.trials)


@strawberry.type(description="What a decision turns on.")
class Decision:
    result: strawberry.Private[Settlement]

    @strawberry.field(description="Probability that every clause is met in every whole window; null without clauses.")
    def all_met(self) -> Probability | None:
        return probability_of(self.result.all_met)

    @strawberry.field(description="The client's cost over the horizon; null where nothing has a price.")
    def client_cost(self) -> Figure | None:
        return None if self.result.cost is None else Figure(estimate=self.result.cost.total)

    @strawberry.field(description="Null where no window is ever missed.")
    def first_to_break(self) -> FirstToBreak | None:
        first = self.result.first_to_break
        return None if first is None else FirstToBreak(result=first)


@strawberry.type(description="A line of the client's cost.")
class CostLine:
    result: strawberry.Private[SettledLine]

    @strawberry.field(
        description="INVOICE and OWN_COST (of the client's own people) by vendor; RETAINED, TELEPHONY, ABANDONED, LATE."
    )
    def kind(self) -> str:
        return self.result.kind

    @strawberry.field(description="Id of the vendor whose invoice or own cost it is.")
    def vendor(self) -> strawberry.ID | None:
        return strawberry.ID(self.result.of[0]) if self.result.of else None

    @strawberry.field(description="The amount, in the scenario's currency.")
    def amount(self) -> Figure:
        return Figure(estimate=self.result.amount)


@strawberry.type(description="A month of the client's cost.")
class CostMonth:
    result: strawberry.Private[SettledCostMonth]

    @strawberry.field(description="The first day of the month inside the horizon.")
    def start(self) -> date:
        return self.result.start

    @strawberry.field(description="Its lines.")
    def lines(self) -> list[CostLine]:
        return [CostLine(result=line) for line in self.result.lines]

    @strawberry.field(description="Their sum, in the scenario's currency.")
    def total(self) -> Figure:
        return Figure(estimate=self.result.total)


@strawberry.type(description="The client's cost over the horizon.")
class Cost:
    result: strawberry.Private[ClientCost]

    @strawberry.field(description="In the scenario's currency.")
    def total(self) -> Figure:
        return Figure(estimate=self.result.total)

    @strawberry.field(description="Over answered contacts; its mean is null without one.")
    def per_contact(self) -> Figure | None:
        return Figure(estimate=self.result.per_contact)

    @strawberry.field(description="Over answered contacts that were solved; its mean is null without one.")
    def per_resolution(self) -> Figure | None:
        return Figure(estimate=self.result.per_resolution)

    @strawberry.field(description="By month and line.")
    def months(self) -> list[CostMonth]:
        return [CostMonth(result=month) for month in self.result.months]
