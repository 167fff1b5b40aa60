"""The web application on a real server, and a client of it with real sockets."""

import asyncio
import json
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import httpx
import websockets
from starlette.applications import Starlette
from websockets.asyncio.client import ClientConnection
from websockets.typing import Subprotocol

from server.app import create_app
from server.database.pool import Database
from server.listening import WebServer
from server.settings import Settings
from server.store.claims import Claim, claim_run
from server.store.organisations import ACCESS_CHANNEL
from tests.server.api import SETTINGS, Client, operations, token_of

WATCH = operations()["Watch"]
PROTOCOL = Subprotocol("graphql-transport-ws")


@dataclass
class Served:
    """A web server on loopback, and a client of it."""

    app: Starlette
    port: int
    client: Client
    database: Database
    server: WebServer | None = None

    @property
    def bells(self) -> list[tuple[str, str]]:
        """What somebody watches, besides the application itself."""
        return [key for key in self.app.state.notices._bells if key != (ACCESS_CHANNEL, "")]

    @property
    def bearing(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.client.token}"}

    @asynccontextmanager
    async def socket(self, *, headers: dict[str, str] | None = None, **init: Any) -> AsyncIterator[ClientConnection]:
        """A WebSocket that has said its first message."""
        url = f"ws://127.0.0.1:{self.port}/graphql"
        async with websockets.connect(url, subprotocols=[PROTOCOL], additional_headers=headers) as opened:
            await opened.send(json.dumps({"type": "connection_init", **init}))
            yield opened

    @asynccontextmanager
    async def watching(self, run: str, after: int | None = None) -> AsyncIterator["Watching"]:
        async with self.socket(payload=self.bearing) as opened:
            assert await told(opened) == {"type": "connection_ack"}
            variables = {"run": run, "after": after}
            payload = {"query": WATCH, "variables": variables}
            await opened.send(json.dumps({"id": "1", "type": "subscribe", "payload": payload}))
            yield Watching(opened)

    async def claim(self) -> Claim:
        async with self.database.queue() as connection:
            claim = await claim_run(connection, 60.0, "test-1")
        assert claim is not None
        return claim


@dataclass
class Watching:
    socket: ClientConnection

    async def next(self) -> tuple[int, str, int]:
        """Sequence, status and finished replications of the next event."""
        message = await told(self.socket)
        assert message["type"] == "next", message
        update = message["payload"]["data"]["runUpdated"]
        return update["sequence"], update["run"]["status"], update["run"]["progress"]["completed"]

    async def ends(self) -> bool:
        return bool(await told(self.socket) == {"id": "1", "type": "complete"})


async def told(socket: ClientConnection) -> Any:
    async with asyncio.timeout(10):
        return json.loads(await socket.recv())


@asynccontextmanager
async def serving(database: Database, organisation: UUID, settings: Settings = SETTINGS) -> AsyncIterator[Served]:
    listener = socket.create_server(("127.0.0.1", 0))
    port = listener.getsockname()[1]
    app = create_app(settings, database)
    server = WebServer(app)
    task = asyncio.create_task(server.serve(sockets=[listener]))
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", timeout=60) as http:
        client = Client(http, database, organisation, await token_of(database, organisation))
        yield Served(app, port, client, database, server)
    server.should_exit = True
    await task
    listener.close()
