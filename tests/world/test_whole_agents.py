"""Whole agents: a small team's hours, on the floor and off it, are whole people's and add up."""

from typing import Any

import numpy as np
import pytest
import simpy
from numpy.typing import NDArray

from simulation.outcome.counting.counters import PLANNED_TIMES, GroupField
from simulation.replication import FloorBody, replicate
from simulation.scenario.grid import HOUR, Grid
from simulation.scenario.scenario import Scenario
from simulation.world.people.team import Team, Teams
from simulation.world.randomness import Draws
from simulation.world.rosters.roster import Roster
from simulation.world.world import World
from tests.world.crew import blank
from tests.world.sketch import sketch

pytestmark = pytest.mark.slow

G = GroupField
OUTAGE = {"kind": "OUTAGE", "site": "office", "start": "2026-06-02T10:10", "hours": 2.5, "share": 0.5}
SMALL: dict[str, Any] = {
    "headcount": 3,
    "shrinkage": {"leave": 0.06, "in_office": 0.12},
    "absence": {"daily_probability": 0.05},
    "classes": [{"start": "2026-05-18", "size": 2, "training_weeks": 2}],
    "nesting": {"weeks": 1, "mentor_share": 0.3},
    "overtime": {"max_share": 0.3},
    "surge": {"agents": 1},
}
SHIFTS = [{"start": "08:15", "hours": 8.5, "break_minutes": 30}]


def small(weeks: int = 2, **more: Any) -> Scenario:
    team = {"workforce": SMALL, "shifts": SHIFTS, "policies": [{"kind": "SURGE", "when_net_under": 0.0}]}
    return sketch(team=team, demand={"weekly_volume": 3000}, weeks=weeks, **more)


def counted(scenario: Scenario, number: int = 0, body: FloorBody = FloorBody.KERNEL) -> NDArray[np.int64]:
    """Int64 (intervals, fields) of the team."""
    return replicate(World.of(scenario), 1, number, body).groups[:, 0]


def overrun(rows: NDArray[np.int64]) -> NDArray[np.int64]:
    away = rows[:, G.ABSENT] + rows[:, G.IN_OFFICE] + rows[:, G.MENTORING] + rows[:, G.UNAVAILABLE]
    return np.asarray(rows[:, G.ON_FLOOR] + away - rows[:, G.ROSTERED])


@pytest.mark.parametrize("body", FloorBody)
def test_nobody_is_on_the_floor_who_is_not_paid_but_who_finishes_a_contact(body: FloorBody) -> None:
    rows = counted(small(events=[OUTAGE]), body=body)

    late = overrun(rows)

    assert (rows >= 0).all()
    assert (rows[:, G.LEAVE] <= rows[:, G.ABSENT]).all()
    assert (rows[:, G.OVERTIME] + rows[:, G.SURGE] <= rows[:, G.ROSTERED]).all()
    assert (late >= 0).all()
    assert 0 < late.sum() < 0.03 * rows[:, G.ON_FLOOR].sum()
    for field in PLANNED_TIMES:
        assert not (rows[:, field] % (HOUR // 2)).any()


def test_what_an_outage_keeps_from_the_floor_is_counted() -> None:
    team = {"staffing": {"agents": 4}}
    rows = counted(sketch(team=team, demand={"weekly_volume": 0}, events=[OUTAGE]))

    lost = rows[48:96, G.UNAVAILABLE] / HOUR  # two of four agents from ten past ten until twenty to one

    assert lost[20:26].tolist() == pytest.approx([2 / 3, 1, 1, 1, 1, 1 / 3])
    assert rows[:, G.UNAVAILABLE].sum() == 5 * HOUR
    assert not overrun(rows).any()


def test_whole_people_s_hours_are_the_plan_s_on_average() -> None:
    scenario = sketch(team={"workforce": {**SMALL, "absence": {}, "classes": []}, "shifts": SHIFTS}, weeks=2)
    team, grid = scenario.teams[0], Grid.of(scenario)
    roster = Roster.of(team, scenario.vendors[0].sites[0], grid)
    total = np.zeros(len(G))
    for number in range(100):
        counters, env = blank(scenario, grid), simpy.Environment(0)
        quiet = np.zeros(grid.intervals)
        crew = Teams([Team(env, team, roster, grid, Draws(1, number), counters.headcount[:, 0], required=quiet)])
        for day in range(14):
            today = crew.today(day)
            for field in PLANNED_TIMES:
                total[field] += today.time(field).sum() / HOUR / 1400
            total[G.ON_FLOOR] += today.agents.sum() / 2 / 1400

    paid = 3 * 40 / 7
    assert total[G.ROSTERED] == pytest.approx(paid, rel=0.02)
    assert total[G.LEAVE] == pytest.approx(0.06 * paid, rel=0.1)
    assert total[G.IN_OFFICE] == pytest.approx(0.94 * 0.12 * paid, rel=0.1)
    assert total[G.ON_FLOOR] == pytest.approx(0.94 * 0.88 * paid, rel=0.02)
    whole = total[G.ON_FLOOR] + total[G.LEAVE] + total[G.IN_OFFICE]
    assert whole == pytest.approx(total[G.ROSTERED])
