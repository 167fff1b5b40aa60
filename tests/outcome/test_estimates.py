"""Statistics against known values and their own promises."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy import stats

from simulation.outcome.counting.estimates import (
    NOT_NEGATIVE,
    SHARES,
    Estimate,
    column_deviations,
    column_means,
    column_quantiles,
    student_quantile,
    wilson_interval,
)


def of(*values: float) -> Estimate:
    return Estimate(np.array(values, np.float64))


@pytest.mark.parametrize("freedom", [1, 2, 9, 99, 9999])
@pytest.mark.parametrize("probability", [0.9, 0.975, 0.995])
def test_student_quantiles_agree_with_scipy(freedom: int, probability: float) -> None:
    assert student_quantile(probability, freedom) == pytest.approx(stats.t.ppf(probability, freedom), rel=1e-9)


def test_a_mean_its_deviation_and_its_student_interval() -> None:
    values = [4.0, 7.0, 1.0, 8.0, 5.0]
    known = stats.t.interval(0.9, 4, loc=5, scale=stats.sem(values))
    assert of(*values).mean == 5
    assert of(*values).deviation == pytest.approx(math.sqrt(30 / 4))
    assert of(*values).confidence_interval(0.9) == pytest.approx(known)


def test_a_95_percent_interval_covers_the_mean_95_times_in_100() -> None:
    rng = np.random.default_rng(3)
    samples = rng.normal(10, 2, (4000, 6))
    covered = sum(low <= 10 <= high for low, high in (of(*row).confidence_interval() or (0, 0) for row in samples))
    assert abs(covered / 4000 - 0.95) < 4 * math.sqrt(0.95 * 0.05 / 4000)


def test_the_delta_method_by_hand() -> None:
    over, under = np.array([8.0, 45.0, 27.0]), np.array([10.0, 60.0, 30.0])
    level = Estimate(over, under)
    error = math.sqrt((0 + 9 + 9) / 2 / 3) / (100 / 3)  # residuals N - 0.8 D are 0, -3, 3
    assert level.mean == pytest.approx(0.8)
    assert level.standard_error == pytest.approx(error)
    assert level.deviation == pytest.approx(np.std([0.8, 0.75, 0.9], ddof=1))
    assert level.half_width() == pytest.approx(stats.t.ppf(0.975, 2) * error)


def test_delta_intervals_cover_a_ratio_of_expectations() -> None:
    rng, truth, covered = np.random.default_rng(5), 0.7, 0
    for _ in range(2000):
        offered = rng.poisson(rng.gamma(4, 25, 30))
        over = rng.binomial(offered, truth).astype(np.float64)
        low, high = Estimate(over, offered.astype(np.float64)).confidence_interval() or (1, 0)
        covered += low <= truth <= high
    assert 0.93 < covered / 2000 < 0.97


def test_a_constant_denominator_makes_a_ratio_a_mean() -> None:
    over = np.array([3.0, 5.0, 10.0])
    ratio, mean = Estimate(over, np.full(3, 4.0)), Estimate(over / 4)
    assert ratio.confidence_interval() == pytest.approx(mean.confidence_interval())


def test_quantiles_are_of_the_replications_own_ratios() -> None:
    level = Estimate(np.array([1.0, 0.0, 9.0]), np.array([2.0, 0.0, 10.0]))
    assert level.values.tolist() == [0.5, 0.9]
    assert level.quantile(0.5) == pytest.approx(0.7)
    assert level.quantile(0) == 0.5


def test_a_probability_outside_0_and_1_is_refused() -> None:
    with pytest.raises(ValueError, match="between 0 and 1"):
        of(1.0).quantile(1.5)


@pytest.mark.parametrize("level", [0.0, 1.0, 95.0])
def test_a_level_outside_0_and_1_is_refused(level: float) -> None:
    with pytest.raises(ValueError, match="between 0 and 1"):
        of(1.0, 2.0).confidence_interval(level)


def test_one_replication_has_a_mean_and_no_spread() -> None:
    assert of(3.0).mean == 3
    assert of(3.0).quantile(0.95) == 3
    assert of(3.0).deviation is None
    assert of(3.0).confidence_interval() is None


@pytest.mark.parametrize("nothing", [of(), of(math.nan), Estimate(np.zeros(3), np.zeros(3))])
def test_without_a_denominator_nothing_is_defined(nothing: Estimate) -> None:
    assert nothing.mean is None
    assert nothing.deviation is None
    assert nothing.confidence_interval() is None
    assert nothing.quantile(0.5) is None


def test_undefined_values_are_left_out() -> None:
    assert of(1.0, math.nan, 3.0).mean == 2
    assert of(1.0, math.nan, 3.0).confidence_interval() == of(1.0, 3.0).confidence_interval()


@pytest.mark.parametrize(("successes", "trials"), [(0, 10), (10, 10), (8, 10), (81, 263), (50, 100)])
def test_wilson_intervals_agree_with_scipy(successes: int, trials: int) -> None:
    known = stats.binomtest(successes, trials).proportion_ci(0.95, "wilson")
    assert wilson_interval(successes, trials) == pytest.approx((known.low, known.high))


def test_a_probability_of_no_trials_is_unknown() -> None:
    assert wilson_interval(0, 0) is None


sometimes_undefined = arrays(
    np.float64,
    st.tuples(st.integers(1, 8), st.integers(1, 5)),
    elements=st.one_of(st.just(math.nan), st.floats(0, 1e6, width=32)),
)


@given(sometimes_undefined)
def test_columns_are_estimates_period_by_period(values: np.ndarray[tuple[int, int], np.dtype[np.float64]]) -> None:
    p05, p95 = column_quantiles(values, 0.05, 0.95)
    figures = zip(column_means(values, None), column_deviations(values), p05, p95, strict=True)
    for period, (mean, sd, low, high) in enumerate(figures):
        single = Estimate(values[:, period])
        expected = [single.mean, single.deviation, single.quantile(0.05), single.quantile(0.95)]
        for column, figure in zip((mean, sd, low, high), expected, strict=True):
            assert math.isnan(column) if figure is None else column == pytest.approx(figure, rel=1e-9, abs=1e-6)


def test_an_interval_ends_where_figures_end() -> None:
    shares, days = np.array([1.0, 1.0, 0.94]), np.array([0.0, 0.0, 3.0])
    low, high = Estimate(shares, possible=SHARES).confidence_interval() or (0, 0)
    assert low == pytest.approx(0.98 - stats.t.ppf(0.975, 2) * 0.02)
    assert high == 1.0
    assert (Estimate(days, possible=NOT_NEGATIVE).confidence_interval() or (1, 0))[0] == 0.0
    assert (Estimate(days).confidence_interval() or (1, 0))[0] < 0
    assert Estimate(np.array([1.1, 1.1]), possible=SHARES).confidence_interval() == (1.1, 1.1)
