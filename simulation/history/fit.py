"""Handling and patience of a queue, estimated from what its slots say."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from simulation.erlang import Erlang
from simulation.history.history import DAY_MINUTES, PeriodTotals, QueueHistory

Float64 = NDArray[np.float64]
LEAST_PAIRS = 30
"""Pairs of neighbouring slots, for a coefficient of variation."""
LEAST_CV, MOST_CV = 0.05, 5.0
LEAST_ABANDONED = 20
"""Contacts that abandoned, for a mean patience."""
MOST_SLOTS = 200
"""Slots in which Erlang A is inverted, evenly over all that are known."""
PATIENCE_BOUNDS = (1.0, 100_000.0)
SHARE_BOUNDS = (0.05, 1.0)


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


def mean_of_periods(totals: PeriodTotals) -> Fit | None:
    """Mean handling time in seconds of months or weeks, weighted by contacts offered. None without handling times."""
    aht = {period: seconds for period, seconds in totals.columns.get("aht_seconds", {}).items() if seconds > 0}
    contacts = sum(totals.offered.get(period, 0.0) for period in aht)
    if not contacts:
        return None
    seconds = sum(time * totals.offered.get(period, 0.0) for period, time in aht.items())
    return Fit(seconds / contacts, "mean of periods, weighted by contacts", contacts)


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


def available_share(queue: QueueHistory, patience_seconds: float) -> Fit | None:
    """Share of the counted agents that were there for the contacts, 0 to 1. None without agents, handling or abandons.

    Reports count who was logged in or took a contact at any time of a slot, and talk without what follows it, so
    counted agents are seldom all free to answer. The share is the one with which Erlang A, each slot in its
    stationary state, loses as many contacts as were lost; between whole numbers of agents the loss is interpolated.
    Volumes that happened are taken for expected ones, which makes the share of a handful of agents too high by a tenth.
    """
    abandoned, agents = queue.columns.get("abandoned"), queue.columns.get("agents")
    if abandoned is None or agents is None or queue.minutes == DAY_MINUTES:
        return None
    slots = _Slots.of(queue, abandoned, agents, None)
    if slots is None:
        return None

    def loses(share: float) -> float:
        return slots.lost_with(share * slots.agents, patience_seconds)

    share = 1.0 if loses(1.0) >= slots.lost else _bisected(loses, slots.lost, SHARE_BOUNDS)
    return None if share is None else Fit(share, f"Erlang A inverted in {len(slots.rates)} slots", slots.lost)


def _by_erlang_a(queue: QueueHistory, abandoned: Float64, handling_seconds: float | None) -> Fit | None:
    agents = queue.columns.get("agents")
    if agents is None or queue.minutes == DAY_MINUTES:
        return None
    slots = _Slots.of(queue, abandoned, agents, handling_seconds)
    if slots is None:
        return None
    whole = np.maximum(np.round(slots.agents), 1.0)
    patience = _bisected(lambda seconds: slots.lost_with(whole, seconds), slots.lost, PATIENCE_BOUNDS)
    return None if patience is None else Fit(patience, f"Erlang A inverted in {len(whole)} slots", slots.lost)


@dataclass(frozen=True, eq=False)
class _Slots:
    """Slots in which Erlang A is looked at: arrivals a second, contacts and agents, a common handling time, and how
    many were lost in all of them."""

    rates: Float64
    volumes: Float64
    agents: Float64
    handling_seconds: float
    lost: float

    @classmethod
    def of(
        cls, queue: QueueHistory, abandoned: Float64, agents: Float64, handling_seconds: float | None
    ) -> "_Slots | None":
        """The slots where all is known, evenly chosen; None where too few were lost."""
        aht = queue.columns.get("aht_seconds", np.full(len(agents), handling_seconds or np.nan))
        known = np.flatnonzero(~np.isnan(aht * agents * abandoned) & (agents >= 0.5) & (queue.offered > 0))
        if len(known) > MOST_SLOTS:
            known = known[np.linspace(0, len(known) - 1, MOST_SLOTS).astype(int)]
        lost, volumes = float(abandoned[known].sum()), queue.offered[known]
        if lost < LEAST_ABANDONED:
            return None
        mean = float((aht[known] * volumes).sum() / volumes.sum())
        return cls(volumes / (queue.minutes * 60), volumes, agents[known], mean, lost)

    def lost_with(self, agents: Float64, patience_seconds: float) -> float:
        """How many are lost in all slots with so many agents and such patience."""
        low = np.maximum(np.floor(agents), 1.0)
        more = np.clip(agents - low, 0.0, 1.0)
        slots = zip(self.rates.tolist(), self.volumes.tolist(), low.tolist(), more.tolist(), strict=True)
        lost = 0.0
        for rate, volume, there, part in slots:
            lost += volume * (1 - part) * self._rate(rate, there, patience_seconds)
            if part:
                lost += volume * part * self._rate(rate, there + 1, patience_seconds)
        return lost

    def _rate(self, rate: float, agents: float, patience_seconds: float) -> float:
        return _abandon_rate(rate, self.handling_seconds, int(agents), patience_seconds)


@lru_cache(maxsize=20_000)
def _abandon_rate(rate: float, handling_seconds: float, agents: int, patience_seconds: float) -> float:
    return Erlang(rate, handling_seconds, agents, patience_seconds).abandon_rate


def _bisected(loses: Callable[[float], float], lost: float, bounds: tuple[float, float]) -> float | None:
    """Where so many are lost; None beyond the bounds. Fewer are lost the greater the argument."""
    low, high = bounds
    if not loses(low) > lost > loses(high):
        return None
    while high / low > 1.002:
        middle = math.sqrt(low * high)
        low, high = (middle, high) if loses(middle) > lost else (low, middle)
    return math.sqrt(low * high)
