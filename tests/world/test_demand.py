from datetime import date, datetime, timedelta
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simulation.scenario.grid import HOUR, MINUTE, Grid
from simulation.scenario.scenario import Scenario
from simulation.world.demand.cells import Cells, closings, expected_cells, handling_multipliers
from tests.world.sketch import sketch

WEEKDAYS = ["MON", "TUE", "WED", "THU", "FRI"]
NINE_TO_FIVE = [{"days": WEEKDAYS, "open": "09:00", "close": "17:00"}]


def cells_of(scenario: Scenario) -> tuple[Grid, Cells]:
    grid = Grid.of(scenario)
    return grid, expected_cells(scenario, grid)[0]


def by_day(scenario: Scenario) -> list[float]:
    grid, cells = cells_of(scenario)
    return list(np.bincount(grid.day_of_interval[cells.interval], cells.volume, len(grid.dates)))


def by_hour(scenario: Scenario) -> list[float]:
    grid, cells = cells_of(scenario)
    return list(np.bincount(cells.start // HOUR, cells.volume, grid.horizon // HOUR))


def test_a_week_is_shared_by_weekday_weights_over_the_open_weekdays() -> None:
    scenario = sketch(
        demand={"weekly_volume": 1100, "weekday_weights": {"MON": 1.5, "SAT": 9.0}}, queue={"hours": NINE_TO_FIVE}
    )

    assert by_day(scenario) == pytest.approx([300, 200, 200, 200, 200, 0, 0])


def test_a_closed_date_loses_its_volume() -> None:
    scenario = sketch(queue={"closed": ["2026-06-03"]})

    assert by_day(scenario) == pytest.approx([1000, 1000, 0, 1000, 1000, 1000, 1000])


def test_a_day_is_shared_by_weight_times_open_time() -> None:
    scenario = sketch(
        days=1,
        demand={"weekly_volume": 70, "time_of_day_weights": [{"weights": {"08:00": 1.0, "10:00": 3.0}}]},
        queue={"hours": [{"open": "07:00", "close": "11:00"}]},
    )

    # before 08:00 the last weight holds: 3 + 1 + 1 + 3 parts of a day's 10
    assert by_hour(scenario)[6:12] == pytest.approx([0, 10 * 3 / 8, 10 / 8, 10 / 8, 10 * 3 / 8, 0])


def test_the_first_entry_that_names_the_day_weighs_it_and_days_without_one_are_flat() -> None:
    weights = [{"days": ["MON"], "weights": {"00:00": 1, "12:00": 3}}, {"days": ["MON"], "weights": {"00:00": 1}}]
    scenario = sketch(days=2, demand={"weekly_volume": 7 * 24, "time_of_day_weights": weights})

    assert by_hour(scenario) == pytest.approx([0.5] * 12 + [1.5] * 12 + [1.0] * 24)


def test_cells_are_the_open_stretches_of_each_interval() -> None:
    hours = [{"open": "09:10", "close": "09:20"}, {"open": "09:25", "close": "10:05"}]
    scenario = sketch(days=1, demand={"weekly_volume": 350}, queue={"hours": hours})

    grid, cells = cells_of(scenario)

    nine = 9 * HOUR
    assert cells.interval.tolist() == [18, 18, 19, 20]
    assert (cells.start - nine).tolist() == [10 * MINUTE, 25 * MINUTE, 30 * MINUTE, 60 * MINUTE]
    assert cells.length.tolist() == [10 * MINUTE, 5 * MINUTE, 30 * MINUTE, 5 * MINUTE]
    assert cells.volume == pytest.approx([10, 5, 30, 5])
    assert closings(scenario, grid)[0].tolist() == [nine + 20 * MINUTE, nine + 65 * MINUTE]


@pytest.mark.parametrize(
    ("zone", "day", "hours"),
    [
        ("America/New_York", "2026-03-08", 23),
        ("America/New_York", "2026-11-01", 25),
        ("Australia/Sydney", "2026-10-04", 23),
        ("Australia/Sydney", "2026-04-05", 25),
        ("Australia/Lord_Howe", "2026-10-04", 23.5),
        ("Australia/Lord_Howe", "2026-04-05", 24.5),
    ],
)
def test_a_clock_change_loses_the_skipped_time_and_doubles_the_repeated(zone: str, day: str, hours: float) -> None:
    scenario = sketch(start=day, zone=zone, days=1, demand={"weekly_volume": 7 * 2400})

    assert by_day(scenario) == pytest.approx([100 * hours])


def test_local_hours_stay_local_through_a_clock_change() -> None:
    scenario = sketch(start="2026-10-30", zone="America/New_York", days=5, queue={"hours": NINE_TO_FIVE})

    grid, cells = cells_of(scenario)

    local = {grid.instant(int(start)).time().isoformat("minutes") for start in cells.start}
    assert (min(local), max(local)) == ("09:00", "16:30")
    assert [grid.instant(int(end)).time().hour for end in closings(scenario, grid)[0]] == [17, 17, 17]
    assert by_day(scenario) == pytest.approx([1400, 0, 0, 1400, 1400])


def test_a_queue_lives_in_its_own_zone() -> None:
    scenario = sketch(days=1, demand={"weekly_volume": 50}, queue={"hours": NINE_TO_FIVE, "timezone": "Asia/Manila"})

    grid, cells = cells_of(scenario)

    assert (cells.start[0], cells.start[-1] + cells.length[-1]) == (1 * HOUR, 9 * HOUR)
    assert cells.volume.sum() == pytest.approx(10)
    assert closings(scenario, grid)[0].tolist() == [9 * HOUR]


def test_hours_past_midnight_belong_to_the_date_on_which_they_open() -> None:
    nights = [{"days": ["MON", "TUE"], "open": "22:00", "close": "02:00"}]
    scenario = sketch(demand={"weekly_volume": 800}, queue={"hours": nights, "closed": ["2026-06-02"]}, days=3)

    grid = Grid.of(scenario)

    assert by_day(scenario) == pytest.approx([200, 200, 0])  # Monday's 400 over Monday and Tuesday, Tuesday's lost
    assert closings(scenario, grid)[0].tolist() == [26 * HOUR]


def test_weights_go_on_past_midnight() -> None:
    weights = [{"days": ["MON"], "weights": {"20:00": 1.0, "02:00": 3.0}}]
    nights = [{"days": ["MON"], "open": "20:00", "close": "04:00"}]
    scenario = sketch(demand={"weekly_volume": 12, "time_of_day_weights": weights}, queue={"hours": nights}, days=2)

    assert by_hour(scenario)[19:29] == pytest.approx([0, *[1] * 6, 3, 3, 0])


def test_hours_of_the_night_before_the_start_reach_into_the_horizon() -> None:
    nights = [{"days": ["SUN"], "open": "22:00", "close": "02:00"}]
    scenario = sketch(demand={"weekly_volume": 800}, queue={"hours": nights}, days=1)

    grid = Grid.of(scenario)

    assert by_day(scenario) == pytest.approx([400])
    assert closings(scenario, grid)[0].tolist() == [2 * HOUR]


def test_a_queue_open_round_the_clock_closes_only_for_closed_dates() -> None:
    always, once = sketch(), sketch(queue={"closed": ["2026-06-03"]})

    assert closings(always, Grid.of(always))[0].tolist() == []
    assert closings(once, Grid.of(once))[0].tolist() == [48 * HOUR]


def test_hours_hold_between_their_dates_and_decide_which_weekdays_are_open() -> None:
    hours = [{"days": ["MON", "TUE"], "open": "09:00", "close": "17:00", "to": "2026-06-01"}]
    hours += [{"days": ["MON", "TUE", "WED", "THU"], "open": "10:00", "close": "12:00", "from": "2026-06-02"}]
    scenario = sketch(queue={"hours": hours}, demand={"weekly_volume": 1200})

    assert by_day(scenario) == pytest.approx([600, 300, 300, 300, 0, 0, 0])


def test_season_steps_at_the_local_border_of_month_or_iso_week() -> None:
    by_month = sketch(start="2026-06-29", days=4, demand={"weekly_volume": 70, "season": {"months": {"JUL": 1.5}}})
    by_week = sketch(start="2026-06-06", days=4, demand={"weekly_volume": 70, "season": {"weeks": {"24": 2.0}}})

    assert by_day(by_month) == pytest.approx([10, 10, 15, 15])
    assert by_day(by_week) == pytest.approx([10, 10, 20, 20])


def test_growth_compounds_by_day_from_the_start() -> None:
    scenario = sketch(days=366, demand={"weekly_volume": 7, "growth_per_year": 0.08})

    volumes = by_day(scenario)

    assert volumes[0] == pytest.approx(1)
    assert volumes[100] == pytest.approx(1.08 ** (100 / 365))
    assert volumes[365] == pytest.approx(1.08)


def test_events_rise_and_fall_on_straight_lines_and_multiply() -> None:
    sale = {"name": "Sale", "start": "2026-06-04", "days": 2, "multiplier": 4.0, "lead_in_days": 2, "decay_days": 1}
    recall = {"name": "Recall", "start": "2026-06-05", "multiplier": 0.5}
    scenario = sketch(demand={"weekly_volume": 70, "events": [sale, recall]}, days=8)

    assert by_day(scenario) == pytest.approx([10, 20, 30, 40, 20, 25, 10, 10])


def test_an_event_included_in_the_volumes_is_not_applied_again() -> None:
    sale = {"name": "Sale", "start": "2026-06-02", "multiplier": 3.0}
    volumes = {"2026-W23": 700}

    assert by_day(sketch(demand={"volumes": volumes, "events": [sale]}))[:3] == pytest.approx([100, 300, 100])
    assert by_day(sketch(demand={"volumes": volumes, "events": [{**sale, "included": True}]})) == pytest.approx(
        [100] * 7
    )


def test_working_days_are_counted_in_the_whole_month_over_open_days() -> None:
    # June 2026 begins on a Monday, here closed; its last working day is Tuesday the 30th
    profile = {"WD1": 2.0, "WD3": 3.0, "WD-1": 5.0}
    demand = {"weekly_volume": 70, "month_profile": profile}

    assert by_day(sketch(demand=demand, queue={"closed": ["2026-06-01"]})) == pytest.approx([0, 20, 10, 30, 10, 10, 10])
    assert by_day(sketch(demand=demand, start="2026-06-27", days=4)) == pytest.approx([10, 10, 10, 50])


def test_of_given_volumes_the_narrowest_period_wins() -> None:
    demand = {
        "volumes": {"2026-06": 3000, "2026-W24": 1400, "2026-06-10": 7},
        "weekday_weights": {"SUN": 0.0, "MON": 2.0},
    }
    scenario = sketch(demand=demand, days=16)

    month = 3000 / (5 * 2.0 + 4 * 5 + 1)  # June 2026: five Mondays, four of Tuesday to Saturday and a fifth Tuesday
    week = 1400 / 7
    first = [2 * month, *[month] * 5, 0]
    second = [2 * week, week, 7, week, week, week, 0]
    assert by_day(scenario) == pytest.approx([*first, *second, 2 * month, month])


def test_a_month_lies_on_its_open_dates_within_its_total() -> None:
    scenario = sketch(demand={"volumes": {"2026-06": 2900}}, queue={"closed": ["2026-06-02"]}, days=31)

    volumes = by_day(scenario)

    assert volumes[:3] == pytest.approx([100, 0, 100])
    assert sum(volumes) == pytest.approx(2900)
    assert volumes[30] == 0  # July has no entry


def test_a_series_is_used_as_it_is_and_is_zero_outside() -> None:
    demand = {"series": {"start": "2026-06-01T08:00", "minutes": 15, "volumes": [1, 2, 4, 8, 16]}}
    scenario = sketch(demand=demand, queue={"timezone": "Europe/Berlin"}, days=1)

    grid, cells = cells_of(scenario)

    volumes = np.bincount(cells.interval, cells.volume, grid.intervals)
    assert volumes[11:16].tolist() == [0, 3, 12, 16, 0]  # 08:00 in Berlin is 06:00 UTC


def test_a_series_lies_on_the_open_part_of_its_slots_and_takes_events() -> None:
    demand = {
        "series": {"start": "2026-05-31T00:00", "minutes": 60, "volumes": [6.0] * 72},
        "events": [{"name": "Sale", "start": "2026-06-01", "multiplier": 2.0}],
    }
    scenario = sketch(demand=demand, queue={"hours": [{"open": "09:30", "close": "11:00"}]}, days=2)

    _, cells = cells_of(scenario)

    assert (cells.start // (HOUR // 2)).tolist() == [19, 20, 21, 67, 68, 69]
    assert cells.volume == pytest.approx([12, 6, 6, 6, 3, 3])


def test_a_series_runs_in_elapsed_time_through_a_clock_change() -> None:
    demand = {"series": {"start": "2026-11-01T00:00", "minutes": 60, "volumes": list(range(25))}}

    assert by_hour(sketch(demand=demand, start="2026-11-01", zone="America/New_York", days=1)) == pytest.approx(
        list(range(25))
    )


def test_handling_changes_by_the_queue_s_own_date() -> None:
    handling = {
        "mean_seconds": 300,
        "changes": [{"from": "2026-06-02", "multiplier": 1.2}, {"from": "2026-06-03", "multiplier": 0.9}],
    }
    scenario = sketch(queue={"handling": handling, "timezone": "Asia/Tokyo"}, days=2, interval_minutes=60)

    multipliers = handling_multipliers(scenario, Grid.of(scenario))[0]

    assert multipliers.tolist() == [1.0] * 15 + [1.2] * 24 + [0.9] * 9


clocks = st.integers(0, 47).map(lambda half_hour: f"{half_hour // 2:02}:{30 * (half_hour % 2):02}")
some_hours = st.lists(
    st.fixed_dictionaries(
        {
            "days": st.lists(st.sampled_from([*WEEKDAYS, "SAT", "SUN"]), min_size=1, unique=True),
            "open": clocks,
            "close": clocks,
        }
    ),
    min_size=1,
    max_size=3,
)
some_weights = st.dictionaries(clocks, st.floats(0.1, 5.0), min_size=1, max_size=4)


@settings(max_examples=60, deadline=None)
@given(
    some_hours, some_weights, st.sampled_from(["UTC", "Asia/Manila", "America/New_York"]), st.sampled_from([15, 30, 60])
)
def test_whole_weeks_keep_their_volume_and_cells_their_bounds(
    hours: list[dict[str, Any]], weights: dict[str, float], zone: str, minutes: int
) -> None:
    scenario = sketch(
        demand={"weekly_volume": 5000, "time_of_day_weights": [{"weights": weights}]},
        queue={"hours": hours, "timezone": zone},
        weeks=2,
        interval_minutes=minutes,
    )

    grid, cells = cells_of(scenario)

    # weeks of the same hours follow each other, so what the cut loses at one end it gains at the other
    assert cells.volume.sum() == pytest.approx(10_000)
    ends = cells.start + cells.length
    assert (cells.length > 0).all()
    assert (cells.start[1:] >= ends[:-1]).all()
    assert (cells.start // grid.interval == cells.interval).all()
    assert (ends <= (cells.interval + 1) * grid.interval).all()
    assert set(closings(scenario, grid)[0].tolist()) <= set(ends.tolist())


@settings(max_examples=25, deadline=None)
@given(some_hours, st.dates(date(2026, 1, 1), date(2027, 1, 1)))
def test_cells_are_open_by_the_wall_clock(hours: list[dict[str, Any]], start: date) -> None:
    scenario = sketch(queue={"hours": hours}, start=start.isoformat(), zone="America/New_York", days=3)

    grid, cells = cells_of(scenario)

    open_minutes = sum(
        is_open(hours, grid.instant(k * 15 * MINUTE).replace(tzinfo=None)) for k in range(grid.horizon // (15 * MINUTE))
    )
    assert cells.length.sum() == open_minutes * 15 * MINUTE


def is_open(hours: list[dict[str, Any]], local: datetime) -> bool:
    clock, names = local.strftime("%H:%M"), [*WEEKDAYS, "SAT", "SUN"]
    today, yesterday = names[local.weekday()], names[(local - timedelta(days=1)).weekday()]
    for entry in hours:
        over_midnight = entry["close"] <= entry["open"]
        if today in entry["days"] and entry["open"] <= clock and (over_midnight or clock < entry["close"]):
            return True
        if over_midnight and yesterday in entry["days"] and clock < entry["close"]:
            return True
    return False
