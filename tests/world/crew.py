"""Teams whose people live without a floor: what a test asks of them week by week."""

from collections.abc import Callable
from typing import Any

import numpy as np
import simpy

from simulation.outcome.counters import FTE_UNIT, FlowField, StockField
from simulation.scenario.grid import Grid, Int64
from simulation.scenario.scenario import Scenario
from simulation.world.people import People
from simulation.world.randomness import Draws
from tests.world.sketch import sketch

SHIFTS = [{"start": "09:00", "hours": 8, "days": ["MON", "TUE", "WED", "THU", "FRI"]}]


def described(workforce: dict[str, Any], **changes: Any) -> Scenario:
    """One team of these people, for eight weeks from Monday, 1 June 2026."""
    team = {"workforce": workforce, "shifts": SHIFTS, **changes.pop("team", {})}
    return sketch(team=team, **{"weeks": 8, **changes})


def living(
    scenario: Scenario, *, seed: int = 1, number: int = 0, each_week: Callable[[int, People], None] | None = None
) -> tuple[Int64, People]:
    """One replication of the first team's people, run to the horizon: headcount table and people."""
    team, grid = scenario.teams[0], Grid.of(scenario)
    assert team.workforce is not None
    weeks = len(grid.weeks) - 1
    table = np.zeros((weeks + 1, len(StockField) + len(FlowField)), np.int64)
    env = simpy.Environment(0)
    people = People(env, team, team.workforce, grid, Draws(seed, number), table)

    def mondays() -> Any:
        for week, start in enumerate(grid.weeks[:-1].tolist()):
            yield env.timeout(start - env.now)
            people.today(7 * week)
            if each_week is not None:
                each_week(week, people)

    env.process(mondays())
    env.run(until=grid.horizon)
    return table, people


def stock(table: Int64, field: StockField) -> list[int]:
    """Heads at the weeks' starts and at the horizon."""
    return [int(heads) for heads in table[:, field]]


def flow(table: Int64, field: FlowField) -> list[int]:
    """Heads over each week."""
    return [int(heads) for heads in table[:-1, field]]


def fte(table: Int64, field: StockField) -> list[float]:
    """FTE at the weeks' starts."""
    return [float(units) / FTE_UNIT for units in table[:-1, field]]
