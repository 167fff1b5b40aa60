"""A worker whose engine obeys documents of the tests and simulates real scenarios, noting each shard that it begins.

`python -m tests.server.faults.worker URL LEASE [MUTANT]`: a mutant is the program without one of its checks.
"""

import asyncio
import json
import logging
import os
import signal
import sys
from dataclasses import replace
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path

from server.database.notices import Notices
from server.database.pool import Database
from server.processes import name_process
from server.store.outcomes import Packed
from server.store.runs import CANCELLED_CHANNEL, QUEUED_CHANNEL
from server.workers.engine import ENGINE
from server.workers.simulators import Engine
from tests.server.engines import OBEDIENT

REAL_LOG = "SPRINGTIDE_TEST_REAL_LOG"
"""Names the file to which a shard of the real engine is noted."""
PROCESSES = 2
MUTANTS = {
    "no epoch": ("epoch = $2", "$2::integer IS NOT NULL"),
    "no lease": ("(lease_until IS NULL OR lease_until < now())", "true"),
}
"""A text of `server.store.claims`, and what stands in its place."""


def engine_of(document: str) -> Engine:
    return OBEDIENT if "log" in json.loads(document) else ENGINE


def plan(document: str, experiment: str) -> list[range]:
    return engine_of(document).plan(document, experiment)


def simulate(document: str, experiment: str, replications: range) -> bytes:
    engine = engine_of(document)
    if engine is ENGINE:
        with Path(os.environ[REAL_LOG]).open("a") as file:
            file.write(f"{replications.start}\n")
    return engine.simulate(document, experiment, replications)


def enough(document: str, experiment: str, finished: list[bytes]) -> bool:
    return engine_of(document).enough(document, experiment, finished)


def conclude(document: str, experiment: str, finished: list[bytes]) -> Packed:
    return engine_of(document).conclude(document, experiment, finished)


EITHER = replace(OBEDIENT, plan=plan, simulate=simulate, enough=enough, conclude=conclude)


def mutate(mutant: str) -> None:
    """Put a claims module without one of its checks in the place of the right one."""
    sound, planted = MUTANTS[mutant]
    spec = spec_from_file_location("server.store.claims", Path("server/store/claims.py").absolute())
    assert spec is not None
    assert spec.origin is not None
    text = Path(spec.origin).read_text()
    assert sound in text, f"{mutant}: the check is written otherwise now"
    module = module_from_spec(spec)
    sys.modules["server.store.claims"] = module
    exec(compile(text.replace(sound, planted), spec.origin, "exec"), module.__dict__)


async def work(url: str, lease: float) -> None:
    from server.workers.worker import Worker  # only here: a mutant's claims must be there before

    stopping = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stopping.set)
    async with (
        Database.open(url, connections=4) as database,
        Notices.open(url, QUEUED_CHANNEL, CANCELLED_CHANNEL) as bells,
    ):
        await Worker(database, bells, EITHER, processes=PROCESSES, lease_seconds=lease).work(stopping)


if __name__ == "__main__":
    # simulating processes find the engine's functions in the module of this name, and this one must find the same
    from tests.server.faults import worker

    name_process("worker")
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
    for each in sys.argv[3:]:
        worker.mutate(each)
    asyncio.run(worker.work(sys.argv[1], float(sys.argv[2])))
