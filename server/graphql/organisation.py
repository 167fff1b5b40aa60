"""The organisation of whoever asks: its limits, and how long it keeps its runs."""

import strawberry

from server.graphql.context import Info
from server.graphql.enums import describe
from server.graphql.errors import UserError, UserErrorCode, user_error
from server.graphql.paging import global_id
from server.graphql.standings import Limit
from server.graphql.standings import shown as shown_limit
from server.store import limits as limit_store
from server.store import organisations as store
from server.store import retention as retention_store
from server.store.audit import AuditAction, Subject
from server.store.organisations import OrganisationKind, OrganisationRow

describe(OrganisationKind, "What an organisation is: a client that buys services, or a vendor that sells them.")

MOST_DAYS = 36_500


@strawberry.type(description="The organisation of whoever asks.")
class Organisation:
    row: strawberry.Private[OrganisationRow]
    id: strawberry.ID = strawberry.field(description="The opaque global id.")

    @strawberry.field(description="What people call it.")
    def name(self) -> str:
        return self.row.name

    @strawberry.field(description="What it is.")
    def kind(self) -> OrganisationKind:
        return self.row.kind

    @strawberry.field(
        description="For how many days finished runs are kept before a worker deletes them; null: until deleteRun."
    )
    async def retention_days(self, info: Info) -> int | None:
        async with info.context.tenant() as connection:
            return await retention_store.get_retention(connection)

    @strawberry.field(description="What the organisation may use, what it has used, and what is left.")
    async def limits(self, info: Info) -> list[Limit]:
        async with info.context.tenant() as connection:
            stored = await limit_store.standings(connection)
        counted_here = await info.context.requests.standing(info.context.organisation_id)
        return [shown_limit(standing) for standing in (*stored, counted_here)]


@strawberry.input(description="How long finished runs are kept.")
class SetRetentionInput:
    days: int | None = strawberry.field(
        default=None,
        description="Days after a run has ended, 1 to 36500; null or left out: runs are kept until somebody deletes"
        " them.",
    )


@strawberry.type(description="What came of setRetention.")
class SetRetentionPayload:
    organisation: Organisation | None = strawberry.field(description="The organisation; null when it was refused.")
    user_errors: list[UserError] = strawberry.field(description="Why it was refused; empty when it was set.")


async def own(info: Info) -> Organisation:
    async with info.context.tenant() as connection:
        row = await store.own_organisation(connection)
    if row is None:
        raise LookupError(f"organisation {info.context.organisation_id} is gone")
    return Organisation(id=global_id("Organisation", row.id), row=row)


async def set_retention(info: Info, input: SetRetentionInput) -> SetRetentionPayload:
    if input.days is not None and not 1 <= input.days <= MOST_DAYS:
        message = f"runs cannot be kept for {input.days} days; write 1 to {MOST_DAYS}, or null to keep them"
        return SetRetentionPayload(
            organisation=None, user_errors=[user_error(UserErrorCode.INVALID_ARGUMENT, message, "days")]
        )
    context = info.context
    async with context.tenant() as connection:
        await limit_store.hold_organisation(connection)
        before = await retention_store.get_retention(connection)
        await retention_store.set_retention(connection, input.days)
        subject = Subject("Organisation", context.organisation_id)
        await context.record(connection, AuditAction.SET_RETENTION, subject, before=before, days=input.days)
    return SetRetentionPayload(organisation=await own(info), user_errors=[])
