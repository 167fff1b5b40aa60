"""Premiums on hours, hours in nesting and hours of training, worked out by hand, to the cent."""

from typing import Any

import pytest

from simulation.outcome.counting.counters import Counters, TimeField
from simulation.scenario.scenario import Scenario
from tests.outcome.agreed import HOUR, agreed, invoices, path, settled
from tests.outcome.counted import G, blank

CREW: dict[str, Any] = {"headcount": 30, "hiring": {"training_weeks": 2}, "overtime": {}, "surge": {"agents": 5}}
ONE_DAY: dict[str, Any] = {"start": "2026-11-25", "days": 1}
PRODUCTIVE: dict[str, Any] = {"kind": "PER_PRODUCTIVE_HOUR", "rate": 20}
PAID: dict[str, Any] = {"kind": "PER_PAID_HOUR", "rate": 15}
OVER: dict[str, Any] = {"kind": "OVERTIME", "multiplier": 1.5}
ORDERED: dict[str, Any] = OVER | {"only": "ORDERED"}
BENCH: dict[str, Any] = {"kind": "SURGE", "multiplier": 1.3}


def crewed(
    *pricing: dict[str, Any],
    zone: str = "America/New_York",
    country: str = "US",
    holidays: dict[str, Any] | None = None,
    **changes: Any,
) -> Scenario:
    """Acme's phones are people who answer calls."""
    crew = CREW if holidays is None else CREW | {"holidays": holidays}
    vendor = {
        "id": "acme",
        "sites": [{"id": "there", "country": country, "timezone": zone}],
        "teams": [{"id": "phones", "site": "there", "skills": [{"queue": "calls"}], "workforce": crew}],
        "contracts": [{"pricing": list(pricing)}],
    }
    desk = {"id": "desk", "site": "home", "skills": [{"queue": "mail"}], "staffing": {"agents": 1}}
    own = {"id": "own", "kind": "IN_HOUSE", "sites": [{"id": "home", "country": "US"}], "teams": [desk]}
    return agreed(**{**ONE_DAY, "vendors": [vendor, own], **changes})


def every_hour(described: Scenario, *, productive: float, nesting: float = 0, paid: float = 0) -> Counters:
    """So many agents in every interval."""
    counters = blank(described)
    counters.groups[:, 0, G.ON_FLOOR] = round(productive * HOUR)
    counters.groups[:, 0, G.ROSTERED] = round(paid * HOUR)
    counters.times[:, 0, TimeField.NESTING] = round(nesting * HOUR)
    return counters


def test_overtime_and_bench_cost_more_by_the_hour_that_is_charged() -> None:
    """A day of 100 productive hours, 12 on overtime and 8 of the bench; 120 paid ones, 14 and 10 of them. By productive
    hours 2,000, and 12 x 0.5 x 20 = 120, 8 x 0.3 x 20 = 48; by paid ones 1,800, and 14 x 0.5 x 15 = 105,
    10 x 0.3 x 15 = 45."""
    worked = {
        "team_on_floor": 100 * HOUR,
        "team_rostered": 120 * HOUR,
        "team_overtime": 14 * HOUR,
        "team_surge": 10 * HOUR,
        "team_overtime_on_floor": 12 * HOUR,
        "team_surge_on_floor": 8 * HOUR,
    }
    by_productive, by_paid = crewed(PRODUCTIVE, ORDERED, BENCH), crewed(PAID, OVER, BENCH)
    (month,) = invoices(settled(by_productive, path(by_productive, **worked)))
    assert month == {"PER_PRODUCTIVE_HOUR": 2000.0, "OVERTIME": 120.0, "SURGE": 48.0, "invoice": 2168.0}
    (month,) = invoices(settled(by_paid, path(by_paid, **worked)))
    assert month == {"PER_PAID_HOUR": 1800.0, "OVERTIME": 105.0, "SURGE": 45.0, "invoice": 1950.0}


def test_overtime_that_nobody_ordered_is_charged_unless_only_the_ordered_is() -> None:
    """100 productive hours of 88 on the floor as planned, and 15 in the office: 103 were paid, 12 of overtime on the
    floor. Contacts took agents 12 hours beyond: 24 x 0.5 x 20 = 240, of the ordered ones 120."""
    worked = {
        "team_on_floor": 100 * HOUR,
        "team_rostered": 103 * HOUR,
        "team_in_office": 15 * HOUR,
        "team_overtime_on_floor": 12 * HOUR,
    }
    anyhow, ordered = crewed(PRODUCTIVE, OVER), crewed(PRODUCTIVE, ORDERED)
    assert invoices(settled(anyhow, path(anyhow, **worked)))[0]["OVERTIME"] == 240.0
    assert invoices(settled(ordered, path(ordered, **worked)))[0]["OVERTIME"] == 120.0


def test_an_outage_leaves_no_overtime_to_charge_for() -> None:
    """12 hours of overtime and 8 of the bench were planned, 5 hours are left on the floor: 5 x 0.5 x 20 = 50 and
    5 x 0.3 x 20 = 30."""
    described = crewed(PRODUCTIVE, ORDERED, BENCH)
    planned = {"team_overtime_on_floor": 12 * HOUR, "team_surge_on_floor": 8 * HOUR}
    (month,) = invoices(settled(described, path(described, team_on_floor=5 * HOUR, **planned)))
    assert (month["OVERTIME"], month["SURGE"]) == (50.0, 30.0)


@pytest.mark.parametrize(
    ("zone", "night", "charged"),
    [
        ("America/New_York", None, 80.0),  # 22:00 to 06:00: 8 of the day's 24 hours
        ("America/New_York", {"from": "20:00", "to": "05:00"}, 90.0),  # 9 hours
        ("America/New_York", {"from": "01:00", "to": "04:00"}, 30.0),
        ("Asia/Manila", {"from": "00:00", "to": "12:00"}, 120.0),  # 11:00 to 23:00 in New York
    ],
)
def test_hours_of_the_night_cost_more_by_the_site_s_clock(zone: str, night: Any, charged: float) -> None:
    """Two productive hours in every hour at 20, at night a quarter more: 10 for each hour of the clock."""
    line = {"kind": "NIGHT", "multiplier": 1.25} | ({} if night is None else {"night": night})
    described = crewed(PRODUCTIVE, line, zone=zone)
    (month,) = invoices(settled(described, every_hour(described, productive=2)))
    assert (month["PER_PRODUCTIVE_HOUR"], month["NIGHT"]) == (960.0, charged)


def test_who_is_not_billable_costs_nothing_more_at_night() -> None:
    """Of two productive hours in every hour half a one is in nesting: 1.5 x 24 x 20 = 720, and 1.5 x 8 x 5 = 60. With
    nesting 960."""
    not_nesting = PRODUCTIVE | {"billable": {"nesting": False}}
    described = crewed(not_nesting, {"kind": "NIGHT", "multiplier": 1.25})
    (month,) = invoices(settled(described, every_hour(described, productive=2, nesting=0.5)))
    assert month == {"PER_PRODUCTIVE_HOUR": 720.0, "NIGHT": 60.0, "invoice": 780.0}
    both = crewed(PRODUCTIVE | {"billable": {"nesting": True}})
    assert invoices(settled(both, every_hour(both, productive=2, nesting=0.5)))[0]["invoice"] == 960.0


@pytest.mark.parametrize(
    ("site", "holidays", "charged"),
    [
        ({}, None, 48.0),  # 26 November is Thanksgiving
        ({"country": "PH"}, None, 0.0),
        ({"country": "PH"}, {"calendar": "US"}, 48.0),
        ({"country": "PH"}, {"extra": ["2026-11-25", "2026-11-26"]}, 96.0),
        ({"zone": "Asia/Manila"}, None, 48.0),  # begins at 11:00 of the 25th in New York: all of it is in the horizon
        ({"zone": "Pacific/Auckland", "country": "NZ"}, {"extra": ["2026-11-25"]}, 12.0),  # until 06:00 of the 25th
    ],
)
def test_hours_on_public_holidays_cost_more_by_the_site_s_clock(site: Any, holidays: Any, charged: float) -> None:
    """25 and 26 November, two paid hours in every hour at 15, on holidays double: 30 for each hour of the clock, which
    is charged here in hours."""
    described = crewed(PAID, {"kind": "HOLIDAY", "multiplier": 2}, days=2, holidays=holidays, **site)
    (month,) = invoices(settled(described, every_hour(described, productive=1, paid=2)))
    assert month["PER_PAID_HOUR"] == 2 * 48 * 15
    assert month["HOLIDAY"] == 15 * charged


def test_a_premium_rises_with_its_hours_and_by_itself() -> None:
    """November, 10 hours of the bench on the floor a day at 30 % of 20: 60 a day; hours rise by 10 % from the 11th, the
    premium by another 20 % from the 21st: 600 + 660 + 792 = 2,052."""
    rises = {"indexation": [{"from": "2026-11-11", "rate": 0.1}]}, {"indexation": [{"from": "2026-11-21", "rate": 0.2}]}
    described = crewed(PRODUCTIVE | rises[0], BENCH | rises[1], start="2026-11-01", days=30)
    counters = path(described, team_on_floor=100 * HOUR, team_surge_on_floor=10 * HOUR)
    assert invoices(settled(described, counters))[0]["SURGE"] == 2052.0


def test_a_premium_is_part_of_what_is_at_risk() -> None:
    """2,000 and 120; a tenth of the sum is at risk, and missed: 212."""
    missed = {"id": "sl", "metric": "SERVICE_LEVEL", "queue": "calls", "target": 0.8, "window": "DAY"}
    at_risk = {"at_risk": {"share": 0.1}, "slas": [missed | {"credits": [{"below": 0.8, "share": 1}]}]}
    data = crewed(PRODUCTIVE, ORDERED, start="2026-11-01", days=30).model_dump(
        mode="json", by_alias=True, exclude_none=True
    )
    data["vendors"][0]["contracts"][0] |= at_risk
    described = agreed(**data)
    worked = {"team_on_floor": {0: 100 * HOUR}, "team_overtime_on_floor": {0: 12 * HOUR}}
    counters = path(described, offered=1, **worked)
    assert invoices(settled(described, counters))[0]["CREDIT"] == -212.0


@pytest.mark.parametrize(("hires", "charged"), [("GROWTH", 9600.0), ("REPLACEMENT", 3840.0), (None, 13_440.0)])
def test_training_is_charged_by_the_reason_of_the_hire(hires: str | None, charged: float) -> None:
    """Ten hired for growth and four as replacements train for 14 days at 40 hours a week: 400 x 2 = 800 hours and 320
    hours, at 12."""
    line = {"kind": "PER_TRAINING_HOUR", "rate": 12} | ({} if hires is None else {"hires": hires})
    described = crewed(line, start="2026-11-01", days=30)
    trained = {"team_training_growth": dict.fromkeys(range(14), 400 * HOUR)}
    replaced = {"team_training_replacement": dict.fromkeys(range(14), 160 * HOUR)}
    assert invoices(settled(described, path(described, **trained, **replaced))) == [
        {"PER_TRAINING_HOUR": charged, "invoice": charged}
    ]


def test_training_over_the_end_of_a_month_is_charged_by_the_day_and_by_bands_of_a_quarter() -> None:
    """One head from 28 October to 3 November at 40 hours a week: 4 and 3 of 7 days are 22 6/7 and 17 1/7 hours. At 7 up
    to 30 hours in the quarter, then at 3.5: October 160.00; November 50 more at 7 (7 1/7 hours), and 10 at 3.5: 85."""
    bands = [{"to": 30, "rate": 7}, {"rate": 3.5}]
    line = {"kind": "PER_TRAINING_HOUR", "bands": bands, "accumulate": "QUARTER"}
    described = crewed(line, start="2026-10-28", days=7)
    months = invoices(settled(described, path(described, team_training_growth=40 * HOUR)))
    assert [month["invoice"] for month in months] == [160.0, 85.0]
