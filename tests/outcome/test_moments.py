"""Exact sums: what floating point cannot promise."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulation.outcome.counting.moments import Moments

values = st.lists(st.floats(-5e6, 5e6, allow_subnormal=False), min_size=1, max_size=30)


def moments(numbers: list[float]) -> Moments:
    found = Moments.zeros(1, 1)
    for number in numbers:
        found.add((0,), np.array([[number]]), None)
    return found


def bits(found: Moments) -> list[int]:
    return [int(array[0, 0]) for array in (found.count, found.sums, found.squares, found.rests)]


@given(st.data(), values)
def test_order_does_not_matter_to_the_bit(data: st.DataObject, numbers: list[float]) -> None:
    assert bits(moments(numbers)) == bits(moments(data.draw(st.permutations(numbers))))


@given(values)
def test_the_deviation_is_that_of_the_values(numbers: list[float]) -> None:
    found = moments(numbers).deviation((0,))[0]
    if len(numbers) == 1:
        assert np.isnan(found)
    else:
        assert found == pytest.approx(np.std(numbers, ddof=1), rel=1e-5, abs=1e-4)


@given(st.floats(0, 5e6), st.integers(2, 40))
def test_equal_values_do_not_deviate_at_all(number: float, times: int) -> None:
    assert moments([number] * times).deviation((0,))[0] == 0.0


def test_a_small_deviation_of_a_large_value_survives() -> None:
    assert moments([1e6, 1e6 + 0.5]).deviation((0,))[0] == pytest.approx(np.sqrt(0.125), rel=1e-6)


def test_a_replication_without_a_denominator_does_not_count() -> None:
    found = Moments.zeros(1, 2)
    for over, under in (([1.0, 2.0], [2.0, 4.0]), ([3.0, 7.0], [4.0, 0.0]), ([1.0, 1.0], [1.0, 4.0])):
        found.add((0,), np.array([over]), np.array([under]))
    assert found.count[0].tolist() == [3, 2]
    assert found.deviation((0,)) == pytest.approx([0.25, np.std([0.5, 0.25], ddof=1)], abs=1e-4)
