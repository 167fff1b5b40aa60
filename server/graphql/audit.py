"""The audit log of an organisation, for those who administer it."""

import json
from datetime import datetime
from typing import Annotated

import strawberry

from server.graphql.context import Info
from server.graphql.enums import describe
from server.graphql.paging import Connection, connect, cursor_key, global_id, page_size
from server.store import audit as store
from server.store.audit import ActorKind, AuditAction, AuditRow, Filter

describe(ActorKind)
describe(AuditAction)

Actions = Annotated[
    list[AuditAction] | None, strawberry.argument(description="Only entries of these; left out: of all.")
]
Since = Annotated[
    datetime | None, strawberry.argument(name="from", description="Only entries at or after this instant.")
]
Until = Annotated[datetime | None, strawberry.argument(name="to", description="Only entries before this instant.")]


@strawberry.type(description="Who did something.")
class AuditActor:
    kind: ActorKind = strawberry.field(description="What kind of actor it was.")
    id: str | None = strawberry.field(description="The id of the token or the member; null for others.")
    label: str = strawberry.field(description="What it was called then; empty where it had no name.")


@strawberry.type(description="A fact about what was done.")
class AuditFact:
    name: str = strawberry.field(description="What it is about.")
    value: str = strawberry.field(description="The value: text as it is, anything else as JSON.")


@strawberry.type(description="That somebody did something: written as it was done, never changed.")
class AuditEntry:
    id: strawberry.ID = strawberry.field(description="The entry's id; not one for `node`.")
    at: datetime = strawberry.field(description="When it was done.")
    actor: AuditActor = strawberry.field(description="Who did it.")
    action: AuditAction = strawberry.field(description="What was done.")
    subject_kind: str | None = strawberry.field(
        description="The type of what it was done to, such as Run; null where there is no one thing."
    )
    subject_id: strawberry.ID | None = strawberry.field(
        description="The global id of what it was done to, which may be gone; null where there is no one thing."
    )
    request_id: str | None = strawberry.field(description="The id of the request; null where it was done without one.")
    facts: list[AuditFact] = strawberry.field(description="A few facts about it; never secrets or documents.")


def shown(row: AuditRow) -> AuditEntry:
    return AuditEntry(
        id=strawberry.ID(str(row.id)),
        at=row.at,
        actor=AuditActor(kind=row.actor.kind, id=row.actor.id, label=row.actor.label),
        action=row.action,
        subject_kind=row.subject.kind if row.subject else None,
        subject_id=global_id(row.subject.kind, row.subject.key) if row.subject else None,
        request_id=row.actor.request_id,
        facts=[
            AuditFact(name=name, value=value if isinstance(value, str) else json.dumps(value))
            for name, value in row.facts.items()
        ],
    )


async def list_entries(info: Info, wanted: Filter, first: int, after: str | None) -> Connection[AuditEntry]:
    context = info.context
    async with context.tenant() as connection:
        page = await store.list_entries(connection, wanted, first=page_size(first), after=cursor_key(after))

    async def count() -> int:
        async with context.tenant() as connection:
            return await store.count_entries(connection, wanted)

    items = [(str(row.id), shown(row)) for row in page.rows]
    return connect(Connection[AuditEntry], items, more=page.more, after=after, count=count)
