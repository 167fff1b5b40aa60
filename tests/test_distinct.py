"""Rows told once, against NumPy's own."""

import numpy as np
import pytest

from simulation.distinct import distinct


@pytest.mark.parametrize("seed", range(20))
def test_kinds_are_those_of_numpy_in_its_order(seed: int) -> None:
    draws = np.random.default_rng(seed)
    columns = [draws.integers(0, draws.integers(1, 5), 200).astype(np.float64) / 3 - 0.5 for _ in range(4)]
    rows, kind = distinct(columns)
    table = np.stack(columns, axis=1)
    expected, place = np.unique(table, axis=0, return_inverse=True)
    assert np.array_equal(table[rows], expected)
    assert np.array_equal(kind, place.ravel())


def test_no_rows_are_of_no_kind() -> None:
    rows, kind = distinct([np.zeros(0), np.zeros(0)])
    assert (len(rows), len(kind)) == (0, 0)
