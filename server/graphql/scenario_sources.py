"""Where a scenario comes from: a preset, another scenario, a document or typed fields, and what is changed of it."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, TypeAlias
from uuid import UUID

import strawberry
from strawberry import UNSET

from server.graphql import changes
from server.graphql.changes import ScenarioChangeInput
from server.graphql.context import Context
from server.graphql.errors import RefusedError, UserError, UserErrorCode, problem_errors, user_error
from server.graphql.paging import key_of
from server.graphql.scenario_types import document_of
from server.store import scenarios as store
from server.store.scenarios import ScenarioRow
from simulation import presets
from simulation.scenario.problems import ScenarioError
from simulation.scenario.reading.canonical import to_yaml
from simulation.scenario.reading.document import from_data, load
from simulation.scenario.scenario import Scenario as Model

if TYPE_CHECKING:  # made from the models, which a type checker cannot follow
    ScenarioDefinitionInput: TypeAlias = Any
else:
    from server.graphql.scenario_types import ScenarioDefinitionInput

MOST_CHARACTERS = 1_000_000
MOST_CHANGES = 200
MOST_KEPT = 1_000
"""Changes that a scenario has in all, after many updates."""


@strawberry.input(one_of=True, description="Where a scenario comes from.")
class ScenarioSourceInput:
    preset_id: strawberry.ID | None = strawberry.field(default=UNSET, description="A preset, such as retail-peak.")
    scenario_id: strawberry.ID | None = strawberry.field(default=UNSET, description="A scenario of the organisation.")
    document: str | None = strawberry.field(
        default=UNSET, description="A scenario document, YAML or JSON, of at most a million characters."
    )
    scenario: ScenarioDefinitionInput | None = strawberry.field(default=UNSET, description="A typed scenario.")


@dataclass(frozen=True)
class Draft:
    """A scenario before it is stored."""

    model: Model
    text: str
    base: UUID | None = None
    changes: Sequence[dict[str, Any]] = ()


def input_errors(
    source: ScenarioSourceInput | None, name: str | None, given: Sequence[ScenarioChangeInput] | None
) -> list[UserError]:
    errors = []
    if name is not None and not name.strip():
        message = "the name is blank; write one, or leave it out for the source's"
        errors.append(user_error(UserErrorCode.INVALID_ARGUMENT, message, "name"))
    if source is not None and isinstance(source.document, str) and len(source.document) > MOST_CHARACTERS:
        message = (
            f"the document has more than {MOST_CHARACTERS} characters; shorten it: let queues be `like` another,"
            " give volumes by week or month"
        )
        errors.append(user_error(UserErrorCode.TOO_LARGE, message, "source.document"))
    if given and len(given) > MOST_CHANGES:
        message = f"there are more than {MOST_CHANGES} changes; send the changed document as `source.document`"
        errors.append(user_error(UserErrorCode.TOO_LARGE, message, "changes"))
    return errors


async def base_of(context: Context, source: ScenarioSourceInput) -> ScenarioRow | None:
    if not isinstance(source.scenario_id, str):
        return None
    key = key_of(source.scenario_id, "Scenario")
    async with context.tenant() as connection:
        row = await store.get_scenario(connection, key) if key else None
    if row is None:
        message = "there is no scenario of this id; pass the id of one of `scenarios`"
        raise RefusedError(user_error(UserErrorCode.NOT_FOUND, message, "source.scenarioId"))
    return row


def draft_of(source: ScenarioSourceInput, base: ScenarioRow | None) -> Draft:
    """Of a source as it stands. Raises RefusedError."""
    try:
        if base is not None:
            return Draft(from_data(json.loads(base.document)), base.source, base.id)
        if isinstance(source.preset_id, str):
            return _of_preset(source.preset_id)
        if isinstance(source.document, str):
            return Draft(load(source.document, file="document"), source.document)
        data, problems = document_of(source.scenario)
        if problems:
            raise ScenarioError(problems)
        model = from_data(data, file="scenario")
        return Draft(model, to_yaml(model))
    except ScenarioError as error:
        raise RefusedError(*problem_errors(error.problems)) from None


def _of_preset(preset_id: str) -> Draft:
    try:
        text = presets.preset_text(preset_id)
    except LookupError as error:
        raise RefusedError(user_error(UserErrorCode.NOT_FOUND, str(error.args[0]), "source.presetId")) from None
    return Draft(load(text, file=preset_id), text)


def changed(draft: Draft, name: str | None, given: Sequence[ScenarioChangeInput]) -> Draft:
    """The draft with another name and changes; as it is where nothing becomes of it. Raises RefusedError."""
    if not (name or given):
        return draft
    try:
        done = changes.apply(draft.model, given, name)
    except ScenarioError as error:
        raise RefusedError(*problem_errors(error.problems)) from None
    if not given and done.scenario.name == draft.model.name:
        return draft
    told = [*draft.changes, *changes.kept(done)]
    if len(told) > MOST_KEPT:
        message = f"the scenario would have been changed more than {MOST_KEPT} times; send its document as the source"
        raise RefusedError(user_error(UserErrorCode.TOO_LARGE, message, "changes"))
    return replace(draft, model=done.scenario, text=to_yaml(done.scenario), changes=told)
