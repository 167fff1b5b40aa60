"""A network between a worker and its database that a test may turn into a black hole."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress

from tests.server.working import until

Connect = Callable[[], Awaitable[tuple[asyncio.StreamReader, asyncio.StreamWriter]]]


class Network:
    """Forwards bytes both ways on loopback. As a black hole it forwards none and closes nothing; afterwards it does."""

    def __init__(self, connect: Connect) -> None:
        self._connect = connect
        self._open = asyncio.Event()
        self._open.set()
        self._pipes: set[asyncio.Task[None]] = set()
        self.port = 0

    def swallow(self) -> None:
        self._open.clear()

    def forward(self) -> None:
        self._open.set()

    async def accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await self._open.wait()
        with suppress(OSError):
            there, back = await self._connect()
            for source, sink in ((reader, back), (there, writer)):
                pipe = asyncio.create_task(self._pump(source, sink))
                self._pipes.add(pipe)
                pipe.add_done_callback(self._pipes.discard)

    async def _pump(self, source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
        with suppress(OSError):
            while data := await source.read(65536):
                await self._open.wait()
                sink.write(data)
                await sink.drain()
        with suppress(OSError):
            sink.close()

    async def close(self) -> None:
        self.forward()
        for pipe in list(self._pipes):
            pipe.cancel()

        async def are_closed() -> bool:
            return not self._pipes

        await until(are_closed)


@asynccontextmanager
async def network_to(connect: Connect) -> AsyncIterator[Network]:
    network = Network(connect)
    server = await asyncio.start_server(network.accept, "127.0.0.1", 0)
    network.port = server.sockets[0].getsockname()[1]
    try:
        yield network
    finally:
        server.close()
        await network.close()
