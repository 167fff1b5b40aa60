"""Logins that read by SQL: each sees its organisation's outcomes in the views, whatever it sets, and nothing else."""

import asyncio
import base64
import hmac
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from urllib.parse import urlsplit
from uuid import UUID

import asyncpg
import pytest

from server.cli.readers import reader_create, reader_list, reader_remove
from server.database.pool import Database
from server.database.reader_logins import verifier
from server.graphql.paging import key_of
from server.operators import AdministrationError, delete_organisation
from server.readers import create_reader, list_readers, remove_reader
from server.settings import Settings
from server.store.organisations import Role
from simulation.outcome.counting.measure import Resolution
from tests.server.api import Client, shop_result, token_of
from tests.server.conftest import run_sql

VIEWS = ("outcome_runs", "queue_outcomes", "team_outcomes")


def settings_of(database: Database) -> Settings:
    return Settings(database_url=database.url, data_dir=Path("/nowhere"))


@asynccontextmanager
async def signed_in(database: Database, login: str, password: str) -> AsyncIterator[asyncpg.Connection]:
    """As a program of reports does: over the same way as everybody, with nothing but its login."""
    at = urlsplit(database.url)
    whole = at._replace(netloc=f"{login}:{password}@{at.netloc.rpartition('@')[2]}").geturl()
    connection = await asyncpg.connect(whole)
    try:
        yield connection
    finally:
        await connection.close()


@pytest.fixture
async def reader(database: Database, organisation: UUID) -> AsyncIterator[tuple[str, str]]:
    async with database.tenant(organisation) as connection:
        name = await connection.fetchval("SELECT name FROM organisations")
    made = await create_reader(settings_of(database), name)
    yield made
    known = [each.login for each in await list_readers(settings_of(database))]
    for login in known:
        await remove_reader(settings_of(database), login)


async def test_a_reader_sees_every_figure_of_its_organisations_runs(
    client: Client, database: Database, reader: tuple[str, str]
) -> None:
    run = key_of(await client.finished_run(), "Run")
    async with signed_in(database, *reader) as connection:
        (told,) = await connection.fetch("SELECT * FROM springtide.outcome_runs")
        assert (told["run_id"], told["scenario"], told["replications"]) == (run, "Shop", 5)
        for kind, entities in (("queue", shop_result().queues), ("team", shop_result().teams)):
            count = 0
            for entity in entities:
                for resolution in (Resolution.DAY, Resolution.WEEK, Resolution.MONTH):
                    for measure, column in entity.columns[resolution].items():
                        rows = await connection.fetch(
                            f"SELECT * FROM springtide.{kind}_outcomes WHERE run_id = $1 AND {kind} = $2"
                            " AND resolution = $3 AND measure = $4 ORDER BY start",
                            run, entity.id, resolution.value, measure,
                        )  # fmt: skip
                        count += len(rows)
                        assert [row["start"].timestamp() for row in rows] == shop_result().starts[resolution].tolist()
                        for name, values in column.statistics().items():
                            wanted = [None if value != value else value for value in values.tolist()]
                            assert [row[name.value] for row in rows] == wanted
                for measure, total in entity.totals.items():
                    row = await connection.fetchrow(
                        f"SELECT * FROM springtide.{kind}_outcomes WHERE {kind} = $1 AND resolution = 'total'"
                        " AND measure = $2",
                        entity.id, measure,
                    )  # fmt: skip
                    count += 1
                    assert (row["mean"], row["p95"]) == (total.mean, total.quantile(0.95))
            assert await connection.fetchval(f"SELECT count(*) FROM springtide.{kind}_outcomes") == count


async def test_no_setting_and_no_role_shows_a_reader_another_organisation(
    client: Client, database: Database, stranger: UUID, reader: tuple[str, str]
) -> None:
    other = client.as_stranger(stranger, await token_of(database, stranger, Role.PLANNER))
    await other.finished_run()
    async with signed_in(database, *reader) as connection:

        async def seen() -> set[int]:
            return {await connection.fetchval(f"SELECT count(*) FROM springtide.{view}") for view in VIEWS}

        assert await seen() == {0}
        await connection.execute("SELECT set_config('app.organisation_id', $1, false)", str(stranger))
        assert await seen() == {0}
        await connection.execute("SET ROLE springtide_reader")
        assert await seen() == {0}
        for role in ("springtide_app", "springtide_owner", "springtide_admin", "springtide_worker"):
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                await connection.execute(f"SET ROLE {role}")
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await connection.execute("SET SESSION AUTHORIZATION springtide")
        await connection.execute("RESET ROLE; SET row_security = off")
        with pytest.raises(asyncpg.InsufficientPrivilegeError):  # it fails instead of looking past
            await seen()


async def test_a_reader_reads_nothing_besides_and_writes_nothing(
    client: Client, database: Database, reader: tuple[str, str]
) -> None:
    await client.finished_run()
    async with signed_in(database, *reader) as connection:
        await connection.execute("SET default_transaction_read_only = off")
        tables = await connection.fetch(
            "SELECT relname FROM pg_class WHERE relnamespace = 'springtide'::regnamespace AND relkind = 'r'"
        )
        open_to_it = {"readers", "period_figures"}
        for table in {row["relname"] for row in tables} - open_to_it:
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                await connection.fetch(f"SELECT * FROM springtide.{table}")
        for column in ("document", "idempotency_key", "failure_message"):
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                await connection.fetch(f"SELECT {column} FROM springtide.runs")
        for statement in (
            "DELETE FROM springtide.period_figures",
            "INSERT INTO springtide.readers SELECT organisation_id, 'x' FROM springtide.readers",
            "UPDATE springtide.readers SET login = 'x'",
            "CREATE TABLE springtide.mine (a int)",
        ):
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                await connection.execute(statement)
        assert [row["login"] for row in await connection.fetch("SELECT login FROM springtide.readers")] == [reader[0]]


async def test_what_a_reader_has_open_ends_when_it_is_removed_whatever_it_has_made(
    client: Client, database: Database, reader: tuple[str, str]
) -> None:
    await client.finished_run()
    async with signed_in(database, *reader) as connection:
        await connection.execute("BEGIN ISOLATION LEVEL REPEATABLE READ, READ WRITE")
        assert await connection.fetchval("SELECT count(*) FROM springtide.outcome_runs") == 1
        await connection.execute("CREATE TEMPORARY TABLE mine (a int)")
        async with signed_in(database, *reader) as another:
            await another.execute("SET default_transaction_read_only = off")
            await another.fetchval("SELECT lo_create(0)")  # stays when its session ends
        await remove_reader(settings_of(database), reader[0])
        assert connection.is_closed()
    assert await list_readers(settings_of(database)) == []
    with pytest.raises(asyncpg.InvalidAuthorizationSpecificationError):
        async with signed_in(database, *reader):
            pass
    with pytest.raises(AdministrationError, match="there is no reader"):
        await remove_reader(settings_of(database), reader[0])


async def test_readers_go_with_their_organisation(client: Client, database: Database, reader: tuple[str, str]) -> None:
    async with database.tenant(client.organisation) as connection:
        name = await connection.fetchval("SELECT name FROM organisations")
    await delete_organisation(settings_of(database), name)
    with pytest.raises(asyncpg.InvalidAuthorizationSpecificationError):
        async with signed_in(database, *reader):
            pass


async def test_a_reader_is_no_gap_and_one_with_more_than_that_is(database: Database, reader: tuple[str, str]) -> None:
    assert await database.gaps() == []
    await run_sql(database.url, f"GRANT springtide_app TO {reader[0]}")
    (gap,) = await database.gaps()
    assert str(gap).startswith(f"login {reader[0]}: reads by springtide_reader and is a member of springtide_app")
    await run_sql(database.url, f"REVOKE springtide_app FROM {reader[0]}")


async def test_making_and_removing_a_reader_stands_in_the_audit_log(
    database: Database, organisation: UUID, reader: tuple[str, str]
) -> None:
    await remove_reader(settings_of(database), reader[0])
    async with database.tenant(organisation) as connection:
        rows = await connection.fetch(
            "SELECT action, facts::text FROM audit_log WHERE action LIKE '%READER' ORDER BY id"
        )
    assert [row["action"] for row in rows] == ["CREATE_READER", "REMOVE_READER"]
    assert reader[0] in rows[0]["facts"]
    assert reader[1] not in rows[0]["facts"]


def test_a_password_is_kept_as_postgresql_keeps_it() -> None:
    """The salt, password and iterations of RFC 7677's example; its server signature follows from the server key."""
    salt = base64.b64decode("W22ZaJ0SNY7soEsUEjb6gQ==")
    told = verifier("pencil", salt)
    assert told.startswith("SCRAM-SHA-256$4096:W22ZaJ0SNY7soEsUEjb6gQ==$")
    message = (
        b"n=user,r=rOprNGfwEbeRWgbNEkqO,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,"
        b"s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096,c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0"
    )
    signature = hmac.digest(base64.b64decode(told.rpartition(":")[2]), message, "sha256")
    assert base64.b64encode(signature) == b"6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4="


async def test_readers_are_made_listed_and_removed_at_the_command_line(
    database: Database, organisation: UUID, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert organisation
    monkeypatch.setenv("DATABASE_URL", database.url)
    await asyncio.to_thread(reader_create, "Harbour Retail")
    login, password = capsys.readouterr().out.split()
    async with signed_in(database, login, password) as connection:
        assert await connection.fetchval("SELECT count(*) FROM springtide.queue_outcomes") == 0
    await asyncio.to_thread(reader_list)
    listed = capsys.readouterr().out.splitlines()
    assert listed[1].split()[:3] == [login, "Harbour", "Retail"]
    await asyncio.to_thread(reader_remove, login)
    await asyncio.to_thread(reader_list)
    assert len(capsys.readouterr().out.splitlines()) == 1
