"""Teams whose people live without a floor: what a test asks of them week by week."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import simpy

from simulation.outcome.counting.counters import FTE_UNIT, Counters, FlowField, StockField
from simulation.scenario.grid import Grid, Int64
from simulation.scenario.scenario import Scenario
from simulation.world.management import manage
from simulation.world.people.attrition import shocks
from simulation.world.people.crew import TeamToday
from simulation.world.people.people import People
from simulation.world.planning.requirement import Requirement
from simulation.world.randomness import Draws
from tests.world.sketch import sketch

SHIFTS = [{"start": "09:00", "hours": 8, "days": ["MON", "TUE", "WED", "THU", "FRI"]}]


def described(workforce: dict[str, Any], *others: dict[str, Any], **changes: Any) -> Scenario:
    """Teams of these people at one site, for eight weeks from Monday, 1 June 2026; the first is `crew`."""
    own = {"workforce": workforce, "shifts": SHIFTS, **changes.pop("team", {})}
    teams = [
        {"id": f"crew-{n + 2}", "site": "office", "skills": [{"queue": "orders"}], "workforce": other, "shifts": SHIFTS}
        for n, other in enumerate(others)
    ]
    return sketch(team=own, others=teams, **{"weeks": 8, **changes})


def as_it_is() -> None:
    """No floor has to catch up."""


def living(
    scenario: Scenario, *, number: int = 0, required: Sequence[float] = (), counters: Counters | None = None
) -> tuple[Int64, People]:
    """One replication of the first team's people, run to the horizon: headcount table and people."""
    lives = all_living(scenario, number=number, required=required, counters=counters)
    return lives[0]


def all_living(
    scenario: Scenario,
    *,
    number: int = 0,
    required: Sequence[float] = (),
    counters: Counters | None = None,
    each_day: Callable[[int, int, TeamToday], None] | None = None,
) -> list[tuple[Int64, People]]:
    """One replication of every team's people, run to the horizon.

    required: FTE by week of each, or of all weeks. each_day: is told day, team and how it stands every morning.
    """
    grid, env, draws = Grid.of(scenario), simpy.Environment(0), Draws(1, number)
    weeks = len(grid.weeks) - 1
    counters = counters or blank(scenario, grid)
    tables = [counters.headcount[:, t] for t in range(len(scenario.teams))]
    struck = shocks(scenario, grid)
    crews = [
        People(env, team, team.workforce, grid, draws, table, [one for one in struck if one.team == team.id])
        for team, table in zip(scenario.teams, tables, strict=True)
        if team.workforce is not None
    ]
    needed = np.broadcast_to(np.array(required or [0.0], np.float64)[:, None], (weeks, len(crews)))
    hours = np.full_like(needed, 40.0)
    requirement = Requirement(np.zeros((1, 1)), np.zeros((1, 1)), np.ones_like(needed), needed * 40.0, hours)
    manage(env, scenario, grid, crews, requirement, counters, as_it_is)

    def mornings() -> Any:
        for day, start in enumerate(grid.days[:-1].tolist()):
            yield env.timeout(start - env.now)
            for number, people in enumerate(crews if each_day is not None or day % 7 == 0 else ()):
                today = people.today(day)
                if each_day is not None:
                    each_day(day, number, today)

    env.process(mornings())
    env.run(until=grid.horizon)
    return list(zip(tables, crews, strict=True))


def blank(scenario: Scenario, grid: Grid) -> Counters:
    """Counters of a floor on which nothing happens."""
    return Counters.zeros(
        intervals=grid.intervals,
        days=len(grid.days) - 1,
        weeks=len(grid.weeks) - 1,
        queues=len(scenario.queues),
        groups=1,
        teams=len(scenario.teams),
    )


def stock(table: Int64, field: StockField) -> list[int]:
    """Heads at the weeks' starts and at the horizon."""
    return [int(heads) for heads in table[:, field]]


def flow(table: Int64, field: FlowField) -> list[int]:
    """Heads over each week."""
    return [int(heads) for heads in table[:-1, field]]


def fte(table: Int64, field: StockField) -> list[float]:
    """FTE at the weeks' starts."""
    return [float(units) / FTE_UNIT for units in table[:-1, field]]
