"""Waiting-time quantiles from bins against the waits themselves."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulation.outcome.counting.counters import WAIT_BINS, wait_bin, wait_bin_edges
from simulation.outcome.counting.waits import wait_quantiles

HALF = np.array([0.5])


def binned(waits_us: list[int]) -> np.ndarray[tuple[int], np.dtype[np.int32]]:
    bins = np.zeros(WAIT_BINS, np.int32)
    for wait in waits_us:
        bins[wait_bin(wait)] += 1
    return bins


@given(st.integers(0, 10**13))
def test_a_wait_lies_between_the_edges_of_its_bin(wait: int) -> None:
    edges, b = wait_bin_edges(), wait_bin(wait)
    assert edges[b] * 1e6 <= wait < edges[b + 1] * 1e6


@given(
    st.lists(st.integers(0, 10**11), min_size=1, max_size=60),
    st.sampled_from([0.5, 0.9, 0.95, 0.99]),
)
def test_a_quantile_is_off_by_less_than_its_bin(waits: list[int], probability: float) -> None:
    exact = float(np.quantile(waits, probability, method="inverted_cdf")) / 1e6
    found = float(wait_quantiles(binned(waits), np.array([probability]))[0])
    assert abs(found - exact) <= max(0.001, exact / 16) + 1e-9


def test_with_many_contacts_the_error_is_far_below_the_bin() -> None:
    waits = np.random.default_rng(1).exponential(30e6, 20_000).astype(np.int64)
    probabilities = np.array([0.5, 0.9, 0.95, 0.99])
    found = wait_quantiles(binned(waits.tolist()), probabilities)
    assert found == pytest.approx(np.quantile(waits, probabilities) / 1e6, rel=0.005)


def test_who_did_not_wait_waited_zero() -> None:
    assert wait_quantiles(binned([0, 0, 0, 60_000_000]), HALF)[0] == 0.0


def test_without_answers_there_is_no_quantile() -> None:
    assert np.isnan(wait_quantiles(binned([]), HALF)[0])


def test_rows_are_looked_up_on_their_own() -> None:
    rows = [[5_000_000], [], [1_000_000, 1_000_000], [90_000_000] * 3]
    together = wait_quantiles(np.stack([binned(row) for row in rows]).reshape(2, 2, WAIT_BINS), HALF).reshape(-1)
    alone = [wait_quantiles(binned(row), HALF)[0] for row in rows]
    np.testing.assert_array_equal(together, alone)
