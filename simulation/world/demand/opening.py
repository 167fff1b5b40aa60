"""When a queue is open: hours by weekday in the queue's own zone, closed dates, hours past midnight.

Hours belong to the date on which they open: those of Monday 20:00 to 04:00 are Monday's until Tuesday 04:00, are
closed by closing Monday, and take their part of Monday's volume. Entries of hours in force on one date are joined.
"""

from datetime import date
from functools import cached_property
from zoneinfo import ZoneInfo

import numpy as np

from simulation.scenario.calendar import WEEKDAYS, Weekday
from simulation.scenario.grid import DAY, MINUTE, Grid, Int64, date_of
from simulation.scenario.queues.queue import Queue

MINUTES_A_DAY = 1440
Hours = tuple[tuple[int, int], ...]
"""Open stretches of one date, (open, close) in minutes after its midnight; a close may lie past 1440."""

Week = tuple[Hours, ...]
ROUND_THE_CLOCK: Hours = ((0, MINUTES_A_DAY),)
MARGIN_DAYS = 8
"""Days before and after the horizon: the longest shock is a week."""


class OpeningTimes:
    """One queue's opening over the horizon and the eight days before and after it.

    dates: the local dates, ascending; days: Int64, the same as days since 1970
    hours: the open stretches of each date, none on a closed one
    """

    def __init__(self, queue: Queue, grid: Grid) -> None:
        self._queue = queue
        self._closed = frozenset(queue.closed)
        dated = any(entry.from_ is not None or entry.to is not None for entry in queue.hours or ())
        self._always = None if dated else tuple(range(len(queue.hours or ())))
        self._working_days: dict[date, list[date]] = {}
        self._weeks: dict[tuple[int, ...], Week] = {}
        self._horizon = grid.horizon
        self.zone = grid.zone if queue.timezone is None else ZoneInfo(queue.timezone)
        self.clock = grid.clock(self.zone)
        first, last = self.clock.readings(np.array([0, grid.horizon], np.int64)) // DAY
        self.days = np.arange(first - MARGIN_DAYS, last + MARGIN_DAYS + 1, dtype=np.int64)
        self.dates = [date_of(int(day)) for day in self.days]
        self.hours = [self.hours_on(day) for day in self.dates]

    def ordinary_week(self, day: date) -> Week:
        """Open stretches by weekday, Monday first, by the hours in force on `day`, closed dates left aside."""
        entries = self._always
        if entries is None:
            entries = tuple(
                k
                for k, entry in enumerate(self._queue.hours or ())
                if (entry.from_ is None or entry.from_ <= day) and (entry.to is None or day <= entry.to)
            )
        if entries not in self._weeks:
            self._weeks[entries] = tuple(self._hours(weekday, entries) for weekday in WEEKDAYS)
        return self._weeks[entries]

    def hours_on(self, day: date) -> Hours:
        """Open stretches of one date."""
        return () if day in self._closed else self.ordinary_week(day)[day.weekday()]

    def _hours(self, weekday: Weekday, entries: tuple[int, ...]) -> Hours:
        if self._queue.hours is None:
            return ROUND_THE_CLOCK
        spans = []
        for entry in (self._queue.hours[k] for k in entries):
            if weekday in entry.days:
                opens, closes = entry.open.minutes, entry.close.minutes
                spans.append((opens, closes if closes > opens else closes + MINUTES_A_DAY))
        return _joined(sorted(spans))

    def working_days(self, day: date) -> list[date]:
        """The working days of a date's whole calendar month: Mondays to Fridays on which the queue is open."""
        first = day.replace(day=1)
        if first not in self._working_days:
            self._working_days[first] = self._queue.working_days(first)
        return self._working_days[first]

    @cached_property
    def stretches(self) -> tuple[Int64, Int64]:
        """Maximal open stretches as (begins, ends), instants, ascending; they reach past start and horizon."""
        of_day = [(day, begin, end) for day, hours in zip(self.days, self.hours, strict=True) for begin, end in hours]
        day, opens, closes = np.array(of_day, np.int64).reshape(-1, 3).T
        _, begins, ends = self.clock.stretches(day * DAY + opens * MINUTE, day * DAY + closes * MINUTE)
        return merged(begins, ends)

    def closings(self) -> Int64:
        """Instants in (0, horizon] at which the queue closes; none round the clock."""
        _, ends = self.stretches
        return ends[(ends > 0) & (ends <= self._horizon)]


def merged(begins: Int64, ends: Int64) -> tuple[Int64, Int64]:
    """The union of stretches [begin, end) sorted by begin, as maximal stretches."""
    if not len(begins):
        return begins, ends
    reach = np.maximum.accumulate(ends)
    fresh = np.flatnonzero(np.append(True, begins[1:] > reach[:-1]))
    return begins[fresh], reach[np.append(fresh[1:] - 1, len(ends) - 1)]


def _joined(spans: list[tuple[int, int]]) -> Hours:
    joined: list[tuple[int, int]] = []
    for opens, closes in spans:
        if joined and opens <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(closes, joined[-1][1]))
        else:
            joined.append((opens, closes))
    return tuple(joined)
