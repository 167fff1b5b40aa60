"""Small plans whose figures can be worked out by hand."""

from typing import Any

from simulation.scenario.reading.document import from_data
from simulation.scenario.scenario import Scenario

Data = dict[str, Any]


def plan(team: Data, *, queue: Data | None = None, weeks: int = 4, **more: Any) -> Scenario:
    """One queue and one team, from Monday 2 November 2026 in UTC."""
    asked = {"id": "calls", "demand": {"weekly_volume": 16_800}, "handling": {"mean_seconds": 300}, **(queue or {})}
    vendor = {
        "id": "acme",
        "sites": [{"id": "leeds", "country": "GB", **more.pop("site", {})}],
        "teams": [{"id": "desk", "site": "leeds", "skills": [{"queue": "calls"}], **team}, *more.pop("teams", [])],
        **more.pop("vendor", {}),
    }
    document = {
        "name": "Plan", "start": "2026-11-02", "weeks": weeks, "timezone": "UTC", "queues": [asked],
        "vendors": [vendor], **more,
    }  # fmt: skip
    return from_data(document)


def given(agents: int, **more: Any) -> Data:
    return {"staffing": {"agents": agents}, **more}


def people(headcount: int, *, policies: list[Data] | None = None, cost: Data | None = None, **more: Any) -> Data:
    team: Data = {"workforce": {"headcount": headcount, **more}}
    return team | ({"policies": policies} if policies else {}) | ({"cost": cost} if cost else {})
