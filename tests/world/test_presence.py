from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from simulation.outcome.counting.counters import GroupField
from simulation.preview.preview import Preview
from simulation.replication import replicate
from simulation.scenario.grid import HOUR, Grid
from simulation.scenario.scenario import Scenario
from simulation.world.people.absence import Absence, mass_absences
from simulation.world.people.attendance import Attendance, DayAttendance
from simulation.world.people.crew import Crew, TeamToday
from simulation.world.people.persons import PERSON
from simulation.world.people.presence import Presence, Where
from simulation.world.randomness import Draws, mix_array
from simulation.world.rosters.patterns import Float64
from simulation.world.rosters.roster import Roster
from simulation.world.world import World
from tests.world.sketch import sketch

pytestmark = pytest.mark.slow

WEEKDAYS = ["MON", "TUE", "WED", "THU", "FRI"]
DAY_SHIFT = {"start": "09:00", "hours": 8, "days": WEEKDAYS}
EVERY_DAY = {"start": "09:00", "hours": 8}


def crew(heads: int = 1000, shifts: Sequence[dict[str, Any]] = (DAY_SHIFT,), **workforce: Any) -> dict[str, Any]:
    return {"workforce": {"headcount": heads, **workforce}, "shifts": list(shifts)}


@dataclass
class Group:
    """People of one agent group, the first of them so many-th of the team's persons."""

    heads: int
    first: int = 0
    weight: float = 1.0
    speed: float = 1.0
    mentoring: float = 0.0


def keys_of(heads: int) -> NDArray[np.uint64]:
    return mix_array(np.arange(heads, dtype=np.uint64))


def standing(*groups: Group, bench: int = 0) -> TeamToday:
    """A team of these agent groups."""
    persons = np.zeros(max(group.first + group.heads for group in groups), PERSON)
    persons["key"] = keys_of(len(persons))
    crew = Crew(
        persons=persons,
        gathering=len(persons),
        rows=np.concatenate([np.arange(group.first, group.first + group.heads) for group in groups]),
        bounds=[0, *np.cumsum([group.heads for group in groups]).tolist()],
        weights=np.repeat([group.weight for group in groups], [group.heads for group in groups]),
        fte=[group.weight * group.heads for group in groups],
        mentoring=[group.mentoring for group in groups],
    )
    return TeamToday(crew, [group.speed for group in groups], [1.0] * len(groups), bench)


def roster_of(scenario: Scenario) -> Roster:
    return Roster.of(scenario.teams[0], scenario.vendors[0].sites[0], Grid.of(scenario))


def attendance_of(scenario: Scenario, number: int = 0, required: float | Float64 = 0.0, groups: int = 2) -> Attendance:
    team, grid = scenario.teams[0], Grid.of(scenario)
    assert team.workforce is not None
    level, strikes = np.resize(required, grid.intervals), mass_absences(scenario)
    return Attendance([Presence(team, team.workforce, roster_of(scenario), level, strikes, Draws(1, number))], groups)


def at(day: DayAttendance, place: Where) -> Float64:
    """Agents of the only team's groups."""
    return np.asarray(day.agents[0, place])


def rostered(day: DayAttendance) -> Float64:
    return np.asarray(day.agents[0].sum(axis=0))


def absent(day: DayAttendance) -> Float64:
    return at(day, Where.ABSENT) + at(day, Where.LEAVE)


def absence_of(scenario: Scenario, number: int = 0) -> Absence:
    """The absence of a team on the dates of the scenario on which it works."""
    team, roster = scenario.teams[0], roster_of(scenario)
    plan = roster.plan
    assert team.workforce is not None
    worked = [date for date in range(3, len(plan.dates) - 3) if plan.patterns[date]]
    dates, chances = [plan.dates[date] for date in worked], roster.missing[worked]
    return Absence(team.id, team.workforce.absence, dates, chances, mass_absences(scenario), Draws(1, number))


def absent_by_day(scenario: Scenario, heads: int = 2000, number: int = 0) -> np.ndarray[Any, np.dtype[np.bool_]]:
    """Who is absent, days worked x people."""
    return absence_of(scenario, number).ahead(keys_of(heads)).T


def test_people_not_on_leave_are_absent_as_often_as_the_share_of_all_paid_days_says() -> None:
    scenario = sketch(
        team=crew(shifts=[EVERY_DAY], shrinkage={"leave": 0.2}, absence={"daily_probability": 0.08}), weeks=8
    )
    absent = absent_by_day(scenario)
    assert absent.mean() == pytest.approx(0.1, abs=4 * (0.1 * 0.9 / absent.size) ** 0.5)


@pytest.mark.parametrize("mean", [1, 2, 5])
def test_spells_have_their_mean_length_and_are_stationary_from_the_start(mean: int) -> None:
    absence = {"daily_probability": 0.05, "mean_spell_days": mean}
    absent = absent_by_day(sketch(team=crew(shifts=[EVERY_DAY], absence=absence), weeks=52), heads=4000)

    begins = absent[1:] & ~absent[:-1]
    length = absent[1:].sum() / begins.sum()
    assert length == pytest.approx(mean, rel=0.03)
    assert begins.mean() / (~absent[:-1]).mean() == pytest.approx(0.05 / (0.95 * mean), rel=0.03)
    assert absent[0].mean() == pytest.approx(0.05, abs=4 * (0.05 * 0.95 / 4000) ** 0.5)
    assert absent.mean() == pytest.approx(0.05, rel=0.02)


def test_weekdays_weigh_and_their_mean_is_kept_whatever_days_are_worked() -> None:
    absence = {"daily_probability": 0.06, "weekdays": {"MON": 2, "FRI": 1.5}}
    for shift, days in ((DAY_SHIFT, 5), (EVERY_DAY, 7)):
        scenario = sketch(team=crew(shifts=[shift], absence=absence), weeks=40)
        by_weekday = absent_by_day(scenario).mean(axis=1).reshape(-1, days).mean(axis=0)
        assert by_weekday.mean() == pytest.approx(0.06, rel=0.02)
        assert by_weekday[0] / by_weekday[1] == pytest.approx(2, rel=0.05)
        assert by_weekday[4] / by_weekday[1] == pytest.approx(1.5, rel=0.05)


def test_months_weigh_and_change_the_mean() -> None:
    absence = {"daily_probability": 0.06, "months": {"JUL": 1.5}}
    absent = absent_by_day(sketch(team=crew(shifts=[EVERY_DAY], absence=absence), days=61))
    assert absent[:30].mean() == pytest.approx(0.06, rel=0.04)
    assert absent[30:].mean() == pytest.approx(0.09, rel=0.04)


def test_a_team_s_people_have_the_day_s_factor_in_common() -> None:
    absence = {"daily_probability": 0.1, "day_cv": 0.4, "mean_spell_days": 2}
    scenario = sketch(team=crew(shifts=[EVERY_DAY], absence=absence), weeks=52)
    share = np.concatenate([absent_by_day(scenario, number=n).mean(axis=1) for n in range(3)])
    by_chance = 0.1 * 0.9 / 2000
    assert share.mean() == pytest.approx(0.1, rel=0.06)
    assert (share.var() - by_chance) ** 0.5 == pytest.approx(0.04, rel=0.1)


def test_a_person_s_absence_does_not_depend_on_who_else_is_there() -> None:
    absence = {"daily_probability": 0.2, "mean_spell_days": 3}
    scenario = sketch(team=crew(shifts=[EVERY_DAY], absence=absence), weeks=4)
    everybody = keys_of(300)
    some = everybody[50:150]
    mixed = np.roll(everybody, 7)
    found = dict(zip(mixed.tolist(), absence_of(scenario).ahead(mixed).tolist(), strict=True))
    assert [found[key] for key in some.tolist()] == absence_of(scenario).ahead(some).tolist()


def test_who_joins_later_soon_has_the_absence_of_one_who_was_there() -> None:
    absence = {"daily_probability": 0.2, "mean_spell_days": 3}
    scenario = sketch(team=crew(shifts=[EVERY_DAY], absence=absence), weeks=8)
    found, keys = absence_of(scenario), keys_of(500)
    alike = (found.ahead(keys)[:, 10:] == found.ahead(keys, 10)).mean(axis=0)
    assert 0.5 < alike[0] < alike[20:].min()
    assert alike[1:].min() > 0.7
    assert alike[21:].min() > 0.99


@pytest.mark.parametrize("mean", [1, 3])
def test_spells_ahead_are_those_that_follow_day_by_day(mean: float) -> None:
    absence = {"daily_probability": 0.3, "day_cv": 0.8, "mean_spell_days": mean}  # some days end every spell
    scenario = sketch(team=crew(shifts=[EVERY_DAY], absence=absence), weeks=8)
    found, keys = absence_of(scenario), keys_of(200)
    luck = mix_array(keys[:, None] ^ found._streams)
    absent = luck[:, 0] < found._new[0]
    for day, row in enumerate(found.ahead(keys).T):
        if day:
            absent = luck[:, day] < np.where(absent, found._stay[day], found._begin[day])
        assert (row == absent).all()


def test_a_mass_absence_takes_its_share_of_the_site_for_its_days() -> None:
    event = {"kind": "MASS_ABSENCE", "site": "office", "start": "2026-06-03", "days": 2, "share": 0.3}
    scenario = sketch(team=crew(shifts=[EVERY_DAY], absence={"daily_probability": 0.1}), events=[event])
    absent = absent_by_day(scenario)
    struck = absent[2] & absent[3]
    assert absent.mean(axis=1) == pytest.approx([0.1, 0.1, 0.37, 0.37, 0.1, 0.1, 0.1], abs=0.03)
    assert struck.mean() == pytest.approx(0.3 + 0.7 * 0.01, abs=0.03)


def floor_shares(scenario: Scenario, replications: int) -> tuple[float, float]:
    """Hours on the floor and absent hours, of paid hours, of a whole experiment."""
    world = World.of(scenario)
    rows = sum(replicate(world, 1, number).groups.sum(axis=(0, 1)) for number in range(replications))
    paid = rows[GroupField.ROSTERED]
    return rows[GroupField.ON_FLOOR] / paid, rows[GroupField.ABSENT] / paid


@pytest.mark.parametrize("more", [{}, {"mean_spell_days": 3, "day_cv": 0.2, "weekdays": {"MON": 2}}])
def test_hours_on_the_floor_are_paid_hours_less_shrinkage(more: dict[str, Any]) -> None:
    workforce: dict[str, Any] = {
        "shrinkage": {"leave": 0.06, "in_office": 0.12},
        "absence": {"daily_probability": 0.05, **more},
        "employment": [{"share": 0.8, "hours_per_week": 40}, {"share": 0.2, "hours_per_week": 20}],
    }
    closing = {"hours": [{"open": "09:00", "close": "17:00"}]}
    scenario = sketch(team=crew(heads=400, **workforce), queue=closing, demand={"weekly_volume": 500}, weeks=13)

    on_floor, absent = floor_shares(scenario, 5)

    assert on_floor == pytest.approx((1 - 0.06 - 0.05) * (1 - 0.12), abs=0.002)
    assert absent == pytest.approx(0.11, abs=0.002)


def test_preview_fitted_roster_and_floor_lose_the_same_share_of_paid_hours() -> None:
    workforce: dict[str, Any] = {
        "headcount": 400,
        "shrinkage": {"leave": 0.06, "in_office": 0.12},
        "absence": {"daily_probability": 0.05},
    }
    closing = {"hours": [{"days": ["MON", "TUE", "WED", "THU", "FRI"], "open": "08:00", "close": "20:00"}]}
    scenario = sketch(team={"workforce": workforce}, queue=closing, demand={"weekly_volume": 9000}, weeks=13)
    kept = (1 - 0.06 - 0.05) * (1 - 0.12)

    (crew_of,) = Preview.of(scenario).people
    required_hours = Preview.of(scenario).teams[scenario.teams[0].id].sum() / 2
    assert required_hours / (crew_of.required.sum() * 40) == pytest.approx(kept, abs=1e-9)

    (fitted,) = World.of(scenario).rosters
    assert fitted.on_floor.sum() / fitted.rostered.sum() == pytest.approx(kept, abs=1e-9)

    on_floor, _ = floor_shares(scenario, 5)
    assert on_floor == pytest.approx(kept, abs=0.002)


def test_contracts_set_how_many_work_on_a_day() -> None:
    employment = [
        {"share": 0.5, "hours_per_week": 40, "days_per_week": 5},
        {"share": 0.5, "hours_per_week": 30, "days_per_week": 6},
    ]
    roster = roster_of(sketch(team=crew(shifts=[EVERY_DAY], employment=employment)))
    # of an FTE the hours-weighted mean of five and six days on seven
    assert roster.rostered[20] == pytest.approx((40 * 5 + 30 * 6) / 70 / 7)


def test_holidays_thin_the_roster() -> None:
    holidays = {"work_share": 0.4, "extra": ["2026-07-01"]}
    scenario = sketch(start="2026-06-29", team=crew(holidays=holidays), weeks=1)
    rostered = roster_of(scenario).rostered[20::48]
    # 4 July 2026 is a Saturday, observed on Friday the third
    assert rostered.tolist() == pytest.approx([1, 1, 0.4, 1, 0.4, 0, 0])


def test_holidays_are_another_country_s_where_it_says_so() -> None:
    scenario = sketch(start="2026-07-13", team=crew(holidays={"calendar": "FR"}), weeks=1)
    assert roster_of(scenario).rostered[20::48].tolist() == pytest.approx([1, 0, 1, 1, 1, 0, 0])


def test_nobody_is_absent_from_work_he_does_not_have() -> None:
    absence = {"daily_probability": 0.3, "mean_spell_days": 4}
    scenario = sketch(team=crew(absence=absence, holidays={"extra": ["2026-06-03"]}), weeks=2)
    attendance = attendance_of(scenario)
    days = [attendance.today(day, [standing(Group(1000))]) for day in range(14)]
    assert [bool(absent(day).sum()) for day in days] == [True, True, False, True, True, False, False] + [True] * 5 + [
        False
    ] * 2


def test_groups_share_the_roster_by_their_hours_and_have_their_own_people_s_absence() -> None:
    event = {"kind": "MASS_ABSENCE", "site": "office", "start": "2026-06-01", "days": 1, "share": 0.5}
    attendance = attendance_of(sketch(team=crew(), events=[event]))
    alone = attendance_of(sketch(team=crew(), events=[event]))

    both = attendance.today(0, [standing(Group(600), Group(400, first=600, weight=0.5))])
    one = alone.today(0, [standing(Group(600))])

    assert rostered(both)[:, 20] == pytest.approx([600, 200])
    assert absent(both)[0] == pytest.approx(absent(one)[0])
    assert absent(both)[1, 20] == pytest.approx(100, abs=25)
    assert not np.isclose(absent(both)[1, 20] * 3, absent(both)[0, 20])


def test_mentors_and_benches_are_where_they_are() -> None:
    shrinkage = {"leave": 0.1, "in_office": 0.2}
    attendance = attendance_of(sketch(team=crew(shrinkage=shrinkage)))
    day = attendance.today(0, [standing(Group(100, mentoring=0.25), Group(40), bench=10)])
    assert rostered(day)[:, 20] == pytest.approx([100 + 10, 40])
    assert absent(day)[:, 20] == pytest.approx([11, 4])
    assert at(day, Where.LEAVE)[:, 20] == pytest.approx([11, 4])
    assert at(day, Where.IN_OFFICE)[:, 20] == pytest.approx([110 * 0.18, 40 * 0.18])
    assert at(day, Where.MENTORING)[:, 20] == pytest.approx([25 * 0.72, 0])
    assert at(day, Where.ON_FLOOR)[:, 20] == pytest.approx([(75 + 10) * 0.72, 40 * 0.72])
    assert day.surge[0, 20] == pytest.approx(10)


def overtime_days(required: float | Float64, days: int = 7, groups: Any = None, **rules: Any) -> list[DayAttendance]:
    scenario = sketch(team=crew(shrinkage={"in_office": 0.2}, overtime=rules), weeks=-(-days // 7))
    attendance = attendance_of(scenario, required=required)
    return [attendance.today(day, [groups(day) if groups else standing(Group(100))]) for day in range(days)]


def test_overtime_fills_what_the_plan_is_short_of() -> None:
    monday = overtime_days(84, max_share=0.5, max_hours_per_week=40)[0]
    # eighty are on the floor of a hundred paid; four more take five paid
    assert monday.overtime[0, 20] == pytest.approx(5)
    assert at(monday, Where.ON_FLOOR)[0, 20] == pytest.approx(84)
    assert rostered(monday)[0, 20] == pytest.approx(105)
    assert not monday.overtime[0, :18].any()  # outside the team's hours


def test_shifts_that_lie_badly_are_no_reason_for_overtime() -> None:
    evening = np.zeros(48)
    evening[18:34] = [70.0] * 12 + [100.0] * 4  # eighty are there from nine to five, 77.5 are required on average
    assert not overtime_days(evening, max_share=0.5, max_hours_per_week=40)[0].overtime.any()

    evening[18:30] = 76.0  # 82 on average: the evening lacks twenty on the floor, 25 paid
    monday = overtime_days(evening, max_share=0.5, max_hours_per_week=40)[0]
    assert monday.overtime[0, 18:34].tolist() == pytest.approx([0] * 12 + [25] * 4)


def test_a_day_that_lacks_nothing_but_rounding_has_no_overtime() -> None:
    days = overtime_days(80 + 1e-9, days=35, max_weeks_running=2)
    assert not any(day.overtime.any() for day in days)


def test_slower_people_may_work_as_much_overtime() -> None:
    days = overtime_days(200, groups=lambda _: standing(Group(100, speed=1.6)), max_hours_per_week=2.4)
    assert sum(day.overtime.sum() / 2 for day in days) == pytest.approx(240)


def test_overtime_is_bounded_by_people_and_by_the_week() -> None:
    days = overtime_days(200, max_share=0.1, max_hours_per_week=2.4)
    hours = [day.overtime.sum() / 2 for day in days]
    assert hours == pytest.approx([80, 80, 80, 0, 0, 0, 0])


def test_overtime_needs_people_who_accept() -> None:
    days = overtime_days(200, max_share=0.1, max_hours_per_week=40, acceptance=0.6)
    assert np.mean([day.overtime[0, 20] for day in days[:5]]) == pytest.approx(6, abs=4 * (0.24 / 500) ** 0.5 * 10)
    assert len({day.overtime[0, 20] for day in days[:5]}) > 1


def test_after_weeks_with_overtime_comes_one_without() -> None:
    days = overtime_days(84, days=35, max_share=0.5, max_weeks_running=2)
    worked = [any(day.overtime.any() for day in days[week * 7 : week * 7 + 7]) for week in range(5)]
    assert worked == [True, True, False, True, True]


def test_overtime_is_decided_with_what_was_known_at_notice() -> None:
    def leaving(day: int) -> TeamToday:
        return standing(Group(100 if day < 2 else 80))

    days = overtime_days(80, groups=leaving, max_share=0.5, max_hours_per_week=40, notice_hours=24)
    assert [day.overtime[0, 20] for day in days[:4]] == pytest.approx([0, 0, 0, 20])


def time_off(required: float, **rules: Any) -> DayAttendance:
    shrinkage = {"leave": 0.1, "in_office": 0.2}
    scenario = sketch(team=crew(shrinkage=shrinkage, voluntary_time_off=rules))
    return attendance_of(scenario, required=required).today(0, [standing(Group(100))])


def test_voluntary_time_off_gives_back_what_is_over() -> None:
    unpaid, paid = time_off(70, max_share=0.5), time_off(70, max_share=0.5, paid=True)
    gone = 90 * (1 - 70 / 72)
    assert at(unpaid, Where.ON_FLOOR)[0, 20] == at(paid, Where.ON_FLOOR)[0, 20] == pytest.approx(70)
    assert (rostered(unpaid)[0, 20], absent(unpaid)[0, 20]) == pytest.approx((100 - gone, 10))
    assert (rostered(paid)[0, 20], absent(paid)[0, 20]) == pytest.approx((100, 10 + gone))


def test_voluntary_time_off_is_bounded_and_stops_at_the_requirement() -> None:
    assert at(time_off(10, max_share=0.25), Where.ON_FLOOR)[0, 20] == pytest.approx(0.75 * 72)
    assert at(time_off(90), Where.ON_FLOOR)[0, 20] == pytest.approx(72)


def test_overtime_is_counted_by_the_replication() -> None:
    overtime = {"max_share": 0.2, "notice_hours": 0}
    busy = {"weekly_volume": 7000, "time_of_day_weights": [{"weights": {"00:00": 0, "09:00": 1, "17:00": 0}}]}
    scenario = sketch(team=crew(heads=5, overtime=overtime), demand=busy)
    rows = replicate(World.of(scenario), 1, 0).groups.sum(axis=(0, 1))
    assert rows[GroupField.OVERTIME] == pytest.approx(5 * 8 * HOUR)  # one day's worth of a week, by its hours' bound
    assert rows[GroupField.ROSTERED] == pytest.approx(5 * 48 * HOUR)
