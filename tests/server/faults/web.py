"""A web server, and subscribers who come back whenever they are cut off."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from uuid import UUID

import httpx
import uvicorn

from server.app import create_app
from server.database.pool import Database
from tests.server.api import SETTINGS, Client, token_of
from tests.server.faults.audit import FINISHED
from tests.server.faults.judge import Seen
from tests.server.served import Served


@dataclass
class Web:
    served: Served

    async def watch(self, run: str) -> Seen:
        """What a subscriber is told until the end, who says each time what it has seen."""
        seen: Seen = []
        while not (seen and seen[-1][1] in FINISHED):
            try:
                async with self.served.watching(run, after=seen[-1][0] if seen else None) as watching:
                    while True:
                        seen.append(await watching.next())
            except Exception:  # noqa: BLE001 - whatever cuts a subscriber off, it comes back
                await asyncio.sleep(0.3)
        return seen


@asynccontextmanager
async def web_of(database: Database, organisation: UUID) -> AsyncIterator[Web]:
    listener = socket.create_server(("127.0.0.1", 0))
    port = listener.getsockname()[1]
    app = create_app(SETTINGS, database)
    config = uvicorn.Config(app, log_level="critical", ws="websockets-sansio", timeout_graceful_shutdown=2)
    server = uvicorn.Server(config)
    serving = asyncio.create_task(server.serve(sockets=[listener]))
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", timeout=300) as http:
        client = Client(http, database, organisation, await token_of(database, organisation))
        yield Web(Served(app, port, client, database))
    server.should_exit = True
    await serving
    listener.close()
