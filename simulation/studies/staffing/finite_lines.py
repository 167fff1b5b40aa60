"""One queue with so many lines in its stationary state: M/M/c/K+M, balking included.

Contacts in the system are a birth-death chain: births lambda, lambda (1 - balking) from c on, none at K, and deaths
min(n, c) mu + max(n - c, 0) theta. Who finds c + j - 1 there has to see j of them go, at the rates c mu + i theta,
i < j: with b = c mu / theta exp(-theta x that time) is a Beta(b, j) variable; without patience the time is Gamma(j). So

    answered within t, of these      = b / (b + j) (1 - I_u(b + 1, j)),    u = exp(-theta t)
    neither answered nor gone by t   = u I_u(b, j)

I the regularised incomplete beta function. Times in seconds.
"""

import math
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from scipy import special

from simulation.erlang import erlang_b
from simulation.scenario.queues.promises import Formula
from simulation.studies.staffing.stationary_queue import StationaryQueue

Float64 = NDArray[np.float64]
_NEGLIGIBLE = 1e-18


class LinedQueue(StationaryQueue):
    """A queue whose contacts have so many lines, waiting or in service; agents beyond these have nothing to do.

    load in Erlangs, handling and exponential patience (None: endless) in seconds, over 0; agents and lines at least 1.
    """

    def __init__(
        self, load: float, handling: float, agents: int, lines: int, patience: float | None, balking: float = 0.0
    ) -> None:
        self.load, self.handling, self.lines, self.balking = load, handling, lines, balking
        self.agents = min(agents, lines)
        self._leaving = 0.0 if patience is None else handling / patience

    @cached_property
    def _weights(self) -> Float64:
        """Float64 (lines + 1,): probability of so many in the system."""
        there = np.arange(1, self.lines + 1, dtype=np.float64)
        births = np.where(there <= self.agents, self.load, self.load * (1 - self.balking))
        deaths = np.minimum(there, self.agents) + np.maximum(there - self.agents, 0.0) * self._leaving
        with np.errstate(divide="ignore"):  # who always balks never waits
            logs = np.append(0.0, np.cumsum(np.log(births) - np.log(deaths)))
        weights = np.exp(logs - logs.max())
        return np.asarray(weights / weights.sum())

    @cached_property
    def blocked(self) -> float:  # type: ignore[override]
        """Share of contacts that found no line free."""
        return float(self._weights[-1])

    @cached_property
    def _waiting(self) -> tuple[Float64, Float64]:
        """Places in the line, from 1, and the share of contacts that take each; those next to nobody takes left out."""
        shares = (1 - self.balking) * self._weights[self.agents : -1]
        taken = np.flatnonzero(shares > _NEGLIGIBLE)
        return (taken + 1).astype(np.float64), shares[taken]

    def answered_within(self, threshold: float) -> float:
        """Answered within a wait / offered."""
        at_once = float(self._weights[: self.agents].sum())
        places, shares = self._waiting
        if not self._leaving:
            in_time = special.gammainc(places, self.agents * threshold / self.handling)
        else:
            b, u = self.agents / self._leaving, math.exp(-threshold * self._leaving / self.handling)
            in_time = b / (b + places) * special.betaincc(b + 1, places, u)
        return at_once + float(shares @ in_time)

    def abandoned_within(self, threshold: float) -> float:
        """Abandoned within a wait / offered."""
        balked = self.balking * float(self._weights[self.agents : -1].sum())
        places, shares = self._waiting
        if not self._leaving:
            return balked
        b, u = self.agents / self._leaving, math.exp(-threshold * self._leaving / self.handling)
        gone = 1 - u * special.betainc(b, places, u) - b / (b + places) * special.betaincc(b + 1, places, u)
        return balked + float(shares @ gone)


def best_level(load: float, lines: int, formula: Formula) -> float:
    """The service level with as many agents as lines, of handling times of any distribution: nobody waits, and Erlang B
    says how many are blocked."""
    return 1.0 if formula is Formula.ANSWERED_OVER_ANSWERED else 1 - erlang_b(load, lines)


def least_lines(load: float, share: float) -> int:
    """The least lines that let in so great a share under 1 of contacts when nobody waits."""
    blocked, lines = 1.0, 0
    while 1 - blocked < share - 1e-12:
        lines += 1
        blocked = load * blocked / (lines + load * blocked)
    return lines
