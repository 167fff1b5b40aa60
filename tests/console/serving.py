"""The gallery of charts and the console's files on loopback, under the policy of the product's own pages."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import uvicorn
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.routing import Mount
from starlette.staticfiles import StaticFiles

from server.app import Guarded
from server.pages import CONSOLE

GALLERY = Path(__file__).parent / "gallery"


@contextmanager
def serving_gallery() -> Iterator[str]:
    """Its address."""
    files = [
        Mount("/console", StaticFiles(directory=CONSOLE)),
        Mount("/gallery", StaticFiles(directory=GALLERY, html=True)),
    ]
    app = Starlette(routes=files, middleware=[Middleware(Guarded)])
    with socket.create_server(("127.0.0.1", 0)) as listener:
        server = uvicorn.Server(uvicorn.Config(app, log_level="warning", lifespan="off"))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
        thread.start()
        try:
            yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        finally:
            server.should_exit = True
            thread.join()
