"""Whole arrays of queues against the exact values of single ones."""

from typing import Any

import numpy as np
import pytest

from simulation.erlang import Erlang
from simulation.erlang import least_agents as least_agents_of_one
from simulation.scenario.queues.promises import Formula
from simulation.stationary import Goal, Stationary, least_agents
from tests.world.exact import reference

ROWS = [pytest.param(row, id=row["name"]) for row in reference("exact_erlang_bca")["rows"]]


def one(load: float, handling: float, agents: int, patience: float | None) -> Stationary:
    return Stationary(np.array([load]), np.array([handling]), np.array([float(agents)]), patience)


@pytest.mark.parametrize("row", ROWS)
def test_service_levels_are_exact(row: dict[str, Any]) -> None:
    p, exact = row["params"], row["erlang_a"]
    patient = one(p["offered_load_erl"], p["aht_s"], p["agents"], p["mean_patience_s"])
    assert patient.answered_within(20)[0] == pytest.approx(exact["sl_answered_in_T_over_offered"], rel=1e-6)
    assert patient.abandon_rate[0] == pytest.approx(exact["p_abandon"], rel=1e-6)
    if p["offered_load_erl"] < p["agents"]:
        endless = one(p["offered_load_erl"], p["aht_s"], p["agents"], None)
        assert endless.answered_within(20)[0] == pytest.approx(row["erlang_c"]["sl_20s"], rel=1e-7)


@pytest.mark.parametrize("agents", [8, 10, 13])
def test_every_formula_counts_what_it_says(agents: int) -> None:
    load, handling, patience, threshold, short = 10.0, 240.0, 90.0, 30.0, 5.0
    queue = one(load, handling, agents, patience)
    waits = np.linspace(0, 4000, 400_001)
    exact = Erlang(load / handling, handling, agents, patience)
    density = np.exp(exact._log_density(waits) - exact._top) * load / handling
    density /= sum(exact._weights)

    def integral(factor: Any) -> float:
        return float(np.trapezoid(density * factor, waits))

    answered = 1 - integral(np.ones_like(waits)) + integral(np.exp(-waits / patience) * (waits <= threshold))
    gone = {t: integral(1 - np.exp(-np.minimum(waits, t) / patience)) for t in (threshold, short)}
    lost = integral(1 - np.exp(-waits / patience))
    wanted = {
        Formula.ANSWERED_OVER_OFFERED: answered,
        Formula.ANSWERED_OVER_OFFERED_LESS_SHORT: answered / (1 - gone[threshold]),
        Formula.ABANDONED_IN_TIME_COUNT: answered + gone[threshold],
        Formula.ANSWERED_OVER_ANSWERED: answered / (1 - lost),
        Formula.SHORT_ABANDONS_COUNT: answered + gone[short],
    }
    for formula, level in wanted.items():
        assert queue.service_level(threshold, formula, short)[0] == pytest.approx(level, abs=1e-4), formula


@pytest.mark.parametrize("patience", [None, 60.0, 900.0])
@pytest.mark.parametrize("share", [0.5, 0.8, 0.95])
def test_the_least_agents_of_many_are_the_least_of_each(patience: float | None, share: float) -> None:
    rng = np.random.default_rng(1)
    rates, handling = rng.uniform(0.0005, 0.4, 200), rng.choice([180.0, 300.0, 615.0], 200)
    rates[::17] = 0.0
    goal = Goal(np.full(200, share), 20.0, Formula.ANSWERED_OVER_OFFERED, 5.0, patience, None)

    least = least_agents(rates * handling, handling, np.ones(200), [goal])

    def of_one(rate: float, seconds: float) -> int:
        fewest = int(np.ceil(rate * seconds - 1e-9))  # an occupancy of at most 1 of what is offered
        return max(fewest, least_agents_of_one(rate, seconds, patience, threshold_seconds=20, service_level=share))

    assert least.tolist() == [of_one(rate, seconds) for rate, seconds in zip(rates, handling, strict=True)]


def test_occupancy_and_abandonment_can_ask_for_more() -> None:
    load, handling = np.array([40.0, 40.0]), np.array([300.0, 300.0])
    easy = Goal(np.array([0.1, 0.1]), 20.0, Formula.ANSWERED_OVER_OFFERED, 5.0, 120.0, None)
    strict = Goal(np.array([0.0, 0.1]), 20.0, Formula.ANSWERED_OVER_OFFERED, 5.0, 120.0, 0.02)

    agents = least_agents(load, handling, np.array([0.8, 1.0]), [easy, strict])

    assert agents[0] == 50
    rates = [one(40, 300, n, 120).abandon_rate[0] for n in (agents[1] - 1, agents[1])]
    assert rates[0] > 0.02 >= rates[1]


@pytest.mark.parametrize("load", [1e-6, 0.5, 3000.0, 40_000.0])
@pytest.mark.parametrize("patience", [None, 1.0, 50_000.0])
def test_small_and_huge_loads_have_an_answer(load: float, patience: float | None) -> None:
    goal = Goal(np.array([0.8]), 20.0, Formula.ANSWERED_OVER_OFFERED, 5.0, patience, None)
    with np.errstate(all="raise", under="ignore"):
        agents = least_agents(np.array([load]), np.array([300.0]), np.array([1.0]), [goal])
    assert load <= agents[0] <= load + 1 + 2 * load**0.5
