"""One queue with so many lines against exact values, and targets that its lines forbid."""

from typing import Any

import numpy as np
import pytest
from scipy import linalg

from simulation.erlang import erlang_b
from simulation.scenario.grid import Grid
from simulation.scenario.queues.promises import Formula
from simulation.scenario.queues.times import Patience
from simulation.scenario.reading.document import from_data
from simulation.scenario.scenario import Scenario
from simulation.stationary import Stationary
from simulation.studies.staffing.any_patience import AnyPatience, AnyQueue
from simulation.studies.staffing.finite_lines import LinedQueue, least_lines
from simulation.studies.staffing.least_agents import least_agents
from simulation.studies.study import StudyRefusedError
from tests.world.exact import reference

ROWS = reference("exact_returns_and_trunks")["finite_trunks"]["rows"]
OFFERED = Formula.ANSWERED_OVER_OFFERED


@pytest.mark.parametrize("row", [pytest.param(row, id=row["name"]) for row in ROWS])
def test_lines_block_as_the_reference_says(row: dict[str, Any]) -> None:
    p, exact = row["params"], row["exact"]
    patience = 180 / p["theta"] if p["theta"] else None
    one = LinedQueue(p["lam"] / p["mu"], 180 / p["mu"], p["agents"], p["trunks"], patience)
    assert one.blocked == pytest.approx(exact["p_blocked"], abs=1e-9)
    assert one.abandon_rate == pytest.approx(exact["p_abandon_of_offered"], abs=1e-9)
    assert one.answered_within(0) == pytest.approx((1 - exact["p_wait_among_accepted"]) * (1 - one.blocked), abs=1e-9)


@pytest.mark.parametrize(("load", "agents", "lines", "patience"), [(9, 8, 12, 90.0), (3, 2, 9, 30.0), (6, 7, 9, None)])
def test_the_wait_is_the_one_of_the_chain(load: float, agents: int, lines: int, patience: float | None) -> None:
    """Who is j-th in line as a chain by itself: a place ahead at each departure, answered from the first, or gone."""
    handling, balking, leave = 240.0, 0.2, 0.0 if patience is None else 1 / patience
    one = LinedQueue(load, handling, agents, lines, patience, balking)
    for threshold in (0.0, 20.0, 300.0):
        answered = gone = 0.0
        for j in range(1, lines - agents + 1):
            moves = np.zeros((j + 2, j + 2))  # places 1..j, then answered, then gone
            for place in range(1, j + 1):
                ahead = agents / handling + (place - 1) * leave
                moves[place - 1, place - 2 if place > 1 else j] = ahead
                moves[place - 1, j + 1] += leave
                moves[place - 1, place - 1] = -(ahead + leave)
            reached = linalg.expm(moves * threshold)[j - 1]
            share = one._weights[agents + j - 1]
            answered += (1 - balking) * share * reached[j]
            gone += share * (balking + (1 - balking) * reached[j + 1])
        assert one.answered_within(threshold) == pytest.approx(one._weights[:agents].sum() + answered, abs=1e-9)
        assert one.abandoned_within(threshold) == pytest.approx(gone, abs=1e-9)
    for formula in Formula:
        assert 0 <= one.service_level(20, formula, 5) <= 1 + 1e-12


@pytest.mark.parametrize("formula", list(Formula))
def test_with_lines_for_all_it_is_a_queue_without(formula: Formula) -> None:
    for load, agents in [(2.5, 4), (10.0, 9), (80.0, 77)]:
        endless = Stationary(np.array([load]), np.array([240.0]), np.array([float(agents)]), 90.0)
        level = LinedQueue(load, 240.0, agents, 4000, 90.0).service_level(20, formula, 5)
        assert level == pytest.approx(endless.service_level(20, formula, 5)[0], abs=1e-9)
    balking = AnyQueue(10.0, 180.0, 9, AnyPatience(Patience(mean_seconds=200), 0.1))
    level = LinedQueue(10.0, 180.0, 9, 4000, 200.0, 0.1).service_level(20, formula, 5)
    assert level == pytest.approx(balking.service_level(20, formula, 5), abs=1e-6)


def test_with_no_line_to_wait_in_it_is_erlang_b() -> None:
    for agents in (4, 7, 40):
        one = LinedQueue(6.0, 180.0, agents, 4, 60.0)
        assert one.service_level(20, OFFERED, 5) == pytest.approx(1 - erlang_b(6.0, 4), abs=1e-12)
    assert 1 - erlang_b(6.0, least_lines(6.0, 0.8)) >= 0.8 > 1 - erlang_b(6.0, least_lines(6.0, 0.8) - 1)


def desk(lines: int, **target: Any) -> Scenario:
    """Six Erlangs, round the clock."""
    queue = {
        "id": "calls",
        "demand": {"weekly_volume": 6 / 180 * 604_800},
        "handling": {"distribution": "EXPONENTIAL", "mean_seconds": 180},
        "patience": {"mean_seconds": 60},
        "lines": lines,
        "target": {"threshold_seconds": 20, "share": 0.8, "formula": "ANSWERED_OVER_OFFERED", **target},
    }
    team = {"id": "desk", "site": "here", "skills": [{"queue": "calls"}], "staffing": {"agents": 1}}
    site = {"id": "here", "country": "US", "timezone": "UTC"}
    vendor = {"id": "own", "kind": "IN_HOUSE", "sites": [site], "teams": [team]}
    head = {"name": "Desk", "start": "2026-03-02", "days": 1, "timezone": "UTC", "interval_minutes": 60}
    return from_data({**head, "queues": [queue], "vendors": [vendor]})


def test_agents_are_the_least_with_these_lines() -> None:
    found = least_agents(desk(9))["desk"]
    assert len(found) == Grid.of(desk(9)).intervals
    levels = [LinedQueue(6.0, 180.0, n, 9, 60.0).service_level(20, OFFERED, 5) for n in (found[0] - 1, found[0])]
    assert levels[0] < 0.8 <= levels[1]
    assert max(least_agents(desk(9, max_occupancy=0.5))["desk"]) == 12  # more than there are lines


def test_a_target_that_the_lines_forbid_is_refused_with_the_nearest() -> None:
    with pytest.raises(StudyRefusedError) as refused:
        least_agents(desk(5))
    best, needed = 1 - erlang_b(6.0, 5), least_lines(6.0, 0.8)
    nearest = int(best * 1000) / 1000
    assert str(refused.value) == (
        "no number of agents keeps the target of calls, 80 % from 2026-03-02 00:00 on: its 5 lines let in "
        f"{100 * best:.1f} % even if nobody waits; ask for {nearest:g} at most, or give it {needed} lines"
    )
    least_agents(desk(needed))
    least_agents(desk(5, share=nearest))
    assert least_agents(desk(1, formula="ANSWERED_OVER_ANSWERED"))["desk"][0] == 1
