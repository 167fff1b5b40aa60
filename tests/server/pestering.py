"""A client that sends what `malformed` makes over sockets of its own, and counts what comes back."""

import asyncio
import base64
import struct
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from tests.server.malformed import Malformed

PATIENCE = 60.0
MESSAGES_A_SOCKET = 20


@dataclass
class Pest:
    """Sends by HTTP and WebSocket, one thing after another."""

    port: int
    token: str
    malformed: Malformed
    seen: Counter[str] = field(default_factory=Counter)
    """How often each status and each close code came, `gone` where a connection ended without one."""
    failing: list[bytes] = field(default_factory=list)
    """Bodies that were answered with 500 or more."""

    async def send_bodies(self, count: int) -> None:
        reader = writer = None
        for number in range(count):
            if writer is None or reader is None:
                reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
            broken = number % 20 == 19
            sent = self.malformed.request() if broken else self.request()
            status, stays = "gone", False
            with suppress(ConnectionError, asyncio.IncompleteReadError):
                writer.write(sent)
                if broken:
                    writer.write_eof()
                async with asyncio.timeout(PATIENCE):
                    status, stays = await answered(reader)
            self.seen[status] += 1
            if status.startswith("5"):
                self.failing.append(sent)
            if broken or not stays:
                writer.close()
                reader = writer = None

    def request(self) -> bytes:
        body = self.malformed.body()
        given = {"Host": "x", "Authorization": f"Bearer {self.token}", "Content-Length": str(len(body))}
        lines = "".join(f"{name}: {value}\r\n" for name, value in {**given, **self.malformed.headers()}.items())
        return f"POST /graphql HTTP/1.1\r\n{lines}\r\n".encode("latin-1", "replace") + body

    async def send_messages(self, count: int) -> None:
        sent = 0
        while sent < count:
            sent += await self.one_socket(min(MESSAGES_A_SOCKET, count - sent))

    async def one_socket(self, most: int) -> int:
        """How many messages it took."""
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        key = base64.b64encode(self.malformed.random.randbytes(16)).decode()
        writer.write(
            f"GET /graphql HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            f"Sec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Protocol: graphql-transport-ws\r\n"
            f"Authorization: Bearer {self.token}\r\n\r\n".encode()
        )
        await reader.readuntil(b"\r\n\r\n")
        listening = asyncio.create_task(closing(reader))
        if self.malformed.random.random() < 0.9:
            writer.write(frame(1, b'{"type": "connection_init"}'))
        sent = 0
        with suppress(ConnectionError):
            while sent < most and not listening.done():
                writer.write(frame(*self.malformed.message()))
                sent += 1
                await writer.drain()
                await asyncio.sleep(0.001 if self.malformed.random.random() < 0.5 else 0)
            if not listening.done():
                writer.write(frame(8, struct.pack("!H", 1000)))
        async with asyncio.timeout(PATIENCE):
            self.seen[await listening] += 1
        writer.close()
        return sent


async def answered(reader: asyncio.StreamReader) -> tuple[str, bool]:
    """The status of an answer that is read to its end, and whether the connection stays."""
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").lower()
    status = head.split(" ", 2)[1]
    if "transfer-encoding: chunked" in head:
        while not (await reader.readuntil(b"\r\n")).startswith(b"0\r\n"):
            pass
        await reader.readuntil(b"\r\n")
    elif "content-length: " in head:
        await reader.readexactly(int(head.split("content-length: ")[1].split("\r\n")[0]))
    return status, "connection: close" not in head and "content-length: " in head


def frame(opcode: int, data: bytes) -> bytes:
    """As a client sends it, masked with zeros."""
    if len(data) < 126:
        length = struct.pack("!B", 0x80 | len(data))
    elif len(data) < 65_536:
        length = struct.pack("!BH", 0x80 | 126, len(data))
    else:
        length = struct.pack("!BQ", 0x80 | 127, len(data))
    return bytes([0x80 | opcode]) + length + bytes(4) + data


async def closing(reader: asyncio.StreamReader) -> str:
    """The code with which the server closes a socket, whatever it says before."""
    with suppress(ConnectionError, asyncio.IncompleteReadError):
        while True:
            first, second = await reader.readexactly(2)
            size: Any = second & 0x7F
            if size > 125:
                size = int.from_bytes(await reader.readexactly(2 if size == 126 else 8), "big")
            data = await reader.readexactly(size)
            if first & 0x0F == 8:
                return f"closed {int.from_bytes(data[:2], 'big')}"
    return "gone"


async def pester(port: int, token: str, count: int, seed: int, clients: int = 4) -> Pest:
    """All that some clients at once have seen, of half as many bodies and half as many messages."""
    pests = [Pest(port, token, Malformed(seed + number)) for number in range(clients)]
    share = count // (2 * clients)
    async with asyncio.TaskGroup() as group:
        for pest in pests:
            group.create_task(pest.send_bodies(share))
            group.create_task(pest.send_messages(share))
    for pest in pests[1:]:
        pests[0].seen += pest.seen
        pests[0].failing += pest.failing
    return pests[0]
