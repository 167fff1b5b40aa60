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
from simulation.world.attendance import Attendance, Extra
from simulation.world.attrition import Shock
from simulation.world.patterns import Float64
from simulation.world.people import People
from simulation.world.persons import HIRED_FOR
from simulation.world.presence import Presence, Where
from simulation.world.randomness import Draws, Purpose
from simulation.world.roster import Roster
from simulation.world.stages import team_groups


@dataclass(frozen=True, eq=False)
class DayRoster:
    """A day of all teams, group by group: whole agents in the k intervals that start in a local day of the scenario.

    whole: Int64 (Where, groups, k). extra: Int64 (Extra, groups, k), of these on overtime and of the bench.
    training: Int64 (teams, reasons), paid time of a week of the hired in training, as `People.training`.
    lengths: Int64 (k,), of the intervals in microseconds.
    speed, resolution: Float64 (groups,), factors on the handling times and resolutions of the team's skills.
    """

    whole: Int64
    extra: Int64
    training: Int64
    lengths: Int64
    speed: Float64
    resolution: Float64

    @property
    def agents(self) -> Int64:
        """Int64 (groups, k): on the floor."""
        return np.asarray(self.whole[Where.ON_FLOOR])

    @property
    def times(self) -> Mapping[GroupField, Int64]:
        """Int64 (groups, k): agent microseconds of each of PLANNED_TIMES."""
        whole, extra = self.whole * self.lengths, self.extra * self.lengths
        return {
            GroupField.ROSTERED: whole.sum(axis=0),
            GroupField.ABSENT: whole[Where.ABSENT] + whole[Where.LEAVE],
            GroupField.OVERTIME: extra[Extra.OVERTIME_ON_FLOOR] + extra[Extra.OVERTIME_ELSEWHERE],
            GroupField.SURGE: extra[Extra.SURGE_ON_FLOOR] + extra[Extra.SURGE_ELSEWHERE],
            GroupField.LEAVE: whole[Where.LEAVE],
            GroupField.IN_OFFICE: whole[Where.IN_OFFICE],
            GroupField.MENTORING: whole[Where.MENTORING],
        }

    @property
    def is_extended(self) -> bool:
        """Whether anybody works overtime or is lent by a bench."""
        return bool(self.extra.any())


class Team:
    """One team in one replication.

    env: SimPy environment at 0 with a clock of whole microseconds; the team starts its processes there.
    headcount: Int64 (weeks + 1, fields), this team's part of `Counters.headcount`; stays zero with `staffing`.
    required: Float64 (intervals,), agents that its targets need. strikes: mass absences of its site.
    shocks: of its attrition. new_work, payroll: as of `People`.
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
        new_work: Float64 | None = None,
        payroll: Int64 | None = None,
    ) -> None:
        self.roster = roster
        self.groups = len(team_groups(team))
        self.people: People | None = None
        if team.workforce is not None:
            self.people = People(env, team, team.workforce, grid, draws, headcount, shocks, new_work, payroll)
            self.parts = draws.uniforms(Purpose.WHOLE_AGENTS, team.id, np.arange(len(grid.days) - 1))
            self.presence = Presence(team, team.workforce, roster, required, strikes, draws)


class Teams:
    """All teams of a replication, asked each morning."""

    def __init__(self, teams: Sequence[Team]) -> None:
        self._teams, self._roster = teams, teams[0].roster
        self._peopled = [team for team in teams if team.people is not None]
        counts = np.array([team.groups for team in teams])
        self._has_people = peopled = np.array([team.people is not None for team in teams])
        self._is_peopled = np.repeat(peopled, counts)
        self._firsts = (np.cumsum(counts) - counts)[peopled]
        if self._peopled:
            most = int(counts[peopled].max())
            number = len(self._peopled)
            self._places = np.array([g * number + t for t, own in enumerate(counts[peopled]) for g in range(own)])
            self._attendance = Attendance([team.presence for team in self._peopled], most)
            self._parts = np.array([team.parts for team in self._peopled])

    def today(self, day: int) -> DayRoster:
        """The day that starts now: day `day` of the scenario, from 0."""
        hours = self._roster.day(day)
        whole = np.zeros((len(Where), len(self._is_peopled), hours.stop - hours.start), np.int64)
        extra = np.zeros((len(Extra), *whole.shape[1:]), np.int64)
        training = np.zeros((len(self._teams), len(HIRED_FOR)), np.int64)
        speed, resolution = np.ones((2, whole.shape[1]))
        given = [team.roster.agents[hours] for team in self._teams if team.roster.agents is not None]
        if given:
            whole[Where.ON_FLOOR, ~self._is_peopled] = given
        if self._peopled:
            stages = [team.people.today(day) for team in self._peopled if team.people is not None]
            attended, part = self._attendance.today(day, stages), self._parts[:, day]
            by_place = attended.agents.reshape(len(part), -1, whole.shape[2])
            agents = _whole(by_place, part).reshape(len(Where), -1, whole.shape[2])
            whole[:, self._is_peopled] = agents[:, self._places]
            extra[:, self._firsts] = _whole(attended.extra, part)
            training[self._has_people] = [team.people.training for team in self._peopled if team.people is not None]
            speed[self._is_peopled] = [stage.speed for own in stages for stage in own]
            resolution[self._is_peopled] = [stage.resolution for own in stages for stage in own]
        return DayRoster(whole, extra, training, self._roster.lengths[hours], speed, resolution)


def _whole(agents: Float64, part: Float64) -> Int64:
    """Int64 (places, teams, k): whole agents of a day, Float64 (teams, places, k): of each team up to a place floor(x +
    its part)."""
    up_to = np.empty((agents.shape[1], agents.shape[0], agents.shape[2]))
    up_to[0] = agents[:, 0]
    for place in range(1, len(up_to)):  # `cumsum` would go number by number
        np.add(up_to[place - 1], agents[:, place], out=up_to[place])
    up_to += part[:, None]
    whole = np.floor(up_to, out=up_to).astype(np.int64)
    whole[1:] -= whole[:-1].copy()
    return whole
