"""Times as they were observed: a mean that follows, draws that follow the points."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from simulation.scenario.queues.times import Patience
from simulation.world.demand.arrivals import QueueArrivals, trace
from simulation.world.demand.distributions import draw, time_table
from simulation.world.randomness import Draws, bits
from tests.world.exact import queue, team, world

BITS = bits(7, np.arange(100_000, dtype=np.uint64))


def empirical(**given: Any) -> Patience:
    return Patience.model_validate({"distribution": "EMPIRICAL", **given})


def points(*pairs: tuple[float, float]) -> list[dict[str, float]]:
    return [{"share": share, "seconds": seconds} for share, seconds in pairs]


def test_the_mean_of_quantiles_is_the_area_under_them_flat_outside() -> None:
    time = empirical(quantiles=points((0.1, 20), (0.5, 60), (0.9, 200)))
    assert time.mean == pytest.approx(0.1 * 20 + 0.4 * 40 + 0.4 * 130 + 0.1 * 200)


def test_the_mean_of_values_is_theirs_in_any_order() -> None:
    assert empirical(values=[30, 10, 20, 600]).mean == 165
    assert empirical(values=[30, 10, 20, 600]).points == empirical(values=[600, 10, 30, 20]).points


def test_draws_follow_the_quantile_function() -> None:
    time = empirical(quantiles=points((0.0, 10), (0.5, 60), (1.0, 200)))
    drawn = draw(time_table(time), BITS) * time.mean
    assert stats.kstest(drawn, lambda x: np.interp(x, [10, 60, 200], [0, 0.5, 1])).pvalue > 0.001
    assert drawn.mean() == pytest.approx(time.mean, abs=4 * drawn.std() / np.sqrt(len(drawn)))


def test_a_flat_end_is_an_atom() -> None:
    time = empirical(quantiles=points((0.3, 20), (0.6, 80)))
    drawn = draw(time_table(time), BITS) * time.mean
    for atom, share in ((20, 0.3), (80, 0.4)):
        found = np.isclose(drawn, atom, rtol=1e-3).mean()
        assert found == pytest.approx(share, abs=4 * np.sqrt(share * (1 - share) / len(drawn)) + 1e-3)


def test_one_value_is_always_the_same() -> None:
    assert draw(time_table(empirical(values=[45])), BITS[:1000]) * 45 == pytest.approx([45] * 1000)


@settings(max_examples=40, deadline=None, derandomize=True)
@given(st.lists(st.floats(1, 1e4), min_size=1, max_size=300))
def test_draws_stay_within_the_values_and_have_their_mean(values: list[float]) -> None:
    time = empirical(values=values)
    drawn = draw(time_table(time), BITS[:20_000]) * time.mean
    assert drawn.min() >= min(values) * 0.999
    assert drawn.max() <= max(values) * 1.001
    assert drawn.mean() == pytest.approx(np.mean(values), abs=4.5 * drawn.std() / np.sqrt(20_000) + 1e-6 * max(values))


def test_handling_and_patience_may_be_as_observed() -> None:
    handling = {"distribution": "EMPIRICAL", "values": [100, 300], "changes": [{"from": "2026-03-02", "multiplier": 2}]}
    patience = {"distribution": "EMPIRICAL", "quantiles": points((0, 50), (1, 70))}
    centre = world(1, [{**queue("q", 500, 1, patience=patience), "handling": handling}], [team("t", 5, {"queue": "q"})])
    arrivals = QueueArrivals(centre.scenario.queues[0], centre.cells[0], centre.multipliers[0], Draws(1, 0))
    drawn = trace([arrivals], 0, 24)
    patient = (drawn.gives_up - drawn.arrives) / 1e6
    assert stats.kstest(patient, stats.uniform(50, 20).cdf).pvalue > 0.001
    assert drawn.work.min() == pytest.approx(200e6, rel=1e-3)
    assert drawn.work.max() == pytest.approx(600e6, rel=1e-3)
    assert drawn.work.mean() == pytest.approx(400e6, rel=0.03)
