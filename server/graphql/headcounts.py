"""Heads of a team by week: its stages and FTE, and who came and went."""

import asyncio
import math
from collections.abc import Sequence
from datetime import date
from typing import Any

import strawberry

from server.graphql.columns import Source, kept_quantile
from server.graphql.figures import ChosenProbability, ConfidenceInterval, Level, sound_level
from server.graphql.measures import HeadcountFlow, HeadcountStock
from simulation.outcome.counting.estimates import student_quantile
from simulation.outcome.report.parts import HEADCOUNT
from simulation.outcome.report.stored import figures


@strawberry.type
class Heads:
    """A stock or a flow of heads at one week."""

    source: strawberry.Private[Source]
    team: strawberry.Private[str]
    name: strawberry.Private[str]
    place: strawberry.Private[int]
    week: date = strawberry.field(description="The first day of the week.")
    mean: float | None = strawberry.field(description="Mean over replications, in heads or FTE; null where undefined.")
    sd: float | None = strawberry.field(description="Standard deviation over replications; null for one replication.")

    @strawberry.field(description="Student interval of the mean; null for one replication.")
    def confidence_interval(self, level: Level = 0.95) -> ConfidenceInterval | None:
        replications = self.source.result.replications
        sound_level(level)
        if self.mean is None or self.sd is None or replications < 2:
            return None
        half = student_quantile((1 + level) / 2, replications - 1) * self.sd / math.sqrt(replications)
        return ConfidenceInterval(lower=self.mean - half, upper=self.mean + half)

    @strawberry.field(
        description="Quantile over replications: how much outcomes vary. Kept for 0.05 and 0.95; null where undefined."
    )
    async def quantile(self, probability: ChosenProbability) -> float | None:
        self.source.spend(1)
        statistic = kept_quantile(probability, "Heads by week keep")
        column = await self.source.column(HEADCOUNT, self.team, "week", self.name, statistic)
        return None if column is None else figures(column)[self.place]


@strawberry.type(description="Heads of a stage at the start of a week, after everything that happens at that instant.")
class HeadcountWeek(Heads):
    @strawberry.field(description="The stage, or which FTE.")
    def stock(self) -> HeadcountStock:
        return HeadcountStock(self.name)


@strawberry.type(description="Heads that came or went over a week.")
class HeadcountFlowWeek(Heads):
    @strawberry.field(description="How they came or went.")
    def flow(self) -> HeadcountFlow:
        return HeadcountFlow(self.name)


async def by_week(made: type[Any], source: Source, team: str, weeks: Sequence[date], names: Sequence[str]) -> list[Any]:
    keys = [(name, statistic) for name in names for statistic in ("mean", "sd")] if weeks else []
    read = await asyncio.gather(*(source.column(HEADCOUNT, team, "week", *key) for key in keys))
    columns = {key: figures(column) for key, column in zip(keys, read, strict=True) if column is not None}
    there = [name for name in names if (name, "mean") in columns]
    return [
        made(
            source=source,
            team=team,
            name=name,
            place=place,
            week=week,
            mean=columns[name, "mean"][place],
            sd=columns[name, "sd"][place],
        )
        for place, week in enumerate(weeks)
        for name in there
    ]
