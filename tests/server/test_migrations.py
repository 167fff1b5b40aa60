"""The schema arrives whole, once, and is recognised."""

import asyncio
from pathlib import Path
from uuid import UUID, uuid4

import asyncpg
import pytest

from server.database.connecting import connect
from server.database.errors import DatabaseTooOldError, DatabaseUnpreparedError, DatabaseUnreachableError, address
from server.database.migrate import Migration, migrate, migrations
from server.database.pool import Database
from server.store.organisations import Role, get_token
from tests.server.conftest import in_database, run_sql

NEWEST = migrations()[-1].number


async def test_an_empty_database_gets_every_migration_once(empty_database_url: str) -> None:
    assert await migrate(empty_database_url) == [migration.name for migration in migrations()]
    assert await migrate(empty_database_url) == []
    async with Database.open(empty_database_url) as database:
        await database.check()


async def test_programs_that_migrate_at_once_apply_each_migration_once(empty_database_url: str) -> None:
    applied = await asyncio.gather(*(migrate(empty_database_url) for _ in range(4)))
    assert sorted(applied, key=len) == [[], [], [], [migration.name for migration in migrations()]]


async def test_a_migration_that_fails_leaves_nothing_behind(empty_database_url: str) -> None:
    broken = Migration(9999, "9999_broken", "CREATE TABLE half (id integer); SELECT 1 / 0")
    with pytest.raises(asyncpg.DivisionByZeroError):
        await migrate(empty_database_url, [*migrations(), broken])
    connection = await asyncpg.connect(empty_database_url)
    try:
        assert await connection.fetchval("SELECT to_regclass('springtide.half')") is None
        assert await connection.fetchval("SELECT max(number) FROM springtide.schema_migrations") == NEWEST
    finally:
        await connection.close()


async def test_a_later_migration_is_applied_to_what_is_there(database_url: str) -> None:
    later = Migration(9999, "9999_later", "CREATE TABLE later (id integer)")
    assert await migrate(database_url, [*migrations(), later]) == ["9999_later"]


async def test_a_token_made_before_there_were_scopes_keeps_all_of_its_role(empty_database_url: str) -> None:
    await migrate(empty_database_url, migrations()[:2])
    organisation, made = uuid4(), uuid4()
    connection = await asyncpg.connect(empty_database_url)
    try:
        await connection.execute("SET ROLE springtide_admin")
        await connection.execute(
            "INSERT INTO springtide.organisations (id, name, kind) VALUES ($1, 'Acme', 'VENDOR')", organisation
        )
        await connection.execute("SET ROLE springtide_app")
        await connection.execute("SELECT set_config('app.organisation_id', $1, false)", str(organisation))
        await connection.execute(
            "INSERT INTO springtide.tokens (id, hash, role) VALUES ($1, sha256('old'), 'PLANNER')", made
        )
    finally:
        await connection.close()
    await migrate(empty_database_url)
    async with Database.open(empty_database_url) as database, database.tenant(organisation) as connection:
        token = await get_token(connection, made)
    assert token is not None
    assert token.scopes == Role.PLANNER.scopes


@pytest.mark.parametrize("scopes", [["RUNS", "ADMINISTRATION"], ["EVERYTHING"], []])
async def test_the_database_itself_takes_no_scope_beyond_the_role(
    database: Database, organisation: UUID, scopes: list[str]
) -> None:
    with pytest.raises(asyncpg.CheckViolationError):
        async with database.tenant(organisation) as connection:
            await connection.execute(
                "INSERT INTO tokens (id, hash, role, scopes) VALUES ($1, sha256('x'), 'PLANNER', $2)", uuid4(), scopes
            )


async def test_a_database_without_schema_says_to_migrate(empty_database_url: str) -> None:
    with pytest.raises(DatabaseUnpreparedError, match="run `springtide migrate`"):
        async with Database.open(empty_database_url):
            pass


async def test_a_database_that_is_behind_says_what_is_missing(
    database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    later = Migration(9999, "9999_later", "SELECT 1")
    monkeypatch.setattr("server.database.migrate.migrations", lambda: [*migrations(), later])
    with pytest.raises(DatabaseUnpreparedError, match="9999_later missing; run `springtide migrate`"):
        async with Database.open(database_url):
            pass


async def test_a_database_of_a_newer_program_is_refused(database_url: str) -> None:
    await run_sql(
        database_url,
        f"INSERT INTO springtide.schema_migrations (number, name, checksum) VALUES ({NEWEST + 1}, 'future', '')",
    )
    with pytest.raises(DatabaseUnpreparedError, match=rf"\({NEWEST + 1:04}\) is newer than this program"):
        await migrate(database_url)
    with pytest.raises(DatabaseUnpreparedError, match="use the newer program"):
        async with Database.open(database_url):
            pass


async def test_a_newer_schema_that_only_adds_still_serves_the_older_program(
    database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    adds = Migration(9998, "9998_adds", f"-- serves programs from {NEWEST:04}\nCREATE TABLE added (id integer)")
    drops = Migration(9999, "9999_drops", "ALTER TABLE runs RENAME COLUMN attempts TO tries")
    assert (adds.serves_from, drops.serves_from) == (NEWEST, 9999)
    await migrate(database_url, [*migrations(), adds])
    async with Database.open(database_url) as database:
        await database.check()
    with pytest.raises(DatabaseUnpreparedError, match=r"\(9998\) is newer than this program"):
        await migrate(database_url)
    await migrate(database_url, [*migrations(), adds, drops])
    with pytest.raises(DatabaseUnpreparedError, match="use the newer program"):
        async with Database.open(database_url):
            pass


async def test_a_migration_that_waits_for_a_table_lets_others_use_it(
    database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("server.database.migrate.LOCK_SECONDS", 0.2)
    reader, other = await asyncpg.connect(database_url), await asyncpg.connect(database_url)
    reading = reader.transaction()
    await reading.start()
    await reader.execute("SET LOCAL ROLE springtide_app")
    await reader.fetch("SELECT id FROM springtide.runs")
    adds = Migration(9999, "9999_adds", "ALTER TABLE runs ADD COLUMN note text")
    migrating = asyncio.create_task(migrate(database_url, [*migrations(), adds]))
    await other.execute("SET ROLE springtide_app")
    for _ in range(5):
        await asyncio.sleep(0.1)
        await other.fetch("SELECT id FROM springtide.runs", timeout=5)
    assert not migrating.done()
    await reading.rollback()
    assert await migrating == ["9999_adds"]
    for connection in (reader, other):
        await connection.close()


async def test_an_altered_migration_is_refused(database_url: str) -> None:
    altered = [Migration(m.number, m.name, m.text + "\n-- altered") for m in migrations()]
    with pytest.raises(DatabaseUnpreparedError, match="0001_first_light was applied with another text"):
        await migrate(database_url, altered)


async def test_a_privileged_app_role_is_refused(database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("server.database.pool.APP_ROLE", "springtide_owner")
    monkeypatch.setattr("server.database.pool._PRIVILEGED", "SELECT current_user AS rolname, true AS privileged")
    with pytest.raises(DatabaseUnpreparedError, match="would see the rows of every organisation"):
        async with Database.open(database_url):
            pass


async def test_a_login_that_may_only_serve_can_serve_and_nothing_more(
    database: Database, database_url: str, server_url: str
) -> None:
    login = "springtide_test_clerk"
    await run_sql(
        server_url,
        f"DROP ROLE IF EXISTS {login}",
        f"CREATE ROLE {login} LOGIN PASSWORD 'clerk' IN ROLE springtide_app",
    )
    try:
        async with Database.open(as_login(database_url, login, "clerk")) as limited:
            async with limited._transaction() as connection:
                assert await connection.fetchval("SELECT count(*) FROM runs") == 0
            for role in ("springtide_owner", "springtide_worker", "springtide_admin"):
                with pytest.raises(asyncpg.InsufficientPrivilegeError):
                    async with limited._transaction() as connection:
                        await connection.execute(f"SET ROLE {role}")
        with pytest.raises(DatabaseUnpreparedError, match="its login may not prepare the schema"):
            await migrate(
                as_login(database_url, login, "clerk"), [*migrations(), Migration(9999, "9999_later", "SELECT 1")]
            )
    finally:
        await run_sql(server_url, f"DROP ROLE {login}")


def as_login(url: str, login: str, password: str) -> str:
    scheme, _, rest = url.partition("://")
    return f"{scheme}://{login}:{password}@{rest.partition('@')[2]}"


async def test_a_wrong_password_is_said_without_the_password(server_url: str) -> None:
    if "@/" not in server_url:
        pytest.skip("this server may trust whoever connects")
    with pytest.raises(DatabaseUnreachableError) as caught:
        await connect(as_login(server_url, "springtide", "wrong-secret"))
    assert "password authentication failed" in str(caught.value)
    assert "correct the user and password in DATABASE_URL" in str(caught.value)
    assert "wrong-secret" not in str(caught.value)


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://u:secret@127.0.0.1:1/none",
        "postgresql://u:secret@/none?host=/nowhere",
    ],
)
async def test_an_unreachable_database_is_one_clear_line(url: str) -> None:
    with pytest.raises(DatabaseUnreachableError) as caught:
        await migrate(url)
    assert "\n" not in str(caught.value)
    assert "secret" not in str(caught.value)
    assert "start it or correct DATABASE_URL" in str(caught.value)


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://u:secret@[::1/none",
        "postgresql://u:secret@127.0.0.1:none/none",
        "postgresql://u:sec/ret@127.0.0.1/none",
        "postgresql://u:secret@127.0.0.1:99999/none",
    ],
)
async def test_an_address_that_cannot_be_read_is_one_clear_line_without_the_password(url: str) -> None:
    with pytest.raises(DatabaseUnreachableError) as caught:
        await migrate(url)
    assert str(caught.value) == (
        "database at DATABASE_URL: its address cannot be read; write DATABASE_URL as "
        "postgresql://user:password@host:5432/database, with %40 for @ in a password"
    )


async def test_an_unknown_sslmode_is_one_clear_line() -> None:
    with pytest.raises(DatabaseUnreachableError) as caught:
        await migrate("postgresql://u:secret@127.0.0.1:1/none?sslmode=maybe")
    assert str(caught.value) == (
        "database 127.0.0.1:1/none: its sslmode is not known; "
        "write disable, allow, prefer, require, verify-ca or verify-full in DATABASE_URL"
    )


@pytest.mark.parametrize("mark", ["/", "?", "#"])
def test_a_password_that_cuts_an_address_short_is_not_shown(mark: str) -> None:
    assert address(f"postgresql://u:12{mark}secret@127.0.0.1/none") == "at DATABASE_URL"


async def test_a_database_without_tls_is_not_said_to_be_stopped() -> None:
    async def decline(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(8)
        writer.write(b"N")
        writer.close()

    async with await asyncio.start_server(decline, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        with pytest.raises(DatabaseUnreachableError, match="does not speak TLS; write sslmode=prefer"):
            await connect(f"postgresql://u:secret@127.0.0.1:{port}/none?sslmode=require")


async def test_a_missing_database_is_one_clear_line(server_url: str) -> None:
    with pytest.raises(DatabaseUnreachableError, match="does not exist; create it or correct the database in"):
        await connect(in_database(server_url, "springtide_nowhere"))


async def test_a_postgresql_that_is_too_old_is_refused(server_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("server.database.connecting.LEAST_MAJOR", 99)
    with pytest.raises(DatabaseTooOldError, match="is too old; use PostgreSQL 99 or newer"):
        await connect(server_url)


def test_migrations_are_numbered_without_gaps() -> None:
    found = migrations()
    assert [migration.number for migration in found] == list(range(1, len(found) + 1))
    assert {path.name for path in Path("server/database/migrations").glob("*.sql")} == {
        "login.sql",
        "roles.sql",
        *(f"{migration.name}.sql" for migration in found),
    }
