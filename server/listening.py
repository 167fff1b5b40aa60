"""The server's socket, taken before anything is started, so that a port in use costs nothing; and who answers on it."""

import asyncio
import errno
import resource
import socket
from collections.abc import Iterator
from contextlib import contextmanager

import uvicorn
from starlette.types import ASGIApp

from server.connections import MOST_CONNECTIONS, MOST_OF_ONE_CLIENT, ConnectionConfig

FAREWELL_SECONDS = 5
OTHER_FILES = 500
MOST_BYTES = 2 * 1024 * 1024
"""Of a request's body, and of a WebSocket's message."""
PING_SECONDS = 20.0
"""Between questions to a WebSocket whether anybody is there, and for the answer."""


class ServingError(Exception):
    """The server cannot listen, or has ended by itself."""


def listen(host: str, port: int) -> socket.socket:
    """A listening socket; port 0 takes any free one. Raises ServingError."""
    try:
        family, kind, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
    except OSError as error:
        raise ServingError(f"--host {host}: {error.strerror}; name an address of this machine") from error
    listener = socket.socket(family, kind)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind(address)
        listener.listen(2048)
    except OSError as error:
        listener.close()
        raise ServingError(_refused(host, port, error)) from error
    return listener


def _refused(host: str, port: int, error: OSError) -> str:
    match error.errno:
        case errno.EADDRINUSE:
            return f"port {port} on {host} is in use; stop what listens there, or name another one with --port or PORT"
        case errno.EACCES:
            return f"port {port} needs more rights than ours; name one from 1024 on with --port or PORT"
        case errno.EADDRNOTAVAIL:
            return f"{host} is no address of this machine; name one with --host, 127.0.0.1 or 0.0.0.0 say"
    return f"cannot listen on {host} port {port}: {error.strerror}; name another with --host and --port"


def address_of(listener: socket.socket) -> str:
    """Where a browser on this machine finds it."""
    host, port = listener.getsockname()[:2]
    if host in ("0.0.0.0", "::"):  # noqa: S104 - compared, not bound
        host = "127.0.0.1"
    return f"http://[{host}]:{port}/" if ":" in host else f"http://{host}:{port}/"


class WebServer(uvicorn.Server):
    """Leaves signals to the process, which has more to stop than the web, and says when it has begun."""

    def __init__(self, app: ASGIApp, most_of_one_client: int = MOST_OF_ONE_CLIENT) -> None:
        self.connections = ConnectionConfig(
            app,
            most_of_one_client,
            log_config=None,  # through our log
            log_level="warning",
            access_log=False,
            lifespan="on",
            timeout_graceful_shutdown=FAREWELL_SECONDS,
            ws_max_size=MOST_BYTES,  # before anybody has signed in, and inflated
            ws_per_message_deflate=False,
            ws_ping_interval=PING_SECONDS,
            ws_ping_timeout=PING_SECONDS,
        )
        super().__init__(self.connections)
        make_room()
        self.begun = asyncio.Event()

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.begun.set()


def make_room() -> None:
    """For as many connections as are taken: many systems let a process have 1,024 files, unless it asks."""
    now, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = MOST_CONNECTIONS + OTHER_FILES
    if most != resource.RLIM_INFINITY:
        wanted = min(wanted, most)
    if now != resource.RLIM_INFINITY and now < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, most))
