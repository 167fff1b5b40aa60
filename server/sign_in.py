"""How people sign in to the console with their identity provider: by code and proof key, as a public client.

The browser is sent to the issuer and comes back with a code; since the console's policy lets it talk to this server
alone, the server hands the code on, and gives back which of the issuer's JWTs lets somebody in here.
"""

import asyncio
import json
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from server.issuer import Issuer, IssuerUnreachableError, JWTRefusedError
from server.pages import WAYS
from server.refusals import refusal

CODES = "/sign-in/codes"
SCOPE = "openid email profile"
NEVER_KEPT = {"Cache-Control": "no-store"}
MOST_AT_ONCE = 4
"""Codes that are handed on at once: nobody makes us flood the issuer."""
MOST_CHARACTERS = 4096
ASKED = ("code", "codeVerifier", "redirectUri")


class SignIn:
    def __init__(self, issuer: Issuer, client: str) -> None:
        self._issuer, self._client = issuer, client
        self._free = asyncio.Semaphore(MOST_AT_ONCE)

    def routes(self) -> list[BaseRoute]:
        return [Route(WAYS, self.ways), Route(CODES, self.codes, methods=["POST"])]

    async def ways(self, request: Request) -> Response:
        """Where a browser is to be sent."""
        try:
            address = await self._issuer.place("authorization_endpoint")
        except IssuerUnreachableError:
            return away()
        way = {"authorize": address, "clientId": self._client, "scope": SCOPE, "issuer": self._issuer.url}
        return JSONResponse(way, headers=NEVER_KEPT)

    async def codes(self, request: Request) -> Response:
        """The JWT that a code is good for."""
        given = read(await request.body())
        if given is None:
            return refusal(400, "Send a JSON object with code, codeVerifier and redirectUri.")
        if self._free.locked():
            return refusal(503, "Many people sign in just now; try again in a moment.", headers={"Retry-After": "1"})
        async with self._free:
            return await self._answer(given)

    async def _answer(self, given: dict[str, str]) -> Response:
        form = {
            "grant_type": "authorization_code", "client_id": self._client, "code": given["code"],
            "code_verifier": given["codeVerifier"], "redirect_uri": given["redirectUri"],
        }  # fmt: skip
        try:
            token = await taken(self._issuer, await self._issuer.exchanged(form))
        except JWTRefusedError as error:
            return refusal(403, f"You are not let in: {error}. Sign in again.", "FORBIDDEN", headers=NEVER_KEPT)
        except IssuerUnreachableError:
            return away()
        return JSONResponse({"token": token}, headers=NEVER_KEPT)


async def taken(issuer: Issuer, exchanged: dict[str, Any]) -> str:
    """Of the JWTs that an issuer gave the one that is taken here. Raises JWTRefusedError, IssuerUnreachableError."""
    refused = JWTRefusedError("its issuer gave no JWT")
    for name in ("access_token", "id_token"):
        token = exchanged.get(name)
        if isinstance(token, str) and token.count(".") == 2:
            try:
                await issuer.person(token)
            except JWTRefusedError as error:
                refused = error
            else:
                return token
    raise refused


def read(body: bytes) -> dict[str, str] | None:
    try:
        given = json.loads(body)
    except ValueError:
        return None
    if not isinstance(given, dict):
        return None
    asked = {name: given.get(name) for name in ASKED}
    sound = all(isinstance(text, str) and 0 < len(text) <= MOST_CHARACTERS for text in asked.values())
    return {name: str(text) for name, text in asked.items()} if sound else None


def away() -> Response:
    return refusal(503, "The identity provider is not reached; tokens work meanwhile.", headers={"Retry-After": "5"})
