"""The hiring pipeline without chance, against recursions by hand; and its rules one by one."""

from datetime import date, timedelta
from typing import Any

import numpy as np
import pytest
import simpy

from simulation.outcome.counting.counters import FlowField, StockField
from simulation.outcome.report.scaling import latest_requisition
from simulation.scenario.grid import Grid, Int64
from simulation.scenario.people.hiring import Hiring
from simulation.scenario.scenario import Scenario
from simulation.world.people.people import People
from simulation.world.people.pipeline import Pipeline, Places
from simulation.world.randomness import Draws
from tests.world.crew import described, flow, living, stock

Data = dict[str, Any]
TRAINING, NESTING, TENURED = StockField.IN_TRAINING, StockField.NESTING, StockField.TENURED


def planned(heads: Data, *, hiring: Data | None = None, **workforce: Any) -> Data:
    """Ten people and a plan of heads by date."""
    people = {"headcount": 10, "hiring": {} if hiring is None else hiring, **workforce}
    return {"workforce": people, "team": {"policies": [{"kind": "PLAN", "heads": heads}]}}


def lived(case: Data, **changes: Any) -> Int64:
    return living(described(**{**case, **changes}))[0]


def test_a_plan_is_met_on_its_date_after_lead_time_and_training() -> None:
    hiring = {"lead_time_weeks": {"mean": 2}, "training_weeks": 1}

    table = lived(planned({"2026-06-01": 10, "2026-06-29": 16, "2026-07-13": 20}, hiring=hiring))

    # asked for on 8 and 22 June, in training from 22 June and 6 July, in production on 29 June and 13 July
    assert stock(table, TRAINING) == [0, 0, 0, 6, 0, 4, 0, 0, 0]
    assert stock(table, TENURED) == [10, 10, 10, 10, 16, 16, 20, 20, 20]
    assert flow(table, FlowField.HIRED) == [0, 0, 6, 0, 4, 0, 0, 0]


def test_what_cannot_be_there_in_time_comes_as_soon_as_it_can() -> None:
    table = lived(planned({"2026-06-01": 13}, hiring={"lead_time_weeks": {"mean": 1}, "training_weeks": 2}))

    assert stock(table, TENURED) == [10, 10, 10, 13, 13, 13, 13, 13, 13]
    assert flow(table, FlowField.HIRED) == [3, 0, 0, 0, 0, 0, 0, 0]


def test_more_are_asked_for_than_are_needed_where_some_are_lost() -> None:
    hiring = {"fill_rate": 0.5, "training_pass": 1.0, "training_weeks": 1}

    table = lived(planned({"2026-06-08": 16}, hiring=hiring))

    assert stock(table, TRAINING)[:2] == [6, 0]  # twelve were asked for
    assert stock(table, TENURED)[:2] == [10, 16]


def test_what_was_asked_for_and_found_counts_when_the_lead_time_ends() -> None:
    """Four are wanted on 22 June and half is found: eight are asked for on the 15th, and a week later four come."""
    hiring = {"lead_time_weeks": {"mean": 1}, "fill_rate": 0.5, "class_size": 3, "classes_per_month": 1}

    table = lived(planned({"2026-06-01": 10, "2026-06-22": 14}, hiring={**hiring, "blackout": []}))

    asked, found = (flow(table, field) for field in (FlowField.REQUISITIONED, FlowField.FOUND))
    assert [2 * heads for heads in found] == asked
    assert sum(asked) == 8
    assert sum(flow(table, FlowField.HIRED)) == 3, "the class of July has room for three"


def test_a_plan_that_falls_gives_notice_and_keeps_to_the_step() -> None:
    ramp = {"notice_weeks": 2, "max_down_per_week": 2}

    table = lived(planned({"2026-06-01": 10, "2026-06-29": 5}, ramp=ramp))

    assert stock(table, TENURED) == [10, 10, 10, 10, 8, 6, 5, 5, 5]
    assert flow(table, FlowField.RELEASED) == [0, 0, 0, 2, 2, 1, 0, 0]


def test_temporary_people_go_first() -> None:
    classes = [
        {"start": "2026-06-01", "size": 4, "training_weeks": 0, "until": "2027-01-31", "employment": "TEMPORARY"}
    ]

    _, people = living(described(**planned({"2026-06-01": 14, "2026-06-15": 9}, classes=classes)))

    assert people.persons["stage"][people.persons["temporary"]].tolist() == [-1] * 4
    assert people.heads(TENURED) == 9


def test_classes_are_as_large_as_they_may_be_and_others_wait() -> None:
    hiring = {"class_size": 4, "classes_per_month": 4, "training_weeks": 1}

    table = lived(planned({"2026-06-01": 20}, hiring=hiring))

    # in June one class can start on each of 1, 8, 16 and 23; ten were found on the first, who is in the first stock
    assert stock(table, TRAINING)[:5] == [4, 4, 0, 2, 0]
    assert flow(table, FlowField.HIRED) == [4, 0, 2, 0, 0, 0, 0, 0]
    assert stock(table, TENURED)[:5] == [10, 14, 18, 18, 20]


def test_no_class_starts_in_a_blackout() -> None:
    hiring = {"blackout": [{"from": "2026-06-01", "to": "2026-06-16"}]}

    assert flow(lived(planned({"2026-06-01": 12}, hiring=hiring)), FlowField.HIRED) == [0, 0, 2, 0, 0, 0, 0, 0]


@pytest.mark.parametrize(
    ("hiring", "day"),
    [
        ({"lead_time_weeks": {"mean": 1.5}, "training_weeks": 1}, 10),  # ten days and a half before 22 June
        ({"classes_per_month": 3, "training_weeks": 1}, 20),
        ({"classes_per_month": 3, "training_weeks": 1, "blackout": [{"from": "2026-06-21", "to": "2026-06-21"}]}, 10),
    ],
)
def test_the_latest_requisition_that_is_reported_is_the_last_one_that_is_in_time(hiring: Data, day: int) -> None:
    """People are wanted past nesting on 6 July: of one asked for on the day reported, and of one a day later."""
    scenario = described({"headcount": 0, "hiring": hiring, "nesting": {"weeks": 1}, "ramp": {"max_up_per_week": 1}})
    made = Hiring.model_validate(hiring)
    assert latest_requisition(made, 1, date(2026, 7, 6), date(2026, 6, 1), date.max) == date(2026, 6, 1) + timedelta(
        day
    )

    assert [tenured_on_sixth_of_july(scenario, asked) for asked in (day, day + 1)] == [1, 0]


def tenured_on_sixth_of_july(scenario: Scenario, asked: int) -> int:
    """Of one head asked for on a day of the scenario."""
    grid, env = Grid.of(scenario), simpy.Environment(0)
    team, table = scenario.teams[0], np.zeros((9, len(StockField) + len(FlowField)), np.int64)
    assert team.workforce is not None
    assert team.workforce.hiring is not None
    people = People(env, team, team.workforce, grid, Draws(1, 0), table)
    pipeline = Pipeline(people, team.workforce.hiring, Places(scenario.vendors[0].sites[0], [people]))

    def ask() -> Any:
        yield env.timeout(int(grid.days[asked]))
        pipeline.requisition(1)

    env.process(ask())
    env.run(until=grid.horizon)
    return int(table[5, TENURED])


def test_growth_keeps_to_the_weekly_step() -> None:
    table = lived(planned({"2026-06-01": 20}, ramp={"max_up_per_week": 4}))

    assert stock(table, TENURED)[:5] == [14, 18, 20, 20, 20]


@pytest.mark.parametrize(
    ("site", "hired"),
    [
        ({"trainers": 1}, [3, 0, 3, 0, 3, 0, 1, 0]),
        ({"training_seats": 5}, [5, 0, 5, 0, 0, 0, 0, 0]),
    ],
    ids=["trainers", "training seats"],
)
def test_a_site_bounds_its_classes(site: Data, hired: list[int]) -> None:
    hiring = {"training_weeks": 2, "class_size": 3} if "trainers" in site else {"training_weeks": 2}
    case = planned({"2026-06-02": 20}, hiring={**hiring, "lead_time_weeks": {"mean": 0.5}})

    table = lived(case, site=site)

    assert flow(table, FlowField.HIRED) == hired


def test_a_site_s_seats_hold_those_in_training_too() -> None:
    in_training = [{"start": "2026-06-01", "size": 3, "training_weeks": 9}]
    case = planned({"2026-06-02": 14}, hiring={"lead_time_weeks": {"mean": 0.5}}, classes=in_training)

    assert sum(flow(lived(case, site={"seats": 14}), FlowField.HIRED)) == 1
    assert sum(flow(lived(case, site={"seats": 7, "remote_share": 0.5}), FlowField.HIRED)) == 1  # half are at home
    assert sum(flow(lived(case), FlowField.HIRED)) == 4
