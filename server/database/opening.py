"""The database that the settings name: the one at DATABASE_URL, or the embedded one in the data folder."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from server.database.cluster import LOGIN
from server.database.embedded import EmbeddedPostgres
from server.database.migrate import migrate
from server.database.pool import Database
from server.settings import Settings


@asynccontextmanager
async def database_url(settings: Settings, *, login: str = LOGIN) -> AsyncIterator[str]:
    """The address, for as long as the context lasts: leaving it may stop the embedded server, whose login is named."""
    if settings.database_url:
        yield settings.database_url
        return
    embedded = await asyncio.to_thread(EmbeddedPostgres.open, settings.data_dir)
    try:
        yield embedded.url(login=login)
    finally:
        await asyncio.to_thread(embedded.close)


@asynccontextmanager
async def open_database(
    settings: Settings, *, migrating: bool = False, connections: int = 10
) -> AsyncIterator[Database]:
    """A pool on the database, brought to this program's schema first if so asked. Raises DatabaseError."""
    async with database_url(settings) as url:
        if migrating:
            await migrate(url)
        async with Database.open(url, connections=connections) as database:
            yield database
