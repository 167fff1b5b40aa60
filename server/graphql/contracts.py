"""What contracts make of a run: clauses scored, invoices, cost. A scenario without contracts has none of it."""

from datetime import date, datetime

import strawberry

from server.graphql.figures import Figure, Probability


@strawberry.type(description="A stretch of time over which a clause is scored.")
class ClauseWindow:
    start: datetime = strawberry.field(description="When the window starts.")
    partial: bool = strawberry.field(description="Whether the horizon cuts it; such a window moves no money.")
    target: float | None = strawberry.field(description="The target in force, in the metric's unit.")
    value: Figure | None = strawberry.field(description="The metric; null where it has no denominator.")
    met: Probability | None = strawberry.field(description="Share of replications that met the target.")
    credit: Figure | None = strawberry.field(description="Money back for a miss, in the scenario's currency.")


@strawberry.type(description="How a contract's clause fared.")
class ClauseOutcome:
    id: strawberry.ID = strawberry.field(description="The clause's id in the scenario.")
    vendor: strawberry.ID = strawberry.field(description="The id of the vendor whose contract it stands in.")
    windows: list[ClauseWindow] = strawberry.field(description="Its windows, in order.")


@strawberry.type(description="A line of an invoice.")
class InvoiceLine:
    kind: str = strawberry.field(description="What is charged, as the contract names it.")
    amount: Figure = strawberry.field(description="The signed amount, in the scenario's currency.")


@strawberry.type(description="A vendor's month.")
class VendorMonth:
    start: date = strawberry.field(description="The first day of the month inside the horizon.")
    lines: list[InvoiceLine] = strawberry.field(description="The invoice's lines.")
    invoice: Figure = strawberry.field(description="Their sum, in the scenario's currency.")


@strawberry.type(description="What came of a vendor.")
class VendorOutcome:
    id: strawberry.ID = strawberry.field(description="The vendor's id in the scenario.")
    months: list[VendorMonth] = strawberry.field(description="Its invoices by month; empty without a contract.")


@strawberry.type(description="The client's cost over the horizon.")
class Cost:
    total: Figure = strawberry.field(description="In the scenario's currency.")
    per_contact: Figure | None = strawberry.field(description="Of an answered contact; null without one.")
