"""Contracts as documents write them: what is read, and what is refused with its path and its mend."""

import copy
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from simulation.scenario.calendar import Weekday
from simulation.scenario.clauses import ScoringWindow
from simulation.scenario.document import from_data
from simulation.scenario.notes import notes
from simulation.scenario.pricing import Pricing, decimal_of
from simulation.scenario.problems import Problem, ScenarioError
from simulation.scenario.windows import windows

RATE = {"kind": "PER_CONTACT", "rate": 1.2}


def document(*contracts: dict[str, Any], **changes: Any) -> dict[str, Any]:
    """November 2026: acme's phones answer calls and chats, its clerks cases; both acme and own answer chats."""

    def team(name: str, *queues: str) -> dict[str, Any]:
        skills = [{"queue": queue} for queue in queues]
        return {"id": name, "site": name.split("-")[0], "skills": skills, "staffing": {"agents": 4}}

    def queue(name: str, **more: Any) -> dict[str, Any]:
        return {"id": name, "demand": {"weekly_volume": 100}, "handling": {"mean_seconds": 300}} | more

    vendors = [
        {
            "id": "acme",
            "sites": [{"id": "manila", "country": "PH"}],
            "teams": [team("manila-phones", "calls", "chats"), team("manila-clerks", "cases")],
            "contracts": list(contracts),
        },
        {
            "id": "own",
            "kind": "IN_HOUSE",
            "sites": [{"id": "home", "country": "US"}],
            "teams": [team("home-desk", "chats", "letters")],
        },
    ]
    queues = [
        queue("calls", client="shop"),
        queue("chats", channel="CHAT", concurrency={"slots": 2}, client="shop"),
        queue("cases", channel="CASE", client="bank"),
        queue("letters", channel="EMAIL", client="bank"),
    ]
    heading = {"name": "Terms", "start": "2026-11-01", "days": 30, "timezone": "America/New_York"}
    return {**heading, "queues": queues, "vendors": vendors, **changes}


def clause(**changes: Any) -> dict[str, Any]:
    return {"id": "sl", "metric": "SERVICE_LEVEL", "queue": "calls", "target": 0.8} | changes


def said(*contracts: dict[str, Any], **changes: Any) -> list[str]:
    """Every problem as path, message and mend."""
    try:
        from_data(document(*contracts, **changes))
    except ScenarioError as error:
        return [
            f"{one.path}: {one.message}; {one.mend}".removeprefix("vendors.acme.contracts.") for one in error.problems
        ]
    return []


def priced(**changes: Any) -> list[str]:
    """What is said of one line of pricing."""
    return said({"client": "bank", "pricing": [{"queues": ["cases"]} | changes]})


def promised(**changes: Any) -> list[str]:
    """What is said of one clause, with something at risk."""
    return said({"pricing": [RATE | {"queues": ["cases"]}], "at_risk": {"share": 0.1}, "slas": [clause(**changes)]})


TIERS = [{"below": 0.8, "share": 0.5}, {"below": 0.7, "share": 1}]


def test_what_is_well_is_read() -> None:
    assert priced(kind="PER_CONTACT", bands=[{"to": 10, "rate": 2}, {"rate": 1}], accumulate="QUARTER") == []
    assert (
        promised(credits=TIERS, repeat={"misses": 2, "multiplier": 2}, bonuses=[{"at_or_above": 0.9, "share": 0.1}])
        == []
    )
    assert promised(metric="ASA", target=20, credits=[{"above": 20, "share": 0}, {"above": 40, "share": 1}]) == []


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


BASELINE = {
    "kind": "BASELINE",
    "unit": "CONTACTS",
    "baseline": {"2026-11": 900},
    "base_charge": 1,
    "arc": [{"rate": 1}],
}
HOURS = {"kind": "PER_PRODUCTIVE_HOUR", "rate": 1}
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


def leaving(*contracts: dict[str, Any], **event: Any) -> list[str]:
    """What is said of acme's exit; the home desk can do all that acme does."""
    base = document(*contracts)
    base["vendors"][1]["teams"][0]["skills"] = [{"queue": queue["id"]} for queue in base["queues"]]
    leaves = {"kind": "VENDOR_EXIT", "vendor": "acme", "to": "own", "handover_weeks": 1} | event
    return [f"{one.path}: {one.message}; {one.mend}" for one in problems_of(base | {"events": [leaves]})]


def test_an_exit_follows_a_right_that_a_contract_gives() -> None:
    contract = {"client": "shop", "pricing": [RATE], "slas": [clause(scope="QUEUE")]}
    given = contract | {"exit": {"missed": 1, "of": 1}}
    assert leaving(given, after="EXIT_TRIGGER") == []
    assert leaving(contract, after="EXIT_TRIGGER") == [
        "events.0.after: no contract of acme gives a right to leave; add exit: {missed: 3, of: 6} to a contract of"
        " acme, or write start"
    ]
    assert leaving(given) == ["events.0.start: nothing says when it leaves; add start, or after: EXIT_TRIGGER"]
    assert leaving(given, after="EXIT_TRIGGER", start="2026-11-09") == [
        "events.0.after: start and after exclude each other; keep one of start, after"
    ]
    assert leaving(given, after="EXIT_TRIGER") == [
        "events.0.after: 'EXIT_TRIGER' is not known here; write EXIT_TRIGGER"
    ]


def test_an_exit_that_follows_a_right_has_no_lock_on_either_side() -> None:
    """The order of a lock is one for all replications, and cannot know in which of them somebody leaves."""
    contract = {"client": "shop", "pricing": [RATE], "slas": [clause(scope="QUEUE")], "exit": {"missed": 1, "of": 1}}
    base = document(contract | {"forecast_lock": {"lock_days": 0}})
    acme, own = base["vendors"]
    own["kind"] = "OUTSOURCED"
    own["teams"][0]["skills"] = [{"queue": queue["id"]} for queue in base["queues"]]
    volumes = {"2026-11": 100}
    of_queues = {queue["id"]: {"volumes": volumes, "aht_seconds": 300} for queue in base["queues"]}
    base["forecasts"] = [{"id": "f", "issued": "2026-10-01", "queues": of_queues}]
    leaves = {"kind": "VENDOR_EXIT", "vendor": "acme", "to": "own", "handover_weeks": 1}

    def told(**event: Any) -> list[str]:
        found = problems_of(base | {"events": [leaves | event]})
        return [f"{one.path}: {one.message}; {one.mend}" for one in found]

    refused = (
        "events.0.after: what the lock of {} orders must be known ahead, not by replication; write start, the date on"
        " which it would leave, or remove the lock"
    )
    assert told(after="EXIT_TRIGGER") == [refused.format("acme")]
    assert told(start="2026-11-09") == []
    lock = acme["contracts"][0].pop("forecast_lock")
    assert told(after="EXIT_TRIGGER") == []
    own["contracts"] = [{"client": "shop", "pricing": [RATE | {"queues": ["calls", "chats"]}], "forecast_lock": lock}]
    found = told(after="EXIT_TRIGGER")
    assert refused.format("own") in found, found


def test_the_client_s_own_people_promise_without_money() -> None:
    """Everything about money is refused at once; clauses alone are well."""

    def own(contract: dict[str, Any]) -> list[str]:
        base = document()
        base["vendors"][1]["contracts"] = [contract]
        return [f"{one.path}: {one.message}; {one.mend}" for one in problems_of(base)]

    promise = clause(queue="letters")
    assert own({"slas": [promise]}) == []
    unpaid = "the client's own people send no invoice; remove it, and write cost of its teams; or kind: OUTSOURCED"
    unearned = "remove them: the clause is scored all the same; or write kind: OUTSOURCED"
    contract = {
        "pricing": [RATE],
        "commitments": [{"unit": "PRODUCTIVE_HOURS", "share": 0.9}],
        "at_risk": {"share": 0.1},
        "exit": {"missed": 1, "of": 1},
        "slas": [promise | {"credits": TIERS}],
    }
    at = "vendors.own.contracts.0"
    assert own(contract) == [
        f"{at}.pricing: {unpaid}",
        f"{at}.commitments: {unpaid}",
        f"{at}.at_risk: {unpaid}",
        f"{at}.exit: {unpaid}",
        f"{at}.slas.sl.credits: the client's own people send no invoice; {unearned}",
    ]
    assert said({"slas": [clause()]}) == ["0.pricing: nothing says what is charged; add pricing"]


def test_a_clause_about_the_whole_queue_may_be_of_a_shared_one() -> None:
    assert promised(queue="chats", scope="QUEUE") == []


def test_credits_without_anything_at_risk_are_refused() -> None:
    contract = {"client": "bank", "pricing": [RATE], "slas": [clause(queue="cases", credits=TIERS)]}
    assert said(contract) == [
        "0.slas.sl.credits: nothing is at risk; add at_risk: {share: 0.1} to the contract, or remove the credits"
    ]


def test_contracts_are_one_a_client() -> None:
    shop, bank = {"client": "shop", "pricing": [RATE]}, {"client": "bank", "pricing": [RATE]}
    assert said(shop, bank) == []
    assert said(shop, shop) == ["1.client: there is already a contract with shop; write both as one"]
    assert said({"pricing": [RATE]}, bank) == ["0.client: a vendor with several contracts has one a client; add client"]
    assert said({"client": "shpo", "pricing": [RATE]})[0] == "0.client: no queue is of client 'shpo'; write shop"


def test_a_clause_id_is_given_once_among_all_contracts() -> None:
    shop = {"client": "shop", "pricing": [RATE], "slas": [clause()]}
    bank = {"client": "bank", "pricing": [RATE], "slas": [clause(queue="cases")]}
    assert said(shop, bank) == ["1.slas.sl.id: there is already a clause 'sl'; give each its own id"]


def test_everything_wrong_is_said_at_once() -> None:
    """A clause and a fee that are wrong, besides a line of pricing that is wrong in itself."""
    pricing = [{"kind": "PER_CONTACT"}, {"kind": "ONE_OFF", "amount": 1, "at": "2027-01-01"}]
    paths = [
        line.split(":")[0] for line in said({"client": "shop", "pricing": pricing, "slas": [clause(queue="cals")]})
    ]
    assert sorted(paths) == ["0.pricing.0.rate", "0.pricing.1.at", "0.slas.sl.queue"]


def places(data: Any, path: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    """Every place of a document with something in it."""
    items = data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ()
    for key, item in items:
        yield (*path, key)
        yield from places(item, (*path, key))


def replaced(data: dict[str, Any], path: tuple[str | int, ...], value: Any) -> dict[str, Any]:
    changed = copy.deepcopy(data)
    inner: Any = changed
    for step in path[:-1]:
        inner = inner[step]
    inner[path[-1]] = value
    return changed


def problems_of(data: dict[str, Any]) -> list[Problem]:
    try:
        from_data(data)
    except ScenarioError as error:
        return error.problems
    return []


def test_nothing_that_stands_in_the_wrong_place_breaks_the_reader() -> None:
    """Each value of a document with a contract in turn becomes something else; what is said of it names a mend."""
    contract = {
        "client": "shop",
        "pricing": [
            {"kind": "PER_CONTACT", "queues": ["calls"], "bands": [{"to": 5, "rate": 2}, {"rate": 1}]},
            BASELINE | {"queues": ["calls"], "rrc": [{"to": 0.5, "rate": 2}, {"rate": 1}]},
            HOURS | {"billable": {"nesting": False}},
            {"kind": "NIGHT", "multiplier": 1.25, "night": {"from": "20:00", "to": "05:00"}},
            {"kind": "PER_TRAINING_HOUR", "rate": 1, "hires": "GROWTH"},
        ],
        "at_risk": {"share": 0.1},
        "slas": [clause(credits=TIERS, counts={"exclude_dates": ["2026-11-05"]})],
    }
    base = document(contract, currency="USD", exchange_rates={"PHP": 58.2})
    phones = base["vendors"][0]["teams"][0]
    del phones["staffing"]
    phones["workforce"] = {"headcount": 4, "hiring": {"training_weeks": 2}}
    assert from_data(base)
    others: list[Any] = [[], {}, "?", -1, [[]], {"?": {}}]
    unmended = [
        (path, junk)
        for path in places(base)
        for junk in others
        if not all(problem.mend for problem in problems_of(replaced(base, path, junk)))
    ]
    assert unmended == []


def test_money_is_what_is_written() -> None:
    assert decimal_of(0.1) + decimal_of(0.2) == Decimal("0.3")
    rises = [{"from": date(2026, 11, 1), "rate": 0.1}, {"from": date(2027, 1, 1), "rate": 0.05}]
    pricing = Pricing.model_validate({"kind": "PER_CONTACT", "rate": 1.0, "indexation": rises})
    days = (date(2026, 10, 31), date(2026, 11, 1), date(2027, 6, 1))
    assert [pricing.index_on(day) for day in days] == [Decimal(1), Decimal("1.1"), Decimal("1.155")]


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


def test_currencies_are_those_that_somebody_pays_with() -> None:
    """The scenario's, a vendor's and those of exchange rates."""
    told = "ISO 4217 has no currency"
    assert said({"pricing": [RATE]}, currency="PHQ") == [f"currency: {told} 'PHQ'; write PHP"]
    assert said({"pricing": [RATE]}, exchange_rates={"JPZ": 150.0, "EUR": 0.9}) == [
        f"exchange_rates.JPZ: {told} 'JPZ'; write JPY"
    ]
    base = document({"pricing": [RATE]})
    base["vendors"][0]["currency"] = "ZZZ"
    (problem,) = problems_of(base)
    assert (problem.path, problem.message) == ("vendors.acme.currency", f"{told} 'ZZZ'")
    assert problem.mend.startswith("write one of AED, AFN, ")


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


def test_what_is_priced_and_counts_nowhere_is_noted() -> None:
    """What is at risk without credits, shares of no wage, and a client's cost without its own people."""
    base = document({"pricing": [RATE], "at_risk": {"share": 0.1}})
    for team in base["vendors"][0]["teams"]:
        team["cost"] = {"night_premium": 0.2, "hourly_wage": 5.0 * (team["id"] == "manila-phones")}
    assert [(note.path, note.message) for note in notes(from_data(base))] == [
        ("vendors.acme.teams.manila-clerks.cost.night_premium", "it is a share of hourly_wage, which is 0"),
        ("vendors.acme.contracts.0.at_risk", "no clause has credits, so nothing of it is ever paid back"),
        ("vendors.own.teams", "the client's cost is without its own people: none of them has a cost"),
    ]
    del base["vendors"][0]["contracts"][0]["at_risk"]
    base["vendors"][1]["teams"][0]["cost"] = {}
    base["vendors"][0]["teams"][1]["cost"] = {"hourly_wage": 5}
    assert notes(from_data(base)) == []
