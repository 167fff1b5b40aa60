"""What a clause counts: numerator and denominator of every day, whole numbers, from one replication's intervals.

A window's figure is the sum of the one over the sum of the other, whatever the aggregation: of VOLUME_WEIGHTED both are
sums of counters, of PERIOD_COMPLIANCE periods that met and all periods, of AVERAGE_OF_PERIODS the periods' figures in
billionths and all periods. So days are all that has to be kept of a replication to score it by any window.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

import numpy as np
from numpy.typing import NDArray

from simulation.outcome.counters import Counters, FlowField, QueueField
from simulation.outcome.estimates import NOT_NEGATIVE, SHARES, Interval, ratio
from simulation.outcome.measure import Terms, sum_of
from simulation.outcome.measures import AGE_UNIT, QUEUE_MEASURES, SERVICE_LEVELS
from simulation.outcome.staffing import staffed_teams, staffing
from simulation.outcome.team_measures import TEAM_MEASURES
from simulation.scenario.attribution import Served, covered
from simulation.scenario.clauses import (
    CEILINGS,
    NO_SHARES,
    STAFFING,
    Aggregation,
    Clause,
    ClauseMetric,
    CompliancePeriod,
)
from simulation.scenario.money import decimal_of
from simulation.scenario.portions import portion_of, portions
from simulation.scenario.scenario import Scenario

Int64 = NDArray[np.int64]
Bool = NDArray[np.bool_]

MICROSECONDS = 1_000_000
BILLIONTHS = 1_000_000_000
DAYS_A_WEEK = 7
MEASURES = {
    ClauseMetric.ASA: "asa_seconds",
    ClauseMetric.ABANDON_RATE: "abandon_rate",
    ClauseMetric.TURNAROUND_MET: "turnaround_met",
    ClauseMetric.FCR: "fcr",
    ClauseMetric.BACKLOG_AGE: "backlog_age_hours",
}
"""The measures that are a clause's metric; the service level is by formula."""
SCALES = {ClauseMetric.ASA: MICROSECONDS, ClauseMetric.BACKLOG_AGE: 3600 * 1_000_000 // AGE_UNIT}
"""Counters of the numerator that make one of the metric's unit, where it is not one."""
QUALITY = (sum_of(QueueField.HANDLED, less=(QueueField.OFFERED_REWORK,)), sum_of(QueueField.HANDLED))


@dataclass(frozen=True, eq=False)
class Happened:
    """What some replications counted.

    queues, portions: Int64 (replications, intervals, queues or portions, QueueField)
    teams:     Int64 (replications, intervals, teams, GroupField)
    headcount: Int64 (replications, weeks + 1, teams, fields)
    luck:      Int64 (replications, days, clauses EXTERNAL)
    """

    queues: Int64
    portions: Int64
    teams: Int64
    headcount: Int64
    luck: Int64

    @classmethod
    def of(cls, counters: Sequence[Counters]) -> "Happened":
        """Of counters as replications leave them, teams added up; they keep the ages of backlogs finer than this."""
        queues = np.stack([one.queues for one in counters])
        queues[..., QueueField.WAITING_AGE] //= AGE_UNIT
        portions = np.stack([one.portions for one in counters])
        teams, heads = np.stack([one.groups for one in counters]), np.stack([one.headcount for one in counters])
        return cls(queues, portions, teams, heads, np.stack([one.luck for one in counters]))


@dataclass(frozen=True, eq=False)
class ClauseCount:
    """A clause, seen from the counters.

    queue: position of its queue, None without one. portion: position of the portion of its contacts that it watches;
    None for all. teams: positions of the vendor's teams that may answer it, without one any of the queues that the
    contract covers
    over, under: the counters of its metric
    relaxed: of every day the target of hyper-care that takes the place of its own, None on other days
    external: of a clause EXTERNAL, its place among those
    """

    clause: Clause
    queue: int | None
    portion: int | None
    teams: tuple[int, ...]
    over: Terms
    under: Terms
    relaxed: tuple[float | None, ...]
    external: int = 0

    def target_on(self, day: int, dates: Sequence[date]) -> Decimal:
        """The target in force on a day of the horizon, by number."""
        relaxed = None if self.clause.is_by_compliance else self.relaxed[day]
        return self.clause.target_on(dates[day], dates[0]) if relaxed is None else decimal_of(relaxed)

    @property
    def scale(self) -> int:
        """Counters of the numerator that make one of the metric's unit."""
        return SCALES.get(self.clause.metric, 1)

    @property
    def unit(self) -> int:
        """What the kept denominators are multiplied by, so that the quotient is in the metric's unit."""
        if self.clause.aggregation is Aggregation.VOLUME_WEIGHTED:
            return self.scale
        return BILLIONTHS if self.clause.aggregation is Aggregation.AVERAGE_OF_PERIODS else 1

    @property
    def possible(self) -> Interval:
        """Where a window's figure can lie."""
        return NOT_NEGATIVE if self.clause.metric in NO_SHARES and not self.clause.is_by_compliance else SHARES

    def count(self, happened: Happened, cuts: Int64, counted: Bool | None = None) -> Int64:
        """Int64 (replications, days, 2), numerators and denominators; of EXTERNAL luck and nothing.

        cuts: Int64 (days + 1,), each day's first interval. counted: Bool (intervals,) or (replications, intervals),
        those that count; None for all.
        """
        if self.clause.metric is ClauseMetric.EXTERNAL:
            luck = happened.luck[:, :, self.external]
            return np.stack((luck, np.ones_like(luck)), axis=-1)
        if self.clause.metric is ClauseMetric.FILL_RATE:
            return self._heads(happened.headcount, len(cuts) - 1)
        if self.clause.metric in STAFFING:
            over, under = staffing(self.clause, happened.teams, self.teams)
        else:
            over, under = (_sum(terms, self._watched(happened)) for terms in (self.over, self.under))
        if counted is not None:
            over, under = over * counted, under * counted
        if self.clause.period is CompliancePeriod.INTERVAL:
            return by_day(np.stack(self._periods(over, under, np.repeat(self._wanted, np.diff(cuts))), axis=-1), cuts)
        daily = by_day(np.stack((over, under), axis=-1), cuts)
        if self.clause.period is CompliancePeriod.DAY:
            return np.stack(self._periods(daily[..., 0], daily[..., 1], self._wanted), axis=-1)
        return daily

    def _watched(self, happened: Happened) -> Int64:
        """Int64 (replications, intervals, fields)."""
        if self.clause.metric is ClauseMetric.OCCUPANCY:
            own: Int64 = happened.teams[:, :, self.teams].sum(axis=2)
            return own
        return happened.queues[:, :, self.queue or 0] if self.portion is None else happened.portions[:, :, self.portion]

    def _heads(self, headcount: Int64, days: int) -> Int64:
        """Heads found and asked for in a week, on its first day."""
        found = np.zeros((len(headcount), days, 2), np.int64)
        weeks = -(-days // DAYS_A_WEEK)
        flows = headcount[:, :weeks, self.teams][..., [FlowField.FOUND, FlowField.REQUISITIONED]]
        found[:, ::DAYS_A_WEEK] = flows.sum(axis=2)
        return found

    @property
    def _wanted(self) -> NDArray[np.float64]:
        """Float64 (days,): what a period has to meet."""
        own = self.clause.period_target or 0.0
        return np.array([own if relaxed is None else relaxed for relaxed in self.relaxed])

    def _periods(self, over: Int64, under: Int64, wanted: NDArray[np.float64]) -> tuple[Int64, Int64]:
        """Of each period what it adds to the numerator, and whether it counts."""
        values, counted = ratio(over.astype(np.float64), (under * self.scale).astype(np.float64)), under > 0
        if self.clause.aggregation is Aggregation.AVERAGE_OF_PERIODS:
            added = np.rint(np.where(counted, values, 0.0) * BILLIONTHS)
        else:
            added = values <= wanted if self.clause.metric in CEILINGS else values >= wanted
        return added.astype(np.int64), counted.astype(np.int64)


def clause_counts(scenario: Scenario) -> list[ClauseCount]:
    """Every clause of a scenario, by vendor, contract and place."""
    return list(_counts(scenario)) if any(vendor.contracts for vendor in scenario.vendors) else []


def _counts(scenario: Scenario) -> Iterator[ClauseCount]:
    document, external = scenario.model_dump(by_alias=True), 0
    places = {portion: at for at, portion in enumerate(portions(scenario))}
    for vendor in scenario.vendors:
        served = Served.of(document, vendor.id) if vendor.contracts else Served({}, frozenset())
        for contract in vendor.contracts:
            own = covered(document, contract.model_dump(), served)
            for clause in contract.slas:
                named = served.teams_of(own if clause.queue is None else [clause.queue])
                teams = tuple(t for t, team in enumerate(scenario.teams) if team.id in named)
                if clause.metric in STAFFING:
                    teams = staffed_teams(clause, vendor.id, scenario)
                watched = portion_of(scenario, vendor.id, clause)
                yield _count(scenario, clause, None if watched is None else places[watched], teams, external)
                external += clause.metric is ClauseMetric.EXTERNAL


def _count(
    scenario: Scenario, clause: Clause, portion: int | None, teams: tuple[int, ...], external: int
) -> ClauseCount:
    queue = next((q for q, one in enumerate(scenario.queues) if one.id == clause.queue), None)
    relaxed = [
        scenario.hypercare_share(clause.queue, day) if clause.queue is not None and clause.is_relaxed else None
        for day in scenario.horizon.dates
    ]
    return ClauseCount(clause, queue, portion, teams, *_terms(scenario, clause, queue), tuple(relaxed), external)


def _terms(scenario: Scenario, clause: Clause, queue: int | None) -> tuple[Terms, Terms]:
    """The counters of its metric; none of what is not counted by interval."""
    if clause.metric is ClauseMetric.QUALITY:
        return QUALITY
    if clause.metric is ClauseMetric.OCCUPANCY:
        return TEAM_MEASURES["occupancy"].over, TEAM_MEASURES["occupancy"].under
    if clause.metric is ClauseMetric.SERVICE_LEVEL and queue is not None:
        level = SERVICE_LEVELS[clause.formula or scenario.queues[queue].target.formula]
        return level.over, level.under
    measure = MEASURES.get(clause.metric)
    return (QUEUE_MEASURES[measure].over, QUEUE_MEASURES[measure].under) if measure is not None else ((), ())


def _sum(terms: Terms, counters: Int64) -> Int64:
    (_, first), *others = terms
    total = counters[..., first]
    for sign, field in others:
        total = total + sign * counters[..., field]
    return total


def by_day(values: Int64, cuts: Int64) -> Int64:
    """Sums of values[:, cuts[d]:cuts[d + 1]] for every day at once."""
    running = np.zeros((len(values), values.shape[1] + 1, values.shape[2]), np.int64)
    np.cumsum(values, axis=1, out=running[:, 1:])
    return np.diff(running[:, cuts], axis=1)
