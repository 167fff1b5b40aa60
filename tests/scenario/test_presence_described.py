"""What is said of absence, contracts, holidays, overtime, targets and mass absences: read, written out and refused."""

from datetime import date, datetime
from typing import Any

import pytest

from simulation.scenario.event_kinds import EventKind
from simulation.scenario.problems import Problem, ScenarioError
from simulation.scenario.reading.canonical import canonical, to_yaml
from simulation.scenario.reading.document import from_data, load
from tests.scenario.documents import Data, centre

SHIFTS = [{"start": "09:00", "hours": 8}]


def staffed(workforce: Data, shifts: Any = SHIFTS, **changes: Any) -> Data:
    """The centre with people in Manila instead of given agents."""
    document = centre(**changes)
    crew = document["vendors"][0]["teams"][0]
    del crew["staffing"]
    crew |= {"workforce": {"headcount": 20, **workforce}, "shifts": shifts}
    return document


FULL: Data = {
    "employment": [
        {"share": 0.8, "hours_per_week": 40},
        {"share": 0.2, "hours_per_week": 20, "days_per_week": 4},
    ],
    "shrinkage": {"leave": 0.06, "in_office": 0.12},
    "absence": {
        "daily_probability": 0.05,
        "weekdays": {"MON": 1.5},
        "months": {"JAN": 1.3},
        "day_cv": 0.4,
        "mean_spell_days": 2,
    },
    "holidays": {"calendar": "US", "work_share": 0.6, "extra": ["2026-12-24"]},
    "overtime": {
        "max_share": 0.1,
        "max_hours_per_week": 8,
        "max_weeks_running": 4,
        "acceptance": 0.6,
        "notice_hours": 48,
    },
    "voluntary_time_off": {"max_share": 0.05, "acceptance": 0.5, "paid": True},
}
STRIKE: Data = {"kind": "MASS_ABSENCE", "site": "manila", "start": "2026-10-01", "days": 3, "share": 0.2}


def test_presence_is_read_as_written_and_survives_yaml() -> None:
    scenario = from_data(staffed(FULL, events=[STRIKE]))
    crew = scenario.teams[0].workforce
    assert crew is not None
    assert crew.mean_hours == pytest.approx(36)
    assert crew.mean_days == pytest.approx((32 * 5 + 4 * 4) / 36)
    assert (crew.absence.daily_probability, crew.absence.day_cv, crew.absence.mean_spell_days) == (0.05, 0.4, 2)
    assert crew.holidays is not None
    assert (crew.holidays.calendar, crew.holidays.work_share) == ("US", 0.6)
    assert crew.overtime is not None
    assert (crew.overtime.max_weeks_running, crew.overtime.notice_hours) == (4, 48)
    assert crew.voluntary_time_off is not None
    assert crew.voluntary_time_off.paid
    (strike,) = scenario.events
    assert (strike.kind, strike.start, strike.days) == (EventKind.MASS_ABSENCE, datetime(2026, 10, 1), 3)
    assert load(to_yaml(scenario)) == load(canonical(scenario)) == scenario


def test_shifts_may_be_left_to_the_requirement() -> None:
    assert from_data(staffed({}, shifts=[])).teams[0].shifts == ()


def test_a_target_has_periods_and_ceilings() -> None:
    periods = [
        {"from": "2026-09-28", "to": "2026-09-30", "share": 0.7},
        {"from": "2026-10-01", "to": "2026-10-01", "share": 0.9},
    ]
    target = {"share": 0.8, "max_occupancy": 0.87, "max_abandon_rate": 0.05, "periods": periods}
    read = from_data(centre(chats={"target": target})).queues[1].target
    shares = [read.share_on(date(2026, 9, day)) for day in (27, 28, 30)] + [read.share_on(date(2026, 10, 1))]
    assert shares == [0.8, 0.7, 0.7, 0.9]
    assert (read.max_occupancy, read.max_abandon_rate) == (0.87, 0.05)


def said_against(document: Data) -> list[Problem]:
    with pytest.raises(ScenarioError) as refused:
        from_data(document)
    return refused.value.problems


OF_PEOPLE: list[tuple[Data, Any, str, str, str]] = [
    # workforce, shifts, end of the path, what is wrong, mend
    ({"absence": {"daily_probability": 1.0}}, SHIFTS, "absence.daily_probability", "is 1.0", "under 1"),
    ({"absence": {"mean_spell_days": 0.5}}, SHIFTS, "absence.mean_spell_days", "is 0.5", "at least 1"),
    ({"absence": {"weekday": {}}}, SHIFTS, "absence.weekday", "not known", "weekdays"),
    (
        {"absence": {"daily_probability": 0.4, "months": {"JUN": 2}}, "shrinkage": {"leave": 0.3}},
        SHIFTS,
        "workforce.absence",
        "in JUN nobody is left",
        "less than 0.7",
    ),
    ({"holidays": {"calendar": "UK"}}, SHIFTS, "holidays.calendar", "there is no country 'UK'", "GB"),
    ({"holidays": {"work_share": 2}}, SHIFTS, "holidays.work_share", "is 2", "at most 1"),
    ({"employment": [{"share": 0.5, "hours_per_week": 40}]}, SHIFTS, "employment", "sum to 0.5", "sum to 1"),
    (
        {"employment": [{"share": 1, "hours_per_week": 40, "days_per_week": 6}]},
        [{"start": "09:00", "hours": 8, "days": ["MON", "TUE", "WED", "THU", "FRI"]}],
        "shifts.0.days",
        "some people work 6 days a week, the shift only 5",
        "at least 6 days",
    ),
    (
        {"employment": [{"share": 1, "hours_per_week": 60, "days_per_week": 2}]},
        [],
        "employment.0.days_per_week",
        "60 hours on 2 days a week make shifts of 30 hours",
        "at least 3",
    ),
    ({"overtime": {"max_share": 0}}, SHIFTS, "overtime.max_share", "is 0", "over 0"),
    ({"overtime": {"acceptance": 1.5}}, SHIFTS, "overtime.acceptance", "is 1.5", "at most 1"),
    ({"overtime": {"hours": 3}}, SHIFTS, "overtime.hours", "not known", "write"),
    ({"voluntary_time_off": {"paid": 3}}, SHIFTS, "voluntary_time_off.paid", "is 3", "true or false"),
]


@pytest.mark.parametrize(("workforce", "shifts", "path", "message", "mend"), OF_PEOPLE)
def test_what_cannot_be_said_of_people_is_refused_with_path_and_mend(
    workforce: Data, shifts: Any, path: str, message: str, mend: str
) -> None:
    found = said_against(staffed(workforce, shifts))
    named = [p for p in found if p.path.endswith(path) and message in p.message and mend in p.mend]
    assert len(named) == 1, found


OF_EVENTS = [
    ({"site": None}, "site", "an event MASS_ABSENCE needs site", "add site"),
    ({"days": None}, "days", "an event MASS_ABSENCE needs days", "add days"),
    ({"hours": 3}, "hours", "an event MASS_ABSENCE takes no hours", "remove hours"),
    ({"team": "voice"}, "team", "an event MASS_ABSENCE takes no team", "remove team"),
    ({"start": "2026-10-01T09:00"}, "start", "people stay away for whole days", "write 2026-10-01"),
    ({"start": "2027-10-01"}, "start", "outside the horizon", "move it"),
    ({"site": "manilla"}, "site", "there is no site 'manilla'", "manila"),
    ({"kind": "OUTAGE", "start": "2026-10-01T09:00"}, "hours", "an event OUTAGE needs hours", "add hours"),
    ({"kind": "OUTAGE", "start": "2026-10-01T09:00", "hours": 1}, "days", "takes no days", "remove days"),
]


@pytest.mark.parametrize(("changes", "path", "message", "mend"), OF_EVENTS)
def test_an_event_says_what_its_kind_needs_and_no_more(changes: Data, path: str, message: str, mend: str) -> None:
    found = said_against(centre(events=[{**STRIKE, **changes}]))
    named = [p for p in found if p.path == f"events.0.{path}" and message in p.message and mend in p.mend]
    assert len(named) == 1, found


OF_TARGETS = [
    ({"max_occupancy": 0}, "max_occupancy", "is 0", "over 0"),
    ({"max_abandon_rate": 1.2}, "max_abandon_rate", "is 1.2", "at most 1"),
    (
        {"periods": [{"from": "2026-10-02", "to": "2026-10-01", "share": 0.7}]},
        "periods.0.to",
        "ends before",
        "on or after",
    ),
    (
        {"periods": [{"from": f"2026-10-0{day}", "to": "2026-10-05", "share": 0.7} for day in (1, 3)]},
        "periods.1.from",
        "begins before the period above it is over",
        "after 2026-10-05",
    ),
]


@pytest.mark.parametrize(("target", "path", "message", "mend"), OF_TARGETS)
def test_a_target_that_cannot_be_is_refused(target: Data, path: str, message: str, mend: str) -> None:
    found = said_against(centre(chats={"target": target}))
    named = [p for p in found if p.path.endswith(f"target.{path}") and message in p.message and mend in p.mend]
    assert len(named) == 1, found
