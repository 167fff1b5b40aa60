"""What a worker, its run and its machine survive."""

import asyncio
import logging
import signal
from collections.abc import Awaitable, Callable
from contextlib import suppress
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from server.database.pool import Database
from server.store import claims
from server.store.claims import Claim, LostRunError
from server.store.outcomes import get_head
from server.store.runs import (
    FailureCode,
    RunStatus,
)
from server.workers.worker import MOST_FRUITLESS, Worker
from tests.server.engines import document, simulated
from tests.server.working import (
    LEASE,
    finished_run,
    queue_run,
    read_run,
    shards_stored,
    until,
    until_simulated,
    worker_process,
    working,
)


async def test_a_killed_workers_run_is_taken_up_after_its_lease_without_redoing_stored_shards(
    database: Database, organisation: UUID, log: Path
) -> None:
    run_id = await queue_run(database, organisation, document(log, shards=12, seconds=0.5))
    async with worker_process(database.url) as first:

        async def has_stored() -> bool:
            return len(await shards_stored(database, organisation, run_id)) >= 3

        await until(has_stored)
        async with working(database):
            first.send_signal(signal.SIGKILL)
            await first.wait()
            stored, begun = await shards_stored(database, organisation, run_id), len(simulated(log))
            assert (await read_run(database, organisation, run_id)).status == RunStatus.RUNNING
            await until_simulated(log, begun + 1)
            run = await finished_run(database, organisation, run_id)
    assert run.status == RunStatus.SUCCEEDED
    assert not set(simulated(log)[begun:]) & set(stored)
    async with database.tenant(organisation) as connection:
        assert await get_head(connection, run_id) == {"numbers": list(range(12))}


async def test_the_simulating_processes_of_a_killed_worker_die_with_it(
    database: Database, organisation: UUID, log: Path
) -> None:
    await queue_run(database, organisation, document(log, shards=2, seconds=30))
    async with worker_process(database.url) as worker:
        await until_simulated(log, 2)
        children = children_of(worker.pid)
        assert [title(pid) for pid in children].count("springtide simulate") == 2
        assert title(worker.pid) == "springtide worker"
        worker.kill()
        await worker.wait()

        async def are_gone() -> bool:
            return not any(is_running(pid) for pid in children)

        await asyncio.wait_for(until(are_gone), 5)


def children_of(pid: int) -> list[int]:
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def title(pid: int) -> str:
    """What `ps` shows."""
    return Path(f"/proc/{pid}/cmdline").read_bytes().rstrip(b"\0").decode()


def is_running(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


async def test_a_worker_told_to_stop_gives_its_run_back_at_once(
    database: Database, organisation: UUID, log: Path
) -> None:
    run_id = await queue_run(database, organisation, document(log, shards=4, seconds=1.0))
    async with worker_process(database.url, lease=60) as worker:
        await until_simulated(log, 1)
        worker.terminate()
        assert await asyncio.wait_for(worker.wait(), 5) == 0
    assert (await read_run(database, organisation, run_id)).status == RunStatus.QUEUED
    async with working(database, lease=60):
        assert (await finished_run(database, organisation, run_id)).status == RunStatus.SUCCEEDED


async def test_a_worker_that_lost_its_run_cannot_write(database: Database, organisation: UUID, log: Path) -> None:
    run_id = await queue_run(database, organisation, document(log))
    async with database.queue() as connection:
        zombie = await claims.claim_run(connection, 0.01, "test-1")
    assert zombie is not None
    async with database.tenant(organisation) as connection:
        await claims.begin_run(connection, zombie, "test-1")
    await asyncio.sleep(0.05)
    async with database.queue() as connection:
        heir = await claims.claim_run(connection, 30, "test-1")
    assert heir is not None
    assert (heir.run_id, heir.epoch, heir.attempts) == (run_id, zombie.epoch + 1, 2)
    writes: list[Callable[..., Awaitable[object]]] = [
        lambda c: claims.begin_run(c, zombie, "test-1"),
        lambda c: claims.renew_lease(c, zombie, 30),
        lambda c: claims.store_shard(c, zombie, 0, 1, b"stale"),
        lambda c: claims.release_run(c, zombie),
        lambda c: claims.fail_run(c, zombie, FailureCode.PROCESS_DIED, "stale"),
        lambda c: claims.finish_run(c, zombie, 6),
    ]
    for write in writes:
        with pytest.raises(LostRunError):
            async with database.tenant(organisation) as connection:
                await write(connection)
    async with database.tenant(organisation) as connection:
        await claims.store_shard(connection, heir, 0, 1, b"fresh")
        assert await connection.fetchval("SELECT content FROM shards") == b"fresh"


async def test_a_renewal_after_the_outcomes_are_stored_does_not_call_the_run_lost(
    database: Database,
    organisation: UUID,
    log: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    write = Worker._write

    async def write_and_linger(self: Worker, claim: Claim, store: Callable[..., Any], *arguments: object) -> Any:
        value = await write(self, claim, store, *arguments)
        if store.__name__ == "store":  # the outcomes: linger for more than a beat before the worker goes on
            await asyncio.sleep(LEASE / 2)
        return value

    monkeypatch.setattr(Worker, "_write", write_and_linger)
    run_id = await queue_run(database, organisation, document(log, shards=1))
    with caplog.at_level(logging.INFO, "springtide.worker"):
        async with working(database):
            run = await finished_run(database, organisation, run_id)
            await until(lambda: _ended(caplog))
    assert run.status is RunStatus.SUCCEEDED
    assert "dropped" not in caplog.text


async def _ended(caplog: pytest.LogCaptureFixture) -> bool:
    return "succeeded" in caplog.text or "dropped" in caplog.text


async def test_a_leased_run_is_claimed_by_nobody_else(database: Database, organisation: UUID, log: Path) -> None:
    await queue_run(database, organisation, document(log))
    async with database.queue() as one, database.queue() as other:
        assert await claims.claim_run(one, 30, "test-1") is not None
        assert await claims.claim_run(other, 30, "test-1") is None
    async with database.queue() as connection:
        assert await claims.claim_run(connection, 30, "test-1") is None


async def test_a_scenario_that_makes_the_engine_raise_fails_alone(
    database: Database, organisation: UUID, log: Path
) -> None:
    poison = await queue_run(database, organisation, document(log, raises_at=2))
    unplannable = await queue_run(database, organisation, document(log, plan_raises=True))
    good = await queue_run(database, organisation, document(log.with_name("good.log")))
    async with working(database):
        assert (await finished_run(database, organisation, good)).status == RunStatus.SUCCEEDED
    failed = await read_run(database, organisation, poison)
    assert (failed.status, failed.failure_code) == (RunStatus.FAILED, FailureCode.SIMULATION_FAILED)
    assert failed.failure_message == "ArithmeticError: shard 2 cannot be"
    refused = await read_run(database, organisation, unplannable)
    assert (refused.status, refused.failure_message) == (RunStatus.FAILED, "ValueError: no such queue")


async def test_a_scenario_that_kills_its_process_fails_alone_after_three_tries(
    database: Database, organisation: UUID, log: Path
) -> None:
    poison = await queue_run(database, organisation, document(log, shards=5, dies_at=2, seconds=0.05))
    good = await queue_run(database, organisation, document(log.with_name("good.log")))
    async with working(database):
        assert (await finished_run(database, organisation, good)).status == RunStatus.SUCCEEDED
    failed = await read_run(database, organisation, poison)
    assert (failed.status, failed.failure_code) == (RunStatus.FAILED, FailureCode.PROCESS_DIED)
    assert "died 3 times" in (failed.failure_message or "")


async def test_one_dead_process_costs_no_stored_shard(database: Database, organisation: UUID, log: Path) -> None:
    run_id = await queue_run(database, organisation, document(log, shards=8, dies_once_at=5, seconds=0.1))
    async with working(database):
        run = await finished_run(database, organisation, run_id)
    assert run.status == RunStatus.SUCCEEDED
    assert log.with_suffix(".died").exists()
    begun = simulated(log)
    assert sorted(set(begun)) == list(range(8))
    assert [n for n in range(4) if begun.count(n) > 1] == []


async def test_a_run_whose_workers_all_die_is_given_up(database: Database, organisation: UUID, log: Path) -> None:
    run_id = await queue_run(database, organisation, document(log))
    for attempt in range(1, MOST_FRUITLESS + 1):
        async with database.queue() as connection:
            claim = await claims.claim_run(connection, 0.001, "test-1")
        assert claim is not None
        assert claim.attempts == attempt
        await asyncio.sleep(0.01)
    async with working(database):
        run = await finished_run(database, organisation, run_id)
    assert (run.status, run.failure_code) == (RunStatus.FAILED, FailureCode.WORKER_DIED)
    assert simulated(log) == []


async def test_progress_makes_a_run_worth_new_attempts(database: Database, organisation: UUID, log: Path) -> None:
    await queue_run(database, organisation, document(log))
    for shard in range(MOST_FRUITLESS + 2):
        async with database.queue() as connection:
            claim = await claims.claim_run(connection, 0.05, "test-1")
        assert claim is not None
        assert claim.attempts == 1
        async with database.tenant(organisation) as connection:
            await claims.begin_run(connection, claim, "test-1")
            await claims.store_shard(connection, claim, shard, 1, b"")
        await asyncio.sleep(0.1)


async def test_a_worker_survives_the_loss_of_its_connections(database: Database, organisation: UUID, log: Path) -> None:
    run_id = await queue_run(database, organisation, document(log, shards=6, seconds=0.4))
    async with working(database, lease=10):
        await until_simulated(log, 3)
        with suppress(Exception):  # our own connection is among those that are ended
            async with database._transaction() as connection:
                await connection.execute(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database()"
                )
        run = await finished_run(database, organisation, run_id)
    assert run.status == RunStatus.SUCCEEDED
    assert sorted(simulated(log)) == list(range(6))
