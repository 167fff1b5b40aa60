"""Links that hand out a run's outcomes as a file, without a token, for a while."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from enum import Enum
from typing import TYPE_CHECKING, TypeAlias
from uuid import UUID

import strawberry

from server.database.connecting import Connection
from server.exports.files import MOST_ROWS
from server.exports.outcomes import NoOutcomesError, calendar, rows_of, run_result
from server.exports.table import COARSE, ExportFormat, ExportResolution, Wanted
from server.graphql.context import Context, Info
from server.graphql.enums import describe, enum_of
from server.graphql.errors import UserError, UserErrorCode, user_error
from server.graphql.paging import key_of
from server.store import exports as store
from server.store import runs as run_store
from server.store.audit import AuditAction, Subject
from simulation.outcome.counting.queue_measures import QUEUE_MEASURES
from simulation.outcome.counting.team_measures import TEAM_MEASURES

MOST_MINUTES = 7 * 24 * 60
MOST_LINKS = 1_000
"""Of an organisation, at once."""

if TYPE_CHECKING:  # made from the measures, which a type checker cannot follow
    ExportMeasure: TypeAlias = Enum
else:
    ExportMeasure = enum_of(
        "ExportMeasure",
        "A measure of queues, of teams, or of both.",
        {
            name: f"{measure.meaning} In {measure.unit.value}."
            for name, measure in {**TEAM_MEASURES, **QUEUE_MEASURES}.items()
        },
    )
describe(ExportFormat)
describe(ExportResolution)


@strawberry.input(
    description="Outcomes to hand out as a file: one row for each entity, resolution, period and measure."
)
class ExportOutcomesInput:
    run_id: strawberry.ID = strawberry.field(description="A run that has succeeded.")
    format: ExportFormat = strawberry.field(description="The form of the file.")
    resolutions: list[ExportResolution] | None = strawberry.field(
        default=None, description="The periods of the rows; left out: TOTAL, MONTH, WEEK and DAY."
    )
    measures: list[ExportMeasure] | None = strawberry.field(
        default=None, description="Measures of queues and teams; left out: all."
    )
    expires_in_minutes: int = strawberry.field(
        default=60, description="How long the link opens the file, from 1 to 10080 minutes, a week."
    )


@strawberry.type(description="What came of exportOutcomes.")
class ExportOutcomesPayload:
    url: str | None = strawberry.field(
        description="Where the file is, on this server, for whoever has the link and without a token; null when it was"
        " refused. It is shown only this once."
    )
    expires_at: datetime | None = strawberry.field(
        description="When the link ends, if neither its run nor the access of whoever made it ends before; null when it"
        " was refused."
    )
    user_errors: list[UserError] = strawberry.field(description="Why it was refused; empty when it was made.")


async def export_outcomes(info: Info, input: ExportOutcomesInput) -> ExportOutcomesPayload:
    context = info.context
    key = key_of(input.run_id, "Run")
    refused = input_errors(input)
    async with context.tenant() as connection:
        row = await run_store.get_run(connection, key) if key else None
    if row is None:
        message = "there is no run of this id; pass the id of one of `runs`"
        refused.append(user_error(UserErrorCode.NOT_FOUND, message, "runId"))
    if refused or row is None:
        return ExportOutcomesPayload(url=None, expires_at=None, user_errors=refused)
    wanted = wanted_of(input)
    if errors := await size_errors(context, row.id, input.format, wanted):
        return ExportOutcomesPayload(url=None, expires_at=None, user_errors=errors)
    async with context.tenant() as connection:
        return await linked(context, connection, row.id, input, wanted)


async def linked(
    context: Context, connection: Connection, run: UUID, input: ExportOutcomesInput, wanted: Wanted
) -> ExportOutcomesPayload:
    if await store.count_links(connection) >= MOST_LINKS:
        message = f"the organisation has {MOST_LINKS} links that have not expired; wait for some, or make shorter ones"
        errors = [user_error(UserErrorCode.TOO_LARGE, message)]
        return ExportOutcomesPayload(url=None, expires_at=None, user_errors=errors)
    facts = {"format": input.format, "resolutions": list(wanted.resolutions), "minutes": input.expires_in_minutes}
    await context.record(connection, AuditAction.EXPORT_OUTCOMES, Subject("Run", run), **facts)
    text, link = await store.create_link(
        connection,
        run_id=run,
        format=input.format,
        wanted={"resolutions": list(wanted.resolutions), "measures": wanted.measures},
        token_id=None if context.who.is_member else context.who.id,
        member_id=context.who.id if context.who.is_member else None,
        lasts=timedelta(minutes=input.expires_in_minutes),
    )
    return ExportOutcomesPayload(url=f"/exports/{text}", expires_at=link.expires_at, user_errors=[])


def wanted_of(input: ExportOutcomesInput) -> Wanted:
    chosen = COARSE if input.resolutions is None else tuple(dict.fromkeys(input.resolutions))
    measures = None if input.measures is None else [measure.value for measure in input.measures]
    return Wanted([each.value for each in chosen], measures)


def input_errors(input: ExportOutcomesInput) -> list[UserError]:
    errors = []
    if not 1 <= input.expires_in_minutes <= MOST_MINUTES:
        message = f"a link lasts {input.expires_in_minutes} minutes; write a number from 1 to {MOST_MINUTES}"
        errors.append(user_error(UserErrorCode.INVALID_ARGUMENT, message, "expiresInMinutes"))
    if input.resolutions == []:
        message = "there are no resolutions; name one or more, or leave them out"
        errors.append(user_error(UserErrorCode.INVALID_ARGUMENT, message, "resolutions"))
    return errors


async def size_errors(context: Context, run: UUID, format: ExportFormat, wanted: Wanted) -> list[UserError]:
    try:
        result = await run_result(context.database, context.who.organisation_id, run)
        periods = await periods_of(context, run, wanted)
    except NoOutcomesError:
        message = "the run has no outcomes yet; pass one that has succeeded"
        return [user_error(UserErrorCode.INVALID_ARGUMENT, message, "runId")]
    rows, most = rows_of(result, wanted, periods), MOST_ROWS[format]
    if rows <= most:
        return []
    message = f"the table has {rows} rows, and a {format} file at most {most}; ask for fewer resolutions or measures"
    return [user_error(UserErrorCode.TOO_LARGE, message, "resolutions")]


async def periods_of(context: Context, run: UUID, wanted: Wanted) -> Mapping[str, int]:
    organisation = context.who.organisation_id
    return {
        each: len(await calendar(context.database, organisation, run, each))
        for each in wanted.resolutions
        if each != ExportResolution.TOTAL
    }
