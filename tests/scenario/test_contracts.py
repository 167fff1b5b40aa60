"""Contracts as documents write them: what is read, and what is refused with its path and its mend."""

import copy
from collections.abc import Iterator
from typing import Any

import pytest

from simulation.scenario.reading.document import from_data
from simulation.scenario.reading.notes import notes
from tests.scenario.contract_documents import (
    BASELINE,
    HOURS,
    RATE,
    TIERS,
    clause,
    document,
    priced,
    problems_of,
    promised,
    said,
)


def test_what_is_well_is_read() -> None:
    assert priced(kind="PER_CONTACT", bands=[{"to": 10, "rate": 2}, {"rate": 1}], accumulate="QUARTER") == []
    assert (
        promised(credits=TIERS, repeat={"misses": 2, "multiplier": 2}, bonuses=[{"at_or_above": 0.9, "share": 0.1}])
        == []
    )
    assert promised(metric="ASA", target=20, credits=[{"above": 20, "share": 0}, {"above": 40, "share": 1}]) == []


def leaving(*contracts: dict[str, Any], **event: Any) -> list[str]:
    """What is said of acme's exit; the home desk can do all that acme does."""
    base = document(*contracts)
    base["vendors"][1]["teams"][0]["skills"] = [{"queue": queue["id"]} for queue in base["queues"]]
    leaves = {"kind": "VENDOR_EXIT", "vendor": "acme", "to": "own", "handover_weeks": 1} | event
    return [f"{one.path}: {one.message}; {one.mend}" for one in problems_of(base | {"events": [leaves]})]


def test_an_exit_follows_a_right_that_a_contract_gives() -> None:
    contract = {"client": "shop", "pricing": [RATE], "slas": [clause(scope="QUEUE")]}
    given = contract | {"exit": {"missed": 1, "of": 1}}
    assert leaving(given, after="EXIT_TRIGGER") == []
    assert leaving(contract, after="EXIT_TRIGGER") == [
        "events.0.after: no contract of acme gives a right to leave; add exit: {missed: 3, of: 6} to a contract of"
        " acme, or write start"
    ]
    assert leaving(given) == ["events.0.start: nothing says when it leaves; add start, or after: EXIT_TRIGGER"]
    assert leaving(given, after="EXIT_TRIGGER", start="2026-11-09") == [
        "events.0.after: start and after exclude each other; keep one of start, after"
    ]
    assert leaving(given, after="EXIT_TRIGER") == [
        "events.0.after: 'EXIT_TRIGER' is not known here; write EXIT_TRIGGER"
    ]


def test_an_exit_that_follows_a_right_has_no_lock_on_either_side() -> None:
    """The order of a lock is one for all replications, and cannot know in which of them somebody leaves."""
    contract = {"client": "shop", "pricing": [RATE], "slas": [clause(scope="QUEUE")], "exit": {"missed": 1, "of": 1}}
    base = document(contract | {"forecast_lock": {"lock_days": 0}})
    acme, own = base["vendors"]
    own["kind"] = "OUTSOURCED"
    own["teams"][0]["skills"] = [{"queue": queue["id"]} for queue in base["queues"]]
    volumes = {"2026-11": 100}
    of_queues = {queue["id"]: {"volumes": volumes, "aht_seconds": 300} for queue in base["queues"]}
    base["forecasts"] = [{"id": "f", "issued": "2026-10-01", "queues": of_queues}]
    leaves = {"kind": "VENDOR_EXIT", "vendor": "acme", "to": "own", "handover_weeks": 1}

    def told(**event: Any) -> list[str]:
        found = problems_of(base | {"events": [leaves | event]})
        return [f"{one.path}: {one.message}; {one.mend}" for one in found]

    refused = (
        "events.0.after: what the lock of {} orders must be known ahead, not by replication; write start, the date on"
        " which it would leave, or remove the lock"
    )
    assert told(after="EXIT_TRIGGER") == [refused.format("acme")]
    assert told(start="2026-11-09") == []
    lock = acme["contracts"][0].pop("forecast_lock")
    assert told(after="EXIT_TRIGGER") == []
    own["contracts"] = [{"client": "shop", "pricing": [RATE | {"queues": ["calls", "chats"]}], "forecast_lock": lock}]
    found = told(after="EXIT_TRIGGER")
    assert refused.format("own") in found, found


def test_the_client_s_own_people_promise_without_money() -> None:
    """Everything about money is refused at once; clauses alone are well."""

    def own(contract: dict[str, Any]) -> list[str]:
        base = document()
        base["vendors"][1]["contracts"] = [contract]
        return [f"{one.path}: {one.message}; {one.mend}" for one in problems_of(base)]

    promise = clause(queue="letters")
    assert own({"slas": [promise]}) == []
    unpaid = "the client's own people send no invoice; remove it, and write cost of its teams; or kind: OUTSOURCED"
    unearned = "remove them: the clause is scored all the same; or write kind: OUTSOURCED"
    contract = {
        "pricing": [RATE],
        "commitments": [{"unit": "PRODUCTIVE_HOURS", "share": 0.9}],
        "at_risk": {"share": 0.1},
        "exit": {"missed": 1, "of": 1},
        "slas": [promise | {"credits": TIERS}],
    }
    at = "vendors.own.contracts.0"
    assert own(contract) == [
        f"{at}.pricing: {unpaid}",
        f"{at}.commitments: {unpaid}",
        f"{at}.at_risk: {unpaid}",
        f"{at}.exit: {unpaid}",
        f"{at}.slas.sl.credits: the client's own people send no invoice; {unearned}",
    ]
    assert said({"slas": [clause()]}) == ["0.pricing: nothing says what is charged; add pricing"]


def test_credits_without_anything_at_risk_are_refused() -> None:
    contract = {"client": "bank", "pricing": [RATE], "slas": [clause(queue="cases", credits=TIERS)]}
    assert said(contract) == [
        "0.slas.sl.credits: nothing is at risk; add at_risk: {share: 0.1} to the contract, or remove the credits"
    ]


def test_contracts_are_one_a_client() -> None:
    shop, bank = {"client": "shop", "pricing": [RATE]}, {"client": "bank", "pricing": [RATE]}
    assert said(shop, bank) == []
    assert said(shop, shop) == ["1.client: there is already a contract with shop; write both as one"]
    assert said({"pricing": [RATE]}, bank) == ["0.client: a vendor with several contracts has one a client; add client"]
    assert said({"client": "shpo", "pricing": [RATE]})[0] == "0.client: no queue is of client 'shpo'; write shop"


def test_everything_wrong_is_said_at_once() -> None:
    """A clause and a fee that are wrong, besides a line of pricing that is wrong in itself."""
    pricing = [{"kind": "PER_CONTACT"}, {"kind": "ONE_OFF", "amount": 1, "at": "2027-01-01"}]
    paths = [
        line.split(":")[0] for line in said({"client": "shop", "pricing": pricing, "slas": [clause(queue="cals")]})
    ]
    assert sorted(paths) == ["0.pricing.0.rate", "0.pricing.1.at", "0.slas.sl.queue"]


def places(data: Any, path: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    """Every place of a document with something in it."""
    items = data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ()
    for key, item in items:
        yield (*path, key)
        yield from places(item, (*path, key))


def replaced(data: dict[str, Any], path: tuple[str | int, ...], value: Any) -> dict[str, Any]:
    changed = copy.deepcopy(data)
    inner: Any = changed
    for step in path[:-1]:
        inner = inner[step]
    inner[path[-1]] = value
    return changed


@pytest.mark.slow
def test_nothing_that_stands_in_the_wrong_place_breaks_the_reader() -> None:
    """Each value of a document with a contract in turn becomes something else; what is said of it names a mend."""
    contract = {
        "client": "shop",
        "pricing": [
            {"kind": "PER_CONTACT", "queues": ["calls"], "bands": [{"to": 5, "rate": 2}, {"rate": 1}]},
            BASELINE | {"queues": ["calls"], "rrc": [{"to": 0.5, "rate": 2}, {"rate": 1}]},
            HOURS | {"billable": {"nesting": False}},
            {"kind": "NIGHT", "multiplier": 1.25, "night": {"from": "20:00", "to": "05:00"}},
            {"kind": "PER_TRAINING_HOUR", "rate": 1, "hires": "GROWTH"},
        ],
        "at_risk": {"share": 0.1},
        "slas": [clause(credits=TIERS, counts={"exclude_dates": ["2026-11-05"]})],
    }
    base = document(contract, currency="USD", exchange_rates={"PHP": 58.2})
    phones = base["vendors"][0]["teams"][0]
    del phones["staffing"]
    phones["workforce"] = {"headcount": 4, "hiring": {"training_weeks": 2}}
    assert from_data(base)
    others: list[Any] = [[], {}, "?", -1, [[]], {"?": {}}]
    unmended = [
        (path, junk)
        for path in places(base)
        for junk in others
        if not all(problem.mend for problem in problems_of(replaced(base, path, junk)))
    ]
    assert unmended == []


def test_currencies_are_those_that_somebody_pays_with() -> None:
    """The scenario's, a vendor's and those of exchange rates."""
    told = "ISO 4217 has no currency"
    assert said({"pricing": [RATE]}, currency="PHQ") == [f"currency: {told} 'PHQ'; write PHP"]
    assert said({"pricing": [RATE]}, exchange_rates={"JPZ": 150.0, "EUR": 0.9}) == [
        f"exchange_rates.JPZ: {told} 'JPZ'; write JPY"
    ]
    base = document({"pricing": [RATE]})
    base["vendors"][0]["currency"] = "ZZZ"
    (problem,) = problems_of(base)
    assert (problem.path, problem.message) == ("vendors.acme.currency", f"{told} 'ZZZ'")
    assert problem.mend.startswith("write one of AED, AFN, ")


def test_what_is_priced_and_counts_nowhere_is_noted() -> None:
    """What is at risk without credits, shares of no wage, and a client's cost without its own people."""
    base = document({"pricing": [RATE], "at_risk": {"share": 0.1}})
    for team in base["vendors"][0]["teams"]:
        team["cost"] = {"night_premium": 0.2, "hourly_wage": 5.0 * (team["id"] == "manila-phones")}
    assert [(note.path, note.message) for note in notes(from_data(base))] == [
        ("vendors.acme.teams.manila-clerks.cost.night_premium", "it is a share of hourly_wage, which is 0"),
        ("vendors.acme.contracts.0.at_risk", "no clause has credits, so nothing of it is ever paid back"),
        ("vendors.own.teams", "the client's cost is without its own people: none of them has a cost"),
    ]
    del base["vendors"][0]["contracts"][0]["at_risk"]
    base["vendors"][1]["teams"][0]["cost"] = {}
    base["vendors"][0]["teams"][1]["cost"] = {"hourly_wage": 5}
    assert notes(from_data(base)) == []
