"""Analytic formulas of one queue in its stationary state: Erlang B, Erlang C and Erlang A.

Contacts arrive by a Poisson process at rate lambda, handling is exponential with mean 1/mu, patience exponential with
mean 1/theta (Erlang A) or endless (Erlang C). The virtual wait V of a contact that would wait for ever has the density
lambda pi_(c-1) exp(lambda integral_0^x G(u) du - c mu x), G the survival of patience (Baccelli and Hebuterne 1981;
Zeltyn and Mandelbaum 2005); every figure is an integral over it. Times in seconds.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

Float64 = NDArray[np.float64]

_NODES, _WEIGHTS = np.polynomial.legendre.leggauss(16)
_PANELS = 64
_NEGLIGIBLE = 40.0
"""The density is cut where its logarithm lies so far under its highest."""


def erlang_b(load: float, agents: int) -> float:
    """Share of contacts blocked when nobody can wait; `load` in Erlangs. B(n) = a B(n-1) / (n + a B(n-1))."""
    blocked = 1.0
    for n in range(1, agents + 1):
        blocked = load * blocked / (n + load * blocked)
    return blocked


@dataclass(frozen=True)
class Erlang:
    """A queue with a number of agents in its stationary state.

    arrivals_per_second; handling_seconds; patience_seconds (None: nobody abandons); agents at least 1. Raises
    ValueError for rates and times that are not positive.
    """

    arrivals_per_second: float
    handling_seconds: float
    agents: int
    patience_seconds: float | None = None

    def __post_init__(self) -> None:
        patience = math.inf if self.patience_seconds is None else self.patience_seconds
        if not (self.arrivals_per_second > 0 and self.handling_seconds > 0 and patience > 0 and self.agents >= 1):
            raise ValueError("arrivals, handling, patience and agents must be positive")

    @property
    def load(self) -> float:
        """Offered load in Erlangs: arrival rate x mean handling time."""
        return self.arrivals_per_second * self.handling_seconds

    @property
    def stable(self) -> bool:
        """Whether there is a stationary state: always with patience, else load < agents."""
        return self.patience_seconds is not None or self.load < self.agents

    @cached_property
    def wait_probability(self) -> float:
        """Share of contacts that find every agent busy."""
        return 1 - self._served_at_once if self.stable else 1.0

    @cached_property
    def abandon_rate(self) -> float:
        """Share of contacts that abandon: 1 - throughput / arrivals."""
        if self.patience_seconds is None:
            return 0.0
        return self._integral(lambda waits: 1 - self._patient(waits))

    @cached_property
    def mean_wait_seconds(self) -> float:
        """Mean wait of all contacts, those who abandon and those answered at once included; inf when unstable."""
        if self.patience_seconds is None:
            excess = self.agents - self.load
            return self.wait_probability * self.handling_seconds / excess if excess > 0 else math.inf
        return self.abandon_rate * self.patience_seconds

    def service_level(self, threshold_seconds: float) -> float:
        """Answered within the threshold / offered."""
        if not self.stable:
            return 0.0
        return self._served_at_once + self._integral(self._patient, threshold_seconds)

    @property
    def occupancy(self) -> float:
        """Busy / agents."""
        return min(1.0, self.load * (1 - self.abandon_rate) / self.agents)

    def _patient(self, waits: Float64) -> Float64:
        """Share of contacts that would wait so long."""
        return np.ones_like(waits) if self.patience_seconds is None else np.exp(-waits / self.patience_seconds)

    def _log_density(self, waits: Float64) -> Float64:
        """Logarithm of the virtual wait's density, but for a constant."""
        drained = self.agents / self.handling_seconds * waits
        if self.patience_seconds is None:
            return self.arrivals_per_second * waits - drained
        joined = -self.arrivals_per_second * self.patience_seconds * np.expm1(-waits / self.patience_seconds)
        return np.asarray(joined - drained)

    @cached_property
    def _top(self) -> float:
        """The highest logarithm of the density; taken off before exponentials, which would overflow."""
        return float(self._log_density(np.array([self._likeliest]))[0])

    @cached_property
    def _likeliest(self) -> float:
        if self.patience_seconds is None or self.load <= self.agents:
            return 0.0
        return math.log(self.load / self.agents) * self.patience_seconds

    @cached_property
    def _longest(self) -> float:
        """A wait beyond which the density is negligible."""
        step = self.handling_seconds / self.agents
        while self._top - float(self._log_density(np.array([self._likeliest + step]))[0]) < _NEGLIGIBLE:
            step *= 1.5
        return self._likeliest + step

    def _weigh(self, factor: Callable[[Float64], Float64], end: float) -> float:
        """Integral of a factor times arrivals x density from 0 to `end`, not normalised."""
        edges = np.linspace(0.0, min(end, self._longest), _PANELS + 1)
        half = np.diff(edges)[:, None] / 2
        waits = (edges[:-1, None] + half) + half * _NODES
        density = np.exp(self._log_density(waits) - self._top)
        return self.arrivals_per_second * float((half * _WEIGHTS * density * factor(waits)).sum())

    @cached_property
    def _weights(self) -> tuple[float, float]:
        """Weights of being answered at once and of waiting, on one scale."""
        at_once = math.exp(-self._top) / erlang_b(self.load, self.agents - 1)
        return at_once, self._weigh(np.ones_like, math.inf)

    @property
    def _served_at_once(self) -> float:
        return self._weights[0] / sum(self._weights)

    def _integral(self, factor: Callable[[Float64], Float64], end: float = math.inf) -> float:
        return self._weigh(factor, end) / sum(self._weights)


def least_agents(
    arrivals_per_second: float,
    handling_seconds: float,
    patience_seconds: float | None,
    *,
    threshold_seconds: float,
    service_level: float,
) -> int:
    """The least agents with which answered within the threshold / offered is at least `service_level`.

    0 without arrivals. Raises ValueError for a level outside (0, 1).
    """
    if not 0 < service_level < 1:
        raise ValueError("a service level lies between 0 and 1")
    if arrivals_per_second == 0:
        return 0

    def enough(agents: int) -> bool:
        queue = Erlang(arrivals_per_second, handling_seconds, agents, patience_seconds)
        return queue.service_level(threshold_seconds) >= service_level

    high = max(1, math.ceil(arrivals_per_second * handling_seconds))
    step = 1
    while not enough(high):
        high, step = high + step, 2 * step
    low = 0
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if enough(middle) else (middle, high)
    return high
