"""Bearer tokens: without a valid one, only public paths are answered."""

from datetime import UTC, datetime, timedelta

import asyncpg
from starlette.types import ASGIApp, Receive, Scope, Send
from starlette.websockets import WebSocketClose

from server.database.connecting import LOST
from server.database.pool import Database
from server.logs import also_about
from server.refusals import refusal
from server.store.organisations import TokenRow, bearers_token, note_use, token_hash

PUBLIC_PATHS = frozenset({"/", "/healthz", "/readyz", "/metrics", "/schema.graphql"})
PUBLIC_FOLDER = "/console/"
NOTED_EVERY = timedelta(minutes=1)


def token_in(header: object) -> str | None:
    """The token of an Authorization header."""
    scheme, _, token = header.partition(" ") if isinstance(header, str) else ("", "", "")
    return token.strip() or None if scheme.lower() == "bearer" else None


async def bearer_of(database: Database, token: str | None) -> TokenRow | None:
    """The row of a token that is known, not revoked and not expired."""
    if token is None:
        return None
    async with database.bearer(token_hash(token)) as connection:
        row = await bearers_token(connection)
    if row and (row.last_used_at is None or row.last_used_at < datetime.now(UTC) - NOTED_EVERY):
        async with database.tenant(row.organisation_id) as connection:
            await note_use(connection, row.id)
    return row


class BearerGate:
    """Lets a request through that is public or bears a valid token, whose row it leaves in the scope."""

    def __init__(self, app: ASGIApp, database: Database) -> None:
        self.app, self.database = app, database

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in ("http", "websocket") or is_public(scope["path"]):
            await self.app(scope, receive, send)
            return
        header = dict(scope["headers"]).get(b"authorization", b"").decode("latin-1")
        try:
            row = await bearer_of(self.database, token_in(header))
        except (*LOST, asyncpg.PostgresError):
            answer = refusal(503, "The database is not reached; try again in a moment.", "UNAVAILABLE")
            await (answer if scope["type"] == "http" else WebSocketClose(1013))(scope, receive, send)
            return
        # a browser's WebSocket cannot send headers: it shows its token in the protocol's first message instead
        if row is None and (scope["type"] == "http" or header):
            message = "Send a valid token: `Authorization: Bearer TOKEN`; `springtide token create` makes one."
            answer = refusal(401, message, "UNAUTHENTICATED", {"WWW-Authenticate": "Bearer"})
            await (answer if scope["type"] == "http" else WebSocketClose(4401))(scope, receive, send)
            return
        if row:
            also_about(organisation_id=row.organisation_id)
        scope["springtide.bearer"] = row
        await self.app(scope, receive, send)


def is_public(path: str) -> bool:
    return path in PUBLIC_PATHS or path.startswith(PUBLIC_FOLDER)
