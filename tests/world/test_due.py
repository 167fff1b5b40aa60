"""Due times by hand: the calendar, opening hours, cut-offs, working days, clock changes and weekends."""

from datetime import datetime
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simulation.scenario.grid import DAY, HOUR, MINUTE, Grid
from simulation.scenario.queues.queue import Queue
from simulation.world.floor.due import NEVER, DueTimes
from tests.world.sketch import sketch

WEEKDAYS = ["MON", "TUE", "WED", "THU", "FRI"]
EIGHT_TO_SIX = [{"days": WEEKDAYS, "open": "08:00", "close": "18:00"}]


def promised(turnaround: dict[str, Any], *, hours: Any = EIGHT_TO_SIX, **more: Any) -> tuple[Queue, Grid]:
    """A week of e-mail from Monday 2026-06-01, unless told otherwise."""
    calendar = {name: more.pop(name) for name in ("start", "zone", "days", "weeks") if name in more}
    scenario = sketch(queue={"channel": "EMAIL", "turnaround": turnaround, "hours": hours, **more}, **calendar)
    return scenario.queues[0], Grid.of(scenario)


def due(arrives: str, turnaround: dict[str, Any], **more: Any) -> str:
    """When work is due, both in local time."""
    queue, grid = promised(turnaround, **more)
    times = DueTimes.of(queue, grid)
    assert times is not None
    at = times.at(np.array([grid.us(datetime.fromisoformat(arrives))], np.int64))
    return grid.instant(int(at[0])).replace(tzinfo=None).isoformat(sep=" ")[:19]


def test_without_a_turnaround_nothing_is_due() -> None:
    scenario = sketch(queue={"channel": "EMAIL"})
    assert DueTimes.of(scenario.queues[0], Grid.of(scenario)) is None


@pytest.mark.parametrize(
    ("arrives", "expected"),
    [
        ("2026-06-01 10:00", "2026-06-02 10:00:00"),
        ("2026-06-05 17:00", "2026-06-06 17:00:00"),  # weekends count
        ("2026-04-10 10:00", "2026-04-11 10:00:00"),  # before the start
    ],
)
def test_by_the_calendar_work_is_due_hours_after_it_arrives(arrives: str, expected: str) -> None:
    assert due(arrives, {"target_hours": 24}) == expected


@pytest.mark.parametrize(
    ("arrives", "expected"),
    [
        ("2026-06-01 10:00", "2026-06-01 14:00:00"),
        ("2026-06-01 14:00", "2026-06-01 18:00:00"),  # used up as the queue closes
        ("2026-06-01 14:01", "2026-06-02 08:01:00"),
        ("2026-06-01 20:00", "2026-06-02 12:00:00"),  # counts from the opening
        ("2026-06-05 17:00", "2026-06-08 11:00:00"),  # over the weekend
        ("2026-06-06 12:00", "2026-06-08 12:00:00"),
        ("2026-04-10 17:00", "2026-04-13 11:00:00"),  # a Friday before the start
    ],
)
def test_by_opening_hours_only_open_time_counts(arrives: str, expected: str) -> None:
    assert due(arrives, {"target_hours": 4, "clock": "OPENING"}) == expected


def test_opening_hours_may_span_several_days_and_closed_dates() -> None:
    assert due("2026-06-01 10:00", {"target_hours": 24, "clock": "OPENING"}) == "2026-06-03 14:00:00"
    assert (
        due("2026-06-01 10:00", {"target_hours": 24, "clock": "OPENING"}, closed=["2026-06-02"])
        == "2026-06-04 14:00:00"
    )


def test_hours_past_midnight_count_until_they_close() -> None:
    night = [{"days": ["MON", "WED"], "open": "20:00", "close": "04:00"}]
    assert due("2026-06-01 22:00", {"target_hours": 5, "clock": "OPENING"}, hours=night) == "2026-06-02 03:00:00"
    assert due("2026-06-02 03:00", {"target_hours": 5, "clock": "OPENING"}, hours=night) == "2026-06-04 00:00:00"


@pytest.mark.parametrize(
    ("arrives", "clock", "expected"),
    [
        ("2026-10-24 12:00", "CALENDAR", "2026-10-25 11:00:00"),  # the day of 25 hours
        ("2026-10-24 17:00", "OPENING", "2026-10-27 11:00:00"),  # 1 of Saturday, 10 of Sunday and Monday, 3 of Tuesday
    ],
)
def test_a_clock_change_lengthens_the_day_and_not_the_promise(arrives: str, clock: str, expected: str) -> None:
    daily = [{"open": "08:00", "close": "18:00"}]
    zone = {"start": "2026-10-19", "zone": "Europe/Paris", "hours": daily}
    assert due(arrives, {"target_hours": 24, "clock": clock}, **zone) == expected


def test_opening_hours_over_the_night_of_a_clock_change_have_an_hour_more() -> None:
    zone: dict[str, Any] = {"start": "2026-10-19", "zone": "Europe/Paris", "hours": None}
    assert due("2026-10-24 20:00", {"target_hours": 10, "clock": "OPENING"}, **zone) == "2026-10-25 05:00:00"


@pytest.mark.parametrize(
    ("arrives", "expected"),
    [
        ("2026-06-01 16:59", "2026-06-02 16:59:00"),
        ("2026-06-01 17:00", "2026-06-02 17:00:00"),  # at the cut-off is in time
        ("2026-06-01 17:01", "2026-06-03 08:00:00"),  # counts as Tuesday 08:00
        ("2026-06-02 03:00", "2026-06-03 08:00:00"),
        ("2026-06-05 17:01", "2026-06-09 08:00:00"),  # counts as Monday 08:00
        ("2026-06-06 12:00", "2026-06-09 08:00:00"),  # so does what comes on a closed day
    ],
)
def test_after_the_cut_off_work_counts_as_arriving_when_the_next_open_day_begins(arrives: str, expected: str) -> None:
    assert due(arrives, {"target_hours": 24, "cut_off": "17:00"}) == expected


def test_a_cut_off_and_opening_hours_work_together() -> None:
    promise = {"target_hours": 4, "clock": "OPENING", "cut_off": "15:00"}
    assert due("2026-06-01 15:00", promise) == "2026-06-02 09:00:00"
    assert due("2026-06-01 15:01", promise) == "2026-06-02 12:00:00"
    assert due("2026-06-05 15:01", promise) == "2026-06-08 12:00:00"


def test_a_cut_off_at_or_before_the_opening_is_on_the_next_day() -> None:
    night = [{"open": "20:00", "close": "04:00"}]
    promise = {"target_hours": 1, "cut_off": "02:00"}
    assert due("2026-06-02 01:30", promise, hours=night) == "2026-06-02 02:30:00"
    assert due("2026-06-02 02:30", promise, hours=night) == "2026-06-02 21:00:00"


def test_a_cut_off_is_local_time_of_the_queue() -> None:
    promise = {"target_hours": 24, "cut_off": "17:00"}
    # 15:30 in the scenario's UTC is 17:30 in Paris: Tuesday 08:00 there, 06:00 here, and a day
    assert due("2026-06-01 15:30", promise, timezone="Europe/Paris") == "2026-06-03 06:00:00"


@pytest.mark.parametrize(
    ("arrives", "day", "expected"),
    [
        ("2026-06-01 10:00", "WD3", "2026-06-03 18:00:00"),
        ("2026-06-03 18:00", "WD3", "2026-06-03 18:00:00"),
        ("2026-06-03 18:01", "WD3", "2026-07-03 18:00:00"),  # passed: the next month's
        ("2026-05-20 10:00", "WD3", "2026-06-03 18:00:00"),
        ("2026-06-10 10:00", "WD-1", "2026-06-30 18:00:00"),
        ("2026-06-10 10:00", "WD23", "2026-07-31 18:00:00"),  # June has 22
        ("2026-07-31 18:01", "WD23", "2026-12-31 18:00:00"),
    ],
)
def test_work_may_be_due_on_a_working_day(arrives: str, day: str, expected: str) -> None:
    assert due(arrives, {"due": day}) == expected


def test_a_closed_date_is_no_working_day() -> None:
    assert due("2026-06-01 10:00", {"due": "WD3"}, closed=["2026-06-02"]) == "2026-06-04 18:00:00"


def test_after_the_cut_off_of_the_working_day_the_next_month_s_is_due() -> None:
    promise = {"due": "WD3", "cut_off": "12:00"}
    assert due("2026-06-03 12:00", promise) == "2026-06-03 18:00:00"
    assert due("2026-06-03 12:01", promise) == "2026-07-03 18:00:00"


def test_round_the_clock_a_working_day_ends_at_midnight() -> None:
    assert due("2026-06-01 10:00", {"due": "WD3"}, hours=None) == "2026-06-04 00:00:00"


def test_work_that_no_opening_is_left_for_is_never_due() -> None:
    until = [{"open": "08:00", "close": "18:00", "to": "2026-06-03"}]
    for promise in ({"target_hours": 20, "clock": "OPENING"}, {"target_hours": 1, "cut_off": "17:00"}, {"due": "WD2"}):
        times = DueTimes.of(*promised(promise, hours=until))
        assert times is not None
        assert times.at(np.array([2 * DAY + 17 * HOUR + 1], np.int64)).tolist() == [NEVER]


def test_the_oldest_piece_of_the_opening_backlog_is_covered() -> None:
    backlog = {"volume": 10, "mean_age_hours": 200}
    arrival = "2025-08-01 17:00"  # some 7,300 hours before the start, a Friday
    assert due(arrival, {"target_hours": 4, "clock": "OPENING"}, backlog=backlog) == "2025-08-04 11:00:00"


turnarounds = st.fixed_dictionaries(
    {}, optional={"cut_off": st.sampled_from(["00:00", "02:30", "07:00", "12:15", "18:00", "24:00"])}
).flatmap(
    lambda cut: st.one_of(
        st.fixed_dictionaries(
            {"target_hours": st.sampled_from([0.25, 1, 10, 31.5]), "clock": st.sampled_from(["CALENDAR", "OPENING"])}
        ),
        st.fixed_dictionaries({"due": st.sampled_from(["WD1", "WD7", "WD-2"])}),
    ).map(lambda promise: {**promise, **cut})
)
spans = st.tuples(st.integers(0, 47), st.integers(0, 48)).map(
    lambda span: {"open": _clock(span[0]), "close": _clock(span[1])}
)
openings = st.lists(
    st.builds(lambda span, days: {**span, "days": days}, spans, st.lists(st.sampled_from(WEEKDAYS), min_size=1)),
    min_size=1,
    max_size=3,
)


def _clock(half_hours: int) -> str:
    return f"{half_hours // 2:02}:{half_hours % 2 * 30:02}"


@settings(max_examples=60, deadline=None, derandomize=True)
@given(turnarounds, openings)
def test_due_times_never_fall_and_are_never_before_the_arrival(promise: dict[str, Any], hours: Any) -> None:
    times = DueTimes.of(*promised(promise, hours=hours, start="2026-10-19", zone="Europe/Paris"))
    assert times is not None
    arrivals = np.arange(-10 * DAY, 8 * DAY, 10 * MINUTE)
    arrivals = np.union1d(arrivals, times.begins[np.abs(times.begins) < 10 * DAY])
    due_at = times.at(arrivals)
    assert np.all(np.diff(times.begins) > 0)
    assert np.all(np.diff(due_at) >= 0)
    assert np.all(due_at >= arrivals)
    assert set(times.slopes.tolist()) <= {0, 1}


@settings(max_examples=40, deadline=None, derandomize=True)
@given(openings, st.sampled_from([15, 60, 600, 1890]))
def test_open_time_is_what_a_clock_that_runs_while_the_queue_is_open_shows(hours: Any, minutes: int) -> None:
    times = DueTimes.of(*promised({"target_hours": minutes / 60, "clock": "OPENING"}, hours=hours))
    assert times is not None
    days = 40  # of minutes, open or not
    is_open = np.zeros(days * 1440 + 1440, bool)
    for day in range(days):
        for entry in hours:
            if day % 7 < 5 and WEEKDAYS[day % 7] in entry["days"]:
                opens, closes = (int(entry[at][:2]) * 60 + int(entry[at][3:]) for at in ("open", "close"))
                is_open[day * 1440 + opens : day * 1440 + closes + (1440 if closes <= opens else 0)] = True
    shown = np.concatenate([[0], np.cumsum(is_open)])
    for arrival in range(7 * 1440, 9 * 1440, 45):  # the week before may reach into the first days
        until = shown[arrival] + minutes
        if until <= shown[-1]:
            expected = int(np.searchsorted(shown, until, "left"))
            assert times.at(np.array([arrival * MINUTE], np.int64))[0] == expected * MINUTE
