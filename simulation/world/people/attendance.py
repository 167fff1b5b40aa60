"""All teams' presence on a day: what `presence` says of each, for all at once, since a few large arrays a day cost less
than many small ones. Teams have places for as many groups and dates as any of them needs; those left over are empty."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum

import numpy as np

from simulation.world.people.crew import Crew, TeamToday
from simulation.world.people.overtime import ROUNDING
from simulation.world.people.presence import PLACES, Presence, Where
from simulation.world.rosters.joint import joint_roster
from simulation.world.rosters.patterns import Float64

LENT = [Where.ON_FLOOR, Where.IN_OFFICE, Where.ABSENT, Where.LEAVE]
"""Where people of a bench are, in the order of `JointRoster.lent`."""


class Extra(IntEnum):
    """Who is there on top of the usual people, and where; a place in `DayAttendance.extra`."""

    OVERTIME_ON_FLOOR = 0
    OVERTIME_ELSEWHERE = 1
    SURGE_ON_FLOOR = 2
    SURGE_ELSEWHERE = 3


@dataclass(frozen=True, eq=False)
class DayAttendance:
    """A day: time averages of agents in the k intervals of a local day.

    agents: Float64 (teams, Where, groups, k). extra: Float64 (teams, Extra, k), of them those on overtime and the
    bench, all of these in the first group.
    """

    agents: Float64
    extra: Float64

    @property
    def overtime(self) -> Float64:
        """Float64 (teams, k): agents on overtime."""
        return np.asarray(self.extra[:, Extra.OVERTIME_ON_FLOOR] + self.extra[:, Extra.OVERTIME_ELSEWHERE])

    @property
    def surge(self) -> Float64:
        """Float64 (teams, k): agents of the bench."""
        return np.asarray(self.extra[:, Extra.SURGE_ON_FLOOR] + self.extra[:, Extra.SURGE_ELSEWHERE])


class Attendance:
    """Several teams in one replication; days are asked in their order. groups: the most of any team."""

    def __init__(self, teams: Sequence[Presence], groups: int) -> None:
        self._teams = teams
        self._rosters = joint_roster(tuple(team.roster for team in teams))
        own, days = (len(teams), groups), len(self._rosters.dates)
        nothing = np.zeros(len(teams[0].required))
        self._required = np.stack([nothing if team.overtime is None else team.required for team in teams])
        self._absent = np.zeros((len(teams), 1 + max(len(team.roster.plan.dates) for team in teams), groups))
        self._crews: list[Crew | None] = [None] * len(teams)
        self._fte, self._mentoring = np.zeros((2, *own))
        self._bench = np.zeros(len(teams))
        self._speed = np.ones(own)
        self._effective = np.zeros((days, len(teams)))
        self._number = np.arange(len(teams))
        self._notice = np.array([0 if team.overtime is None else team.worked.notice_days for team in teams])
        self._in_office = 1 - self._rosters.not_in_office[:, :, 0]

    def today(self, day: int, teams: Sequence[TeamToday]) -> DayAttendance:
        """Day `day` of the scenario, from 0, on which the teams stand like this."""
        self._meet(day, teams)
        hours, fte = self._rosters.day(day), _of_team(self._fte)
        rostered = self._rosters.rostered(day, fte)
        agents = self._shares(day, fte) @ rostered
        agents = agents.reshape(len(teams), PLACES, -1, rostered.shape[2])
        extra = np.zeros((len(teams), len(Extra), rostered.shape[2]))
        if self._bench.any():
            lent = self._bench[:, None, None] * self._rosters.lent[:, :, hours]
            agents[:, LENT, 0] += lent
            extra[:, Extra.SURGE_ON_FLOOR], extra[:, Extra.SURGE_ELSEWHERE] = lent[:, 0], lent[:, 1:].sum(axis=1)
        self._add_overtime(agents, extra, day, teams, fte, rostered.sum(axis=1))
        for t, today in enumerate(teams):
            if self._teams[t].time_off is not None:
                self._teams[t].take_time_off(agents[t, :, : len(today.speed)], day, today)
        return DayAttendance(agents, extra)

    def _meet(self, day: int, teams: Sequence[TeamToday]) -> None:
        """Takes over how they stand."""
        for t, today in enumerate(teams):
            crew, groups = today.crew, len(today.speed)
            if crew is not self._crews[t]:
                self._crews[t] = crew
                self._fte[t, :groups], self._mentoring[t, :groups] = crew.fte, crew.mentoring
            self._speed[t, :groups] = today.speed
            self._bench[t] = today.bench
            self._teams[t].note_absent(day, crew, self._absent[t])

    def _shares(self, day: int, fte: Float64) -> Float64:
        """Float64 (teams, places, dates), by place and group: which share of those rostered on the rosters' dates is
        where."""
        of_fte = np.divide(self._fte, fte[:, None], out=np.zeros_like(self._fte), where=fte[:, None] > 0)
        absent = self._absent[self._number[:, None], self._rosters.dates[day]].transpose(0, 2, 1)
        not_on_leave, not_in_office = self._rosters.not_on_leave[day], self._rosters.not_in_office[day]
        placed = _placed(
            of_fte[:, :, None], not_on_leave[:, None], not_in_office[:, None], absent, self._mentoring[:, :, None]
        )
        return placed.reshape(len(fte), -1, placed.shape[3])

    def _add_overtime(
        self, agents: Float64, extra: Float64, day: int, teams: Sequence[TeamToday], fte: Float64, rostered: Float64
    ) -> None:
        """Adds overtime of the teams whose day lacks hours on the floor to their first groups.

        Decided with the FTE at tenured speed that were there `notice` before. fte: Float64 (teams,). rostered: Float64
        (teams, k), the teams' own people.
        """
        there = self._fte * (1 - self._mentoring)
        there[:, 0] += self._bench
        self._effective[day] = _of_team(there / self._speed)
        hours = self._rosters.day(day)
        lengths = self._rosters.hours[hours]
        effective = self._effective[np.maximum(day - self._notice, 0), self._number]
        expected = effective[:, None] * self._rosters.on_floor[:, hours]
        missing = np.where(rostered > 0, self._required[:, hours] - expected, 0.0)
        lacking = (missing @ lengths > ROUNDING).nonzero()[0].tolist()
        if not lacking:
            return
        in_office = self._in_office[day, :, None]
        short = np.maximum(missing, 0.0) / (1 - in_office)
        wanted, of_roster = short @ lengths, rostered @ lengths
        given = np.zeros(len(teams))
        for t in lacking:
            crew = teams[t].crew
            given[t] = self._teams[t].overtime_given(day, crew, float(fte[t]), float(wanted[t]), float(of_roster[t]))
        worked = short * np.divide(given, wanted, out=np.zeros_like(given), where=given > 0)[:, None]
        elsewhere = in_office * worked
        extra[:, Extra.OVERTIME_ON_FLOOR], extra[:, Extra.OVERTIME_ELSEWHERE] = worked - elsewhere, elsewhere
        agents[:, Where.ON_FLOOR, 0] += worked - elsewhere
        agents[:, Where.IN_OFFICE, 0] += elsewhere


def _of_team(groups: Float64) -> Float64:
    """Float64 (teams,): summed over the teams' groups, one after the other."""
    whole = np.zeros(len(groups))
    for group in groups.T:
        whole += group
    return whole


def _placed(
    of_fte: Float64, not_on_leave: Float64, not_in_office: Float64, absent: Float64, mentor: Float64
) -> Float64:
    """Float64 (teams, Where, groups, dates): cause upon cause, as `presence` says."""
    placed = np.empty((len(absent), PLACES, *absent.shape[1:]))
    on_floor, mentoring, in_office, away, leave = placed.swapaxes(0, 1)
    expected = of_fte * not_on_leave
    np.subtract(of_fte, expected, out=leave)
    np.multiply(expected, absent, out=away)
    present = expected - away
    working = present * not_in_office
    np.subtract(present, working, out=in_office)
    np.multiply(working, mentor, out=mentoring)
    np.subtract(working, mentoring, out=on_floor)
    return placed
