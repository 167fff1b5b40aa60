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
counts `_IDLE` of an hour besides. Where seats leave no such roster, it falls short of the requirement by as little
agent time as they allow. Among the rosters with this n, one is taken that also goes as far as possible towards
`SPARE` x required on every date, so that what is over is spread. Where
nobody works, on a holiday without work, nothing is required. Source: `scenario.md`, comment at `shifts`.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np

from simulation.scenario.grid import MINUTE, Int64
from simulation.scenario.rosters import USUAL_DAYS
from simulation.scenario.workforce import Workforce
from simulation.world.patterns import Float64, Pattern

DAYS = 7
MINUTES_A_DAY = 1440
LEAST_START_MINUTES = 30
"""Shifts begin with every interval, but not more often than so."""
BREAK_AFTER_HOURS = 6.0
BREAK_MINUTES = 30.0
SPARE = (1.25, 1.6)
_SLIGHTLY = 0.2
"""What lies towards SPARE is worth so little that no head is added for it."""
_IDLE = 0.25
"""Price of an hour on shift while nothing is required, in hours of a head: some paid hours more keep people from
starting long before their queues open, which least hours alone may ask only to get breaks out of the way."""
_SHORT = 10.0
"""Price of an agent who is missing in a slot, in heads: more than any shift that could bring one costs."""
_NONE = 1e-7
MOST_REMEMBERED = 8
"""Weeks of which the rules are remembered."""


@dataclass(frozen=True)
class Kind:
    """A kind of contract: share of the heads, paid hours a week, days a week."""

    share: float
    hours_per_week: float
    days_per_week: int

    @property
    def paid_hours(self) -> float:
        """Of one shift."""
        return self.hours_per_week / self.days_per_week

    @property
    def break_minutes(self) -> float:
        """Of one shift, unpaid."""
        return BREAK_MINUTES if self.paid_hours > BREAK_AFTER_HOURS else 0.0

    @property
    def hours(self) -> float:
        """Of one shift, with its break."""
        return self.paid_hours + self.break_minutes / 60


def kinds_of(workforce: Workforce) -> tuple[Kind, ...]:
    """The contracts of a team's people."""
    if not workforce.employment:
        return (Kind(1.0, workforce.hours_per_week, USUAL_DAYS),)
    return tuple(Kind(kind.share, kind.hours_per_week, kind.days_per_week) for kind in workforce.employment)


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


@dataclass(frozen=True, eq=False)
class _Rules:
    """A week's program but for its size.

    busy: Int64, slots in which somebody is required. on_date: Float64 (7, busy), each slot's share of its date.
    at_most, equal: sparse coefficients.
    """

    busy: Int64
    on_date: Float64
    at_most: Any
    equal: Any


class Fitting:
    """Fits weeks to contracts, those that ask for the same but for their size once.

    kinds: of contracts. slots: of a day. starts: of shifts, minutes after midnight.
    """

    def __init__(self, kinds: Sequence[Kind], slots: int) -> None:
        self.kinds, self.slots = tuple(kinds), slots
        self.starts = range(0, MINUTES_A_DAY, max(MINUTES_A_DAY // slots, LEAST_START_MINUTES))
        self._known: dict[object, Fit] = {}
        self._known_rules: dict[object, _Rules] = {}

    def of(self, week: Week, seats: float | None = None) -> Fit:
        """The week's roster; seats: None for any number."""
        size = float(week.required.max()) or 1.0
        alike = replace(week, required=np.round(week.required / size, 9))
        key = (alike.required.tobytes(), week.present.tobytes(), week.working.tobytes(), seats and seats / size)
        if key not in self._known:
            self._known[key] = self._fitted(alike, seats and seats / size)
        known = self._known[key]
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

    def _fitted(self, week: Week, seats: float | None) -> Fit:
        solution = self._solved(week, seats)
        is_short = solution is None
        if solution is None:
            solution = self._solved(week, seats, may_lack=True)
        assert solution is not None  # nobody on any shift keeps every other rule
        return Fit(float(solution[-1]), solution[:-1].reshape(len(self.kinds), DAYS, -1), is_short)

    def _seated(self, week: Week) -> Float64:
        """Float64 (7 x slots, shifts): at_work of those who work."""
        return self.at_work * self._by_shift(week.working)

    def _solved(self, week: Week, seats: float | None, *, may_lack: bool = False) -> Float64 | None:
        """(heads on each shift, heads); None where there is no such roster; may_lack: at a price it falls short."""
        from scipy.optimize import linprog  # over a second to import, for those whose shifts are fitted

        rules = self._rules_of(week, seats is not None)
        required = week.required[rules.busy]
        limits = [-required, *(-spare * rules.on_date @ required for spare in SPARE), np.zeros(len(self.kinds) * DAYS)]
        if seats is not None:
            limits.append(np.full(len(week.required), seats))
        shifts, lacks = self.at_work.shape[1], len(SPARE) * DAYS
        longest = max(kind.days_per_week * kind.hours for kind in self.kinds) * self.slots / 24
        idle = _IDLE * self.at_work[week.required <= 0].sum(axis=0) / longest
        short = len(required) if may_lack else 0
        prices = [idle, [1.0], np.full(lacks, _SLIGHTLY / len(SPARE) * self.slots / longest), np.full(short, _SHORT)]
        found = linprog(
            np.concatenate(prices),
            A_ub=_with_columns(rules.at_most, -np.eye(short)),
            b_ub=np.concatenate(limits),
            A_eq=_with_columns(rules.equal, np.zeros((0, short))),
            b_eq=np.zeros(len(self.kinds)),
            method="highs",
        )
        if found.x is None or not found.success:
            return None
        return np.where(found.x[: shifts + 1] > _NONE, found.x[: shifts + 1], 0.0)

    def _rules_of(self, week: Week, has_seats: bool) -> "_Rules":
        """The rules of a week; those of most weeks are the same."""
        busy = np.flatnonzero((week.required > 0) & self._seated(week).any(axis=1))
        key = (busy.tobytes(), week.present.tobytes(), week.working.tobytes(), has_seats)
        if key not in self._known_rules:
            if len(self._known_rules) > MOST_REMEMBERED:
                self._known_rules.clear()
            self._known_rules[key] = self._rules(week, busy, has_seats)
        return self._known_rules[key]

    def _rules(self, week: Week, busy: Int64, has_seats: bool) -> "_Rules":
        from scipy.sparse import csc_array

        seated = self._seated(week)
        covered = (seated * self._by_shift(week.present))[busy]
        shifts, lacks = seated.shape[1], len(SPARE) * DAYS
        of_kind = np.repeat(np.eye(len(self.kinds)), shifts // len(self.kinds), axis=1)
        of_date = np.repeat(np.eye(len(self.kinds) * DAYS), shifts // len(self.kinds) // DAYS, axis=1)
        share = np.array([[kind.share] for kind in self.kinds])
        days = np.array([[kind.days_per_week] for kind in self.kinds])
        on_date = (busy // self.slots == np.arange(DAYS)[:, None]) / self.slots
        covered_on_date = -on_date @ covered
        # columns: heads on each shift, heads on the payroll, what each date lacks to each SPARE
        at_most = [
            _rows(-covered, 0.0, np.zeros((1, lacks))),
            *(
                _rows(covered_on_date, 0.0, -np.eye(lacks)[tier * DAYS : (tier + 1) * DAYS])
                for tier in range(len(SPARE))
            ),
            _rows(of_date, -np.repeat(share, DAYS, axis=0), np.zeros((1, lacks))),
        ]
        if has_seats:
            at_most.append(_rows(seated, 0.0, np.zeros((1, lacks))))
        equal = _rows(of_kind, -days * share, np.zeros((1, lacks)))
        return _Rules(busy, on_date, csc_array(np.concatenate(at_most)), csc_array(equal))

    def _by_shift(self, by_date: Float64) -> Float64:
        """Float64 (shifts,): a figure of the date on which each shift starts."""
        return np.tile(np.repeat(by_date, len(self.starts)), len(self.kinds))


def _with_columns(rules: Any, first_rows: Float64) -> Any:
    """Rules with further columns, of which only the first rows have any."""
    from scipy.sparse import csc_array, hstack

    more = np.zeros((rules.shape[0], first_rows.shape[1]))
    more[: len(first_rows)] = first_rows
    return hstack([rules, csc_array(more)], format="csc")


def _rows(of_shifts: Float64, of_heads: Float64 | float, of_lacks: Float64) -> Float64:
    """Rows of the program."""
    rows = len(of_shifts)
    heads, lacks = np.broadcast_to(of_heads, (rows, 1)), np.broadcast_to(of_lacks, (rows, of_lacks.shape[1]))
    return np.concatenate([of_shifts, heads, lacks], axis=1)
