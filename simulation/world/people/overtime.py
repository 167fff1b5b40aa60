"""Overtime and voluntary time off: what a team adds to a day and gives back, by what its planner expects and sees.

*Overtime* is decided `notice_hours` before a day, with the people who were there on the last morning before that and
the shrinkage of the plan: where the team then expects fewer agent hours on the floor, at tenured speed, than the day
requires within its hours of work, it asks for what the day's intervals lack. Shifts that lie badly on a day with hours
enough are no reason: nobody pays a premium every week for them. A day gives at most max_share x the share of its people
who accept of its rostered hours, a week at most max_hours_per_week for each FTE that accepts, and after
max_weeks_running weeks with overtime one has none. Who works overtime is present, less the time in the office.

*Voluntary time off* is offered on the day itself, when the team knows who is absent: in intervals with more agents than
required the surplus may go, at most max_share x the share who accept of those on the floor.

Whether a person accepts is one keyed draw a day. Requirement: `requirement.Requirement.team_agents`.
"""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from simulation.scenario.people.overtime import Overtime
from simulation.world.people.ahead import Ahead
from simulation.world.people.crew import Crew
from simulation.world.randomness import Draws, Purpose, mix_array, unit

ROUNDING = 1e-6
"""Hours that a day may lack without a need for any."""
Float64 = NDArray[np.float64]
UInt64 = NDArray[np.uint64]


class Accepting:
    """How many of a team's people accept what they are asked, by their own luck of the day.

    days: of the scenario, numbered since 1970.
    """

    def __init__(self, purpose: Purpose, acceptance: float, draws: Draws, days: range) -> None:
        self._acceptance = acceptance
        self._streams = mix_array(np.uint64(draws.stream(purpose)) ^ np.array(days, np.uint64))
        self._accept = Ahead(len(days), np.bool_, "key", self._ahead)

    def share(self, day: int, crew: Crew) -> float:
        """Share of a crew's hours whose owners accept on a day of the scenario, from 0; 0 of nobody."""
        return 1.0 if self._acceptance == 1 and len(crew.rows) else self._accept.mean(crew, day)

    def _ahead(self, persons: UInt64, day: int) -> NDArray[np.bool_]:
        return np.asarray(unit(mix_array(persons[:, None] ^ self._streams[day:])) < self._acceptance)


class OvertimeWorked:
    """The overtime of one team in one replication, day by day."""

    def __init__(self, rules: Overtime) -> None:
        self._rules = rules
        self.notice_days = -int(-rules.notice_hours // 24)
        self._week, self._worked, self._weeks_running = 0, 0.0, 0

    def given(self, week: int, wanted: float, fte: float, accepting: Callable[[], float], rostered: float) -> float:
        """Paid hours of overtime on a day that lacks some; days come in their order.

        week: of the day. wanted: paid hours that it lacks. fte: FTE who can be asked. accepting: gives the share who
        accept. rostered: hours.
        """
        self._begin(week)
        given = max(min(wanted, self._most(fte, accepting, rostered)), 0.0)
        self._worked += given
        return given

    def _begin(self, week: int) -> None:
        if week > self._week:
            follows = self._worked > 0 and week == self._week + 1
            self._weeks_running = self._weeks_running + 1 if follows else 0
            self._week, self._worked = week, 0.0

    def _most(self, fte: float, accepting: Callable[[], float], rostered_hours: float) -> float:
        rules = self._rules
        if rules.max_weeks_running is not None and self._weeks_running >= rules.max_weeks_running:
            return 0.0
        left = rules.max_hours_per_week * rules.acceptance * fte - self._worked
        return min(rules.max_share * accepting() * rostered_hours, left)


def time_off(most: float, on_floor: Float64, required: Float64) -> Float64:
    """Float64 (k,): share of the agents on the floor who go, at most so many, where more are there than required."""
    share = np.divide(on_floor - required, on_floor, out=np.zeros_like(on_floor), where=on_floor > 0)
    return np.clip(share, 0.0, most)
