"""Leaks planted in the running program, each found by what the tests of the program itself look with."""

import json
import re
from pathlib import Path
from urllib.parse import urlsplit
from uuid import UUID

import asyncpg
import pytest
from graphql import build_schema

import server
from server import graphql
from server.database import pool
from server.database.connecting import Connection
from server.database.errors import DatabaseUnpreparedError
from server.database.pool import Database
from server.graphql.context import Context
from server.graphql.schema import schema_text
from server.store.organisations import Role
from server.store.runs import CHANGED_CHANNEL, RunRow, get_run
from server.store.scenarios import ScenarioRow, get_scenario
from tests.server.api import Client, token_of
from tests.server.leaks import difference, heard, left_behind, miscounted, more_than_ids
from tests.server.probes import id_probes

SCHEMA = build_schema(schema_text())
PROBES = {probe.place: probe for probe in id_probes(SCHEMA)}


@pytest.fixture
async def other(client: Client, database: Database, stranger: UUID) -> Client:
    return client.as_stranger(stranger, await token_of(database, stranger))


async def test_a_login_that_keeps_its_own_role_is_refused(database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """As an owner's, or behind a pooler that drops what a connection starts with."""
    create_pool = asyncpg.create_pool

    def forgetful(*given: object, server_settings: dict[str, str], **more: object) -> object:
        return create_pool(*given, server_settings={"search_path": server_settings["search_path"]}, **more)

    monkeypatch.setattr(asyncpg, "create_pool", forgetful)
    with pytest.raises(DatabaseUnpreparedError, match="would see the rows of every organisation"):
        async with Database.open(database_url):
            pass


@pytest.mark.parametrize("power", ["SUPERUSER", "BYPASSRLS"])
async def test_an_app_role_past_row_security_is_refused(planting: Connection, power: str) -> None:
    await planting.execute("SET LOCAL ROLE springtide_app")
    await pool._refuse_privileged(planting)
    await planting.execute("RESET ROLE")
    await planting.execute(f"ALTER ROLE springtide_app {power}")
    await planting.execute("SET LOCAL ROLE springtide_app")
    with pytest.raises(DatabaseUnpreparedError, match="would see the rows of every organisation"):
        await pool._refuse_privileged(planting)


def acting_for_the_session(organisation_id: UUID) -> str:
    return f"SET app.organisation_id = '{organisation_id}'"


async def test_a_transaction_leaves_no_organisation_in_its_connection(database: Database, organisation: UUID) -> None:
    assert await left_behind(database, organisation) is None


async def test_a_setting_for_the_session_is_found(
    database: Database, organisation: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pool, "_acting_for", acting_for_the_session)
    assert await left_behind(database, organisation) == str(organisation)


async def test_the_pool_tidies_up_even_after_a_setting_for_the_session(
    database: Database, organisation: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A second wall, which a pooler between would not be."""
    monkeypatch.setattr(pool, "_acting_for", acting_for_the_session)
    for _ in range(6):
        async with database.tenant(organisation):
            pass
        async with database._transaction() as connection:
            assert not await connection.fetchval("SELECT current_setting('app.organisation_id', true)")


def test_resolvers_have_no_other_door_than_the_tenants() -> None:
    """Whatever looks at all organisations is a worker's, the command line's or sign-in's."""
    others = r"\.(queue|administration|bearer|person|_transaction|_pool)\(|act_for|\.connect\(|set_config|SET .*ROLE"
    for path in Path(graphql.__path__[0]).glob("*.py"):
        assert not re.findall(others, path.read_text()), path.name


def test_no_setting_outlives_its_transaction() -> None:
    lasting = r"set_config\((?!'app\.\w+', \$\d, true\))|\bSET (?!LOCAL )(SESSION|ROLE|app\.|search_path)"
    for path in Path(server.__path__[0]).rglob("*.py"):
        assert not re.findall(lasting, path.read_text()), path.name


async def test_an_id_looked_up_without_its_organisation_is_found(
    client: Client, other: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    foreign = await other.start_run()
    assert await difference(client, PROBES["node.id"], foreign) is None

    async def find_anywhere(context: Context, key: UUID) -> RunRow | None:
        async with context.doorkeeper.database.queue() as connection:
            found = await connection.fetchval("SELECT organisation_id FROM runs WHERE id = $1", key)
        if found is None:
            return None
        async with context.doorkeeper.database.tenant(found) as connection:
            return await get_run(connection, key)

    monkeypatch.setattr("server.graphql.runs.find", find_anywhere)
    for place in ("node.id", "run.id"):
        assert await difference(client, PROBES[place], foreign) is not None


async def test_a_refusal_that_tells_of_another_organisations_row_is_found(
    client: Client, other: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    foreign = await other.create_scenario()

    async def tell(connection: Connection, key: UUID) -> ScenarioRow | None:
        await connection.execute("SELECT set_config('app.organisation_id', $1, true)", str(other.organisation))
        if await get_scenario(connection, key):
            raise PermissionError("it belongs to another organisation")
        return None

    monkeypatch.setattr("server.store.scenarios.get_scenario", tell)
    for place in ("scenario.id", "startRun.input.scenarioId", "createScenario.input.source.scenarioId"):
        assert await difference(client, PROBES[place], foreign) is not None


async def test_a_total_over_all_organisations_is_found(
    client: Client, other: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    await client.start_run()
    await other.start_run()
    client.token = await token_of(client.database, client.organisation, Role.ADMIN)  # who may read every list
    assert await miscounted(client, SCHEMA) == []

    async def count_everywhere(connection: Connection, *_: object) -> int:
        await connection.execute("SET LOCAL ROLE springtide_worker")
        return int(await connection.fetchval("SELECT count(id) FROM runs"))

    monkeypatch.setattr("server.store.run_lists.count_runs", count_everywhere)
    assert await miscounted(client, SCHEMA) == ["runs: 2 counted, 1 seen"]


async def test_notices_carry_ids_only(database: Database, organisation: UUID) -> None:
    notices = await heard(database, organisation)
    assert len({payload for _, payload in notices}) == 4
    assert more_than_ids(notices) == []


async def test_a_notice_that_carries_more_is_found(
    database: Database, organisation: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def chatty(connection: Connection, run_id: UUID) -> None:
        told = json.dumps({"run": str(run_id), "by": "Harbour Retail"})
        await connection.execute("SELECT pg_notify($1, $2)", CHANGED_CHANNEL, told)

    monkeypatch.setattr("server.store.claims.tell_change", chatty)
    assert more_than_ids(await heard(database, organisation))


async def test_a_statement_of_the_owner_sees_no_row(database_url: str, client: Client) -> None:
    """Also the login of the program itself, which takes on the owner's role to migrate."""
    await client.create_scenario()
    connection = await asyncpg.connect(database_url)
    try:
        await connection.execute("SET ROLE springtide_owner")
        assert await connection.fetchval("SELECT count(*) FROM springtide.scenarios") == 0
        await connection.execute("RESET ROLE")
        if await connection.fetchval("SELECT rolsuper FROM pg_roles WHERE rolname = current_user"):
            pytest.skip(f"{urlsplit(database_url).username} is a superuser, which the catalogue's check tells")
        assert await connection.fetchval("SELECT count(*) FROM springtide.scenarios") == 0
    finally:
        await connection.close()
