"""Other contracts on kept counters where forecasts are locked: what days tell is counted anew, the rest is refused."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simulation.outcome.report.document import told
from simulation.outcome.rescoring import contracted as with_contracts
from simulation.outcome.rescoring import rescored
from simulation.scenario.problems import ScenarioError
from simulation.scenario.reading.document import from_data
from simulation.scenario.scenario import Scenario
from tests.outcome.agreed import agreed, clause, settled
from tests.outcome.forecasted import RATE, SEPTEMBER, held, version
from tests.outcome.test_rescoring import assert_as_simulated, contracts_of, kept_of, paths_of

RELIEF = {"over": 0.1, "aht_over": 0.05}


def promised(relief: dict[str, Any] = RELIEF, lock_days: int = 60, share: float = 0.9, **billable: Any) -> Scenario:
    """Calls by contact and by hour, a commitment, a level that excludes FORECAST and one of staffing."""
    hourly = {"kind": "PER_PRODUCTIVE_HOUR", "rate": 9} | ({"billable": billable} if billable else {})
    slas = [
        clause(counts={"exclude": ["FORECAST"]}, target=share),
        clause(id="staff", metric="STAFFING_DELIVERED", target=share),
    ]
    terms = held(relief, lock_days, pricing=[RATE, hourly], slas=slas)
    terms["commitments"] = [{"unit": "CONTACTS", "share": share, "settle": "QUARTER"}]
    return agreed(terms, forecasts=[version(sep=3000)], **SEPTEMBER)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (promised(cap=1.05), promised(cap=0.5)),
        (promised(cap=1.05), promised()),
        (promised(), promised(cap=0.8)),
        (promised(cap=1.0, cap_by="INTERVAL"), promised(cap=1.0, cap_by="INTERVAL", share=0.99)),
        (promised(cap=1.0, cap_by="INTERVAL"), promised(cap=0.7)),
        (promised(nesting=False), promised(nesting=False, share=0.99)),
        (promised(nesting=False), promised()),
    ],
)
def test_commitments_caps_by_day_and_targets_are_as_if_simulated(before: Scenario, after: Scenario) -> None:
    assert_as_simulated(before, after, 5)


def two_teams(cap: float) -> Scenario:
    """Acme also answers mail: one cap on the hours of both teams, and a baseline on those who answer calls."""
    baseline = {"kind": "BASELINE", "unit": "PRODUCTIVE_HOURS", "queues": ["calls"], "baseline": {"2026-09": 100}}
    hourly = {"kind": "PER_PRODUCTIVE_HOUR", "rate": 9, "billable": {"cap": cap}}
    pricing = [hourly, baseline | {"base_charge": 100, "arc": [{"rate": 1}]}]
    forecast = version(sep=3000)
    forecast["queues"]["mail"] = {"volumes": {"2026-09": 300}, "aht_seconds": 600}
    bare = agreed(forecasts=[forecast], **SEPTEMBER)
    data = bare.model_dump(mode="json", by_alias=True, exclude_none=True)
    acme, best = data["vendors"]
    acme["teams"] += [best["teams"][0] | {"site": "acme-site"}]
    return from_data(data | {"vendors": [acme | {"contracts": [held(pricing=pricing)]}]})


@pytest.mark.slow
@settings(max_examples=8, deadline=None)
@given(st.integers(0, 10_000), st.sampled_from([0.3, 0.8, 1.0, 1.3]))
def test_another_cap_of_several_teams_leaves_the_baseline_of_one_as_if_simulated(seed: int, cap: float) -> None:
    assert_as_simulated(two_teams(0.6), two_teams(cap), seed)


def test_a_contract_without_the_lock_is_settled_without_it() -> None:
    before, after = promised(), agreed({"pricing": [RATE]}, forecasts=[version(sep=3000)], **SEPTEMBER)
    tried = with_contracts(before, contracts_of(after))
    found = rescored(kept_of(before, paths_of(before, 5)), before, tried)
    assert told(found) == told(settled(after, *paths_of(after, 5)).settlement)


NIGHT = {"kind": "NIGHT", "multiplier": 1.5}


def nightly(cap: float, **changes: Any) -> Scenario:
    """Hours up to a cap, dearer at night."""
    hourly = {"kind": "PER_PRODUCTIVE_HOUR", "rate": 9, "billable": {"cap": cap}}
    return agreed(held(pricing=[hourly, NIGHT | changes]), forecasts=[version(sep=3000)], **SEPTEMBER)


def test_another_multiplier_on_capped_hours_is_as_if_simulated_and_another_cap_of_them_refused() -> None:
    before, other = nightly(1.0), nightly(1.1)
    assert_as_simulated(before, nightly(1.0, multiplier=2), 5)
    with pytest.raises(ScenarioError, match="productive time from 22:00 to 06:00 up to a cap of phones, which the run"):
        rescored(kept_of(before, paths_of(before, 5)), before, with_contracts(before, contracts_of(other)))


@pytest.mark.parametrize(
    ("after", "said"),
    [
        (promised(lock_days=45), "what was locked 45 days before is not in what the run kept"),
        (promised(cap=1.0, cap_by="INTERVAL"), "hours billed by interval, or past nesting, are counted"),
        (promised(nesting=False), "hours billed by interval, or past nesting, are counted"),
        (promised({"over": 0.2}), "it leaves out parts of days, and the run kept days"),
    ],
)
def test_what_was_not_counted_is_refused(after: Scenario, said: str) -> None:
    before = promised()
    with pytest.raises(ScenarioError, match=said):
        rescored(kept_of(before, paths_of(before, 5)), before, with_contracts(before, contracts_of(after)))


def test_staffing_is_not_told_from_days() -> None:
    before = agreed(held(), forecasts=[version(sep=3000)], **SEPTEMBER)
    after = agreed(held(slas=[clause(metric="STAFFING_DELIVERED")]), forecasts=[version(sep=3000)], **SEPTEMBER)
    with pytest.raises(ScenarioError, match="staffing is held against the order by interval"):
        rescored(kept_of(before, paths_of(before, 5)), before, with_contracts(before, contracts_of(after)))
