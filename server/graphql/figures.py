"""Figures over replications: how well the mean is known, and how much outcomes vary, under two names."""

from typing import Annotated

import strawberry
from graphql import GraphQLError

from simulation.outcome.counting.estimates import Chance, Estimate

Level = Annotated[float, strawberry.argument(description="The interval's level, over 0 and under 1.")]
ChosenProbability = Annotated[float, strawberry.argument(description="The quantile's probability, from 0 to 1.")]


def refuse(message: str) -> GraphQLError:
    return GraphQLError(message, extensions={"code": "BAD_INPUT"})


def sound_level(level: float) -> float:
    if not 0 < level < 1:
        raise refuse(f"`level` is {level:g}; write a number over 0 and under 1, such as 0.95.")
    return level


@strawberry.type(description="Where a mean lies, at a level: how well it is known, not how much outcomes vary.")
class ConfidenceInterval:
    lower: float = strawberry.field(description="The lower end.")
    upper: float = strawberry.field(description="The upper end.")


@strawberry.type(description="A figure over the replications of a run.")
class Figure:
    estimate: strawberry.Private[Estimate]

    @strawberry.field(
        description="Mean over replications (of a ratio, the ratio of sums); null where it has no denominator."
    )
    def mean(self) -> float | None:
        return self.estimate.mean

    @strawberry.field(description="Standard deviation of the replications' values; null for fewer than two.")
    def sd(self) -> float | None:
        return self.estimate.deviation

    @strawberry.field(
        description="Student interval of the mean (of a ratio, by the delta method); null for one replication."
    )
    def confidence_interval(self, level: Level = 0.95) -> ConfidenceInterval | None:
        ends = self.estimate.confidence_interval(sound_level(level))
        return ConfidenceInterval(lower=ends[0], upper=ends[1]) if ends else None

    @strawberry.field(
        description="Quantile of the replications' values at any probability: how much outcomes vary. Null without any."
    )
    def quantile(self, probability: ChosenProbability) -> float | None:
        if not 0 <= probability <= 1:
            raise refuse(f"`probability` is {probability:g}; write a number from 0 to 1, such as 0.05.")
        return self.estimate.quantile(probability)


@strawberry.type(description="Share of replications in which something came true.")
class Probability:
    chance: strawberry.Private[Chance]

    @strawberry.field(description="The share, 0 to 1.")
    def mean(self) -> float:
        return self.chance.share

    @strawberry.field(description="Wilson interval of the probability; null without replications.")
    def confidence_interval(self, level: Level = 0.95) -> ConfidenceInterval | None:
        ends = self.chance.confidence_interval(sound_level(level))
        return ConfidenceInterval(lower=ends[0], upper=ends[1]) if ends else None
