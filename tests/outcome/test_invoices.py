"""Invoices worked out by hand, to the cent."""

from typing import Any

import pytest

from simulation.outcome.money.rounding import AmountError
from simulation.scenario.problems import ScenarioError
from simulation.scenario.reading.document import from_data
from tests.outcome.agreed import HOUR, MINUTE, agreed, clause, clauses_of, invoices, path, served, settled


def priced(*pricing: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"pricing": list(pricing), **more}


def test_partial_first_and_last_months_pay_by_the_day() -> None:
    """30 October to 3 December: 2 of 31 days, all of November, 3 of 31 days. Fixed 3,100 a month: 200, 3,100, 300.
    10 contacts a day at 1.25: 25, 375, 37.50. A fee of 99.99 on 1 November."""
    contract = priced(
        {"kind": "FIXED_MONTHLY", "amount": 3100},
        {"kind": "PER_CONTACT", "rate": 1.25},
        {"kind": "ONE_OFF", "amount": 99.99, "at": "2026-11-01"},
    )
    described = agreed(contract)
    assert invoices(settled(described, path(described, handled=10))) == [
        {"FIXED_MONTHLY": 200.0, "PER_CONTACT": 25.0, "ONE_OFF": 0.0, "invoice": 225.0},
        {"FIXED_MONTHLY": 3100.0, "PER_CONTACT": 375.0, "ONE_OFF": 99.99, "invoice": 3574.99},
        {"FIXED_MONTHLY": 300.0, "PER_CONTACT": 37.5, "ONE_OFF": 0.0, "invoice": 337.5},
    ]


def test_a_leap_day_is_a_day_of_twenty_nine() -> None:
    """29 February and 1 March 2028 at 2,900 a month: 2,900 / 29 = 100 and 2,900 / 31 = 93.548..., 93.55."""
    described = agreed(priced({"kind": "FIXED_MONTHLY", "amount": 2900}), start="2028-02-29", days=2)
    assert [month["invoice"] for month in invoices(settled(described, path(described)))] == [100.0, 93.55]


@pytest.mark.parametrize(("contacts", "charged"), [(1, 0.12), (3, 0.38), (5, 0.62), (7, 0.88)])
def test_half_a_cent_goes_to_the_even_one(contacts: int, charged: float) -> None:
    """0.125 each: 0.125, 0.375, 0.625, 0.875."""
    described = agreed(priced({"kind": "PER_CONTACT", "rate": 0.125}), days=1)
    assert invoices(settled(described, path(described, handled=contacts)))[0]["invoice"] == charged


def test_thirds_of_an_hour_are_not_rounded_before_the_line() -> None:
    """1/3 h on each of 3 days at 0.015: exactly 0.015, half-even 0.02; thirds cut to any number of digits give 0.01."""
    described = agreed(priced({"kind": "PER_PAID_HOUR", "rate": 0.015}), start="2026-11-02", days=3)
    assert invoices(settled(described, path(described, team_rostered=HOUR // 3)))[0]["invoice"] == 0.02


def test_time_is_charged_by_what_the_kind_says() -> None:
    """One day with 32 paid hours (4 of them overtime, 8 of the bench), 24 productive ones and 600 handled minutes.
    Paid 32 x 10 = 320; productive 24 x 13.5 = 324; handled 600 x 0.5 = 300; FTE: regular 20 h of a day, which is 140 h
    a week or 3.5 FTE, for 1 of November's 30 days: 3.5 x 3,000 / 30 = 350."""
    contract = priced(
        {"kind": "PER_PAID_HOUR", "rate": 10},
        {"kind": "PER_PRODUCTIVE_HOUR", "rate": 13.5},
        {"kind": "PER_HANDLED_MINUTE", "rate": 0.5},
        {"kind": "PER_FTE_MONTH", "rate": 3000},
    )
    described = agreed(contract, start="2026-11-02", days=1)
    counted = path(
        described,
        team_rostered=32 * HOUR,
        team_overtime=4 * HOUR,
        team_surge=8 * HOUR,
        team_on_floor=24 * HOUR,
        handle_time=600 * MINUTE,
    )
    (month,) = invoices(settled(described, counted))
    assert list(month.values()) == [320.0, 324.0, 300.0, 350.0, 1294.0]


def test_resolutions_and_seats_are_charged() -> None:
    """2 to 16 November: 20 answered a day, 3 of whom come back: 17 x 15 x 2 = 510. 4 seats at 200 for 15 of 30 days:
    400."""
    contract = priced({"kind": "PER_RESOLUTION", "rate": 2}, {"kind": "PER_SEAT_MONTH", "rate": 200})
    described = agreed(contract, start="2026-11-02", days=15)
    (month,) = invoices(settled(described, path(described, arrived_answered=20, repeated=3)))
    assert list(month.values()) == [510.0, 400.0, 910.0]


def test_marginal_bands_charge_each_unit_at_its_own_rate() -> None:
    """250 contacts: 100 at 2, 100 at 1.5, 50 at 1 = 400. On the edge, 200: 350."""
    bands = [{"to": 100, "rate": 2}, {"to": 200, "rate": 1.5}, {"rate": 1}]
    described = agreed(priced({"kind": "PER_CONTACT", "bands": bands}), days=1)
    assert invoices(settled(described, path(described, handled=250)))[0]["invoice"] == 400.0
    assert invoices(settled(described, path(described, handled=200)))[0]["invoice"] == 350.0


def test_whole_bands_charge_all_units_at_one_rate() -> None:
    """100 contacts, on the edge, are all in the first band: 200; 101 all in the second: 151.50."""
    bands = [{"to": 100, "rate": 2}, {"rate": 1.5}]
    described = agreed(priced({"kind": "PER_CONTACT", "bands": bands, "tiering": "WHOLE"}), days=1)
    assert invoices(settled(described, path(described, handled=100)))[0]["invoice"] == 200.0
    assert invoices(settled(described, path(described, handled=101)))[0]["invoice"] == 151.5


def test_a_quarter_is_trued_up_in_the_month_that_reaches_the_band() -> None:
    """October to January, 100 contacts on the first of each month; all at 2 up to 250 in the quarter, else all at 1.
    October 200, November 400 - 200 = 200, December 300 - 400 = -100, January starts anew: 200."""
    bands = [{"to": 250, "rate": 2}, {"rate": 1}]
    pricing = {"kind": "PER_CONTACT", "bands": bands, "tiering": "WHOLE", "accumulate": "QUARTER"}
    described = agreed(priced(pricing), start="2026-10-01", days=123)
    counted = path(described, handled={0: 100, 31: 100, 61: 100, 92: 100})
    assert [month["invoice"] for month in invoices(settled(described, counted))] == [200.0, 200.0, -100.0, 200.0]


def test_bands_of_fte_are_of_the_average_and_the_charge_of_the_days() -> None:
    """2 to 16 November, 15 of 30 days: 1,200 regular hours are 1,200 / (40 x 15 / 7) = 14 FTE; 10 at 3,000 and 4 at
    2,000 are 38,000 a month, half of it 19,000."""
    bands = [{"to": 10, "rate": 3000}, {"rate": 2000}]
    described = agreed(priced({"kind": "PER_FTE_MONTH", "bands": bands}), start="2026-11-02", days=15)
    assert invoices(settled(described, path(described, team_rostered=80 * HOUR)))[0]["invoice"] == 19_000.0


def test_indexation_holds_from_its_date_on_top_of_the_one_before() -> None:
    """November: 10 contacts a day at 1, 10 % more from the 11th, another 10 % from the 21st: 100 + 110 + 121 = 331.
    Fixed 3,000: 1,000 + 1,100 + 1,210 = 3,310."""
    rises = [{"from": "2026-11-11", "rate": 0.1}, {"from": "2026-11-21", "rate": 0.1}]
    contract = priced(
        {"kind": "PER_CONTACT", "rate": 1, "indexation": rises},
        {"kind": "FIXED_MONTHLY", "amount": 3000, "indexation": rises},
    )
    described = agreed(contract, start="2026-11-01", days=30)
    (month,) = invoices(settled(described, path(described, handled=10)))
    assert list(month.values()) == [331.0, 3310.0, 3641.0]


def test_indexed_bands_fill_in_the_order_of_time() -> None:
    """20 contacts on 10 November and 20 on the 20th, doubled from the 15th: 20 at 2; then 10 at 2 x 2 and 10 at 1 x 2:
    40 + 40 + 20 = 100."""
    bands, rises = [{"to": 30, "rate": 2}, {"rate": 1}], [{"from": "2026-11-15", "rate": 1}]
    pricing = {"kind": "PER_CONTACT", "bands": bands, "indexation": rises}
    described = agreed(priced(pricing), start="2026-11-01", days=30)
    assert invoices(settled(described, path(described, handled={9: 20, 19: 20})))[0]["invoice"] == 100.0


def test_two_vendors_send_their_own_invoices() -> None:
    """Calls: 30 a day at 2 on 2 days = 120. Mail: 5 a day at 4 on 2 days = 40, 10 % of it at risk: none was in time,
    credit 4."""
    mail = clause(id="mail-sl", queue="mail", window="DAY", credits=[{"below": 0.8, "share": 1}])
    described = agreed(
        priced({"kind": "PER_CONTACT", "rate": 2}),
        priced({"kind": "PER_CONTACT", "rate": 4}, at_risk={"share": 0.1}, slas=[mail]),
        start="2026-11-02",
        days=2,
    )
    found = settled(described, path(described, handled=30, mail_handled=5, mail_offered=5))
    assert invoices(found, 0) == [{"PER_CONTACT": 120.0, "invoice": 120.0}]
    assert invoices(found, 1) == [{"PER_CONTACT": 40.0, "CREDIT": -4.0, "invoice": 36.0}]
    assert [(one.id, one.vendor) for one in found.settlement.clauses] == [("mail-sl", "best")]


def test_two_currencies_meet_in_the_scenario_s() -> None:
    """Acme bills in pesos, 58.2 for a dollar: fixed 58,200 are 1,000.00; 3 contacts at 97: 291 / 58.2 = 5.00; 1 hour at
    250: 4.2955..., 4.30. Best bills 10 letters at 1.2 dollars: 12.00. Of acme's 1,009.30 a tenth is at risk, and
    one day of 30 is missed: 100.93 / 30 = 3.36."""
    at_risk = clause(window="DAY", credits=[{"below": 0.8, "share": 1}])
    pesos = priced(
        {"kind": "FIXED_MONTHLY", "amount": 58_200},
        {"kind": "PER_CONTACT", "rate": 97},
        {"kind": "PER_PAID_HOUR", "rate": 250},
        at_risk={"share": 0.1},
        slas=[at_risk],
    )
    described = agreed(pesos, priced({"kind": "PER_CONTACT", "rate": 1.2}), start="2026-11-01", days=30)
    data = described.model_dump(mode="json", by_alias=True, exclude_none=True)
    data["vendors"][0]["currency"], data["exchange_rates"] = "PHP", {"PHP": 58.2}
    both = from_data(data)
    charged = path(both, handled={0: 3}, team_rostered={0: HOUR}, mail_handled={0: 10})
    counted = path(both, offered=1, answered_in_time=dict.fromkeys(range(29), 1))
    counted.queues[:] += charged.queues
    counted.groups[:] += charged.groups
    assert invoices(settled(both, counted), 1)[0]["invoice"] == 12.0
    (month,) = invoices(settled(both, counted), 0)
    assert list(month.values()) == [1000.0, 5.0, 4.3, -3.36, 1005.94]
    with pytest.raises(ScenarioError, match=r"nothing says what a PHP is worth; add exchange_rates: {PHP"):
        from_data(data | {"exchange_rates": {}})
    with pytest.raises(ScenarioError, match=r"exchange_rates.USD: USD is the scenario's own; remove it"):
        from_data(data | {"exchange_rates": {"PHP": 58.2, "USD": 1.0}})


NOVEMBER: dict[str, Any] = {"start": "2026-11-01", "days": 30}
FIXED: dict[str, Any] = {"kind": "FIXED_MONTHLY", "amount": 10_000}
TIERS = [{"below": 0.8, "share": 0.5}, {"below": 0.7, "share": 1.0}]


@pytest.mark.parametrize(("share", "credit"), [(0.8, 0.0), (0.79, 600.0), (0.7, 600.0), (0.69, 1200.0)])
def test_only_the_deepest_tier_counts(share: float, credit: float) -> None:
    """12 % of 10,000 at risk, all of it on this clause: half of 1,200 under 80 %, all under 70 %, nothing on 80 %."""
    described = agreed(priced(FIXED, at_risk={"share": 0.12}, slas=[clause(credits=TIERS)]), **NOVEMBER)
    found = settled(described, served(described, [share] * 30))
    assert invoices(found)[0]["CREDIT"] == -credit
    assert invoices(found)[0]["invoice"] == 10_000 - credit


def test_the_cap_binds_where_allocations_sum_over_one() -> None:
    """1,200 at risk; two clauses with 80 % of it each miss by the deepest tier: 960 + 960, capped at 1,200. A one-off
    fee is at no risk."""
    both = [
        clause(allocation=0.8, credits=TIERS),
        clause(id="asa", metric="ASA", target=30, allocation=0.8, credits=[{"above": 30, "share": 1}]),
    ]
    fee = {"kind": "ONE_OFF", "amount": 5000, "at": "2026-11-05"}
    described = agreed(priced(FIXED, fee, at_risk={"share": 0.12}, slas=both), **NOVEMBER)
    counted = path(described, offered=10, answered_in_time=1, arrived_answered=10, answered_wait=10 * 31_000_000)
    found = settled(described, counted)
    credits = [one.windows[0].credit for one in found.settlement.clauses]
    assert [float(credit.over[0]) for credit in credits if credit is not None] == [960.0, 960.0]
    assert invoices(found) == [{"FIXED_MONTHLY": 10_000.0, "ONE_OFF": 5000.0, "CREDIT": -1200.0, "invoice": 13_800.0}]


def test_allocation_left_out_is_an_even_share_of_the_clauses_with_credits() -> None:
    """Of 1,200 each of three clauses with credits has 400; a key measurement has none. One misses: 400."""
    three = [
        clause(id=f"c{n}", target=target, credits=[{"below": target, "share": 1}])
        for n, target in enumerate((0.8, 0.6, 0.5))
    ]
    contract = priced(FIXED, at_risk={"share": 0.12}, slas=[*three, clause(id="key")])
    described = agreed(contract, **NOVEMBER)
    assert invoices(settled(described, served(described, [0.7] * 30)))[0]["CREDIT"] == -400.0


def test_misses_in_a_row_are_multiplied_until_a_month_is_met() -> None:
    """September to January, base 10,000, 10 % at risk, a tier of half: 500 a miss, doubled from the second in a row.
    Missed, missed, missed, met, missed: 500, 1,000, 1,000, 0, 500."""
    repeating = clause(credits=[{"below": 0.8, "share": 0.5}], repeat={"misses": 2, "multiplier": 2})
    described = agreed(priced(FIXED, at_risk={"share": 0.1}, slas=[repeating]), start="2026-09-01", days=153)
    shares = [0.7] * 91 + [0.9] * 31 + [0.7] * 31
    credits = [month["CREDIT"] for month in invoices(settled(described, served(described, shares)))]
    assert credits == [-500.0, -1000.0, -1000.0, 0.0, -500.0]


def test_weeks_pay_by_the_whole_weeks_that_end_in_the_month() -> None:
    """30 October to 3 December: weeks end on 5, 12, 19, 26 November and 3 December. Base of November 10,000, of
    December 3/31 of it = 967.74; 10 % at risk. Weeks 2 and 5 miss: 10,000 x 0.1 / 4 = 250; 96.774, as the only one."""
    weekly = clause(window="WEEK", credits=[{"below": 0.8, "share": 1}])
    described = agreed(priced(FIXED, at_risk={"share": 0.1}, slas=[weekly]))
    shares = [0.9] * 7 + [0.5] * 7 + [0.9] * 14 + [0.5] * 7
    found = settled(described, served(described, shares))
    assert [month["CREDIT"] for month in invoices(found)] == [0.0, -250.0, -96.77]
    assert [window.partial for window in clauses_of(found)["sl"].windows] == [False] * 5


def weekdays(missed: int = 30) -> list[float]:
    """November 2026, which begins on a Sunday: the level of each day, of the first so many working days a miss."""
    working = [day for day in range(30) if day % 7 not in (0, 6)]
    return [0.5 if day in working[:missed] else 0.9 for day in range(30)]


def on_working_days(shares: list[float]) -> dict[str, Any]:
    """100 calls on each day but Saturdays and Sundays."""
    offered = {day: 100 for day in range(30) if day % 7 not in (0, 6)}
    in_time = {day: round(100 * shares[day]) for day in offered}
    return {"offered": offered, "answered_in_time": in_time, "handled": offered}


def test_days_without_calls_take_no_part_of_the_credit() -> None:
    """21 working days: all missed, the whole 1,000; a third of them, 7, 333.33, which are 47.62 each, 333.34 when each
    is rounded. A bonus of 1 % likewise: 14 days of 21 earn 66.67. Days without calls are met."""
    daily = clause(window="DAY", credits=[{"below": 0.8, "share": 1}], bonuses=[{"at_or_above": 0.8, "share": 0.01}])
    described = agreed(priced(FIXED, at_risk={"share": 0.1}, slas=[daily]), **NOVEMBER)
    found = {n: settled(described, path(described, **on_working_days(weekdays(n)))) for n in (30, 7)}
    paid = {n: [invoices(one)[0][kind] for kind in ("CREDIT", "BONUS")] for n, one in found.items()}
    assert paid == {30: [-1000.0, 0.0], 7: [-333.33, 66.67]}
    windows = clauses_of(found[7])["sl"].windows
    assert [window.met is not None and window.met.successes for window in windows[:3]] == [1, 0, 0]
    credits = [window.credit.over[0] for window in windows if window.credit is not None]
    assert round(sum(credits), 2) == 333.33, "each is within a cent of its own"
    assert set(credits) <= {0.0, 47.62, 47.61}


def test_a_row_of_misses_goes_on_over_days_without_calls() -> None:
    """The first 8 working days are missed, from Monday the 2nd to Wednesday the 11th; from the 6th on, Monday the 9th,
    they cost double: 8 / 21 of 1,000 and 3 / 21 again."""
    repeat = {"misses": 6, "multiplier": 2}
    daily = clause(window="DAY", credits=[{"below": 0.8, "share": 1}], repeat=repeat)
    described = agreed(priced(FIXED, at_risk={"share": 0.1}, slas=[daily]), **NOVEMBER)
    (month,) = invoices(settled(described, path(described, **on_working_days(weekdays(8)))))
    assert month["CREDIT"] == -523.81


def test_a_month_s_credits_are_rounded_once() -> None:
    """30 days of 33.333...: 1,000.00 where 999.90 is what they are each by itself."""
    daily = clause(window="DAY", credits=[{"below": 0.8, "share": 1}])
    described = agreed(priced(FIXED, at_risk={"share": 0.1}, slas=[daily]), **NOVEMBER)
    assert invoices(settled(described, served(described, [0.5] * 30)))[0]["CREDIT"] == -1000.0


def test_partial_windows_move_no_money() -> None:
    """October and December are cut and missed, November is met: no credit anywhere."""
    described = agreed(priced(FIXED, at_risk={"share": 0.1}, slas=[clause(credits=TIERS)]))
    found = settled(described, served(described, [0.1] * 2 + [0.9] * 30 + [0.1] * 3))
    assert [month["CREDIT"] for month in invoices(found)] == [0.0, 0.0, 0.0]
    windows = clauses_of(found)["sl"].windows
    assert [(one.partial, one.met is None, one.credit is None) for one in windows] == [
        (True, True, True),
        (False, False, False),
        (True, True, True),
    ]


def test_a_quarter_is_of_the_charges_of_its_months_and_takes_what_they_have_left() -> None:
    """October to December at 10,000: base 30,000, 3,000 at risk in the quarter. The monthly clause, with all of it,
    misses October and November: 1,000 each, their caps. The quarterly one owes 3,000 and pays the rest, 1,000."""
    monthly = clause(id="monthly", allocation=1, credits=[{"below": 0.8, "share": 1}])
    quarterly = clause(id="quarterly", window="QUARTER", allocation=1, credits=[{"below": 0.8, "share": 1}])
    contract = priced(FIXED, at_risk={"share": 0.1}, slas=[monthly, quarterly])
    described = agreed(contract, start="2026-10-01", days=92)
    found = settled(described, served(described, [0.6] * 61 + [0.9] * 31))
    assert [month["CREDIT"] for month in invoices(found)] == [-1000.0, -1000.0, -1000.0]
    credit = clauses_of(found)["quarterly"].windows[0].credit
    assert credit is not None
    assert credit.over.tolist() == [3000.0]


def test_the_highest_bonus_reached_adds_its_share_of_the_base() -> None:
    """90 % reached exactly: 2 % of 10,000; 89 %: 1 %."""
    bonuses = [{"at_or_above": 0.85, "share": 0.01}, {"at_or_above": 0.9, "share": 0.02}]
    described = agreed(priced(FIXED, slas=[clause(bonuses=bonuses)]), **NOVEMBER)
    earned = [invoices(settled(described, served(described, [share] * 30)))[0]["BONUS"] for share in (0.84, 0.89, 0.9)]
    assert earned == [0.0, 100.0, 200.0]


def returning(**changes: Any) -> dict[str, Any]:
    """Monthly, 10 % of 10,000 at risk, half of it for a miss of 80 %; two months in a row at 85 % bring it back."""
    back = {"at_or_above": 0.85, "windows": 2} | changes
    return priced(FIXED, at_risk={"share": 0.1}, slas=[clause(credits=[{"below": 0.8, "share": 0.5}], earn_back=back)])


def by_month(shares: list[float]) -> list[float]:
    lengths = (30, 31, 30, 31, 31, 28)  # September to February
    return [share for share, days in zip(shares, lengths, strict=False) for _ in range(days)]


@pytest.mark.parametrize(
    ("shares", "changes", "back"),
    [
        ([0.7, 0.86, 0.85, 0.9, 0.9], {}, [0, 0, 500, 0, 0]),  # with November, the second in a row
        ([0.7, 0.86, 0.84, 0.9, 0.9], {}, [0, 0, 0, 0, 500]),  # November breaks the row: January completes another
        ([0.7, 0.86, 0.84, 0.9, 0.9], {"consecutive": False}, [0, 0, 0, 500, 0]),
        ([0.7, 0.86, 0.84, 0.9, 0.9], {"within_windows": 3}, [0, 0, 0, 0, 0]),  # forfeited in December
        ([0.7, 0.7, 0.86, 0.9, 0.9], {"share": 0.6}, [0, 0, 0, 600, 0]),  # both credits, 60 % of each
    ],
)
def test_a_credit_is_earned_back_by_doing_better(
    shares: list[float], changes: dict[str, Any], back: list[float]
) -> None:
    described = agreed(returning(**changes), start="2026-09-01", days=153)
    found = settled(described, served(described, by_month(shares)))
    assert [month["EARN_BACK"] for month in invoices(found)] == back
    open_amounts = [window.earn_back_open for window in clauses_of(found)["sl"].windows]
    assert all(one is not None and one.over.tolist() == [0] for one in open_amounts)


@pytest.mark.parametrize(
    ("within", "back", "still_open"), [(None, 47.62, 0.0), (3, 47.62, 0.0), (2, 0.0, 0.0), (50, 47.62, 0.0)]
)
def test_days_without_calls_neither_earn_back_nor_break_the_row(
    within: int | None, back: float, still_open: float
) -> None:
    """Wednesday the 4th is missed: 1 / 21 of 1,000. Thursday is fair, Friday and Monday are good: two in a row, the
    second of which is the third day with calls after the miss."""
    terms = {"at_or_above": 0.85, "windows": 2} | ({} if within is None else {"within_windows": within})
    daily = clause(window="DAY", credits=[{"below": 0.8, "share": 1}], earn_back=terms)
    described = agreed(priced(FIXED, at_risk={"share": 0.1}, slas=[daily]), **NOVEMBER)
    shares = [0.82] * 30
    shares[3], shares[5], shares[8] = 0.7, 0.9, 0.9
    found = settled(described, path(described, **on_working_days(shares)))
    (month,) = invoices(found)
    assert (month["CREDIT"], month["EARN_BACK"]) == (-47.62, back)
    left = clauses_of(found)["sl"].windows[3].earn_back_open
    assert left is not None
    assert left.over.tolist() == [still_open]


def test_an_earn_back_that_the_horizon_cuts_is_open() -> None:
    """September is credited, 500, and has five windows. Two in a row are needed: with January, the last month, good,
    February may be the second; with January bad, and with four windows, it is forfeited; with six nothing is yet."""
    for within, last, still_open in ((5, 0.9, 500.0), (5, 0.8, 0.0), (4, 0.9, 0.0), (6, 0.8, 500.0)):
        described = agreed(returning(within_windows=within), start="2026-09-01", days=153)
        found = settled(described, served(described, by_month([0.7, 0.8, 0.8, 0.8, last])))
        first = clauses_of(found)["sl"].windows[0]
        assert first.earn_back_open is not None
        assert first.earned_back is not None
        assert (first.earn_back_open.over.tolist(), first.earned_back.over.tolist()) == ([still_open], [0.0])


def test_what_the_cap_cut_is_not_earned_back() -> None:
    """Two clauses owe 1,000 each in September, 1,000 are at risk in all: each was booked at 500. October brings one of
    them back."""
    back = {"at_or_above": 0.85}
    both = [
        clause(allocation=1, credits=[{"below": 0.8, "share": 1}], earn_back=back),
        clause(id="other", allocation=1, credits=[{"below": 0.8, "share": 1}]),
    ]
    described = agreed(priced(FIXED, at_risk={"share": 0.1}, slas=both), start="2026-09-01", days=61)
    found = invoices(settled(described, served(described, by_month([0.7, 0.9]))))
    assert [(month["CREDIT"], month["EARN_BACK"]) for month in found] == [(-1000.0, 0.0), (0.0, 500.0)]


@pytest.mark.parametrize("rate", [1e-300, 1e-9, 2e6])
def test_exchange_rates_are_within_reason(rate: float) -> None:
    data = agreed(priced({"kind": "PER_CONTACT", "rate": 1})).model_dump(mode="json", by_alias=True, exclude_none=True)
    data["vendors"][0]["currency"], data["exchange_rates"] = "PHP", {"PHP": rate}
    with pytest.raises(ScenarioError, match=r"exchange_rates.PHP"):
        from_data(data)
    assert from_data(data | {"exchange_rates": {"PHP": 0.000001}}).exchange_rates == {"PHP": 0.000001}


def test_amounts_that_are_no_longer_exact_are_refused() -> None:
    """12 contacts at a trillion are more than the ten trillion that a month may come to, as 6 and 6 in two lines are;
    9 are not."""
    dear = {"kind": "PER_CONTACT", "rate": 1e12}
    one, two = (agreed(priced(*[dear] * lines), start="2026-11-01", days=30) for lines in (1, 2))
    assert invoices(settled(one, path(one, handled={0: 9})))[0]["invoice"] == 9e12
    for described, contacts in ((one, 12), (two, 6)):
        with pytest.raises(AmountError, match="over 10,000,000,000,000 in the scenario's currency; write lower rates"):
            settled(described, path(described, handled={0: contacts}))
