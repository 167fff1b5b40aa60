"""Headcount against exact values: means and standard deviations by week of people who live and leave independently."""

from datetime import date, timedelta
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from simulation.outcome.counting.counters import FTE_UNIT, StockField
from tests.world.crew import described, living
from tests.world.exact import reference

Data = dict[str, Any]
SETS = {one["name"]: one for one in reference("exact_headcount")["sets"]}
START = date(2026, 6, 1)
PRODUCTIVE, TRAINING, EFFECTIVE = StockField.TENURED, StockField.IN_TRAINING, StockField.EFFECTIVE_FTE
QUICK = pytest.param(150, id="quick")
FULL = pytest.param(4000, id="full", marks=pytest.mark.bar)


def workforce(given: Data, heads: int, classes: bool) -> Data:
    """The reference's people: its classes, or those who are experienced at the start."""
    bands = [{"from_week": begin, "weekly": weekly} for begin, _, weekly in given["attrition_productive"]]
    curve = given["learning"]
    return {
        "headcount": heads,
        "tenure_weeks": {"all": 1000},
        "attrition": {"training_weekly": given["attrition_training"], "bands": bands},
        "hiring": {"training_weeks": given["training_weeks"], "training_pass": given["pass_prob"]},
        "learning": {
            "shape": "SPEED",
            "new_hire_multiplier": curve["s_inf"] / curve["s0"],
            "time_constant_weeks": curve["tau_weeks"],
        },
        "classes": [
            {"start": str(START + timedelta(weeks=week)), "size": size} for week, size in given["classes"] if classes
        ],
    }


@pytest.mark.slow
@pytest.mark.parametrize("replications", [QUICK, FULL])
@pytest.mark.parametrize("name", SETS)
def test_every_week_agrees_with_the_exact_mean_and_deviation(name: str, replications: int) -> None:
    given, exact = SETS[name]["params"], SETS[name]["weeks"]
    weeks = len(exact)
    experienced = described(workforce(given, given["initial_experienced"], False), weeks=weeks)
    hired = described(workforce(given, 0, True), weeks=weeks)

    pairs = [(living(experienced, number=k)[0], living(hired, number=k)[0]) for k in range(replications)]
    old, new = (np.array([pair[side] for pair in pairs])[:, :weeks] for side in (0, 1))

    productive, training = old[..., PRODUCTIVE] + new[..., PRODUCTIVE], new[..., TRAINING]
    for stock, mean, sd in ((productive, "productive", "sd_productive"), (training, "in_training", "sd_in_training")):
        assert_agrees(stock, column(exact, mean), column(exact, sd))
    full_speed = given["learning"]["s_inf"]
    effective = (old[..., EFFECTIVE] + full_speed * new[..., EFFECTIVE]) / FTE_UNIT
    assert_agrees(effective, column(exact, "effective_productive"), None)


def column(exact: list[Data], name: str) -> NDArray[np.float64]:
    return np.array([week[name] for week in exact])


def assert_agrees(found: Any, mean: NDArray[np.float64], sd: NDArray[np.float64] | None) -> None:
    """Means by week, and variances where known, within four standard errors.

    A sum of independent yes-or-no people has an excess kurtosis of at most 1 / variance.
    """
    n, variance = len(found), found.var(axis=0, ddof=1)
    exact = variance if sd is None else sd**2
    assert np.all(np.abs(found.mean(axis=0) - mean) <= 4 * (exact / n) ** 0.5 + 1e-6)
    if sd is not None:
        assert np.all(np.abs(variance - exact) <= 4 * ((2 * exact**2 + exact) / n) ** 0.5 + 1e-6)
