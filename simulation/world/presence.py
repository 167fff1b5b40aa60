"""Who of a team is there on a day: rostered less leave and absence, less the time in the office, plus overtime.

Of the agents whom the roster has on a date (`roster`), a share `leave` is on leave; of the others those are absent
whom `absence` says, weighted by their hours, in every agent group by its own people; and of those present a share
`in_office` of the time is spent there. A group has its share of the roster by FTE; mentors are at work but not on the
floor; a bench stands beside the group, with the team's planned shrinkage. Overtime comes on top, to the first group;
who takes voluntary time off is not rostered where it is unpaid, absent where it is paid (`overtime`).
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from simulation.scenario.grid import HOUR, Int64, day_number
from simulation.scenario.vendors import Team
from simulation.scenario.workforce import Workforce
from simulation.world.absence import Absence, MassAbsence
from simulation.world.overtime import Accepting, OvertimeWorked, time_off
from simulation.world.patterns import MARGIN_DAYS, Float64
from simulation.world.randomness import Draws, Purpose
from simulation.world.roster import Roster
from simulation.world.stages import StageToday


@dataclass(frozen=True, eq=False)
class DayPresence:
    """A team's day: Float64 (groups, k) each, time averages of agents in the k intervals of a local day.

    rostered: paid. absent: of these on leave, absent or gone home paid. on_floor: ready for contacts, bench and
    overtime included. overtime: Float64 (k,), of the rostered those on overtime, all in the first group.
    """

    rostered: Float64
    absent: Float64
    on_floor: Float64
    overtime: Float64


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
        self._roster, self._required = roster, required
        self._first_day = day_number(roster.plan.dates[0]) + MARGIN_DAYS
        self._absence: Absence | None = None
        if strikes or workforce.absence.daily_probability:
            self._absence = Absence(team.id, workforce, roster.plan, strikes, draws)
        self._absent_on: dict[int, Float64] = {}
        self._everybody: tuple[Sequence[StageToday], NDArray[np.uint64], Float64] | None = None
        self._overtime, self._time_off = workforce.overtime, workforce.voluntary_time_off
        if workforce.overtime is not None:
            self._worked = OvertimeWorked(workforce.overtime)
            self._staying = Accepting(Purpose.OVERTIME, workforce.overtime.acceptance, draws)
        if workforce.voluntary_time_off is not None:
            self._going = Accepting(Purpose.TIME_OFF, workforce.voluntary_time_off.acceptance, draws)

    def today(self, day: int, groups: Sequence[StageToday]) -> DayPresence:
        """Day `day` of the scenario, from 0, with these people in the team's agent groups."""
        part, hours = self._roster.parts[day], self._roster.day(day)
        fte = np.array([group.fte for group in groups])
        speed = np.array([group.speed for group in groups])
        dates = part.date[part.first]
        shares = np.zeros_like(fte) if not fte.any() else fte / fte.sum()
        at_work = self._roster.heads(part, float(fte.sum()))[:, None] * part.at_work
        by_date = np.add.reduceat(at_work, part.first, axis=0) if len(dates) else at_work
        here, in_office = self._present(dates, groups)
        on_floor = np.array([1 - group.mentoring for group in groups])
        rostered = np.outer(shares, by_date.sum(axis=0))
        present = shares[:, None] * (here.T @ by_date)
        working = (shares * on_floor)[:, None] * ((here * (1 - in_office)[:, None]).T @ by_date)
        benches = np.array([group.bench for group in groups])
        if benches.any():
            working += np.outer(benches, self._roster.on_floor[hours])
        today = DayPresence(rostered, rostered - present, working, np.zeros(len(self._required[hours])))
        if self._overtime is None and self._time_off is None:
            return today
        return self._adjusted(today, day, groups, speed, float(in_office[0]) if len(dates) else 0.0)

    def _present(self, dates: Int64, groups: Sequence[StageToday]) -> tuple[Float64, Float64]:
        """Float64 (dates, groups), share present of those rostered, and Float64 (dates,), in_office."""
        shrinkage = [self._roster.shrinkage[date] for date in dates.tolist()]
        leave = np.array([one.leave for one in shrinkage])
        in_office = np.array([one.in_office for one in shrinkage])
        absent = np.zeros((len(dates), len(groups)))
        if self._absence is not None:
            for d, date in enumerate(dates.tolist()):
                absent[d] = self._absent(date, groups, self._absence)
        return (1 - leave)[:, None] * (1 - absent), in_office

    def _absent(self, date: int, groups: Sequence[StageToday], absence: Absence) -> Float64:
        """Float64 (groups,): share of each group's hours whose owners are absent on a date of the plan."""
        if date not in self._absent_on:
            persons, weights = self._persons(groups)
            away = np.where(absence.on(date, persons), weights, 0.0)
            ends = np.cumsum([len(group.persons) for group in groups])
            lost = np.diff(np.append(0.0, np.cumsum(away))[ends], prepend=0.0)
            fte = np.array([group.fte for group in groups])
            self._absent_on[date] = np.divide(lost, fte, out=np.zeros_like(fte), where=fte > 0)
        return self._absent_on[date]

    def _persons(self, groups: Sequence[StageToday]) -> tuple[NDArray[np.uint64], Float64]:
        """Keys and weights of all groups' people; the same arrays as long as nobody comes, goes or moves on."""
        known = self._everybody
        if known is None or any(a.persons is not b.persons for a, b in zip(known[0], groups, strict=True)):
            keys = np.concatenate([group.persons for group in groups])
            known = self._everybody = (groups, keys, np.concatenate([group.weights for group in groups]))
        return known[1], known[2]

    def _adjusted(
        self, today: DayPresence, day: int, groups: Sequence[StageToday], speed: Float64, in_office: float
    ) -> DayPresence:
        """The day with overtime and voluntary time off."""
        hours = self._roster.day(day)
        required, lengths = self._required[hours], self._roster.lengths[hours] / HOUR
        rostered, absent, on_floor = today.rostered.copy(), today.absent.copy(), today.on_floor.copy()
        overtime, (persons, weights) = today.overtime, self._persons(groups)
        if self._overtime is not None:
            ready = [group.fte * (1 - group.mentoring) + group.bench for group in groups]
            overtime = self._worked.of(
                day,
                effective=float(np.array(ready) @ (1 / speed)),
                accepting=self._staying.share(self._number(day), persons, weights),
                on_floor=self._roster.on_floor[hours],
                rostered=rostered.sum(axis=0),
                required=required,
                hours=lengths,
                in_office=in_office,
            )
            rostered[0] += overtime
            on_floor[0] += overtime * (1 - in_office)
        if self._time_off is not None:
            effective = (1 / speed) @ on_floor
            accepting = self._going.share(self._number(day), persons, weights)
            off = time_off(self._time_off, accepting, effective, effective - required)
            gone = (rostered - absent) * off
            on_floor *= 1 - off
            absent, rostered = (absent + gone, rostered) if self._time_off.paid else (absent, rostered - gone)
        return DayPresence(rostered, absent, on_floor, overtime)

    def _number(self, day: int) -> int:
        """The scenario's day since 1970."""
        return self._first_day + day
