"""People lent between teams: they stay who they are, and come back."""

from typing import Any

import numpy as np
import pytest

from simulation.outcome.counting.counters import FlowField, StockField
from simulation.scenario.grid import Int64
from tests.world.crew import all_living, described, flow, stock

Data = dict[str, Any]
TRAINING, TENURED = StockField.IN_TRAINING, StockField.TENURED
MOVE = {"from": "crew-2", "heads": 6, "start": "2026-06-15", "until": "2026-07-12", "training_weeks": 1}


def lent(move: Data = MOVE, *, mine: Data | None = None, theirs: Data | None = None, number: int = 0) -> list[Int64]:
    """Tables of a team of ten that borrows from one of twenty, and of that one."""
    own = {"headcount": 10, "moves": [move], **(mine or {})}
    lives = all_living(described(own, {"headcount": 20, **(theirs or {})}), number=number)
    return [table for table, _ in lives]


def test_they_are_trained_work_and_go_back() -> None:
    mine, theirs = lent()

    assert stock(mine, TRAINING) == [0, 0, 6, 0, 0, 0, 0, 0, 0]
    assert stock(mine, TENURED) == [10, 10, 10, 16, 16, 16, 10, 10, 10]
    assert stock(theirs, TENURED) == [20, 20, 14, 14, 14, 14, 20, 20, 20]
    assert flow(mine, FlowField.MOVED_IN) == flow(theirs, FlowField.MOVED_OUT) == [0, 6, 0, 0, 0, 0, 0, 0]
    assert flow(mine, FlowField.MOVED_OUT) == flow(theirs, FlowField.MOVED_IN) == [0, 0, 0, 0, 0, 6, 0, 0]


def test_no_more_go_than_are_there() -> None:
    mine, theirs = lent({**MOVE, "heads": 20}, theirs={"attrition": {"annual_rate": 6}})

    (went,) = {*flow(mine, FlowField.MOVED_IN)} - {0}
    assert went == 20 - sum(flow(theirs, FlowField.LEFT_PRODUCTION)[:2]) < 20
    assert stock(theirs, TENURED)[2] == 0


def test_without_a_last_day_they_stay() -> None:
    mine, theirs = lent({name: value for name, value in MOVE.items() if name != "until"})

    assert (stock(mine, TENURED)[-1], stock(theirs, TENURED)[-1]) == (16, 14)


def test_the_same_people_leave_whether_they_are_lent_or_not() -> None:
    leaving: Data = {"attrition": {"annual_rate": 2.5}}
    home = all_living(described({"headcount": 0, **leaving}, {"headcount": 200, **leaving}))
    away = {"from": "crew-2", "heads": 80, "start": "2026-06-10", "until": "2026-07-05"}

    lives = all_living(described({"headcount": 0, "moves": [away], **leaving}, {"headcount": 200, **leaving}))

    alone = home[1][0][:, FlowField.LEFT_PRODUCTION]
    together = lives[0][0][:, FlowField.LEFT_PRODUCTION] + lives[1][0][:, FlowField.LEFT_PRODUCTION]
    assert together.tolist() == alone.tolist()
    assert lives[0][0][:, FlowField.LEFT_PRODUCTION].sum() > 0


def test_tenure_and_limits_travel_with_them() -> None:
    classes = [{"start": "2026-06-01", "size": 6, "training_weeks": 0, "until": "2026-06-30", "queues": ["orders"]}]
    theirs = {"headcount": 0, "tenure_weeks": {"all": 3}, "classes": classes}

    own, other = all_living(described({"headcount": 0, "moves": [MOVE]}, theirs))

    assert stock(own[0], TENURED) == [0, 0, 0, 6, 6, 0, 0, 0, 0]  # released on 1 July, wherever they are
    assert flow(own[0], FlowField.RELEASED) == [0, 0, 0, 0, 6, 0, 0, 0]
    assert np.sort(own[1].persons["key"]).tolist() == np.sort(other[1].persons["key"]).tolist()
    assert own[1].persons["settled"].tolist() == [0] * 6


def test_moving_more_people_moves_the_same_and_others() -> None:
    fewer, more = (
        all_living(described({"headcount": 0, "moves": [{**MOVE, "heads": heads}]}, {"headcount": 40}))[0][1]
        for heads in (5, 9)
    )

    assert set(fewer.persons["key"].tolist()) < set(more.persons["key"].tolist())


@pytest.mark.parametrize("start", ["2026-06-01", "2026-06-03"])
def test_a_move_at_or_after_the_start_balances(start: str) -> None:
    mine, theirs = lent({**MOVE, "start": start})

    assert (stock(mine, TENURED)[-1], stock(theirs, TENURED)[-1]) == (10, 20)
