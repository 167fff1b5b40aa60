"""What came of a run: totals as figures, series as columns, headcount by week."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, TypeAlias
from zoneinfo import ZoneInfo

import numpy as np
import strawberry

from server.graphql.columns import Source, kept_quantile
from server.graphql.figures import ChosenProbability, Figure, Probability, refuse
from server.graphql.headcounts import HeadcountFlowWeek, HeadcountWeek, by_week
from server.graphql.heat_maps import HeatMap, heat_map
from server.graphql.hours import HoursLedger, hours_ledger
from server.graphql.measures import HeadcountFlow, HeadcountStock, QueueMeasure, SeriesResolution, TeamMeasure
from server.graphql.records import ScalingOutcome, probability_of, settled
from server.graphql.scalars import DateTimeColumn, FloatColumn
from simulation.outcome.counting.measure import Measure
from simulation.outcome.counting.queue_measures import QUEUE_MEASURES
from simulation.outcome.counting.team_measures import FLOWS, STOCKS, TEAM_MEASURES
from simulation.outcome.money.settlement import Settlement
from simulation.outcome.report.result import EntityResult, Float64

if TYPE_CHECKING:
    from server.graphql.statements import Statement

NOMINAL_SECONDS = {"day": 86_400, "week": 604_800}


@dataclass(frozen=True)
class Window:
    """The periods of a resolution that a series shows."""

    starts: Float64
    chosen: slice
    step: float

    @classmethod
    def of(cls, starts: Float64, since: datetime | None, until: datetime | None) -> "Window":
        first = int(np.searchsorted(starts, since.timestamp())) if since else 0
        last = int(np.searchsorted(starts, until.timestamp())) if until else len(starts)
        step = float(starts[1] - starts[0]) if len(starts) > 1 else 0.0
        return cls(starts[first:last], slice(first, max(first, last)), step)


@strawberry.type
class Series:
    """One measure over consecutive periods. Columns have one figure a period, in order."""

    source: strawberry.Private[Source]
    entity: strawberry.Private[str]
    resolution: strawberry.Private[str]
    window: strawberry.Private[Window]
    name: strawberry.Private[str]
    kind: ClassVar[str]
    measures: ClassVar[Mapping[str, Measure]]

    @strawberry.field(description="When the first period starts; null without periods.")
    def start(self) -> datetime | None:
        instants = self.instants(slice(1))
        return instants[0] if instants else None

    @strawberry.field(
        description="Seconds from one period's start to the next; of days and weeks the usual length, which a clock"
        " change alters; null for months."
    )
    def step_seconds(self) -> int | None:
        if self.resolution == "month":
            return None
        return NOMINAL_SECONDS.get(self.resolution, round(self.window.step))

    @strawberry.field(description="How many periods the columns have.")
    def count(self) -> int:
        return len(self.window.starts)

    @strawberry.field(description="When each period starts.")
    async def starts(self) -> DateTimeColumn:
        self.source.spend(len(self.window.starts))
        return DateTimeColumn(
            await asyncio.to_thread(lambda: [instant.isoformat() for instant in self.instants(slice(None))])
        )

    @strawberry.field(description="Mean over replications of each period; of a ratio, the ratio of sums.")
    async def mean(self) -> FloatColumn:
        return await self.kept("mean")

    @strawberry.field(description="Standard deviation over replications of each period; null for one replication.")
    async def sd(self) -> FloatColumn:
        return await self.kept("sd")

    @strawberry.field(
        description="Quantile over replications of each period. Kept for 0.05 and 0.95; by interval only for some"
        " measures, which the error for the others names; it is null then."
    )
    async def quantile(self, probability: ChosenProbability) -> FloatColumn | None:
        return await self.kept(kept_quantile(probability, "Series keep", "; `total` has any"))

    async def kept(self, statistic: str) -> FloatColumn:
        self.source.spend(len(self.window.starts))
        column = await self.source.column(self.kind, self.entity, self.resolution, self.name, statistic)
        if column is None:
            spread = ", ".join(name.upper() for name, measure in self.measures.items() if measure.spread)
            raise refuse(
                f"{statistic} of {self.name.upper()} is not kept by {self.resolution.upper()};"
                f" by INTERVAL there are quantiles of {spread}, by DAY and coarser of every measure."
            )
        return FloatColumn(column[self.window.chosen])

    def instants(self, which: slice) -> list[datetime]:
        zone = ZoneInfo(self.source.result.zone)
        return [datetime.fromtimestamp(seconds, zone) for seconds in self.window.starts[which].tolist()]


@strawberry.type(description="A queue's measure over consecutive periods; columns have one figure a period, in order.")
class QueueSeries(Series):
    kind = "queue"
    measures = QUEUE_MEASURES

    @strawberry.field(description="What is measured.")
    def measure(self) -> QueueMeasure:
        return QueueMeasure(self.name)


@strawberry.type(description="A team's measure over consecutive periods; columns have one figure a period, in order.")
class TeamSeries(Series):
    kind = "team"
    measures = TEAM_MEASURES

    @strawberry.field(description="What is measured.")
    def measure(self) -> TeamMeasure:
        return TeamMeasure(self.name)


@dataclass(frozen=True)
class Span:
    """Which periods a query asks for."""

    resolution: str
    since: datetime | None
    until: datetime | None


Resolutions = Annotated[SeriesResolution, strawberry.argument(description="The periods of the series.")]
Since = Annotated[
    datetime | None, strawberry.argument(name="from", description="The first period starts at or after this instant.")
]
Until = Annotated[
    datetime | None, strawberry.argument(name="to", description="The last period starts before this instant.")
]


async def series_of(made: type[Any], source: Source, entity: EntityResult, names: list[str], span: Span) -> list[Any]:
    names = [name for name in names if name in entity.totals]
    for name in names:
        if span.resolution == "interval" and not made.measures[name].by_interval:
            raise refuse(f"{name.upper()} is not kept by INTERVAL; ask for it by DAY, WEEK or MONTH.")
    starts = await source.calendar(span.resolution)
    if starts is None:
        raise LookupError(f"run {source.run} has no calendar by {span.resolution}")
    window = Window.of(starts, span.since, span.until)
    return [
        made(source=source, entity=entity.id, resolution=span.resolution, window=window, name=name) for name in names
    ]


def totals_type(name: str, whose: str, measures: Mapping[str, Measure]) -> Any:
    def field_of(measure: Measure) -> Any:
        note = f" Null for {measure.only.others}." if measure.only else ""

        def resolve(root: Any) -> Any:
            estimate = root.totals.get(measure.name)
            return Figure(estimate=estimate) if estimate else None

        resolve.__annotations__ = {"return": Figure | None if note else Figure}
        return strawberry.field(resolver=resolve, description=f"{measure.meaning} In {measure.unit.value}.{note}")

    body = {each: field_of(measure) for each, measure in measures.items()}
    return strawberry.type(type(name, (), body), description=f"Figures of a {whose} over the whole horizon.")


if TYPE_CHECKING:  # made from the measures below, which a type checker cannot follow
    QueueTotals: TypeAlias = Any
    TeamTotals: TypeAlias = Any
else:
    QueueTotals = totals_type("QueueTotals", "queue", QUEUE_MEASURES)
    TeamTotals = totals_type("TeamTotals", "team", TEAM_MEASURES)


@strawberry.type(description="What came of a queue.")
class QueueOutcome:
    source: strawberry.Private[Source]
    result: strawberry.Private[EntityResult]

    @strawberry.field(description="The queue's id in the scenario.")
    def id(self) -> strawberry.ID:
        return strawberry.ID(self.result.id)

    @strawberry.field(description="Figures over the whole horizon.")
    def total(self) -> QueueTotals:
        return self.result

    @strawberry.field(
        description="Measures by period, as columns, in the order asked for; what a queue does not have, as an"
        " immediate one BACKLOG, is left out."
    )
    async def series(
        self,
        measures: Annotated[list[QueueMeasure], strawberry.argument(description="What to measure.")],
        resolution: Resolutions,
        since: Since = None,
        until: Until = None,
    ) -> list[QueueSeries]:
        names = [measure.value for measure in measures]
        return await series_of(QueueSeries, self.source, self.result, names, Span(resolution.value, since, until))

    @strawberry.field(description="A measure by weekday and time of day. Not of every ratio: the error names which.")
    async def heat_map(
        self, measure: Annotated[QueueMeasure, strawberry.argument(description="What to measure.")]
    ) -> HeatMap:
        source = self.source
        return await heat_map(
            source.context, source.spend, source.run, source.result.zone, ("queue", self.result.id), measure.value
        )


@strawberry.type(description="What came of a team.")
class TeamOutcome:
    source: strawberry.Private[Source]
    result: strawberry.Private[EntityResult]
    weeks: strawberry.Private[Sequence[date]]

    @strawberry.field(description="The team's id in the scenario.")
    def id(self) -> strawberry.ID:
        return strawberry.ID(self.result.id)

    @strawberry.field(description="Figures over the whole horizon.")
    def total(self) -> TeamTotals:
        return self.result

    @strawberry.field(description="Measures by period, as columns.")
    async def series(
        self,
        measures: Annotated[list[TeamMeasure], strawberry.argument(description="What to measure.")],
        resolution: Resolutions,
        since: Since = None,
        until: Until = None,
    ) -> list[TeamSeries]:
        names = [measure.value for measure in measures]
        return await series_of(TeamSeries, self.source, self.result, names, Span(resolution.value, since, until))

    @strawberry.field(description="A measure by weekday and time of day. Not of every ratio: the error names which.")
    async def heat_map(
        self, measure: Annotated[TeamMeasure, strawberry.argument(description="What to measure.")]
    ) -> HeatMap:
        source = self.source
        return await heat_map(
            source.context, source.spend, source.run, source.result.zone, ("team", self.result.id), measure.value
        )

    @strawberry.field(description="Heads by week and stage; empty for a team with given staffing.")
    async def headcount(
        self,
        stocks: Annotated[
            list[HeadcountStock] | None, strawberry.argument(description="Which stages; left out: all.")
        ] = None,
    ) -> list[HeadcountWeek]:
        names = [stock.value for stock in stocks] if stocks is not None else list(STOCKS)
        return await by_week(HeadcountWeek, self.source, self.result.id, self.weeks, names)

    @strawberry.field(description="Heads that came and went, by week; empty for a team with given staffing.")
    async def headcount_flows(
        self,
        flows: Annotated[
            list[HeadcountFlow] | None, strawberry.argument(description="Which flows; left out: all.")
        ] = None,
    ) -> list[HeadcountFlowWeek]:
        names = [flow.value for flow in flows] if flows is not None else list(FLOWS)
        return await by_week(HeadcountFlowWeek, self.source, self.result.id, self.weeks, names)


OwnId = Annotated[strawberry.ID, strawberry.argument(description="As it stands in the scenario.")]


def settlement_of(outcomes: "Outcomes") -> Settlement:
    return outcomes.source.result.settlement


@strawberry.type(description="What came of a run.")
class Outcomes:
    source: strawberry.Private[Source]

    @strawberry.field(
        description="Probability that every clause is met in all its whole windows; null without clauses."
    )
    def all_met(self) -> Probability | None:
        chance = settlement_of(self).all_met
        return None if chance is None else probability_of(chance)

    decision = settled("decision", settlement_of)

    @strawberry.field(description="The queues, in the scenario's order.")
    def queues(self) -> list[QueueOutcome]:
        return [QueueOutcome(source=self.source, result=queue) for queue in self.source.result.queues]

    @strawberry.field(description="One queue, by its id in the scenario; null when there is none.")
    def queue(self, id: OwnId) -> QueueOutcome | None:
        return next((queue for queue in self.queues() if queue.result.id == id), None)

    @strawberry.field(description="The teams of all vendors, in the scenario's order.")
    def teams(self) -> list[TeamOutcome]:
        result = self.source.result
        pairs = zip(result.teams, result.headcounts, strict=True)
        return [TeamOutcome(source=self.source, result=team, weeks=headcount.weeks) for team, headcount in pairs]

    @strawberry.field(description="One team, by its id in the scenario; null when there is none.")
    def team(self, id: OwnId) -> TeamOutcome | None:
        return next((team for team in self.teams() if team.result.id == id), None)

    @strawberry.field(description="The hours of each vendor's teams together, then of each of them, by month and kind.")
    async def hours_ledger(self) -> list[HoursLedger]:
        return await hours_ledger(self.source.context, self.source.run, self.source.result)

    @strawberry.field(description="A vendor's invoice of a month, line by line with its formulas, in one replication.")
    async def statement(
        self,
        vendor: OwnId,
        month: Annotated[date, strawberry.argument(description="Any day of the month.")],
        replication: Annotated[
            int | None, strawberry.argument(description="Which, counted from 1; left out: that of median cost.")
        ] = None,
    ) -> Annotated["Statement", strawberry.lazy("server.graphql.statements")]:
        from server.graphql.statements import statement  # which knows runs, and they this module

        source = self.source
        return await statement(source.context, source.run, source.result, vendor, month, replication)

    @strawberry.field(description="How service held when demand rose.")
    def scaling(self) -> ScalingOutcome:
        return self.source.result.scaling

    clauses = settled("clauses", settlement_of)
    vendors = settled("vendors", settlement_of)
    cost = settled("cost", settlement_of)
