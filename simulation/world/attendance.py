"""All teams' presence on a day: what `presence` says of each, for all at once, since a few large arrays a day cost less
than many small ones. Teams have places for as many groups and dates as any of them needs; those left over are empty."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum

import numpy as np

from simulation.world.overtime import ROUNDING
from simulation.world.patterns import Float64
from simulation.world.presence import PLACES, Presence
from simulation.world.stages import StageToday

Teams = Sequence[tuple[Presence, Sequence[StageToday]]]


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
        self._teams, self._groups = teams, groups
        self._dates = max(len(part.dates) for team in teams for part in team.roster.parts)
        nothing = np.zeros(len(teams[0].required))
        self._required = np.stack([nothing if team.overtime is None else team.required for team in teams])
        self._on_floor = np.stack([team.roster.on_floor for team in teams])
        self._fitted = [t for t, team in enumerate(teams) if team.roster.plan.weeks is not None]
        self._planned = np.zeros((len(teams), self._dates, len(nothing)))
        for own, team in zip(self._planned, teams, strict=True):
            own[: len(team.roster.planned)] = team.roster.planned
        shrinkage = np.stack([team.roster.not_away(self._dates) for team in teams], axis=2)
        self._not_on_leave, self._not_in_office = shrinkage[..., None]

    def today(self, day: int, groups: Sequence[Sequence[StageToday]]) -> DayAttendance:
        """Day `day` of the scenario, from 0, with these people in each team's agent groups."""
        hours = self._teams[0].roster.day(day)
        length, teams = hours.stop - hours.start, list(zip(self._teams, groups, strict=True))
        fte = [sum(stage.fte for stage in stages) for stages in groups]
        rostered = np.array(fte)[:, None, None] * self._planned[:, :, hours]
        for t in self._fitted:
            roster, part = self._teams[t].roster, self._teams[t].roster.parts[day]
            rostered[t, : len(part.dates)] = roster.by_date(part, fte[t])
        shares = self._shares(day, teams)
        agents = shares.reshape(len(teams), self._dates, -1).transpose(0, 2, 1) @ rostered
        agents = agents.reshape(len(teams), PLACES, self._groups, length)
        extra = np.zeros((len(teams), len(Extra), length))
        for t, (team, stages) in enumerate(teams):
            if any(stage.bench for stage in stages):
                extra[t, Extra.SURGE_ON_FLOOR :] = team.add_bench(agents[t, :, : len(stages)], day, stages)
        extra[:, : Extra.SURGE_ON_FLOOR] = self._overtime(agents, day, teams, rostered.sum(axis=1))
        for t, (team, stages) in enumerate(teams):
            if team.time_off is not None:
                team.take_time_off(agents[t, :, : len(stages)], day, stages)
        return DayAttendance(agents, extra)

    def _shares(self, day: int, teams: Teams) -> Float64:
        """Float64 (teams, dates, Where, groups): which share of those rostered on the rosters' dates is where."""
        fte, mentoring = np.zeros((2, len(teams), 1, self._groups))
        absent = np.zeros((len(teams), self._dates, self._groups))
        for t, (team, stages) in enumerate(teams):
            fte[t, 0, : len(stages)] = [stage.fte for stage in stages]
            mentoring[t, 0, : len(stages)] = [stage.mentoring for stage in stages]
            shares = team.absent(day, stages)
            if shares:
                absent[t, : len(shares), : len(stages)] = shares
        return _placed(_share_of(fte), self._not_on_leave[day], self._not_in_office[day], absent, mentoring)

    def _overtime(self, agents: Float64, day: int, teams: Teams, rostered: Float64) -> Float64:
        """Float64 (teams, 2, k): overtime of the teams whose day lacks hours on the floor, on it and elsewhere, added
        to their agents."""
        roster = self._teams[0].roster
        hours, lengths = roster.day(day), roster.hours[roster.day(day)]
        decided = [team.decided_with(day, stages) if team.overtime is not None else 0.0 for team, stages in teams]
        expected = np.array(decided)[:, None] * self._on_floor[:, hours]
        missing = np.where(rostered > 0, self._required[:, hours] - expected, 0.0)
        overtime = np.zeros((len(teams), 2, missing.shape[1]))
        for t in np.flatnonzero(missing @ lengths > ROUNDING).tolist():
            team, stages = teams[t]
            overtime[t] = team.add_overtime(agents[t], day, stages, rostered[t], missing[t])
        return overtime


def _share_of(fte: Float64) -> Float64:
    """Each group's share of its team's FTE; 0 of a team without any."""
    whole = np.zeros((*fte.shape[:-1], 1))
    for group in range(fte.shape[-1]):
        whole[..., 0] += fte[..., group]
    return np.divide(fte, whole, out=np.zeros_like(fte), where=whole > 0)


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
