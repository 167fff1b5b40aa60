"""Expected contacts: a queue's volume of every open stretch of every interval.

A queue's date has a volume: from `weekly_volume` x weekday share x season x growth x month_profile, or from the
narrowest of the `volumes` that cover it; events multiply it. Inside the date it lies on the open hours of a nominal
24-hour day in proportion to weight x time, and the wall clock carries it to instants: the hour that a clock change
skips loses its volume, the one that it repeats has it twice. A `series` lies on instants already: slots of equal
length from its start, each spread evenly over its open time (a slot in closed hours is lost), times the events of the
date on which it falls. Sources: `scenario.md`, "Volume".
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
from numpy.typing import NDArray

from simulation.scenario.calendar import MonthName, Period, Weekday
from simulation.scenario.demand import Demand, DemandEvent, Series
from simulation.scenario.grid import DAY, MINUTE, Grid, Int64, day_number
from simulation.scenario.queues import Queue
from simulation.scenario.scenario import Scenario
from simulation.world.opening import MINUTES_A_DAY, Hours, OpeningTimes

Float64 = NDArray[np.float64]
Profile = Sequence[tuple[int, float]]
"""(minute of the day, weight from then on), ascending."""

DAYS_A_YEAR = 365.0


@dataclass(frozen=True, eq=False)
class Cells:
    """Where a queue's contacts may arrive: maximal open stretches within an interval, ascending in time.

    interval: Int64 (cells,); start, length: Int64 (cells,) microseconds; volume: Float64 (cells,) expected contacts
    """

    interval: Int64
    start: Int64
    length: Int64
    volume: Float64


def expected_cells(scenario: Scenario, grid: Grid) -> list[Cells]:
    """Every queue's cells, in the scenario's order of queues."""
    return [_cells(queue, OpeningTimes(queue, grid), grid) for queue in scenario.queues]


def closings(scenario: Scenario, grid: Grid) -> list[Int64]:
    """Every queue's closing instants in (0, horizon]; none for a queue open round the clock."""
    return [OpeningTimes(queue, grid).closings() for queue in scenario.queues]


def handling_multipliers(scenario: Scenario, grid: Grid) -> list[Float64]:
    """Every queue's handling-time multiplier by interval: the last of `handling.changes` begun by its local date."""
    return [_handling_multipliers(queue, grid) for queue in scenario.queues]


def _cells(queue: Queue, opening: OpeningTimes, grid: Grid) -> Cells:
    if queue.demand.series is not None:
        begins, ends, density = _series_pieces(queue.demand, queue.demand.series, opening, grid)
    else:
        begins, ends, density = _profile_pieces(queue.demand, opening, grid)
    # open time without volume is in a cell as well, so that a cell is a whole open stretch whatever its volume
    begins, ends = np.concatenate([opening.stretches[0], begins]), np.concatenate([opening.stretches[1], ends])
    density = np.concatenate([np.zeros(len(begins) - len(density)), density])
    piece, interval, begins, ends = cut(begins, ends, grid.interval_edges)
    if not len(begins):
        return Cells(interval, begins, ends, np.empty(0))
    order = np.lexsort((begins, interval))
    piece, interval, begins, ends = piece[order], interval[order], begins[order], ends[order]
    reach = np.maximum.accumulate(ends)
    fresh = np.append(True, (begins[1:] > reach[:-1]) | (interval[1:] != interval[:-1]))
    first = np.flatnonzero(fresh)
    volume = np.add.reduceat(density[piece] * (ends - begins), first)
    return Cells(interval[first], begins[first], np.maximum.reduceat(ends, first) - begins[first], volume)


def cut(begins: Int64, ends: Int64, edges: Int64) -> tuple[Int64, Int64, Int64, Int64]:
    """Stretches cut at ascending edges and clipped to them: index of the stretch, of the slot, begin and end."""
    first = np.maximum(np.searchsorted(edges, begins, "right") - 1, 0)
    last = np.minimum(np.searchsorted(edges, ends, "left"), len(edges) - 1)
    count = np.maximum(last - first, 0)
    which = np.repeat(np.arange(len(begins), dtype=np.int64), count)
    slot = np.arange(len(which), dtype=np.int64) - np.repeat(np.cumsum(count) - count - first, count)
    return which, slot, np.maximum(begins[which], edges[slot]), np.minimum(ends[which], edges[slot + 1])


def _profile_pieces(demand: Demand, opening: OpeningTimes, grid: Grid) -> tuple[Int64, Int64, Float64]:
    """(begins, ends, contacts a microsecond) of stretches of equal density."""
    volumes = day_volumes(demand, opening, grid.start)
    pieces: dict[tuple[int, Hours], list[tuple[int, int, float]]] = {}
    rows: list[tuple[int, int]] = []
    density: list[float] = []
    for day, on, hours, volume in zip(
        opening.days.tolist(), opening.dates, opening.hours, volumes.tolist(), strict=True
    ):
        kind = (on.weekday(), hours)
        if kind not in pieces:
            pieces[kind] = spread(hours, _profile(demand, Weekday.of(on)))
        rows += [(day * DAY + begin * MINUTE, day * DAY + end * MINUTE) for begin, end, _ in pieces[kind]]
        density += [volume * share / ((end - begin) * MINUTE) for begin, end, share in pieces[kind]]
    opens, closes = np.array(rows, np.int64).reshape(-1, 2).T
    which, begins, ends = opening.clock.stretches(opens, closes)
    return begins, ends, np.array(density, np.float64)[which]


def spread(hours: Hours, profile: Profile) -> list[tuple[int, int, float]]:
    """Open hours cut where the weight changes: (begin, end, share of the day's volume), minutes after midnight.

    Share = weight x minutes / the sum of that over the open hours. Before its first entry a profile holds its last.
    """
    steps = [(minute + shift, weight) for shift in (-MINUTES_A_DAY, 0, MINUTES_A_DAY) for minute, weight in profile]
    ends = [minute for minute, _ in steps[1:]] + [3 * MINUTES_A_DAY]
    pieces = []
    for opens, closes in hours:
        for (step, weight), end in zip(steps, ends, strict=True):
            if max(opens, step) < min(closes, end):
                pieces.append((max(opens, step), min(closes, end), weight))
    total = sum(weight * (end - begin) for begin, end, weight in pieces)
    return [(begin, end, weight * (end - begin) / total if total else 0.0) for begin, end, weight in pieces]


def _profile(demand: Demand, weekday: Weekday) -> Profile:
    for entry in demand.time_of_day_weights:
        if weekday in entry.days:
            return sorted((clock.minutes, weight) for clock, weight in entry.weights.items())
    return [(0, 1.0)]


def day_volumes(demand: Demand, opening: OpeningTimes, start: date) -> Float64:
    """Float64 (dates,): expected contacts of each of the opening's dates, were it a day of 24 hours."""
    if demand.volumes is not None:
        volumes = _given_volumes(demand, demand.volumes, opening)
    else:
        volumes = [_ordinary_volume(demand, opening, start, day) for day in opening.dates]
    return np.array(volumes) * event_multipliers(demand.events, opening.dates)


def _ordinary_volume(demand: Demand, opening: OpeningTimes, start: date, day: date) -> float:
    if not opening.hours_on(day) or demand.weekly_volume is None:
        return 0.0
    open_weekdays = [weekday for weekday, hours in zip(Weekday, opening.ordinary_week(day), strict=True) if hours]
    week = sum(demand.weekday_weights.get(weekday, 1.0) for weekday in open_weekdays)
    share = demand.weekday_weights.get(Weekday.of(day), 1.0) / week if week else 0.0
    growth: float = (1.0 + demand.growth_per_year) ** ((day - start).days / DAYS_A_YEAR)
    return demand.weekly_volume * share * _season(demand, day) * growth * _month_weight(demand, opening, day)


def _season(demand: Demand, day: date) -> float:
    if demand.season is None:
        return 1.0
    if demand.season.months is not None:
        return demand.season.months.get(MonthName.of(day), 1.0)
    return (demand.season.weeks or {}).get(str(day.isocalendar().week), 1.0)


def _month_weight(demand: Demand, opening: OpeningTimes, day: date) -> float:
    """The product of the month profile's entries for a working day: the k-th of its month, the m-th from the end."""
    if not demand.month_profile:
        return 1.0
    working = opening.working_days(day)
    if day not in working:
        return 1.0
    position = working.index(day)
    from_start, from_end = f"WD{position + 1}", f"WD-{len(working) - position}"
    return demand.month_profile.get(from_start, 1.0) * demand.month_profile.get(from_end, 1.0)


def _dates(period: Period) -> list[date]:
    return [period.first + timedelta(days=k) for k in range(period.days)]


def _given_volumes(demand: Demand, volumes: Mapping[Period, float], opening: OpeningTimes) -> list[float]:
    """Each period's total lies on its open dates by weekday weight x month profile; a narrower period's dates win."""
    by_date: dict[date, float] = {}
    for period in sorted(volumes, key=lambda period: -period.days):
        weights = {
            day: demand.weekday_weights.get(Weekday.of(day), 1.0) * _month_weight(demand, opening, day)
            for day in _dates(period)
            if opening.hours_on(day)
        }
        total = sum(weights.values())
        by_date |= {day: volumes[period] * weights.get(day, 0.0) / total if total else 0.0 for day in _dates(period)}
    return [by_date.get(day, 0.0) for day in opening.dates]


def event_multipliers(events: Sequence[DemandEvent], dates: Sequence[date]) -> Float64:
    """Float64 (dates,): the product of the events' multipliers on each date.

    An event's days have m; the j-th day before its first and after its last 1 + (m - 1) (1 - j / (L + 1)), L the days
    of lead-in or decay: a straight line that reaches 1 on the day outside. Events `included` in a volume are left out.
    """
    product = np.ones(len(dates))
    for event in events:
        if event.included:
            continue
        day = np.array([(on - event.start).days for on in dates])
        before, after = np.maximum(-day, 0), np.maximum(day - (event.days - 1), 0)
        rise = np.maximum(1.0 - before / (event.lead_in_days + 1), 0.0)
        fall = np.maximum(1.0 - after / (event.decay_days + 1), 0.0)
        product *= 1.0 + (event.multiplier - 1.0) * rise * fall
    return product


def _series_pieces(demand: Demand, series: Series, opening: OpeningTimes, grid: Grid) -> tuple[Int64, Int64, Float64]:
    first = grid.us(series.start, opening.zone)
    edges = first + series.minutes * MINUTE * np.arange(len(series.volumes) + 1, dtype=np.int64)
    _, slot, begins, ends = cut(*opening.stretches, edges)
    open_time = np.bincount(slot, ends - begins, len(series.volumes))
    volumes = np.array(series.volumes, np.float64)
    days = opening.clock.readings(begins) // DAY
    multipliers = event_multipliers(demand.events, opening.dates)[
        np.clip(days - opening.days[0], 0, len(opening.days) - 1)
    ]
    return begins, ends, volumes[slot] / open_time[slot] * multipliers


def _handling_multipliers(queue: Queue, grid: Grid) -> Float64:
    opening = OpeningTimes(queue, grid)
    days = opening.clock.readings(grid.interval_starts) // DAY
    multipliers = np.ones(grid.intervals)
    for change in queue.handling.changes:
        multipliers[days >= day_number(change.from_)] = change.multiplier
    return multipliers
