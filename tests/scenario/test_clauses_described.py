"""Clauses as documents write them: what is read, and what is refused with its path and its mend."""

from datetime import date
from typing import Any

import pytest

from simulation.scenario.calendar import Weekday
from simulation.scenario.contracts.windows import ScoringWindow, windows
from simulation.scenario.reading.document import from_data
from tests.scenario.contract_documents import RATE, TIERS, clause, document, problems_of, promised, said

CLAUSES = [
    ({"queue": "cals"}, "queue: there is no queue 'cals'; write calls"),
    (
        {"queue": "letters"},
        "queue: the vendor does not serve letters under this contract; write one of calls, chats, cases",
    ),
    (
        {"queue": "chats"},
        "scope: other vendors may answer chats too, and whose a contact is that nobody answered cannot be told; write"
        " scope: QUEUE, formula: ANSWERED_OVER_ANSWERED, or choice: ALLOCATION in the queue's route",
    ),
    ({"metric": "TURNAROUND_MET"}, "metric: work of calls is never due; add turnaround to calls"),
    (
        {"metric": "ASA", "formula": "ANSWERED_OVER_OFFERED"},
        "formula: ASA takes no formula; remove it, or write SERVICE_LEVEL",
    ),
    ({"target": 80}, "target: is 80; write a share, at most 1"),
    (
        {"aggregation": "PERIOD_COMPLIANCE", "period": "DAY"},
        "period_target: nothing says what a period has to meet; add period_target",
    ),
    (
        {"aggregation": "AVERAGE_OF_PERIODS"},
        "period: AVERAGE_OF_PERIODS needs its periods; add period: INTERVAL or DAY",
    ),
    ({"period": "DAY"}, "period: VOLUME_WEIGHTED has no periods; remove period, or write another aggregation"),
    (
        {"period_target": 0.5},
        "period_target: VOLUME_WEIGHTED takes no period_target; remove it, or write aggregation: PERIOD_COMPLIANCE",
    ),
    (
        {"credits": [{"below": 0.75, "share": 1}]},
        "credits.0.below: a miss begins at the target, 0.8; write below: 0.8; where nothing is due at first, with"
        " share: 0",
    ),
    (
        {"credits": [TIERS[0], {"below": 0.8, "share": 1}]},
        "credits.1.below: the tier before it begins at 0.8; order tiers, the deepest last",
    ),
    (
        {"credits": [TIERS[0], {"below": 0.7, "share": 0.5}]},
        "credits.1.share: a deeper tier costs no more; write a share over 0.5",
    ),
    ({"credits": [{"above": 0.8, "share": 1}]}, "credits.0: the figure is no ceiling; write below: 0.8"),
    (
        {"bonuses": [{"at_or_above": 0.7, "share": 1}]},
        "bonuses.0.at_or_above: the target lies at 0.8; order bonuses, the highest last",
    ),
    (
        {"bonuses": [{"at_or_above": 0.88, "share": 0.05}, {"at_or_above": 0.92, "share": 0.02}]},
        "bonuses.1.share: a higher bonus earns no more; write a share over 0.05",
    ),
    (
        {"credits": TIERS, "earn_back": {"at_or_above": 0.9, "share": 0}},
        "earn_back.share: is 0; write a number over 0",
    ),
    (
        {"credits": TIERS, "earn_back": {"at_or_above": 0.75}},
        "earn_back.at_or_above: the target lies at 0.8; write 0.8 or what is better",
    ),
    (
        {"credits": TIERS, "earn_back": {"at_or_above": 0.9, "windows": 3, "within_windows": 2}},
        "earn_back.within_windows: 3 windows do not fit; write 3 or more",
    ),
    (
        {"credits": TIERS, "earn_back": {"at_or_below": 0.9}},
        "earn_back: the figure is no ceiling; write at_or_above: 0.9",
    ),
    ({"allocation": 0.5}, "allocation: without credits allocation changes nothing; add credits, or remove it"),
    (
        {"window": "QUARTER", "credits": TIERS},
        "window: the horizon, 2026-11-01 to 2026-11-30, holds no whole QUARTER; write a shorter window, or more weeks",
    ),
    (
        {
            "periods": [
                {"from": "2026-11-05", "to": "2026-11-09", "target": 0.7},
                {"from": "2026-11-09", "to": "2026-11-19", "target": 0.7},
            ]
        },
        "periods.1.from: begins before the period above it is over; write a date after 2026-11-09, or order periods"
        " by date",
    ),
]


CLAUSES += [
    ({"queue": None}, "queue: SERVICE_LEVEL is of one queue; add queue"),
    (
        {"metric": "BACKLOG_AGE", "target": 8},
        "metric: contacts of calls do not wait as a backlog; name a queue of channel EMAIL, SOCIAL, CASE or OUTBOUND,"
        " or write ASA",
    ),
    ({"metric": "QUALITY"}, "metric: nobody looks for defects in calls; add quality to calls"),
    ({"metric": "FCR"}, "metric: nobody comes back to calls; add repeat to calls"),
    (
        {"metric": "ABANDON_RATE", "target": 0.05},
        "metric: nobody abandons calls; add patience or balking_probability to calls",
    ),
    ({"metric": "OCCUPANCY", "scope": "QUEUE"}, "scope: OCCUPANCY is the vendor's own; remove scope"),
    (
        {"metric": "OCCUPANCY", "queue": None, "counts": {"exclude": ["HOLIDAYS", "CLIENT_OUTAGE"]}},
        "counts.exclude.1: CLIENT_OUTAGE is known of one queue, and the clause names none; add queue",
    ),
    (
        {"metric": "OCCUPANCY", "credits": [{"below": 0.8, "share": 1}]},
        "credits.0: the figure is a ceiling; write above: 0.8",
    ),
    (
        {"metric": "FILL_RATE"},
        "metric: manila-phones ask for nobody; add hiring to the workforce of one of them, or write another metric",
    ),
    ({"metric": "EXTERNAL", "mean": 0.8, "sd": 0.1}, "name: EXTERNAL needs name; add name"),
    ({"sd": 0.1}, "sd: SERVICE_LEVEL takes no sd; remove it, or write EXTERNAL"),
    (
        {"metric": "EXTERNAL", "name": "QA", "mean": 0.8, "sd": 0.1, "counts": {"exclude": ["HOLIDAYS"]}},
        "counts: EXTERNAL has one figure a window; remove counts",
    ),
    (
        {
            "metric": "EXTERNAL",
            "name": "QA",
            "mean": 0.8,
            "sd": 0.1,
            "aggregation": "AVERAGE_OF_PERIODS",
            "period": "DAY",
        },
        "aggregation: EXTERNAL has one figure a window; remove aggregation",
    ),
    ({"counts": {"exclude": ["HOLLIDAYS"]}}, "counts.exclude.0: 'HOLLIDAYS' is not known here; write HOLIDAYS"),
]


@pytest.mark.parametrize(("changes", "problem"), CLAUSES)
def test_clauses_that_cannot_be_scored_are_refused(changes: dict[str, Any], problem: str) -> None:
    assert promised(**changes) == [f"0.slas.sl.{problem}"]


def test_short_abandons_count_within_a_threshold_that_is_longer() -> None:
    """A queue's short time is 5 s unless it says another."""
    short = {"formula": "SHORT_ABANDONS_COUNT"}
    assert promised(**short, threshold_seconds=6) == []
    assert promised(**short, threshold_seconds=5) == [
        "0.slas.sl.threshold_seconds: short abandons of calls, within 5 s, are no shorter than the threshold, 5 s;"
        " write threshold_seconds over 5, another formula, or less short_abandon_seconds in its target"
    ]
    base = document({"client": "shop", "pricing": [RATE], "slas": [clause(**short)]})
    base["queues"][0]["target"] = {"short_abandon_seconds": 60}
    (found,) = problems_of(base)
    assert found.path == "vendors.acme.contracts.0.slas.sl.formula"
    assert found.message == "short abandons of calls, within 60 s, are no shorter than the threshold, 20 s"
    base["vendors"][0]["contracts"][0]["slas"][0]["threshold_seconds"] = 61
    assert problems_of(base) == []


@pytest.mark.parametrize(
    ("hours", "is_refused"),
    [
        ({"days": ["SUN"], "open": "02:00", "close": "04:00"}, True),
        ({"days": ["MON"], "open": "18:00", "close": "20:00"}, True),
        ({"days": ["MON"], "open": "17:00", "close": "20:00"}, False),
        ({"days": ["SUN"], "open": "22:00", "close": "08:30"}, False),  # into Monday
    ],
)
def test_hours_in_which_the_queue_is_never_open_count_nothing(hours: dict[str, Any], is_refused: bool) -> None:
    base = document({"client": "shop", "pricing": [RATE], "slas": [clause(counts={"hours": [hours]})]})
    base["queues"][0]["hours"] = [{"days": ["MON", "FRI"], "open": "08:00", "close": "18:00"}]
    refused = [
        "vendors.acme.contracts.0.slas.sl.counts.hours: calls is never open in these hours; write hours in which it is"
        " open, such as 08:00 to 18:00"
    ]
    found = [f"{one.path}: {one.message}; {one.mend}" for one in problems_of(base)]
    assert found == (refused if is_refused else [])


def test_heads_are_asked_for_by_the_week() -> None:
    said = promised(metric="FILL_RATE", window="DAY")
    at = "0.slas.sl.window: heads asked for are counted by week; write WEEK, MONTH or QUARTER"
    assert at in said


def test_what_is_the_vendor_s_own_may_name_a_shared_queue_or_none() -> None:
    external = {"metric": "EXTERNAL", "name": "QA", "mean": 0.8, "sd": 0.1}
    assert promised(queue="chats", metric="OCCUPANCY") == []
    assert promised(queue=None, **external) == []


def test_a_right_to_leave_can_arise() -> None:
    contract = {"client": "shop", "pricing": [RATE], "slas": [clause()]}
    assert said(contract | {"exit": {"missed": 3, "of": 6, "notice_months": 3, "fee": 0}}) == []
    assert said(contract | {"exit": {"missed": 3, "of": 2}}) == [
        "0.exit.missed: 2 windows cannot miss 3; write at most 2"
    ]
    assert said(contract | {"slas": [], "exit": {"missed": 1, "of": 2}}) == [
        "0.exit: without slas no window is ever missed; add slas, or remove it"
    ]


def test_a_clause_about_the_whole_queue_may_be_of_a_shared_one() -> None:
    assert promised(queue="chats", scope="QUEUE") == []


def test_a_clause_id_is_given_once_among_all_contracts() -> None:
    shop = {"client": "shop", "pricing": [RATE], "slas": [clause()]}
    bank = {"client": "bank", "pricing": [RATE], "slas": [clause(queue="cases")]}
    assert said(shop, bank) == ["1.slas.sl.id: there is already a clause 'sl'; give each its own id"]


def test_windows_are_whole_or_cut() -> None:
    """15 November 2026 to 30 April 2027."""
    days = [date.fromordinal(date(2026, 11, 15).toordinal() + d) for d in range(167)]
    quarters = [(one.start, one.partial) for one in windows(ScoringWindow.QUARTER, days)]
    assert quarters == [(date(2026, 11, 15), True), (date(2027, 1, 1), False), (date(2027, 4, 1), True)]
    assert [one.partial for one in windows(ScoringWindow.MONTH, days)] == [True, False, False, False, False, False]
    weeks = windows(ScoringWindow.WEEK, days)
    assert {Weekday.of(one.start) for one in weeks} == {Weekday.SUN}
    assert [one.partial for one in weeks] == [False] * 23 + [True]
    assert len(windows(ScoringWindow.DAY, days)) == 167


def test_a_vendor_s_share_of_a_queue_may_be_promised_where_it_can_be_told() -> None:
    answered = {"formula": "ANSWERED_OVER_ANSWERED"}
    assert promised(queue="chats", threshold_seconds=45, **answered) == []
    assert promised(queue="chats", metric="ASA", target=30) == []
    given = {"choice": "ALLOCATION", "allocation": [{"shares": {"acme": 0.5, "own": 0.5}}]}
    data = document(
        {"client": "shop", "pricing": [RATE | {"queues": ["calls", "chats"]}], "slas": [clause(queue="chats")]}
    )
    data["queues"][1]["route"] = given
    assert from_data(data).vendors[0].contracts[0].slas[0].queue == "chats"
