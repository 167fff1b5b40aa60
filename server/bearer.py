"""The gate: without a valid token or JWT, only public paths are answered."""

from collections.abc import Mapping

import asyncpg
from starlette.types import ASGIApp, Receive, Scope, Send
from starlette.websockets import WebSocketClose

from server.access import ORGANISATION_HEADER, AccessRefusedError, Doorkeeper
from server.database.connecting import LOST
from server.logs import also_about
from server.pages import is_place
from server.refusals import refusal

PUBLIC_PATHS = frozenset({"/healthz", "/graphiql", "/readyz", "/metrics", "/schema.graphql"})
ORGANISATION = ORGANISATION_HEADER.lower().encode()
PUBLIC_FOLDERS = ("/console/", "/exports/")

DATABASE_AWAY = AccessRefusedError(503, "UNAVAILABLE", "The database is not reached; try again in a moment.")


class BearerGate:
    """Lets a request through that is public or shows who asks, whom it leaves in the scope."""

    def __init__(self, app: ASGIApp, doorkeeper: Doorkeeper) -> None:
        self.app, self.doorkeeper = app, doorkeeper

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in ("http", "websocket") or is_public(scope["path"]):
            await self.app(scope, receive, send)
            return
        headers = dict(scope["headers"])
        authorization = text_of(headers, b"authorization")
        scope["springtide.bearer"] = None
        try:
            # a browser's WebSocket cannot send headers: it shows who asks in the protocol's first message instead
            if scope["type"] == "http" or authorization:
                organisation = text_of(headers, ORGANISATION)
                scope["springtide.bearer"] = await self.doorkeeper.admit(authorization, organisation)
        except AccessRefusedError as refused:
            await answer(refused, scope, receive, send)
        except (*LOST, asyncpg.PostgresError):
            await answer(DATABASE_AWAY, scope, receive, send)
        else:
            if who := scope["springtide.bearer"]:
                also_about(organisation_id=who.organisation_id)
            await self.app(scope, receive, send)


def text_of(headers: Mapping[bytes, bytes], name: bytes) -> str | None:
    value = headers.get(name)
    return None if value is None else value.decode("latin-1")


async def answer(refused: AccessRefusedError, scope: Scope, receive: Receive, send: Send) -> None:
    if scope["type"] == "websocket":
        await WebSocketClose(refused.close_code)(scope, receive, send)
        return
    challenge = {"WWW-Authenticate": "Bearer"} if refused.status == 401 else None
    told = refusal(refused.status, refused.message, refused.code, challenge, **refused.more)
    await told(scope, receive, send)


def is_public(path: str) -> bool:
    return path in PUBLIC_PATHS or path.startswith(PUBLIC_FOLDERS) or is_place(path)
