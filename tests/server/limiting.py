"""Limits set for tests, and figures read of them."""

from typing import Any
from uuid import UUID

import asyncpg

from server.database.pool import Database
from server.store.limits import LimitName, set_limit
from tests.server.api import Client

LIMITS = "{ organisation { limits { name used most left freesAt frees } } }"


async def limit(database: Database, organisation: UUID, name: LimitName, most: int | None) -> None:
    async with database.administration() as connection:
        await set_limit(connection, organisation, name, most)


async def standing(client: Client, name: LimitName) -> dict[str, Any]:
    """How the organisation stands with a limit, as a frontend sees it."""
    found = (await client.ask(LIMITS))["organisation"]["limits"]
    return dict(next(each for each in found if each["name"] == name))


async def analyse(url: str, *tables: str) -> None:
    """As the database's own housekeeping does after a while."""
    connection = await asyncpg.connect(url)
    try:
        await connection.execute("SET ROLE springtide_owner")
        for table in tables:
            await connection.execute(f"VACUUM (ANALYZE) springtide.{table}")
    finally:
        await connection.close()
