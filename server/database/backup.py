"""The whole database in a file, and the way back, by PostgreSQL's own pg_dump and pg_restore.

Row security is forced, so the owner of the tables would dump none of their rows. pg_dump turns row security off and
fails where that does not make it see everything; it is asked before, so that the answer says which login will do.
"""

import asyncio
import os
import re
import shutil
import subprocess
from contextlib import suppress
from itertools import islice
from pathlib import Path
from subprocess import DEVNULL, PIPE
from tempfile import TemporaryFile
from urllib.parse import unquote, urlsplit, urlunsplit

from server.database.cluster import packaged_binaries
from server.database.connecting import SCHEMA, Connection, connect
from server.database.errors import DatabaseError, DatabaseUnpreparedError, address
from server.database.migrate import make_roles, migrate

HEADER_LINES = 40
UNKNOWN_BEFORE_17 = b"SET transaction_timeout"


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
        await asyncio.to_thread(_dump, url, unfinished)
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
        await asyncio.to_thread(_load, url, file)
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


def _dump(url: str, file: Path) -> None:
    place, environment = _apart(url)
    words = ["--format=custom", f"--schema={SCHEMA}", "--no-password", f"--file={file}", f"--dbname={place}"]
    done = subprocess.run([_newest("pg_dump"), *words], env=environment, stdin=DEVNULL, capture_output=True)
    if done.returncode:
        raise _failed(url, done.stderr)


def _load(url: str, file: Path) -> None:
    """Through psql, in one transaction: pg_restore itself would set what only servers from 17 on know."""
    place, environment = _apart(url)
    words = ["--no-psqlrc", "--quiet", "--no-password", "--single-transaction", "--set=ON_ERROR_STOP=1", place]
    with (
        TemporaryFile() as said,
        subprocess.Popen([_newest("pg_restore"), "--file=-", file], stdout=PIPE, stderr=said) as reading,
        subprocess.Popen(
            [_newest("psql"), *words], env=environment, stdin=PIPE, stdout=DEVNULL, stderr=said
        ) as writing,
    ):
        assert reading.stdout is not None
        assert writing.stdin is not None
        with suppress(BrokenPipeError):  # psql has said why it went
            for line in islice(reading.stdout, HEADER_LINES):
                if not line.startswith(UNKNOWN_BEFORE_17):
                    writing.stdin.write(line)
            shutil.copyfileobj(reading.stdout, writing.stdin)
            if reading.wait():  # half a script is no backup: the transaction is not ended, so nothing is kept
                writing.kill()
            writing.stdin.close()
        if writing.wait() or reading.wait():
            said.seek(0)
            raise _failed(url, said.read())


def _failed(url: str, said: bytes) -> BackupError:
    text = said.decode(errors="replace").strip()
    told = [line for line in text.splitlines() if "rror:" in line or "ERROR:" in line] or [text or "it was killed"]
    return BackupError(f"database {address(url)}: {told[0]}", "mend that and try again; nothing was left half done")


def _apart(url: str) -> tuple[str, dict[str, str]]:
    """The address without its password, as everybody sees the words of a program, and the environment with it."""
    parts = urlsplit(url)
    login, _, host = parts.netloc.rpartition("@")
    name, _, secret = login.partition(":")
    place = urlunsplit(parts._replace(netloc=f"{name}@{host}" if name else host))
    return place, {**os.environ, **({"PGPASSWORD": unquote(secret)} if secret else {})}


def _newest(name: str) -> Path:
    """Ours, or the machine's if it is newer: it knows what every server and every pg_dump before it has written."""
    known = [packaged_binaries() / name, *(Path(found) for found in [shutil.which(name)] if found)]
    return max(known, key=_major)


def _major(program: Path) -> int:
    said = subprocess.run([program, "--version"], capture_output=True, text=True, check=True).stdout
    version = re.search(r"\d+", said)
    return int(version[0]) if version else 0
