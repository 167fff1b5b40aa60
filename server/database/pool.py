"""The database as the program sees it: transactions that can do one thing each.

Every connection takes the role `springtide_app` as it opens (RESET ROLE leads back to that role, not to the login) and
is refused if that role could look past row security. What a transaction sees is decided by the door it came through:

    tenant(organisation)     the rows of one organisation: the one blessed path
    bearer(hash)             the row of one token, before its organisation is known
    export(hash)             the row of one export link, before its organisation is known
    person(issuer, subject)  a person's rows as a member, before one organisation of theirs is chosen
    queue()                  what claiming a run needs, of all organisations
    administration()         organisations

A login that `springtide migrate` did not make a member of `springtide_worker` and `springtide_admin` serves well with
the first four doors alone.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from typing import TypeAlias
from uuid import UUID

import asyncpg

from server.database.catalogue import Gap, gaps
from server.database.connecting import CONNECT_SECONDS, LOST, SCHEMA, Connection, connect
from server.database.errors import DatabaseUnpreparedError, DatabaseUnreachableError, address
from server.database.migrate import check_schema
from server.database.privileges import APP
from server.database.soundness import Soundness, look

APP_ROLE = APP
COMMAND_SECONDS = 60.0
CLOSE_SECONDS = 10.0
ROLLBACK_SECONDS = 1.0
SILENCE = "5s"


Transaction: TypeAlias = AbstractAsyncContextManager[Connection]


@dataclass(frozen=True)
class PoolUse:
    open: int
    """connections, idle or not"""
    idle: int
    waiting: int
    """transactions that wait for a connection"""


class Database:
    def __init__(self, url: str, pool: asyncpg.Pool) -> None:
        self.url = url
        self._pool = pool
        self._waiting = 0

    @classmethod
    @asynccontextmanager
    async def open(cls, url: str, *, connections: int = 10) -> "AsyncIterator[Database]":
        """A pool on a database whose schema is this program's. Raises DatabaseError."""
        await (await connect(url)).close()
        try:
            pool = await asyncpg.create_pool(
                url,
                min_size=1,
                max_size=connections,
                timeout=CONNECT_SECONDS,
                command_timeout=COMMAND_SECONDS,
                server_settings={
                    "role": APP_ROLE,
                    "search_path": SCHEMA,
                    "application_name": "springtide",
                    # who falls silent lets go of what they hold: a claim passes over rows that are locked
                    "idle_in_transaction_session_timeout": SILENCE,
                    "tcp_user_timeout": SILENCE,
                },
                init=_refuse_privileged,
                reset=_is_reset,
            )
        except LOST as error:
            raise DatabaseUnreachableError(url, str(error)) from error
        except asyncpg.PostgresError as error:
            raise DatabaseUnpreparedError(
                f"database {address(url)}: its login cannot act as {APP_ROLE} ({error})",
                "run `springtide migrate` with this login",
            ) from error
        try:
            database = cls(url, pool)
            await database.check()
            yield database
        finally:
            await _close(pool)

    def tenant(self, organisation_id: UUID) -> Transaction:
        return self._transaction(_acting_for(organisation_id))

    def bearer(self, token_hash: bytes) -> Transaction:
        return self._transaction(f"SET LOCAL app.token_hash = '{token_hash.hex()}'")

    @asynccontextmanager
    async def export(self, link_hash: bytes) -> AsyncIterator[Connection]:
        async with self._transaction() as connection:
            await connection.execute("SELECT set_config('app.export_hash', $1, true)", link_hash.hex())
            yield connection

    @asynccontextmanager
    async def person(self, issuer: str, subject: str, verified_email: str | None = None) -> AsyncIterator[Connection]:
        """With an address that the issuer vouches for, also the invitations to it that nobody has taken up."""
        async with self._transaction() as connection:
            await connection.execute(
                "SELECT set_config('app.issuer', $1, true), set_config('app.subject', $2, true), "
                "set_config('app.verified_email', $3, true)",
                issuer, subject, verified_email or "",
            )  # fmt: skip
            yield connection

    def queue(self) -> Transaction:
        return self._transaction("SET LOCAL ROLE springtide_worker")

    def administration(self) -> Transaction:
        return self._transaction("SET LOCAL ROLE springtide_admin")

    async def check(self) -> None:
        """Raises unless the database answers and has this program's schema."""
        async with self._transaction() as connection:
            await check_schema(connection, self.url)

    async def gaps(self) -> list[Gap]:
        """Where organisations are not kept apart as they should be; none is good."""
        async with self._transaction() as connection:
            return await gaps(connection)

    async def look(self) -> Soundness:
        async with self._transaction() as connection:
            return await look(connection)

    @property
    def use(self) -> "PoolUse":
        return PoolUse(self._pool.get_size(), self._pool.get_idle_size(), self._waiting)

    @asynccontextmanager
    async def _transaction(self, setting: str = "") -> AsyncIterator[Connection]:
        """What begins and ends it goes to the database at once: a page is many small transactions."""
        self._waiting += 1
        try:
            connection = await self._pool.acquire()
        finally:
            self._waiting -= 1
        try:
            await connection.execute(f"BEGIN; {setting}")
            yield connection
            await connection.execute(f"COMMIT; {connection.get_reset_query()}")
        except BaseException:
            await _roll_back(connection)
            raise
        finally:
            await self._pool.release(connection)


async def _roll_back(connection: Connection) -> None:
    """At once or by the end of the connection: what was cancelled would wait as long as a dead network is silent."""
    try:
        async with asyncio.timeout(ROLLBACK_SECONDS):
            await connection.execute(f"ROLLBACK; {connection.get_reset_query()}")
    except (asyncpg.PostgresError, *LOST):
        connection.terminate()


async def _is_reset(_: Connection) -> None:
    """By the end of its transaction; there is nothing between transactions."""


async def act_for(connection: Connection, organisation_id: UUID) -> None:
    """For the rest of its transaction, `connection` sees the rows of one organisation."""
    await connection.execute(_acting_for(organisation_id))


def _acting_for(organisation_id: UUID) -> str:
    key = UUID(int=organisation_id.int)  # nothing but a UUID has one: it stands in the statement's text
    return f"SET LOCAL ROLE {APP_ROLE}; SET LOCAL app.organisation_id = '{key}'"


async def _refuse_privileged(connection: Connection) -> None:
    role = await connection.fetchrow(_PRIVILEGED)
    if role["rolname"] != APP_ROLE or role["privileged"]:
        raise DatabaseUnpreparedError(
            f"role {role['rolname']} would see the rows of every organisation",
            f"ALTER ROLE {APP_ROLE} NOSUPERUSER NOBYPASSRLS, and let no pooler drop the role of a connection",
        )


_PRIVILEGED = "SELECT rolname, rolsuper OR rolbypassrls AS privileged FROM pg_roles WHERE rolname = current_user"


async def _close(pool: asyncpg.Pool) -> None:
    try:
        await asyncio.wait_for(pool.close(), CLOSE_SECONDS)
    except TimeoutError:
        pool.terminate()
