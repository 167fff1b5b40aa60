"""How far a replication's volume lies from the expected one: busyness of the day and error of the forecast.

Both are factors on the expected volume of a cell, drawn by key: a queue's factors depend on its id, the date or week
and the seed, never on other queues.

Busyness: gamma with mean 1 and coefficient of variation `busyness_cv`, one factor a queue and queue-local date. Dates
of different queues go together by a Gaussian copula with one common factor: score = sqrt(rho) Z(date) + sqrt(1 - rho)
Z(queue, date), factor = gamma quantile of Phi(score), rho = `busyness_correlation`. Queues of other time zones share
the common score of the same date. A day's volume then has variance m + cv^2 m^2, m its mean.

Forecast error: see `ForecastError`. Week k of the scenario was forecast k + 1 weeks ahead.
"""

import numpy as np
from numpy.typing import NDArray
from scipy import special

from simulation.outcome.counting.counters import Int64
from simulation.scenario.queues.demand import ForecastError
from simulation.scenario.queues.queue import Queue
from simulation.world.demand.cells import Cells
from simulation.world.randomness import Draws, Purpose

Float64 = NDArray[np.float64]
ALL_QUEUES = ""
"""Owner of what all queues have in common."""


def volumes_drawn(queue: Queue, cells: Cells, correlation: float, draws: Draws) -> Float64:
    """Float64 (cells,): expected contacts of each cell in this replication, given its busyness and forecast error."""
    volumes = cells.volume
    demand = queue.demand
    if demand.busyness_cv:
        days, place = np.unique(cells.day, return_inverse=True)
        volumes = volumes * busyness_factors(queue.id, days, demand.busyness_cv, correlation, draws)[place]
    if demand.forecast_error is not None:
        weeks, place = np.unique(cells.week, return_inverse=True)
        volumes = volumes * forecast_factors(queue.id, weeks, demand.forecast_error, draws)[place]
    return volumes


def busyness_factors(queue: str, days: Int64, cv: float, correlation: float, draws: Draws) -> Float64:
    """Float64 (days,): the busyness factor of each of a queue's local dates, given as days since 1970."""
    score = np.sqrt(1 - correlation) * _normal(draws, Purpose.BUSYNESS, queue, days)
    score = score + np.sqrt(correlation) * _normal(draws, Purpose.BUSYNESS, ALL_QUEUES, days)
    shape = 1 / (cv * cv)
    # the smaller of both tails, because 1 - x loses the other
    low = special.gammaincinv(shape, special.ndtr(np.minimum(score, 0)))
    high = special.gammainccinv(shape, special.ndtr(-np.maximum(score, 0)))
    return np.asarray(np.where(score < 0, low, high) / shape)


def forecast_factors(queue: str, weeks: Int64, error: ForecastError, draws: Draws) -> Float64:
    """Float64 (weeks,): actual volume / forecast of each of the scenario's weeks, from 0."""
    leads = sorted((int(lead), cv) for lead, cv in error.cv_by_lead_weeks.items()) or [(1, 0.0)]
    cv = np.interp(weeks + 1, [lead for lead, _ in leads], [cv for _, cv in leads])
    share = error.horizon_share
    score = np.sqrt(1 - share) * _normal(draws, Purpose.FORECAST_WEEK, queue, weeks)
    score = score + np.sqrt(share) * _normal(draws, Purpose.FORECAST_HORIZON, queue, np.zeros(1, np.int64))
    variance = np.log1p(cv * cv)
    return np.asarray((1 + error.bias) * np.exp(np.sqrt(variance) * score - variance / 2))


def _normal(draws: Draws, purpose: Purpose, owner: str, numbers: Int64) -> Float64:
    return np.asarray(special.ndtri(draws.uniforms(purpose, owner, numbers)))
