"""Comparing simulated means with exact values: enough replications for a small standard error, then four of them."""

from collections.abc import Callable, Mapping
from math import sqrt
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import yaml
from numpy.typing import NDArray

from simulation.outcome.counting.counters import Counters, GroupField, QueueField
from simulation.replication import replicate
from simulation.scenario.reading.document import from_data
from simulation.world.world import World

Data = dict[str, Any]
REFERENCE = Path(__file__).parent.parent / "reference"
LEAST, BATCH, MOST = 48, 16, 16_384
"""Replications: fewer than the least would make four standard errors of their own spread too easy to miss."""
QUICK = pytest.param(0.03, id="quick")
FULL = pytest.param(0.005, id="full", marks=pytest.mark.bar)
precisions = pytest.mark.parametrize("precision", [QUICK, FULL])
"""The largest standard error of times and counts, as a share of the value."""
SHARE_PRECISION = {0.03: 0.004, 0.005: 0.002}
"""The largest standard error of a share."""


def reference(name: str) -> Any:
    """One of the files of exact values."""
    return yaml.safe_load((REFERENCE / f"{name}.yaml").read_text())


def queue(name: str, per_hour: float, mean_seconds: float, **more: Any) -> Data:
    """A round-the-clock voice queue with a constant arrival rate and exponential handling."""
    return {
        "id": name,
        "channel": "VOICE",
        "demand": {"weekly_volume": per_hour * 168},
        "handling": {"distribution": "EXPONENTIAL", "mean_seconds": mean_seconds},
        "target": {"threshold_seconds": 20, "share": 0.8},
        **more,
    }


def team(name: str, agents: int | list[int], *skills: Data) -> Data:
    """A team of given agents; of those cut, whoever finishes first goes, as the exact models have it."""
    return {
        "id": name,
        "site": "here",
        "skills": list(skills),
        "staffing": {"agents": agents},
        "leaving": "FIRST_FREE",
    }


def world(days: int, queues: list[Data], teams: list[Data], interval_minutes: int = 60) -> World:
    """A centre in UTC that starts empty."""
    site = {"id": "here", "country": "US", "timezone": "UTC", "location": "ONSHORE"}
    vendor = {"id": "own", "name": "Own", "kind": "IN_HOUSE", "sites": [site], "teams": teams}
    return World.of(
        from_data(
            {
                "name": "Exact",
                "start": "2026-03-02",
                "days": days,
                "timezone": "UTC",
                "interval_minutes": interval_minutes,
                "queues": queues,
                "vendors": [vendor],
            }
        )
    )


Sums = Callable[[Counters], Mapping[str, tuple[float, float]]]


def assert_exact(world: World, measures: Sums, exact: Mapping[str, float], precision: float, *, seed: int = 1) -> None:
    """Every measure, given as (numerator, denominator) of one replication, lies within four standard errors.

    Replications are added until the standard error is under `precision` of the value, or small enough for a share.
    """
    parts: list[Mapping[str, tuple[float, float]]] = []
    wide = list(exact)
    while len(parts) < LEAST or wide:
        assert len(parts) < MOST, f"standard errors stay wide: {wide}"
        parts += [measures(replicate(world, seed, number)) for number in range(len(parts), len(parts) + BATCH)]
        found = {name: _ratio(np.array([part[name] for part in parts])) for name in exact}
        floor = {name: SHARE_PRECISION[precision] if exact[name] < 1 else 0.0 for name in exact}
        wide = [name for name in exact if found[name][1] > max(precision * exact[name], floor[name])]
    off = {
        name: f"{mean:.6g} is not {exact[name]:.6g} +- 4 x {error:.2g}"
        for name, (mean, error) in found.items()
        if abs(mean - exact[name]) > 4 * error
    }
    assert not off, off


def _ratio(pairs: NDArray[np.float64]) -> tuple[float, float]:
    """A ratio of sums and its standard error by the delta method."""
    over, under = pairs[:, 0], pairs[:, 1]
    ratio = over.sum() / under.sum()
    residuals = over - ratio * under
    n = len(over)
    return float(ratio), sqrt(float(residuals @ residuals) / (n - 1) / n) / float(under.mean())


def queue_sums(counters: Counters, q: int, first: int = 0, last: int | None = None) -> dict[str, float]:
    """A queue's counts over some intervals, by field name in lower case."""
    sums = counters.queues[first:last, q].sum(axis=0)
    return {field.name.lower(): float(sums[field]) for field in QueueField}


def group_sums(counters: Counters, g: int, first: int = 0, last: int | None = None) -> dict[str, float]:
    """A group's counts over some intervals, by field name in lower case."""
    sums = counters.groups[first:last, g].sum(axis=0)
    return {field.name.lower(): float(sums[field]) for field in GroupField}
