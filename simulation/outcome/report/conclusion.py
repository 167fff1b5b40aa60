"""From what the replications left to what a run reports."""

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta

import numpy as np
from numpy.typing import NDArray

from simulation.outcome.counting.counters import HEADS, VOLUME_UNIT, QueueField
from simulation.outcome.counting.estimates import Estimate, column_deviations, column_means, column_quantiles, ratio
from simulation.outcome.counting.measure import Kind, Measure, Measures, Resolution
from simulation.outcome.counting.periods import COARSE, Periods
from simulation.outcome.counting.queue_measures import INSTANT_FIELDS, queue_measures
from simulation.outcome.counting.tally import Tally
from simulation.outcome.counting.team_measures import FLOWS, STOCKS, TEAM_MEASURES, headcount_unit
from simulation.outcome.money.meters import Counted
from simulation.outcome.money.settling import settle
from simulation.outcome.report.due_decisions import with_due_decisions
from simulation.outcome.report.result import Column, EntityResult, Headcount, Result
from simulation.outcome.report.scaling import (
    Scaling,
    TeamScaling,
    daily_targets,
    latest_requisition,
    mean_lead,
    queue_scaling,
    service_measure,
    short_weeks,
    weekly_targets,
)
from simulation.outcome.report.strength import WeeklyService, step_readiness, vendor_strengths
from simulation.outcome.shards.summary import WAIT_QUANTILES, ShardSummary
from simulation.scenario.grid import Grid
from simulation.scenario.scenario import Scenario
from simulation.scenario.serving import may_serve
from simulation.scenario.vendors import Team, Vendor

Int64 = NDArray[np.int64]
Float64 = NDArray[np.float64]

ROUNDS_TO_ONE = 0.5
"""Seats free on average from which on there is one."""
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


def conclude(
    scenario: Scenario,
    grid: Grid,
    summary: ShardSummary,
    *,
    seed: int,
    engine: str,
    floor: str,
    by_period: bool = True,
) -> Result:
    """The result of an experiment whose shards are merged into one summary; without columns unless `by_period`."""
    periods = Periods.of(grid)
    origin = (grid.origin - _EPOCH) // _MICROSECOND
    weeks = tuple(grid.instant(start).date() for start in grid.weeks[:-1].tolist())
    queues = [_Queue(summary, at, periods) for at in range(len(scenario.queues))]
    teams = [_Entity(summary.teams, TEAM_MEASURES, at, periods) for at in range(len(scenario.teams))]
    counted = Counted(
        scenario,
        summary.queues.daily,
        summary.teams.daily,
        summary.times,
        summary.locked,
        summary.exits,
        summary.payroll,
    )
    return Result(
        scenario=scenario.name,
        digest=summary.about.digest,
        replications=len(summary.replications),
        seed=seed,
        engine=engine,
        floor=floor,
        zone=scenario.timezone,
        starts={resolution: (origin + starts) / 1e6 for resolution, starts in periods.starts.items()},
        queues=tuple(
            _entity(queue.id, queue_measures(queue), source, by_period)
            for queue, source in zip(scenario.queues, queues, strict=True)
        ),
        teams=tuple(
            _entity(team.id, TEAM_MEASURES, source, by_period)
            for team, source in zip(scenario.teams, teams, strict=True)
        ),
        headcounts=tuple(
            _headcount(weeks, summary.headcount[:, :, at], by_period)
            if team.workforce is not None
            else Headcount((), {})
            for at, team in enumerate(scenario.teams)
        ),
        scaling=_scaling(scenario, grid, queues, teams, summary.headcount),
        settlement=with_due_decisions(
            settle(scenario, grid, counted, summary.clauses), scenario, grid, summary.headcount
        ),
    )


class _Entity:
    """One queue's or team's share of a summary."""

    instants: tuple[int, ...] = ()

    def __init__(self, tally: Tally, measures: Measures, at: int, periods: Periods) -> None:
        self.tally, self.measures, self.at, self.periods = tally, measures, at, periods
        daily = tally.daily[:, :, at]
        self.counters = {r: periods.coarser(daily, r, self.instants, axis=1) for r in COARSE}

    def replicated(self, measure: Measure, resolution: Resolution) -> tuple[Float64, Float64 | None]:
        """Values, or numerators and denominators, Float64 (replications, periods)."""
        return measure.parts(self.counters[resolution], self.periods.lengths[resolution])

    def total(self, measure: Measure) -> Estimate:
        """The measure over the horizon."""
        over, under = self.replicated(measure, Resolution.TOTAL)
        return Estimate(over[:, 0], None if under is None else under[:, 0], measure.possible)

    def levels(self, measure: Measure, resolution: Resolution) -> Float64:
        """Every replication's values, Float64 (replications, periods), NaN where undefined."""
        return _levels(*self.replicated(measure, resolution))

    def means(self, measure: Measure, resolution: Resolution) -> Float64:
        """Means over replications, or ratios of sums, Float64 (periods,)."""
        return column_means(*self.replicated(measure, resolution))

    def coarse(self, measures: Measures, resolution: Resolution) -> dict[str, Column]:
        """The measures by day, week or month."""
        parts = [self.replicated(measure, resolution) for measure in measures.values()]
        levels = np.concatenate([_levels(*own) for own in parts], axis=1)  # a call for all of them, not one each
        of_all = column_deviations(levels), *column_quantiles(levels, 0.05, 0.95)
        by_measure = (own.reshape(len(measures), -1) for own in of_all)
        return {
            name: Column(column_means(*own), *spread)
            for name, own, *spread in zip(measures, parts, *by_measure, strict=True)
        }

    def by_interval(self, measure: Measure) -> Column:
        """The measure by interval."""
        over, under = measure.parts(self.tally.summed[:, self.at], self.periods.lengths[Resolution.INTERVAL])
        mean = over / len(self.tally.daily) if under is None else ratio(over, under)
        spread = self.tally.sample(self.measures, measure.name, self.at) if measure.spread else None
        quantiles = [] if spread is None else column_quantiles(spread, 0.05, 0.95)
        return Column(mean, self.tally.deviation(self.measures, measure.name, self.at), *quantiles)


class _Queue(_Entity):
    """A queue's share, with its waiting-time quantiles, which are kept by replication and period."""

    instants = INSTANT_FIELDS

    def __init__(self, summary: ShardSummary, at: int, periods: Periods) -> None:
        super().__init__(summary.queues, summary.about.queue_measures[at], at, periods)
        self.waits = summary.waits

    def replicated(self, measure: Measure, resolution: Resolution) -> tuple[Float64, Float64 | None]:
        if measure.kind is Kind.QUANTILE:
            return self.waits[resolution][:, :, self.at, WAIT_QUANTILES.index(measure)], None
        return super().replicated(measure, resolution)


def _levels(over: Float64, under: Float64 | None) -> Float64:
    return over if under is None else ratio(over, under)


def _entity(name: str, reported: Measures, source: _Entity, by_period: bool) -> EntityResult:
    totals = {m.name: source.total(m) for m in reported.values()}
    if not by_period:
        return EntityResult(name, totals, {})
    by_interval = {m.name: source.by_interval(m) for m in reported.values() if m.by_interval}
    columns = source.periods.each(COARSE[:-1], lambda r: source.coarse(reported, r))
    return EntityResult(name, totals, {Resolution.INTERVAL: by_interval, **columns})


def _headcount(weeks: tuple[date, ...], heads: Int64, by_period: bool) -> Headcount:
    """Headcount from Int64 (replications, weeks + 1, stocks and flows)."""
    columns = {}
    for name, field in {**STOCKS, **FLOWS}.items() if by_period else ():
        values = heads[:, : len(weeks), field] / headcount_unit(field)
        columns[name] = Column(values.mean(axis=0), column_deviations(values), *column_quantiles(values, 0.05, 0.95))
    return Headcount(weeks, columns)


def _scaling(
    scenario: Scenario, grid: Grid, queues: Sequence[_Queue], teams: Sequence[_Entity], headcount: Int64
) -> Scaling:
    """The scaling report; headcount: Int64 (replications, weeks + 1, teams, stocks and flows)."""
    short: dict[str, list[Sequence[date]]] = {}
    parts, moving = [], {queue for transition in scenario.transitions for queue in transition.queues}
    service: dict[str, WeeklyService] = {}
    for queue, source in zip(scenario.queues, queues, strict=True):
        measure = source.measures[service_measure(queue)]
        by_day, by_week = (source.levels(measure, r) for r in (Resolution.DAY, Resolution.WEEK))
        volumes = source.counters[Resolution.WEEK][0, :, QueueField.EXPECTED] / VOLUME_UNIT  # alike in all replications
        daily = daily_targets(scenario, queue, grid.dates)
        parts.append(queue_scaling(queue, grid.dates, daily, volumes, by_day, by_week))
        if queue.id in moving:
            over, under = source.replicated(measure, Resolution.WEEK)
            assert under is not None  # service is a share
            service[queue.id] = WeeklyService(over, under, weekly_targets(daily))
        short[queue.id] = short_weeks(grid.dates, daily, source.means(measure, Resolution.WEEK))
    hirings = [
        _last_chance(scenario, vendor, team, short, grid.start, _free_seats(scenario, vendor, team, headcount))
        for vendor in scenario.vendors
        for team in vendor.teams
    ]
    by_team = zip(scenario.teams, teams, hirings, strict=True)
    return Scaling(
        tuple(parts),
        tuple(_team_scaling(team, source, *chance) for team, source, chance in by_team),
        vendor_strengths(scenario, headcount),
        step_readiness(scenario, headcount, service),
    )


def _free_seats(scenario: Scenario, vendor: Vendor, team: Team, headcount: Int64) -> Float64:
    """Float64 (weeks + 1,): seats of the team's site without a head, on average, at the start of each week."""
    places = next(site.places for site in vendor.sites if site.id == team.site)
    if places is None:
        return np.full(headcount.shape[1], np.inf)
    here = [t for t, one in enumerate(scenario.teams) if one.site == team.site]
    given = sum(scenario.teams[t].heads for t in here if scenario.teams[t].workforce is None)
    heads = headcount[:, :, here][..., HEADS].sum(axis=(2, 3)).mean(axis=0)
    return np.asarray(places - given - heads)


def _last_chance(
    scenario: Scenario,
    vendor: Vendor,
    team: Team,
    short: Mapping[str, list[Sequence[date]]],
    start: date,
    free_seats: Float64,
) -> tuple[date | None, bool]:
    """The last day for a requisition to help, and whether there is none because it is too late at the start."""
    firsts = [
        week[0]
        for queue in scenario.queues
        for week in short[queue.id]
        if any(may_serve(scenario, vendor.id, team, queue, day) for day in week)
    ]
    crew = team.workforce
    if not firsts or crew is None or crew.hiring is None:
        return None, False
    closes = {event.vendor: event.start.date() for event in scenario.events if event.vendor and event.start}
    end = closes.get(vendor.id, date.max)
    latest = latest_requisition(crew.hiring, crew.nesting_weeks, min(firsts), start, end)
    if latest is None:
        return None, True
    week = (latest + mean_lead(crew.hiring) - start).days // 7
    return (latest if free_seats[week] >= ROUNDS_TO_ONE else None), False


def _team_scaling(team: Team, source: _Entity, latest: date | None, too_late: bool) -> TeamScaling:
    return TeamScaling(
        id=team.id,
        over_85_hours=source.total(TEAM_MEASURES["over_85_hours"]),
        over_90_hours=source.total(TEAM_MEASURES["over_90_hours"]),
        over_95_hours=source.total(TEAM_MEASURES["over_95_hours"]),
        latest_requisition=latest,
        too_late_at_start=too_late,
    )
