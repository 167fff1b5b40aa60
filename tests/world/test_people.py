import math
from datetime import date, timedelta
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simulation.outcome.counting.counters import HEADS, FlowField, StockField
from simulation.scenario.grid import WEEK, Int64
from simulation.scenario.people.tenure import Tenure
from simulation.world.people.attrition import YEAR
from simulation.world.people.joining import tenures
from tests.world.crew import all_living, described, flow, fte, living, stock

pytestmark = pytest.mark.slow

EXITS = [FlowField.FAILED_TRAINING, FlowField.LEFT_TRAINING, FlowField.LEFT_PRODUCTION, FlowField.RELEASED]


def walk(workforce: dict[str, Any], *, weeks: int = 8, number: int = 0, zone: str = "UTC") -> Int64:
    """The headcount table of one replication, run to the horizon; rows are weeks and, last, the horizon."""
    table, people = living(described(workforce, weeks=weeks, zone=zone), number=number)
    assert [people.heads(field) for field in HEADS] == table[-1, list(HEADS)].tolist()
    return table


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


def gone_within(walks: list[Int64], weeks: int) -> list[int]:
    return [int(table[:weeks, EXITS].sum()) for table in walks]


def test_a_share_of_a_class_is_gone_within_its_first_ninety_days() -> None:
    classes = [{"start": "2026-06-01", "size": 60, "training_weeks": 4}]
    attrition = {"annual_rate": 0.0, "first_90_days": 0.3}
    walks = [walk({"headcount": 0, "attrition": attrition, "classes": classes}, weeks=20, number=k) for k in range(150)]

    assert agrees(gone_within(walks, 20), 60 * 0.3, (60 * 0.3 * 0.7) ** 0.5)
    assert agrees(gone_within(walks, 6), 60 * (1 - 0.7 ** (42 / 90)), (60 * 0.7 ** (42 / 90) * 0.3) ** 0.5)
    assert all(table[13:, EXITS].sum() == 0 for table in walks)  # 90 days end in the thirteenth week


def test_new_people_of_the_start_are_within_their_first_ninety_days_too() -> None:
    workforce = {
        "headcount": 100,
        "tenure_weeks": {"bands": [{"from_week": 2, "heads": 50}, {"from_week": 100, "heads": 50}]},
        "attrition": {"annual_rate": 0.0, "first_90_days": 0.5},
        "hiring": {"training_weeks": 4},
        "nesting": {"weeks": 2},
    }
    walks = [walk(workforce, weeks=20, number=k) for k in range(150)]

    stay = 0.5 ** (34 / 90)  # eight of their weeks have passed
    assert agrees(gone_within(walks, 20), 50 * (1 - stay), (50 * stay * (1 - stay)) ** 0.5)


def test_weekly_probabilities_hold_by_stage_and_tenure() -> None:
    bands = [{"from_week": 0, "weekly": 0.2}, {"from_week": 3, "weekly": 0.0}]
    workforce = {
        "headcount": 0,
        "attrition": {"training_weekly": 0.1, "bands": bands},
        "classes": [{"start": "2026-06-01", "size": 80, "training_weeks": 2}],
    }
    walks = [walk(workforce, number=k) for k in range(150)]

    for week, p in ((2, 0.9**2), (4, 0.9**2 * 0.8**2), (5, 0.9**2 * 0.8**3), (8, 0.9**2 * 0.8**3)):
        found = [80 - gone for gone in gone_within(walks, week)]
        assert agrees(found, 80 * p, (80 * p * (1 - p)) ** 0.5)


def test_a_class_passes_through_its_stages() -> None:
    workforce = {
        "headcount": 5,
        "hiring": {"training_weeks": 2, "training_pass": 1.0},
        "nesting": {"weeks": 3},
        "classes": [{"start": "2026-06-01", "size": 8}, {"start": "2026-05-11", "size": 4}],
    }

    table = walk(workforce)

    assert stock(table, StockField.IN_TRAINING) == [8, 8, 0, 0, 0, 0, 0, 0, 0]
    assert stock(table, StockField.NESTING) == [4, 4, 8, 8, 8, 0, 0, 0, 0]
    assert stock(table, StockField.TENURED) == [5, 5, 9, 9, 9, 17, 17, 17, 17]


def test_each_passes_training_by_own_luck() -> None:
    classes = [{"start": "2026-06-01", "size": 40, "training_weeks": 1}]
    hiring = {"training_pass": 0.8}
    walks = [walk({"headcount": 0, "hiring": hiring, "classes": classes}, number=k) for k in range(200)]

    failed = [int(table[:, FlowField.FAILED_TRAINING].sum()) for table in walks]
    assert agrees(failed, 8, 6.4**0.5)
    assert len(set(failed)) > 5


def test_so_many_graduate_for_certain() -> None:
    classes = [{"start": "2026-06-01", "size": 30, "training_weeks": 3, "graduates": 26}]
    workforce = {"headcount": 0, "attrition": {"annual_rate": 8.0}, "classes": classes}

    for number in range(5):
        table = walk(workforce, number=number)
        assert stock(table, StockField.IN_TRAINING)[:4] == [30, 30, 30, 0]
        assert flow(table, FlowField.FAILED_TRAINING)[:3] == [0, 0, 4]
        assert 0 < table[:, FlowField.LEFT_PRODUCTION].sum() < 26


def test_contracts_have_their_shares_of_the_people() -> None:
    contracts = [{"share": 0.8, "hours_per_week": 40}, {"share": 0.2, "hours_per_week": 20}]

    table = walk({"headcount": 100, "employment": contracts})

    assert fte(table, StockField.PLANNED_FTE)[0] == pytest.approx(90, abs=0.5)


def test_planned_fte_weigh_hours_and_effective_fte_experience_too() -> None:
    workforce = {
        "headcount": 10,
        "tenure_weeks": {"all": 4},
        "nesting": {"weeks": 2, "multiplier": 2.0},
        "learning": {"new_hire_multiplier": 1.5, "time_constant_weeks": 6},
        "classes": [{"start": "2026-06-01", "size": 4, "training_weeks": 1, "hours_per_week": 20}],
    }

    table = walk(workforce)

    def speed(week: int) -> float:
        return 1 / (1 + 0.5 * math.exp(-week / 6))

    assert fte(table, StockField.PLANNED_FTE)[:4] == [10, 12, 12, 12]
    effective = [10 * speed(4), 10 * speed(5) + 1, 10 * speed(6) + 1, 10 * speed(7) + 2 * speed(0)]
    assert fte(table, StockField.EFFECTIVE_FTE)[:4] == pytest.approx(effective)


def test_over_and_under_are_effective_less_required_fte() -> None:
    (table, _), *_ = all_living(described({"headcount": 10}), required=[8, 8, 12, 12.5, 8, 8, 8, 8])

    assert fte(table, StockField.REQUIRED_FTE)[:4] == [8, 8, 12, 12.5]
    assert fte(table, StockField.OVER_UNDER_FTE)[:4] == [2, 2, -2, -2.5]


def test_the_bench_is_planned_and_effective_in_the_weeks_in_which_it_works() -> None:
    workforce = {"headcount": 10, "surge": {"agents": 3}}
    team = {"policies": [{"kind": "SURGE", "when_net_under": 0.0}]}

    (table, _), *_ = all_living(described(workforce, team=team), required=[8, 8, 12, 14.5, 8, 8, 8, 8])

    assert fte(table, StockField.PLANNED_FTE)[:5] == [10, 10, 12, 13, 10]
    assert fte(table, StockField.EFFECTIVE_FTE)[:5] == [10, 10, 12, 13, 10]
    assert fte(table, StockField.OVER_UNDER_FTE)[:5] == [2, 2, 0, -1.5, 2]
    assert stock(table, StockField.TENURED)[:5] == [10] * 5  # they are on no payroll here


def test_experience_at_the_start_has_the_mean_that_is_asked_for() -> None:
    weeks = tenures(Tenure(mean=40.0), 500)

    assert weeks.mean() == pytest.approx(40, rel=0.01)
    assert np.mean(weeks > 40) == pytest.approx(math.exp(-1), abs=0.003)


some_classes = st.lists(
    st.builds(
        lambda start, size, training, stay, graduates, hours: {
            "start": str(date(2026, 6, 1) + timedelta(days=start)),
            "size": size,
            "training_weeks": training,
            **({} if stay is None else {"until": str(date(2026, 6, 1) + timedelta(days=start + 7 * training + stay))}),
            **({"graduates": size // 2} if graduates else {}),
            **({"hours_per_week": 20} if hours else {}),
        },
        st.integers(0, 50),
        st.integers(1, 40),
        st.integers(0, 5),
        st.none() | st.integers(1, 40),
        st.booleans(),
        st.booleans(),
    ),
    max_size=4,
)
some_attrition = st.one_of(
    st.builds(lambda rate: {"annual_rate": rate, "months": {"JUL": 1.7}}, st.floats(0, 6)),
    st.builds(lambda rate, early: {"annual_rate": rate, "first_90_days": early}, st.floats(0, 6), st.floats(0, 0.9)),
    st.builds(
        lambda training, new, old: {
            "training_weekly": training,
            "bands": [{"from_week": 0, "weekly": new}, {"from_week": 2, "weekly": old}],
        },
        st.floats(0, 0.5),
        st.floats(0, 0.5),
        st.floats(0, 0.5),
    ),
)
some_hiring = st.fixed_dictionaries(
    {
        "lead_time_weeks": st.fixed_dictionaries({"mean": st.floats(0, 3), "cv": st.floats(0, 1)}),
        "fill_rate": st.floats(0.2, 1),
        "training_weeks": st.integers(0, 3),
    },
    optional={"class_size": st.integers(1, 20), "classes_per_month": st.integers(1, 4)},
)
some_policies = st.sampled_from(
    [
        [],
        [{"kind": "PLAN", "heads": {"2026-06-08": 90, "2026-07-06": 30}}],
        [{"kind": "PLAN", "heads": {"2026-06-01": 60}, "basis": "PAYROLL"}, {"kind": "SURGE", "when_net_under": 0.0}],
        [{"kind": "HIRE_UP_TO", "buffer": 0.1, "review_weeks": 2}],
    ]
)
some_workforce = st.builds(
    lambda headcount, classes, attrition, hiring, nesting, ramp: {
        "headcount": headcount,
        "classes": classes,
        "attrition": attrition,
        "hiring": hiring,
        "nesting": nesting,
        "ramp": ramp,
        "surge": {"agents": 9, "notice_hours": 30},
    },
    st.integers(0, 120),
    some_classes,
    some_attrition,
    some_hiring,
    st.none() | st.builds(lambda weeks: {"weeks": weeks, "mentor_share": 0.1}, st.integers(1, 3)),
    st.fixed_dictionaries(
        {"notice_weeks": st.integers(0, 2)},
        optional={"max_up_per_week": st.integers(1, 20), "max_down_per_week": st.integers(1, 20)},
    ),
)


@settings(max_examples=40, deadline=None)
@given(some_workforce, some_workforce, some_policies, st.integers(0, 30), st.integers(0, 1000))
def test_every_week_s_walk_adds_up(
    own: dict[str, Any], other: dict[str, Any], policies: list[dict[str, Any]], moved: int, number: int
) -> None:
    lent = min(moved, other["headcount"])
    moves = [{"from": "crew-2", "heads": lent, "start": "2026-06-10", "until": "2026-07-08"}] if lent else []
    scenario = described({**own, "moves": moves}, other, team={"policies": policies})

    lives = all_living(scenario, number=number, required=[70.0])

    for table, _ in lives:
        heads = table[:, list(HEADS)].sum(axis=1)
        joined = table[:, FlowField.HIRED] + table[:, FlowField.MOVED_IN] - table[:, FlowField.MOVED_OUT]
        assert (heads[1:] == (heads + joined - table[:, EXITS].sum(axis=1))[:-1]).all()
        lost = table[:, FlowField.LEFT_TRAINING] + table[:, FlowField.FAILED_TRAINING]
        training = table[:, StockField.IN_TRAINING]
        assert (
            training[1:] == (training + table[:, FlowField.HIRED] - lost - table[:, FlowField.GRADUATED])[:-1]
        ).all()
        assert (np.delete(table, StockField.OVER_UNDER_FTE, axis=1) >= 0).all()
        assert (table[:, FlowField.HIRED_REPLACEMENT] <= table[:, FlowField.HIRED]).all()
        assert (table[-1, list(FlowField)] == 0).all()
    moved_in, moved_out = (
        sum(table[:, field] for table, _ in lives) for field in (FlowField.MOVED_IN, FlowField.MOVED_OUT)
    )
    assert (np.array(moved_in) == np.array(moved_out)).all()
