"""The clients that frontends use, against a running server: each asks, changes, errs, watches, leaves, comes back."""

import asyncio
import os
import shutil
import sys
from pathlib import Path

import pytest

from tests.server.npm import installed
from tests.server.served import Served

pytestmark = pytest.mark.bar

SCRIPTS = Path(__file__).with_name("clients")
ROOT = Path(__file__).parents[2]
PACKAGES = {
    "@apollo/client": "4.3.8",
    "@urql/core": "6.0.3",
    "graphql": "16.15.0",
    "graphql-sse": "2.6.1",
    "graphql-ws": "6.4.2",
    "react": "18.3.1",
    "rxjs": "7.8.2",
    "urql": "5.0.4",
    "ws": "8.18.3",
}
ALL = ("query", "mutation", "error", "subscription's error", "subscription to its end", "unsubscribes", "reconnects")


async def account_of(served: Served, *command: str | Path, folder: Path) -> str:
    """What a client's script says it has done."""
    token, address = served.client.token or "", f"http://127.0.0.1:{served.port}/graphql"
    process = await asyncio.create_subprocess_exec(
        *map(str, command),
        cwd=folder,
        env={**os.environ, "SPRINGTIDE_URL": address, "SPRINGTIDE_TOKEN": token},
        stdout=-1,
        stderr=-1,
    )
    out, err = await asyncio.wait_for(process.communicate(), 300)
    assert process.returncode == 0, (out + err).decode()[-3000:]
    return out.decode().strip()


async def left_alone(served: Served) -> bool:
    """Whether nobody watches anything any more."""
    for _ in range(100):
        if not served.bells:
            return True
        await asyncio.sleep(0.05)
    return False


@pytest.mark.parametrize("words", [["graphql-ws"], ["graphql-sse"], ["apollo"], ["urql", "websocket"], ["urql", "sse"]])
async def test_a_client_of_npm_gets_on_with_the_server(served: Served, words: list[str]) -> None:
    folder = await asyncio.to_thread(installed, "clients", PACKAGES)
    for script in SCRIPTS.glob("*.mjs"):
        shutil.copy(script, folder)
    told = await account_of(served, "node", f"{words[0]}.mjs", *words[1:], folder=folder)
    print(f"\n{told}")
    assert told.split(": ", 1)[1].split(", ") == list(ALL)
    assert await left_alone(served)


@pytest.mark.parametrize("over", ["websockets", "aiohttp"])
async def test_the_client_of_python_gets_on_with_the_server(served: Served, over: str) -> None:
    uv = shutil.which("uv", path=os.pathsep.join([os.environ["PATH"], str(ROOT / ".uv" / "bin")]))
    if uv is None:
        pytest.skip("no uv on this machine")
    script = [*("run", "--no-project", "--python", sys.executable, "--with", "gql[all]==4.0.0"), "python"]
    told = await account_of(served, uv, *script, SCRIPTS / "gql_client.py", over, folder=SCRIPTS)
    print(f"\n{told}")
    assert told.split(": ", 1)[1].split(", ") == list(ALL)
    assert await left_alone(served)
