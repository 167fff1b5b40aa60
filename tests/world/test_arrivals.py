"""Contacts before the floor: keyed draws, unit distributions, counts that grow by adding."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from simulation.scenario.grid import MINUTE
from simulation.scenario.queues.times import Distribution
from simulation.world.demand.arrivals import NEVER, QueueArrivals, drawn_counts, poisson_counts, trace
from simulation.world.demand.cells import expected_cells, handling_multipliers
from simulation.world.demand.distributions import draw, quantile_table
from simulation.world.floor.compiled.arrivals import counts_at, kernel_counts
from simulation.world.randomness import Draws, Purpose, bits, mix, mix_array
from tests.world.exact import queue, team, world

Rows = set[tuple[int, ...]]


@given(st.lists(st.integers(0, 2**64 - 1), min_size=1, max_size=20))
def test_mixing_an_array_is_mixing_each_number(values: list[int]) -> None:
    assert mix_array(np.array(values, np.uint64)).tolist() == [mix(value) for value in values]


def test_a_draw_is_named_by_seed_replication_purpose_owner_and_number() -> None:
    numbers = np.arange(4, dtype=np.int64)
    one = Draws(1, 0).uniforms(Purpose.WORK, "orders", numbers)
    assert one.tolist() == [Draws(1, 0).uniform(Purpose.WORK, "orders", n) for n in range(4)]
    others = [
        Draws(2, 0).uniforms(Purpose.WORK, "orders", numbers),
        Draws(1, 1).uniforms(Purpose.WORK, "orders", numbers),
        Draws(1, 0).uniforms(Purpose.PATIENCE, "orders", numbers),
        Draws(1, 0).uniforms(Purpose.WORK, "chat", numbers),
    ]
    assert all(not np.isin(one, other).any() for other in others)


@pytest.mark.parametrize("purpose", [Purpose.VOLUME, Purpose.ARRIVAL, Purpose.WORK])
def test_uniforms_fill_the_unit_interval_evenly(purpose: Purpose) -> None:
    values = Draws(3, 0).uniforms(purpose, "q", np.arange(200_000, dtype=np.int64))
    assert stats.kstest(values, "uniform").pvalue > 0.001
    assert stats.kstest(values[:-1] * 0.5 + values[1:] * 0.5, stats.triang(0.5).cdf).pvalue > 0.001  # neighbours


DISTRIBUTIONS = [
    (Distribution.EXPONENTIAL, 1.0, stats.expon().cdf),
    (Distribution.LOGNORMAL, 0.8, stats.lognorm(np.sqrt(np.log(1.64)), scale=1 / np.sqrt(1.64)).cdf),
    (Distribution.GAMMA, 0.5, stats.gamma(4, scale=0.25).cdf),
    (Distribution.GAMMA, 1.5, stats.gamma(1 / 2.25, scale=2.25).cdf),
    (Distribution.WEIBULL, 1.0, stats.expon().cdf),
]


@pytest.mark.parametrize(("distribution", "cv", "cdf"), DISTRIBUTIONS)
def test_unit_draws_follow_their_distribution(distribution: Distribution, cv: float, cdf: Any) -> None:
    values = draw(quantile_table(distribution, cv), bits(99, np.arange(200_000, dtype=np.uint64)))
    assert stats.kstest(values, cdf).pvalue > 0.001


@pytest.mark.parametrize("distribution", [Distribution.LOGNORMAL, Distribution.GAMMA, Distribution.WEIBULL])
@pytest.mark.parametrize("cv", [0.1, 0.5, 1.0, 2.0])
def test_a_table_has_mean_one_and_its_coefficient_of_variation(distribution: Distribution, cv: float) -> None:
    levels = [(low, high) for level in quantile_table(distribution, cv) for low, high in [(level[:-1], level[1:])]]
    mean = second = 0.0
    for depth, (low, high) in enumerate(levels):
        cells = slice(None) if depth == len(levels) - 1 else slice(-1)
        weight = 4096.0 ** -(depth + 1)
        mean += weight * float((low + high)[cells].sum() / 2)
        second += weight * float((low * low + low * high + high * high)[cells].sum() / 3)
    assert mean == pytest.approx(1, abs=1e-12)
    assert np.sqrt(second - 1) == pytest.approx(cv, rel=0.002)


@given(st.floats(1e-9, 1 - 1e-9), st.floats(0, 30_000))
@settings(derandomize=True)
def test_a_count_is_the_inverse_of_the_poisson_distribution(uniform: float, mean: float) -> None:
    count = int(poisson_counts(np.array([uniform]), np.array([mean]))[0])
    assert stats.poisson.cdf(count, mean) >= uniform
    assert count == 0 or stats.poisson.cdf(count - 1, mean) < uniform


def test_the_compiled_floor_counts_as_many() -> None:
    generator = np.random.default_rng(1)
    uniforms = np.concatenate([generator.random(20_000), [2.0**-54, 1 - 2.0**-53, 0.5]])
    means = np.concatenate([generator.exponential(200, 10_000), generator.exponential(1, 10_000), [5_000, 7, 0]])
    assert (counts_at(uniforms, means) == poisson_counts(uniforms, means)).all()
    stream, numbers = Draws(1, 0).stream(Purpose.VOLUME, "q"), np.arange(len(means))
    assert (kernel_counts(stream, numbers, means) == drawn_counts(stream, numbers, means)).all()


def _contacts(per_hour: float) -> Rows:
    centre = world(2, [queue("q", per_hour, 200, patience={"mean_seconds": 100})], [team("t", 5, {"queue": "q"})])
    draws = Draws(1, 0)
    arrivals = [QueueArrivals(centre.scenario.queues[0], centre.cells[0], centre.multipliers[0], draws)]
    drawn = trace(arrivals, 0, centre.grid.intervals)
    assert (np.diff(drawn.arrives) >= 0).all()
    return set(zip(*(c.tolist() for c in (drawn.number, drawn.arrives, drawn.gives_up, drawn.work)), strict=True))


def test_more_volume_keeps_the_contacts_of_less_and_adds_some() -> None:
    less, more = _contacts(40), _contacts(50)
    assert less < more
    assert len(less) == pytest.approx(40 * 48, rel=0.1)


def test_contacts_arrive_inside_their_cell_evenly_and_wait_from_their_arrival() -> None:
    centre = world(1, [queue("q", 3000, 200)], [team("t", 5, {"queue": "q"})])
    scenario, grid = centre.scenario, centre.grid
    cells, multipliers = expected_cells(scenario, grid), handling_multipliers(scenario, grid)
    drawn = trace([QueueArrivals(scenario.queues[0], cells[0], multipliers[0], Draws(1, 0))], 5, 7)
    hours, place = np.divmod(drawn.arrives, 60 * MINUTE)
    assert set(hours.tolist()) == {5, 6}
    assert stats.kstest(place / (60 * MINUTE), "uniform").pvalue > 0.001
    assert (drawn.gives_up == NEVER).all()  # nobody abandons without patience
    assert drawn.work.mean() == pytest.approx(200e6, rel=0.05)
