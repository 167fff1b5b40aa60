"""The world: a scenario before chance comes in, made once for all replications."""

from dataclasses import dataclass
from datetime import date
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from simulation.outcome.counting.locked import Locked
from simulation.scenario.grid import Grid, Int64
from simulation.scenario.scenario import Scenario
from simulation.world.demand.arrivals import TraceRoom
from simulation.world.demand.bounds import bounded
from simulation.world.demand.cells import Cells, closings, expected_cells, handling_multipliers
from simulation.world.demand.client_outages import actual_cells
from simulation.world.exits import dated, exit_days, staffed
from simulation.world.floor.breakdowns import Breakdowns
from simulation.world.floor.floor import FloorPlan
from simulation.world.floor.plan import floor_plan
from simulation.world.floor.wakes import Wakes
from simulation.world.outages import OutageEvents
from simulation.world.pace import Pace, new_work
from simulation.world.people.absence import MassAbsence, mass_absences
from simulation.world.people.attrition import Shock, shocks
from simulation.world.planning.coverage import Coverage
from simulation.world.planning.locked import locked
from simulation.world.planning.requirement import Requirement
from simulation.world.rosters.fitted import Rosters
from simulation.world.rosters.fitted import rosters as planned_rosters
from simulation.world.rosters.roster import Roster
from simulation.world.stages import AgentGroup, agent_groups

CONTACTS_A_LOAD = 50_000
"""Contacts drawn at once, about; a day is never cut."""


@dataclass(frozen=True, eq=False)
class World:
    """A scenario before chance comes in.

    forecast, cells, multipliers: per queue, volumes that planners expect, those with what they do not foresee, and
    handling multipliers. groups: agent groups, team by team.
    loads: for every day the interval up to which its morning brings contacts, 0 where an earlier day has brought them.
    wakes: when somebody must look, whatever chance brings. requirement, rosters (per team): made when first asked for.
    """

    scenario: Scenario
    grid: Grid
    plan: FloorPlan
    pace: Pace
    forecast: list[Cells]
    cells: list[Cells]
    multipliers: list[NDArray[np.float64]]
    groups: tuple[AgentGroup, ...]
    strikes: list[MassAbsence]
    shocks: list[Shock]
    loads: list[int]
    wakes: Wakes

    @classmethod
    def of(cls, scenario: Scenario) -> "World":
        """Calendar, volumes and routes of a scenario."""
        grid = Grid.of(scenario)
        multipliers = handling_multipliers(scenario, grid)
        plan = floor_plan(scenario, grid, multipliers)
        forecast = expected_cells(scenario, grid)
        cells = bounded(grid, actual_cells(scenario, grid, forecast))
        return cls(
            scenario=scenario,
            grid=grid,
            plan=plan,
            pace=Pace(scenario, grid, plan.speed),
            forecast=forecast,
            cells=cells,
            multipliers=multipliers,
            groups=agent_groups(scenario),
            strikes=mass_absences(scenario),
            shocks=shocks(scenario, grid),
            loads=_loads(cells, grid),
            wakes=Wakes.of(plan, grid, closings(scenario, grid)),
        )

    @cached_property
    def _planned(self) -> Rosters:
        needed = Requirement.of(self.scenario, self.grid, self.forecast, self.multipliers)
        return planned_rosters(staffed(self.scenario, self.grid), self.grid, needed)

    @property
    def requirement(self) -> Requirement:
        """What the targets need."""
        return self._planned.requirement

    @property
    def rosters(self) -> list[Roster]:
        """Every team's roster."""
        return self._planned.of_teams

    @cached_property
    def outage_events(self) -> OutageEvents:
        """Outages before chance comes in."""
        return OutageEvents.of(self.scenario, self.grid)

    @cached_property
    def locked(self) -> Locked:
        """What forecasts locked."""
        return locked(self.scenario, self.grid, self.forecast)

    @cached_property
    def coverage(self) -> Coverage:
        """What is expected and required by interval."""
        return Coverage.of(self.scenario, self.grid, self.forecast, self.requirement, self.groups)

    @cached_property
    def new_work(self) -> NDArray[np.float64]:
        """Float64 (days, teams): handling multipliers of the teams' work while their vendors learn some of it."""
        return new_work(self.scenario, self.grid, self.requirement)

    @cached_property
    def new_work_of_groups(self) -> NDArray[np.float64]:
        """Float64 (days, groups): those of the groups' teams."""
        return self.new_work[:, [group.team for group in self.groups]]

    @cached_property
    def pace_changes(self) -> bool:
        """Whether anybody works at other than the skills' speed and resolution on some day."""
        crews = [team.workforce for team in self.scenario.teams if team.workforce is not None]
        return self.pace.changes or any(crew.nesting is not None or crew.learning is not None for crew in crews)

    @cached_property
    def given(self) -> Int64 | None:
        """Int64 (intervals, groups), agents on the floor, where nobody has people and every day is worked alike."""
        agents = [roster.agents for roster in self.rosters if roster.agents is not None]
        if self.pace_changes or len(agents) < len(self.rosters):
            return None
        return np.stack(agents, axis=1)

    @cached_property
    def first_of_day(self) -> list[int]:
        """The first interval of each day, and the number of intervals."""
        found: list[int] = np.searchsorted(self.grid.interval_starts, self.grid.days).tolist()
        return found

    @cached_property
    def unbroken(self) -> Breakdowns:
        """No outage."""
        return Breakdowns((), self.plan.groups, self.grid.interval)

    @cached_property
    def exit_days(self) -> Int64:
        """Int64 (vendors,): as `Counters.exits`."""
        return exit_days(self.scenario, self.grid)

    @cached_property
    def _exited(self) -> dict[tuple[str, date], "World"]:
        return {}

    def without(self, vendor: str, start: date) -> "World":
        """The same, but that a vendor whose exit was awaited hands over from a date on; made once for each."""
        if (vendor, start) not in self._exited:
            self._exited[vendor, start] = World.of(dated(self.scenario, vendor, start))
        return self._exited[vendor, start]

    @cached_property
    def rooms(self) -> list[Int64]:
        """Arrays for what is counted of agent groups, which replications are through with: tens of megabytes of fresh
        memory cost more than clearing them."""
        return []

    @cached_property
    def trace_rooms(self) -> list[TraceRoom]:
        """Where replications have drawn their contacts that are through with them."""
        return []

    @cached_property
    def is_managed(self) -> bool:
        """Whether any team has people, around whom something may happen."""
        return any(team.workforce is not None for team in self.scenario.teams)

    @property
    def expected_contacts(self) -> float:
        """Expected new contacts of one replication."""
        return float(sum(cells.volume.sum() for cells in self.cells))


def _loads(cells: list[Cells], grid: Grid) -> list[int]:
    """Days are brought together until they come to CONTACTS_A_LOAD, so that short days do not pay for each call."""
    volumes = np.zeros(grid.intervals)
    for queue in cells:
        np.add.at(volumes, queue.interval, queue.volume)
    ends = np.searchsorted(grid.interval_starts, grid.days[1:]).tolist()
    loads, first = [0] * len(ends), 0
    for day, end in enumerate(ends):
        start = ends[day - 1] if day else 0
        if day == 0 or volumes[first:end].sum() > CONTACTS_A_LOAD:
            first, opening = start, day
        loads[opening] = end
    return loads
