"""Plan against actual up to a date, driver by driver: what was told of the past beside what the plan said of it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

import numpy as np

from simulation.scenario.grid import Grid
from simulation.scenario.people.policies import Basis
from simulation.scenario.scenario import Scenario
from simulation.scenario.vendors import Team
from simulation.studies.actuals import Actuals
from simulation.world.demand.cells import expected_cells, handling_multipliers
from simulation.world.people.attrition import Hazard
from simulation.world.people.joining import Joining
from simulation.world.people.known import Known
from simulation.world.people.persons import joined
from simulation.world.planning.shrinkage import Shrinkage
from simulation.world.randomness import Draws


class PlanDriver(StrEnum):
    """What was planned and measured."""

    VOLUME = "VOLUME"
    """Contacts that came for the first time since the start."""
    HANDLING = "HANDLING"
    """Mean handling time in seconds, at the speed of tenured people."""
    BACKLOG = "BACKLOG"
    """Pieces of work that wait at the date; of the plan, those of its start."""
    HEADS = "HEADS"
    """Heads in production, past training, that are not in a class of their own; without those whom policies hire."""
    ABSENCE = "ABSENCE"
    """Share of paid days lost to unplanned absence."""


@dataclass(frozen=True)
class PlanLine:
    """One driver of one queue or team."""

    driver: PlanDriver
    """What it is."""
    queue: str | None
    """The queue's id; null of a team."""
    team: str | None
    """The team's id; null of a queue."""
    planned: float
    """What the plan said."""
    actual: float
    """What was."""

    @property
    def relative(self) -> float | None:
        """By which share of the plan the actual is over it; None of a plan of nothing."""
        return self.actual / self.planned - 1 if self.planned else None


def plan_report(scenario: Scenario, grid: Grid, at: date, actuals: Actuals) -> tuple[PlanLine, ...]:
    """A line for each actual that was told, queues before teams, in the scenario's order."""
    return (*_of_queues(scenario, grid, at, actuals), *_of_teams(scenario, grid, at, actuals))


def _of_queues(scenario: Scenario, grid: Grid, at: date, actuals: Actuals) -> Iterator[PlanLine]:
    now = grid.midnight(at)
    cells, multipliers = expected_cells(scenario, grid), handling_multipliers(scenario, grid)
    for queue, own, multiplier in zip(scenario.queues, cells, multipliers, strict=True):
        told = actuals.queues.get(queue.id)
        if told is None:
            continue
        past = own.start < now
        volume = float(own.volume[past].sum())
        if told.offered is not None:
            yield PlanLine(PlanDriver.VOLUME, queue.id, None, volume, told.offered)
        if told.handling_seconds is not None:
            weights = own.volume[past] if volume else np.ones(int(past.sum()))
            mean = np.average(multiplier[own.interval[past]], weights=weights) if past.any() else 1.0
            yield PlanLine(
                PlanDriver.HANDLING, queue.id, None, queue.handling.mean * float(mean), told.handling_seconds
            )
        if told.backlog is not None and queue.turnaround is not None:
            yield PlanLine(PlanDriver.BACKLOG, queue.id, None, queue.backlog.volume, told.backlog.volume)


def _of_teams(scenario: Scenario, grid: Grid, at: date, actuals: Actuals) -> Iterator[PlanLine]:
    for team in scenario.teams:
        told, crew = actuals.teams.get(team.id), team.workforce
        if told is None or crew is None:
            continue
        if told.headcount is not None:
            planned = _planned_heads(team, grid, at)
            yield PlanLine(PlanDriver.HEADS, None, team.id, planned, told.headcount)
        if told.absence is not None:
            days = [Shrinkage.of(crew, day).absence for day in grid.dates if day < at]
            yield PlanLine(PlanDriver.ABSENCE, None, team.id, float(np.mean(days)), told.absence)


def _planned_heads(team: Team, grid: Grid, at: date) -> float:
    crew = team.workforce
    assert crew is not None  # it is a team with people
    joining, now = Joining(team, crew, grid, Draws(0, 0)), grid.midnight(at)
    usual = [people for entry, people in joining.classes() if not (entry.until or entry.queues or entry.hours_per_week)]
    everybody = joined([joining.at_the_start(), *usual])
    known = Known(everybody, np.ones(len(everybody)), 0, Hazard(crew.attrition, grid))
    there = known.expected(now, Basis.PRODUCTION)
    return float(there[everybody["settled"] <= now].sum())
