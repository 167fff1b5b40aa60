"""Expected people by week: against exact means, and plans worked out by hand."""

import numpy as np
import pytest

from simulation.preview.people import ExpectedPeople
from simulation.preview.preview import Preview
from simulation.scenario.grid import Grid
from simulation.scenario.scenario import Scenario
from simulation.world.world import World
from tests.preview.plans import given, people, plan
from tests.world.test_headcount import SETS, workforce


def expected(scenario: Scenario) -> ExpectedPeople:
    world = World.of(scenario)
    return ExpectedPeople.of(scenario, world.grid, world.requirement)


@pytest.mark.parametrize("name", SETS)
def test_expected_people_are_the_exact_means_of_those_who_live_and_leave(name: str) -> None:
    params, exact = SETS[name]["params"], SETS[name]["weeks"]
    weeks = len(exact)
    old = plan({"workforce": workforce(params, params["initial_experienced"], False)}, weeks=weeks, start="2026-06-01")
    new = plan({"workforce": workforce(params, 0, True)}, weeks=weeks, start="2026-06-01")
    there = [expected(one) for one in (old, new)]
    productive = sum(one.heads[:, 0] - one.trainees[:, 0] for one in there)
    training = sum(one.trainees[:, 0] for one in there)
    speed = params["learning"]["s_inf"]
    effective = there[0].effective[:, 0] + speed * there[1].effective[:, 0]
    for found, column in ((productive, "productive"), (training, "in_training"), (effective, "effective_productive")):
        assert found == pytest.approx([week[column] for week in exact], abs=1e-6)


def test_given_agents_are_fte_of_forty_hours_on_the_floor() -> None:
    assert expected(plan(given(5))).planned[:, 0] == pytest.approx([5 * 168 / 40] * 4)


def test_a_plan_holds_from_when_somebody_can_be_trained_and_after_the_notice() -> None:
    """Lead time 1 and training 1 week: 12 from week 2 on, not in week 1; 8 from 23 November, with a week's notice."""
    hiring = {"lead_time_weeks": {"mean": 1}, "training_weeks": 1}
    policy = {"kind": "PLAN", "heads": {"2026-11-02": 12, "2026-11-23": 8}}
    one = plan(people(10, policies=[policy], hiring=hiring, ramp={"notice_weeks": 1}))
    assert expected(one).planned[:, 0] == pytest.approx([10, 10, 12, 8])


def test_hiring_up_to_the_forecast_is_bounded_by_what_classes_bring() -> None:
    """The forecast needs far more than 10: two a week from week 1 on."""
    hiring = {"lead_time_weeks": {"mean": 1}}
    one = plan(people(3, policies=[{"kind": "HIRE_UP_TO"}], hiring=hiring, ramp={"max_up_per_week": 2}))
    assert Preview.of(one).people[0].required.min() > 10
    assert expected(one).planned[:, 0] == pytest.approx([3, 5, 7, 9])


def test_people_lent_are_gone_while_they_train_and_come_back() -> None:
    lender = {"id": "mail", "site": "leeds", "skills": [{"queue": "calls"}], **people(8)}
    move = {"from": "mail", "heads": 3, "start": "2026-11-09", "until": "2026-11-22", "training_weeks": 1}
    one = expected(plan(people(10, moves=[move]), teams=[lender]))
    assert one.planned.T.tolist() == [[10, 10, 13, 10], [8, 5, 5, 8]]
    assert one.trainees.T.tolist() == [[0, 3, 0, 0], [0, 0, 0, 0]]
    assert one.heads.sum(axis=1).tolist() == [18, 18, 18, 18]


def test_required_agents_and_fte_are_those_of_the_simulation_with_given_shifts() -> None:
    shifts = [{"start": "00:00", "hours": 8}, {"start": "08:00", "hours": 8}, {"start": "16:00", "hours": 8}]
    shared = {"shifts": [{**shift, "share": share} for shift, share in zip(shifts, (0.3, 0.4, 0.3), strict=True)]}
    one = plan({**people(30, shrinkage={"leave": 0.1, "in_office": 0.1}), **shared})
    world, looked = World.of(one), Preview.of(one)
    assert np.array_equal(looked.queues["calls"], world.requirement.agents[:, 0])
    assert np.array_equal(looked.teams["desk"], world.requirement.team_agents[:, 0])
    assert np.array_equal(looked.people[0].required, world.requirement.fte(0))
    hours = world.requirement.agents[:, 0].sum() / 2 / (0.9 * 0.9)
    assert looked.people[0].required.sum() == pytest.approx(hours / 40)
    assert Grid.of(one).intervals == len(looked.queues["calls"])
