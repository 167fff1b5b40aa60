"""Scenarios: read typed or as text, made from presets, documents, typed inputs and other scenarios."""

import asyncio
import json
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any, TypeAlias
from uuid import UUID

import strawberry
from strawberry import UNSET

from server.graphql import changes
from server.graphql.changes import ScenarioChange, ScenarioChangeInput
from server.graphql.context import Context, Info
from server.graphql.errors import (
    RefusedError,
    UserError,
    UserErrorCode,
    at_most,
    key_errors,
    problem_errors,
    user_error,
)
from server.graphql.paging import (
    After,
    Connection,
    First,
    Node,
    connect,
    cursor_text,
    global_id,
    key_of,
    not_a_cursor,
    page_size,
)
from server.graphql.scenario_types import document_of
from server.store import scenarios as store
from server.store.audit import AuditAction, Subject
from server.store.limits import hold_organisation
from server.store.scenarios import ScenarioRow
from simulation import presets
from simulation.scenario.problems import ScenarioError
from simulation.scenario.reading.canonical import canonical, canonical_data, digest, to_yaml
from simulation.scenario.reading.document import from_data, load
from simulation.scenario.reading.notes import notes
from simulation.scenario.scenario import Scenario as Model

if TYPE_CHECKING:
    from server.graphql.runs import Run

if TYPE_CHECKING:  # made from the models, which a type checker cannot follow
    ScenarioDefinition: TypeAlias = Any
    ScenarioDefinitionInput: TypeAlias = Any
else:
    from server.graphql.scenario_types import ScenarioDefinition, ScenarioDefinitionInput


MOST_CHARACTERS = 1_000_000
MOST_CHANGES = 200


@strawberry.type(description="A note on a valid scenario.")
class ScenarioNote:
    path: str = strawberry.field(description="The place in the scenario document.")
    message: str = strawberry.field(description="What may surprise.")


@strawberry.type(description="A scenario: what is simulated. It never changes; a what-if makes a new one.")
class Scenario(Node):
    row: strawberry.Private[ScenarioRow]

    @strawberry.field(description="What people call it.")
    def name(self) -> str:
        return self.row.name

    @strawberry.field(description="Its version, from 1.")
    def version(self) -> int:
        return self.row.version

    @strawberry.field(description="SHA-256 of the canonical document, name included.")
    def digest(self) -> str:
        return self.row.digest

    @strawberry.field(description="When it was made.")
    def created_at(self) -> datetime:
        return self.row.created_at

    @strawberry.field(description="The document as text: as it was given, or as YAML.")
    def document(self) -> str:
        return self.row.source

    @strawberry.field(description="The document, typed.")
    async def definition(self) -> ScenarioDefinition:
        return await asyncio.to_thread(from_data, json.loads(self.row.document))

    @strawberry.field(description="What is allowed and may surprise, such as allocations over 100 %.")
    async def notes(self) -> list[ScenarioNote]:
        noted = notes(await asyncio.to_thread(from_data, json.loads(self.row.document)))
        return [ScenarioNote(path=note.path, message=note.message) for note in noted]

    @strawberry.field(description="The scenario it was made from; null for one of its own.")
    async def base(self, info: Info) -> "Scenario | None":
        row = await info.context.scenarios.load(self.row.base_id) if self.row.base_id else None
        return shown(row) if row else None

    @strawberry.field(description="What was changed of the scenario it was made from, in order.")
    def changes(self) -> list[ScenarioChange]:
        return [ScenarioChange(**change) for change in self.row.changes]

    @strawberry.field(description="The scenarios made from it, newest first.")
    async def forks(self, info: Info, first: First = 10, after: After = None) -> Connection["Scenario"]:
        from server.graphql.lists import forks_of  # which knows this module

        return await forks_of(info.context, self.row.id, first, after)

    @strawberry.field(description="Its runs, newest first.")
    async def runs(
        self, info: Info, first: First = 10, after: After = None
    ) -> Connection[Annotated["Run", strawberry.lazy("server.graphql.runs")]]:
        from server.graphql.lists import runs_of  # which knows this module

        return await runs_of(info.context, self.row.id, first, after)


def shown(row: ScenarioRow) -> Scenario:
    return Scenario(id=global_id("Scenario", row.id), row=row)


@strawberry.type(description="A ready scenario that comes with the program.")
class Preset:
    id: strawberry.ID = strawberry.field(description="Its id, for `presetId`; not a global id.")
    name: str = strawberry.field(description="What people call it.")
    summary: str = strawberry.field(description="What it describes.")

    @strawberry.field(description="The document, in YAML with its sources.")
    def document(self) -> str:
        return presets.preset_text(self.id)


@strawberry.input(one_of=True, description="Where a scenario comes from.")
class ScenarioSourceInput:
    preset_id: strawberry.ID | None = strawberry.field(default=UNSET, description="A preset, such as retail-peak.")
    scenario_id: strawberry.ID | None = strawberry.field(default=UNSET, description="A scenario of the organisation.")
    document: str | None = strawberry.field(
        default=UNSET, description="A scenario document, YAML or JSON, of at most a million characters."
    )
    scenario: ScenarioDefinitionInput | None = strawberry.field(default=UNSET, description="A typed scenario.")


@strawberry.input(description="A scenario to make.")
class CreateScenarioInput:
    source: ScenarioSourceInput = strawberry.field(description="Where it comes from.")
    name: str | None = strawberry.field(default=None, description="Its name, not blank; left out: the source's.")
    changes: list[ScenarioChangeInput] | None = strawberry.field(
        default=None, description="What to change of the source, in order; at most 200 changes."
    )
    idempotency_key: str | None = strawberry.field(
        default=None, description="Any line of text; the same key again returns the scenario made first."
    )


@strawberry.type(description="What came of createScenario.")
class CreateScenarioPayload:
    scenario: Scenario | None = strawberry.field(description="The scenario; null when it was refused.")
    user_errors: list[UserError] = strawberry.field(description="Why it was refused; empty when it was made.")


@dataclass(frozen=True)
class Draft:
    """A scenario before it is stored."""

    model: Model
    text: str
    base: UUID | None = None
    changes: tuple[dict[str, str], ...] = ()


async def create(info: Info, input: CreateScenarioInput) -> CreateScenarioPayload:
    context = info.context
    if refused := key_errors(input.idempotency_key) + input_errors(input):
        return CreateScenarioPayload(scenario=None, user_errors=refused)
    try:
        base = await base_of(info, input.source)
        draft = await asyncio.to_thread(draft_of, input, base)
    except RefusedError as error:
        return CreateScenarioPayload(scenario=None, user_errors=at_most(error.errors))
    async with context.tenant() as connection:
        if input.idempotency_key is not None:
            await hold_organisation(connection)
            earlier = await store.find_scenario(connection, input.idempotency_key)
            if earlier:
                return CreateScenarioPayload(scenario=shown(earlier), user_errors=[])
        row = await store.create_scenario(
            connection,
            name=draft.model.name,
            document=canonical(draft.model),
            source=draft.text,
            digest=digest(draft.model),
            base_id=draft.base,
            changes=list(draft.changes),
            idempotency_key=input.idempotency_key,
        )
        facts = {"digest": row.digest} | ({"base": row.base_id} if row.base_id else {})
        await context.record(connection, AuditAction.CREATE_SCENARIO, Subject("Scenario", row.id), **facts)
    return CreateScenarioPayload(scenario=shown(row), user_errors=[])


def input_errors(input: CreateScenarioInput) -> list[UserError]:
    errors = []
    if input.name is not None and not input.name.strip():
        message = "the name is blank; write one, or leave it out for the source's"
        errors.append(user_error(UserErrorCode.INVALID_ARGUMENT, message, "name"))
    if isinstance(input.source.document, str) and len(input.source.document) > MOST_CHARACTERS:
        message = (
            f"the document has more than {MOST_CHARACTERS} characters; shorten it: let queues be `like` another,"
            " give volumes by week or month"
        )
        errors.append(user_error(UserErrorCode.TOO_LARGE, message, "source.document"))
    if input.changes and len(input.changes) > MOST_CHANGES:
        message = f"there are more than {MOST_CHANGES} changes; send the changed document as `source.document`"
        errors.append(user_error(UserErrorCode.TOO_LARGE, message, "changes"))
    return errors


async def base_of(info: Info, source: ScenarioSourceInput) -> ScenarioRow | None:
    if not isinstance(source.scenario_id, str):
        return None
    key = key_of(source.scenario_id, "Scenario")
    async with info.context.tenant() as connection:
        row = await store.get_scenario(connection, key) if key else None
    if row is None:
        message = "there is no scenario of this id; pass the id of one of `scenarios`"
        raise RefusedError(user_error(UserErrorCode.NOT_FOUND, message, "source.scenarioId"))
    return row


def draft_of(input: CreateScenarioInput, base: ScenarioRow | None) -> Draft:
    try:
        draft = source_draft(input.source, base)
        if not (input.name or input.changes):
            return draft
        data = canonical_data(draft.model) | ({"name": input.name} if input.name else {})
        changed = changes.apply(data, input.changes or [])
        if changed.errors:
            raise RefusedError(*changed.errors)
        model = from_data(changed.document, file="scenario")
    except ScenarioError as error:
        raise RefusedError(*problem_errors(error.problems)) from None
    if input.changes or model.name != draft.model.name:
        return Draft(model, to_yaml(model), draft.base, tuple(changed.changes))
    return draft


def source_draft(source: ScenarioSourceInput, base: ScenarioRow | None) -> Draft:
    if base is not None:
        return Draft(from_data(json.loads(base.document)), base.source, base.id)
    if isinstance(source.preset_id, str):
        try:
            text = presets.preset_text(source.preset_id)
        except LookupError as error:
            raise RefusedError(user_error(UserErrorCode.NOT_FOUND, str(error.args[0]), "source.presetId")) from None
        return Draft(load(text, file=source.preset_id), text)
    if isinstance(source.document, str):
        return Draft(load(source.document, file="document"), source.document)
    data, problems = document_of(source.scenario)
    if problems:
        raise ScenarioError(problems)
    model = from_data(data, file="scenario")
    return Draft(model, to_yaml(model))


async def by_key(context: Context, key: UUID) -> Scenario | None:
    async with context.tenant() as connection:
        row = await store.get_scenario(connection, key)
    return shown(row) if row else None


def list_presets(first: int, after: str | None) -> Connection[Preset]:
    ready = [Preset(id=strawberry.ID(each.id), name=each.name, summary=each.summary) for each in presets.presets()]
    reached = cursor_text(after)
    cursors: list[str | None] = [None, *(preset.id for preset in ready)]
    if reached not in cursors:
        raise not_a_cursor()
    start = cursors.index(reached)
    chosen = ready[start : start + page_size(first)]

    async def count() -> int:
        return len(ready)

    items = [(str(preset.id), preset) for preset in chosen]
    return connect(Connection[Preset], items, more=start + len(chosen) < len(ready), after=after, count=count)
