"""Luck of what no floor gives: keyed by vendor, clause and the date on which a window begins."""

from typing import Any

import numpy as np

from simulation.outcome.counting.counters import LUCK_UNIT
from simulation.replication import replicate
from simulation.scenario.grid import Grid
from simulation.scenario.scenario import Scenario
from simulation.world.externals import external_luck
from simulation.world.randomness import Draws
from simulation.world.world import World
from tests.outcome.agreed import agreed, clause

RATE = {"kind": "PER_CONTACT", "rate": 1}
EXTERNAL: dict[str, Any] = {"metric": "EXTERNAL", "mean": 0.8, "sd": 0.1, "window": "DAY"}


def measured(*names: str, **changes: Any) -> Scenario:
    slas = [clause(id=name, name=name, **EXTERNAL) for name in names]
    return agreed({"pricing": [RATE], "slas": [*slas, clause()]}, **changes)


def luck(described: Scenario, number: int = 0) -> Any:
    return external_luck(described, Grid.of(described), Draws(1, number))


def test_a_date_keeps_its_luck_whatever_the_horizon_and_the_other_clauses() -> None:
    short, long = measured("csat"), measured("qa", "csat", start="2026-10-20", days=60)
    assert short.horizon.start.isoformat() == "2026-10-30"
    assert np.array_equal(luck(short)[:, 0], luck(long)[10:45, 1])
    assert not np.array_equal(luck(long)[:, 0], luck(long)[:, 1])
    assert not np.array_equal(luck(short), luck(short, 1))


def test_luck_is_even_between_0_and_1() -> None:
    drawn = luck(measured("csat", days=3000))[:, 0] / LUCK_UNIT
    assert 0 <= drawn.min() < 0.01
    assert 0.99 < drawn.max() < 1
    assert abs(drawn.mean() - 0.5) < 3 * np.sqrt(1 / 12 / 3000)


def test_a_replication_leaves_it_with_its_counters() -> None:
    described = measured("csat", start="2026-11-02", days=1)
    counted = replicate(World.of(described), 1, 4)
    assert np.array_equal(counted.luck, luck(described, 4))
