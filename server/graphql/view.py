"""GraphQL over HTTP, server-sent events and WebSocket: what goes in and out of the schema."""

import asyncio
import json
import re
from collections.abc import AsyncGenerator, Callable, Iterator, Mapping
from datetime import timedelta
from functools import partial
from typing import Any, NoReturn

from cross_web import HTTPException
from graphql import GraphQLError
from starlette.requests import HTTPConnection, Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send
from starlette.websockets import WebSocket, WebSocketDisconnect
from strawberry.asgi import ASGIWebSocketAdapter, GraphQL
from strawberry.http.exceptions import NonJsonMessageReceived, WebSocketDisconnected
from strawberry.http.streaming import HTTPStreamTransport, SSETransport
from strawberry.subscriptions import GRAPHQL_SSE_PROTOCOL, GRAPHQL_TRANSPORT_WS_PROTOCOL
from strawberry.types.unset import UnsetType

from server.access import ORGANISATION_HEADER, Doorkeeper
from server.graphql.context import Context
from server.graphql.schema import schema
from server.graphql.staying import GuardedSocket, farewell, until
from server.graphql.watching import Watched
from server.listening import MOST_BYTES
from server.logs import also_about
from server.refusals import refusal
from server.request_limit import RequestLimit

INIT_SECONDS = 10
HALF_CHARACTER = re.compile(r"\\u[dD][89a-fA-F]")
"""An escape that is half of a character outside the Basic Multilingual Plane."""


class AskedForEvents(SSETransport):
    """Streams only to clients that want events first; some list the type in every request and mean JSON."""

    def accepts(self, accept: str) -> bool:
        return accept.split(",")[0].split(";")[0].strip().lower() == "text/event-stream"

    def encode_event(self, event: str, data: str | None = None) -> str:
        """With the plain line ends that every client knows; urql waits for ever for its own after others."""
        return super().encode_event(event, data).replace("\r\n", "\n")

    def encode_comment(self, comment: str) -> str:
        return super().encode_comment(comment).replace("\r\n", "\n")


class StrictWebSocket(ASGIWebSocketAdapter):
    """Closes the socket on a message of another shape than the protocol's, instead of failing on it."""

    async def iter_json(self, *, ignore_parsing_errors: bool = False) -> AsyncGenerator[object, None]:
        async for message in super().iter_json(ignore_parsing_errors=ignore_parsing_errors):
            if not sound_message(message):
                raise NonJsonMessageReceived
            yield message

    async def send_json(self, message: Mapping[str, object]) -> None:
        try:
            await self.ws.send_text(await asyncio.to_thread(encoded, message))
        except WebSocketDisconnect as gone:
            raise WebSocketDisconnected from gone


class Encoded(Response):
    """JSON made only as it is sent, off the event loop."""

    media_type = "application/json"

    def __init__(self, data: object, status: int) -> None:
        super().__init__(status_code=status)
        self.data = data

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self.body = (await asyncio.to_thread(encoded, self.data)).encode()
        self.headers["content-length"] = str(len(self.body))
        await super().__call__(scope, receive, send)


def encoded(data: object) -> str:
    return "".join(pieces(data))


def pieces(data: object) -> Iterator[str]:
    """JSON in pieces no longer than a column, since the encoder lets no other thread run while it makes one."""
    if isinstance(data, dict):
        opening = "{"
        for key, value in data.items():
            yield f"{opening}{json.dumps(key)}:"
            yield from pieces(value)
            opening = ","
        yield "}" if data else "{}"
    elif isinstance(data, list) and data and isinstance(data[0], dict | list):
        opening = "["
        for item in data:
            yield opening
            yield from pieces(item)
            opening = ","
        yield "]"
    else:
        yield json.dumps(data, separators=(",", ":"), allow_nan=False)


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
    graphql_transport_ws_handler_class = GuardedSocket

    def __init__(self, doorkeeper: Doorkeeper, requests: RequestLimit) -> None:
        super().__init__(
            schema,
            graphql_ide=None,
            allow_queries_via_get=False,
            subscription_protocols=(GRAPHQL_TRANSPORT_WS_PROTOCOL, GRAPHQL_SSE_PROTOCOL),
            connection_init_wait_timeout=timedelta(seconds=INIT_SECONDS),
            allowed_origins=["*"],  # a bearer token is no cookie: no page can borrow it
        )
        self.doorkeeper = doorkeeper
        self.requests = requests
        self.watched = Watched()

    async def run(self, request: Any, *rest: Any, **more: Any) -> Any:
        try:
            if isinstance(request, Request) and request.method != "POST":
                return refusal(405, "Send operations by POST.", headers={"Allow": "POST"})
            return await super().run(request, *rest, **more)
        except HTTPException as error:
            return refusal(error.status_code, error.reason)

    async def get_context(self, request: Request | WebSocket, response: Response | WebSocket) -> Context:
        connection: HTTPConnection = request
        return Context(
            self.doorkeeper,
            connection.app.state.notices,
            connection.scope.get("springtide.bearer"),
            self.requests,
            self.watched,
            over_websocket=isinstance(request, WebSocket),
        )

    async def on_ws_connect(self, context: Context) -> UnsetType:
        given = {name.lower(): value for name, value in (context.connection_params or {}).items()}
        if context.bearer is None or "authorization" in given:
            named = given.get(ORGANISATION_HEADER.lower())
            context.bearer = await self.doorkeeper.admit(given.get("authorization"), named)
        also_about(organisation_id=context.who.organisation_id)
        return UnsetType()  # no payload: clients refuse one that is null

    async def create_streaming_response(
        self,
        request: Request | WebSocket,
        stream: Callable[[], Any],
        sub_response: Response,
        headers: Mapping[str, str],
    ) -> Response:
        leave = partial(farewell, self.doorkeeper, request.app.state.notices, request.scope["springtide.bearer"])
        told = GraphQLError("What let you in has ended; sign in again.", extensions={"code": "UNAUTHENTICATED"})
        events = AskedForEvents()
        last = events.encode_next({"errors": [told.formatted]}, encoded) + events.encode_complete()
        return await super().create_streaming_response(
            request, lambda: until(leave, stream(), last), sub_response, headers
        )

    def parse_json(self, data: str | bytes) -> Any:
        body = super().parse_json(data)
        if not isinstance(body, dict):
            raise HTTPException(400, "The body must be a JSON object with a `query`.")
        if not isinstance(body.get("operationName"), str | None):
            raise HTTPException(400, "`operationName` must be text or null.")
        return body

    def decode_json(self, data: str | bytes) -> object:
        if len(data) > MOST_BYTES:
            raise json.JSONDecodeError("longer than what is taken", "", 0)
        try:
            decoded = json.loads(data, parse_constant=not_json)
            if HALF_CHARACTER.search(data if isinstance(data, str) else data.decode()):
                json.dumps(decoded, ensure_ascii=False).encode()  # refuses half of a pair without the other
        except (ValueError, RecursionError) as error:
            raise json.JSONDecodeError(f"not JSON: {error}", "", 0) from None
        return decoded

    def encode_json(self, data: object) -> str | bytes:
        return encoded(data)

    def create_response(self, response_data: object, sub_response: Response) -> Response:
        answer = Encoded(response_data, sub_response.status_code or 200)
        answer.headers.raw.extend(sub_response.headers.raw)
        return answer


def not_json(name: str) -> NoReturn:
    raise ValueError(f"{name} is no number of JSON")
