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
scenario.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
from numpy.typing import NDArray
from scipy import special

from simulation.scenario.event_kinds import EventKind
from simulation.scenario.grid import day_number
from simulation.scenario.people.absence import Absence as AbsenceRules
from simulation.scenario.scenario import Scenario
from simulation.world.randomness import Draws, Purpose, bits_of_mixed, mix_array, unit

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

    team: its id. dates: on which it works, ascending. chances: Float64 (dates,), of each as `usual_chances` says.
    strikes: mass absences of its site.
    """

    def __init__(
        self,
        team: str,
        given: AbsenceRules,
        dates: Sequence[date],
        chances: Float64,
        strikes: Sequence[MassAbsence],
        draws: Draws,
    ) -> None:
        self._dates, self._strikes, self._draws = dates, strikes, draws
        numbers = np.array([day_number(day) for day in dates], np.int64)
        self._streams = mix_array(np.uint64(draws.stream(Purpose.ABSENCE)) ^ numbers.astype(np.uint64))
        if given.day_cv:
            shape = 1 / (given.day_cv * given.day_cv)
            luck = draws.uniforms(Purpose.ABSENCE_DAY, team, numbers)
            chances = chances * (special.gammaincinv(shape, luck) / shape)
        self._begin, self._stay, self._new = _spells(np.minimum(chances, 1.0), 1 - 1 / given.mean_spell_days)

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


def _spells(chances: Float64, stay: float) -> tuple[UInt64, UInt64, UInt64]:
    """Bounds of each date's draws under which people are absent: those who were not on the working day before, those
    who were, and those who were not there; chances: Float64 (dates,), their probabilities."""
    before = np.append(0.0, chances)[:-1]
    begin = (chances - before * stay) / np.maximum(1 - before, 1e-12)
    within = begin.clip(0.0, 1.0)  # p may fall or rise faster than spells end or begin
    stays = np.full(len(chances), stay)
    np.divide(chances - within * (1 - before), before, out=stays, where=within != begin)
    return _bounds(within), _bounds(stays), _bounds(chances)


def _bounds(probabilities: Float64) -> UInt64:
    """Of 64 random bits, those under its bound come with a probability."""
    below = np.minimum(probabilities * 2.0**64, 2.0**64 - 2048).astype(np.uint64)
    return np.where(probabilities < 1, below, np.uint64((1 << 64) - 1))
