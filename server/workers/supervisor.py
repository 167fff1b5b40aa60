"""Worker processes beside the server: started with it, started again when they end, stopped before it ends."""

import asyncio
import logging
import os
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace

from server.processes import cores
from server.settings import Settings

STOP_SECONDS = 10.0
QUICK_DEATH_SECONDS = 10.0
FIRST_PAUSE_SECONDS = 0.5
LONGEST_PAUSE_SECONDS = 30.0

log = logging.getLogger("springtide.serve")


@asynccontextmanager
async def supervised_workers(settings: Settings, count: int) -> AsyncIterator[None]:
    """So many workers, which share this machine's cores, for as long as the context lasts.

    They are this process's children and end with it however it ends; it is to be entered on the main thread.
    """
    processes = max(1, cores() // max(count, 1))
    keepers = [asyncio.create_task(_keep(numbered(settings, number), processes)) for number in range(count)]
    try:
        yield
    finally:
        for keeper in keepers:
            keeper.cancel()
        await asyncio.gather(*keepers, return_exceptions=True)


def numbered(settings: Settings, number: int) -> Settings:
    """A port each for their metrics, from the one that is set upwards."""
    port = settings.worker_metrics_port
    return replace(settings, worker_metrics_port=port + number) if port else settings


async def _keep(settings: Settings, processes: int) -> None:
    clock = asyncio.get_running_loop().time
    pause = FIRST_PAUSE_SECONDS
    while True:
        began = clock()
        worker = await _start(settings, processes)
        try:
            code = await worker.wait()
        finally:
            await _stop(worker)
        pause = min(2 * pause, LONGEST_PAUSE_SECONDS) if clock() - began < QUICK_DEATH_SECONDS else FIRST_PAUSE_SECONDS
        log.warning("worker %d ended (%d), another starts in %g s", worker.pid, code, pause)
        await asyncio.sleep(pause)


async def _start(settings: Settings, processes: int) -> asyncio.subprocess.Process:
    return await asyncio.create_subprocess_exec(
        *(sys.executable, "-P", "-m", "server.workers.worker", str(os.getpid()), str(processes)),
        env={name: value for name, value in os.environ.items() if name != "DATABASE_URL"} | settings.as_environment(),
        stdin=asyncio.subprocess.DEVNULL,
    )


async def _stop(worker: asyncio.subprocess.Process) -> None:
    if worker.returncode is not None:
        return
    worker.terminate()
    try:
        await asyncio.wait_for(worker.wait(), STOP_SECONDS)
    except TimeoutError:
        worker.kill()
        await worker.wait()
