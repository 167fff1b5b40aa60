"""Figures of the running server, in the text format of Prometheus."""

import ipaddress
import secrets
import time
from collections import Counter
from dataclasses import dataclass, field

from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

FORWARDED = ("forwarded", "x-forwarded-for", "x-real-ip")
BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)


@dataclass
class Metrics:
    """What was counted since the start."""

    requests: Counter[tuple[str, int]] = field(default_factory=Counter)
    buckets: Counter[float] = field(default_factory=Counter)
    answered: int = 0
    seconds: float = 0.0
    sockets: int = 0

    def observe(self, route: str, status: int, seconds: float) -> None:
        self.requests[route, status] += 1
        self.answered += 1
        self.seconds += seconds
        self.buckets.update(bound for bound in BUCKETS if seconds <= bound)

    def text(self, version: str, unfinished: dict[str, int]) -> str:
        lines = [
            "# HELP springtide_info The program's version.",
            "# TYPE springtide_info gauge",
            f'springtide_info{{version="{version}"}} 1',
            "# HELP springtide_requests_total Requests answered, by route and status.",
            "# TYPE springtide_requests_total counter",
            *(
                f'springtide_requests_total{{route="{route}",status="{status}"}} {count}'
                for (route, status), count in sorted(self.requests.items())
            ),
            "# HELP springtide_request_seconds Seconds until a request's answer was sent; streams until they end.",
            "# TYPE springtide_request_seconds histogram",
            *(f'springtide_request_seconds_bucket{{le="{bound:g}"}} {self.buckets[bound]}' for bound in BUCKETS),
            f'springtide_request_seconds_bucket{{le="+Inf"}} {self.answered}',
            f"springtide_request_seconds_sum {self.seconds:.6f}",
            f"springtide_request_seconds_count {self.answered}",
            "# HELP springtide_websockets Open WebSocket connections.",
            "# TYPE springtide_websockets gauge",
            f"springtide_websockets {self.sockets}",
            "# HELP springtide_runs_unfinished Runs that wait or are simulated, by status.",
            "# TYPE springtide_runs_unfinished gauge",
            *(f'springtide_runs_unfinished{{status="{status}"}} {count}' for status, count in unfinished.items()),
        ]
        return "\n".join(lines) + "\n"


class Measured:
    """Counts and times what passes through it."""

    def __init__(self, app: ASGIApp, metrics: Metrics, routes: frozenset[str]) -> None:
        self.app, self.metrics, self.routes = app, metrics, routes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            await self.request(scope, receive, send)
        elif scope["type"] == "websocket":
            self.metrics.sockets += 1
            try:
                await self.app(scope, receive, send)
            finally:
                self.metrics.sockets -= 1
        else:
            await self.app(scope, receive, send)

    async def request(self, scope: Scope, receive: Receive, send: Send) -> None:
        started, status = time.perf_counter(), 500

        async def noted(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self.app(scope, receive, noted)
        finally:
            route = scope["path"] if scope["path"] in self.routes else "other"
            self.metrics.observe(route, status, time.perf_counter() - started)


def may_read(request: Request, token: str | None) -> bool:
    """From this machine and not through a proxy on it, or with the token of SPRINGTIDE_METRICS_TOKEN."""
    given = request.headers.get("authorization", "").removeprefix("Bearer ").strip()
    if token and secrets.compare_digest(given.encode(), token.encode()):
        return True
    forwarded = any(name in request.headers for name in FORWARDED)
    return not forwarded and request.client is not None and is_loopback(request.client.host)


def is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
