"""Figures as plain data for storage: undefined ones as null, every replication's with them."""

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from simulation.outcome.estimates import NOT_NEGATIVE, Estimate, Interval

Float64 = NDArray[np.float64]


def figures(values: Float64) -> list[float | None]:
    """Figures for JSON: undefined ones as null."""
    return [None if value != value else value for value in values.tolist()]


def array_of(values: Iterable[float | None]) -> Float64:
    """What `figures` wrote."""
    return np.array([np.nan if value is None else value for value in values], np.float64)


def plain_estimate(total: Estimate) -> dict[str, Any]:
    """An estimate, JSON-able."""
    return {"over": figures(total.over), "under": None if total.under is None else figures(total.under)}


def read_estimate(total: Mapping[str, Any], possible: Interval = NOT_NEGATIVE) -> Estimate:
    """What `plain_estimate` wrote."""
    return Estimate(array_of(total["over"]), None if total["under"] is None else array_of(total["under"]), possible)
