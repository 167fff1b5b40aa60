"""Figures of this process for Prometheus, and who may read them.

Every process tells its own: the web process requests and what waits in the database, a worker what it has simulated.
Labels take few values, all of them ours: routes, kinds, statuses and codes, never an organisation, a path or a name.
"""

import platform
import secrets
from importlib.metadata import version

from prometheus_client import (
    CONTENT_TYPE_LATEST,
    Counter,
    Gauge,
    Histogram,
    Info,
    generate_latest,
)
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from server.database.pool import Database
from server.refusals import refusal
from server.settings import Settings, is_loopback
from server.store.runs import Waiting

NAN = float("nan")
FORWARDED = ("forwarded", "x-forwarded-for", "x-real-ip")

INFO = Info("springtide", "The program's version.")
INFO.info({"version": version("springtide"), "python": platform.python_version()})
REQUESTS = Counter(
    "springtide_requests",
    "Requests answered, by route, kind of operation and status.",
    ["route", "operation", "status"],
)
REQUEST_SECONDS = Histogram(
    "springtide_request_seconds", "Seconds until an answer was sent; streams until they end.", ["route", "operation"]
)
OPERATIONS = Counter("springtide_graphql_operations", "GraphQL operations, also those of WebSockets.", ["operation"])
ERRORS = Counter("springtide_graphql_errors", "Errors in GraphQL answers, by code.", ["code"])
WEBSOCKETS = Gauge("springtide_websockets", "Open WebSocket connections.")
UNFINISHED = Gauge("springtide_runs_unfinished", "Runs that wait or are simulated, by status.", ["status"])
OLDEST_WAITING = Gauge("springtide_runs_oldest_waiting_seconds", "Age of the oldest run that nobody simulates.")
UNHELD = Gauge("springtide_runs_unheld", "Runs being simulated whose worker has let its lease run out.")
POOL = Gauge("springtide_database_connections", "Connections of this process to the database, by state.", ["state"])
POOL_WAITING = Gauge("springtide_database_waiting", "Transactions that wait for a connection.")

RUNS_ENDED = Counter("springtide_runs_ended", "Runs that this process has ended, by status.", ["status"])
RUNS_LOST = Counter("springtide_runs_lost", "Runs that passed to another worker while this one had them.")
RENEWALS_FAILED = Counter("springtide_lease_renewals_failed", "Renewals of a lease that did not reach the database.")
RUNS_HELD = Gauge("springtide_worker_runs", "Runs that this worker is simulating.")
REPLICATIONS = Counter("springtide_replications", "Replications simulated and stored.")
CONTACTS = Counter("springtide_contacts", "Contacts in the replications simulated and stored; its rate is the floor's.")

for _status in ("SUCCEEDED", "FAILED", "CANCELLED"):  # told as 0 before the first one ends
    RUNS_ENDED.labels(_status)


def tell_database(database: Database) -> None:
    """How much of its pool this process uses."""
    use = database.use
    POOL.labels("open").set(use.open)
    POOL.labels("idle").set(use.idle)
    POOL_WAITING.set(use.waiting)


def tell_queue(waiting: Waiting | None) -> None:
    """What waits in the database; nothing where it did not say, as an old figure would look like a new one."""
    for status in ("QUEUED", "RUNNING"):
        UNFINISHED.labels(status).set(waiting.unfinished[status] if waiting else NAN)
    OLDEST_WAITING.set(waiting.oldest_seconds if waiting else NAN)
    UNHELD.set(waiting.unheld if waiting else NAN)


def answer(request: Request, settings: Settings) -> Response:
    """Everything told so far, to those who may read it."""
    if not may_read(request, settings.metrics_token):
        message = "Read metrics from this machine, or with the token of SPRINGTIDE_METRICS_TOKEN."
        return refusal(403, message, "FORBIDDEN")
    return PlainTextResponse(generate_latest(), media_type=CONTENT_TYPE_LATEST)


def may_read(request: Request, token: str | None) -> bool:
    """From this machine and not through a proxy on it, or with the token of SPRINGTIDE_METRICS_TOKEN."""
    given = request.headers.get("authorization", "").removeprefix("Bearer ").strip()
    if token and secrets.compare_digest(given.encode(), token.encode()):
        return True
    forwarded = any(name in request.headers for name in FORWARDED)
    return not forwarded and request.client is not None and is_loopback(request.client.host)
