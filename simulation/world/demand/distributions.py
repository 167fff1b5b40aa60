"""Unit-mean quantile tables: how a uniform becomes a handling time, a patience or a delay.

Inversion keeps common random numbers monotone (a longer mean makes every draw longer), costs no transcendental
function a draw, and gives the same bits everywhere. A table is piecewise linear over 4,096 equal cells of
probability; the last cell is cut again into 4,096, and its last once more, so that tails reach 1 - 2^-36. The table
is scaled to a mean of exactly 1; its standard deviation is within 0.2 % of the distribution's for coefficients of
variation up to 2.
"""

from collections.abc import Callable, Mapping
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from scipy import special

from simulation.scenario.queues.times import Distribution, RandomTime

Float64 = NDArray[np.float64]

LEVEL_BITS = 12
CELLS = 1 << LEVEL_BITS
LEVELS = 3


def weibull_shape(cv: float) -> float:
    """Shape of a Weibull distribution with the given coefficient of variation."""

    from scipy import optimize  # half a second to import, for a Weibull time only

    def excess(shape: float) -> float:
        log_ratio = special.gammaln(1 + 2 / shape) - 2 * special.gammaln(1 + 1 / shape)
        return float(log_ratio - np.log1p(cv * cv))

    return float(optimize.brentq(excess, 0.05, 500.0))


def _exponential(cv: float, below: Float64, above: Float64) -> Float64:
    return -np.log(above)


def _lognormal(cv: float, below: Float64, above: Float64) -> Float64:
    sigma = np.sqrt(np.log1p(cv * cv))
    normal = np.where(below < 0.5, special.ndtri(below), -special.ndtri(above))
    return np.asarray(np.exp(sigma * normal - sigma * sigma / 2))


def _gamma(cv: float, below: Float64, above: Float64) -> Float64:
    shape = 1 / (cv * cv)
    return np.asarray(special.gammainccinv(shape, above) / shape)


def _weibull(cv: float, below: Float64, above: Float64) -> Float64:
    shape = weibull_shape(cv)
    return np.asarray((-np.log(above)) ** (1 / shape) / special.gamma(1 + 1 / shape))


def _deterministic(cv: float, below: Float64, above: Float64) -> Float64:
    return np.ones_like(below)


QUANTILES: Mapping[Distribution, Callable[[float, Float64, Float64], Float64]] = {
    Distribution.EXPONENTIAL: _exponential,
    Distribution.LOGNORMAL: _lognormal,
    Distribution.GAMMA: _gamma,
    Distribution.WEIBULL: _weibull,
    Distribution.DETERMINISTIC: _deterministic,
}
"""Quantiles by coefficient of variation at probability `below` = 1 - `above`, both of which are passed because 1 - x
loses the tail; tables scale them to a mean of 1. Times as observed have their own points instead."""


def time_table(time: RandomTime) -> Float64:
    """The table of a time in the scenario, as observed or not; times `time.mean` a draw has its unit."""
    shares, times = time.points
    return empirical_table(shares, times) if shares else quantile_table(time.distribution, time.cv)


@lru_cache(maxsize=256)
def quantile_table(distribution: Distribution, cv: float) -> Float64:
    """Table of shape (LEVELS, CELLS + 1) with the quantiles at the borders of the cells of every level."""
    return _tabulated(lambda below, above: QUANTILES[distribution](cv, below, above))


@lru_cache(maxsize=256)
def empirical_table(shares: tuple[float, ...], times: tuple[float, ...]) -> Float64:
    """The table of a quantile function that is linear between the points (share, time) and flat outside."""
    return _tabulated(lambda below, above: np.interp(below, shares, times))


def _tabulated(quantiles: Callable[[Float64, Float64], Float64]) -> Float64:
    table = np.empty((LEVELS, CELLS + 1))
    for level in range(LEVELS):
        width = CELLS**-level  # the level covers the probabilities from 1 - width to 1
        above = width * (1 - np.arange(CELLS + 1) / CELLS)
        above[-1] = width / CELLS / 2  # the quantile of 1 may be infinite
        if level == 0:
            above[0] = 1 - 1 / CELLS / 8  # that of 0 would stretch the first cell far below all that is likely
        table[level] = quantiles(1 - above, above)
    return _scaled_to_mean_one(table)


def _scaled_to_mean_one(table: Float64) -> Float64:
    middles = (table[:, 1:] + table[:, :-1]) / 2
    mean = 0.0
    for level in range(LEVELS):
        own = middles[level] if level == LEVELS - 1 else middles[level, :-1]
        mean += float(own.sum()) / CELLS ** (level + 1)
    return table / mean


def draw(table: Float64, random_bits: NDArray[np.uint64]) -> Float64:
    """Unit draws by inversion from 64 random bits each."""
    rest = (random_bits >> np.uint64(11)).astype(np.int64)
    shift = 53 - LEVEL_BITS
    drawn = _interpolate(table[0], rest, shift)
    tail = np.flatnonzero(rest >> shift == CELLS - 1)
    rest = rest[tail]
    for level in range(1, LEVELS):
        rest = rest & ((1 << shift) - 1)
        shift -= LEVEL_BITS
        drawn[tail] = _interpolate(table[level], rest, shift)
        deeper = rest >> shift == CELLS - 1
        tail, rest = tail[deeper], rest[deeper]
    return drawn


def _interpolate(borders: Float64, mantissa: NDArray[np.int64], shift: int) -> Float64:
    cell = mantissa >> shift
    part = (mantissa & ((1 << shift) - 1)) * 2.0**-shift
    low = borders.take(cell)  # three times as fast as an index
    return np.asarray(low + part * (borders.take(cell + 1) - low))
