"""Statements: a vendor's invoice of a month in one replication, line by line with its formulas."""

from datetime import date
from uuid import UUID

import strawberry

from server.graphql.context import Context
from server.graphql.figures import refuse
from server.graphql.rescoring import MOST_SETTLEMENTS, beside
from server.store.outcomes import get_counters
from simulation.outcome.kept_statements import kept_statement
from simulation.outcome.money import statements
from simulation.outcome.report.result import Result
from simulation.outcome.shards.kept import Kept
from simulation.scenario.contracts.windows import months
from simulation.scenario.problems import choose


@strawberry.type(description="A line of a statement.")
class StatementLine:
    kind: str = strawberry.field(
        description="What is charged, as the contract names it, or CREDIT, BONUS and the like."
    )
    of: str = strawberry.field(
        description="Queues of a line of pricing, or the clause and the first day of its window."
    )
    formula: str = strawberry.field(description="How the amount comes about, with its numbers.")
    amount: float = strawberry.field(description="The signed amount, in the scenario's currency.")


@strawberry.type(description="A vendor's invoice of a month in one replication; its lines add up to it.")
class Statement:
    vendor: strawberry.ID = strawberry.field(description="The vendor's id in the scenario.")
    start: date = strawberry.field(description="The first day of the month inside the horizon.")
    replication: int = strawberry.field(description="Which replication it is, counted from 1.")
    invoice: float = strawberry.field(description="The sum of the lines, in the scenario's currency.")
    lines: list[StatementLine] = strawberry.field(description="The lines.")


async def statement(
    context: Context, run: UUID, result: Result, vendor: str, month: date, replication: int | None
) -> Statement:
    context.settlements += 1
    if context.settlements > MOST_SETTLEMENTS:
        raise refuse(f"An operation has at most {MOST_SETTLEMENTS} statements; ask for the others in another.")
    number = number_of(result, replication)
    async with context.tenant() as connection:
        counters = await get_counters(connection, run)
    if counters is None:
        raise LookupError(f"run {run} has no counters")
    found = await beside(stated, counters, number, vendor, month)
    if isinstance(found, str):
        raise refuse(found)
    return Statement(
        vendor=strawberry.ID(found.vendor),
        start=found.start,
        replication=number + 1,
        invoice=found.cents / 100,
        lines=[
            StatementLine(kind=line.kind, of=line.of, formula=line.formula, amount=line.cents / 100)
            for line in found.lines
        ],
    )


def number_of(result: Result, replication: int | None) -> int:
    """From 0; that of median cost if none is named."""
    cost = result.settlement.cost
    if replication is None and cost is not None:
        return cost.median
    if replication is None or not 1 <= replication <= result.replications:
        raise refuse(f"`replication` is {replication}; write a number from 1 to {result.replications}.")
    return replication - 1


def stated(counters: bytes, number: int, vendor: str, month: date) -> statements.Statement | str:
    """The statement, or why there is none."""
    kept = Kept.from_bytes(counters)
    scenario = kept.scenario()
    billed = [one.id for one in scenario.vendors if any(contract.pricing for contract in one.contracts)]
    if vendor not in billed:
        return f"`vendor`: {vendor!r} sends no invoice; {choose(vendor, billed) if billed else 'no vendor does'}."
    known = [(one.start.year, one.start.month) for one in months(scenario.horizon.dates)]
    if (month.year, month.month) not in known:
        first, last = (f"{year}-{number:02}" for year, number in (known[0], known[-1]))
        return f"`month`: {month:%Y-%m} is not in the horizon; write a day of {first} to {last}."
    return kept_statement(kept, number, vendor, known.index((month.year, month.month)))
