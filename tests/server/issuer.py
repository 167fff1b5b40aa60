"""An OpenID Connect issuer on loopback: a real server with a discovery document, keys to publish, and JWTs to sign."""

import asyncio
import base64
import hashlib
import hmac
import json
import socket
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qs

import uvicorn
from joserfc import jwt
from joserfc.jwk import ECKey, Key, OKPKey, RSAKey
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from server.settings import Settings
from tests.server.api import SETTINGS

AUDIENCE = "springtide-test"


class LocalIssuer:
    def __init__(self, url: str) -> None:
        self.url = url
        self.key: ECKey = ECKey.generate_key("P-256", {"kid": "first"})
        self.published: list[Any] = [self.key.as_dict(private=False)]
        self.discovery: Any = {
            "issuer": url, "jwks_uri": f"{url}/keys",
            "authorization_endpoint": f"{url}/authorize", "token_endpoint": f"{url}/token",
        }  # fmt: skip
        self.challenges: dict[str, str] = {}
        """of each code that was given: what its verifier has to come to"""
        self.fetched = 0
        self.away = False

    @classmethod
    @asynccontextmanager
    async def open(cls) -> "AsyncIterator[LocalIssuer]":
        with socket.create_server(("127.0.0.1", 0)) as listener:
            issuer = cls(f"http://127.0.0.1:{listener.getsockname()[1]}")
            server = uvicorn.Server(uvicorn.Config(issuer.app(), log_level="error", lifespan="off"))
            serving = asyncio.create_task(server.serve(sockets=[listener]))
            yield issuer
            server.should_exit = True
            await serving

    def app(self) -> Starlette:
        async def discover(request: Request) -> Response:
            return JSONResponse(self.discovery, 503 if self.away else 200)

        async def keys(request: Request) -> Response:
            self.fetched += 1
            return JSONResponse({"keys": self.published}, 503 if self.away else 200)

        async def authorize(request: Request) -> Response:
            """Somebody signs in at once, and is sent back."""
            asked, code = request.query_params, f"code-{len(self.challenges)}"
            assert (asked["response_type"], asked["code_challenge_method"]) == ("code", "S256")
            self.challenges[code] = asked["code_challenge"]
            return RedirectResponse(f"{asked['redirect_uri']}?code={code}&state={asked['state']}")

        async def token(request: Request) -> Response:
            form = parse_qs((await request.body()).decode())
            proof = in_base64(hashlib.sha256(form["code_verifier"][0].encode()).digest())
            if self.challenges.pop(form["code"][0], None) != proof:
                return JSONResponse({"error": "invalid_grant"}, 400)
            return JSONResponse({"access_token": "opaque", "id_token": self.jwt(aud=form["client_id"][0])})

        return Starlette(
            routes=[
                Route("/.well-known/openid-configuration", discover),
                Route("/keys", keys),
                Route("/authorize", authorize),
                Route("/token", token, methods=["POST"]),
            ]
        )

    @property
    def settings(self) -> Settings:
        return replace(SETTINGS, oidc_issuer=self.url, oidc_audience=AUDIENCE)

    def rotate(self, kid: str, *, keeping: bool = True) -> ECKey:
        """Another key signs from now on; the one before is published beside it, or withdrawn."""
        self.key = ECKey.generate_key("P-256", {"kid": kid})
        self.published = [*(self.published if keeping else []), self.key.as_dict(private=False)]
        return self.key

    def claims(self, **other: Any) -> dict[str, Any]:
        """What a sign-in says; a claim of None is left out."""
        now = int(time.time())
        said = {
            "iss": self.url, "aud": AUDIENCE, "sub": "ada-1", "iat": now, "exp": now + 600,
            "email": "ada@harbour.example", "email_verified": True, "name": "Ada Byron",
        } | other  # fmt: skip
        return {name: value for name, value in said.items() if value is not None}

    def jwt(self, key: Key | None = None, algorithm: str = "ES256", **claims: Any) -> str:
        key = key or self.key
        header = {"alg": algorithm, **({"kid": key.kid} if key.kid else {})}
        return jwt.encode(header, self.claims(**claims), key, algorithms=[algorithm])

    def unsigned(self, **claims: Any) -> str:
        return self.text("none", claims) + "."

    def confused(self) -> str:
        """Signed as if the public key, which anybody knows, were a shared secret; by hand, as no library helps."""
        text = self.text("HS256", {})
        return f"{text}.{in_base64(hmac.digest(self.key.as_pem(private=False), text.encode(), 'sha256'))}"

    def text(self, algorithm: str, claims: dict[str, Any]) -> str:
        header = {"alg": algorithm, "typ": "JWT", "kid": self.key.kid}
        return ".".join(in_base64(json.dumps(part).encode()) for part in (header, self.claims(**claims)))


def in_base64(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).decode().rstrip("=")


def keys_of_every_kind() -> dict[str, Key]:
    """A key that signs by each algorithm."""
    rsa = RSAKey.generate_key(2048, {"kid": "rsa"})
    return {
        **dict.fromkeys(("RS256", "RS384", "RS512", "PS256", "PS384", "PS512"), rsa),
        "ES256": ECKey.generate_key("P-256", {"kid": "p256"}),
        "ES384": ECKey.generate_key("P-384", {"kid": "p384"}),
        "ES512": ECKey.generate_key("P-521", {"kid": "p521"}),
        "Ed25519": OKPKey.generate_key("Ed25519", {"kid": "ed"}),
    }
