"""When deferred work is due: one table a queue, from the instant of arrival to the instant it is due.

A promise has two steps, neither of which ever falls, in whole microseconds from the scenario's start:

- *Received.* With a `cut_off`, work that arrives after it counts as arriving at the first opening of the next date on
  which the queue is open, and work that arrives before a date's opening from that opening, so that what comes later is
  never due earlier. Work that arrives exactly at the cut-off is in time for it. Without one, arrival counts.
- *Due.* `target_hours` later by the calendar; or once the queue has been open for `target_hours` (a span that is used
  up just as the queue closes ends there, not at the next opening); or at the last closing of the working day that
  `due` names, of the month of arrival or of the next that has one which has not passed. Work received exactly then is
  due then. Hours past midnight belong to the date on which they open.

Work for which no opening time or working day is left is due NEVER.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from simulation.scenario.grid import DAY, HOUR, MINUTE, Grid, Int64, LocalClock, date_of, day_number, local_clock
from simulation.scenario.queues.promises import TurnaroundClock
from simulation.scenario.queues.queue import Queue
from simulation.world.demand.opening import Hours, OpeningTimes, merged

NEVER = 1 << 62
LONGEST_AGE = 40
"""In means: an exponential draw from a uniform of 53 bits is never longer."""
LEAST_PAST = 60 * DAY
"""Arrivals so long before the start are covered at least."""
AHEAD = 400 * DAY
"""So long after the horizon, and target_hours more, openings and working days are looked for."""


@dataclass(frozen=True, eq=False)
class DueTimes:
    """A never falling function of time in straight pieces: values[k] + slopes[k] * (t - begins[k]) from begins[k] on.

    begins: Int64 (pieces,), instants, ascending; the first piece holds before its beginning too
    values: Int64 (pieces,), instants
    slopes: Int64 (pieces,), 0 or 1
    """

    begins: Int64
    values: Int64
    slopes: Int64

    @classmethod
    def of(cls, queue: Queue, grid: Grid) -> "DueTimes | None":
        """When a queue's work is due by its arrival; None without a turnaround.

        Covers arrivals up to the horizon from 60 days before the start, or from the greatest age that work of the
        queue's opening backlog can have.
        """
        turnaround = queue.turnaround
        if turnaround is None:
            return None
        span = round((turnaround.target_hours or 0.0) * HOUR)
        due, openings = _one_piece(span, 1), _Openings(queue, grid, span)
        if turnaround.due is not None:
            due = openings.ends_of_working_day(turnaround.due)
        elif turnaround.clock is TurnaroundClock.OPENING:
            due = openings.after_open_time(span)
        return due if turnaround.cut_off is None else due._after(openings.received(turnaround.cut_off.minutes))

    def at(self, arrivals: Int64) -> Int64:
        """When work that arrives at these instants is due."""
        piece = self._piece(arrivals)
        due: Int64 = self.values[piece] + self.slopes[piece] * (arrivals - self.begins[piece])
        return due

    def _piece(self, instants: Int64) -> Int64:
        return np.maximum(np.searchsorted(self.begins, instants, "right") - 1, 0)

    def _after(self, received: "DueTimes") -> "DueTimes":
        """The due times by arrival, where these are by the instant at which work is received."""
        received_at_once = received.at(self.begins) == self.begins  # other pieces begin at instants nothing has
        begins = np.union1d(received.begins, self.begins[received_at_once])
        arrived = received.at(begins)
        slopes = received.slopes[received._piece(begins)] * self.slopes[self._piece(arrived)]
        return DueTimes(begins, np.minimum(self.at(arrived), NEVER), slopes)


class _Openings:
    """One queue's opening from the oldest arrival to long after the horizon."""

    def __init__(self, queue: Queue, grid: Grid, span: int) -> None:
        self._queue, self._opening, self._origin = queue, OpeningTimes(queue, grid), grid.origin
        past = max(LEAST_PAST, round(LONGEST_AGE * queue.backlog.mean_age_hours * HOUR))
        self._covered = -past - 3 * DAY, grid.horizon + span + AHEAD

    @cached_property
    def _clock(self) -> LocalClock:
        return local_clock(self._opening.zone, self._origin, *self._covered)

    @cached_property
    def hours(self) -> dict[int, Hours]:
        """The open stretches of the dates, as days since 1970, that have some."""
        first, last = (self._clock.readings(np.array(self._covered, np.int64)) // DAY).tolist()
        by_day = {day: self._opening.hours_on(date_of(day)) for day in range(first, last)}
        return {day: hours for day, hours in by_day.items() if hours}

    def received(self, cut_off: int) -> DueTimes:
        """When work counts as arriving, with a cut-off in minutes after midnight."""
        if not self.hours:
            return _one_piece(NEVER, 0)
        days = np.array(list(self.hours), np.int64)
        opens = days * DAY + MINUTE * np.array([hours[0][0] for hours in self.hours.values()], np.int64)
        cuts = days * DAY + cut_off * MINUTE
        cuts = self._clock.instants(np.where(cuts > opens, cuts, cuts + DAY))
        opens = self._clock.instants(opens)
        missed = np.append(opens[0] - 1, cuts[:-1] + 1)  # the first instant that is too late for the date before
        waits = missed < opens
        begins = np.concatenate([opens, missed[waits], cuts[-1:] + 1])
        values = np.append(np.concatenate([opens, opens[waits]]), NEVER)
        order = np.argsort(begins, kind="stable")
        return DueTimes(begins[order], values[order], (values == begins)[order].astype(np.int64))

    def after_open_time(self, span: int) -> DueTimes:
        """Due once the queue has been open for a span."""
        if not self.hours:
            return _one_piece(NEVER, 0)
        begins, ends = self._stretches()
        opened = np.append(0, np.cumsum(ends - begins))  # open time before each stretch, and in all

        passing = opened + 1 - span  # open time at which the span first reaches into the next stretch
        passing = passing[(passing >= 0) & (passing < opened[-1])]
        within = np.searchsorted(opened, passing, "right") - 1
        pieces = np.unique(np.concatenate([begins[:1] - 1, begins, ends, begins[within] + passing - opened[within]]))

        here = np.maximum(np.searchsorted(begins, pieces, "right") - 1, 0)
        since = pieces - begins[here]
        until = opened[here] + np.clip(since, 0, (ends - begins)[here]) + span
        there = np.searchsorted(opened, until, "left") - 1  # a span used up at a closing ends there
        left = there < len(begins)
        there = np.minimum(there, len(begins) - 1)
        values = np.where(left, begins[there] + until - opened[there], NEVER)
        is_open = (since >= 0) & (pieces < ends[here])
        return DueTimes(pieces, values, (left & is_open).astype(np.int64))

    def ends_of_working_day(self, name: str) -> DueTimes:
        """Due at the last closing of a working day of the month."""
        months = {date_of(day).replace(day=1) for day in self.hours}
        named = [day_number(day) for month in months if (day := self._queue.working_day(name, month)) is not None]
        closings = [day * DAY + self.hours[day][-1][1] * MINUTE for day in named if day in self.hours]
        due = np.unique(self._clock.instants(np.array(closings, np.int64)))
        begins = np.append(due[:1] - 1, due + 1) if closings else np.zeros(1, np.int64)
        return DueTimes(begins, np.append(due, NEVER), np.zeros_like(begins))

    def _stretches(self) -> tuple[Int64, Int64]:
        of_day = [(day, begin, end) for day, hours in self.hours.items() for begin, end in hours]
        day, opens, closes = np.array(of_day, np.int64).reshape(-1, 3).T
        return merged(*self._clock.stretches(day * DAY + opens * MINUTE, day * DAY + closes * MINUTE)[1:])


def _one_piece(value: int, slope: int) -> DueTimes:
    return DueTimes(*(np.array([number], np.int64) for number in (0, value, slope)))
