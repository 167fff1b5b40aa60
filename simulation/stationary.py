"""Many queues in their stationary states at once, and the least agents with which each keeps what it promises.

The formulas of `erlang` in closed form, for whole arrays: with c = load x patience / handling and b = agents x patience
/ handling, the integrals over the virtual wait are incomplete gamma functions (Palm 1957; Baccelli and Hebuterne 1981),

    lambda integral_t^inf density      = M P(b, c e^(-t / patience)),  M = c e^c c^(-b) Gamma(b)
    lambda integral_t^inf G(x) density = M P(b + 1, c e^(-t / patience)) b / c

beside the weight 1 / ErlangB(load, agents - 1) of being answered at once; without patience it is Erlang C.
Times in seconds.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from scipy import special

from simulation.distinct import distinct
from simulation.scenario.queues.promises import Formula

Float64 = NDArray[np.float64]
Int64 = NDArray[np.int64]

_TINY = 1e-290
_SKETCHED = 64
"""Of many rows the answers of so many, spread over the loads, lead close to the others'."""


@dataclass(frozen=True, eq=False)
class Stationary:
    """Queues in their stationary states. Float64 (rows,) each: load in Erlangs and handling, over 0; agents, whole and
    at least 1. patience: mean of exponential patience, the same for all; None for endless.
    """

    load: Float64
    handling: Float64
    agents: Float64
    patience: float | None

    def service_level(self, threshold: float, formula: Formula, short: float) -> Float64:
        """The service level by a formula; `short` is the short-abandon time t0."""
        answered = self.answered_within(threshold)
        if formula is Formula.ANSWERED_OVER_OFFERED_LESS_SHORT:
            return answered / np.maximum(1 - self.abandoned_within(threshold), _TINY)
        if formula is Formula.ABANDONED_IN_TIME_COUNT:
            return answered + self.abandoned_within(threshold)
        if formula is Formula.ANSWERED_OVER_ANSWERED:
            return answered / np.maximum(1 - self.abandon_rate, _TINY)
        if formula is Formula.SHORT_ABANDONS_COUNT:
            return answered + self.abandoned_within(short)
        return answered

    def answered_within(self, threshold: float) -> Float64:
        """Answered within a wait / offered; 0 where there is no stationary state."""
        drained = np.exp(np.maximum(self.agents - self.load, 0.0) / self.handling * -threshold)
        endless = np.where(self.load < self.agents, 1 - self._waits * drained, 0.0)
        if self.patience is None:
            return endless
        answered = self._patient(0.0) - self._patient(threshold)
        return np.where(self._hardly_patience, endless, 1 + self._scale * (answered - self._beyond(0.0)))

    def abandoned_within(self, threshold: float) -> Float64:
        """Abandoned within a wait / offered."""
        if self.patience is None:
            return np.zeros_like(self.load)
        still_waiting, impatient = self._beyond(threshold), -np.expm1(-threshold / self.patience)
        met = self._beyond(0.0) - still_waiting - self._patient(0.0) + self._patient(threshold)
        return np.where(self._hardly_patience, 0.0, self._scale * np.maximum(met + still_waiting * impatient, 0.0))

    @property
    def abandon_rate(self) -> Float64:
        """Abandoned / offered."""
        return self.abandoned_within(np.inf)

    @cached_property
    def _log_blocked(self) -> Float64:
        """Logarithm of Erlang B with one agent less: Poisson probability / distribution at agents - 1."""
        n = self.agents
        fewer = special.gammaincc(n, self.load)
        probability = (n - 1) * np.log(self.load) - self.load - special.gammaln(n)
        crowded = np.log(np.maximum(1 - (n - 1) / self.load, _TINY))  # the limit where next to all are blocked
        return np.asarray(np.where(fewer > _TINY, probability - np.log(np.maximum(fewer, _TINY)), crowded))

    @property
    def _waits(self) -> Float64:
        """Erlang C: P(wait) from Erlang B with one agent less, where load < agents."""
        blocked, free = np.exp(self._log_blocked), 1 - np.minimum(self.load / self.agents, 1.0)
        all_busy = self.load * blocked / (self.agents + self.load * blocked)
        return np.asarray(all_busy / np.maximum(free + all_busy * (1 - free), _TINY))

    @cached_property
    def _shape(self) -> tuple[Float64, Float64]:
        """(b, c) of the incomplete gamma functions."""
        ratio = (self.patience or 0.0) / self.handling
        return self.agents * ratio, self.load * ratio

    @property
    def _hardly_patience(self) -> NDArray[np.bool_]:
        """Rows that wait so much shorter than patience lasts that P(b, c) is below every number: nobody abandons."""
        return self._beyond(0.0) < _TINY

    @cached_property
    def _scale(self) -> Float64:
        """M over the weights of all contacts."""
        b, c = self._shape
        log_m = np.log(c) + c - b * np.log(c) + special.gammaln(b)
        at_once = np.exp(np.clip(-self._log_blocked - log_m, -700.0, 700.0))
        return np.asarray(1 / (at_once + self._beyond(0.0)))

    def _beyond(self, wait: float) -> Float64:
        """P(b, x): a virtual wait longer than this one, but for the scale."""
        if wait not in self._memory:
            b, c = self._shape
            self._memory[wait] = special.gammainc(b, c * np.exp(-wait / (self.patience or np.inf)))
        return self._memory[wait]

    def _patient(self, wait: float) -> Float64:
        """P(b + 1, x) b / c: ... of contacts that are patient enough, from P(b, x) by recurrence."""
        b, c = self._shape
        x = c * np.exp(-wait / (self.patience or np.inf))
        step = np.exp(b * np.log(np.maximum(x, _TINY)) - x - special.gammaln(b + 1))
        return np.asarray((self._beyond(wait) - step) * b / c)

    @cached_property
    def _memory(self) -> dict[float, Float64]:
        return {}


@dataclass(frozen=True, eq=False)
class Goal:
    """What a queue promises: the share of its contacts in time, by row; 0 where it asks nothing."""

    shares: Float64
    threshold: float
    formula: Formula
    short: float
    patience: float | None
    max_abandon_rate: float | None

    def kept(self, rows: Int64, load: Float64, handling: Float64, agents: Float64) -> NDArray[np.bool_]:
        """Whether the rows' agents are enough."""
        kept = np.ones(len(rows), np.bool_)
        asked = np.flatnonzero(self.shares[rows])
        queues = Stationary(load[asked], handling[asked], agents[asked], self.patience)
        level = queues.service_level(self.threshold, self.formula, self.short)
        kept[asked] = level >= self.shares[rows[asked]] - 1e-9  # a share of 1 is a limit
        if self.max_abandon_rate is not None:
            kept[asked] &= queues.abandon_rate <= self.max_abandon_rate + 1e-9
        return kept


def least_agents(load: Float64, handling: Float64, max_occupancy: Float64, goals: Sequence[Goal]) -> Int64:
    """Int64 (rows,): the least agents with which every goal is kept and load / agents <= max_occupancy.

    load: Erlangs, 0 or more; handling: seconds, over 0 where there is load; max_occupancy: over 0. 0 without load.
    """
    least = np.zeros(len(load), np.int64)
    busy = np.flatnonzero(load > 0)
    if not len(busy):
        return least
    shares = [goal.shares[busy] for goal in goals]
    rounded = np.round(load[busy], 9)
    rows, place = distinct([rounded, handling[busy], max_occupancy[busy], *shares])
    busy_load, occupancy = np.maximum(rounded[rows], 1e-9), max_occupancy[busy][rows]
    alike = [replace(goal, shares=own[rows]) for goal, own in zip(goals, shares, strict=True)]
    floor = np.maximum(np.ceil(busy_load / occupancy - 1e-9), 1.0)
    least[busy] = _Search(busy_load, handling[busy][rows], floor, alike).all()[place]
    return least


class _Search:
    """The least agents of rows in ascending order of load; `floor` are those that occupancy alone needs."""

    def __init__(self, load: Float64, handling: Float64, floor: Float64, goals: Sequence[Goal]) -> None:
        self._load, self._handling, self._floor, self._goals = load, handling, floor, goals

    def all(self) -> Int64:
        """Some rows are searched from their load, the others from between these."""
        rows = np.arange(len(self._load), dtype=np.int64)
        some = np.unique(np.linspace(0, len(rows) - 1, min(_SKETCHED, len(rows))).astype(np.int64))
        found = self._from(some, self._floor[some] + np.ceil(np.sqrt(self._load[some])))
        if len(some) == len(rows):
            return found.astype(np.int64)
        close = np.ceil(np.interp(self._load, self._load[some], found - 0.5))
        return self._from(rows, close).astype(np.int64)

    def _from(self, rows: Int64, close: Float64) -> Float64:
        """Gallop from a guess up or down until enough and too few are known, then halve what lies between."""
        enough = np.maximum(close, self._floor[rows])
        kept = self._kept(rows, enough)
        too_few = np.where(kept, self._floor[rows] - 1, enough)
        rising, step = np.flatnonzero(~kept), 1.0
        while len(rising):
            enough[rising] = too_few[rising] + step
            kept_now = self._kept(rows[rising], enough[rising])
            too_few[rising[~kept_now]] = enough[rising[~kept_now]]
            rising, step = rising[~kept_now], 2 * step
        falling, step = np.flatnonzero(kept & (enough - too_few > 1)), 1.0
        while len(falling):
            tried = np.maximum(enough[falling] - step, too_few[falling] + 1)
            kept_now = self._kept(rows[falling], tried)
            enough[falling[kept_now]] = tried[kept_now]
            too_few[falling[~kept_now]] = tried[~kept_now]
            falling, step = falling[kept_now & (enough - too_few > 1)[falling]], 2 * step
        while len(open_ := np.flatnonzero(enough - too_few > 1)):
            middle = np.floor((enough[open_] + too_few[open_]) / 2)
            kept_now = self._kept(rows[open_], middle)
            enough[open_[kept_now]], too_few[open_[~kept_now]] = middle[kept_now], middle[~kept_now]
        return enough

    def _kept(self, rows: Int64, agents: Float64) -> NDArray[np.bool_]:
        kept = np.ones(len(rows), np.bool_)
        for goal in self._goals:
            still = np.flatnonzero(kept)
            these = rows[still]
            kept[still] = goal.kept(these, self._load[these], self._handling[these], agents[still])
        return kept
