"""A web server that is killed, and subscribers over WebSocket and server-sent events who come back each time."""

import asyncio
import json
import os
import random
import socket
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
import websockets

from server.database.pool import Database
from server.graphql.paging import global_id
from tests.server.served import PROTOCOL
from tests.server.working import until

START_SECONDS = 120.0
PATIENCE = 300.0
SERVE = (sys.executable, "-c", "from server.cli import main; main()", "serve", "--workers", "0", "--port")
WATCH = """subscription Watch($run: ID!, $after: Int) { runUpdated(runId: $run, after: $after) { sequence
  run { status progress { completed } partialOutcomes { replications } } } }"""
FINISHED = ("SUCCEEDED", "FAILED", "CANCELLED")

Event = tuple[int, str, int]
"""Sequence, status and finished replications."""


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
    return port


@dataclass
class WebProcess:
    """`springtide serve` as a process of its own, without workers."""

    url: str
    folder: Path
    port: int = field(default_factory=free_port)
    process: asyncio.subprocess.Process | None = None

    async def start(self) -> None:
        with (self.folder / "serve.log").open("ab") as output:
            self.process = await asyncio.create_subprocess_exec(
                *SERVE, str(self.port), env=environment(self.url, self.folder), stdout=output, stderr=output
            )
        async with asyncio.timeout(START_SECONDS), httpx.AsyncClient() as http:
            while True:
                with suppress(httpx.HTTPError):
                    if (await http.get(f"http://127.0.0.1:{self.port}/readyz")).status_code == 200:
                        return
                await asyncio.sleep(0.05)

    async def kill(self) -> None:
        """SIGKILL."""
        if self.process and self.process.returncode is None:
            self.process.kill()
            await self.process.wait()


def environment(url: str, folder: Path) -> dict[str, str]:
    return {**os.environ, "DATABASE_URL": url, "SPRINGTIDE_DATA_DIR": str(folder)}


@asynccontextmanager
async def web_process(url: str, folder: Path) -> AsyncIterator[WebProcess]:
    web = WebProcess(url, folder)
    try:
        await web.start()
        yield web
    finally:
        await web.kill()


@asynccontextmanager
async def real_worker(url: str, folder: Path) -> AsyncIterator[None]:
    """`springtide worker`."""
    words = (*SERVE[:3], "worker")
    with (folder / "worker.log").open("ab") as output:
        worker = await asyncio.create_subprocess_exec(
            *words, env=environment(url, folder), stdout=output, stderr=output
        )
    try:
        yield
    finally:
        worker.terminate()
        await worker.wait()


@dataclass
class Subscriber:
    """Watches a run to its end, whatever cuts it off, and says each time what it saw last."""

    port: int
    token: str
    run: str
    over_websocket: bool
    chance: random.Random
    seen: list[Event] = field(default_factory=list)
    partial: int = 0
    """events with figures so far"""
    connections: int = 0

    async def watch(self) -> None:
        follow = self._websocket if self.over_websocket else self._events
        while not self.has_ended:
            with suppress(OSError, TimeoutError, httpx.HTTPError, websockets.WebSocketException):
                await follow()
            await asyncio.sleep(self.chance.uniform(0.2, 1.5))  # else they keep the server from starting

    @property
    def has_ended(self) -> bool:
        return bool(self.seen) and self.seen[-1][1] in FINISHED

    @property
    def _operation(self) -> dict[str, Any]:
        return {"query": WATCH, "variables": {"run": self.run, "after": self.seen[-1][0] if self.seen else None}}

    def _take(self, answer: Any) -> None:
        update = answer["data"]["runUpdated"]
        run = update["run"]
        self.seen.append((update["sequence"], run["status"], run["progress"]["completed"]))
        self.partial += run["partialOutcomes"] is not None

    async def _websocket(self) -> None:
        url = f"ws://127.0.0.1:{self.port}/graphql"
        async with websockets.connect(url, subprotocols=[PROTOCOL]) as opened:
            payload = {"Authorization": f"Bearer {self.token}"}
            await opened.send(json.dumps({"type": "connection_init", "payload": payload}))
            assert json.loads(await opened.recv())["type"] == "connection_ack"
            self.connections += 1
            await opened.send(json.dumps({"type": "subscribe", "id": "1", "payload": self._operation}))
            async for message in opened:
                told = json.loads(message)
                if told["type"] == "complete":
                    return
                self._take(told["payload"])

    async def _events(self) -> None:
        headers = {"Authorization": f"Bearer {self.token}", "Accept": "text/event-stream"}
        async with (
            httpx.AsyncClient(base_url=f"http://127.0.0.1:{self.port}", timeout=60) as http,
            http.stream("POST", "/graphql", json=self._operation, headers=headers) as stream,
        ):
            self.connections += 1
            async for line in stream.aiter_lines():
                if line.startswith("data: {"):
                    self._take(json.loads(line[6:]))


@dataclass
class Counted:
    """What subscribers were told, beside what is stored of the run."""

    events: int = 0
    lost: int = 0
    doubled: int = 0
    wrong: int = 0
    """in another order, or other than stored"""


async def count(database: Database, organisation: UUID, run: UUID, subscribers: Sequence[Subscriber]) -> Counted:
    """From the first event that each saw to the end of the run."""
    async with database.tenant(organisation) as connection:
        rows = await connection.fetch(
            "SELECT sequence, status, completed FROM run_changes WHERE run_id = $1 ORDER BY sequence", run
        )
    stored = [(row["sequence"], row["status"], row["completed"]) for row in rows]
    counted = Counted()
    for one in subscribers:
        if one.run != global_id("Run", run):
            continue
        wanted = [event for event in stored if event[0] >= one.seen[0][0]]
        sequences = [sequence for sequence, _, _ in one.seen]
        counted.events += len(wanted)
        counted.lost += len({sequence for sequence, _, _ in wanted} - set(sequences))
        counted.doubled += len(sequences) - len(set(sequences))
        counted.wrong += one.seen != wanted
    return counted


async def kill_under(web: WebProcess, subscribers: Sequence[Subscriber], times: int) -> None:
    """Whenever all are there and have been told something since."""
    before = [0 for _ in subscribers]
    for _ in range(times):
        await until(have_more(subscribers, lambda one: one.connections, before), PATIENCE)
        await until(have_more(subscribers, lambda one: len(one.seen), [len(one.seen) for one in subscribers]), PATIENCE)
        before = [one.connections for one in subscribers]
        await web.kill()
        await web.start()


def have_more(
    subscribers: Sequence[Subscriber], counted: Callable[[Subscriber], int], before: Sequence[int]
) -> Callable[[], Awaitable[bool]]:
    async def all_have() -> bool:
        return all(one.has_ended or counted(one) > had for one, had in zip(subscribers, before, strict=True))

    return all_have
