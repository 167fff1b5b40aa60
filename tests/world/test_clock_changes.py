"""Nine to five stays nine to five on the wall, through both clock changes of a year, north and south."""

from datetime import date, timedelta
from math import ceil
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import pytest
import simpy

from simulation.outcome.counting.counters import FlowField, GroupField, QueueField, StockField
from simulation.outcome.report.scaling import latest_requisition
from simulation.replication import replicate
from simulation.scenario.grid import Grid
from simulation.scenario.scenario import Scenario
from simulation.world.people.people import People
from simulation.world.people.pipeline import Pipeline, Places
from simulation.world.randomness import Draws
from simulation.world.world import World
from tests.world.crew import described, flow, living, stock
from tests.world.sketch import sketch

ZONES = ["America/New_York", "Europe/Berlin", "Australia/Sydney"]
WEEKDAYS = ["MON", "TUE", "WED", "THU", "FRI"]
NINE_TO_FIVE = {"days": WEEKDAYS, "open": "09:00", "close": "17:00"}


@pytest.mark.slow
@pytest.mark.parametrize("zone", ZONES)
def test_shifts_and_profiles_stay_local_through_both_clock_changes(zone: str) -> None:
    scenario = sketch(
        start="2026-01-05",
        zone="UTC",
        site_zone=zone,
        weeks=52,
        demand={"weekly_volume": 2000, "time_of_day_weights": [{"weights": {"09:00": 1.0, "13:00": 2.0}}]},
        queue={"hours": [NINE_TO_FIVE], "timezone": zone},
        team={"workforce": {"headcount": 12}, "shifts": [{"start": "09:00", "hours": 8, "days": WEEKDAYS}]},
    )
    world = World.of(scenario)
    counters = replicate(world, 1, 0)
    local = [world.grid.instant(int(at)).astimezone(ZoneInfo(zone)) for at in world.grid.interval_starts]
    works = np.array([time.weekday() < 5 and 9 <= time.hour < 17 for time in local])
    assert len({time.utcoffset() for time in local}) == 2  # both changes lie in the year

    rostered = counters.groups[:, 0, GroupField.ROSTERED] / world.grid.interval_lengths
    offered = counters.queues[:, 0, QueueField.OFFERED]
    assert rostered.tolist() == pytest.approx((12.0 * works).tolist())
    assert not offered[~works].any()
    afternoon = np.array([time.hour >= 13 for time in local])
    for month in range(1, 13):
        here = works & np.array([time.month == month for time in local])
        assert offered[here & afternoon].sum() / offered[here].sum() == pytest.approx(2 / 3, abs=0.03)


@pytest.mark.parametrize("zone", ZONES)
def test_what_is_required_stays_local_too(zone: str) -> None:
    scenario = sketch(start="2026-01-05", zone="UTC", weeks=52, queue={"hours": [NINE_TO_FIVE], "timezone": zone})
    world = World.of(scenario)
    local = [world.grid.instant(int(at)).astimezone(ZoneInfo(zone)) for at in world.grid.interval_starts]
    works = [time.weekday() < 5 and 9 <= time.hour < 17 for time in local]
    assert (world.requirement.agents[:, 0] > 0).tolist() == works


CHANGES = [*ZONES, "Asia/Beirut"]  # in Beirut the clocks change at midnight


def pipeline_of(scenario: Scenario) -> Pipeline:
    """The hiring of the scenario's only team, at its start."""
    (team,), grid = scenario.teams, Grid.of(scenario)
    assert team.workforce is not None
    assert team.workforce.hiring is not None
    table = np.zeros((len(grid.weeks), len(StockField) + len(FlowField)), np.int64)
    people = People(simpy.Environment(0), team, team.workforce, grid, Draws(1, 0), table)
    return Pipeline(people, team.workforce.hiring, Places(scenario.vendors[0].sites[0], [people]))


@pytest.mark.parametrize("lead", [0.0, 1.0, 1.5, 2.0, 3.1])
@pytest.mark.parametrize("start", ["2026-02-16", "2026-09-14"])
@pytest.mark.parametrize("zone", [*CHANGES, "UTC"])
def test_a_lead_time_ends_on_the_day_that_the_scaling_report_counts_with(zone: str, start: str, lead: float) -> None:
    hiring = {"lead_time_weeks": {"mean": lead}, "training_weeks": 1, "classes_per_month": 10}
    pipeline = pipeline_of(described({"headcount": 0, "hiring": hiring}, start=start, zone=zone, weeks=12))
    grid, first = pipeline.people.grid, date.fromisoformat(start)
    assert zone == "UTC" or len(set(np.diff(grid.days).tolist())) > 1

    begins = [pipeline.class_day(pipeline.likely_due(int(midnight))) for midnight in grid.days[:50]]

    due = [asked + ceil(7 * lead - 1e-9) for asked in range(50)]
    by_hand = [next(day for day in range(one, 84) if day in pipeline._days) for one in due]
    assert begins == by_hand
    for wanted in range(14, 50):
        in_time = [first + timedelta(days=k) for k, day in enumerate(by_hand) if day + 7 <= wanted]
        short = first + timedelta(days=wanted)
        found = latest_requisition(pipeline.hiring, 0, short, first, date.max)
        assert found == max(in_time, default=None)


@pytest.mark.parametrize(("zone", "start"), [("America/New_York", "2026-03-02"), ("Asia/Beirut", "2026-03-23")])
def test_people_come_on_the_monday_that_the_plan_counts_with(zone: str, start: str) -> None:
    """The week in between is an hour short; the class a day later may not start."""
    monday = date.fromisoformat(start)
    blackout = [{"from": str(monday + timedelta(days=15)), "to": str(monday + timedelta(days=60))}]
    hiring: dict[str, Any] = {"lead_time_weeks": {"mean": 2}, "training_weeks": 1, "blackout": blackout}
    plan = {"kind": "PLAN", "heads": {str(monday): 10, str(monday + timedelta(weeks=3)): 15}}
    scenario = described(
        {"headcount": 10, "hiring": hiring}, start=start, zone=zone, weeks=5, team={"policies": [plan]}
    )

    table, _ = living(scenario)

    assert flow(table, FlowField.HIRED) == [0, 5, 0, 0, 0]
    assert stock(table, StockField.TENURED) == [10, 10, 10, 15, 15, 15]


@pytest.mark.parametrize("zone", [*CHANGES, "UTC"])
@pytest.mark.parametrize("start", ["2026-02-16", "2026-09-14"])
def test_policies_look_as_far_ahead_as_they_do_without_clock_changes(zone: str, start: str) -> None:
    monday = date.fromisoformat(start)
    targets = {str(monday + timedelta(weeks=2 * k)): 10 + 3 * k if k < 4 else 19 - 2 * k for k in range(8)}
    scenario = described(
        {"headcount": 10, "hiring": {"lead_time_weeks": {"mean": 1}}, "ramp": {"notice_weeks": 1}},
        start=start,
        zone=zone,
        weeks=16,
        team={"policies": [{"kind": "PLAN", "heads": targets}]},
    )

    table, _ = living(scenario)

    wanted = [heads for heads in targets.values() for _ in range(2)]
    assert stock(table, StockField.TENURED)[:16] == wanted


@pytest.mark.parametrize("zone", [*CHANGES, "UTC"])
@pytest.mark.parametrize("start", ["2026-02-16", "2026-09-14"])
def test_hiring_up_to_looks_as_far_ahead_as_it_does_without_clock_changes(zone: str, start: str) -> None:
    policy = {"kind": "HIRE_UP_TO", "review_weeks": 2}
    hiring = {"lead_time_weeks": {"mean": 1}, "training_weeks": 1}
    scenario = described(
        {"headcount": 10, "hiring": hiring}, start=start, zone=zone, weeks=16, team={"policies": [policy]}
    )

    table, _ = living(scenario, required=[float(10 + week) for week in range(16)])

    # what the two weeks from then on require, which end as the people of the next review come
    assert stock(table, StockField.TENURED)[:8] == [10, 10, 13, 13, 15, 15, 17, 17]
