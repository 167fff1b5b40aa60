"""The schema: every query, mutation and subscription in one place, each handed to its noun."""

import logging
from collections.abc import AsyncGenerator
from typing import Annotated, Any

import strawberry
from graphql import GraphQLError
from strawberry.extensions import MaskErrors
from strawberry.schema.config import StrawberryConfig
from strawberry.types import ExecutionContext, ExecutionResult
from strawberry.types.graphql import OperationType

from server.graphql import rescoring, runs, scenarios
from server.graphql.context import Info
from server.graphql.limits import Admission
from server.graphql.observed import Observed
from server.graphql.paging import After, Connection, First, Node, key_of, split_id
from server.graphql.rescoring import ContractsInput, PriceForPayload, RescoreRunsPayload
from server.graphql.runs import CancelRunInput, CancelRunPayload, Run, RunUpdate, StartRunInput, StartRunPayload
from server.graphql.scalars import SCALARS
from server.graphql.scenarios import CreateScenarioInput, CreateScenarioPayload, Preset, Scenario
from server.logs import current
from server.store.organisations import Role

logger = logging.getLogger("springtide.graphql")

RunId = Annotated[strawberry.ID, strawberry.argument(description="The run's global id.")]
ScenarioId = Annotated[strawberry.ID, strawberry.argument(description="The scenario's global id.")]

RunIds = Annotated[list[strawberry.ID], strawberry.argument(description="Global ids of runs that have succeeded.")]
NewContracts = Annotated[list[ContractsInput], strawberry.argument(description="The contracts to try, each by all.")]

VendorId = Annotated[strawberry.ID, strawberry.argument(description="The vendor's id in the scenario.")]
Margin = Annotated[float, strawberry.argument(description="Share of the invoices, below 1.")]
Wanted = Annotated[float, strawberry.argument(description="Share of the replications, over 0.")]


@strawberry.type(description="What can be read.")
class Query:
    @strawberry.field(description="Anything by its global id; null for an unknown id.")
    async def node(
        self, info: Info, id: Annotated[strawberry.ID, strawberry.argument(description="The global id.")]
    ) -> Node | None:
        kind, key = split_id(id) or ("", None)
        if key is None:
            return None
        if kind == "Run":
            return await runs.by_key(info.context, key)
        return await scenarios.by_key(info.context, key) if kind == "Scenario" else None

    @strawberry.field(description="A scenario by its global id; null for an unknown id.")
    async def scenario(self, info: Info, id: ScenarioId) -> Scenario | None:
        key = key_of(id, "Scenario")
        return await scenarios.by_key(info.context, key) if key else None

    @strawberry.field(description="A run by its global id; null for an unknown id.")
    async def run(self, info: Info, id: RunId) -> Run | None:
        key = key_of(id, "Run")
        return await runs.by_key(info.context, key) if key else None

    @strawberry.field(description="The organisation's scenarios, newest first.")
    async def scenarios(self, info: Info, first: First = 50, after: After = None) -> Connection[Scenario]:
        return await scenarios.list_scenarios(info, first, after)

    @strawberry.field(description="The organisation's runs, newest first.")
    async def runs(self, info: Info, first: First = 50, after: After = None) -> Connection[Run]:
        return await runs.list_runs(info, first, after)

    @strawberry.field(
        description="Runs scored again by other contracts, side by side: windows, targets, tiers, rates and shares at"
        " risk on the counters that each run has kept. Nothing is simulated or stored."
    )
    async def rescore_runs(self, info: Info, run_ids: RunIds, contracts: NewContracts) -> RescoreRunsPayload:
        return await rescoring.rescore(info, run_ids, contracts)

    @strawberry.field(
        description="The rates that a vendor has to ask so that its margin over the horizon, invoices less own cost, is"
        " at least this share of the invoices with this probability, on the counters that a run has kept."
    )
    async def price_for(
        self, info: Info, run_id: RunId, vendor: VendorId, margin: Margin, probability: Wanted
    ) -> PriceForPayload:
        return await rescoring.price(info, run_id, vendor, margin, probability)

    @strawberry.field(description="The ready scenarios that come with the program.")
    def presets(self, first: First = 50, after: After = None) -> Connection[Preset]:
        return scenarios.list_presets(first, after)


NewScenario = Annotated[CreateScenarioInput, strawberry.argument(description="The scenario to make.")]
NewRun = Annotated[StartRunInput, strawberry.argument(description="The run to start.")]
OldRun = Annotated[CancelRunInput, strawberry.argument(description="The run to cancel.")]


@strawberry.type(description="What can be done. What an input refuses stands in `userErrors`.")
class Mutation:
    @strawberry.mutation(description="Make a scenario from a preset, a document, a typed scenario or another scenario.")
    async def create_scenario(self, info: Info, input: NewScenario) -> CreateScenarioPayload | None:
        info.context.require(Role.PLANNER)
        return await scenarios.create(info, input)

    @strawberry.mutation(description="Simulate a scenario: always anew, but for a repeated idempotencyKey.")
    async def start_run(self, info: Info, input: NewRun) -> StartRunPayload | None:
        info.context.require(Role.PLANNER)
        return await runs.start(info, input)

    @strawberry.mutation(description="Cancel a run that has not ended.")
    async def cancel_run(self, info: Info, input: OldRun) -> CancelRunPayload | None:
        info.context.require(Role.PLANNER)
        return await runs.cancel(info, input)


Seen = Annotated[
    int | None,
    strawberry.argument(description="The last sequence already seen; left out: begin with the current state."),
]


@strawberry.type(description="What can be watched, over WebSocket (graphql-transport-ws) and server-sent events.")
class Subscription:
    @strawberry.subscription(
        description="A run: its current state first, then its state after every change, until it has ended."
    )
    async def run_updated(self, info: Info, run_id: RunId, after: Seen = None) -> AsyncGenerator[RunUpdate, None]:
        async for update in runs.updates(info.context, run_id, after):
            yield update


def is_bug(error: GraphQLError) -> bool:
    """Whether an error is ours: what a client typed wrong comes as a GraphQLError all the way down."""
    cause: BaseException | None = error.original_error
    while isinstance(cause, GraphQLError):
        cause = cause.original_error
    return cause is not None


class HideBugs(MaskErrors):
    """A bug reaches the log with its trace, and the client with the id of its request and nothing else."""

    def __init__(self) -> None:
        super().__init__(should_mask_error=is_bug)

    def anonymise_error(self, error: GraphQLError) -> GraphQLError:
        request_id = current("request_id")
        logger.error("bug at %s", where(error), exc_info=error.original_error)
        return GraphQLError(
            f"Something went wrong on the server; its log has it under {request_id}.",
            nodes=error.nodes,
            path=error.path,
            extensions={"code": "INTERNAL", "requestId": request_id},
        )


def where(error: GraphQLError) -> str:
    return ".".join(map(str, error.path or ()))


class Schema(strawberry.Schema):
    def process_errors(self, errors: list[GraphQLError], execution_context: ExecutionContext | None = None) -> None:
        """Bugs are logged where they are hidden; a client's errors are the client's."""

    async def execute(self, query: str | None, *rest: Any, **more: Any) -> ExecutionResult:
        """One answer: a subscription, which Strawberry would run as if it were a query, has none."""
        more["allowed_operation_types"] = {OperationType.QUERY, OperationType.MUTATION}
        return await super().execute(query, *rest, **more)


schema = Schema(
    Query,
    Mutation,
    Subscription,
    types=[Run, Scenario],
    extensions=[Observed, Admission, HideBugs],
    config=StrawberryConfig(scalar_map=SCALARS),
)


def schema_text() -> str:
    """The schema in its own language, as the committed file has it."""
    return schema.as_str() + "\n"
