"""Workers at work: runs queued for them, and what becomes of those."""

import asyncio
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from uuid import UUID

from server.database.notices import Notices
from server.database.pool import Database
from server.store.runs import (
    CANCELLED_CHANNEL,
    QUEUED_CHANNEL,
    RunRow,
    get_run,
    start_run,
)
from server.store.scenarios import create_scenario
from server.workers.simulators import Engine
from server.workers.worker import Worker
from tests.server.engines import OBEDIENT, simulated

LEASE = 2.0


PATIENCE = 40.0


async def queue_run(database: Database, organisation: UUID, text: str, **experiment: object) -> UUID:
    async with database.tenant(organisation) as connection:
        scenario = await create_scenario(connection, name="test", document=text, source=text, digest="d")
        run = await start_run(
            connection,
            scenario_id=scenario.id,
            document=text,
            digest="d",
            experiment={"replications": 6, "seed": 1, **experiment},
        )
    return run.id


async def read_run(database: Database, organisation: UUID, run_id: UUID) -> RunRow:
    async with database.tenant(organisation) as connection:
        run = await get_run(connection, run_id)
    assert run is not None
    return run


async def until(condition: Callable[[], Awaitable[bool]], patience: float = PATIENCE) -> None:
    deadline = time.monotonic() + patience
    while not await condition():
        assert time.monotonic() < deadline, "it did not happen in time"
        await asyncio.sleep(0.02)


async def finished_run(database: Database, organisation: UUID, run_id: UUID, patience: float = PATIENCE) -> RunRow:
    async def is_finished() -> bool:
        return (await read_run(database, organisation, run_id)).status.finished

    await until(is_finished, patience)
    return await read_run(database, organisation, run_id)


async def until_simulated(log: Path, shards: int) -> None:
    async def are() -> bool:
        return len(simulated(log)) >= shards

    await until(are)


@asynccontextmanager
async def working(
    database: Database, *, lease: float = LEASE, processes: int = 2, engine: Engine = OBEDIENT
) -> AsyncIterator[Worker]:
    """A worker within this process."""
    stopping = asyncio.Event()
    async with Notices.open(database.url, QUEUED_CHANNEL, CANCELLED_CHANNEL) as notices:
        worker = Worker(database, notices, engine, processes=processes, lease_seconds=lease)
        work = asyncio.create_task(worker.work(stopping))
        try:
            yield worker
        finally:
            stopping.set()
            await asyncio.wait_for(work, PATIENCE)


@asynccontextmanager
async def worker_process(url: str, lease: float = LEASE) -> AsyncIterator[asyncio.subprocess.Process]:
    """A worker that can be killed."""
    worker = await asyncio.create_subprocess_exec(sys.executable, "-m", "tests.server.worker_process", url, str(lease))
    try:
        yield worker
    finally:
        with suppress(ProcessLookupError):
            worker.kill()
        await worker.wait()


async def shards_stored(database: Database, organisation: UUID, run_id: UUID) -> list[int]:
    async with database.tenant(organisation) as connection:
        rows = await connection.fetch("SELECT number FROM shards WHERE run_id = $1 ORDER BY number", run_id)
    return [row["number"] for row in rows]
