"""Worker processes as `serve` starts them, with the real engine."""

import asyncio
import os
import signal
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from uuid import UUID

import pytest

from server.database.pool import Database
from server.settings import Settings
from server.store.outcomes import get_columns, get_head
from server.store.runs import RunStatus, get_run, start_run
from server.store.scenarios import create_scenario
from server.workers.supervisor import supervised_workers
from simulation.experiment import Experiment, simulate
from simulation.outcome.report.parts import to_parts
from simulation.presets import preset_text
from simulation.scenario.reading.canonical import canonical, digest
from simulation.scenario.reading.document import load
from simulation.scenario.scenario import Scenario

PATIENCE = 120.0


@pytest.fixture
def settings(database_url: str, tmp_path: Path) -> Settings:
    return Settings(database_url=database_url, data_dir=tmp_path, lease_seconds=3.0)


async def queue_run(database: Database, organisation: UUID, scenario: Scenario, experiment: Experiment) -> UUID:
    document, key = canonical(scenario), digest(scenario)
    async with database.tenant(organisation) as connection:
        row = await create_scenario(connection, name=scenario.name, document=document, source=document, digest=key)
        run = await start_run(
            connection,
            scenario_id=row.id,
            document=document,
            digest=key,
            experiment=experiment.model_dump(mode="json"),
        )
    return run.id


async def until(condition: Callable[[], Awaitable[bool]]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not await condition():
        assert time.monotonic() < deadline, "it did not happen in time"
        await asyncio.sleep(0.1)


async def is_finished(database: Database, organisation: UUID, run_id: UUID) -> bool:
    async with database.tenant(organisation) as connection:
        run = await get_run(connection, run_id)
    assert run is not None
    assert run.status not in (RunStatus.FAILED, RunStatus.CANCELLED), run.failure_message
    return run.status.finished


def workers_of_this_process() -> list[int]:
    children = Path(f"/proc/self/task/{os.getpid()}/children").read_text().split()
    return [int(pid) for pid in children if Path(f"/proc/{pid}/cmdline").read_bytes().startswith(b"springtide worker")]


async def test_a_run_through_the_server_has_the_bytes_of_one_without(
    database: Database, organisation: UUID, settings: Settings
) -> None:
    scenario, experiment = load(preset_text("single-queue")), Experiment(replications=20, seed=7)
    run_id = await queue_run(database, organisation, scenario, experiment)
    async with supervised_workers(settings, 1):
        await until(lambda: is_finished(database, organisation, run_id))
    head, columns = to_parts(simulate(scenario, experiment))
    async with database.tenant(organisation) as connection:
        assert await get_head(connection, run_id) == head
        assert sorted(await get_columns(connection, run_id)) == sorted(tuple(column) for column in columns)


async def test_a_killed_worker_is_replaced_and_all_end_with_their_supervisor(
    database: Database, organisation: UUID, settings: Settings
) -> None:
    async def is_working() -> bool:
        return len(workers_of_this_process()) == 1

    async def are_gone() -> bool:
        return not workers_of_this_process()

    async with supervised_workers(settings, 1):
        await until(is_working)
        (killed,) = workers_of_this_process()
        os.kill(killed, signal.SIGKILL)
        await until(are_gone)
        await until(is_working)
        (other,) = workers_of_this_process()
        assert other != killed
        run_id = await queue_run(database, organisation, load(preset_text("single-queue")), Experiment(replications=2))
        await until(lambda: is_finished(database, organisation, run_id))
    assert workers_of_this_process() == []
