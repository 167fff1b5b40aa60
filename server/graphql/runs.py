"""Runs: started, watched, cancelled, read."""

import asyncio
from collections.abc import AsyncGenerator
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from uuid import UUID

import strawberry
from graphql import GraphQLError
from pydantic import ValidationError
from strawberry.utils.str_converters import to_camel_case

from server.database.connecting import Connection as DatabaseConnection
from server.graphql.columns import Source
from server.graphql.context import Context, Info
from server.graphql.enums import describe
from server.graphql.errors import (
    UserError,
    UserErrorCode,
    input_digest,
    key_errors,
    limit_errors,
    problem_errors,
    reused_key,
    user_error,
)
from server.graphql.outcomes import Outcomes
from server.graphql.paging import Node, global_id, key_of
from server.graphql.partial_outcomes import PartialOutcomes, partial_outcomes_of
from server.graphql.scenarios import Scenario
from server.graphql.scenarios import shown as shown_scenario
from server.metrics import RUNS_ENDED
from server.store import limits
from server.store import runs as store
from server.store import scenarios as scenario_store
from server.store.audit import AuditAction, Subject
from server.store.limits import LimitReachedError
from server.store.runs import FailureCode, RunRow, RunStatus
from server.store.scenarios import ScenarioRow
from simulation.experiment import Experiment as ExperimentModel
from simulation.outcome.shards.figures_so_far import FiguresSoFar
from simulation.scenario.problems import ScenarioError
from simulation.scenario.reading.document import load
from simulation.world.demand.expected import expected_work

describe(RunStatus, "Where a run stands.")
describe(FailureCode)


@strawberry.type(description="How far a run has come, in replications.")
class Progress:
    completed: int = strawberry.field(description="Replications simulated and stored.")
    total: int = strawberry.field(description="Replications to simulate; with a precision, at most.")


@strawberry.type(description="Why a run failed.")
class Failure:
    code: FailureCode = strawberry.field(description="What kind of failure it was.")
    message: str = strawberry.field(description="What went wrong, in one line.")


@strawberry.type(description="How a scenario is simulated.")
class Experiment:
    replications: int = strawberry.field(description="How many replications; with a precision, at most.")
    seed: int = strawberry.field(description="The key of all randomness.")
    precision: float | None = strawberry.field(
        description="The 95 % half-width of every queue's service level at which it stops; null: none."
    )


@strawberry.type(description="A simulation of a scenario.")
class Run(Node):
    row: strawberry.Private[RunRow]
    figures: strawberry.Private[FiguresSoFar | None] = None
    """so far, where they were read with it"""

    @strawberry.field(description="Where it stands.")
    def status(self) -> RunStatus:
        return self.row.status

    @strawberry.field(description="How far it has come.")
    def progress(self) -> Progress:
        return Progress(completed=self.row.completed, total=self.row.total)

    @strawberry.field(description="Why it failed; null unless it did.")
    def failure(self) -> Failure | None:
        if self.row.failure_code is None:
            return None
        return Failure(code=FailureCode(self.row.failure_code), message=self.row.failure_message or "")

    @strawberry.field(description="When it was asked for.")
    def created_at(self) -> datetime:
        return self.row.created_at

    @strawberry.field(description="When a worker first took it; null before.")
    def started_at(self) -> datetime | None:
        return self.row.started_at

    @strawberry.field(description="When it ended; null before.")
    def finished_at(self) -> datetime | None:
        return self.row.finished_at

    @strawberry.field(
        description="The version of the engine that simulates it; null before it is taken. One that takes the place of"
        " another has begun it anew."
    )
    def engine_version(self) -> str | None:
        return self.row.engine_version

    @strawberry.field(description="The scenario it simulates.")
    async def scenario(self, info: Info) -> Scenario:
        row = await info.context.scenarios.load(self.row.scenario_id)
        if row is None:
            raise LookupError(f"run {self.row.id} has lost its scenario")
        return shown_scenario(row)

    @strawberry.field(
        description="The scenario's version when the run was started, which may have another by now; null where an"
        " older program started the run."
    )
    def scenario_version(self) -> int | None:
        return self.row.scenario_version

    @strawberry.field(description="SHA-256 of the document that it simulates: the scenario's when the run was started.")
    def digest(self) -> str:
        return self.row.digest

    @strawberry.field(description="The document that it simulates, as canonical JSON.")
    async def document(self, info: Info) -> str:
        document = await info.context.documents.load(self.row.id)
        if document is None:
            raise LookupError(f"run {self.row.id} has lost its document")
        return info.context.told(document)

    @strawberry.field(description="How it is simulated.")
    def experiment(self) -> Experiment:
        told = ExperimentModel.model_validate(dict(self.row.experiment))
        return Experiment(replications=told.replications, seed=told.seed, precision=told.precision)

    @strawberry.field(description="What came of it; null until it has succeeded.")
    async def outcomes(self, info: Info) -> Outcomes | None:
        opening = await info.context.openings.load(self.row.id)
        return None if opening is None else Outcomes(source=Source(self.row.id, opening.result(), info.context))

    @strawberry.field(
        description="What came of it so far; null unless it is RUNNING and some of its replications are done."
    )
    async def partial_outcomes(self, info: Info) -> PartialOutcomes | None:
        return await partial_outcomes_of(info.context, self.row, self.figures)


def shown(row: RunRow, figures: FiguresSoFar | None = None) -> Run:
    return Run(id=global_id("Run", row.id), row=row, figures=figures)


@strawberry.input(description="A run to start.")
class StartRunInput:
    scenario_id: strawberry.ID = strawberry.field(description="The scenario to simulate.")
    replications: int | None = strawberry.field(
        default=None,
        description="How many replications, 1 to 100000; with a precision at most so many. Left out: 100, with a"
        " precision 1000.",
    )
    precision: float | None = strawberry.field(
        default=None,
        description="Stop when the 95 % interval of every queue's total service level is at most so wide to either"
        " side.",
    )
    seed: int | None = strawberry.field(default=None, description="The key of all randomness. Left out: 1.")
    idempotency_key: str | None = strawberry.field(
        default=None,
        description="Any line of text; the same key with the same input again returns the run started first, and with"
        " another input it is refused.",
    )


@strawberry.type(description="What came of startRun.")
class StartRunPayload:
    run: Run | None = strawberry.field(description="The run; null when it was refused.")
    user_errors: list[UserError] = strawberry.field(description="Why it was refused; empty when it was started.")


@strawberry.input(description="A run to cancel.")
class CancelRunInput:
    run_id: strawberry.ID = strawberry.field(description="The run.")


@strawberry.type(description="What came of cancelRun.")
class CancelRunPayload:
    run: Run | None = strawberry.field(description="The run as it stands now; null when there is none of this id.")
    user_errors: list[UserError] = strawberry.field(description="Why it was refused; empty when it was cancelled.")


@dataclass(frozen=True)
class Wanted:
    """How a run is asked for: the experiment, and a key with the digest of what it came with."""

    experiment: ExperimentModel
    key: str | None
    digest: bytes


async def start(info: Info, input: StartRunInput) -> StartRunPayload:
    given = {"replications": input.replications, "precision": input.precision, "seed": input.seed}
    try:
        experiment = ExperimentModel.model_validate({name: value for name, value in given.items() if value is not None})
    except ValidationError as error:
        return StartRunPayload(run=None, user_errors=impossible(error))
    if refused := key_errors(input.idempotency_key):
        return StartRunPayload(run=None, user_errors=refused)
    context, key = info.context, key_of(input.scenario_id, "Scenario")
    wanted = Wanted(experiment, input.idempotency_key, input_digest([str(key), experiment.model_dump()]))
    async with context.tenant() as connection:
        scenario = await scenario_store.get_scenario(connection, key) if key else None
    if scenario is None:
        return no_such_scenario()
    try:
        expected = await asyncio.to_thread(expected_contacts_of, scenario.document)
    except ScenarioError as error:
        return StartRunPayload(run=None, user_errors=problem_errors(error.problems))
    contacts = limits.contacts_of(expected, experiment.replications)
    try:
        async with context.tenant() as connection:
            return await queue(context, connection, scenario, contacts, wanted)
    except LimitReachedError as error:
        return StartRunPayload(run=None, user_errors=limit_errors(error))


async def queue(
    context: Context, connection: DatabaseConnection, scenario: ScenarioRow, contacts: int, wanted: Wanted
) -> StartRunPayload:
    """One at a time of an organisation, so that what is left is what the next one may take."""
    await limits.hold_organisation(connection)
    earlier = await store.find_run(connection, wanted.key) if wanted.key else None
    if earlier:
        refused = reused_key("started a run", earlier.input_digest, wanted.digest)
        return StartRunPayload(run=None if refused else shown(earlier), user_errors=refused)
    if await scenario_store.get_scenario(connection, scenario.id) is None:
        return no_such_scenario()  # it has just been deleted
    await limits.reserve_run(connection, contacts)
    row = await store.start_run(
        connection,
        scenario_id=scenario.id,
        scenario_version=scenario.version,
        document=scenario.document,
        digest=scenario.digest,
        experiment=wanted.experiment.model_dump(),
        idempotency_key=wanted.key,
        input_digest=wanted.digest if wanted.key else None,
        reserved_contacts=contacts,
    )
    facts = {"scenario": scenario.id, "digest": scenario.digest, "contacts": contacts, **wanted.experiment.model_dump()}
    await context.record(connection, AuditAction.START_RUN, Subject("Run", row.id), **facts)
    return StartRunPayload(run=shown(row), user_errors=[])


def no_such_scenario() -> StartRunPayload:
    message = "there is no scenario of this id; pass the id of one of `scenarios`"
    return StartRunPayload(run=None, user_errors=[user_error(UserErrorCode.NOT_FOUND, message, "scenarioId")])


@lru_cache(maxsize=16)
def expected_contacts_of(document: str) -> float:
    """Of one replication; a scenario is mostly started more than once."""
    return expected_work(load(document))


def impossible(error: ValidationError) -> list[UserError]:
    return [
        user_error(UserErrorCode.INVALID_ARGUMENT, each["msg"], to_camel_case(".".join(map(str, each["loc"]))))
        for each in error.errors()
    ]


async def cancel(info: Info, input: CancelRunInput) -> CancelRunPayload:
    key = key_of(input.run_id, "Run")
    async with info.context.tenant() as connection:
        await limits.hold_organisation(connection)  # of two who cancel it, one does
        before = await store.get_run(connection, key) if key else None
        row = await store.cancel_run(connection, key) if key and before else None
        if before and row and not before.status.finished and row.status is RunStatus.CANCELLED:
            await info.context.record(
                connection, AuditAction.CANCEL_RUN, Subject("Run", row.id), completed=row.completed
            )
    if before is None or row is None:
        message = "there is no run of this id; pass the id of one of `runs`"
        return CancelRunPayload(run=None, user_errors=[user_error(UserErrorCode.NOT_FOUND, message, "runId")])
    if row.status is not RunStatus.CANCELLED:
        message = f"the run has already ended, {row.status.lower()}; there is nothing to cancel"
        return CancelRunPayload(run=shown(row), user_errors=[user_error(UserErrorCode.FINISHED, message, "runId")])
    if not before.status.finished:
        RUNS_ENDED.labels("CANCELLED").inc()
    return CancelRunPayload(run=shown(row), user_errors=[])


async def by_key(context: Context, key: UUID) -> Run | None:
    row = await find(context, key)
    return shown(row) if row else None


async def find(context: Context, key: UUID) -> RunRow | None:
    async with context.tenant() as connection:
        return await store.get_run(connection, key)


@strawberry.type(description="A change of a run.")
class RunUpdate:
    sequence: int = strawberry.field(
        description="1, 2, 3 and so on, one for each change of the run; pass the last one seen as `after` to go on from"
        " there."
    )
    run: Run = strawberry.field(description="The run after the change.")


async def updates(context: Context, run_id: str, after: int | None) -> AsyncGenerator[RunUpdate, None]:
    """The run as it is, or what came after the change that was seen; then every change, until it has ended."""
    key = key_of(run_id, "Run")
    row = await find(context, key) if key else None
    if key is None or row is None:
        raise no_such_run()
    # more than was ever told was told by another life of the database: to its subscriber all is new
    seen = after if after is not None and after <= row.sequence else None
    organisation_id = context.who.organisation_id
    async with context.watched.run(context.database, context.notices, organisation_id, key) as watched:
        try:
            async for change in watched.follow(seen):
                yield RunUpdate(sequence=change.sequence, run=shown(change.run, change.figures))
        except LookupError:
            raise no_such_run() from None


def no_such_run() -> GraphQLError:
    return GraphQLError("There is no run of this id; pass the id of one of `runs`.", extensions={"code": "NOT_FOUND"})
