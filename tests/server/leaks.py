"""What finds a leak between organisations: used where nothing must leak, and where a leak is planted."""

import asyncio
import re
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules
from uuid import UUID

import asyncpg
from graphql import GraphQLSchema

from server import store
from server.database.pool import Database
from server.graphql.paging import global_id, opaque, split_id
from server.store import claims
from server.store.claims import Claim
from server.store.outcomes import pack, store_outcomes
from server.store.runs import FailureCode, cancel_run, start_run
from server.store.scenarios import create_scenario
from tests.server.api import Client
from tests.server.probes import Probe

ENDS = 10.0
"""Seconds in which a watcher of something that is not there is told so."""


async def tried(client: Client, probe: Probe, text: str) -> str:
    """All of an answer but the tried text itself."""
    body = {"query": probe.operation, "variables": {"tried": text}}
    accept = "text/event-stream" if probe.kind == "subscription" else "application/json"
    async with asyncio.timeout(ENDS):
        answer = await client.post(body, Accept=accept)
    headers = {name: value for name, value in answer.headers.items() if name not in ("date", "x-request-id")}
    return f"{answer.status_code} {headers} {answer.text}".replace(text, "...")


ORDERED = ("runs.after", "scenarios.after")
"""Cursors that know the order of their list."""


def twin(key: UUID) -> UUID:
    """A key that was never given, next in order."""
    return UUID(int=key.int ^ 1)


def pair(probe: Probe, global_key: str) -> tuple[str, str]:
    """The text to try for something that is there, and its twin's for something that is not."""
    kind, key = split_id(global_key) or ("", UUID(int=0))
    if probe.is_cursor:
        inner = "CREATED_DESCENDING|{}|" if probe.place in ORDERED else "{}"
        return opaque(inner.format(key)), opaque(inner.format(twin(key)))
    return global_key, global_id(kind, twin(key))


async def difference(client: Client, probe: Probe, global_key: str) -> tuple[str, str] | None:
    """The two answers for an id that is there and one that is not, where they differ."""
    there, missing = [await tried(client, probe, text) for text in pair(probe, global_key)]
    return None if there == missing else (there, missing)


def connections(schema: GraphQLSchema) -> list[str]:
    """Root fields that are lists with a total."""
    assert schema.query_type is not None
    return [name for name, field in schema.query_type.fields.items() if "after" in field.args]


async def miscounted(client: Client, schema: GraphQLSchema) -> list[str]:
    """Lists whose total is not what can be read of them, page by page."""
    wrong = []
    for name in connections(schema):
        query = (
            f"query($after: String) {{ {name}(first: 2, after: $after)"
            " { totalCount nodes { __typename } pageInfo { hasNextPage endCursor } } }"
        )
        after, seen, more = None, 0, True
        while more:
            page = (await client.ask(query, after=after))[name]
            seen += len(page["nodes"])
            after, more = page["pageInfo"]["endCursor"], page["pageInfo"]["hasNextPage"]
        if page["totalCount"] != seen:
            wrong.append(f"{name}: {page['totalCount']} counted, {seen} seen")
    return wrong


async def left_behind(database: Database, organisation: UUID) -> str | None:
    """What a tenant's transaction leaves in its connection, asked before the pool has tidied that up."""
    async with database.tenant(organisation) as connection:
        await connection.execute("COMMIT")
        left = await connection.fetchval("SELECT current_setting('app.organisation_id', true)")
        await connection.execute("BEGIN")
    return left or None


def channels() -> set[str]:
    """Every channel that the store notifies, found by walking; a name in quotes would be missed, so there is none."""
    modules = [import_module(f"server.store.{found.name}") for found in iter_modules(store.__path__)]
    for path in Path(store.__path__[0]).glob("*.py"):
        assert not re.search(r"pg_notify\((?!\$1)|\bNOTIFY \w", path.read_text()), f"{path}: name the channel"
    return {value for module in modules for name, value in vars(module).items() if name.endswith("_CHANNEL")}


async def heard(database: Database, organisation: UUID) -> list[tuple[str, str]]:
    """Every notice of four runs that live through all that a run can: channel and payload."""
    notices: list[tuple[str, str]] = []
    listener = await asyncpg.connect(database.url)
    try:
        for channel in channels():
            await listener.add_listener(channel, lambda _, __, channel, payload: notices.append((channel, payload)))
        await _live(database, organisation)
        await listener.execute("SELECT 1")
    finally:
        await listener.close()
    return notices


async def _live(database: Database, organisation: UUID) -> None:
    """Runs that finish, fail, are given back and cancelled."""
    async with database.tenant(organisation) as connection:
        scenario = await create_scenario(connection, name="secret", document="{}", source="", digest="d")
        for _ in range(4):
            await start_run(
                connection, scenario_id=scenario.id, document="{}", digest="d", experiment={"replications": 1}
            )
    finished, failed, released, cancelled = [await _claim(database) for _ in range(4)]
    async with database.tenant(organisation) as connection:
        await claims.store_shard(connection, finished, 0, 1, b"")
        await claims.finish_run(connection, finished, 1)
        await store_outcomes(connection, finished.run_id, pack({}, [], b""))
        await claims.fail_run(connection, failed, FailureCode.SIMULATION_FAILED, "secret")
        await claims.release_run(connection, released)
        await cancel_run(connection, cancelled.run_id)


async def _claim(database: Database) -> Claim:
    async with database.queue() as connection:
        claim = await claims.claim_run(connection, 60.0, "test-1")
    assert claim is not None
    return claim


def more_than_ids(notices: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """Notices that tell more than which row to look at."""
    return [notice for notice in notices if not re.fullmatch(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", notice[1])]


async def rows_of(database: Database, organisation: UUID, tables: list[str]) -> dict[str, str]:
    """A digest of all that an organisation has, by table."""
    async with database.tenant(organisation) as connection:
        return {
            table: str(
                await connection.fetchval(
                    f"SELECT md5(string_agg(md5(each::text), '' ORDER BY md5(each::text))) FROM {table} AS each"
                )
            )
            for table in tables
        }
