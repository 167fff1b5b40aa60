"""What one side opens of the other: told in the log of whoever opens it, the first time that they do."""

from uuid import UUID

from server.graphql.context import Context
from server.store.audit import AuditAction, Subject, has_opened


async def opened(context: Context, document: str, action: AuditAction, subject: Subject, **facts: UUID) -> str:
    """A document of the other side, on its way out."""
    async with context.tenant() as connection:
        if not await has_opened(connection, context.actor, action, subject):
            await context.record(connection, action, subject, **facts)
    return context.told(document)
