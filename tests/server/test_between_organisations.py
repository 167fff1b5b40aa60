"""What a client and a vendor cause is told to nobody but themselves: notices, watchers, metrics."""

import asyncio
import re
from uuid import UUID

import pytest

from server.database.notices import Notices
from server.database.pool import Database
from server.graphql.paging import key_of
from server.store.claims import claim_run
from server.store.organisations import OrganisationKind, create_organisation
from server.store.runs import CHANGED_CHANNEL
from tests.server.api import Client
from tests.server.leaks import channels, heard
from tests.server.served import Served


@pytest.fixture
async def vendor(database: Database) -> UUID:
    async with database.administration() as connection:
        return (await create_organisation(connection, name="Care Partners", kind=OrganisationKind.VENDOR)).id


async def running(client: Client) -> str:
    """A run that a worker has claimed."""
    run = await client.start_run(replications=5)
    async with client.database.queue() as connection:
        assert await claim_run(connection, 60.0, "test-1") is not None
    return run


async def test_no_bell_of_one_organisation_rings_for_another(client: Client, database: Database, vendor: UUID) -> None:
    run = await running(client)
    async with (
        Notices.open(database.url, *channels()) as notices,
        notices.bell(CHANGED_CHANNEL, str(key_of(run, "Run"))) as own,
        notices.bell(CHANGED_CHANNEL) as every,
    ):
        await own.wait(10)  # all bells ring as listening begins
        every._rung.clear()
        notices_of_vendor = await heard(database, vendor)
        await every.wait(10)
        assert len(notices_of_vendor) > 10
        assert not own._rung.is_set()
        await client.ask("CancelRun", run=run)
        async with asyncio.timeout(10):
            await own._rung.wait()


async def test_a_watcher_is_told_nothing_that_another_organisation_causes(
    served: Served,
    vendor: UUID,
) -> None:
    run = await running(served.client)
    async with served.watching(run) as watching:
        assert await watching.next() == (2, "RUNNING", 0)
        await heard(served.database, vendor)
        await served.client.ask("CancelRun", run=run)
        assert await watching.next() == (3, "CANCELLED", 0)
        assert await watching.ends()


async def test_metrics_are_totals_that_name_nobody(client: Client, database: Database, vendor: UUID) -> None:
    runs = [await running(client), await client.start_run()]
    await client.answer("{ node(id: $id) { id } }", id=runs[0])
    await client.http.get(f"/{runs[0]}")
    text = (await client.http.get("/metrics")).text
    for name in ("Harbour Retail", "Care Partners", str(client.organisation), str(vendor), str(client.token), *runs):
        assert name not in text
    assert not re.search(r"[0-9a-f]{8}-[0-9a-f]{4}-", text)
    assert re.search(r'springtide_runs_unfinished\{status="RUNNING"\} 1', text)
