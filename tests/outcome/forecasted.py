"""Contracts that lock a forecast.

September 2026 has 30 days of 24 hours in New York. Calls come round the clock, with the same weight each day and hour,
so 3,000 of the month are 100 a day and 100 / 24 an hour. At 300 s they are a load of 100 / 24 / 12 = 0.347 Erlang; with
one agent P(wait) = 0.347 and 0.347 e^(-0.653 x 20 / 300) = 33.2 % wait longer than 20 s, with two 4.6 %: two agents are
ordered in every hour, 48 hours a day.
"""

from typing import Any

from simulation.outcome.report.result import Result
from tests.outcome.agreed import clause, clauses_of

SEPTEMBER: dict[str, Any] = {"start": "2026-09-01", "days": 30}
RATE = {"kind": "PER_CONTACT", "rate": 2}
MONTHS = {"jul": "07", "aug": "08", "sep": "09", "oct": "10"}


def version(name: str = "june", issued: str = "2026-06-30", aht: float = 300, **volumes: float) -> dict[str, Any]:
    """Calls by month: sep=3000."""
    months = {f"2026-{number}": volumes[name] for name, number in MONTHS.items() if name in volumes}
    return {"id": name, "issued": issued, "queues": {"calls": {"volumes": months, "aht_seconds": aht}}}


def held(relief: dict[str, Any] | None = None, lock_days: int = 60, **more: Any) -> dict[str, Any]:
    """A contract with a lock and a level of 80 % by month that excludes what lies off it."""
    lock = {"lock_days": lock_days} | ({} if relief is None else {"relief": relief})
    slas = [clause(counts={"exclude": ["FORECAST"]})] if relief is not None else []
    return {"pricing": [RATE], "forecast_lock": lock, "slas": slas} | more


def level(found: Result, name: str = "sl") -> float | None:
    return clauses_of(found)[name].windows[0].value.mean


SUMMER = version(issued="2026-04-01", jul=3100, aug=3100, sep=3000)
