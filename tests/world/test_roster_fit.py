from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.optimize import linprog

from simulation.outcome.counting.counters import GroupField
from simulation.replication import replicate
from simulation.scenario.grid import HOUR
from simulation.scenario.scenario import Scenario
from simulation.world.rosters.employment_kinds import Kind
from simulation.world.rosters.joint import JointRoster
from simulation.world.rosters.roster_fit import Fit, Fitting, Week
from simulation.world.rosters.whole_heads import cumulated, largest_remainder, spread
from simulation.world.world import World
from tests.world.sketch import sketch

Float64 = NDArray[np.float64]
FULL_TIME = (Kind(1.0, 40, 5),)
MIXED = (Kind(0.7, 40, 5), Kind(0.3, 20, 4))
TOLERANCE = 1e-6


def random_week(number: int) -> Week:
    """Two humps a day, other ones on each, round the clock or not; a month's end of shrinkage or a holiday in it."""
    rng = np.random.default_rng(number)
    hour = np.arange(48) / 2
    days = []
    for _ in range(7):
        humps = np.exp(-((hour - rng.uniform(9, 13)) ** 2) / 8) + rng.uniform(0.3, 1) * np.exp(-((hour - 18) ** 2) / 6)
        days.append(rng.uniform(0.5, 1.1) * (humps + rng.choice([0, 0.15])) * (hour >= rng.integers(0, 9)))
    required = np.ceil(np.concatenate(days) * rng.integers(8, 150))
    present, working = np.full(7, 0.8), np.ones(7)
    present[rng.integers(1, 7) :] = rng.uniform(0.7, 0.85)
    working[rng.integers(0, 7)] = rng.choice([1.0, 0.6])
    return Week(required, present, working)


def least_heads(week: Week, kind: Kind) -> float:
    """The relaxation, written once more: a shift a column, its minutes laid out one by one."""
    minutes = round(60 * kind.hours)
    at_work = np.ones(minutes)
    quarter = minutes // 4
    at_work[quarter : minutes - quarter] = 1 - kind.break_minutes / (minutes - 2 * quarter)
    columns, dates = [], []
    for day in range(7):
        for start in range(0, 1440, 30):
            covered = np.zeros(7 * 1440)
            np.add.at(covered, (day * 1440 + start + np.arange(minutes)) % (7 * 1440), at_work)
            columns.append(covered.reshape(-1, 30).mean(axis=1) * week.present[day] * week.working[day])
            dates.append(day)
    cover = np.stack(columns, axis=1)
    no_date_has_all = (np.arange(7)[:, None] == np.array(dates)) - 1 / kind.days_per_week
    found = linprog(
        np.full(len(dates), 1 / kind.days_per_week),
        A_ub=np.concatenate([-cover, no_date_has_all]),
        b_ub=np.concatenate([-week.required, np.zeros(7)]),
    )
    assert found.fun is not None
    return float(found.fun)


def provided(fitting: Fitting, fit: Fit, week: Week) -> Float64:
    here = np.repeat(week.present * week.working, len(fitting.starts))
    return np.asarray(fitting.at_work @ (fit.on_shift.ravel() * np.tile(here, len(fitting.kinds))))


@pytest.mark.parametrize("number", range(20))
def test_paid_hours_are_those_of_the_relaxation_and_every_rule_is_kept(number: int) -> None:
    week, fitting = random_week(number), Fitting(FULL_TIME, 48)

    fit = fitting.of(week)

    assert fit.heads <= 1.03 * least_heads(week, FULL_TIME[0])
    assert (provided(fitting, fit, week) >= week.required - TOLERANCE).all()
    assert fit.on_shift.sum() * FULL_TIME[0].paid_hours == pytest.approx(40 * fit.heads)
    assert (fit.on_shift.sum(axis=2) <= fit.heads + TOLERANCE).all()


@pytest.mark.parametrize("number", range(3))
def test_part_time_people_have_shifts_days_and_a_share_of_their_own(number: int) -> None:
    week, fitting = random_week(number), Fitting(MIXED, 48)

    fit = fitting.of(week)

    assert (provided(fitting, fit, week) >= week.required - TOLERANCE).all()
    for kind, on_shift in zip(MIXED, fit.on_shift, strict=True):
        assert on_shift.sum() == pytest.approx(kind.days_per_week * kind.share * fit.heads)
        assert (on_shift.sum(axis=1) <= kind.share * fit.heads + TOLERANCE).all()


def test_short_shifts_have_no_break_and_long_ones_half_an_hour() -> None:
    assert (MIXED[0].hours, MIXED[0].break_minutes) == (8.5, 30)
    assert (MIXED[1].hours, MIXED[1].break_minutes) == (5, 0)


def test_few_seats_are_kept_and_cost_hours() -> None:
    week, free = random_week(4), Fitting(FULL_TIME, 48)
    unbound = free.of(week)
    at_one_time = (free.at_work @ (unbound.on_shift.ravel() * np.repeat(week.working, len(free.starts)))).max()
    seats = 0.97 * float(at_one_time)

    bound = Fitting(FULL_TIME, 48)
    fit = bound.of(week, seats)

    seated = bound.at_work @ (fit.on_shift.ravel() * np.repeat(week.working, len(bound.starts)))
    assert seated.max() <= seats + TOLERANCE
    assert (provided(bound, fit, week) >= week.required - TOLERANCE).all()
    assert fit.heads >= 0.999 * unbound.heads


def test_too_few_seats_are_filled_where_people_are_missing() -> None:
    day = np.zeros(48)
    day[16:24], day[24:32], day[32:40] = 4, 12, 4  # four hours of each; two shifts of four hours end to end
    week = Week(np.concatenate([day] * 5 + [day * 0] * 2), np.full(7, 0.8), np.ones(7))
    fitting = Fitting((Kind(1.0, 20, 5),), 48)

    fit = fitting.of(week, 10)

    assert fit.is_short
    assert not fitting.of(week, 15).is_short  # 12 / 0.8
    there = provided(fitting, fit, week).reshape(7, 48)[:5]
    assert there[:, 24:32] == pytest.approx(np.full((5, 8), 8))  # every seat, 80 % of it on the floor
    assert (there[:, 16:40] >= day[16:40].clip(max=8) - TOLERANCE).all()


def test_what_is_over_lies_where_people_are_needed() -> None:
    day = np.zeros(48)
    day[16:36] = 10  # eight to six, on the days of a working week only
    fitting = Fitting(FULL_TIME, 48)
    week = Week(np.concatenate([day] * 5 + [day * 0.3] * 2), np.full(7, 1.0), np.ones(7))
    by_day = provided(fitting, fitting.of(week), week).reshape(7, 48)
    weekdays = by_day[:5, 16:36].mean(axis=1)
    assert weekdays.max() < 1.2 * weekdays.min()
    assert by_day[:, :12].sum() + by_day[:, 40:].sum() < 0.1 * by_day.sum()


def test_weeks_that_differ_in_size_only_are_fitted_once(monkeypatch: pytest.MonkeyPatch) -> None:
    fitting, week = Fitting(FULL_TIME, 48), random_week(1)
    first = fitting.of(week)
    monkeypatch.setattr(Fitting, "_solved", None)
    twice = fitting.of(Week(2 * week.required, week.present, week.working))
    assert twice.heads == pytest.approx(2 * first.heads)
    assert twice.on_shift == pytest.approx(2 * first.on_shift)
    with pytest.raises(TypeError):
        fitting.of(random_week(2))


@pytest.mark.parametrize(
    ("shares", "whole"),
    [([1.5, 1.5, 2.0], [2, 1, 2]), ([0.4, 0.4, 0.4], [1, 0, 0]), ([0.0, 0.0], [0, 0]), ([2.7, 0.9, 1.4], [3, 1, 1])],
)
def test_heads_are_whole_by_largest_remainder(shares: list[float], whole: list[int]) -> None:
    assert largest_remainder(shares) == whole


@pytest.mark.parametrize(
    ("shares", "starts", "whole"),
    [
        ([1.0] * 8, [0, 3, 6, 9, 12, 15, 18, 21], [1, 0, 1, 0, 1, 0, 1, 0]),
        ([1.0] * 4, [540, 720, 0, 180], [1, 0, 1, 0]),
        ([2.7, 0.9, 0.4], [0, 1, 2], [3, 1, 0]),
        ([0.0, 0.0], [0, 1], [0, 0]),
    ],
)
def test_heads_of_equal_shares_are_spread_over_the_starts(
    shares: list[float], starts: list[int], whole: list[int]
) -> None:
    heads = spread(np.full(len(shares), sum(whole)), cumulated(np.array(shares), starts))
    assert heads.tolist() == whole


def test_few_heads_cover_a_queue_that_is_always_open() -> None:
    world = World.of(sketch(team={"workforce": {"headcount": 13}}))
    rostered = JointRoster(world.rosters).rostered(2, np.array([13.0])).sum(axis=(0, 1))
    assert rostered.min() >= 0.7 * rostered.mean()


def test_nobody_starts_long_before_the_queue_opens() -> None:
    day = np.zeros(48)
    day[16:40] = np.repeat([0.6, 1.0, 0.9], [4, 12, 8])
    fitting = Fitting(FULL_TIME, 48)
    week = Week(np.tile(day, 7), np.full(7, 0.8), np.ones(7))
    by_day = provided(fitting, fitting.of(week), week).reshape(7, 48)
    assert not by_day[:, :14].any()
    assert (by_day >= day - TOLERANCE).all()


def fitted(**changes: Any) -> Scenario:
    workforce = {"headcount": 40, **changes.pop("workforce", {})}
    hours = [{"days": ["MON", "TUE", "WED", "THU", "FRI"], "open": "08:00", "close": "20:00"}]
    queue = {"hours": hours, "target": {"threshold_seconds": 20, "share": 0.8}, **changes.pop("queue", {})}
    return sketch(team={"workforce": workforce}, queue=queue, **changes)


def test_a_team_without_shifts_meets_its_requirement_with_the_fte_that_is_required() -> None:
    shrinkage = {"leave": 0.05, "in_office": 0.1, "months": {"JUL": {"leave": 0.2}}}
    workforce = {"shrinkage": shrinkage, "absence": {"daily_probability": 0.04}}
    world = World.of(fitted(workforce=workforce, start="2026-06-15", weeks=4))
    required, roster = world.requirement, world.rosters[0]

    fte = required.fte(0)[world.grid.week_of_interval]

    assert (roster.on_floor * fte >= required.team_agents[:, 0] - 1e-3).all()
    assert 0.5 < required.efficiency.min() <= required.efficiency.max() <= 1
    assert roster.rostered[: 7 * 48].sum() / 2 == pytest.approx(40)


def test_whole_heads_work_fitted_shifts() -> None:
    world = World.of(fitted(workforce={"headcount": 37}, weeks=2))
    heads = np.concatenate([day.heads([37.0]) for day in JointRoster(world.rosters).fitted[:7]])
    assert (heads == np.round(heads)).all()
    assert heads.sum() == 5 * 37

    paid = replicate(world, 1, 0).groups[: 7 * 48, 0, GroupField.ROSTERED].sum()
    assert paid == pytest.approx(37 * 40 * HOUR, rel=0.005)  # breaks cut intervals, agents are whole


def test_a_team_without_shifts_meets_its_requirement_through_clock_changes() -> None:
    for zone, start in (("America/New_York", "2026-10-26"), ("Australia/Sydney", "2026-09-28")):
        world = World.of(fitted(zone=zone, start=start, weeks=2))
        fte = world.requirement.fte(0)[world.grid.week_of_interval]
        assert (world.rosters[0].on_floor * fte >= world.requirement.team_agents[:, 0] - 1e-3).all()


def with_seats(scenario: Scenario, seats: int) -> World:
    site = scenario.vendors[0].sites[0].model_copy(update={"seats": seats})
    return World.of(
        scenario.model_copy(update={"vendors": (scenario.vendors[0].model_copy(update={"sites": (site,)}),)})
    )


def test_a_scenario_whose_seats_bind_is_simulated_and_needs_no_fewer_people() -> None:
    scenario = fitted(weeks=2, workforce={"headcount": 30})
    free = World.of(scenario)
    seats = round(0.8 * free.requirement.team_agents.max())
    bound = with_seats(scenario, seats)
    required, roster = bound.requirement.team_agents[:, 0], bound.rosters[0]
    assert (required == free.requirement.team_agents[:, 0]).all()
    assert (roster.on_floor[required > 0] > 0).all()
    assert 0.5 < bound.requirement.efficiency[0, 0] <= 1
    assert bound.requirement.fte(0)[0] == pytest.approx(free.requirement.fte(0)[0], rel=0.1)


def test_a_reserve_shares_no_seats_with_those_who_are_required() -> None:
    scenario = fitted(weeks=1)
    reserve = scenario.teams[0].model_copy(update={"id": "reserve"})
    vendor = scenario.vendors[0].model_copy(update={"teams": (scenario.teams[0], reserve)})
    route = {"steps": [{"teams": ["crew"]}, {"teams": ["reserve"], "after_seconds": 30}]}
    queue = type(scenario.queues[0]).model_validate({**scenario.queues[0].model_dump(by_alias=True), "route": route})
    world = with_seats(scenario.model_copy(update={"vendors": (vendor,), "queues": (queue,)}), 80)
    assert world.rosters[1].on_floor == pytest.approx(world.rosters[0].on_floor)


def test_a_reserve_that_no_target_needs_is_rostered_as_its_queue_is_required() -> None:
    scenario = fitted(weeks=1)
    reserve = scenario.teams[0].model_copy(update={"id": "reserve"})
    vendor = scenario.vendors[0].model_copy(update={"teams": (scenario.teams[0], reserve)})
    route = {"steps": [{"teams": ["crew"]}, {"teams": ["reserve"], "after_seconds": 30}]}
    queue = type(scenario.queues[0]).model_validate({**scenario.queues[0].model_dump(by_alias=True), "route": route})
    world = World.of(scenario.model_copy(update={"vendors": (vendor,), "queues": (queue,)}))
    assert not world.requirement.team_agents[:, 1].any()
    assert world.rosters[1].on_floor == pytest.approx(world.rosters[0].on_floor)


def test_the_last_days_of_a_short_week_are_like_those_of_the_week_before() -> None:
    world = World.of(fitted(days=10))
    on_floor = world.rosters[0].on_floor
    assert on_floor[7 * 48 :] == pytest.approx(on_floor[: 3 * 48], abs=0.02)


def test_holidays_are_staffed_by_those_who_work_on_them() -> None:
    holidays = {"work_share": 0.5, "extra": ["2026-06-03"]}
    world = World.of(fitted(workforce={"holidays": holidays}))
    fte = world.requirement.fte(0)[world.grid.week_of_interval] / world.requirement.efficiency[0, 0]
    assert (world.rosters[0].on_floor * fte >= world.requirement.team_agents[:, 0] - 1e-3).all()
