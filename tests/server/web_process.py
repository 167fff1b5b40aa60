"""The web server as a process of its own, with its log in a file, for suites that look at either from outside."""

import asyncio
import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import httpx

PROGRAM = "from server.cli import main; main()"
STARTING_SECONDS = 90


@dataclass
class WebProcess:
    process: subprocess.Popen[bytes]
    port: int
    log: Path

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/graphql"

    @property
    def megabytes(self) -> float:
        """What it holds in memory."""
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        found = re.search(r"^VmRSS:\s+(\d+) kB", status, re.MULTILINE)
        assert found is not None
        return int(found[1]) / 1024

    async def ready(self) -> None:
        async with asyncio.timeout(STARTING_SECONDS), httpx.AsyncClient() as http:
            answered = False
            while not answered:
                assert self.process.poll() is None, self.log.read_text()
                with suppress(httpx.HTTPError):
                    answered = (await http.get(f"http://127.0.0.1:{self.port}/readyz")).status_code == 200
                await asyncio.sleep(0.1)

    def bugs(self) -> list[str]:
        """Lines of the log that nobody should ever see."""
        lines = self.log.read_text().splitlines()
        return [line for line in lines if "Traceback" in line or '"ERROR"' in line or '"bug ' in line]


@contextmanager
def web_process(database_url: str, folder: Path) -> Iterator[WebProcess]:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    variables = {"DATABASE_URL": database_url, "SPRINGTIDE_LOG_FORMAT": "json", "SPRINGTIDE_DATA_DIR": str(folder)}
    words = [sys.executable, "-c", PROGRAM, "serve", "--port", str(port), "--workers", "0"]
    with (folder / "web.log").open("wb") as log:
        process = subprocess.Popen(words, stdout=log, stderr=log, env={**os.environ, **variables})
    try:
        yield WebProcess(process, port, folder / "web.log")
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
