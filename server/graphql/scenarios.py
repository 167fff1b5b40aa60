"""Scenarios: read typed or as text, listed, with the presets to begin from."""

import asyncio
import json
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any, TypeAlias
from uuid import UUID

import strawberry

from server.graphql import changes
from server.graphql.changes import ScenarioChange
from server.graphql.context import Context, Info
from server.graphql.paging import (
    After,
    Connection,
    First,
    Node,
    connect,
    cursor_text,
    global_id,
    not_a_cursor,
    page_size,
)
from server.store import scenarios as store
from server.store.scenarios import ScenarioRow
from simulation import presets
from simulation.scenario.reading.document import from_data
from simulation.scenario.reading.notes import notes

if TYPE_CHECKING:
    from server.graphql.runs import Run

if TYPE_CHECKING:  # made from the models, which a type checker cannot follow
    ScenarioDefinition: TypeAlias = Any
else:
    from server.graphql.scenario_types import ScenarioDefinition


@strawberry.type(description="A note on a valid scenario.")
class ScenarioNote:
    path: str = strawberry.field(description="The place in the scenario document.")
    message: str = strawberry.field(description="What may surprise.")


@strawberry.type(description="That a scenario stays as it is: it is neither changed nor deleted any more.")
class ScenarioLock:
    label: str = strawberry.field(description="What it stands for, such as `Budget 2027`.")
    locked_at: datetime = strawberry.field(description="Since when.")
    locked_by: str = strawberry.field(description="The name of whoever locked it; empty of a token without one.")


@strawberry.type(
    description="A scenario: what is simulated. A what-if makes a new one. An update makes a new version of it, and"
    " runs keep the version that they were started with."
)
class Scenario(Node):
    row: strawberry.Private[ScenarioRow]

    @strawberry.field(description="What people call it.")
    def name(self) -> str:
        return self.row.name

    @strawberry.field(description="Its version, from 1; grows with every update, which names the one it was read at.")
    def version(self) -> int:
        return self.row.version

    @strawberry.field(description="SHA-256 of the canonical document, name included.")
    def digest(self) -> str:
        return self.row.digest

    @strawberry.field(description="When it was made.")
    def created_at(self) -> datetime:
        return self.row.created_at

    @strawberry.field(description="When it got the version that it has; null for the first.")
    def updated_at(self) -> datetime | None:
        return self.row.updated_at

    @strawberry.field(description="Its lock, by which it stays as it is; null where it has none.")
    def lock(self) -> ScenarioLock | None:
        row = self.row
        if row.locked_at is None:
            return None
        return ScenarioLock(label=row.lock_label or "", locked_at=row.locked_at, locked_by=row.locked_by or "")

    @strawberry.field(description="The document as text: as it was given, or as YAML.")
    def document(self, info: Info) -> str:
        return info.context.told(self.row.source)

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

    @strawberry.field(description="What was changed of what it was made from, in order.")
    def changes(self) -> list[ScenarioChange]:
        return [changes.shown(change) for change in self.row.changes]

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
