"""What of the schema's roots is about studies."""

from collections.abc import AsyncGenerator
from typing import Annotated

import strawberry

from server.graphql import studies
from server.graphql.context import Info
from server.graphql.paging import After, Connection, First, key_of
from server.graphql.studies import (
    CancelStudyInput,
    CancelStudyPayload,
    DeleteStudyInput,
    DeleteStudyPayload,
    Study,
    StudyUpdate,
)
from server.graphql.study_inputs import (
    ExplainDifferenceInput,
    StartLimitSearchInput,
    StartReadinessInput,
    StartSensitivityInput,
    StartStaffingSearchInput,
    StartStressTestsInput,
    StartSweepInput,
)
from server.graphql.study_payloads import (
    ExplainDifferencePayload,
    StartLimitSearchPayload,
    StartReadinessPayload,
    StartSensitivityPayload,
    StartStaffingSearchPayload,
    StartStressTestsPayload,
    StartSweepPayload,
)
from server.store.organisations import Scope
from simulation.study_kinds import StudyKind

StudyId = Annotated[strawberry.ID, strawberry.argument(description="The study's global id.")]
Seen = Annotated[
    int | None,
    strawberry.argument(description="The last sequence already seen; left out: begin with the current state."),
]
NewStressTests = Annotated[StartStressTestsInput, strawberry.argument(description="The plan and the tests.")]
NewSweep = Annotated[StartSweepInput, strawberry.argument(description="The plan and what is varied.")]
NewSensitivity = Annotated[StartSensitivityInput, strawberry.argument(description="The plan and the steps.")]
NewLimitSearch = Annotated[StartLimitSearchInput, strawberry.argument(description="The plan and what is varied.")]
NewStaffingSearch = Annotated[
    StartStaffingSearchInput, strawberry.argument(description="The plan and what is wanted of another.")
]
NewReadiness = Annotated[
    StartReadinessInput, strawberry.argument(description="The plan and how sure its steps have to be.")
]
NewExplanation = Annotated[ExplainDifferenceInput, strawberry.argument(description="The run and its baseline.")]
OldStudy = Annotated[CancelStudyInput, strawberry.argument(description="The study to cancel.")]
UnwantedStudy = Annotated[DeleteStudyInput, strawberry.argument(description="The study to delete.")]


@strawberry.type
class StudyQueries:
    @strawberry.field(description="A study by its global id; null for an unknown id.")
    async def study(self, info: Info, id: StudyId) -> Study | None:
        info.context.require(Scope.READ)
        key = key_of(id, "Study")
        return await studies.by_key(info.context, key) if key else None

    @strawberry.field(description="The organisation's studies, newest first.")
    async def studies(
        self,
        info: Info,
        first: First = 50,
        after: After = None,
        scenario_id: Annotated[
            strawberry.ID | None, strawberry.argument(description="Only studies of this scenario; left out: of all.")
        ] = None,
    ) -> Connection[Study]:
        info.context.require(Scope.READ)
        return await studies.list_studies(info.context, scenario_id, first, after)


@strawberry.type
class StudyMutations:
    @strawberry.mutation(
        description="Put a plan to stress tests, each against the plan as it is, on the same draws. A study: its points"
        " are runs."
    )
    async def start_stress_tests(self, info: Info, input: NewStressTests) -> StartStressTestsPayload | None:
        info.context.require(Scope.RUNS)
        return await studies.start(info, StudyKind.STRESS_TESTS, input, StartStressTestsPayload)

    @strawberry.mutation(
        description="Simulate a plan with every combination of steps of up to three axes, and say which of them pay. A"
        " study: its points are runs."
    )
    async def start_sweep(self, info: Info, input: NewSweep) -> StartSweepPayload | None:
        info.context.require(Scope.RUNS)
        return await studies.start(info, StudyKind.SWEEP, input, StartSweepPayload)

    @strawberry.mutation(
        description="Move each assumption of a plan by one step either way, and say on which of them it hangs. A study:"
        " its points are runs."
    )
    async def start_sensitivity(self, info: Info, input: NewSensitivity) -> StartSensitivityPayload | None:
        info.context.require(Scope.RUNS)
        return await studies.start(info, StudyKind.SENSITIVITY, input, StartSensitivityPayload)

    @strawberry.mutation(
        description="Find how much more of something a plan stands, and what breaks first. A study: its points are"
        " runs."
    )
    async def start_limit_search(self, info: Info, input: NewLimitSearch) -> StartLimitSearchPayload | None:
        info.context.require(Scope.RUNS)
        return await studies.start(info, StudyKind.LIMIT_SEARCH, input, StartLimitSearchPayload)

    @strawberry.mutation(
        description="Find the least agents that keep every target, or the least-cost hiring plan that keeps every"
        " clause with a confidence. A study: its points are runs."
    )
    async def start_staffing_search(self, info: Info, input: NewStaffingSearch) -> StartStaffingSearchPayload | None:
        info.context.require(Scope.RUNS)
        return await studies.start(info, StudyKind.STAFFING_SEARCH, input, StartStaffingSearchPayload)

    @strawberry.mutation(
        description="Find when the steps of a transition may come, each only after the vendor is ready for it: steps"
        " that nobody is ready for come later, week by week. A study: its points are runs."
    )
    async def start_readiness(self, info: Info, input: NewReadiness) -> StartReadinessPayload | None:
        info.context.require(Scope.RUNS)
        return await studies.start(info, StudyKind.READINESS, input, StartReadinessPayload)

    @strawberry.mutation(
        description="Say how what a run simulates comes to differ from a baseline's: its drivers swapped one by one, on"
        " the same draws. A study: its points are runs."
    )
    async def explain_difference(self, info: Info, input: NewExplanation) -> ExplainDifferencePayload | None:
        info.context.require(Scope.RUNS)
        return await studies.explain(info, input, ExplainDifferencePayload)

    @strawberry.mutation(description="Cancel a study that has not ended, with its runs that have not.")
    async def cancel_study(self, info: Info, input: OldStudy) -> CancelStudyPayload | None:
        info.context.require(Scope.RUNS)
        return await studies.cancel(info, input)

    @strawberry.mutation(description="Delete a study that has ended, with its runs and their outcomes.")
    async def delete_study(self, info: Info, input: UnwantedStudy) -> DeleteStudyPayload | None:
        info.context.require(Scope.RUNS)
        return await studies.delete(info, input)


@strawberry.type
class StudySubscriptions:
    @strawberry.subscription(
        description="A study: its current state first, then its state after changes, until it has ended; several at"
        " once may be told as one."
    )
    async def study_updated(
        self, info: Info, study_id: StudyId, after: Seen = None
    ) -> AsyncGenerator[StudyUpdate, None]:
        info.context.require(Scope.READ)
        async for update in studies.updates(info.context, study_id, after):
            yield update
