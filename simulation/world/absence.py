"""Unplanned absence: who of a team's people is missing on a day, each by their own luck.

Of those not on leave everybody is absent on a date with the same probability

    p(date) = absence / (1 - leave) x weekday factor x the day's factor, at most 1,

the yearly absence times the month's factor; weekday factors are scaled to a mean of 1 over the team's paid hours, so
that `daily_probability` is the share of paid days lost whatever days the team works; the day's factor is gamma with
mean 1 and cv `day_cv`, one for all of a team. Spells: who was absent on the team's last working day is so again with
probability 1 - 1 / mean_spell_days, and others begin a spell with what p then leaves, with constant p
p / ((1 - p) mean_spell_days); where p falls so far that even spells under way are too many, some of them end sooner.
At the start and on joining everybody is in the stationary state. A mass absence takes a share of a site's people, the
same ones on all its days. One keyed uniform a person and date decides, so the same person has the same luck in every
scenario. Source: `scenario.md`, "Shrinkage".
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
from numpy.typing import NDArray
from scipy import special

from simulation.scenario.calendar import WEEKDAYS, Weekday
from simulation.scenario.event_kinds import EventKind
from simulation.scenario.grid import day_number
from simulation.scenario.scenario import Scenario
from simulation.scenario.workforce import Workforce
from simulation.world.patterns import Plan
from simulation.world.randomness import Draws, Purpose, bits_of_mixed, mix, mix_array, unit
from simulation.world.shrinkage import Shrinkage

Float64 = NDArray[np.float64]
UInt64 = NDArray[np.uint64]
Mask = NDArray[np.bool_]


@dataclass(frozen=True)
class MassAbsence:
    """A share of a site's people stays away from its first to its last local date."""

    name: str
    site: str
    first: date
    last: date
    share: float


def mass_absences(scenario: Scenario) -> list[MassAbsence]:
    """A scenario's mass absences."""
    return [
        MassAbsence(
            f"{event.site}/{event.start.date()}",
            event.site or "",
            event.start.date(),
            event.start.date() + timedelta(days=(event.days or 1) - 1),
            event.share,
        )
        for event in scenario.events
        if event.kind is EventKind.MASS_ABSENCE and event.start is not None
    ]


class Absence:
    """The absence of one team's people in one replication.

    team: its id. plan: its patterns of work. strikes: mass absences of its site.
    """

    def __init__(
        self, team: str, workforce: Workforce, plan: Plan, strikes: Sequence[MassAbsence], draws: Draws
    ) -> None:
        self._plan, self._strikes, self._draws = plan, strikes, draws
        self._missing = missing(team, workforce, plan, draws)
        self._stay = 1 - 1 / workforce.absence.mean_spell_days
        self._stream = draws.stream(Purpose.ABSENCE)
        self._persons: UInt64 = np.zeros(0, np.uint64)
        self._absent: Mask = np.zeros(0, np.bool_)
        self._before = 0.0

    def on(self, day: int, persons: UInt64) -> Mask:
        """Who of these people, named by their keys, is absent on a date of the plan; dates are asked in their order."""
        return absent_together([(self, day, persons)])[0]

    def bounds(self, day: int, persons: UInt64) -> UInt64:
        """UInt64 (people,): who draws less of the date is absent, of people who are asked now."""
        now, before = float(self._missing[day]), self._before
        begin, stay = (now - before * self._stay) / max(1 - before, 1e-12), self._stay
        if not 0 <= begin <= 1:  # p falls or rises faster than spells end or begin
            begin = min(max(begin, 0.0), 1.0)
            stay = (now - begin * (1 - before)) / before
        if persons is self._persons:
            return np.array([_bound(begin), _bound(stay)]).take(self._absent)
        was, known = self._known(persons)
        return np.where(known, np.where(was, _bound(stay), _bound(begin)), _bound(now))

    def stream(self, day: int) -> int:
        """The key of a date's draws, the same for all teams."""
        return mix(self._stream ^ day_number(self._plan.dates[day]))

    def remember(self, day: int, persons: UInt64, absent: Mask) -> None:
        """Who of them is absent in a spell on the date."""
        self._persons, self._absent, self._before = persons, absent, float(self._missing[day])

    def is_drawn(self, day: int) -> bool:
        """Whether anybody can be in a spell on the date."""
        return bool(self._missing[day] or self._before)

    def absent(self, day: int, persons: UInt64) -> Mask:
        """Who is absent, in a spell that is remembered or because a mass absence takes the person."""
        absent = self._absent if persons is self._persons else np.zeros(len(persons), np.bool_)
        on = self._plan.dates[day]
        for strike in self._strikes:
            if strike.first <= on <= strike.last:
                luck = unit(bits_of_mixed(self._draws.stream(Purpose.MASS_ABSENCE, strike.name), persons))
                absent = absent | (luck < strike.share)
        return absent

    def _known(self, persons: UInt64) -> tuple[Mask, Mask]:
        """Who was absent on the last working day, and who was already there then."""
        order = np.argsort(self._persons)
        there = self._persons[order]
        place = np.minimum(np.searchsorted(there, persons), max(len(there) - 1, 0))
        if not len(there):
            return np.zeros(len(persons), np.bool_), np.zeros(len(persons), np.bool_)
        return self._absent[order[place]], there[place] == persons


def absent_together(asked: Sequence[tuple[Absence, int, UInt64]]) -> list[Mask]:
    """`Absence.on` of several teams, each with a date of its plan and its people: all are drawn in one array."""
    drawn = [(absence, day, persons) for absence, day, persons in asked if absence.is_drawn(day)]
    if drawn:
        heads = [len(persons) for _, _, persons in drawn]
        streams = np.array([absence.stream(day) for absence, day, _ in drawn], np.uint64)
        bounds = np.concatenate([absence.bounds(day, persons) for absence, day, persons in drawn])
        luck = mix_array(streams.repeat(heads) ^ np.concatenate([persons for _, _, persons in drawn]))
        absent, first = luck < bounds, 0
        for (absence, day, persons), count in zip(drawn, heads, strict=True):
            absence.remember(day, persons, absent[first : first + count])
            first += count
    return [absence.absent(day, persons) for absence, day, persons in asked]


def _bound(probability: float) -> np.uint64:
    """Of 64 random bits, those under it come with the probability."""
    return np.uint64(min(int(probability * 2.0**64), (1 << 64) - 1))


def missing(team: str, workforce: Workforce, plan: Plan, draws: Draws) -> Float64:
    """Float64 (dates,): the probability of those not on leave to be absent on each date of a team's plan."""
    expected = np.array([Shrinkage.of(workforce, day).missing for day in plan.dates])
    chances = expected * _weekday_factors(workforce, plan)
    cv = workforce.absence.day_cv
    if cv:
        numbers = np.array([day_number(day) for day in plan.dates], np.int64)
        shape = 1 / (cv * cv)
        chances *= special.gammaincinv(shape, draws.uniforms(Purpose.ABSENCE_DAY, team, numbers)) / shape
    return np.minimum(chances, 1.0)


def _weekday_factors(workforce: Workforce, plan: Plan) -> Float64:
    factors = np.array([workforce.absence.weekdays.get(weekday, 1.0) for weekday in WEEKDAYS])
    weekdays = np.array([WEEKDAYS.index(Weekday.of(day)) for day in plan.dates])
    paid = plan.paid_hours
    mean = (paid * factors[weekdays]).sum() / paid.sum() if paid.any() else 1.0
    return np.asarray(factors[weekdays] / mean if mean else np.ones(len(weekdays)))
