"""Days, months and times of day as a scenario document writes them: local, without a zone."""

import re
from calendar import monthrange
from datetime import date, datetime, timedelta
from enum import StrEnum
from functools import cache
from importlib import resources
from typing import Annotated, Any, Self
from zoneinfo import ZoneInfo, available_timezones

from pydantic import AfterValidator, BeforeValidator, GetCoreSchemaHandler, PlainSerializer, WithJsonSchema
from pydantic_core import CoreSchema, core_schema

from simulation.scenario.problems import choose, refuse


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
            refuse(f"{text!r} is not a time of day", 'write hours and minutes such as "08:30", at most "24:00"')
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
        try:
            if re.fullmatch(cls._pattern, text, re.ASCII) and period.first <= period.last:
                return period
        except ValueError:  # month 13, week 54, 30 February
            pass
        refuse(
            f"{text!r} is not a month, week or date",
            'write a month "2026-10", a week "2026-W45" or a date "2026-11-27"',
        )

    @property
    def first(self) -> date:
        """The first day."""
        if "W" in self:
            return date.fromisocalendar(int(self[:4]), int(self[6:]), 1)
        return date(int(self[:4]), int(self[5:7]), int(self[8:] or 1))

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


def _date(value: object) -> object:
    if isinstance(value, date) and not isinstance(value, datetime):
        return value
    if isinstance(value, str) and re.fullmatch(r"\d{4}-\d{2}-\d{2}", value, re.ASCII):
        try:
            return date.fromisoformat(value)
        except ValueError:  # no such day: refused below
            pass
    refuse(f"{value!r} is not a date", "write year, month and day such as 2026-11-27")


def _local_time(value: object) -> object:
    if isinstance(value, datetime) and value.tzinfo is None:
        return value
    if isinstance(value, str) and re.fullmatch(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:00)?", value, re.ASCII):
        try:
            return datetime.fromisoformat(value)
        except ValueError:  # no such time: refused below
            pass
    refuse(f"{value!r} is not a local date and time", 'write it without a zone, such as "2026-09-28T07:00"')


def _zone(value: str) -> str:
    try:
        ZoneInfo(value)
    except (ValueError, OSError, KeyError):  # what zoneinfo raises for a name it does not have
        mend = choose(value, available_timezones()) if value else "write Europe/London, for example"
        refuse(f"there is no time zone {value!r}", mend)
    return value


def _country(value: str) -> str:
    if value not in countries():
        mend = (
            "write GB" if value == "UK" else "write two capital letters of ISO 3166 such as PH, quoted where in doubt"
        )
        refuse(f"there is no country {value!r}", mend)
    return value


@cache
def countries() -> frozenset[str]:
    """ISO 3166's two-letter codes, from the time zone data."""
    table = resources.files("tzdata.zoneinfo").joinpath("iso3166.tab").read_text("utf-8")
    return frozenset(line[:2] for line in table.splitlines() if not line.startswith("#"))


Day = Annotated[date, BeforeValidator(_date)]
LocalTime = Annotated[
    datetime,
    BeforeValidator(_local_time),
    PlainSerializer(lambda time: time.isoformat(timespec="minutes"), return_type=str),
    WithJsonSchema({"type": "string", "pattern": r"^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:00)?$"}),
]
Zone = Annotated[str, AfterValidator(_zone)]
Country = Annotated[str, AfterValidator(_country)]
