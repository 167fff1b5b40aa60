"""Locked forecasts: their volumes by interval, and the agents that they order of each team.

A queue whose forecast a contract locks has, month by month, the version's volumes instead of its expected ones: spread
by its weekday and time-of-day weights and its month profile like `volumes`, without events, shocks and batches, and
after automation. A queue by series or share_of has no weights: its own are the means of its expected volume by weekday
and by time of day. What is ordered is the requirement (`requirement`) with these volumes at the locked AHT, whatever
the speed of those who are there; a queue without a locked forecast hands over what it is expected to, and nothing is
ordered for it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np

from simulation.outcome.counting.counters import VOLUME_UNIT
from simulation.outcome.counting.locked import SHARE_UNIT, Locked, locks_of
from simulation.scenario.calendar import WEEKDAYS, Clock, Period, Weekday
from simulation.scenario.contracts.attribution import Served, covered
from simulation.scenario.contracts.forecasts import ForecastLock, QueueForecast, in_force
from simulation.scenario.grid import DAY, MINUTE, SECOND, Grid, Int64, date_of
from simulation.scenario.queues.demand import Demand, TimeOfDayWeights
from simulation.scenario.queues.queue import Queue
from simulation.scenario.scenario import Scenario
from simulation.world.demand.cells import Cells, Float64, expected_cells, handling_multipliers
from simulation.world.demand.opening import OpeningTimes
from simulation.world.demand.volumes import day_volumes
from simulation.world.planning.requirement import Work, required_agents, speeds
from simulation.world.planning.splits import Split, splits


def locked(scenario: Scenario, grid: Grid, forecast: Sequence[Cells]) -> Locked:
    """Of a scenario; `forecast`: its queues' expected cells."""
    if not locks_of(scenario):
        return Locked.nothing(scenario, grid)
    split = splits(scenario, grid)
    plans = [_Lock.of(scenario, grid, days, forecast, split) for days in locks_of(scenario)]
    return Locked(
        volumes=np.stack([one.volumes for one in plans]),
        aht=np.stack([one.aht for one in plans]),
        ordered=_ordered(scenario, grid, [one.agents for one in plans], split),
        shares=_shares(scenario, grid, split),
    )


@dataclass(frozen=True, eq=False)
class _Lock:
    """One lock: volumes and aht as of `Locked`, Int64 (intervals, queues); agents: Float64 (intervals, queues), 0 of a
    queue without a locked forecast."""

    volumes: Int64
    aht: Int64
    agents: Float64

    @classmethod
    def of(
        cls, scenario: Scenario, grid: Grid, lock_days: int, forecast: Sequence[Cells], split: Sequence[Split]
    ) -> "_Lock":
        lock = ForecastLock(lock_days=lock_days)
        queues, aht, held, multipliers = [], [], [], handling_multipliers(scenario, grid)
        for q, queue in enumerate(scenario.queues):
            by_date = _by_date(scenario, queue, grid, lock)
            held.append(any(by_date.values()))
            queues.append(_as_locked(queue, grid, by_date, forecast[q]) if held[q] else queue)
            seconds = _aht(queue, grid, by_date)
            alone = queue.handling.mean * (1 + queue.concurrency.slowdown * (queue.concurrency.slots - 1))
            usual = alone * split[q].mean(speeds(scenario, queue))
            multipliers[q] = np.where(seconds > 0, seconds / np.maximum(usual, 1e-9), multipliers[q])
            aht.append(np.rint(np.where(seconds > 0, seconds, usual * multipliers[q]) * SECOND).astype(np.int64))
        forecasted = scenario.model_copy(update={"queues": tuple(queues)})
        cells = expected_cells(forecasted, grid)
        offered = np.stack([own.offered[own.row] for own in split], axis=1)
        volumes = np.stack([np.bincount(own.interval, own.volume, grid.intervals) for own in cells], axis=1) * offered
        running = np.rint(np.cumsum(volumes, axis=0) * VOLUME_UNIT).astype(np.int64)  # exact at each month's end
        work = Work.of(forecasted, grid, cells, multipliers, split)
        agents = required_agents(forecasted, grid, work) * np.array(held)
        return cls(np.diff(running, axis=0, prepend=np.int64(0)), np.stack(aht, axis=1), agents)


def _by_date(scenario: Scenario, queue: Queue, grid: Grid, lock: ForecastLock) -> dict[date, QueueForecast | None]:
    """What is locked of a queue on each of its local dates around the horizon."""
    by_month: dict[date, QueueForecast | None] = {}
    found = {}
    for day in OpeningTimes(queue, grid).dates:
        month = day.replace(day=1)
        if month not in by_month:
            by_month[month] = in_force(scenario.forecasts, queue.id, month, lock.locked_on(month))
        found[day] = by_month[month]
    return found


def _as_locked(queue: Queue, grid: Grid, by_date: Mapping[date, QueueForecast | None], expected: Cells) -> Queue:
    """The queue with the locked volumes for its demand and nothing settled by automation."""
    opening = OpeningTimes(queue, grid)
    shape = _shape(queue.demand, opening, expected)
    volumes = np.zeros(len(opening.dates))
    for version in {id(one): one for one in by_date.values() if one is not None}.values():
        own = [by_date[day] is version for day in opening.dates]
        volumes[own] = day_volumes(shape.model_copy(update={"volumes": version.volumes}), opening, grid.start)[own]
    given = {Period(day.isoformat()): volume for day, volume in zip(opening.dates, volumes.tolist(), strict=True)}
    return queue.model_copy(update={"demand": shape.model_copy(update={"volumes": given}), "containment": ()})


def _shape(demand: Demand, opening: OpeningTimes, expected: Cells) -> Demand:
    """A demand by volumes with the weights of another; of one that has none, the means of its expected volume."""
    if demand.series is None and demand.share_of is None:
        weekdays, times = demand.weekday_weights, demand.time_of_day_weights
        return Demand(volumes=_NOTHING, weekday_weights=weekdays, time_of_day_weights=times).model_copy(
            update={"month_profile": demand.month_profile}
        )
    readings = opening.clock.readings(expected.start)
    weekday = (readings // DAY + 3) % 7  # 1970-01-01 was a Thursday
    of_week = np.bincount(weekday, expected.volume, 7) / np.maximum(_days_of(expected, weekday), 1)
    minute = readings % DAY // MINUTE
    at, place = np.unique(minute, return_inverse=True)
    of_day = np.bincount(place, expected.volume)
    if not of_day.any():
        return Demand(volumes=_NOTHING)
    density = of_day / np.maximum(np.bincount(place, expected.length), MINUTE)
    clocks = [Clock(f"{minute // 60:02}:{minute % 60:02}") for minute in at.tolist()]
    weights = dict(zip(clocks, (density / density.max()).tolist(), strict=True))
    return Demand(
        volumes=_NOTHING,
        weekday_weights=dict(zip(WEEKDAYS, (of_week / of_week.max()).tolist(), strict=True)),
        time_of_day_weights=(TimeOfDayWeights(days=tuple(Weekday), weights=weights),),
    )


_NOTHING = {Period("1970-01-01"): 0.0}
"""Volumes to be replaced."""


def _days_of(cells: Cells, weekday: Int64) -> Int64:
    """How many local dates each weekday has among the cells."""
    days = np.unique(np.stack([cells.day, weekday]), axis=1)
    return np.bincount(days[1], minlength=7).astype(np.int64)


def _aht(queue: Queue, grid: Grid, by_date: Mapping[date, QueueForecast | None]) -> Float64:
    """Float64 (intervals,): locked seconds, 0 where nothing is locked."""
    days, place = np.unique(OpeningTimes(queue, grid).clock.readings(grid.interval_starts) // DAY, return_inverse=True)
    versions = [by_date[date_of(int(day))] for day in days]
    return np.array([0.0 if version is None else version.aht_seconds for version in versions])[place]


def _ordered(scenario: Scenario, grid: Grid, agents: Sequence[Float64], split: Sequence[Split]) -> Int64:
    """Int64 (intervals, teams): of each queue what the lock of the vendor's contract for it orders."""
    document, places = scenario.model_dump(by_alias=True), {team.id: t for t, team in enumerate(scenario.teams)}
    found = np.zeros((grid.intervals, len(places)))
    for vendor in scenario.vendors:
        served, teams = Served.of(document, vendor.id), [places[team.id] for team in vendor.teams]
        for contract in (one for one in vendor.contracts if one.forecast_lock is not None):
            assert contract.forecast_lock is not None
            own, at = covered(document, contract.model_dump(), served), locks_of(scenario)
            for q in (q for q, queue in enumerate(scenario.queues) if queue.id in own):
                of_queue = agents[at.index(contract.forecast_lock.lock_days)][:, q, None]
                found[:, teams] += of_queue * split[q].shares[split[q].row][:, teams]
    return np.rint(found * grid.interval_lengths[:, None]).astype(np.int64)


def _shares(scenario: Scenario, grid: Grid, split: Sequence[Split]) -> Int64:
    """Int64 (vendors, days, queues): the vendor's share of what is offered of a queue, the mean of the day's."""
    ends = np.cumsum([len(vendor.teams) for vendor in scenario.vendors])
    by_team = np.stack([own.shares[own.row] for own in split], axis=1)
    by_vendor = np.add.reduceat(by_team, np.append(0, ends[:-1]), axis=2)
    days = grid.day_of_interval
    firsts = np.searchsorted(days, np.arange(len(grid.days) - 1))
    means = np.add.reduceat(by_vendor, firsts, axis=0) / np.bincount(days)[:, None, None]
    return np.rint(means.transpose(2, 0, 1) * SHARE_UNIT).astype(np.int64)
