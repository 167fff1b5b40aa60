"""People of a team: who joins, who is trained, who leaves, on the scenario's clock.

Everybody has an own, keyed amount of luck, an exponential variable of mean 1, and leaves when the hazard of attrition
summed over the time with the team reaches it: hazard = annual_rate x the month's factor, a head and a year of 365
days. So a higher rate makes the same people leave sooner, and a further class changes nobody else's life. Dates of
classes and months of attrition are the scenario zone's; training lasts whole weeks of its calendar, and people in
training leave by the same hazard. A class with `until` is released at the midnight that ends that date. What happens
at the horizon's own instant is outside the horizon.

The headcount walk is kept as it goes: an event at instant t counts in the stocks of every week that starts at t or
later, and in the flows of the week in which it falls, a week's end belonging to it and its start not, so that
stock(k) + hired(k) - left(k) - failed(k) - released(k) = stock(k + 1), to the head.
"""

from collections.abc import Generator
from dataclasses import dataclass
from datetime import timedelta

import numpy as np
import simpy
from numpy.typing import NDArray

from simulation.outcome.counters import FlowField, StockField
from simulation.scenario.calendar import MonthName
from simulation.scenario.grid import DAY, Grid, Int64
from simulation.scenario.workforce import Attrition, Workforce
from simulation.world.randomness import Draws, Purpose

Process = Generator[simpy.Event, None, None]

YEAR = 365 * DAY
NEVER = 1 << 62


class Instant(simpy.Event):
    """An event at an instant of the clock, before all timeouts of that instant."""

    def __init__(self, env: simpy.Environment, at: int) -> None:
        super().__init__(env)
        self._ok, self._value = True, None
        env.schedule(self, simpy.events.URGENT, at - env.now)


@dataclass
class Group:
    """People who came together, the heads of the start or a class. Instants in microseconds, NEVER for none."""

    name: str
    heads: int
    stage: StockField
    joins: int = 0
    graduates: int = NEVER
    released: int = NEVER


class People:
    """The people of one team with a workforce in one replication; its processes run on `env` from construction on.

    team: its id, which names its people's luck. headcount: Int64 (weeks + 1, fields), this team's part of the
    counters, written as people come and go.
    """

    def __init__(
        self, env: simpy.Environment, team: str, workforce: Workforce, grid: Grid, draws: Draws, headcount: Int64
    ) -> None:
        self._env, self._grid, self._draws, self._headcount = env, grid, draws, headcount
        self._hazard = cumulative_hazard(workforce.attrition, grid)
        self.in_production = 0
        for group in groups(team, workforce, grid):
            if group.joins <= 0:
                self._enter(group)
            env.process(self._group_process(group))

    def _group_process(self, group: Group) -> Process:
        """A group's dates: it joins, is trained, is released."""
        if group.joins > 0:
            yield Instant(self._env, group.joins)
            self._count(FlowField.HIRED, group.heads)
            self._enter(group)
        self._env.process(self._attrition_process(group))
        for at, milestone in ((group.graduates, self._graduate), (group.released, self._release)):
            if at < self._grid.horizon:
                yield Instant(self._env, at)
                milestone(group)

    def _attrition_process(self, group: Group) -> Process:
        """A group's people leave, each at the instant of their own luck, until nobody is there to leave."""
        for at in self._leaving(group).tolist():
            yield Instant(self._env, at)
            if not group.heads:
                return
            in_training = group.stage is StockField.IN_TRAINING
            self._count(FlowField.LEFT_TRAINING if in_training else FlowField.LEFT_PRODUCTION, 1)
            self._move(group.stage, -1)
            group.heads -= 1

    def _leaving(self, group: Group) -> Int64:
        """When its people leave, ascending, those who stay over the horizon left out."""
        luck = -np.log(self._draws.uniforms(Purpose.ATTRITION, group.name, np.arange(group.heads, dtype=np.int64)))
        edges = self._grid.months
        reached = np.sort(np.interp(self._env.now, edges, self._hazard) + luck)
        leaves = np.interp(reached[reached < self._hazard[-1]], self._hazard, edges)
        instants: Int64 = np.ceil(leaves).astype(np.int64)
        return instants

    def _enter(self, group: Group) -> None:
        self._move(group.stage, group.heads)

    def _graduate(self, group: Group) -> None:
        self._count(FlowField.GRADUATED, group.heads)
        self._move(group.stage, -group.heads)
        group.stage = StockField.TENURED
        self._move(group.stage, group.heads)

    def _release(self, group: Group) -> None:
        self._count(FlowField.RELEASED, group.heads)
        self._move(group.stage, -group.heads)
        group.heads = 0

    def _move(self, stage: StockField, heads: int) -> None:
        """Heads enter a stage, or leave it where negative: in the stock of every week that starts now or later."""
        self._headcount[np.searchsorted(self._grid.weeks, self._env.now, "left") :, stage] += heads
        if stage is StockField.TENURED:
            self.in_production += heads

    def _count(self, flow: FlowField, heads: int) -> None:
        """Heads of a flow, in the week that ends now or is under way."""
        week = max(int(np.searchsorted(self._grid.weeks, self._env.now, "left")) - 1, 0)
        self._headcount[week, flow] += heads


def cumulative_hazard(attrition: Attrition | None, grid: Grid) -> NDArray[np.float64]:
    """Float64 (months + 1,): a head's hazard summed from the start to each edge of the grid's months."""
    if attrition is None:
        return np.zeros(len(grid.months))
    starts = [grid.instant(int(edge)).date() for edge in grid.months[:-1]]
    factors = np.array([attrition.months.get(MonthName.of(day), 1.0) for day in starts])
    return np.append(0.0, np.cumsum(attrition.annual_rate * factors * np.diff(grid.months) / YEAR))


def groups(team: str, workforce: Workforce, grid: Grid) -> list[Group]:
    """The heads of the start, then the classes; classes that start on one date are told apart by their order."""
    found = [Group(team, workforce.headcount, StockField.TENURED)]
    starts, last = [entry.start for entry in workforce.classes], grid.dates[-1]
    for c, entry in enumerate(workforce.classes):
        if entry.start > last:
            continue
        group = Group(f"{team}/{entry.start}/{starts[:c].count(entry.start)}", entry.size, StockField.IN_TRAINING)
        group.joins = max(grid.midnight(entry.start), 0)
        group.graduates = grid.midnight(entry.start + timedelta(weeks=entry.training_weeks))
        if group.graduates <= 0:  # trained by the start: in production from the first instant
            group.stage, group.graduates = StockField.TENURED, NEVER
        if entry.until is not None and entry.until < last:
            group.released = grid.midnight(entry.until + timedelta(days=1))
        found.append(group)
    return found
