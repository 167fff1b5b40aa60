"""Handling and patience of a queue, estimated from what its slots say."""

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from simulation.erlang import Erlang
from simulation.history.history import DAY_MINUTES, QueueHistory

Float64 = NDArray[np.float64]
LEAST_PAIRS = 30
"""Pairs of neighbouring slots, for a coefficient of variation."""
LEAST_CV, MOST_CV = 0.05, 5.0
LEAST_ABANDONED = 20
"""Contacts that abandoned, for a mean patience."""
MOST_SLOTS = 400
"""Slots in which Erlang A is inverted, evenly over all that are known."""
PATIENCE_BOUNDS = (1.0, 100_000.0)


@dataclass(frozen=True)
class Fit:
    """An estimate, how it was made in words, and how many contacts it rests on."""

    value: float
    how: str
    contacts: float


def handling_mean(queue: QueueHistory) -> Fit | None:
    """Mean handling time in seconds: slot means weighted by answered contacts, or by offered where answered are not
    known. None without handling times."""
    aht = queue.columns.get("aht_seconds")
    if aht is None:
        return None
    weight = queue.columns.get("answered", queue.offered)
    known = ~np.isnan(aht) & (weight > 0) & (aht > 0)
    total = float(weight[known].sum())
    if not total:
        return None
    return Fit(float((aht[known] * weight[known]).sum() / total), "mean of slots, weighted by contacts", total)


def handling_cv(queue: QueueHistory) -> Fit | None:
    """Coefficient of variation of single handling times, out of the means of slots.

    The mean of n contacts has the variance s^2 / n, so the difference of the means of two neighbouring slots,
    (x_1 - x_2)^2 / (1/n_1 + 1/n_2), has the mean s^2; the mean of these over all pairs of neighbours estimates s^2
    whatever drifts slowly over days and weeks (von Neumann, Annals of Mathematical Statistics 12, 1941). None without
    handling times and answered contacts of `LEAST_PAIRS` pairs, or where rows are of whole days.
    """
    aht, answered = queue.columns.get("aht_seconds"), queue.columns.get("answered")
    mean = handling_mean(queue)
    if aht is None or answered is None or mean is None or queue.minutes == DAY_MINUTES:
        return None
    known = ~np.isnan(aht) & (answered > 0) & (aht > 0)
    pairs = np.flatnonzero(known[:-1] & known[1:])
    if len(pairs) < LEAST_PAIRS:
        return None
    spread = 1 / answered[pairs] + 1 / answered[pairs + 1]
    variance = float(np.mean((aht[pairs + 1] - aht[pairs]) ** 2 / spread))
    cv = min(max(math.sqrt(variance) / mean.value, LEAST_CV), MOST_CV)
    return Fit(cv, f"differences between the means of {len(pairs)} pairs of slots", mean.contacts)


def patience_mean(queue: QueueHistory, handling_seconds: float | None = None) -> Fit | None:
    """Mean of exponential patience in seconds. None where too few abandoned, or waits and agents are not known.

    Patience of who is answered is censored by the answer, so the estimate is all time waited / contacts abandoned
    (maximum likelihood; Brown et al., JASA 100, 2005). Time waited is the mean wait of all contacts x offered, or the
    mean wait of answered x answered + that of abandoned x abandoned. Where waits of abandoned contacts are not known
    but agents are, it is the patience with which Erlang A loses as many contacts as were lost in the slots together,
    each in its stationary state: an approximation, which takes agents for as many as were there all the time.
    """
    abandoned = queue.columns.get("abandoned")
    if abandoned is None or np.nansum(abandoned) < LEAST_ABANDONED:
        return None
    for waited, how in _waited(queue):
        known = ~np.isnan(waited) & ~np.isnan(abandoned)
        lost = float(abandoned[known].sum())
        if lost >= LEAST_ABANDONED and (seconds := float(waited[known].sum())) > 0:
            return Fit(seconds / lost, how, lost)
    return _by_erlang_a(queue, abandoned, handling_seconds)


def _waited(queue: QueueHistory) -> list[tuple[Float64, str]]:
    """All time waited by slot, by each of the ways in which the columns say it."""
    columns, found = queue.columns, []
    if "wait_all_seconds" in columns:
        found.append((_times(columns["wait_all_seconds"], queue.offered), "time waited by all / abandoned"))
    if {"asa_seconds", "abandon_wait_seconds", "answered", "abandoned"} <= columns.keys():
        answered = _times(columns["asa_seconds"], columns["answered"])
        left = _times(columns["abandon_wait_seconds"], columns["abandoned"])
        found.append((answered + left, "time waited by answered and abandoned / abandoned"))
    return found


def _times(mean: Float64, count: Float64) -> Float64:
    """A total; 0 where nobody counts, whatever the mean is."""
    return np.where(count == 0, 0.0, mean * count)


def _by_erlang_a(queue: QueueHistory, abandoned: Float64, handling_seconds: float | None) -> Fit | None:
    agents, aht = queue.columns.get("agents"), queue.columns.get("aht_seconds")
    if agents is None or queue.minutes == DAY_MINUTES:
        return None
    handling = aht if aht is not None else np.full(len(agents), handling_seconds or np.nan)
    known = np.flatnonzero(~np.isnan(handling * agents * abandoned) & (agents >= 0.5) & (queue.offered > 0))
    if len(known) > MOST_SLOTS:
        known = known[np.linspace(0, len(known) - 1, MOST_SLOTS).astype(int)]
    lost = float(abandoned[known].sum())
    if lost < LEAST_ABANDONED:
        return None
    rates = queue.offered[known] / (queue.minutes * 60)
    mean = float((handling[known] * queue.offered[known]).sum() / queue.offered[known].sum())

    def loses(patience: float) -> float:
        return sum(
            float(volume) * Erlang(float(rate), mean, max(1, round(float(there))), patience).abandon_rate
            for rate, there, volume in zip(rates, agents[known], queue.offered[known], strict=True)
        )

    patience = _bisected(loses, lost)
    return None if patience is None else Fit(patience, f"Erlang A inverted in {len(known)} slots", lost)


def _bisected(loses: Callable[[float], float], lost: float) -> float | None:
    """The patience with which so many are lost; None beyond all bounds. Fewer are lost the longer patience is."""
    low, high = PATIENCE_BOUNDS
    if not loses(low) > lost > loses(high):
        return None
    while high / low > 1.002:
        middle = math.sqrt(low * high)
        low, high = (middle, high) if loses(middle) > lost else (low, middle)
    return math.sqrt(low * high)
