"""Volumes that only the calendar shows to be too much are refused before anything is simulated."""

from typing import Any

import pytest

from simulation.scenario.problems import ScenarioError
from simulation.world.world import World
from tests.world.sketch import sketch

PROFILE = {"weekly_volume": 1e6, "month_profile": {"WD1": 1000, "WD2": 1000}}
DECAY = {
    "weekly_volume": 1e6,
    "events": [{"name": "e", "start": "2026-05-31", "days": 1, "multiplier": 1000, "decay_days": 300}],
}
SHOCK = {"weekly_volume": 1, "shocks": [{"start": "2026-06-01T10:00", "hours": 10, "add": 6e7}]}
BATCH = {"weekly_volume": 1, "batches": [{"on": ["MON"], "at": "06:00", "volume": 9e6}]}


@pytest.mark.parametrize(
    ("demand", "message", "path"),
    [
        (PROFILE, "in all, at most 200 million", "queues"),
        (DECAY, "in all, at most 200 million", "queues"),
        (SHOCK, "on 2026-06-01, at most 20 million", "queues"),
        (BATCH, "in one interval, at most 8 million", "queues.0.demand"),
    ],
)
def test_too_many_contacts_are_refused(demand: dict[str, Any], message: str, path: str) -> None:
    mail = {"channel": "EMAIL"} if "batches" in demand else {}
    scenario = sketch(days=3, demand=demand, queue=mail)
    with pytest.raises(ScenarioError) as refused:
        World.of(scenario)
    (problem,) = refused.value.problems
    assert message in problem.message
    assert problem.path == path
    assert problem.mend


def test_what_fits_is_taken() -> None:
    shock = {"start": "2026-06-01T10:00", "hours": 10, "add": 1e7}
    world = World.of(sketch(days=3, demand={"weekly_volume": 1, "shocks": [shock]}))
    assert world.expected_contacts == pytest.approx(1e7, rel=1e-3)
