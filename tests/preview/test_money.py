"""Expected cost worked out by hand, and beside the mean of simulated runs."""

import pytest

from simulation.experiment import Experiment, simulate
from simulation.preview.preview import Preview
from simulation.scenario.reading.document import load
from tests.preview.plans import given, people, plan
from tests.server.api import SHOP


def test_hours_contacts_and_fees_are_charged_by_hand() -> None:
    """28 days of November: 5 agents x 672 h x 10 = 33,600; 67,200 contacts x 0.5 = 33,600; 3,000 x 28/30 days = 2,800;
    67,200 x 5 min x 0.1 = 33,600."""
    pricing = [
        {"kind": "PER_PRODUCTIVE_HOUR", "rate": 10},
        {"kind": "PER_CONTACT", "rate": 0.5},
        {"kind": "FIXED_MONTHLY", "amount": 3000},
        {"kind": "PER_HANDLED_MINUTE", "rate": 0.1},
    ]
    cost = Preview.of(plan(given(5), vendor={"contracts": [{"pricing": pricing}]})).cost
    ((vendor, invoices),) = cost.vendors
    assert (vendor, invoices) == ("acme", cost.total)
    assert cost.total == pytest.approx(3 * 33_600 + 2_800, abs=1)
    assert sum(total for _, total in cost.months) == pytest.approx(cost.total)


def test_wages_training_and_hiring_are_paid_by_hand() -> None:
    """10 heads of 40 h x 4 weeks x 12 = 19,200; a class of 3 on 9 November: 900 hired, and trained for 2 weeks at 100 a
    head and week, 600, then at work for one week, 3 x 40 x 12 = 1,440."""
    crew = people(
        10,
        classes=[{"start": "2026-11-09", "size": 3, "training_weeks": 2}],
        cost={"hourly_wage": 12, "hire": 300, "training_per_week": 100},
    )
    cost = Preview.of(plan(crew, vendor={"kind": "IN_HOUSE"})).cost
    assert cost.total == pytest.approx(19_200 + 900 + 600 + 1_440)
    assert (cost.vendors, cost.left_out) == ((), ())


def test_times_that_are_not_worked_out_are_named() -> None:
    pricing = [{"kind": "PER_PRODUCTIVE_HOUR", "rate": 10}, {"kind": "NIGHT", "multiplier": 1.2}]
    (told,) = Preview.of(plan(given(5), vendor={"contracts": [{"pricing": pricing}]})).cost.left_out
    assert told.startswith("desk: productive time from ")


def test_nothing_priced_costs_nothing_known() -> None:
    assert Preview.of(plan(given(5))).cost.total is None


def test_the_expected_cost_is_near_the_mean_of_runs_that_answer_everybody() -> None:
    """People who leave, contacts that vary; hours, contacts and wages are linear in both, so expectations agree."""
    document = SHOP.replace("staffing: {agents: 2}", "staffing: {agents: 12}\n        cost: {hourly_wage: 11}").replace(
        'shifts: [{start: "08:00", hours: 8}]',
        'shifts: [{start: "08:00", hours: 8}]\n        cost: {hourly_wage: 13, hire: 400, seat_per_month: 90}',
    )
    one = load(document + "client_cost: {retained_per_month: 900, telephony_per_minute: 0.02}\n")
    simulated = simulate(one, Experiment(replications=60)).settlement.cost
    expected = Preview.of(one).cost.total
    assert simulated is not None
    interval = simulated.total.confidence_interval(0.999)
    assert interval is not None
    assert expected is not None
    assert interval[0] < expected < interval[1]
    assert simulated.total.mean == pytest.approx(expected, rel=0.01)
