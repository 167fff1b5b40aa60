"""One server, one worker, one browser and one small operation for all tests of the console."""

import asyncio
from collections.abc import Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar
from uuid import uuid4

import pytest
from playwright.sync_api import Browser

from server.database.pool import Database
from server.store.organisations import OrganisationKind, Role, create_organisation, create_token
from tests.console.browsing import PROGRAM, Screen, chromium, screen
from tests.console.house import House, serving
from tests.console.pages import Shown, prepared
from tests.server.conftest import drop_database, in_database, run_sql
from tests.server.conftest import server_url as server_url
from tests.server.conftest import template as template

T = TypeVar("T")


def awaited(work: Coroutine[Any, Any, T]) -> T:
    """In a thread of its own: Playwright holds this one's event loop while a browser is open."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, work).result()


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    if PROGRAM is None:
        pytest.skip("no Chromium on this machine: apt-get install chromium")
    with chromium() as opened:
        yield opened


@pytest.fixture(scope="package")
def house(server_url: str, template: str) -> Iterator[House]:
    name = f"springtide_test_{uuid4().hex}"
    awaited(run_sql(server_url, f"CREATE DATABASE {name} TEMPLATE {template}"))
    url = in_database(server_url, name)
    token = awaited(admitted(url, "Harbour Retail"))
    with serving(DATABASE_URL=url) as (address, _):
        yield House(address, token, url)
    awaited(drop_database(server_url, name))


@pytest.fixture(scope="package")
def there(house: House) -> Shown:
    return prepared(house)


async def admitted(url: str, organisation: str, kind: OrganisationKind = OrganisationKind.CLIENT) -> str:
    """The token of an administrator of a new organisation."""
    async with Database.open(url, connections=2) as database:
        async with database.administration() as connection:
            row = await create_organisation(connection, name=organisation, kind=kind)
        async with database.tenant(row.id) as connection:
            token, _ = await create_token(connection, role=Role.ADMIN, label="tests")
    return token


@pytest.fixture
def shown(browser: Browser, house: House) -> Iterator[Screen]:
    """The console, signed in; whatever a test does, nothing is asked of other hosts, and nothing is complained of."""
    with screen(browser, house.address, house.token) as opened:
        yield opened
    assert opened.elsewhere == []
    assert opened.complaints == []
