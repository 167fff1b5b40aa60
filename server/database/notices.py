"""Notices from the database: they wake whoever waits, and carry ids only. What changed is read, not told."""

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

from server.database.connecting import LOST, Connection, connect
from server.database.errors import DatabaseError

RECONNECT_SECONDS = 1.0
ALIVE_SECONDS = 30.0


class Bell:
    """Rings when something may have changed."""

    def __init__(self) -> None:
        self._rung = asyncio.Event()

    def ring(self) -> None:
        self._rung.set()

    async def wait(self, seconds: float) -> None:
        """Return at the first ring since the last wait, or after so many seconds."""
        with suppress(TimeoutError):
            await asyncio.wait_for(self._rung.wait(), seconds)
        self._rung.clear()


class Notices:
    """Listens on a connection of its own; after it was lost every bell rings, since something may have been missed."""

    def __init__(self) -> None:
        self._bells: dict[tuple[str, str], set[Bell]] = defaultdict(set)

    @classmethod
    @asynccontextmanager
    async def open(cls, url: str, *channels: str) -> "AsyncIterator[Notices]":
        notices = cls()
        listening = asyncio.create_task(notices._listen(url, channels))
        try:
            yield notices
        finally:
            listening.cancel()
            with suppress(asyncio.CancelledError):
                await listening

    @asynccontextmanager
    async def bell(self, channel: str, payload: str = "") -> AsyncIterator[Bell]:
        """A bell for the notices of a channel: those with one payload, or all."""
        bell, key = Bell(), (channel, payload)
        self._bells[key].add(bell)
        try:
            yield bell
        finally:
            self._bells[key].discard(bell)
            if not self._bells[key]:
                del self._bells[key]

    def _heard(self, _connection: object, _process: int, channel: str, payload: str) -> None:
        for key in {(channel, payload), (channel, "")}:
            for bell in self._bells.get(key, ()):
                bell.ring()

    async def _listen(self, url: str, channels: tuple[str, ...]) -> None:
        while True:
            with suppress(DatabaseError, *LOST):
                connection = await connect(url)
                try:
                    await self._listen_on(connection, channels)
                finally:
                    connection.terminate()
            await asyncio.sleep(RECONNECT_SECONDS)

    async def _listen_on(self, connection: Connection, channels: tuple[str, ...]) -> None:
        for channel in channels:
            await connection.add_listener(channel, self._heard)
        self._ring_all()
        while True:  # a dead network says nothing by itself
            await asyncio.sleep(ALIVE_SECONDS)
            await connection.execute("SELECT 1", timeout=ALIVE_SECONDS)

    def _ring_all(self) -> None:
        for bells in self._bells.values():
            for bell in bells:
                bell.ring()
