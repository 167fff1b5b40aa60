"""Small scenarios for the tests of the world: one queue, one team, and what a test changes about them."""

from collections.abc import Sequence
from typing import Any

from simulation.scenario.scenario import Scenario


def sketch(
    *,
    start: str = "2026-06-01",
    zone: str = "UTC",
    demand: dict[str, Any] | None = None,
    queue: dict[str, Any] | None = None,
    team: dict[str, Any] | None = None,
    site_zone: str | None = None,
    site: dict[str, Any] | None = None,
    others: Sequence[dict[str, Any]] = (),
    **calendar: Any,
) -> Scenario:
    """A scenario that starts on a Monday and lasts a week, unless told otherwise; `others` are further teams."""
    queues = [
        {
            "id": "orders",
            "demand": demand or {"weekly_volume": 7000},
            "handling": {"mean_seconds": 300},
            **(queue or {}),
        }
    ]
    office = {"id": "office", "country": "US", "timezone": site_zone or zone, **(site or {})}
    crew = {"id": "crew", "site": "office", "skills": [{"queue": "orders"}], **(team or {"staffing": {"agents": 10}})}
    return Scenario.model_validate(
        {
            "name": "Sketch",
            "start": start,
            **({"weeks": 1} if not {"days", "weeks"} & set(calendar) else {}),
            "timezone": zone,
            "queues": queues,
            "vendors": [{"id": "own", "sites": [office], "teams": [crew, *others]}],
            **calendar,
        }
    )
