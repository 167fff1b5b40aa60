"""GraphQL over HTTP, server-sent events and WebSocket: what goes in and out of the schema."""

import json
import re
from collections.abc import AsyncGenerator, Mapping
from datetime import timedelta
from typing import Any, NoReturn

from cross_web import HTTPException
from starlette.requests import HTTPConnection, Request
from starlette.responses import Response
from starlette.websockets import WebSocket
from strawberry.asgi import ASGIWebSocketAdapter, GraphQL
from strawberry.exceptions import ConnectionRejectionError
from strawberry.http.exceptions import NonJsonMessageReceived
from strawberry.http.streaming import HTTPStreamTransport, SSETransport
from strawberry.subscriptions import GRAPHQL_SSE_PROTOCOL, GRAPHQL_TRANSPORT_WS_PROTOCOL
from strawberry.types.unset import UnsetType

from server.bearer import bearer_of, token_in
from server.database.pool import Database
from server.graphql.context import Context
from server.graphql.schema import schema
from server.refusals import refusal

INIT_SECONDS = 10
HALF_CHARACTER = re.compile(r"\\u[dD][89a-fA-F]")
"""An escape that is half of a character outside the Basic Multilingual Plane."""


class AskedForEvents(SSETransport):
    """Streams only to clients that want events first; some list the type in every request and mean JSON."""

    def accepts(self, accept: str) -> bool:
        return accept.split(",")[0].split(";")[0].strip().lower() == "text/event-stream"


class StrictWebSocket(ASGIWebSocketAdapter):
    """Closes the socket on a message of another shape than the protocol's, instead of failing on it."""

    async def iter_json(self, *, ignore_parsing_errors: bool = False) -> AsyncGenerator[object, None]:
        async for message in super().iter_json(ignore_parsing_errors=ignore_parsing_errors):
            if not sound_message(message):
                raise NonJsonMessageReceived
            yield message


def sound_message(message: object) -> bool:
    if not isinstance(message, dict) or not isinstance(message.get("type"), str):
        return False
    if message["type"] in ("subscribe", "complete") and not isinstance(message.get("id"), str):
        return False
    return message["type"] != "subscribe" or sound_operation(message.get("payload"))


def sound_operation(operation: object) -> bool:
    return (
        isinstance(operation, dict)
        and isinstance(operation.get("query"), str)
        and isinstance(operation.get("variables"), dict | None)
        and isinstance(operation.get("operationName"), str | None)
    )


class GraphQLView(GraphQL[Context, None]):
    stream_transport_classes_by_protocol: Mapping[str, type[HTTPStreamTransport]] = {
        GRAPHQL_SSE_PROTOCOL: AskedForEvents
    }
    websocket_adapter_class = StrictWebSocket

    def __init__(self, database: Database) -> None:
        super().__init__(
            schema,
            graphql_ide=None,
            allow_queries_via_get=False,
            subscription_protocols=(GRAPHQL_TRANSPORT_WS_PROTOCOL, GRAPHQL_SSE_PROTOCOL),
            connection_init_wait_timeout=timedelta(seconds=INIT_SECONDS),
            allowed_origins=["*"],  # a bearer token is no cookie: no page can borrow it
        )
        self.database = database

    async def run(self, request: Any, *rest: Any, **more: Any) -> Any:
        try:
            if isinstance(request, Request) and request.method != "POST":
                return refusal(405, "Send operations by POST.", headers={"Allow": "POST"})
            return await super().run(request, *rest, **more)
        except HTTPException as error:
            return refusal(error.status_code, error.reason)

    async def get_context(self, request: Request | WebSocket, response: Response | WebSocket) -> Context:
        connection: HTTPConnection = request
        return Context(self.database, connection.app.state.notices, connection.scope.get("springtide.bearer"))

    async def on_ws_connect(self, context: Context) -> UnsetType | dict[str, object] | None:
        if context.bearer is None:
            given = context.connection_params or {}
            header = given.get("Authorization") or given.get("authorization")
            context.bearer = await bearer_of(self.database, token_in(header))
        if context.bearer is None:
            raise ConnectionRejectionError
        return UnsetType()  # no payload: clients refuse one that is null

    def parse_json(self, data: str | bytes) -> Any:
        body = super().parse_json(data)
        if not isinstance(body, dict):
            raise HTTPException(400, "The body must be a JSON object with a `query`.")
        if not isinstance(body.get("operationName"), str | None):
            raise HTTPException(400, "`operationName` must be text or null.")
        return body

    def decode_json(self, data: str | bytes) -> object:
        try:
            decoded = json.loads(data, parse_constant=not_json)
            if HALF_CHARACTER.search(data if isinstance(data, str) else data.decode()):
                json.dumps(decoded, ensure_ascii=False).encode()  # refuses half of a pair without the other
        except (ValueError, RecursionError) as error:
            raise json.JSONDecodeError(f"not JSON: {error}", "", 0) from None
        return decoded

    def encode_json(self, data: object) -> str | bytes:
        return json.dumps(data, separators=(",", ":"), allow_nan=False)


def not_json(name: str) -> NoReturn:
    raise ValueError(f"{name} is no number of JSON")
