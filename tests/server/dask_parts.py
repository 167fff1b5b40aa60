"""A Dask scheduler and its workers as programs of their own, on loopback, that can be killed."""

import asyncio
import os
import signal
import sys
import time
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager, suppress
from pathlib import Path
from subprocess import DEVNULL, Popen
from typing import Any

from server.database.notices import Notices
from server.database.pool import Database
from server.store.runs import CANCELLED_CHANNEL, QUEUED_CHANNEL
from server.workers.dask_cluster import DaskCluster
from server.workers.simulators import Engine
from server.workers.worker import Worker
from tests.server.engines import OBEDIENT
from tests.server.working import LEASE, PATIENCE

START_SECONDS = 60.0
NOTHING: Mapping[str, str] = {}


class DaskParts:
    """A scheduler on a port of its own, and workers, by their place in the order of starting."""

    def __init__(self, folder: Path, environment: Mapping[str, str] = NOTHING, protocol: str = "tcp") -> None:
        self.folder = folder
        self.protocol = protocol
        self.environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2]), **environment}
        self.scheduler = self._scheduler("0")
        self.workers: list[Popen[bytes]] = []

    @property
    def address(self) -> str:
        return self._told("scheduler", "Scheduler at:").strip()

    def start_workers(
        self, count: int, *, nanny: bool = False, threads: int = 1, environment: Mapping[str, str] = NOTHING
    ) -> None:
        """Those that a nanny watches are started again when they die."""
        first = len(self.workers)
        for number in range(first, first + count):
            options = ["--nthreads", str(threads), "--local-directory", str(self.folder), "--no-dashboard"]
            options += ["--nanny" if nanny else "--no-nanny"]
            self.workers.append(
                self._start(f"worker-{number}", "worker", self.address, *options, environment=environment)
            )
        for number in range(first, first + count):
            self._told(f"worker-{number}", "Registered to:")

    def start_scheduler_again(self) -> None:
        port = self.address.rpartition(":")[2]
        self.kill(self.scheduler)
        (self.folder / "scheduler.log").unlink()
        self.scheduler = self._scheduler(port)
        self._told("scheduler", "Scheduler at:")

    def kill(self, part: "Popen[bytes]") -> None:
        with suppress(ProcessLookupError):
            os.killpg(part.pid, signal.SIGKILL)  # a nanny's worker too
        part.wait()

    def close(self) -> None:
        for part in [*self.workers, self.scheduler]:
            self.kill(part)

    def _scheduler(self, port: str) -> "Popen[bytes]":
        return self._start(
            "scheduler", "scheduler", "--host", f"{self.protocol}://127.0.0.1", "--port", port, "--no-dashboard"
        )

    def _start(self, name: str, *words: str, environment: Mapping[str, str] = NOTHING) -> "Popen[bytes]":
        with (self.folder / f"{name}.log").open("wb") as log:
            return Popen(
                [sys.executable, "-m", "dask", *words],
                cwd=self.folder,
                env={**self.environment, **environment},
                stdin=DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def _told(self, name: str, what: str) -> str:
        """The rest of the first line in which a program says that."""
        deadline = time.monotonic() + START_SECONDS
        log = self.folder / f"{name}.log"
        while time.monotonic() < deadline:
            for line in log.read_text().splitlines():
                if what in line:
                    return line.partition(what)[2]
            time.sleep(0.05)
        raise TimeoutError(f"{name} never said {what!r}:\n{log.read_text()}")


@contextmanager
def dask_parts(
    folder: Path,
    workers: int,
    *,
    nanny: bool = False,
    threads: int = 1,
    environment: Mapping[str, str] = NOTHING,
    protocol: str = "tcp",
) -> Iterator[DaskParts]:
    parts = DaskParts(folder, environment, protocol)
    try:
        parts.start_workers(workers, nanny=nanny, threads=threads)
        yield parts
    finally:
        parts.close()


@asynccontextmanager
async def working_on(
    address: str, database: Database, *, engine: Engine = OBEDIENT, lease: float = LEASE
) -> AsyncIterator[DaskCluster]:
    """A worker within this process whose shards are simulated on a Dask cluster."""
    stopping = asyncio.Event()
    async with (
        Notices.open(database.url, QUEUED_CHANNEL, CANCELLED_CHANNEL) as notices,
        DaskCluster.connected(address, engine) as cluster,
    ):
        worker: Any = Worker(database, notices, engine, processes=1, lease_seconds=lease, shards=cluster)
        work = asyncio.create_task(worker.work(stopping))
        try:
            yield cluster
        finally:
            stopping.set()
            await asyncio.wait_for(work, PATIENCE)


@asynccontextmanager
async def program(address: str, url: str) -> AsyncIterator[asyncio.subprocess.Process]:
    """`springtide worker --dask`, as somebody starts it."""
    worker = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", "from server.cli import main; main()", "worker", "--dask", address),
        env={**os.environ, "DATABASE_URL": url},
        stderr=asyncio.subprocess.PIPE,
    )
    try:
        yield worker
    finally:
        with suppress(ProcessLookupError):
            worker.kill()
        await worker.wait()
