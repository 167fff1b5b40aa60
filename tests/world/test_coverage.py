"""Required and effective agents and the hours ledger, as a replication counts them."""

from typing import Any

import pytest

from simulation.outcome.counting.counters import VOLUME_UNIT, Counters
from simulation.outcome.counting.counters import GroupField as G
from simulation.outcome.counting.counters import QueueField as Q
from simulation.replication import replicate
from simulation.scenario.scenario import Scenario
from simulation.world.world import World
from tests.world.sketch import sketch

HALF_HOUR = 1800 * 1_000_000
DAY_SHIFT = {"start": "09:00", "hours": 8, "days": ["MON", "TUE", "WED", "THU", "FRI"]}
OFFICE_HOURS = {"hours": [{"days": ["MON", "TUE", "WED", "THU", "FRI"], "open": "09:00", "close": "17:00"}]}


def crew(heads: int, **workforce: Any) -> dict[str, Any]:
    return {"workforce": {"headcount": heads, **workforce}, "shifts": [DAY_SHIFT]}


def counted(scenario: Scenario) -> tuple[World, Counters]:
    world = World.of(scenario)
    return world, replicate(world, seed=1, number=0)


def test_required_and_expected_are_the_forecast_s_whatever_happens() -> None:
    world, counters = counted(sketch(queue=OFFICE_HOURS, demand={"weekly_volume": 2000, "busyness_cv": 0.5}))
    assert counters.queues[:, 0, Q.EXPECTED].sum() / VOLUME_UNIT == pytest.approx(2000)
    required = world.requirement.agents[:, 0]
    assert required.max() > 0
    assert counters.queues[:, 0, Q.REQUIRED] / HALF_HOUR == pytest.approx(required)
    assert counters.groups[:, 0, G.REQUIRED] / HALF_HOUR == pytest.approx(required)


def test_people_who_take_longer_count_for_less() -> None:
    nesting = {"weeks": 4, "multiplier": 2.0}
    classes = [{"start": "2026-05-04", "size": 10, "training_weeks": 4}]  # on the first day ten enter nesting
    scenario = sketch(queue=OFFICE_HOURS, team=crew(20, nesting=nesting, classes=classes))
    _, counters = counted(scenario)
    ten_o_clock = counters.groups[20, 0]
    assert ten_o_clock[G.ON_FLOOR] / HALF_HOUR == pytest.approx(30, abs=0.2)
    assert ten_o_clock[G.EFFECTIVE] / HALF_HOUR == pytest.approx(25, abs=0.2)
    assert counters.queues[20, 0, Q.EFFECTIVE] == ten_o_clock[G.EFFECTIVE]


def test_a_team_counts_for_its_queues_as_they_require_it_and_a_reserve_as_they_require_at_all() -> None:
    second = {"id": "returns", **OFFICE_HOURS, "demand": {"weekly_volume": 400}, "handling": {"mean_seconds": 300}}
    first = {"id": "orders", **OFFICE_HOURS, "demand": {"weekly_volume": 1200}, "handling": {"mean_seconds": 300}}
    skills = [{"queue": "orders"}, {"queue": "returns"}]
    teams = [
        {"id": "crew", "site": "office", "skills": skills, "staffing": {"agents": 12}},
        {"id": "reserve", "site": "office", "skills": skills, "staffing": {"agents": 4}},
    ]
    steps = {"route": {"steps": [{"teams": ["crew"]}, {"teams": ["reserve"], "after_seconds": 60}]}}
    document = sketch(queue=OFFICE_HOURS).model_dump(by_alias=True, exclude_unset=True, mode="json")
    document["queues"] = [first | steps, second | steps]
    document["vendors"][0]["teams"] = teams
    _, counters = counted(Scenario.model_validate(document))
    required, there = counters.queues[20, :, Q.REQUIRED], counters.queues[20, :, Q.EFFECTIVE]
    assert counters.groups[20, 1, G.REQUIRED] == 0
    assert required.sum() == pytest.approx(counters.groups[20, 0, G.REQUIRED], abs=1)
    assert there.sum() == pytest.approx(counters.groups[20, :, G.ON_FLOOR].sum(), abs=1)
    assert there / there.sum() == pytest.approx(required / required.sum())
    assert not counters.queues[0, :, Q.EFFECTIVE].any()  # at midnight nothing is required


def test_the_hours_ledger_follows_the_shrinkage_of_the_plan() -> None:
    shrinkage = {"leave": 0.06, "in_office": 0.12}
    absence = {"daily_probability": 0.05}
    surge = {"agents": 30, "notice_hours": 0}
    team = crew(150, shrinkage=shrinkage, absence=absence, surge=surge)
    team["policies"] = [{"kind": "SURGE", "when_net_under": -0.01}]
    scenario = sketch(queue=OFFICE_HOURS, demand={"weekly_volume": 90_000}, team=team, weeks=4)
    _, counters = counted(scenario)
    hours = counters.groups[:, 0].sum(axis=0) / (2 * HALF_HOUR)
    assert hours[G.ROSTERED] == pytest.approx(180 * 40 * 4)
    assert hours[G.SURGE] == pytest.approx(30 * 40 * 4)
    assert hours[G.LEAVE] / hours[G.ROSTERED] == pytest.approx(0.06, abs=0.002)
    assert (hours[G.ABSENT] - hours[G.LEAVE]) / hours[G.ROSTERED] == pytest.approx(0.05, abs=0.012)
    assert hours[G.IN_OFFICE] / (hours[G.ROSTERED] - hours[G.ABSENT]) == pytest.approx(0.12, abs=0.002)
    on_floor = hours[G.ROSTERED] - hours[G.ABSENT] - hours[G.IN_OFFICE]
    finishing = on_floor / 8 * 300 / 3600  # all are busy when their day of eight hours ends
    assert hours[G.ON_FLOOR] - on_floor == pytest.approx(finishing, rel=0.1)


def two_vendors(route: dict[str, Any] | None = None, **calendar: Any) -> Scenario:
    """Ten agents of one vendor, twenty of another, each for the same queue."""
    document = sketch(queue=OFFICE_HOURS, weeks=4).model_dump(by_alias=True, exclude_unset=True, mode="json")
    document["queues"][0]["route"] = route or {}
    site = {"country": "US", "timezone": "UTC"}
    document["vendors"] = [
        {
            "id": name,
            "sites": [site | {"id": f"{name}-hall"}],
            "teams": [
                {
                    "id": f"{name}-crew",
                    "site": f"{name}-hall",
                    "skills": [{"queue": "orders"}],
                    "staffing": {"agents": agents},
                }
            ],
        }
        for name, agents in (("old", 10), ("new", 20))
    ]
    return Scenario.model_validate(document | calendar)


def effective_agents(scenario: Scenario) -> list[float]:
    """At ten o'clock on the Mondays of the scenario."""
    _, counters = counted(scenario)
    return [round(float(counters.queues[week * 336 + 20, 0, Q.EFFECTIVE]) / HALF_HOUR) for week in range(4)]


def test_whom_the_route_lets_serve_nothing_counts_for_nothing() -> None:
    allocation = [{"shares": {"old": 1, "new": 0}}, {"from": "2026-06-15", "shares": {"old": 0.5, "new": 0.5}}]
    allocated = {"choice": "ALLOCATION", "allocation": allocation}
    assert effective_agents(two_vendors(allocated)) == [10, 10, 30, 30]
    moving = {"queues": ["orders"], "from": "old", "to": "new", "steps": [{"from": "2026-06-08", "share": 1}]}
    assert effective_agents(two_vendors(transitions=[moving])) == [10, 20, 20, 20]
    in_parallel = moving | {"parallel_weeks": 2}
    assert effective_agents(two_vendors(transitions=[in_parallel])) == [10, 30, 30, 20]


def test_a_successor_may_serve_from_the_start_of_the_handover_on() -> None:
    allocated = {"choice": "ALLOCATION", "allocation": [{"shares": {"old": 1}}]}
    leaves = {"kind": "VENDOR_EXIT", "vendor": "old", "to": "new", "start": "2026-06-08", "handover_weeks": 1}
    assert effective_agents(two_vendors(allocated, events=[leaves])) == [10, 30, 20, 20]
