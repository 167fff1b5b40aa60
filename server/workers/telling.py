"""A worker's metrics and health over HTTP, on a port of its own: its figures live in its own process.

From this machine alone, or with the token of SPRINGTIDE_METRICS_TOKEN from elsewhere, as on the web process.
"""

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from server.database.pool import Database
from server.listening import WebServer, listen
from server.metrics import answer, tell_database
from server.settings import Settings

log = logging.getLogger("springtide.worker")

STUCK_SECONDS = 150.0
"""Without a beat for longer, a worker is stuck: it waits for no statement of the database and no connection so long."""


@asynccontextmanager
async def telling(settings: Settings, database: Database, beaten_at: Callable[[], float]) -> AsyncIterator[None]:
    """Answer on the port that the settings name, if they do, for as long as the context lasts."""
    if settings.worker_metrics_port is None:
        yield
        return
    host = "0.0.0.0" if settings.metrics_token else "127.0.0.1"  # noqa: S104 - from elsewhere it wants the token
    with listen(host, settings.worker_metrics_port) as listener:
        web = WebServer(create_app(settings, database, beaten_at))
        serving = asyncio.create_task(web.serve(sockets=[listener]))
        log.info("metrics and health on port %d of %s", listener.getsockname()[1], host)
        try:
            yield
        finally:
            web.should_exit = True
            await serving


def create_app(settings: Settings, database: Database, beaten_at: Callable[[], float]) -> Starlette:
    async def healthz(request: Request) -> Response:
        silent = time.monotonic() - beaten_at()
        if silent > STUCK_SECONDS:
            return JSONResponse({"status": "stuck", "reason": f"it has done nothing for {silent:.0f} seconds"}, 503)
        return JSONResponse({"status": "alive"})

    async def metrics(request: Request) -> Response:
        tell_database(database)
        return answer(request, settings)

    return Starlette(routes=[Route("/healthz", healthz), Route("/metrics", metrics)])
