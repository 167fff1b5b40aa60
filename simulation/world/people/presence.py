"""Who of a team is there on a day: rostered less leave and absence, less the time in the office, plus overtime.

Of the agents whom the roster has on a date (`roster`), a share `leave` is on leave; of the others those are absent
whom `absence` says, weighted by their hours, in every agent group by its own people; and of those present a share
`in_office` of the time is spent there. A group has its share of the roster by FTE; mentors are at work but not on the
floor; a bench stands beside the group, with the team's planned shrinkage. Overtime comes on top, to the first group;
who takes voluntary time off is not rostered where it is unpaid, absent where it is paid (`overtime`).
"""

from collections.abc import Sequence
from enum import IntEnum

import numpy as np

from simulation.scenario.grid import day_number
from simulation.scenario.people.workforce import Workforce
from simulation.scenario.vendors import Team
from simulation.world.people.absence import Absence, MassAbsence
from simulation.world.people.ahead import Ahead
from simulation.world.people.crew import Crew, TeamToday
from simulation.world.people.overtime import Accepting, OvertimeWorked, time_off
from simulation.world.randomness import Draws, Purpose
from simulation.world.rosters.patterns import MARGIN_DAYS, Float64
from simulation.world.rosters.roster import Roster


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
        worked = roster.worked
        self._is_absent: Ahead | None = None
        if strikes or workforce.absence.daily_probability:
            dates = [roster.plan.dates[date] for date in worked]
            absence = Absence(team.id, workforce.absence, dates, roster.missing[worked], strikes, draws)
            self._is_absent = Ahead(len(worked), np.bool_, "key", absence.ahead)
        self.overtime, self.time_off = workforce.overtime, workforce.voluntary_time_off
        if workforce.overtime is not None:
            self.worked = OvertimeWorked(workforce.overtime)
            self._staying = Accepting(Purpose.OVERTIME, workforce.overtime.acceptance, draws, days)
        if workforce.voluntary_time_off is not None:
            self._going = Accepting(Purpose.TIME_OFF, workforce.voluntary_time_off.acceptance, draws, days)

    def note_absent(self, day: int, crew: Crew, shares: Float64) -> None:
        """Writes the share of each agent group's hours whose owners are absent on the roster's dates of a day into
        Float64 (dates, groups) of the plan's dates; those of a date are the people of the first day that it is asked
        for."""
        if self._is_absent is not None:
            for date, place in self.roster.new_dates[day]:
                shares[date, : len(crew.fte)] = self._is_absent.means(crew, place)

    def overtime_given(self, day: int, crew: Crew, fte: float, wanted: float, rostered: float) -> float:
        """Paid hours of overtime on a day that lacks so many, with so many rostered; days come in their order."""
        return self.worked.given(day // 7, wanted, fte, lambda: self._staying.share(day, crew), rostered)

    def take_time_off(self, agents: Float64, day: int, today: TeamToday) -> None:
        """Sends home who is not needed and wants to go, of Float64 (Where, groups, k)."""
        assert self.time_off is not None  # asked of teams that have it
        rules, required = self.time_off, self.required[self.roster.day(day)]
        effective = (1 / np.array(today.speed)) @ agents[Where.ON_FLOOR]
        if (effective <= required).all():
            return
        most = rules.max_share * self._going.share(day, today.crew)
        gone = agents[: Where.ABSENT] * time_off(most, effective, required)
        agents[: Where.ABSENT] -= gone
        if rules.paid:
            agents[Where.LEAVE] += gone.sum(axis=0)
