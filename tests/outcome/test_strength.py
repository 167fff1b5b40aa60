"""Strength and readiness against tables of people and service written by hand."""

from datetime import date
from typing import Any

import numpy as np
import pytest

from simulation.outcome.counting.counters import FTE_UNIT, Counters, FlowField, StockField
from simulation.outcome.counting.estimates import Chance
from simulation.outcome.report.strength import WeeklyService, step_readiness, vendor_strengths
from simulation.scenario.reading.document import from_data
from simulation.scenario.scenario import Scenario

FIELDS = Counters.zeros(intervals=1, days=1, weeks=1, queues=1, groups=1, teams=1).headcount.shape[-1]
PEOPLE = {"workforce": {"headcount": 10}}


def moving(steps: list[dict[str, Any]], weeks: int = 5) -> Scenario:
    """Calls move to acme, which has two teams of people and one whose agents are given; own people are others."""
    teams = [
        {"id": name, "site": "hall", "skills": [{"queue": "calls"}], **people}
        for name, people in (("one", PEOPLE), ("two", PEOPLE), ("given", {"staffing": {"agents": 3}}))
    ]
    own = {"id": "home", "site": "house", "skills": [{"queue": "calls"}], **PEOPLE}
    return from_data(
        {
            "name": "Moving",
            "start": "2026-06-01",
            "weeks": weeks,
            "timezone": "Etc/UTC",
            "queues": [{"id": "calls", "demand": {"weekly_volume": 100}, "handling": {"mean_seconds": 60}}],
            "vendors": [
                {"id": "own", "kind": "IN_HOUSE", "sites": [{"id": "house", "country": "US"}], "teams": [own]},
                {"id": "acme", "sites": [{"id": "hall", "country": "PH"}], "teams": teams},
            ],
            "transitions": [{"queues": ["calls"], "from": "own", "to": "acme", "steps": steps}],
        }
    )


def heads(effective: list[list[list[float]]], required: list[float]) -> Any:
    """Of the teams one and two, by replication and week, effective FTE of each; required FTE of the first."""
    table = np.zeros((len(effective), len(required) + 1, 4, FIELDS), np.int64)
    table[:, :, 0, StockField.EFFECTIVE_FTE] = 99 * FTE_UNIT  # of the client's own people: not the vendor's
    for r, weeks in enumerate(effective):
        for w, (one, two) in enumerate(weeks):
            table[r, w, 1:3, StockField.EFFECTIVE_FTE] = round(one * FTE_UNIT), round(two * FTE_UNIT)
            table[r, w, 1, StockField.REQUIRED_FTE] = round(required[w] * FTE_UNIT)
    return table


def test_a_vendor_is_at_strength_when_all_its_teams_together_suffice() -> None:
    scenario = moving([{"from": "2026-06-01", "share": 1}])
    found = heads(
        [
            [[5, 4], [6, 4], [7, 4], [9, 4], [9, 4]],  # 9 10 11 13 13 of 10 10 12 12 14
            [[5, 5], [5, 4], [7, 5], [8, 4], [9, 5]],  # 10 9 12 12 14
            [[1, 1], [1, 1], [1, 1], [1, 1], [1, 1]],
        ],
        [10, 10, 12, 12, 14],
    )
    found[0, 1:3, 1, FlowField.REQUISITIONED] = 4
    found[0, 2, 2, FlowField.FOUND] = 3
    found[0, 3, 2, FlowField.HIRED] = 2
    own, acme = vendor_strengths(scenario, found)
    assert (own.id, acme.id) == ("own", "acme")
    assert own.short_weeks.over.tolist() == [0, 0, 0]
    assert acme.reached == Chance(2, 3)
    assert acme.weeks.values.tolist() == [1, 0]
    assert acme.short_weeks.over.tolist() == [3, 1, 5]
    assert acme.requisitioned.over.tolist() == [8, 0, 0]
    assert acme.found.over.tolist() == [3, 0, 0]
    assert acme.hired.over.tolist() == [2, 0, 0]


def test_98_percent_are_enough() -> None:
    scenario = moving([{"from": "2026-06-01", "share": 1}], weeks=1)
    for there, is_enough in ((9.8, 1), (9.79, 0)):
        _, acme = vendor_strengths(scenario, heads([[[there, 0]]], [10]))
        assert acme.reached == Chance(is_enough, 1)


STEPS = [
    {"from": "2026-06-01", "share": 0.25},
    {"from": "2026-06-17", "share": 0.5},
    {"from": "2026-07-06", "share": 1},
]


def served(over: list[list[float]], targets: list[float]) -> dict[str, WeeklyService]:
    return {"calls": WeeklyService(np.array(over), np.full((len(over), len(targets)), 100.0), np.array(targets))}


def test_a_step_is_ready_where_people_and_service_are() -> None:
    """Wednesday of week 2: the people at the start of week 2, the requirement of week 3, service of week 1."""
    scenario = moving(STEPS)
    people = heads(
        [
            [[3, 0], [3, 0], [6, 1], [6, 1], [6, 1]],
            [[3, 0], [3, 0], [6, 1], [6, 1], [6, 1]],
            [[2, 0], [3, 0], [5, 1], [6, 1], [6, 1]],
        ],
        [3, 3, 5, 7, 7],
    )
    service = served([[80, 80, 0, 0, 0], [80, 69, 0, 0, 0], [90, 90, 0, 0, 0]], [0.75, 0.75, 0.9, 0.9, 0.9])
    first, second = step_readiness(scenario, people, service)  # the third comes on the horizon's end
    assert (first.start, first.share, first.vendor, first.queues) == (date(2026, 6, 1), 0.25, "acme", ("calls",))
    assert (first.required_fte, first.effective_fte.over.tolist()) == (3, [3, 3, 2])
    assert (first.staffed, first.served, first.ready) == (Chance(2, 3), Chance(3, 3), Chance(2, 3))
    assert (second.required_fte, second.effective_fte.over.tolist()) == (7, [7, 7, 6])
    assert (second.staffed, second.served, second.ready) == (Chance(2, 3), Chance(2, 3), Chance(1, 3))


def test_service_since_the_step_before_is_of_its_whole_weeks_together() -> None:
    steps = [{"from": "2026-06-02", "share": 0.25}, {"from": "2026-06-22", "share": 1}]
    people = heads([[[9, 9]] * 5] * 3, [1, 1, 1, 1, 1])
    service = served([[0, 70, 90, 0, 0], [99, 70, 85, 99, 99], [0, 80, 80, 0, 0]], [0.5, 0.8, 0.8, 0.8, 0.8])
    _, second = step_readiness(moving(steps), people, service)  # weeks 1 and 2: 160 of 200 wanted
    assert second.served == Chance(2, 3)


def test_where_nothing_is_counted_nothing_is_missed() -> None:
    steps = [{"from": "2026-06-01", "share": 0.25}, {"from": "2026-06-15", "share": 1}]
    nothing = {"calls": WeeklyService(np.zeros((1, 5)), np.zeros((1, 5)), np.full(5, 0.8))}
    _, second = step_readiness(moving(steps), heads([[[9, 9]] * 5], [1] * 5), nothing)
    assert second.served == Chance(1, 1)


def test_given_agents_are_always_there() -> None:
    data = moving(STEPS).model_dump(mode="json", by_alias=True, exclude_defaults=True)
    for team in data["vendors"][1]["teams"]:
        team.pop("workforce", None)
        team["staffing"] = {"agents": 3}
    given = from_data(data)
    first, _ = step_readiness(given, heads([[[0, 0]] * 5], [9] * 5), served([[100] * 5], [0.8] * 5))
    assert first.staffed == Chance(1, 1)
    assert first.required_fte == pytest.approx(0)
    assert [one.id for one in vendor_strengths(given, heads([[[0, 0]] * 5], [9] * 5))] == ["own"]
