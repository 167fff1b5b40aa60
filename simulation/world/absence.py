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
from itertools import pairwise

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

    team: its id. plan: its patterns of work. worked: places of the plan's dates on which it works, ascending. strikes:
    mass absences of its site.
    """

    def __init__(
        self,
        team: str,
        workforce: Workforce,
        plan: Plan,
        worked: Sequence[int],
        strikes: Sequence[MassAbsence],
        draws: Draws,
    ) -> None:
        self._dates = [plan.dates[date] for date in worked]
        self._strikes, self._draws = strikes, draws
        stream = draws.stream(Purpose.ABSENCE)
        self._streams = np.array([mix(stream ^ day_number(day)) for day in self._dates], np.uint64)
        chances = missing(team, workforce, plan, draws)[list(worked)].tolist()
        spells = pairwise([0.0, *chances])
        bounds = [_spell(now, before, 1 - 1 / workforce.absence.mean_spell_days) for before, now in spells]
        self._begin, self._stay, self._new = np.array(bounds, np.uint64).reshape(-1, 3).T

    def ahead(self, persons: UInt64, first: int = 0) -> Mask:
        """Bool (people, dates): who of these people, named by their keys, is absent on each of the dates worked from
        the first-th on; they were not there before."""
        absent = self._in_spells(persons, first)
        for strike in self._strikes:
            struck = [place for place, day in enumerate(self._dates[first:]) if strike.first <= day <= strike.last]
            luck = unit(bits_of_mixed(self._draws.stream(Purpose.MASS_ABSENCE, strike.name), persons))
            absent[:, struck] |= (luck < strike.share)[:, None]
        return absent

    def _in_spells(self, persons: UInt64, first: int) -> Mask:
        begin, stay = self._begin[first:], self._stay[first:]
        luck = mix_array(persons[:, None] ^ self._streams[first:])
        absent, hangs = luck < np.minimum(begin, stay), luck < np.maximum(begin, stay)
        absent[:, :1], hangs[:, :1] = luck[:, :1] < self._new[first : first + 1], False
        hangs &= ~absent  # on the working day before: the same as then, or the contrary where spells end for sure
        place = np.where(hangs, 0, np.arange(len(begin), dtype=np.int32))
        np.maximum.accumulate(place, axis=1, out=place)
        since = np.take_along_axis(absent, place, axis=1)
        turns = (stay < begin) & hangs
        if turns.any():
            turned = np.cumsum(turns, axis=1)
            since ^= (turned - np.take_along_axis(turned, place, axis=1)) % 2 == 1
        return since


def _spell(now: float, before: float, stay: float) -> tuple[int, int, int]:
    """Bounds of a date's draws under which people are absent: those who were not on the working day before, those who
    were, and those who were not there; now, before: the probabilities of the two days."""
    begin = (now - before * stay) / max(1 - before, 1e-12)
    if not 0 <= begin <= 1:  # p falls or rises faster than spells end or begin
        begin = min(max(begin, 0.0), 1.0)
        stay = (now - begin * (1 - before)) / before
    return _bound(begin), _bound(stay), _bound(now)


def _bound(probability: float) -> int:
    """Of 64 random bits, those under it come with the probability."""
    return min(int(probability * 2.0**64), (1 << 64) - 1)


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
