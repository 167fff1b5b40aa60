"""Shifts fitted to the requirement: each week of a site at least paid hours, by linear programming (HiGHS).

Candidates are shifts that begin with every interval, or every half hour, of every day, at the site's wall clock. Of
each kind of contract a shift has hours_per_week / days_per_week paid hours (five days without contracts) and, when
these are more than six, an unpaid break of half an hour. Per week the heads n on the payroll and those on each shift,
y(kind, date, start), are found such that

    sum over shifts of y x at work x (1 - s) x work share >= required    in every interval, over midnights and from the
                                                                         week's last night to its first morning
    sum over dates and starts of y(kind) = days_per_week x share x n     hours per week
    sum over starts of y(kind, date)    <= share x n                     a head works one shift a day: days off
    sum over shifts of y x at work      <= seats                         the team's part of the site's

with the least n: paid hours are n x the mean hours of the contracts, and every hour on shift while nothing is required
counts a part of an hour besides. Where seats leave no such roster, it falls short of the requirement by as little
agent time as they allow. Among the rosters with this n, one is taken that also goes as far as possible towards
`SPARE` x required on every date, so that what is over is spread (`week_program`). Where nobody works, on a holiday
without work, nothing is required.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TypeVar

import numpy as np

from simulation.scenario.grid import MINUTE
from simulation.world.rosters.employment_kinds import Kind
from simulation.world.rosters.patterns import Float64, Pattern
from simulation.world.rosters.week_program import DAYS, WeekProgram

MINUTES_A_DAY = 1440
LEAST_START_MINUTES = 30
"""Shifts begin with every interval, but not more often than so."""
MOST_PROGRAMS = 8
"""Weeks' programs that are remembered: they are large."""
MOST_KNOWN = 200
"""Weeks whose rosters are remembered."""
Kept = TypeVar("Kept")


@dataclass(frozen=True, eq=False)
class Week:
    """What a week asks of a roster.

    required: Float64 (7 x slots,), agents on the floor in slots of equal length from the first midnight on
    present: Float64 (7,), by date on which a shift starts, 1 - s
    working: Float64 (7,), share of those rostered who work, less than 1 on holidays
    """

    required: Float64
    present: Float64
    working: Float64


@dataclass(frozen=True, eq=False)
class Fit:
    """A week's roster: heads on the payroll, Float64 (kinds, 7, starts), heads on each shift, and whether seats are too
    few for the requirement."""

    heads: float
    on_shift: Float64
    is_short: bool = False


class Fitting:
    """Fits weeks to contracts, those that ask for the same but for their size once.

    kinds: of contracts. slots: of a day. starts: of shifts, minutes after midnight.
    """

    def __init__(self, kinds: Sequence[Kind], slots: int) -> None:
        self.kinds, self.slots = tuple(kinds), slots
        self.starts = range(0, MINUTES_A_DAY, max(MINUTES_A_DAY // slots, LEAST_START_MINUTES))
        self._known: dict[object, Fit] = {}
        self._programs: dict[object, WeekProgram] = {}

    def of(self, week: Week, seats: float | None = None) -> Fit:
        """The week's roster; seats: None for any number."""
        size = float(week.required.max()) or 1.0
        alike = replace(week, required=np.round(week.required / size, 9))
        key = (alike.required.tobytes(), week.present.tobytes(), week.working.tobytes(), seats and seats / size)
        known = self._known.get(key) or self._solved(alike, seats and seats / size)
        _remember(self._known, key, known, MOST_KNOWN)
        return Fit(size * known.heads, size * known.on_shift, known.is_short)

    @cached_property
    def at_work(self) -> Float64:
        """Float64 (7 x slots, shifts): share of a shift's people at work in each slot, the week's end at its beginning.

        Shifts by kind, date and start.
        """
        by_kind = [self._at_work(kind) for kind in self.kinds]
        turned = [np.roll(column, date * self.slots, axis=0) for column in by_kind for date in range(DAYS)]
        return np.concatenate(turned, axis=1)

    def _at_work(self, kind: Kind) -> Float64:
        """Float64 (7 x slots, starts): of the shifts that start on the first date."""
        minutes = MINUTES_A_DAY // self.slots
        columns = []
        for start in self.starts:
            column = np.zeros(DAYS * self.slots)
            for begin, end, share in Pattern(start, kind.hours, kind.break_minutes, 1.0).presence():
                edges = np.clip(np.arange(len(column) + 1) * minutes * MINUTE, begin, end).astype(np.float64)
                column += share * np.diff(edges) / (minutes * MINUTE)
            columns.append(column)
        return np.stack(columns, axis=1)

    def _solved(self, week: Week, seats: float | None) -> Fit:
        """The roster of a week; seats are looked at where they are too few for that of any number."""
        program, is_short = self._program_of(week), False
        solution = program.solved(week.required)
        if seats is not None and solution is not None and (self._seated(week) @ solution[:-1]).max() > seats:
            solution = program.solved(week.required, seats)
            is_short = solution is None
        if solution is None:
            solution = program.solved(week.required, seats, may_lack=True)
        assert solution is not None  # nobody on any shift keeps every other rule
        return Fit(float(solution[-1]), solution[:-1].reshape(len(self.kinds), DAYS, -1), is_short)

    def _program_of(self, week: Week) -> WeekProgram:
        """The program of a week; those of most weeks are the same."""
        needed = week.required > 0
        key = (needed.tobytes(), week.present.tobytes(), week.working.tobytes())
        program = self._programs.get(key)
        if program is None:
            seated = self._seated(week)
            on_floor = seated * self._by_shift(week.present)
            program = WeekProgram.of(self.kinds, self.at_work, seated, on_floor, needed)
        _remember(self._programs, key, program, MOST_PROGRAMS)
        return program

    def _seated(self, week: Week) -> Float64:
        """Float64 (7 x slots, shifts): at_work of those who work."""
        return self.at_work * self._by_shift(week.working)

    def _by_shift(self, by_date: Float64) -> Float64:
        """Float64 (shifts,): a figure of the date on which each shift starts."""
        return np.tile(np.repeat(by_date, len(self.starts)), len(self.kinds))


def _remember(kept: dict[object, Kept], key: object, value: Kept, most: int) -> None:
    """Another thread may forget it at any time."""
    if key not in kept and len(kept) >= most:
        kept.clear()
    kept[key] = value
