"""The service as the image runs it: not root, and every file system read-only but its volume and /tmp's."""

import asyncio
import os
import pwd
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from uuid import UUID, uuid4

import httpx
import pytest

from server.database.migrate import migrate
from server.database.pool import Database
from server.store.organisations import Role
from simulation.world.floor.compiled.code import ALWAYS
from simulation.world.floor.compiled.code import folder as code_folder
from tests.server.api import token_of
from tests.server.conftest import database_url, organisation, organisation_named, server_url, template

__all__ = ["database_url", "organisation", "server_url", "template"]

PATIENCE = 1200.0
USER = "postgres"
"""Whom the tests' database runs as, where its socket is closed to others; it owns no other file that we read."""
SHUT = """
set -eu
mount --make-rprivate /
mount --bind "$VOLUME" "$VOLUME"
awk '{print $5}' /proc/self/mountinfo | while read -r place; do
  case "$place" in /proc*|/dev*|/sys*|"$VOLUME"*) ;; *) mount -o remount,bind,ro "$place" ;; esac
done
if touch "$PWD/writable" /tmp/writable /var/tmp/writable 2>/dev/null; then echo "not read-only" >&2; exit 90; fi
only=-all,+dac_read_search  # reading alone: the interpreter may lie in a closed home
exec setpriv --reuid "$ID" --regid "$GROUP" --clear-groups --no-new-privs \
  --inh-caps="$only" --ambient-caps="$only" --bounding-set="$only" -- "$@"
"""


class Shut:
    """A program in a world where it can write to one folder."""

    def __init__(self, volume: Path, name: str, *words: str, **variables: str) -> None:
        user = pwd.getpwnam(USER)
        self._said = volume.parent / f"{name}.log"
        (volume / "tmp").mkdir(exist_ok=True)
        for path in (volume, *volume.rglob("*")):
            os.chown(path, user.pw_uid, user.pw_gid)
        outside = {key: value for key, value in os.environ.items() if not key.startswith(("SPRINGTIDE", "PYTHON"))}
        with self._said.open("w") as said:
            self.process = subprocess.Popen(
                ["unshare", "--mount", "sh", "-c", SHUT, "sh", sys.executable, "-c", PROGRAM, *words],
                stdout=said, stderr=said,
                env={
                    **outside, **variables,
                    "VOLUME": str(volume), "ID": str(user.pw_uid), "GROUP": str(user.pw_gid), "HOME": str(volume),
                    "TMPDIR": str(volume / "tmp"), "PYTHONDONTWRITEBYTECODE": "1", "PYTHONPATH": os.getcwd(),
                    "SPRINGTIDE_DATA_DIR": str(volume / "data"), "SPRINGTIDE_CODE_DIR": str(volume / "compiled"),
                    "SPRINGTIDE_LOG_FORMAT": "json",
                },
            )  # fmt: skip

    @property
    def said(self) -> str:
        return self._said.read_text()

    def stop(self) -> int:
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(60)


PROGRAM = "from server.cli import main; main()"


def can_shut() -> bool:
    """Whether this is root of a machine that lets it take its own mounts apart."""
    tried = ["unshare", "--mount", "mount", "--make-rprivate", "/"]
    return os.geteuid() == 0 and subprocess.run(tried, capture_output=True).returncode == 0


def begin_compiled(place: Path) -> None:
    """What this machine has compiled already, but for a part of it, which is still to be made and kept."""
    if code_folder().exists():
        shutil.copytree(code_folder(), place)
        for folder in place.iterdir():
            (folder / f"{ALWAYS[0]}.o").unlink(missing_ok=True)


@pytest.fixture
def volume() -> Iterator[Path]:
    folder = Path("/tmp", f"springtide-volume-{uuid4().hex[:8]}")
    (folder / "volume").mkdir(parents=True)
    begin_compiled(folder / "volume" / "compiled")
    yield folder / "volume"
    subprocess.run(["rm", "-rf", str(folder)], check=True)


def free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])


def until(condition: Callable[[], bool], *watched: Shut) -> None:
    deadline = time.monotonic() + PATIENCE
    while not condition():
        for each in watched:
            assert each.process.poll() is None, each.said
        assert time.monotonic() < deadline, [each.said for each in watched]
        time.sleep(0.2)


def answers(address: str) -> bool:
    with suppress(httpx.HTTPError):
        return httpx.get(address).status_code == 200
    return False


async def someone(url: str) -> tuple[UUID, str]:
    await migrate(url)
    async with Database.open(url, connections=2) as database:
        made = await organisation_named(database, "Harbour Retail")
        return made, await token_of(database, made, Role.PLANNER)


START = """mutation { createScenario(input: {source: {presetId: "single-queue"}}) { scenario { id } } }"""
RUN = """mutation ($id: ID!) { startRun(input: {scenarioId: $id, replications: 2}) { run { id } } }"""
STATUS = "query ($id: ID!) { run(id: $id) { status outcomes { queues { total { offered { mean } } } } } }"


@pytest.mark.bar
def test_web_and_worker_write_to_their_volume_and_nowhere_else(database_url: str, volume: Path) -> None:
    if not can_shut():
        pytest.skip("needs root and mounts of its own")
    _, token = asyncio.run(someone(database_url))
    web_port, worker_port = free_port(), free_port()
    common, began = {"DATABASE_URL": database_url}, time.time()
    assert Shut(volume, "migrate", "migrate", **common).process.wait(60) == 0
    web = Shut(volume, "web", "serve", "--port", str(web_port), "--workers", "0", **common)
    worker = Shut(volume, "worker", "worker", SPRINGTIDE_WORKER_METRICS_PORT=str(worker_port), **common)
    try:
        until(lambda: answers(f"http://127.0.0.1:{web_port}/readyz"), web)
        until(lambda: answers(f"http://127.0.0.1:{worker_port}/healthz"), worker)

        def ask(query: str, **variables: str) -> dict[str, dict[str, dict[str, str]]]:
            body, bearer = {"query": query, "variables": variables}, {"Authorization": f"Bearer {token}"}
            told = httpx.post(f"http://127.0.0.1:{web_port}/graphql", json=body, headers=bearer, timeout=30).json()
            assert "errors" not in told, told
            data: dict[str, dict[str, dict[str, str]]] = told["data"]
            return data

        scenario = ask(START)["createScenario"]["scenario"]["id"]
        run = ask(RUN, id=scenario)["startRun"]["run"]["id"]
        until(lambda: str(ask(STATUS, id=run)["run"]["status"]) == "SUCCEEDED", web, worker)
        figures = httpx.get(f"http://127.0.0.1:{worker_port}/metrics").text
        assert re.search(r'^springtide_runs_ended_total\{status="SUCCEEDED"\} 1\.0$', figures, re.MULTILINE)
        contacts = re.search(r"^springtide_contacts_total (\S+)$", figures, re.MULTILINE)
        assert contacts is not None
        assert float(contacts[1]) > 1000
        assert (web.stop(), worker.stop()) == (0, 0)
    finally:
        for each in (web, worker):
            each.process.kill()
            each.process.wait()
    assert "rror" not in web.said + worker.said
    kept = [path for path in (volume / "compiled").rglob("*.o") if path.stat().st_mtime > began]
    assert {path.stem for path in kept} >= {ALWAYS[0]}
    assert not (volume / "data").exists()
    print(f"contacts simulated without a writable disk: {float(contacts[1]):.0f}")
