"""Stages on the floor: learning and nesting in the handling times, resolutions and agent groups of a replication."""

from math import exp
from typing import Any

import numpy as np
import pytest

from simulation.outcome.counting.counters import Counters, GroupField, QueueField, StockField
from simulation.replication import FloorBody, replicate, replicate_logged
from simulation.scenario.grid import HOUR
from simulation.scenario.scenario import Scenario
from simulation.world.stages import agent_groups
from simulation.world.world import World
from tests.world.crew import described, living
from tests.world.sketch import sketch

Data = dict[str, Any]
ALWAYS = [{"start": "00:00", "hours": 12, "share": 0.5}, {"start": "12:00", "hours": 12, "share": 0.5}]
CURVE = {"new_hire_multiplier": 1.6, "time_constant_weeks": 8.0, "new_hire_resolution": 0.8}
DETERMINISTIC = {"distribution": "DETERMINISTIC", "mean_seconds": 300}


def floor_of(workforce: Data, *, days: int = 1, **queue: Any) -> Scenario:
    """A round-the-clock queue of handling times of 300 seconds sharp, and a team with time to spare."""
    team = {"workforce": {"hours_per_week": 42, **workforce}, "shifts": ALWAYS}
    return sketch(queue={"handling": DETERMINISTIC, **queue}, team=team, days=days, demand={"weekly_volume": 14000})


def handling(counters: Counters) -> float:
    """Mean handling time in seconds."""
    totals = counters.queues.sum(axis=(0, 1))
    return float(totals[QueueField.HANDLE_TIME] / totals[QueueField.HANDLED] / 1e6)


@pytest.mark.parametrize("shape", ["AHT", "SPEED"])
@pytest.mark.parametrize("week", [0.0, 3.0, 20.0])
def test_everybody_in_one_week_of_experience_handles_by_the_formula(shape: str, week: float) -> None:
    scenario = floor_of(
        {"headcount": 120, "tenure_weeks": {"all": week}, "learning": {**CURVE, "shape": shape}}, days=1
    )

    found = handling(replicate(World.of(scenario), 1, 0))

    new = exp(-week / 8)
    multiplier = 1 + 0.6 * new if shape == "AHT" else 1 / (1 - (1 - 1 / 1.6) * new)
    assert found == pytest.approx(300 * multiplier, rel=0.001)


def test_half_new_and_half_tenured_people_handle_at_the_mean_of_their_speeds() -> None:
    tenure = {"bands": [{"from_week": 0, "heads": 60}, {"from_week": 500, "heads": 60}]}
    scenario = floor_of({"headcount": 120, "tenure_weeks": tenure, "learning": CURVE})

    found = handling(replicate(World.of(scenario), 1, 0))

    assert found == pytest.approx(300 / ((1 / 1.6 + 1) / 2), rel=0.001)


def test_people_speed_up_from_day_to_day() -> None:
    scenario = floor_of({"headcount": 120, "tenure_weeks": {"all": 0}, "learning": CURVE}, days=14)

    counters = replicate(World.of(scenario), 1, 0).queues[:, 0].reshape(14, -1, len(QueueField)).sum(axis=1)

    found = counters[:, QueueField.HANDLE_TIME] / counters[:, QueueField.HANDLED] / 1e6
    assert found.tolist() == pytest.approx([300 * (1 + 0.6 * exp(-day / 56)) for day in range(14)], rel=0.001)


def test_new_people_solve_less_at_once() -> None:
    repeat = {"returns": 1.0, "mean_delay_hours": 1, "window_days": 7}
    scenario = floor_of({"headcount": 160, "tenure_weeks": {"all": 0}, "learning": CURVE}, days=2, repeat=repeat)

    totals = sum(replicate(World.of(scenario), 1, number).queues.sum(axis=(0, 1)) for number in range(3))

    share = totals[QueueField.REPEATED] / totals[QueueField.ARRIVED_ANSWERED]
    assert share == pytest.approx(0.2, abs=0.02)


NESTING = {"weeks": 4, "multiplier": 2.0, "mentor_share": 0.4, "resolution": 0.7}
IN_NESTING = [{"start": "2026-05-18", "size": 20, "training_weeks": 2}]


def test_people_in_nesting_work_slowly_in_a_group_of_their_own_and_take_mentors() -> None:
    scenario = floor_of({"headcount": 60, "nesting": NESTING, "classes": IN_NESTING})
    world = World.of(scenario)

    log = replicate_logged(world, 1, 0, FloorBody.SIMPY)

    groups = log.counters.groups.sum(axis=0)
    busy = groups[:, GroupField.BUSY] / groups[:, GroupField.HANDLED] / 1e6
    assert [group.stage for group in agent_groups(scenario)] == [StockField.TENURED, StockField.NESTING]
    assert busy.tolist() == pytest.approx([300, 600], rel=0.03)  # services cut by the horizon are in neither
    hours = groups[:, GroupField.ON_FLOOR] / HOUR / 24
    assert hours.tolist() == pytest.approx([(60 - 0.4 * 20) / 4, 20 / 4], rel=0.03)
    paid = groups[:, GroupField.ROSTERED] / HOUR / 24
    assert paid.tolist() == pytest.approx([60 / 4, 20 / 4])


def test_a_team_s_figures_are_the_sum_of_its_groups() -> None:
    world = World.of(floor_of({"headcount": 60, "nesting": NESTING, "classes": IN_NESTING}))

    by_team = replicate(world, 1, 0).groups
    by_group = replicate_logged(world, 1, 0, FloorBody.KERNEL).counters.groups

    assert by_group.shape[1] == 2
    assert (by_team[:, 0] == by_group.sum(axis=1)).all()


def test_both_bodies_of_the_floor_keep_the_same_pace() -> None:
    repeat = {"returns": 0.9, "mean_delay_hours": 2, "window_days": 7}
    workforce = {"headcount": 60, "tenure_weeks": {"mean": 10}, "learning": CURVE, "nesting": NESTING}
    world = World.of(floor_of({**workforce, "classes": IN_NESTING}, days=3, repeat=repeat))

    logs = [replicate_logged(world, 1, 0, body).log for body in FloorBody]

    assert sorted(logs[0]) == sorted(logs[1])


def test_nesting_and_limited_classes_serve_only_their_queues() -> None:
    queues = [
        {"id": name, "demand": {"weekly_volume": 7000}, "handling": {"mean_seconds": 200}} for name in ("a", "b", "c")
    ]
    skills = [{"queue": name} for name in ("a", "b", "c")]
    workforce = {
        "headcount": 30,
        "nesting": {"weeks": 4, "queues": ["a", "b"]},
        "classes": [
            {"start": "2026-05-18", "size": 9, "training_weeks": 2},
            {"start": "2026-05-18", "size": 9, "training_weeks": 2, "queues": ["b", "c"]},
        ],
    }
    team = {"skills": skills, "workforce": workforce, "shifts": ALWAYS}
    scenario = sketch(team=team, weeks=6, queues=queues)
    world = World.of(scenario)

    groups = agent_groups(scenario)
    log = replicate_logged(world, 1, 0, FloorBody.KERNEL).log

    assert [group.queues for group in groups] == [("a", "b", "c"), ("b", "c"), ("a", "b"), ("b",)]
    served = {(row[3], scenario.queues[row[0]].id) for row in log if row[3] >= 0}
    assert served == {(g, queue) for g, group in enumerate(groups) for queue in group.queues}


def test_a_group_s_speed_weighs_people_by_their_hours() -> None:
    classes = [{"start": "2026-06-01", "size": 40, "training_weeks": 0, "hours_per_week": 20}]
    scenario = described({"headcount": 10, "learning": CURVE, "classes": classes}, weeks=1)

    _, people = living(scenario)
    today = people._standing.today(people.persons, 0, 0)

    assert (len(today.crew.rows), today.crew.fte) == (50, [30])
    assert today.speed == pytest.approx([1 / ((20 / 1.6 + 10) / 30)])
    assert today.resolution == pytest.approx([(20 * 0.8 + 10) / 30])
    assert np.unique(today.crew.weights).tolist() == [0.5, 1.0]
