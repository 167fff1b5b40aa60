"""A wire to a server that can be cut and mended, as networks are."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from urllib.parse import urlsplit

SIZE = 65536


class Wire:
    """Passes on what comes to an address of its own."""

    def __init__(self, address: str) -> None:
        self.target = (str(urlsplit(address).hostname), int(urlsplit(address).port or 80))
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.address = f"http://127.0.0.1:{self.listener.getsockname()[1]}"
        self.whole = True
        self.ends: list[socket.socket] = []
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self) -> None:
        with suppress(OSError):
            while True:
                near, _ = self.listener.accept()
                if self.whole:
                    self.join(near, socket.create_connection(self.target))
                else:
                    near.close()

    def join(self, *ends: socket.socket) -> None:
        self.ends += ends
        for one, other in (ends, ends[::-1]):
            threading.Thread(target=passed_on, args=(one, other), daemon=True).start()

    def cut(self) -> None:
        """What is under way ends, and nothing new is let through."""
        self.whole = False
        for end in self.ends:
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
        self.ends.clear()

    def mend(self) -> None:
        self.whole = True


def passed_on(one: socket.socket, other: socket.socket) -> None:
    with suppress(OSError):
        while content := one.recv(SIZE):
            other.sendall(content)
    with suppress(OSError):
        other.shutdown(socket.SHUT_WR)


@contextmanager
def wired(address: str) -> Iterator[Wire]:
    wire = Wire(address)
    yield wire
    wire.cut()
    wire.listener.close()
