"""Scenarios locked: what was decided on stays as it was."""

import re

import strawberry

from server.graphql.context import Info
from server.graphql.errors import UserError, UserErrorCode, user_error
from server.graphql.paging import key_of
from server.graphql.scenarios import Scenario, shown
from server.store import scenarios as store
from server.store.audit import AuditAction, Subject
from server.store.limits import hold_organisation
from server.store.scenarios import ScenarioRow

LABEL = re.compile(r"(?=.*\S)[^\x00-\x1f\x7f]{1,200}")


@strawberry.input(description="A scenario to lock.")
class LockScenarioInput:
    scenario_id: strawberry.ID = strawberry.field(description="The scenario.")
    expected_version: int = strawberry.field(
        description="The version that it was read at; if it has another one by now, nothing is done."
    )
    label: str = strawberry.field(description="What it stands for, a line of 1 to 200 characters: `Budget 2027`.")


@strawberry.type(description="What came of lockScenario.")
class LockScenarioPayload:
    scenario: Scenario | None = strawberry.field(
        description="The scenario as it is now; null where there is none of this id, or the label will not do."
    )
    user_errors: list[UserError] = strawberry.field(description="Why it was refused; empty when it was locked.")


async def lock(info: Info, input: LockScenarioInput) -> LockScenarioPayload:
    if not LABEL.fullmatch(input.label):
        message = "the label will not do; write one line of 1 to 200 characters"
        refused = user_error(UserErrorCode.INVALID_ARGUMENT, message, "label")
        return LockScenarioPayload(scenario=None, user_errors=[refused])
    key = key_of(input.scenario_id, "Scenario")
    async with info.context.tenant() as connection:
        await hold_organisation(connection)  # nobody deletes it meanwhile
        before = await store.get_scenario(connection, key) if key else None
        if before is None:
            message = "there is no scenario of this id; pass the id of one of `scenarios`"
            refused = user_error(UserErrorCode.NOT_FOUND, message, "scenarioId")
            return LockScenarioPayload(scenario=None, user_errors=[refused])
        row = await store.lock_scenario(
            connection,
            before.id,
            expected_version=input.expected_version,
            label=input.label,
            locked_by=info.context.actor.label,
        )
        if row is None:
            now = await store.get_scenario(connection, before.id) or before
            return LockScenarioPayload(scenario=shown(now), user_errors=[_refused(now, input.expected_version)])
        facts = {"version": row.version, "digest": row.digest, "label": input.label}
        await info.context.record(connection, AuditAction.LOCK_SCENARIO, Subject("Scenario", row.id), **facts)
    return LockScenarioPayload(scenario=shown(row), user_errors=[])


def _refused(row: ScenarioRow, expected: int) -> UserError:
    if is_kept(row):
        return kept_error(row)
    message = f"the scenario is at version {row.version}, not {expected}; read it again before it is locked"
    return user_error(UserErrorCode.CONFLICT, message, "expectedVersion")


def is_kept(row: ScenarioRow) -> bool:
    """Whether it is neither changed nor deleted by itself."""
    return row.locked_at is not None or row.proposal_id is not None


def kept_error(row: ScenarioRow) -> UserError:
    """Of a scenario that is kept and that somebody wants to change, delete or lock."""
    if row.proposal_id is not None:
        message = "it is a proposal's, of the same version; save the proposal, or make another one from it"
        return user_error(UserErrorCode.IN_USE, message, "scenarioId")
    by = f" by {row.locked_by}" if row.locked_by else ""
    message = f"it is locked as {row.lock_label!r}{by}; make another one from it with createScenario"
    return user_error(UserErrorCode.LOCKED, message, "scenarioId")
