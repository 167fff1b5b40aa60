"""All teams' presence on a day: what `presence` says of each, for all at once, since a few large arrays a day cost less
than many small ones. Teams have places for as many groups and dates as any of them needs; those left over are empty."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum

import numpy as np

from simulation.world.people.crew import Crew, TeamToday
from simulation.world.people.overtime import ROUNDING
from simulation.world.people.presence import PLACES, Presence, Where
from simulation.world.rosters.patterns import Float64


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
        rosters, own = [team.roster for team in teams], (len(teams), groups)
        self._days, self._hours = rosters[0].day, rosters[0].hours
        self._most = most = max(len(part.dates) for roster in rosters for part in roster.parts)
        nothing = np.zeros(len(teams[0].required))
        self._required = np.stack([nothing if team.overtime is None else team.required for team in teams])
        self._on_floor = np.stack([roster.on_floor for roster in rosters])
        self._fitted = [t for t, roster in enumerate(rosters) if roster.plan.weeks is not None]
        self._planned = np.zeros((len(teams), most, len(nothing)))
        for planned, roster in zip(self._planned, rosters, strict=True):
            planned[: len(roster.planned)] = roster.planned
        self._not_on_leave, self._not_in_office = np.stack([roster.not_away(most) for roster in rosters], axis=2)
        self._dates = np.stack([roster.dates(most) for roster in rosters], axis=1)
        self._absent = np.zeros((len(teams), 1 + max(len(roster.plan.dates) for roster in rosters), groups))
        self._crews: list[Crew | None] = [None] * len(teams)
        self._fte, self._mentoring, self._bench = np.zeros((3, *own))
        self._speed = np.ones(own)
        self._effective = np.zeros((len(self._dates), len(teams)))
        self._number = np.arange(len(teams))
        self._notice = np.array([0 if team.overtime is None else team.worked.notice_days for team in teams])

    def today(self, day: int, teams: Sequence[TeamToday]) -> DayAttendance:
        """Day `day` of the scenario, from 0, on which the teams stand like this."""
        self._meet(day, teams)
        hours, fte = self._days(day), _of_team(self._fte)
        rostered = fte[:, None, None] * self._planned[:, :, hours]
        for t in self._fitted:
            roster, part = self._teams[t].roster, self._teams[t].roster.parts[day]
            rostered[t, : len(part.dates)] = roster.by_date(part, float(fte[t]))
        agents = self._shares(day, fte).transpose(0, 2, 1) @ rostered
        agents = agents.reshape(len(teams), PLACES, -1, rostered.shape[2])
        extra = np.zeros((len(teams), len(Extra), rostered.shape[2]))
        for t, today in enumerate(teams):
            if today.bench:
                extra[t, Extra.SURGE_ON_FLOOR :] = self._teams[t].add_bench(agents[t], day, today.bench)
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
            self._bench[t, 0] = today.bench
            self._teams[t].note_absent(day, crew, self._absent[t])

    def _shares(self, day: int, fte: Float64) -> Float64:
        """Float64 (teams, dates, places), by place and group: which share of those rostered on the rosters' dates is
        where."""
        of_fte = np.divide(self._fte, fte[:, None], out=np.zeros_like(self._fte), where=fte[:, None] > 0)
        absent = self._absent[self._number[:, None], self._dates[day]]
        not_on_leave, not_in_office = self._not_on_leave[day, :, :, None], self._not_in_office[day, :, :, None]
        placed = _placed(of_fte[:, None], not_on_leave, not_in_office, absent, self._mentoring[:, None])
        return placed.reshape(len(fte), self._most, -1)

    def _add_overtime(
        self, agents: Float64, extra: Float64, day: int, teams: Sequence[TeamToday], fte: Float64, rostered: Float64
    ) -> None:
        """Adds overtime of the teams whose day lacks hours on the floor to their first groups.

        Decided with the FTE at tenured speed that were there `notice` before. fte: Float64 (teams,). rostered: Float64
        (teams, k), the teams' own people.
        """
        self._effective[day] = _of_team((self._fte * (1 - self._mentoring) + self._bench) / self._speed)
        hours = self._days(day)
        lengths = self._hours[hours]
        expected = self._effective[np.maximum(day - self._notice, 0), self._number][:, None] * self._on_floor[:, hours]
        missing = np.where(rostered > 0, self._required[:, hours] - expected, 0.0)
        for t in np.flatnonzero(missing @ lengths > ROUNDING).tolist():
            in_office = 1 - float(self._not_in_office[day, t, 0])
            short = np.maximum(missing[t], 0.0) / (1 - in_office)
            wanted, of_roster = float(short @ lengths), float(rostered[t] @ lengths)
            given = self._teams[t].overtime_given(day, teams[t].crew, float(fte[t]), wanted, of_roster)
            if given > 0:
                worked = short * (given / wanted)
                extra[t, Extra.OVERTIME_ON_FLOOR] = (1 - in_office) * worked
                extra[t, Extra.OVERTIME_ELSEWHERE] = in_office * worked
                agents[t, Where.ON_FLOOR, 0] += extra[t, Extra.OVERTIME_ON_FLOOR]
                agents[t, Where.IN_OFFICE, 0] += extra[t, Extra.OVERTIME_ELSEWHERE]


def _of_team(groups: Float64) -> Float64:
    """Float64 (teams,): summed over the teams' groups, one after the other."""
    whole = np.zeros(len(groups))
    for group in groups.T:
        whole += group
    return whole


def _placed(
    of_fte: Float64, not_on_leave: Float64, not_in_office: Float64, absent: Float64, mentor: Float64
) -> Float64:
    """Float64 (teams, dates, Where, groups): cause upon cause, as `presence` says."""
    expected = of_fte * not_on_leave
    away = expected * absent
    present = expected - away
    working = present * not_in_office
    mentoring = working * mentor
    placed = np.empty((*absent.shape[:2], PLACES, absent.shape[2]))
    for where, share in enumerate((working - mentoring, mentoring, present - working, away, of_fte - expected)):
        placed[:, :, where] = share
    return placed
