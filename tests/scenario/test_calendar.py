"""Times of day, periods, dates and zones as documents write them."""

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simulation.scenario.calendar import Clock, MonthName, Period, Weekday
from simulation.scenario.places import countries, zones
from simulation.scenario.problems import RefusedError


@pytest.mark.parametrize(
    ("text", "minutes"), [("00:00", 0), ("8:05", 485), ("08:05", 485), ("23:59", 1439), ("24:00", 1440)]
)
def test_a_time_of_day_is_minutes_since_midnight(text: str, minutes: int) -> None:
    assert Clock(text).minutes == minutes


def test_a_time_of_day_is_text_with_two_digits_each() -> None:
    assert Clock("8:05") == "08:05"
    assert sorted([Clock("10:00"), Clock("9:00"), Clock("24:00")]) == ["09:00", "10:00", "24:00"]


@pytest.mark.parametrize(
    "text", ["24:01", "25:00", "8", "8:5", "08:60", "08:00:00", "8 am", "", "-1:00", "٠٨:٠٠", "08:00\n"]
)
def test_other_text_is_no_time_of_day(text: str) -> None:
    with pytest.raises(RefusedError, match="is not a time of day"):
        Clock(text)


@pytest.mark.parametrize(
    ("text", "first", "last", "days"),
    [
        ("2026-10", date(2026, 10, 1), date(2026, 10, 31), 31),
        ("2024-02", date(2024, 2, 1), date(2024, 2, 29), 29),
        ("2026-W45", date(2026, 11, 2), date(2026, 11, 8), 7),
        ("2026-W53", date(2026, 12, 28), date(2027, 1, 3), 7),
        ("2026-11-27", date(2026, 11, 27), date(2026, 11, 27), 1),
    ],
)
def test_a_period_knows_its_days(text: str, first: date, last: date, days: int) -> None:
    period = Period(text)
    assert (period.first, period.last, period.days) == (first, last, days)


@pytest.mark.parametrize(
    "text", ["2026", "2026-13", "2026-00", "2026-W54", "2027-W53", "2026-02-30", "2026-1", "x", "2026-W5"]
)
def test_other_text_is_no_period(text: str) -> None:
    with pytest.raises(RefusedError, match="is not a month, week or date"):
        Period(text)


@settings(derandomize=True)
@given(st.dates(date(1971, 1, 1), date(2199, 12, 31)))
def test_every_date_lies_in_its_month_its_week_and_itself(day: date) -> None:
    year, week, _ = day.isocalendar()
    for text in (f"{day:%Y-%m}", f"{year}-W{week:02}", day.isoformat()):
        assert Period(text).first <= day <= Period(text).last


@settings(derandomize=True)
@given(st.dates())
def test_weekday_and_month_of_a_date_are_its_english_names(day: date) -> None:
    assert Weekday.of(day) == day.strftime("%a").upper()
    assert MonthName.of(day) == day.strftime("%b").upper()


def test_zones_are_those_of_the_tz_database_and_not_the_machine_s() -> None:
    assert {"America/New_York", "Asia/Manila", "UTC"} <= zones()
    assert not {"localtime", "posixrules", "america/new_york"} & zones()


def test_countries_are_iso_3166() -> None:
    assert {"US", "PH", "CO", "NO", "GB"} <= countries()
    assert not {"UK", "XX", ""} & countries()
