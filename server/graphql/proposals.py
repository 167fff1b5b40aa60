"""Proposals, as their vendor sees them and, once submitted, the client: of its drafts, tests and own cost nothing."""

import asyncio
from datetime import datetime
from typing import TYPE_CHECKING, Annotated
from uuid import UUID

import strawberry

from server.graphql.context import Context, Info
from server.graphql.enums import describe
from server.graphql.opening import opened
from server.graphql.paging import Connection, Node, connect, cursor_key, global_id, page_size
from server.graphql.request_documents import request_of
from server.graphql.runs import Run
from server.graphql.runs import shown as shown_run
from server.graphql.scenarios import Scenario
from server.graphql.scenarios import shown as shown_scenario
from server.store import proposals as store
from server.store.audit import AuditAction, Subject
from server.store.proposals import Draft, ProposalRow, ProposalStatus
from server.store.requests import RequestRow
from simulation.proposals.proposal import Proposal as ProposalModel
from simulation.scenario.reading.canonical import to_yaml

if TYPE_CHECKING:
    from server.graphql.requests import Request

describe(ProposalStatus)


@strawberry.type(description="An organisation on the other side of a request: no more of it is seen than this.")
class Party:
    id: strawberry.ID = strawberry.field(
        description="Its global id, for `inviteVendors`; `node` knows it for its own people only."
    )
    name: str = strawberry.field(description="Its name.")


def party(key: UUID, name: str) -> Party:
    return Party(id=global_id("Organisation", key), name=name)


@strawberry.type(
    description="A vendor's answer to a request. The client sees it once it is submitted, and what is offered once that"
    " may be opened; drafts, tests and the vendor's own cost it never sees."
)
class Proposal(Node):
    row: strawberry.Private[ProposalRow]

    @strawberry.field(description="The request that it answers; null where that is gone.")
    async def request(self, info: Info) -> Annotated["Request", strawberry.lazy("server.graphql.requests")] | None:
        from server.graphql.requests import shown as shown_request  # which knows this module

        row = await info.context.requests_of.load(self.row.request_id)
        return shown_request(row) if row else None

    @strawberry.field(description="Who proposes.")
    def vendor(self) -> Party:
        return party(self.row.vendor_id, self.row.vendor_name)

    @strawberry.field(description="Where it stands.")
    def status(self) -> ProposalStatus:
        return self.row.status

    @strawberry.field(description="When the version that stands, or stood last, was submitted; null before.")
    def submitted_at(self) -> datetime | None:
        return self.row.submitted_at

    @strawberry.field(description="When it was taken back; null unless it is.")
    def withdrawn_at(self) -> datetime | None:
        return self.row.withdrawn_at

    @strawberry.field(
        description="The share of the volume that was awarded to it; null where it was not, or is not by share."
    )
    def share(self) -> float | None:
        return self.row.share

    @strawberry.field(
        description="To the vendor the text of the last version, as it was given; to the client what is offered, as"
        " YAML and without own cost, or null while it may not be opened."
    )
    async def document(self, info: Info) -> str | None:
        if self.row.draft is not None:
            async with info.context.tenant() as connection:
                _, source = await store.get_own_documents(connection, self.row.id)
            return info.context.told(source)
        document = await info.context.offers.load(self.row.id)
        if document is None:
            return None
        text = await asyncio.to_thread(_as_yaml, document)
        subject = Subject("Proposal", self.row.id)
        return await opened(info.context, text, AuditAction.OPEN_OFFER, subject, request=self.row.request_id)

    @strawberry.field(
        description="To the vendor the last run that tests it, of whatever version; to the client the run of the last"
        " evaluation in which it serves alone and without stress. Null where there is none."
    )
    async def run(self, info: Info) -> Run | None:
        context, draft = info.context, self.row.draft
        own = await context.latest_tests.load(draft.scenario_id) if draft else None
        key = own if draft else await context.evaluated_runs.load(self.row.id)
        row = await context.runs.load(key) if key else None
        return shown_run(row) if row else None

    @strawberry.field(description="Its version, from 1, which grows as it is saved; null to the client.")
    def version(self) -> int | None:
        return self.row.draft and self.row.draft.version

    @strawberry.field(description="The version that stands for the client; null where none does, and to the client.")
    def submitted_version(self) -> int | None:
        return self.row.draft and self.row.draft.submitted_version

    @strawberry.field(
        description="Whether a run by the request's experiment has simulated the last version; null to the client."
    )
    async def is_tested(self, info: Info) -> bool | None:
        if self.row.draft is None:
            return None
        document = await info.context.request_documents.load(self.row.request_id)
        if document is None:
            return False
        request = await asyncio.to_thread(request_of, document)
        async with info.context.tenant() as connection:
            return await store.is_tested(connection, self.row.draft, request.experiment.model_dump_json())

    @strawberry.field(description="When it was first saved; null to the client.")
    def created_at(self) -> datetime | None:
        return self.row.draft and self.row.draft.created_at

    @strawberry.field(description="When it got its last version; null to the client.")
    def updated_at(self) -> datetime | None:
        return self.row.draft and self.row.draft.updated_at

    @strawberry.field(
        description="Request and proposal joined, of the proposal's last version: to preview, run and search like any"
        " scenario. It changes with the proposal only. Null to the client."
    )
    async def scenario(self, info: Info) -> Scenario | None:
        draft: Draft | None = self.row.draft
        row = await info.context.scenarios.load(draft.scenario_id) if draft else None
        return shown_scenario(row) if row else None


def _as_yaml(document: str) -> str:
    return to_yaml(ProposalModel.model_validate_json(document))


def shown(row: ProposalRow) -> Proposal:
    return Proposal(id=global_id("Proposal", row.id), row=row)


async def by_key(context: Context, key: UUID) -> Proposal | None:
    async with context.tenant() as connection:
        row = await store.own_proposal(connection, key)
        if row is None:
            row = (await store.received_proposals(connection, context.who.organisation_id, [key])).get(key)
    return shown(row) if row else None


async def proposals_of(context: Context, request: RequestRow, first: int, after: str | None) -> Connection[Proposal]:
    """To its client those submitted, to a vendor its own."""
    is_client = request.organisation_id == context.who.organisation_id
    size, place = page_size(first), cursor_key(after)
    async with context.tenant() as connection:
        if is_client:
            page = await store.list_received(connection, request.id, first=size, after=place)
            rows, more = page.rows, page.more
        else:
            own = (await store.own_proposals(connection, [request.id])).get(request.id)
            rows, more = [own] if own and place is None else [], False

    async def count() -> int:
        async with context.tenant() as connection:
            if is_client:
                return await store.count_received(connection, request.id)
            return len(await store.own_proposals(connection, [request.id]))

    items = [(str(row.place), shown(row)) for row in rows]
    return connect(Connection[Proposal], items, more=more, after=after, count=count)
