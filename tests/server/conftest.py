"""One PostgreSQL a session, shared by all test processes; a migrated template; a copy of it a test.

SPRINGTIDE_TEST_DATABASE_URL runs the same tests on another server, whose login may create databases and roles.
"""

import asyncio
import hashlib
import os
import shutil
import tempfile
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit
from uuid import UUID, uuid4

import asyncpg
import pytest

from server.database.connecting import SCHEMA, Connection
from server.database.embedded import EmbeddedPostgres
from server.database.locks import FileLock
from server.database.migrate import FOLDER, migrate
from server.database.pool import Database
from server.store.organisations import OrganisationKind, create_organisation
from tests.server.api import Client, client_of
from tests.server.issuer import LocalIssuer
from tests.server.served import Served, serving


def in_database(url: str, name: str) -> str:
    return urlunsplit(urlsplit(url)._replace(path=f"/{name}"))


async def run_sql(url: str, *statements: str) -> None:
    connection = await asyncpg.connect(url)
    try:
        for statement in statements:
            await connection.execute(statement)
    finally:
        await connection.close()


async def drop_database(url: str, name: str) -> None:
    """Also while the server vacuums it, which only a superuser may stop and which soon ends by itself."""
    for _ in range(100):
        try:
            return await run_sql(url, f"DROP DATABASE {name} WITH (FORCE)")
        except asyncpg.InsufficientPrivilegeError:
            await asyncio.sleep(0.1)
    raise TimeoutError(f"{name} is still in use")


@pytest.fixture(scope="module")
def data_folder() -> Iterator[Path]:
    """A short path below open folders, since as root the server is another user."""
    with tempfile.TemporaryDirectory(prefix="springtide-", dir="/tmp", ignore_cleanup_errors=True) as folder:
        yield Path(folder)


@pytest.fixture(scope="session")
def server_url() -> Iterator[str]:
    given = os.environ.get("SPRINGTIDE_TEST_DATABASE_URL")
    if given:
        yield given
        return
    folder = Path("/tmp", "springtide-test-" + os.environ.get("PYTEST_XDIST_TESTRUNUID", uuid4().hex))
    server = EmbeddedPostgres.open(folder)
    yield server.url()
    if server.close():
        shutil.rmtree(folder)


@pytest.fixture(scope="session")
def template(server_url: str) -> str:
    """The name of a migrated database that nobody is connected to."""
    schema = hashlib.sha256(b"".join(path.read_bytes() for path in sorted(FOLDER.glob("*.sql")))).hexdigest()[:16]
    name, unfinished = f"springtide_template_{schema}", f"springtide_unfinished_{schema}"

    async def make() -> None:
        connection = await asyncpg.connect(server_url)
        try:
            if await connection.fetchval("SELECT EXISTS (SELECT FROM pg_database WHERE datname = $1)", name):
                return
            await connection.execute(f"DROP DATABASE IF EXISTS {unfinished}")
            await connection.execute(f"CREATE DATABASE {unfinished}")
            await migrate(in_database(server_url, unfinished))
            await connection.execute(f"ALTER DATABASE {unfinished} RENAME TO {name}")
        finally:
            await connection.close()

    lock = Path(tempfile.gettempdir(), f"springtide-template-{os.getuid()}.lock")
    with FileLock(lock):
        asyncio.run(make())
    return name


@pytest.fixture
async def empty_database_url(server_url: str) -> AsyncIterator[str]:
    name = f"springtide_test_{uuid4().hex}"
    await run_sql(server_url, f"CREATE DATABASE {name}")
    yield in_database(server_url, name)
    await drop_database(server_url, name)


@pytest.fixture
async def database_url(server_url: str, template: str) -> AsyncIterator[str]:
    name = f"springtide_test_{uuid4().hex}"
    await run_sql(server_url, f"CREATE DATABASE {name} TEMPLATE {template}")
    yield in_database(server_url, name)
    await drop_database(server_url, name)


@pytest.fixture
async def planting(database_url: str) -> AsyncIterator[Connection]:
    """A superuser in a transaction that is rolled back, so that roles of the whole server are as before."""
    given = urlsplit(database_url)
    superuser = urlunsplit(given._replace(netloc=f"postgres:{given.password}@{given.netloc.rpartition('@')[2]}"))
    try:
        connection = await asyncpg.connect(superuser, server_settings={"search_path": SCHEMA})
    except asyncpg.InvalidAuthorizationSpecificationError:
        pytest.skip("only the superuser of this server could plant these")
    try:
        transaction = connection.transaction()
        await transaction.start()
        yield connection
        await transaction.rollback()
    finally:
        await connection.close()


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    async with Database.open(database_url, connections=6) as opened:
        yield opened


async def organisation_named(database: Database, name: str) -> UUID:
    async with database.administration() as connection:
        return (await create_organisation(connection, name=name, kind=OrganisationKind.CLIENT)).id


@pytest.fixture
async def organisation(database: Database) -> UUID:
    return await organisation_named(database, "Harbour Retail")


@pytest.fixture
async def stranger(database: Database) -> UUID:
    return await organisation_named(database, "Other Retail")


@pytest.fixture
async def client(database: Database, organisation: UUID) -> AsyncIterator[Client]:
    async with client_of(database, organisation) as opened:
        yield opened


@pytest.fixture
def log(tmp_path: Path) -> Path:
    return tmp_path / "shards.log"


@pytest.fixture
async def served(database: Database, organisation: UUID) -> AsyncIterator[Served]:
    async with serving(database, organisation) as opened:
        yield opened


@pytest.fixture
async def issuer() -> AsyncIterator[LocalIssuer]:
    async with LocalIssuer.open() as opened:
        yield opened
