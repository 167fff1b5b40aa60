import math
from datetime import date, timedelta
from typing import Any

import numpy as np
import pytest
import simpy
from hypothesis import given, settings
from hypothesis import strategies as st

from simulation.outcome.counters import FlowField, StockField
from simulation.scenario.grid import WEEK, Grid, Int64
from simulation.world.attrition import YEAR
from simulation.world.people import People
from simulation.world.randomness import Draws
from tests.world.sketch import sketch

SHIFTS = [{"start": "09:00", "hours": 8, "days": ["MON", "TUE", "WED", "THU", "FRI"]}]
STOCKS = [StockField.IN_TRAINING, StockField.NESTING, StockField.TENURED]
EXITS = [FlowField.FAILED_TRAINING, FlowField.LEFT_TRAINING, FlowField.LEFT_PRODUCTION, FlowField.RELEASED]


def walk(workforce: dict[str, Any], *, weeks: int = 8, seed: int = 1, number: int = 0, zone: str = "UTC") -> Int64:
    """The headcount table of one replication, run to the horizon; rows are weeks and, last, the horizon."""
    scenario = sketch(team={"workforce": workforce, "shifts": SHIFTS}, weeks=weeks, zone=zone)
    grid, described = Grid.of(scenario), scenario.teams[0].workforce
    assert described is not None
    table = np.zeros((weeks + 1, len(StockField) + len(FlowField)), np.int64)
    env = simpy.Environment(0)
    people = People(env, scenario.teams[0], described, grid, Draws(seed, number), table)
    env.run(until=grid.horizon)
    assert people.in_production == table[-1, StockField.TENURED]
    return table


def stock(table: Int64, field: StockField) -> list[int]:
    return [int(heads) for heads in table[:, field]]


def flow(table: Int64, field: FlowField) -> list[int]:
    return [int(heads) for heads in table[:-1, field]]


def test_nobody_leaves_without_attrition() -> None:
    assert stock(walk({"headcount": 40}), StockField.TENURED) == [40] * 9


def test_classes_are_trained_and_released_to_the_unit() -> None:
    classes = [
        {"start": "2026-05-25", "size": 7, "training_weeks": 3},  # in progress, trained on 15 June
        {"start": "2026-06-10", "size": 10, "training_weeks": 2, "until": "2026-07-05"},  # 10 June is a Wednesday
        {"start": "2026-06-15", "size": 5, "training_weeks": 1},
    ]

    table = walk({"headcount": 40, "classes": classes})

    # week 2 starts on 15 June, week 5 on 6 July: what happens at a week's first instant is in its stock already
    assert stock(table, StockField.IN_TRAINING) == [7, 7, 15, 10, 0, 0, 0, 0, 0]
    assert stock(table, StockField.TENURED) == [40, 40, 47, 52, 62, 52, 52, 52, 52]
    assert flow(table, FlowField.HIRED) == [0, 15, 0, 0, 0, 0, 0, 0]
    assert flow(table, FlowField.GRADUATED) == [0, 7, 5, 10, 0, 0, 0, 0]
    assert flow(table, FlowField.RELEASED) == [0, 0, 0, 0, 10, 0, 0, 0]


def test_a_class_without_training_is_in_production_at_once() -> None:
    classes = [{"start": day, "size": 3, "training_weeks": 0} for day in ("2026-06-01", "2026-06-09")]

    assert stock(walk({"headcount": 4, "classes": classes}, weeks=3), StockField.TENURED) == [7, 7, 10, 10]


def test_what_lies_past_the_horizon_does_not_happen() -> None:
    classes = [
        {"start": "2026-06-01", "size": 3, "training_weeks": 0, "until": "2199-12-31"},
        {"start": "2026-06-22", "size": 5, "training_weeks": 0},
    ]

    table = walk({"headcount": 4, "classes": classes}, weeks=3)

    assert stock(table, StockField.TENURED) == [7, 7, 7, 7]
    assert table[:, list(FlowField)].sum() == 0


def test_dates_of_classes_are_the_scenario_s_own() -> None:
    classes = [{"start": "2026-11-02", "size": 3, "training_weeks": 1, "until": "2026-11-22"}]

    # 2 November is the first midnight of New York's winter time, the first instant of week 22
    table = walk({"headcount": 0, "classes": classes}, weeks=26, zone="America/New_York")

    assert stock(table, StockField.IN_TRAINING)[21:27] == [0, 3, 0, 0, 0, 0]
    assert stock(table, StockField.TENURED)[21:27] == [0, 0, 3, 3, 0, 0]


def agrees(found: list[int], expected: float, deviation: float) -> bool:
    """The mean lies within four standard errors of its exact value."""
    return abs(sum(found) / len(found) - expected) < 4 * deviation / math.sqrt(len(found))


def test_headcount_decays_as_survival_says() -> None:
    heads, rate, tables = 60, 0.9, 400
    walks = [walk({"headcount": heads, "attrition": {"annual_rate": rate}}, weeks=26, number=k) for k in range(tables)]

    for week in (1, 13, 26):
        p = np.exp(-rate * week * WEEK / YEAR)
        found = [int(table[week, StockField.TENURED]) for table in walks]
        assert agrees(found, heads * p, (heads * p * (1 - p)) ** 0.5)
        assert np.var(found) == pytest.approx(heads * p * (1 - p), rel=0.3)


def test_people_in_training_leave_by_the_same_hazard() -> None:
    classes = [{"start": "2026-06-01", "size": 50, "training_weeks": 4}]
    workforce = {"headcount": 0, "attrition": {"annual_rate": 2.0}, "classes": classes}
    walks = [walk(workforce, number=k) for k in range(300)]

    p = np.exp(-2.0 * 4 * WEEK / YEAR)
    graduated = [int(table[:, FlowField.GRADUATED].sum()) for table in walks]
    assert agrees(graduated, 50 * p, (50 * p * (1 - p)) ** 0.5)
    assert all(table[:, FlowField.GRADUATED].sum() + table[:, FlowField.LEFT_TRAINING].sum() == 50 for table in walks)


def test_months_multiply_the_hazard() -> None:
    attrition = {"annual_rate": 4.0, "months": {"JUN": 0.0, "JUL": 2.0}}
    walks = [walk({"headcount": 80, "attrition": attrition}, number=k) for k in range(200)]

    left_in_june = [int(table[:4, FlowField.LEFT_PRODUCTION].sum()) for table in walks]  # 1 to 28 June
    assert left_in_june == [0] * 200
    p = np.exp(-8.0 * 26 / 365)  # the horizon ends with 26 July
    assert agrees([int(table[-1, StockField.TENURED]) for table in walks], 80 * p, (80 * p * (1 - p)) ** 0.5)


def test_a_person_s_luck_is_the_same_whoever_else_joins() -> None:
    base: dict[str, Any] = {"headcount": 80, "attrition": {"annual_rate": 1.5}}
    late = {"start": "2026-06-15", "size": 20, "training_weeks": 8}
    other = {"start": "2026-06-08", "size": 30, "training_weeks": 8}

    alone = walk({**base, "classes": [late]})
    joined = walk({**base, "classes": [other, late]})
    fewer = walk({**base, "classes": [other]})

    assert flow(joined, FlowField.LEFT_PRODUCTION) == flow(alone, FlowField.LEFT_PRODUCTION)
    both = np.array(flow(alone, FlowField.LEFT_TRAINING)) + flow(fewer, FlowField.LEFT_TRAINING)
    assert flow(joined, FlowField.LEFT_TRAINING) == both.tolist()


def test_a_higher_rate_never_keeps_anyone_longer() -> None:
    low, high = (walk({"headcount": 200, "attrition": {"annual_rate": rate}}, weeks=26) for rate in (0.6, 0.7))

    assert (high[:, StockField.TENURED] <= low[:, StockField.TENURED]).all()
    assert high[-1, StockField.TENURED] < low[-1, StockField.TENURED]


def test_a_replication_repeats_and_another_differs() -> None:
    workforce = {"headcount": 200, "attrition": {"annual_rate": 1.0}}

    assert (walk(workforce, number=3) == walk(workforce, number=3)).all()
    assert (walk(workforce, number=3) != walk(workforce, number=4)).any()


some_classes = st.lists(
    st.builds(
        lambda start, size, training, stay: {
            "start": str(date(2026, 6, 1) + timedelta(days=start)),
            "size": size,
            "training_weeks": training,
            **({} if stay is None else {"until": str(date(2026, 6, 1) + timedelta(days=start + 7 * training + stay))}),
        },
        st.integers(0, 60),
        st.integers(1, 40),
        st.integers(0, 5),
        st.none() | st.integers(1, 40),
    ),
    max_size=5,
)


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 150), some_classes, st.floats(0, 6), st.integers(0, 1000))
def test_every_week_s_walk_adds_up(
    headcount: int, classes: list[dict[str, Any]], annual_rate: float, number: int
) -> None:
    attrition = {"annual_rate": annual_rate, "months": {"JUL": 1.7}}

    table = walk({"headcount": headcount, "classes": classes, "attrition": attrition}, number=number)

    heads = table[:, STOCKS].sum(axis=1)
    assert (heads[1:] == (heads + table[:, FlowField.HIRED] - table[:, EXITS].sum(axis=1))[:-1]).all()
    training = table[:, StockField.IN_TRAINING]
    walked = training + table[:, FlowField.HIRED] - table[:, FlowField.LEFT_TRAINING] - table[:, FlowField.GRADUATED]
    assert (training[1:] == walked[:-1]).all()
    assert (table >= 0).all()
    assert (table[-1, list(FlowField)] == 0).all()
