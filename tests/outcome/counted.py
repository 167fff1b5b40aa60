"""Scenarios and counters for tests: what a floor could have counted."""

from typing import Any

import numpy as np

from simulation.outcome.clauses.counts import clause_counts
from simulation.outcome.counting.counters import Counters, GroupField, QueueField, StockField, TimeField, wait_bin
from simulation.outcome.report.conclusion import conclude
from simulation.outcome.report.result import Result
from simulation.outcome.shards.summary import ShardSummary, merge, summarise
from simulation.scenario.grid import Grid
from simulation.scenario.reading.document import from_data
from simulation.scenario.scenario import Scenario
from simulation.world.demand.cells import expected_cells
from simulation.world.planning.locked import locked

Q, G = QueueField, GroupField
SECOND = 1_000_000


def scenario(**changes: Any) -> Scenario:
    """Two days over the end of a month; calls and e-mail, two teams."""
    site = {"id": "here", "country": "US"}
    document = {
        "name": "Two days",
        "start": "2026-10-31",
        "days": 2,
        "timezone": "America/New_York",
        "interval_minutes": 60,
        "queues": [
            {"id": "calls", "demand": {"weekly_volume": 700}, "handling": {"mean_seconds": 300}},
            {"id": "mail", "channel": "EMAIL", "demand": {"weekly_volume": 70}, "handling": {"mean_seconds": 600}},
        ],
        "vendors": [
            {
                "id": "own",
                "sites": [site],
                "teams": [
                    {"id": "front", "site": "here", "skills": [{"queue": "calls"}], "staffing": {"agents": 4}},
                    {"id": "back", "site": "here", "skills": [{"queue": "mail"}], "staffing": {"agents": 2}},
                ],
            }
        ],
    }
    return from_data(document | changes)


def blank(described: Scenario) -> Counters:
    """Counters of a replication in which nothing happened."""
    grid = Grid.of(described)
    return Counters.zeros(
        intervals=grid.intervals,
        days=len(grid.days) - 1,
        weeks=len(grid.weeks) - 1,
        queues=len(described.queues),
        groups=len(described.teams),
        teams=len(described.teams),
        vendors=len(described.vendors),
        external=sum(count.clause.metric.definition.is_drawn for count in clause_counts(described)),
    )


def random_counters(described: Scenario, seed: int, contacts: float = 20.0) -> Counters:
    """Counters that balance interval by interval as a floor's do; with few contacts many intervals stay empty."""
    rng, counters, grid = np.random.default_rng(seed), blank(described), Grid.of(described)
    queues, shape = counters.queues, counters.queues.shape[:2]
    queues[..., Q.OFFERED] = rng.poisson(contacts, shape)
    queues[..., Q.ARRIVED_ANSWERED] = rng.binomial(queues[..., Q.OFFERED], 0.9)
    queues[..., Q.ARRIVED_ABANDONED] = queues[..., Q.OFFERED] - queues[..., Q.ARRIVED_ANSWERED]
    queues[..., Q.ANSWERED] = queues[..., Q.ARRIVED_ANSWERED]
    queues[..., Q.ABANDONED] = queues[..., Q.ARRIVED_ABANDONED]
    queues[..., Q.HANDLED] = queues[..., Q.ANSWERED]
    queues[..., Q.HANDLE_TIME] = queues[..., Q.HANDLED] * rng.integers(100 * SECOND, 500 * SECOND, shape)
    queues[..., Q.ANSWERED_IN_TIME] = rng.binomial(queues[..., Q.ARRIVED_ANSWERED], 0.8)
    queues[..., Q.ABANDONED_IN_TIME] = rng.binomial(queues[..., Q.ARRIVED_ABANDONED], 0.5)
    queues[..., Q.ABANDONED_SHORT] = rng.binomial(queues[..., Q.ABANDONED_IN_TIME], 0.5)
    queues[..., Q.ANSWERED_WAIT] = queues[..., Q.ARRIVED_ANSWERED] * rng.integers(0, 60 * SECOND, shape)
    queues[..., Q.ABANDONED_WAIT] = queues[..., Q.ARRIVED_ABANDONED] * rng.integers(0, 60 * SECOND, shape)
    queues[..., Q.WAITING], queues[..., Q.IN_SERVICE] = rng.poisson(1, shape), rng.poisson(3, shape)
    agents = rng.integers(0, 5, counters.groups.shape[:2]) * grid.interval_lengths[:, None]
    counters.groups[..., G.ON_FLOOR] = agents
    counters.groups[..., G.BUSY] = (agents * rng.random(agents.shape)).astype(np.int64)
    counters.groups[..., G.ABSENT] = agents // 4
    counters.groups[..., G.ROSTERED] = agents + agents // 4
    counters.groups[..., G.SURGE], counters.groups[..., G.OVERTIME] = agents // 5, agents // 7
    counters.groups[..., G.LEAVE], counters.groups[..., G.IN_OFFICE] = agents // 6, agents // 9
    counters.groups[..., G.REQUIRED], counters.groups[..., G.EFFECTIVE] = agents // 2, agents
    counters.groups[..., G.HANDLED] = rng.poisson(5, agents.shape)
    counters.times[..., TimeField.OVERTIME_ON_FLOOR] = counters.groups[..., G.OVERTIME] // 2
    counters.times[..., TimeField.SURGE_ON_FLOOR] = counters.groups[..., G.SURGE] // 2
    counters.times[..., TimeField.NESTING] = agents // 3
    counters.times[..., TimeField.TRAINING_GROWTH] = rng.integers(0, 10**11, agents.shape)
    counters.times[..., TimeField.TRAINING_REPLACEMENT] = rng.integers(0, 10**11, agents.shape)
    for day in range(counters.waits.shape[0]):
        for wait in rng.exponential(20 * SECOND, int(rng.poisson(contacts))).astype(np.int64):
            counters.waits[day, 0, wait_bin(int(wait))] += 1
    counters.payroll[:] = rng.integers(0, 50, counters.payroll.shape)
    counters.headcount[..., : len(StockField)] = rng.integers(0, 50, (*counters.headcount.shape[:2], len(StockField)))
    return counters


def regular_counters(described: Scenario, number: int) -> Counters:
    """Counters by rule, without any draw: the same wherever and whenever they are made."""
    counters, grid = blank(described), Grid.of(described)
    for i in range(grid.intervals):
        for q in range(len(described.queues)):
            lost, answered = (i + number) % 3, (3 * i + 5 * number + q) % 11
            row = counters.queues[i, q]
            row[[Q.OFFERED, Q.ANSWERED, Q.ABANDONED, Q.HANDLED]] = answered + lost, answered, lost, answered
            row[[Q.ARRIVED_ANSWERED, Q.ARRIVED_ABANDONED, Q.ANSWERED_IN_TIME]] = answered, lost, answered * 3 // 4
            row[[Q.ABANDONED_IN_TIME, Q.ABANDONED_SHORT, Q.WAITING, Q.IN_SERVICE]] = lost // 2, 0, i % 4, i % 5
            row[[Q.HANDLE_TIME, Q.ANSWERED_WAIT]] = answered * 300 * SECOND, answered * (10 + number) * SECOND
            row[Q.ABANDONED_WAIT] = lost * 25 * SECOND
            counters.waits[grid.day_of_interval[i], q, wait_bin((10 + number) * SECOND)] += answered
    agents = (1 + np.arange(grid.intervals) % 4)[:, None] * grid.interval_lengths[:, None]
    counters.groups[..., G.ROSTERED], counters.groups[..., G.ON_FLOOR] = 2 * agents, agents
    counters.groups[..., G.ABSENT], counters.groups[..., G.BUSY] = agents // 2, agents // (2 + number)
    counters.groups[..., G.HANDLED] = 4 + number
    return counters


def summary(described: Scenario, counters: list[Counters], first: int = 0) -> ShardSummary:
    """The shard of replications numbered from `first`."""
    grid = Grid.of(described)
    held = locked(described, grid, expected_cells(described, grid))
    return summarise(described, grid, counters, range(first, first + len(counters)), held)


def result(described: Scenario, counters: list[Counters]) -> Result:
    """The result of an experiment that counted so."""
    merged = merge([summary(described, counters)])
    return conclude(described, Grid.of(described), merged, seed=1, engine="0", floor="kernel")
