"""Statements: every line with its formula, and their sum the invoice to the cent."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simulation.experiment import Experiment, simulate, stated
from simulation.outcome.counting.counters import Counters
from simulation.outcome.money.meters import Counted
from simulation.outcome.money.statements import Statement, statement
from simulation.scenario.reading.document import from_data
from simulation.scenario.scenario import Scenario
from tests.outcome.agreed import HOUR, agreed, clause, contracted, months_of, of_every_kind, path, served, settled
from tests.outcome.counted import random_counters, summary
from tests.outcome.test_premiums import crewed


def of_month(described: Scenario, counters: Counters, month: int = 0, vendor: str = "acme") -> Statement:
    shard = summary(described, [counters])
    daily = shard.queues.daily, shard.teams.daily
    counted = Counted(described, *daily, shard.times, shard.locked, shard.exits, shard.payroll)
    return statement(counted, shard.clauses, vendor, month)


def told(found: Statement) -> list[tuple[str, str, str, float]]:
    return [(line.kind, line.of, line.formula, line.cents / 100) for line in found.lines]


def test_every_line_says_how_it_comes_about() -> None:
    """30 October to 3 December, read in November: 30 contacts a day, 10 x 30 days of them at 2, the rest at 1.5; from
    the 21st 10 % more: 600 + 450 + 495. Fixed 3,100 likewise, 240 hours at 12.5. The base, the fee left out, is
    7,748.33; of it 12 % are at risk, 929.80: the month owes 232.4499, a week 209.20491, 1,069.27 in all, 139.47
    less; to the cent each is what it adds: 232.45, 441.65, 650.86, 860.06, 1,069.27."""
    rises = [{"from": "2026-11-21", "rate": 0.1}]
    contract = {
        "pricing": [
            {
                "kind": "PER_CONTACT",
                "queues": ["calls"],
                "bands": [{"to": 300, "rate": 2}, {"rate": 1.5}],
                "indexation": rises,
            },
            {"kind": "FIXED_MONTHLY", "amount": 3100, "indexation": rises},
            {"kind": "ONE_OFF", "amount": 250, "at": "2026-11-09"},
            {"kind": "PER_PAID_HOUR", "rate": 12.5},
        ],
        "at_risk": {"share": 0.12},
        "slas": [
            clause(credits=[{"below": 0.8, "share": 0.5}], bonuses=[{"at_or_above": 0.9, "share": 0.01}]),
            clause(id="weekly", window="WEEK", credits=[{"below": 0.8, "share": 1}], allocation=0.9),
        ],
    }
    described = agreed(contract)
    counters = served(described, [0.7] * 35, offered=30)
    counters.groups[:] = path(described, team_rostered=8 * HOUR).groups
    found = of_month(described, counters, 1)
    units = "contacts: 300 x 2 + 300 x 1.5 + 300 x 1.5 x 1.1"
    base = 600 + 450 + 495 + 3203.33 + 3000  # 7,748.33
    assert told(found)[:4] == [
        ("PER_CONTACT", "calls", units, 1545.0),
        ("FIXED_MONTHLY", "", "3,100 x (20 + 10 x 1.1) / 30 days", 3203.33),
        ("ONE_OFF", "", "250 on 2026-11-09", 250.0),
        ("PER_PAID_HOUR", "", "h: 240 x 12.5", 3000.0),
    ]
    at_risk = "7,748.33 x 0.12 at risk"
    weeks = [f"weekly 2026-{day}" for day in ("10-30", "11-06", "11-13", "11-20")]
    assert told(found)[4] == ("CREDIT", "sl 2026-11-01", f"{at_risk} x 1/2 x 0.5 of the tier", -232.45)
    assert told(found)[5:9] == [
        ("CREDIT", week, f"{at_risk} x 0.9 x 1 of the tier / 4 windows", -cents)
        for week, cents in zip(weeks, (209.2, 209.21, 209.2, 209.21), strict=True)
    ]
    cut = "1,069.27 of credits, cut to the 929.80 that are at risk"
    assert told(found)[9:] == [("CREDIT", "cap", cut, 139.47)]
    assert found.cents == round(100 * (base + 250 - 929.80))


def test_quarters_and_averages_say_what_they_are_of() -> None:
    """October and half of November, 100 contacts each at 2 up to 150 in the quarter, then at 1: 200; 300 + 50 - 200.
    FTE: 60 h a day are 60 x 7 / 40 = 10.5 FTE, 15 of 30 days."""
    bands = [{"to": 150, "rate": 2}, {"rate": 1}]
    contract = {
        "pricing": [
            {"kind": "PER_CONTACT", "bands": bands, "accumulate": "QUARTER"},
            {"kind": "PER_FTE_MONTH", "rate": 3000},
        ]
    }
    described = agreed(contract, start="2026-10-01", days=46)
    quarter = "in the quarter so far, less 200.00 billed before"
    found = of_month(described, path(described, handled={0: 100, 31: 100}, team_rostered=60 * HOUR), 1)
    assert told(found) == [
        ("PER_CONTACT", "", f"contacts: 100 x 2 + 50 x 2 + 50 x 1, {quarter}", 150.0),
        ("PER_FTE_MONTH", "", "FTE: 10.5 x 3,000 x 15 / 30 days", 15_750.0),
    ]


def test_an_average_at_several_rates_is_of_the_month_s_days_once() -> None:
    """Six days of October, 60 h each: 10.5 FTE, half of their days at 10 % more: 5.25 x 3,100 + 5.25 x 3,410 for 6 of
    31 days, 34,177.5 x 6 / 31 = 6,615."""
    rises = [{"from": "2026-10-04", "rate": 0.1}]
    line = {"kind": "PER_FTE_MONTH", "rate": 3100, "indexation": rises}
    described = agreed({"pricing": [line]}, start="2026-10-01", days=6)
    formula = "FTE: (5.25 x 3,100 + 5.25 x 3,100 x 1.1) x 6 / 31 days"
    assert told(of_month(described, path(described, team_rostered=60 * HOUR))) == [
        ("PER_FTE_MONTH", "", formula, 6615.0)
    ]


def in_pesos(*pricing: dict[str, Any], **changes: Any) -> Scenario:
    data = agreed({"pricing": list(pricing)}, **changes).model_dump(mode="json", by_alias=True, exclude_none=True)
    data["vendors"][0]["currency"], data["exchange_rates"] = "PHP", {"PHP": 59}
    return from_data(data)


def test_what_a_quarter_billed_before_comes_off_what_is_exchanged() -> None:
    """October and November at 2 pesos, 59 for a dollar: 295 contacts are 590 pesos, 10.00; with 590 more they are
    1,770, 30.00, less 10.00."""
    bands = [{"to": 800, "rate": 2}, {"rate": 2}]
    line = {"kind": "PER_CONTACT", "bands": bands, "accumulate": "QUARTER"}
    described = in_pesos(line, start="2026-10-01", days=46)
    counters = path(described, handled={0: 295, 31: 590})
    november = "contacts: (295 x 2 + 505 x 2 + 85 x 2, in the quarter so far) at 59 for one, less 10.00 billed before"
    assert told(of_month(described, counters, 0)) == [("PER_CONTACT", "", "contacts: 295 x 2, at 59 for one", 10.0)]
    assert told(of_month(described, counters, 1)) == [("PER_CONTACT", "", november, 20.0)]


def test_amounts_and_baselines_are_exchanged_whole() -> None:
    """590 pesos for all of November; a baseline of 100 contacts for 590, and 118 more at 2: 826 pesos, 14.00."""
    baseline = {"unit": "CONTACTS", "baseline": {"2026-11": 100}, "base_charge": 590, "arc": [{"rate": 2}]}
    lines = {"kind": "FIXED_MONTHLY", "amount": 590}, {"kind": "BASELINE"} | baseline
    described = in_pesos(*lines, start="2026-11-01", days=30)
    against = "contacts: 218 against 100, 0 % either way: 590 + 118 x 2, at 59 for one"
    assert told(of_month(described, path(described, handled={0: 218}))) == [
        ("FIXED_MONTHLY", "", "590 x 30 / 30 days, at 59 for one", 10.0),
        ("BASELINE", "", against, 14.0),
    ]


@pytest.mark.slow
@settings(max_examples=10, deadline=None)
@given(st.integers(0, 10_000), st.integers(2, 19).map(lambda n: n / 20), st.sampled_from([0.02, 0.12]))
def test_lines_of_a_statement_add_up_to_the_invoice(seed: int, level: float, risk: float) -> None:
    described = contracted(level, risk, 1.37)
    counters = random_counters(described, seed, contacts=3.0)
    (month,) = months_of(settled(described, counters))
    assert of_month(described, counters).cents == np.rint(100 * month.invoice.over[0])


def test_what_is_earned_back_stands_in_its_month() -> None:
    """September is credited 500 of 10,000; October is good: half comes back."""
    back = {"at_or_above": 0.85, "share": 0.5}
    terms = clause(credits=[{"below": 0.8, "share": 0.5}], earn_back=back)
    pricing = [{"kind": "FIXED_MONTHLY", "amount": 10_000}]
    described = agreed({"pricing": pricing, "at_risk": {"share": 0.1}, "slas": [terms]}, start="2026-09-01", days=61)
    found = of_month(described, served(described, [0.7] * 30 + [0.9] * 31), 1)
    assert told(found) == [
        ("FIXED_MONTHLY", "", "10,000 x 31 / 31 days", 10_000.0),
        ("EARN_BACK", "sl 2026-09-01", "500.00 credited x 0.5, with the window of 2026-10-01", 250.0),
    ]


def test_baselines_say_what_is_more_or_less() -> None:
    """October, 2 of 31 days: 200 of 3,100 contacts; 220 came. November: 3,000, of whom 1,000 came; 10 % more from the
    16th, 1.05 on average."""
    terms = {
        "kind": "BASELINE",
        "unit": "CONTACTS",
        "baseline": {"2026-10": 3100, "2026-11": 3000},
        "base_charge": 3100,
        "dead_band": 0.05,
        "arc": [{"rate": 1.1}],
        "rrc": [{"to": 0.5, "rate": 0.8}, {"rate": 0.5}],
        "indexation": [{"from": "2026-11-16", "rate": 0.1}],
    }
    described = agreed({"pricing": [terms]}, days=32)
    counters = path(described, handled={0: 220, 5: 1000})
    october = "contacts: 220 against 3,100 x 2 / 31 days, 5 % either way: 3,100 x 2 / 31 days + 10 x 1.1"
    november = "contacts: 1,000 against 3,000, 5 % either way: 3,100 x 1.05 - 1,350 x 0.8 x 1.05 - 500 x 0.5 x 1.05"
    assert told(of_month(described, counters, 0)) == [("BASELINE", "", october, 211.0)]
    assert told(of_month(described, counters, 1)) == [("BASELINE", "", november, 1858.5)]


def test_premiums_and_training_say_which_hours_they_are_of() -> None:
    """16 hours of the night at 25 % of 20, from the second day on of 22; 400 hours of training at 12."""
    rises = [{"from": "2026-11-03", "rate": 0.1}]
    pricing = [
        {"kind": "PER_PRODUCTIVE_HOUR", "rate": 20, "indexation": rises},
        {"kind": "NIGHT", "multiplier": 1.25},
        {"kind": "PER_TRAINING_HOUR", "rate": 12},
    ]
    described = crewed(*pricing, start="2026-11-02", days=2)
    counters = path(described, team_on_floor=8 * HOUR, team_training_growth=1400 * HOUR)
    assert told(of_month(described, counters)) == [
        ("PER_PRODUCTIVE_HOUR", "", "h: 8 x 20 + 8 x 20 x 1.1", 336.0),
        ("NIGHT", "", "h of the night: 8 x 20 x 0.25 more + 8 x 20 x 1.1 x 0.25 more", 84.0),
        ("PER_TRAINING_HOUR", "", "h of training: 400 x 12", 4800.0),
    ]


@pytest.mark.slow
@settings(max_examples=8, deadline=None)
@given(st.integers(0, 10_000), st.sampled_from([0.37, 1.37, 19.99]))
def test_lines_of_every_kind_add_up_to_the_invoice(seed: int, rate: float) -> None:
    described = of_every_kind(rate)
    counters = random_counters(described, seed, contacts=3.0)
    (month,) = months_of(settled(described, counters))
    assert len(month.lines) == len(described.vendors[0].contracts[0].pricing)
    assert of_month(described, counters).cents == np.rint(100 * month.invoice.over[0])


def simulated(**changes: Any) -> Scenario:
    contract = {
        "pricing": [{"kind": "PER_CONTACT", "rate": 1.25}, {"kind": "PER_PRODUCTIVE_HOUR", "rate": 9.99}],
        "at_risk": {"share": 0.1},
        "slas": [clause(window="DAY", target=0.9, credits=[{"below": 0.9, "share": 1}])],
    }
    return agreed(contract, start="2026-11-02", days=3, **changes)


@pytest.mark.parametrize("replication", [0, 3])
def test_the_replication_simulated_once_more_is_the_one_of_the_result(replication: int) -> None:
    described, experiment = simulated(), Experiment(replications=4, seed=5)
    (month,) = months_of(simulate(described, experiment))
    found = stated(described, experiment, replication, "acme", 0)
    assert found.cents == np.rint(100 * month.invoice.over[replication])


def test_the_path_of_median_cost_is_the_lower_of_the_middle_ones() -> None:
    """Costs 30, 10, 40, 20: sorted 10, 20, 30, 40; the second of them is the fourth replication."""
    described = agreed({"pricing": [{"kind": "PER_CONTACT", "rate": 1}]}, days=1)
    cost = settled(described, *(path(described, handled=n) for n in (30, 10, 40, 20))).settlement.cost
    assert cost is not None
    assert cost.median == 3
