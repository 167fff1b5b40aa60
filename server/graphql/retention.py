"""How long an organisation keeps its finished runs."""

import strawberry

from server.graphql.context import Info
from server.graphql.errors import UserError, UserErrorCode, user_error
from server.graphql.organisations import Organisation, own_organisation
from server.store import limits as limit_store
from server.store import retention as store
from server.store.audit import AuditAction, Subject
from server.store.organisations import Scope

MOST_DAYS = 36_500


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


async def set_retention(info: Info, input: SetRetentionInput) -> SetRetentionPayload:
    if input.days is not None and not 1 <= input.days <= MOST_DAYS:
        message = f"runs cannot be kept for {input.days} days; write 1 to {MOST_DAYS}, or null to keep them"
        return SetRetentionPayload(
            organisation=None, user_errors=[user_error(UserErrorCode.INVALID_ARGUMENT, message, "days")]
        )
    context = info.context
    async with context.tenant() as connection:
        await limit_store.hold_organisation(connection)
        context.require(Scope.RUNS)  # as runs will go
        before = await store.get_retention(connection)
        await store.set_retention(connection, input.days)
        subject = Subject("Organisation", context.who.organisation_id)
        await context.record(connection, AuditAction.SET_RETENTION, subject, before=before, days=input.days)
    return SetRetentionPayload(organisation=await own_organisation(context), user_errors=[])
