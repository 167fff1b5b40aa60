"""How fast teams work from day to day: the handling-time multipliers of groups while vendors learn new queues.

In a transition with learning, the new vendor's multiplier on its queues is its skill's speed x
1 + (m - 1) e^(-w / tau), w = weeks from the date of the first step to the scenario's local day, at least 0; constant
within the day. What people are worth for all of their team's work together, their effective FTE, is over the mean of
these factors (`new_work`).
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np

from simulation.scenario.grid import Grid
from simulation.scenario.scenario import Scenario
from simulation.world.floor.floor import Float64
from simulation.world.planning.requirement import Requirement
from simulation.world.planning.splits import splits
from simulation.world.stages import agent_groups


@dataclass(frozen=True)
class Learning:
    """What the groups of one vendor still have to learn of some queues."""

    groups: tuple[int, ...]
    queues: tuple[int, ...]
    first: date
    multiplier: float
    time_constant_weeks: float

    def factor(self, day: date) -> float:
        """On handling times of a local day."""
        weeks = max(0, (day - self.first).days) / 7
        return 1.0 + (self.multiplier - 1.0) * math.exp(-weeks / self.time_constant_weeks)


class Pace:
    """Handling-time multipliers by day: `speed`, Float64 (groups, queues), times what is being learnt."""

    def __init__(self, scenario: Scenario, grid: Grid, speed: Float64) -> None:
        self._dates: Sequence[date] = grid.dates
        self._speed = speed
        self._learning = _learning(scenario)

    @property
    def changes(self) -> bool:
        """Whether any day differs from the plan."""
        return bool(self._learning)

    def on(self, day: int) -> Float64:
        """Float64 (groups, queues): of day `day` of the scenario, from 0; not to be written to."""
        speed = self._speed.copy() if self._learning else self._speed
        for learning in self._learning:
            for g in learning.groups:
                speed[g, learning.queues] *= learning.factor(self._dates[day])
        return speed


def _learning(scenario: Scenario) -> list[Learning]:
    index = {queue.id: q for q, queue in enumerate(scenario.queues)}
    vendors = [vendor.id for vendor in scenario.vendors for _ in vendor.teams]
    vendor_of = [vendors[group.team] for group in agent_groups(scenario)]
    return [
        Learning(
            groups=tuple(g for g, vendor in enumerate(vendor_of) if vendor == transition.to),
            queues=tuple(index[name] for name in transition.queues),
            first=transition.steps[0].from_,
            multiplier=transition.learning.multiplier,
            time_constant_weeks=transition.learning.time_constant_weeks,
        )
        for transition in scenario.transitions
        if transition.learning is not None
    ]


def new_work(scenario: Scenario, grid: Grid, requirement: Requirement) -> Float64:
    """Float64 (days, teams): handling multiplier of a team's work while its vendor learns some of it.

    The mean over its queues, weighted by the agents that each requires of it in the week; of a team of which nothing is
    required by all agents that they require, and where they require none all alike.
    """
    found = np.ones((len(grid.dates), len(scenario.teams)))
    if any(transition.learning is not None for transition in scenario.transitions):
        teams = [group.team for group in agent_groups(scenario)]
        firsts = [teams.index(team) for team in range(len(scenario.teams))]
        pace = Pace(scenario, grid, np.ones((len(teams), len(scenario.queues))))
        weights = _weights(scenario, grid, requirement)
        for day in range(len(found)):
            found[day] = (weights[day // 7] * pace.on(day)[firsts]).sum(axis=1)
    return found


def _weights(scenario: Scenario, grid: Grid, requirement: Requirement) -> Float64:
    """Float64 (weeks, teams, queues): of a team's queues in a week; they sum to 1."""
    time = requirement.agents * grid.interval_lengths[:, None]
    of_team = np.zeros((len(grid.weeks) - 1, len(scenario.teams), len(scenario.queues)))
    for q, split in enumerate(splits(scenario, grid)):
        np.add.at(of_team[:, :, q], grid.week_of_interval, time[:, q, None] * split.shares[split.row])
    of_all = np.zeros((len(of_team), 1, len(scenario.queues)))
    np.add.at(of_all[:, 0], grid.week_of_interval, time)
    skills = [[skill.queue for skill in team.skills] for team in scenario.teams]
    served = np.array([[queue.id in own for queue in scenario.queues] for own in skills], np.float64)
    weights = np.broadcast_to(served, of_team.shape)
    for required in (of_all * served, of_team):
        weights = np.where(required.sum(axis=2, keepdims=True) > 0, required, weights)
    return np.asarray(weights / weights.sum(axis=2, keepdims=True))
