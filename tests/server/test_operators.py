"""What an operator does to organisations at the command line, as it is typed."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from pathlib import Path
from uuid import UUID

import pytest

from server.database.pool import Database
from server.first_start import ensure_local_organisation
from server.store.audit import AuditRow, Filter, list_entries
from server.store.organisations import bearers_token, find_organisation, token_hash
from tests.cli.commands import Commands, Said
from tests.server.working import queue_run

Typed = Callable[..., Awaitable[Said]]


@pytest.fixture
def springtide(
    database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Typed:
    """`springtide ...` on the test's database."""
    monkeypatch.setenv("DATABASE_URL", database_url)
    commands = Commands(tmp_path, monkeypatch, capsys)

    async def typed(*words: str) -> Said:
        return await asyncio.to_thread(commands, *words)

    return typed


async def entries(database: Database, organisation: UUID) -> list[AuditRow]:
    async with database.tenant(organisation) as connection:
        return (await list_entries(connection, Filter(), first=50)).rows


async def test_organisations_are_made_listed_and_deleted(springtide: Typed, database: Database) -> None:
    made = await springtide("organisation", "create", "Acme", "--kind", "vendor")
    assert made.code == 0, made.err
    organisation = UUID(made.out.strip())
    again = await springtide("organisation", "create", "Acme", "--kind", "client")
    assert (again.code, again.err) == (1, "there is an organisation 'Acme' already; choose another name\n")
    (listed,) = json.loads((await springtide("organisation", "list", "--json")).out)
    assert (listed["name"], listed["id"], listed["kind"], listed["state"]) == ("Acme", str(organisation), "VENDOR", "")
    assert "Acme" in (await springtide("organisation", "list")).out
    (entry,) = await entries(database, organisation)
    assert (entry.action, entry.actor.kind, entry.actor.id) == ("CREATE_ORGANISATION", "OPERATOR", None)
    assert " on " in entry.actor.label

    await queue_run(database, organisation, "{}")
    unsure = await springtide("organisation", "delete", "Acme", "--confirm", "acme")
    assert (unsure.code, unsure.err) == (2, "--confirm 'acme' is not 'Acme'; write the same name twice to delete it\n")
    assert (await springtide("organisation", "delete", "Acme")).code == 2
    gone = await springtide("organisation", "delete", "Acme", "--confirm", "Acme")
    assert (gone.code, gone.err) == (0, f"deleted {organisation}; backups made before still hold it\n")
    missing = await springtide("organisation", "delete", "Acme", "--confirm", "Acme")
    assert missing.code == 1
    assert missing.err == "there is no organisation 'Acme'; `springtide organisation list` names them all\n"
    assert json.loads((await springtide("organisation", "list", "--json")).out) == []
    (told,) = json.loads((await springtide("organisation", "list", "--deleted", "--json")).out)
    assert (told["id"], told["by"]) == (str(organisation), entry.actor.label)
    assert "Acme" not in (await springtide("organisation", "list", "--deleted")).out


@pytest.mark.usefixtures("organisation")
async def test_limits_are_set_shown_and_let_go_of(springtide: Typed, database: Database, organisation: UUID) -> None:
    named = ("--organisation", "Harbour Retail")
    changed = await springtide("limits", "set", *named, "--queued-runs", "7", "--stored-bytes", "unlimited")
    assert changed.code == 0, changed.err
    shown = {each["name"]: each for each in json.loads((await springtide("limits", "show", *named, "--json")).out)}
    assert shown["QUEUED_RUNS"] == {"name": "QUEUED_RUNS", "used": 0, "most": 7, "left": 7}
    assert shown["STORED_BYTES"] == {"name": "STORED_BYTES", "used": 0, "most": None, "left": None}
    assert shown["REQUESTS_A_MINUTE"] == {"name": "REQUESTS_A_MINUTE", "used": None, "most": 6000, "left": None}
    table = (await springtide("limits", "show", *named)).out
    assert "queued-runs" in table
    assert "unlimited" in table
    await springtide("limits", "set", *named, "--queued-runs", "default")
    shown = {each["name"]: each for each in json.loads((await springtide("limits", "show", *named, "--json")).out)}
    assert shown["QUEUED_RUNS"]["most"] == 1000
    let_go, first = await entries(database, organisation)
    assert (first.action, first.facts) == ("SET_LIMITS", {"QUEUED_RUNS": 7, "STORED_BYTES": None})
    assert let_go.facts == {"QUEUED_RUNS": "default"}


@pytest.mark.usefixtures("organisation")
@pytest.mark.parametrize(
    ("given", "says"),
    [
        (("--queued-runs", "many"), "--queued-runs 'many': is no limit; write a whole number from 0, unlimited or"),
        (("--queued-runs", "-1"), "--queued-runs '-1': is no limit; "),
        (("--requests-a-minute", "0"), "--requests-a-minute '0': is no limit; write a whole number from 1, "),
        ((), "nothing to set; write one or more of --running-runs, --queued-runs, --contacts-a-day, "),
    ],
)
async def test_a_limit_that_is_none_is_wrong_usage(springtide: Typed, given: tuple[str, ...], says: str) -> None:
    refused = await springtide("limits", "set", "--organisation", "Harbour Retail", *given)
    assert refused.code == 2
    assert refused.err.startswith(says)


async def test_two_wrong_limits_are_told_at_once(springtide: Typed) -> None:
    refused = await springtide("limits", "set", "--organisation", "x", "--queued-runs", "a", "--running-runs", "b")
    assert len(refused.err.splitlines()) == 2


async def test_retention_is_set_and_let_go_of(springtide: Typed, database: Database, organisation: UUID) -> None:
    assert (await springtide("organisation", "retention", "Harbour Retail", "--days", "90")).code == 0
    (listed,) = json.loads((await springtide("organisation", "list", "--json")).out)
    assert listed["retention_days"] == "90"
    assert (await springtide("organisation", "retention", "Harbour Retail", "--keep")).code == 0
    for wrong in ((), ("--days", "3", "--keep")):
        refused = await springtide("organisation", "retention", "Harbour Retail", *wrong)
        assert (refused.code, refused.err) == (2, "write --days N, or --keep\n")
    let_go, first = await entries(database, organisation)
    assert (first.action, first.facts) == ("SET_RETENTION", {"before": None, "days": 90})
    assert let_go.facts == {"before": 90, "days": None}


async def test_a_token_made_at_the_command_line_is_told_without_its_text(springtide: Typed, database: Database) -> None:
    made = await springtide("token", "create", "--organisation", "Acme", "--kind", "client", "--role", "admin")
    token = made.out.strip()
    async with database.administration() as connection:
        found = await find_organisation(connection, "Acme")
    assert found is not None
    async with database.bearer(token_hash(token)) as connection:
        row = await bearers_token(connection)
    assert row is not None
    told, created = await entries(database, found.id)
    assert created.action == "CREATE_ORGANISATION"
    assert (told.action, told.subject and told.subject.key, told.facts) == (
        "CREATE_TOKEN",
        row.id,
        {"role": "ADMIN", "expires_at": None},
    )
    assert token not in str([told, created])


async def test_the_first_start_tells_what_it_made(database: Database) -> None:
    await ensure_local_organisation(database, demonstration=None)
    async with database.administration() as connection:
        local = await find_organisation(connection, "Local")
    assert local is not None
    made = await entries(database, local.id)
    assert [(entry.action, entry.actor.kind) for entry in made] == [
        ("CREATE_TOKEN", "SYSTEM"),
        ("CREATE_ORGANISATION", "SYSTEM"),
    ]
