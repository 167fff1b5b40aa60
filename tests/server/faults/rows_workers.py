"""Faults of workers and of their simulating processes."""

import asyncio
import os
import signal

from server.store.runs import FailureCode, RunStatus, cancel_run
from tests.server.faults.clock import Clock
from tests.server.faults.judge import processes_of
from tests.server.faults.work import IMPOSSIBLE, Submitted
from tests.server.faults.yard import LEASE, Yard, until

Figures = dict[str, float]
STORED = 3
"""Shards that are stored before something happens."""


async def fleet(yard: Yard) -> list[Submitted]:
    """A small run, one of the real engine, and a small one again."""
    return [await yard.submit_small(), await yard.submit_real(), await yard.submit_small()]


async def at_work(yard: Yard) -> Figures:
    """none: two workers at work"""
    for _ in range(2):
        await yard.start_worker()
    runs = await fleet(yard)
    await yard.finished(*runs)
    begun = [run.begun(yard.real_log) for run in runs]
    twice = sum(len(shards) - len(set(shards)) for shards in begun)
    assert not twice, "shards were begun twice, though nothing was wrong"
    return {"shards": sum(map(len, begun)), "begun twice": twice}


async def killed_worker(yard: Yard) -> Figures:
    """kill -9 of a worker"""
    return await _end_holder(yard, signal.SIGKILL, real=False)


async def killed_worker_real_run(yard: Yard) -> Figures:
    """kill -9 of a worker in a run of the real engine"""
    return await _end_holder(yard, signal.SIGKILL, real=True)


async def stopped_worker(yard: Yard) -> Figures:
    """SIGTERM of a worker"""
    return await _end_holder(yard, signal.SIGTERM, real=False)


async def _end_holder(yard: Yard, with_signal: signal.Signals, *, real: bool) -> Figures:
    for _ in range(3):  # of which one has nothing to do
        await yard.start_worker()
    runs = [await yard.submit_small(), await yard.submit_real()]
    run = runs[1 if real else 0]
    holder = await yard.until_stored(run, STORED)
    ended = await yard.audit.now()
    holder.send(with_signal)
    code = await holder.process.wait()
    assert code == (-signal.SIGKILL if with_signal is signal.SIGKILL else 0)
    stored, begun = await yard.stored(run), len(run.begun(yard.real_log))
    heir = await yard.claim_after(run, ended)
    taken_up = (heir.at - ended).total_seconds()
    assert taken_up < LEASE + 5, taken_up
    await yard.finished(*runs)
    redone = set(run.begun(yard.real_log)[begun:]) & set(stored)
    assert not redone, f"begun again, though stored: {redone}"
    return {"taken up, s": taken_up, "stored": len(stored), "redone": len(redone)}


async def program_killed(yard: Yard) -> Figures:
    """kill -9, then SIGTERM, of the program's own worker process"""
    run = await yard.submit_real(480)  # no other waits, which the heir would take while the lease lasts
    figures = {}
    await yard.start_program()
    for with_signal in (signal.SIGKILL, signal.SIGTERM):
        already = len(await yard.stored(run))
        holder = await yard.until_stored(run, already + STORED)
        await yard.start_program()
        ended = await yard.audit.now()
        holder.send(with_signal)
        await holder.process.wait()
        heir = await yard.claim_after(run, ended)
        figures[f"{with_signal.name} taken up, s"] = (heir.at - ended).total_seconds()
        assert figures[f"{with_signal.name} taken up, s"] < LEASE + 5
    return figures


async def zombie(yard: Yard) -> Figures:
    """zombie worker: SIGSTOP past its lease, then SIGCONT"""
    for _ in range(2):
        await yard.start_worker()
    run = await yard.submit_small(shards=20)
    holder = await yard.until_stored(run, STORED)
    stopped = await yard.audit.now()
    holder.send(signal.SIGSTOP)
    heir = await yard.claim_after(run, stopped)
    assert heir.writer != holder.login
    taken_up = (heir.at - stopped).total_seconds()
    await yard.until_stored(run, len(await yard.stored(run)) + 1)
    holder.send(signal.SIGCONT)
    await fleet(yard)
    await yard.finished()
    assert f"run {run.id}: dropped" in holder.log.read_text()
    return {"taken up, s": taken_up}


async def killed_child(yard: Yard) -> Figures:
    """kill -9 of a simulating process, small run and real one"""
    worker = await yard.start_worker()
    redone = 0
    for run in [await yard.submit_small(), await yard.submit_real()]:
        await yard.until_stored(run, STORED)
        stored, begun = set(await yard.stored(run)), len(run.begun(yard.real_log))
        os.kill(worker.simulating()[0], signal.SIGKILL)
        await yard.finished(run)
        redone += len(set(run.begun(yard.real_log)[begun:]) & stored)
    assert not redone
    return {"redone": redone}


async def poison(yard: Yard) -> Figures:
    """poison runs: raising, exhausting memory, SIGSEGV, SIGKILL, os._exit, refused by the real engine"""
    raising, dying = FailureCode.SIMULATION_FAILED, FailureCode.PROCESS_DIED
    quick = {"shards": 4, "seconds": 0.05}
    await yard.submit_failing(raising, raises_at=2, **quick)
    await yard.submit_failing(raising, dies_at=1, by="MEMORY", **quick)
    for by in ("SIGSEGV", "SIGKILL", "EXIT"):
        await yard.submit_failing(dying, dies_at=2, by=by, **quick)
    await yard.submit(IMPOSSIBLE, replications=4, status=RunStatus.FAILED, failure=raising)
    await fleet(yard)
    for _ in range(2):
        await yard.start_worker()
    await yard.finished()
    return {"poisoned": 6}


async def cancelled(yard: Yard) -> Figures:
    """cancel of queued and running runs"""
    worker = await yard.start_worker()
    status = RunStatus.CANCELLED
    endless = await yard.submit_small(shards=4, seconds=60, status=status)
    queued = await yard.submit_small(status=status)
    good = await yard.submit_small(shards=2)

    async def is_begun() -> bool:
        return len(endless.begun(yard.real_log)) >= 2

    await until(is_begun)
    busy = set(worker.simulating())
    assert busy
    clock = asyncio.get_running_loop().time
    for run in (queued, endless):
        async with yard.database.tenant(yard.organisation) as connection:
            await cancel_run(connection, run.id)
    asked = clock()

    async def are_gone() -> bool:
        return not busy & set(processes_of({worker.session}))

    await until(are_gone)
    stopped = clock() - asked
    assert stopped < 2, stopped
    await yard.finished(good)
    assert queued.begun(yard.real_log) == []
    return {"stopped, s": stopped}


async def clock_of_worker(yard: Yard) -> Figures:
    """clock of a worker +2 h, back, and -2 h"""
    clock = Clock(yard.folder)
    await yard.start_worker(environment=clock.environment)
    await yard.start_worker()
    runs = [*await fleet(yard), *await fleet(yard)]
    for run, shift in zip(runs, (7200, 0, -7200), strict=False):
        await yard.until_stored(run, STORED)
        clock.jump(shift)
    await yard.finished()
    changes = await yard.audit.changes()
    claims = sum(change.is_claim for change in changes)
    assert claims == len(runs), "a run has changed hands because of a clock"
    return {"claims": claims, "of runs": len(runs)}
