"""What the targets need: agents by interval and queue, split over teams, and the paid hours behind them.

*Agents.* Queues served by exactly the same teams are one pool: their loads (see `workload`) are added, with one mean
handling, load / contacts, of tenured agents at the speed of the teams that get the work. A pool needs the least n with
which every queue that has work in the interval keeps its target, by Erlang A with its own mean patience, by Erlang C
without, and with which offered load / n is at most the lowest `max_occupancy`. A queue's figure is its load's share of
n; a team's is the sum of its shares (see `splits`) of the queues'. Chats of several slots take the agent's time that
they take with all slots in use (`workload.agent_seconds`); in a pool whose queues all have k slots, n is the least
number of slots by these formulas, each chat as long as with all in use, / k.

*Paid hours* of a week = sum(n x interval) / ((1 - s) x efficiency), s as on the floor (`shrinkage`) and
efficiency = required / provided agent hours of the fitted roster, 1 without one. FTE = paid hours / hours_per_week, of
a last week that is short in proportion.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from simulation.scenario.grid import DAY, HOUR, Grid, date_of
from simulation.scenario.queues.queue import Queue
from simulation.scenario.scenario import Scenario
from simulation.scenario.vendors import Site, Team
from simulation.stationary import Goal, least_agents
from simulation.world.demand.cells import Cells, Float64
from simulation.world.planning.shrinkage import Shrinkage
from simulation.world.planning.splits import Split, splits
from simulation.world.planning.workload import agent_seconds, expected_contacts, load

FULL_TIME = 40.0
"""Paid hours of a week of one FTE where agents are given; they are paid for their time on the floor."""


@dataclass(frozen=True, eq=False)
class Requirement:
    """What a scenario's targets need; made once a scenario.

    agents: Float64 (intervals, queues), on the floor
    team_agents: Float64 (intervals, teams), on the floor
    efficiency: Float64 (weeks, teams), required / provided agent hours of fitted rosters; 1 without one
    paid_hours: Float64 (weeks, teams)
    work: what it is required for; None of a requirement that is given
    """

    agents: Float64
    team_agents: Float64
    efficiency: Float64
    paid_hours: Float64
    _full_time: Float64
    work: "Work | None" = None

    @classmethod
    def of(
        cls, scenario: Scenario, grid: Grid, cells: Sequence[Cells], multipliers: Sequence[Float64]
    ) -> "Requirement":
        """What expected cells and handling multipliers need, with rosters of efficiency 1."""
        split = splits(scenario, grid)
        work = Work.of(scenario, grid, cells, multipliers, split)
        agents = required_agents(scenario, grid, work)
        by_team = np.zeros((grid.intervals, len(scenario.teams)))
        for q, own in enumerate(split):
            own.divide(agents[:, q], by_team)
        sites = {site.id: site for vendor in scenario.vendors for site in vendor.sites}
        present = np.stack([_present(team, sites[team.site], grid) for team in scenario.teams], axis=1)
        hours = by_team / present * (grid.interval_lengths / HOUR)[:, None]
        paid = np.add.reduceat(hours, np.searchsorted(grid.week_of_interval, np.arange(len(grid.weeks) - 1)))
        weekly = [FULL_TIME if team.workforce is None else team.workforce.hours_per_week for team in scenario.teams]
        full_time = np.rint(np.diff(grid.weeks) / DAY)[:, None] / 7 * np.array(weekly)
        return cls(agents, by_team, np.ones_like(paid), paid, full_time, work)

    def rostered(self, efficiency: Float64) -> "Requirement":
        """The same for rosters of these efficiencies, Float64 (weeks, teams)."""
        paid = self.paid_hours * self.efficiency / efficiency
        return replace(self, efficiency=efficiency, paid_hours=paid)

    def fte(self, team: int) -> Float64:
        """Float64 (weeks,): required FTE of the team at a place in the scenario."""
        return np.asarray((self.paid_hours / self._full_time)[:, team])


@dataclass(frozen=True, eq=False)
class Work:
    """What comes to the queues, Float64 (intervals, queues) each.

    contacts: that reach people, those that follow from others included
    handling: mean seconds of an agent that a contact takes, by those who get it
    loads:    offered load in Erlangs
    unsolved: share of its contacts that is not solved
    split:    of every queue, how its work is split
    """

    contacts: Float64
    handling: Float64
    loads: Float64
    unsolved: Float64
    split: Sequence[Split]

    @classmethod
    def of(
        cls,
        scenario: Scenario,
        grid: Grid,
        cells: Sequence[Cells],
        multipliers: Sequence[Float64],
        split: Sequence[Split],
    ) -> "Work":
        """Of expected cells and handling multipliers."""
        handling, unsolved = [], []
        for queue, multiplier, own in zip(scenario.queues, multipliers, split, strict=True):
            skills = [{skill.queue: skill for skill in team.skills}.get(queue.id) for team in scenario.teams]
            solved = np.array([0.0 if skill is None else skill.resolution for skill in skills])
            growing, fixed = agent_seconds(queue)
            handling.append((growing * multiplier + fixed) * own.mean(speeds(scenario, queue)))
            unsolved.append(1 - own.mean(solved))
        offered = np.stack([own.offered[own.row] for own in split], axis=1)
        contacts = expected_contacts(scenario, grid, cells, unsolved, offered)
        loads = [load(queue, contacts[:, q], handling[q], grid) for q, queue in enumerate(scenario.queues)]
        spent, load_of, left = (np.stack(each, axis=1) for each in (handling, loads, unsolved))
        return cls(contacts, spent, load_of, left, split)


def required_agents(scenario: Scenario, grid: Grid, work: Work) -> Float64:
    """Float64 (intervals, queues): agents on the floor that the work needs."""
    agents = np.zeros((grid.intervals, len(scenario.queues)))
    for teams in dict.fromkeys(own.teams for own in work.split):
        pool = [q for q, own in enumerate(work.split) if own.teams == teams]
        queues = [scenario.queues[q] for q in pool]
        agents[:, pool] = _pool_agents(scenario, queues, work.loads[:, pool], work.handling[:, pool], grid)
    return agents


def speeds(scenario: Scenario, queue: Queue) -> Float64:
    """Float64 (teams,): the speed of their skill for a queue, 0 without one."""
    skills = [{skill.queue: skill for skill in team.skills}.get(queue.id) for team in scenario.teams]
    return np.array([0.0 if skill is None else skill.speed for skill in skills])


def _pool_agents(scenario: Scenario, queues: Sequence[Queue], loads: Float64, handling: Float64, grid: Grid) -> Float64:
    """Float64 (intervals, queues of the pool): each queue's share of the pool's agents."""
    total = loads.sum(axis=1)
    busy = np.maximum(total, np.finfo(np.float64).tiny)
    mixed = np.where(total > 0, busy / np.maximum((loads / handling).sum(axis=1), np.finfo(np.float64).tiny), 1.0)
    ceilings = np.array([queue.target.max_occupancy for queue in queues])
    occupancy = np.where(loads > 0, ceilings, 1.0).min(axis=1)
    goals = [goal_of(scenario, queue, loads[:, k] > 0, grid) for k, queue in enumerate(queues)]
    slots = {queue.concurrency.slots for queue in queues}
    at_once = slots.pop() if len(slots) == 1 else 1  # a pool of chats alone waits for a slot, not for an agent
    n = np.ceil(least_agents(total * at_once, mixed * at_once, occupancy, goals) / at_once)
    return np.asarray(loads / busy[:, None] * n[:, None])


def goal_of(scenario: Scenario, queue: Queue, asked: NDArray[np.bool_], grid: Grid) -> Goal:
    """What a queue promises, in the intervals that are asked for; bool (intervals,)."""
    target = queue.target

    shares = _shares(scenario, queue, grid) if target.periods or scenario.transitions else target.share
    patience = None if queue.patience is None else queue.patience.mean
    return Goal(
        shares=np.where(asked, shares, 0.0),
        threshold=target.threshold_seconds,
        formula=target.formula,
        short=target.short_abandon_seconds,
        patience=patience,
        max_abandon_rate=target.max_abandon_rate,
    )


def _shares(scenario: Scenario, queue: Queue, grid: Grid) -> Float64:
    """Float64 (intervals,): the share wanted in time on the queue's local date."""
    clock = grid.clock(grid.zone if queue.timezone is None else ZoneInfo(queue.timezone))
    kinds, place = np.unique(clock.readings(grid.interval_starts) // DAY, return_inverse=True)
    dates = [date_of(int(day)) for day in kinds]
    return np.array([scenario.hypercare_share(queue.id, day) or queue.target.share_on(day) for day in dates])[place]


def _present(team: Team, site: Site, grid: Grid) -> Float64:
    """Float64 (intervals,): 1 - s of the month in which the interval begins at the team's site."""
    if team.workforce is None:
        return np.ones(grid.intervals)
    clock = grid.clock(grid.zone if site.timezone is None else ZoneInfo(site.timezone))
    days = clock.readings(grid.interval_starts) // DAY
    _, first, place = np.unique(days.astype("M8[D]").astype("M8[M]"), return_index=True, return_inverse=True)
    present = [1 - Shrinkage.of(team.workforce, date_of(int(days[one]))).lost for one in first]
    return np.array(present)[place]
