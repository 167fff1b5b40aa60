"""Who of a team is there on a day: rostered less leave and absence, less the time in the office, plus overtime.

Of the agents whom the roster has on a date (`roster`), a share `leave` is on leave; of the others those are absent
whom `absence` says, weighted by their hours, in every agent group by its own people; and of those present a share
`in_office` of the time is spent there. A group has its share of the roster by FTE; mentors are at work but not on the
floor; a bench stands beside the group, with the team's planned shrinkage. Overtime comes on top, to the first group;
who takes voluntary time off is not rostered where it is unpaid, absent where it is paid (`overtime`).
"""

from collections.abc import Sequence
from enum import IntEnum
from operator import is_not

import numpy as np

from simulation.scenario.grid import day_number
from simulation.scenario.vendors import Team
from simulation.scenario.workforce import Workforce
from simulation.world.absence import Absence, MassAbsence
from simulation.world.ahead import Ahead
from simulation.world.overtime import Accepting, OvertimeWorked, time_off
from simulation.world.patterns import MARGIN_DAYS, Float64
from simulation.world.persons import Rows
from simulation.world.randomness import Draws, Purpose
from simulation.world.roster import Roster
from simulation.world.stages import StageToday


class Where(IntEnum):
    """Where those are who are rostered; a place in `DayAttendance.agents`."""

    ON_FLOOR = 0  # ready for contacts
    MENTORING = 1  # at work, and not ready for them
    IN_OFFICE = 2
    ABSENT = 3  # without a plan
    LEAVE = 4  # or gone home paid


PLACES = len(Where)


class Presence:
    """One team's presence in one replication; days are asked in their order.

    required: Float64 (intervals,), agents that its targets need on the floor. strikes: mass absences of its site.
    """

    def __init__(
        self,
        team: Team,
        workforce: Workforce,
        roster: Roster,
        required: Float64,
        strikes: Sequence[MassAbsence],
        draws: Draws,
    ) -> None:
        self.roster, self.required = roster, required
        first_day = day_number(roster.plan.dates[0]) + MARGIN_DAYS
        days = range(first_day, first_day + len(roster.parts))
        worked = sorted({date for part in roster.parts for date in part.dates})
        self._is_absent: Ahead | None = None
        if strikes or workforce.absence.daily_probability:
            dates = [roster.plan.dates[date] for date in worked]
            absence = Absence(team.id, workforce.absence, dates, roster.missing[worked], strikes, draws)
            self._is_absent = Ahead(len(worked), np.bool_, absence.ahead)
        self._place = {date: place for place, date in enumerate(worked)}
        self._absent_on: dict[int, list[float]] = {}
        self._groups: list[Rows] = []
        self._rows, self._keys, self._weights = np.zeros(0, np.int64), np.zeros(0, np.uint64), np.zeros(0)
        self.overtime, self.time_off = workforce.overtime, workforce.voluntary_time_off
        if workforce.overtime is not None:
            self._worked = OvertimeWorked(workforce.overtime)
            self._staying = Accepting(Purpose.OVERTIME, workforce.overtime.acceptance, draws, days)
        if workforce.voluntary_time_off is not None:
            self._going = Accepting(Purpose.TIME_OFF, workforce.voluntary_time_off.acceptance, draws, days)

    def absent(self, day: int, groups: Sequence[StageToday]) -> list[list[float]]:
        """Share of each group's hours whose owners are absent on each of the roster's dates of a day; those of a date
        are the people of the first day that it is asked for."""
        self._gather(groups)
        dates = self.roster.parts[day].dates
        for date in dates:
            if date not in self._absent_on:
                self._absent_on[date] = self._absent(self._place[date], groups)
        return [self._absent_on[date] for date in dates]

    def _absent(self, place: int, groups: Sequence[StageToday]) -> list[float]:
        if self._is_absent is None:
            return [0.0] * len(groups)
        absent, first, shares = self._is_absent.on(self._rows, self._keys, place), 0, []
        for group in groups:
            last = first + len(group.rows)
            shares.append(float(group.weights @ absent[first:last]) / group.fte if group.fte else 0.0)
            first = last
        return shares

    def _gather(self, groups: Sequence[StageToday]) -> None:
        """All groups' people; the same arrays as long as nobody comes, goes or moves on."""
        arrays = [group.rows for group in groups]
        if len(arrays) != len(self._groups) or any(map(is_not, arrays, self._groups)):
            self._groups = arrays
            self._rows = np.concatenate(arrays)
            self._keys = np.concatenate([group.persons for group in groups])
            self._weights = np.concatenate([group.weights for group in groups])

    def add_bench(self, agents: Float64, day: int, groups: Sequence[StageToday]) -> Float64:
        """Adds the groups' benches to their agents, Float64 (Where, groups, k); Float64 (2, k), those who are added, on
        the floor and elsewhere."""
        benches, hours = np.array([group.bench for group in groups]), self.roster.day(day)
        rostered, absent, leave, on_floor = (
            np.multiply.outer(benches, of_fte[hours])
            for of_fte in (self.roster.rostered, self.roster.absent, self.roster.on_leave, self.roster.on_floor)
        )
        agents[Where.ON_FLOOR] += on_floor
        agents[Where.IN_OFFICE] += np.maximum(rostered - absent - on_floor, 0.0)
        agents[Where.ABSENT] += np.maximum(absent - leave, 0.0)
        agents[Where.LEAVE] += leave
        there = on_floor.sum(axis=0)
        return np.stack([there, rostered.sum(axis=0) - there])

    def decided_with(self, day: int, groups: Sequence[StageToday]) -> float:
        """FTE at tenured speed that were there when overtime of the day was decided; asked every morning."""
        effective = sum((group.fte * (1 - group.mentoring) + group.bench) / group.speed for group in groups)
        return self._worked.decided_with(day, effective)

    def add_overtime(
        self, agents: Float64, day: int, groups: Sequence[StageToday], rostered: Float64, missing: Float64
    ) -> Float64:
        """Adds overtime to the first group; Float64 (2, k), those who work it, on the floor and in the office.

        rostered: Float64 (k,), the team's own people. missing: Float64 (k,), agents on the floor, negative where there
        are more than required.
        """
        in_office = 1 - self.roster.parts[day].not_in_office[0]
        overtime = self._worked.of(
            fte=sum(group.fte for group in groups),
            accepting=lambda: self._staying.share(day, self._rows, self._keys, self._weights),
            rostered=rostered,
            missing=missing,
            hours=self.roster.hours[self.roster.day(day)],
            in_office=in_office,
        )
        where = np.multiply.outer((1 - in_office, in_office), overtime)
        agents[Where.ON_FLOOR, 0] += where[0]
        agents[Where.IN_OFFICE, 0] += where[1]
        return where

    def take_time_off(self, agents: Float64, day: int, groups: Sequence[StageToday]) -> None:
        """Sends home who is not needed and wants to go."""
        assert self.time_off is not None  # asked of teams that have it
        rules, required = self.time_off, self.required[self.roster.day(day)]
        effective = (1 / np.array([group.speed for group in groups])) @ agents[Where.ON_FLOOR]
        if (effective <= required).all():
            return
        most = rules.max_share * self._going.share(day, self._rows, self._keys, self._weights)
        gone = agents[: Where.ABSENT] * time_off(most, effective, required)
        agents[: Where.ABSENT] -= gone
        if rules.paid:
            agents[Where.LEAVE] += gone.sum(axis=0)
