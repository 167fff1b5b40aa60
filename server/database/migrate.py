"""Brings a database to this program's schema: numbered files, each applied once, in order, in a transaction of its own.

The login of DATABASE_URL makes four roles without sign-in (`roles.sql`), then applies the files as `springtide_owner`,
so that no one who signs in owns a table. It needs the rights to create roles and, in its database, a schema.

Programs of the version before go on working meanwhile and afterwards: a migration that only adds says in its first line
from which number on a program is served by the new schema; what nobody needs any more is dropped one version later.
"""

import asyncio
import hashlib
import re
from dataclasses import dataclass
from pathlib import Path

import asyncpg

from server.database.connecting import SCHEMA, Connection, connect
from server.database.errors import DatabaseUnpreparedError, address

FOLDER = Path(__file__).parent / "migrations"
ADVISORY_LOCK = 0x5350_5249_4E47

_LEDGER = f"""
CREATE TABLE IF NOT EXISTS {SCHEMA}.schema_migrations (
  number integer PRIMARY KEY, name text NOT NULL, checksum text NOT NULL,
  applied_at timestamptz NOT NULL DEFAULT now());
ALTER TABLE {SCHEMA}.schema_migrations ADD COLUMN IF NOT EXISTS serves_from integer;
"""
_SERVES = re.compile(r"-- serves programs from (\d{4})\n")
LOCK_SECONDS = 1.0
"""How long a migration may stand in the way of others while it waits for a table."""
MOST_WAITS = 120


@dataclass(frozen=True)
class Migration:
    number: int
    name: str
    text: str

    @property
    def checksum(self) -> str:
        return hashlib.sha256(self.text.encode()).hexdigest()

    @property
    def serves_from(self) -> int:
        """The newest migration that a program must know to work on the schema that this one leaves."""
        said = _SERVES.match(self.text)
        return int(said[1]) if said else self.number


def migrations(folder: Path = FOLDER) -> list[Migration]:
    files = sorted(path for path in folder.glob("*.sql") if re.match(r"\d{4}_", path.name))
    return [Migration(int(path.name[:4]), path.stem, path.read_text()) for path in files]


async def migrate(url: str, wanted: list[Migration] | None = None) -> list[str]:
    """Apply what is missing; the names of what was applied. Programs that migrate at once wait for each other."""
    wanted = migrations() if wanted is None else wanted
    connection = await connect(url)
    try:
        await connection.execute("SELECT pg_advisory_lock($1)", ADVISORY_LOCK)
        applied = await _applied(connection)
        _check_history(url, applied, wanted)
        missing = [migration for migration in wanted if migration.number not in applied]
        if missing:
            await _prepare(connection, url)
        for migration in missing:
            await _apply(connection, migration)
        return [migration.name for migration in missing]
    except asyncpg.LockNotAvailableError as error:
        raise DatabaseUnpreparedError(
            f"database {address(url)}: a long transaction is in the way of a migration ({error})",
            "end it (pg_stat_activity shows it), then run `springtide migrate` again",
        ) from error
    except asyncpg.InsufficientPrivilegeError as error:
        raise _not_allowed(url, error) from error
    finally:
        await connection.close()


def _not_allowed(url: str, error: Exception) -> DatabaseUnpreparedError:
    return DatabaseUnpreparedError(
        f"database {address(url)}: its login may not prepare the schema ({error})",
        "give it CREATEROLE and CREATE on the database, or run `springtide migrate` with a login that has them",
    )


async def check_schema(connection: Connection, url: str) -> None:
    """Refuse a schema that does not serve this program."""
    wanted = migrations()
    applied = await _applied(connection)
    if max(applied, default=0) > wanted[-1].number:
        for number in await _still_serving(connection, wanted[-1].number):
            del applied[number]
    _check_history(url, applied, wanted)
    missing = [migration.name for migration in wanted if migration.number not in applied]
    if missing:
        raise DatabaseUnpreparedError(
            f"database {address(url)}: its schema is behind, {', '.join(missing)} missing", "run `springtide migrate`"
        )


async def make_roles(connection: Connection, url: str) -> None:
    """The roles of the whole server, and an empty schema of their owner."""
    try:
        await connection.execute((FOLDER / "roles.sql").read_text())
    except asyncpg.InsufficientPrivilegeError as error:
        raise _not_allowed(url, error) from error


async def _prepare(connection: Connection, url: str) -> None:
    async with connection.transaction():
        await make_roles(connection, url)
        await connection.execute("SET LOCAL ROLE springtide_owner")
        await connection.execute(_LEDGER)


async def _applied(connection: Connection) -> dict[int, str]:
    """Checksums of the applied migrations by number; none where there is no ledger yet."""
    if not await connection.fetchval("SELECT to_regclass($1)", f"{SCHEMA}.schema_migrations"):
        return {}
    rows = await connection.fetch(f"SELECT number, checksum FROM {SCHEMA}.schema_migrations")
    return {row["number"]: row["checksum"] for row in rows}


async def _still_serving(connection: Connection, known: int) -> list[int]:
    """Newer migrations whose schema serves a program that knows none of them."""
    rows = await connection.fetch(
        f"SELECT number FROM {SCHEMA}.schema_migrations WHERE number > $1 AND serves_from <= $1", known
    )
    return [row["number"] for row in rows]


def _check_history(url: str, applied: dict[int, str], wanted: list[Migration]) -> None:
    known = {migration.number: migration for migration in wanted}
    if applied.keys() - known.keys():
        newest = max(applied)
        raise DatabaseUnpreparedError(
            f"database {address(url)}: its schema ({newest:04}) is newer than this program ({max(known):04})",
            "use the newer program",
        )
    for number, checksum in applied.items():
        if known[number].checksum != checksum:
            raise DatabaseUnpreparedError(
                f"database {address(url)}: {known[number].name} was applied with another text",
                "restore that migration's text; add a new migration for a change",
            )


async def _apply(connection: Connection, migration: Migration) -> None:
    """Who waits for a table makes all others wait behind it, so it waits briefly and tries again."""
    for _ in range(MOST_WAITS):
        try:
            return await _apply_now(connection, migration)
        except asyncpg.LockNotAvailableError:
            await asyncio.sleep(LOCK_SECONDS)
    await _apply_now(connection, migration)


async def _apply_now(connection: Connection, migration: Migration) -> None:
    async with connection.transaction():
        await connection.execute(f"SET LOCAL lock_timeout = {round(1000 * LOCK_SECONDS)}")
        await connection.execute("SET LOCAL ROLE springtide_owner")
        await connection.execute(f"SET LOCAL search_path TO {SCHEMA}")
        await connection.execute(migration.text)
        await connection.execute(
            "INSERT INTO schema_migrations (number, name, checksum, serves_from) VALUES ($1, $2, $3, $4)",
            migration.number,
            migration.name,
            migration.checksum,
            migration.serves_from,
        )
