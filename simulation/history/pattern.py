"""What a queue's past shows: its regression, its profiles, its level, and the days that belong to none of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from simulation.history.days import Days
from simulation.history.effects import OPTIONAL, Almanac, Effect, Kind, columns, effects_of
from simulation.history.levels import Model, last_level
from simulation.history.occasions import Occasions
from simulation.history.profiles import day_profiles
from simulation.history.regression import Regression, regress
from simulation.scenario.calendar import MONTH_NAMES, WEEKDAYS
from simulation.scenario.grid import date_of

Float64 = NDArray[np.float64]
Bool = NDArray[np.bool_]

SHOWN = 2.5
"""Standard errors from which on a month's day, a holiday or a day after one is taken to differ."""
STRANGE = 6.0
"""Robust standard deviations from which on a day is no luck but a happening of its own."""
LEAST_EXPOSURE = 1e-3
"""Of a day of which hardly anything is told."""
MAD = 0.6745
"""Median absolute deviation of a normal variate of deviation 1."""


@dataclass(frozen=True)
class Strange:
    """A day far from all that is ordinary, left out of the estimate.

    day: its date; contacts: what was offered; expected: what its weekday, month and level would have brought
    """

    day: date
    contacts: float
    expected: float


@dataclass(frozen=True, eq=False)
class Pattern:
    """One queue's estimated volume.

    almanac:  its calendar
    effects:  what its days depend on, in the order of the regression's columns
    fit:      the regression
    profiles: Float64 (7, slots) shares of a day by weekday
    level:    factor on the regression's mean at the end of the history
    days:     the days it is estimated from
    strange:  the days left out
    """

    almanac: Almanac
    effects: tuple[Effect, ...]
    fit: Regression
    profiles: Float64
    level: float
    days: Days
    strange: tuple[Strange, ...]

    def volumes(self, dates: Sequence[date]) -> Float64:
        """Float64 (dates,): contacts expected of each date; 0 where the queue is closed."""
        expected = self.level * np.exp(columns(self.effects, self.almanac, dates) @ self.fit.beta)
        known = {str(WEEKDAYS[day.weekday()]) for day in dates} & {e.name for e in self.effects}
        weekdays = [str(WEEKDAYS[day.weekday()]) in known for day in dates]
        is_open = [self.almanac.is_open(day) for day in dates]
        return np.where(np.array(weekdays) & np.array(is_open), expected, 0.0)

    def factors(self, kind: Kind) -> dict[str, float]:
        """exp(beta) by name, of the effects of one kind."""
        pairs = zip(self.effects, np.exp(self.fit.beta).tolist(), strict=True)
        return {effect.name: factor for effect, factor in pairs if effect.kind is kind}

    def errors(self, kind: Kind) -> dict[str, float]:
        """Standard errors of beta by name, of the effects of one kind."""
        pairs = zip(self.effects, self.fit.errors.tolist(), strict=True)
        return {effect.name: error for effect, error in pairs if effect.kind is kind}

    def season(self) -> dict[str, float]:
        """Factor by month, 1 over the average day of a year; none where the history is too short to show one."""
        found = self.factors(Kind.SEASON)
        if not found:
            return {}
        factors = {str(name): found.get(str(name), 1.0) for name in MONTH_NAMES}
        mean = np.mean([factors[str(MONTH_NAMES[date_of(number).month - 1])] for number in range(365)])
        return {name: factor / float(mean) for name, factor in factors.items()}

    def unseasoned(self) -> float:
        """What the regression's level times to count for a season that averages 1."""
        season, found = self.season(), self.factors(Kind.SEASON)
        reference = next((name for name in season if name not in found), None)
        return 1.0 / season[reference] if reference is not None else 1.0


def pattern_of(days: Days, occasions: Occasions, model: Model) -> Pattern:
    """Estimates a queue's volume from its days. Raises MissingExtraError where the model's library is missing."""
    almanac = Almanac.of(occasions, days.dates)
    kept, profiles = days, day_profiles(days)
    effects, fit = _selected(kept, almanac, profiles)
    ordinary = ~_strange(days, almanac, effects, fit, profiles)
    if not ordinary.all():
        kept = days.where(ordinary)
        profiles = day_profiles(kept)
        effects, fit = _selected(kept, almanac, profiles)
    level = _level(kept, fit, model)
    away = _told(days.where(~ordinary), almanac, effects, fit, level)
    return Pattern(almanac, effects, fit, profiles, level, kept, away)


def exposure(days: Days, profiles: Float64) -> Float64:
    """Float64 (days,): the share of each day's volume that lies in the slots it tells of."""
    share: Float64 = (profiles[days.weekdays] * days.told).sum(axis=1)
    return np.maximum(share, LEAST_EXPOSURE)


def _selected(days: Days, almanac: Almanac, profiles: Float64) -> tuple[tuple[Effect, ...], Regression]:
    """The fit by all effects, less optional ones that are not shown: those below one standard error together, then the
    weakest one by one."""
    effects = effects_of(almanac, days.dates)
    x = columns(effects, almanac, days.dates)
    share = exposure(days, profiles)
    near: Float64 | None = None
    while True:
        fit = regress(days.totals, x, days.weeks, share, near)
        strength = np.abs(fit.beta) / np.maximum(fit.errors, 1e-12)
        strength[[effect.kind not in OPTIONAL for effect in effects]] = np.inf
        if not len(strength) or strength.min() >= SHOWN:
            return tuple(effects), fit
        kept = strength > max(1.0, float(strength.min()))
        effects = [effect for effect, keep in zip(effects, kept.tolist(), strict=True) if keep]
        x, near = x[:, kept], fit.beta[kept]


def _strange(days: Days, almanac: Almanac, effects: Sequence[Effect], fit: Regression, profiles: Float64) -> Bool:
    """Bool (days,): days whose logarithm is further from its week's median day than luck goes."""
    mean = np.exp(columns(effects, almanac, days.dates) @ fit.beta) * exposure(days, profiles)
    logs = np.log(np.maximum(days.totals, 0.5) / mean)
    _, week = np.unique(days.weeks, return_inverse=True)
    around = np.array([np.median(logs[np.abs(week - k) <= 1]) for k in range(week.max() + 1)])
    away = logs - around[week]
    spread = np.sqrt((np.median(np.abs(away)) / MAD) ** 2 + 1.0 / np.maximum(mean, 1.0))
    named = {effect.name for effect in effects if effect.kind in (Kind.EVENT, Kind.HOLIDAY)}
    has_name = np.array([_is_named(almanac, day, named) for day in days.dates], np.bool_)
    return np.asarray((np.abs(away) > STRANGE * spread) & ~has_name)


def _is_named(almanac: Almanac, day: date, named: set[str]) -> bool:
    return {almanac.occasions.events.get(day), almanac.occasions.holidays.get(day)} & named != set()


def _level(days: Days, fit: Regression, model: Model) -> float:
    weeks = np.arange(days.weeks[0], days.weeks[-1] + 1)
    place = days.weeks - weeks[0]
    of_days = np.bincount(place, minlength=len(weeks)).astype(np.float64)
    levels = np.full(len(weeks), np.nan)
    levels[place] = fit.level
    return last_level(levels, of_days, model)


def _told(
    days: Days, almanac: Almanac, effects: Sequence[Effect], fit: Regression, level: float
) -> tuple[Strange, ...]:
    if not len(days.numbers):
        return ()
    expected = level * np.exp(columns(effects, almanac, days.dates) @ fit.beta)
    rows = zip(days.dates, days.totals.tolist(), expected.tolist(), strict=True)
    return tuple(Strange(day, contacts, mean) for day, contacts, mean in rows)
