"""Forecasts and their locks as documents write them: what is refused, with its path and its mend."""

from datetime import date
from typing import Any

import pytest

from simulation.scenario.contracts.forecasts import Forecast, in_force
from simulation.scenario.problems import ScenarioError
from simulation.scenario.reading.document import from_data, load
from tests.scenario.contract_documents import clause, document

RATE = {"kind": "PER_CONTACT", "queues": ["calls"], "rate": 1.2}
HOURLY = {"kind": "PER_PRODUCTIVE_HOUR", "queues": ["cases"], "rate": 12}
LOCK = {"lock_days": 60, "relief": {"over": 0.1}}


def version(name: str = "aug", issued: str = "2026-08-01", *queues: str, months: Any = ("2026-11",)) -> dict[str, Any]:
    said = {"volumes": dict.fromkeys(months, 1000), "aht_seconds": 300}
    return {"id": name, "issued": issued, "queues": dict.fromkeys(queues or ("calls", "chats", "cases"), said)}


def contract(**terms: Any) -> dict[str, Any]:
    return {"client": "shop", "pricing": [RATE], "forecast_lock": LOCK} | terms


def said(*contracts: dict[str, Any], **changes: Any) -> list[str]:
    changes = {"forecasts": [version()]} | changes
    try:
        from_data(document(*contracts, **changes))
    except ScenarioError as error:
        return [str(problem).removeprefix("<scenario>: ") for problem in error.problems]
    return []


def test_a_lock_that_every_month_has_a_version_for_is_read() -> None:
    terms = {
        "commitments": [{"unit": "CONTACTS", "of": "LOCKED", "share": 0.9, "months": {"2026-11": 0.95}}],
        "slas": [clause(counts={"exclude": ["FORECAST"]}), staffing()],
    }
    queues = ["calls", "chats"]
    hourly = HOURLY | {"queues": queues, "billable": {"cap": 1.05, "cap_by": "INTERVAL", "of": "LOCKED"}}
    read = from_data(document(contract(pricing=[RATE, hourly], **terms), forecasts=[version()]))
    assert read.forecasts[0].queues["calls"].covers(date(2026, 11, 1))
    assert read == from_data(read.model_dump(mode="json", by_alias=True, exclude_none=True))


def staffing(**changes: Any) -> dict[str, Any]:
    return (
        {"id": "line", "metric": "LINE_ADHERENCE", "queue": "calls", "target": 0.9}
        | {
            "staffed_from": 0.95,
            "staffed_to": 1.05,
        }
        | changes
    )


AT = "vendors.acme.contracts.0"
LATE = "no forecast of calls for 2026-11 was in force 60 days before; "
UNCOVERED = LATE + "add 2026-11 to a version issued by 2026-09-02"


@pytest.mark.parametrize(
    ("forecasts", "problem"),
    [
        (
            [],
            UNCOVERED,
        ),
        (
            [version(issued="2026-09-03")],
            LATE + "issue aug by 2026-09-02, or write at most 59",
        ),
        (
            [version(months=["2026-10", "2026-12"])],
            UNCOVERED,
        ),
        (
            [version(months=["2026-W45", "2026-W46", "2026-W47", "2026-W48"])],
            UNCOVERED,
        ),
    ],
)
def test_a_month_without_a_version_in_time_is_refused(forecasts: list[dict[str, Any]], problem: str) -> None:
    """November 2026 is locked on 2 September. Weeks 45 to 48 lack its first and its last day."""
    terms = contract(slas=[clause(counts={"exclude": ["FORECAST"]})])
    assert said(terms, forecasts=forecasts) == [f"{AT}.forecast_lock.lock_days: {problem}"]


def test_weeks_may_cover_a_month() -> None:
    weeks = [f"2026-W{week}" for week in range(44, 50)]
    terms = contract(slas=[clause(counts={"exclude": ["FORECAST"]})])
    assert said(terms, forecasts=[version(months=weeks)]) == []


def test_a_lock_that_nothing_builds_on_needs_forecasts_too() -> None:
    """The client's queues that the vendor serves: calls and chats."""
    found = said(contract(), forecasts=[])
    assert [problem.split(" for ")[0] for problem in found] == [
        f"{AT}.forecast_lock.lock_days: no forecast of calls",
        f"{AT}.forecast_lock.lock_days: no forecast of chats",
    ]


def test_what_builds_on_a_lock_needs_one() -> None:
    """Each where it is written, all at once."""
    terms = {
        "pricing": [RATE, HOURLY | {"queues": ["calls", "chats"], "billable": {"cap": 1.0}}],
        "commitments": [{"unit": "CONTACTS", "share": 0.9}],
        "slas": [clause(counts={"exclude": ["CLIENT_OUTAGE", "FORECAST"]}), staffing()],
        "forecast_lock": None,
    }
    mend = "the contract locks no forecast; add forecast_lock: {lock_days: 60} to it"
    assert said(contract(**terms)) == [
        f"{AT}.pricing.1.billable: {mend}",
        f"{AT}.commitments.0: {mend}",
        f"{AT}.slas.sl.counts.exclude.1: {mend}",
        f"{AT}.slas.line.metric: {mend}",
    ]


def test_excluding_what_the_lock_does_not_relieve_is_refused() -> None:
    terms = contract(slas=[clause(counts={"exclude": ["FORECAST"]})], forecast_lock={"lock_days": 60})
    problem = "the lock relieves nothing; add relief: {over: 0.1} to forecast_lock"
    assert said(terms) == [f"{AT}.slas.sl.counts.exclude.0: {problem}"]


def test_staffing_needs_the_forecast_of_all_that_its_teams_answer() -> None:
    """Acme's phones answer calls and chats: with calls alone in the forecast what is ordered of them is not known."""
    found = said(contract(slas=[staffing()]), forecasts=[version("aug", "2026-08-01", "calls")])
    assert len(found) == 1
    assert found[0].startswith(f"{AT}.forecast_lock.lock_days: no forecast of chats for 2026-11")


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"staffed_to": None}, "staffed_to: LINE_ADHERENCE needs its band; add staffed_from: 0.95, staffed_to: 1.05"),
        ({"staffed_to": 0.9}, "staffed_to: ends before it begins; write 0.95 or more"),
        (
            {"metric": "STAFFING_DELIVERED", "staffed_to": None},
            "staffed_from: STAFFING_DELIVERED takes no staffed_from; remove it, or write LINE_ADHERENCE",
        ),
        (
            {"metric": "SERVICE_LEVEL", "staffed_from": None, "staffed_to": None, "of": "LOCKED"},
            "of: SERVICE_LEVEL takes no of; remove it, or write LINE_ADHERENCE or STAFFING_DELIVERED",
        ),
    ],
)
def test_a_metric_has_its_own_fields(changes: dict[str, Any], problem: str) -> None:
    assert f"{AT}.slas.line.{problem}" in said(contract(slas=[staffing(**changes)]))


def test_staffing_of_a_pooled_queue_is_told_apart() -> None:
    """Others may answer chats too; whose people are there is known."""
    assert said(contract(slas=[staffing(queue="chats")])) == []


@pytest.mark.parametrize(
    ("terms", "problem"),
    [
        (
            {"commitments": [{"unit": "PRODUCTIVE_HOURS", "share": 0.9}]},
            "commitments.0.unit: no line of pricing is PER_PRODUCTIVE_HOUR; add a line PER_PRODUCTIVE_HOUR to pricing, "
            "or write CONTACTS",
        ),
        (
            {
                "pricing": [{"kind": "PER_CONTACT", "queues": ["calls"], "bands": [{"to": 9, "rate": 2}, {"rate": 1}]}],
                "commitments": [{"unit": "CONTACTS", "share": 0.9}],
            },
            "commitments.0.unit: the line PER_CONTACT has bands, and no one rate; give the line one rate, or commit to "
            "another unit",
        ),
        (
            {
                "pricing": [{"kind": "PER_PRODUCTIVE_HOUR", "rate": 9}],
                "commitments": [{"unit": "PRODUCTIVE_HOURS", "share": 0.9}],
            },
            "commitments.0: other vendors may answer chats too, and what is offered to each is not counted; allocate "
            "chats by COUNTED shares, or leave the queue to this vendor alone",
        ),
        (
            {
                "pricing": [
                    {"kind": "PER_PRODUCTIVE_HOUR", "rate": 9, "billable": {"cap": 1.0}},
                    {"kind": "PER_PRODUCTIVE_HOUR", "rate": 1},
                ]
            },
            "pricing.1: hours of manila-phones are billed by a line above with another rule; write the same billable "
            "and queues in both, or name other queues",
        ),
        (
            {"pricing": [RATE | {"billable": {"cap": 1.0}}]},
            "pricing.0.billable: pricing PER_CONTACT takes no billable; remove it, or write one of queues, rate, "
            "bands, tiering, accumulate, indexation",
        ),
        (
            {"forecast_lock": {"lock_days": 60, "relief": {"granularity": "DAY"}}},
            "forecast_lock.relief: relieves nothing; add over: 0.1, under: 0.1 or aht_over: 0.05",
        ),
        (
            {"commitments": [{"unit": "CONTACTS", "share": 0.9, "months": {"2026-13": 1.0}}]},
            "commitments.0.months.2026-13: '2026-13' will not do; write a month such as 2026-11",
        ),
    ],
)
def test_terms_that_do_not_agree_are_refused(terms: dict[str, Any], problem: str) -> None:
    assert any(found.startswith(f"{AT}.{problem}") for found in said(contract(**terms))), said(contract(**terms))


def test_versions_name_queues_that_are_there_and_have_their_own_ids_and_dates() -> None:
    versions = [version(), version(), version("sep"), version("oct", "2026-10-01", "call")]
    assert said(contract(), forecasts=versions) == [
        "forecasts.aug.id: there is already a forecast aug; give each its own id",
        "forecasts.sep.issued: aug is issued on the same date; write another date, or put both in one version",
        "forecasts.oct.queues.call: there is no queue 'call'; write calls",
    ]


def test_problems_of_forecasts_are_said_with_all_others() -> None:
    """But not that a month lacks a version, while there is one that cannot be read."""
    broken = version() | {"issued": "soon"}
    found = said(contract(slas=[clause(target=2)]), forecasts=[broken])
    assert {problem.split(":")[0] for problem in found} == {f"{AT}.slas.sl.target", "forecasts.aug.issued"}


def test_the_last_version_issued_in_time_is_in_force() -> None:
    versions = [Forecast.model_validate(version(name, issued)) for name, issued in DATES]
    months = {on: in_force(versions, "calls", date(2026, 11, 1), date.fromisoformat(on)) for on in ("2026-07-31", *ON)}
    assert months["2026-07-31"] is None
    assert [versions.index(next(v for v in versions if v.queues["calls"] is months[on])) for on in ON] == [0, 0, 1]


DATES = [("aug", "2026-08-01"), ("sep", "2026-09-01")]
ON = ("2026-08-01", "2026-08-31", "2026-09-01")


def test_a_forecast_is_read_from_yaml() -> None:
    text = """
name: Locked
start: 2026-11-01
days: 30
timezone: America/New_York
queues: [{id: calls, demand: {weekly_volume: 700}, handling: {mean_seconds: 300}}]
vendors:
  - id: acme
    sites: [{id: here, country: US}]
    teams: [{id: phones, site: here, skills: [{queue: calls}], staffing: {agents: 4}}]
    contracts:
      - pricing: [{kind: PER_PRODUCTIVE_HOUR, rate: 13.5, billable: {cap: 1.05, cap_by: DAY, of: LOCKED}}]
        commitments:
          - {unit: PRODUCTIVE_HOURS, of: LOCKED, share: 0.9, months: {2026-11: 0.95}, settle: MONTH, shortfall_rate: 1}
        forecast_lock:
          lock_days: 60
          relief: {over: 0.10, under: 0.10, aht_over: 0.05, granularity: DAY, counts: FIRST_ATTEMPTS}
forecasts:
  - {id: aug, issued: 2026-06-30, queues: {calls: {volumes: {2026-11: 3000, 2026-11-27: 400}, aht_seconds: 300}}}
"""
    read = load(text)
    assert read.forecasts[0].queues["calls"].volumes == {"2026-11": 3000, "2026-11-27": 400}
    assert read.vendors[0].contracts[0].commitments[0].months == {"2026-11": 0.95}


def test_a_team_is_ordered_whole_or_not_at_all() -> None:
    """Manila's phones answer calls of the shop and, here, cases of the bank: under the shop's lock alone half an order
    would be held against all its people."""
    hours = HOURLY | {"queues": ["calls", "chats"], "billable": {"cap": 1.0}}
    bank = {"client": "bank", "pricing": [RATE | {"queues": ["cases"]}]}
    mixed = document(contract(pricing=[RATE, hours], slas=[staffing()]), bank, forecasts=[version()])
    mixed["vendors"][0]["teams"][0]["skills"].append({"queue": "cases"})

    def told(data: dict[str, Any]) -> list[str]:
        try:
            from_data(data)
        except ScenarioError as error:
            return [str(problem).removeprefix("<scenario>: ") for problem in error.problems]
        return []

    half = (
        "manila-phones also answers cases, of which no contract of its vendor locks a forecast; add forecast_lock to a"
        " contract that covers cases, or give manila-phones no skill for it"
    )
    found = told(mixed)
    assert [one for one in found if half in one] == [
        f"{AT}.pricing.1.billable: {half}",
        f"{AT}.slas.line.metric: {half}",
    ]
    mixed["vendors"][0]["contracts"][1]["forecast_lock"] = {"lock_days": 30}
    assert not [one for one in told(mixed) if half in one]
    del mixed["vendors"][0]["contracts"][0]["pricing"][1]
    assert told(mixed) == []
