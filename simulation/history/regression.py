"""Log-linear regression of daily volume, where the days of a week share that week's luck.

Volume y of day d in week w has the mean mu = exposure x exp(x beta) and y = Poisson(mu x week factor x day factor),
factors of mean 1. Estimated by iterated weighted least squares on z = x beta + (y - mu) / mu with the covariance

    V = diag(1 / mu + cv_day^2) + cv_week^2 within each week,

whose inverse is known in closed form (Sherman and Morrison). The estimating equation is that of generalised estimating
equations (Liang and Zeger, Biometrika 73, 1986), so the mean is right even where the factors are distributed otherwise,
and days without contacts need no logarithm.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Float64 = NDArray[np.float64]
Int64 = NDArray[np.int64]
Bool = NDArray[np.bool_]

ROUNDS = 30
CLOSE = 1e-6
WIDEST_STEP = 3.0
"""Of beta in a round, so that a bad start does not run away."""


@dataclass(frozen=True, eq=False)
class Regression:
    """What was estimated.

    beta:        Float64 (columns,) logarithms of multipliers
    covariance:  Float64 (columns, columns) of beta
    cv_day:      coefficient of variation of the day's factor about its week's, net of Poisson noise
    cv_day_error: standard error of its square
    cv_week:     that of the week's factor, net of the days'
    mean:        Float64 (days,) mu
    residual:    Float64 (days,) y over mu x its week's factor, less 1
    level:       Float64 (days,) the week's factor: its contacts over the sum of mu
    """

    beta: Float64
    covariance: Float64
    cv_day: float
    cv_day_error: float
    cv_week: float
    mean: Float64
    residual: Float64
    level: Float64

    @property
    def errors(self) -> Float64:
        """Float64 (columns,): standard errors of beta."""
        return np.sqrt(np.maximum(np.diag(self.covariance), 0.0))


def regress(y: Float64, x: Float64, week: Int64, exposure: Float64, near: Float64 | None = None) -> Regression:
    """Fits volume y (days,) by the columns of x (days, columns); `week` names each day's week, `exposure` the share of
    the day that is known, `near` a beta to begin with."""
    _, week = np.unique(week, return_inverse=True)
    beta = _start(y, x, exposure) if near is None else near
    covariance = np.zeros((x.shape[1], x.shape[1]))
    cv_day, cv_week, error = 0.05, 0.05, 0.0
    mean = exposure * np.exp(x @ beta)
    freedom = len(y) - int(week.max()) - 1 - _within_rank(x, week)
    for _ in range(ROUNDS):
        noise = 1.0 / mean + cv_day**2
        step, covariance = _step((y - mean) / mean, x, week, noise, cv_week**2)
        beta = beta + np.clip(step, -WIDEST_STEP, WIDEST_STEP)
        mean = exposure * np.exp(x @ beta)
        cv_day, error, cv_week = _spreads(y, week, mean, freedom)
        if np.abs(step).max() < CLOSE:
            break
    level, residual = _levels(y, mean, week)
    return Regression(beta, covariance, cv_day, error, cv_week, mean, residual, level)


def _start(y: Float64, x: Float64, exposure: Float64) -> Float64:
    weight = np.sqrt(np.maximum(y, 1.0))
    logs = np.log(np.maximum(y, 0.5) / exposure)
    return np.asarray(np.linalg.lstsq(x * weight[:, None], logs * weight, rcond=None)[0])


def _step(z: Float64, x: Float64, week: Int64, noise: Float64, shared: float) -> tuple[Float64, Float64]:
    """Generalised least squares: beta's next step and its covariance."""
    weighted = x / noise[:, None]
    sums = np.zeros((week[-1] + 1 if len(week) else 0, x.shape[1]))
    np.add.at(sums, week, weighted)
    total = np.bincount(week, 1.0 / noise)
    pull = shared / (1.0 + shared * total)
    information = x.T @ weighted - sums.T @ (pull[:, None] * sums)
    score = weighted.T @ z - sums.T @ (pull * np.bincount(week, z / noise))
    covariance = np.linalg.pinv(information, hermitian=True)
    return covariance @ score, covariance


def _levels(y: Float64, mean: Float64, week: Int64) -> tuple[Float64, Float64]:
    level = (np.bincount(week, y) / np.bincount(week, mean))[week]
    return level, y / np.maximum(mean * level, 1e-12) - 1.0


def _spreads(y: Float64, week: Int64, mean: Float64, freedom: int) -> tuple[float, float, float]:
    """Moments: (cv_day, standard error of its square, cv_week).

    Within a week the weighted squares of the residuals have the expectation sum(mu (1/mu + cv^2)) less what the week's
    factor and the columns took; between weeks the factors' variance less what days and Poisson noise bring.
    """
    level, residual = _levels(y, mean, week)
    expected = mean * level
    size = np.bincount(week)
    if freedom < 1:
        return 0.0, 0.0, 0.0
    weight = expected / np.bincount(week, expected)[week] * size[week]  # of mean 1 within the week
    square = weight * residual**2
    kept = freedom / len(y)  # of each day's variance the fit leaves so much
    poisson = float((weight / np.maximum(expected, 1e-12)).sum()) * kept
    spread = (float(square.sum()) - poisson) / (float(weight.sum()) * kept)
    error = float(np.sqrt(2.0 / freedom) * square.sum() / (weight.sum() * kept))
    factors = np.bincount(week, y) / np.bincount(week, mean)
    brought = max(spread, 0.0) * np.bincount(week, mean**2) / np.bincount(week, mean) ** 2
    between = float(np.mean((factors - 1.0) ** 2 - brought - 1.0 / np.bincount(week, mean)))
    return float(np.sqrt(max(spread, 0.0))), error, float(np.sqrt(max(between, 0.0)))


def _within_rank(x: Float64, week: Int64) -> int:
    """How many of the columns vary within weeks."""
    size = np.bincount(week)
    means = np.zeros((len(size), x.shape[1]))
    np.add.at(means, week, x)
    centred = x - (means / size[:, None])[week]
    return int(np.linalg.matrix_rank(centred, tol=1e-8))
