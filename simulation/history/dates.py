"""Dates and times of day as files write them. The order of day and month is what the file itself proves, or asked for.

`13/02/2026` can only be read day first and proves that order for the file; a file in which every date can be read both
ways, and is another date by either, is not read until somebody says with `--dates` which it is.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from functools import lru_cache

from simulation.history.cells import Cell
from simulation.history.problems import Problems
from simulation.scenario.problems import shown


class DateOrder(StrEnum):
    """In which order a date has its numbers."""

    DMY = "DMY"
    MDY = "MDY"
    YMD = "YMD"


_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_WEEKDAY = r"(?:(?:mon|tue|wed|thu|fri|sat|sun)[a-z]*\.?,?\s+)?"
_NAME = r"[A-Za-z]{3,9}\.?"
_DATE = (
    r"(?P<y>\d{4})(?P<ys>[-/.])(?P<ym>\d{1,2})(?P=ys)(?P<yd>\d{1,2})"
    r"|(?P<compact>\d{8})"
    r"|(?P<a>\d{1,2})(?P<as>[-/.])(?P<b>\d{1,2})(?P=as)(?P<c>\d{4}|\d{2})"
    rf"|(?P<nd>\d{{1,2}})[-\s./](?P<nm>{_NAME})[-\s./,]+(?P<ny>\d{{4}})"
    rf"|(?P<pm>{_NAME})\s+(?P<pd>\d{{1,2}}),?\s+(?P<py>\d{{4}})"
)
_TIME = r"(?P<h>\d{1,2}):(?P<mi>[0-5]\d)(?::(?P<s>[0-5]\d)(?:[.,]\d{1,9})?)?\s*(?P<half>[AaPp]\.?[Mm]\.?)?"
_OFFSET = r"\s*(?P<offset>Z|UTC|GMT|[+-]\d{2}:?[0-5]\d)?"
_WHEN = re.compile(rf"{_WEEKDAY}(?:{_DATE})?(?:(?<=\d)(?:T|,?\s+)|)(?:{_TIME}{_OFFSET})?", re.IGNORECASE)
_RANGE = re.compile(
    r"(.*?\d(?:\s*[AaPp][Mm])?)\s+(?:-|–|—|to|until)\s+(\S.*)|(.*T.*)/(.*T.*)|(\d{1,2}:\d\d)[-–](\d{1,2}:\d\d)"
)
_HHMM = re.compile(r"\d{1,4}")
MOST_HOURS = 14
"""Of an offset from UTC."""


@dataclass(frozen=True)
class When:
    """What a text says of a time: a date, or three numbers that are one in an order still unknown; minutes of the day
    (None: only a date); and minutes by which its clock is ahead of UTC (None: it does not say)."""

    day: date | None
    numbers: tuple[str, str, str] | None
    minutes: float | None
    offset: int | None

    def date_in(self, order: DateOrder | None) -> date | None:
        """The date, its numbers read in an order; None if they are none."""
        if self.numbers is None or order is None:
            return self.day
        return _ordered(self.numbers, order)


def split_range(text: str) -> tuple[str, str | None]:
    """A text's beginning and, if it is a span such as `07:00 - 07:30`, its end."""
    found = _RANGE.fullmatch(text)
    if found is None:
        return text, None
    begin, end = next(pair for pair in (found.group(1, 2), found.group(3, 4), found.group(5, 6)) if pair[0])
    return begin.strip(), end.strip()


@lru_cache(maxsize=100_000)
def read_when(text: str) -> When | None:
    """A date, a time of day or both; None for anything else."""
    found = _WHEN.fullmatch(text)
    if found is None or not text:
        return None
    parts = found.groupdict()
    minutes = _minutes(parts)
    if parts["h"] is not None and minutes is None:
        return None
    day, numbers = _day(parts)
    has_day = any(parts[name] for name in ("y", "compact", "a", "nd", "pm"))
    if has_day and day is None and numbers is None:
        return None
    offset = _offset(parts["offset"])
    if parts["offset"] and offset is None:
        return None
    return When(day, numbers, minutes, offset)


def _minutes(parts: dict[str, str | None]) -> float | None:
    if parts["h"] is None or parts["mi"] is None:
        return None
    hour, half = int(parts["h"]), (parts["half"] or "").replace(".", "").casefold()
    if half and not 1 <= hour <= 12:
        return None
    if half:
        hour = hour % 12 + (12 if half == "pm" else 0)
    total = hour * 60 + int(parts["mi"]) + int(parts["s"] or 0) / 60
    return total if total <= 1440 else None


def _day(parts: dict[str, str | None]) -> tuple[date | None, tuple[str, str, str] | None]:
    if parts["y"]:
        return _made(parts["y"], parts["ym"], parts["yd"]), None
    if text := parts["compact"]:
        return _made(text[:4], text[4:6], text[6:]), None
    if parts["nm"] or parts["pm"]:
        name = (parts["nm"] or parts["pm"] or "")[:3].casefold()
        month = str(_MONTHS.index(name) + 1) if name in _MONTHS else "0"
        return _made(parts["ny"] or parts["py"], month, parts["nd"] or parts["pd"]), None
    if (a := parts["a"]) and (b := parts["b"]) and (c := parts["c"]):
        return None, (a, b, c)
    return None, None


def _made(year: str | None, month: str | None, day: str | None) -> date | None:
    try:
        made = date(int(year or 0), int(month or 0), int(day or 0))
    except ValueError:
        return None
    return made if 1970 <= made.year <= 2199 else None


def _ordered(numbers: tuple[str, str, str], order: DateOrder) -> date | None:
    year, month, day = (numbers[order.index(letter)] for letter in "YMD")
    if len(year) == 4:
        return _made(year, month, day)
    if len(year) != 2 or len(month) > 2 or len(day) > 2:
        return None
    return _made(f"{'19' if int(year) >= 70 else '20'}{year}", month, day)


def _offset(text: str | None) -> int | None:
    if not text:
        return None
    if text.upper() in ("Z", "UTC", "GMT"):
        return 0
    sign, digits = (-1 if text[0] == "-" else 1), text[1:].replace(":", "")
    minutes = int(digits[:2]) * 60 + int(digits[2:])
    return sign * minutes if minutes <= MOST_HOURS * 60 else None


def clock_number(text: str, *, hours: bool) -> float | None:
    """Minutes of the day of `0730` or `730`; with `hours`, of the number of an hour."""
    if not _HHMM.fullmatch(text):
        return None
    if hours:
        return int(text) * 60.0 if int(text) < 24 else None
    hour, minute = divmod(int(text), 100)
    return hour * 60.0 + minute if minute < 60 and hour * 60 + minute <= 1440 else None


def date_order(found: Iterable[tuple[When, str, int]], given: str | None, problems: Problems) -> DateOrder | None:
    """The order of all dates of a file that have one, each with its text and row; None where none has.

    Raises no guess: what is left open, or fits no order, is a problem that shows rows and names `--dates`.
    """
    open_dates = [(when, text, row) for when, text, row in found if when.numbers is not None]
    if given is not None and given.upper() not in set(DateOrder):
        problems.add(f"--dates {given} is no order", f"write --dates {', '.join(DateOrder)}")
        return None
    if not open_dates:
        return None
    if given is not None:
        return _checked(open_dates, DateOrder(given.upper()), problems)
    fits = [order for order in DateOrder if all(when.date_in(order) for when, _, _ in open_dates)]
    if not fits:
        _refuse_all(open_dates, problems)
        return None
    if len(fits) > 1:
        return _asked(open_dates, fits, problems)
    return fits[0]


def _checked(found: Sequence[tuple[When, str, int]], order: DateOrder, problems: Problems) -> DateOrder:
    for when, text, row in found:
        if when.date_in(order) is None:
            problems.add(
                f"{shown(text)} is no date in the order {order}", "write another order, or correct it", row=row
            )
    return order


def _refuse_all(found: Sequence[tuple[When, str, int]], problems: Problems) -> None:
    """No order fits all: the one that fits most is taken as meant, and what it does not fit is told."""
    failing = {order: [(text, row) for when, text, row in found if not when.date_in(order)] for order in DateOrder}
    best = min(DateOrder, key=lambda order: len(failing[order]))
    for text, row in failing[best]:
        message = f"{shown(text)} is no date in the order {best} that most others have"
        problems.add(message, "correct it, or write all dates alike", row=row)


def _asked(found: Sequence[tuple[When, str, int]], fits: list[DateOrder], problems: Problems) -> DateOrder:
    """One of the orders if all of them give the same dates."""
    for when, text, row in found:
        read = {order: when.date_in(order) for order in fits}
        if len(set(read.values())) > 1:
            either = " or ".join(f"{day} ({order})" for order, day in read.items())
            options = " or ".join(f"--dates {order}" for order in fits)
            problems.add(f"{shown(text)} may be {either}, and no row says which", f"say it with {options}", row=row)
            break
    return fits[0]


def moment(cell: Cell) -> When | None:
    """What a cell of a workbook says of a time; None for what is no date or time of a workbook."""
    if isinstance(cell, datetime):
        return When(cell.date(), None, cell.hour * 60 + cell.minute + cell.second / 60, None)
    if isinstance(cell, date):
        return When(cell, None, None, None)
    if isinstance(cell, time):
        return When(None, None, cell.hour * 60 + cell.minute + cell.second / 60, None)
    if isinstance(cell, timedelta) and timedelta() <= cell <= timedelta(days=1):
        return When(None, None, cell.total_seconds() / 60, None)
    return None
