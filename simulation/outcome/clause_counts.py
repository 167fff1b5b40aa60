"""What a clause counts: numerator and denominator of every day, whole numbers, from one replication's intervals.

A window's figure is the sum of the one over the sum of the other, whatever the aggregation: of VOLUME_WEIGHTED both are
sums of counters, of PERIOD_COMPLIANCE periods that met and all periods, of AVERAGE_OF_PERIODS the periods' figures in
billionths and all periods. So days are all that has to be kept of a replication to score it by any window.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from simulation.outcome.estimates import NOT_NEGATIVE, SHARES, Interval, ratio
from simulation.outcome.measure import Terms
from simulation.outcome.measures import QUEUE_MEASURES, SERVICE_LEVELS
from simulation.outcome.staffing import staffed_teams, staffing
from simulation.scenario.clauses import CEILINGS, STAFFING, Aggregation, Clause, ClauseMetric, CompliancePeriod
from simulation.scenario.portions import portion_of, portions
from simulation.scenario.queues import Queue
from simulation.scenario.scenario import Scenario

Int64 = NDArray[np.int64]
Bool = NDArray[np.bool_]

MICROSECONDS = 1_000_000
BILLIONTHS = 1_000_000_000
MEASURES = {
    ClauseMetric.ASA: "asa_seconds",
    ClauseMetric.ABANDON_RATE: "abandon_rate",
    ClauseMetric.TURNAROUND_MET: "turnaround_met",
    ClauseMetric.FCR: "fcr",
}
"""The measures that are a clause's metric; the service level is by formula."""


@dataclass(frozen=True)
class ClauseCount:
    """A clause, seen from the counters.

    queue: position of its queue
    portion: position of the portion of its contacts that it watches; None for all
    over, under: the counters of its metric
    teams: positions of the teams that it is about instead
    scale: counters of the numerator that make one of the metric's unit
    """

    clause: Clause
    queue: int
    portion: int | None
    over: Terms
    under: Terms
    scale: int
    teams: tuple[int, ...] = ()

    @classmethod
    def of(
        cls, clause: Clause, queues: Sequence[Queue], portion: int | None = None, teams: tuple[int, ...] = ()
    ) -> "ClauseCount":
        """Of a clause about one of the queues, or about teams."""
        at = next(q for q, queue in enumerate(queues) if queue.id == clause.queue)
        if clause.metric in STAFFING:
            return cls(clause, at, None, (), (), 1, teams)
        if clause.metric is ClauseMetric.SERVICE_LEVEL:
            measure = SERVICE_LEVELS[clause.formula or queues[at].target.formula]
        else:
            measure = QUEUE_MEASURES[MEASURES[clause.metric]]
        return cls(
            clause, at, portion, measure.over, measure.under, MICROSECONDS if clause.metric is ClauseMetric.ASA else 1
        )

    @property
    def unit(self) -> int:
        """What the kept denominators are multiplied by, so that the quotient is in the metric's unit."""
        if self.clause.aggregation is Aggregation.VOLUME_WEIGHTED:
            return self.scale
        return BILLIONTHS if self.clause.aggregation is Aggregation.AVERAGE_OF_PERIODS else 1

    @property
    def possible(self) -> Interval:
        """Where a window's figure can lie."""
        in_seconds = self.scale == MICROSECONDS and self.clause.aggregation is not Aggregation.PERIOD_COMPLIANCE
        return NOT_NEGATIVE if in_seconds else SHARES

    def count(self, queues: Int64, portions: Int64, teams: Int64, cuts: Int64, counted: Bool | None = None) -> Int64:
        """Int64 (replications, days, 2), numerators and denominators.

        queues, portions, teams: Int64 (replications, intervals, queues, portions or teams, fields). cuts: Int64
        (days + 1,), each day's first interval. counted: Bool (intervals,) or (replications, intervals), those that
        count; None for all.
        """
        if self.clause.metric in STAFFING:
            over, under = staffing(self.clause, teams, self.teams)
        else:
            watched = queues[:, :, self.queue] if self.portion is None else portions[:, :, self.portion]
            over, under = (_sum(terms, watched) for terms in (self.over, self.under))
        if counted is not None:
            over, under = over * counted, under * counted
        if self.clause.period is CompliancePeriod.INTERVAL:
            return by_day(np.stack(self._periods(over, under), axis=-1), cuts)
        daily = by_day(np.stack((over, under), axis=-1), cuts)
        if self.clause.period is CompliancePeriod.DAY:
            return np.stack(self._periods(daily[..., 0], daily[..., 1]), axis=-1)
        return daily

    def _periods(self, over: Int64, under: Int64) -> tuple[Int64, Int64]:
        """Of each period what it adds to the numerator, and whether it counts."""
        values, counted = ratio(over.astype(np.float64), (under * self.scale).astype(np.float64)), under > 0
        if self.clause.aggregation is Aggregation.AVERAGE_OF_PERIODS:
            added = np.rint(np.where(counted, values, 0.0) * BILLIONTHS)
        else:
            wanted = self.clause.period_target or 0.0
            added = values <= wanted if self.clause.metric in CEILINGS else values >= wanted
        return added.astype(np.int64), counted.astype(np.int64)


def clause_counts(scenario: Scenario) -> list[ClauseCount]:
    """Every clause of a scenario, by vendor, contract and place."""
    place = {portion: at for at, portion in enumerate(portions(scenario))}
    return [
        ClauseCount.of(
            clause,
            scenario.queues,
            None if watched is None else place[watched],
            staffed_teams(clause, vendor.id, scenario) if clause.metric in STAFFING else (),
        )
        for vendor in scenario.vendors
        for contract in vendor.contracts
        for clause in contract.slas
        for watched in [portion_of(scenario, vendor.id, clause)]
    ]


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
