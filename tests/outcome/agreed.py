"""Scenarios with contracts, and counters that say what each day brought."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from simulation.outcome.counting.counters import Counters, GroupField, QueueField, TimeField
from simulation.outcome.money.settlement import ClauseResult, VendorMonth
from simulation.outcome.report.result import Result
from simulation.scenario.grid import Grid
from simulation.scenario.reading.document import from_data
from simulation.scenario.scenario import Scenario
from tests.outcome.counted import blank, result

HOUR = 3_600_000_000
MINUTE = HOUR // 60
SECOND = 1_000_000
Q, G = QueueField, GroupField
TEAMS = ("team", "second")


def clause(**changes: Any) -> dict[str, Any]:
    """A monthly service level of 80 %."""
    return {"id": "sl", "metric": "SERVICE_LEVEL", "queue": "calls", "target": 0.8} | changes


def agreed(*contracts: Mapping[str, Any], start: str = "2026-10-30", days: int = 35, **changes: Any) -> Scenario:
    """Vendor acme with team phones for calls and, of two contracts, vendor best with team letters for mail."""
    served = {"acme": ("phones", "calls"), "best": ("letters", "mail")}
    vendors = [
        {
            "id": vendor,
            "sites": [{"id": f"{vendor}-site", "country": "US"}],
            "teams": [{"id": team, "site": f"{vendor}-site", "skills": [{"queue": queue}], "staffing": {"agents": 4}}],
            "contracts": [contracts[v]] if v < len(contracts) else [],
        }
        for v, (vendor, (team, queue)) in enumerate(served.items())
    ]
    document = {
        "name": "Agreed",
        "start": start,
        "days": days,
        "timezone": "America/New_York",
        "interval_minutes": 60,
        "queues": [
            {
                "id": "calls",
                "demand": {"weekly_volume": 700},
                "handling": {"mean_seconds": 300},
                "balking_probability": 0.01,
                "repeat": {"returns": 0},
            },
            {
                "id": "mail",
                "channel": "EMAIL",
                "demand": {"weekly_volume": 70},
                "handling": {"mean_seconds": 600},
                "turnaround": {"target_hours": 24},
            },
        ],
        "vendors": vendors,
    }
    return from_data(document | changes)


def contracted(level: float, risk: float, rate: float) -> Scenario:
    """A month with a level by day and an ASA by month, both repeated and with deep tiers, and a bonus."""
    tiers = [{"below": level, "share": 0.4}, {"below": level / 2, "share": 1.0}]
    slas = [
        clause(id="daily", window="DAY", target=level, credits=tiers, repeat={"misses": 2, "multiplier": 3}),
        clause(id="asa", metric="ASA", target=30, credits=[{"above": 30, "share": 1}], allocation=0.9),
        clause(id="weekly", window="WEEK", target=level, bonuses=[{"at_or_above": level, "share": 0.05}]),
    ]
    bands = [{"to": 500, "rate": rate}, {"rate": rate / 2}]
    pricing = [
        {"kind": "PER_CONTACT", "bands": bands},
        {"kind": "PER_PRODUCTIVE_HOUR", "rate": rate},
        {"kind": "FIXED_MONTHLY", "amount": 100 * rate},
        {"kind": "ONE_OFF", "amount": 77.7, "at": "2026-11-03"},
    ]
    contract = {"pricing": pricing, "at_risk": {"share": risk}, "slas": slas}
    return agreed(contract, start="2026-11-01", days=30)


def of_every_kind(rate: float) -> Scenario:
    """November at rates that are all multiples of one: every kind of pricing, for people who answer calls."""
    bands = [{"to": 500, "rate": rate}, {"rate": rate / 2}]
    rises = [{"from": "2026-11-11", "rate": 0.03}]
    more = [{"to": 0.3, "rate": rate}, {"rate": 2 * rate}]
    baseline = {"kind": "BASELINE", "unit": "CONTACTS", "baseline": {"2026-11": 900}, "base_charge": 500 * rate}
    pricing = [
        {"kind": "PER_PRODUCTIVE_HOUR", "rate": rate, "billable": {"nesting": False}, "indexation": rises},
        {"kind": "OVERTIME", "multiplier": 1.5, "only": "ORDERED"},
        {"kind": "SURGE", "multiplier": 1.3},
        {"kind": "NIGHT", "multiplier": 1.25, "indexation": rises},
        {"kind": "HOLIDAY", "multiplier": 2},
        {"kind": "PER_TRAINING_HOUR", "rate": rate / 2, "hires": "GROWTH"},
        {"kind": "PER_HANDLED_MINUTE", "rate": rate / 50},
        {"kind": "PER_RESOLUTION", "bands": bands, "tiering": "WHOLE"},
        {"kind": "PER_CONTACT", "bands": bands, "indexation": rises},
        {"kind": "PER_FTE_MONTH", "rate": 100 * rate},
        {"kind": "PER_SEAT_MONTH", "rate": 10 * rate},
        baseline | {"dead_band": 0.05, "arc": more, "rrc": more, "indexation": rises},
        {"kind": "FIXED_MONTHLY", "amount": 100 * rate},
    ]
    crew = {"headcount": 5, "hiring": {"training_weeks": 2}, "overtime": {}, "surge": {"agents": 2}}
    data = agreed({"pricing": pricing[-1:]}, start="2026-11-01", days=30).model_dump(
        mode="json", by_alias=True, exclude_none=True
    )
    vendor, team = data["vendors"][0], data["vendors"][0]["teams"][0]
    del team["staffing"]
    team["workforce"], vendor["contracts"][0]["pricing"] = crew, pricing
    return from_data(data)


def path(described: Scenario, **columns: Mapping[int, int] | Sequence[int] | int) -> Counters:
    """Counters by field, in the first interval of each day: one number a day, or for all days, or by day.

    Fields of queues are of calls, with `mail_` before them of mail; fields of teams, of the floor or further times,
    begin with `team_`, of the second one with `second_`.
    """
    counters, days = blank(described), described.horizon.days
    firsts = np.searchsorted(Grid.of(described).day_of_interval, np.arange(days))
    for name, values in columns.items():
        if isinstance(values, int):
            values = [values] * days
        if isinstance(values, Mapping):
            values = [values.get(day, 0) for day in range(days)]
        team, _, field = name.partition("_")
        if team in TEAMS and field.upper() in TimeField.__members__:
            counters.times[firsts, TEAMS.index(team), TimeField[field.upper()]] = values
        elif team in TEAMS:
            counters.groups[firsts, TEAMS.index(team), G[field.upper()]] = values
        else:
            queue = 1 if name.startswith("mail_") else 0
            counters.queues[firsts, queue, Q[name.removeprefix("mail_").upper()]] = values
    return counters


def served(described: Scenario, shares: Sequence[float], offered: int = 100) -> Counters:
    """So many calls a day, of which a share, by day, is answered in time."""
    in_time = [round(share * offered) for share in shares]
    return path(described, offered=offered, answered_in_time=in_time, handled=offered)


def invoices(found: Result, vendor: int = 0) -> list[dict[str, float]]:
    """Of one replication: by month the lines by kind, and the invoice."""
    return [
        {line.kind: float(line.amount.over[0]) for line in month.lines} | {"invoice": float(month.invoice.over[0])}
        for month in found.settlement.vendors[vendor].months
    ]


def months_of(found: Result, vendor: int = 0) -> tuple[VendorMonth, ...]:
    """A vendor's months."""
    return found.settlement.vendors[vendor].months


def clauses_of(found: Result) -> dict[str, ClauseResult]:
    """By id."""
    return {one.id: one for one in found.settlement.clauses}


def settled(described: Scenario, *counters: Counters) -> Result:
    """The result of these replications."""
    return result(described, list(counters))
