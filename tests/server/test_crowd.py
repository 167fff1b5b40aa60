"""Nobody sees another's rows, however many read at once and whatever happens to their connections."""

from collections.abc import AsyncIterator

import asyncpg
import pytest

from server.database import pool
from server.database.pool import Database
from tests.server.crowd import CONNECTIONS, Member, crowd, read_in_a_storm


@pytest.fixture
async def shared(database_url: str) -> AsyncIterator[Database]:
    async with Database.open(database_url, connections=CONNECTIONS) as database:
        yield database


@pytest.fixture
async def members(shared: Database) -> AsyncIterator[list[Member]]:
    async with crowd(shared) as joined:
        yield joined


async def test_what_a_member_reads_in_quiet_is_its_own(members: list[Member]) -> None:
    """So that the same bytes in the storm are neither nothing nor another's."""
    for member in members:
        assert not [name for name, answer in member.answers.items() if member.foreign.search(answer)]
        silent = {name for name, answer in member.answers.items() if not any(text in answer for text in member.own)}
        assert silent == {"nobody"}
        assert member.answers["nobody"] == "[Page(rows=[], more=False, keys=[]), None, 0]"


@pytest.mark.slow
async def test_no_foreign_row_in_two_thousand_reads(shared: Database, members: list[Member]) -> None:
    seen = await read_in_a_storm(shared, members, store_reads=1_500, api_reads=500, seed=7)
    assert (seen.foreign, seen.wrong) == ([], [])
    assert {"aborted", "cancelled", "died", "failed reads", "timed out"} <= seen.disturbances.keys()


@pytest.mark.slow
async def test_a_setting_for_the_session_is_found_by_the_crowd(
    shared: Database, members: list[Member], monkeypatch: pytest.MonkeyPatch
) -> None:
    """On a pool that does not tidy up, as one beyond a transaction pooler."""
    monkeypatch.setattr(pool, "_acting_for", lambda organisation_id: f"SET app.organisation_id = '{organisation_id}'")
    monkeypatch.setattr(asyncpg.Connection, "get_reset_query", lambda connection: "")
    seen = await read_in_a_storm(shared, members, store_reads=750, api_reads=250, seed=7)
    assert len(seen.foreign) > 20


@pytest.mark.bar
async def test_no_foreign_row_in_a_hundred_thousand_reads(
    shared: Database, members: list[Member], capsys: pytest.CaptureFixture[str]
) -> None:
    seen = await read_in_a_storm(shared, members, store_reads=80_000, api_reads=20_000, seed=11)
    with capsys.disabled():
        print(f"\n{seen}")
    assert seen.reads.total() >= 100_000
    assert (seen.foreign, seen.wrong) == ([], [])
