"""How long a query or a mutation may take: then it is cancelled, with its statements in the database."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from graphql import GraphQLError
from strawberry.extensions import SchemaExtension
from strawberry.types.graphql import OperationType

OPERATION_SECONDS = 30.0


class Deadline(SchemaExtension):
    """A subscription has none: it lasts as long as its client and what let it in."""

    async def on_execute(self) -> AsyncIterator[None]:
        if self.execution_context.operation_type is OperationType.SUBSCRIPTION:
            yield
            return
        async with in_time():
            yield


@asynccontextmanager
async def in_time() -> AsyncIterator[None]:
    """What is read in batches is cancelled, too, as nobody waits for it any more."""
    limit = asyncio.timeout(OPERATION_SECONDS)
    try:
        async with limit:
            yield
    except TimeoutError:
        if limit.expired():
            raise too_slow() from None
        raise


def too_slow() -> GraphQLError:
    message = f"The operation took longer than {OPERATION_SECONDS:g} s and was stopped; ask for less at once."
    return GraphQLError(message, extensions={"code": "TIMEOUT"})
