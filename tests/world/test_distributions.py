"""Distributions: every one has its numeric half, and what its definition says is so."""

import numpy as np
import pytest

from simulation.scenario.queues.times import FIXED_CV, WITH_CV, Distribution, Handling, Spread
from simulation.world.demand.distributions import QUANTILES, draw, time_table


def test_every_distribution_has_quantiles_but_those_that_are_observed() -> None:
    assert QUANTILES.keys() == {one for one in Distribution if one.cv is not Spread.OBSERVED}


@pytest.mark.parametrize("name", [*FIXED_CV, *WITH_CV])
def test_draws_have_the_mean_and_the_coefficient_of_variation_of_the_definition(name: str) -> None:
    given = {"distribution": name, "mean_seconds": 300, **({"cv": 0.5} if name in WITH_CV else {})}
    time = Handling.model_validate(given)
    bits = np.random.default_rng(1).integers(0, 1 << 64, 200_000, np.uint64, endpoint=False)
    drawn = draw(time_table(time), bits) * time.mean
    assert time.cv == FIXED_CV.get(name, 0.5)
    assert drawn.mean() == pytest.approx(300, rel=0.01)
    assert drawn.std() / drawn.mean() == pytest.approx(time.cv, abs=0.01)
