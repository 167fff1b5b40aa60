"""Logins that read by SQL: made and dropped with the rights of the program's own login."""

import base64
import hashlib
import hmac
import secrets

import asyncpg

from server.database.connecting import connect
from server.database.errors import DatabaseUnpreparedError, address
from server.database.privileges import READER

PREFIX = f"{READER}_"
ITERATIONS = 4096
SALT_BYTES = 16
CONNECTIONS = 10
LEAVING_SECONDS = 5
"""For a session to end."""


def new_login() -> tuple[str, str]:
    """A name and a password that nobody has yet."""
    return f"{PREFIX}{secrets.token_hex(8)}", secrets.token_urlsafe(32)


async def make_login(url: str, login: str, password: str) -> None:
    """Raises DatabaseError. The password reaches the server as a verifier only, as statements may be logged."""
    await _execute(
        url,
        f"CREATE ROLE {login} LOGIN INHERIT NOSUPERUSER NOBYPASSRLS NOCREATEDB NOCREATEROLE NOREPLICATION"
        f" CONNECTION LIMIT {CONNECTIONS} PASSWORD '{verifier(password)}'",
        f"GRANT {READER} TO {login}",
        f"ALTER ROLE {login} SET default_transaction_read_only = on",
        f"ALTER ROLE {login} SET statement_timeout = '60s'",
    )


async def drop_login(url: str, login: str) -> None:
    """What it has open ends, and what it has made in this database goes: anybody may make temporary tables and large
    objects, and a role that owns something stays. One that is gone is no error. Raises DatabaseError."""
    if not (login.startswith(PREFIX) and login.removeprefix(PREFIX).isalnum()):
        raise ValueError(f"{login} is no reader")
    await _execute(
        url,
        f"""
        DO $$ BEGIN IF EXISTS (SELECT FROM pg_roles WHERE rolname = '{login}') THEN
          GRANT {login} TO CURRENT_USER; -- only who is one of them may end their sessions
          ALTER ROLE {login} NOLOGIN;
          PERFORM pg_terminate_backend(pid, {LEAVING_SECONDS} * 1000) FROM pg_stat_activity WHERE usename = '{login}';
          DROP OWNED BY {login};
          DROP ROLE {login};
        END IF; END $$
        """,
    )


def verifier(password: str, salt: bytes | None = None) -> str:
    """SCRAM-SHA-256, as PostgreSQL keeps passwords (RFC 5802)."""
    salt = secrets.token_bytes(SALT_BYTES) if salt is None else salt
    salted = hashlib.pbkdf2_hmac("sha256", password.encode(), salt, ITERATIONS)
    stored = hashlib.sha256(hmac.digest(salted, b"Client Key", "sha256")).digest()
    server = hmac.digest(salted, b"Server Key", "sha256")
    shown = [base64.b64encode(part).decode() for part in (salt, stored, server)]
    return f"SCRAM-SHA-256${ITERATIONS}:{shown[0]}${shown[1]}:{shown[2]}"


async def _execute(url: str, *statements: str) -> None:
    connection = await connect(url)
    try:
        async with connection.transaction():
            for statement in statements:
                await connection.execute(statement)
    except asyncpg.InsufficientPrivilegeError as error:
        raise DatabaseUnpreparedError(
            f"database {address(url)}: its login may not make or drop readers ({error})",
            "give it CREATEROLE, and on PostgreSQL 16 or newer springtide_reader WITH ADMIN OPTION",
        ) from error
    finally:
        await connection.close()
