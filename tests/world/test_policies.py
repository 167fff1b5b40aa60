"""Scaling policies: what each decides, on what it has seen, and when."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest
import simpy

from simulation.outcome.counting.counters import Counters, FlowField, GroupField, QueueField, StockField
from simulation.replication import FloorBody, replicate
from simulation.scenario.grid import DAY, WEEK, Grid, Int64
from simulation.scenario.people.policies import PolicyKind
from simulation.scenario.scenario import Scenario
from simulation.world.planning.requirement import Requirement
from simulation.world.policies.deciders import DECIDERS
from simulation.world.policies.seen import NotYetSeenError, Seen
from simulation.world.world import World
from tests.world.crew import all_living, as_it_is, blank, described, flow, living, stock
from tests.world.sketch import sketch

Data = dict[str, Any]
TRAINING, TENURED = StockField.IN_TRAINING, StockField.TENURED


def deciding(*policies: Data, hiring: Data | None = None, weeks: int = 8, **workforce: Any) -> Scenario:
    """Ten people and these policies."""
    people = {"headcount": 10, "hiring": hiring or {}, **workforce}
    return described(people, weeks=weeks, team={"policies": list(policies)})


def served(scenario: Scenario, in_time: Sequence[float | None]) -> Counters:
    """Counters in which these shares of each week's hundred contacts were served in time; None: there were none."""
    counters = blank(scenario, Grid.of(scenario))
    firsts = np.arange(len(in_time)) * 7 * 48 + 20
    for first, share in zip(firsts.tolist(), in_time, strict=True):
        counters.queues[first, 0, QueueField.OFFERED] = 0 if share is None else 100
        counters.queues[first, 0, QueueField.ANSWERED_IN_TIME] = round(100 * (share or 0))
    return counters


def table_of(scenario: Scenario, **more: Any) -> Int64:
    return living(scenario, **more)[0]


def test_none_lets_the_team_be() -> None:
    assert stock(table_of(deciding({"kind": "NONE"})), TENURED) == [10] * 9


def test_hiring_up_to_looks_a_lead_time_ahead() -> None:
    hiring = {"lead_time_weeks": {"mean": 1}, "training_weeks": 2}
    scenario = deciding({"kind": "HIRE_UP_TO"}, hiring=hiring)

    table = table_of(scenario, required=[10, 10, 10, 10, 12, 15, 15, 11])

    assert stock(table, TENURED) == [10, 10, 10, 10, 12, 15, 15, 15, 15]
    assert stock(table, TRAINING) == [0, 0, 2, 5, 3, 0, 0, 0, 0]


def test_a_buffer_comes_on_top_and_reviews_look_until_the_next() -> None:
    scenario = deciding({"kind": "HIRE_UP_TO", "buffer": 0.5, "review_weeks": 4})

    table = table_of(scenario, required=[8, 8, 12, 8, 8, 8, 8, 8])

    assert stock(table, TENURED) == [18] * 9  # 1.5 x the week of 12 that the first review covers


@pytest.mark.slow
def test_hiring_up_to_replaces_those_who_will_have_left() -> None:
    policy, hiring = {"kind": "HIRE_UP_TO"}, {"lead_time_weeks": {"mean": 2}, "training_weeks": 2}
    scenario = deciding(policy, hiring=hiring, weeks=40, headcount=300, attrition={"annual_rate": 0.8})

    tables = [table_of(scenario, required=[300.0], number=k) for k in range(20)]

    later = np.array([stock(table, TENURED)[8:40] for table in tables])
    assert later.mean() == pytest.approx(300, abs=2)  # whole people are asked for: half a head too many, about
    hired, replaced = (sum(sum(flow(t, f)) for t in tables) for f in (FlowField.HIRED, FlowField.HIRED_REPLACEMENT))
    assert replaced == pytest.approx(hired, rel=0.15)


def test_effective_people_count_for_what_they_do() -> None:
    learning = {"new_hire_multiplier": 2.0, "time_constant_weeks": 1e-3 + 1000}
    scenario = deciding({"kind": "HIRE_UP_TO"}, learning=learning, tenure_weeks={"all": 0})

    assert stock(table_of(scenario, required=[10.0]), TENURED)[0] == 15  # ten new people do the work of five


def test_reacting_takes_windows_sight_and_a_lag() -> None:
    policy = {"kind": "REACTIVE", "windows": 2, "under": 0.75, "over": 0.9, "step": 0.2, "see_after_days": 3}
    scenario = deciding({**policy, "act_after_days": 5})

    table = table_of(scenario, counters=served(scenario, [0.7, 0.6, 0.5, None, 0.7, 0.95, 0.95, 0.95]))

    # weeks 0 and 1 are under the line, seen on day 17, acted on on day 22, in the fourth week; weeks 5 and 6 are over,
    # which shows only after the horizon
    assert flow(table, FlowField.HIRED) == [0, 0, 0, 2, 0, 0, 0, 0]
    assert flow(table, FlowField.RELEASED) == [0] * 8


def test_a_step_down_gives_notice() -> None:
    policy = {"kind": "REACTIVE", "over": 0.9, "step": 0.3}
    scenario = deciding(policy, ramp={"notice_weeks": 2})

    table = table_of(scenario, counters=served(scenario, [0.95, 0.8, 0.8, 0.8, 0.8, 0.8, 0.8, 0.8]))

    assert flow(table, FlowField.RELEASED) == [0, 0, 3, 0, 0, 0, 0, 0]


def test_a_team_that_cannot_hire_steps_down_too() -> None:
    policy = {"kind": "REACTIVE", "over": 0.9, "step": 0.3}
    scenario = described({"headcount": 10}, team={"policies": [policy]})

    table = table_of(scenario, counters=served(scenario, [0.95, 0.8, 0.8, 0.95, 0.8, 0.8, 0.8, 0.8]))

    assert stock(table, TENURED) == [10, 7, 7, 7, 5, 5, 5, 5, 5]


def test_the_bench_is_called_for_short_weeks_within_notice_and_number() -> None:
    surge = {"agents": 4, "notice_hours": 48, "max_weeks": 3}
    scenario = deciding({"kind": "SURGE", "when_net_under": -0.1}, surge=surge)
    required = [12.0, 11.0, 13.0, 20.0, 20.0, 10.0, 10.0, 10.0]

    benches = bench_by_day(scenario, required)

    # week 0: called at the start, there two days later; week 1 lacks less than a tenth; week 4 would be the fourth
    assert benches[:7] == [0, 0, 2, 2, 2, 2, 2]
    assert [benches[7 * week] for week in range(8)] == [0, 0, 3, 4, 0, 0, 0, 0]
    assert [benches[7 * week + 6] for week in range(8)] == [2, 0, 3, 4, 0, 0, 0, 0]


def bench_by_day(scenario: Scenario, required: list[float]) -> list[int]:
    mornings: list[int] = []
    all_living(scenario, required=required, each_day=lambda day, team, today: mornings.append(today.bench))
    return mornings


def test_policies_work_side_by_side() -> None:
    surge = {"agents": 10}
    policies: list[Data] = [{"kind": "PLAN", "heads": {"2026-06-15": 14}}, {"kind": "SURGE", "when_net_under": 0.0}]
    scenario = deciding(*policies, surge=surge)

    assert stock(table_of(scenario, required=[16.0]), TENURED) == [10, 10, 14, 14, 14, 14, 14, 14, 14]
    assert bench_by_day(scenario, [16.0])[::7] == [6, 6, 2, 2, 2, 2, 2, 2]


def test_a_plan_keeps_whom_the_forecast_requires() -> None:
    policies: list[Data] = [{"kind": "PLAN", "heads": {"2026-06-01": 8}}, {"kind": "HIRE_UP_TO"}]
    hiring = {"lead_time_weeks": {"mean": 1}, "training_weeks": 1}
    scenario = deciding(*policies, hiring=hiring, weeks=12)

    table = table_of(scenario, required=[10, 10, 10, 14, 14, 14, 14, 14, 9, 9, 5, 5])

    # nobody is hired and released in turns; at last it is down to the plan, once the forecast asks for less
    assert stock(table, TENURED) == [10, 10, 10, 14, 14, 14, 14, 14, 9, 9, 8, 8, 8]
    assert sum(flow(table, FlowField.HIRED)) == 4


def test_a_step_up_stands_on_top_of_the_plan_until_a_step_down_takes_it_back() -> None:
    policies: list[Data] = [
        {"kind": "PLAN", "heads": {"2026-06-01": 10}},
        {"kind": "REACTIVE", "under": 0.7, "over": 0.9, "step": 0.2},
    ]
    table = table_of(deciding(*policies), counters=served(deciding(), [0.5, 0.8, 0.8, 0.95, 0.95, 0.8, 0.8, 0.8]))

    assert stock(table, TENURED) == [10, 12, 12, 12, 10, 10, 10, 10, 10]


FALLING: Data = {"kind": "PLAN", "heads": {"2026-06-01": 10, "2026-07-20": 4}}
STEPPING: Data = {"kind": "REACTIVE", "under": 0.7, "over": 0.9, "step": 0.6}


@pytest.mark.parametrize(
    ("hiring", "share"), [({"fill_rate": 0.5}, 0.5), ({"training_pass": 0.7, "training_weeks": 1}, 0.7)]
)
@pytest.mark.parametrize("basis", ["PRODUCTION", "PAYROLL"])
def test_heads_that_came_by_a_step_up_stand_on_top_of_a_plan_that_falls(basis: str, hiring: Data, share: float) -> None:
    scenario = deciding({**FALLING, "basis": basis}, STEPPING, hiring=hiring, weeks=12)

    weeks = [0.5] + [0.8] * 11

    tables = [table_of(scenario, number=k, counters=served(scenario, weeks)) for k in range(30)]

    tenured = np.array([stock(table, TENURED) for table in tables])
    # on the payroll stand all who came, so who fails the training is replaced; whole heads are hired and released
    on_top = 6 * (share if basis == "PRODUCTION" or "fill_rate" in hiring else 1)
    assert tenured[:, 5].mean() == pytest.approx(10 + on_top, abs=0.8)
    assert tenured[:, -1].mean() == pytest.approx(4 + on_top, abs=0.9)


def test_who_leaves_by_attrition_is_replaced_up_to_the_plan_and_the_steps_on_top() -> None:
    policies: list[Data] = [{**FALLING, "heads": {"2026-06-01": 100}}, {**STEPPING, "step": 0.2}]
    scenario = deciding(*policies, weeks=40, headcount=100, attrition={"annual_rate": 0.8})
    weeks = [0.5] + [0.8] * 29 + [0.95] + [0.8] * 9

    tables = [table_of(scenario, number=k, counters=served(scenario, weeks)) for k in range(4)]

    tenured = np.array([stock(table, TENURED) for table in tables])
    assert tenured[:, 10:31].mean() == pytest.approx(120, abs=2)
    assert tenured[:, 33:40].mean() == pytest.approx(100, abs=2)  # the step down of 24 took back the 20 on top


def test_a_step_down_ends_what_stands_on_top_even_where_attrition_took_it() -> None:
    classes = [{"start": "2026-06-01", "size": 5, "training_weeks": 0, "until": "2026-06-23"}]
    policies: list[Data] = [{**FALLING, "heads": {"2026-06-01": 10}}, {**STEPPING, "step": 0.5, "see_after_days": 3}]
    scenario = deciding(*policies, headcount=5, classes=classes)

    table = table_of(scenario, counters=served(scenario, [0.5, 0.8, 0.95, 0.8, 0.8, 0.8, 0.8, 0.8]))

    # five more on Thursday of week 1; those of the class go on Wednesday of week 3, and a step down comes on Thursday:
    # nobody is over the plan then, and on Monday nobody is hired for what was on top
    assert stock(table, TENURED) == [10, 10, 15, 15, 10, 10, 10, 10, 10]


def test_a_step_down_takes_nobody_whom_the_forecast_requires() -> None:
    policies: list[Data] = [{"kind": "HIRE_UP_TO"}, {"kind": "REACTIVE", "over": 0.9, "step": 0.3}]
    scenario = deciding(*policies)

    table = table_of(scenario, required=[9.0], counters=served(scenario, [0.95] * 8))

    assert stock(table, TENURED) == [10] + [9] * 7 + [9]


@pytest.mark.slow
def test_open_requisitions_are_called_off_before_anybody_is_told_to_go() -> None:
    plan: Data = {"kind": "PLAN", "heads": {"2026-06-01": 16, "2026-07-13": 11}}
    hiring = {"lead_time_weeks": {"mean": 3, "cv": 1.0}, "fill_rate": 0.5}
    scenario = deciding(plan, hiring=hiring, weeks=16)

    tables = [table_of(scenario, number=k) for k in range(40)]

    ends = np.array([stock(table, TENURED) for table in tables])
    late = ends[:, 6] < 11  # some requisitions take over six weeks
    assert late.sum() > 2
    assert not any(sum(flow(table, FlowField.RELEASED)) for table, is_late in zip(tables, late, strict=True) if is_late)
    assert (ends[:, 10:] <= 11).all()


def test_people_who_wait_for_a_class_are_called_off_too() -> None:
    plan: Data = {"kind": "PLAN", "heads": {"2026-06-01": 16, "2026-06-22": 12}}
    scenario = deciding(plan, ramp={"max_up_per_week": 1})

    table = table_of(scenario)

    # the other three of the sixteen still wait when the target falls
    assert stock(table, TENURED) == [11, 12, 13, 12, 12, 12, 12, 12, 12]
    assert flow(table, FlowField.HIRED) == [1, 1, 0, 0, 0, 0, 0, 0]


def test_nobody_sees_the_future() -> None:
    scenario = deciding()
    grid, env = Grid.of(scenario), simpy.Environment(0)
    nothing = np.zeros((8, 1))
    counters = served(scenario, [0.5] * 8)
    seen = Seen(
        env, grid, scenario.queues, Requirement(nothing, nothing, nothing, nothing, nothing + 40), counters, as_it_is
    )

    env.run(until=2 * WEEK)

    assert seen.in_time(["orders"], 1) == 0.5
    assert seen.in_time(["others"], 1) is None
    with pytest.raises(NotYetSeenError, match="week 2 is not over"):
        seen.in_time(["orders"], 2)


def test_work_without_a_turnaround_is_seen_once_its_threshold_has_passed() -> None:
    mail = {"channel": "EMAIL", "target": {"threshold_seconds": 2 * 86_400, "share": 0.9}}
    scenario = described({"headcount": 10}, queue=mail, weeks=3)
    grid, env, counters = Grid.of(scenario), simpy.Environment(0), blank(scenario, Grid.of(scenario))
    counters.queues[::48, 0, QueueField.OFFERED] = 10
    counters.queues[: 5 * 48 : 48, 0, QueueField.ANSWERED_IN_TIME] = 8
    nothing = np.zeros((3, 1))
    seen = Seen(
        env, grid, scenario.queues, Requirement(nothing, nothing, nothing, nothing, nothing + 40), counters, as_it_is
    )

    env.run(until=2 * WEEK)

    assert seen.in_time(["orders"], 0) == 0.8  # of Monday to Friday; of the weekend's nobody knows yet
    assert seen.in_time(["orders"], 1) == 0.0


def test_a_team_that_works_without_a_turnaround_reacts() -> None:
    reactive: Data = {"kind": "REACTIVE", "under": 0.8, "step": 0.5}
    team = {"workforce": {"headcount": 3, "hiring": {}}, "policies": [reactive]}
    scenario = sketch(team=team, queue={"channel": "EMAIL"}, demand={"weekly_volume": 2000}, weeks=4)

    counters = replicate(World.of(scenario), 1, 0)

    assert counters.headcount[:4, 0, FlowField.HIRED].sum() > 0


def test_a_policy_changes_nobody_s_luck() -> None:
    base: Data = {"attrition": {"annual_rate": 1.0}, "headcount": 200, "hiring": {"lead_time_weeks": {"cv": 0.5}}}

    alone = all_living(described(base))[0][1].persons
    grown = all_living(described(base, team={"policies": [{"kind": "PLAN", "heads": {"2026-06-08": 260}}]}))[0][1]

    assert (grown.persons[:200] == alone).all()
    assert len(grown.persons) > 260


def understaffed(*policies: Data, **workforce: Any) -> Scenario:
    """Four people where six or so are needed all day, for three weeks."""
    shifts = [{"start": "00:00", "hours": 12, "share": 0.5}, {"start": "12:00", "hours": 12, "share": 0.5}]
    people = {"headcount": 16, "hours_per_week": 42, "hiring": {}, **workforce}
    team = {"workforce": people, "shifts": shifts, "policies": list(policies)}
    queue = {"patience": {"mean_seconds": 120}}
    return sketch(team=team, queue=queue, demand={"weekly_volume": 10_000}, weeks=3)


@pytest.mark.slow
@pytest.mark.parametrize("body", FloorBody)
def test_service_on_the_floor_makes_a_team_grow(body: FloorBody) -> None:
    world = World.of(understaffed({"kind": "REACTIVE", "under": 0.7, "step": 0.5, "see_after_days": 2}))

    counters = replicate(world, 1, 0, body)

    assert counters.headcount[:3, 0, TENURED].tolist() == [16, 16, 24]
    agents = counters.groups[:, 0, GroupField.ON_FLOOR].reshape(21, -1).sum(axis=1) / DAY
    assert [round(float(agents[day])) for day in (8, 9, 15, 16)] == [4, 6, 6, 9]  # week 1 began too badly


def test_the_bench_is_on_the_floor() -> None:
    surge = {"agents": 12, "notice_hours": 24}
    world = World.of(understaffed({"kind": "SURGE", "when_net_under": -0.1}, surge=surge))

    counters = replicate(world, 1, 0)

    agents = counters.groups[:, 0, GroupField.ON_FLOOR].reshape(21, -1).sum(axis=1) / DAY
    assert [round(float(agents[day])) for day in (0, 1, 20)] == [4, 7, 7]
    assert counters.headcount[:3, 0, TENURED].tolist() == [16] * 3


def test_every_kind_of_policy_has_somebody_who_decides() -> None:
    assert DECIDERS.keys() == set(PolicyKind)
