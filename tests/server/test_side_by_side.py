"""Programs of two versions on one database: each carries on its own runs, and the older one on the newer schema."""

import asyncio
import json
import logging
from pathlib import Path
from uuid import UUID

import asyncpg
import pytest

from server.database.connecting import SCHEMA
from server.database.migrate import migrations
from server.database.notices import Notices
from server.database.pool import APP_ROLE, Database
from server.store import claims
from server.store.outcomes import get_head
from server.store.runs import CHANGED_CHANNEL, RunStatus
from tests.server.engines import document, simulated
from tests.server.previous.recording import ENGINE, RECORDED, read
from tests.server.working import finished_run, queue_run, read_run, shards_stored, working


@pytest.fixture
def brief(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody waits a minute for a test."""
    monkeypatch.setattr(claims, "OTHER_ENGINE_SECONDS", 0.4)


async def begun(database: Database, organisation: UUID, log: Path, *, shards: int, engine: str) -> UUID:
    """A run that a worker of another engine has given back, with so many shards of its own."""
    run_id = await queue_run(database, organisation, document(log, shards=3, seconds=0.3))
    async with database.queue() as connection:
        claim = await claims.claim_run(connection, 30, engine)
    assert claim is not None
    async with database.tenant(organisation) as connection:
        await claims.begin_run(connection, claim, engine)
        for number in range(shards):
            await claims.store_shard(connection, claim, number, 1, b"of another engine")
        await claims.release_run(connection, claim)
    return run_id


async def claimed(database: Database, engine: str) -> UUID | None:
    async with database.queue() as connection:
        claim = await claims.claim_run(connection, 30, engine)
    return claim.run_id if claim else None


async def test_a_run_that_was_begun_is_left_to_its_own_engine(
    database: Database, organisation: UUID, log: Path
) -> None:
    older = await begun(database, organisation, log, shards=1, engine="test-0")
    newer = await queue_run(database, organisation, document(log))
    assert await claimed(database, "test-1") == newer
    assert await claimed(database, "test-1") is None
    assert await claimed(database, "test-0") == older


async def test_a_run_of_which_nothing_is_stored_is_anyones(database: Database, organisation: UUID, log: Path) -> None:
    run_id = await begun(database, organisation, log, shards=0, engine="test-0")
    assert await claimed(database, "test-1") == run_id


async def test_a_run_whose_engine_has_no_worker_left_is_begun_anew_after_a_while(
    database: Database, organisation: UUID, log: Path, brief: None, caplog: pytest.LogCaptureFixture
) -> None:
    run_id = await begun(database, organisation, log, shards=2, engine="test-0")
    before = await read_run(database, organisation, run_id)
    assert (before.engine_version, before.completed) == ("test-0", 2)
    seen = []
    async with Notices.open(database.url, CHANGED_CHANNEL) as notices, notices.bell(CHANGED_CHANNEL) as bell:
        with caplog.at_level(logging.INFO, "server.workers.worker"):
            async with working(database):
                while not (run := await read_run(database, organisation, run_id)).status.finished:
                    seen.append((run.sequence, run.engine_version, run.completed))
                    await bell.wait(5)
    assert (run.status, run.engine_version) == (RunStatus.SUCCEEDED, "test-1")
    assert sorted(simulated(log)) == [0, 1, 2]
    assert f"run {run_id}: begun by engine test-0, begun anew by test-1" in caplog.text
    versions = {sequence: (version, completed) for sequence, version, completed in seen}
    assert [sequence for sequence, _, _ in seen] == sorted(sequence for sequence, _, _ in seen)
    assert ("test-0", 2) in versions.values()
    assert ("test-1", 0) in versions.values()


async def test_an_older_programs_released_run_is_not_stuck(
    database: Database, organisation: UUID, log: Path, brief: None
) -> None:
    run_id = await begun(database, organisation, log, shards=1, engine="test-0")
    async with database.tenant(organisation) as connection:
        await connection.execute("UPDATE runs SET lease_until = NULL")  # as 0.1.0 gave runs back
    await asyncio.sleep(0.5)
    assert await claimed(database, "test-1") == run_id


async def test_shards_of_another_engine_are_never_mixed_with_ones_own(
    database: Database, organisation: UUID, log: Path, brief: None
) -> None:
    run_id = await begun(database, organisation, log, shards=2, engine="test-0")
    async with working(database):
        await finished_run(database, organisation, run_id)
    async with database.tenant(organisation) as connection:
        assert await get_head(connection, run_id) == {"numbers": [0, 1, 2]}
    assert await shards_stored(database, organisation, run_id) == []


async def test_what_the_previous_program_says_works_on_the_new_schema(database_url: str) -> None:
    schema, *said = json.loads(RECORDED.read_text())
    assert schema["schema"] < migrations()[-1].number
    settings = {"role": APP_ROLE, "search_path": SCHEMA}
    connection = await asyncpg.connect(database_url, server_settings=settings)
    try:
        for one in said:
            if one.get("many"):
                await connection.executemany(one["query"], [tuple(read(row)) for row in one["with"]])
            elif one["with"]:
                await connection.fetch(one["query"], *read(one["with"]))
            else:
                await connection.execute(one["query"])
        # its last transaction read what had become of its runs; look at them as nobody's row security would let us
        await connection.execute("SET app.organisation_id = '" + organisation_of(said) + "'")
        rows = await connection.fetch("SELECT status, engine_version FROM runs ORDER BY id")
        assert [tuple(row) for row in rows] == [("SUCCEEDED", ENGINE), ("FAILED", ENGINE), ("CANCELLED", None)]
        assert await connection.fetchval("SELECT count(*) FROM outcome_columns") == 1
    finally:
        await connection.close()


def organisation_of(said: list[dict[str, object]]) -> str:
    (made,) = [one["with"] for one in said if str(one["query"]).startswith("INSERT INTO organisations")]
    assert isinstance(made, list)
    return str(made[0]["uuid"])
