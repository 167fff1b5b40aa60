"""Quantiles of waiting times from the counters' log-spaced bins."""

import numpy as np
from numpy.typing import NDArray

from simulation.outcome.counting.counters import WAIT_BINS, wait_bin_edges

Float64 = NDArray[np.float64]

_EDGES = wait_bin_edges()


def wait_quantiles(bins: NDArray[np.integer], probabilities: Float64) -> Float64:
    """The smallest waits that the given shares of contacts did not exceed.

    bins:          whole numbers (..., WAIT_BINS), contacts by `wait_bin`
    probabilities: Float64 (quantiles,), inside (0, 1)
    Returns seconds, Float64 (..., quantiles), NaN where nobody was answered.

    The quantile p of n contacts is looked up at rank p x n, evenly spread inside its bin; the first bin, waits under a
    millisecond, counts as no wait at all. Error: the rank's own contact lies in the same bin, so the figure is off by
    less than the bin's width, 1 ms below 32 ms and 1/16 of the value above; with many contacts in the bin, far less.
    """
    flat = bins.reshape(-1, WAIT_BINS)
    running = np.zeros(flat.size + 1, np.int64)
    np.cumsum(flat, out=running[1:])
    rows = np.arange(len(flat)) * WAIT_BINS
    before, total = running[rows], running[rows + WAIT_BINS] - running[rows]
    rank = probabilities * total[:, None]
    # one search over all rows: the running count never falls, so a row's ranks are found inside the row; in whole
    # numbers, so that no row's figure depends on the others
    found = np.searchsorted(running, before[:, None] + np.ceil(rank).astype(np.int64), side="left") - 1
    found = np.clip(found, rows[:, None], rows[:, None] + WAIT_BINS - 1)
    inside = running[found + 1] - running[found]
    share = (rank - (running[found] - before[:, None])) / np.maximum(inside, 1)
    bin_ = found - rows[:, None]
    waits = _EDGES[bin_] + share * (_EDGES[bin_ + 1] - _EDGES[bin_])
    waits = np.where(bin_ == 0, 0.0, waits)
    waits = np.where(total[:, None] > 0, waits, np.nan)
    return np.asarray(waits.reshape(*bins.shape[:-1], len(probabilities)), np.float64)
