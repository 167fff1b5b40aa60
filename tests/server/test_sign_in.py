"""People sign in with the issuer's JWTs: invited by e-mail, known by subject, each in the organisation they name."""

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID

import httpx
import pytest

from server.access import ORGANISATION_HEADER
from server.database.pool import Database
from server.graphql.paging import global_id
from server.store.closing import close_organisation
from server.store.members import (
    MemberRow,
    add_member,
    bind_member,
    get_member,
    list_members,
    memberships,
    remove_member,
    same_email,
)
from server.store.organisations import Role
from tests.server.api import Client, client_of
from tests.server.issuer import LocalIssuer

WHO = "{ viewer { organisation { id name } role scopes expiresAt member { email name signedIn } token { label } } }"


@pytest.fixture
async def client(database: Database, organisation: UUID, issuer: LocalIssuer) -> AsyncIterator[Client]:
    async with client_of(database, organisation, settings=issuer.settings) as opened:
        yield opened


async def invite(
    database: Database, organisation: UUID, email: str = "ada@harbour.example", role: Role = Role.PLANNER
) -> MemberRow:
    async with database.tenant(organisation) as connection:
        row = await add_member(connection, email=email, name="", role=role)
    assert row is not None
    return row


async def asked(client: Client, shown: str, organisation: UUID | str | None = None) -> httpx.Response:
    named = {} if organisation is None else {ORGANISATION_HEADER: organisation_id(organisation)}
    headers = {"Authorization": f"Bearer {shown}", **named}
    return await client.http.post("/graphql", json={"query": WHO}, headers=headers)


def organisation_id(organisation: UUID | str) -> str:
    return organisation if isinstance(organisation, str) else global_id("Organisation", organisation)


async def viewer(client: Client, shown: str, organisation: UUID | None = None) -> Any:
    answer = await asked(client, shown, organisation)
    assert answer.status_code == 200, answer.text
    return answer.json()["data"]["viewer"]


async def refusal(client: Client, shown: str, organisation: UUID | str | None = None) -> tuple[int, str, str]:
    answer = await asked(client, shown, organisation)
    (error,) = answer.json()["errors"]
    return answer.status_code, error["extensions"]["code"], error["message"]


async def test_who_was_invited_is_a_member_from_the_first_sign_in_on(
    client: Client, database: Database, organisation: UUID, issuer: LocalIssuer
) -> None:
    invited = await invite(database, organisation, "Ada@Harbour.Example")
    told = await viewer(client, issuer.jwt())
    assert told["organisation"] == {"id": global_id("Organisation", organisation), "name": "Harbour Retail"}
    assert (told["role"], told["scopes"], told["token"]) == ("PLANNER", ["READ", "SCENARIOS", "RUNS", "REQUESTS"], None)
    assert told["member"] == {"email": "ada@harbour.example", "name": "Ada Byron", "signedIn": True}
    assert told["expiresAt"] is not None
    async with database.tenant(organisation) as connection:
        kept = await get_member(connection, invited.id)
    assert kept is not None
    assert kept.subject == "ada-1"
    assert kept.last_seen_at is not None


async def test_after_the_first_sign_in_the_subject_counts_and_the_address_does_not(
    client: Client, database: Database, organisation: UUID, issuer: LocalIssuer
) -> None:
    await invite(database, organisation)
    await viewer(client, issuer.jwt())
    moved = await viewer(client, issuer.jwt(email="ada@elsewhere.example", email_verified=False))
    assert moved["member"]["email"] == "ada@harbour.example"
    assert (await refusal(client, issuer.jwt(sub="eve-2")))[:2] == (403, "FORBIDDEN")


async def test_an_address_that_nobody_vouches_for_takes_up_no_invitation(
    client: Client, database: Database, organisation: UUID, issuer: LocalIssuer
) -> None:
    invited = await invite(database, organisation)
    status, code, message = await refusal(client, issuer.jwt(email_verified=False))
    assert (status, code) == (403, "FORBIDDEN")
    assert "does not vouch for your e-mail address" in message
    async with database.tenant(organisation) as connection:
        assert await get_member(connection, invited.id) == invited


async def test_letters_that_only_look_alike_are_not_the_same_address(
    client: Client, database: Database, organisation: UUID, issuer: LocalIssuer
) -> None:
    await invite(database, organisation, "kay@harbour.example")
    kelvin = "\u212aay@harbour.example"
    assert kelvin.lower() == "kay@harbour.example" != same_email(kelvin)
    assert (await refusal(client, issuer.jwt(email=kelvin)))[:2] == (403, "FORBIDDEN")


async def test_who_was_never_invited_is_told_so_and_nothing_else(
    client: Client, database: Database, stranger: UUID, issuer: LocalIssuer
) -> None:
    await invite(database, stranger, "somebody@other.example")
    status, code, message = await refusal(client, issuer.jwt())
    assert (status, code) == (403, "FORBIDDEN")
    assert message == (
        "You are not a member of any organisation here: an administrator of one adds you by your e-mail address."
    )


async def test_a_removed_member_is_shut_out_at_once_and_may_be_invited_again(
    client: Client, database: Database, organisation: UUID, issuer: LocalIssuer
) -> None:
    member = await invite(database, organisation)
    await viewer(client, issuer.jwt())
    async with database.tenant(organisation) as connection:
        await remove_member(connection, member.id)
    assert (await refusal(client, issuer.jwt()))[:2] == (403, "FORBIDDEN")
    await invite(database, organisation, role=Role.VIEWER)
    assert (await viewer(client, issuer.jwt()))["role"] == "VIEWER"


async def test_a_member_of_several_organisations_names_one_and_is_told_which_there_are(
    client: Client, database: Database, organisation: UUID, stranger: UUID, issuer: LocalIssuer
) -> None:
    await invite(database, organisation, role=Role.ADMIN)
    await invite(database, stranger, role=Role.VIEWER)
    answer = await asked(client, issuer.jwt())
    (error,) = answer.json()["errors"]
    assert (answer.status_code, error["extensions"]["code"]) == (400, "ORGANISATION_REQUIRED")
    assert ORGANISATION_HEADER in error["message"]
    assert sorted(error["extensions"]["organisations"], key=lambda each: each["name"]) == [
        {"id": global_id("Organisation", organisation), "name": "Harbour Retail"},
        {"id": global_id("Organisation", stranger), "name": "Other Retail"},
    ]
    assert (await viewer(client, issuer.jwt(), organisation))["role"] == "ADMIN"
    assert (await viewer(client, issuer.jwt(), stranger))["role"] == "VIEWER"


async def test_only_own_organisations_are_listed_and_can_be_named(
    client: Client, database: Database, organisation: UUID, stranger: UUID, issuer: LocalIssuer
) -> None:
    await invite(database, organisation)
    await invite(database, stranger, "somebody@other.example")
    assert (await viewer(client, issuer.jwt()))["organisation"]["name"] == "Harbour Retail"
    missing = global_id("Organisation", UUID(int=7))
    told = [await refusal(client, issuer.jwt(), named) for named in (stranger, missing, "nonsense", str(organisation))]
    assert told[0][:2] == (403, "FORBIDDEN")
    assert len(set(told)) == 1


async def test_a_token_is_of_its_organisation_and_no_other_can_be_named(
    client: Client, organisation: UUID, stranger: UUID
) -> None:
    assert client.token is not None
    assert (await viewer(client, client.token, organisation))["organisation"]["name"] == "Harbour Retail"
    assert (await refusal(client, client.token, stranger))[:2] == (403, "FORBIDDEN")
    assert (await viewer(client, client.token))["member"] is None


async def test_two_invitations_of_one_person_make_one_member(
    client: Client, database: Database, organisation: UUID, issuer: LocalIssuer
) -> None:
    await invite(database, organisation)
    await viewer(client, issuer.jwt())
    await invite(database, organisation, "countess@harbour.example", Role.ADMIN)
    for _ in range(2):
        assert (await viewer(client, issuer.jwt(email="countess@harbour.example")))["role"] == "PLANNER"
    async with database.tenant(organisation) as connection:
        rows = (await list_members(connection, first=9)).rows
    assert [row.subject for row in rows] == [None, "ada-1"]


@pytest.mark.parametrize(
    ("claims", "says"),
    [
        ({"exp": 1}, "it has expired"),
        ({"aud": "another"}, "it is for another audience"),
        ({"iss": "https://elsewhere.example"}, "it is of another issuer"),
    ],
)
async def test_a_jwt_that_is_not_for_us_is_refused_with_a_reason(
    client: Client, database: Database, organisation: UUID, issuer: LocalIssuer, claims: dict[str, Any], says: str
) -> None:
    await invite(database, organisation)
    answer = await asked(client, issuer.jwt(**claims))
    assert (answer.status_code, answer.headers["www-authenticate"]) == (401, "Bearer")
    assert answer.json()["errors"][0]["message"] == f"The JWT is not accepted: {says}. Sign in again, or send a token."


async def test_while_the_issuer_is_away_tokens_open_and_jwts_are_told_to_wait(
    client: Client, database: Database, organisation: UUID, issuer: LocalIssuer
) -> None:
    await invite(database, organisation)
    issuer.away = True
    status, code, message = await refusal(client, issuer.jwt())
    assert (status, code) == (503, "UNAVAILABLE")
    assert "Tokens work meanwhile" in message
    assert client.token is not None
    assert (await viewer(client, client.token))["role"] == "PLANNER"


async def test_without_an_issuer_a_jwt_is_no_token(database: Database, organisation: UUID, issuer: LocalIssuer) -> None:
    await invite(database, organisation)
    async with client_of(database, organisation) as tokens_only:
        assert (await refusal(tokens_only, issuer.jwt()))[:2] == (401, "UNAUTHENTICATED")


async def test_an_invitation_is_taken_up_by_one_person_once(database: Database, organisation: UUID) -> None:
    first = await invite(database, organisation)
    other = await invite(database, organisation, "eve@harbour.example")
    removed = await invite(database, organisation, "bob@harbour.example")
    async with database.tenant(organisation) as connection:
        await remove_member(connection, removed.id)
        taken = [
            await bind_member(connection, member, issuer="https://login.example", subject=subject, name="")
            for member, subject in ((first.id, "ada"), (first.id, "eve"), (other.id, "ada"), (removed.id, "bob"))
        ]
        assert taken == [True, False, False, False]
        kept = await get_member(connection, first.id)
    assert kept is not None
    assert kept.subject == "ada"


async def test_the_persons_door_shows_that_persons_rows_and_the_invitations_to_them_only(
    client: Client, database: Database, organisation: UUID, stranger: UUID, issuer: LocalIssuer
) -> None:
    own = await invite(database, organisation)
    await viewer(client, issuer.jwt())
    invitation = await invite(database, stranger)
    for other in ("eve@harbour.example", "eve@other.example"):
        await invite(database, organisation, other)
    async with database.person(issuer.url, "ada-1") as connection:
        assert [row.id for row in await memberships(connection)] == [own.id]
        assert await connection.fetchval("SELECT count(*) FROM organisations") == 0
        assert await connection.fetchval("SELECT count(*) FROM tokens") == 0
        assert await connection.execute("UPDATE members SET role = 'ADMIN'") == "UPDATE 0"
    async with database.person(issuer.url, "ada-1", "ada@harbour.example") as connection:
        assert [row.id for row in await memberships(connection)] == [own.id, invitation.id]
    for somebody in ((issuer.url, "eve-2"), ("https://elsewhere.example", "ada-1"), ("", "")):
        async with database.person(*somebody) as connection:
            assert await memberships(connection) == []


async def test_who_is_removed_while_their_request_comes_in_does_nothing_with_it(
    client: Client, database: Database, organisation: UUID, issuer: LocalIssuer
) -> None:
    row = await invite(database, organisation, role=Role.ADMIN)
    headers = {"Authorization": f"Bearer {issuer.jwt()}", "Content-Type": "application/json"}
    assert (await asked(client, issuer.jwt())).status_code == 200
    making = 'mutation { createToken(input: {role: ADMIN, label: "back door"}) { text } }'
    begun, removed = asyncio.Event(), asyncio.Event()

    async def held_back() -> AsyncIterator[bytes]:
        body = json.dumps({"query": making}).encode()
        yield body[:5]
        begun.set()
        await removed.wait()
        yield body[5:]

    held = asyncio.create_task(client.http.post("/graphql", content=held_back(), headers=headers))
    await begun.wait()
    async with database.tenant(organisation) as connection:
        await remove_member(connection, row.id)
    removed.set()
    answer = (await held).json()
    assert answer["data"]["createToken"] is None
    assert answer["errors"][0]["extensions"]["code"] == "UNAUTHENTICATED"
    async with database.tenant(organisation) as connection:
        assert await connection.fetchval("SELECT count(*) FROM tokens WHERE label = 'back door'") == 0


async def test_an_invitation_changes_nothing_for_a_member_elsewhere_until_they_name_it(
    client: Client, database: Database, organisation: UUID, stranger: UUID, issuer: LocalIssuer
) -> None:
    await invite(database, organisation)
    assert (await viewer(client, issuer.jwt()))["organisation"]["id"] == organisation_id(organisation)
    asking = await invite(database, stranger)
    for named in (None, organisation):
        assert (await viewer(client, issuer.jwt(), named))["organisation"]["id"] == organisation_id(organisation)
    async with database.tenant(stranger) as connection:
        row = await get_member(connection, asking.id)
    assert row is not None
    assert (row.subject, row.name) == (None, "")
    assert (await viewer(client, issuer.jwt(), stranger))["organisation"]["id"] == organisation_id(stranger)


async def test_an_invitation_into_an_organisation_that_closes_locks_nobody_out(
    client: Client, database: Database, organisation: UUID, stranger: UUID, issuer: LocalIssuer
) -> None:
    for each in (organisation, stranger):
        await invite(database, each)
    async with database.administration() as connection:
        await close_organisation(connection, stranger)
    assert (await asked(client, issuer.jwt(), stranger)).status_code == 403
    assert (await asked(client, issuer.jwt(), organisation)).status_code == 200
    assert (await asked(client, issuer.jwt())).status_code == 200
