"""The console's pages: addresses that one document answers, and the files that it loads."""

from pathlib import Path

from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

CONSOLE = Path(__file__).parent / "console"
FILES = "/console"
WAYS = "/sign-in/ways"
PLACES = frozenset({"", "compare", "presets", "proposals", "requests", "runs", "scenarios", "sign-in", "studies"})
"""First words of addresses within the console; what follows them is for its own router."""
ASKED_AGAIN = {"Cache-Control": "no-cache"}
"""A browser keeps what it has loaded, and asks before it uses it: after an upgrade no page mixes two versions."""


def is_place(path: str) -> bool:
    return path.startswith("/") and path.split("/", 2)[1] in PLACES


def page_routes() -> list[BaseRoute]:
    return [
        Route("/", page),
        *(Route(f"/{place}", page) for place in sorted(PLACES - {""})),
        *(Route(f"/{place}/{{rest:path}}", page) for place in sorted(PLACES - {""})),
        Route("/graphiql", graphiql_page),
        Mount(FILES, Files(directory=CONSOLE)),
    ]


async def page(request: Request) -> Response:
    return FileResponse(CONSOLE / "index.html", headers=ASKED_AGAIN)


async def no_ways(request: Request) -> Response:
    """What the console is told where people sign in by a token only."""
    return JSONResponse({"authorize": None}, headers={"Cache-Control": "no-store"})


async def graphiql_page(request: Request) -> Response:
    return FileResponse(CONSOLE / "graphiql" / "index.html", headers=ASKED_AGAIN)


class Files(StaticFiles):
    async def get_response(self, path: str, scope: Scope) -> Response:
        response = await super().get_response(path, scope)
        response.headers.update(ASKED_AGAIN)
        return response
