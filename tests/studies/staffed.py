"""A small centre whose team hires, and what simulates it here."""

from typing import Any

from simulation.comparison import Simulated
from simulation.experiment import simulate
from simulation.scenario.reading.document import from_data
from simulation.scenario.scenario import Scenario
from simulation.studies.study import Point


def hiring_centre(*, weeks: int = 6, headcount: int = 8, peak: float = 1.5, **of_site: Any) -> Scenario:
    """One queue whose volume steps up in the last two weeks, one team that can hire within three weeks."""
    first = 10  # 2 March 2026 lies in ISO week 10
    season = {str(first + week): peak for week in range(weeks - 2, weeks)}
    opened = {"days": ["MON", "TUE", "WED", "THU", "FRI"], "open": "08:00", "close": "18:00"}
    calls = {
        "id": "calls",
        "channel": "VOICE",
        "hours": [opened],
        "demand": {"weekly_volume": 900, "season": {"weeks": season}, "busyness_cv": 0.05},
        "handling": {"mean_seconds": 300},
        "patience": {"mean_seconds": 120},
        "target": {"threshold_seconds": 30, "share": 0.8},
    }
    hiring = {"lead_time_weeks": {"mean": 1, "cv": 0.2}, "fill_rate": 0.9, "training_weeks": 1}
    shift = {"hours": 8.5, "break_minutes": 30, "days": opened["days"], "share": 0.5}
    desk = {
        "id": "desk",
        "site": "here",
        "skills": [{"queue": "calls"}],
        "workforce": {
            "headcount": headcount,
            "shrinkage": {"in_office": 0.1},
            "attrition": {"annual_rate": 0.4},
            "hiring": hiring,
        },
        "shifts": [{"start": "08:00", **shift}, {"start": "09:30", **shift}],
        "policies": [{"kind": "HIRE_UP_TO", "buffer": 0.2}],
        "cost": {"hourly_wage": 15, "hire": 500, "training_per_week": 400},
    }
    level = {"id": "level", "metric": "SERVICE_LEVEL", "queue": "calls", "threshold_seconds": 30, "target": 0.7}
    contract = {"pricing": [{"kind": "PER_PRODUCTIVE_HOUR", "rate": 25}], "slas": [{**level, "window": "WEEK"}]}
    site = {"id": "here", "country": "DE", "timezone": "UTC", **of_site}
    return from_data(
        {
            "name": "A team that hires",
            "start": "2026-03-02",
            "weeks": weeks,
            "timezone": "UTC",
            "interval_minutes": 60,
            "client_cost": {"abandoned_contact": 2},
            "queues": [calls],
            "vendors": [{"id": "partner", "sites": [site], "teams": [desk], "contracts": [contract]}],
        }
    )


def here(point: Point) -> Simulated:
    """A point simulated in this process."""
    return Simulated(point.scenario, simulate(point.scenario, point.experiment))
