"""Documents with contracts, and what is said of them."""

from typing import Any

from simulation.scenario.problems import Problem, ScenarioError
from simulation.scenario.reading.document import from_data

RATE = {"kind": "PER_CONTACT", "rate": 1.2}


def document(*contracts: dict[str, Any], **changes: Any) -> dict[str, Any]:
    """November 2026: acme's phones answer calls and chats, its clerks cases; both acme and own answer chats."""

    def team(name: str, *queues: str) -> dict[str, Any]:
        skills = [{"queue": queue} for queue in queues]
        return {"id": name, "site": name.split("-")[0], "skills": skills, "staffing": {"agents": 4}}

    def queue(name: str, **more: Any) -> dict[str, Any]:
        return {"id": name, "demand": {"weekly_volume": 100}, "handling": {"mean_seconds": 300}} | more

    vendors = [
        {
            "id": "acme",
            "sites": [{"id": "manila", "country": "PH"}],
            "teams": [team("manila-phones", "calls", "chats"), team("manila-clerks", "cases")],
            "contracts": list(contracts),
        },
        {
            "id": "own",
            "kind": "IN_HOUSE",
            "sites": [{"id": "home", "country": "US"}],
            "teams": [team("home-desk", "chats", "letters")],
        },
    ]
    queues = [
        queue("calls", client="shop"),
        queue("chats", channel="CHAT", concurrency={"slots": 2}, client="shop"),
        queue("cases", channel="CASE", client="bank"),
        queue("letters", channel="EMAIL", client="bank"),
    ]
    heading = {"name": "Terms", "start": "2026-11-01", "days": 30, "timezone": "America/New_York"}
    return {**heading, "queues": queues, "vendors": vendors, **changes}


def clause(**changes: Any) -> dict[str, Any]:
    return {"id": "sl", "metric": "SERVICE_LEVEL", "queue": "calls", "target": 0.8} | changes


def said(*contracts: dict[str, Any], **changes: Any) -> list[str]:
    """Every problem as path, message and mend."""
    try:
        from_data(document(*contracts, **changes))
    except ScenarioError as error:
        return [
            f"{one.path}: {one.message}; {one.mend}".removeprefix("vendors.acme.contracts.") for one in error.problems
        ]
    return []


def priced(**changes: Any) -> list[str]:
    """What is said of one line of pricing."""
    return said({"client": "bank", "pricing": [{"queues": ["cases"]} | changes]})


def promised(**changes: Any) -> list[str]:
    """What is said of one clause, with something at risk."""
    return said({"pricing": [RATE | {"queues": ["cases"]}], "at_risk": {"share": 0.1}, "slas": [clause(**changes)]})


TIERS = [{"below": 0.8, "share": 0.5}, {"below": 0.7, "share": 1}]


BASELINE = {
    "kind": "BASELINE",
    "unit": "CONTACTS",
    "baseline": {"2026-11": 900},
    "base_charge": 1,
    "arc": [{"rate": 1}],
}


HOURS = {"kind": "PER_PRODUCTIVE_HOUR", "rate": 1}


def problems_of(data: dict[str, Any]) -> list[Problem]:
    try:
        from_data(data)
    except ScenarioError as error:
        return error.problems
    return []
