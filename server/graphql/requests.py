"""Requests: read, listed and watched by the client that puts them out and by vendors that it has invited.

Nothing here asks who is asking: each side reads rows that the database shows to it, and what it is not shown is null or
not in a list.
"""

import asyncio
from collections.abc import AsyncGenerator
from datetime import UTC, datetime
from typing import Annotated
from uuid import UUID

import strawberry
from graphql import GraphQLError

from server.graphql.context import Context, Info
from server.graphql.enums import describe
from server.graphql.opening import opened
from server.graphql.paging import After, Connection, First, Node, connect, cursor_key, global_id, key_of, page_size
from server.graphql.proposals import Party, Proposal, party, proposals_of
from server.graphql.request_documents import request_of
from server.graphql.runs import Experiment
from server.graphql.scenarios import Scenario, ScenarioNote
from server.graphql.scenarios import shown as shown_scenario
from server.graphql.studies import Study
from server.graphql.studies import shown as shown_study
from server.store import invitations as invitation_store
from server.store import requests as store
from server.store import studies as study_store
from server.store.audit import AuditAction, Subject
from server.store.invitations import InvitationOutcome, InvitationRow
from server.store.requests import RequestRow, RequestStatus
from simulation.scenario.reading.canonical import to_yaml
from simulation.studies.stress import name_of

describe(RequestStatus)
describe(InvitationOutcome)

LOOK_SECONDS = 15.0
"""How long to wait for a notice before looking by oneself."""

Statuses = Annotated[
    list[RequestStatus] | None, strawberry.argument(description="Only requests that stand so; left out: all.")
]


@strawberry.type(description="That a vendor was asked to answer a request. A vendor sees its own alone.")
class Invitation:
    row: strawberry.Private[InvitationRow]

    @strawberry.field(description="The invitation's id; not one for `node`.")
    def id(self) -> strawberry.ID:
        return strawberry.ID(str(self.row.id))

    @strawberry.field(description="Who was invited.")
    def vendor(self) -> Party:
        return party(self.row.vendor_id, self.row.vendor_name)

    @strawberry.field(description="When.")
    def invited_at(self) -> datetime:
        return self.row.invited_at

    @strawberry.field(description="What came of it; null until the request is awarded.")
    def outcome(self) -> InvitationOutcome | None:
        return self.row.outcome

    @strawberry.field(
        description="The share of the volume that was awarded to the vendor; null where it was not, or others take over"
        " from it by waiting and not by share."
    )
    def share(self) -> float | None:
        return self.row.share


@strawberry.type(
    description="A request: work that a client puts out, with the terms on which it does. Vendors that it has invited"
    " see it, and of each other nothing."
)
class Request(Node):
    row: strawberry.Private[RequestRow]

    @strawberry.field(description="What people call it.")
    def name(self) -> str:
        return self.row.name

    @strawberry.field(description="Where it stands.")
    def status(self) -> RequestStatus:
        return self.row.status

    @strawberry.field(description="Who puts it out.")
    def client(self) -> Party:
        return party(self.row.organisation_id, self.row.client_name)

    @strawberry.field(
        description="Whether what vendors offer stays closed until the request closes; else it may be opened at once."
    )
    def sealed(self) -> bool:
        return self.row.is_sealed

    @strawberry.field(description="When it was put out.")
    def created_at(self) -> datetime:
        return self.row.created_at

    @strawberry.field(description="Until when it takes answers; where it was closed early, since when it does not.")
    def closes_at(self) -> datetime:
        return self.row.closes_at

    @strawberry.field(description="When it was awarded; null unless it was.")
    def awarded_at(self) -> datetime | None:
        return self.row.awarded_at

    @strawberry.field(description="When the client took it back; null unless it did.")
    def withdrawn_at(self) -> datetime | None:
        return self.row.withdrawn_at

    @strawberry.field(description="SHA-256 of the canonical document.")
    def digest(self) -> str:
        return self.row.digest

    @strawberry.field(
        description="The request as YAML: queues with demand and targets, terms, experiment, stress tests; of the"
        " client's own people and costs nothing."
    )
    async def document(self, info: Info) -> str:
        text = await asyncio.to_thread(_as_yaml, await self._document(info))
        if self.row.organisation_id == info.context.who.organisation_id:
            return info.context.told(text)
        return await opened(info.context, text, AuditAction.OPEN_REQUEST, Subject("Request", self.row.id))

    @strawberry.field(description="How every proposal is simulated.")
    async def experiment(self, info: Info) -> Experiment:
        told = (await asyncio.to_thread(request_of, await self._document(info))).experiment
        return Experiment(replications=told.replications, seed=told.seed, precision=told.precision)

    @strawberry.field(description="The names of the stress tests that every proposal is put through.")
    async def stresses(self, info: Info) -> list[str]:
        request = await asyncio.to_thread(request_of, await self._document(info))
        return [name_of(type(one.test)) for one in request.stresses]

    @strawberry.field(description="The scenario that it was put out of; null to vendors.")
    async def scenario(self, info: Info) -> Scenario | None:
        base = await info.context.request_bases.load(self.row.id)
        row = await info.context.scenarios.load(base.scenario_id) if base else None
        return shown_scenario(row) if row else None

    @strawberry.field(description="The scenario's version then; null to vendors.")
    async def scenario_version(self, info: Info) -> int | None:
        base = await info.context.request_bases.load(self.row.id)
        return base.scenario_version if base else None

    @strawberry.field(
        description="What of the scenario could not be put out with it, by its place there; empty to vendors."
    )
    async def left_out(self, info: Info) -> list[ScenarioNote]:
        base = await info.context.request_bases.load(self.row.id)
        return [ScenarioNote(**one) for one in base.left_out] if base else []

    @strawberry.field(description="The scenario with the winners; null until it is awarded, and to vendors.")
    async def awarded_scenario(self, info: Info) -> Scenario | None:
        base = await info.context.request_bases.load(self.row.id)
        row = await info.context.scenarios.load(base.awarded_scenario_id) if base and base.awarded_scenario_id else None
        return shown_scenario(row) if row else None

    @strawberry.field(description="Who was invited, newest first; to a vendor its own invitation.")
    async def invitations(self, info: Info, first: First = 50, after: After = None) -> Connection[Invitation]:
        return await _invitations_of(info.context, self.row.id, first, after)

    @strawberry.field(
        description="To the client what was submitted, the latest to come in first; to a vendor its own proposal,"
        " draft or not."
    )
    async def proposals(self, info: Info, first: First = 50, after: After = None) -> Connection[Proposal]:
        return await proposals_of(info.context, self.row, first, after)

    @strawberry.field(description="The evaluations of what was submitted, newest first; to vendors none.")
    async def evaluations(self, info: Info, first: First = 10, after: After = None) -> Connection[Study]:
        return await _evaluations_of(info.context, self.row.id, first, after)

    async def _document(self, info: Info) -> str:
        document = await info.context.request_documents.load(self.row.id)
        if document is None:
            raise LookupError(f"request {self.row.id} has lost its document")
        return document


def _as_yaml(document: str) -> str:
    return to_yaml(request_of(document))


def shown(row: RequestRow) -> Request:
    return Request(id=global_id("Request", row.id), row=row)


async def by_key(context: Context, key: UUID) -> Request | None:
    row = await find(context, key)
    return shown(row) if row else None


async def find(context: Context, key: UUID) -> RequestRow | None:
    async with context.tenant() as connection:
        return await store.get_request(connection, key)


async def list_requests(
    context: Context, statuses: list[RequestStatus] | None, first: int, after: str | None
) -> Connection[Request]:
    async with context.tenant() as connection:
        page = await store.list_requests(connection, first=page_size(first), after=cursor_key(after), statuses=statuses)

    async def count() -> int:
        async with context.tenant() as connection:
            return await store.count_requests(connection, statuses)

    items = [(str(row.id), shown(row)) for row in page.rows]
    return connect(Connection[Request], items, more=page.more, after=after, count=count)


async def _invitations_of(context: Context, request: UUID, first: int, after: str | None) -> Connection[Invitation]:
    async with context.tenant() as connection:
        page = await invitation_store.list_invitations(
            connection, request, first=page_size(first), after=cursor_key(after)
        )

    async def count() -> int:
        async with context.tenant() as connection:
            return await invitation_store.count_invitations(connection, request)

    items = [(str(row.id), Invitation(row=row)) for row in page.rows]
    return connect(Connection[Invitation], items, more=page.more, after=after, count=count)


async def _evaluations_of(context: Context, request: UUID, first: int, after: str | None) -> Connection[Study]:
    async with context.tenant() as connection:
        page = await study_store.list_studies(
            connection, first=page_size(first), after=cursor_key(after), request_id=request
        )

    async def count() -> int:
        async with context.tenant() as connection:
            return await study_store.count_studies(connection, request_id=request)

    items = [(str(row.id), shown_study(row)) for row in page.rows]
    return connect(Connection[Study], items, more=page.more, after=after, count=count)


@strawberry.type(description="A change of a request, or of what the watching side has to do with it.")
class RequestUpdate:
    sequence: int = strawberry.field(
        description="Grows with every change that the watching side may see; pass the last one seen as `after` to go on"
        " from there."
    )
    request: Request = strawberry.field(description="The request as it stands.")


async def updates(context: Context, request_id: str, after: int | None) -> AsyncGenerator[RequestUpdate, None]:
    """The request as it is, unless that was seen; then as it is after changes, until it is awarded or withdrawn."""
    key = key_of(request_id, "Request")
    seen = after
    async with context.notices.bell(store.REQUEST_CHANGED_CHANNEL) as bell:
        while True:
            row = await find(context, key) if key else None
            if row is None:
                raise GraphQLError(NO_SUCH_REQUEST, extensions={"code": "NOT_FOUND"})
            if seen is None or row.sequence != seen:
                yield RequestUpdate(sequence=row.sequence, request=shown(row))
            seen = row.sequence
            if row.status.is_over:
                return
            await bell.wait(_seconds_to_wait(row))


NO_SUCH_REQUEST = "There is no request of this id; pass the id of one of `requests`."


def _seconds_to_wait(row: RequestRow) -> float:
    """Until it closes by itself, which nobody tells."""
    if row.status is not RequestStatus.OPEN:
        return LOOK_SECONDS
    return min(LOOK_SECONDS, max(0.0, (row.closes_at - datetime.now(UTC)).total_seconds()) + 0.05)
