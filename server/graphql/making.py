"""Scenarios made, and made anew by version."""

import asyncio
import json
from dataclasses import asdict

import strawberry

from server.database.connecting import Connection
from server.graphql.changes import ScenarioChangeInput
from server.graphql.context import Context, Info
from server.graphql.errors import (
    RefusedError,
    UserError,
    UserErrorCode,
    at_most,
    input_digest,
    key_errors,
    reused_key,
    user_error,
)
from server.graphql.locking import is_kept, kept_error
from server.graphql.paging import key_of
from server.graphql.scenario_sources import Draft, ScenarioSourceInput, base_of, changed, draft_of, input_errors
from server.graphql.scenarios import Scenario, shown
from server.store import scenarios as store
from server.store.audit import AuditAction, Subject
from server.store.limits import hold_organisation
from server.store.scenarios import ScenarioRow
from simulation.scenario.reading.canonical import canonical, digest
from simulation.scenario.reading.document import from_data


@strawberry.input(description="A scenario to make.")
class CreateScenarioInput:
    source: ScenarioSourceInput = strawberry.field(description="Where it comes from.")
    name: str | None = strawberry.field(default=None, description="Its name, not blank; left out: the source's.")
    changes: list[ScenarioChangeInput] | None = strawberry.field(
        default=None, description="What to change of the source, in order; at most 200 changes."
    )
    idempotency_key: str | None = strawberry.field(
        default=None,
        description="Any line of text; the same key with the same input again returns the scenario made first, and"
        " with another input it is refused.",
    )


@strawberry.type(description="What came of createScenario.")
class CreateScenarioPayload:
    scenario: Scenario | None = strawberry.field(description="The scenario; null when it was refused.")
    user_errors: list[UserError] = strawberry.field(description="Why it was refused; empty when it was made.")


@strawberry.input(description="A scenario that is to have a new version.")
class UpdateScenarioInput:
    scenario_id: strawberry.ID = strawberry.field(description="The scenario.")
    expected_version: int = strawberry.field(
        description="The version that it was read at; if it has another one by now, nothing is done."
    )
    source: ScenarioSourceInput | None = strawberry.field(
        default=None,
        description="What takes its place: a preset, a document or a typed scenario, not another scenario. Left out:"
        " it stays what it is, but for name and changes.",
    )
    name: str | None = strawberry.field(
        default=None, description="Its name, not blank; left out: that of the source, or the one it has."
    )
    changes: list[ScenarioChangeInput] | None = strawberry.field(
        default=None, description="What to change, in order; at most 200 changes."
    )


@strawberry.type(description="What came of updateScenario.")
class UpdateScenarioPayload:
    scenario: Scenario | None = strawberry.field(
        description="The scenario as it is now: its new version, after a CONFLICT that of somebody else, or as it was"
        " LOCKED; else null."
    )
    user_errors: list[UserError] = strawberry.field(description="Why it was refused; empty when it was updated.")


async def create(info: Info, input: CreateScenarioInput) -> CreateScenarioPayload:
    refused = key_errors(input.idempotency_key) + input_errors(input.source, input.name, input.changes)
    if refused:
        return CreateScenarioPayload(scenario=None, user_errors=refused)
    context, key = info.context, input.idempotency_key
    sent = None if key is None else input_digest({**asdict(input), "idempotency_key": None})
    if key is not None:  # before the source, which may be gone by now
        async with context.tenant() as connection:
            if made := await made_before(connection, key, sent):
                return made
    try:
        base = await base_of(context, input.source)
        draft = await asyncio.to_thread(_created, input, base)
    except RefusedError as error:
        return CreateScenarioPayload(scenario=None, user_errors=at_most(error.errors))
    return await store_new(context, draft, key, sent)


async def made_before(connection: Connection, key: str | None, sent: bytes | None) -> CreateScenarioPayload | None:
    earlier = await store.find_scenario(connection, key) if key is not None else None
    if earlier is None:
        return None
    refused = reused_key("made a scenario", earlier.input_digest, sent)
    return CreateScenarioPayload(scenario=None if refused else shown(earlier), user_errors=refused)


def _created(input: CreateScenarioInput, base: ScenarioRow | None) -> Draft:
    return changed(draft_of(input.source, base), input.name, input.changes or [])


async def store_new(context: Context, draft: Draft, key: str | None, sent: bytes | None) -> CreateScenarioPayload:
    async with context.tenant() as connection:
        if key is not None:
            await hold_organisation(connection)
            if made := await made_before(connection, key, sent):
                return made
        row = await store.create_scenario(
            connection,
            name=draft.model.name,
            document=canonical(draft.model),
            source=draft.text,
            digest=digest(draft.model),
            base_id=draft.base,
            changes=draft.changes,
            idempotency_key=key,
            input_digest=sent,
        )
        facts = {"digest": row.digest} | ({"base": row.base_id} if row.base_id else {})
        await context.record(connection, AuditAction.CREATE_SCENARIO, Subject("Scenario", row.id), **facts)
    return CreateScenarioPayload(scenario=shown(row), user_errors=[])


async def update(info: Info, input: UpdateScenarioInput) -> UpdateScenarioPayload:
    context, key = info.context, key_of(input.scenario_id, "Scenario")
    async with context.tenant() as connection:
        row = await store.get_scenario(connection, key) if key else None
    if row is None or row.version != input.expected_version or is_kept(row):
        return not_as_expected(row, input.expected_version)
    refused = input_errors(input.source, input.name, input.changes) + _update_errors(input)
    if refused:
        return UpdateScenarioPayload(scenario=None, user_errors=refused)
    try:
        draft = await asyncio.to_thread(_updated, input, row)
    except RefusedError as error:
        return UpdateScenarioPayload(scenario=None, user_errors=at_most(error.errors))
    return await store_version(context, row, draft, input.expected_version)


def _update_errors(input: UpdateScenarioInput) -> list[UserError]:
    if input.source is not None and isinstance(input.source.scenario_id, str):
        message = "one scenario does not take the place of another; send a document, or make a new one from that one"
        return [user_error(UserErrorCode.INVALID_ARGUMENT, message, "source.scenarioId")]
    if input.source is None and input.name is None and not input.changes:
        message = "nothing is to become of the scenario; send a name, changes or a source"
        return [user_error(UserErrorCode.INVALID_ARGUMENT, message)]
    return []


def _updated(input: UpdateScenarioInput, row: ScenarioRow) -> Draft:
    """Made anew from a source it has no base any more; else it goes on from what it is."""
    if input.source is not None:
        draft = draft_of(input.source, None)
    else:
        draft = Draft(from_data(json.loads(row.document)), row.source, row.base_id, row.changes)
    return changed(draft, input.name, input.changes or [])


async def store_version(
    context: Context, before: ScenarioRow, draft: Draft, expected_version: int
) -> UpdateScenarioPayload:
    async with context.tenant() as connection:
        row = await store.update_scenario(
            connection,
            before.id,
            expected_version=expected_version,
            name=draft.model.name,
            document=canonical(draft.model),
            source=draft.text,
            digest=digest(draft.model),
            base_id=draft.base,
            changes=draft.changes,
        )
        if row is None:  # somebody was faster
            return not_as_expected(await store.get_scenario(connection, before.id), expected_version)
        facts = {"version": row.version, "digest": row.digest}
        await context.record(connection, AuditAction.UPDATE_SCENARIO, Subject("Scenario", row.id), **facts)
    return UpdateScenarioPayload(scenario=shown(row), user_errors=[])


def not_as_expected(row: ScenarioRow | None, expected_version: int) -> UpdateScenarioPayload:
    if row is None:
        message = "there is no scenario of this id; pass the id of one of `scenarios`"
        return UpdateScenarioPayload(
            scenario=None, user_errors=[user_error(UserErrorCode.NOT_FOUND, message, "scenarioId")]
        )
    if is_kept(row):
        return UpdateScenarioPayload(scenario=shown(row), user_errors=[kept_error(row)])
    message = (
        f"the scenario is at version {row.version}, not {expected_version}; read it again, and send"
        f" expectedVersion {row.version} if the update is still wanted"
    )
    conflict = user_error(UserErrorCode.CONFLICT, message, "expectedVersion")
    return UpdateScenarioPayload(scenario=shown(row), user_errors=[conflict])
