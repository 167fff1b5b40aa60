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

from simulation.outcome.clauses.metric_counts import METRIC_COUNTS, ByInterval, ByWindow
from simulation.outcome.clauses.staffing import staffed_teams
from simulation.outcome.clauses.watched import Happened, Watched
from simulation.outcome.counting.estimates import NOT_NEGATIVE, SHARES, Interval, ratio
from simulation.scenario.contracts.attribution import Served, covered
from simulation.scenario.contracts.clauses import Aggregation, Clause, CompliancePeriod
from simulation.scenario.money import decimal_of
from simulation.scenario.portions import portion_of, portions
from simulation.scenario.scenario import Scenario

Int64 = NDArray[np.int64]
Float64 = NDArray[np.float64]
Bool = NDArray[np.bool_]

BILLIONTHS = 1_000_000_000


@dataclass(frozen=True, eq=False)
class ClauseCount(Watched):
    """A clause, seen from the counters.

    relaxed: of every day the target of hyper-care that takes the place of its own, None on other days
    """

    relaxed: tuple[float | None, ...]

    def target_on(self, day: int, dates: Sequence[date]) -> Decimal:
        """The target in force on a day of the horizon, by number."""
        relaxed = None if self.clause.is_by_compliance else self.relaxed[day]
        return self.clause.target_on(dates[day], dates[0]) if relaxed is None else decimal_of(relaxed)

    @property
    def metric(self) -> ByInterval | ByWindow:
        """How its metric is counted."""
        return METRIC_COUNTS[self.clause.metric]

    @property
    def unit(self) -> int:
        """What the kept denominators are multiplied by, so that the quotient is in the metric's unit."""
        if self.clause.aggregation is Aggregation.VOLUME_WEIGHTED:
            return self.metric.scale
        return BILLIONTHS if self.clause.aggregation is Aggregation.AVERAGE_OF_PERIODS else 1

    @property
    def possible(self) -> Interval:
        """Where a window's figure can lie."""
        return SHARES if self.clause.is_share else NOT_NEGATIVE

    def count(self, happened: Happened, cuts: Int64, counted: Bool | None = None) -> Int64:
        """Int64 (replications, days, 2), numerators and denominators; what is by window as its metric says.

        cuts: Int64 (days + 1,), each day's first interval. counted: Bool (intervals,) or (replications, intervals),
        those that count; None for all.
        """
        metric = self.metric
        if isinstance(metric, ByWindow):
            return metric.days(self, happened, len(cuts) - 1)
        over, under = metric.parts(self, happened)
        if counted is not None:
            over, under = over * counted, under * counted
        if self.clause.period is CompliancePeriod.INTERVAL:
            return by_day(self._periods(over, under, np.repeat(self._wanted, np.diff(cuts))), cuts)
        daily = by_day(np.stack((over, under), axis=-1), cuts)
        if self.clause.period is CompliancePeriod.DAY:
            return self._periods(daily[..., 0], daily[..., 1], self._wanted)
        return daily

    @property
    def _wanted(self) -> NDArray[np.float64]:
        """Float64 (days,): what a period has to meet."""
        own = self.clause.period_target or 0.0
        return np.array([own if relaxed is None else relaxed for relaxed in self.relaxed])

    def _periods(self, over: Int64, under: Int64, wanted: Float64) -> Int64:
        """Int64 (replications, periods, 2): of each what it adds to the numerator, and whether it counts."""
        values, counted = ratio(over.astype(np.float64), (under * self.metric.scale).astype(np.float64)), under > 0
        if self.clause.aggregation is Aggregation.AVERAGE_OF_PERIODS:
            added = np.rint(np.where(counted, values, 0.0) * BILLIONTHS)
        else:
            added = values <= wanted if self.clause.metric.definition.is_ceiling else values >= wanted
        return np.stack((added.astype(np.int64), counted.astype(np.int64)), axis=-1)

    def figures(self, counted: Int64) -> tuple[Float64, Float64]:
        """Numerator and denominator of a window, Float64 (replications,) each, of what was counted on its days."""
        over, under = self.metric.figures(self.clause, counted)
        return over, under * self.unit


def clause_counts(scenario: Scenario) -> list[ClauseCount]:
    """Every clause of a scenario, by vendor, contract and place."""
    return list(_counts(scenario)) if any(vendor.contracts for vendor in scenario.vendors) else []


def _counts(scenario: Scenario) -> Iterator[ClauseCount]:
    document, drawn = scenario.model_dump(by_alias=True), 0
    places = {portion: at for at, portion in enumerate(portions(scenario))}
    for vendor in scenario.vendors:
        served = Served.of(document, vendor.id) if vendor.contracts else Served({}, frozenset())
        for contract in vendor.contracts:
            own = covered(document, contract.model_dump(), served)
            for clause in contract.slas:
                named = served.teams_of(own if clause.queue is None else [clause.queue])
                teams = tuple(t for t, team in enumerate(scenario.teams) if team.id in named)
                if clause.metric.definition.is_ordered:
                    teams = staffed_teams(clause, vendor.id, scenario)
                portion = portion_of(scenario, vendor.id, clause)
                yield _count(scenario, clause, None if portion is None else places[portion], teams, drawn)
                drawn += clause.metric.definition.is_drawn


def _count(scenario: Scenario, clause: Clause, portion: int | None, teams: tuple[int, ...], drawn: int) -> ClauseCount:
    queue = next((q for q, one in enumerate(scenario.queues) if one.id == clause.queue), None)
    formula = clause.formula or (None if queue is None else scenario.queues[queue].target.formula)
    relaxed = [
        scenario.hypercare_share(clause.queue, day) if clause.queue is not None and clause.is_relaxed else None
        for day in scenario.horizon.dates
    ]
    return ClauseCount(clause, queue, portion, teams, drawn, formula, tuple(relaxed))


def by_day(values: Int64, cuts: Int64) -> Int64:
    """Sums of values[:, cuts[d]:cuts[d + 1]] for every day at once."""
    running = np.zeros((len(values), values.shape[1] + 1, values.shape[2]), np.int64)
    np.cumsum(values, axis=1, out=running[:, 1:])
    return np.diff(running[:, cuts], axis=1)
