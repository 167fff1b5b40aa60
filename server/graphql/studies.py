"""Studies: started, watched, cancelled, deleted, read. A worker takes their steps; here nothing is computed."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, TypeAlias, TypeVar
from uuid import UUID

import strawberry
from graphql import GraphQLError

from server.database.connecting import Connection as DatabaseConnection
from server.graphql.context import Context, Info
from server.graphql.enums import describe
from server.graphql.errors import (
    RefusedError,
    UserError,
    UserErrorCode,
    at_most,
    key_errors,
    limit_errors,
    problem_errors,
    reused_key,
    user_error,
)
from server.graphql.paging import After, Connection, First, Node, connect, cursor_key, global_id, key_of, page_size
from server.graphql.records import SCHEMA
from server.graphql.runs import Run, expected_contacts_of
from server.graphql.runs import shown as shown_run
from server.graphql.scenarios import Scenario
from server.graphql.scenarios import shown as shown_scenario
from server.graphql.study_inputs import Base, ExplainDifferenceInput, Started, StudyKey, base_of, described, explaining
from server.store import limits
from server.store import studies as store
from server.store.audit import AuditAction, Subject
from server.store.limits import LimitName, LimitReachedError
from server.store.requests import tell_client
from server.store.runs import RunRow, RunStatus, get_runs
from server.store.scenarios import get_scenario
from server.store.studies import PointRow, StudyFailureCode, StudyRow
from simulation.proposals.board import Board as BoardRecord
from simulation.proposals.readiness import ReadinessReport as ReadinessRecord
from simulation.scenario.problems import ScenarioError
from simulation.studies.explaining import Explanation as ExplanationRecord
from simulation.studies.limit import Limit as LimitRecord
from simulation.studies.sensitivity import Tornado as TornadoRecord
from simulation.studies.staffing.answer import StaffingAnswer as StaffingRecord
from simulation.studies.stress import StressReport as StressRecord
from simulation.studies.study import Study as StudyModel
from simulation.studies.sweep import SweepReport as SweepRecord
from simulation.study_kinds import KINDS, StudyKind

describe(StudyKind)
describe(StudyFailureCode)

if TYPE_CHECKING:  # made from the records, which a type checker cannot follow
    StressReport: TypeAlias = Any
    SweepReport: TypeAlias = Any
    Tornado: TypeAlias = Any
    PlanLimit: TypeAlias = Any
    StaffingAnswer: TypeAlias = Any
    Explanation: TypeAlias = Any
    ProposalBoard: TypeAlias = Any
    ReadinessReport: TypeAlias = Any
else:
    StressReport = SCHEMA.of(StressRecord).type
    SweepReport = SCHEMA.of(SweepRecord).type
    Tornado = SCHEMA.of(TornadoRecord).type
    PlanLimit = SCHEMA.of(LimitRecord).type
    StaffingAnswer = SCHEMA.of(StaffingRecord).type
    Explanation = SCHEMA.of(ExplanationRecord).type
    ProposalBoard = SCHEMA.of(BoardRecord).type
    ReadinessReport = SCHEMA.of(ReadinessRecord).type

Payload = TypeVar("Payload")

NO_SUCH_STUDY = "There is no study of this id; pass the id of one of `studies`."
LOOK_SECONDS = 15.0
"""How long to wait for a notice before looking by oneself."""


@strawberry.type(description="How far a study has come.")
class StudyProgress:
    completed: int = strawberry.field(description="Points that are simulated and read.")
    total: int = strawberry.field(description="Points asked for so far; a search asks for the next by what came.")
    replications: int = strawberry.field(description="Replications of them that are simulated and stored.")
    most_replications: float = strawberry.field(
        description="How many replications all of its points have at most: a whole number, perhaps larger than an Int."
    )


@strawberry.type(description="Why a study failed.")
class StudyFailure:
    code: StudyFailureCode = strawberry.field(description="What kind of failure it was.")
    message: str = strawberry.field(description="What went wrong and what mends it, in one line.")


@strawberry.type(description="A point of a study: one experiment.")
class StudyPoint:
    row: strawberry.Private[PointRow]
    run_row: strawberry.Private[RunRow | None]

    @strawberry.field(description="What is tried, in words.")
    def label(self) -> str:
        return self.row.label

    @strawberry.field(description="Whether it is simulated, and the study has read what it needs of it.")
    def is_known(self) -> bool:
        return self.row.is_known

    @strawberry.field(description="The run that simulates it; null where that was deleted.")
    def run(self) -> Run | None:
        return shown_run(self.run_row) if self.run_row else None


@strawberry.type(description="Many runs that together answer one question about a scenario, on the same draws.")
class Study(Node):
    row: strawberry.Private[StudyRow]

    @strawberry.field(description="What it finds out.")
    def kind(self) -> StudyKind:
        return StudyKind(self.row.kind)

    @strawberry.field(description="Where it stands.")
    def status(self) -> RunStatus:
        return self.row.status

    @strawberry.field(description="How far it has come.")
    async def progress(self, info: Info) -> StudyProgress:
        found = await info.context.study_progress.load(self.row.id)
        return StudyProgress(
            completed=found.known if found else 0,
            total=found.asked if found else 0,
            replications=found.completed if found else 0,
            most_replications=float(self.row.most_replications),
        )

    @strawberry.field(description="Why it failed; null unless it did.")
    def failure(self) -> StudyFailure | None:
        if self.row.failure_code is None:
            return None
        return StudyFailure(code=StudyFailureCode(self.row.failure_code), message=self.row.failure_message or "")

    @strawberry.field(description="When it was asked for.")
    def created_at(self) -> datetime:
        return self.row.created_at

    @strawberry.field(description="When a worker first took it; null before.")
    def started_at(self) -> datetime | None:
        return self.row.started_at

    @strawberry.field(description="When it ended; null before.")
    def finished_at(self) -> datetime | None:
        return self.row.finished_at

    @strawberry.field(description="The scenario that it is about.")
    async def scenario(self, info: Info) -> Scenario:
        row = await info.context.scenarios.load(self.row.scenario_id)
        if row is None:
            raise LookupError(f"study {self.row.id} has lost its scenario")
        return shown_scenario(row)

    @strawberry.field(
        description="The scenario's version when the study was started; null where it is about a run that says none."
    )
    def scenario_version(self) -> int | None:
        return self.row.scenario_version

    @strawberry.field(description="Its points, in the order asked for.")
    async def points(self, info: Info, first: First = 50, after: After = None) -> Connection[StudyPoint]:
        return await points_of(info.context, self.row.id, first, after)

    @strawberry.field(description="The answer of stress tests; null until they have succeeded, and of other kinds.")
    async def stress_tests(self, info: Info) -> StressReport | None:
        return await self._answer(info, StudyKind.STRESS_TESTS)

    @strawberry.field(description="The answer of a sweep; null until it has succeeded, and of other kinds.")
    async def sweep(self, info: Info) -> SweepReport | None:
        return await self._answer(info, StudyKind.SWEEP)

    @strawberry.field(description="The answer of a sensitivity study; null until it has succeeded, and of other kinds.")
    async def sensitivity(self, info: Info) -> Tornado | None:
        return await self._answer(info, StudyKind.SENSITIVITY)

    @strawberry.field(description="The answer of a limit search; null until it has succeeded, and of other kinds.")
    async def limit(self, info: Info) -> PlanLimit | None:
        return await self._answer(info, StudyKind.LIMIT_SEARCH)

    @strawberry.field(description="The answer of a staffing search; null until it has succeeded, and of other kinds.")
    async def staffing(self, info: Info) -> StaffingAnswer | None:
        return await self._answer(info, StudyKind.STAFFING_SEARCH)

    @strawberry.field(
        description="How a difference comes about, of a study that explains one; null until it has succeeded, and of"
        " other kinds."
    )
    async def explanation(self, info: Info) -> Explanation | None:
        return await self._answer(info, StudyKind.EXPLAINING)

    @strawberry.field(
        description="The board of an evaluation of proposals; null until it has succeeded, and of other kinds."
    )
    async def board(self, info: Info) -> ProposalBoard | None:
        return await self._answer(info, StudyKind.EVALUATION)

    @strawberry.field(
        description="When steps of volume may come, of a readiness study; null until it has succeeded, and of other"
        " kinds."
    )
    async def readiness(self, info: Info) -> ReadinessReport | None:
        return await self._answer(info, StudyKind.READINESS)

    async def _answer(self, info: Info, kind: StudyKind) -> Any:
        return await answer_of(info.context, self.row, kind)


async def answer_of(context: Context, row: StudyRow, kind: StudyKind) -> Any:
    """None unless it is of this kind and has succeeded."""
    if row.kind != kind or row.status is not RunStatus.SUCCEEDED:
        return None
    text = await context.study_answers.load(row.id)
    return None if text is None else StudyModel.restored(KINDS[kind].answer, text)


def shown(row: StudyRow) -> Study:
    return Study(id=global_id("Study", row.id), row=row)


@strawberry.input(description="A study to cancel.")
class CancelStudyInput:
    study_id: strawberry.ID = strawberry.field(description="The study.")


@strawberry.type(description="What came of cancelStudy.")
class CancelStudyPayload:
    study: Study | None = strawberry.field(
        description="The study as it stands now; null when there is none of this id."
    )
    user_errors: list[UserError] = strawberry.field(description="Why it was refused; empty when it was cancelled.")


@strawberry.input(description="A study to delete.")
class DeleteStudyInput:
    study_id: strawberry.ID = strawberry.field(description="The study; it must have ended.")


@strawberry.type(description="What came of deleteStudy.")
class DeleteStudyPayload:
    study_id: strawberry.ID | None = strawberry.field(
        description="The id of the study that is gone, with its runs; null when refused."
    )
    user_errors: list[UserError] = strawberry.field(description="Why it was refused; empty when it was deleted.")


@dataclass(frozen=True)
class Wanted:
    """A study as it is asked for."""

    base: Base
    kind: StudyKind
    study: StudyModel
    request_id: UUID | None = None
    """the request that it evaluates"""


async def start(info: Info, kind: StudyKind, input: Started, payload: Callable[..., Payload]) -> Payload:
    """Checked here, begun by a worker."""

    async def asked() -> Wanted:
        base = await base_of(info.context, input.base)
        return Wanted(base, kind, await asyncio.to_thread(described, kind, base.document, input))

    return await started(info.context, StudyKey.of(kind, input), asked, payload)


async def explain(info: Info, input: ExplainDifferenceInput, payload: Callable[..., Payload]) -> Payload:
    """A study of a run held against another."""

    async def asked() -> Wanted:
        return Wanted(*await explaining(info.context, input))

    return await started(info.context, StudyKey.of("explainDifference", input), asked, payload)


async def started(
    context: Context, key: StudyKey, asked: Callable[[], Awaitable[Wanted]], payload: Callable[..., Payload]
) -> Payload:
    try:
        if refused := key_errors(key.key):
            raise RefusedError(*refused)
        study = await _begun(context, key, asked)
    except RefusedError as error:
        return payload(study=None, user_errors=at_most(error.errors))
    except LimitReachedError as error:
        return payload(study=None, user_errors=limit_errors(error))
    return payload(study=shown(study), user_errors=[])


async def _begun(context: Context, key: StudyKey, asked: Callable[[], Awaitable[Wanted]]) -> StudyRow:
    if key.key is not None:
        async with context.tenant() as connection:
            if earlier := await _started_before(connection, key):
                return earlier
    return await _started(context, key, await asked())


async def _started_before(connection: DatabaseConnection, key: StudyKey) -> StudyRow | None:
    """By the same input, whatever has become of its scenario since."""
    earlier = await store.find_study(connection, key.key) if key.key is not None else None
    if earlier and (refused := reused_key("started a study", earlier.input_digest, key.sent)):
        raise RefusedError(*refused)
    return earlier


async def _started(context: Context, key: StudyKey, wanted: Wanted) -> StudyRow:
    try:
        expected = await asyncio.to_thread(expected_contacts_of, wanted.base.document)
    except ScenarioError as error:
        raise RefusedError(*problem_errors(error.problems)) from None
    contacts = limits.contacts_of(expected, wanted.study.most_replications())
    async with context.tenant() as connection:
        await limits.hold_organisation(connection)
        return await _queued(context, connection, key, wanted, contacts)


async def _queued(
    context: Context, connection: DatabaseConnection, key: StudyKey, wanted: Wanted, contacts: int
) -> StudyRow:
    base, study = wanted.base, wanted.study
    description = study.model_dump_json(by_alias=True, exclude_none=True)
    if earlier := await _started_before(connection, key):
        return earlier
    if await get_scenario(connection, base.scenario_id) is None:
        message = "the scenario has just been deleted; pass the id of one of `scenarios`"
        raise RefusedError(user_error(UserErrorCode.NOT_FOUND, message, "base"))
    await _refuse_without_room(connection, contacts)
    row = await store.start_study(
        connection,
        scenario_id=base.scenario_id,
        scenario_version=base.version,
        kind=wanted.kind,
        description=description,
        most_replications=study.most_replications(),
        idempotency_key=key.key,
        input_digest=key.sent,
        request_id=wanted.request_id,
    )
    of = {"request": wanted.request_id} if wanted.request_id else {"scenario": base.scenario_id}
    facts = {"kind": wanted.kind, **of, "contacts": contacts}
    if wanted.request_id is not None:
        await tell_client(connection, wanted.request_id)
    await context.record(connection, AuditAction.START_STUDY, Subject("Study", row.id), **facts)
    return row


async def _refuse_without_room(connection: DatabaseConnection, contacts: int) -> None:
    """What it takes at most has to be there as it starts; its runs reserve it one by one."""
    if await store.count_unfinished(connection) >= store.MOST_UNFINISHED:
        message = f"{store.MOST_UNFINISHED} studies have not ended; wait until one has, or cancel some"
        raise RefusedError(user_error(UserErrorCode.LIMIT_REACHED, message))
    needed = {LimitName.QUEUED_RUNS: 1, LimitName.CONTACTS_A_DAY: contacts, LimitName.STORED_BYTES: 1}
    found = await limits.standings(connection)
    reached = [each for each in found if each.left is not None and each.left < needed.get(each.limit, 0)]
    if reached:
        raise LimitReachedError(reached, needed)


async def cancel(info: Info, input: CancelStudyInput) -> CancelStudyPayload:
    key = key_of(input.study_id, "Study")
    async with info.context.tenant() as connection:
        await limits.hold_organisation(connection)  # of two who cancel it, one does
        before = await store.get_study(connection, key) if key else None
        row = await store.cancel_study(connection, key) if key and before else None
        if before and row and not before.status.finished and row.status is RunStatus.CANCELLED:
            await info.context.record(connection, AuditAction.CANCEL_STUDY, Subject("Study", row.id))
    if before is None or row is None:
        return CancelStudyPayload(study=None, user_errors=[_no_such_study()])
    if row.status is not RunStatus.CANCELLED:
        message = f"the study has already ended, {row.status.lower()}; there is nothing to cancel"
        errors = [user_error(UserErrorCode.FINISHED, message, "studyId")]
        return CancelStudyPayload(study=shown(row), user_errors=errors)
    return CancelStudyPayload(study=shown(row), user_errors=[])


async def delete(info: Info, input: DeleteStudyInput) -> DeleteStudyPayload:
    key = key_of(input.study_id, "Study")
    async with info.context.tenant() as connection:
        await limits.hold_organisation(connection)
        row = await store.get_study(connection, key) if key else None
        if row and row.status.finished and await store.delete_studies(connection, [row.id]):
            facts = {"kind": row.kind, "status": row.status, "scenario": row.scenario_id}
            await info.context.record(connection, AuditAction.DELETE_STUDY, Subject("Study", row.id), **facts)
            return DeleteStudyPayload(study_id=input.study_id, user_errors=[])
    if row is None or row.status.finished:
        return DeleteStudyPayload(study_id=None, user_errors=[_no_such_study()])
    message = f"the study is {row.status.lower()}; cancel it first, or wait until it has ended"
    return DeleteStudyPayload(study_id=None, user_errors=[user_error(UserErrorCode.UNFINISHED, message, "studyId")])


def _no_such_study() -> UserError:
    return user_error(
        UserErrorCode.NOT_FOUND, "there is no study of this id; pass the id of one of `studies`", "studyId"
    )


async def by_key(context: Context, key: UUID) -> Study | None:
    row = await find(context, key)
    return shown(row) if row else None


async def find(context: Context, key: UUID) -> StudyRow | None:
    async with context.tenant() as connection:
        return await store.get_study(connection, key)


async def list_studies(context: Context, scenario_id: str | None, first: int, after: str | None) -> Connection[Study]:
    # an id of nothing here is of no scenario, so the list is empty
    scenario = None if scenario_id is None else key_of(scenario_id, "Scenario") or UUID(int=0)
    async with context.tenant() as connection:
        page = await store.list_studies(
            connection, first=page_size(first), after=cursor_key(after), scenario_id=scenario
        )

    async def count() -> int:
        async with context.tenant() as connection:
            return await store.count_studies(connection, scenario)

    items = [(str(row.id), shown(row)) for row in page.rows]
    return connect(Connection[Study], items, more=page.more, after=after, count=count)


async def points_of(context: Context, study: UUID, first: int, after: str | None) -> Connection[StudyPoint]:
    async with context.tenant() as connection:
        page = await store.list_points(connection, study, first=page_size(first), after=cursor_key(after))
        runs = await get_runs(connection, [row.run_id for row in page.rows if row.run_id])

    async def count() -> int:
        async with context.tenant() as connection:
            return await store.count_points(connection, study)

    items = [
        (str(row.id), StudyPoint(row=row, run_row=runs.get(row.run_id) if row.run_id else None)) for row in page.rows
    ]
    return connect(Connection[StudyPoint], items, more=page.more, after=after, count=count)


@strawberry.type(description="A change of a study.")
class StudyUpdate:
    sequence: int = strawberry.field(
        description="Grows with every change of the study; pass the last one seen as `after` to go on from there."
    )
    study: Study = strawberry.field(description="The study as it stands.")


async def updates(context: Context, study_id: str, after: int | None) -> AsyncGenerator[StudyUpdate, None]:
    """The study as it is, unless that was seen; then as it is after changes, until it has ended."""
    key = key_of(study_id, "Study")
    seen = after
    async with context.notices.bell(store.STUDY_CHANGED_CHANNEL, str(key)) as bell:
        while True:
            row = await find(context, key) if key else None
            if row is None:
                raise GraphQLError(NO_SUCH_STUDY, extensions={"code": "NOT_FOUND"})
            if seen is None or row.sequence != seen:
                yield StudyUpdate(sequence=row.sequence, study=shown(row))
            seen = row.sequence
            if row.status.finished:
                return
            await bell.wait(LOOK_SECONDS)
