"""What people cost and what service costs the client, worked out by hand, to the cent."""

from typing import Any

import numpy as np
import pytest

from simulation.outcome.counting.counters import Counters, PayrollField
from simulation.outcome.money.settlement import MoneyLine
from simulation.outcome.report.document import document
from simulation.outcome.report.result import Result
from simulation.scenario.problems import ScenarioError
from simulation.scenario.reading.document import from_data
from simulation.scenario.scenario import Scenario
from tests.outcome.agreed import HOUR, MINUTE, agreed, months_of, path, settled
from tests.outcome.counted import G, blank

COST: dict[str, Any] = {
    "hourly_wage": 10,
    "benefits_share": 0.25,
    "seat_per_month": 150,
    "hire": 900,
    "training_per_week": 210,
    "fixed_per_month": 3000,
}
CREW: dict[str, Any] = {
    "headcount": 30,
    "hiring": {"training_weeks": 2},
    "overtime": {"premium": 1.5},
    "surge": {"agents": 5, "premium": 2},
    "ramp": {"release_cost": 1200},
}
PRICED = {"pricing": [{"kind": "PER_PRODUCTIVE_HOUR", "rate": 30}]}


def employed(
    cost: dict[str, Any] | None,
    *,
    desks_cost: dict[str, Any] | None = None,
    own_zone: str = "America/New_York",
    crew: dict[str, Any] | None = None,
    **changes: Any,
) -> Scenario:
    """Own has one team of people for calls, acme desks for mail; November 2026."""
    phones = {"id": "phones", "site": "home", "skills": [{"queue": "calls"}], "workforce": CREW | (crew or {})}
    desks = {"id": "desks", "site": "far", "skills": [{"queue": "mail"}], "staffing": {"agents": 4}}
    own = {"id": "own", "kind": "IN_HOUSE", "sites": [{"id": "home", "country": "US", "timezone": own_zone}]}
    acme = {"id": "acme", "sites": [{"id": "far", "country": "PH"}], "contracts": [PRICED]}
    vendors = [own | {"teams": [phones | {"cost": cost}]}, acme | {"teams": [desks | {"cost": desks_cost}]}]
    return agreed(**{"start": "2026-11-01", "days": 30, "vendors": vendors, **changes})


def worked(described: Scenario, productive: int = 24) -> Counters:
    """Calls: 120 paid hours on each day, 6 of them overtime, 4 of the bench. 30 heads, and to 14 November 10 in
    training, hired on the first; 2 released on the 29th. Mail: 24 productive hours a day."""
    paid = {"team_rostered": 120 * HOUR, "team_overtime": 6 * HOUR, "team_surge": 4 * HOUR}
    counters = path(described, **paid, second_on_floor=productive * HOUR)
    counters.payroll[:, 0, PayrollField.HEADS] = [40] * 14 + [30] * 16
    counters.payroll[:14, 0, PayrollField.TRAINEES] = 10
    counters.payroll[0, 0, PayrollField.HIRED] = 10
    counters.payroll[28, 0, PayrollField.RELEASED] = 2
    return counters


def amounts(lines: tuple[MoneyLine, ...]) -> dict[str, float]:
    return {line.kind: float(line.amount.over[0]) for line in lines}


def test_own_cost_by_line() -> None:
    """30 days. Wages 110 h x 10 = 1,100 a day: 33,000; overtime 6 x 15 = 90 a day: 2,700; bench 4 x 20 = 80: 2,400;
    benefits a quarter of 38,100: 9,525. Seats: 30 heads and 10 more for 14 of 30 days at 150: 4,500 + 700 = 5,200.
    Hired 10 x 900; trained 10 for 2 weeks at 210 = 4,200; released 2 x 1,200; fixed 3,000."""
    described = employed(COST)
    (month,) = months_of(settled(described, worked(described)))
    assert amounts(month.own_lines) == {
        "WAGES": 33_000.0,
        "OVERTIME": 2700.0,
        "SURGE": 2400.0,
        "BENEFITS": 9525.0,
        "SEATS": 5200.0,
        "HIRING": 9000.0,
        "TRAINING": 4200.0,
        "RELEASES": 2400.0,
        "FIXED": 3000.0,
    }
    assert month.own_cost is not None
    assert month.own_cost.over.tolist() == [71_425.0]
    assert month.margin is None  # it sends no invoice


def test_the_night_costs_its_premium_by_the_site_s_clock() -> None:
    """One day, 2 paid hours in every hour: the night from 22:00 to 06:00 has 16 of 48; wages 480, premium 10 % of 160,
    a quarter of both on top. Manila is 13 hours ahead: of
    the hours from 08:00 to 12:00 in New York, one paid hour each, the last three are in its night, from 22:00 on."""
    cost = {"hourly_wage": 10, "benefits_share": 0.25, "night_premium": 0.1}
    described = employed(cost, start="2026-11-02", days=1)
    counters = blank(described)
    counters.groups[:, 0, G.ROSTERED] = 2 * HOUR
    (month,) = months_of(settled(described, counters))
    assert amounts(month.own_lines) == {"WAGES": 480.0, "NIGHT": 16.0, "BENEFITS": 124.0}
    manila = employed(cost, start="2026-11-02", days=1, own_zone="Asia/Manila")
    counters.groups[:, 0, G.ROSTERED] = 0
    counters.groups[8:12, 0, G.ROSTERED] = HOUR  # 21:00, 22:00, 23:00, 00:00 in Manila
    (month,) = months_of(settled(manila, counters))
    assert amounts(month.own_lines)["NIGHT"] == 3.0


def test_public_holidays_cost_their_premium_by_the_site_s_clock() -> None:
    """25 and 26 November, 2 paid hours in every hour at 10: 960; the 26th is Thanksgiving, paid two and a half times,
    1.5 x 480 more; a quarter of both on top, and the night, 10 % of 32 of the 96 hours. Manila has no holiday then,
    but the 26th as an extra: from 11:00 of the 25th to 11:00 of the 26th in New York."""
    cost = {"hourly_wage": 10, "benefits_share": 0.25, "night_premium": 0.1}

    def lines(zone: str, holidays: dict[str, Any]) -> dict[str, float]:
        described = employed(cost, crew={"holidays": holidays}, own_zone=zone, start="2026-11-25", days=2)
        counters = blank(described)
        counters.groups[:, 0, G.ROSTERED] = 2 * HOUR
        (month,) = months_of(settled(described, counters))
        return amounts(month.own_lines)

    paid = {"WAGES": 960.0, "NIGHT": 32.0}
    assert lines("America/New_York", {"premium": 2.5}) == paid | {"HOLIDAY": 720.0, "BENEFITS": 428.0}
    there = {"calendar": "PH", "extra": ["2026-11-26"], "premium": 2.5}
    assert lines("Asia/Manila", there) == paid | {"HOLIDAY": 720.0, "BENEFITS": 428.0}
    assert lines("America/New_York", {"calendar": "PH", "premium": 2.5}) == paid | {"BENEFITS": 248.0}
    assert lines("America/New_York", {}) == paid | {"BENEFITS": 248.0}  # they are days like any other


def test_the_same_people_cost_the_client_the_same_in_house_and_at_cost() -> None:
    """100 paid hours a day at 10 and 3,000 a month: 33,000 as own cost, 33,000 as an invoice without a margin."""
    cost = {"hourly_wage": 10, "fixed_per_month": 3000}
    own = employed(cost)
    at_cost = {"pricing": [{"kind": "PER_PAID_HOUR", "rate": 10}, {"kind": "FIXED_MONTHLY", "amount": 3000}]}
    data = own.model_dump(mode="json", by_alias=True, exclude_none=True)
    data["vendors"][0] |= {"kind": "OUTSOURCED", "contracts": [at_cost]}
    hired = from_data(data)
    found = [settled(one, path(one, team_rostered=100 * HOUR)) for one in (own, hired)]
    costs = [one.settlement.cost for one in found]
    assert [cost.total.over.tolist() for cost in costs if cost is not None] == [[33_000.0], [33_000.0]]
    assert [[line.kind for line in cost.months[0].lines] for cost in costs if cost is not None] == [
        ["INVOICE", "OWN_COST"],
        ["INVOICE", "INVOICE"],
    ]
    margin = months_of(found[1])[0].margin
    assert margin is not None
    assert margin.over.tolist() == [0.0]


def test_what_the_client_retains_is_prorated_by_day() -> None:
    """30 October to 3 December at 6,200: 2 of 31 days are 400, November 6,200, 3 of 31 days 600."""
    described = employed(None, client_cost={"retained_per_month": 6200}, start="2026-10-30", days=35)
    cost = settled(described, blank(described)).settlement.cost
    assert cost is not None
    assert [amounts(month.lines)["RETAINED"] for month in cost.months] == [400.0, 6200.0, 600.0]


def test_the_margin_is_the_invoice_less_the_own_cost() -> None:
    """Acme: 24 h x 30 x 30 days = 21,600 invoiced; its desks cost 4 seats x 150 + 3,000 fixed = 3,600."""
    described = employed(None, desks_cost={"seat_per_month": 150, "fixed_per_month": 3000})
    (month,) = months_of(settled(described, worked(described)), 1)
    assert month.margin is not None
    assert (float(month.invoice.over[0]), month.margin.over.tolist()) == (21_600.0, [18_000.0])


def test_the_client_s_cost_adds_up_by_line() -> None:
    """Invoice 21,600; own people 71,425; retained 6,000. On 1 November: 100 callers wait 1 minute each and 90 are
    served for 4: 460 minutes at 0.02 = 9.20; 10 gave up, 4 each; 5 of 20 letters are late, 1.5 each. 97 answered, 7 of
    whom come back."""
    client = {"retained_per_month": 6000, "telephony_per_minute": 0.02, "abandoned_contact": 4, "late_item": 1.5}
    described = employed(COST, client_cost=client)
    counters = worked(described)
    on_first = path(
        described,
        answered={0: 90},
        answered_wait={0: 90 * MINUTE},
        abandoned={0: 10},
        abandoned_wait={0: 10 * MINUTE},
        handle_time={0: 360 * MINUTE},
        arrived_answered={0: 90},
        repeated={0: 7},
        mail_answered={0: 7},
        mail_arrived_answered={0: 7},
        mail_answered_wait={0: 700 * MINUTE},
        mail_due={0: 20},
        mail_due_met={0: 15},
    )
    counters.queues[:] = on_first.queues
    found = settled(described, counters)
    cost = found.settlement.cost
    assert cost is not None
    (month,) = cost.months
    assert amounts(month.lines) == {
        "INVOICE": 21_600.0,
        "OWN_COST": 71_425.0,
        "RETAINED": 6000.0,
        "TELEPHONY": 9.2,
        "ABANDONED": 40.0,
        "LATE": 7.5,
    }
    total = 99_081.7
    assert cost.total.mean == pytest.approx(total, abs=1e-9)
    assert cost.per_contact.mean == pytest.approx(total / 97)
    assert cost.per_resolution.mean == pytest.approx(total / 90)
    shown = document(found)
    assert shown["decision"]["client_cost"]["mean"] == shown["cost"]["total"]["mean"] == pytest.approx(total, abs=1e-9)
    assert [line["vendors"] for line in shown["cost"]["months"][0]["lines"]][:2] == [["acme"], ["own"]]


def test_the_total_has_quantiles_of_its_own() -> None:
    """One replication is dear in its own people, 10 h x 10 x 30 days = 3,000 on top of wages of 38,100 and
    releases of 2,400, the other in its invoice, 28 h x 30 x 30 days = 25,200 and not 21,600: they differ by 600."""
    described = employed({"hourly_wage": 10}, desks_cost=None)
    first, second = worked(described), worked(described, productive=28)
    first.groups[:, 0, G.ROSTERED] += 10 * HOUR * (first.groups[:, 0, G.ROSTERED] > 0)
    cost = settled(described, first, second).settlement.cost
    assert cost is not None
    assert cost.total.over.tolist() == [65_100.0, 65_700.0]
    assert np.ptp(cost.total.over) == 600.0


def indexed(found: Result) -> dict[str, float]:
    return amounts(months_of(found)[0].own_lines)


def test_costs_rise_from_a_date_on() -> None:
    """From 16 November all costs are 6 % higher: 15 days of 1,000, 15 of 1,060; fixed 1,500 + 1,590."""
    cost = {"hourly_wage": 10, "fixed_per_month": 3000, "indexation": [{"from": "2026-11-16", "rate": 0.06}]}
    described = employed(cost)
    found = indexed(settled(described, path(described, team_rostered=100 * HOUR)))
    assert found == {"WAGES": 30_900.0, "FIXED": 3090.0}


@pytest.mark.parametrize(
    ("cost", "contract", "problem"),
    [
        ({"hire": 5}, None, "own.teams.desk.cost.hire: its agents are given, nobody is hired; remove hire"),
        (
            None,
            PRICED,
            "own.contracts.0.pricing: the client's own people send no invoice; remove it, and write cost of its teams;"
            " or kind: OUTSOURCED",
        ),
        (
            {"indexation": [{"from": "2026-11-05", "rate": 0}, {"from": "2026-11-05", "rate": 0}]},
            None,
            "own.teams.desk.cost.indexation.1.from: is not after the one before; order indexation by date",
        ),
    ],
)
def test_costs_that_cannot_be_are_refused(cost: Any, contract: Any, problem: str) -> None:
    desk = {"id": "desk", "site": "s", "skills": [{"queue": "calls"}, {"queue": "mail"}], "staffing": {"agents": 1}}
    vendor = {"id": "own", "kind": "IN_HOUSE", "sites": [{"id": "s", "country": "US"}]}
    with pytest.raises(ScenarioError) as refused:
        agreed(vendors=[vendor | {"teams": [desk | {"cost": cost}], "contracts": [contract] if contract else []}])
    assert [f"{one.path}: {one.message}; {one.mend}" for one in refused.value.problems] == [f"vendors.{problem}"]


@pytest.mark.parametrize("kind", ["IN_HOUSE", "OUTSOURCED"])
def test_a_vendor_says_the_cost_of_every_team_or_of_none(kind: str) -> None:
    """Else what one team costs would be nowhere in the client's cost, nor in the vendor's."""

    def desk(name: str, queue: str, cost: dict[str, Any] | None) -> dict[str, Any]:
        given = {"skills": [{"queue": queue}], "staffing": {"agents": 1}, "cost": cost}
        return {"id": name, "site": "s", **given}

    def told(first: dict[str, Any] | None, second: dict[str, Any] | None) -> list[str]:
        teams = [desk("one", "calls", first), desk("two", "mail", second)]
        contracts = [PRICED] if kind == "OUTSOURCED" else []
        own = {"id": "own", "kind": kind, "sites": [{"id": "s", "country": "US"}], "teams": teams}
        try:
            agreed(vendors=[own | {"contracts": contracts}], client_cost={"retained_per_month": 100})
        except ScenarioError as error:
            return [f"{one.path}: {one.message}; {one.mend}" for one in error.problems]
        return []

    assert told({"hourly_wage": 20}, {"hourly_wage": 20}) == told({"hourly_wage": 20}, {}) == told(None, None) == []
    assert told({"hourly_wage": 20}, None) == [
        "vendors.own.teams.two.cost: without it what one of the same vendor costs would count nowhere;"
        " add cost to the team, or remove it from the others"
    ]
