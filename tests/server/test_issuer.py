"""JWTs are taken of one issuer, for one audience, in their time, signed by a key that the issuer publishes now."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from joserfc.jwk import ECKey, OctKey

from server.issuer import (
    ALGORITHMS,
    FRESH_SECONDS,
    KEPT_SECONDS,
    LEEWAY_SECONDS,
    PAUSE_SECONDS,
    Issuer,
    IssuerUnreachableError,
    JWTRefusedError,
    safe_address,
)
from tests.server.issuer import AUDIENCE, LocalIssuer, keys_of_every_kind


class Clock:
    """Stands still until told to go on."""

    def __init__(self) -> None:
        self.seconds = 1000.0

    def __call__(self) -> float:
        return self.seconds


@pytest.fixture
async def local() -> AsyncIterator[LocalIssuer]:
    async with LocalIssuer.open() as opened:
        yield opened


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def issuer(local: LocalIssuer, clock: Clock) -> AsyncIterator[Issuer]:
    async with Issuer(local.url, AUDIENCE, clock) as opened:
        yield opened


async def refused(issuer: Issuer, token: str) -> str:
    with pytest.raises(JWTRefusedError) as caught:
        await issuer.person(token)
    return str(caught.value)


async def test_a_jwt_says_who_signed_in(local: LocalIssuer, issuer: Issuer) -> None:
    now = int(time.time())
    person = await issuer.person(local.jwt(exp=now + 100))
    assert (person.issuer, person.subject) == (local.url, "ada-1")
    assert (person.verified_email, person.name) == ("ada@harbour.example", "Ada Byron")
    assert person.expires_at == datetime.fromtimestamp(now + 100 + LEEWAY_SECONDS, UTC)


async def test_every_asymmetric_algorithm_is_taken(local: LocalIssuer, issuer: Issuer) -> None:
    keys = keys_of_every_kind()
    local.published = [key.as_dict(private=False) for key in {id(key): key for key in keys.values()}.values()]
    assert set(keys) == set(ALGORITHMS)
    for algorithm, key in keys.items():
        assert (await issuer.person(local.jwt(key, algorithm))).subject == "ada-1"


async def test_several_audiences_are_taken_if_ours_is_one(local: LocalIssuer, issuer: Issuer) -> None:
    assert await issuer.person(local.jwt(aud=["another", AUDIENCE]))
    assert await refused(issuer, local.jwt(aud=["another"])) == "it is for another audience"


NOW = int(time.time())
WRONG_CLAIMS: list[tuple[dict[str, Any], str]] = [
    ({"iss": "https://elsewhere.example"}, "it is of another issuer"),
    ({"iss": None}, "it lacks the claim iss"),
    ({"aud": "somebody-else"}, "it is for another audience"),
    ({"aud": None}, "it lacks the claim aud"),
    ({"exp": NOW - LEEWAY_SECONDS - 1}, "it has expired"),
    ({"exp": None}, "it lacks the claim exp"),
    ({"exp": "tomorrow"}, "it has expired"),
    ({"nbf": NOW + 86_400}, "it is not valid yet"),
    ({"iat": NOW + 86_400}, "it is not valid yet"),
    ({"iat": None}, "it lacks the claim iat"),
    ({"sub": None}, "it lacks the claim sub"),
    ({"sub": ""}, "its claim sub cannot be used"),
    ({"sub": 7}, "its claim sub cannot be used"),
    ({"sub": "nul\0"}, "its claim sub is no name of a person"),
    ({"sub": "x" * 256}, "its claim sub is no name of a person"),
]


@pytest.mark.parametrize(("claims", "says"), WRONG_CLAIMS)
async def test_a_jwt_with_a_wrong_claim_is_refused(
    local: LocalIssuer, issuer: Issuer, claims: dict[str, Any], says: str
) -> None:
    assert await refused(issuer, local.jwt(**claims)) == says


@pytest.mark.parametrize(("claim", "off"), [("exp", -5), ("nbf", 5), ("iat", 5)])
async def test_a_clock_may_be_off_a_little(local: LocalIssuer, issuer: Issuer, claim: str, off: int) -> None:
    times: dict[str, Any] = {claim: int(time.time()) + off}
    assert await issuer.person(local.jwt(**times))


async def test_an_end_beyond_all_calendars_is_the_last_instant(local: LocalIssuer, issuer: Issuer) -> None:
    assert (await issuer.person(local.jwt(exp=10**30))).expires_at.year == 9999


@pytest.mark.parametrize("vouched", [False, None, "true", 1])
async def test_an_address_that_the_issuer_does_not_vouch_for_is_none(
    local: LocalIssuer, issuer: Issuer, vouched: object
) -> None:
    assert (await issuer.person(local.jwt(email_verified=vouched))).verified_email is None


FORGED: dict[str, Callable[[LocalIssuer], str]] = {
    "unsigned": lambda local: local.unsigned(),
    "signed with the public key as a secret": lambda local: local.confused(),
    "signed by another's key of the same id": lambda local: local.jwt(ECKey.generate_key("P-256", {"kid": "first"})),
    "changed": lambda local: changed(local.jwt()),
    "no JWT": lambda local: "not.a.jwt",
    "no text of one part": lambda local: "nonsense",
    "of four parts": lambda local: local.jwt() + ".x",
    "a header without an algorithm": lambda local: "e30." + local.jwt().partition(".")[2],
}


def changed(token: str) -> str:
    header, claims, signature = token.split(".")
    return f"{header}.{claims[:-2]}{'A' if claims[-2] != 'A' else 'B'}{claims[-1]}.{signature}"


@pytest.mark.parametrize("forged", FORGED)
async def test_a_forged_jwt_is_refused(local: LocalIssuer, issuer: Issuer, forged: str) -> None:
    says = await refused(issuer, FORGED[forged](local))
    assert says.startswith(("its algorithm is none of RS256", "its signature does not hold"))


async def test_a_shared_secret_that_the_issuer_publishes_is_no_key(
    local: LocalIssuer, issuer: Issuer, clock: Clock
) -> None:
    secret = OctKey.import_key("x" * 64, {"kid": "secret"})
    local.published.append(secret.as_dict())
    assert "algorithm" in await refused(issuer, local.jwt(secret, "HS256"))
    local.published = [secret.as_dict()]
    clock.seconds += KEPT_SECONDS + 1
    with pytest.raises(IssuerUnreachableError):
        await issuer.person(local.jwt(secret, "HS256"))


async def test_keys_of_unknown_kinds_or_for_encryption_are_passed_over(local: LocalIssuer, issuer: Issuer) -> None:
    encrypting = ECKey.generate_key("P-256", {"kid": "enc"})
    local.published = [{"kty": "LATTICE"}, {"kty": "RSA", "n": "!"}, "key", None, *local.published]
    local.published.append({**encrypting.as_dict(private=False), "use": "enc"})
    assert await issuer.person(local.jwt())
    assert "does not publish" in await refused(issuer, local.jwt(encrypting))


async def test_a_rotated_key_opens_at_once_and_the_one_before_as_long_as_it_is_published(
    local: LocalIssuer, issuer: Issuer, clock: Clock
) -> None:
    before = local.key
    assert await issuer.person(local.jwt())
    clock.seconds += PAUSE_SECONDS
    local.rotate("second")
    assert await issuer.person(local.jwt())
    assert await issuer.person(local.jwt(before))
    assert local.fetched == 2


async def test_a_withdrawn_key_opens_nothing_once_the_keys_are_no_longer_fresh(
    local: LocalIssuer, issuer: Issuer, clock: Clock
) -> None:
    before = local.key
    assert await issuer.person(local.jwt())
    local.rotate("second", keeping=False)
    clock.seconds += FRESH_SECONDS + 1
    assert "does not publish" in await refused(issuer, local.jwt(before))
    assert await issuer.person(local.jwt())


async def test_forged_key_ids_do_not_flood_the_issuer(local: LocalIssuer, issuer: Issuer, clock: Clock) -> None:
    forged = [local.jwt(ECKey.generate_key("P-256", {"kid": f"forged-{number}"})) for number in range(50)]
    for _ in range(2):
        for answer in await asyncio.gather(*(issuer.person(token) for token in forged), return_exceptions=True):
            assert isinstance(answer, JWTRefusedError)
    assert local.fetched == 1
    clock.seconds += PAUSE_SECONDS
    await asyncio.gather(*(issuer.person(token) for token in forged), return_exceptions=True)
    assert local.fetched == 2


async def test_many_who_sign_in_at_once_share_one_fetch(local: LocalIssuer, issuer: Issuer) -> None:
    people = await asyncio.gather(*(issuer.person(local.jwt(sub=f"person-{number}")) for number in range(30)))
    assert len({person.subject for person in people}) == 30
    assert local.fetched == 1


async def test_without_its_issuer_nobody_is_known_and_it_comes_back_with_it(
    local: LocalIssuer, issuer: Issuer, clock: Clock
) -> None:
    local.away = True
    for _ in range(3):
        with pytest.raises(IssuerUnreachableError):
            await issuer.person(local.jwt())
    local.away = False
    with pytest.raises(IssuerUnreachableError):
        await issuer.person(local.jwt())
    clock.seconds += PAUSE_SECONDS
    assert await issuer.person(local.jwt())


async def test_keys_outlast_an_issuer_that_is_away_for_a_while(
    local: LocalIssuer, issuer: Issuer, clock: Clock
) -> None:
    assert await issuer.person(local.jwt())
    local.away = True
    clock.seconds += KEPT_SECONDS - 1
    assert await issuer.person(local.jwt())
    clock.seconds += PAUSE_SECONDS + 1
    with pytest.raises(IssuerUnreachableError):
        await issuer.person(local.jwt())


async def test_an_issuer_that_does_not_answer_holds_nobody_up_for_long(
    local: LocalIssuer, issuer: Issuer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("server.issuer.FETCH_SECONDS", 0.2)
    silent = await asyncio.start_server(lambda reader, writer: None, "127.0.0.1", 0)
    local.discovery["jwks_uri"] = f"http://127.0.0.1:{silent.sockets[0].getsockname()[1]}/keys"
    async with asyncio.timeout(5):
        with pytest.raises(IssuerUnreachableError):
            await issuer.person(local.jwt())
    silent.close()


@pytest.mark.parametrize(
    "discovery",
    [
        {"issuer": "https://elsewhere.example", "jwks_uri": "http://127.0.0.1:1/keys"},
        {"issuer": None},
        {},
        [],
        {"issuer": None, "jwks_uri": 7},
        {"issuer": None, "jwks_uri": "x" * 600_000},
    ],
)
async def test_a_discovery_document_that_is_not_the_issuers_is_none(
    local: LocalIssuer, issuer: Issuer, discovery: Any
) -> None:
    if isinstance(discovery, dict) and "issuer" in discovery:
        discovery = {**discovery, "issuer": discovery["issuer"] or local.url}
    local.discovery = discovery
    with pytest.raises(IssuerUnreachableError):
        await issuer.person(local.jwt())


@pytest.mark.parametrize(
    ("address", "issuer", "safe"),
    [
        ("https://login.example/keys", "https://login.example", True),
        ("https://keys.example", "https://login.example", True),
        ("http://login.example/keys", "https://login.example", False),
        ("http://127.0.0.1/keys", "https://login.example", False),
        ("http://127.0.0.1:9/keys", "http://localhost:9", True),
        ("file:///etc/passwd", "http://localhost:9", False),
    ],
)
def test_keys_are_fetched_over_https_or_on_this_machine(address: str, issuer: str, safe: bool) -> None:
    if safe:
        assert safe_address(address, issuer) == address
        return
    with pytest.raises(ValueError, match="https"):
        safe_address(address, issuer)
