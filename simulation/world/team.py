"""A living team: its people and its roster, asked each morning who is on the floor that day.

Agents of an interval = floor(x + u): x = those on the floor (`presence`) of the people in production at the day's
start, u one keyed uniform a team and day (`scenario.md`, "Whole agents"); of a team with several agent groups the
first ones together have floor(x of them + u). All who are rostered are whole in this way: on the floor, mentoring, in
the office, absent, on leave, in this order and each group by group, those up to a place together are floor(x + u). So
every figure is within one agent of the plan's, on average it is the plan's, and none exceeds the rostered. Who leaves
during a day is missed from the next day on.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import simpy

from simulation.outcome.counters import GroupField
from simulation.scenario.grid import Grid, Int64
from simulation.scenario.vendors import Team as TeamDescription
from simulation.world.absence import MassAbsence
from simulation.world.attrition import Shock
from simulation.world.patterns import Float64
from simulation.world.people import People
from simulation.world.presence import Presence, Where
from simulation.world.randomness import Draws, Purpose
from simulation.world.roster import Roster
from simulation.world.stages import StageToday, team_groups


@dataclass(frozen=True, eq=False)
class DayRoster:
    """The day of a team, or of several: whole agents in the k intervals that start in a local day of the scenario.

    whole: Int64 (Where, groups, k). overtime, surge: Int64 (groups, k), of these on overtime and of the bench.
    lengths: Int64 (k,), of the intervals in microseconds.
    speed, resolution: Float64 (groups,), factors on the handling times and resolutions of the team's skills.
    """

    whole: Int64
    overtime: Int64
    surge: Int64
    lengths: Int64
    speed: Float64
    resolution: Float64

    @classmethod
    def together(cls, teams: Sequence["DayRoster"]) -> "DayRoster":
        """The groups of several teams, one after the other."""
        return cls(
            whole=np.concatenate([team.whole for team in teams], axis=1),
            overtime=np.concatenate([team.overtime for team in teams]),
            surge=np.concatenate([team.surge for team in teams]),
            lengths=teams[0].lengths,
            speed=np.concatenate([team.speed for team in teams]),
            resolution=np.concatenate([team.resolution for team in teams]),
        )

    @property
    def agents(self) -> Int64:
        """Int64 (groups, k): on the floor."""
        return np.asarray(self.whole[Where.ON_FLOOR])

    @property
    def times(self) -> Mapping[GroupField, Int64]:
        """Int64 (groups, k): agent microseconds of each of PLANNED_TIMES."""
        planned = {
            GroupField.ROSTERED: self.whole.sum(axis=0),
            GroupField.ABSENT: self.whole[Where.ABSENT] + self.whole[Where.LEAVE],
            GroupField.OVERTIME: self.overtime,
            GroupField.SURGE: self.surge,
            GroupField.LEAVE: self.whole[Where.LEAVE],
            GroupField.IN_OFFICE: self.whole[Where.IN_OFFICE],
            GroupField.MENTORING: self.whole[Where.MENTORING],
        }
        return {field: whole * self.lengths for field, whole in planned.items()}


class Team:
    """One team in one replication.

    env: SimPy environment at 0 with a clock of whole microseconds; the team starts its processes there.
    headcount: Int64 (weeks + 1, fields), this team's part of `Counters.headcount`; stays zero with `staffing`.
    required: Float64 (intervals,), agents that its targets need. strikes: mass absences of its site.
    shocks: of its attrition.
    """

    def __init__(
        self,
        env: simpy.Environment,
        team: TeamDescription,
        roster: Roster,
        grid: Grid,
        draws: Draws,
        headcount: Int64,
        *,
        required: Float64,
        strikes: Sequence[MassAbsence] = (),
        shocks: Sequence[Shock] = (),
    ) -> None:
        self._roster = roster
        self.groups = len(team_groups(team))
        self.people: People | None = None
        if team.workforce is not None:
            self.people = People(env, team, team.workforce, grid, draws, headcount, shocks)
            days = np.arange(len(grid.days) - 1)
            self._parts = draws.uniforms(Purpose.WHOLE_AGENTS, team.id, days).tolist()
            self._presence = Presence(team, team.workforce, roster, required, strikes, draws)

    def today(self, day: int) -> DayRoster:
        """The day that starts now: day `day` of the scenario, from 0."""
        if self.people is not None:
            return self._day(day, self.people.today(day))
        hours, one = self._roster.day(day), np.ones(1)
        assert self._roster.agents is not None  # given to every team without people
        agents = self._roster.agents[hours][None]
        whole, nobody = np.zeros((len(Where), *agents.shape), np.int64), np.zeros_like(agents)
        whole[Where.ON_FLOOR] = agents
        return DayRoster(whole, nobody, nobody, self._roster.lengths[hours], one, one)

    def _day(self, day: int, groups: Sequence[StageToday]) -> DayRoster:
        presence = self._presence.today(day, groups)
        part = self._parts[day]
        whole = _whole(presence.agents, part)
        overtime, surge = np.zeros((2, *whole.shape[1:]), np.int64)
        if presence.overtime.any() or presence.surge.any():
            both = np.stack([presence.overtime, presence.surge.sum(axis=0)])
            overtime[0], surge[0] = _whole(both, part)
        return DayRoster(
            whole=whole,
            overtime=overtime,
            surge=surge,
            lengths=self._roster.lengths[self._roster.day(day)],
            speed=np.array([group.speed for group in groups]),
            resolution=np.array([group.resolution for group in groups]),
        )


def _whole(agents: Float64, part: float) -> Int64:
    """Whole agents of the parts of a day, Float64 (..., k): one upon the other they are floor(x + part)."""
    up_to = agents.reshape(-1, agents.shape[-1]).cumsum(axis=0)
    up_to += part
    np.floor(up_to, out=up_to)
    up_to[1:] -= up_to[:-1]
    return np.asarray(up_to.reshape(agents.shape).astype(np.int64))
