"""Scaling a queue's demand scales every volume it has."""

from typing import Any

import pytest

from server.graphql.changes import ScaleDemandInput, scaled
from simulation.scenario.reading.canonical import canonical_data
from simulation.scenario.reading.document import load
from tests.scenario.documents import SHOP

BATCH = {"on": ["MON"], "at": "06:00", "volume": 30}
SHOCK = {"start": "2026-09-29T10:00", "hours": 2, "add": 50}


@pytest.mark.parametrize(
    ("demand", "path", "twice"),
    [
        ({"weekly_volume": 500}, "weekly_volume", {"weekly_volume": 1000}),
        ({"volumes": {"2026-10": 500}}, "volumes", {"volumes": {"2026-10": 1000}}),
        ({"share_of": "orders", "share": 0.3}, "share", {"share_of": "orders", "share": 0.6}),
        (
            {"weekly_volume": 0, "batches": [BATCH], "shocks": [SHOCK], "busyness_cv": 0.1},
            "weekly_volume",
            {
                "weekly_volume": 0,
                "batches": [{**BATCH, "volume": 60}],
                "shocks": [{**SHOCK, "add": 100}],
                "busyness_cv": 0.1,
            },
        ),
    ],
)
def test_demand_scaled_by_two_is_twice_as_much(demand: dict[str, Any], path: str, twice: dict[str, Any]) -> None:
    data = canonical_data(load(SHOP))
    data["queues"][1]["demand"] = demand
    told, errors = scaled(data, ScaleDemandInput(queue="mail", factor=2), "changes.0")
    assert errors == []
    assert data["queues"][1]["demand"] == twice
    assert told == [{"path": f"queues.mail.demand.{path}", "summary": "demand of mail x 2"}]
