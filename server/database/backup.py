"""The whole database in a file, and the way back, by PostgreSQL's own pg_dump and pg_restore.

Row security is forced, so the owner of the tables would dump none of their rows. pg_dump turns row security off and
fails where that does not make it see everything; it is asked before, so that the answer says which login will do.
"""

import asyncio
import os
import re
import shutil
from pathlib import Path
from urllib.parse import unquote, urlsplit, urlunsplit

from server.database.cluster import packaged_binaries
from server.database.connecting import SCHEMA, Connection, connect
from server.database.errors import DatabaseError, DatabaseUnpreparedError, address
from server.database.migrate import make_roles, migrate


class BackupError(DatabaseError):
    """No backup was made, or nothing was restored."""


async def back_up(url: str, file: Path) -> None:
    """Everything of all organisations, as of one instant, while the program works on. Raises DatabaseError."""
    connection = await connect(url)
    try:
        await _refuse_partial_sight(connection, url)
    finally:
        await connection.close()
    unfinished = _opened(file)
    try:
        await _run(await _newest("pg_dump"), url, "--format=custom", f"--schema={SCHEMA}", f"--file={unfinished}")
        unfinished.rename(file)
    finally:
        unfinished.unlink(missing_ok=True)


async def restore(url: str, file: Path) -> list[str]:
    """Into a database without our schema, all or nothing; the names of the migrations that the backup lacked."""
    connection = await connect(url)
    try:
        await _refuse_inhabited(connection, url)
        await make_roles(connection, url)
        await connection.execute(f"DROP SCHEMA {SCHEMA}")  # the backup brings its own; this one was just made
        await _run(await _newest("pg_restore"), url, "--exit-on-error", "--single-transaction", str(file))
    finally:
        await connection.close()
    return await migrate(url)


async def _refuse_partial_sight(connection: Connection, url: str) -> None:
    if await connection.fetchval("SELECT to_regclass($1)", f"{SCHEMA}.schema_migrations") is None:
        raise DatabaseUnpreparedError(f"database {address(url)}: there is nothing to back up", "correct DATABASE_URL")
    sees_all = await connection.fetchval("SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = session_user")
    if not sees_all:
        raise DatabaseUnpreparedError(
            f"database {address(url)}: row security hides every organisation from this login, a backup would be empty",
            "name in DATABASE_URL a superuser, or a login with BYPASSRLS and the role pg_read_all_data",
        )


async def _refuse_inhabited(connection: Connection, url: str) -> None:
    tables = await connection.fetchval("SELECT count(*) FROM pg_tables WHERE schemaname = $1", SCHEMA)
    if tables:
        raise BackupError(
            f"database {address(url)}: it holds a {SCHEMA} schema already, and nothing was touched",
            "restore into a new database (or data folder), or drop that schema yourself",
        )


def _opened(file: Path) -> Path:
    """A new file beside the wanted one, closed to others: it will hold wages and forecasts."""
    if file.exists():
        raise BackupError(f"backup {file}: it is there already", "name another file, or remove it")
    unfinished = file.with_name(f"{file.name}.unfinished")
    try:
        unfinished.unlink(missing_ok=True)
        os.close(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    except OSError as error:
        raise BackupError(f"backup {file}: {(error.strerror or str(error)).lower()}", "name another place") from error
    return unfinished


async def _run(program: Path, url: str, *words: str) -> None:
    place, secret = _apart(url)
    process = await asyncio.create_subprocess_exec(
        program, *words, "--no-password", f"--dbname={place}",
        env={**os.environ, **({"PGPASSWORD": secret} if secret else {})},  # other people see the words of a program
        stdin=asyncio.subprocess.DEVNULL, stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip
    try:
        _, said = await process.communicate()
    finally:
        if process.returncode is None:
            process.kill()
    if process.returncode:
        lines = [line for line in said.decode(errors="replace").splitlines() if "rror:" in line]
        told = lines[0] if lines else said.decode(errors="replace").strip() or f"it ended with {process.returncode}"
        raise BackupError(f"database {address(url)}: {told}", "mend that and try again; nothing was left half done")


def _apart(url: str) -> tuple[str, str]:
    """The address without its password, and that."""
    parts = urlsplit(url)
    login, _, host = parts.netloc.rpartition("@")
    name, _, secret = login.partition(":")
    return urlunsplit(parts._replace(netloc=f"{name}@{host}" if name else host)), unquote(secret)


async def _newest(name: str) -> Path:
    """Ours, or the machine's if it is newer: it knows what every server and every pg_dump before it has written."""
    known = [packaged_binaries() / name, *(Path(found) for found in [shutil.which(name)] if found)]
    versions = {program: await _major(program) for program in known}
    return max(known, key=lambda program: versions[program])


async def _major(program: Path) -> int:
    process = await asyncio.create_subprocess_exec(program, "--version", stdout=asyncio.subprocess.PIPE)
    said, _ = await process.communicate()
    version = re.search(rb"(\d+)", said)
    return int(version[1]) if version else 0
