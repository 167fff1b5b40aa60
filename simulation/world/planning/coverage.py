"""What the forecast expects and requires, and how much of it the people on the floor cover, into the counters.

*Effective* time of a group is its time on the floor / its handling multiplier of the day: what it is worth at tenured
speed. A team's effective time counts for its queues in proportion to the agents that each of them requires of it; of a
team of which nothing is required, such as a reserve, in proportion to all agents that the queues require which it may
serve at that time (`splits`). Where these require none, or it may serve none, it counts for no queue.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from simulation.outcome.counting.counters import VOLUME_UNIT, Counters, GroupField, Int64, QueueField
from simulation.scenario.grid import Grid
from simulation.scenario.scenario import Scenario
from simulation.world.demand.cells import Cells, Float64
from simulation.world.planning.requirement import Requirement
from simulation.world.planning.splits import splits
from simulation.world.stages import AgentGroup


@dataclass(frozen=True, eq=False)
class Coverage:
    """The part that is the same in every replication of a scenario.

    expected: Int64 (intervals, queues), contacts in millionths
    queues, teams: Int64 (intervals, queues) and (intervals, teams), agent time required
    worth: of (team, queue), Float64 (intervals,): the share of the team's effective time that counts for the queue
    firsts: the first group of each team
    """

    expected: Int64
    queues: Int64
    teams: Int64
    worth: dict[tuple[int, int], Float64]
    firsts: list[int]

    @classmethod
    def of(
        cls,
        scenario: Scenario,
        grid: Grid,
        cells: Sequence[Cells],
        requirement: Requirement,
        groups: Sequence[AgentGroup],
    ) -> "Coverage":
        """Of a scenario with these expected volumes, this requirement and these agent groups."""
        volumes = [np.bincount(own.interval, own.volume, grid.intervals) for own in cells]
        lengths = grid.interval_lengths[:, None]
        return cls(
            expected=np.rint(np.stack(volumes, axis=1) * VOLUME_UNIT).astype(np.int64),
            queues=np.rint(requirement.agents * lengths).astype(np.int64),
            teams=np.rint(requirement.team_agents * lengths).astype(np.int64),
            worth=_worth(scenario, grid, requirement),
            firsts=[[group.team for group in groups].index(team) for team in range(len(scenario.teams))],
        )

    def count(self, counters: Counters, pace: Float64) -> None:
        """Writes it into a replication's counters.

        pace: Float64 (intervals, groups), handling multipliers, or (1, groups) where all intervals have the same.
        """
        groups, queues = counters.groups, counters.queues
        of_groups = np.rint(groups[..., GroupField.ON_FLOOR] / pace)
        groups[..., GroupField.EFFECTIVE] = of_groups
        groups[:, self.firsts, GroupField.REQUIRED] = self.teams
        queues[..., QueueField.EXPECTED], queues[..., QueueField.REQUIRED] = self.expected, self.queues
        effective = np.ascontiguousarray(of_groups.T)  # a team's year in one piece
        if len(self.firsts) < len(effective):
            effective = np.add.reduceat(effective, self.firsts)
        there = np.zeros(queues.shape[1::-1])
        for (team, queue), worth in self.worth.items():
            there[queue] += effective[team] * worth
        queues[..., QueueField.EFFECTIVE] = np.rint(there).T


def _worth(scenario: Scenario, grid: Grid, requirement: Requirement) -> dict[tuple[int, int], Float64]:
    index = {queue.id: q for q, queue in enumerate(scenario.queues)}
    split = splits(scenario, grid)
    found: dict[tuple[int, int], Float64] = {}
    for t, team in enumerate(scenario.teams):
        served = [index[skill.queue] for skill in team.skills]
        own = {q: requirement.agents[:, q] * split[q].shares[split[q].row, t] for q in served}
        open_to = {q: requirement.agents[:, q] * split[q].able[split[q].row, t] for q in served}
        of_team, of_queues = requirement.team_agents[:, t], np.sum(list(open_to.values()), axis=0)
        for q in served:
            found[t, q] = np.where(of_team > 0, _share(own[q], of_team), _share(open_to[q], of_queues))
    return found


def _share(part: Float64, whole: Float64) -> Float64:
    return np.divide(part, whole, out=np.zeros_like(whole), where=whole > 0)
