"""What can be said of a run that is still being simulated, from the replications that are done."""

import strawberry

from server.graphql.context import Context
from server.graphql.figures import ConfidenceInterval, Probability
from server.graphql.watching import read_figures
from server.store.runs import RunRow, RunStatus
from simulation.outcome.shards.figures_so_far import FigureSoFar, FiguresSoFar, QueueSoFar


@strawberry.type(description="A figure over the replications done so far.")
class PartialFigure:
    figure: strawberry.Private[FigureSoFar]

    @strawberry.field(
        description="Mean over replications (of a ratio, the ratio of sums); null where it has no denominator."
    )
    def mean(self) -> float | None:
        return self.figure.mean

    @strawberry.field(
        description="95 % interval of the mean (of a ratio, by the delta method); null for one replication."
    )
    def confidence_interval(self) -> ConfidenceInterval | None:
        if self.figure.lower is None or self.figure.upper is None:
            return None
        return ConfidenceInterval(lower=self.figure.lower, upper=self.figure.upper)


@strawberry.type(description="What came of a queue so far, over the whole horizon of the replications done.")
class PartialQueueOutcome:
    queue: strawberry.Private[QueueSoFar]

    @strawberry.field(description="The queue's id in the scenario.")
    def id(self) -> strawberry.ID:
        return strawberry.ID(self.queue.id)

    @strawberry.field(description="Contacts that reached the queue.")
    def offered(self) -> PartialFigure:
        return PartialFigure(figure=self.queue.offered)

    @strawberry.field(description="Its service level, 0 to 1, by the formula of its target.")
    def service_level(self) -> PartialFigure:
        return PartialFigure(figure=self.queue.service_level)


@strawberry.type(
    description="What came of a run so far: estimates from the replications done, which move until the last is in."
    " Renewed at most four times a second."
)
class PartialOutcomes:
    figures: strawberry.Private[FiguresSoFar]

    @strawberry.field(description="From how many replications; those that are done may be some more.")
    def replications(self) -> int:
        return self.figures.replications

    @strawberry.field(description="The queues, in the scenario's order.")
    def queues(self) -> list[PartialQueueOutcome]:
        return [PartialQueueOutcome(queue=queue) for queue in self.figures.queues]

    @strawberry.field(
        description="Probability that every clause is met in all its whole windows; null without clauses."
    )
    def all_met(self) -> Probability | None:
        return Probability(chance=self.figures.all_met) if self.figures.all_met else None

    @strawberry.field(
        description="The client's cost over the whole horizon, in the scenario's currency; null where nothing costs."
    )
    def client_cost(self) -> PartialFigure | None:
        return PartialFigure(figure=self.figures.client_cost) if self.figures.client_cost else None


async def partial_outcomes_of(context: Context, row: RunRow, figures: FiguresSoFar | None) -> PartialOutcomes | None:
    """As they were told with the change that made the run what the row says; `figures` where they are known."""
    if row.status is not RunStatus.RUNNING:
        return None
    if figures is None:
        figures = read_figures(await context.figures_so_far.load((row.id, row.sequence)))
    return PartialOutcomes(figures=figures) if figures else None
