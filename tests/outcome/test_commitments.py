"""Commitments worked out by hand, to the cent."""

from typing import Any

from simulation.outcome.counting.counters import Counters
from simulation.outcome.money.meters import Counted
from simulation.outcome.money.statements import statement
from simulation.outcome.shards.summary import ShardSummary
from simulation.scenario.reading.document import from_data
from simulation.scenario.scenario import Scenario
from tests.outcome.agreed import HOUR, agreed, clause, invoices, path, settled
from tests.outcome.counted import summary
from tests.outcome.forecasted import RATE, SUMMER, held, version

QUARTER: dict[str, Any] = {"start": "2026-07-01", "days": 92}


def committed(*commitments: dict[str, Any], pricing: dict[str, Any] = RATE, **more: Any) -> Scenario:
    return agreed(held(pricing=[pricing], commitments=list(commitments), **more), forecasts=[SUMMER], **QUARTER)


def offered(described: Scenario, july: int, august: int, september: int) -> Counters:
    days = [july] * 31 + [august] * 31 + [september] * 30
    return path(described, offered=days)


def owed(described: Scenario, *counters: Counters) -> list[float]:
    return [month["COMMITMENT"] for month in invoices(settled(described, *counters))]


def test_a_month_under_its_commitment_is_paid_for() -> None:
    """3,100 of July are locked, 90 % committed, 80 a day come: (0.9 - 2,480 / 3,100) x 3,100 x 2 = 620. August brings
    what is locked, September on 90 a day exactly what is committed. With 95 % in September: 0.05 x 3,000 x 2 = 300."""
    described = committed({"unit": "CONTACTS", "share": 0.9})
    assert owed(described, offered(described, 80, 100, 90)) == [620.0, 0.0, 0.0]
    dated = committed({"unit": "CONTACTS", "share": 0.9, "months": {"2026-09": 0.95}})
    assert owed(dated, offered(dated, 80, 100, 90)) == [620.0, 0.0, 300.0]


def test_a_quarter_settles_its_months_together_in_the_last() -> None:
    """Offered 80 x 31 + 100 x 31 + 110 x 30 = 8,880 of 9,200 locked, all of it committed: 320 x 2 = 640 in September.
    With July at 0.9 only: 0.9 x 3,100 + 6,100 = 8,890 are committed, 10 short: 20."""
    described = committed({"unit": "CONTACTS", "share": 1.0, "settle": "QUARTER"})
    assert owed(described, offered(described, 80, 100, 110)) == [0.0, 0.0, 640.0]
    dated = committed({"unit": "CONTACTS", "share": 1.0, "settle": "QUARTER", "months": {"2026-07": 0.9}})
    assert owed(dated, offered(dated, 80, 100, 110)) == [0.0, 0.0, 20.0]


def test_hours_and_minutes_are_committed_at_what_was_locked() -> None:
    """A tenth of July is missing. 48 hours a day are ordered, 1,488 in July: 0.1 x 1,488 x 13.5 x 0.5 = 1,004.40. Its
    3,100 calls of 5 minutes are 15,500 minutes: 0.1 x 15,500 x 0.4 = 620."""
    hours = {"unit": "PRODUCTIVE_HOURS", "share": 0.9, "shortfall_rate": 0.5}
    by_hour = committed(hours, pricing={"kind": "PER_PRODUCTIVE_HOUR", "rate": 13.5})
    assert owed(by_hour, offered(by_hour, 80, 100, 100)) == [1004.4, 0.0, 0.0]
    by_minute = committed(
        {"unit": "HANDLED_MINUTES", "share": 0.9}, pricing={"kind": "PER_HANDLED_MINUTE", "rate": 0.4}
    )
    assert owed(by_minute, offered(by_minute, 80, 100, 100)) == [620.0, 0.0, 0.0]


def test_a_commitment_is_at_the_rate_of_its_days_and_at_no_risk() -> None:
    """July at 80 a day: the rate of 2 rises by a half on 17 July; 16 and 15 days of 100 calls at a tenth: 160 x 2 +
    150 x 3 = 770. A tenth of the charges is at risk and the level is missed: 2,480 calls handled, 16 x 80 x 2 + 15 x 80
    x 3 = 6,160, credit 616; the commitment raises it by nothing."""
    pricing = RATE | {"indexation": [{"from": "2026-07-17", "rate": 0.5}]}
    missed = clause(credits=[{"below": 0.8, "share": 1}])
    described = committed({"unit": "CONTACTS", "share": 0.9}, pricing=pricing, slas=[missed], at_risk={"share": 0.1})
    july = invoices(
        settled(described, path(described, offered=[80] * 31 + [100] * 61, handled=dict.fromkeys(range(31), 80)))
    )
    assert july[0] == {"PER_CONTACT": 6160.0, "COMMITMENT": 770.0, "CREDIT": -616.0, "invoice": 6314.0}


def test_days_of_a_month_that_the_horizon_cuts_settle_by_themselves() -> None:
    """31 August and 1 September: 100 locked on each; 50 offered on each, 90 % committed: 0.4 x 100 x 2 = 80 twice."""
    described = agreed(
        held(commitments=[{"unit": "CONTACTS", "share": 0.9}]), forecasts=[SUMMER], start="2026-08-31", days=2
    )
    assert owed(described, path(described, offered=50)) == [80.0, 80.0]


def allocated(start: str = "2026-09-01", days: int = 30) -> Scenario:
    """Two vendors with 70 and 30 % of the calls; acme has committed 90 %."""
    contract = held(commitments=[{"unit": "CONTACTS", "share": 0.9}])
    data = agreed(contract, forecasts=[version(sep=3000)], start=start, days=days).model_dump(
        mode="json", by_alias=True, exclude_none=True
    )
    data["vendors"][1]["teams"][0]["skills"].append({"queue": "calls"})
    data["queues"][0]["route"] = {"choice": "ALLOCATION", "allocation": [{"shares": {"acme": 0.7, "best": 0.3}}]}
    return from_data(data)


def test_of_an_allocated_queue_a_vendor_s_share_is_committed() -> None:
    """70 of 100 calls a day are locked for acme, 70 % of 80 offered to it: (0.9 - 0.8) x 2,100 x 2 = 420."""
    described = allocated()
    assert owed(described, path(described, offered=80)) == [420.0]


def test_the_statement_shows_shortfall_and_cap() -> None:
    """80 of 100 calls a day in July; 60 productive hours on its first day, and 48 ordered on each."""
    pricing = [RATE, {"kind": "PER_PRODUCTIVE_HOUR", "rate": 10, "billable": {"cap": 1.05}}]
    contract = held(pricing=pricing, commitments=[{"unit": "CONTACTS", "share": 0.9, "shortfall_rate": 0.5}])
    described = agreed(contract, forecasts=[SUMMER], **QUARTER)
    counters = path(described, offered=[80] * 31 + [100] * 61, team_on_floor={0: 60 * HOUR})
    shard = ShardSummary.from_bytes(summary(described, [counters]).to_bytes())
    daily = shard.queues.daily, shard.teams.daily
    counted = Counted(described, *daily, shard.times, shard.locked, shard.exits, shard.payroll)
    found = statement(counted, shard.clauses, "acme", 0)
    lines = {line.kind: (line.formula, line.cents) for line in found.lines}
    assert lines["COMMITMENT"] == (
        "max(0, 0.9 - 2,480 / 3,100 contacts offered) x 3,100 contacts locked x 2 x 0.5 of the rate",
        31_000,
    )
    assert lines["PER_PRODUCTIVE_HOUR"] == (
        "h: 50.4 x 10; of 60 productive h, by day at most 1.05 x 1,488 ordered h",
        50_400,
    )
    assert found.cents == 31_000 + 50_400
