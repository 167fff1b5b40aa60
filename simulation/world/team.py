"""A living team: its people and its roster, asked each morning who is on the floor that day.

Agents of an interval = floor(x + u): x = heads in production at the day's start x the roster's share on the floor,
u one keyed uniform a team and day (`scenario.md`, "Whole agents"). Who leaves during a day is missed from the next
day on.
"""

from dataclasses import dataclass

import numpy as np
import simpy

from simulation.scenario.grid import Grid, Int64
from simulation.scenario.vendors import Team as TeamDescription
from simulation.world.people import People
from simulation.world.randomness import Draws, Purpose
from simulation.world.roster import Float64, Roster


@dataclass(frozen=True, eq=False)
class DayRoster:
    """A team's day: Int64 (k,) each, for the k intervals that start in a local day of the scenario.

    agents: on the floor. rostered, absent: paid agent microseconds before shrinkage, and those of them on leave.
    """

    agents: Int64
    rostered: Int64
    absent: Int64


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
        self._id, self._roster, self._draws = team.id, roster, draws
        self.people: People | None = None
        if team.workforce is not None:
            self.people = People(env, team.id, team.workforce, grid, draws, headcount)

    def today(self, day: int) -> DayRoster:
        """The day that starts now: day `day` of the scenario, from 0."""
        roster, hours = self._roster, self._roster.day(day)
        lengths = roster.lengths[hours]
        if self.people is None:
            assert roster.agents is not None  # given to every team without people
            agents = roster.agents[hours]
            return DayRoster(agents, agents * lengths, np.zeros_like(agents))
        heads = self.people.in_production
        part = self._draws.uniform(Purpose.WHOLE_AGENTS, self._id, day)
        agents = np.floor(heads * roster.on_floor[hours] + part).astype(np.int64)
        return DayRoster(
            agents, _whole(heads * roster.rostered[hours] * lengths), _whole(heads * roster.absent[hours] * lengths)
        )


def _whole(times: Float64) -> Int64:
    return np.rint(times).astype(np.int64)
