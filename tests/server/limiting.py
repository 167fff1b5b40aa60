"""Limits set for tests, and figures read of them."""

from typing import Any
from uuid import UUID

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
