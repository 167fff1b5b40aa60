"""What of the schema's roots is about requests and proposals."""

from collections.abc import AsyncGenerator
from typing import Annotated

import strawberry

from server.graphql import awarding, evaluating, proposals, proposing, putting_out, requests
from server.graphql.awarding import AwardProposalInput, AwardProposalPayload
from server.graphql.context import Info
from server.graphql.evaluating import (
    ScorecardInput,
    ScoreProposalsPayload,
    StartEvaluationInput,
    StartEvaluationPayload,
)
from server.graphql.paging import After, Connection, First, key_of
from server.graphql.proposals import Proposal
from server.graphql.proposing import (
    SaveProposalInput,
    SaveProposalPayload,
    SubmitProposalInput,
    SubmitProposalPayload,
    TestProposalInput,
    TestProposalPayload,
    WithdrawProposalInput,
    WithdrawProposalPayload,
)
from server.graphql.putting_out import (
    CloseRequestInput,
    CloseRequestPayload,
    CreateRequestInput,
    CreateRequestPayload,
    ExtendRequestInput,
    ExtendRequestPayload,
    InviteVendorsInput,
    InviteVendorsPayload,
    WithdrawRequestInput,
    WithdrawRequestPayload,
)
from server.graphql.requests import Request, RequestUpdate, Statuses
from server.store.organisations import Scope

RequestId = Annotated[strawberry.ID, strawberry.argument(description="The request's global id.")]
ProposalId = Annotated[strawberry.ID, strawberry.argument(description="The proposal's global id.")]
Seen = Annotated[
    int | None,
    strawberry.argument(description="The last sequence already seen; left out: begin with the current state."),
]
NewRequest = Annotated[CreateRequestInput, strawberry.argument(description="The scenario, and what of it is put out.")]
Invited = Annotated[InviteVendorsInput, strawberry.argument(description="The request and whom to invite.")]
ClosedRequest = Annotated[CloseRequestInput, strawberry.argument(description="The request to close.")]
LaterRequest = Annotated[ExtendRequestInput, strawberry.argument(description="The request and its new closing time.")]
OldRequest = Annotated[WithdrawRequestInput, strawberry.argument(description="The request to take back.")]
Award = Annotated[AwardProposalInput, strawberry.argument(description="The request, who wins, and how much of it.")]
NewEvaluation = Annotated[
    StartEvaluationInput, strawberry.argument(description="The request, and what of it is evaluated.")
]
EvaluationId = Annotated[strawberry.ID, strawberry.argument(description="The global id of an evaluation.")]
Card = Annotated[ScorecardInput, strawberry.argument(description="What counts how much.")]
NewDraft = Annotated[SaveProposalInput, strawberry.argument(description="The request and the proposal's document.")]
Tested = Annotated[TestProposalInput, strawberry.argument(description="The proposal to test.")]
Submitted = Annotated[SubmitProposalInput, strawberry.argument(description="The proposal and the version meant.")]
OldProposal = Annotated[WithdrawProposalInput, strawberry.argument(description="The proposal to take back.")]


@strawberry.type
class RequestQueries:
    @strawberry.field(
        description="A request that the organisation has put out or was invited to, by its global id; null for an"
        " unknown id."
    )
    async def request(self, info: Info, id: RequestId) -> Request | None:
        info.context.require(Scope.READ)
        key = key_of(id, "Request")
        return await requests.by_key(info.context, key) if key else None

    @strawberry.field(description="The requests that the organisation has put out or was invited to, newest first.")
    async def requests(
        self, info: Info, first: First = 50, after: After = None, statuses: Statuses = None
    ) -> Connection[Request]:
        info.context.require(Scope.READ)
        return await requests.list_requests(info.context, statuses, first, after)

    @strawberry.field(
        description="A proposal that the organisation has made, or that was submitted to it, by its global id; null for"
        " an unknown id."
    )
    async def proposal(self, info: Info, id: ProposalId) -> Proposal | None:
        info.context.require(Scope.READ)
        key = key_of(id, "Proposal")
        return await proposals.by_key(info.context, key) if key else None

    @strawberry.field(
        description="The candidates of an evaluation that has succeeded, by the weights and marks of a scorecard."
        " Nothing is simulated or stored."
    )
    async def score_proposals(self, info: Info, study_id: EvaluationId, scorecard: Card) -> ScoreProposalsPayload:
        info.context.require(Scope.READ)
        return await evaluating.score(info.context, study_id, scorecard)


@strawberry.type
class RequestMutations:
    @strawberry.mutation(
        description="Put out the work of a scenario: demand, targets, terms and how proposals are simulated, frozen as"
        " they are now, without the organisation's own people and costs. For clients; nobody sees it before being"
        " invited."
    )
    async def create_request(self, info: Info, input: NewRequest) -> CreateRequestPayload | None:
        info.context.require(Scope.REQUESTS)
        return await putting_out.create(info, input)

    @strawberry.mutation(
        description="Invite vendors to answer a request. Each sees the request and its own invitation, nobody the"
        " others."
    )
    async def invite_vendors(self, info: Info, input: Invited) -> InviteVendorsPayload | None:
        info.context.require(Scope.REQUESTS)
        return await putting_out.invite(info, input)

    @strawberry.mutation(description="Close a request now: it takes no more answers.")
    async def close_request(self, info: Info, input: ClosedRequest) -> CloseRequestPayload | None:
        info.context.require(Scope.REQUESTS)
        return await putting_out.close(info, input)

    @strawberry.mutation(description="Give vendors more time to answer a request.")
    async def extend_request(self, info: Info, input: LaterRequest) -> ExtendRequestPayload | None:
        info.context.require(Scope.REQUESTS)
        return await putting_out.extend(info, input)

    @strawberry.mutation(description="Take a request back: it is not awarded, and takes no more answers.")
    async def withdraw_request(self, info: Info, input: OldRequest) -> WithdrawRequestPayload | None:
        info.context.require(Scope.REQUESTS)
        return await putting_out.withdraw(info, input)

    @strawberry.mutation(
        description="Simulate what stands for a request, and mixes of it, as planned and under each of its stress"
        " tests, all on the same draws. A study: its points are runs, on the client's limits."
    )
    async def start_evaluation(self, info: Info, input: NewEvaluation) -> StartEvaluationPayload | None:
        info.context.require(Scope.RUNS)
        return await evaluating.evaluate(info, input)

    @strawberry.mutation(
        description="Award a request to one proposal or several: makes the scenario with the winners, and tells every"
        " invited vendor what came of its own proposal."
    )
    async def award_proposal(self, info: Info, input: Award) -> AwardProposalPayload | None:
        info.context.require(Scope.REQUESTS)
        return await awarding.award(info, input)

    @strawberry.mutation(
        description="Save the organisation's proposal to a request, as a draft that the client knows nothing of. What"
        " stands already stays as it is until the new version is submitted."
    )
    async def save_proposal(self, info: Info, input: NewDraft) -> SaveProposalPayload | None:
        info.context.require(Scope.SCENARIOS)
        return await proposing.save(info, input)

    @strawberry.mutation(
        description="Simulate request and proposal together, by the request's experiment and on the vendor's own"
        " limits. The run is the vendor's alone."
    )
    async def test_proposal(self, info: Info, input: Tested) -> TestProposalPayload | None:
        info.context.require(Scope.RUNS)
        return await proposing.test(info, input)

    @strawberry.mutation(
        description="Submit the last version of a proposal, which was tested, in place of what stands. Own cost stays"
        " with the vendor."
    )
    async def submit_proposal(self, info: Info, input: Submitted) -> SubmitProposalPayload | None:
        info.context.require(Scope.REQUESTS)
        return await proposing.submit(info, input)

    @strawberry.mutation(description="Take a submitted proposal back, before the request closes.")
    async def withdraw_proposal(self, info: Info, input: OldProposal) -> WithdrawProposalPayload | None:
        info.context.require(Scope.REQUESTS)
        return await proposing.withdraw(info, input)


@strawberry.type
class RequestSubscriptions:
    @strawberry.subscription(
        description="A request, as the client or an invited vendor may see it: its current state first, then its state"
        " after changes, its closing too, until it is awarded or withdrawn; several at once may be told as one."
    )
    async def request_updated(
        self, info: Info, request_id: RequestId, after: Seen = None
    ) -> AsyncGenerator[RequestUpdate, None]:
        info.context.require(Scope.READ)
        async for update in requests.updates(info.context, request_id, after):
            yield update
