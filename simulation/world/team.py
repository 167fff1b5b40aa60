"""A living team: its people and its roster, asked each morning who is on the floor that day.

Agents of an interval = floor(x + u): x = FTE in production at the day's start, less mentoring, x the roster's share on
the floor, u one keyed uniform a team and day (`scenario.md`, "Whole agents"); of a team with several agent groups the
first ones together have floor(x of them + u). Who leaves during a day is missed from the next day on.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import simpy

from simulation.scenario.grid import Grid, Int64
from simulation.scenario.vendors import Team as TeamDescription
from simulation.world.patterns import Float64
from simulation.world.people import People
from simulation.world.randomness import Draws, Purpose
from simulation.world.roster import Roster
from simulation.world.stages import StageToday, team_groups


@dataclass(frozen=True, eq=False)
class DayRoster:
    """A team's day: Int64 (groups, k) each, for the k intervals that start in a local day of the scenario.

    agents: on the floor. rostered, absent: paid agent microseconds before shrinkage, and those of them on leave.
    speed, resolution: Float64 (groups,), factors on the handling times and resolutions of the team's skills.
    """

    agents: Int64
    rostered: Int64
    absent: Int64
    speed: Float64
    resolution: Float64


class Team:
    """One team in one replication.

    env: SimPy environment at 0 with a clock of whole microseconds; the team starts its processes there.
    headcount: Int64 (weeks + 1, fields), this team's part of `Counters.headcount`; stays zero with `staffing`.
    """

    def __init__(
        self,
        env: simpy.Environment,
        team: TeamDescription,
        roster: Roster,
        grid: Grid,
        draws: Draws,
        headcount: Int64,
    ) -> None:
        self.description, self._roster, self._draws = team, roster, draws
        self.groups = len(team_groups(team))
        self.people: People | None = None
        if team.workforce is not None:
            self.people = People(env, team, team.workforce, grid, draws, headcount)

    def today(self, day: int) -> DayRoster:
        """The day that starts now: day `day` of the scenario, from 0."""
        if self.people is not None:
            return self._day(day, self.people.today(day))
        hours, one = self._roster.day(day), np.ones(1)
        assert self._roster.agents is not None  # given to every team without people
        agents = self._roster.agents[hours][None]
        return DayRoster(agents, agents * self._roster.lengths[hours], np.zeros_like(agents), one, one)

    def _day(self, day: int, groups: Sequence[StageToday]) -> DayRoster:
        roster, hours = self._roster, self._roster.day(day)
        fte = np.array([group.fte for group in groups])
        at_work = np.array([group.fte * (1 - group.mentoring) + group.bench for group in groups])
        part = self._draws.uniform(Purpose.WHOLE_AGENTS, self.description.id, day)
        together = np.floor(np.outer(np.cumsum(at_work), roster.on_floor[hours]) + part)
        lengths = roster.lengths[hours]
        return DayRoster(
            agents=np.diff(together, axis=0, prepend=0).astype(np.int64),
            rostered=_whole(np.outer(fte, roster.rostered[hours] * lengths)),
            absent=_whole(np.outer(fte, roster.absent[hours] * lengths)),
            speed=np.array([group.speed for group in groups]),
            resolution=np.array([group.resolution for group in groups]),
        )


def _whole(times: Float64) -> Int64:
    return np.rint(times).astype(np.int64)
