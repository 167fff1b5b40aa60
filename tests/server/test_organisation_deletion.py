"""A whole organisation deleted: no trace of it in any table, also when a worker was simulating for it."""

import asyncio
import json
import random
import zlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from uuid import UUID

import asyncpg
import pytest

from server.closing import delete_organisation
from server.database.pool import Database
from server.store import closing
from server.store.audit import Actor, ActorKind, AuditAction, OrganisationClosedError, record
from server.store.claims import claim_run, store_shard
from server.store.limits import LimitName
from server.store.organisations import OrganisationKind, create_organisation, find_organisation
from server.store.retention import set_retention
from tests.server.api import SHOP, Client, client_of
from tests.server.conftest import organisation_named
from tests.server.engines import document
from tests.server.limiting import limit
from tests.server.tender import CLOSE, EVALUATE, TEST, done, tender
from tests.server.working import finished_run, queue_run, shards_stored, until, working

SECRET = "Quicksilver Parcels"
"""What its scenario is called, found in texts, JSON and deflated bytes."""
KEPT = {"deleted_organisations": {"id"}}
"""What stays of an organisation: its id, where operators read that it is gone."""


@asynccontextmanager
async def seeing_all(url: str) -> AsyncIterator[asyncpg.Connection]:
    """Sees every row of every table, as nobody of the program can: row security is let go of, for this one look."""
    connection = await asyncpg.connect(url)
    looking = connection.transaction()
    await looking.start()
    try:
        await connection.execute("SET LOCAL ROLE springtide_owner")
        forced = "SELECT oid::regclass::text AS path FROM pg_class WHERE relforcerowsecurity"
        for table in await connection.fetch(forced):
            await connection.execute(f"ALTER TABLE {table['path']} NO FORCE ROW LEVEL SECURITY")
        yield connection
    finally:
        await looking.rollback()
        await connection.close()


async def traces(url: str, needles: set[bytes]) -> set[tuple[str, str]]:
    """Every (table, column) outside the system's own in which one of the needles stands, whatever the column's type.

    Not while a worker works: letting go of row security locks whole tables.
    """
    found: set[tuple[str, str]] = set()
    async with seeing_all(url) as connection:
        columns = await connection.fetch(
            """
            SELECT relname AS table, attrelid::regclass::text AS path, attname AS column
            FROM pg_attribute JOIN pg_class ON pg_class.oid = attrelid
            JOIN pg_namespace AS room ON room.oid = relnamespace
            WHERE relkind IN ('r', 'p', 'm') AND attnum > 0 AND NOT attisdropped
              AND room.nspname NOT IN ('pg_catalog', 'information_schema') AND room.nspname NOT LIKE 'pg_toast%'
            """
        )
        assert len(columns) > 60
        for column in columns:
            rows = await connection.fetch(f'SELECT "{column["column"]}" AS value FROM {column["path"]}')
            texts = [text for row in rows for text in read(row["value"])]
            if any(needle in text for needle in needles for text in texts):
                found.add((column["table"], column["column"]))
    return found


def read(value: object) -> list[bytes]:
    """A value as bytes in which a name or an id can be found, inflated where it is deflated."""
    if isinstance(value, bytes):
        inflated = []
        with suppress(zlib.error):
            inflated.append(zlib.decompress(value))
        return [value, value.hex().encode(), *inflated]
    return [str(value).lower().encode(), str(value).encode()]


async def all_ids(database: Database, organisation: UUID) -> set[bytes]:
    """The organisation's id and those of everything that is its own, as text and as bytes."""
    found = {organisation}
    async with database.tenant(organisation) as connection:
        for table in ("tokens", "scenarios", "runs", "audit_log"):
            found |= {row["id"] for row in await connection.fetch(f"SELECT id FROM {table}")}
    return {form for key in found for form in (str(key).encode(), key.hex.encode(), key.bytes)}


async def fill(database: Database, organisation: UUID) -> Client:
    """Something of the organisation in every table."""
    async with client_of(database, organisation) as client:
        shop = SHOP.replace("name: Shop", f"name: {SECRET}")
        await client.ask("ForkScenario", base=await client.create_scenario(shop), name=f"{SECRET} more", key="fork")
        await client.finished_run(shop)
        run = await client.start_run(await client.create_scenario(shop), key=f"{SECRET} key")
        async with database.queue() as connection:
            claim = await claim_run(connection, 60, "test-1")
        assert claim is not None
        async with database.tenant(organisation) as connection:
            await store_shard(connection, claim, 0, 1, zlib.compress(SECRET.encode()))
            await set_retention(connection, 400)
        await limit(database, organisation, LimitName.QUEUED_RUNS, 50)
        assert run
        return client


async def test_nothing_in_any_table_tells_of_a_deleted_organisation(database: Database, stranger: UUID) -> None:
    harbour = await organisation_named(database, "Harbour Retail of Hull")
    await fill(database, harbour)
    await fill(database, stranger)
    needles = {b"Harbour Retail of Hull", *await all_ids(database, harbour)}
    secrets = {SECRET.encode()}
    before = await traces(database.url, needles | secrets)
    assert {table for table, _ in before} >= {
        *("organisations", "tokens", "scenarios", "runs", "shards", "run_changes", "outcomes"),
        *("outcome_columns", "kept_counters"),
        *("limits", "contact_days", "stored_bytes", "audit_log"),
    }
    assert {("kept_counters", "content"), ("runs", "document"), ("scenarios", "source")} <= await traces(
        database.url, secrets
    )
    strangers = {b"Other Retail", *await all_ids(database, stranger)}
    of_stranger = await traces(database.url, strangers)

    assert await delete_organisation(database, harbour, "ana on bridge")
    left = await traces(database.url, needles)
    assert left == {(table, column) for table, columns in KEPT.items() for column in columns}
    assert await traces(database.url, strangers) == of_stranger
    assert await delete_organisation(database, stranger, "ana on bridge")
    assert await traces(database.url, secrets) == set()
    async with database.administration() as connection:
        gone = await closing.deleted_organisations(connection)
        assert {one.id for one in gone} == {harbour, stranger}
        assert {one.deleted_by for one in gone} == {"ana on bridge"}
        assert await closing.list_organisations(connection) == []


async def test_a_worker_that_simulates_for_it_drops_the_run_and_goes_on(
    database: Database, organisation: UUID, stranger: UUID, log: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO")
    texts = document(log, shards=40, seconds=0.3, name=SECRET)
    run = await queue_run(database, organisation, texts)
    async with working(database, lease=30):

        async def has_stored() -> bool:
            return len(await shards_stored(database, organisation, run)) >= 2

        await until(has_stored)
        needles = {b"Harbour Retail", SECRET.encode(), str(log).encode(), *await all_ids(database, organisation)}
        assert await delete_organisation(database, organisation, "ana on bridge")
        next_log = log.with_name("next.log")
        other = await queue_run(database, stranger, document(next_log, shards=2))
        assert (await finished_run(database, stranger, other)).status == "SUCCEEDED"
    assert await traces(database.url, needles) == {("deleted_organisations", "id")}
    assert f"run {run}: dropped" in caplog.text
    assert "Traceback" not in caplog.text


@pytest.mark.slow
async def test_whenever_it_is_deleted_the_worker_that_works_for_it_writes_nothing_more(
    database: Database, stranger: UUID, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    moments = random.Random(7)
    async with working(database, lease=30):
        needles: set[bytes] = set()
        for number in range(12):
            doomed = await organisation_named(database, f"Doomed {number}")
            text = document(tmp_path / f"{number}.log", shards=6, seconds=0.02)
            for _ in range(4):
                await queue_run(database, doomed, text)
            needles |= {f"Doomed {number}".encode(), text.encode(), *await all_ids(database, doomed)}
            await asyncio.sleep(moments.uniform(0, 0.6))
            assert await delete_organisation(database, doomed, "ana on bridge")
        run = await queue_run(database, stranger, document(tmp_path / "last.log", shards=2))
        assert (await finished_run(database, stranger, run)).status == "SUCCEEDED"
    assert await traces(database.url, needles) == {("deleted_organisations", "id")}
    assert "Traceback" not in caplog.text


async def test_a_closed_organisation_is_let_do_nothing_new(database: Database, organisation: UUID) -> None:
    async with client_of(database, organisation) as client:
        scenario = await client.create_scenario()
        run = await client.start_run(scenario)
        async with database.administration() as connection:
            await closing.close_organisation(connection, organisation)
        for operation, given in (
            ("CreateScenario", {"document": SHOP}),
            ("StartRun", {"scenario": scenario}),
            ("CancelRun", {"run": run}),
        ):
            answer = await client.answer(operation, **given)
            assert answer["errors"][0]["extensions"]["code"] == "FORBIDDEN", operation
            assert "is being deleted" in answer["errors"][0]["message"]
        assert (await client.ask("Lists"))["runs"]["nodes"] == [{"id": run, "status": "QUEUED"}]
    async with database.tenant(organisation) as connection:
        with pytest.raises(OrganisationClosedError):
            await record(connection, Actor(ActorKind.OPERATOR), AuditAction.CREATE_TOKEN)


async def test_its_tokens_open_nothing_once_it_is_being_deleted(database: Database, organisation: UUID) -> None:
    async with client_of(database, organisation) as client:
        assert (await client.post({"query": "{ __typename }"})).status_code == 200
        await delete_organisation(database, organisation, "ana on bridge")
        assert (await client.post({"query": "{ __typename }"})).status_code == 401


async def test_a_deletion_that_was_cut_off_is_ended_by_another(
    database: Database, organisation: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(3):
        await queue_run(database, organisation, "{}")

    async def cut_off(*_: object) -> None:
        raise ConnectionError("kill -9")

    with monkeypatch.context() as patched:
        patched.setattr("server.closing._delete_runs", cut_off)
        with pytest.raises(ConnectionError):
            await delete_organisation(database, organisation, "ana on bridge")
    async with database.administration() as connection:
        (listed,) = await closing.list_organisations(connection)
        assert listed.closed_at is not None
    assert await delete_organisation(database, organisation, "ana on bridge")
    assert not await delete_organisation(database, organisation, "ana on bridge")
    async with database.administration() as connection:
        assert len(await closing.deleted_organisations(connection)) == 1


async def test_two_who_delete_it_at_once_while_runs_are_started_end_with_nothing(
    database: Database, organisation: UUID
) -> None:
    async with client_of(database, organisation) as client:
        scenario = await client.create_scenario()
        deletions, *_ = await asyncio.gather(
            asyncio.gather(*(delete_organisation(database, organisation, "ana on bridge") for _ in range(2))),
            *(client.answer("StartRun", scenario=scenario) for _ in range(10)),
        )
    assert sorted(deletions) == [False, True]
    left = await traces(database.url, {str(organisation).encode(), organisation.bytes})
    assert left == {("deleted_organisations", "id")}


async def test_an_organisation_of_the_same_name_begins_empty(database: Database, organisation: UUID) -> None:
    await queue_run(database, organisation, json.dumps({"name": SECRET}))
    await delete_organisation(database, organisation, "ana on bridge")
    async with database.administration() as connection:
        again = await create_organisation(connection, name="Harbour Retail", kind=OrganisationKind.CLIENT)
        assert await find_organisation(connection, "Harbour Retail") == again
    assert again.id != organisation
    async with client_of(database, again.id) as client:
        assert (await client.ask("Lists"))["runs"]["totalCount"] == 0


async def test_the_app_cannot_delete_an_organisation_or_read_of_deleted_ones(
    database: Database, organisation: UUID
) -> None:
    for forbidden in ("DELETE FROM organisations", "SELECT * FROM deleted_organisations"):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            async with database.tenant(organisation) as connection:
                await connection.execute(forbidden)


async def test_a_client_that_ends_takes_its_requests_along_and_what_vendors_have_made_of_them(
    database: Database, client: Client
) -> None:
    held = await tender(client)
    await held.bidder.submit(held.request, await held.text())
    await done(held.bidder.client, TEST, proposalId=held.bidder.proposal)
    vendor = held.bidder.client.organisation
    needles = {b"Harbour Retail", str(client.organisation).encode(), b"Night desk"}
    assert ("proposals", "client_id") in await traces(database.url, needles)
    assert await delete_organisation(database, client.organisation, "ana on bridge")
    assert await traces(database.url, needles) == {("deleted_organisations", "id")}
    async with database.tenant(vendor) as connection:
        assert await connection.fetchval("SELECT bytes FROM stored_bytes") == 0
        assert await connection.fetchval("SELECT count(*) FROM runs") == 0


async def test_a_vendor_that_ends_leaves_with_its_client_what_was_evaluated_and_nothing_else(
    database: Database, client: Client
) -> None:
    held = await tender(client)
    await held.bidder.submit(held.request, await held.text())
    await done(held.client, CLOSE, requestId=held.request)
    await done(held.client, EVALUATE, requestId=held.request)
    vendor = held.bidder.client.organisation
    needles = {b"Alder Care", str(vendor).encode()}
    assert await delete_organisation(database, vendor, "ana on bridge")
    assert await traces(database.url, needles) == {("deleted_organisations", "id"), ("studies", "description")}
    (left,) = (await held.client.ask(INVITED, id=held.request))["request"]["invitations"]["nodes"]
    assert left["vendor"]["name"] == "Birch Care"


INVITED = "query($id: ID!) { request(id: $id) { invitations { nodes { vendor { name } } } proposals { totalCount } } }"
