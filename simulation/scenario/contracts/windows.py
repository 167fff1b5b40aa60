"""Windows: the stretches of days over which clauses are scored, and the calendar months that invoices are of."""

from calendar import monthrange
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from itertools import groupby

WEEK = 7


class ScoringWindow(StrEnum):
    """The stretch of time over which a clause is scored, by the scenario's clock."""

    DAY = "DAY"
    """A local day."""
    WEEK = "WEEK"
    """Seven local days, counted from the scenario's start."""
    MONTH = "MONTH"
    """A calendar month."""
    QUARTER = "QUARTER"
    """A calendar quarter."""


@dataclass(frozen=True)
class Window:
    """Some days of the horizon in a row.

    start:      its first date
    first, end: its days by number: [first, end)
    partial:    the horizon cuts it
    """

    start: date
    first: int
    end: int
    partial: bool


def windows(kind: ScoringWindow, dates: Sequence[date]) -> tuple[Window, ...]:
    """All windows of a horizon's dates, in order; the first and the last may be partial."""
    if kind is ScoringWindow.DAY:
        return tuple(Window(day, d, d + 1, False) for d, day in enumerate(dates))
    if kind is ScoringWindow.WEEK:
        starts = range(0, len(dates), WEEK)
        return tuple(Window(dates[d], d, min(d + WEEK, len(dates)), d + WEEK > len(dates)) for d in starts)
    return months(dates) if kind is ScoringWindow.MONTH else _calendar_windows(dates, quarter_of, 3)


def months(dates: Sequence[date]) -> tuple[Window, ...]:
    """Calendar months, cut at the horizon."""
    return _calendar_windows(dates, lambda day: (day.year, day.month), 1)


def quarter_of(day: date) -> tuple[int, int]:
    """Year and quarter, 0 to 3."""
    return day.year, (day.month - 1) // 3


def days_of_month(day: date) -> int:
    """How many days the date's calendar month has."""
    return monthrange(day.year, day.month)[1]


def _calendar_windows(
    dates: Sequence[date], period: Callable[[date], tuple[int, int]], length: int
) -> tuple[Window, ...]:
    found = []
    for _, group in groupby(enumerate(dates), lambda entry: period(entry[1])):
        days = list(group)
        (first, begins), (last, ends) = days[0], days[-1]
        starts_whole = begins.day == 1 and (begins.month - 1) % length == 0
        after = ends + timedelta(days=1)
        ends_whole = after.day == 1 and (after.month - 1) % length == 0
        found.append(Window(begins, first, last + 1, not (starts_whole and ends_whole)))
    return tuple(found)
