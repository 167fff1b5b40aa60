"""A network that swallows everything and closes nothing."""

import asyncio
from functools import partial
from urllib.parse import parse_qs, urlsplit, urlunsplit
from uuid import UUID

import pytest

from server.database.pool import Database
from tests.server.faults.network import Connect, network_to


def way_to(url: str) -> Connect:
    """To the server of an address, which may be a socket in a folder."""
    parts = urlsplit(url)
    if parts.hostname:
        return partial(asyncio.open_connection, parts.hostname, parts.port or 5432)
    return partial(asyncio.open_unix_connection, parse_qs(parts.query)["host"][0] + "/.s.PGSQL.5432")


def by_port(url: str, port: int) -> str:
    parts = urlsplit(url)
    login = parts.netloc.rpartition("@")[0]
    return urlunsplit(parts._replace(netloc=f"{login}@127.0.0.1:{port}", query=""))


async def test_who_gives_a_transaction_up_does_not_wait_for_a_silent_network(
    database_url: str, organisation: UUID
) -> None:
    async with (
        network_to(way_to(database_url)) as network,
        Database.open(by_port(database_url, network.port), connections=2) as database,
    ):

        async def ask() -> object:
            async with database.tenant(organisation) as connection:
                return await connection.fetchval("SELECT count(*) FROM runs")

        assert await ask() == 0
        network.swallow()
        asking = asyncio.create_task(ask())
        await asyncio.sleep(0.1)
        asking.cancel()
        await asyncio.wait([asking], timeout=20)
        given_up = asking.done()
        network.forward()
        assert given_up
        with pytest.raises(asyncio.CancelledError):
            await asking
        assert await ask() == 0
