"""Runs that are watched: read once in this process whenever they change, however many watch."""

import asyncio
from collections import deque
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from uuid import UUID

from server.database.notices import Notices
from server.database.pool import Database
from server.store.changes import AT_ONCE, get_figures, read_changes
from server.store.runs import CHANGED_CHANNEL, RunRow
from simulation.outcome.shards.figures_so_far import FiguresSoFar

LOOK_SECONDS = 15.0
"""How long to wait for a notice before looking by oneself."""


@dataclass(frozen=True)
class Change:
    """A run after a change, with the figures that were told with it."""

    run: RunRow
    figures: FiguresSoFar | None

    @property
    def sequence(self) -> int:
        return self.run.sequence


async def changes_after(database: Database, organisation_id: UUID, run_id: UUID, seen: int | None) -> list[Change]:
    """The next of them, if there are any; LookupError: there is no such run."""
    async with database.tenant(organisation_id) as connection:
        rows = await read_changes(connection, run_id, seen)
        if rows is None:
            raise LookupError(f"no run {run_id}")
        figures = await get_figures(connection, [(row.id, row.sequence) for row in rows])
    return [Change(row, read_figures(figures.get((row.id, row.sequence)))) for row in rows]


def read_figures(told: str | None) -> FiguresSoFar | None:
    return FiguresSoFar.from_json(told) if told else None


class WatchedRun:
    """The last changes of a run, kept while somebody watches it."""

    def __init__(self, database: Database, organisation_id: UUID, run_id: UUID) -> None:
        self._database, self._organisation_id, self._run_id = database, organisation_id, run_id
        self._last: deque[Change] = deque(maxlen=AT_ONCE)
        self._moved = asyncio.Event()
        self._failure: Exception | None = None
        self.reading: asyncio.Task[None] | None = None
        self.watchers = 0

    @property
    def has_failed(self) -> bool:
        return self._failure is not None

    async def keep_reading(self, notices: Notices) -> None:
        """Until it has ended, or cannot be read, which is everyone's to be told."""
        try:
            async with notices.bell(CHANGED_CHANNEL, str(self._run_id)) as bell:
                while not (self._last and self._last[-1].run.status.finished):
                    seen = self._last[-1].sequence if self._last else None
                    news = await changes_after(self._database, self._organisation_id, self._run_id, seen)
                    self._take(news)
                    if not news:
                        await bell.wait(LOOK_SECONDS)
        except Exception as failure:  # noqa: BLE001 - raised again in whoever watches
            self._failure = failure
            self._wake()

    async def stop(self) -> None:
        if self.reading:
            self.reading.cancel()
            await asyncio.gather(self.reading, return_exceptions=True)

    def _take(self, news: list[Change]) -> None:
        self._last.extend(news)
        if news:
            self._wake()

    def _wake(self) -> None:
        moved, self._moved = self._moved, asyncio.Event()
        moved.set()

    async def follow(self, seen: int | None) -> AsyncGenerator[Change, None]:
        """The run as it is, or what came after the change that was seen; then every change, until it has ended."""
        while True:
            # whoever reads for themselves below may be ahead of what is kept here
            while not self._last or (seen is not None and seen >= self._last[-1].sequence):
                if self._last and self._last[-1].run.status.finished:
                    return
                if self._failure:
                    raise self._failure
                await self._moved.wait()
            for change in await self._next(seen):
                yield change
                seen = change.sequence

    async def _next(self, seen: int | None) -> list[Change]:
        """What is not seen and is kept here, or stored: whoever was away for long has more to read than is kept."""
        if seen is None:
            return [self._last[-1]]
        if seen < self._last[0].sequence - 1:
            return await changes_after(self._database, self._organisation_id, self._run_id, seen)
        return [change for change in self._last if change.sequence > seen]


class Watched:
    """The watched runs of this process, by organisation and run."""

    def __init__(self) -> None:
        self._runs: dict[tuple[UUID, UUID], WatchedRun] = {}

    @asynccontextmanager
    async def run(
        self, database: Database, notices: Notices, organisation_id: UUID, run_id: UUID
    ) -> AsyncIterator[WatchedRun]:
        """Shared with all others in this process who watch it; let go of when the last of them leaves."""
        key = organisation_id, run_id
        watched = self._runs.get(key)
        if watched is None or watched.has_failed:
            watched = self._runs[key] = WatchedRun(database, *key)
            watched.reading = asyncio.create_task(watched.keep_reading(notices))
        watched.watchers += 1
        try:
            yield watched
        finally:
            watched.watchers -= 1
            if not watched.watchers:
                if self._runs.get(key) is watched:
                    del self._runs[key]
                await watched.stop()
