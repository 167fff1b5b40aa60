"""The scaling report of a run: demand steps, shortfalls, worst weeks and days, and until when hiring helped."""

from datetime import date

import strawberry

from server.graphql.figures import Figure, Probability
from server.graphql.measures import QueueMeasure
from simulation.outcome.scaling import QueueScaling, Step, TeamScaling, Worst


@strawberry.type(
    description="Weeks in a row whose expected volume is at least 15 % over the mean of the four weeks before the"
    " first but the lowest of them; a lasting rise is one step until the volume falls back or steps up again."
)
class DemandStep:
    result: strawberry.Private[Step]

    @strawberry.field(description="The first day of the step's first week.")
    def start(self) -> date:
        return self.result.start

    @strawberry.field(
        description="The highest volume of its weeks over the mean of the four weeks before the first but the lowest of"
        " them, as a share."
    )
    def rise(self) -> float:
        return self.result.rise

    @strawberry.field(description="That no week of the step is under target.")
    def held(self) -> Probability:
        return share_of(self.result.held, self.result.replications)

    @strawberry.field(description="That service meets its target again before the horizon, or never fails.")
    def recovered(self) -> Probability:
        return share_of(self.result.recovered, self.result.replications)

    @strawberry.field(
        description="Weeks from the step to the first week that meets the target again, 0 where service held; of the"
        " replications that recovered."
    )
    def weeks(self) -> Figure:
        return Figure(estimate=self.result.weeks)


@strawberry.type(description="How often a period is the one with the lowest service.")
class WorstShare:
    start: date = strawberry.field(description="Its first day.")
    share: float = strawberry.field(description="In which share of the replications.")


@strawberry.type(description="The period with the lowest service of each replication.")
class WorstPeriod:
    result: strawberry.Private[Worst]

    @strawberry.field(description="Its service, as a share.")
    def level(self) -> Figure:
        return Figure(estimate=self.result.level)

    @strawberry.field(description="The periods that are the worst in any replication, in order of time.")
    def shares(self) -> list[WorstShare]:
        return [
            WorstShare(start=start, share=share)
            for start, share in zip(self.result.starts, self.result.shares, strict=True)
        ]


@strawberry.type(description="How a queue's service held. Days are missed where it is under its target.")
class QueueScalingOutcome:
    result: strawberry.Private[QueueScaling]

    @strawberry.field(description="The queue's id in the scenario.")
    def id(self) -> strawberry.ID:
        return strawberry.ID(self.result.id)

    @strawberry.field(description="What service is: SERVICE_LEVEL, or TURNAROUND_MET of a queue with a turnaround.")
    def measure(self) -> QueueMeasure:
        return QueueMeasure(self.result.measure)

    @strawberry.field(description="Steps of the expected volume, in order of time.")
    def steps(self) -> list[DemandStep]:
        return [DemandStep(result=step) for step in self.result.steps]

    @strawberry.field(description="Number of shortfalls: runs of missed days.")
    def shortfalls(self) -> Figure:
        return Figure(estimate=self.result.shortfalls)

    @strawberry.field(description="Missed days.")
    def short_days(self) -> Figure:
        return Figure(estimate=self.result.short_days)

    @strawberry.field(
        description="Widest gap between target and service of the worst shortfall, the one whose gaps add up to most;"
        " of the replications that have any."
    )
    def worst_depth(self) -> Figure:
        return Figure(estimate=self.result.depth)

    @strawberry.field(description="Days of the same shortfall, from its first missed day to its last.")
    def worst_length_days(self) -> Figure:
        return Figure(estimate=self.result.length)

    @strawberry.field(description="The week with the lowest service.")
    def worst_week(self) -> WorstPeriod:
        return WorstPeriod(result=self.result.worst_week)

    @strawberry.field(description="The day with the lowest service.")
    def worst_day(self) -> WorstPeriod:
        return WorstPeriod(result=self.result.worst_day)


@strawberry.type(description="How hard a team worked, and until when hiring would have helped.")
class TeamScalingOutcome:
    result: strawberry.Private[TeamScaling]

    @strawberry.field(description="The team's id in the scenario.")
    def id(self) -> strawberry.ID:
        return strawberry.ID(self.result.id)

    @strawberry.field(description="Hours on the floor in intervals in which the team's occupancy was over 85 %.")
    def over85_hours(self) -> Figure:
        return Figure(estimate=self.result.over_85)

    @strawberry.field(description="Hours on the floor in intervals in which the team's occupancy was over 90 %.")
    def over90_hours(self) -> Figure:
        return Figure(estimate=self.result.over_90)

    @strawberry.field(description="Hours on the floor in intervals in which the team's occupancy was over 95 %.")
    def over95_hours(self) -> Figure:
        return Figure(estimate=self.result.over_95)

    @strawberry.field(
        description="The last day of the scenario on which a requisition can be made that helps the first week in which"
        " a queue that the team may serve then is under target on the average: its people start, at the mean lead time,"
        " on a day on which a class can, and are past nesting when the week begins. Null without hiring, where no week"
        " is under target, where it is too late at the start, and where no seat of the site is free for that class."
    )
    def latest_requisition(self) -> date | None:
        return self.result.latest_requisition

    @strawberry.field(description="Even a requisition on the scenario's first day is too late for that week.")
    def too_late_at_start(self) -> bool:
        return self.result.too_late_at_start


@strawberry.type(description="How service held when demand rose, and until when hiring would have helped.")
class ScalingOutcome:
    queues: list[QueueScalingOutcome] = strawberry.field(description="The queues, in the scenario's order.")
    teams: list[TeamScalingOutcome] = strawberry.field(description="The teams, in the scenario's order.")


def share_of(successes: int, trials: int) -> Probability:
    return Probability(mean=successes / trials, successes=successes, trials=trials)
