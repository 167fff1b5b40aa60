"""How far volume lies from its forecast, split as a scenario draws it: the day's busyness, what queues share of it, and
the error of the forecast by lead.

The three are kept apart, so that nothing counts twice: busyness is what days vary about their own week, net of Poisson
noise; forecast error is what weeks miss their forecasts by, net of what busyness and Poisson noise bring to a week.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import isotonic_regression
from scipy.special import stdtrit

from simulation.history.backtest import LEADS, BackTest
from simulation.history.pattern import Pattern

Float64 = NDArray[np.float64]

FEWEST_ORIGINS = 4
"""Forecasts of a lead below which nothing is said of its error."""
SURE = 0.975
"""Quantile of Student's distribution, in standard errors, from which on a bias is taken for one."""


@dataclass(frozen=True)
class ErrorOfForecast:
    """As `forecast_error` of a queue's demand takes it.

    bias:             mean of actual / forecast, less 1; 0 where its 95 % interval holds 0
    cv_by_lead_weeks: coefficient of variation of actual / forecast by lead, never falling as the lead grows
    horizon_share:    part of the variance that all weeks of a forecast have in common
    """

    bias: float
    cv_by_lead_weeks: dict[int, float]
    horizon_share: float


def error_of_forecast(test: BackTest) -> ErrorOfForecast | None:
    """From a back-test; None where it has fewer than `FEWEST_ORIGINS` forecasts of any lead."""
    ratio = test.actual / test.forecast
    leads = [lead for lead in LEADS if int((~np.isnan(ratio[:, lead - 1])).sum()) >= FEWEST_ORIGINS]
    if not leads:
        return None
    bias = _bias(ratio)
    counted = [int((~np.isnan(ratio[:, lead - 1])).sum()) for lead in leads]
    variances = [_variance(ratio[:, lead - 1], test.noise[:, lead - 1]) for lead in leads]
    rising = isotonic_regression(variances, weights=counted).x
    cvs = {lead: float(np.sqrt(max(variance, 0.0))) for lead, variance in zip(leads, rising, strict=True)}
    return ErrorOfForecast(bias, cvs, _horizon_share(ratio, cvs))


def _variance(ratio: Float64, noise: Float64) -> float:
    """Of actual / forecast, relative to its mean, net of noise; it may come out below 0."""
    known = ~np.isnan(ratio)
    mean = ratio[known].mean()
    return float((ratio[known].var(ddof=1) - noise[known].mean()) / mean**2)


def _bias(ratio: Float64) -> float:
    """Each origin counts once; neighbours share most of their weeks, so only every third is taken for a new one."""
    by_origin = np.nanmean(ratio[~np.isnan(ratio).all(axis=1)], axis=1)
    if len(by_origin) < FEWEST_ORIGINS:
        return 0.0
    bias = float(by_origin.mean() - 1.0)
    counted = max(len(by_origin) / 3.0, 2.0)
    error = float(by_origin.std(ddof=1) / np.sqrt(counted))
    return bias if abs(bias) > float(stdtrit(counted - 1.0, SURE)) * error else 0.0


def _horizon_share(ratio: Float64, cvs: dict[int, float]) -> float:
    """Covariance of different weeks of one forecast over the product of their deviations, pooled over all pairs; noise
    of different weeks is independent, so it needs no correction there."""
    leads = np.arange(1, ratio.shape[1] + 1)
    deviation = np.interp(leads, list(cvs), list(cvs.values()))
    error = ratio - np.nanmean(np.where(np.isnan(ratio).all(axis=0), 1.0, ratio), axis=0)
    together = weight = 0.0
    for a, b in combinations(range(ratio.shape[1]), 2):
        both = ~np.isnan(error[:, a] * error[:, b])
        if both.sum() >= FEWEST_ORIGINS:
            together += float((error[both, a] * error[both, b]).sum()) * both.sum() / (both.sum() - 1)
            weight += float(both.sum() * deviation[a] * deviation[b])
    return float(min(max(together / weight, 0.0), 1.0)) if weight else 0.0


@dataclass(frozen=True)
class Correlation:
    """Between queues, of one day's busyness; pairs: how many days of pairs of queues it is of."""

    value: float
    pairs: int


def correlation_between(patterns: Sequence[Pattern]) -> Correlation:
    """The one correlation of all pairs: covariance of the days' factors over the product of their deviations.

    Poisson counts of two queues are independent, so they bring nothing to the covariance; a week's own factor has been
    taken out of both queues, which takes 1 / n of it in a week of n days and is put back. 0 without two queues that
    vary.
    """
    together = weight = 0.0
    pairs = 0
    for one, other in combinations([pattern for pattern in patterns if pattern.fit.cv_day > 0], 2):
        numbers, mine, theirs = np.intersect1d(one.days.numbers, other.days.numbers, return_indices=True)
        if not len(numbers):
            continue
        _, week, size = np.unique(one.days.weeks[mine], return_inverse=True, return_counts=True)
        usable = size[week] > 1
        kept = 1.0 - 1.0 / size[week][usable]
        together += float((one.fit.residual[mine] * other.fit.residual[theirs])[usable].sum())
        weight += float(kept.sum()) * one.fit.cv_day * other.fit.cv_day
        pairs += int(usable.sum())
    return Correlation(min(max(together / weight, 0.0), 1.0) if weight else 0.0, pairs)
