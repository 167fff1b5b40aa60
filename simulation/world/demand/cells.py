"""Expected contacts: a queue's volume of every open stretch of every interval.

A queue's date has a volume: from `weekly_volume` x weekday share x season x growth x month_profile, or from the
narrowest of the `volumes` that cover it; events multiply it. Inside the date it lies on the open hours of a nominal
24-hour day in proportion to weight x time, and the wall clock carries it to instants: the hour that a clock change
skips loses its volume, the one that it repeats has it twice. A `series` lies on instants already: slots of equal
length from its start, each spread evenly over its open time (a slot in closed hours is lost), times the events of the
date on which it falls. A share of another queue lies where that queue's volume does, on this one's open time. Shocks
lie evenly on the open time of their hours, batches on single instants.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from simulation.scenario.calendar import Weekday
from simulation.scenario.grid import DAY, HOUR, MINUTE, Grid, Int64, day_number
from simulation.scenario.queues.demand import Batch, Demand, Series, Shock
from simulation.scenario.queues.queue import Queue
from simulation.scenario.scenario import Scenario
from simulation.world.demand.opening import MINUTES_A_DAY, Hours, OpeningTimes
from simulation.world.demand.volumes import day_volumes, event_multipliers, working_day_names

Float64 = NDArray[np.float64]
Profile = Sequence[tuple[int, float]]
"""(minute of the day, weight from then on), ascending."""

BATCH_MINUTE = 1 << 26
"""Added to the minute in the names of contacts that arrive in a batch: more minutes than any horizon has."""

Pieces = tuple[Int64, Int64, Float64]
"""(begins, ends, contacts a microsecond) of stretches of equal density; they may overlap."""


@dataclass(frozen=True, eq=False)
class Cells:
    """Where a queue's contacts may arrive, ascending in time: maximal open stretches within an interval, and batches.

    interval: Int64 (cells,); start, length: Int64 (cells,) microseconds, length 0 for a batch, which arrives all at
    once; volume: Float64 (cells,) expected contacts; day: Int64 (cells,) the queue's local date at the start, as days
    since 1970; week: Int64 (cells,) the scenario's week at the start
    """

    interval: Int64
    start: Int64
    length: Int64
    volume: Float64
    day: Int64
    week: Int64

    @cached_property
    def minutes(self) -> Int64:
        """Int64 (cells,): the minute of the scenario in which each begins; it names the contacts."""
        minutes: Int64 = self.start // MINUTE + np.where(self.length == 0, BATCH_MINUTE, 0)
        return minutes


def expected_cells(scenario: Scenario, grid: Grid) -> list[Cells]:
    """Every queue's cells, in the scenario's order of queues."""
    by_id = {queue.id: queue for queue in scenario.queues}
    return [_cells(queue, by_id, grid) for queue in scenario.queues]


def closings(scenario: Scenario, grid: Grid) -> list[Int64]:
    """Every queue's closing instants in (0, horizon]; none for a queue open round the clock."""
    return [OpeningTimes(queue, grid).closings() for queue in scenario.queues]


def handling_multipliers(scenario: Scenario, grid: Grid) -> list[Float64]:
    """Every queue's handling-time multiplier by interval, of those who reach people.

    The last of `handling.changes` begun by its local date x the handling_multiplier of the last `containment` begun.
    """
    return [_handling_multipliers(queue, grid) for queue in scenario.queues]


def _cells(queue: Queue, by_id: Mapping[str, Queue], grid: Grid) -> Cells:
    opening = OpeningTimes(queue, grid)
    interval, start, length, volume = _open_cells(queue, by_id, opening, grid)
    instants, expected = _batches(queue, by_id, grid)
    if len(instants):
        interval = np.concatenate([interval, instants // grid.interval])
        start, length = np.concatenate([start, instants]), np.concatenate([length, np.zeros_like(instants)])
        volume = np.concatenate([volume, expected])
        order = np.lexsort((length == 0, start))
        interval, start, length, volume = interval[order], start[order], length[order], volume[order]
    day = opening.clock.readings(start) // DAY
    week: Int64 = np.searchsorted(grid.weeks, start, "right") - 1
    return Cells(interval, start, length, volume, day, week)


def _open_cells(
    queue: Queue, by_id: Mapping[str, Queue], opening: OpeningTimes, grid: Grid
) -> tuple[Int64, Int64, Int64, Float64]:
    """(interval, start, length, volume) of the maximal open stretches within intervals."""
    begins, ends, density = _pieces(queue, by_id, opening, grid)
    # open time without volume is in a cell as well, so that a cell is a whole open stretch whatever its volume
    begins, ends = np.concatenate([opening.stretches[0], begins]), np.concatenate([opening.stretches[1], ends])
    density = np.concatenate([np.zeros(len(begins) - len(density)), density])
    piece, interval, begins, ends = cut(begins, ends, grid.interval_edges)
    if not len(begins):
        return interval, begins, ends, np.empty(0)
    order = np.lexsort((begins, interval))
    piece, interval, begins, ends = piece[order], interval[order], begins[order], ends[order]
    reach = np.maximum.accumulate(ends)
    fresh = np.append(True, (begins[1:] > reach[:-1]) | (interval[1:] != interval[:-1]))
    first = np.flatnonzero(fresh)
    volume = np.add.reduceat(density[piece] * (ends - begins), first)
    return interval[first], begins[first], np.maximum.reduceat(ends, first) - begins[first], volume


def _pieces(queue: Queue, by_id: Mapping[str, Queue], opening: OpeningTimes, grid: Grid) -> Pieces:
    demand = queue.demand
    if demand.share_of is not None:
        pieces = _shared_pieces(demand, _source(queue, by_id), by_id, opening, grid)
    elif demand.series is not None:
        pieces = _series_pieces(demand, demand.series, opening, grid)
    else:
        pieces = _profile_pieces(demand, opening, grid)
    shocks = [_shock_pieces(shock, opening, grid) for shock in demand.shocks]
    begins, ends, density = (np.concatenate(column) for column in zip(pieces, *shocks, strict=True))
    return begins, ends, density


def _source(queue: Queue, by_id: Mapping[str, Queue]) -> Queue:
    assert queue.demand.share_of is not None
    return by_id[queue.demand.share_of]


def _shared_pieces(
    demand: Demand, source: Queue, by_id: Mapping[str, Queue], opening: OpeningTimes, grid: Grid
) -> Pieces:
    begins, ends, density = _pieces(source, by_id, OpeningTimes(source, grid), grid)
    which, slot, begins, ends = cut(begins, ends, np.stack(opening.stretches, axis=1).ravel())
    is_open = slot % 2 == 0  # a closed stretch lies between two open ones
    density = density[which[is_open]] * (demand.share or 0.0)
    midnights = opening.clock.instants(np.append(opening.days, opening.days[-1] + 1) * DAY)
    which, day, begins, ends = cut(begins[is_open], ends[is_open], midnights)
    return begins, ends, density[which] * event_multipliers(demand.events, opening.dates)[day]


def _shock_pieces(shock: Shock, opening: OpeningTimes, grid: Grid) -> Pieces:
    first = grid.us(shock.start, opening.zone)
    _, _, begins, ends = cut(*opening.stretches, np.array([first, first + round(shock.hours * HOUR)], np.int64))
    open_time = max(int((ends - begins).sum()), 1)
    return begins, ends, np.full(len(begins), shock.add / open_time)


def _batches(queue: Queue, by_id: Mapping[str, Queue], grid: Grid) -> tuple[Int64, Float64]:
    """Instants within the horizon at which batches arrive, ascending, and the contacts expected at each."""
    if queue.demand.share_of is not None:
        instants, volumes = _batches(_source(queue, by_id), by_id, grid)
        found = dict(zip(instants.tolist(), (volumes * (queue.demand.share or 0.0)).tolist(), strict=True))
    else:
        found = {}
    if queue.demand.batches:
        found = _with_batches(found, queue, OpeningTimes(queue, grid), grid)
    ordered = sorted(found.items())
    return np.array([at for at, _ in ordered], np.int64), np.array([volume for _, volume in ordered], np.float64)


def _with_batches(inherited: Mapping[int, float], queue: Queue, opening: OpeningTimes, grid: Grid) -> dict[int, float]:
    found = dict(inherited)
    for batch in queue.demand.batches:
        days = [day for day in opening.dates if day not in queue.closed and _batch_comes(batch, day, opening)]
        readings = np.array([day_number(day) for day in days], np.int64) * DAY + batch.at.minutes * MINUTE
        for instant in opening.clock.instants(readings).tolist():
            if 0 <= instant < grid.horizon:
                found[instant] = found.get(instant, 0.0) + batch.volume
    return found


def _batch_comes(batch: Batch, day: date, opening: OpeningTimes) -> bool:
    return Weekday.of(day) in batch.on or any(name in batch.on for name in working_day_names(opening, day))


def cut(begins: Int64, ends: Int64, edges: Int64) -> tuple[Int64, Int64, Int64, Int64]:
    """Stretches cut at ascending edges and clipped to them: index of the stretch, of the slot, begin and end."""
    first = np.maximum(np.searchsorted(edges, begins, "right") - 1, 0)
    last = np.minimum(np.searchsorted(edges, ends, "left"), len(edges) - 1)
    count = np.maximum(last - first, 0)
    which = np.repeat(np.arange(len(begins), dtype=np.int64), count)
    slot = np.arange(len(which), dtype=np.int64) - np.repeat(np.cumsum(count) - count - first, count)
    return which, slot, np.maximum(begins[which], edges[slot]), np.minimum(ends[which], edges[slot + 1])


def _profile_pieces(demand: Demand, opening: OpeningTimes, grid: Grid) -> Pieces:
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


def _series_pieces(demand: Demand, series: Series, opening: OpeningTimes, grid: Grid) -> Pieces:
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
    if not queue.handling.changes and not queue.containment:
        return np.ones(grid.intervals)
    opening = OpeningTimes(queue, grid)
    days = opening.clock.readings(grid.interval_starts) // DAY
    multipliers = np.ones(grid.intervals)
    for change in queue.handling.changes:
        multipliers[days >= day_number(change.from_)] = change.multiplier
    harder = np.ones(grid.intervals)
    for entry in queue.containment:
        harder[days >= day_number(entry.from_)] = entry.handling_multiplier
    return multipliers * harder
