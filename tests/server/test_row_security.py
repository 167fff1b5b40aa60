"""Another organisation sees and changes nothing, whatever the query forgets."""

import io
from datetime import timedelta
from uuid import UUID

import asyncpg
import pytest

from server.database.connecting import Connection
from server.database.pool import APP_ROLE, Database, act_for
from server.store import claims
from server.store.audit import Actor, ActorKind, AuditAction, record
from server.store.exports import create_link
from server.store.invitations import Found, invite
from server.store.limits import LimitName, reserve_run, set_limit
from server.store.members import add_member
from server.store.organisations import (
    OrganisationKind,
    Role,
    bearers_token,
    create_organisation,
    create_token,
    own_organisation,
    token_hash,
)
from server.store.outcomes import pack, store_outcomes
from server.store.proposals import create_proposal, own_proposal, submit
from server.store.readers import add_reader
from server.store.runs import start_run
from server.store.scenarios import create_scenario
from server.store.studies import start_study
from server.store.uploads import create_upload
from server.uploads import parts
from tests.server.tender import request_of_store

TENANT_TABLES = [
    *("tokens", "members", "scenarios", "runs", "shards", "run_changes", "outcomes", "outcome_columns"),
    *("kept_counters", "limits", "contact_days", "stored_bytes", "audit_log", "export_links"),
    *("period_figures", "readers", "uploads", "upload_parts", "studies", "study_points"),
    *("requests", "request_bases", "invitations", "proposals", "submissions", "offers"),
]
SHOWN = {"requests": 2, "invitations": 2, "scenarios": 3}
"""Rows of the organisation by table, where they are not one: its own request and one that it was invited to; its
scenario, a request's, and that of its proposal."""


@pytest.fixture
async def token(database: Database, organisation: UUID) -> str:
    """A token of the organisation, which also has a row in every other table."""
    async with database.tenant(organisation) as connection:
        token, row = await create_token(connection, role=Role.ADMIN)
        await add_member(connection, email="ada@harbour.example", name="Ada", role=Role.VIEWER)
        scenario = await create_scenario(connection, name="Peak", document="{}", source="", digest="d")
        run = await start_run(
            connection, scenario_id=scenario.id, document="{}", digest="d", experiment={"replications": 2}
        )
        await connection.execute(
            "INSERT INTO shards (run_id, number, replications, content) VALUES ($1, 0, 2, '')", run.id
        )
        await store_outcomes(connection, run.id, pack({}, [("queue", "orders", "day", "offered", "mean", b"")], b""))
        await create_link(
            connection,
            run_id=run.id,
            format="CSV",
            wanted={},
            token_id=row.id,
            member_id=None,
            lasts=timedelta(hours=1),
        )
        await create_upload(connection, parts(io.BytesIO(b"Date,Calls")), 10)
        study = await start_study(
            connection, scenario_id=scenario.id, scenario_version=1, kind="SWEEP", description="{}", most_replications=1
        )
        await connection.execute(
            "INSERT INTO study_points (study_id, name, id, label) VALUES ($1, 'base', $1, 'as planned')", study.id
        )
        await reserve_run(connection, 1)
        await record(connection, Actor(ActorKind.SYSTEM), AuditAction.START_RUN)
    await bid(database, organisation)
    async with database.administration() as connection:
        await set_limit(connection, organisation, LimitName.QUEUED_RUNS, 5)
        await add_reader(connection, organisation, "springtide_reader_0")
    return token


async def bid(database: Database, organisation: UUID) -> None:
    """It asks for proposals, and has submitted one to somebody else."""
    async with database.administration() as connection:
        asks = await create_organisation(connection, name="Asks", kind=OrganisationKind.CLIENT)
        asked = await create_organisation(connection, name="Asked", kind=OrganisationKind.VENDOR)
    own, other = [await request_of_store(database, each, "x") for each in (organisation, asks.id)]
    async with database.tenant(organisation) as connection:
        await invite(connection, own, [Found(asked.id, "Asked")])
    async with database.tenant(asks.id) as connection:
        await invite(connection, other, [Found(organisation, "Harbour Retail")])
    async with database.tenant(organisation) as connection:
        proposal = await create_proposal(connection, request_id=other, client_id=asks.id, document="{}", source="")
        await create_scenario(connection, name="joined", document="{}", source="", digest="d", proposal_id=proposal)
        row = await own_proposal(connection, proposal)
        assert row is not None
        await submit(connection, row, client_id=asks.id, name="Harbour Retail", offer="{}")


async def count(connection: Connection, table: str) -> int:
    return int(await connection.fetchval(f"SELECT count(*) FROM {table}"))


@pytest.mark.usefixtures("token")
@pytest.mark.parametrize("table", TENANT_TABLES)
async def test_an_organisation_sees_its_own_rows_and_another_sees_none(
    database: Database, organisation: UUID, stranger: UUID, table: str
) -> None:
    async with database.tenant(organisation) as connection:
        assert await count(connection, table) == SHOWN.get(table, 1)
    async with database.tenant(stranger) as connection:
        assert await count(connection, table) == 0


@pytest.mark.usefixtures("token")
@pytest.mark.parametrize("table", [*TENANT_TABLES, "organisations"])
async def test_without_an_organisation_there_are_no_rows(database: Database, table: str) -> None:
    async with database._transaction() as connection:
        assert await count(connection, table) == 0


@pytest.mark.usefixtures("token")
@pytest.mark.parametrize("table", TENANT_TABLES)
async def test_the_owner_itself_sees_no_rows(database_url: str, table: str) -> None:
    connection = await asyncpg.connect(database_url)
    try:
        await connection.execute("SET ROLE springtide_owner")
        assert await count(connection, f"springtide.{table}") == 0
    finally:
        await connection.close()


CHANGES = [
    "UPDATE tokens SET revoked_at = now()",
    "UPDATE members SET role = 'ADMIN'",
    "UPDATE members SET removed_at = now()",
    "UPDATE runs SET status = 'CANCELLED', finished_at = now()",
    "DELETE FROM shards",
    "DELETE FROM runs",
    "DELETE FROM scenarios WHERE name = 'Peak'",
    "UPDATE contact_days SET contacts = 0",
    "UPDATE stored_bytes SET bytes = 0",
    "DELETE FROM outcomes",
    "UPDATE organisations SET retention_days = 1 WHERE name = 'Harbour Retail'",
    "UPDATE requests SET awarded_at = now() WHERE client_name = 'x'",
    "UPDATE request_bases SET sequence = 5",
    "UPDATE invitations SET outcome = 'AWARDED' WHERE vendor_name = 'Asked'",
    "UPDATE proposals SET version = 5",
    "UPDATE submissions SET withdrawn_at = now()",
    "UPDATE offers SET document = '{}'",
    "DELETE FROM offers",
]


@pytest.mark.usefixtures("token")
@pytest.mark.parametrize("change", CHANGES)
async def test_another_organisation_changes_no_row(
    database: Database, organisation: UUID, stranger: UUID, change: str
) -> None:
    async with database.tenant(stranger) as connection:
        assert (await connection.execute(change)).endswith(" 0")
    async with database.tenant(organisation) as connection:
        assert (await connection.execute(change)).endswith(" 1")


FORGED = [
    "INSERT INTO tokens (organisation_id, id, hash, role) VALUES ($1, $1, decode(repeat('ab', 32), 'hex'), 'ADMIN')",
    "INSERT INTO members (organisation_id, id, email, role) VALUES ($1, $1, 'eve@evil.example', 'ADMIN')",
    "INSERT INTO scenarios (organisation_id, id, name, document, source, digest) VALUES ($1, $1, '', '{}', '', '')",
    "INSERT INTO runs (organisation_id, id, scenario_id, document, digest, experiment, total) "
    "VALUES ($1, $1, $1, '{}', '', '{}', 1)",
    "INSERT INTO shards (organisation_id, run_id, number, replications, content) VALUES ($1, $1, 0, 1, '')",
    "INSERT INTO run_changes (organisation_id, run_id, sequence, status, completed) VALUES ($1, $1, 2, 'RUNNING', 0)",
    "INSERT INTO outcomes (organisation_id, run_id, summary) VALUES ($1, $1, '{}')",
    "INSERT INTO kept_counters VALUES ($1, $1, '')",
    "INSERT INTO contact_days VALUES ($1, '2026-11-22', 1)",
    "INSERT INTO stored_bytes VALUES ($1, 1)",
    "INSERT INTO audit_log (organisation_id, id, actor_kind, action) VALUES ($1, $1, 'TOKEN', 'START_RUN')",
    "INSERT INTO requests VALUES ($1, $1, 'x', 'x', '{}', 'd', true, now(), now())",
    "INSERT INTO request_bases VALUES ($1, $1, $1, 1, '{}', '{}', '[]')",
    "INSERT INTO invitations VALUES ($1, $1, $1, gen_random_uuid(), 'x')",
    "INSERT INTO proposals VALUES ($1, $1, $1, gen_random_uuid(), 1, 1, '{}', '')",
    "INSERT INTO submissions VALUES ($1, $1, $1, $1, gen_random_uuid(), 'x')",
    "INSERT INTO offers VALUES ($1, $1, $1, gen_random_uuid(), '{}')",
    "INSERT INTO outcome_columns VALUES ($1, $1, 'queue', 'orders', 'day', 'offered', 'mean', '')",
]


@pytest.mark.parametrize("forged", FORGED)
async def test_no_row_can_be_written_for_another_organisation(
    database: Database, organisation: UUID, stranger: UUID, forged: str
) -> None:
    with pytest.raises(asyncpg.InsufficientPrivilegeError, match="row-level security"):
        async with database.tenant(stranger) as connection:
            await connection.execute(forged, organisation)


async def test_a_run_of_another_organisations_scenario_cannot_be_started(
    database: Database, organisation: UUID, stranger: UUID
) -> None:
    async with database.tenant(organisation) as connection:
        scenario = await create_scenario(connection, name="Peak", document="{}", source="", digest="d")
    with pytest.raises(asyncpg.ForeignKeyViolationError):
        async with database.tenant(stranger) as connection:
            await start_run(
                connection, scenario_id=scenario.id, document="{}", digest="", experiment={"replications": 1}
            )


async def test_the_organisation_of_a_transaction_ends_with_it(database: Database, organisation: UUID) -> None:
    async with database.tenant(organisation) as connection:
        assert await own_organisation(connection) is not None
    for _ in range(6):
        async with database._transaction() as connection:
            assert await own_organisation(connection) is None


async def test_an_organisation_sees_of_organisations_itself_only(
    database: Database, organisation: UUID, stranger: UUID
) -> None:
    async with database.tenant(stranger) as connection:
        own = await own_organisation(connection)
        assert own is not None
        assert own.id == stranger
        assert await count(connection, "organisations") == 1


async def test_a_bearer_sees_the_token_and_nothing_else(
    database: Database, organisation: UUID, stranger: UUID, token: str
) -> None:
    async with database.tenant(stranger) as connection:
        await create_token(connection, role=Role.VIEWER)
    async with database.bearer(token_hash(token)) as connection:
        seen = await bearers_token(connection)
        assert seen is not None
        assert seen.organisation_id == organisation
        assert [await count(connection, table) for table in TENANT_TABLES] == [1, *[0] * (len(TENANT_TABLES) - 1)]
    async with database.bearer(token_hash("springtide_guessed")) as connection:
        assert await bearers_token(connection) is None


@pytest.mark.usefixtures("token")
async def test_who_claims_sees_unfinished_runs_and_of_them_no_document(database: Database) -> None:
    async with database.queue() as connection:
        claim = await claims.claim_run(connection, 10, "test-1")
        assert claim is not None
    for forbidden in ("SELECT document FROM runs", "SELECT count(*) FROM scenarios", "UPDATE runs SET document = '{}'"):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            async with database.queue() as connection:
                await connection.execute(forbidden)
    async with database.tenant(claim.organisation_id) as connection:
        await claims.finish_run(connection, claim, 2)
    async with database.queue() as connection:
        assert await connection.fetchval("SELECT count(id) FROM runs") == 0


@pytest.mark.usefixtures("token")
async def test_administration_sees_organisations_and_no_rows_of_theirs(database: Database) -> None:
    async with database.administration() as connection:
        assert await count(connection, "organisations") == 3
        assert await count(connection, "limits") == 1
        assert await count(connection, "readers") == 1
    for table in set(TENANT_TABLES) - {"limits", "readers"}:
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            async with database.administration() as connection:
                await count(connection, table)


async def test_one_idempotency_key_serves_two_organisations_without_telling(
    database: Database, organisation: UUID, stranger: UUID
) -> None:
    made = []
    for owner in (organisation, stranger):
        async with database.tenant(owner) as connection:
            row = await create_scenario(
                connection, name="Peak", document="{}", source="", digest="d", idempotency_key="monday"
            )
            made.append(row.id)
    assert made[0] != made[1]


async def test_every_table_of_organisations_rows_is_tried_here(database: Database) -> None:
    async with database._transaction() as connection:
        tables = await connection.fetch(
            "SELECT relname FROM pg_attribute JOIN pg_class ON pg_class.oid = attrelid"
            " WHERE relnamespace = 'springtide'::regnamespace AND relkind IN ('r', 'p') AND attname = 'organisation_id'"
        )
    assert {table["relname"] for table in tables} == {*TENANT_TABLES}


async def test_resetting_the_role_leads_back_to_the_apps_role(database: Database, organisation: UUID) -> None:
    async with database._transaction() as connection:
        await connection.execute("RESET ROLE")
        assert await connection.fetchval("SELECT current_user") == APP_ROLE
        await act_for(connection, organisation)
        await connection.execute("RESET ALL")
        assert await connection.fetchval("SELECT current_user") == APP_ROLE
