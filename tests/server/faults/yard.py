"""A database with workers, runs and subscribers, where something is about to break."""

import asyncio
import json
import os
import signal
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, ClassVar
from uuid import UUID, uuid4

import asyncpg

from server.database.migrate import migrate
from server.database.pool import Database
from server.graphql.paging import global_id
from server.store.organisations import OrganisationKind, create_organisation
from server.store.runs import FailureCode, RunStatus
from tests.server.conftest import run_sql
from tests.server.engines import document
from tests.server.faults.audit import Audit, Change
from tests.server.faults.judge import Seen, Verdict, judge, processes_of
from tests.server.faults.postgres import Postgres
from tests.server.faults.web import Web, web_of
from tests.server.faults.work import REPLICATIONS, SECONDS, SHARDS, Submitted, real_document
from tests.server.faults.worker import REAL_LOG
from tests.server.working import queue_run, read_run

LEASE = 4.0
PATIENCE = 240.0
LOGINS = ("worker_a", "worker_b", "worker_c")
PASSWORD = "of-a-test"


@dataclass
class WorkerProcess:
    """A worker that can be broken; it leads a session, by which its children are found."""

    login: str
    process: asyncio.subprocess.Process
    log: Path

    @property
    def session(self) -> int:
        return self.process.pid

    def send(self, sent: signal.Signals) -> None:
        self.process.send_signal(sent)

    def simulating(self) -> list[int]:
        def title(pid: int) -> bytes:
            with suppress(OSError):
                return Path(f"/proc/{pid}/cmdline").read_bytes()
            return b""

        return [pid for pid in processes_of({self.session}) if title(pid).startswith(b"springtide simulate")]

    async def stop(self) -> int:
        """As an operator does; the exit code."""
        with suppress(ProcessLookupError):
            self.send(signal.SIGCONT)
            self.send(signal.SIGTERM)
        try:
            return await asyncio.wait_for(self.process.wait(), 20)
        except TimeoutError:
            self.process.kill()
            return await self.process.wait()


@dataclass
class Yard:
    server: Postgres
    name: str
    folder: Path
    database: Database
    organisation: UUID
    audit: Audit
    web: Web
    workers: list[WorkerProcess] = field(default_factory=list)
    sessions: list[int] = field(default_factory=list)
    submitted: list[Submitted] = field(default_factory=list)
    watchers: dict[UUID, "asyncio.Task[Seen]"] = field(default_factory=dict)
    mutant: ClassVar[str] = ""
    """What all workers lack."""

    @property
    def real_log(self) -> Path:
        return self.folder / "real.log"

    async def submit(self, text: str, *, replications: int, watch: bool = True, **ending: Any) -> Submitted:
        run_id = await queue_run(self.database, self.organisation, text, replications=replications)
        run = Submitted(run_id, text, json.dumps({"replications": replications, "seed": 1}), **ending)
        self.submitted.append(run)
        if watch:
            self.watchers[run_id] = asyncio.create_task(self.web.watch(global_id("Run", run_id)))
        return run

    async def submit_small(self, *, shards: int = SHARDS, seconds: float = SECONDS, **more: Any) -> Submitted:
        ending = {name: more.pop(name) for name in ("status", "failure", "watch") if name in more}
        text = document(self.folder / f"{uuid4().hex}.log", shards=shards, seconds=seconds, **more)
        return await self.submit(text, replications=shards, **ending)

    async def submit_real(self, replications: int = REPLICATIONS) -> Submitted:
        return await self.submit(real_document(), replications=replications)

    async def submit_failing(self, code: FailureCode, **more: Any) -> Submitted:
        return await self.submit_small(status=RunStatus.FAILED, failure=code, **more)

    async def start_worker(
        self, *, port: int | None = None, environment: Mapping[str, str] | None = None
    ) -> WorkerProcess:
        """One whose login nobody else has."""
        login = LOGINS[len(self.workers)]
        url = self.server.url(self.name, login, PASSWORD, port)
        command = ["-m", "tests.server.faults.worker", url, str(LEASE), *filter(None, [self.mutant])]
        return await self._start_worker(login, command, environment or {})

    async def start_program(self) -> WorkerProcess:
        """The program's own worker process, with its own engine, as a supervisor starts it."""
        login = LOGINS[len(self.workers)]
        url = self.server.url(self.name, login, PASSWORD)
        settings = {"DATABASE_URL": url, "SPRINGTIDE_LEASE_SECONDS": str(LEASE)}
        return await self._start_worker(login, ["-P", "-m", "server.workers.worker", str(os.getpid()), "2"], settings)

    async def _start_worker(self, login: str, words: list[str], environment: Mapping[str, str]) -> WorkerProcess:
        environment = {REAL_LOG: str(self.real_log), **environment}
        process = await self.start(Path(sys.executable), *words, log=f"{login}.log", **environment)
        self.workers.append(WorkerProcess(login, process, self.folder / f"{login}.log"))
        return self.workers[-1]

    async def start(self, program: Path, *words: str, log: str, **environment: str) -> asyncio.subprocess.Process:
        """In a session of its own, of which nothing may be left at the end."""
        with (self.folder / log).open("ab") as output:
            process = await asyncio.create_subprocess_exec(
                *(str(program), *words),
                env={**os.environ, **environment},
                stdin=asyncio.subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,
            )
        self.sessions.append(process.pid)
        return process

    async def stored(self, run: Submitted) -> list[int]:
        return [shard.number for shard in await self.audit.shards(run.id)]

    async def holder(self, run: Submitted) -> str | None:
        claims = [change for change in await self.audit.changes(run.id) if change.is_claim]
        return claims[-1].writer if claims else None

    async def until_stored(self, run: Submitted, shards: int) -> WorkerProcess:
        """The worker who holds the run by then."""

        async def are() -> bool:
            return len(await self.stored(run)) >= shards

        await until(are)
        login = await self.holder(run)
        return next(worker for worker in self.workers if worker.login == login)

    async def claim_after(self, run: Submitted, moment: datetime) -> Change:
        """The first claim of a run after a moment."""
        found: list[Change] = []

        async def is_there() -> bool:
            found[:] = [each for each in await self.audit.changes(run.id) if each.is_claim and each.at > moment]
            return bool(found)

        await until(is_there)
        return found[0]

    async def finished(self, *runs: Submitted) -> None:
        """Wait for the end of these, or of all."""

        async def are() -> bool:
            try:
                rows = [await read_run(self.database, self.organisation, run.id) for run in runs or self.submitted]
            except (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError):
                return False
            return all(row.status.finished for row in rows)

        with suppress(AssertionError):  # what has not ended is the judge's to find
            await until(are)

    async def end(self) -> Verdict:
        """Wait until all is done, stop the workers, and have it judged."""
        await self.finished()
        seen: dict[UUID, Seen] = {}
        for run_id, watcher in self.watchers.items():
            try:
                seen[run_id] = await asyncio.wait_for(watcher, 30)
            except TimeoutError:
                seen[run_id] = []
        unclean = [await worker.stop() for worker in self.workers if worker.process.returncode is None]
        for _ in range(50):  # they have their last second
            if processes_of(set(self.sessions)):
                await asyncio.sleep(0.1)
        verdict = await judge(self.database, self.organisation, self.audit, self.submitted, seen, self.sessions)
        verdict.wrong += [f"a worker ended with {code} when it was told to stop" for code in unclean if code]
        return verdict

    async def kill_rest(self) -> None:
        for worker in self.workers:
            with suppress(ProcessLookupError):
                worker.process.kill()
            await worker.process.wait()
        for watcher in self.watchers.values():
            watcher.cancel()


async def until(condition: Any) -> None:
    deadline = asyncio.get_running_loop().time() + PATIENCE
    while not await condition():
        assert asyncio.get_running_loop().time() < deadline, "it did not happen in time"
        await asyncio.sleep(0.1)


@asynccontextmanager
async def yard_on(server: Postgres, folder: Path) -> AsyncIterator[Yard]:
    name = f"faults_{uuid4().hex}"
    folder = folder / name
    folder.mkdir()
    await run_sql(server.url(), f"CREATE DATABASE {name}")
    await migrate(server.url(name))
    for login in LOGINS:
        with suppress(asyncpg.DuplicateObjectError):
            rights = "IN ROLE springtide_app, springtide_worker"
            await run_sql(server.url(), f"CREATE ROLE {login} LOGIN PASSWORD '{PASSWORD}' {rights}")
    audit = Audit(server.superuser(name))
    await audit.begin()
    async with AsyncExitStack() as stack:
        database = await stack.enter_async_context(Database.open(server.url(name)))
        async with database.administration() as connection:
            made = await create_organisation(connection, name="Harbour Retail", kind=OrganisationKind.CLIENT)
        web = await stack.enter_async_context(web_of(database, made.id))
        yard = Yard(server, name, folder, database, made.id, audit, web)
        stack.push_async_callback(audit.close)
        stack.push_async_callback(yard.kill_rest)
        yield yard
