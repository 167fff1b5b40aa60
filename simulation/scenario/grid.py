"""The calendar as arithmetic: one clock of whole microseconds, and local time where people live by it.

Every instant is a whole number of microseconds since the scenario's start. A *reading* is what a clock on the wall
shows, as microseconds since 1970-01-01T00:00 of that wall; between two clock changes a reading is the instant plus a
constant. A reading that a clock change skips stands for the instant of the change, one that comes twice for its first
time. Nothing outside this module knows that a day may have 23, 23.5 or 25 hours.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from simulation.scenario.scenario import Scenario

Int64 = NDArray[np.int64]

SECOND = 1_000_000
MINUTE = 60 * SECOND
HOUR = 60 * MINUTE
DAY = 24 * HOUR
WEEK = 7 * DAY
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_EPOCH_DAY = date(1970, 1, 1).toordinal()
_TICK = timedelta(microseconds=1)


def day_number(day: date) -> int:
    """Days since 1970-01-01."""
    return day.toordinal() - _EPOCH_DAY


def date_of(number: int) -> date:
    """The date that is `number` days after 1970-01-01."""
    return date.fromordinal(number + _EPOCH_DAY)


@dataclass(frozen=True, eq=False)
class LocalClock:
    """One zone's wall clock over a span of instants: `reading = instant + shifts[j]` from `begins[j]` on.

    begins: Int64 (segments,), instants, ascending; the first is the span's beginning
    shifts: Int64 (segments,)
    end:    the span's end, exclusive
    """

    begins: Int64
    shifts: Int64
    end: int

    def readings(self, instants: Int64) -> Int64:
        """What the wall clock shows at each instant."""
        segment = np.searchsorted(self.begins, instants, "right") - 1
        shown: Int64 = instants + self.shifts[np.maximum(segment, 0)]
        return shown

    def instants(self, readings: Int64) -> Int64:
        """The first instant at which the wall clock shows each reading or a later one."""
        found: Int64 = np.maximum(readings - self.shifts[-1], self.begins[-1])
        for begin, end, shift in self._segments[-2::-1]:
            here = readings - shift
            found = np.where(here < end, np.maximum(here, begin), found)
        return found

    def stretches(self, opens: Int64, closes: Int64) -> tuple[Int64, Int64, Int64]:
        """When the wall clock shows readings in [open, close): index of the pair, first instant, end; by first instant.

        A pair that a clock change skips yields nothing, one that it repeats comes twice.
        """
        which: list[Int64] = []
        begins: list[Int64] = []
        ends: list[Int64] = []
        for begin, end, shift in self._segments:
            first, last = np.maximum(opens - shift, begin), np.minimum(closes - shift, end)
            seen = np.flatnonzero(first < last)
            which.append(seen)
            begins.append(first[seen])
            ends.append(last[seen])
        order = np.argsort(np.concatenate(begins), kind="stable")
        return np.concatenate(which)[order], np.concatenate(begins)[order], np.concatenate(ends)[order]

    def reading(self, instant: int) -> int:
        """`readings` of one instant, without arrays."""
        segments = self._segments
        here = [shift for begin, _, shift in segments if begin <= instant] or [segments[0][2]]
        return instant + here[-1]

    def instant(self, reading: int) -> int:
        """`instants` of one reading, without arrays."""
        begin, _, shift = self._segments[-1]
        found = max(reading - shift, begin)
        for begin, end, shift in self._segments[-2::-1]:
            if reading - shift < end:
                found = max(reading - shift, begin)
        return found

    @cached_property
    def _segments(self) -> list[tuple[int, int, int]]:
        ends = [*self.begins[1:].tolist(), self.end]
        return list(zip(self.begins.tolist(), ends, self.shifts.tolist(), strict=True))


@lru_cache(maxsize=256)
def local_clock(zone: ZoneInfo, origin: datetime, begin: int, end: int) -> LocalClock:
    """The wall clock of `zone` for the instants [begin, end) counted in microseconds from `origin` (aware)."""
    since_epoch = (origin - _EPOCH) // _TICK

    def shift(instant: int) -> int:
        offset = (origin + instant * _TICK).astimezone(zone).utcoffset()
        assert offset is not None  # a ZoneInfo always has one
        return since_epoch + offset // _TICK

    begins, shifts = [begin], [shift(begin)]
    for day_end in range(begin + DAY, end + DAY, DAY):
        after = shift(day_end)
        if after == shifts[-1]:
            continue
        early, late = day_end - DAY, day_end  # the change lies in (early, late]
        while late - early > SECOND:
            middle = early + (late - early) // (2 * SECOND) * SECOND
            early, late = (middle, late) if shift(middle) == shifts[-1] else (early, middle)
        begins.append(late)
        shifts.append(after)
    return LocalClock(np.array(begins, np.int64), np.array(shifts, np.int64), end)


@dataclass(frozen=True, eq=False)
class Grid:
    """The horizon cut into intervals, days, weeks and months of the scenario's zone. Instants in whole microseconds.

    origin:   the start, local midnight in the scenario's zone, in UTC
    zone:     the scenario's zone
    start:    the start's date
    interval: length of an interval; the last one is cut at the horizon
    horizon:  length of the whole; instants of the scenario are [0, horizon)
    days:     Int64 (days + 1,) edges: local midnights, the horizon last
    weeks:    Int64 (weeks + 1,) edges: every seventh local midnight; the last week may be short
    months:   Int64 (months + 1,) edges: calendar months cut at start and horizon
    """

    origin: datetime
    zone: ZoneInfo
    start: date
    interval: int
    horizon: int
    days: Int64
    weeks: Int64
    months: Int64

    @classmethod
    def of(cls, scenario: "Scenario") -> "Grid":
        """The grid of a scenario document."""
        days = scenario.days if scenario.days is not None else 7 * (scenario.weeks or 0)
        return cls.build(scenario.start, days, ZoneInfo(scenario.timezone), scenario.interval_minutes)

    @classmethod
    def build(cls, start: date, days: int, zone: ZoneInfo, interval_minutes: int) -> "Grid":
        """The grid of `days` local days from local midnight of `start` in `zone`."""
        naive = datetime(start.year, start.month, start.day, tzinfo=UTC)
        clock = local_clock(zone, naive, -2 * DAY, (days + 2) * DAY)
        first = day_number(start)
        midnights = clock.instants(DAY * np.arange(first, first + days + 1, dtype=np.int64))
        edges = midnights - midnights[0]
        month_starts = [k for k in range(days) if k == 0 or date_of(first + k).day == 1]
        return cls(
            origin=naive + int(midnights[0]) * _TICK,
            zone=zone,
            start=start,
            interval=interval_minutes * MINUTE,
            horizon=int(edges[-1]),
            days=edges,
            weeks=edges[[*range(0, days, 7), days]],
            months=edges[[*month_starts, days]],
        )

    @property
    def intervals(self) -> int:
        """How many intervals there are."""
        return -(-self.horizon // self.interval)

    @property
    def interval_starts(self) -> Int64:
        """Int64 (intervals,)."""
        return np.arange(self.intervals, dtype=np.int64) * self.interval

    @cached_property
    def interval_edges(self) -> Int64:
        """Int64 (intervals + 1,): the starts, and the horizon."""
        return np.append(self.interval_starts, np.int64(self.horizon))

    @property
    def interval_lengths(self) -> Int64:
        """Int64 (intervals,): the interval's length, but for a last one cut at the horizon."""
        return np.diff(self.interval_edges)

    @cached_property
    def dates(self) -> list[date]:
        """The date of every local day."""
        return [self.start + timedelta(days=k) for k in range(len(self.days) - 1)]

    @property
    def day_of_interval(self) -> Int64:
        """Int64 (intervals,): the local day in which each interval starts."""
        return _period(self.days, self.interval_starts)

    @property
    def week_of_interval(self) -> Int64:
        """Int64 (intervals,): the week in which each interval starts."""
        return _period(self.weeks, self.interval_starts)

    @property
    def month_of_interval(self) -> Int64:
        """Int64 (intervals,): the calendar month (0 is the first, however short) in which each interval starts."""
        return _period(self.months, self.interval_starts)

    def clock(self, zone: ZoneInfo | str) -> LocalClock:
        """The wall clock of `zone` over the horizon and the nine days before and after it."""
        zone = ZoneInfo(zone) if isinstance(zone, str) else zone
        return local_clock(zone, self.origin, -9 * DAY, self.horizon + 9 * DAY)

    def instant(self, us: int) -> datetime:
        """The instant `us` as an aware datetime in the scenario's zone."""
        return (self.origin + us * _TICK).astimezone(self.zone)

    def us(self, local: datetime, zone: ZoneInfo | str | None = None) -> int:
        """The first instant at which a clock in `zone` (the scenario's by default) shows the naive `local` or later."""
        zone = self.zone if zone is None else ZoneInfo(zone) if isinstance(zone, str) else zone
        reading = (local.replace(tzinfo=UTC) - _EPOCH) // _TICK
        near = reading - (self.origin - _EPOCH) // _TICK
        clock = local_clock(zone, self.origin, near - 2 * DAY, near + 2 * DAY)
        return int(clock.instants(np.array([reading], np.int64))[0])

    def midnight(self, day: date) -> int:
        """The first instant of a date in the scenario's zone; negative before the start."""
        if day not in self._midnights:
            self._midnights[day] = self.us(datetime(day.year, day.month, day.day))
        return self._midnights[day]

    def later(self, at: int, span: int) -> int:
        """The first instant, not before `at`, at which the scenario's wall clock shows a span more than at `at`: a
        midnight whole days later is a midnight. A midnight that a clock change skips is read as midnight."""
        clock = self.clock(self.zone)
        return max(clock.instant(clock.reading(at - 1) + 1 + span), at)

    @cached_property
    def _midnights(self) -> dict[date, int]:
        return {}


def _period(edges: Int64, instants: Int64) -> Int64:
    return np.searchsorted(edges, instants, "right").astype(np.int64) - 1
