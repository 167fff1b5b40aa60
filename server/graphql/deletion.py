"""Runs and scenarios deleted by those who made them."""

import strawberry

from server.graphql.context import Info
from server.graphql.errors import UserError, UserErrorCode, user_error
from server.graphql.locking import is_kept, kept_error
from server.graphql.paging import key_of
from server.store import retention as store
from server.store.audit import AuditAction, Subject
from server.store.limits import hold_organisation
from server.store.organisations import Scope
from server.store.requests import is_put_out
from server.store.retention import RunsOf
from server.store.scenarios import get_scenario


@strawberry.input(description="A run to delete.")
class DeleteRunInput:
    run_id: strawberry.ID = strawberry.field(description="The run; it must have ended.")


@strawberry.type(description="What came of deleteRun.")
class DeleteRunPayload:
    run_id: strawberry.ID | None = strawberry.field(description="The id of the run that is gone; null when refused.")
    user_errors: list[UserError] = strawberry.field(description="Why it was refused; empty when it was deleted.")


@strawberry.input(description="A scenario to delete.")
class DeleteScenarioInput:
    scenario_id: strawberry.ID = strawberry.field(description="The scenario.")
    with_runs: bool = strawberry.field(
        default=False, description="Delete its runs and their outcomes, too; false refuses a scenario that has any."
    )


@strawberry.type(description="What came of deleteScenario.")
class DeleteScenarioPayload:
    scenario_id: strawberry.ID | None = strawberry.field(
        description="The id of the scenario that is gone; null when refused. Scenarios made from it stay."
    )
    user_errors: list[UserError] = strawberry.field(description="Why it was refused; empty when it was deleted.")


async def delete_run(info: Info, input: DeleteRunInput) -> DeleteRunPayload:
    key = key_of(input.run_id, "Run")
    async with info.context.tenant() as connection:
        run = await store.delete_run(connection, key) if key else None
        if run and run.status.finished:
            facts = {"status": run.status, "scenario": run.scenario_id, "digest": run.digest}
            await info.context.record(connection, AuditAction.DELETE_RUN, Subject("Run", run.id), **facts)
            return DeleteRunPayload(run_id=input.run_id, user_errors=[])
    if run is None:
        message = "there is no run of this id; pass the id of one of `runs`"
        return DeleteRunPayload(run_id=None, user_errors=[user_error(UserErrorCode.NOT_FOUND, message, "runId")])
    message = f"the run is {run.status.lower()}; cancel it first, or wait until it has ended"
    return DeleteRunPayload(run_id=None, user_errors=[user_error(UserErrorCode.UNFINISHED, message, "runId")])


async def delete_scenario(info: Info, input: DeleteScenarioInput) -> DeleteScenarioPayload:
    key = key_of(input.scenario_id, "Scenario")
    async with info.context.tenant() as connection:
        await hold_organisation(connection)  # nobody starts a run of it meanwhile
        scenario = await get_scenario(connection, key) if key else None
        if scenario is None:
            message = "there is no scenario of this id; pass the id of one of `scenarios`"
            return _refused(UserErrorCode.NOT_FOUND, message, "scenarioId")
        if is_kept(scenario):
            return DeleteScenarioPayload(scenario_id=None, user_errors=[kept_error(scenario)])
        if await is_put_out(connection, scenario.id):
            message = "a request was put out of it, by which its proposals are compared and awarded; it stays with that"
            return _refused(UserErrorCode.IN_USE, message, "scenarioId")
        runs = await store.runs_of(connection, scenario.id)
        if refused := _kept_by(runs, input.with_runs):
            return refused
        if runs.count:
            info.context.require(Scope.RUNS)
        await store.delete_scenario(connection, scenario.id)
        facts = {"digest": scenario.digest, "runs": runs.count}
        await info.context.record(connection, AuditAction.DELETE_SCENARIO, Subject("Scenario", scenario.id), **facts)
    return DeleteScenarioPayload(scenario_id=input.scenario_id, user_errors=[])


def _kept_by(runs: RunsOf, with_runs: bool) -> DeleteScenarioPayload | None:
    """Why the scenario's runs keep it from being deleted, if they do."""
    if runs.unfinished:
        message = f"runs of it that have not ended: {runs.unfinished}; cancel them first, or wait until they have"
        return _refused(UserErrorCode.UNFINISHED, message, "scenarioId")
    if runs.count and not with_runs:
        message = f"outcomes of its runs would be lost: {runs.count}; say `withRuns: true` to delete them too"
        return _refused(UserErrorCode.HAS_RUNS, message, "withRuns")
    if runs.count > store.MOST_RUNS_AT_ONCE or runs.bytes > store.MOST_BYTES_AT_ONCE:
        message = (
            f"its runs are too many or too large to go at once: {runs.count} with {runs.bytes / 1e6:,.0f} MB;"
            " delete some of them by deleteRun first"
        )
        return _refused(UserErrorCode.TOO_LARGE, message, "withRuns")
    return None


def _refused(code: UserErrorCode, message: str, path: str) -> DeleteScenarioPayload:
    return DeleteScenarioPayload(scenario_id=None, user_errors=[user_error(code, message, path)])
