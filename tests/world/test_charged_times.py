"""What only contracts ask for, as counted: overtime, bench and nesting on the floor, training by reason."""

from typing import Any

import numpy as np
import pytest

from simulation.outcome.counting.counters import Counters, FlowField, GroupField, TimeField
from simulation.replication import FloorBody, replicate, replicate_logged
from simulation.scenario.grid import HOUR
from simulation.scenario.scenario import Scenario
from simulation.world.world import World
from tests.world.crew import SHIFTS
from tests.world.sketch import sketch

T = TimeField
ALWAYS = [{"start": "00:00", "hours": 12, "share": 0.5}, {"start": "12:00", "hours": 12, "share": 0.5}]
NINE_TO_FIVE = {"weekly_volume": 7000, "time_of_day_weights": [{"weights": {"00:00": 0, "09:00": 1, "17:00": 0}}]}


def crewed(workforce: dict[str, Any], *, policies: Any = (), demand: Any = None, **changes: Any) -> Scenario:
    """A team from nine to five on Mondays to Fridays, for weeks from Monday, 1 June 2026."""
    team = {"workforce": workforce, "shifts": SHIFTS, "policies": list(policies)}
    return sketch(team=team, demand=demand or NINE_TO_FIVE, **changes)


def counted(scenario: Scenario, number: int = 0) -> Counters:
    return replicate(World.of(scenario), 1, number)


def training_hours(counters: Counters, field: TimeField) -> float:
    """Sevenfold in the counters."""
    return float(counters.times[:, 0, field].sum() / 7 / HOUR)


def test_overtime_on_the_floor_is_what_the_office_leaves_of_it() -> None:
    """A fifth of every hour is spent in the office, and nobody is away: of whole agents four fifths, to within one."""
    crew = {"headcount": 10, "shrinkage": {"in_office": 0.2}, "overtime": {"max_share": 0.5, "notice_hours": 0}}
    counters = counted(crewed(crew, weeks=4))
    paid, productive = counters.groups[:, 0, GroupField.OVERTIME], counters.times[:, 0, T.OVERTIME_ON_FLOOR]
    assert paid.sum() > 100 * HOUR
    assert (productive <= paid).all()
    assert (productive <= counters.groups[:, 0, GroupField.ON_FLOOR]).all()
    assert productive.sum() == pytest.approx(0.8 * paid.sum(), rel=0.1)
    assert not counters.times[:, 0, T.SURGE_ON_FLOOR].any()


def test_the_bench_on_the_floor_is_what_its_shrinkage_leaves_of_it() -> None:
    """On the floor are 0.9 x 0.8 of whom the bench lends."""
    crew = {"headcount": 10, "shrinkage": {"leave": 0.1, "in_office": 0.2}, "surge": {"agents": 50}}
    counters = counted(crewed(crew, policies=[{"kind": "SURGE", "when_net_under": 0.0}]))
    paid, productive = counters.groups[:, 0, GroupField.SURGE], counters.times[:, 0, T.SURGE_ON_FLOOR]
    assert paid.sum() > 100 * HOUR
    assert (productive <= paid).all()
    assert productive.sum() == pytest.approx(0.72 * paid.sum(), rel=0.05)
    assert not counters.times[:, 0, T.OVERTIME_ON_FLOOR].any()


@pytest.mark.slow
@pytest.mark.parametrize("body", list(FloorBody))
def test_time_in_nesting_is_that_of_its_agent_groups(body: FloorBody) -> None:
    """Twenty of eighty are in nesting, in a group of their own; both are on the floor in the first week only."""
    nesting = {"weeks": 4, "multiplier": 2.0}
    classes = [{"start": "2026-05-11", "size": 20, "training_weeks": 1}]
    crew = {"headcount": 60, "hours_per_week": 42, "nesting": nesting, "classes": classes}
    scenario = sketch(team={"workforce": crew, "shifts": ALWAYS}, days=14)
    world = World.of(scenario)
    groups = replicate_logged(world, 1, 0, body).counters.groups[..., GroupField.ON_FLOOR]
    found = replicate(world, 1, 0, body).times[:, 0, T.NESTING]
    assert (found == groups[:, 1]).all()
    by_week = found.reshape(2, -1).sum(axis=1)
    assert by_week[0] == pytest.approx(7 * 24 * 5 * HOUR, rel=0.01)  # 20 x 42 hours a week are five at any time
    assert by_week[1] == pytest.approx(by_week[0], rel=0.01)


def test_training_is_paid_by_the_day_and_by_the_reason_of_the_hire() -> None:
    """Six for growth, at 40 hours, from Monday 8 June for two weeks: 480 hours. Three as replacements, at 20, in
    progress since 25 May for two weeks: one of them, 60 hours, is left. Both by sevenths of a week."""
    classes = [
        {"start": "2026-06-08", "size": 6, "training_weeks": 2},
        {"start": "2026-05-25", "size": 3, "training_weeks": 2, "hours_per_week": 20, "reason": "REPLACEMENT"},
    ]
    counters = counted(crewed({"headcount": 10, "classes": classes}, weeks=4))
    assert training_hours(counters, T.TRAINING_GROWTH) == 6 * 40 * 2
    assert training_hours(counters, T.TRAINING_REPLACEMENT) == 3 * 20
    by_day = counters.times[:, 0, T.TRAINING_GROWTH].reshape(28, -1).sum(axis=1) / HOUR
    assert by_day.tolist() == [0] * 7 + [240] * 14 + [0] * 7


def test_people_who_are_lent_are_in_training_and_not_hired() -> None:
    """The other team lends four for a week of training."""
    lending: dict[str, Any] = {"id": "crew-2", "site": "office", "skills": [{"queue": "orders"}], "shifts": SHIFTS}
    lending["workforce"] = {"headcount": 10, "classes": [{"start": "2026-05-25", "size": 4, "training_weeks": 2}]}
    moves = [{"from": "crew-2", "heads": 4, "start": "2026-06-08", "training_weeks": 1}]
    scenario = crewed({"headcount": 10, "moves": moves}, weeks=3, others=[lending])
    counters = counted(scenario)
    assert not counters.times[:, 0, [T.TRAINING_GROWTH, T.TRAINING_REPLACEMENT]].any()
    assert counters.times[:, 1, T.TRAINING_GROWTH].sum() == 7 * 4 * 40 * HOUR  # one of two weeks is left
    assert counters.headcount[0, 0, FlowField.MOVED_IN] + counters.headcount[1, 0, FlowField.MOVED_IN] == 4


def test_requisitioned_people_train_for_the_reason_that_they_were_asked_for() -> None:
    """Nobody leaves in training, which lasts two weeks of 40 hours: every hired head has 80 hours of it, those who come
    in place of others as replacements. From 20 heads the plan goes to 26, with attrition in between."""
    crew = {
        "headcount": 20,
        "hiring": {"training_weeks": 2, "lead_time_weeks": {"mean": 1}},
        "attrition": {"training_weekly": 0.0, "bands": [{"from_week": 0, "weekly": 0.03}]},
    }
    policy = {"kind": "PLAN", "heads": {"2026-06-01": 20, "2026-06-22": 26}}
    replaced = complete = 0
    for number in range(6):
        counters = counted(crewed(crew, policies=[policy], weeks=8), number)
        flows = counters.headcount[:6].sum(axis=0)[0]  # hired after that they are still in training at the end
        late = counters.headcount[6:, 0, FlowField.HIRED].sum()
        hired, replacing = flows[FlowField.HIRED], flows[FlowField.HIRED_REPLACEMENT]
        if not late:
            replaced, complete = replaced + replacing, complete + 1
            assert training_hours(counters, T.TRAINING_REPLACEMENT) == 80 * replacing
            assert training_hours(counters, T.TRAINING_GROWTH) == 80 * (hired - replacing)
    assert complete > 0
    assert replaced > 0


def test_a_replication_without_any_of_it_counts_nothing() -> None:
    counters = counted(sketch(team={"staffing": {"agents": 40}}, days=1))
    assert counters.times.shape == (len(counters.groups), 1, len(TimeField))
    assert not np.any(counters.times)
