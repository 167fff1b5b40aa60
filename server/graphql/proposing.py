"""What a vendor does with a proposal: it saves and tests drafts, submits one, takes it back."""

import asyncio
from dataclasses import dataclass
from uuid import UUID

import strawberry

from server.database.connecting import Connection
from server.graphql.context import Context, Info
from server.graphql.errors import (
    RefusedError,
    UserError,
    UserErrorCode,
    at_most,
    input_digest,
    key_errors,
    limit_errors,
    problem_errors,
    user_error,
)
from server.graphql.paging import key_of
from server.graphql.proposals import Proposal, shown
from server.graphql.putting_out import closed_error
from server.graphql.request_documents import request_of
from server.graphql.runs import Run, Wanted, expected_contacts_of, queue
from server.graphql.scenario_sources import MOST_CHARACTERS
from server.store import limits
from server.store import proposals as store
from server.store import requests as request_store
from server.store import scenarios as scenario_store
from server.store.audit import AuditAction, Subject
from server.store.limits import LimitReachedError
from server.store.proposals import ProposalRow
from server.store.requests import RequestRow, RequestStatus
from server.store.scenarios import ScenarioRow
from simulation.proposals.joining import Part, joined
from simulation.proposals.proposal import Proposal as ProposalModel
from simulation.proposals.proposal import offered
from simulation.proposals.reading import load_proposal
from simulation.scenario.problems import RefusedError as NotJoinedError
from simulation.scenario.problems import ScenarioError
from simulation.scenario.reading.canonical import canonical, digest, to_yaml
from simulation.scenario.scenario import Scenario as ScenarioModel


@strawberry.input(description="A draft to save.")
class SaveProposalInput:
    request_id: strawberry.ID = strawberry.field(description="The request that it answers, still open.")
    document: str = strawberry.field(
        description="The proposal, YAML or JSON, of at most a million characters: vendor with sites and teams, pricing,"
        " routes. Own cost in it is never shown to the client."
    )
    expected_version: int | None = strawberry.field(
        default=None,
        description="The version that it was read at; if the proposal has another one by now, nothing is done. Left"
        " out: whatever is there gets a next version.",
    )


@strawberry.type(description="What came of saveProposal.")
class SaveProposalPayload:
    proposal: Proposal | None = strawberry.field(
        description="The proposal as it is now; after a CONFLICT that of somebody else. Null when refused otherwise."
    )
    user_errors: list[UserError] = strawberry.field(description="Why it was refused; empty when it was saved.")


@strawberry.input(description="A proposal to test.")
class TestProposalInput:
    proposal_id: strawberry.ID = strawberry.field(description="The proposal; its last version is simulated.")
    idempotency_key: str | None = strawberry.field(
        default=None,
        description="Any line of text; the same key with the same input again returns the run started first, and with"
        " another input it is refused.",
    )


@strawberry.type(description="What came of testProposal.")
class TestProposalPayload:
    run: Run | None = strawberry.field(
        description="The run, by the request's experiment and on the vendor's own limits; null when it was refused."
    )
    user_errors: list[UserError] = strawberry.field(description="Why it was refused; empty when it was started.")


@strawberry.input(description="A proposal to submit.")
class SubmitProposalInput:
    proposal_id: strawberry.ID = strawberry.field(description="The proposal.")
    expected_version: int = strawberry.field(
        description="The version that is meant, which must be the last one, and tested."
    )


@strawberry.type
class OfProposal:
    proposal: Proposal | None = strawberry.field(description="The proposal as it stands; null where there is none.")
    user_errors: list[UserError] = strawberry.field(description="Why it was refused; empty when it was done.")


@strawberry.type(description="What came of submitProposal.")
class SubmitProposalPayload(OfProposal):
    pass


@strawberry.input(description="A proposal to take back.")
class WithdrawProposalInput:
    proposal_id: strawberry.ID = strawberry.field(description="The proposal, which stands.")


@strawberry.type(description="What came of withdrawProposal: nothing of it stands, its draft stays.")
class WithdrawProposalPayload(OfProposal):
    pass


@dataclass(frozen=True)
class Written:
    """A draft, read with its request."""

    proposal: ProposalModel
    source: str
    scenario: ScenarioModel


async def save(info: Info, input: SaveProposalInput) -> SaveProposalPayload:
    context = info.context
    if len(input.document) > MOST_CHARACTERS:
        message = f"the document has more than {MOST_CHARACTERS} characters; shorten it"
        return SaveProposalPayload(
            proposal=None, user_errors=[user_error(UserErrorCode.TOO_LARGE, message, "document")]
        )
    try:
        async with context.tenant() as connection:
            request = await _answerable(context, connection, input.request_id)
            documents = await request_store.get_request_documents(connection, [request.id])
        written = await asyncio.to_thread(_written, documents[request.id], input.document)
        async with context.tenant() as connection:
            row, refused = await _saved(context, connection, request, written, input.expected_version)
    except RefusedError as error:
        return SaveProposalPayload(proposal=None, user_errors=at_most(error.errors))
    return SaveProposalPayload(proposal=shown(row), user_errors=refused)


async def _answerable(context: Context, connection: Connection, text: str) -> RequestRow:
    """A request of somebody else that takes answers, and does so until the transaction ends. Raises RefusedError."""
    key = key_of(text, "Request")
    row = await request_store.get_request(connection, key) if key else None
    if row is None:
        message = "there is no request of this id; pass the id of one of `requests`"
        raise RefusedError(user_error(UserErrorCode.NOT_FOUND, message, "requestId"))
    if row.organisation_id == context.who.organisation_id:
        message = "the request is the organisation's own; vendors that it invites answer it"
        raise RefusedError(user_error(UserErrorCode.WRONG_KIND, message, "requestId"))
    await request_store.keep_request_open(connection, row.id)
    row = await request_store.get_request(connection, row.id) or row
    if row.status is not RequestStatus.OPEN:
        raise RefusedError(closed_error(row))
    return row


def _written(request: str, source: str) -> Written:
    """Raises RefusedError."""
    known = request_of(request)
    try:
        proposal = load_proposal(source, known, file="document")
        return Written(proposal, source, joined(known, [Part(proposal)]))
    except ScenarioError as error:
        raise RefusedError(*problem_errors(error.problems, UserErrorCode.INVALID_PROPOSAL)) from None
    except NotJoinedError as error:
        raise RefusedError(
            *(
                user_error(UserErrorCode.INVALID_PROPOSAL, f"{one.message}; {one.mend}", ".".join(map(str, one.at)))
                for one in error.refusals
            )
        ) from None


async def _saved(
    context: Context, connection: Connection, request: RequestRow, written: Written, expected: int | None
) -> tuple[ProposalRow, list[UserError]]:
    """Raises RefusedError where there is nothing to show."""
    await limits.hold_organisation(connection)  # of two who save the first draft, one makes it
    await _still_open(connection, request)
    before = (await store.own_proposals(connection, [request.id])).get(request.id)
    if before is None:
        if expected is not None:
            message = "there is no proposal to this request yet; leave expectedVersion out"
            raise RefusedError(user_error(UserErrorCode.INVALID_ARGUMENT, message, "expectedVersion"))
        key = await store.create_proposal(
            connection,
            request_id=request.id,
            client_id=request.organisation_id,
            document=canonical(written.proposal),
            source=written.source,
        )
    else:
        if before.draft is None or expected not in (None, before.draft.version):
            return before, [_conflict(before, expected)]
        key = before.id
        await store.update_proposal(
            connection,
            key,
            expected_version=before.draft.version,
            document=canonical(written.proposal),
            source=written.source,
        )
    await _store_scenario(connection, key, written.scenario)
    row = await _own(connection, key)
    facts = {"request": request.id, "version": row.draft.version if row.draft else None}
    await context.record(connection, AuditAction.SAVE_PROPOSAL, Subject("Proposal", key), **facts)
    return row, []


async def _still_open(connection: Connection, request: RequestRow) -> None:
    await request_store.keep_request_open(connection, request.id)
    row = await request_store.get_request(connection, request.id)
    if row is None or row.status is not RequestStatus.OPEN:
        raise RefusedError(closed_error(row or request))


def _conflict(row: ProposalRow, expected: int | None) -> UserError:
    version = row.draft.version if row.draft else 0
    message = f"the proposal is at version {version}, not {expected}; read it again, and send expectedVersion {version}"
    return user_error(UserErrorCode.CONFLICT, f"{message} if it is still wanted", "expectedVersion")


async def _store_scenario(connection: Connection, key: UUID, scenario: ScenarioModel) -> None:
    """The scenario of a proposal, of the same version."""
    before = await scenario_store.get_scenario_of(connection, key)
    told = {
        "name": scenario.name,
        "document": canonical(scenario),
        "source": to_yaml(scenario),
        "digest": digest(scenario),
    }
    if before is None:
        await scenario_store.create_scenario(connection, **told, proposal_id=key)
        return
    await scenario_store.update_scenario(
        connection,
        before.id,
        expected_version=before.version,
        base_id=None,
        changes=[],
        proposal_id=key,
        **told,
    )


async def _own(connection: Connection, key: UUID) -> ProposalRow:
    row = await store.own_proposal(connection, key)
    if row is None:
        raise LookupError(f"proposal {key} is gone")
    return row


async def test(info: Info, input: TestProposalInput) -> TestProposalPayload:
    context = info.context
    if refused := key_errors(input.idempotency_key):
        return TestProposalPayload(run=None, user_errors=refused)
    async with context.tenant() as connection:
        row = await _proposal_of(connection, input.proposal_id)
        scenario = await scenario_store.get_scenario_of(connection, row.id) if row else None
        documents = await request_store.get_request_documents(connection, [row.request_id]) if row else {}
    if row is None or scenario is None:
        return TestProposalPayload(run=None, user_errors=[_no_such_proposal()])
    if row.request_id not in documents:
        return TestProposalPayload(run=None, user_errors=[_no_request()])
    experiment = (await asyncio.to_thread(request_of, documents[row.request_id])).experiment
    sent = input_digest(["testProposal", str(row.id), experiment.model_dump()])
    return await _tested(context, scenario, Wanted(experiment, input.idempotency_key, sent))


async def _tested(context: Context, scenario: ScenarioRow, wanted: Wanted) -> TestProposalPayload:
    expected = await asyncio.to_thread(expected_contacts_of, scenario.document)
    contacts = limits.contacts_of(expected, wanted.experiment.replications)
    try:
        async with context.tenant() as connection:
            started = await queue(context, connection, scenario, contacts, wanted)
    except LimitReachedError as error:
        return TestProposalPayload(run=None, user_errors=limit_errors(error))
    return TestProposalPayload(run=started.run, user_errors=started.user_errors)


async def submit(info: Info, input: SubmitProposalInput) -> SubmitProposalPayload:
    context = info.context
    async with context.tenant() as connection:
        row = await _proposal_of(connection, input.proposal_id)
        documents = await request_store.get_request_documents(connection, [row.request_id]) if row else {}
        own = await store.get_own_documents(connection, row.id) if row else None
    if row is None or own is None:
        return SubmitProposalPayload(proposal=None, user_errors=[_no_such_proposal()])
    if row.request_id not in documents:
        return SubmitProposalPayload(proposal=shown(row), user_errors=[_no_request()])
    experiment = (await asyncio.to_thread(request_of, documents[row.request_id])).experiment.model_dump_json()
    offer = await asyncio.to_thread(_stripped, own[0])
    async with context.tenant() as connection:
        row, refused = await _submitted(context, connection, row, input.expected_version, experiment, offer)
    return SubmitProposalPayload(proposal=shown(row), user_errors=refused)


def _stripped(document: str) -> str:
    """What is offered, as canonical JSON."""
    return canonical(offered(ProposalModel.model_validate_json(document)))


async def _submitted(
    context: Context, connection: Connection, before: ProposalRow, expected: int, experiment: str, offer: str
) -> tuple[ProposalRow, list[UserError]]:
    request, refused = await _held(connection, before)
    if request is None or refused:
        return before, refused
    row = await _own(connection, before.id)
    if row.draft is None or before.draft is None or not row.draft.version == before.draft.version == expected:
        return row, [_conflict(row, expected)]
    if not await store.is_tested(connection, row.draft, experiment):
        message = f"no run of testProposal has simulated version {expected} to its end; test it, then submit it"
        return row, [user_error(UserErrorCode.NOT_TESTED, message, "expectedVersion")]
    await store.submit(connection, row, client_id=request.organisation_id, name=row.vendor_name, offer=offer)
    facts = {"request": row.request_id, "version": expected}
    await context.record(connection, AuditAction.SUBMIT_PROPOSAL, Subject("Proposal", row.id), **facts)
    return await _own(connection, row.id), []


async def _held(connection: Connection, row: ProposalRow) -> tuple[RequestRow | None, list[UserError]]:
    """The request of a proposal, kept open; why nothing is done with it."""
    await limits.hold_organisation(connection)
    await request_store.keep_request_open(connection, row.request_id)
    request = await request_store.get_request(connection, row.request_id)
    if request is None:
        return None, [_no_request()]
    return request, [] if request.status is RequestStatus.OPEN else [closed_error(request)]


async def withdraw(info: Info, input: WithdrawProposalInput) -> WithdrawProposalPayload:
    context = info.context
    async with context.tenant() as connection:
        row = await _proposal_of(connection, input.proposal_id)
        if row is None:
            return WithdrawProposalPayload(proposal=None, user_errors=[_no_such_proposal()])
        request, refused = await _held(connection, row)
        row = await _own(connection, row.id)
        if request is None or refused:
            return WithdrawProposalPayload(proposal=shown(row), user_errors=refused)
        if row.draft is None or row.draft.submitted_version is None:
            message = "nothing of it stands; submitProposal submits its last version"
            refused = [user_error(UserErrorCode.NOT_SUBMITTED, message, "proposalId")]
            return WithdrawProposalPayload(proposal=shown(row), user_errors=refused)
        await store.withdraw(connection, row)
        facts = {"request": row.request_id, "version": row.draft.submitted_version}
        await context.record(connection, AuditAction.WITHDRAW_PROPOSAL, Subject("Proposal", row.id), **facts)
        row = await _own(connection, row.id)
    return WithdrawProposalPayload(proposal=shown(row), user_errors=[])


async def _proposal_of(connection: Connection, text: str) -> ProposalRow | None:
    """Of the transaction's organisation, as its vendor."""
    key = key_of(text, "Proposal")
    return await store.own_proposal(connection, key) if key else None


def _no_such_proposal() -> UserError:
    message = "there is no proposal of this id that the organisation has made; pass the id of one of a request's"
    return user_error(UserErrorCode.NOT_FOUND, message, "proposalId")


def _no_request() -> UserError:
    return user_error(UserErrorCode.NOT_FOUND, "the request that it answers is gone", "proposalId")
