"""previewScenario: what a scenario requires, plans and is expected to cost, from formulas, and where it cannot hold."""

import asyncio
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, TypeAlias

import strawberry

from server.graphql.changes import ScenarioChangeInput
from server.graphql.columns import spend
from server.graphql.context import Context, Info
from server.graphql.enums import describe, enum_of
from server.graphql.errors import RefusedError, UserError, UserErrorCode, at_most, user_error
from server.graphql.scalars import FloatColumn
from server.graphql.scenario_sources import ScenarioSourceInput, base_of, changed, draft_of, input_errors
from server.store.scenarios import ScenarioRow
from simulation.preview.diagnostics import Finding, Severity
from simulation.preview.preview import Preview as Previewed
from simulation.preview.preview import TeamWeeks
from simulation.scenario.docstrings import documented
from simulation.scenario.scenario import Scenario

PREVIEWING = ThreadPoolExecutor(1, "previewing")
"""One at a time, beside the threads that answer everybody: a process would cost every web process 95 MB, and spares the
event loop little, as most of the work is NumPy's, which lets go of the lock."""
MOST_FIGURES = 50_000_000
"""Intervals x queues x teams: what the share of every team in every queue's work takes."""

describe(Severity)
REFUSALS = (
    UserErrorCode.INVALID_SCENARIO,
    UserErrorCode.INVALID_CHANGE,
    UserErrorCode.INVALID_ARGUMENT,
    UserErrorCode.TOO_LARGE,
    UserErrorCode.NOT_FOUND,
)
_SAYS = documented(UserErrorCode)
CODES: Any = enum_of(
    "DiagnosticCode",
    "What was found of a scenario.",
    {code.value.lower(): _SAYS[code.value] for code in REFUSALS}
    | {name.lower(): says for name, says in documented(Finding).items()},
)
if TYPE_CHECKING:  # made from the closed sets of what is refused and what is found
    DiagnosticCode: TypeAlias = Any
else:
    DiagnosticCode = CODES


@strawberry.input(description="A scenario to look at.")
class PreviewScenarioInput:
    source: ScenarioSourceInput = strawberry.field(description="Where it comes from.")
    changes: list[ScenarioChangeInput] | None = strawberry.field(
        default=None, description="What to change of the source, in order; at most 200 changes."
    )


@strawberry.type(description="One thing found of a scenario.")
class Diagnostic:
    severity: Severity = strawberry.field(description="How bad it is.")
    code: DiagnosticCode = strawberry.field(description="What it is.")
    message: str = strawberry.field(description="In words, with what mends it.")
    path: str | None = strawberry.field(description="The place in the document or in the input; null for all of it.")


@strawberry.type(
    description="Agents on the floor that the targets of a queue require by interval, or of a team its share of them;"
    " the same figures as REQUIRED_AGENTS of a run."
)
class AgentRequirement:
    context: strawberry.Private[Context]
    first: strawberry.Private[datetime]
    step: strawberry.Private[int]
    column: strawberry.Private[Any]
    queue: strawberry.ID | None = strawberry.field(description="The queue's id in the scenario; null of a team.")
    team: strawberry.ID | None = strawberry.field(description="The team's id in the scenario; null of a queue.")

    @strawberry.field(description="When the first interval starts.")
    def start(self) -> datetime:
        return self.first

    @strawberry.field(description="Seconds from one interval's start to the next.")
    def step_seconds(self) -> int:
        return self.step

    @strawberry.field(description="How many intervals there are.")
    def count(self) -> int:
        return len(self.column)

    @strawberry.field(description="Agents required in each interval.")
    def agents(self) -> FloatColumn:
        spend(self.context, len(self.column))
        return FloatColumn(self.column)

    @strawberry.field(description="The most agents required in an interval.")
    def most_agents(self) -> float:
        return float(self.column.max())


@strawberry.type(
    description="A team's paid FTE by week. Required is of rosters that fit exactly; planned and effective are those of"
    " the start, given classes and moves, plans and HIRE_UP_TO, less expected attrition."
)
class TeamPreview:
    context: strawberry.Private[Context]
    weeks: strawberry.Private[TeamWeeks]
    firsts: strawberry.Private[Sequence[date]]

    @strawberry.field(description="The team's id in the scenario.")
    def team(self) -> strawberry.ID:
        return strawberry.ID(self.weeks.team)

    @strawberry.field(description="First days of the weeks.")
    def starts(self) -> list[date]:
        return list(self.firsts)

    @strawberry.field(description="FTE that the forecast requires in each week.")
    def required_fte(self) -> FloatColumn:
        return self._told(self.weeks.required)

    @strawberry.field(description="FTE nesting and in production at the start of each week.")
    def planned_fte(self) -> FloatColumn:
        return self._told(self.weeks.planned)

    @strawberry.field(description="Planned FTE, weighted by tenured over own handling time.")
    def effective_fte(self) -> FloatColumn:
        return self._told(self.weeks.effective)

    def _told(self, column: Any) -> FloatColumn:
        spend(self.context, len(column))
        return FloatColumn(column)


@strawberry.type(description="What the client is expected to pay for a month.")
class ExpectedMonth:
    start: date = strawberry.field(description="The month's first day in the scenario.")
    total: float = strawberry.field(description="In the scenario's currency.")


@strawberry.type(description="What a vendor is expected to invoice over the horizon.")
class ExpectedInvoices:
    vendor: strawberry.ID = strawberry.field(description="The vendor's id in the scenario.")
    total: float = strawberry.field(description="In the scenario's currency.")


@strawberry.type(
    description="What a scenario is expected to cost if every expected contact is answered by the planned people:"
    " without credits, bonuses, lost and late work, overtime, bench and outages."
)
class ExpectedCost:
    total: float | None = strawberry.field(
        description="The client's cost over the horizon, in the scenario's currency; null where nothing is priced."
    )
    months: list[ExpectedMonth] = strawberry.field(description="The same by month.")
    vendors: list[ExpectedInvoices] = strawberry.field(description="The vendors that are paid by contract.")
    left_out: list[str] = strawberry.field(
        description="Times that contracts or costs charge for and that are not in it, such as the night's."
    )


@strawberry.type(description="What a scenario comes to, from formulas.")
class ScenarioPreview:
    diagnostics: list[Diagnostic] = strawberry.field(
        description="What is wrong, what will not hold, and what may surprise."
    )
    requirement: list[AgentRequirement] = strawberry.field(
        description="Of every queue, then of every team; empty where the scenario is not valid."
    )
    teams: list[TeamPreview] = strawberry.field(description="Every team's weeks; empty where it is not valid.")
    cost: ExpectedCost | None = strawberry.field(description="Expected cost; null where the scenario is not valid.")


async def preview(info: Info, input: PreviewScenarioInput) -> ScenarioPreview:
    refused = input_errors(input.source, None, input.changes)
    if refused:
        return _refused(refused)
    try:
        base = await base_of(info.context, input.source)
        previewed = await asyncio.get_running_loop().run_in_executor(PREVIEWING, _previewed, input, base)
    except RefusedError as error:
        return _refused(at_most(error.errors))
    return _shown(info.context, previewed)


def _previewed(input: PreviewScenarioInput, base: ScenarioRow | None) -> Previewed:
    scenario = changed(draft_of(input.source, base), None, input.changes or []).model
    _check_size(scenario)
    return Previewed.of(scenario)


def _check_size(scenario: Scenario) -> None:
    figures = scenario.horizon.intervals * len(scenario.queues) * len(scenario.teams)
    if figures > MOST_FIGURES:
        message = (
            f"{scenario.horizon.intervals:,} intervals of {len(scenario.queues)} queues and {len(scenario.teams)} teams"
            " are too many to look at here; write fewer weeks, or run `springtide validate`"
        )
        raise RefusedError(user_error(UserErrorCode.TOO_LARGE, message))


def _refused(errors: Sequence[UserError]) -> ScenarioPreview:
    told = [
        Diagnostic(severity=Severity.ERROR, code=CODES[error.code.value], message=error.message, path=error.path)
        for error in errors
    ]
    return ScenarioPreview(diagnostics=told, requirement=[], teams=[], cost=None)


def _shown(context: Context, previewed: Previewed) -> ScenarioPreview:
    cost, start = previewed.cost, previewed.grid.instant(0)

    def requirement(queue: str | None, team: str | None, column: Any) -> AgentRequirement:
        ids = (None if name is None else strawberry.ID(name) for name in (queue, team))
        own, of = ids
        return AgentRequirement(context=context, first=start, step=previewed.step, column=column, queue=own, team=of)

    return ScenarioPreview(
        diagnostics=[
            Diagnostic(severity=one.severity, code=CODES[one.code.value], message=one.message, path=one.path or None)
            for one in previewed.diagnostics
        ],
        requirement=[
            *(requirement(name, None, column) for name, column in previewed.queues.items()),
            *(requirement(None, name, column) for name, column in previewed.teams.items()),
        ],
        teams=[TeamPreview(context=context, weeks=one, firsts=previewed.weeks) for one in previewed.people],
        cost=ExpectedCost(
            total=cost.total,
            months=[ExpectedMonth(start=first, total=total) for first, total in cost.months],
            vendors=[ExpectedInvoices(vendor=strawberry.ID(name), total=total) for name, total in cost.vendors],
            left_out=list(cost.left_out),
        ),
    )
