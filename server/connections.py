"""Connections of the web server: how many there may be, and how long one may keep it waiting."""

import asyncio
import logging
from collections import Counter
from typing import Any, cast

import uvicorn
from httptools import HttpParserError
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle
from uvicorn.protocols.utils import ClientDisconnected
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol

from server.refusals import refusal

HEAD_SECONDS = 10.0
"""Until a request's head has come, counted from its first byte or the connection's beginning."""
MOST_HEAD_BYTES = 64 * 1024
"""Of a head, or of what follows a body."""
MOST_PIPELINED = 20
"""Requests of a connection that wait for the answers to those before them."""
BODY_SECONDS = 30.0
"""Until its body has come, too."""
LONG_BODIES = {"/uploads": 300.0}
"""By path, where a body may take longer."""
GRACE_SECONDS = 5.0
TAKING_SECONDS = 15.0
LEAST_BYTES_A_SECOND = 1024
"""What a client has to take of what is waiting for it, on average over `TAKING_SECONDS`."""
MOST_CONNECTIONS = 2000
MOST_OF_ONE_CLIENT = 500

logger = logging.getLogger("springtide.web")


class ConnectionConfig(uvicorn.Config):
    """uvicorn's, and what the connections of one server share."""

    def __init__(self, app: ASGIApp, most_of_one_client: int, **given: Any) -> None:
        super().__init__(app, http=HttpConnection, ws=WebSocketConnection, **given)
        self.most_of_one_client = most_of_one_client
        self.clients: Counter[str] = Counter()


class Counted(asyncio.Protocol):
    """Is counted to its client, and ends where that does not take what it is sent."""

    config: uvicorn.Config
    client: tuple[str, int] | None
    transport: asyncio.Transport
    loop: asyncio.AbstractEventLoop
    taking: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        super().connection_made(transport)
        self.transport.set_write_buffer_limits(high=0)  # told of every byte that waits
        self.shared.clients[self.address] += 1

    def connection_lost(self, exc: Exception | None) -> None:
        self.leave()
        super().connection_lost(exc)

    @property
    def shared(self) -> ConnectionConfig:
        assert isinstance(self.config, ConnectionConfig)
        return self.config

    @property
    def address(self) -> str:
        return self.client[0] if self.client else ""

    def leave(self) -> None:
        self.stop_watching()
        self.shared.clients[self.address] -= 1
        if not self.shared.clients[self.address]:
            del self.shared.clients[self.address]

    def pause_writing(self) -> None:
        super().pause_writing()
        self.watch()

    def resume_writing(self) -> None:
        self.stop_watching()
        super().resume_writing()

    def watch(self) -> None:
        self.stop_watching()
        waiting = self.transport.get_write_buffer_size()
        self.taking = self.loop.call_later(TAKING_SECONDS, self.look, waiting)

    def look(self, waited: int) -> None:
        if waited - self.transport.get_write_buffer_size() < TAKING_SECONDS * LEAST_BYTES_A_SECOND:
            logger.info("a connection is closed: its client does not take what it is sent")
            self.transport.abort()
        else:
            self.watch()

    def stop_watching(self) -> None:
        if self.taking is not None:
            self.taking.cancel()
            self.taking = None


class HttpConnection(Counted, HttpToolsProtocol):
    in_head: bool = True
    """Whether what comes next belongs to a head, or to none yet."""
    head_bytes: int = 0
    """Since the last head, or the last that came of a body."""
    answering: RequestResponseCycle | None = None
    """The last that was begun; uvicorn's `cycle` is the last that was read."""
    together: "Together"
    expecting: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        super().connection_made(transport)
        self.together = Together(self.transport, self.loop)
        mine = self.shared.clients[self.address]
        if len(self.connections) > MOST_CONNECTIONS or mine > self.shared.most_of_one_client:
            logger.warning("a connection is refused: %d are open, %d of its client", len(self.connections), mine)
            self.transport.write(TOO_MANY)
            self.transport.close()
        self.expect(HEAD_SECONDS)

    def data_received(self, data: bytes) -> None:
        if self.transport.is_closing():
            return
        self.head_bytes += len(data)
        if self.in_head:
            self.expect_a_head()
        super().data_received(data)
        if self.head_bytes > MOST_HEAD_BYTES and not self.transport.is_closing():
            self.send_400_response("The head of the request is too long.")

    def connection_lost(self, exc: Exception | None) -> None:
        self.stop_expecting()
        self.tell_who_answers()
        super().connection_lost(exc)

    def _start_asgi_task(self, cycle: RequestResponseCycle, app: Any) -> None:
        self.answering = cycle
        super()._start_asgi_task(cycle, app)

    @property
    def busy(self) -> bool:
        return self.answering is not None and not self.answering.response_complete

    def tell_who_answers(self) -> None:
        """That nobody takes the answer any more; uvicorn tells the last request only, which may still wait its turn."""
        if self.answering is not None and self.busy:
            self.answering.disconnected = True
            self.answering.message_event.set()

    def handle_websocket_upgrade(self) -> None:
        if self.busy:  # or two would write to one connection, and the first never hear that it has ended
            self.send_400_response("A request before this one is still being answered.")
            return
        self.stop_expecting()
        self.leave()
        super().handle_websocket_upgrade()

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self.expect_a_head()

    def on_header(self, name: bytes, value: bytes) -> None:
        if self.in_head:  # else it follows a body, and would be added to a head that was judged already
            super().on_header(name, value)

    def on_headers_complete(self) -> None:
        self.in_head, self.head_bytes = False, 0
        before = self.cycle
        super().on_headers_complete()
        if len(self.pipeline) > MOST_PIPELINED:
            raise HttpParserError("too many requests wait")
        if self.pipeline:
            self.flow.resume_reading()  # uvicorn stops, and would not hear that the client has gone
        self.expect(LONG_BODIES.get(self.scope.get("path", ""), BODY_SECONDS) + GRACE_SECONDS)
        if self.cycle is not before:
            self.cycle.transport = cast(asyncio.Transport, self.together)

    def on_body(self, body: bytes) -> None:
        self.head_bytes = 0
        super().on_body(body)

    def on_message_complete(self) -> None:
        self.in_head, self.head_bytes = True, 0
        self.stop_expecting()
        super().on_message_complete()
        if self.cycle is not None and self.cycle.response_complete:  # uvicorn's patience ended when this rest came
            self.expect_a_head()

    def on_response_complete(self) -> None:
        self.together.flush()
        super().on_response_complete()

    def send_400_response(self, msg: str) -> None:
        """As uvicorn does, which would write it into the midst of an answer."""
        begun = self.answering is not None and self.answering.response_started
        if not self.busy or not (begun or self.pipeline):
            super().send_400_response(msg)
        self.tell_who_answers()
        self.transport.close()

    def expect_a_head(self) -> None:
        if self.expecting is None:
            self.expect(HEAD_SECONDS)

    def expect(self, seconds: float) -> None:
        """The rest of a head, or of a body, from now on."""
        self.stop_expecting()
        self.expecting = self.loop.call_later(seconds, self.transport.abort)

    def stop_expecting(self) -> None:
        if self.expecting is not None:
            self.expecting.cancel()
            self.expecting = None


class Together:
    """A connection that sends what is written in one go at once; uvicorn writes the head of an answer and its body."""

    def __init__(self, transport: asyncio.Transport, loop: asyncio.AbstractEventLoop) -> None:
        self.transport, self.loop = transport, loop
        self.waiting: list[bytes] = []

    def write(self, data: bytes) -> None:
        if not self.waiting:
            self.loop.call_soon(self.flush)
        self.waiting.append(data)

    def flush(self) -> None:
        if self.waiting:
            whole = b"".join(self.waiting)
            self.waiting.clear()
            self.transport.write(whole)

    def close(self) -> None:
        self.flush()
        self.transport.close()

    def is_closing(self) -> bool:
        return self.transport.is_closing()


class WebSocketConnection(Counted, WebSocketsSansIOProtocol):
    async def send(self, message: Any) -> None:
        """As uvicorn does, which calls it a mistake of ours if it has closed the socket by itself meanwhile."""
        await self.writable.wait()
        if self.close_sent:
            raise ClientDisconnected
        await super().send(message)

    def send_receive_event_to_app(self) -> None:
        """As uvicorn does, which writes a traceback to the log for a text that is no UTF-8."""
        if self.curr_msg_data_type == "text":
            try:
                b"".join(self.frames).decode()
            except UnicodeDecodeError:
                self.conn.fail(1007, "no UTF-8")
                self.handle_parser_exception()
                return
        super().send_receive_event_to_app()


class BodyInTime:
    """Refuses a request whose body does not come in time."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        seconds = LONG_BODIES.get(scope["path"], BODY_SECONDS)
        deadline = asyncio.get_running_loop().time() + seconds
        complete = False

        async def in_time() -> Message:
            nonlocal complete
            try:
                async with asyncio.timeout_at(None if complete else deadline):
                    message = await receive()
            except TimeoutError:
                told = f"The request did not come whole within {seconds:g} s; send it faster."
                raise HTTPException(408, told, {"Connection": "close"}) from None
            complete = complete or not message.get("more_body", False)
            return message

        await self.app(scope, in_time, send)


def raw_refusal() -> bytes:
    answer = refusal(503, "Too many connections; close some, or try again in a moment.", headers={"Retry-After": "5"})
    head = b"".join(b"%s: %s\r\n" % header for header in (*answer.raw_headers, (b"connection", b"close")))
    return b"HTTP/1.1 503 Service Unavailable\r\n" + head + b"\r\n" + bytes(answer.body)


TOO_MANY = raw_refusal()
