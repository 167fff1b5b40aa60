"""Studies as a worker sees to them: it reads the points that are simulated and has decided what comes next.

Reading and deciding are computed in its child processes. A step takes moments; the lease is renewed all the same, as a
search may think for long.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Collection
from concurrent.futures import BrokenExecutor
from contextlib import suppress
from typing import TYPE_CHECKING, Any, TypeVar
from uuid import UUID

from server.database.connecting import LOST
from server.database.pool import Database
from server.logs import about
from server.store import audit, study_claims
from server.store.audit import Actor, ActorKind, AuditAction, OrganisationClosedError, Subject
from server.store.limits import LimitReachedError
from server.store.outcomes import get_columns, get_openings
from server.store.runs import RunStatus
from server.store.studies import StudyFailureCode, cancel_study
from server.store.study_claims import LostStudyError, StudyClaim, StudyWork
from server.workers.simulators import EngineError, Simulators
from simulation.outcome.report.parts import FIGURES

if TYPE_CHECKING:
    from server.workers.study_engine import Decided

MOST_FRUITLESS = 3
"""Claims, or deaths of a deciding process, without a step between them, before a study is given up."""
STUDIER = Actor(ActorKind.SYSTEM, label="study")

Value = TypeVar("Value")
log = logging.getLogger("springtide.worker")


class StudyFailedError(Exception):
    def __init__(self, code: StudyFailureCode, message: str) -> None:
        super().__init__(message)
        self.code, self.message = code, message


class Studier:
    def __init__(self, database: Database, simulators: Simulators, lease_seconds: float) -> None:
        self._database, self._simulators, self._lease = database, simulators, lease_seconds

    async def claim(self) -> StudyClaim | None:
        async with self._database.queue() as connection:
            return await study_claims.claim_study(connection, self._lease)

    async def carry_out(self, claim: StudyClaim, stopping: asyncio.Event) -> None:
        """One step of it; what is half done when told to stop is given back."""
        with about(organisation_id=claim.organisation_id, study_id=claim.study_id, epoch=claim.epoch):
            step = asyncio.create_task(self._step(claim))
            keeping = asyncio.create_task(self._keep_lease(claim))
            stop = asyncio.create_task(stopping.wait())
            try:
                await asyncio.wait([step, keeping, stop], return_when=asyncio.FIRST_COMPLETED)
                if step.done():
                    await step
                elif stopping.is_set():
                    await self._write(claim, study_claims.release_study)
            except LostStudyError:
                log.info("study %s: dropped, it was cancelled or has passed to another worker", claim.study_id)
            except StudyFailedError as failure:
                # its message may quote the scenario, so it is for the study's organisation and not for the log
                log.warning("study %s: failed, %s", claim.study_id, failure.code)
                with suppress(LostStudyError):
                    await self._write(claim, study_claims.fail_study, failure.code, failure.message)
            except OrganisationClosedError:
                async with self._database.tenant(claim.organisation_id) as connection:
                    await cancel_study(connection, claim.study_id)
            finally:
                for task in (step, keeping, stop):
                    task.cancel()
                await asyncio.gather(step, keeping, stop, return_exceptions=True)
        if not stopping.is_set():
            await self._simulators.settle()

    async def _keep_lease(self, claim: StudyClaim) -> None:
        """Ends when the study is no longer ours."""
        with suppress(LostStudyError):
            while True:
                await asyncio.sleep(self._lease / 4)
                with suppress(*LOST):
                    await self._write(claim, study_claims.renew_study, self._lease)

    async def _step(self, claim: StudyClaim) -> None:
        # only here: every simulating process reads this module, too
        from server.workers.study_engine import decide, goes_on

        if claim.attempts > MOST_FRUITLESS:
            tried = f"{MOST_FRUITLESS} workers in a row went away without a step"
            raise StudyFailedError(StudyFailureCode.WORKER_DIED, f"{tried}; look into their logs, and start it again")
        work = await self._write(claim, study_claims.begin_step)
        failed = [one.name for one in work.points if one.reading is None and one.status == RunStatus.FAILED]
        if failed and not await self._compute(goes_on, work.kind, work.description, failed):
            failed = []
        refuse_what_failed(work, failed)
        readings = {point.name: point.reading for point in work.points if point.reading is not None}
        for point in work.points:
            if point.reading is None and point.run_id is not None:
                reading = await self._read(claim, work, point.run_id)
                if reading is not None:
                    readings[point.name] = reading
                    await self._write(claim, study_claims.store_reading, point.name, reading)
        decided = await self._compute(decide, work.kind, work.description, readings, failed)
        if decided.refusal is not None:
            raise StudyFailedError(StudyFailureCode.REFUSED, decided.refusal)
        if decided.answer is not None:
            await self._write(claim, study_claims.finish_study, decided.answer)
            log.info("study %s: succeeded, %d points", claim.study_id, len(readings))
        else:
            await self._write(claim, self._add, decided)

    async def _add(self, connection: Any, claim: StudyClaim, decided: "Decided") -> None:
        try:
            added = await study_claims.add_points(connection, claim, decided.points)
        except LimitReachedError as error:
            raise StudyFailedError(StudyFailureCode.LIMIT_REACHED, told_limits(error)) from error
        if added:
            subject = Subject("Study", claim.study_id)
            await audit.record(connection, STUDIER, AuditAction.EXTEND_STUDY, subject, runs=added)
        log.info("study %s: %d runs queued", claim.study_id, added)

    async def _read(self, claim: StudyClaim, work: StudyWork, run_id: UUID) -> str | None:
        """None where its outcomes have just been deleted: then it is simulated again."""
        from server.workers.study_engine import read_point

        async with self._database.tenant(claim.organisation_id) as connection:
            opening = (await get_openings(connection, [run_id])).get(run_id)
            columns = await get_columns(connection, run_id, FIGURES)
        if opening is None:
            return None
        return await self._compute(read_point, work.kind, work.description, opening.document, opening.head, columns)

    async def _compute(self, function: Callable[..., Value], *arguments: object) -> Value:
        deaths = 0
        while True:
            try:
                return await self._simulators.run(function, *arguments)
            except EngineError as error:
                raise StudyFailedError(StudyFailureCode.DECIDING_FAILED, str(error)) from error
            except BrokenExecutor:
                self._simulators.renew()
                deaths += 1
                if deaths >= MOST_FRUITLESS:
                    died = f"its process died {deaths} times in a row, perhaps for want of memory"
                    raise StudyFailedError(StudyFailureCode.DECIDING_FAILED, died) from None

    async def _write(self, claim: StudyClaim, store: Callable[..., Awaitable[Value]], *arguments: object) -> Value:
        async with self._database.tenant(claim.organisation_id) as connection:
            return await store(connection, claim, *arguments)


def told_limits(error: LimitReachedError) -> str:
    """What is used up, in a line."""
    used = ", ".join(f"{each.limit}: {each.used:,} of {each.most or 0:,} used" for each in error.reached)
    return f"the organisation's limits leave no room for a further run ({used}); free some and start the study again"


def refuse_what_failed(work: StudyWork, borne: Collection[str]) -> None:
    """A study with a point that will never be known has no answer, but for those that it goes on without."""
    for point in work.points:
        if (
            point.name not in borne
            and point.reading is None
            and point.status in (RunStatus.FAILED, RunStatus.CANCELLED)
        ):
            message = f"the run of {point.name!r} was {point.status.lower()}; see it among the study's points"
            raise StudyFailedError(StudyFailureCode.POINT_FAILED, message)
