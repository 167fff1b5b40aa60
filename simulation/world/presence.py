"""Who of a team is there on a day: rostered less leave and absence, less the time in the office, plus overtime.

Of the agents whom the roster has on a date (`roster`), a share `leave` is on leave; of the others those are absent
whom `absence` says, weighted by their hours, in every agent group by its own people; and of those present a share
`in_office` of the time is spent there. A group has its share of the roster by FTE; mentors are at work but not on the
floor; a bench stands beside the group, with the team's planned shrinkage. Overtime comes on top, to the first group;
who takes voluntary time off is not rostered where it is unpaid, absent where it is paid (`overtime`).
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from simulation.scenario.grid import HOUR, day_number
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

    rostered: paid, bench and overtime included = absent + in_office + mentoring + on_floor. absent: on leave, absent or
    gone home paid. leave: of these not absent without a plan. in_office, mentoring: present, not ready for contacts.
    on_floor: ready for them. surge: of the rostered the bench. overtime: Float64 (k,), of the rostered those on
    overtime, all in the first group.
    """

    rostered: Float64
    absent: Float64
    leave: Float64
    in_office: Float64
    mentoring: Float64
    on_floor: Float64
    surge: Float64
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
        self._absent_on: dict[int, list[float]] = {}
        self._everybody: tuple[Sequence[StageToday], NDArray[np.uint64], Float64] | None = None
        self._overtime, self._time_off = workforce.overtime, workforce.voluntary_time_off
        if workforce.overtime is not None:
            self._worked = OvertimeWorked(workforce.overtime)
            self._staying = Accepting(Purpose.OVERTIME, workforce.overtime.acceptance, draws)
        if workforce.voluntary_time_off is not None:
            self._going = Accepting(Purpose.TIME_OFF, workforce.voluntary_time_off.acceptance, draws)

    def today(self, day: int, groups: Sequence[StageToday]) -> DayPresence:
        """Day `day` of the scenario, from 0, with these people in the team's agent groups."""
        part = self._roster.parts[day]
        fte = np.array([group.fte for group in groups])
        total = float(fte.sum())
        shares = fte / total if total else fte
        by_date = self._roster.by_date(part, total)
        here = part.not_on_leave[:, None] * shares
        if self._absence is not None:
            here = here * (1 - self._absent(part.dates, groups, self._absence))
        rostered = np.multiply.outer(shares, by_date.sum(axis=0))
        present, working = here.T @ by_date, (here * part.not_in_office[:, None]).T @ by_date
        mentoring = working * np.array([[group.mentoring] for group in groups])
        today = DayPresence(
            rostered=rostered,
            absent=rostered - present,
            leave=np.multiply.outer(shares, (1 - part.not_on_leave) @ by_date),
            in_office=present - working,
            mentoring=mentoring,
            on_floor=working - mentoring,
            surge=np.zeros_like(rostered),
            overtime=np.zeros(by_date.shape[1]),
        )
        benches = [group.bench for group in groups]
        if any(benches):
            today = self._with_bench(today, day, benches)
        if self._overtime is not None:
            today = self._with_overtime(today, day, groups)
        return today if self._time_off is None else self._with_time_off(today, day, groups)

    def _absent(self, dates: Sequence[int], groups: Sequence[StageToday], absence: Absence) -> Float64:
        """Float64 (dates, groups): share of each group's hours whose owners are absent on dates of the plan."""
        for date in dates:
            if date not in self._absent_on:
                persons, weights = self._persons(groups)
                away = weights * absence.on(date, persons)
                ends = np.cumsum([0, *(len(group.persons) for group in groups)]).tolist()
                lost = [float(away[first:last].sum()) for first, last in pairwise(ends)]
                shares = [part / group.fte if group.fte else 0.0 for part, group in zip(lost, groups, strict=True)]
                self._absent_on[date] = shares
        return np.array([self._absent_on[date] for date in dates]).reshape(len(dates), len(groups))

    def _persons(self, groups: Sequence[StageToday]) -> tuple[NDArray[np.uint64], Float64]:
        """Keys and weights of all groups' people; the same arrays as long as nobody comes, goes or moves on."""
        known = self._everybody
        if known is None or any(a.persons is not b.persons for a, b in zip(known[0], groups, strict=True)):
            keys = np.concatenate([group.persons for group in groups])
            known = self._everybody = (groups, keys, np.concatenate([group.weights for group in groups]))
        return known[1], known[2]

    def _with_bench(self, today: DayPresence, day: int, benches: Sequence[int]) -> DayPresence:
        roster, hours = self._roster, self._roster.day(day)
        rostered, absent, leave, on_floor = (
            np.multiply.outer(benches, of_fte[hours])
            for of_fte in (roster.rostered, roster.absent, roster.on_leave, roster.on_floor)
        )
        return replace(
            today,
            rostered=today.rostered + rostered,
            absent=today.absent + absent,
            leave=today.leave + leave,
            in_office=today.in_office + (rostered - absent - on_floor),
            on_floor=today.on_floor + on_floor,
            surge=rostered,
        )

    def _with_overtime(self, today: DayPresence, day: int, groups: Sequence[StageToday]) -> DayPresence:
        hours, part = self._roster.day(day), self._roster.parts[day]
        in_office = 1 - float(part.not_in_office[0]) if len(part.dates) else 0.0
        overtime = self._worked.of(
            day,
            effective=sum((group.fte * (1 - group.mentoring) + group.bench) / group.speed for group in groups),
            fte=sum(group.fte for group in groups),
            accepting=lambda: self._staying.share(self._first_day + day, *self._persons(groups)),
            on_floor=self._roster.on_floor[hours],
            rostered=(today.rostered - today.surge).sum(axis=0),
            required=self._required[hours],
            hours=self._roster.lengths[hours] / HOUR,
            in_office=in_office,
        )
        if overtime.any():
            today.rostered[0] += overtime
            today.in_office[0] += overtime * in_office
            today.on_floor[0] += overtime * (1 - in_office)
        return replace(today, overtime=overtime)

    def _with_time_off(self, today: DayPresence, day: int, groups: Sequence[StageToday]) -> DayPresence:
        assert self._time_off is not None  # asked of teams that have it
        rules, required = self._time_off, self._required[self._roster.day(day)]
        effective = (1 / np.array([group.speed for group in groups])) @ today.on_floor
        if (effective <= required).all():
            return today
        most = rules.max_share * self._going.share(self._first_day + day, *self._persons(groups))
        off = time_off(most, effective, required)
        gone = (today.rostered - today.absent) * off
        staying = replace(
            today,
            in_office=today.in_office * (1 - off),
            mentoring=today.mentoring * (1 - off),
            on_floor=today.on_floor * (1 - off),
        )
        if rules.paid:
            return replace(staying, absent=today.absent + gone, leave=today.leave + gone)
        return replace(staying, rostered=today.rostered - gone)
