"""The requirement pack for a vendor: what it is asked for, interval by interval and week by week, and nothing else.

Of the vendor's own teams only: agents required on the floor (`world.planning.requirement`), those that a locked
forecast orders, people and FTE by week (`preview.people`), and the classes that the plan gives. It says nothing of
other vendors, of prices or of the client's own people.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

import numpy as np

from simulation.outcome.counting.locked import locks_of
from simulation.preview.people import ExpectedPeople
from simulation.scenario.grid import HOUR, Grid
from simulation.scenario.problems import choose
from simulation.scenario.scenario import Scenario
from simulation.scenario.vendors import Team, Vendor
from simulation.world.demand.cells import Float64, expected_cells, handling_multipliers
from simulation.world.planning.locked import locked
from simulation.world.planning.requirement import Requirement


class UnknownVendorError(LookupError):
    """There is no such vendor; the message names those that there are."""


@dataclass(frozen=True)
class WeekLine:
    """A team's week: its first day, paid FTE required and planned, heads that the required FTE are at the team's mean
    hours, and heads on the payroll as planned."""

    team: str
    week: date
    required_fte: float
    planned_fte: float
    required_heads: float
    planned_heads: float


@dataclass(frozen=True)
class ClassLine:
    """A class that the plan gives: its first day, heads who start, weeks of training, first day on the floor, last day
    there (None: they stay)."""

    team: str
    start: date
    heads: int
    training_weeks: int
    on_floor: date
    until: date | None


@dataclass(frozen=True, eq=False)
class RequirementPack:
    """What a vendor is asked for.

    starts, ends: of the intervals, in the scenario's zone. hours: Float64 (intervals,), their lengths
    required:     by team, Float64 (intervals,), agents on the floor
    ordered:      the same as locked forecasts order them; None where nothing is locked
    by_queue:     by queue, Float64 (intervals,), the vendor's part of the agents that the queue requires
    """

    vendor: str
    starts: tuple[datetime, ...]
    ends: tuple[datetime, ...]
    hours: Float64
    required: dict[str, Float64]
    ordered: dict[str, Float64] | None
    by_queue: dict[str, Float64]
    weeks: tuple[WeekLine, ...]
    classes: tuple[ClassLine, ...]

    @classmethod
    def of(cls, scenario: Scenario, vendor: str) -> "RequirementPack":
        """Of a vendor of the scenario. Raises UnknownVendorError."""
        named = [one.id for one in scenario.vendors]
        if vendor not in named:
            raise UnknownVendorError(f"there is no vendor {vendor}; {choose(vendor, named)}")
        owner = next(one for one in scenario.vendors if one.id == vendor)
        grid = Grid.of(scenario)
        forecast = expected_cells(scenario, grid)
        needed = Requirement.of(scenario, grid, forecast, handling_multipliers(scenario, grid))
        places = {team.id: t for t, team in enumerate(scenario.teams) if team in owner.teams}
        orders = locked(scenario, grid, forecast).ordered / grid.interval_lengths[:, None]
        edges = [grid.instant(int(edge)) for edge in grid.interval_edges]
        return cls(
            vendor=vendor,
            starts=tuple(edges[:-1]),
            ends=tuple(edges[1:]),
            hours=grid.interval_lengths / HOUR,
            required={name: needed.team_agents[:, t] for name, t in places.items()},
            ordered={name: orders[:, t] for name, t in places.items()} if locks_of(scenario) else None,
            by_queue=_by_queue(scenario, needed, list(places.values())),
            weeks=tuple(_weeks(scenario, grid, needed, places)),
            classes=tuple(_classes(owner)),
        )


def _by_queue(scenario: Scenario, needed: Requirement, teams: list[int]) -> dict[str, Float64]:
    assert needed.work is not None  # it is of a scenario
    found = {}
    for q, own in enumerate(needed.work.split):
        part = needed.agents[:, q] * own.shares[own.row][:, teams].sum(axis=1)
        if part.any():
            found[scenario.queues[q].id] = np.asarray(part)
    return found


def _weeks(scenario: Scenario, grid: Grid, needed: Requirement, places: dict[str, int]) -> list[WeekLine]:
    there = ExpectedPeople.of(scenario, grid, needed)
    return [
        WeekLine(
            team=name,
            week=grid.start + timedelta(weeks=week),
            required_fte=required,
            planned_fte=float(there.planned[week, t]),
            required_heads=required * _heads_per_fte(scenario.teams[t]),
            planned_heads=float(there.heads[week, t]),
        )
        for name, t in places.items()
        for week, required in enumerate(needed.fte(t).tolist())
    ]


def _heads_per_fte(team: Team) -> float:
    return 1.0 if team.workforce is None else team.workforce.hours_per_week / team.workforce.mean_hours


def _classes(vendor: Vendor) -> list[ClassLine]:
    return [
        ClassLine(team.id, entry.start, entry.size, weeks, entry.start + timedelta(weeks=weeks), entry.until)
        for team in vendor.teams
        if team.workforce is not None
        for entry in team.workforce.classes
        for weeks in (team.workforce.training_weeks(entry),)
    ]
