"""People sign in to the console with their identity provider, by a code that this server hands on."""

import hashlib
from collections.abc import AsyncIterator
from dataclasses import replace
from urllib.parse import parse_qs, urlsplit
from uuid import UUID

import httpx
import pytest

from server.database.pool import Database
from server.settings import Settings, SettingsError
from server.sign_in import CODES
from tests.server.api import Client, client_of
from tests.server.issuer import AUDIENCE, LocalIssuer, in_base64

BACK = "http://console.example/sign-in"
VERIFIER = "a" * 43


@pytest.fixture
async def visitor(database: Database, organisation: UUID, issuer: LocalIssuer) -> AsyncIterator[Client]:
    settings = replace(issuer.settings, oidc_client=AUDIENCE)
    async with client_of(database, organisation, settings=settings) as opened:
        opened.token = None
        yield opened


async def code_for(visitor: Client, issuer: LocalIssuer, verifier: str = VERIFIER) -> str:
    """What the issuer sends a browser back with."""
    way = (await visitor.http.get("/sign-in/ways")).json()
    here = {"authorize": f"{issuer.url}/authorize", "clientId": AUDIENCE, "issuer": issuer.url}
    assert way == {**here, "scope": "openid email profile"}
    challenge = in_base64(hashlib.sha256(verifier.encode()).digest())
    asked = {
        "response_type": "code", "client_id": way["clientId"], "scope": way["scope"], "state": "s",
        "redirect_uri": BACK, "code_challenge": challenge, "code_challenge_method": "S256",
    }  # fmt: skip
    async with httpx.AsyncClient() as browser:
        sent = await browser.get(way["authorize"], params=asked)
    return parse_qs(urlsplit(sent.headers["location"]).query)["code"][0]


async def handed_on(visitor: Client, code: str, verifier: str = VERIFIER) -> httpx.Response:
    return await visitor.http.post(CODES, json={"code": code, "codeVerifier": verifier, "redirectUri": BACK})


async def test_a_code_is_good_for_the_jwt_that_is_taken_here(visitor: Client, issuer: LocalIssuer) -> None:
    answer = await handed_on(visitor, await code_for(visitor, issuer))
    assert (answer.status_code, answer.headers["cache-control"]) == (200, "no-store")
    visitor.token = answer.json()["token"]
    (error,) = (await visitor.post({"query": "{ __typename }"})).json()["errors"]
    assert "not a member" in error["message"]  # known, but nobody has invited them


async def test_a_code_of_somebody_else_is_good_for_nothing(visitor: Client, issuer: LocalIssuer) -> None:
    code = await code_for(visitor, issuer)
    for given, verifier in ((code, "b" * 43), (code, VERIFIER), ("made-up", VERIFIER)):
        answer = await handed_on(visitor, given, verifier)
        assert answer.status_code == 403
        assert "does not take the code" in answer.json()["errors"][0]["message"]


async def test_a_jwt_for_another_audience_is_not_handed_out(
    visitor: Client, issuer: LocalIssuer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(issuer, "jwt", lambda **_: LocalIssuer.jwt(issuer, aud="others"))
    answer = await handed_on(visitor, await code_for(visitor, issuer))
    assert answer.status_code == 403
    assert "for another audience" in answer.json()["errors"][0]["message"]


@pytest.mark.parametrize("body", [b"", b"[]", b'{"code": 1}', b'{"code": "", "codeVerifier": "v", "redirectUri": "r"}'])
async def test_what_is_no_code_is_refused(visitor: Client, body: bytes) -> None:
    assert (await visitor.http.post(CODES, content=body)).status_code == 400


async def test_while_the_issuer_is_away_tokens_work(visitor: Client, issuer: LocalIssuer) -> None:
    issuer.away = True
    ways, code = await visitor.http.get("/sign-in/ways"), await handed_on(visitor, "code")
    assert (ways.status_code, code.status_code) == (503, 503)
    assert "tokens work meanwhile" in code.json()["errors"][0]["message"]


async def test_without_an_issuer_there_is_the_token_alone(client: Client) -> None:
    client.token = None
    assert (await client.http.get("/sign-in/ways")).json() == {"authorize": None}
    assert (await client.http.post(CODES, json={})).status_code == 405


def test_a_client_needs_an_issuer() -> None:
    with pytest.raises(SettingsError, match="OIDC_ISSUER"):
        Settings.from_env({"OIDC_CLIENT_ID": "console"})
