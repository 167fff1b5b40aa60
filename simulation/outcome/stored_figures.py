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
    """An estimate, JSON-able; of figures that are all alike, as credits of a clause that is always met, one is kept."""
    return {"over": _kept(total.over), "under": None if total.under is None else _kept(total.under)}


def read_estimate(total: Mapping[str, Any], possible: Interval = NOT_NEGATIVE) -> Estimate:
    """What `plain_estimate` wrote."""
    return Estimate(_read(total["over"]), None if total["under"] is None else _read(total["under"]), possible)


def _kept(values: Float64) -> list[float | None] | dict[str, Any]:
    alike = len(values) > 1 and bool((values == values[0]).all())
    return {"each": float(values[0]), "times": len(values)} if alike else figures(values)


def _read(kept: list[float | None] | Mapping[str, Any]) -> Float64:
    return np.full(kept["times"], kept["each"]) if isinstance(kept, Mapping) else array_of(kept)
