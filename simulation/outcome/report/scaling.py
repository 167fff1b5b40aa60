"""The scaling report: how service held when demand rose, and until when hiring would have helped.

Service of a queue is its service level against the share that its target wants; of a queue with a turnaround, the share
of the work due that was done by then against the share wanted. The target of a week is the mean over its days of the
share in force (`shortfalls`). Every figure is of the replications' own days and weeks, never of their mean.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Annotated

import numpy as np
from numpy.typing import NDArray

from simulation.outcome.counting.estimates import NOT_NEGATIVE, SHARES, Chance, Estimate
from simulation.outcome.records import Beside, ByColumn
from simulation.outcome.report.shortfalls import (
    NONE,
    DemandStep,
    Runs,
    demand_steps,
    shortfalls,
    weeks_to_recover,
    worst_period,
)
from simulation.outcome.report.strength import StepReadiness, VendorStrength
from simulation.scenario.grid import DAY
from simulation.scenario.people.hiring import Hiring
from simulation.scenario.quantities import Id
from simulation.scenario.queues.queue import Queue
from simulation.scenario.scenario import Scenario

Float64 = NDArray[np.float64]
DAYS = 7


class ServiceMeasure(StrEnum):
    """Which measure is the service of a queue."""

    SERVICE_LEVEL = "service_level"
    TURNAROUND_MET = "turnaround_met"


@dataclass(frozen=True, eq=False)
class Step:
    """Weeks in a row whose expected volume is at least 15 % over the mean of the four weeks before the first but the
    lowest of them; a lasting rise is one step until the volume falls back or steps up again."""

    start: date
    """The first day of the step's first week."""
    rise: float
    """The highest volume of its weeks over the mean of the four weeks before the first but the lowest of them, as a
    share."""
    held: Chance
    """That no week of the step is under target."""
    recovered: Chance
    """That service meets its target again before the horizon, or never fails."""
    weeks: Estimate
    """Weeks from the step to the first week that meets the target again, 0 where service held; of the replications that
    recovered."""


@dataclass(frozen=True, eq=False)
class WorstShare:
    """How often a period is the one with the lowest service."""

    start: date
    """Its first day."""
    share: float
    """In which share of the replications."""


@dataclass(frozen=True, eq=False)
class Worst:
    """The period with the lowest service of each replication."""

    level: Estimate
    """Its service, as a share."""
    shares: Annotated[tuple[WorstShare, ...], ByColumn()]
    """The periods that are the worst in any replication, in order of time."""

    @property
    def most_often(self) -> WorstShare | None:
        """The one that is the worst most often; None without any."""
        return max(self.shares, key=lambda one: one.share, default=None)


@dataclass(frozen=True, eq=False)
class Shortfall:
    """The worst shortfall of each replication."""

    depth: Estimate
    """Widest gap between target and service of the worst shortfall, the one whose gaps add up to most; of the
    replications that have any."""
    length_days: Estimate
    """Days of the same shortfall, from its first missed day to its last."""


@dataclass(frozen=True, eq=False)
class BegunShortfalls:
    """The shortfalls that begin in one week, of all replications together."""

    start: date
    """The first day of the week."""
    share: float
    """In which share of the replications one begins."""
    number: float
    """How many begin, a replication."""
    depth: float
    """Their mean depth: the widest gap between target and service of each."""
    deepest: float
    """The depth of the deepest."""
    length_days: float
    """Their mean length, from the first missed day to the last."""
    longest_days: float
    """The length of the longest."""


@dataclass(frozen=True, eq=False)
class QueueScaling:
    """How a queue's service held. Days are missed where it is under its target."""

    id: Id
    """The queue's id in the scenario."""
    measure: ServiceMeasure
    """What service is: SERVICE_LEVEL, or TURNAROUND_MET of a queue with a turnaround."""
    steps: tuple[Step, ...]
    """Steps of the expected volume, in order of time."""
    shortfalls: Estimate
    """Number of shortfalls: runs of missed days."""
    short_days: Estimate
    """Missed days."""
    worst_shortfall: Annotated[Shortfall, Beside("worst")]
    """The one whose gaps add up to most."""
    worst_week: Worst
    """The week with the lowest service."""
    worst_day: Worst
    """The day with the lowest service."""
    begun: tuple[BegunShortfalls, ...] = ()
    """Every shortfall, by the week in which it begins: the weeks in which any does, in order of time."""


@dataclass(frozen=True, eq=False)
class TeamScaling:
    """How hard a team worked, and until when hiring would have helped."""

    id: Id
    """The team's id in the scenario."""
    over_85_hours: Estimate
    """Hours on the floor in intervals in which the team's occupancy was over 85 %."""
    over_90_hours: Estimate
    """Hours on the floor in intervals in which the team's occupancy was over 90 %."""
    over_95_hours: Estimate
    """Hours on the floor in intervals in which the team's occupancy was over 95 %."""
    latest_requisition: date | None
    """The last day of the scenario on which a requisition can be made that helps the first week in which a queue that
    the team may serve then is under target on the average: its people start, at the mean lead time, on a day on which a
    class can, and are past nesting when the week begins. Null without hiring, where no week is under target, where it
    is too late at the start, and where no seat of the site is free for that class."""
    too_late_at_start: bool
    """Even a requisition on the scenario's first day is too late for that week."""


@dataclass(frozen=True, eq=False)
class Scaling:
    """How service held when demand rose, and until when hiring would have helped."""

    queues: tuple[QueueScaling, ...]
    """The queues, in the scenario's order."""
    teams: tuple[TeamScaling, ...]
    """The teams, in the scenario's order."""
    vendors: tuple[VendorStrength, ...] = ()
    """The vendors that have people, in the scenario's order."""
    readiness: tuple[StepReadiness, ...] = ()
    """The steps of transitions within the horizon, in the scenario's order."""


def service_measure(queue: Queue) -> ServiceMeasure:
    """Which measure is the service of a queue."""
    return ServiceMeasure.SERVICE_LEVEL if queue.turnaround is None else ServiceMeasure.TURNAROUND_MET


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
        worst_shortfall=Shortfall(
            Estimate(short.depth, possible=SHARES), Estimate(short.length, possible=NOT_NEGATIVE)
        ),
        worst_week=_worst(by_week, weeks),
        worst_day=_worst(by_day, dates),
        begun=tuple(_begun(short.each, week, weeks[week], len(by_day)) for week in _weeks_of(short.each)),
    )


def _weeks_of(each: Runs) -> list[int]:
    """The weeks in which a shortfall begins."""
    return [int(week) for week in np.unique(each.first // DAYS)]


def _begun(each: Runs, week: int, start: date, replications: int) -> BegunShortfalls:
    here = each.first // DAYS == week
    depth, length = each.depth[here], each.length[here]
    return BegunShortfalls(
        start=start,
        share=len(np.unique(each.replication[here])) / replications,
        number=len(depth) / replications,
        depth=float(depth.mean()),
        deepest=float(depth.max()),
        length_days=float(length.mean()),
        longest_days=float(length.max()),
    )


def _step(step: DemandStep, weeks: Sequence[date], levels: Float64, targets: Float64) -> Step:
    recovery = Estimate(weeks_to_recover(levels, targets, step), possible=NOT_NEGATIVE)
    trials = len(recovery.over)
    held, recovered = Chance(int((recovery.over == 0).sum()), trials), Chance(len(recovery.values), trials)
    return Step(weeks[step.first], step.rise, held, recovered, recovery)


def _worst(levels: Float64, starts: Sequence[date]) -> Worst:
    places, level = worst_period(levels)
    often = np.bincount(places[places != NONE], minlength=len(starts))
    shares = (often / len(levels)).tolist()
    found = np.flatnonzero(often).tolist()
    return Worst(Estimate(level, possible=SHARES), tuple(WorstShare(starts[k], shares[k]) for k in found))


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
