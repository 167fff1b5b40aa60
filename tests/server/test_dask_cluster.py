"""A worker whose shards a Dask cluster simulates: the same bytes, and what it survives."""

import asyncio
import dataclasses
import logging
import shutil
import subprocess
import time
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any
from uuid import UUID

import dask.config
import pytest

from server.database.pool import Database
from server.settings import SettingsError
from server.simulating import compile_for
from server.store.outcomes import get_columns, get_counters, get_head
from server.store.runs import FailureCode, RunStatus, cancel_run
from server.workers import dask_cluster
from server.workers.dask_address import check_address
from server.workers.dask_cluster import DaskCluster
from server.workers.engine import ENGINE
from server.workers.simulators import UnavailableError
from simulation.scenario.reading.canonical import canonical
from simulation.scenario.reading.document import load
from tests.server.api import SHOP
from tests.server.dask_parts import DaskParts, dask_parts, program, working_on
from tests.server.engines import OBEDIENT, document, simulated, spans_of
from tests.server.working import (
    finished_run,
    queue_run,
    read_run,
    shards_stored,
    until,
    until_simulated,
    working,
)

PROCESSES = 2
LONG = 180.0
"""Seconds for what the real engine does, on a machine that does other things too."""


@pytest.fixture(scope="module")
def parts(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DaskParts]:
    """A cluster that nobody harms."""
    with dask_parts(tmp_path_factory.mktemp("dask"), workers=PROCESSES) as started:
        yield started


def tasks_of(dask_scheduler: Any = None) -> int:
    return len(dask_scheduler.tasks)


@pytest.mark.slow
async def test_the_shards_of_a_run_are_simulated_on_the_cluster_and_nothing_stays_there(
    database: Database, organisation: UUID, log: Path, parts: DaskParts
) -> None:
    async with working_on(parts.address, database) as cluster:
        assert cluster.in_flight == 2 * PROCESSES
        run = await finished_run(database, organisation, await queue_run(database, organisation, document(log)))

        async def is_empty() -> bool:
            return bool(await asyncio.to_thread(cluster._client_does, "run_on_scheduler", tasks_of) == 0)

        await until(is_empty)
    assert (run.status, run.completed, run.engine_version) == (RunStatus.SUCCEEDED, 6, "test-1")
    assert sorted(simulated(log)) == list(range(6))


@pytest.mark.slow
async def test_a_run_that_loses_a_dask_worker_ends_with_the_bytes_of_the_local_pool(
    database: Database, organisation: UUID, tmp_path: Path
) -> None:
    scenario, experiment = (
        canonical(load(SHOP)),
        {"replications": 120, "precision": 1e-6},
    )  # never so precise: 12 shards
    await asyncio.to_thread(compile_for, load(SHOP))  # at a first start a minute, for which nobody has patience below
    there = await queue_run(database, organisation, scenario, **experiment)
    with dask_parts(tmp_path, workers=3) as parts:
        async with working_on(parts.address, database, engine=ENGINE, lease=10):

            async def has_begun() -> bool:
                return len(await shards_stored(database, organisation, there)) >= 2

            await until(has_begun, LONG)
            parts.kill(parts.workers[0])
            assert (await read_run(database, organisation, there)).status == RunStatus.RUNNING
            assert (await finished_run(database, organisation, there, LONG)).status == RunStatus.SUCCEEDED
    here = await queue_run(database, organisation, scenario, **experiment)
    async with working(database, engine=ENGINE, lease=10):
        assert (await finished_run(database, organisation, here, LONG)).status == RunStatus.SUCCEEDED
    assert await stored(database, organisation, there) == await stored(database, organisation, here)


async def stored(database: Database, organisation: UUID, run_id: UUID) -> tuple[object, ...]:
    async with database.tenant(organisation) as connection:
        columns = await get_columns(connection, run_id)
        assert len(columns) > 500
        return await get_head(connection, run_id), columns, await get_counters(connection, run_id)


@pytest.mark.slow
async def test_the_program_works_on_a_cluster_and_ends_when_it_is_told_to(
    database: Database, organisation: UUID, parts: DaskParts
) -> None:
    await asyncio.to_thread(compile_for, load(SHOP))
    run_id = await queue_run(database, organisation, canonical(load(SHOP)), replications=4)
    async with program(parts.address, database.url) as worker:
        assert (await finished_run(database, organisation, run_id, LONG)).status == RunStatus.SUCCEEDED
        worker.terminate()
        _, said = await asyncio.wait_for(worker.communicate(), LONG)
    assert worker.returncode == 0
    assert f"simulating on {parts.address}".encode() in said


@pytest.mark.slow
@pytest.mark.parametrize(
    ("address", "code", "said"),
    [
        ("somewhere", 2, b"--dask: 'somewhere' is no scheduler's address; write tcp://host:port or tls://host:port"),
        ("tcp://127.0.0.1:9", 1, b"no Dask scheduler at tcp://127.0.0.1:9"),
    ],
)
async def test_the_program_says_in_a_line_why_it_cannot_work_there(
    database: Database, address: str, code: int, said: bytes
) -> None:
    async with program(address, database.url) as worker:
        _, told = await asyncio.wait_for(worker.communicate(), LONG)
    assert worker.returncode == code
    assert said in told
    assert b"Traceback" not in told


@pytest.mark.slow
async def test_a_scenario_that_kills_its_dask_workers_fails_alone(
    database: Database, organisation: UUID, log: Path, tmp_path: Path
) -> None:
    poison = await queue_run(database, organisation, document(log, shards=4, dies_at=2, seconds=0.05))
    good = await queue_run(database, organisation, document(log.with_name("good.log")))
    environment = {"DASK_DISTRIBUTED__SCHEDULER__ALLOWED_FAILURES": "0"}
    with dask_parts(tmp_path, workers=PROCESSES, nanny=True, environment=environment) as parts:
        async with working_on(parts.address, database):
            assert (await finished_run(database, organisation, good)).status == RunStatus.SUCCEEDED
    failed = await read_run(database, organisation, poison)
    assert (failed.status, failed.failure_code) == (RunStatus.FAILED, FailureCode.PROCESS_DIED)
    assert "died 3 times" in (failed.failure_message or "")
    assert 3 <= simulated(log).count(2) <= 9  # a busy Dask tries at times what it had sent elsewhere


@pytest.mark.slow
async def test_a_scenario_that_makes_the_engine_raise_there_fails_with_its_message(
    database: Database, organisation: UUID, log: Path, parts: DaskParts
) -> None:
    run_id = await queue_run(database, organisation, document(log, raises_at=2))
    async with working_on(parts.address, database):
        failed = await finished_run(database, organisation, run_id)
    assert (failed.failure_code, failed.failure_message) == (
        FailureCode.SIMULATION_FAILED,
        "ArithmeticError: shard 2 cannot be",
    )


@pytest.mark.slow
async def test_cancelling_frees_the_worker_within_two_seconds_and_takes_no_equal_shard_of_another_run(
    database: Database, organisation: UUID, log: Path, parts: DaskParts
) -> None:
    slow = document(log, shards=4, seconds=3)
    run_id, equal = await queue_run(database, organisation, slow), await queue_run(database, organisation, slow)
    async with working_on(parts.address, database, lease=30), working_on(parts.address, database, lease=30):
        await until_simulated(log, PROCESSES)
        other = await queue_run(database, organisation, document(log.with_name("other.log"), shards=1))
        began = time.monotonic()
        async with database.tenant(organisation) as connection:
            await cancel_run(connection, run_id)

        async def is_taken() -> bool:
            return (await read_run(database, organisation, other)).status != RunStatus.QUEUED

        await until(is_taken)
        assert time.monotonic() - began < 2
        assert (await finished_run(database, organisation, other)).status == RunStatus.SUCCEEDED
        assert (await finished_run(database, organisation, equal)).status == RunStatus.SUCCEEDED


@pytest.mark.bar
async def test_a_run_whose_scheduler_dies_is_given_back_and_ended_after_it_has_come_again(
    database: Database, organisation: UUID, log: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    run_id = await queue_run(database, organisation, document(log, shards=8, seconds=1.0))
    with dask_parts(tmp_path, workers=PROCESSES) as parts:
        async with working_on(parts.address, database, lease=30):

            async def has_begun() -> bool:
                return bool(await shards_stored(database, organisation, run_id))

            async def is_given_back() -> bool:
                return (await read_run(database, organisation, run_id)).status == RunStatus.QUEUED

            await until(has_begun)
            parts.kill(parts.scheduler)
            await asyncio.wait_for(until(is_given_back), 10)
            kept, begun = await shards_stored(database, organisation, run_id), len(simulated(log))
            await asyncio.sleep(2)
            assert await is_given_back()  # nobody can simulate, so nobody claims it
            parts.start_scheduler_again()
            parts.start_workers(PROCESSES)
            assert (await finished_run(database, organisation, run_id)).status == RunStatus.SUCCEEDED
    assert not set(simulated(log)[begun:]) & set(kept)
    assert f"no Dask scheduler at {parts.address}" in caplog.text


@pytest.mark.bar
async def test_a_run_without_dask_workers_is_given_back(
    database: Database, organisation: UUID, log: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dask_cluster, "PATIENCE_SECONDS", 1.0)
    run_id = await queue_run(database, organisation, document(log, shards=4, seconds=0.5))
    with dask_parts(tmp_path, workers=1) as parts:
        async with working_on(parts.address, database, lease=30) as cluster:
            await until_simulated(log, 1)
            parts.kill(parts.workers[0])

            async def is_given_back() -> bool:
                return (await read_run(database, organisation, run_id)).status == RunStatus.QUEUED

            await asyncio.wait_for(until(is_given_back), 15)
            assert "has no workers; start some: dask worker tcp://127.0.0.1" in str(cluster._trouble)
            parts.start_workers(1)
            assert (await finished_run(database, organisation, run_id)).status == RunStatus.SUCCEEDED


@pytest.mark.slow
async def test_another_engine_on_the_cluster_is_refused_by_name(parts: DaskParts) -> None:
    newer = dataclasses.replace(OBEDIENT, version="test-2")
    with pytest.raises(UnavailableError, match="this worker has engine test-2, but Dask's the scheduler has test-1"):
        await connect(parts.address, newer)
    async with DaskCluster.connected(parts.address, OBEDIENT) as cluster:
        cluster._engine = newer  # as if the worker that simulates had been missed
        with pytest.raises(
            UnavailableError, match=r"engine test-2, but Dask's worker tcp://.* has test-1; install one"
        ):
            await cluster.run(OBEDIENT.plan, document(Path("unused")), "{}")


@pytest.mark.bar
async def test_a_run_stops_for_a_dask_worker_of_another_engine_that_joins(
    database: Database, organisation: UUID, log: Path, tmp_path: Path
) -> None:
    run_id = await queue_run(database, organisation, document(log, shards=60, seconds=0.5))
    with dask_parts(tmp_path, workers=1) as parts:
        async with working_on(parts.address, database, lease=30) as cluster:
            await until_simulated(log, 1)
            parts.start_workers(1, environment={"SPRINGTIDE_TEST_ENGINE": "test-2"})

            async def is_given_back() -> bool:
                return (await read_run(database, organisation, run_id)).status == RunStatus.QUEUED

            await until(is_given_back)
            assert "has test-2; install one version" in str(cluster._trouble)
            async with database.tenant(organisation) as connection:
                await cancel_run(connection, run_id)


@pytest.mark.bar
async def test_a_scheduler_that_lacks_the_program_is_named(tmp_path: Path) -> None:
    (tmp_path / "tests").mkdir()
    (tmp_path / "tests" / "__init__.py").touch()  # in the way of ours
    with (
        dask_parts(tmp_path, workers=1, environment={"PYTHONPATH": str(tmp_path)}) as parts,
        pytest.raises(UnavailableError, match=r"the scheduler has none \(No module named 'tests.server'"),
    ):
        await connect(parts.address, OBEDIENT)


@pytest.mark.bar
async def test_a_dask_worker_of_several_threads_simulates_with_one_and_is_told_of(
    database: Database, organisation: UUID, log: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    run_id = await queue_run(database, organisation, document(log, shards=4, seconds=0.5))
    with dask_parts(tmp_path, workers=1, threads=4) as parts, caplog.at_level(logging.WARNING):
        async with working_on(parts.address, database):
            await finished_run(database, organisation, run_id)
    spans = spans_of(log)
    assert len(spans) == 4
    assert all(ended <= began for (_, ended), (began, _) in pairwise(spans))
    assert "simulates with one of its 4 threads; start it with --nthreads 1" in caplog.text


@pytest.fixture
def certificate(tmp_path: Path) -> dict[str, str]:
    """Dask's settings for TLS, all parts with the same one."""
    if not shutil.which("openssl"):
        pytest.skip("certificates are made by openssl, which is not here")
    key, made = str(tmp_path / "key.pem"), str(tmp_path / "certificate.pem")
    words = f"openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=cluster -keyout {key} -out {made}"
    subprocess.run(words.split(), check=True, capture_output=True)
    parts = {
        f"{part}.{what}": it
        for part in ("client", "scheduler", "worker")
        for what, it in (("key", key), ("cert", made))
    }
    return {f"distributed.comm.tls.{name}": it for name, it in {"ca-file": made, **parts}.items()}


@pytest.mark.bar
async def test_a_cluster_by_tls_is_reached_with_dask_s_own_settings(
    database: Database, organisation: UUID, log: Path, tmp_path: Path, certificate: dict[str, str]
) -> None:
    run_id = await queue_run(database, organisation, document(log))
    environment = {f"DASK_{name}".replace(".", "__").replace("-", "_").upper(): it for name, it in certificate.items()}
    with (
        dask_parts(tmp_path, workers=1, protocol="tls", environment=environment) as parts,
        dask.config.set(certificate),
    ):
        assert parts.address.startswith("tls://")
        async with working_on(parts.address, database):
            assert (await finished_run(database, organisation, run_id)).status == RunStatus.SUCCEEDED


@pytest.mark.slow
async def test_where_no_scheduler_listens_it_is_said() -> None:
    with pytest.raises(UnavailableError, match=r"no Dask scheduler at tcp://127\.0\.0\.1:9 .*start it with"):
        await connect("tcp://127.0.0.1:9", OBEDIENT)


async def connect(address: str, engine: Any) -> None:
    async with DaskCluster.connected(address, engine):
        pass


@pytest.mark.parametrize("address", ["", "127.0.0.1:8786", "tcp://host", "http://host:1", "tcp://a:0", "tcp://a:70000"])
def test_what_is_no_address_is_refused(address: str) -> None:
    with pytest.raises(SettingsError, match=r"--dask: .* write tcp://host:port or tls://host:port"):
        check_address(address)


@pytest.mark.parametrize("address", ["tcp://127.0.0.1:1", "tcp://[::1]:1", "tcp://localhost:1", "tls://10.0.0.7:1"])
def test_what_nobody_else_can_read_is_not_warned_of(address: str, caplog: pytest.LogCaptureFixture) -> None:
    check_address(address)
    assert caplog.text == ""


@pytest.mark.parametrize("address", ["tcp://10.0.0.7:8786", "tcp://scheduler:8786"])
def test_another_machine_without_tls_is_warned_of(address: str, caplog: pytest.LogCaptureFixture) -> None:
    check_address(address)
    assert "travel there unencrypted" in caplog.text


def test_without_the_extra_it_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("server.workers.dask_address.find_spec", lambda name: None)
    with pytest.raises(UnavailableError, match=r"pip install 'springtide\[cluster\]'"):
        check_address("tcp://127.0.0.1:8786")
