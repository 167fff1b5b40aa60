"""One queue with any patience against exact values, and its least agents against the reference's."""

from math import gamma, sqrt
from typing import Any

import numpy as np
import pytest

from simulation.scenario.grid import Grid
from simulation.scenario.queues.promises import Formula
from simulation.scenario.queues.times import Distribution, Patience
from simulation.stationary import Stationary
from simulation.studies.staffing.any_patience import AnyPatience, AnyQueue
from simulation.studies.staffing.moments import Moments
from simulation.studies.staffing.one_queue import least_of_one_queue
from tests.world.exact import queue, reference, team, world


def weibull(shape: float, scale: float) -> Patience:
    first, second = gamma(1 + 1 / shape), gamma(1 + 2 / shape)
    cv = sqrt(second / first**2 - 1)
    return Patience(distribution=Distribution.WEIBULL, mean_seconds=scale * first, cv=cv)


PATIENCE = {
    "deterministic 60 s": AnyPatience(Patience(distribution=Distribution.DETERMINISTIC, mean_seconds=60)),
    "Weibull shape 0.5 scale 60 s (mean 120 s)": AnyPatience(weibull(0.5, 60)),
    "Weibull shape 2 scale 120 s": AnyPatience(weibull(2, 120)),
    "patience = 0 with probability 0.1 (balks iff all agents busy), else Exp(mean 200 s)": AnyPatience(
        Patience(mean_seconds=200), 0.1
    ),
}
ROWS = [row for row in reference("exact_mmc_plus_g")["rows"] if row["params"]["patience"] in PATIENCE]


@pytest.mark.parametrize("row", [pytest.param(row, id=row["name"]) for row in ROWS])
def test_any_patience_is_exact(row: dict[str, Any]) -> None:
    p, exact = row["params"], row["exact"]
    one = AnyQueue(p["offered_load_erl"], p["aht_s"], p["agents"], PATIENCE[p["patience"]])
    levels = {formula: one.service_level(20, formula, 5) for formula in Formula}
    wanted = {
        Formula.ANSWERED_OVER_OFFERED: exact["sl_answered_in_T_over_offered"],
        Formula.ANSWERED_OVER_OFFERED_LESS_SHORT: exact["sl_answered_in_T_over_offered_minus_short_abandons"],
        Formula.ANSWERED_OVER_ANSWERED: exact["sl_answered_in_T_over_answered"],
        Formula.ABANDONED_IN_TIME_COUNT: exact["sl_answered_or_abandoned_in_T_over_offered"],
    }
    for formula, level in wanted.items():
        assert levels[formula] == pytest.approx(level, abs=2e-6), formula
    assert one.abandon_rate == pytest.approx(exact["p_abandon"], abs=2e-6)


@pytest.mark.parametrize("formula", list(Formula))
def test_exponential_patience_is_the_closed_form(formula: Formula) -> None:
    patience = AnyPatience(Patience(mean_seconds=90))
    for load, agents in [(2.5, 4), (10.0, 9), (80.0, 77)]:
        closed = Stationary(np.array([load]), np.array([240.0]), np.array([float(agents)]), 90.0)
        level = AnyQueue(load, 240.0, agents, patience).service_level(20, formula, 5)
        assert level == pytest.approx(closed.service_level(20, formula, 5)[0], abs=1e-7)


def agents_of(per_hour: float, handling: float, target: dict[str, Any], **more: Any) -> int:
    described = world(1, [queue("q", per_hour, handling, target=target, **more)], [team("t", 1, {"queue": "q"})])
    scenario, grid = described.scenario, Grid.of(described.scenario)
    moments = Moments.of(scenario, grid)
    one = scenario.queues[0]
    return int(least_of_one_queue(scenario, one, grid, moments.rates[:, 0], moments.handling[:, 0])[12])


@pytest.mark.parametrize("row", reference("exact_extras_staffing")["rows"], ids=lambda row: str(row["load_erl"]))
def test_the_least_agents_are_those_of_the_reference(row: dict[str, Any]) -> None:
    patient = {"patience": {"mean_seconds": row["mean_patience_s"]}}
    for percent in (80, 90):
        target = {"threshold_seconds": 20, "share": percent / 100}
        endless = agents_of(row["arrivals_per_hour"], row["aht_s"], target)
        leaving = agents_of(row["arrivals_per_hour"], row["aht_s"], target, **patient)
        assert endless == row[f"erlangC_min_agents_SL{percent}_20s"]
        assert leaving == row[f"erlangA_min_agents_SL{percent}_20s_def1"]
    few_leave = {"threshold_seconds": 20, "share": 0.001, "max_abandon_rate": 0.05}
    assert (
        agents_of(row["arrivals_per_hour"], row["aht_s"], few_leave, **patient)
        == row["erlangA_min_agents_abandon_5pct"]
    )


@pytest.mark.parametrize("formula", list(Formula))
@pytest.mark.parametrize(
    "patience", [None, {"mean_seconds": 120}, {"distribution": "DETERMINISTIC", "mean_seconds": 60}]
)
def test_one_agent_less_misses_the_target(formula: Formula, patience: dict[str, Any] | None) -> None:
    target = {"threshold_seconds": 20, "share": 0.85, "formula": formula.value}
    more = {"patience": patience} if patience else {}
    agents = agents_of(200, 180, target, **more)
    of = AnyPatience(Patience.model_validate(patience) if patience else None)
    enough, too_few = (AnyQueue(10.0, 180.0, n, of).service_level(20, formula, 5) for n in (agents, agents - 1))
    assert enough >= 0.85 > too_few


def test_nobody_is_needed_where_nobody_comes() -> None:
    open_by_day = {"hours": [{"open": "08:00", "close": "16:30"}]}
    described = world(1, [queue("q", 60, 240, **open_by_day)], [team("t", 1, {"queue": "q"})])
    scenario, grid = described.scenario, Grid.of(described.scenario)
    moments = Moments.of(scenario, grid)
    agents = least_of_one_queue(scenario, scenario.queues[0], grid, moments.rates[:, 0], moments.handling[:, 0])
    assert agents[:8].tolist() == [0] * 8
    assert agents[17:].tolist() == [0] * 7
    # the last half hour is as busy as those before it: its rate is that of the time in which the queue is open
    assert set(agents[8:17].tolist()) == {agents[8]}
    assert agents[8] > 0
