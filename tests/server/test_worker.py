"""Workers take runs, simulate them shard by shard and store what came of them."""

import time
from pathlib import Path
from uuid import UUID

import pytest

from server.database.notices import Notices
from server.database.pool import Database
from server.store.outcomes import get_columns, get_head
from server.store.runs import (
    CHANGED_CHANNEL,
    RunStatus,
    cancel_run,
)
from tests.server.engines import document, simulated, workers_of
from tests.server.working import (
    PATIENCE,
    finished_run,
    queue_run,
    read_run,
    shards_stored,
    until,
    until_simulated,
    worker_process,
    working,
)


async def test_a_queued_run_is_simulated_and_its_outcomes_stored(
    database: Database, organisation: UUID, log: Path
) -> None:
    run_id = await queue_run(database, organisation, document(log, shards=6))
    async with working(database):
        run = await finished_run(database, organisation, run_id)
    assert (run.status, run.completed, run.total) == (RunStatus.SUCCEEDED, 6, 6)
    assert run.engine_version == "test-1"
    assert run.started_at is not None
    assert run.finished_at is not None
    assert sorted(simulated(log)) == [0, 1, 2, 3, 4, 5]
    async with database.tenant(organisation) as connection:
        assert await get_head(connection, run_id) == {"numbers": [0, 1, 2, 3, 4, 5]}
        assert [column[:5] for column in await get_columns(connection, run_id)] == [
            ("queue", "orders", "day", "offered", "mean")
        ]
    assert await shards_stored(database, organisation, run_id) == []


async def test_a_run_that_is_queued_while_a_worker_waits_starts_at_once(
    database: Database, organisation: UUID, log: Path
) -> None:
    async with working(database):
        await finished_run(database, organisation, await queue_run(database, organisation, document(log)))
        began = time.monotonic()
        run_id = await queue_run(database, organisation, document(log))
        await finished_run(database, organisation, run_id)
    assert time.monotonic() - began < 1.5


async def test_a_run_with_a_precision_ends_with_the_first_shards_that_answer_it(
    database: Database, organisation: UUID, log: Path
) -> None:
    run_id = await queue_run(
        database, organisation, document(log, shards=20, enough=3), precision=0.01, replications=20
    )
    async with working(database):
        run = await finished_run(database, organisation, run_id)
    assert (run.status, run.completed, run.total) == (RunStatus.SUCCEEDED, 3, 3)
    async with database.tenant(organisation) as connection:
        assert await get_head(connection, run_id) == {"numbers": [0, 1, 2]}
    assert len(simulated(log)) < 20


async def test_two_workers_never_simulate_one_shard_twice(database: Database, organisation: UUID, log: Path) -> None:
    logs = [log.with_name(f"{n}.log") for n in range(6)]
    runs = [await queue_run(database, organisation, document(each, shards=3, seconds=0.05)) for each in logs]
    async with working(database, processes=1), working(database, processes=1):
        for run_id in runs:
            assert (await finished_run(database, organisation, run_id)).status == RunStatus.SUCCEEDED
    assert [sorted(simulated(each)) for each in logs] == [[0, 1, 2]] * 6


@pytest.mark.slow
async def test_two_worker_processes_take_different_runs(database: Database, organisation: UUID, log: Path) -> None:
    logs = [log.with_name(f"{n}.log") for n in range(8)]
    async with worker_process(database.url) as one, worker_process(database.url) as other:
        runs = [await queue_run(database, organisation, document(each, shards=3, seconds=0.3)) for each in logs]
        for run_id in runs:
            assert (await finished_run(database, organisation, run_id)).status == RunStatus.SUCCEEDED
    assert [sorted(simulated(each)) for each in logs] == [[0, 1, 2]] * 8
    took = [workers_of(each) for each in logs]
    assert all(len(workers) == 1 for workers in took)
    assert set.union(*took) == {one.pid, other.pid}


async def test_cancelling_a_queued_run_means_that_nothing_is_simulated(
    database: Database, organisation: UUID, log: Path
) -> None:
    run_id = await queue_run(database, organisation, document(log))
    async with database.tenant(organisation) as connection:
        cancelled = await cancel_run(connection, run_id)
    assert cancelled is not None
    assert cancelled.status == RunStatus.CANCELLED
    other = await queue_run(database, organisation, document(log.with_name("other")))
    async with working(database):
        await finished_run(database, organisation, other)
    assert simulated(log) == []


async def test_cancelling_a_running_run_frees_its_worker_within_two_seconds(
    database: Database, organisation: UUID, log: Path
) -> None:
    run_id = await queue_run(database, organisation, document(log, shards=4, seconds=30))
    other_log = log.with_name("other.log")
    async with working(database, lease=30):
        await until_simulated(log, 2)
        other = await queue_run(database, organisation, document(other_log, shards=1))
        began = time.monotonic()
        async with database.tenant(organisation) as connection:
            await cancel_run(connection, run_id)

        async def is_dropped() -> bool:
            return (await read_run(database, organisation, other)).status != RunStatus.QUEUED

        await until(is_dropped)
        assert time.monotonic() - began < 2
        assert (await finished_run(database, organisation, other)).status == RunStatus.SUCCEEDED
    run = await read_run(database, organisation, run_id)
    assert (run.status, run.completed) == (RunStatus.CANCELLED, 0)


async def test_a_finished_run_stays_as_it_is_when_cancelled(database: Database, organisation: UUID, log: Path) -> None:
    run_id = await queue_run(database, organisation, document(log))
    async with working(database):
        finished = await finished_run(database, organisation, run_id)
    async with database.tenant(organisation) as connection:
        assert await cancel_run(connection, run_id) == finished


async def test_a_worker_keeps_its_lease_while_all_processes_compute(
    database: Database, organisation: UUID, log: Path
) -> None:
    run_id = await queue_run(database, organisation, document(log, shards=2, seconds=5.0))
    async with working(database, lease=2.0), working(database, lease=2.0):
        run = await finished_run(database, organisation, run_id)
    assert run.status == RunStatus.SUCCEEDED
    assert sorted(simulated(log)) == [0, 1]


async def test_every_change_of_a_run_grows_its_sequence_and_rings(
    database: Database, organisation: UUID, log: Path
) -> None:
    run_id = await queue_run(database, organisation, document(log, shards=4, seconds=0.1))
    seen: list[tuple[int, RunStatus, int]] = []
    async with (
        Notices.open(database.url, CHANGED_CHANNEL) as notices,
        notices.bell(CHANGED_CHANNEL, str(run_id)) as bell,
        working(database),
    ):
        while not (seen and seen[-1][1].finished):
            run = await read_run(database, organisation, run_id)
            if not seen or run.sequence > seen[-1][0]:
                seen.append((run.sequence, run.status, run.completed))
            else:
                await bell.wait(PATIENCE)
    assert seen[0][1] == RunStatus.QUEUED
    assert seen[-1][1:] == (RunStatus.SUCCEEDED, 4)
    assert [completed for _, _, completed in seen] == sorted(completed for _, _, completed in seen)
