"""How clauses count their metrics, each as one numeric half: numerator and denominator of what replications counted."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri

from simulation.outcome.clauses.staffing import delivered, within_band
from simulation.outcome.clauses.watched import Happened, Watched
from simulation.outcome.counting.counters import LUCK_UNIT, FlowField, QueueField
from simulation.outcome.counting.measure import Measure, Terms, sum_of, total_of
from simulation.outcome.counting.queue_measures import QUEUE_MEASURES, SERVICE_LEVELS
from simulation.outcome.counting.team_measures import TEAM_MEASURES
from simulation.scenario.contracts.clauses import Clause
from simulation.scenario.contracts.metrics import ClauseMetric

Int64 = NDArray[np.int64]
Float64 = NDArray[np.float64]
Parts = tuple[Int64, Int64]
"""Numerator and denominator of every interval, Int64 (replications, intervals)."""

DAYS_A_WEEK = 7


class MetricCount:
    """How a metric is counted.

    scale: counters of the numerator that make one of the metric's unit
    """

    scale: int = 1

    def figures(self, clause: Clause, counted: Int64) -> tuple[Float64, Float64]:
        """Numerator and denominator of a window, Float64 (replications,) each, of what was counted on its days, Int64
        (replications, days, 2)."""
        sums = counted.sum(axis=1).astype(np.float64)
        return sums[:, 0], sums[:, 1]


@dataclass(frozen=True)
class ByInterval(MetricCount):
    """A metric that intervals add up to.

    parts: of what a clause watches
    """

    parts: Callable[[Watched, Happened], Parts]
    scale: int = 1


class ByWindow(MetricCount, ABC):
    """A metric with one figure a window."""

    @abstractmethod
    def days(self, watched: Watched, happened: Happened, days: int) -> Int64:
        """Int64 (replications, days, 2), numerators and denominators."""


def _of_contacts(over: Terms, under: Terms, scale: int = 1) -> ByInterval:
    """Sums of a queue's counters."""

    def parts(watched: Watched, happened: Happened) -> Parts:
        contacts = watched.contacts(happened)
        return total_of(over, contacts), total_of(under, contacts)

    return ByInterval(parts, scale)


def _of_queue_measure(name: str) -> ByInterval:
    """A reported figure of a queue."""
    measure = QUEUE_MEASURES[name]
    return _of_contacts(measure.over, measure.under, round(1 / measure.scale))


def _service_level(watched: Watched, happened: Happened) -> Parts:
    assert watched.formula is not None  # validated: it is of a queue
    contacts, level = watched.contacts(happened), SERVICE_LEVELS[watched.formula]
    return total_of(level.over, contacts), total_of(level.under, contacts)


def _of_team_measure(measure: Measure) -> ByInterval:
    """A reported figure of a team, of all teams together."""

    def parts(watched: Watched, happened: Happened) -> Parts:
        people = watched.people(happened).sum(axis=2)
        return total_of(measure.over, people), total_of(measure.under, people)

    return ByInterval(parts)


class HeadsFound(ByWindow):
    """Heads found and asked for in a week, on its first day."""

    def days(self, watched: Watched, happened: Happened, days: int) -> Int64:
        found = np.zeros((len(happened.headcount), days, 2), np.int64)
        weeks = -(-days // DAYS_A_WEEK)
        flows = happened.headcount[:, :weeks, watched.teams][..., [FlowField.FOUND, FlowField.REQUISITIONED]]
        found[:, ::DAYS_A_WEEK] = flows.sum(axis=2)
        return found


class Luck(ByWindow):
    """The day's luck, of nothing; a window's figure is the quantile of the luck of its first day."""

    def days(self, watched: Watched, happened: Happened, days: int) -> Int64:
        luck = happened.luck[:, :, watched.drawn]
        return np.stack((luck, np.ones_like(luck)), axis=-1)

    def figures(self, clause: Clause, counted: Int64) -> tuple[Float64, Float64]:
        luck = (counted[:, 0, 0] + 0.5) / LUCK_UNIT
        drawn = (clause.mean or 0.0) + (clause.sd or 0.0) * ndtri(luck)
        return np.clip(drawn, 0.0, 1.0), np.ones(len(counted))


METRIC_COUNTS: Mapping[ClauseMetric, ByInterval | ByWindow] = {
    ClauseMetric.SERVICE_LEVEL: ByInterval(_service_level),
    ClauseMetric.ASA: _of_queue_measure("asa_seconds"),
    ClauseMetric.ABANDON_RATE: _of_queue_measure("abandon_rate"),
    ClauseMetric.TURNAROUND_MET: _of_queue_measure("turnaround_met"),
    ClauseMetric.FCR: _of_queue_measure("fcr"),
    ClauseMetric.BACKLOG_AGE: _of_queue_measure("backlog_age_hours"),
    ClauseMetric.QUALITY: _of_contacts(
        sum_of(QueueField.HANDLED, less=(QueueField.OFFERED_REWORK,)), sum_of(QueueField.HANDLED)
    ),
    ClauseMetric.OCCUPANCY: _of_team_measure(TEAM_MEASURES["occupancy"]),
    ClauseMetric.FILL_RATE: HeadsFound(),
    ClauseMetric.EXTERNAL: Luck(),
    ClauseMetric.LINE_ADHERENCE: ByInterval(within_band),
    ClauseMetric.STAFFING_DELIVERED: ByInterval(delivered),
}
"""The numeric half of every metric."""
