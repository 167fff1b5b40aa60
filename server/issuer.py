"""The OpenID Connect issuer whose JWTs let people in: its keys, fetched when they are needed, and what its JWTs say."""

import asyncio
import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

import httpx
from joserfc import jwt
from joserfc.errors import ClaimError, InvalidKeyIdError, JoseError, MissingClaimError, UnsupportedAlgorithmError
from joserfc.jwk import JWKRegistry, Key, KeySet
from joserfc.jws import JWSRegistry

from server.settings import is_loopback

logger = logging.getLogger("springtide.identity")

ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "Ed25519")
"""Asymmetric ones only: with a shared secret, or none, anybody could sign."""
KEY_TYPES = ("RSA", "EC", "OKP")
LEEWAY_SECONDS = 30
"""How far the issuer's clock may be off."""
FRESH_SECONDS = 300.0
"""After this the keys are fetched anew, so that one that was withdrawn no longer opens anything."""
KEPT_SECONDS = 3600.0
"""How long keys are good for while the issuer is not reached."""
PAUSE_SECONDS = 10.0
"""Between two attempts to fetch: forged key ids must not make us flood the issuer."""
FETCH_SECONDS = 5.0
MOST_BYTES = 512 * 1024
UNREADABLE = (JoseError, ValueError, TypeError, LookupError, RecursionError)
"""What a document of another shape than the standard's may raise."""
AWAY = (*UNREADABLE, httpx.HTTPError, httpx.InvalidURL, OSError)
"""How a question to the issuer fails."""
LAST_INSTANT = 253_402_300_799
"""The last second of the year 9999."""


class JWTRefusedError(Exception):
    """A JWT that lets nobody in; says why, in words for whoever sent it."""


class IssuerUnreachableError(Exception):
    """The issuer's keys are not known and cannot be fetched."""


@dataclass(frozen=True)
class Person:
    """Whom a JWT speaks for."""

    issuer: str
    subject: str
    verified_email: str | None
    name: str
    expires_at: datetime


class Issuer:
    def __init__(self, url: str, audience: str, clock: Callable[[], float] = time.monotonic) -> None:
        self.url = url
        self._clock = clock
        self._http = httpx.AsyncClient()
        self._registry = JWSRegistry(algorithms=ALGORITHMS, strict_check_header=False)
        self._claims = jwt.JWTClaimsRegistry(
            leeway=LEEWAY_SECONDS,
            iss={"essential": True, "value": url},
            aud={"essential": True, "value": audience},
            sub={"essential": True},
            exp={"essential": True},
            iat={"essential": True},
        )
        self._keys = KeySet([])
        self._fetched_at = self._tried_at = float("-inf")
        self._renewing: asyncio.Task[None] | None = None
        self._away = False

    async def __aenter__(self) -> "Issuer":
        return self

    async def __aexit__(self, *ended: object) -> None:
        if self._renewing:
            self._renewing.cancel()
        await self._http.aclose()

    async def person(self, token: str) -> Person:
        """Raises JWTRefusedError, IssuerUnreachableError."""
        keys = await self._known_keys()
        try:
            verified = self._verified(token, keys)
        except InvalidKeyIdError:
            renewed = await self._renewed_keys(keys)
            try:
                verified = self._verified(token, renewed)
            except InvalidKeyIdError:
                raise JWTRefusedError("it is signed with a key that its issuer does not publish") from None
        try:
            self._claims.validate(verified.claims)
        except ClaimError as error:
            raise JWTRefusedError(_said(error)) from None
        return self._person(verified.claims)

    def _verified(self, token: str, keys: KeySet) -> jwt.Token:
        """With the signature checked, but none of the claims. Raises InvalidKeyIdError, JWTRefusedError."""
        try:
            return jwt.decode(token, keys, registry=self._registry)
        except InvalidKeyIdError:
            raise
        except UnsupportedAlgorithmError:
            raise JWTRefusedError(f"its algorithm is none of {', '.join(ALGORITHMS)}") from None
        except UNREADABLE:
            raise JWTRefusedError("its signature does not hold, or it is no JWT") from None

    def _person(self, claims: dict[str, Any]) -> Person:
        subject, email, name = claims["sub"], claims.get("email"), claims.get("name")
        if not (0 < len(subject) <= 255 and subject.isprintable()):
            raise JWTRefusedError("its claim sub is no name of a person")
        vouched = claims.get("email_verified") is True and isinstance(email, str) and email.isprintable()
        return Person(
            issuer=self.url,
            subject=subject,
            verified_email=email if vouched else None,
            name=name[:200] if isinstance(name, str) and name.isprintable() else "",
            expires_at=datetime.fromtimestamp(min(claims["exp"] + LEEWAY_SECONDS, LAST_INSTANT), UTC),
        )

    async def _known_keys(self) -> KeySet:
        return self._keys if self._age() <= FRESH_SECONDS else await self._renewed_keys(self._keys)

    async def _renewed_keys(self, known: KeySet) -> KeySet:
        """Newer than those known, if they can be had; while the issuer is away, those known are good for a time."""
        waits = not (self._away and self._age() <= KEPT_SECONDS)
        if self._keys is known and self._renewing is None and self._clock() - self._tried_at >= PAUSE_SECONDS:
            self._tried_at = self._clock()
            self._renewing = asyncio.create_task(self._renew())
        if self._renewing and waits:
            await asyncio.wait({self._renewing})  # a task of its own: whoever asks may go away meanwhile
        if self._age() > KEPT_SECONDS:
            raise IssuerUnreachableError
        return self._keys

    async def _renew(self) -> None:
        try:
            self._keys, self._fetched_at, self._away = await self._fetch_keys(), self._clock(), False
        except AWAY as error:
            self._away = True
            logger.warning("the keys of %s are not to be had: %s", self.url, error or type(error).__name__)
        finally:
            self._renewing = None

    def _age(self) -> float:
        return self._clock() - self._fetched_at

    async def place(self, name: str) -> str:
        """An address of the discovery document, such as `token_endpoint`. Raises IssuerUnreachableError."""
        try:
            return safe_address((await self._discover())[name], self.url)
        except AWAY as error:
            raise IssuerUnreachableError from error

    async def exchanged(self, form: dict[str, str]) -> dict[str, Any]:
        """What the issuer gives for a code. Raises JWTRefusedError, IssuerUnreachableError."""
        try:
            return await self._fetch(await self.place("token_endpoint"), form)
        except httpx.HTTPStatusError:
            raise JWTRefusedError("its issuer does not take the code") from None
        except AWAY as error:
            raise IssuerUnreachableError from error

    async def _discover(self) -> dict[str, Any]:
        discovered = await self._fetch(f"{self.url.rstrip('/')}/.well-known/openid-configuration")
        if discovered["issuer"] != self.url:
            raise ValueError("the discovery document is another issuer's")
        return discovered

    async def _fetch_keys(self) -> KeySet:
        discovered = await self._discover()
        found = await self._fetch(safe_address(discovered["jwks_uri"], self.url))
        keys = [key for each in found["keys"] if (key := _signing_key(each))]
        if not keys:
            raise ValueError("the issuer publishes no key that we could use")
        return KeySet(keys)

    async def _fetch(self, address: str, form: dict[str, str] | None = None) -> dict[str, Any]:
        asking = {"method": "POST", "data": form} if form else {"method": "GET"}
        async with (
            asyncio.timeout(FETCH_SECONDS),
            self._http.stream(url=address, headers={"Accept": "application/json"}, **asking) as answer,
        ):
            answer.raise_for_status()
            body = b""
            async for part in answer.aiter_bytes():
                body += part
                if len(body) > MOST_BYTES:
                    raise ValueError("the issuer's answer is too long")
        found = httpx.Response(200, content=body).json()
        if not isinstance(found, dict):
            raise ValueError("the issuer's answer is no JSON object")
        return found


def safe_address(address: str, issuer: str) -> str:
    """An address of the issuer's that nobody on the way can answer for."""
    there = urlsplit(address)
    here = is_loopback(there.hostname) and is_loopback(urlsplit(issuer).hostname)
    if there.scheme != "https" and not (there.scheme == "http" and here):
        raise ValueError("it is not at https")
    return address


def _signing_key(published: Any) -> Key | None:
    """A key that may sign JWTs; one of another kind or use, or malformed, is passed over as the standard asks."""
    if not isinstance(published, dict) or published.get("kty") not in KEY_TYPES or published.get("use") == "enc":
        return None
    try:
        return JWKRegistry.import_key(published)
    except UNREADABLE:
        return None


def _said(error: ClaimError) -> str:
    if isinstance(error, MissingClaimError):
        return f"it lacks the claim {error.claim}"
    return _WRONG.get(error.claim, f"its claim {error.claim} cannot be used")


_WRONG = {
    "iss": "it is of another issuer",
    "aud": "it is for another audience",
    "exp": "it has expired",
    "nbf": "it is not valid yet",
    "iat": "it is not valid yet",
}
