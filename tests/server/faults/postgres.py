"""A PostgreSQL that a test may stop, kill, fill up and give another clock: the embedded one's programs, over TCP."""

import asyncio
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path

import asyncpg

from server.database import cluster as clusters
from server.database.cluster import Cluster, environment, run_as
from server.processes import die_with

START_SECONDS = 120.0
STOP_SECONDS = 60.0


class Postgres:
    def __init__(self, cluster: Cluster, environment: dict[str, str]) -> None:
        self._cluster = cluster
        self._environment = environment
        self.port = free_port()
        self._process: subprocess.Popen[bytes] | None = None

    @classmethod
    def make(cls, folder: Path, **environment: str) -> "Postgres":
        """In an empty folder below open ones; started with more variables than it has by itself."""
        return cls(clusters.prepare(folder, clusters.open_folder(folder)), environment)

    def url(
        self, database: str = "springtide", login: str = "springtide", password: str = "", port: int | None = None
    ) -> str:
        """Also by another port that leads to it."""
        secret = password or self._cluster.password
        return f"postgresql://{login}:{secret}@127.0.0.1:{port or self.port}/{database}"

    def superuser(self, database: str = "springtide") -> str:
        return self.url(database, "postgres")

    async def start(self) -> None:
        """Also after it was killed, when what it left behind has to be waited for."""
        deadline = time.monotonic() + START_SECONDS
        while not await self._answers():
            if not self.is_running():
                self._process = await asyncio.to_thread(self._launch)
            assert time.monotonic() < deadline, self.log()
            await asyncio.sleep(0.1)

    def is_running(self) -> bool:
        return self._process is not None and self._process.poll() is None

    async def stop(self, with_signal: signal.Signals = signal.SIGINT) -> None:
        """SIGINT is PostgreSQL's fast shutdown; SIGKILL is a crash."""
        if self._process and self.is_running():
            self._process.send_signal(with_signal)
            await asyncio.to_thread(self._process.wait, STOP_SECONDS)

    def log(self) -> str:
        return (self._cluster.folder / "postgres.log").read_text(errors="replace")

    def _launch(self) -> "subprocess.Popen[bytes]":
        cluster = self._cluster
        with (cluster.folder / "postgres.log").open("ab") as output:
            return subprocess.Popen(
                [
                    cluster.binaries / "postgres", "-D", cluster.files, "-k", cluster.sockets,
                    "-c", f"port={self.port}", "-c", "listen_addresses=127.0.0.1", "-c", "max_connections=200",
                    "-c", "timezone=UTC", "-c", "max_wal_size=64MB", "-c", "min_wal_size=32MB",
                ],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                cwd=cluster.folder,
                env=environment() | self._environment,
                preexec_fn=_die_with_us,
                **run_as(cluster.user),
            )  # fmt: skip

    async def _answers(self) -> bool:
        try:
            connection = await asyncpg.connect(self.superuser("postgres"), timeout=2)
        except (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError):
            return False
        await connection.close()
        return True


def _die_with_us() -> None:
    die_with(os.getppid(), signal.SIGINT)


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])


@contextmanager
def open_folder() -> Iterator[Path]:
    """That the user whom PostgreSQL runs as can enter."""
    with tempfile.TemporaryDirectory(prefix="springtide-", dir="/tmp", ignore_cleanup_errors=True) as folder:
        Path(folder).chmod(0o755)
        yield Path(folder)


@asynccontextmanager
async def postgres_in(folder: Path, **environment: str) -> AsyncIterator[Postgres]:
    server = await asyncio.to_thread(lambda: Postgres.make(folder, **environment))
    await server.start()
    try:
        yield server
    finally:
        await server.stop()
        shutil.rmtree(folder, ignore_errors=True)
