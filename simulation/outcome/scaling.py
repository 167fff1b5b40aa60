"""The scaling report: how service held when demand rose, and until when hiring would have helped.

Service of a queue is its service level against the share that its target wants; of a queue with a turnaround, the share
of the work due that was done by then against the share wanted. The target of a week is the mean over its days of the
share in force (`shortfalls`). Every figure is of the replications' own days and weeks, never of their mean.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
from numpy.typing import NDArray

from simulation.outcome.estimates import NOT_NEGATIVE, SHARES, Estimate
from simulation.outcome.shortfalls import NONE, DemandStep, demand_steps, shortfalls, weeks_to_recover, worst_period
from simulation.scenario.grid import DAY
from simulation.scenario.hiring import Hiring
from simulation.scenario.queues import Queue
from simulation.scenario.scenario import Scenario

Float64 = NDArray[np.float64]
DAYS = 7


@dataclass(frozen=True, eq=False)
class Step:
    """A demand step of a queue.

    start: the first day of its first week
    rise:  over the weeks before, as a share of them
    weeks: until service met its target again; 0 where it never failed, NaN where it did not come back
    """

    start: date
    rise: float
    weeks: Estimate

    @property
    def held(self) -> int:
        """Replications in which service did not fail."""
        return int((self.weeks.over == 0).sum())

    @property
    def recovered(self) -> int:
        """Replications in which service met its target again, or did not fail."""
        return len(self.weeks.values)

    @property
    def replications(self) -> int:
        """All of them."""
        return len(self.weeks.over)


@dataclass(frozen=True, eq=False)
class Worst:
    """The week, or day, with the lowest service of each replication.

    level:  its service
    starts: the first days of those that are the worst in any replication, in order of time
    shares: in which share of the replications
    """

    level: Estimate
    starts: tuple[date, ...]
    shares: tuple[float, ...]

    @property
    def most_often(self) -> tuple[date, float] | None:
        """The one that is the worst most often, and how often; None without any."""
        return max(zip(self.starts, self.shares, strict=True), key=lambda one: one[1], default=None)


@dataclass(frozen=True, eq=False)
class QueueScaling:
    """One queue's part of the report.

    measure:    of its service, `service_level` or `turnaround_met`
    steps:      in order of time
    shortfalls: number of runs of days under target
    short_days: days under target
    depth:      widest gap between target and service of the worst shortfall, the one whose gaps add up to most
    length:     days of the same, first to last
    """

    id: str
    measure: str
    steps: tuple[Step, ...]
    shortfalls: Estimate
    short_days: Estimate
    depth: Estimate
    length: Estimate
    worst_week: Worst
    worst_day: Worst


@dataclass(frozen=True, eq=False)
class TeamScaling:
    """One team's part of the report.

    over_85, over_90, over_95: hours on the floor in intervals in which the team's occupancy was higher
    latest_requisition: the last day of the scenario on which a requisition would have been in time, at the mean lead
        time for the first week in which a queue that the team may serve then is under target on the average; None
        without hiring, without such a week, where there is no such day, and where no seat of the site is free for a
        class that late
    too_late_at_start: there is no such day because even the scenario's first day is too late
    """

    id: str
    over_85: Estimate
    over_90: Estimate
    over_95: Estimate
    latest_requisition: date | None
    too_late_at_start: bool


@dataclass(frozen=True, eq=False)
class Scaling:
    """The scaling report, queues and teams in document order."""

    queues: tuple[QueueScaling, ...]
    teams: tuple[TeamScaling, ...]


def service_measure(queue: Queue) -> str:
    """Which measure is the service of a queue."""
    return "service_level" if queue.turnaround is None else "turnaround_met"


def daily_targets(scenario: Scenario, queue: Queue, dates: Sequence[date]) -> Float64:
    """Float64 (days,): the share wanted of a queue on each date."""

    def own(day: date) -> float:
        return queue.target.share_on(day) if queue.turnaround is None else queue.turnaround.share

    return np.array([scenario.hypercare_share(queue.id, day) or own(day) for day in dates])


def weekly_targets(daily: Float64) -> Float64:
    """Float64 (weeks,): the means of the weeks' days."""
    return np.array([mean_target(daily[first : first + DAYS]) for first in range(0, len(daily), DAYS)])


def mean_target(daily: Float64) -> float:
    """The mean share wanted over some days; where all days want the same, exactly that."""
    return float(np.clip(daily.mean(), daily.min(), daily.max()))


def queue_scaling(
    queue: Queue, dates: Sequence[date], daily: Float64, volumes: Float64, by_day: Float64, by_week: Float64
) -> QueueScaling:
    """A queue's part.

    dates, daily: the scenario's days and `daily_targets`. volumes: Float64 (weeks,), expected. by_day, by_week: Float64
    (replications, periods), its service, NaN where there is none.
    """
    weeks = dates[::DAYS]
    weekly, short = weekly_targets(daily), shortfalls(by_day, daily)
    return QueueScaling(
        id=queue.id,
        measure=service_measure(queue),
        steps=tuple(_step(step, weeks, by_week, weekly) for step in demand_steps(volumes[: len(dates) // DAYS])),
        shortfalls=Estimate(short.number, possible=NOT_NEGATIVE),
        short_days=Estimate(short.days, possible=NOT_NEGATIVE),
        depth=Estimate(short.depth, possible=SHARES),
        length=Estimate(short.length, possible=NOT_NEGATIVE),
        worst_week=_worst(by_week, weeks),
        worst_day=_worst(by_day, dates),
    )


def _step(step: DemandStep, weeks: Sequence[date], levels: Float64, targets: Float64) -> Step:
    recovery = Estimate(weeks_to_recover(levels, targets, step), possible=NOT_NEGATIVE)
    return Step(weeks[step.first], step.rise, recovery)


def _worst(levels: Float64, starts: Sequence[date]) -> Worst:
    places, level = worst_period(levels)
    often = np.bincount(places[places != NONE], minlength=len(starts))
    found = np.flatnonzero(often)
    return Worst(
        Estimate(level, possible=SHARES),
        tuple(starts[k] for k in found.tolist()),
        tuple((often[found] / len(levels)).tolist()),
    )


def short_weeks(dates: Sequence[date], daily: Float64, mean_by_week: Float64) -> list[Sequence[date]]:
    """The days of the weeks whose mean service, Float64 (weeks,), is under the mean of their daily targets."""
    short = np.flatnonzero(mean_by_week < weekly_targets(daily))
    return [dates[week * DAYS : (week + 1) * DAYS] for week in short.tolist()]


def mean_lead(hiring: Hiring) -> timedelta:
    """Whole days from a requisition to a class, on average."""
    return timedelta(days=-(-hiring.mean_lead // DAY))


def latest_requisition(hiring: Hiring, nesting_weeks: int, first_short: date, start: date, end: date) -> date | None:
    """The last day, from the scenario's start on, on which a requisition can be made whose people are past nesting on
    the first short day; None where there is none.

    Its people start, at the mean lead time, on a day on which a class can start, before `end`, from which on nobody is
    hired; training and nesting follow. Class size and ramp bound how many of them do, at least one, so not the day.
    """
    training = timedelta(weeks=hiring.training_weeks + nesting_weeks)
    lead = mean_lead(hiring)
    last = min(first_short - training, end - timedelta(days=1))
    begins = (last - timedelta(days=k) for k in range((last - start - lead).days + 1))
    return next((day - lead for day in begins if hiring.starts_class_on(day)), None)
