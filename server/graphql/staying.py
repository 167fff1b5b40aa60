"""How long a WebSocket and a stream of events may last: as long as what let their client in still holds."""

import asyncio
import logging
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import asyncpg
from graphql import GraphQLError
from starlette.websockets import WebSocketDisconnect
from strawberry.http.exceptions import WebSocketDisconnected
from strawberry.subscriptions.protocols.graphql_transport_ws.handlers import BaseGraphQLTransportWSHandler
from strawberry.subscriptions.protocols.graphql_transport_ws.types import (
    ConnectionInitMessage,
    Message,
    SubscribeMessage,
)

from server.access import AccessRefusedError, Bearer, Doorkeeper
from server.bearer import DATABASE_AWAY
from server.database.connecting import LOST
from server.database.notices import Notices
from server.graphql.context import Context
from server.request_limit import LIMIT_REACHED, too_many
from server.store.organisations import ACCESS_CHANNEL

logger = logging.getLogger("springtide.identity")

LOOK_SECONDS = 15.0
"""How long to wait for a notice before looking by oneself."""
CLOSE_SECONDS = 5.0
MOST_OPERATIONS = 50
"""At once on one socket."""
MOST_EARLY = 10


@dataclass(frozen=True)
class Farewell:
    """Why a client may stay no longer; 4401 tells it not to come back with the same, 4403 that it may come anew."""

    close_code: int
    reason: str


EXPIRED = Farewell(4403, "what let you in has expired; sign in again")
CHANGED = Farewell(4403, "what you may do has changed; connect again")
ENDED = Farewell(4401, "what let you in was revoked")


async def farewell(doorkeeper: Doorkeeper, notices: Notices, bearer: Bearer) -> Farewell:
    """Returns when the bearer may stay no longer."""
    async with notices.bell(ACCESS_CHANNEL, str(bearer.id)) as bell:
        while (left := seconds_left(bearer)) > 0:
            with suppress(*LOST, asyncpg.PostgresError):  # a database that is away gives nothing away meanwhile
                now = await doorkeeper.again(bearer)
                if now != bearer:
                    return CHANGED if now else EXPIRED if seconds_left(bearer) <= 0 else ENDED
            await bell.wait(min(left, LOOK_SECONDS))
    return EXPIRED


def seconds_left(bearer: Bearer) -> float:
    if bearer.expires_at is None:
        return float("inf")
    return (bearer.expires_at - datetime.now(UTC)).total_seconds()


async def until(leave: Callable[[], Any], stream: AsyncGenerator[str, None], last: str) -> AsyncIterator[str]:
    """The stream, or as much of it as there was before it was time to leave, and then `last`."""
    leaving = asyncio.create_task(leave())

    async def following() -> str | None:
        return await anext(stream, None)

    try:
        while True:
            coming = asyncio.create_task(following())
            await asyncio.wait({leaving, coming}, return_when=asyncio.FIRST_COMPLETED)
            if leaving.done():
                await ended(coming)
                yield last
                return
            part = coming.result()
            if part is None:
                return
            yield part
    finally:
        await ended(leaving, coming)
        await stream.aclose()


async def ended(*tasks: asyncio.Task[Any]) -> None:
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


class GuardedSocket(BaseGraphQLTransportWSHandler[Context, None]):
    """Lets a client in by its first message, and out when it may stay no longer; its operations end with it."""

    def __init__(self, *given: Any, **more: Any) -> None:
        super().__init__(*given, **more)
        self.admitted = asyncio.Event()
        self.early = 0
        """How many messages came before its first should have."""

    async def handle(self) -> None:
        serving = asyncio.create_task(super().handle())
        leaving = asyncio.create_task(self.leave())
        try:
            await asyncio.wait({serving, leaving}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            served, left = serving.done(), leaving.done()
            await ended(serving, leaving)
        if served:
            serving.result()
        elif left:
            await self.close(leaving.result())

    async def handle_message(self, message: Message) -> None:
        if not self.connection_init_received:
            self.early += 1
        if self.early > MOST_EARLY:
            await self.websocket.close(4400, "sign in first")
            return
        await super().handle_message(message)

    async def handle_subscribe(self, message: SubscribeMessage) -> None:
        refused = await self.refused(message) if self.connection_acknowledged else None
        if refused is None:
            await super().handle_subscribe(message)
        else:
            await self.send_message({"id": message["id"], "type": "error", "payload": [refused.formatted]})

    async def refused(self, message: SubscribeMessage) -> GraphQLError | None:
        """Why an operation is not even read."""
        if message["id"] in self.operations:
            return None  # closes the socket, as the protocol says
        if len(self.operations) >= MOST_OPERATIONS:
            told = f"No more than {MOST_OPERATIONS} operations run on a socket at once; complete one, or open another."
            return GraphQLError(told, extensions={"code": "OVER_LIMIT"})
        wait = await self.context.requests.take(self.context.who.organisation_id)
        return (
            GraphQLError(too_many(wait), extensions={"code": LIMIT_REACHED, "retryAfterSeconds": wait})
            if wait
            else None
        )

    async def handle_task_exception(self, error: Exception) -> None:
        if not isinstance(error, WebSocketDisconnected):  # nobody is there to be told, and that is all
            await super().handle_task_exception(error)

    async def leave(self) -> Farewell:
        await self.admitted.wait()
        return await farewell(self.context.doorkeeper, self.context.notices, self.context.who)

    async def close(self, told: Farewell) -> None:
        """Once nothing runs here any more; a client that does not read cannot hold us up."""
        logger.info("a WebSocket is closed: %s", told.reason)
        with suppress(TimeoutError, RuntimeError, WebSocketDisconnect):  # it may have gone by itself meanwhile
            await asyncio.wait_for(self.websocket.close(told.close_code, told.reason), CLOSE_SECONDS)

    async def handle_connection_init(self, message: ConnectionInitMessage) -> None:
        try:
            await super().handle_connection_init(message)
        except AccessRefusedError as refused:
            await self.websocket.close(refused.close_code, short(refused.message))
        except (*LOST, asyncpg.PostgresError):
            await self.websocket.close(DATABASE_AWAY.close_code, short(DATABASE_AWAY.message))
        if self.connection_acknowledged:
            self.admitted.set()


def short(text: str) -> str:
    """As much as a WebSocket's close frame holds."""
    return text.encode()[:123].decode(errors="ignore")
