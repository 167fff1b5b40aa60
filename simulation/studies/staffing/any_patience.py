"""One queue in its stationary state with patience of any distribution: M/M/c+G, balking included.

The virtual wait V of a contact that would wait for ever has the density

    lambda pi_(c-1) exp(lambda integral_0^x G(u) du - c mu x),    x > 0,

G the survival of patience, of those who have to wait at all: with balking (1 - b) P(patience > x). Of all contacts

    answered within t = P(V = 0) + integral_0^t G f,    abandoned within t = integral_0^inf (1 - G(min(x, t))) f.

Source: Baccelli and Hebuterne 1981; Zeltyn and Mandelbaum 2005. Times in seconds.
"""

import math
from collections.abc import Callable
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from scipy import special

from simulation.erlang import erlang_b
from simulation.scenario.queues.times import Distribution, RandomTime
from simulation.studies.staffing.stationary_queue import StationaryQueue
from simulation.world.demand.distributions import weibull_shape

Float64 = NDArray[np.float64]

_NODES, _WEIGHTS = np.polynomial.legendre.leggauss(16)
_PANELS = 96
_FINE = 20_000
_NEGLIGIBLE = 40.0


class AnyPatience:
    """Patience of a queue: its survival, and its integral from 0.

    None for patience that does not end; balking: the probability to leave at once instead of waiting.
    """

    def __init__(self, time: RandomTime | None, balking: float = 0.0) -> None:
        self._time, self._stay = time, 1 - balking

    def survival(self, waits: Float64) -> Float64:
        """Share of contacts that have to wait which would wait longer than so long."""
        if self._time is None:
            return np.full_like(waits, self._stay)
        return np.asarray(self._stay * _survival(self._time, waits))

    def joined(self, waits: Float64) -> Float64:
        """The integral of the survival from 0."""
        if self._time is None:
            return self._stay * waits
        return np.asarray(np.interp(waits, self._table[0], self._table[1], right=self._table[1][-1]))

    @property
    def edges(self) -> tuple[float, ...]:
        """Where the survival jumps or bends."""
        if self._time is None:
            return ()
        if self._time.distribution is Distribution.DETERMINISTIC:
            return (self._time.mean,)
        return tuple(sorted(set(self._time.points[1])))[:64]

    @cached_property
    def _table(self) -> tuple[Float64, Float64]:
        """Waits, and the integral up to each."""
        assert self._time is not None  # endless patience has no table
        longest = _longest(self._time)
        near = np.geomspace(1e-9 * longest, longest, _FINE)  # survival may fall without bound at 0
        waits = np.unique(np.concatenate([np.linspace(0.0, longest, _FINE), near, np.array(self.edges)]))
        half = np.diff(waits)[:, None] / 2
        inside = (waits[:-1, None] + half) + half * _NODES
        parts = (half * _WEIGHTS * self.survival(inside)).sum(axis=1)
        return waits, np.append(0.0, np.cumsum(parts))


def _survival(time: RandomTime, waits: Float64) -> Float64:
    """Share of times over so many seconds."""
    unit = waits / time.mean
    if time.distribution is Distribution.EXPONENTIAL:
        return np.exp(-unit)
    if time.distribution is Distribution.DETERMINISTIC:
        return np.where(waits < time.mean, 1.0, 0.0)
    if time.distribution is Distribution.GAMMA:
        shape = 1 / time.cv**2
        return np.asarray(special.gammaincc(shape, shape * unit))
    if time.distribution is Distribution.WEIBULL:
        shape = weibull_shape(time.cv)
        return np.asarray(np.exp(-((unit * special.gamma(1 + 1 / shape)) ** shape)))
    if time.distribution is Distribution.LOGNORMAL:
        sigma = math.sqrt(math.log1p(time.cv**2))
        return np.asarray(special.ndtr(-(np.log(np.maximum(unit, 1e-300)) + sigma * sigma / 2) / sigma))
    shares, seconds = time.points
    return np.asarray(1 - np.interp(waits, seconds, shares, left=0.0, right=1.0))


def _longest(time: RandomTime) -> float:
    """A time beyond which hardly any lies."""
    longest = time.mean
    while _survival(time, np.array([longest]))[0] > 1e-12 and longest < 1e6 * time.mean:
        longest *= 1.5
    return longest


class AnyQueue(StationaryQueue):
    """A queue with a number of agents in its stationary state.

    load in Erlangs and handling in seconds, over 0; agents at least 1.
    """

    def __init__(self, load: float, handling: float, agents: int, patience: AnyPatience) -> None:
        self.load, self.handling, self.agents, self.patience = load, handling, agents, patience

    @property
    def stable(self) -> bool:
        """Whether the queue drains once everybody has waited for long."""
        return float(self.patience.survival(np.array([1e12]))[0]) * self.load < self.agents

    def answered_within(self, threshold: float) -> float:
        """Answered within a wait / offered; 0 where there is no stationary state."""
        if not self.stable:
            return 0.0
        return self._at_once / self._all + self._integral(self.patience.survival, 0.0, threshold)

    def abandoned_within(self, threshold: float) -> float:
        """Abandoned within a wait / offered; 0 where there is no stationary state."""
        if not self.stable:
            return 0.0
        later = 1 - float(self.patience.survival(np.array([min(threshold, 1e12)]))[0])
        gone = self._integral(lambda waits: 1 - self.patience.survival(waits), 0.0, threshold)
        return gone + later * self._integral(np.ones_like, threshold, math.inf)

    def _log_density(self, waits: Float64) -> Float64:
        return np.asarray((self.load * self.patience.joined(waits) - self.agents * waits) / self.handling)

    @cached_property
    def _range(self) -> tuple[float, float]:
        """The highest logarithm of the density, and a wait beyond which it is negligible."""
        step, highest, at = self.handling / self.agents, 0.0, 0.0
        while True:
            waits = at + np.linspace(0.0, step, 65)
            heights = self._log_density(waits)
            highest, at = max(highest, float(heights.max())), float(waits[-1])
            if highest - float(heights[-1]) > _NEGLIGIBLE:
                return highest, at
            step *= 1.5

    def _weigh(self, factor: Callable[[Float64], Float64], begin: float, end: float) -> float:
        """Integral of a factor times arrivals x density, not normalised."""
        top, longest = self._range
        begin, end = min(begin, longest), min(end, longest)
        inner = [*self.patience.edges, *np.geomspace(1e-7 * longest, longest, _PANELS).tolist()]
        inner = [edge for edge in inner if begin < edge < end]
        edges = np.unique(np.concatenate([np.linspace(begin, end, _PANELS + 1), inner]))
        half = np.diff(edges)[:, None] / 2
        waits = (edges[:-1, None] + half) + half * _NODES
        density = np.exp(self._log_density(waits) - top)
        return self.load / self.handling * float((half * _WEIGHTS * density * factor(waits)).sum())

    @cached_property
    def _at_once(self) -> float:
        return math.exp(-self._range[0]) / erlang_b(self.load, self.agents - 1)

    @cached_property
    def _all(self) -> float:
        return self._at_once + self._weigh(np.ones_like, 0.0, math.inf)

    def _integral(self, factor: Callable[[Float64], Float64], begin: float, end: float) -> float:
        return self._weigh(factor, begin, end) / self._all
