"""The schema: every query, mutation and subscription in one place, each handed to its noun."""

import uuid
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping
from functools import lru_cache
from typing import Annotated

import strawberry
from strawberry.schema.config import StrawberryConfig

from server.graphql import (
    administration,
    audit,
    comparison,
    deletion,
    exports,
    importing,
    lists,
    locking,
    making,
    organisations,
    previewing,
    proposals,
    requests,
    rescoring,
    retention,
    rolling,
    runs,
    scenarios,
    studies,
)
from server.graphql.administration import (
    AddMemberInput,
    AddMemberPayload,
    ChangeMemberRoleInput,
    ChangeMemberRolePayload,
    CreateTokenInput,
    CreateTokenPayload,
    RemoveMemberInput,
    RemoveMemberPayload,
    RevokeTokenInput,
    RevokeTokenPayload,
)
from server.graphql.admission import Admission
from server.graphql.answering import HideBugs, Schema
from server.graphql.audit import Actions, AuditEntry, Since, Until
from server.graphql.comparison import CompareRunsPayload
from server.graphql.context import Context, Info
from server.graphql.deadline import Deadline
from server.graphql.deletion import DeleteRunInput, DeleteRunPayload, DeleteScenarioInput, DeleteScenarioPayload
from server.graphql.direct import resolve_directly
from server.graphql.executing import Executor
from server.graphql.exports import ExportOutcomesInput, ExportOutcomesPayload
from server.graphql.importing import ImportDemandInput, ImportDemandPayload
from server.graphql.locking import LockScenarioInput, LockScenarioPayload
from server.graphql.making import (
    CreateScenarioInput,
    CreateScenarioPayload,
    UpdateScenarioInput,
    UpdateScenarioPayload,
)
from server.graphql.observed import Observed
from server.graphql.organisations import Member, Organisation, Token, Viewer
from server.graphql.paging import After, Connection, First, Node, key_of, split_id
from server.graphql.previewing import PreviewScenarioInput, ScenarioPreview
from server.graphql.proposals import Proposal
from server.graphql.request_roots import RequestMutations, RequestQueries, RequestSubscriptions
from server.graphql.requests import Request
from server.graphql.rescoring import ContractsInput, PriceForPayload, RescoreRunsPayload
from server.graphql.retention import SetRetentionInput, SetRetentionPayload
from server.graphql.rolling import RollForwardInput, RollForwardPayload
from server.graphql.runs import CancelRunInput, CancelRunPayload, Run, RunUpdate, StartRunInput, StartRunPayload
from server.graphql.scalars import SCALARS
from server.graphql.scenarios import Preset, Scenario
from server.graphql.studies import Study
from server.graphql.study_roots import StudyMutations, StudyQueries, StudySubscriptions
from server.store.audit import Filter
from server.store.organisations import Scope
from server.store.run_lists import RunOrder
from server.store.scenarios import ScenarioOrder

RunId = Annotated[strawberry.ID, strawberry.argument(description="The run's global id.")]
ScenarioId = Annotated[strawberry.ID, strawberry.argument(description="The scenario's global id.")]

RunIds = Annotated[list[strawberry.ID], strawberry.argument(description="Global ids of runs that have succeeded.")]
BaselineId = Annotated[strawberry.ID, strawberry.argument(description="Global id of the run to compare with.")]
CandidateIds = Annotated[
    list[strawberry.ID], strawberry.argument(description="Global ids of the runs to hold against it, at most 10.")
]
NewContracts = Annotated[list[ContractsInput], strawberry.argument(description="The contracts to try, each by all.")]

VendorId = Annotated[strawberry.ID, strawberry.argument(description="The vendor's id in the scenario.")]
Margin = Annotated[float, strawberry.argument(description="Share of the invoices, below 1.")]
Previewed = Annotated[PreviewScenarioInput, strawberry.argument(description="The scenario to look at.")]
Wanted = Annotated[float, strawberry.argument(description="Share of the replications, over 0.")]


@strawberry.type(description="What can be read.")
class Query(StudyQueries, RequestQueries):
    @strawberry.field(description="Anything by its global id; null for an unknown id.")
    async def node(
        self, info: Info, id: Annotated[strawberry.ID, strawberry.argument(description="The global id.")]
    ) -> Node | None:
        info.context.require(Scope.READ)
        kind, key = split_id(id) or ("", None)
        needs, by_key = NODES.get(kind, (Scope.READ, None))
        return await by_key(info.context, key) if by_key and key and needs in info.context.who.scopes else None

    @strawberry.field(description="Whoever is asking, and what they may do.")
    def viewer(self, info: Info) -> Viewer:
        return Viewer(who=info.context.who)

    @strawberry.field(description="A scenario by its global id; null for an unknown id.")
    async def scenario(self, info: Info, id: ScenarioId) -> Scenario | None:
        info.context.require(Scope.READ)
        key = key_of(id, "Scenario")
        return await scenarios.by_key(info.context, key) if key else None

    @strawberry.field(description="A run by its global id; null for an unknown id.")
    async def run(self, info: Info, id: RunId) -> Run | None:
        info.context.require(Scope.READ)
        key = key_of(id, "Run")
        return await runs.by_key(info.context, key) if key else None

    @strawberry.field(description="The organisation's scenarios; newest first, if nothing else is asked for.")
    async def scenarios(
        self,
        info: Info,
        first: First = 50,
        after: After = None,
        name: lists.ScenariosNamed = None,
        since: lists.Since = None,
        until: lists.Until = None,
        order_by: lists.ScenariosBy = ScenarioOrder.CREATED_DESCENDING,
    ) -> Connection[Scenario]:
        info.context.require(Scope.READ)
        wanted = lists.scenario_filter(name, since, until)
        return await lists.list_scenarios(info.context, wanted, order_by, first, after)

    @strawberry.field(
        description="The organisation's runs but points of studies; newest first, if nothing else is asked for."
    )
    async def runs(
        self,
        info: Info,
        first: First = 50,
        after: After = None,
        statuses: lists.Statuses = None,
        scenario_id: lists.OfScenario = None,
        name: lists.RunsNamed = None,
        since: lists.Since = None,
        until: lists.Until = None,
        order_by: lists.RunsBy = RunOrder.CREATED_DESCENDING,
    ) -> Connection[Run]:
        info.context.require(Scope.READ)
        wanted = lists.run_filter(statuses, scenario_id, name, since, until)
        return await lists.list_runs(info.context, wanted, order_by, first, after)

    @strawberry.field(description="The organisation's members and invitations, newest first; for administrators.")
    async def members(self, info: Info, first: First = 50, after: After = None) -> Connection[Member]:
        info.context.require(Scope.ADMINISTRATION)
        return await organisations.list_members(info.context, first, after)

    @strawberry.field(description="The organisation's tokens that are not revoked, newest first; for administrators.")
    async def tokens(self, info: Info, first: First = 50, after: After = None) -> Connection[Token]:
        info.context.require(Scope.ADMINISTRATION)
        return await organisations.list_tokens(info.context, first, after)

    @strawberry.field(description="The organisation of whoever asks.")
    async def organisation(self, info: Info) -> Organisation:
        info.context.require(Scope.READ)
        return await organisations.own_organisation(info.context)

    @strawberry.field(
        description="Who did what in the organisation, newest first; for its administrators. Entries are kept for 400"
        " days, whatever becomes of what they tell of."
    )
    async def audit_log(
        self,
        info: Info,
        first: First = 50,
        after: After = None,
        actions: Actions = None,
        since: Since = None,
        until: Until = None,
    ) -> Connection[AuditEntry]:
        info.context.require(Scope.ADMINISTRATION)
        return await audit.list_entries(info, Filter(actions, since, until), first, after)

    @strawberry.field(
        description="Runs scored again by other contracts, side by side: windows, targets, tiers, rates and shares at"
        " risk on the counters that each run has kept. Nothing is simulated or stored."
    )
    async def rescore_runs(self, info: Info, run_ids: RunIds, contracts: NewContracts) -> RescoreRunsPayload:
        info.context.require(Scope.READ)
        return await rescoring.rescore(info, run_ids, contracts)

    @strawberry.field(
        description="The rates that a vendor has to ask so that its margin over the horizon, invoices less own cost, is"
        " at least this share of the invoices with this probability, on the counters that a run has kept."
    )
    async def price_for(
        self, info: Info, run_id: RunId, vendor: VendorId, margin: Margin, probability: Wanted
    ) -> PriceForPayload:
        info.context.require(Scope.READ)
        return await rescoring.price(info, run_id, vendor, margin, probability)

    @strawberry.field(
        description="Runs that have succeeded, each held against a baseline: what differs between the scenarios, by how"
        " much their figures differ, and which differences are real. Runs with one seed and one version of the engine"
        " are compared replication by replication, as they met the same draws; others as independent samples."
    )
    async def compare_runs(self, info: Info, baseline_run_id: BaselineId, run_ids: CandidateIds) -> CompareRunsPayload:
        info.context.require(Scope.READ)
        return await comparison.compare_runs(info.context, baseline_run_id, run_ids)

    @strawberry.field(
        description="A scenario looked at before it is simulated: required agents by interval and FTE by week from"
        " formulas, expected cost, and where the plan cannot hold. Nothing is simulated or stored."
    )
    async def preview_scenario(self, info: Info, input: Previewed) -> ScenarioPreview:
        info.context.require(Scope.READ)
        return await previewing.preview(info, input)

    @strawberry.field(description="The ready scenarios that come with the program.")
    def presets(self, info: Info, first: First = 50, after: After = None) -> Connection[Preset]:
        info.context.require(Scope.READ)
        return scenarios.list_presets(first, after)


NODES: Mapping[str, tuple[Scope, Callable[[Context, uuid.UUID], Awaitable[Node | None]]]] = {
    "Run": (Scope.READ, runs.by_key),
    "Scenario": (Scope.READ, scenarios.by_key),
    "Study": (Scope.READ, studies.by_key),
    "Request": (Scope.READ, requests.by_key),
    "Proposal": (Scope.READ, proposals.by_key),
    "Organisation": (Scope.READ, organisations.organisation_by_key),
    "Member": (Scope.ADMINISTRATION, organisations.member_by_key),
    "Token": (Scope.ADMINISTRATION, organisations.token_by_key),
}
"""What each kind of id needs to be seen; to whoever lacks it the id is as unknown as any other."""

NewScenario = Annotated[CreateScenarioInput, strawberry.argument(description="The scenario to make.")]
NewVersion = Annotated[UpdateScenarioInput, strawberry.argument(description="The scenario and what becomes of it.")]
NewDemand = Annotated[ImportDemandInput, strawberry.argument(description="The file, and what becomes of it.")]
NewLock = Annotated[LockScenarioInput, strawberry.argument(description="The scenario and what it is called.")]
LaterPlan = Annotated[RollForwardInput, strawberry.argument(description="The scenario, the date and what really was.")]
NewRun = Annotated[StartRunInput, strawberry.argument(description="The run to start.")]
OldRun = Annotated[CancelRunInput, strawberry.argument(description="The run to cancel.")]
NewExport = Annotated[ExportOutcomesInput, strawberry.argument(description="What to hand out.")]
NewToken = Annotated[CreateTokenInput, strawberry.argument(description="The token to make.")]
OldToken = Annotated[RevokeTokenInput, strawberry.argument(description="The token to revoke.")]
NewMember = Annotated[AddMemberInput, strawberry.argument(description="The person to invite.")]
NewRole = Annotated[ChangeMemberRoleInput, strawberry.argument(description="The member and the role.")]
OldMember = Annotated[RemoveMemberInput, strawberry.argument(description="The member to remove.")]
UnwantedRun = Annotated[DeleteRunInput, strawberry.argument(description="The run to delete.")]
UnwantedScenario = Annotated[DeleteScenarioInput, strawberry.argument(description="The scenario to delete.")]
NewRetention = Annotated[SetRetentionInput, strawberry.argument(description="How long runs are kept.")]


@strawberry.type(description="What can be done. What an input refuses stands in `userErrors`.")
class Mutation(StudyMutations, RequestMutations):
    @strawberry.mutation(description="Make a scenario from a preset, a document, a typed scenario or another scenario.")
    async def create_scenario(self, info: Info, input: NewScenario) -> CreateScenarioPayload | None:
        info.context.require(Scope.SCENARIOS)
        return await making.create(info, input)

    @strawberry.mutation(
        description="Give a scenario another name, other contents or both, if it still has the version that it was read"
        " at. What was simulated of it stays as it was."
    )
    async def update_scenario(self, info: Info, input: NewVersion) -> UpdateScenarioPayload | None:
        info.context.require(Scope.SCENARIOS)
        return await making.update(info, input)

    @strawberry.mutation(
        description="Read a file of measured demand, CSV or XLSX, and make a scenario of it, or give its demand to the"
        " queues of one that is there. What can be read in two ways is refused with the question."
    )
    async def import_demand(self, info: Info, input: NewDemand) -> ImportDemandPayload | None:
        info.context.require(Scope.SCENARIOS)
        return await importing.import_demand(info, input)

    @strawberry.mutation(
        description="Make a scenario that starts at a later date than another, with what really was by then in place of"
        " plan; its pipeline and forecast are kept. Says beside it how plan and actual differ."
    )
    async def roll_forward(self, info: Info, input: LaterPlan) -> RollForwardPayload | None:
        info.context.require(Scope.SCENARIOS)
        return await rolling.roll_forward(info, input)

    @strawberry.mutation(
        description="Lock a scenario, if it still has the version that it was read at: it is neither changed nor"
        " deleted any more. Runs and other scenarios are made from it as before."
    )
    async def lock_scenario(self, info: Info, input: NewLock) -> LockScenarioPayload | None:
        info.context.require(Scope.SCENARIOS)
        return await locking.lock(info, input)

    @strawberry.mutation(description="Simulate a scenario: always anew, but for a repeated idempotencyKey.")
    async def start_run(self, info: Info, input: NewRun) -> StartRunPayload | None:
        info.context.require(Scope.RUNS)
        return await runs.start(info, input)

    @strawberry.mutation(description="Cancel a run that has not ended.")
    async def cancel_run(self, info: Info, input: OldRun) -> CancelRunPayload | None:
        info.context.require(Scope.RUNS)
        return await runs.cancel(info, input)

    @strawberry.mutation(
        description="Make a link that hands out a run's outcomes as a file to whoever has it, until it expires. For"
        " everybody who may read them."
    )
    async def export_outcomes(self, info: Info, input: NewExport) -> ExportOutcomesPayload | None:
        info.context.require(Scope.READ)
        return await exports.export_outcomes(info, input)

    @strawberry.mutation(description="Make an access token; its text is shown once, in the answer. For administrators.")
    async def create_token(self, info: Info, input: NewToken) -> CreateTokenPayload | None:
        info.context.require(Scope.ADMINISTRATION)
        return await administration.create_token(info, input)

    @strawberry.mutation(description="Revoke a token: it opens nothing any more, and what it holds open is closed.")
    async def revoke_token(self, info: Info, input: OldToken) -> RevokeTokenPayload | None:
        info.context.require(Scope.ADMINISTRATION)
        return await administration.revoke_token(info, input)

    @strawberry.mutation(description="Invite a person by e-mail address. For administrators.")
    async def add_member(self, info: Info, input: NewMember) -> AddMemberPayload | None:
        info.context.require(Scope.ADMINISTRATION)
        return await administration.add_member(info, input)

    @strawberry.mutation(description="Let a member do more or less. Tokens that they made for more are revoked.")
    async def change_member_role(self, info: Info, input: NewRole) -> ChangeMemberRolePayload | None:
        info.context.require(Scope.ADMINISTRATION)
        return await administration.change_member_role(info, input)

    @strawberry.mutation(description="Remove a member, and revoke the tokens that they made.")
    async def remove_member(self, info: Info, input: OldMember) -> RemoveMemberPayload | None:
        info.context.require(Scope.ADMINISTRATION)
        return await administration.remove_member(info, input)

    @strawberry.mutation(
        description="Delete a run that has ended, with its outcomes; its idempotencyKey is free again."
    )
    async def delete_run(self, info: Info, input: UnwantedRun) -> DeleteRunPayload | None:
        info.context.require(Scope.RUNS)
        return await deletion.delete_run(info, input)

    @strawberry.mutation(description="Delete a scenario; one that has runs only if they are to go, too.")
    async def delete_scenario(self, info: Info, input: UnwantedScenario) -> DeleteScenarioPayload | None:
        info.context.require(Scope.SCENARIOS)
        return await deletion.delete_scenario(info, input)

    @strawberry.mutation(description="Say for how long the organisation keeps finished runs; for its administrators.")
    async def set_retention(self, info: Info, input: NewRetention) -> SetRetentionPayload | None:
        info.context.require(Scope.ADMINISTRATION)
        return await retention.set_retention(info, input)


Seen = Annotated[
    int | None,
    strawberry.argument(description="The last sequence already seen; left out: begin with the current state."),
]


@strawberry.type(description="What can be watched, over WebSocket (graphql-transport-ws) and server-sent events.")
class Subscription(StudySubscriptions, RequestSubscriptions):
    @strawberry.subscription(
        description="A run: its current state first, then its state after every change, until it has ended."
    )
    async def run_updated(self, info: Info, run_id: RunId, after: Seen = None) -> AsyncGenerator[RunUpdate, None]:
        info.context.require(Scope.READ)
        async for update in runs.updates(info.context, run_id, after):
            yield update


schema = Schema(
    Query,
    Mutation,
    Subscription,
    types=[Run, Scenario, Study, Request, Proposal, Organisation, Member, Token],
    extensions=[Observed, Admission, Deadline, HideBugs],  # what comes later has the last word on what is refused
    config=StrawberryConfig(scalar_map=SCALARS),
    execution_context_class=Executor,
)
resolve_directly(schema._schema)  # there is no public name for it


@lru_cache(maxsize=1)
def schema_text() -> str:
    """The schema in its own language, as the committed file has it."""
    return schema.as_str() + "\n"
