"""Pricing as documents write it: what is read, and what is refused with its path and its mend."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from simulation.scenario.contracts.pricing import Pricing
from simulation.scenario.money import decimal_of
from tests.scenario.contract_documents import BASELINE, HOURS, document, priced, problems_of, said

PRICING = [
    ({"kind": "PER_CONTACT"}, "rate: pricing PER_CONTACT needs a rate; add rate or bands"),
    (
        {"kind": "PER_CONTACT", "rate": 1, "bands": [{"rate": 1}]},
        "bands: rate and bands exclude each other; keep one of rate, bands",
    ),
    (
        {"kind": "PER_CONTACT", "bands": [{"to": 10, "rate": 2}]},
        "bands.0.to: no rate is said for units over 10; remove `to` of the last band, or add {rate: ...} after it",
    ),
    (
        {"kind": "PER_CONTACT", "bands": [{"to": 10, "rate": 2}, {"to": 10, "rate": 1}, {"rate": 1}]},
        "bands.1.to: the band before reaches to 10; write over 10, or order bands by `to`",
    ),
    (
        {"kind": "PER_CONTACT", "bands": [{"rate": 2}, {"rate": 1}]},
        "bands.0.to: it already holds all above; write its last unit",
    ),
    (
        {"kind": "PER_CONTACT", "rate": 1, "tiering": "WHOLE"},
        "tiering: one rate has no tiering; add bands, or remove it",
    ),
    (
        {"kind": "PER_FTE_MONTH", "bands": [{"rate": 2}], "accumulate": "QUARTER"},
        "accumulate: its units are a month's average, they do not add up; write MONTH",
    ),
    (
        {"kind": "FIXED_MONTHLY", "queues": [], "rate": 1},
        "rate: pricing FIXED_MONTHLY takes no rate; remove it, or write one of amount, indexation",
    ),
    ({"kind": "ONE_OFF", "queues": [], "amount": 1}, "at: pricing ONE_OFF needs at; add at"),
    (
        {"kind": "ONE_OFF", "queues": [], "amount": 1, "at": "2026-12-01"},
        "at: 2026-12-01 lies outside the horizon; write a date from 2026-11-01 to 2026-11-30, or remove the line",
    ),
    (
        {
            "kind": "PER_CONTACT",
            "rate": 1,
            "indexation": [{"from": "2026-11-05", "rate": 0.1}, {"from": "2026-11-05", "rate": 0.1}],
        },
        "indexation.1.from: is not after the one before; order indexation by date",
    ),
    ({"kind": "PER_CONTACT", "rate": 1, "queues": ["casse"]}, "queues.0: there is no queue 'casse'; write cases"),
    (
        {"kind": "PER_CONTACT", "rate": 1, "queues": ["letters"]},
        "queues.0: the vendor does not serve letters under this contract; write cases",
    ),
]


@pytest.mark.parametrize(("line", "problem"), PRICING)
def test_pricing_that_says_too_little_or_too_much_is_refused(line: dict[str, Any], problem: str) -> None:
    assert priced(**line) == [f"0.pricing.0.{problem}"]


NEW_KINDS = [
    (
        {"kind": "PER_PAID_HOUR", "rate": 1, "billable": {"nesting": False}},
        ".billable: pricing PER_PAID_HOUR takes no billable; remove it, or write one of queues, rate, bands, tiering,"
        " accumulate, indexation",
    ),
    (
        {"kind": "PER_CONTACT", "rate": 1, "hires": "GROWTH"},
        ".hires: pricing PER_CONTACT takes no hires; remove it, or write one of queues, rate, bands, tiering,"
        " accumulate, indexation",
    ),
    (
        {"kind": "NIGHT", "multiplier": 2},
        ": no line charges for the hours of cases, which this would make dearer; add {kind: PER_PRODUCTIVE_HOUR,"
        " queues: [cases], rate: ...}, or name queues of one line of hours",
    ),
    (BASELINE | {"unit": None}, ".unit: pricing BASELINE needs unit; add unit"),
    (BASELINE | {"baseline": None}, ".baseline: pricing BASELINE needs baseline; add baseline"),
    (
        BASELINE | {"baseline": {"2026-10": 1}},
        '.baseline: nothing is said of 2026-11; add "2026-11" with its units',
    ),
    (
        BASELINE | {"baseline": {"2026-11": 1, "2026-W45": 2}},
        ".baseline.2026-W45: is no month; write a month such as 2026-11",
    ),
    (
        BASELINE | {"arc": []},
        ".arc: nothing follows from what is more or less than the baseline; add arc or rrc, or write kind:"
        " FIXED_MONTHLY",
    ),
    (
        BASELINE | {"dead_band": 0.1, "arc": [{"to": 0.1, "rate": 1}, {"rate": 1}]},
        ".arc.0.to: the dead band reaches to 0.1; write over 0.1",
    ),
    (
        BASELINE | {"rrc": [{"to": 0.1, "rate": 1}]},
        ".rrc.0.to: no rate is said for units over 0.1; remove `to` of the last band, or add {rate: ...} after it",
    ),
    (
        BASELINE | {"rrc": [{"to": 1, "rate": 1}, {"rate": 1}]},
        ".rrc.0.to: no more than the whole baseline can be missing; write a share under 1, or remove `to`",
    ),
    (
        BASELINE | {"rate": 1},
        ".rate: pricing BASELINE takes no rate; remove it, or write one of queues, unit, baseline,"
        " base_charge, dead_band, arc, rrc, indexation",
    ),
]


@pytest.mark.parametrize(("line", "problem"), NEW_KINDS)
def test_premiums_training_and_baselines_that_say_too_little_or_too_much_are_refused(
    line: dict[str, Any], problem: str
) -> None:
    found = priced(**{key: value for key, value in line.items() if value is not None})
    assert found == [f"0.pricing.0{problem}"]


def test_a_premium_is_of_one_line_of_hours_with_one_rate() -> None:
    banded = {"kind": "PER_PAID_HOUR", "bands": [{"to": 5, "rate": 2}, {"rate": 1}]}
    night = {"kind": "NIGHT", "multiplier": 1.25}

    def of_bank(*lines: dict[str, Any]) -> list[str]:
        return said({"client": "bank", "pricing": [{"queues": ["cases"]} | line for line in lines]})

    assert of_bank(HOURS, night) == []
    assert of_bank(HOURS, {"kind": "NIGHT"}) == [
        "0.pricing.1.multiplier: pricing NIGHT needs multiplier; add multiplier"
    ]
    assert of_bank(HOURS, night | {"kind": "HOLIDAY", "night": {}}) == [
        "0.pricing.1.night: pricing HOLIDAY takes no night; remove it, or write one of queues, multiplier, indexation"
    ]
    both = "lines 0 and 1 both charge for the hours of cases"
    assert of_bank(HOURS, HOURS, night) == [f"0.pricing.2: {both}; keep one of them, or name the queues of one only"]
    assert of_bank(banded, night) == [
        "0.pricing.1: it is a multiple of one rate, and line 0, which charges for these hours, has bands; write rate"
        " instead of bands there, or remove the premium"
    ]
    assert of_bank(HOURS, night | {"queues": ["casse"]}) == [
        "0.pricing.1.queues.0: there is no queue 'casse'; write cases"
    ]


def test_premiums_on_what_nobody_works_are_refused() -> None:
    def of_bank(*lines: dict[str, Any]) -> list[str]:
        return said({"client": "bank", "pricing": [{"queues": ["cases"]} | line for line in lines]})

    over, bench = {"kind": "OVERTIME", "multiplier": 1.5}, {"kind": "SURGE", "multiplier": 1.5}
    nobody = "0.pricing.1: none of the teams that answer its queues, manila-clerks,"
    asked = f"{nobody} is asked for overtime; add overtime to a workforce, or remove the line"
    assert of_bank(HOURS, over | {"only": "ORDERED"}) == [asked]
    assert of_bank({"kind": "PER_PAID_HOUR", "rate": 1}, over) == [asked]
    assert of_bank(HOURS, over) == []  # contacts may take them longer than their hours
    assert of_bank(HOURS, bench) == [f"{nobody} has a bench; add surge to a workforce, or remove the line"]


def test_hours_of_a_baseline_or_of_training_are_told_apart_like_others() -> None:
    problem = "manila-phones also answers chats, and its hours cannot be told apart"
    mend = "add chats to queues, or give manila-phones no skill for it"
    hours = BASELINE | {"unit": "PAID_HOURS", "queues": ["calls"]}
    assert said({"client": "shop", "pricing": [hours]}) == [f"0.pricing.0.queues: {problem}; {mend}"]
    assert said({"client": "shop", "pricing": [BASELINE | {"queues": ["calls"]}]}) == []
    assert of_shop("PER_TRAINING_HOUR", "calls") == [f"0.pricing.0.queues: {problem}; {mend}"]


def of_shop(kind: str, *queues: str) -> list[str]:
    return said({"client": "shop", "pricing": [{"kind": kind, "rate": 1, "queues": list(queues)}]})


def test_hours_of_people_who_also_do_other_work_cannot_be_told_apart() -> None:
    problem = "manila-phones also answers chats, and its hours cannot be told apart"
    mend = "add chats to queues, or give manila-phones no skill for it"
    assert of_shop("PER_PAID_HOUR", "calls") == [f"0.pricing.0.queues: {problem}; {mend}"]
    assert of_shop("PER_PAID_HOUR", "calls", "chats") == []
    assert of_shop("PER_PAID_HOUR") == []


def test_contacts_of_a_shared_queue_are_told_by_teams_that_do_nothing_else() -> None:
    problem = "manila-phones also answers calls, and what it did of each cannot be told apart"
    mend = "add calls to queues, or give manila-phones no skill for it"
    assert of_shop("PER_CONTACT", "chats") == [f"0.pricing.0.queues: {problem}; {mend}"]
    assert of_shop("PER_CONTACT", "calls") == []  # nobody else answers calls
    assert of_shop("PER_CONTACT", "calls", "chats") == []


def test_minutes_of_chats_of_a_shared_queue_are_not_counted_by_team() -> None:
    problem = "other vendors answer chats too, and minutes of its contacts are not counted by team"
    mend = "write PER_CONTACT, or leave the queue to this vendor alone"
    assert of_shop("PER_HANDLED_MINUTE", "calls", "chats") == [f"0.pricing.0.queues: {problem}; {mend}"]
    assert of_shop("PER_HANDLED_MINUTE", "calls") == []


def test_whose_contacts_of_a_shared_queue_come_back_is_not_known() -> None:
    problem = "other vendors answer chats too, and whose contacts come back is not counted"
    mend = "write PER_CONTACT, or leave the queue to this vendor alone"
    assert of_shop("PER_RESOLUTION") == [f"0.pricing.0: {problem}; {mend}"]
    assert of_shop("PER_RESOLUTION", "calls") == []


def test_money_is_what_is_written() -> None:
    assert decimal_of(0.1) + decimal_of(0.2) == Decimal("0.3")
    rises = [{"from": date(2026, 11, 1), "rate": 0.1}, {"from": date(2027, 1, 1), "rate": 0.05}]
    pricing = Pricing.model_validate({"kind": "PER_CONTACT", "rate": 1.0, "indexation": rises})
    days = (date(2026, 10, 31), date(2026, 11, 1), date(2027, 6, 1))
    assert [pricing.index_on(day) for day in days] == [Decimal(1), Decimal("1.1"), Decimal("1.155")]


@pytest.mark.parametrize(
    ("crew", "is_refused"),
    [
        (None, True),
        ({"headcount": 4}, True),
        ({"headcount": 4, "hiring": {}}, False),
        ({"headcount": 4, "classes": [{"start": "2026-11-02", "size": 2, "training_weeks": 1}]}, False),
    ],
)
def test_hours_of_training_need_somebody_who_hires(crew: dict[str, Any] | None, is_refused: bool) -> None:
    """Who is not hired is never trained, and the line would be 0 for ever. It needs a rate besides."""
    assert "0.pricing.0.rate: pricing PER_TRAINING_HOUR needs a rate; add rate or bands" in said(
        {"client": "bank", "pricing": [{"kind": "PER_TRAINING_HOUR"}]}
    )
    base = document({"pricing": [{"kind": "PER_TRAINING_HOUR", "queues": ["cases"], "rate": 9}]})
    team = base["vendors"][0]["teams"][1]
    if crew is not None:
        del team["staffing"]
        team["workforce"] = crew
    told = [f"{one.path}: {one.message}; {one.mend}" for one in problems_of(base)]
    assert (
        told
        == [
            "vendors.acme.contracts.0.pricing.0: none of the teams that answer its queues, manila-clerks, hires"
            " anybody; add hiring or classes to a workforce, or remove the line"
        ]
        * is_refused
    )
