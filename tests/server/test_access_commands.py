"""`springtide token` and `springtide member` on a database, as whoever keeps it uses them."""

import asyncio
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from server.database.pool import Database
from server.store.organisations import TokenRow, bearers_token, token_hash
from tests.cli.commands import Commands, Said


@pytest.fixture
def commands(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], database_url: str
) -> Commands:
    monkeypatch.setenv("DATABASE_URL", database_url)
    return Commands(tmp_path, monkeypatch, capsys)


@pytest.fixture
def bearer(database_url: str) -> Callable[[str], TokenRow | None]:
    """What a token opens."""

    async def look(token: str) -> TokenRow | None:
        async with Database.open(database_url) as database, database.bearer(token_hash(token)) as connection:
            return await bearers_token(connection)

    return lambda token: asyncio.run(look(token))


ACME = ("--organisation", "Acme")


def create(commands: Commands, *more: str) -> Said:
    return commands("token", "create", *ACME, "--kind", "vendor", *more)


def lines(said: Said) -> list[list[str]]:
    """The cells of a table, without its head."""
    assert said.code == 0, said.err
    return [re.split(r" {2,}", line) for line in said.out.splitlines()[1:]]


def test_a_token_stands_alone_on_stdout_and_has_all_scopes_of_its_role(
    commands: Commands, bearer: Callable[[str], TokenRow | None]
) -> None:
    said = create(commands, "--role", "planner")
    assert (said.code, said.err) == (0, "")
    row = bearer(said.out.strip())
    assert row is not None
    assert sorted(row.scopes) == ["READ", "REQUESTS", "RUNS", "SCENARIOS"]
    assert (row.label, row.expires_at) == ("command line", None)


def test_a_token_is_narrowed_ends_and_has_a_label(commands: Commands, bearer: Callable[[str], TokenRow | None]) -> None:
    said = create(commands, "--role", "PLANNER", "--scope", "runs", "--expires-days", "7", "--label", "nightly runs")
    row = bearer(said.out.strip())
    assert row is not None
    assert sorted(row.scopes) == ["READ", "RUNS"]
    assert row.expires_at is not None
    assert (row.expires_at - row.created_at).days in (6, 7)
    ((key, role, scopes, expires, used, label),) = lines(commands("token", "list", *ACME))
    assert (key, role, scopes, label) == (str(row.id), "PLANNER", "READ,RUNS", "nightly runs")
    assert (expires[:10], used) == (row.expires_at.isoformat()[:10], "-")


def test_a_revoked_token_opens_nothing_and_is_listed_no_more(
    commands: Commands, bearer: Callable[[str], TokenRow | None]
) -> None:
    token = create(commands, "--role", "admin").out.strip()
    ((key, *_),) = lines(commands("token", "list", *ACME))
    assert commands("token", "revoke", key, *ACME) == Said(0, "", "revoked\n")
    assert bearer(token) is None
    assert lines(commands("token", "list", *ACME)) == []
    again = commands("token", "revoke", key, *ACME)
    assert (again.code, again.err) == (1, f"Acme has no token {key} to revoke; see `springtide token list`\n")


@pytest.mark.parametrize(
    ("options", "says"),
    [
        (
            ("--role", "viewer", "--scope", "runs"),
            "--scope RUNS: the role VIEWER does not allow it; leave it out, or write a higher --role\n",
        ),
        (
            ("--role", "viewer", "--label", " "),
            "--label ' ': is no name; write a line of 1 to 200 visible characters\n",
        ),
        (
            ("--role", "viewer", "--scope", "all"),
            "--scope 'all': is no scope; write one of READ, SCENARIOS, RUNS, ADMINISTRATION\n",
        ),
    ],
)
def test_an_option_that_cannot_be_is_wrong_usage_and_makes_nothing(
    commands: Commands, options: tuple[str, ...], says: str
) -> None:
    said = create(commands, *options)
    assert (said.code, said.out, said.err) == (2, "", says)
    assert commands("token", "list", *ACME).code == 1


def test_a_token_of_no_day_is_wrong_usage(commands: Commands) -> None:
    assert create(commands, "--role", "viewer", "--expires-days", "0").code == 2


@pytest.mark.parametrize(
    "words", [("token", "list"), ("member", "list"), ("member", "add", "ada@acme.example", "--role", "viewer")]
)
def test_an_organisation_that_is_not_there_is_not_made(commands: Commands, words: tuple[str, ...]) -> None:
    said = commands(*words, *ACME)
    assert (said.code, said.out) == (1, "")
    assert said.err == "there is no organisation 'Acme'; `springtide organisation list` names them all\n"


def test_a_member_is_added_listed_and_removed(commands: Commands, monkeypatch: pytest.MonkeyPatch) -> None:
    create(commands, "--role", "admin")
    monkeypatch.setenv("OIDC_ISSUER", "https://login.example.com")
    monkeypatch.setenv("OIDC_AUDIENCE", "springtide")
    added = commands("member", "add", "Ada@acme.example", *ACME, "--role", "planner", "--name", "Ada Byron")
    assert added == Said(0, "", "ada@acme.example is invited as PLANNER\n")
    assert lines(commands("member", "list", *ACME)) == [["ada@acme.example", "Ada Byron", "PLANNER", "no", "-"]]
    again = commands("member", "add", "ada@acme.example", *ACME, "--role", "viewer")
    assert (again.code, again.err[:38]) == (1, "Acme has a member of this address; rem")
    removed = commands("member", "remove", "ADA@acme.example", *ACME)
    assert removed == Said(0, "", "removed; tokens revoked with them: 0\n")
    assert lines(commands("member", "list", *ACME)) == []
    assert commands("member", "remove", "ada@acme.example", *ACME).code == 1


def test_a_member_who_could_not_sign_in_yet_is_said(commands: Commands, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("OIDC_ISSUER", raising=False)
    create(commands, "--role", "admin")
    added = commands("member", "add", "ada@acme.example", *ACME, "--role", "viewer")
    assert added.err.splitlines()[1] == "here no OIDC_ISSUER is set: nobody can sign in until the server has one"
    assert commands("member", "add", "ada", *ACME, "--role", "viewer").code == 2
