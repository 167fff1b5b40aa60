"""A living team: its people and its roster, asked each morning who is on the floor that day.

Agents of an interval = floor(x + u): x = those on the floor (`presence`) of the people in production at the day's
start, u one keyed uniform a team and day; of a team with several agent groups the
first ones together have floor(x of them + u). All who are rostered are whole in this way: on the floor, mentoring, in
the office, absent, on leave, in this order and each group by group, those up to a place together are floor(x + u). So
every figure is within one agent of the plan's, on average it is the plan's, and none exceeds the rostered. Who leaves
during a day is missed from the next day on.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import simpy

from simulation.outcome.counting.counters import PLANNED_TIMES, GroupField
from simulation.scenario.grid import Grid, Int64
from simulation.scenario.vendors import Team as TeamDescription
from simulation.world.people.absence import MassAbsence
from simulation.world.people.attendance import Attendance, Extra
from simulation.world.people.attrition import Shock
from simulation.world.people.people import People
from simulation.world.people.persons import HIRED_FOR
from simulation.world.people.presence import Presence, Where
from simulation.world.randomness import Draws, Purpose
from simulation.world.rosters.patterns import Float64
from simulation.world.rosters.roster import Roster
from simulation.world.stages import team_groups


@dataclass(frozen=True, eq=False)
class DayRoster:
    """A day of all teams, group by group: whole agents in the k intervals that start in a local day of the scenario.

    agents: Int64 (groups, k), on the floor.
    planned: Int64 (PLANNED_TIMES, groups, k), agent microseconds of each.
    extra: Int64 (Extra, teams, k), of these on overtime and of the bench, agent microseconds.
    training: Int64 (teams, reasons), paid time of a week of the hired in training, as `People.training`.
    speed, resolution: Float64 (groups,), factors on the handling times and resolutions of the team's skills.
    """

    agents: Int64
    planned: Int64
    extra: Int64
    training: Int64
    speed: Float64
    resolution: Float64

    def time(self, field: GroupField) -> Int64:
        """Int64 (groups, k): agent microseconds of one of PLANNED_TIMES."""
        return np.asarray(self.planned[PLANNED_TIMES.index(field)])


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
        counts = np.array([team.groups for team in teams])
        self._firsts = np.cumsum(counts) - counts
        self._groups = int(counts.sum())
        self._given = [(int(first), team.roster.agents) for first, team in zip(self._firsts, teams, strict=True)]
        self._peopled = [t for t, team in enumerate(teams) if team.people is not None]
        self._people = [team.people for team in teams if team.people is not None]
        if self._peopled:
            own = counts[self._peopled].tolist()
            self._attendance = Attendance([teams[t].presence for t in self._peopled], max(own))
            self._parts = np.array([teams[t].parts for t in self._peopled])
            firsts = self._firsts[self._peopled].tolist()
            self._is_peopled = np.concatenate(
                [np.arange(first, first + n) for first, n in zip(firsts, own, strict=True)]
            )
            self._places = np.array([g * len(own) + t for t, n in enumerate(own) for g in range(n)])

    def today(self, day: int) -> DayRoster:
        """The day that starts now: day `day` of the scenario, from 0."""
        hours = self._roster.day(day)
        length = hours.stop - hours.start
        whole = np.zeros((len(Where), self._groups, length), np.int64)
        extra = np.zeros((len(Extra), len(self._teams), length), np.int64)
        training = np.zeros((len(self._teams), len(HIRED_FOR)), np.int64)
        speed, resolution = np.ones((2, self._groups))
        for first, agents in self._given:
            if agents is not None:
                whole[Where.ON_FLOOR, first] = agents[hours]
        if self._people:
            teams = [people.today(day) for people in self._people]
            attended, part = self._attendance.today(day, teams), self._parts[:, day]
            agents = _whole(attended.agents.reshape(len(part), -1, length), part).reshape(len(Where), -1, length)
            whole[:, self._is_peopled] = agents[:, self._places]
            extra[:, self._peopled] = _whole(attended.extra, part)
            training[self._peopled] = [people.training for people in self._people]
            speed[self._is_peopled] = [own for team in teams for own in team.speed]
            resolution[self._is_peopled] = [own for team in teams for own in team.resolution]
        lengths = self._roster.lengths[hours]
        planned = self._planned(whole, extra)
        planned *= lengths
        extra *= lengths
        return DayRoster(whole[Where.ON_FLOOR], planned, extra, training, speed, resolution)

    def _planned(self, whole: Int64, extra: Int64) -> Int64:
        """Int64 (PLANNED_TIMES, groups, k): agents of each."""
        planned = np.zeros((len(PLANNED_TIMES), *whole.shape[1:]), np.int64)
        of_field = dict(zip(PLANNED_TIMES, planned, strict=True))
        whole.sum(axis=0, out=of_field[GroupField.ROSTERED])
        np.add(whole[Where.ABSENT], whole[Where.LEAVE], out=of_field[GroupField.ABSENT])
        of_field[GroupField.OVERTIME][self._firsts] = extra[Extra.OVERTIME_ON_FLOOR] + extra[Extra.OVERTIME_ELSEWHERE]
        of_field[GroupField.SURGE][self._firsts] = extra[Extra.SURGE_ON_FLOOR] + extra[Extra.SURGE_ELSEWHERE]
        of_field[GroupField.LEAVE][:] = whole[Where.LEAVE]
        of_field[GroupField.IN_OFFICE][:] = whole[Where.IN_OFFICE]
        of_field[GroupField.MENTORING][:] = whole[Where.MENTORING]
        return planned


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
