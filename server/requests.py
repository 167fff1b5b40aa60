"""What surrounds every request: its id, its line in the log, its part in the metrics, and its end when we err."""

import logging
import os
import re
import time
from contextlib import suppress
from contextvars import ContextVar
from dataclasses import dataclass
from functools import cache

from prometheus_client import Counter, Histogram
from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from starlette.websockets import WebSocketClose, WebSocketDisconnect
from uvicorn.protocols.utils import ClientDisconnected

from server.logs import about, without_secrets
from server.metrics import REQUEST_SECONDS, REQUESTS, WEBSOCKETS
from server.pages import is_place
from server.refusals import refusal

access = logging.getLogger("springtide.access")
logger = logging.getLogger("springtide.web")

ROUTES = frozenset({"/graphql", "/healthz", "/readyz", "/metrics", "/schema.graphql"})
FOLDERS = ("/console", "/exports")
SANE = re.compile(r"[A-Za-z0-9._-]{8,128}")


@dataclass
class Asked:
    """What a request turned out to ask for."""

    kind: str = ""
    """query, mutation or subscription"""
    name: str = ""
    """the operation's, of the client's choosing"""


asked: ContextVar[Asked | None] = ContextVar("asked", default=None)


class Observed:
    """Names, counts, times and logs what passes through it; what nobody caught below becomes a 500 that names it."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in ("http", "websocket"):
            await self.app(scope, receive, send)
            return
        with about(request_id=request_id(scope)):
            exchange = Exchange(self.app, scope, receive, send)
            await (exchange.answer() if scope["type"] == "http" else exchange.connect())


class Exchange:
    def __init__(self, app: ASGIApp, scope: Scope, receive: Receive, send: Send) -> None:
        self.app, self.scope, self.receive, self._send = app, scope, receive, send
        self.id = request_id(scope)
        self.route = route_of(scope["path"])
        self.status = 0
        self.asked = Asked()

    async def answer(self) -> None:
        started = time.perf_counter()
        before = asked.set(self.asked)
        try:
            await self.app(self.scope, self.receive, self.send)
        except ClientDisconnect:
            logger.debug("a client has gone before it had said all")
        except Exception:  # a bug of ours, whatever it is: told to the log, and to the client by its id alone
            logger.exception("bug in %s", self.route)
            if not self.status:
                await self.fail()
        finally:
            asked.reset(before)
            self.tell(time.perf_counter() - started)

    async def connect(self) -> None:
        started = time.perf_counter()
        WEBSOCKETS.inc()
        self.status = 101
        try:
            await self.app(self.scope, self.receive, self.send)
        except (WebSocketDisconnect, ClientDisconnected):
            logger.debug("a client has gone while it was spoken to")
        except Exception:  # likewise, to a socket that has no answer to give it in
            logger.exception("bug in a WebSocket of %s", self.route)
            with suppress(RuntimeError, ClientDisconnected):  # it is closed already
                await WebSocketClose(1011)(self.scope, self.receive, self._send)
        finally:
            WEBSOCKETS.dec()
            self.log(time.perf_counter() - started)

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            message["headers"] = [*message["headers"], (b"x-request-id", self.id.encode())]
        await self._send(message)

    async def fail(self) -> None:
        message = f"Something went wrong on the server; its log has it under {self.id}."
        await refusal(500, message, "INTERNAL", requestId=self.id)(self.scope, self.receive, self.send)

    def tell(self, seconds: float) -> None:
        status = self.status or 499  # gone before it was answered
        count, times = meters(self.route, self.asked.kind, status)
        count.inc()
        times.observe(seconds)
        self.log(seconds)

    def log(self, seconds: float) -> None:
        method = self.scope.get("method", "WEBSOCKET")
        line = {
            "method": method,
            "path": self.route,
            "status": self.status or 499,
            "operation": self.asked.name or None,
            "operation_kind": self.asked.kind or None,
            "duration": round(seconds, 6),
        }
        access.info("%s %s %d", method, self.route, line["status"], extra=line)


@cache
def meters(route: str, kind: str, status: int) -> tuple[Counter, Histogram]:
    """Of requests alike; there are only so many kinds."""
    return REQUESTS.labels(route, kind, str(status)), REQUEST_SECONDS.labels(route, kind)


def request_id(scope: Scope) -> str:
    """The client's own, if it is one that can stand in a log and a header, else a new one."""
    known: str | None = scope.get("springtide.request")
    if known is None:
        given = dict(scope["headers"]).get(b"x-request-id", b"").decode("latin-1")
        sane = given and SANE.fullmatch(given) and without_secrets(given) == given
        known = scope["springtide.request"] = given if sane else os.urandom(16).hex()
    return known


def route_of(path: str) -> str:
    """One of ours, or `other`: a path that somebody made up is neither a label nor a line of the log."""
    if path in ROUTES:
        return path
    if is_place(path):
        return "/"  # one document answers them all
    return next((folder for folder in FOLDERS if path == folder or path.startswith(f"{folder}/")), "other")
