"""Case B with people: its five queues for 52 weeks, 36 million contacts, and 2,000 people in its eight teams.

The volumes of B's week are repeated, with a season by week of mean 1, by the clock of New York. Handling times are
`HANDLING` of B's, so that 36 million contacts and 2,000 people go together: the paid FTE that the targets require on
the year's average are those of the start to a few per cent, and policies have to bring the peak's. Every team has
contracts, leave, absence in spells, holidays, attrition, hiring, nesting, learning and overtime; `TEAMS` has the rest.
"""

import json
from math import cos, pi
from typing import Any

from benchmarks.centre import case
from simulation.scenario.reading.canonical import canonical
from simulation.scenario.reading.document import from_data
from simulation.scenario.scenario import Scenario

WEEKS = 52
HANDLING = 0.9
INTERVALS_A_WEEK = 336
PEAK_WEEK, PEAK = 38, 0.12
"""The season: 12 % over the mean at the end of November, as much under it half a year away."""

SITES = {
    "own": [{"id": "columbus", "country": "US", "timezone": "America/New_York", "seats": 1200}],
    "pacific": [{"id": "manila", "country": "PH", "timezone": "Asia/Manila", "seats": 1200, "trainers": 12}],
    "nearshore": [
        {"id": "bogota", "country": "CO", "timezone": "America/Bogota"},
        {"id": "krakow", "country": "PL", "timezone": "Europe/Warsaw", "training_seats": 120},
    ],
}
WORKFORCE: dict[str, Any] = {
    "tenure_weeks": {"mean": 60},
    "employment": [
        {"share": 0.8, "hours_per_week": 40, "days_per_week": 5},
        {"share": 0.2, "hours_per_week": 20, "days_per_week": 5},
    ],
    "shrinkage": {"leave": 0.06, "in_office": 0.12, "months": {"DEC": {"leave": 0.03}}},
    "absence": {"daily_probability": 0.05, "weekdays": {"MON": 1.4}, "day_cv": 0.3, "mean_spell_days": 2},
    "holidays": {"work_share": 0.7},
    "attrition": {"annual_rate": 0.5, "first_90_days": 0.2, "months": {"JAN": 1.5}},
    "hiring": {
        "lead_time_weeks": {"mean": 3, "cv": 0.3},
        "fill_rate": 0.9,
        "class_size": 20,
        "classes_per_month": 2,
        "training_weeks": 4,
    },
    "nesting": {"weeks": 3, "multiplier": 1.5, "mentor_share": 0.08, "resolution": 0.95},
    "learning": {"shape": "AHT", "new_hire_multiplier": 1.3, "time_constant_weeks": 6},
    "overtime": {"max_share": 0.1, "max_hours_per_week": 6, "acceptance": 0.6, "notice_hours": 24},
}
"""What all teams have."""
STARTS = {"05:30": 0.06, "07:00": 0.22, "08:30": 0.25, "10:00": 0.22, "12:00": 0.12, "14:00": 0.08, "21:30": 0.05}
"""Of given shifts by the clock of New York, and their shares."""


def shifts(ahead: int) -> list[dict[str, Any]]:
    """Shifts of eight paid hours that follow the demand, at a site so many hours ahead of New York."""
    return [
        {
            "start": f"{(int(start[:2]) + ahead) % 24:02}:{start[3:]}",
            "hours": 8.5,
            "break_minutes": 30,
            "days": ["MON", "TUE", "WED", "THU", "FRI", "SAT", "SUN"],
            "share": share,
        }
        for start, share in STARTS.items()
    ]


def plan(*heads: int) -> dict[str, Any]:
    """PLAN: heads from the start, for the peak, after it."""
    return {"kind": "PLAN", "heads": dict(zip(("2026-03-02", "2026-10-05", "2027-01-11"), heads, strict=True))}


HIRE_UP_TO = {"kind": "HIRE_UP_TO", "review_weeks": 1, "buffer": 0.05}
REACTIVE = {
    "kind": "REACTIVE",
    "windows": 2,
    "under": 0.75,
    "over": 0.95,
    "step": 0.05,
    "see_after_days": 2,
    "act_after_days": 3,
}
SURGE = {"kind": "SURGE", "when_net_under": -0.02}
BENCH = {"agents": 30, "notice_hours": 72}
RAMP = {"max_up_per_week": 20, "max_down_per_week": 15, "notice_weeks": 4}
TIME_OFF = {"max_share": 0.05, "acceptance": 0.5, "paid": False}
SEASONAL = {
    "start": "2026-10-12",
    "size": 24,
    "until": "2027-01-10",
    "employment": "TEMPORARY",
    "hours_per_week": 30,
    "training_weeks": 2,
}
LENT = {"from": "g5", "heads": 15, "start": "2026-11-09", "until": "2027-01-03", "training_weeks": 1}

TEAMS: dict[str, tuple[str, str, dict[str, Any], dict[str, Any]]] = {
    "g0": (
        "own",
        "columbus",
        {"headcount": 381, "surge": BENCH},
        {"shifts": shifts(0), "policies": [HIRE_UP_TO, SURGE]},
    ),
    "g1": (
        "pacific",
        "manila",
        {"headcount": 246, "ramp": RAMP},
        {"shifts": shifts(12), "policies": [plan(246, 290, 240)]},
    ),
    "g2": ("own", "columbus", {"headcount": 373, "voluntary_time_off": TIME_OFF}, {"policies": [REACTIVE]}),
    "g3": ("pacific", "manila", {"headcount": 321, "surge": BENCH}, {"policies": [HIRE_UP_TO, SURGE]}),
    "g4": (
        "nearshore",
        "bogota",
        {"headcount": 230, "ramp": RAMP, "moves": [LENT]},
        {"shifts": shifts(-1), "policies": [plan(230, 260, 220), REACTIVE]},
    ),
    "g5": ("nearshore", "krakow", {"headcount": 195, "classes": [SEASONAL]}, {"policies": [HIRE_UP_TO]}),
    "g6": (
        "nearshore",
        "krakow",
        {"headcount": 138, "ramp": RAMP, "surge": BENCH},
        {"shifts": shifts(6), "policies": [plan(138, 160, 130), HIRE_UP_TO, REACTIVE, SURGE]},
    ),
    "g7": ("own", "columbus", {"headcount": 116, "surge": BENCH}, {"shifts": shifts(0), "policies": [SURGE, REACTIVE]}),
}
"""Vendor, site, what a team's people have besides `WORKFORCE`, and its shifts and policies; fitted without shifts."""


def with_people() -> Scenario:
    """The scenario."""
    data = json.loads(canonical(case("b")))
    data |= {"name": "Case B with people", "days": 7 * WEEKS, "timezone": "America/New_York"}
    season = [1 + PEAK * cos(2 * pi * (week - PEAK_WEEK) / WEEKS) for week in range(WEEKS)]
    for queue in data["queues"]:
        series = queue["demand"]["series"]
        series["volumes"] = [factor * volume for factor in season for volume in series["volumes"][:INTERVALS_A_WEEK]]
        queue["handling"]["mean_seconds"] *= HANDLING
    known = {team["id"]: team for team in data["vendors"][0]["teams"]}
    data["vendors"] = [{"id": vendor, "sites": sites, "teams": []} for vendor, sites in SITES.items()]
    teams = {vendor["id"]: vendor["teams"] for vendor in data["vendors"]}
    for name, (vendor, site, people, more) in TEAMS.items():
        of_case = {key: known[name][key] for key in ("id", "skills", "leaving")}
        teams[vendor].append({**of_case, "site": site, "workforce": {**WORKFORCE, **people}, **more})
    return from_data(data)
