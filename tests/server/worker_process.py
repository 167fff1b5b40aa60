"""A worker with the tests' engine as a process of its own: `python -m tests.server.worker_process URL LEASE`."""

import asyncio
import signal
import sys

from server.database.notices import Notices
from server.database.pool import Database
from server.processes import name_process
from server.store.runs import CANCELLED_CHANNEL, QUEUED_CHANNEL
from server.workers.worker import Worker
from tests.server.engines import OBEDIENT


async def work(url: str, lease: float) -> None:
    stopping = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stopping.set)
    async with (
        Database.open(url, connections=4) as database,
        Notices.open(url, QUEUED_CHANNEL, CANCELLED_CHANNEL) as bells,
    ):
        await Worker(database, bells, OBEDIENT, processes=2, lease_seconds=lease).work(stopping)


if __name__ == "__main__":
    name_process("worker")
    asyncio.run(work(sys.argv[1], float(sys.argv[2])))
