"""The web application: every route and every layer around them, put together in one place."""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, nullcontext
from hashlib import sha256
from typing import TYPE_CHECKING

import asyncpg
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.body_limit import RequestBodyLimitMiddleware
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import BaseRoute, Route, WebSocketRoute
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from server import uploads
from server.access import BELIEVED_SECONDS, Doorkeeper
from server.bearer import BearerGate
from server.connections import BodyInTime
from server.database.connecting import LOST
from server.database.errors import DatabaseError
from server.database.notices import Notices
from server.database.pool import Database
from server.downloads import Downloads
from server.graphql.schema import schema_text
from server.graphql.view import GraphQLView
from server.listening import MOST_BYTES
from server.metrics import answer, may_read, tell_database, tell_queue
from server.pages import WAYS, no_ways, page_routes
from server.refusals import refusal
from server.request_limit import Limited, RequestLimit
from server.requests import Observed
from server.settings import Settings
from server.store.organisations import ACCESS_CHANNEL
from server.store.requests import REQUEST_CHANGED_CHANNEL
from server.store.runs import CHANGED_CHANNEL, waiting
from server.store.studies import STUDY_CHANGED_CHANNEL
from simulation.history import cells

if TYPE_CHECKING:
    from server.issuer import Issuer

CHANNELS = (CHANGED_CHANNEL, STUDY_CHANGED_CHANNEL, REQUEST_CHANGED_CHANNEL, ACCESS_CHANNEL)
logger = logging.getLogger("springtide.web")

HEADERS = (
    (
        b"content-security-policy",
        b"default-src 'self'; font-src 'self' data:; img-src 'self' data:; frame-ancestors 'none'; base-uri 'none';"
        b" form-action 'self'",
    ),
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
)


class Guarded:
    """Adds the headers that keep a browser from doing more with an answer than it says."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message["headers"], *HEADERS]
            await send(message)

        await self.app(scope, receive, guarded if scope["type"] == "http" else send)


class BodyLimit:
    """Refuses bodies that are too long; files of demand may be longer than operations."""

    def __init__(self, app: ASGIApp) -> None:
        self.usual = RequestBodyLimitMiddleware(app, max_body_size=MOST_BYTES)
        self.of_files = RequestBodyLimitMiddleware(app, max_body_size=cells.MOST_BYTES)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        limited = self.of_files if scope.get("path") == uploads.PATH else self.usual
        await limited(scope, receive, send)


def create_app(settings: Settings, database: Database) -> Starlette:
    issuer = issuer_of(settings)
    doorkeeper = Doorkeeper(database, issuer)
    requests = RequestLimit(database)
    graphql = GraphQLView(doorkeeper, requests)

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        async with (
            Notices.open(database.url, *CHANNELS) as notices,
            issuer or nullcontext(),
        ):
            app.state.notices, app.state.stopping = notices, False
            doubting = asyncio.create_task(keep_doubting(doorkeeper, notices))
            yield
            doubting.cancel()

    async def healthz(request: Request) -> Response:
        return JSONResponse({"status": "alive"})

    async def readyz(request: Request) -> Response:
        if request.app.state.stopping:
            return JSONResponse({"status": "unready", "reason": "the server is stopping"}, 503)
        try:
            await database.check()
        except (DatabaseError, *LOST, asyncpg.PostgresError) as error:
            logger.warning("not ready: %s", error)
            return JSONResponse(
                {"status": "unready", "reason": "the database is not reached or not of this version"}, 503
            )
        return JSONResponse({"status": "ready"})

    async def read_metrics(request: Request) -> Response:
        if not may_read(request, settings.metrics_token):
            return answer(request, settings)  # asks the database nothing
        tell_database(database)
        try:
            async with database.queue() as connection:
                tell_queue(await waiting(connection))
        except (*LOST, asyncpg.PostgresError) as error:  # the other figures are wanted now more than ever
            logger.warning("metrics without the queue: %s", error)
            tell_queue(None)
        return answer(request, settings)

    async def read_schema(request: Request) -> Response:
        text = schema_text()
        tag = f'"{sha256(text.encode()).hexdigest()[:32]}"'
        headers = {"ETag": tag, "Cache-Control": "no-cache"}
        if tag in (each.strip().removeprefix("W/") for each in request.headers.get("if-none-match", "").split(",")):
            return Response(status_code=304, headers=headers)
        return PlainTextResponse(text, headers=headers)

    return Starlette(
        routes=[
            Route("/graphql", graphql),
            WebSocketRoute("/graphql", graphql),
            Route("/healthz", healthz),
            Route("/readyz", readyz),
            Route("/metrics", read_metrics),
            Route("/schema.graphql", read_schema),
            Route("/exports/{link}", Downloads(database).answer, methods=["GET"]),
            Route(uploads.PATH, uploads.Uploads(database).answer, methods=["POST"]),
            *sign_in_routes(issuer, settings.oidc_client),
            *page_routes(),
        ],
        middleware=[
            Middleware(Observed),
            Middleware(BodyInTime),
            Middleware(BodyLimit),
            Middleware(Guarded),
            Middleware(BearerGate, doorkeeper=doorkeeper),
            Middleware(Limited, requests=requests),
        ],
        exception_handlers={HTTPException: refused},
        lifespan=lifespan,
    )


async def keep_doubting(doorkeeper: Doorkeeper, notices: Notices) -> None:
    async with notices.bell(ACCESS_CHANNEL) as bell:
        while True:
            await bell.wait(BELIEVED_SECONDS)
            doorkeeper.doubt()


def issuer_of(settings: Settings) -> "Issuer | None":
    if not (settings.oidc_issuer and settings.oidc_audience):
        return None
    from server.issuer import Issuer  # it takes a second to load, and most first starts have none

    return Issuer(settings.oidc_issuer, settings.oidc_audience)


def sign_in_routes(issuer: "Issuer | None", client: str | None) -> list[BaseRoute]:
    if not (issuer and client):
        return [Route(WAYS, no_ways)]
    from server.sign_in import SignIn  # as its issuer

    return SignIn(issuer, client).routes()


def refused(request: Request, error: Exception) -> Response:
    if not isinstance(error, HTTPException):
        raise error
    return refusal(error.status_code, error.detail, headers=error.headers)
