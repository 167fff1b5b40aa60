"""Documents that the tests start from."""

from typing import Any

from simulation.scenario.problems import Problem, ScenarioError
from simulation.scenario.reading.document import load
from simulation.scenario.scenario import Scenario

SHOP = """\
name: Shop
start: 2026-09-28
weeks: 2
timezone: America/New_York
queues:
  - id: orders
    channel: VOICE
    hours: [{days: [MON, TUE, WED, THU, FRI], open: "08:00", close: "22:00"}]
    demand:
      weekly_volume: 1000
      weekday_weights: {MON: 1.2}
      time_of_day_weights: [{weights: {"08:00": 0.4, "16:00": 1.0}}]
      season: {months: {OCT: 1.1}}
      events: [{name: Sale, start: 2026-10-02, multiplier: 1.5}]
    handling: {distribution: LOGNORMAL, mean_seconds: 300, cv: 0.8}
    patience: {mean_seconds: 120}
    target: {threshold_seconds: 20, share: 0.8}
    route: {steps: [{teams: [manila-voice]}, {teams: [own-voice], after_seconds: 30}]}
  - id: mail
    channel: EMAIL
    demand: {weekly_volume: 500}
    handling: {mean_seconds: 240}
vendors:
  - id: acme
    sites: [{id: manila, country: PH, timezone: Asia/Manila}]
    teams:
      - id: manila-voice
        site: manila
        skills: [{queue: orders}]
        workforce:
          headcount: 20
          shrinkage: {leave: 0.1, in_office: 0.1}
          attrition: {annual_rate: 0.5}
          classes: [{start: 2026-09-14, size: 5, training_weeks: 4, until: 2026-12-31}]
        shifts: [{start: "20:00", hours: 9, break_minutes: 60, share: 1}]
  - id: own
    kind: IN_HOUSE
    sites: [{id: home, country: US}]
    teams:
      - id: own-voice
        site: home
        skills: [{queue: orders, priority: 1}, {queue: mail, priority: 2}]
        staffing: {agents: 4}
"""

SERIES = """\
name: Like the floor's benchmarks
start: '2026-03-02'
days: 1
timezone: UTC
interval_minutes: 60
currency: USD
queues:
- id: q0
  name: q0
  channel: VOICE
  demand:
    series:
      start: 2026-03-02T00:00
      minutes: 60
      volumes: [36.024773, 36.063751, 40, 36.366389, 36.818269, 37.743165, 39.54221, 42.866103, 48.695692, 58.393721,
        73.682522, 96.495994, 128.667809, 171.459615, 225.000603, 287.784639, 356.419538, 425.808332, 489.844884,
        542.541398, 579.327905, 598.149679, 600.0, 588.67715]
  handling: {distribution: EXPONENTIAL, mean_seconds: 300.0}
  patience: {distribution: LOGNORMAL, mean_seconds: 150.0, cv: 1.5}
  target: {threshold_seconds: 20.0, share: 0.8, formula: ANSWERED_OVER_OFFERED}
  route:
    choice: LONGEST_IDLE
    steps:
    - teams: [g0]
vendors:
- id: v
  name: v
  kind: IN_HOUSE
  sites:
  - {id: s, country: US, timezone: UTC, location: ONSHORE}
  teams:
  - id: g0
    site: s
    skills:
    - {queue: q0, priority: 2}
    staffing:
      agents: [7, 7, 7, 7, 7, 7, 7, 8, 9, 11, 13, 17, 22, 30, 39, 49, 61, 72, 83, 92, 98, 101, 101, 100]
    leaving: FIRST_FREE
"""


def shop(*replacements: tuple[str, str]) -> str:
    """The shop's document with some of its text replaced; each text to replace stands in it exactly once."""
    text = SHOP
    for old, new in replacements:
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    return text


def problems(text: str) -> list[Problem]:
    """Everything that is said against a document."""
    try:
        load(text, file="shop.yaml")
    except ScenarioError as error:
        return error.problems
    return []


def line_of(text: str, part: str) -> int:
    """The line on which a part first stands, from 1."""
    return text[: text.index(part)].count("\n") + 1


def loaded(*replacements: tuple[str, str]) -> Scenario:
    """The shop with some of its text replaced."""
    return load(shop(*replacements))


Data = dict[str, Any]

DEMAND = {"weekly_volume": 100}
HANDLING = {"mean_seconds": 300}


def centre(**changes: Any) -> Data:
    """Two weeks of calls, chats, mail and records by two vendors; queues by id and the rest as changed."""
    queues: dict[str, Data] = {
        "calls": {
            "channel": "VOICE",
            "patience": {"mean_seconds": 120},
            "balking_probability": 0.1,
            "lines": 40,
            "retrial": {"probability": 0.3, "mean_delay_minutes": 15},
            "repeat": {"returns": 0.9, "mean_delay_hours": 20, "window_days": 7},
            "transfers": [{"to": "mail", "probability": 0.06}, {"to": "chats", "probability": 0.9}],
            "callback": {"offer_over_seconds": 300, "acceptance": 0.5, "success": 0.9},
            "route": {
                "choice": "ALLOCATION",
                "allocation": [
                    {"shares": {"acme": 0.7, "own": 0.3}},
                    {"from": "2026-10-05", "shares": {"acme": 1}, "kind": "RANDOM"},
                ],
            },
        },
        "chats": {"channel": "CHAT"},
        "mail": {
            "channel": "EMAIL",
            "quality": {"defects": 0.03, "found": 0.8},
            "backlog": {"volume": 120, "mean_age_hours": 16},
            "turnaround": {"target_hours": 24, "share": 0.9, "clock": "OPENING", "cut_off": "17:00"},
        },
        "records": {
            "channel": "CASE",
            "turnaround": {"due": "WD-1"},
        },
    }
    events = [
        {"kind": "OUTAGE", "site": "manila", "start": "2026-09-30T09:00", "hours": 12, "share": 0.5,
         "failover_minutes": 90, "failover_share": 0.4, "in_service": "REQUEUED"},
        {"kind": "OUTAGE", "team": "home", "start": "2026-10-01T09:00", "hours": 1},
        {"kind": "OUTAGE", "start": "2026-10-02T09:00", "hours": 1},
    ]  # fmt: skip
    skills = [{"queue": name} for name in queues]
    for name in queues.keys() & changes.keys():
        queues[name] = queues[name] | changes.pop(name)
    return {
        "name": "Centre",
        "start": "2026-09-28",
        "weeks": 2,
        "timezone": "UTC",
        "queues": [{"id": name, "demand": DEMAND, "handling": HANDLING, **queue} for name, queue in queues.items()],
        "vendors": [vendor("acme", "manila", "voice", skills), vendor("own", "office", "home", skills)],
        "events": events,
        **changes,
    }


def vendor(name: str, site: str, team: str, skills: list[Data]) -> Data:
    staffing = {"agents": 5}
    return {
        "id": name,
        "sites": [{"id": site, "country": "PH"}],
        "teams": [{"id": team, "site": site, "skills": [dict(skill) for skill in skills], "staffing": staffing}],
    }
