"""A scenario looked at before it is simulated: what it requires, whom it plans, what it costs, where it cannot hold.

Required agents are the simulation's own (`world.planning.requirement`), so `required_agents` of a run is the same
figure. Required FTE is of rosters that fit exactly: where a run fits shifts, its `required_fte` is this divided by the
efficiency of the fitted roster. Planned and effective FTE are as `preview.people` says, the cost as `preview.money`.
Nothing is simulated, drawn or stored, and neither compiled code nor SimPy is loaded.
"""

from dataclasses import dataclass
from datetime import date, timedelta

from simulation.preview.diagnostics import Diagnostic, diagnostics
from simulation.preview.money import ExpectedCost
from simulation.preview.people import ExpectedPeople
from simulation.scenario.grid import SECOND, Grid
from simulation.scenario.scenario import Scenario
from simulation.world.demand.cells import Float64, expected_cells, handling_multipliers
from simulation.world.planning.locked import locked
from simulation.world.planning.requirement import Requirement


@dataclass(frozen=True, eq=False)
class TeamWeeks:
    """A team's paid FTE by week, Float64 (weeks,) each."""

    team: str
    required: Float64
    planned: Float64
    effective: Float64


@dataclass(frozen=True, eq=False)
class Preview:
    """What a scenario comes to.

    grid:        its calendar
    step:        seconds of an interval
    queues:      by queue id, Float64 (intervals,), agents required on the floor
    teams:       by team id, the same of teams
    weeks:       first days of the weeks
    people:      of every team
    cost:        expected
    diagnostics: what is found
    """

    grid: Grid
    step: int
    queues: dict[str, Float64]
    teams: dict[str, Float64]
    weeks: tuple[date, ...]
    people: tuple[TeamWeeks, ...]
    cost: ExpectedCost
    diagnostics: tuple[Diagnostic, ...]

    @classmethod
    def of(cls, scenario: Scenario) -> "Preview":
        """Of a valid scenario."""
        grid = Grid.of(scenario)
        forecast = expected_cells(scenario, grid)
        required = Requirement.of(scenario, grid, forecast, handling_multipliers(scenario, grid))
        there = ExpectedPeople.of(scenario, grid, required)
        return cls(
            grid=grid,
            step=grid.interval // SECOND,
            queues={queue.id: required.agents[:, q] for q, queue in enumerate(scenario.queues)},
            teams={team.id: required.team_agents[:, t] for t, team in enumerate(scenario.teams)},
            weeks=tuple(grid.start + timedelta(weeks=week) for week in range(len(grid.weeks) - 1)),
            people=tuple(
                TeamWeeks(team.id, required.fte(t), there.planned[:, t], there.effective[:, t])
                for t, team in enumerate(scenario.teams)
            ),
            cost=ExpectedCost.of(scenario, grid, required, there, locked(scenario, grid, forecast)),
            diagnostics=tuple(diagnostics(scenario, grid, required, there)),
        )
