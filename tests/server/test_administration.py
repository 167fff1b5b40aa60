"""Who may do what, seen and changed over the API: nobody gives more than they have, nobody is locked out."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from server.access import AccessRefusedError, Doorkeeper
from server.database.pool import Database
from server.store.organisations import Role, Scope, create_token
from tests.server.api import Client, client_of, token_of
from tests.server.issuer import LocalIssuer

TOKEN = "{ id label role scopes expiresAt revokedAt lastUsedAt createdBy { email } }"
ERRORS = "userErrors { code path message }"
CREATE = f"mutation($i: CreateTokenInput!) {{ createToken(input: $i) {{ text token {TOKEN} {ERRORS} }} }}"
REVOKE = f"mutation($i: RevokeTokenInput!) {{ revokeToken(input: $i) {{ token {TOKEN} {ERRORS} }} }}"
ADD = (
    f"mutation($i: AddMemberInput!) {{ addMember(input: $i) {{ member {{ id email name role signedIn }} {ERRORS} }} }}"
)
CHANGE = (
    "mutation($i: ChangeMemberRoleInput!) { changeMemberRole(input: $i) "
    f"{{ member {{ role }} revokedTokens {{ label }} {ERRORS} }} }}"
)
REMOVE = (
    "mutation($i: RemoveMemberInput!) { removeMember(input: $i) "
    f"{{ member {{ removedAt }} revokedTokens {{ label }} {ERRORS} }} }}"
)
TOKENS = f"{{ tokens {{ totalCount nodes {TOKEN} }} }}"
MEMBERS = "{ members { totalCount nodes { id email role signedIn } } }"


@pytest.fixture
async def client(database: Database, organisation: UUID, issuer: LocalIssuer) -> AsyncIterator[Client]:
    """An administrator with a token."""
    async with client_of(database, organisation, settings=issuer.settings) as opened:
        opened.token = await token_of(database, organisation, Role.ADMIN)
        yield opened


async def done(client: Client, mutation: str, **input: Any) -> Any:
    (payload,) = (await client.ask(mutation, i=input)).values()
    assert payload["userErrors"] == [], payload
    return payload


async def refused(client: Client, mutation: str, **input: Any) -> list[tuple[str, str | None]]:
    (payload,) = (await client.ask(mutation, i=input)).values()
    assert all(value in (None, []) for name, value in payload.items() if name != "userErrors"), payload
    return [(error["code"], error["path"]) for error in payload["userErrors"]]


async def signed_in(client: Client, issuer: LocalIssuer, name: str, role: str) -> Client:
    """A member who has been invited, and whose JWT the client shows."""
    await done(client, ADD, email=f"{name}@harbour.example", role=role)
    shown = issuer.jwt(sub=name, email=f"{name}@harbour.example")
    member = client.as_stranger(client.organisation, shown)
    await member.ask("{ viewer { role } }")
    return member


async def narrowed(client: Client, database: Database, *scopes: Scope, **more: Any) -> Client:
    """An administrator's token with some scopes only."""
    async with database.tenant(client.organisation) as connection:
        text, _ = await create_token(connection, role=Role.ADMIN, scopes=frozenset(scopes), **more)
    return client.as_stranger(client.organisation, text)


async def member_id(client: Client, email: str) -> str:
    nodes = (await client.ask(MEMBERS))["members"]["nodes"]
    return str(next(node["id"] for node in nodes if node["email"] == email))


async def test_a_token_is_shown_once_and_does_what_its_scopes_say(client: Client) -> None:
    made = await done(client, CREATE, role="PLANNER", label="nightly", scopes=["RUNS"])
    assert made["token"]["scopes"] == ["READ", "RUNS"]
    bearer = client.as_stranger(client.organisation, made["text"])
    assert (await bearer.ask("{ viewer { role scopes token { label } } }"))["viewer"] == {
        "role": "PLANNER", "scopes": ["READ", "RUNS"], "token": {"label": "nightly"},
    }  # fmt: skip
    scenario = await client.create_scenario()
    assert await bearer.start_run(scenario)
    answer = await bearer.answer("CreateScenario", document="x")
    assert answer["errors"][0]["extensions"]["code"] == "FORBIDDEN"
    assert answer["errors"][0]["message"] == "This needs a token with the scope SCENARIOS."
    listed = (await client.ask(TOKENS))["tokens"]
    assert made["text"] not in str(listed)
    assert [node["label"] for node in listed["nodes"]] == ["nightly", "", ""]
    assert listed["totalCount"] == 3


async def test_a_revoked_token_opens_nothing_and_leaves_the_list(client: Client) -> None:
    made = await done(client, CREATE, role="VIEWER", label="screen")
    bearer = client.as_stranger(client.organisation, made["text"])
    await bearer.ask("{ viewer { role } }")
    for _ in range(2):
        revoked = await done(client, REVOKE, tokenId=made["token"]["id"])
        assert revoked["token"]["revokedAt"] is not None
    assert (await bearer.post({"query": "{ viewer { role } }"})).status_code == 401
    assert (await client.ask(TOKENS))["tokens"]["totalCount"] == 2
    assert (await client.ask(f'{{ node(id: "{made["token"]["id"]}") {{ ... on Token {TOKEN} }} }}'))["node"][
        "revokedAt"
    ]


async def test_a_token_revoked_elsewhere_is_believed_for_a_moment_at_most(
    client: Client, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("server.access.BELIEVED_SECONDS", 0.5)
    bearer = await narrowed(client, database, Scope.READ, label="screen")
    await bearer.ask("{ viewer { role } }")
    async with database.tenant(client.organisation) as connection:
        await connection.execute("UPDATE tokens SET revoked_at = now() WHERE label = 'screen'")  # without a notice
    await asyncio.sleep(0.5)
    assert (await bearer.post({"query": "{ viewer { role } }"})).status_code == 401


async def test_a_notice_ends_what_is_believed(client: Client, database: Database) -> None:
    keeper = Doorkeeper(database)
    shown = await token_of(database, client.organisation)
    bearer = await keeper.admit(f"Bearer {shown}")
    async with database.tenant(client.organisation) as connection:
        await connection.execute("UPDATE tokens SET revoked_at = now() WHERE id = $1", bearer.id)
    assert await keeper.admit(f"Bearer {shown}") == bearer
    keeper.doubt()
    with pytest.raises(AccessRefusedError):
        await keeper.admit(f"Bearer {shown}")


async def test_an_expired_token_opens_nothing(client: Client, database: Database) -> None:
    gone = await narrowed(client, database, Scope.READ, expires_at=datetime.now(UTC) - timedelta(seconds=1))
    assert (await gone.post({"query": "{ viewer { role } }"})).status_code == 401


async def test_everything_wrong_with_a_token_is_said_at_once(client: Client) -> None:
    errors = await refused(client, CREATE, role="VIEWER", label=" ", scopes=["RUNS"], expiresAt="2020-01-01T00:00:00Z")
    assert errors == [
        ("INVALID_ARGUMENT", "label"),
        ("INVALID_ARGUMENT", "scopes"),
        ("INVALID_ARGUMENT", "expiresAt"),
    ]
    assert await refused(client, CREATE, role="VIEWER", label="x", scopes=[]) == [("INVALID_ARGUMENT", "scopes")]


@pytest.mark.parametrize(
    "wanted",
    [
        {"role": "ADMIN"},
        {"role": "PLANNER"},
        {"role": "VIEWER"},
        {"role": "ADMIN", "scopes": ["READ"]},
        {"role": "ADMIN", "scopes": ["ADMINISTRATION", "RUNS"]},
    ],
)
async def test_nobody_gives_a_token_what_they_do_not_have(
    client: Client, database: Database, wanted: dict[str, Any]
) -> None:
    keeper = await narrowed(client, database, Scope.ADMINISTRATION)
    assert await refused(keeper, CREATE, label="more", **wanted) == [("BEYOND_OWN_RIGHTS", "scopes")]
    assert await done(keeper, CREATE, label="as much", role="ADMIN", scopes=["ADMINISTRATION"])


@pytest.mark.parametrize("role", ["VIEWER", "PLANNER", "ADMIN"])
async def test_nobody_makes_a_member_of_what_they_may_not_do(client: Client, database: Database, role: str) -> None:
    keeper = await narrowed(client, database, Scope.ADMINISTRATION)
    assert await refused(keeper, ADD, email="eve@evil.example", role=role) == [("BEYOND_OWN_RIGHTS", "role")]
    added = await done(client, ADD, email="ada@harbour.example", role="VIEWER")
    assert await refused(keeper, CHANGE, memberId=added["member"]["id"], role=role) == [("BEYOND_OWN_RIGHTS", "role")]


async def test_a_token_that_ends_makes_none_that_lasts_longer(client: Client, database: Database) -> None:
    end = datetime.now(UTC) + timedelta(hours=1)
    passing = await narrowed(client, database, *Scope, expires_at=end)
    later = (end + timedelta(seconds=1)).isoformat()
    assert await refused(passing, CREATE, role="VIEWER", label="x", expiresAt=later) == [
        ("BEYOND_OWN_RIGHTS", "expiresAt")
    ]
    made = await done(passing, CREATE, role="VIEWER", label="x")
    assert datetime.fromisoformat(made["token"]["expiresAt"]) == end


@pytest.mark.parametrize(
    "email", ["", "ada", "ada@", "@x", "a b@c.example", "a@b@c", "ada@\nx", "x" * 250 + "@y.example"]
)
async def test_what_is_no_address_is_no_member(client: Client, email: str) -> None:
    found = await refused(client, ADD, email=email, role="VIEWER", name="two\nlines")
    assert found == [("INVALID_ARGUMENT", "email"), ("INVALID_ARGUMENT", "name")]


async def test_an_address_is_one_members(client: Client) -> None:
    await done(client, ADD, email="ada@harbour.example", role="VIEWER")
    again = await refused(client, ADD, email="ADA@harbour.example", role="ADMIN")
    assert again == [("ALREADY_EXISTS", "email")]
    assert (await client.ask(MEMBERS))["members"]["totalCount"] == 1


async def test_a_change_of_role_counts_from_the_next_request_on(client: Client, issuer: LocalIssuer) -> None:
    ada = await signed_in(client, issuer, "ada", "VIEWER")
    assert (await ada.answer("CreateScenario", document="x"))["errors"][0]["message"] == "This needs the role PLANNER."
    key = await member_id(client, "ada@harbour.example")
    await done(client, CHANGE, memberId=key, role="PLANNER")
    await ada.create_scenario()
    await done(client, CHANGE, memberId=key, role="VIEWER")
    assert "errors" in await ada.answer("CreateScenario", document="x")


async def test_who_is_removed_or_may_do_less_keeps_no_token_they_have_seen(client: Client, issuer: LocalIssuer) -> None:
    ada = await signed_in(client, issuer, "ada", "ADMIN")
    texts = {}
    for role in ("VIEWER", "PLANNER", "ADMIN"):
        made = await done(ada, CREATE, role=role, label=role)
        assert made["token"]["createdBy"] == {"email": "ada@harbour.example"}
        texts[role] = made["text"]
    below = await done(ada.as_stranger(ada.organisation, texts["ADMIN"]), CREATE, role="VIEWER", label="by a token")
    texts["by a token"] = below["text"]
    key = await member_id(client, "ada@harbour.example")
    changed = await done(client, CHANGE, memberId=key, role="PLANNER")
    assert changed["revokedTokens"] == [{"label": "ADMIN"}]
    removed = await done(client, REMOVE, memberId=key)
    assert sorted(token["label"] for token in removed["revokedTokens"]) == ["PLANNER", "VIEWER", "by a token"]
    for text in (*texts.values(), ada.token):
        bearer = client.as_stranger(client.organisation, text)
        assert (await bearer.post({"query": "{ viewer { role } }"})).status_code in (401, 403)


async def test_the_last_way_in_cannot_be_taken_away(client: Client, issuer: LocalIssuer) -> None:
    ada = await signed_in(client, issuer, "ada", "ADMIN")
    key = await member_id(client, "ada@harbour.example")
    mine = (await client.ask("{ viewer { token { id } } }"))["viewer"]["token"]["id"]
    await done(ada, REVOKE, tokenId=mine)
    for mutation, input in ((REMOVE, {"memberId": key}), (CHANGE, {"memberId": key, "role": "VIEWER"})):
        assert await refused(ada, mutation, **input) == [("LAST_ADMINISTRATOR", None)]
    assert (await ada.ask("{ viewer { role } }"))["viewer"]["role"] == "ADMIN"
    await done(ada, ADD, email="bob@harbour.example", role="ADMIN")
    assert await refused(ada, REMOVE, memberId=key) == [("LAST_ADMINISTRATOR", None)], "an invitation is no way in yet"
    await ada.as_stranger(client.organisation, issuer.jwt(sub="bob", email="bob@harbour.example")).ask(MEMBERS)
    await done(ada, REMOVE, memberId=key)


async def test_the_last_administrators_token_stays_but_the_others_can_go(client: Client, database: Database) -> None:
    other = await done(client, CREATE, role="ADMIN", label="other")
    mine = (await client.ask("{ viewer { token { id } } }"))["viewer"]["token"]["id"]
    await done(client, REVOKE, tokenId=other["token"]["id"])
    assert await refused(client, REVOKE, tokenId=mine) == [("LAST_ADMINISTRATOR", None)]
    await narrowed(client, database, Scope.READ)
    assert await refused(client, REVOKE, tokenId=mine) == [("LAST_ADMINISTRATOR", None)]
    await narrowed(client, database, Scope.ADMINISTRATION)
    await done(client, REVOKE, tokenId=mine)


async def test_what_another_organisation_has_is_not_there(client: Client, database: Database, stranger: UUID) -> None:
    token = await done(client, CREATE, role="VIEWER", label="ours")
    member = await done(client, ADD, email="ada@harbour.example", role="VIEWER")
    other = client.as_stranger(stranger, await token_of(database, stranger, Role.ADMIN))
    missing = "VG9rZW46MDAwMDAwMDAtMDAwMC03MDAwLTgwMDAtMDAwMDAwMDAwMDAw"
    for key in (token["token"]["id"], missing, "nonsense"):
        assert await refused(other, REVOKE, tokenId=key) == [("NOT_FOUND", "tokenId")]
        assert await refused(other, REMOVE, memberId=key) == [("NOT_FOUND", "memberId")]
    for key in (member["member"]["id"], missing):
        assert await refused(other, CHANGE, memberId=key, role="ADMIN") == [("NOT_FOUND", "memberId")]
        assert (await other.ask(f'{{ node(id: "{key}") {{ id }} }}'))["node"] is None
    assert (await other.ask(TOKENS))["tokens"]["totalCount"] == 1
    assert (await other.ask(MEMBERS))["members"] == {"totalCount": 0, "nodes": []}


async def test_tokens_and_members_are_unknown_ids_to_who_does_not_administer(
    client: Client, database: Database
) -> None:
    token = await done(client, CREATE, role="VIEWER", label="ours")
    member = await done(client, ADD, email="ada@harbour.example", role="VIEWER")
    planner = client.as_stranger(client.organisation, await token_of(database, client.organisation))
    for each in (token["token"]["id"], member["member"]["id"]):
        query = f'{{ node(id: "{each}") {{ id }} }}'
        assert (await client.ask(query))["node"] == {"id": each}
        assert (await planner.ask(query))["node"] is None
    own = (await planner.ask("{ viewer { organisation { id } } }"))["viewer"]["organisation"]["id"]
    assert (await planner.ask(f'{{ node(id: "{own}") {{ ... on Organisation {{ name kind }} }} }}'))["node"] == {
        "name": "Harbour Retail", "kind": "CLIENT",
    }  # fmt: skip


async def test_pages_of_tokens_follow_each_other(client: Client) -> None:
    for number in range(3):
        await done(client, CREATE, role="VIEWER", label=f"t{number}")
    query = "query($a: String) { tokens(first: 2, after: $a) { nodes { label } pageInfo { endCursor hasNextPage } } }"
    first = (await client.ask(query))["tokens"]
    second = (await client.ask(query, a=first["pageInfo"]["endCursor"]))["tokens"]
    assert [node["label"] for node in first["nodes"] + second["nodes"]] == ["t2", "t1", "t0", ""]
