"""One connection, or one clear line why there is none."""

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, TypeAlias

import asyncpg

from server.database.errors import START_IT, DatabaseTooOldError, DatabaseUnreachableError

SCHEMA = "springtide"
LEAST_MAJOR = 15
CONNECT_SECONDS = 10.0
STARTING_SECONDS = 30.0
FORM = "postgresql://user:password@host:5432/database"

Connection: TypeAlias = asyncpg.Connection
"""Also what a pool hands out."""

LOST = (
    OSError,
    TimeoutError,
    asyncpg.InterfaceError,
    asyncpg.PostgresConnectionError,
    asyncpg.exceptions.OperatorInterventionError,
    asyncpg.exceptions.InsufficientResourcesError,
    asyncpg.InternalClientError,  # a statement begun after the server's farewell was read, before the socket closed
    asyncpg.exceptions.TransactionRollbackError,  # a deadlock, as with a migration that changes tables meanwhile
)
"""What a lost connection, a stopping server or a full one raises; the same work may succeed later."""


async def connect(url: str, **options: Any) -> Connection:
    """Connect to a PostgreSQL that is new enough, waiting a little for one that is just starting."""
    deadline = asyncio.get_running_loop().time() + STARTING_SECONDS
    while True:
        try:
            connection = await asyncpg.connect(url, timeout=CONNECT_SECONDS, **options)
        except asyncpg.CannotConnectNowError as error:
            if asyncio.get_running_loop().time() > deadline:
                raise DatabaseUnreachableError(url, str(error)) from error
            await asyncio.sleep(0.2)
        except (*LOST, asyncpg.PostgresError, ValueError, OverflowError) as error:
            raise DatabaseUnreachableError(url, *_reason_and_mend(error)) from error
        else:
            break
    version = connection.get_server_version()
    if version.major < LEAST_MAJOR:
        await connection.close()
        raise DatabaseTooOldError(url, f"{version.major}.{version.minor}", LEAST_MAJOR)
    return connection


@asynccontextmanager
async def savepoint(connection: Connection) -> AsyncIterator[None]:
    """What PostgreSQL refuses within it is undone, and its transaction goes on."""
    await connection.execute("SAVEPOINT attempt")
    try:
        yield
    except asyncpg.PostgresError:
        await connection.execute("ROLLBACK TO attempt")
        raise
    await connection.execute("RELEASE attempt")


def _reason_and_mend(error: Exception) -> tuple[str, str]:
    match error:
        case asyncpg.InvalidAuthorizationSpecificationError():
            return _reason(error), "correct the user and password in DATABASE_URL, or let them in (pg_hba.conf)"
        case asyncpg.InvalidCatalogNameError():
            return _reason(error), "create it or correct the database in DATABASE_URL"
        case ConnectionError() if "SSL" in str(error):
            return "it does not speak TLS", "write sslmode=prefer in DATABASE_URL, or turn TLS on there"
        case ssl.SSLError():
            return f"TLS failed ({_reason(error)})", "correct sslmode and sslrootcert in DATABASE_URL"
        case asyncpg.InterfaceError() | ValueError() if "sslmode" in str(error):
            modes = "disable, allow, prefer, require, verify-ca or verify-full"
            return "its sslmode is not known", f"write {modes} in DATABASE_URL"
        case ValueError() | OverflowError():
            return (
                "its address cannot be read",
                f"write DATABASE_URL as {FORM}, with %40 for @ in a password",
            )
    return _reason(error), START_IT


def _reason(error: Exception) -> str:
    if isinstance(error, TimeoutError):
        return f"no answer in {CONNECT_SECONDS:g} seconds"
    if isinstance(error, ConnectionRefusedError):
        return "nobody listens there"
    return (getattr(error, "strerror", None) or str(error) or type(error).__name__).strip().split("\n")[0]
