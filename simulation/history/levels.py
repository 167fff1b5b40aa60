"""How high volume stands at the end of a history, when all that has a name is taken out: a level that drifts.

A week's level is its contacts over what the regression expects of its days, 1 on average. The level to come is a mean
of the weeks with weights n (1 - a)^age, n the days of a week: simple exponential smoothing without a start of its own.
a = 0 is the plain mean, for volume that does not drift; else the a of a short list with the least mean square error
`AHEAD` weeks ahead. Or the filtered level of a local-level state space model, by maximum likelihood (statsmodels).
"""

from enum import StrEnum
from importlib import import_module
from warnings import catch_warnings, simplefilter

import numpy as np
from numpy.typing import NDArray

from simulation.history.refusals import MissingExtraError

Float64 = NDArray[np.float64]

AHEAD = (1, 4, 8)
SMOOTHINGS = (0.0, 0.03, 0.06, 0.12, 0.25, 0.5)
WORTH = 0.97
"""A livelier level must err so much less than the one before it, or luck would choose it."""
FEWEST_WEEKS = 4
MISSING = "the model STATE_SPACE needs statsmodels; install springtide[forecast], or use SMOOTHING"


class Model(StrEnum):
    """How the level at the end of a history is told."""

    SMOOTHING = "SMOOTHING"
    """Exponential smoothing, its pace chosen by what it would have foretold; NumPy alone."""
    STATE_SPACE = "STATE_SPACE"
    """A local-level state space model by maximum likelihood; needs statsmodels (springtide[forecast])."""


def last_level(levels: Float64, days: Float64, model: Model) -> float:
    """The level after the last of some weeks.

    levels: Float64 (weeks,), one after the other, NaN where no day is known; days: Float64 (weeks,) days known of each.
    Raises MissingExtraError where the model's library is not installed.
    """
    known = ~np.isnan(levels)
    if known.sum() < FEWEST_WEEKS:
        return float(np.average(levels[known], weights=days[known]))
    if model is Model.STATE_SPACE:
        return _filtered(levels)
    return _smoothed(levels, days, _pace(levels, days))


def _smoothed(levels: Float64, days: Float64, pace: float) -> float:
    known = ~np.isnan(levels)
    age = np.arange(len(levels) - 1, -1, -1)
    return float(np.average(levels[known], weights=(days * (1.0 - pace) ** age)[known]))


def _pace(levels: Float64, days: Float64) -> float:
    best, least = SMOOTHINGS[0], np.inf
    for pace in SMOOTHINGS:
        error = _error(levels, days, pace)
        if error < WORTH * least:
            best, least = pace, error
    return best


def _error(levels: Float64, days: Float64, pace: float) -> float:
    """Mean square of what the smoothing errs AHEAD, from a quarter of the weeks on."""
    known = ~np.isnan(levels)
    filled = np.where(known, levels, 0.0)
    weight, total, value = 0.0, 0.0, np.full(len(levels), np.nan)
    for k in range(len(levels)):
        weight, total = weight * (1.0 - pace) + days[k] * known[k], total * (1.0 - pace) + days[k] * filled[k]
        value[k] = total / weight if weight else np.nan
    first = max(len(levels) // 4, 2)
    errors = [levels[k + h] - value[k] for h in AHEAD for k in range(first, len(levels) - h)]
    square = np.square(np.array(errors, np.float64))
    return float(np.nanmean(square)) if np.isfinite(square).any() else np.inf


def _filtered(levels: Float64) -> float:
    try:
        structural = import_module("statsmodels.tsa.statespace.structural")
    except ImportError as error:
        raise MissingExtraError(MISSING) from error
    model = structural.UnobservedComponents(levels - 1.0, level="local level")  # about 0, where its search begins
    with catch_warnings():
        simplefilter("ignore")  # a flat likelihood does not converge, and its level is as good
        fitted = model.fit(disp=False, maxiter=100)
    return 1.0 + float(np.asarray(fitted.forecast(1))[0])
