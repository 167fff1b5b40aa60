from typing import Any

import numpy as np
import pytest
import simpy
from hypothesis import given, settings
from hypothesis import strategies as st

from simulation.outcome.counting.counters import FlowField, GroupField, StockField
from simulation.scenario.grid import HOUR, Grid
from simulation.scenario.scenario import Scenario
from simulation.world.people.team import DayRoster, Team, Teams
from simulation.world.randomness import Draws
from simulation.world.rosters.roster import Roster
from tests.world.sketch import sketch

WEEKDAYS = ["MON", "TUE", "WED", "THU", "FRI"]
DAY_SHIFT = {"start": "09:00", "hours": 8, "days": WEEKDAYS}


def staffed(shifts: list[dict[str, Any]], heads: int = 100, **changes: Any) -> Scenario:
    workforce = {"headcount": heads, **changes.pop("workforce", {})}
    return sketch(team={"workforce": workforce, "shifts": shifts}, **changes)


def roster_of(scenario: Scenario) -> Roster:
    return Roster.of(scenario.teams[0], scenario.vendors[0].sites[0], Grid.of(scenario))


def on_floor(scenario: Scenario, heads: int = 100) -> list[float]:
    return list(heads * roster_of(scenario).on_floor)


def living(scenario: Scenario, number: int = 0) -> tuple[Grid, Teams, simpy.Environment]:
    grid, env = Grid.of(scenario), simpy.Environment(0)
    headcount = np.zeros((len(grid.weeks), len(StockField) + len(FlowField)), np.int64)
    required = np.zeros(grid.intervals)
    team = Team(env, scenario.teams[0], roster_of(scenario), grid, Draws(1, number), headcount, required=required)
    return grid, Teams([team]), env


def test_a_shift_of_every_working_day_has_all_heads_on_it() -> None:
    agents = on_floor(staffed([DAY_SHIFT]))

    assert agents[:48] == pytest.approx([0] * 18 + [100] * 16 + [0] * 14)
    assert agents[5 * 48 :] == pytest.approx([0] * 96)


def test_a_shift_of_seven_days_has_five_sevenths_of_the_heads_on_each() -> None:
    assert on_floor(staffed([{**DAY_SHIFT, "days": [*WEEKDAYS, "SAT", "SUN"]}]))[20] == pytest.approx(500 / 7)


def test_shares_split_the_heads_and_short_weeks_thin_them() -> None:
    shifts = [{**DAY_SHIFT, "share": 0.75}, {**DAY_SHIFT, "start": "13:00", "share": 0.25}]

    agents = on_floor(staffed(shifts, workforce={"hours_per_week": 20}))

    assert [agents[interval] for interval in (20, 30, 36)] == pytest.approx([37.5, 50, 12.5])


def test_a_shift_counts_for_the_part_of_an_interval_that_it_covers() -> None:
    agents = on_floor(staffed([{**DAY_SHIFT, "start": "09:10"}]))

    assert agents[17:20] == pytest.approx([0, 100 * 20 / 30, 100])
    assert agents[33:36] == pytest.approx([100, 100 * 10 / 30, 0])


def test_breaks_are_staggered_over_the_middle_half_of_the_shift() -> None:
    shift = {**DAY_SHIFT, "start": "08:00", "hours": 9, "break_minutes": 60}

    roster = roster_of(staffed([shift], interval_minutes=15))

    # from 10:15 to 14:45 an hour of break lies on four and a half hours
    assert (100 * roster.rostered[32:41]).tolist() == pytest.approx([100] * 9)
    assert (100 * roster.rostered[41:59]).tolist() == pytest.approx([100 * 3.5 / 4.5] * 18)
    assert roster.rostered[:96].sum() * 0.25 == pytest.approx(8)


def test_shrinkage_takes_leave_then_time_in_the_office() -> None:
    shrinkage = {"leave": 0.06, "in_office": 0.12, "months": {"JUN": {"leave": 0.5}}}
    scenario = staffed([DAY_SHIFT], workforce={"shrinkage": shrinkage}, start="2026-05-25", weeks=2)

    roster = roster_of(scenario)

    may, june = 20, 7 * 48 + 20
    assert (roster.rostered[may], roster.rostered[june]) == pytest.approx((1, 1))
    assert (roster.absent[may], roster.absent[june]) == pytest.approx((0.06, 0.5))
    assert (roster.on_floor[may], roster.on_floor[june]) == pytest.approx((0.94 * 0.88, 0.5 * 0.88))


def test_shifts_stay_local_at_their_site_through_clock_changes() -> None:
    # New York is five hours behind Berlin but for the week between their clock changes
    scenario = staffed(
        [DAY_SHIFT],
        start="2026-10-19",
        zone="America/New_York",
        site_zone="Europe/Berlin",
        weeks=3,
        interval_minutes=60,
    )

    grid, roster = Grid.of(scenario), roster_of(scenario)

    at_work = [grid.instant(int(start)) for start in grid.interval_starts[roster.on_floor > 0.5]]
    first_hours = [min(time.hour for time in at_work if time.day == day) for day in (19, 23, 26, 30, 2, 6)]
    assert first_hours == [3, 3, 4, 4, 3, 3]
    assert len(at_work) == 15 * 8


def test_a_night_shift_is_an_hour_longer_when_the_clock_goes_back() -> None:
    night = {"start": "22:00", "hours": 8, "days": ["SAT"]}
    scenario = staffed([night], start="2026-10-26", zone="America/New_York", workforce={"hours_per_week": 8})

    roster = roster_of(scenario)

    assert np.flatnonzero(roster.rostered).tolist() == list(range(6 * 48 - 4, 6 * 48 + 14))
    assert roster.rostered.sum() * 0.5 == pytest.approx(9)


def test_a_half_hour_clock_change_moves_the_shift_by_half_an_hour() -> None:
    scenario = staffed(
        [{**DAY_SHIFT, "days": ["SAT", "SUN"]}],
        start="2026-10-03",
        zone="Australia/Lord_Howe",
        days=2,
        workforce={"hours_per_week": 16},
    )

    at_work = np.flatnonzero(roster_of(scenario).rostered).tolist()

    assert at_work == [*range(18, 34), *range(48 + 17, 48 + 33)]


def test_the_night_before_the_start_reaches_into_the_first_morning() -> None:
    night = {"start": "22:00", "hours": 8, "days": ["SUN"]}

    roster = roster_of(staffed([night], workforce={"hours_per_week": 8}, days=1))

    assert np.flatnonzero(roster.rostered).tolist() == list(range(12))


@pytest.mark.slow
def test_agents_are_whole_and_right_on_average() -> None:
    scenario = staffed([{**DAY_SHIFT, "days": [*WEEKDAYS, "SAT", "SUN"]}], heads=37, days=2)
    exact = 37 * 5 / 7

    teams = [living(scenario, number)[1] for number in range(1000)]
    mornings = [team.today(0).agents[0] for team in teams]

    assert {len(set(agents[18:34].tolist())) for agents in mornings} == {1}  # one uniform a day, not an interval
    found = [int(agents[20]) for agents in mornings]
    assert set(found) == {int(exact), int(exact) + 1}
    part = exact % 1
    assert abs(np.mean(found) - exact) < 4 * (part * (1 - part) / 1000) ** 0.5
    assert found != [int(team.today(1).agents[0, 20]) for team in teams]


def test_a_day_counts_rostered_and_absent_time_of_today_s_heads() -> None:
    workforce = {"shrinkage": {"leave": 0.1, "in_office": 0.2}}
    _, team, _ = living(staffed([DAY_SHIFT], workforce=workforce))

    today = team.today(2)

    assert today.time(GroupField.ROSTERED)[0, 18:34].tolist() == [100 * HOUR // 2] * 16
    assert today.time(GroupField.ABSENT)[0, 18:34].tolist() == [10 * HOUR // 2] * 16
    assert set(today.agents[0, 18:34].tolist()) == {72}
    assert today.time(GroupField.ROSTERED).sum() == 800 * HOUR


def test_a_class_works_from_the_day_on_which_its_training_ends() -> None:
    classes = [{"start": "2026-06-01", "size": 20, "training_weeks": 1}]
    grid, team, env = living(staffed([DAY_SHIFT], workforce={"classes": classes}, weeks=2))
    days: list[DayRoster] = []

    def mornings() -> Any:
        for day, start in enumerate(grid.days[:-1].tolist()):
            yield env.timeout(start - env.now)
            days.append(team.today(day))

    env.process(mornings())
    env.run(until=grid.horizon)

    assert [int(day.agents[0, 20]) for day in days] == [100] * 5 + [0] * 2 + [120] * 5 + [0] * 2


def test_given_staffing_is_on_the_floor_as_it_is() -> None:
    agents = list(range(96))
    scenario = sketch(team={"staffing": {"agents": agents}}, days=2)
    _, team, _ = living(scenario)

    tomorrow = team.today(1)

    assert tomorrow.agents[0].tolist() == agents[48:]
    assert tomorrow.time(GroupField.ROSTERED)[0].tolist() == [HOUR // 2 * n for n in agents[48:]]
    assert tomorrow.time(GroupField.ABSENT)[0].tolist() == [0] * 48


@pytest.mark.parametrize("zone", ["America/New_York", "Australia/Lord_Howe", "UTC"])
def test_days_part_the_intervals_whatever_their_length(zone: str) -> None:
    scenario = sketch(zone=zone, start="2026-10-01", days=60, interval_minutes=60)
    grid, team, _ = living(scenario)

    lengths = [len(team.today(day).agents[0]) for day in range(60)]

    assert sum(lengths) == grid.intervals
    assert lengths == np.bincount(grid.day_of_interval).tolist()


some_shifts = st.lists(
    st.fixed_dictionaries(
        {
            "start": st.integers(0, 1439).map(lambda minute: f"{minute // 60:02}:{minute % 60:02}"),
            "hours": st.sampled_from([6.0, 7.5, 8.5, 12.0]),
            "break_minutes": st.sampled_from([0, 30, 45, 60]),
            "days": st.lists(st.sampled_from([*WEEKDAYS, "SAT", "SUN"]), min_size=4, max_size=7, unique=True),
        }
    ),
    min_size=1,
    max_size=4,
)


@settings(max_examples=60, deadline=None)
@given(some_shifts, st.floats(0, 0.5), st.floats(0, 0.5), st.sampled_from([15, 30, 60]))
def test_paid_hours_and_shrinkage_are_kept(
    shifts: list[dict[str, Any]], leave: float, in_office: float, minutes: int
) -> None:
    shared = [{**shift, "share": 1 / len(shifts)} for shift in shifts]
    shrinkage = {"leave": leave, "in_office": in_office}
    workforce = {"hours_per_week": 20.0, "shrinkage": shrinkage}

    roster = roster_of(staffed(shared, workforce=workforce, weeks=2, interval_minutes=minutes))

    # the week before the start works on into Monday as far as the last night works on past the horizon
    paid = roster.rostered.sum() * minutes / 60
    assert paid == pytest.approx(2 * 20.0)
    assert roster.on_floor.sum() * minutes / 60 == pytest.approx(paid * (1 - leave) * (1 - in_office))
    assert roster.absent.sum() * minutes / 60 == pytest.approx(paid * leave)
