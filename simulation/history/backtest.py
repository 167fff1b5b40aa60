"""What forecasts made in the past would have missed: rolling origins, beside the same interval of the last week known.

An origin is a Monday; only what lies before it is known. The forecast with a lead of k weeks is of the k-th week from
the origin on. Seasonal-naive takes each interval from the same weekday and time of the last week before the origin that
tells of it. Both are judged where both exist, by WAPE = sum |actual - forecast| / sum actual, over intervals, over days
and over weeks (sums of the same intervals).
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from simulation.history.days import Days
from simulation.history.levels import Model
from simulation.history.occasions import Occasions
from simulation.history.pattern import Pattern, exposure, pattern_of
from simulation.scenario.grid import date_of

Float64 = NDArray[np.float64]

LEADS = (1, 2, 4, 8, 13)
"""Weeks ahead that are reported and written."""
MOST_ORIGINS = 26
LEAST_WEEKS, USUAL_WEEKS = 3, 13
"""Weeks of history before the first origin: a third of them, between these."""


@dataclass(frozen=True)
class Missed:
    """WAPE of the forecasts of one lead, as shares, beside seasonal-naive.

    lead: in weeks; origins: how many forecasts were compared
    interval, day, week: of the forecast; naive_interval, naive_day, naive_week: of seasonal-naive
    """

    lead: int
    origins: int
    interval: float
    day: float
    week: float
    naive_interval: float
    naive_day: float
    naive_week: float


@dataclass(frozen=True, eq=False)
class BackTest:
    """A queue's forecasts of the past.

    missed:  by lead, those of `LEADS` that the history is long enough for
    actual, forecast: Float64 (origins, longest lead) contacts of the k + 1st week from each origin on, on days that the
             file tells of; NaN where it does not
    noise:   Float64, the same: variance of actual / forecast that Poisson counts and the days' factors alone bring
    """

    missed: tuple[Missed, ...]
    actual: Float64
    forecast: Float64
    noise: Float64


def back_test(days: Days, occasions: Occasions, model: Model) -> BackTest:
    """Forecasts a queue's past from up to `MOST_ORIGINS` Mondays, none where it has fewer than four weeks."""
    first, last = int(days.weeks[0]), int(days.weeks[-1])
    length = last - first + 1
    begin = first + min(max(length // 3, LEAST_WEEKS), USUAL_WEEKS)
    origins = np.unique(np.linspace(begin, last, min(MOST_ORIGINS, max(last - begin + 1, 0))).astype(np.int64))
    longest = max(LEADS)
    actual, forecast, noise = (np.full((len(origins), longest), np.nan) for _ in range(3))
    cells: dict[int, list[_Cells]] = {lead: [] for lead in LEADS}
    for o, origin in enumerate(origins.tolist()):
        known = days.where(days.weeks < origin)
        pattern = pattern_of(known, occasions, model)
        naive = _last_known(known)
        for lead in range(1, longest + 1):
            week = days.where(days.weeks == origin + lead - 1)
            if not len(week.numbers):
                continue
            expected = pattern.volumes([date_of(number) for number in week.numbers.tolist()])
            _note(actual[o], forecast[o], noise[o], lead, week, expected, pattern)
            if lead in cells:
                cells[lead].append(_cells(week, expected, pattern, naive))
    missed = tuple(_missed(lead, found) for lead, found in cells.items() if any(len(one.actual) for one in found))
    return BackTest(missed, actual, forecast, noise)


def _note(
    actual: Float64, forecast: Float64, noise: Float64, lead: int, week: Days, expected: Float64, pattern: Pattern
) -> None:
    mean = expected * exposure(week, pattern.profiles)
    total = float(mean.sum())
    if total <= 0:
        return
    actual[lead - 1], forecast[lead - 1] = float(week.totals[mean > 0].sum()), total
    noise[lead - 1] = pattern.fit.cv_day**2 * float((mean**2).sum()) / total**2 + 1.0 / total


@dataclass(frozen=True, eq=False)
class _Cells:
    """Intervals of one week that can be compared: of which day, what came, what both forecasts said."""

    day: NDArray[np.int64]
    actual: Float64
    forecast: Float64
    naive: Float64


def _cells(week: Days, expected: Float64, pattern: Pattern, naive: Float64) -> _Cells:
    said = expected[:, None] * pattern.profiles[week.weekdays] * week.told
    before = naive[week.weekdays] * week.told
    both = (week.told > 0) & ~np.isnan(before)
    day = np.broadcast_to(week.numbers[:, None], both.shape)
    return _Cells(day[both], week.counts[both], said[both], before[both])


def _last_known(known: Days) -> Float64:
    """Float64 (7, slots): what each slot of a weekday brought when it was last told of; NaN if never."""
    last = np.full((7, known.counts.shape[1]), np.nan)
    for weekday, counts, told in zip(known.weekdays.tolist(), known.counts, known.told, strict=True):
        last[weekday] = np.where(told > 0, counts / np.maximum(told, 1.0), last[weekday])
    return last


def _missed(lead: int, weeks: Sequence[_Cells]) -> Missed:
    shares = [_wape(weeks, name) for name in ("forecast", "naive")]
    own, naive = shares
    return Missed(lead, sum(len(one.actual) > 0 for one in weeks), *own, *naive)


def _wape(weeks: Sequence[_Cells], name: str) -> tuple[float, float, float]:
    """By interval, by day and by week."""
    total = sum(float(one.actual.sum()) for one in weeks)
    intervals = days = whole = 0.0
    for one in weeks:
        away = one.actual - getattr(one, name)
        intervals += float(np.abs(away).sum())
        if len(away):
            _, place = np.unique(one.day, return_inverse=True)
            days += float(np.abs(np.bincount(place, away)).sum())
        whole += abs(float(away.sum()))
    return (intervals / total, days / total, whole / total) if total else (0.0, 0.0, 0.0)
