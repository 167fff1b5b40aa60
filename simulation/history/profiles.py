"""How a day's contacts lie over its hours, by weekday, no further apart than the counts can tell."""

import numpy as np
from numpy.typing import NDArray

from simulation.history.days import OPEN_SHARE, Days

Float64 = NDArray[np.float64]


def day_profiles(days: Days) -> Float64:
    """Float64 (7, slots): the share of a day's contacts in each slot, by weekday; one not seen has the common one.

    A weekday's share is c (1 + k d): c the common share, d the weekday's relative deviation from it, and k in 0..1 the
    part of the deviations' mean square that Poisson counts do not explain, 1 - sum(w / n) / sum(w d^2) with w = c and n
    the expected count (James and Stein's shrinkage, one k a weekday). Slots told of on less than a tenth of a weekday's
    days are closed and have no share.
    """
    rates, weights = np.zeros((7, days.counts.shape[1])), np.zeros((7, days.counts.shape[1]))
    for weekday in range(7):
        on = days.weekdays == weekday
        rates[weekday], weights[weekday] = _rates(days.where(on))
    seen = rates.sum(axis=1) > 0
    common = _scaled((rates * weights.sum(axis=1, keepdims=True)).sum(axis=0))
    profiles = np.tile(common, (7, 1))
    for weekday in np.flatnonzero(seen).tolist():
        profiles[weekday] = _shrunk(_scaled(rates[weekday]), common, weights[weekday], days)
    return profiles


def _rates(days: Days) -> tuple[Float64, Float64]:
    """Of one weekday: mean contacts of each slot where it is told of, and how often it is."""
    told = days.told.sum(axis=0)
    is_open = told > OPEN_SHARE * len(days.numbers)
    rates = np.where(is_open, days.counts.sum(axis=0) / np.maximum(told, 1.0), 0.0)
    return rates, np.where(is_open, told, 0.0)


def _scaled(rates: Float64) -> Float64:
    total = rates.sum()
    return rates / total if total else rates


def _shrunk(own: Float64, common: Float64, told: Float64, days: Days) -> Float64:
    both = (own > 0) & (common > 0)
    if abs(own[both].sum() - 1.0) > 1e-9 or (~both & (common > 1e-12)).any():
        return own  # open at other hours than the common day: there is nothing to lean on
    volume = days.totals.mean()
    deviation = own[both] / common[both] - 1.0
    noise = float((common[both] / np.maximum(common[both] * volume * told[both], 1e-9)).sum())
    square = float((common[both] * deviation**2).sum())
    k = max(0.0, 1.0 - noise / square) if square > 0 else 0.0
    shares = np.zeros_like(common)
    shares[both] = common[both] * (1.0 + k * deviation)
    return _scaled(shares)
