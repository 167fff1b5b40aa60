"""Connections that keep the server waiting, or are too many, on real sockets; its patience is shortened to seconds."""

import asyncio
import json
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

import pytest

from server.connections import MOST_PIPELINED
from server.graphql.schema import schema_text
from server.graphql.staying import MOST_EARLY
from server.listening import WebServer
from tests.server.pestering import answered, closing, frame
from tests.server.served import PROTOCOL, Served, serving, told

LEAST, MOST = 0.2, 3.0
"""Seconds within which a connection must have ended."""


def web(served: Served) -> WebServer:
    assert served.server is not None
    return served.server


def with_small_buffers(served: Served) -> socket.socket:
    """A client's socket that, with the server's, holds little on the way."""
    web(served).servers[0].sockets[0].setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 4096)
    made = socket.socket()
    made.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    made.connect(("127.0.0.1", served.port))
    return made


def stops_reading(writer: asyncio.StreamWriter) -> None:
    transport = writer.transport
    assert isinstance(transport, asyncio.Transport)
    transport.pause_reading()


async def nobody_is_connected(served: Served) -> None:
    for _ in range(100):
        if web(served).server_state.connections:
            await asyncio.sleep(0.1)
    assert not web(served).server_state.connections


@asynccontextmanager
async def connected(
    served: Served, small: bool = False
) -> AsyncIterator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
    if small:
        reader, writer = await asyncio.open_connection(sock=with_small_buffers(served))
    else:
        reader, writer = await asyncio.open_connection("127.0.0.1", served.port)
    yield reader, writer
    writer.close()
    with suppress(ConnectionError):
        await writer.wait_closed()


async def ended(reader: asyncio.StreamReader) -> bytes:
    """What still comes until the server ends the connection, which it has to do in time."""
    received = b""
    async with asyncio.timeout(MOST):
        with suppress(ConnectionError):
            while more := await reader.read(65_536):
                received += more
    return received


def head(served: Served, length: int, bearing: str | None = None) -> bytes:
    bearer = served.client.token if bearing is None else bearing
    lines = (
        f"Host: x\r\nAuthorization: Bearer {bearer}\r\nContent-Type: application/json\r\nContent-Length: {length}\r\n"
    )
    return f"POST /graphql HTTP/1.1\r\n{lines}\r\n".encode()


async def drip(writer: asyncio.StreamWriter, data: bytes) -> None:
    """A byte at a time, as long as the connection lasts."""
    with suppress(ConnectionError):
        for byte in data:
            writer.write(bytes([byte]))
            await writer.drain()
            await asyncio.sleep(0.05)


@pytest.mark.parametrize("sent", [b"", b"GET / HT", b"POST /graphql HTTP/1.1\r\nHost: x\r\nX-Slow: "])
async def test_a_head_that_does_not_come_ends_the_connection(
    served: Served, monkeypatch: pytest.MonkeyPatch, sent: bytes
) -> None:
    monkeypatch.setattr("server.connections.HEAD_SECONDS", LEAST)
    async with connected(served) as (reader, writer):
        dripping = asyncio.create_task(drip(writer, sent + b"x" * 1000))
        assert b"HTTP/1.1 200" not in await ended(reader)
        dripping.cancel()


async def test_a_body_that_comes_too_slowly_is_refused(served: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("server.connections.BODY_SECONDS", LEAST)
    async with connected(served) as (reader, writer):
        writer.write(head(served, 1000))
        dripping = asyncio.create_task(drip(writer, b" " * 999))
        answer = (await ended(reader)).decode()
        dripping.cancel()
    assert answer.startswith("HTTP/1.1 408")
    (error,) = json.loads(answer.rpartition("\r\n\r\n")[2])["errors"]
    assert error["extensions"] == {"code": "TIMEOUT"}


async def test_who_was_refused_at_once_cannot_go_on_sending_for_ever(
    served: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("server.connections.BODY_SECONDS", LEAST)
    monkeypatch.setattr("server.connections.GRACE_SECONDS", LEAST)
    async with connected(served) as (reader, writer):
        writer.write(head(served, 1000, bearing="nonsense"))
        dripping = asyncio.create_task(drip(writer, b" " * 999))
        assert (await ended(reader)).startswith(b"HTTP/1.1 401")
        dripping.cancel()


async def test_a_connection_that_is_kept_alive_may_be_used_again(
    served: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("server.connections.HEAD_SECONDS", LEAST)
    body = b'{"query": "{ __typename }"}'
    async with connected(served) as (reader, writer):
        for _ in range(3):
            writer.write(head(served, len(body)) + body)
            assert await answered(reader) == ("200", True)
            await asyncio.sleep(2 * LEAST)  # nothing is due between two requests


SCHEMA = b"GET /schema.graphql HTTP/1.1\r\nHost: x\r\n\r\n"
"""A hundred thousand bytes, for nothing."""


async def test_who_does_not_read_an_answer_loses_the_connection(
    served: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("server.connections.TAKING_SECONDS", LEAST)
    async with connected(served, small=True) as (_, writer):
        stops_reading(writer)
        writer.write(SCHEMA * 10)
        await asyncio.sleep(LEAST / 2)
        assert web(served).server_state.connections
        await nobody_is_connected(served)


async def test_a_slow_reader_who_takes_enough_is_waited_for(served: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("server.connections.TAKING_SECONDS", LEAST)
    async with connected(served, small=True) as (reader, writer):
        writer.write(SCHEMA * 3)
        received = 0
        while received < 2 * len(schema_text()):
            more = await reader.read(8192)
            assert more
            received += len(more)
            await asyncio.sleep(0.02)


async def test_a_watcher_who_does_not_read_loses_the_socket(served: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("server.connections.TAKING_SECONDS", LEAST)
    query = "{ __schema { types { name description fields { name description } } } }"
    said = {"id": "1", "type": "subscribe", "payload": {"query": query}}
    async with upgraded(served, small=True) as (_, writer):
        stops_reading(writer)
        writer.write(frame(1, b'{"type": "connection_init"}') + frame(1, json.dumps(said).encode()))
        await nobody_is_connected(served)


@asynccontextmanager
async def upgraded(
    served: Served, small: bool = False
) -> AsyncIterator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
    """A WebSocket whose client answers nothing by itself."""
    async with connected(served, small) as (reader, writer):
        writer.write(
            "GET /graphql HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            "Sec-WebSocket-Key: MDEyMzQ1Njc4OTAxMjM0NQ==\r\nSec-WebSocket-Version: 13\r\n"
            f"Sec-WebSocket-Protocol: {PROTOCOL}\r\nAuthorization: Bearer {served.client.token}\r\n\r\n".encode()
        )
        assert (await reader.readuntil(b"\r\n\r\n")).startswith(b"HTTP/1.1 101")
        yield reader, writer


async def ping(writer: asyncio.StreamWriter, every: float) -> None:
    with suppress(ConnectionError):
        for _ in range(MOST_EARLY):
            writer.write(frame(1, b'{"type": "ping"}'))
            await asyncio.sleep(every)


async def test_a_socket_that_does_not_answer_whether_anybody_is_there_is_closed(served: Served) -> None:
    web(served).connections.ws_ping_interval = web(served).connections.ws_ping_timeout = LEAST
    async with upgraded(served) as (reader, writer):
        writer.write(frame(1, b'{"type": "connection_init"}'))
        async with asyncio.timeout(MOST):
            assert await closing(reader) == "closed 1011"


async def test_a_socket_that_does_not_sign_in_is_closed_whatever_it_says(
    served: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("server.graphql.view.INIT_SECONDS", LEAST)
    async with serving(served.database, served.client.organisation) as again, upgraded(again) as (reader, writer):
        pinging = asyncio.create_task(ping(writer, every=LEAST / 4))
        async with asyncio.timeout(MOST):
            assert await closing(reader) == "closed 4408"
        pinging.cancel()


async def test_a_socket_that_talks_before_it_signs_in_is_closed(served: Served) -> None:
    async with upgraded(served) as (reader, writer):
        for _ in range(MOST_EARLY + 1):
            writer.write(frame(1, b'{"type": "ping"}'))
        async with asyncio.timeout(MOST):
            assert await closing(reader) == "closed 4400"


async def test_text_that_is_none_closes_the_socket_and_leaves_no_trace(
    served: Served, caplog: pytest.LogCaptureFixture
) -> None:
    async with upgraded(served) as (reader, writer):
        writer.write(frame(1, b"\xff\xfe"))
        async with asyncio.timeout(MOST):
            assert await closing(reader) == "closed 1007"
    assert "Traceback" not in caplog.text


async def test_a_body_that_breaks_off_after_its_answer_leaves_no_trace(
    served: Served, caplog: pytest.LogCaptureFixture
) -> None:
    chunked = b"POST /graphql HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"
    async with connected(served) as (reader, writer):
        writer.write(chunked)
        assert (await answered(reader))[0] == "401"
        writer.write(b"no chunk\r\n")
        await ended(reader)
    assert "Traceback" not in caplog.text
    assert "Fatal error" not in caplog.text


async def test_a_client_that_goes_before_it_has_said_all_leaves_no_trace(
    served: Served, caplog: pytest.LogCaptureFixture
) -> None:
    async with connected(served) as (_, writer):
        writer.write(head(served, 1000) + b"{")
        await writer.drain()
        await asyncio.sleep(LEAST)
    await asyncio.sleep(LEAST)
    assert "bug" not in caplog.text


async def test_no_more_operations_run_on_a_socket_than_it_may_have(
    served: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("server.graphql.staying.MOST_OPERATIONS", 2)
    run = await served.client.start_run()
    async with served.socket(payload=served.bearing) as opened:
        await told(opened)
        watch = {"query": "subscription($run: ID!) { runUpdated(runId: $run) { sequence } }", "variables": {"run": run}}
        seen = {}
        for number in ("1", "2", "3"):
            await opened.send(json.dumps({"id": number, "type": "subscribe", "payload": watch}))
            answer = await told(opened)
            seen[answer["id"]] = answer["type"]
        assert seen == {"1": "next", "2": "next", "3": "error"}
        assert answer["payload"][0]["extensions"] == {"code": "OVER_LIMIT"}
        await opened.send(json.dumps({"id": "1", "type": "complete"}))
        await opened.send(json.dumps({"id": "4", "type": "subscribe", "payload": watch}))
        assert (await told(opened))["type"] == "next"


async def test_no_more_connections_are_open_than_a_client_or_all_may_have(
    served: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = web(served).connections
    monkeypatch.setattr(config, "most_of_one_client", 5)
    async with asyncio.timeout(10):
        opened = [await asyncio.open_connection("127.0.0.1", served.port) for _ in range(6)]
        refused = (await opened[5][0].read()).decode()
    assert refused.startswith("HTTP/1.1 503")
    assert "Too many connections" in json.loads(refused.partition("\r\n\r\n")[2])["errors"][0]["message"]
    for _, writer in opened[:3]:
        writer.close()
    await asyncio.sleep(LEAST)
    assert (await served.client.http.get("/healthz")).status_code == 200
    monkeypatch.setattr("server.connections.MOST_CONNECTIONS", 3)
    reader, _ = await asyncio.open_connection("127.0.0.1", served.port)
    more, _ = await asyncio.open_connection("127.0.0.1", served.port)
    assert (await asyncio.wait_for(more.read(), 5)).startswith(b"HTTP/1.1 503")
    assert reader


async def test_a_socket_counts_as_the_connection_that_it_was(served: Served) -> None:
    clients = web(served).connections.clients
    async with upgraded(served), upgraded(served):
        assert clients["127.0.0.1"] == 2
    await asyncio.sleep(LEAST)
    assert clients["127.0.0.1"] == 0


async def test_who_was_refused_before_they_had_said_all_does_not_stay_for_ever(
    served: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("server.connections.HEAD_SECONDS", LEAST)
    async with connected(served) as (reader, writer):
        writer.write(head(served, 10, bearing="nonsense") + b"12345")
        assert (await answered(reader))[0] == "401"
        writer.write(b"67890")
        assert await ended(reader) == b""


async def test_what_follows_a_body_is_as_short_as_a_head(served: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("server.connections.MOST_HEAD_BYTES", 10_000)
    async with connected(served) as (reader, writer):
        writer.write(b"POST /graphql HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n")
        assert (await answered(reader))[0] == "401"
        with suppress(ConnectionError):
            for _ in range(100):
                writer.write(b"a: b\r\n" * 200)
                await writer.drain()
                await asyncio.sleep(0.001)
        await ended(reader)


async def test_no_more_requests_wait_for_their_turn_than_a_connection_may_have(served: Served) -> None:
    async with connected(served) as (reader, writer):
        writer.write(b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n" * (MOST_PIPELINED + 1))
        for _ in range(MOST_PIPELINED + 1):
            assert (await answered(reader))[0] == "200"
    async with connected(served) as (reader, writer):
        writer.write(b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n" * 1000)
        assert (await ended(reader)).count(b"HTTP/1.1 200") <= MOST_PIPELINED


UPGRADE = (
    b"GET /graphql HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
    b"Sec-WebSocket-Key: MDEyMzQ1Njc4OTAxMjM0NQ==\r\nSec-WebSocket-Protocol: graphql-transport-ws\r\n\r\n"
)


@pytest.mark.parametrize("behind", [SCHEMA, UPGRADE], ids=["a request", "an upgrade"])
async def test_a_stream_ends_with_its_connection_whatever_was_asked_behind_it(served: Served, behind: bytes) -> None:
    run = await served.client.start_run()
    watch = {"query": "subscription($run: ID!) { runUpdated(runId: $run) { sequence } }", "variables": {"run": run}}
    asked = json.dumps(watch).encode()
    async with connected(served) as (reader, writer):
        writer.write(head(served, len(asked)).replace(b"Host: x", b"Host: x\r\nAccept: text/event-stream") + asked)
        await reader.readuntil(b"event: next")
        assert served.bells
        writer.write(behind)
        await asyncio.sleep(LEAST)
    for _ in range(30):
        if served.bells:
            await asyncio.sleep(0.1)
    assert not served.bells
