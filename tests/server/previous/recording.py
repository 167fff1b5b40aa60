"""What the program of a release says to the database in the life of some runs, so that a later schema can be asked it.

`python -m tests.server.previous.recording` writes it anew. Run it at a release that has migrated the schema, and never
to make a test pass: a statement that fails on the new schema is one that workers and web processes still send.
"""

import asyncio
import json
import tempfile
from pathlib import Path
from typing import Any
from uuid import UUID

from server.database.embedded import EmbeddedPostgres
from server.database.migrate import migrate, migrations
from server.database.pool import Database
from server.store import claims, organisations, outcomes, run_lists, runs, scenarios
from server.store.claims import Claim
from server.store.organisations import OrganisationKind, Role
from server.store.outcomes import ColumnKey

RECORDED = Path(__file__).with_name("statements.json")
COLUMN = ("QUEUE", "orders", "DAY", "offered", "MEAN")
ENGINE = "0.1.0"


async def live(database: Database) -> None:
    """One run is given back and then finished, one fails, one is cancelled; all of it is read."""
    async with database.administration() as connection:
        organisation = await organisations.create_organisation(
            connection, name="Recorded", kind=OrganisationKind.CLIENT
        )
    async with database.tenant(organisation.id) as connection:
        text, _ = await organisations.create_token(connection, role=Role.PLANNER)
    async with database.bearer(organisations.token_hash(text)) as connection:
        bearer = await organisations.bearers_token(connection)
    assert bearer is not None
    async with database.tenant(organisation.id) as connection:
        await organisations.note_use(connection, bearer.id)
        await organisations.own_organisation(connection)
    ids = [await _start(database, organisation.id, key) for key in ("first", "first", "second", "third")]
    assert ids[0] == ids[1]
    await _finish(database, ids[0])
    await _fail(database)
    async with database.tenant(organisation.id) as connection:
        await runs.cancel_run(connection, ids[3])
    async with database.queue() as connection:
        await runs.waiting(connection)
    async with database.tenant(organisation.id) as connection:
        await _read(connection, ids)


async def _start(database: Database, organisation: UUID, key: str) -> UUID:
    async with database.tenant(organisation) as connection:
        scenario = await scenarios.create_scenario(connection, name="shop", document="{}", source="{}", digest="d")
        experiment = {"replications": 2, "seed": 1}
        run = await runs.start_run(
            connection, scenario_id=scenario.id, document="{}", digest="d", experiment=experiment, idempotency_key=key
        )
    return run.id


async def _claim(database: Database) -> Claim:
    async with database.queue() as connection:
        claim = await claims.claim_run(connection, 60.0, ENGINE)
    assert claim is not None
    async with database.tenant(claim.organisation_id) as connection:
        await claims.begin_run(connection, claim, ENGINE)
        await claims.renew_lease(connection, claim, 60.0)
    return claim


async def _finish(database: Database, run_id: UUID) -> None:
    claim = await _claim(database)
    async with database.tenant(claim.organisation_id) as connection:
        await claims.store_shard(connection, claim, 0, 1, b"shard")
        await claims.release_run(connection, claim)
    claim = await _claim(database)
    assert claim.run_id == run_id
    async with database.tenant(claim.organisation_id) as connection:
        await claims.finish_run(connection, claim, 2)
        packed = outcomes.pack({"engine": ENGINE}, [(*COLUMN, b"\0" * 8)], b"counters")
        await outcomes.store_outcomes(connection, claim.run_id, packed)
    async with database.tenant(claim.organisation_id) as connection:
        await claims.has_finished(connection, claim)


async def _fail(database: Database) -> None:
    claim = await _claim(database)
    async with database.tenant(claim.organisation_id) as connection:
        await claims.fail_run(connection, claim, runs.FailureCode.SIMULATION_FAILED, "it cannot be")


async def _read(connection: Any, ids: list[UUID]) -> None:
    run = await runs.get_run(connection, ids[0])
    assert run is not None
    await runs.find_run(connection, "first")
    await runs.get_runs(connection, ids)
    await run_lists.list_runs(connection, first=10)
    await run_lists.count_runs(connection)
    await scenarios.get_scenario(connection, run.scenario_id)
    await scenarios.list_scenarios(connection, first=10)
    assert await outcomes.get_head(connection, ids[0]) == {"engine": ENGINE}
    assert await outcomes.get_columns(connection, ids[0]) == [(*COLUMN, b"\0" * 8)]
    await outcomes.pick_columns(connection, [ColumnKey(ids[0], *COLUMN)])
    await outcomes.get_counters(connection, ids[0])


async def record(url: str) -> list[dict[str, Any]]:
    said: list[dict[str, Any]] = []
    async with Database.open(url, connections=1) as database:
        async with database._pool.acquire() as connection:
            connection._con.add_query_logger(lambda one: said.append(statement(one.query, one.args)))
        await live(database)
    return said


def statement(query: str, arguments: Any) -> dict[str, Any]:
    many = {"many": True} if isinstance(arguments, list) else {}  # of executemany: a list of rows
    return {"query": query, "with": told(arguments), **many}


def told(value: Any) -> Any:
    match value:
        case UUID():
            return {"uuid": str(value)}
        case bytes():
            return {"bytes": value.hex()}
        case list() | tuple():
            return [told(item) for item in value]
    return value


def read(value: Any) -> Any:
    match value:
        case {"uuid": text}:
            return UUID(text)
        case {"bytes": text}:
            return bytes.fromhex(text)
        case list():
            return [read(item) for item in value]
    return value


async def _write(folder: Path) -> None:
    server = await asyncio.to_thread(EmbeddedPostgres.open, folder)
    try:
        await migrate(server.url())
        said = await record(server.url())
    finally:
        await asyncio.to_thread(server.close)
    RECORDED.write_text(lines({"schema": migrations()[-1].number}, said))


def lines(schema: dict[str, Any], said: list[dict[str, Any]]) -> str:
    """JSON, a line a statement."""
    return "[\n" + ",\n".join(json.dumps(each) for each in (schema, *said)) + "\n]\n"


if __name__ == "__main__":
    with tempfile.TemporaryDirectory(prefix="springtide-", dir="/tmp", ignore_cleanup_errors=True) as made:
        asyncio.run(_write(Path(made)))
