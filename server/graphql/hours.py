"""The hours ledger: what kinds of hours teams and vendors had, by month."""

import asyncio
from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID
from zoneinfo import ZoneInfo

import strawberry

from server.graphql.context import Context
from server.graphql.measures import TeamMeasure
from server.graphql.scalars import FloatColumn
from server.store.outcomes import ColumnKey
from server.store.runs import get_document
from simulation.outcome.counting.measure import Unit
from simulation.outcome.counting.team_measures import TEAM_MEASURES
from simulation.outcome.report.parts import CALENDAR, START
from simulation.outcome.report.result import Float64, Result
from simulation.scenario.reading.document import load

HOURS = [name for name, measure in TEAM_MEASURES.items() if measure.unit is Unit.HOURS]


@strawberry.type(description="One kind of hours, by month.")
class HoursLine:
    measure: TeamMeasure = strawberry.field(description="Which hours.")
    mean: FloatColumn = strawberry.field(description="Mean over replications of each month, in hours.")


@strawberry.type(description="The hours of a team, or of all of a vendor's teams, by month.")
class HoursLedger:
    vendor: strawberry.ID = strawberry.field(description="The vendor's id in the scenario.")
    team: strawberry.ID | None = strawberry.field(description="The team's id; null for all of the vendor's together.")
    starts: list[date] = strawberry.field(description="The first day of each month inside the horizon.")
    lines: list[HoursLine] = strawberry.field(description="The kinds of hours, in a fixed order.")


async def hours_ledger(context: Context, run: UUID, result: Result) -> list[HoursLedger]:
    """Of each vendor, then of each of its teams."""
    async with context.tenant() as connection:
        document = await get_document(connection, run)
    if document is None:
        raise LookupError(f"run {run} is gone")
    scenario = await asyncio.to_thread(load, document)
    teams = [team.id for team in result.teams]
    keys = [ColumnKey(run, "team", team, "month", name, "mean") for team in teams for name in HOURS]
    starts, *columns = await context.columns.load_many([ColumnKey(run, CALENDAR, "", "month", START, START), *keys])
    if starts is None or any(column is None for column in columns):
        raise LookupError(f"run {run} has no hours by month")
    days = [datetime.fromtimestamp(second, ZoneInfo(result.zone)).date() for second in starts.tolist()]
    known = iter([column for column in columns if column is not None])
    hours = {team: [next(known) for _ in HOURS] for team in teams}
    found = []
    for vendor in scenario.vendors:
        own = [hours[team.id] for team in vendor.teams]
        if own:
            found.append(ledger(vendor.id, None, days, [sum(each[1:], each[0]) for each in zip(*own, strict=True)]))
        found += [ledger(vendor.id, team.id, days, hours[team.id]) for team in vendor.teams]
    return found


def ledger(vendor: str, team: str | None, starts: list[date], columns: Sequence[Float64]) -> HoursLedger:
    return HoursLedger(
        vendor=strawberry.ID(vendor),
        team=None if team is None else strawberry.ID(team),
        starts=starts,
        lines=[
            HoursLine(measure=TeamMeasure(name), mean=FloatColumn(column))
            for name, column in zip(HOURS, columns, strict=True)
        ],
    )
