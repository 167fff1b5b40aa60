"""Days, months and times of day as a scenario document writes them: local, without a zone."""

import re
from calendar import monthrange
from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta
from enum import StrEnum
from functools import lru_cache
from typing import Annotated, Any, Self, TypeVar

from pydantic import BeforeValidator, GetCoreSchemaHandler, PlainSerializer, WithJsonSchema
from pydantic_core import CoreSchema, core_schema

from simulation.scenario.problems import refuse, shown

FIRST_YEAR, LAST_YEAR = 1970, 2199
"""Of every date in a document."""

Moment = TypeVar("Moment", bound=date)


class Weekday(StrEnum):
    """A day of the week; `date.weekday()` is its position, Monday first."""

    MON = "MON"
    TUE = "TUE"
    WED = "WED"
    THU = "THU"
    FRI = "FRI"
    SAT = "SAT"
    SUN = "SUN"

    @classmethod
    def of(cls, day: date) -> "Weekday":
        """The weekday of a date."""
        return WEEKDAYS[day.weekday()]


WEEKDAYS = tuple(Weekday)


class MonthName(StrEnum):
    """A month of any year; `date.month - 1` is its position."""

    JAN = "JAN"
    FEB = "FEB"
    MAR = "MAR"
    APR = "APR"
    MAY = "MAY"
    JUN = "JUN"
    JUL = "JUL"
    AUG = "AUG"
    SEP = "SEP"
    OCT = "OCT"
    NOV = "NOV"
    DEC = "DEC"

    @classmethod
    def of(cls, day: date) -> "MonthName":
        """The month of a date."""
        return MONTH_NAMES[day.month - 1]


MONTH_NAMES = tuple(MonthName)


class _Written(str):
    """A word of the document that is checked when made, and stays text: hashed, ordered and written out as such."""

    __slots__ = ()
    _pattern: str
    _description: str

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_after_validator_function(
            cls, core_schema.str_schema(), serialization=core_schema.to_string_ser_schema()
        )

    @classmethod
    def __get_pydantic_json_schema__(cls, schema: Any, handler: Any) -> dict[str, Any]:
        return {"type": "string", "pattern": cls._pattern, "description": cls._description}


class Clock(_Written):
    """A local time of day from `00:00` to `24:00`, in whole minutes: `Clock("8:00") == "08:00"`, `.minutes == 480`."""

    __slots__ = ()
    _pattern = r"^([01]?\d|2[0-3]):[0-5]\d$|^24:00$"
    _description = "a local time of day from 00:00 to 24:00"

    def __new__(cls, text: str) -> Self:
        if not re.fullmatch(cls._pattern, text, re.ASCII):
            refuse(f"{shown(text)} is not a time of day", 'write hours and minutes such as "08:30", at most "24:00"')
        return super().__new__(cls, text.rjust(5, "0"))

    @property
    def minutes(self) -> int:
        """Minutes since midnight, 0..1440."""
        return int(self[:2]) * 60 + int(self[3:])


class Period(_Written):
    """A month `2026-10`, an ISO week `2026-W45` or a date `2026-11-27`, with its `first` and `last` day."""

    __slots__ = ()
    _pattern = r"^\d{4}-(\d{2}|W\d{2}|\d{2}-\d{2})$"
    _description = "a month 2026-10, an ISO week 2026-W45 or a date 2026-11-27"

    def __new__(cls, text: str) -> Self:
        period = super().__new__(cls, text)
        first = _parsed(cls._first, cls._pattern, text)
        if first is None:
            mend = 'write a month "2026-10", a week "2026-W45" or a date "2026-11-27"'
            refuse(f"{shown(text)} is not a month, week or date", mend)
        _in_calendar(first)
        return period

    @property
    def first(self) -> date:
        """The first day."""
        return self._first(self)

    @staticmethod
    @lru_cache(maxsize=1024)
    def _first(text: str) -> date:
        if "W" in text:
            return date.fromisocalendar(int(text[:4]), int(text[6:]), 1)
        return date(int(text[:4]), int(text[5:7]), int(text[8:] or 1))

    @property
    def last(self) -> date:
        """The last day, inside the period."""
        first = self.first
        if "W" in self:
            return first + timedelta(days=6)
        return first if len(self) == 10 else first.replace(day=monthrange(first.year, first.month)[1])

    @property
    def days(self) -> int:
        """How many days it has: of two periods around a day, the one with fewer is the narrower."""
        return (self.last - self.first).days + 1


def _parsed(parse: Callable[[str], Moment], pattern: str, value: object) -> Moment | None:
    """Text of the pattern as a date or time; None when it is none, such as 30 February."""
    if not isinstance(value, str) or not re.fullmatch(pattern, value, re.ASCII):
        return None
    try:
        return parse(value)
    except ValueError:
        return None


def _in_calendar(day: Moment) -> Moment:
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        refuse(f"{day} is outside the calendar", f"write a year from {FIRST_YEAR} to {LAST_YEAR}")
    return day


def _date(value: object) -> date:
    is_date = isinstance(value, date) and not isinstance(value, datetime)
    day = value if is_date else _parsed(date.fromisoformat, r"\d{4}-\d{2}-\d{2}", value)
    if not isinstance(day, date):
        refuse(f"{shown(value)} is not a date", "write year, month and day such as 2026-11-27")
    return _in_calendar(day)


def _local_time(value: object) -> datetime:
    pattern = r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:00)?"
    time = value if isinstance(value, datetime) else _parsed(datetime.fromisoformat, pattern, value)
    if time is None or time.tzinfo is not None or time.second or time.microsecond:
        refuse(f"{shown(value)} is not a local date and time", 'write it without a zone, such as "2026-09-28T07:00"')
    return _in_calendar(time)


def _local_start(value: object) -> datetime:
    day = _parsed(date.fromisoformat, r"\d{4}-\d{2}-\d{2}", value)
    return _local_time(value if day is None else datetime(day.year, day.month, day.day))


Day = Annotated[date, BeforeValidator(_date)]
LocalTime = Annotated[
    datetime,
    BeforeValidator(_local_time),
    PlainSerializer(lambda time: time.isoformat(timespec="minutes"), return_type=str),
    WithJsonSchema({"type": "string", "pattern": r"^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:00)?$"}),
]
LocalStart = Annotated[
    datetime,
    BeforeValidator(_local_start),
    PlainSerializer(lambda time: time.isoformat(timespec="minutes"), return_type=str),
    WithJsonSchema({"type": "string", "pattern": r"^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:00)?)?$"}),
]
"""A local time, or a date for its midnight."""


def refuse_unless_by_date(name: str, begins: Sequence[date]) -> None:
    """Refuses a list of what holds from a date on that is not in the order of dates."""
    for k in range(1, len(begins)):
        if begins[k] <= begins[k - 1]:
            refuse("is not after the one before", f"order {name} by date", (name, k, "from"))
