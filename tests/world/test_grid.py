from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simulation.scenario.grid import DAY, HOUR, MINUTE, Grid, date_of, day_number

ZONES = ("UTC", "America/New_York", "Australia/Sydney", "Australia/Lord_Howe", "Africa/Cairo", "Asia/Manila")


def grid(start: str, days: int, zone: str, minutes: int = 30) -> Grid:
    return Grid.build(date.fromisoformat(start), days, ZoneInfo(zone), minutes)


@pytest.mark.parametrize(
    ("zone", "day", "hours"),
    [
        ("America/New_York", "2026-03-08", 23),
        ("America/New_York", "2026-11-01", 25),
        ("Australia/Sydney", "2026-10-04", 23),
        ("Australia/Sydney", "2026-04-05", 25),
        ("Australia/Lord_Howe", "2026-10-04", 23.5),
        ("Australia/Lord_Howe", "2026-04-05", 24.5),
        ("Africa/Cairo", "2026-04-24", 23),
        ("Asia/Manila", "2026-03-08", 24),
    ],
)
def test_a_day_is_as_long_as_its_zone_makes_it(zone: str, day: str, hours: float) -> None:
    one = grid(day, 1, zone)

    assert one.horizon == hours * HOUR
    assert one.intervals == 2 * hours
    assert one.days.tolist() == [0, hours * HOUR]


def test_periods_are_local_and_cut_at_start_and_horizon() -> None:
    sixteen_weeks = grid("2026-09-28", 112, "America/New_York")

    assert sixteen_weeks.origin == datetime(2026, 9, 28, 4, tzinfo=UTC)
    assert sixteen_weeks.horizon == 112 * DAY + HOUR
    assert np.diff(sixteen_weeks.weeks).tolist() == [7 * DAY] * 4 + [7 * DAY + HOUR] + [7 * DAY] * 11
    days_of_months = [3, 31, 30, 31, 17]  # 28 September to 17 January
    assert np.diff(sixteen_weeks.months).tolist() == [d * DAY + (HOUR if d == 30 else 0) for d in days_of_months]
    assert sixteen_weeks.dates[0] == date(2026, 9, 28)
    assert sixteen_weeks.dates[-1] == date(2027, 1, 17)
    assert sixteen_weeks.instant(int(sixteen_weeks.days[35])).isoformat() == "2026-11-02T00:00:00-05:00"


def test_a_last_week_may_be_short() -> None:
    assert (grid("2026-06-01", 10, "UTC").weeks / DAY).tolist() == [0, 7, 10]


def test_an_interval_belongs_to_the_periods_in_which_it_starts() -> None:
    ten_days = grid("2026-05-27", 10, "UTC", 60)

    assert ten_days.day_of_interval.tolist() == [k // 24 for k in range(240)]
    assert ten_days.week_of_interval.tolist() == [k // 168 for k in range(240)]
    assert ten_days.month_of_interval.tolist() == [int(k >= 5 * 24) for k in range(240)]


def test_hours_cut_a_half_hour_change_at_the_horizon() -> None:
    short_day = grid("2026-10-04", 1, "Australia/Lord_Howe", 60)

    assert short_day.intervals == 24
    assert short_day.interval_lengths.tolist() == [HOUR] * 23 + [HOUR // 2]


def test_a_skipped_time_is_the_instant_of_the_change_and_a_repeated_one_its_first() -> None:
    new_york = grid("2026-01-01", 365, "America/New_York")

    def shown(local: datetime) -> str:
        return new_york.instant(new_york.us(local)).isoformat()

    assert shown(datetime(2026, 3, 8, 2, 30)) == "2026-03-08T03:00:00-04:00"
    assert shown(datetime(2026, 11, 1, 1, 30)) == "2026-11-01T01:30:00-04:00"
    assert new_york.us(datetime(2026, 1, 1, 9), "Asia/Manila") == (9 - 13) * HOUR


def test_a_day_whose_midnight_is_skipped_begins_at_the_change() -> None:
    cairo = grid("2026-04-24", 1, "Africa/Cairo")  # the clock goes from 23:59 to 01:00

    assert cairo.instant(0).isoformat() == "2026-04-24T01:00:00+03:00"
    assert cairo.midnight(date(2026, 4, 24)) == 0


def test_a_stretch_in_the_skipped_hour_vanishes_and_in_the_repeated_one_comes_twice() -> None:
    year = grid("2026-01-01", 365, "America/New_York")
    clock = year.clock(year.zone)
    days = [day_number(date(2026, month, day)) for month, day in ((3, 7), (3, 8), (11, 1))]
    opens = np.array([day * DAY + begin for day in days for begin in (HOUR, 2 * HOUR)], np.int64)

    which, begins, ends = clock.stretches(opens, opens + HOUR)

    assert which.tolist() == [0, 1, 2, 4, 4, 5]
    assert (ends - begins).tolist() == [HOUR] * 6
    assert begins[4] - begins[3] == HOUR
    half_past_two = np.array([days[1] * DAY + 150 * MINUTE], np.int64)
    assert year.instant(int(clock.instants(half_past_two)[0])).isoformat() == "2026-03-08T03:00:00-04:00"


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(ZONES), st.dates(date(2015, 1, 1), date(2035, 1, 1)), st.integers(1, 400), st.data())
def test_readings_are_those_of_the_zone_database(zone: str, start: date, days: int, data: st.DataObject) -> None:
    some = Grid.build(start, days, ZoneInfo(zone), 30)
    clock = some.clock(zone)
    instant = data.draw(st.integers(0, some.horizon - 1))

    reading = int(clock.readings(np.array([instant], np.int64))[0])
    local = (some.origin + timedelta(microseconds=instant)).astimezone(ZoneInfo(zone))

    assert datetime(1970, 1, 1) + timedelta(microseconds=reading) == local.replace(tzinfo=None)
    first = int(clock.instants(np.array([reading], np.int64))[0])
    assert first == instant - (HOUR if local.fold and "Howe" not in zone else HOUR // 2 if local.fold else 0)


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(ZONES), st.dates(date(2015, 1, 1), date(2035, 1, 1)), st.integers(1, 400))
def test_days_are_the_dates_of_the_zone_and_fill_the_horizon(zone: str, start: date, days: int) -> None:
    some = Grid.build(start, days, ZoneInfo(zone), 15)

    firsts = [some.instant(int(edge)) for edge in some.days]
    lasts = [some.instant(int(edge) - 1) for edge in some.days[1:]]

    assert [first.date() for first in firsts[:-1]] == some.dates == [last.date() for last in lasts]
    assert some.horizon == some.days[-1] == some.weeks[-1] == some.months[-1] == some.interval_lengths.sum()
    assert set(some.interval_lengths[:-1].tolist()) <= {15 * MINUTE}
    assert date_of(day_number(start)) == start
