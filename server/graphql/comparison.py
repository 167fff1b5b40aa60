"""Runs held against a baseline: what differs between their scenarios, and which differences of figures are real."""

import json
from collections.abc import Sequence
from enum import Enum
from typing import TYPE_CHECKING, Annotated, TypeAlias

import strawberry
from graphql import GraphQLError

from server.graphql.context import Context, Info
from server.graphql.enums import enum_of
from server.graphql.errors import UserError, UserErrorCode, user_error
from server.graphql.figures import ConfidenceInterval, Level, sound_level
from server.graphql.paging import key_of
from server.graphql.rescoring import MOST_SETTLEMENTS, beside
from server.graphql.runs import Run
from server.graphql.runs import shown as shown_run
from server.graphql.scalars import DocumentValue
from server.store import outcomes as outcome_store
from server.store import runs as run_store
from server.store.outcomes import Opening
from server.store.runs import RunRow
from simulation.comparison import MEANINGS, Comparison, Difference, Gap, Simulated, compare
from simulation.outcome.counting.queue_measures import QUEUE_MEASURES
from simulation.outcome.counting.team_measures import TEAM_MEASURES
from simulation.scenario.reading.differences import Difference as Change
from simulation.scenario.reading.document import load

MOST_RUNS = 10
MOST_DIFFERENCES = 5_000
"""Of one operation."""

if TYPE_CHECKING:  # made from the measures, which a type checker cannot follow
    ComparedMeasure: TypeAlias = Enum
else:
    TEXTS = {
        name: f"{measure.meaning} In {measure.unit.value}."
        for name, measure in {**TEAM_MEASURES, **QUEUE_MEASURES}.items()
    }
    ComparedMeasure = enum_of(
        "ComparedMeasure",
        "A figure of runs that are compared: a measure of a queue or team, of contracts, or of money.",
        {**TEXTS, **MEANINGS},
    )


@strawberry.type(description="By how much a figure differs: candidate less baseline, in the measure's unit.")
class EstimatedDifference:
    gap: strawberry.Private[Gap]

    @strawberry.field(description="The difference of the two figures.")
    def mean(self) -> float:
        return self.gap.mean

    @strawberry.field(
        description="How well the difference is known, for this difference by itself: Student's interval of pairs, of"
        " ratios by the delta method; Welch's where unpaired; of shares of replications the adjusted intervals of"
        " Bonett and Price, or where unpaired of Agresti and Caffo. Null for one replication."
    )
    def confidence_interval(self, level: Level = 0.95) -> ConfidenceInterval | None:
        ends = self.gap.confidence_interval(sound_level(level))
        return ConfidenceInterval(lower=ends[0], upper=ends[1]) if ends else None

    @strawberry.field(
        description="How probable it is to see at least so large a difference by chance where there is none, for this"
        " difference by itself; null for one replication."
    )
    def p_value(self) -> float | None:
        return self.gap.p_value


@strawberry.type(description="A figure of two runs, and by how much it differs.")
class FigureDifference:
    told: strawberry.Private[Difference]

    @strawberry.field(description="What is compared.")
    def measure(self) -> ComparedMeasure:
        return ComparedMeasure(self.told.measure)

    @strawberry.field(description="The queue's id in the scenario; null where it is no queue's figure.")
    def queue(self) -> strawberry.ID | None:
        return own_id(self.told.subject.queue)

    @strawberry.field(description="The team's id in the scenario; null where it is no team's figure.")
    def team(self) -> strawberry.ID | None:
        return own_id(self.told.subject.team)

    @strawberry.field(
        description="The id of the vendor whose figure, clause or line of cost it is; null where it is none's."
    )
    def vendor(self) -> strawberry.ID | None:
        return own_id(self.told.subject.vendor)

    @strawberry.field(description="The clause's id in the scenario; null where it is no clause's figure.")
    def clause(self) -> strawberry.ID | None:
        return own_id(self.told.subject.clause)

    @strawberry.field(description="Of COST_LINE, which line, as in `cost`; null for everything else.")
    def cost_kind(self) -> str | None:
        return self.told.subject.cost

    @strawberry.field(description="The baseline's figure, over the replications compared.")
    def baseline(self) -> float:
        return self.told.baseline

    @strawberry.field(description="The candidate's figure, over the replications compared.")
    def candidate(self) -> float:
        return self.told.candidate

    @strawberry.field(description="Candidate less baseline.")
    def difference(self) -> EstimatedDifference:
        return EstimatedDifference(gap=self.told.gap)

    @strawberry.field(
        description="Whether the difference is real, all figures of the candidate considered together: by the procedure"
        " of Benjamini and Hochberg at most 5 % of those called real are expected to be none, which asks for more than"
        " that the 95 % interval leaves out 0."
    )
    def significant(self) -> bool:
        return self.told.is_significant


@strawberry.type(description="A place at which two scenario documents differ.")
class ScenarioDifference:
    change: strawberry.Private[Change]

    @strawberry.field(description="The place in the scenario document; items by id, those without one from 0.")
    def path(self) -> str:
        return self.change.path

    @strawberry.field(description="The baseline's value there; null where it is left out.")
    def before(self) -> DocumentValue | None:
        value: DocumentValue | None = self.change.before
        return value

    @strawberry.field(description="The candidate's value there; null where it is left out.")
    def after(self) -> DocumentValue | None:
        value: DocumentValue | None = self.change.after
        return value

    @strawberry.field(description="The difference in words.")
    def summary(self) -> str:
        return self.change.summary


@strawberry.type(description="A run held against the baseline.")
class ComparedRun:
    row: strawberry.Private[RunRow]
    comparison: strawberry.Private[Comparison]

    @strawberry.field(description="The run.")
    def run(self) -> Run:
        return shown_run(self.row)

    @strawberry.field(
        description="Whether both runs met the same draws, replication by replication: they have one seed and one"
        " version of the engine."
    )
    def paired(self) -> bool:
        return self.comparison.is_paired

    @strawberry.field(description="How many replications both have; null where they are no pairs.")
    def pairs(self) -> int | None:
        return self.comparison.pairs

    @strawberry.field(description="What differs between the scenarios, as they were when the runs were started.")
    def scenario_differences(self, info: Info) -> list[ScenarioDifference]:
        changes = self.comparison.changes
        spend(info.context, len(changes))
        for change in changes:
            info.context.told(json.dumps([change.before, change.after]))
        return [ScenarioDifference(change=change) for change in changes]

    @strawberry.field(
        description="Every figure that both runs have, in the baseline's order; money only where both scenarios count"
        " in one currency."
    )
    def differences(
        self,
        info: Info,
        measures: Annotated[
            list[ComparedMeasure] | None, strawberry.argument(description="Which measures; left out: all.")
        ] = None,
        significant: Annotated[
            bool | None, strawberry.argument(description="Only those that are, or are not; left out: both.")
        ] = None,
    ) -> list[FigureDifference]:
        names = None if measures is None else {measure.value for measure in measures}
        found = [
            one
            for one in self.comparison.differences
            if (names is None or one.measure in names) and significant in (None, one.is_significant)
        ]
        spend(info.context, len(found))
        return [FigureDifference(told=one) for one in found]


@strawberry.type(description="What came of compareRuns.")
class CompareRunsPayload:
    candidates: list[ComparedRun] = strawberry.field(
        description="The runs, in the order asked for; empty when anything was refused."
    )
    user_errors: list[UserError] = strawberry.field(description="What was refused; empty when all was compared.")


async def compare_runs(
    context: Context, baseline: strawberry.ID, candidates: list[strawberry.ID]
) -> CompareRunsPayload:
    refused = too_many(context, len(candidates))
    if refused:
        return CompareRunsPayload(candidates=[], user_errors=refused)
    ids = [baseline, *candidates]
    keys = [key_of(run_id, "Run") for run_id in ids]
    known = [key for key in keys if key]
    async with context.tenant() as connection:
        rows = await run_store.get_runs(connection, known)
        stored = await outcome_store.get_openings(connection, known)
    paths = ["baselineRunId", *(f"runIds.{place}" for place in range(len(candidates)))]
    found = [rows.get(key) if key else None for key in keys]
    refused = [
        not_comparable(row, path) for row, path in zip(found, paths, strict=True) if row is None or row.id not in stored
    ]
    if refused:
        return CompareRunsPayload(candidates=[], user_errors=refused)
    runs = [row for row in found if row is not None]
    compared = await beside(comparisons, [stored[row.id] for row in runs])
    shown = [ComparedRun(row=row, comparison=one) for row, one in zip(runs[1:], compared, strict=True)]
    return CompareRunsPayload(candidates=shown, user_errors=[])


def spend(context: Context, differences: int) -> None:
    context.differences += differences
    if context.differences > MOST_DIFFERENCES:
        message = (
            f"The operation asks for more than {MOST_DIFFERENCES} differences; ask for fewer `measures`, or fewer runs."
        )
        raise GraphQLError(message, extensions={"code": "OVER_LIMIT"})


def own_id(text: str | None) -> strawberry.ID | None:
    return None if text is None else strawberry.ID(text)


def too_many(context: Context, candidates: int) -> list[UserError]:
    context.settlements += candidates
    if candidates <= MOST_RUNS and context.settlements <= MOST_SETTLEMENTS:
        return []
    message = f"{candidates} runs are more than an operation compares; ask for at most {MOST_RUNS} at once"
    return [user_error(UserErrorCode.TOO_LARGE, message, "runIds")]


def not_comparable(row: RunRow | None, path: str) -> UserError:
    if row is None:
        return user_error(UserErrorCode.NOT_FOUND, "there is no run of this id; pass the id of one of `runs`", path)
    message = f"the run has no outcomes to compare, it is {row.status.lower()}; pass one that has succeeded"
    return user_error(UserErrorCode.INVALID_ARGUMENT, message, path)


def comparisons(stored: Sequence[Opening]) -> list[Comparison]:
    """Of every run after the first with the first; seconds of work for large ones."""
    baseline, *others = (Simulated(load(opening.document), opening.result()) for opening in stored)
    return [compare(baseline, other) for other in others]
