"""Faults of the database and of the way to it."""

import asyncio
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path

import asyncpg

from server.database.migrate import Migration, migrate, migrations
from tests.server.conftest import run_sql
from tests.server.faults.clock import Clock
from tests.server.faults.network import network_to
from tests.server.faults.postgres import postgres_in
from tests.server.faults.rows_workers import STORED, Figures, fleet
from tests.server.faults.yard import LEASE, Yard, yard_on

HOLE_SECONDS = 20.0


async def restarted(yard: Yard) -> Figures:
    """restart of PostgreSQL"""
    return await _away(yard, signal.SIGINT)


async def crashed(yard: Yard) -> Figures:
    """kill -9 of PostgreSQL"""
    return await _away(yard, signal.SIGKILL)


async def _away(yard: Yard, with_signal: signal.Signals) -> Figures:
    for _ in range(2):
        await yard.start_worker()
    runs = [*await fleet(yard), await yard.submit_small()]  # one real run, as their shards share a log
    stored = {}
    for run in (runs[0], runs[3]):
        await yard.until_stored(run, STORED)
        stored = {run: set(await yard.stored(run)) for run in runs}
        begun = {run: len(run.begun(yard.real_log)) for run in runs}
        await yard.server.stop(with_signal)
        await asyncio.sleep(1)
        await yard.server.start()
    await yard.finished()
    redone = sum(len(set(run.begun(yard.real_log)[begun[run] :]) & stored[run]) for run in runs)
    assert not redone
    return {"times": 2, "redone": redone}


async def dropped(yard: Yard) -> Figures:
    """connections dropped, all of them, again and again"""
    for _ in range(2):
        await yard.start_worker()
    await fleet(yard)
    await fleet(yard)
    ended = 0
    for _ in range(10):
        await asyncio.sleep(0.7)
        connection = await asyncpg.connect(yard.server.superuser(yard.name))
        rows = await connection.fetch(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
        ended += len(rows)
        await connection.close()
    await yard.finished()
    return {"connections": ended}


async def black_hole(yard: Yard) -> Figures:
    """network of a worker a black hole for 20 s"""
    async with network_to(partial(asyncio.open_connection, "127.0.0.1", yard.server.port)) as network:
        cut_off = await yard.start_worker(port=network.port)
        runs = [await yard.submit_small(shards=40)]
        await yard.until_stored(runs[0], STORED)
        beside = await yard.start_worker()
        moment = await yard.audit.now()
        network.swallow()
        heir = await yard.claim_after(runs[0], moment)
        assert heir.writer == beside.login
        taken_up = (heir.at - moment).total_seconds()
        assert taken_up < LEASE + 5, taken_up
        runs += await fleet(yard)
        await asyncio.sleep(HOLE_SECONDS - taken_up)
        network.forward()
        await yard.finished(*runs)
        assert await beside.stop() == 0
        returned = await yard.audit.now()
        back = await yard.submit_small(shards=2)  # which only the one that was cut off can take
        claim = await yard.claim_after(back, returned)
        await yard.finished(back)
        assert claim.writer == cut_off.login
        assert await cut_off.stop() == 0
    return {"taken up, s": taken_up, "back after, s": (claim.at - returned).total_seconds()}


async def clock_of_database(yard: Yard) -> Figures:
    """clock of PostgreSQL +2 h"""
    clock = Clock(yard.folder)
    async with (
        postgres_in(yard.folder / "shifted", **clock.environment) as server,
        yard_on(server, yard.folder) as inner,
    ):
        for _ in range(2):
            await inner.start_worker()
        runs = [*await fleet(inner), *await fleet(inner)]
        await inner.until_stored(runs[0], STORED)
        before = await inner.audit.now()
        clock.jump(7200)
        jumped = (await inner.audit.now() - before).total_seconds()
        assert jumped > 7000, jumped
        await inner.finished()
        verdict = await inner.end()
        assert verdict.findings == []
    return {"jumped, s": jumped}


async def disk_full(yard: Yard) -> Figures:
    """disk of PostgreSQL full, for three leases"""
    async with (
        small_disk(yard.folder / "disk") as disk,
        postgres_in(disk / "data") as server,
        yard_on(server, yard.folder) as inner,
    ):
        for _ in range(2):
            await inner.start_worker()
        runs = [await inner.submit_small(shards=30, size=400_000), *await fleet(inner)]
        await inner.until_stored(runs[0], STORED)
        fill(disk / "ballast")
        await asyncio.sleep(3 * LEASE)
        refused = server.log().count("No space left on device")
        stood = server.is_running()
        (disk / "ballast").unlink()
        await server.start()  # as its keeper does, if the full disk has ended it
        await inner.finished()
        verdict = await inner.end()
        assert verdict.findings == []
        assert refused, "the disk was not full"
    return {"refused writes": refused, "server ended": float(not stood)}


@asynccontextmanager
async def small_disk(folder: Path) -> AsyncIterator[Path]:
    """A file system of its own, in memory, which only root can make."""
    await run("mkdir", str(folder))
    await run("mount", "-t", "tmpfs", "-o", "size=420m,mode=755", "tmpfs", str(folder))
    try:
        yield folder
    finally:
        await run("umount", "-l", str(folder))


async def run(*words: str) -> None:
    process = await asyncio.create_subprocess_exec(*words)
    assert await process.wait() == 0, " ".join(words)


def fill(path: Path) -> None:
    with path.open("wb", buffering=0) as file:
        try:
            while file.write(b"\1" * (1 << 20)):
                pass
        except OSError:
            return


EXPAND = Migration(
    9999,
    "9999_expand",
    "ALTER TABLE runs ADD COLUMN note text NOT NULL DEFAULT ''; CREATE INDEX runs_note ON runs (organisation_id, note);"
    "CREATE TABLE notes (id integer PRIMARY KEY);",
)


async def migrated(yard: Yard) -> Figures:
    """migration during runs, behind a reader who takes long"""
    for _ in range(2):
        await yard.start_worker()
    runs = [*await fleet(yard), *await fleet(yard)]
    await yard.until_stored(runs[0], STORED)
    reader = await asyncpg.connect(yard.server.superuser(yard.name))
    reading = reader.transaction()
    await reading.start()
    await reader.fetch("SELECT count(*) FROM springtide.runs")
    migrating = asyncio.create_task(migrate(yard.server.url(yard.name), [*migrations(), EXPAND]))
    await asyncio.sleep(2 * LEASE)
    assert not migrating.done()
    await reading.rollback()
    await reader.close()
    assert await migrating == ["9999_expand"]
    await yard.finished()
    claims = sum(change.is_claim for change in await yard.audit.changes())
    assert claims == len(runs), "a run has changed hands because of a migration"
    await run_sql(yard.server.superuser(yard.name), "SELECT note FROM springtide.runs")
    return {"claims": claims, "of runs": len(runs)}
