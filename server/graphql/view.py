"""GraphQL over HTTP, server-sent events and WebSocket: what goes in and out of the schema."""

import asyncio
import json
from collections.abc import AsyncGenerator, Callable, Mapping
from contextlib import suppress
from datetime import timedelta
from functools import partial
from typing import Any

from cross_web import AsyncHTTPRequestAdapter, HTTPException
from graphql import GraphQLError
from starlette.requests import ClientDisconnect, HTTPConnection, Request
from starlette.responses import Response
from starlette.types import Receive
from starlette.websockets import WebSocket, WebSocketDisconnect
from starlette.websockets import WebSocketDisconnected as ClosedByUs
from strawberry.asgi import ASGIWebSocketAdapter, GraphQL
from strawberry.exceptions import MissingQueryError
from strawberry.http import GraphQLHTTPResponse, GraphQLRequestData, GraphQLRequestProtocol
from strawberry.http.exceptions import NonJsonMessageReceived, WebSocketDisconnected
from strawberry.http.streaming import HTTPStreamTransport, SSETransport
from strawberry.schema.exceptions import CannotGetOperationTypeError, InvalidOperationTypeError
from strawberry.subscriptions import GRAPHQL_SSE_PROTOCOL, GRAPHQL_TRANSPORT_WS_PROTOCOL
from strawberry.types import ExecutionResult
from strawberry.types.graphql import OperationType
from strawberry.types.unset import UnsetType

from server.access import ORGANISATION_HEADER, Doorkeeper
from server.graphql.context import Context
from server.graphql.json_text import decoded, encoded
from server.graphql.negotiation import EVENTS, JSON, RESPONSE, media_type, status_of
from server.graphql.schema import schema
from server.graphql.staying import GuardedSocket, farewell, until
from server.graphql.watching import Watched
from server.listening import MOST_BYTES
from server.logs import also_about
from server.refusals import refusal
from server.request_limit import RequestLimit

INIT_SECONDS = 10
METHODS = ("GET", "POST")
GONE = (WebSocketDisconnect, ClosedByUs)
"""The client has closed the socket, or we have."""


class AskedForEvents(SSETransport):
    """Streams only to clients that want events first; some list the type in every request and mean JSON."""

    def accepts(self, accept: str) -> bool:
        return media_type(accept) == EVENTS

    def encode_event(self, event: str, data: str | None = None) -> str:
        """With the plain line ends that every client knows; urql waits for ever for its own after others."""
        return super().encode_event(event, data).replace("\r\n", "\n")

    def encode_comment(self, comment: str) -> str:
        return super().encode_comment(comment).replace("\r\n", "\n")


MOST_REASON = 123
"""Bytes; a longer frame is not sent at all."""


class StrictWebSocket(ASGIWebSocketAdapter):
    """Closes the socket on a message of another shape than the protocol's, instead of failing on it."""

    async def iter_json(self, *, ignore_parsing_errors: bool = False) -> AsyncGenerator[object, None]:
        async for message in super().iter_json(ignore_parsing_errors=ignore_parsing_errors):
            if not sound_message(message):
                raise NonJsonMessageReceived
            yield message

    def __init__(self, view: Any, request: WebSocket, response: WebSocket) -> None:
        super().__init__(view, request, response)
        self.sending = asyncio.Lock()

    async def send_json(self, message: Mapping[str, object]) -> None:
        async with self.sending:  # a client that does not read keeps one message in memory, not one an operation
            text = encoded(message).decode()
            try:
                await self.ws.send_text(text)
            except GONE as gone:
                raise WebSocketDisconnected from gone

    async def close(self, code: int, reason: str) -> None:
        with suppress(*GONE):
            await super().close(code, reason.encode()[:MOST_REASON].decode(errors="ignore"))


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
            subscription_protocols=(GRAPHQL_TRANSPORT_WS_PROTOCOL, GRAPHQL_SSE_PROTOCOL),
            connection_init_wait_timeout=timedelta(seconds=INIT_SECONDS),
            max_subscriptions_per_connection=None,  # counted by GuardedSocket, which says it with a code
            allowed_origins=["*"],  # a bearer token is no cookie: no page can borrow it
        )
        self.doorkeeper = doorkeeper
        self.requests = requests
        self.watched = Watched()

    async def run(self, request: Any, *rest: Any, **more: Any) -> Any:
        try:
            if isinstance(request, Request) and (media := check_head(request)) != EVENTS:
                return await self.answer(request, media)
            return await super().run(request, *rest, **more)
        except HTTPException as error:
            allowed = {"Allow": ", ".join(METHODS)} if error.status_code == 405 else None
            return refusal(error.status_code, error.reason, headers=allowed)

    async def answer(self, request: Request, media: str) -> Response:
        """One operation and its one answer, without the ways that Strawberry has for files, streams and batches."""
        asked = asked_in(await self.body_of(request))
        context = self.context_of(request)
        kinds = set(OperationType) - ({OperationType.MUTATION} if request.method == "GET" else set())
        try:
            result = await schema.execute(asked.query, asked.variables, context, None, asked.operation_name, kinds)
        except CannotGetOperationTypeError as error:
            raise HTTPException(400, error.as_http_error_reason()) from error
        except InvalidOperationTypeError as error:
            return misplaced(error.operation_type)
        except MissingQueryError as error:
            raise HTTPException(400, "No GraphQL query found in the request") from error
        told = await self.process_result(request, result) if result.errors else {"data": result.data}
        return Response(encoded(told), status_of(told, media), media_type=media)

    async def body_of(self, request: Request) -> Any:
        if request.method == "GET":
            return self.parse_query_params(dict(request.query_params))
        return self.parse_json(await whole_body(request.receive))

    def should_render_graphql_ide(self, request: object) -> bool:
        return False

    async def get_context(self, request: Request | WebSocket, response: Response | WebSocket) -> Context:
        return self.context_of(request)

    def context_of(self, connection: HTTPConnection) -> Context:
        bearer = connection.scope.get("springtide.bearer")
        return Context(self.doorkeeper, connection.app.state.notices, bearer, self.requests, self.watched)

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
        last = events.encode_next({"errors": [told.formatted]}, self.encode_json) + events.encode_complete()
        return await super().create_streaming_response(
            request, lambda: until(leave, stream(), last), sub_response, headers
        )

    async def parse_http_body(self, request: AsyncHTTPRequestAdapter) -> GraphQLRequestData:
        """Of a request for events."""
        if request.method == "GET":
            return asked_in(self.parse_query_params(request.query_params), "sse")
        return asked_in(self.parse_json(await request.get_body()), "sse")

    async def process_result(self, request: Request, result: ExecutionResult) -> GraphQLHTTPResponse:
        """Without `data` where nothing was executed."""
        answer = await super().process_result(request, result)
        if result.data is None and result.errors and not any(error.path for error in result.errors):
            del answer["data"]
        return answer

    def decode_json(self, data: str | bytes) -> object:
        if len(data) > MOST_BYTES:
            raise json.JSONDecodeError("longer than what is taken", "", 0)
        return decoded(data)

    def parse_json(self, data: str | bytes) -> Any:
        try:
            return self.decode_json(data)
        except json.JSONDecodeError as error:
            raise HTTPException(400, f"What was sent is not as it should be: {error.msg}.") from None

    def encode_json(self, data: object) -> str:
        """Of an event, whose frame is text."""
        return encoded(data).decode()


async def whole_body(receive: Receive) -> bytes:
    """As Starlette reads it, which goes through a generator for most bodies' one piece."""
    pieces, more = [], True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise ClientDisconnect
        pieces.append(message.get("body", b""))
        more = message.get("more_body", False)
    return b"".join(pieces)


def asked_in(body: Any, protocol: GraphQLRequestProtocol = "http") -> GraphQLRequestData:
    if isinstance(body, list):
        raise HTTPException(400, "Batches are not taken; send one operation a request.")
    if not isinstance(body, dict):
        raise HTTPException(400, "The body must be a JSON object with a `query`.")
    for name, kind in PARAMETERS.items():
        if not isinstance(body.get(name), kind | None):
            raise HTTPException(400, f"`{name}` must be {'text' if kind is str else 'an object'} or null.")
    return GraphQLRequestData(
        query=body.get("query"),
        variables=body.get("variables"),
        operation_name=body.get("operationName"),
        extensions=body.get("extensions"),
        protocol=protocol,
    )


PARAMETERS: Mapping[str, type] = {"query": str, "operationName": str, "variables": dict, "extensions": dict}


def misplaced(operation: OperationType) -> Response:
    if operation is OperationType.SUBSCRIPTION:
        return refusal(400, f"Send subscriptions with `Accept: {EVENTS}`, or over a WebSocket.")
    return refusal(405, f"Send a {operation.value} by POST.", headers={"Allow": "POST"})


def check_head(request: Request) -> str:
    """The type of the answer. Raises HTTPException for what no body can mend."""
    if request.method not in METHODS:
        raise HTTPException(405, f"Send operations by {' or '.join(METHODS)}.")
    media = media_type(request.headers.get("accept", ""))
    if media is None:
        raise HTTPException(406, f"Accept {RESPONSE}, {JSON} or, for subscriptions, {EVENTS}.")
    kind, _, parameters = request.headers.get("content-type", "").lower().partition(";")
    charset = parameters.replace(" ", "").replace('"', "").partition("charset=")[2]
    if request.method == "POST" and (kind.strip() != JSON or charset not in ("", "utf-8", "utf8")):
        raise HTTPException(415, f"Send the operation as `Content-Type: {JSON}`, in UTF-8.")
    if request.scope["query_string"] and len(request.query_params) < len(request.query_params.multi_items()):
        raise HTTPException(400, "A parameter of the address stands there twice.")
    return media
