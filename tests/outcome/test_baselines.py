"""Lines with a baseline, dead band, additional charges and reduced credits, worked out by hand, to the cent."""

from typing import Any

import pytest

from simulation.scenario.reading.document import from_data
from tests.outcome.agreed import HOUR, MINUTE, agreed, invoices, path, settled

NOVEMBER: dict[str, Any] = {"start": "2026-11-01", "days": 30}


def line(**changes: Any) -> dict[str, Any]:
    """1,000 contacts in November for 2,100; 5 % either way change nothing."""
    terms = {
        "kind": "BASELINE",
        "unit": "CONTACTS",
        "baseline": {"2026-11": 1000},
        "base_charge": 2100,
        "dead_band": 0.05,
        "arc": [{"to": 0.15, "rate": 1.1}, {"rate": 1.3}],
        "rrc": [{"to": 0.2, "rate": 0.8}, {"rate": 0.5}],
    }
    return {"pricing": [terms | changes]}


@pytest.mark.parametrize(
    ("contacts", "charged"),
    [
        (1000, 2100.0),
        (1050, 2100.0),  # the edge is inside
        (1051, 2101.10),
        (1150, 2210.0),  # 100 beyond the dead band at 1.1
        (1151, 2211.30),
        (1350, 2470.0),  # and 200 at 1.3
        (950, 2100.0),
        (949, 2099.20),
        (800, 1980.0),  # 150 missing at 0.8
        (799, 1979.50),
        (0, 1580.0),  # and 800 at 0.5
    ],
)
def test_only_units_beyond_the_dead_band_are_charged_or_credited(contacts: int, charged: float) -> None:
    described = agreed(line(), **NOVEMBER)
    found = settled(described, path(described, handled={3: contacts}))
    assert invoices(found) == [{"BASELINE": charged, "invoice": charged}]


@pytest.mark.parametrize(("contacts", "charged", "credit", "bonus"), [(0, -420.0, 0.0, 0.0), (1000, 100.0, -10.0, 5.0)])
def test_a_month_that_pays_the_client_by_itself_has_nothing_at_risk(
    contacts: int, charged: float, credit: float, bonus: float
) -> None:
    """100 a month: with nothing sent 100 - 150 x 0.8 - 800 x 0.5 = -420. Credits and bonuses are of 0 then, not of a
    negative base, of which a credit would be a charge and a bonus a deduction."""
    drawn = {"metric": "EXTERNAL", "name": "QA", "sd": 0, "target": 0.8}
    slas = [
        {"id": "low", "mean": 0.7, "credits": [{"below": 0.8, "share": 1}], **drawn},
        {"id": "high", "mean": 0.9, "bonuses": [{"at_or_above": 0.85, "share": 0.05}], **drawn},
    ]
    described = agreed(line(base_charge=100) | {"at_risk": {"share": 0.1}, "slas": slas}, **NOVEMBER)
    (month,) = invoices(settled(described, path(described, handled={3: contacts})))
    assert month == {"BASELINE": charged, "CREDIT": credit, "BONUS": bonus, "invoice": charged + credit + bonus}


def test_without_credits_less_costs_what_the_baseline_does() -> None:
    described = agreed(line(rrc=[]), **NOVEMBER)
    assert invoices(settled(described, path(described)))[0]["invoice"] == 2100.0


def test_baseline_and_charge_of_a_month_that_the_horizon_cuts_are_those_of_its_days() -> None:
    """30 October to 3 December. October: 2 of 31 days of 3,100 contacts at 3,100 are 200 for 200; 220 came, 10 beyond
    5 %: 211. November: 3,000 for 3,000, and 3,000 came. December: 3 of 31 days, 300 for 300; 270 came, 15 missing:
    288."""
    months = {"2026-10": 3100, "2026-11": 3000, "2026-12": 3100}
    charges = {"base_charge": 3100, "arc": [{"rate": 1.1}], "rrc": [{"rate": 0.8}]}
    described = agreed(line(baseline=months, **charges))
    counters = path(described, handled={d: 110 if d < 2 else 100 if d < 32 else 90 for d in range(35)})
    assert [month["invoice"] for month in invoices(settled(described, counters))] == [211.0, 3100.0, 288.0]


def test_the_29th_of_a_leap_year_is_a_29th_of_february() -> None:
    """29 February 2028 alone: of 2,900 contacts for 2,900 a day has 100 for 100; 110 came: 5 beyond, at 1.1."""
    described = agreed(line(baseline={"2028-02": 2900}, base_charge=2900), start="2028-02-29", days=1)
    assert invoices(settled(described, path(described, handled=110)))[0]["invoice"] == 105.5


def test_indexed_baselines_rise_by_day_and_what_is_beyond_by_the_mean() -> None:
    """From 16 November 10 % more: 2,205; 100 beyond the dead band at 1.1 x 1.05, 115.50."""
    rises = [{"from": "2026-11-16", "rate": 0.1}]
    described = agreed(line(indexation=rises), **NOVEMBER)
    assert invoices(settled(described, path(described, handled={0: 1150})))[0]["invoice"] == 2320.5


def test_a_baseline_in_another_currency_is_converted_once() -> None:
    """58.2 pesos for a dollar: (2,100 + 10 x 1.1) / 58.2 = 36.2714..."""
    data = agreed(line(), **NOVEMBER).model_dump(mode="json", by_alias=True, exclude_none=True)
    data["vendors"][0]["currency"], data["exchange_rates"] = "PHP", {"PHP": 58.2}
    described = from_data(data)
    assert invoices(settled(described, path(described, handled={0: 1060})))[0]["invoice"] == 36.27


@pytest.mark.parametrize(
    ("unit", "counted", "charged"),
    [
        ("HANDLED_MINUTES", {"handle_time": {0: 1060 * MINUTE}}, 2111.0),
        ("PRODUCTIVE_HOURS", {"team_on_floor": {0: 1060 * HOUR}}, 2111.0),
        ("PAID_HOURS", {"team_rostered": {0: 1060 * HOUR}}, 2111.0),
        ("RESOLUTIONS", {"arrived_answered": {0: 1100}, "repeated": {0: 40}}, 2111.0),
        ("SEAT_MONTHS", {}, 2100 - 150 * 0.8 - 796 * 0.5),  # four seats
    ],
)
def test_a_baseline_counts_its_own_units(unit: str, counted: dict[str, Any], charged: float) -> None:
    """1,060 of each: 10 beyond the dead band at 1.1."""
    described = agreed(line(unit=unit), **NOVEMBER)
    assert invoices(settled(described, path(described, **counted)))[0]["invoice"] == charged


def test_a_baseline_of_fte_is_of_the_month_s_average() -> None:
    """2 to 16 November, 15 of 30 days: 1,200 regular hours are 14 FTE; 10 for 30,000 and 4 more at 2,500 are 40,000 a
    month: 20,000."""
    terms = {"unit": "FTE_MONTHS", "baseline": {"2026-11": 10}, "base_charge": 30_000, "dead_band": 0}
    described = agreed(line(**terms, arc=[{"rate": 2500}]), start="2026-11-02", days=15)
    assert invoices(settled(described, path(described, team_rostered=80 * HOUR)))[0]["invoice"] == 20_000.0
