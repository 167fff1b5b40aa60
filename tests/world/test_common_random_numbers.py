"""Two scenarios with one seed meet the same luck: their difference is known far better than that of two strangers."""

import numpy as np
import pytest
from numpy.typing import NDArray

from simulation.outcome.counting.counters import QueueField
from simulation.replication import replicate
from simulation.world.world import World
from tests.world.exact import Data, queue, team, world

REPLICATIONS = 60
PROFILE = [6, 6, 7, 9, 17, 35, 60, 85, 100, 97, 88, 86, 85, 78, 60, 40, 24, 14, 9, 7, 6, 6, 6, 6]
"""Per cent of the busiest hour, by hour."""
QUEUES = {
    "q0": (380, 240, 150, [["g0", "g1"], ["g4", "g6"], ["g7"]]),
    "q1": (48, 300, 120, [["g7"], ["g1", "g4"]]),
    "q2": (190, 420, 240, [["g3", "g4"], ["g7"]]),
    "q3": (190, 280, 180, [["g2"], ["g1", "g6", "g7"]]),
    "q4": (143, 330, 200, [["g5", "g6"]]),
}
"""Contacts of the busiest hour, mean seconds of handling and patience, tiers of groups."""
GROUPS = {
    "g0": (15, {"q0": 2}),
    "g1": (9, {"q0": 2, "q1": 1, "q3": 3}),
    "g2": (10, {"q3": 2}),
    "g3": (12, {"q2": 2}),
    "g4": (8, {"q0": 3, "q1": 1, "q2": 2}),
    "g5": (10, {"q4": 2}),
    "g6": (7, {"q0": 3, "q3": 3, "q4": 2}),
    "g7": (6, {"q0": 3, "q1": 1, "q2": 3, "q3": 3}),
}
"""Agents of the busiest hour, priority by queue."""


def centre(more: str = "") -> World:
    """Five queues, eight groups, a day; `more` is the group that has one agent more."""
    queues = []
    for name, (volume, handling, patience, tiers) in QUEUES.items():
        volumes = [volume * share / 100 for share in PROFILE]
        described: Data = {
            "demand": {"series": {"start": "2026-03-02T00:00", "minutes": 60, "volumes": volumes}},
            "handling": {"distribution": "LOGNORMAL", "mean_seconds": handling, "cv": 0.9},
            "patience": {"distribution": "LOGNORMAL", "mean_seconds": patience, "cv": 1.5},
            "route": {"steps": [{"teams": tier} for tier in tiers]},
        }
        queues.append(queue(name, 0, handling, **described))
    teams = []
    for name, (most, priorities) in GROUPS.items():
        agents = [max(1, round(most * share / 100)) + (name == more) for share in PROFILE]
        teams.append(team(name, agents, *({"queue": q, "priority": rank} for q, rank in priorities.items())))
    return world(1, queues, teams)


def service_levels(described: World, seed: int) -> NDArray[np.float64]:
    """Of all queues together, by replication."""
    rows = [replicate(described, seed, number).queues.sum(axis=(0, 1)) for number in range(REPLICATIONS)]
    return np.array([row[QueueField.ANSWERED_IN_TIME] / row[QueueField.OFFERED] for row in rows])


@pytest.fixture(scope="module")
def without() -> NDArray[np.float64]:
    return service_levels(centre(), seed=1)


def test_the_centre_is_neither_idle_nor_swamped(without: NDArray[np.float64]) -> None:
    assert 0.6 < without.mean() < 0.9


@pytest.mark.parametrize("group", ["g0", "g5", "g7"])
def test_an_agent_more_is_judged_with_a_tenth_of_the_variance(group: str, without: NDArray[np.float64]) -> None:
    with_one_more = service_levels(centre(group), seed=1)
    unpaired = without.var(ddof=1) + with_one_more.var(ddof=1)
    paired = (with_one_more - without).var(ddof=1)
    assert with_one_more.mean() > without.mean()
    assert paired <= unpaired / 10


def test_strangers_have_no_such_gain(without: NDArray[np.float64]) -> None:
    of_another_seed = service_levels(centre("g7"), seed=2)
    unpaired = without.var(ddof=1) + of_another_seed.var(ddof=1)
    assert (of_another_seed - without).var(ddof=1) > unpaired / 2
