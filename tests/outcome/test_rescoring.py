"""Other contracts on kept counters: the same figures as if the run had been simulated with them."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simulation.outcome.report.document import told
from simulation.outcome.rescoring import contracted as with_contracts
from simulation.outcome.rescoring import read_text, rescored
from simulation.outcome.shards.kept import Kept, KeptError
from simulation.scenario.problems import ScenarioError
from simulation.scenario.reading.canonical import canonical, canonical_data
from simulation.scenario.reading.document import from_data
from simulation.scenario.scenario import Scenario
from tests.outcome.agreed import agreed, clause, contracted, of_every_kind, settled
from tests.outcome.counted import random_counters, summary

RATE = {"kind": "PER_CONTACT", "rate": 1.2}
NOVEMBER: dict[str, Any] = {"start": "2026-11-01", "days": 30}


def kept_of(described: Scenario, paths: list[Any]) -> Kept:
    """As a run leaves it, through its bytes."""
    return Kept.from_bytes(Kept.of(canonical(described), "1", summary(described, paths)).to_bytes())


def paths_of(described: Scenario, seed: int, number: int = 3) -> list[Any]:
    return [random_counters(described, seed + n, contacts=3.0) for n in range(number)]


def contracts_of(described: Scenario) -> dict[str, Any]:
    return {vendor["id"]: vendor.get("contracts", []) for vendor in canonical_data(described)["vendors"]}


def assert_as_simulated(before: Scenario, after: Scenario, seed: int) -> None:
    kept = kept_of(before, paths_of(before, seed))
    tried = with_contracts(before, contracts_of(after))
    found = told(rescored(kept, before, tried))
    assert found == told(settled(after, *paths_of(after, seed)).settlement)


@pytest.mark.slow
@settings(max_examples=10, deadline=None)
@given(st.integers(0, 10_000), st.integers(2, 19).map(lambda n: n / 20), st.sampled_from([0.0, 0.05, 0.12]))
def test_other_levels_rates_and_shares_at_risk_are_as_if_simulated(seed: int, level: float, risk: float) -> None:
    assert_as_simulated(contracted(0.8, 0.1, 1.37), contracted(level, risk, 2.5), seed)


WITHIN = {"aggregation": "PERIOD_COMPLIANCE", "period": "INTERVAL", "period_target": 0.7}
MORNINGS = {"counts": {"hours": [{"open": "08:00", "close": "12:00"}]}}
OTHERS = [
    {"window": "WEEK"},
    {"window": "DAY", "credits": [{"below": 0.8, "share": 0.3}, {"below": 0.5, "share": 1}]},
    {"metric": "ASA", "target": 25},
    {"metric": "ABANDON_RATE", "target": 0.05, "window": "WEEK"},
    {"formula": "ANSWERED_OVER_OFFERED", "aggregation": "AVERAGE_OF_PERIODS", "period": "DAY"},
    {"aggregation": "PERIOD_COMPLIANCE", "period": "DAY", "period_target": 0.7},
    {"counts": {"exclude_dates": ["2026-11-03", "2026-11-27"]}},
    {"metric": "OCCUPANCY", "target": 0.6, "credits": [{"above": 0.6, "share": 1}]},
]


@pytest.mark.parametrize("changes", OTHERS)
def test_other_clauses_are_as_if_simulated(changes: dict[str, Any]) -> None:
    terms = {"pricing": [RATE], "at_risk": {"share": 0.1}}
    before = agreed({**terms, "slas": [clause()]}, **NOVEMBER)
    assert_as_simulated(before, agreed({**terms, "slas": [clause(**changes)]}, **NOVEMBER), 7)


@pytest.mark.parametrize("counted", [WITHIN, MORNINGS])
def test_what_is_counted_within_days_is_scored_by_other_targets_and_windows(counted: dict[str, Any]) -> None:
    before = agreed({"pricing": [RATE], "slas": [clause(**counted)]}, **NOVEMBER)
    after = agreed({"pricing": [RATE], "slas": [clause(id="new", target=0.6, window="WEEK", **counted)]}, **NOVEMBER)
    assert_as_simulated(before, after, 3)


@pytest.mark.parametrize(
    ("changes", "reason"), [(WITHIN, "its periods are intervals"), (MORNINGS, "it leaves out parts of days")]
)
def test_what_was_not_counted_is_refused(changes: dict[str, Any], reason: str) -> None:
    before = agreed({"pricing": [RATE], "slas": [clause()]}, **NOVEMBER)
    after = with_contracts(before, {"acme": [{"pricing": [RATE], "slas": [clause(**changes)]}]})
    with pytest.raises(ScenarioError) as refused:
        rescored(kept_of(before, paths_of(before, 1)), before, after)
    assert [str(one) for one in refused.value.problems] == [
        f"contracts: vendors.acme.contracts.0.slas.sl: {reason}, and the run kept days; simulate the scenario with"
        " this clause"
    ]


@pytest.mark.slow
def test_a_run_without_contracts_can_be_given_some_and_one_with_them_be_rid_of_them() -> None:
    bare, priced = agreed(**NOVEMBER), agreed({"pricing": [RATE], "slas": [clause()]}, **NOVEMBER)
    assert_as_simulated(bare, priced, 5)
    assert_as_simulated(priced, bare, 5)


def test_a_vendor_left_out_keeps_its_contracts() -> None:
    described = agreed({"pricing": [RATE]}, {"pricing": [{"kind": "FIXED_MONTHLY", "amount": 5}]}, **NOVEMBER)
    tried = with_contracts(described, {"acme": []})
    assert [len(vendor.contracts) for vendor in tried.vendors] == [0, 1]


@pytest.mark.parametrize(
    ("contracts", "said"),
    [
        ("[]", "t: names no vendor's contracts; write a map of vendors to their contracts, such as acme: [{pricing:"),
        ("acmee: []", "t: acmee: there is no vendor 'acmee'; write acme"),
        ("acme: [{pricing: [{kind: PER_CONTACT}]}]", "t: vendors.acme.contracts.0.pricing.0"),
        ("acme: [", "t:"),
        ("acme: !!python/object:os.system {}", "t:"),
    ],
)
def test_contracts_that_cannot_be_read_are_refused_with_their_place(contracts: str, said: str) -> None:
    described = agreed({"pricing": [RATE]}, **NOVEMBER)
    with pytest.raises(ScenarioError) as refused:
        with_contracts(described, read_text(contracts, file="t"), file="t")
    assert str(refused.value.problems[0]).startswith(said)


def test_clauses_alike_of_two_clients_keep_their_own_counts() -> None:
    """Acme's phones serve shop's calls and its clerks bank's mail: occupancy of each contract is of its own team."""
    data = canonical_data(agreed({"pricing": [RATE]}, **NOVEMBER))
    acme, best = data["vendors"]
    data["queues"][0]["client"], data["queues"][1]["client"] = "shop", "bank"
    clerks = best["teams"][0] | {"id": "clerks", "site": acme["sites"][0]["id"]}
    acme["teams"].append(clerks)
    occupied = {"metric": "OCCUPANCY", "target": 0.5, "credits": [{"above": 0.5, "share": 1}], "window": "WEEK"}
    fixed = [{"kind": "FIXED_MONTHLY", "amount": 1000}]
    acme["contracts"] = [
        {"client": client, "pricing": fixed, "at_risk": {"share": 0.1}, "slas": [occupied | {"id": client}]}
        for client in ("shop", "bank")
    ]
    described = from_data(data)
    paths = paths_of(described, 4)
    for one in paths:
        one.groups[:, 0] //= 3
    found = told(rescored(kept_of(described, paths), described, described))
    assert found == told(settled(described, *paths).settlement)


@pytest.mark.parametrize("place", [3, 20, 60, 200, -1])
def test_damaged_bytes_are_refused(place: int) -> None:
    described = agreed({"pricing": [RATE]}, **NOVEMBER)
    whole = Kept.of(canonical(described), "1", summary(described, paths_of(described, 1))).to_bytes()
    flipped = bytearray(whole)
    flipped[place] ^= 1
    for damaged in (bytes(flipped), whole[:place]):
        with pytest.raises(KeptError, match="run --counters FILE"):
            Kept.from_bytes(damaged)


def test_bytes_of_something_else_are_refused() -> None:
    described = agreed({"pricing": [RATE]}, **NOVEMBER)
    for other in (b"", b"x" * 100, summary(described, paths_of(described, 1)).to_bytes()):
        with pytest.raises(KeptError, match="run --counters FILE"):
            Kept.from_bytes(other)


DRAWN: dict[str, Any] = {"id": "csat", "metric": "EXTERNAL", "name": "CSAT", "mean": 0.86, "sd": 0.05}


def test_what_is_drawn_keeps_its_luck_under_other_terms() -> None:
    """Weekly with mean 0.8 instead of monthly with 0.86: the luck of each week's first day is there."""
    before = agreed({"pricing": [RATE], "slas": [clause(**DRAWN)]}, **NOVEMBER)
    after = agreed({"pricing": [RATE], "slas": [clause(**(DRAWN | {"mean": 0.8, "window": "WEEK"}))]}, **NOVEMBER)
    paths = paths_of(before, 4)
    for n, one in enumerate(paths):
        one.luck[:, 0] = (np.arange(30) + 30 * n) * 11_000_000 % 1_000_000_000
    found = rescored(kept_of(before, paths), before, with_contracts(before, contracts_of(after)))
    assert told(found) == told(settled(after, *paths).settlement)
    levels = found.clauses[0].windows[1].value.over
    assert len(set(levels.tolist())) == 3


@pytest.mark.parametrize(
    ("terms", "told"),
    [
        (clause(**(DRAWN | {"id": "qa"})), "its figures are drawn by its id"),
        (clause(id="age", metric="BACKLOG_AGE", queue="mail", target=8), "it is read at the ends of intervals"),
    ],
)
def test_what_days_do_not_tell_is_refused(terms: dict[str, Any], told: str) -> None:
    before = agreed({"pricing": [RATE]}, {"pricing": [RATE]}, **NOVEMBER)
    vendor = "acme" if terms["queue"] == "calls" else "best"
    with pytest.raises(ScenarioError, match=f"{told}, and the run kept days; simulate"):
        rescored(
            kept_of(before, paths_of(before, 1)),
            before,
            with_contracts(before, {vendor: [{"pricing": [RATE], "slas": [terms]}]}),
        )


def test_other_rights_are_refused_where_an_exit_followed_the_old_ones() -> None:
    data = agreed({"pricing": [RATE], "slas": [clause()], "exit": {"missed": 1, "of": 1}}, **NOVEMBER)
    plain = canonical_data(data)
    plain["vendors"][1]["teams"][0]["skills"].append({"queue": "calls"})
    plain["vendors"][0]["contracts"][0]["slas"][0]["scope"] = "QUEUE"
    plain["events"] = [
        {"kind": "VENDOR_EXIT", "vendor": "acme", "to": "best", "handover_weeks": 1, "after": "EXIT_TRIGGER"}
    ]
    before = from_data(plain)
    terms = contracts_of(before)["acme"][0]
    kept = kept_of(before, paths_of(before, 1))
    dearer = with_contracts(before, {"acme": [terms | {"pricing": [RATE | {"rate": 3}]}]})
    assert rescored(kept, before, dearer).vendors[0].exits[0].arisen.trials == 3
    laxer = with_contracts(before, {"acme": [terms | {"exit": {"missed": 2, "of": 2}}]})
    with pytest.raises(ScenarioError, match="followed the right to leave that other clauses gave; simulate"):
        rescored(kept, before, laxer)


@settings(max_examples=4, deadline=None)
@given(st.integers(0, 10_000))
def test_other_rates_of_every_kind_of_pricing_are_as_if_simulated(seed: int) -> None:
    assert_as_simulated(of_every_kind(1.37), of_every_kind(2.5), seed)


def test_premiums_are_tried_where_their_hours_were_counted() -> None:
    """Other multiples of the hours that the run charged for; the night from another hour on was not counted."""
    hours, night = {"kind": "PER_PRODUCTIVE_HOUR", "rate": 20}, {"kind": "NIGHT", "multiplier": 1.25}
    before = agreed({"pricing": [hours, night]}, **NOVEMBER)
    assert_as_simulated(before, agreed({"pricing": [hours, night | {"multiplier": 1.5}]}, **NOVEMBER), 5)
    early = agreed({"pricing": [hours, night | {"night": {"from": "20:00"}}]}, **NOVEMBER)
    with pytest.raises(ScenarioError) as refused:
        rescored(kept_of(before, paths_of(before, 5)), before, with_contracts(before, contracts_of(early)))
    message = "it charges for productive time from 20:00 to 06:00 of phones, which the run did not count"
    assert [(one.path, one.message, one.mend) for one in refused.value.problems] == [
        ("vendors.acme.contracts", message, "simulate the scenario with this pricing")
    ]
