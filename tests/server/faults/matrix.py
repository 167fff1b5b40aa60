"""The rows of the matrix, and one of them suffered."""

import sys
import time
import traceback
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path

from tests.server.faults import rows_database as database
from tests.server.faults import rows_requests as requests
from tests.server.faults import rows_workers as workers
from tests.server.faults.judge import Verdict
from tests.server.faults.postgres import Postgres
from tests.server.faults.yard import Yard, yard_on

Fault = Callable[[Yard], Awaitable[dict[str, float]]]
FAULTS: list[Fault] = [
    workers.at_work,
    workers.killed_worker,
    workers.killed_worker_real_run,
    workers.stopped_worker,
    workers.program_killed,
    workers.zombie,
    workers.killed_child,
    database.restarted,
    database.crashed,
    database.dropped,
    database.black_hole,
    workers.clock_of_worker,
    database.clock_of_database,
    database.disk_full,
    workers.poison,
    workers.cancelled,
    requests.duplicates,
    database.migrated,
    requests.killed_web,
    requests.many,
]


@dataclass(frozen=True)
class Suffered:
    fault: str
    verdict: Verdict
    figures: dict[str, float]
    seconds: float


async def suffer(fault: Fault, server: Postgres, folder: Path) -> Suffered:
    began = time.monotonic()
    figures: dict[str, float] = {}
    failed: list[str] = []
    async with yard_on(server, folder) as yard:
        try:
            figures = await fault(yard)
        except (AssertionError, TimeoutError) as error:
            frame = traceback.extract_tb(error.__traceback__)[-1]
            failed = [f"{frame.name}, {frame.line}: {error}"]
        verdict = await yard.end()
        verdict.wrong += failed
        if verdict.findings:
            for log in sorted(yard.folder.glob("*.log")):
                print(f"== {log.name}", *log.read_text().splitlines()[-40:], sep="\n", file=sys.stderr)
    return Suffered((fault.__doc__ or "").strip(), verdict, figures, time.monotonic() - began)
