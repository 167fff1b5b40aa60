"""A worker: claims runs one after another, has their shards simulated, stores each, and the result with the last.

Whatever happens to it, a run is safe: another worker takes it up when the lease has run out and simulates only the
shards that are not stored; and a worker that lost its run without noticing cannot write, as its epoch is old.
"""

import asyncio
import logging
import os
import signal
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Iterable
from concurrent.futures import BrokenExecutor
from contextlib import asynccontextmanager, suppress
from functools import partial
from importlib.metadata import version
from itertools import islice
from typing import Any, TypeVar

from server.database.connecting import LOST
from server.database.errors import DatabaseError
from server.database.notices import Notices
from server.database.opening import open_database
from server.database.pool import Database
from server.listening import ServingError
from server.logs import about, start_logging
from server.metrics import CONTACTS, RENEWALS_FAILED, REPLICATIONS, RUNS_ENDED, RUNS_HELD, RUNS_LOST
from server.processes import cores, die_with, name_process
from server.settings import Settings, SettingsError
from server.store import claims
from server.store.claims import Claim, LostRunError, Work
from server.store.outcomes import store_outcomes
from server.store.runs import CANCELLED_CHANNEL, QUEUED_CHANNEL, FailureCode, RunStatus, get_run
from server.workers.progress import Progress
from server.workers.simulators import Engine, EngineError, Shards, Simulators, UnavailableError
from server.workers.studying import Studier
from server.workers.sweeper import keep_sweeping
from server.workers.telling import telling

POLL_SECONDS = 2.0
BEAT_SECONDS = 1.0
RETRY_SECONDS = 0.5
MOST_FRUITLESS = 3
"""Claims, or deaths of a simulating process, without a stored shard between them, before a run is given up."""

Value = TypeVar("Value")
log = logging.getLogger("springtide.worker")


class RunFailedError(Exception):
    def __init__(self, code: FailureCode, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


class Worker:
    def __init__(
        self,
        database: Database,
        notices: Notices,
        engine: Engine,
        *,
        processes: int,
        lease_seconds: float,
        shards: Shards | None = None,
    ) -> None:
        """`processes` of this machine plan and conclude, and simulate, unless `shards` are simulated elsewhere."""
        self._database = database
        self._notices = notices
        self._lease = lease_seconds
        self._held_until = 0.0
        self._engine = engine
        self._simulators = Simulators(processes, engine.warm_up)
        self._shards = shards or self._simulators
        self._studier = Studier(database, self._simulators, lease_seconds)
        self.beaten_at = time.monotonic()
        """When its loop last came round: a worker that is stuck is found by this."""

    async def work(self, stopping: asyncio.Event) -> None:
        """Until told to stop; what is half done then goes back to the queue."""
        sweeping = asyncio.create_task(keep_sweeping(self._database))
        try:
            async with self._notices.bell(QUEUED_CHANNEL) as bell:
                while not stopping.is_set():
                    self.beaten_at = time.monotonic()
                    if await self._see_to_a_study(stopping):
                        continue
                    claim = await self._claim()
                    if claim:
                        with about(organisation_id=claim.organisation_id, run_id=claim.run_id, epoch=claim.epoch):
                            await self._carry_out(claim, stopping)
                    else:
                        await first_of(bell.wait(POLL_SECONDS), stopping.wait())
        finally:
            self._simulators.close()
            await abandon([sweeping])

    async def _see_to_a_study(self, stopping: asyncio.Event) -> bool:
        """Whether one took a step: its runs come before others that wait."""
        try:
            study = await self._studier.claim()
            if study:
                await self._studier.carry_out(study, stopping)
            return study is not None
        except LOST as error:
            log.warning("no database: %s", error)
            await asyncio.sleep(RETRY_SECONDS)
            return False

    async def _claim(self) -> Claim | None:
        if not self._shards.ready:
            return None
        try:
            async with self._database.queue() as connection:
                return await claims.claim_run(connection, self._lease, self._engine.version)
        except LOST as error:
            log.warning("no database: %s", error)
            await asyncio.sleep(RETRY_SECONDS)
            return None

    async def _carry_out(self, claim: Claim, stopping: asyncio.Event) -> None:
        log.info("run %s: claimed, epoch %d", claim.run_id, claim.epoch)
        self._held_until = time.monotonic() + self._lease
        simulation = asyncio.create_task(self._simulate(claim))
        RUNS_HELD.inc()
        try:
            await first_of(simulation, self._keep_lease(claim), stopping.wait())
            if not simulation.cancelled():
                simulation.result()
                RUNS_ENDED.labels("SUCCEEDED").inc()
                log.info("run %s: succeeded", claim.run_id)
            elif stopping.is_set():
                await self._write(claim, claims.release_run)
                log.info("run %s: given back", claim.run_id)
            else:
                raise LostRunError
        except RunFailedError as failure:
            await self._fail(claim, failure)
        except LostRunError:
            await self._drop(claim)
        except UnavailableError as error:
            await self._give_back(claim, error)
        except LOST as error:
            RUNS_LOST.inc()
            log.warning("run %s: dropped, the database is gone: %s", claim.run_id, error)
        finally:
            RUNS_HELD.dec()
        if not stopping.is_set():
            await self._simulators.settle()
            await self._shards.settle()

    async def _give_back(self, claim: Claim, error: UnavailableError) -> None:
        """Counted as an attempt: what makes a cluster unavailable may be the run."""
        log.warning("run %s: given back, %s", claim.run_id, error)
        with suppress(LostRunError, *LOST):
            await self._write(claim, claims.release_run, True)

    async def _fail(self, claim: Claim, failure: RunFailedError) -> None:
        # its message may quote the scenario, so it is for the run's organisation and not for the log
        log.warning("run %s: failed, %s", claim.run_id, failure.code)
        with suppress(LostRunError, *LOST):
            await self._write(claim, claims.fail_run, failure.code, failure.message)
            RUNS_ENDED.labels("FAILED").inc()

    async def _drop(self, claim: Claim) -> None:
        run = None
        with suppress(*LOST):
            async with self._database.tenant(claim.organisation_id) as connection:
                run = await get_run(connection, claim.run_id)
        if run and run.status is RunStatus.CANCELLED:
            log.info("run %s: dropped, it was cancelled", claim.run_id)
            return
        RUNS_LOST.inc()
        log.warning("run %s: dropped, it has passed to another worker", claim.run_id)

    async def _keep_lease(self, claim: Claim) -> None:
        """Ends when the run is no longer ours."""
        async with self._notices.bell(CANCELLED_CHANNEL, str(claim.run_id)) as bell:
            while time.monotonic() < self._held_until:
                await bell.wait(min(BEAT_SECONDS, self._lease / 4))
                self.beaten_at = time.monotonic()
                asked = time.monotonic()
                try:
                    async with (
                        asyncio.timeout(self._lease / 2),
                        self._database.tenant(claim.organisation_id) as connection,
                    ):
                        await claims.renew_lease(connection, claim, self._lease)
                    self._held_until = asked + self._lease
                except LostRunError:
                    # a renewal that waited for the transaction of the outcomes finds the run finished, by us
                    if not await self._write(claim, claims.has_finished):
                        return
                except LOST as error:
                    RENEWALS_FAILED.inc()
                    log.warning("run %s: lease not renewed: %s", claim.run_id, error)

    async def _simulate(self, claim: Claim) -> None:
        if claim.attempts > MOST_FRUITLESS:
            tried = f"{MOST_FRUITLESS} workers in a row went away without finishing a shard"
            raise RunFailedError(FailureCode.WORKER_DIED, f"{tried}; look into their logs, and start it again")
        work = await self._write(claim, claims.begin_run, self._engine.version)
        if work.begun_by:
            log.warning(
                "run %s: begun by engine %s, begun anew by %s", claim.run_id, work.begun_by, self._engine.version
            )
        planned = await self._compute(self._engine.plan, work.document, work.experiment)
        progress = Progress(self._engine, work.document)
        progress.add(work.stored)
        reporting = asyncio.create_task(progress.keep_telling(partial(self._write, claim, claims.tell_progress)))
        try:
            finished = await self._finish_shards(claim, work, planned, progress)
            outcomes = await self._compute(self._engine.conclude, work.document, work.experiment, finished)
        finally:
            await abandon([reporting])

        async def store(connection: Any, claim: Claim) -> None:
            await claims.finish_run(connection, claim, sum(map(len, planned[: len(finished)])))
            await store_outcomes(connection, claim.run_id, outcomes)

        await self._write(claim, store)

    async def _finish_shards(self, claim: Claim, work: Work, planned: list[range], progress: Progress) -> list[bytes]:
        """Simulate and store what is missing; the first shards, so many as answer the experiment."""
        stored, deaths = dict(work.stored), 0
        prefix: list[bytes] = []
        running: dict[asyncio.Task[bytes], int] = {}
        try:
            while not await self._answered(work, planned, stored, prefix):
                missing = (n for n in range(len(planned)) if n not in stored and n not in running.values())
                # after a death one at a time, so that only the shard that kills is without progress
                width = 1 if deaths else self._shards.in_flight
                for number in list(islice(missing, max(0, width - len(running)))):
                    shard = self._shards.run(self._engine.simulate, work.document, work.experiment, planned[number])
                    running[asyncio.create_task(shard)] = number
                done, _ = await asyncio.wait(running, return_when=asyncio.FIRST_COMPLETED)
                died = False
                for task in done:
                    number = running.pop(task)
                    try:
                        stored[number] = engine_value(task)
                    except BrokenExecutor:
                        died = True
                        continue
                    await self._write(claim, claims.store_shard, number, len(planned[number]), stored[number])
                    progress.add({number: stored[number]})
                    REPLICATIONS.inc(len(planned[number]))
                    CONTACTS.inc(self._engine.contacts(stored[number]))
                    deaths = 0
                if died:
                    deaths = count_death(deaths + 1, self._shards)
                    await abandon(running)
                    running.clear()
            return prefix
        finally:
            await abandon(running)

    async def _answered(self, work: Work, planned: list[range], stored: dict[int, bytes], prefix: list[bytes]) -> bool:
        """Take stored shards into the prefix, in order, until it answers the experiment."""
        while len(prefix) < len(planned) and len(prefix) in stored:
            prefix.append(stored[len(prefix)])
            if work.may_stop_early and await self._compute(self._engine.enough, work.document, work.experiment, prefix):
                return True
        return len(prefix) == len(planned)

    async def _compute(self, function: Callable[..., Value], *arguments: object) -> Value:
        deaths = 0
        while True:
            try:
                return await self._simulators.run(function, *arguments)
            except EngineError as error:
                raise RunFailedError(FailureCode.SIMULATION_FAILED, str(error)) from error
            except BrokenExecutor:
                deaths = count_death(deaths + 1, self._simulators)

    async def _write(self, claim: Claim, store: Callable[..., Awaitable[Value]], *arguments: object) -> Value:
        """One transaction of the run's organisation, repeated while the database is gone and the lease holds."""
        while True:
            try:
                async with self._database.tenant(claim.organisation_id) as connection:
                    return await store(connection, claim, *arguments)
            except LOST:
                if time.monotonic() > self._held_until:
                    raise
                await asyncio.sleep(RETRY_SECONDS)


def count_death(deaths: int, shards: Shards) -> int:
    shards.renew()
    if deaths >= MOST_FRUITLESS:
        died = f"its process died {deaths} times in a row, perhaps for want of memory"
        raise RunFailedError(FailureCode.PROCESS_DIED, f"{died}; simulate fewer weeks, or on a larger machine")
    return deaths


def engine_value(task: "asyncio.Task[bytes]") -> bytes:
    try:
        return task.result()
    except EngineError as error:
        raise RunFailedError(FailureCode.SIMULATION_FAILED, str(error)) from error


async def first_of(*awaited: "Coroutine[Any, Any, object] | asyncio.Task[None]") -> None:
    """Wait until one of them ends, cancel the others. A task that was given keeps its error; a coroutine raises it."""
    tasks: list[asyncio.Task[Any]] = [asyncio.ensure_future(each) for each in awaited]
    try:
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        await abandon(tasks)
    for task in tasks:
        if task not in awaited and not task.cancelled():
            task.result()


async def abandon(tasks: Iterable["asyncio.Task[Any]"]) -> None:
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


async def run_worker(settings: Settings, processes: int, dask: str | None = None) -> None:
    from server.workers.engine import ENGINE  # only here: every simulating process reads this module again

    stopping = asyncio.Event()
    for stop in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(stop, stopping.set)
    async with (
        shards_of(dask, ENGINE) as shards,
        open_database(settings, connections=4) as database,
        Notices.open(database.url, QUEUED_CHANNEL, CANCELLED_CHANNEL) as notices,
    ):
        worker = Worker(
            database, notices, ENGINE, processes=processes, lease_seconds=settings.lease_seconds, shards=shards
        )
        async with telling(settings, database, lambda: worker.beaten_at):
            await worker.work(stopping)


@asynccontextmanager
async def shards_of(dask: str | None, engine: Engine) -> AsyncIterator[Shards | None]:
    """The cluster of that scheduler; none: this machine simulates."""
    if dask is None:
        yield None
        return
    from server.workers.dask_cluster import DaskCluster  # knows Dask, which few workers need

    async with DaskCluster.connected(dask, engine) as cluster:
        yield cluster


def main(processes: int | None = None, dask: str | None = None) -> None:
    """Work for the database of the environment until SIGTERM or Ctrl-C.

    Raises DatabaseError, SettingsError, UnavailableError.
    """
    name_process("worker")
    settings = Settings.from_env()
    start_logging(settings.log_format, settings.log_level or "INFO", of=f"worker {os.getpid()}")
    where = f"{settings.place}, simulating on {dask}" if dask else settings.place
    log.info("springtide %s works for %s until it is told to stop", version("springtide"), where)
    # a cluster leaves planning and concluding one run to this machine
    asyncio.run(run_worker(settings, 1 if dask else processes or cores(), dask))
    log.info("stopped; what was half done is in the queue again")


if __name__ == "__main__":
    # how a supervisor starts one: its own process id, and how many processes simulate
    die_with(int(sys.argv[1]), signal.SIGTERM)
    try:
        main(int(sys.argv[2]))
    except (DatabaseError, ServingError, SettingsError) as error:
        log.error("%s", error)
        raise SystemExit(1) from None
