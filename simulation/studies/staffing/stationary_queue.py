"""One queue in its stationary state, whatever its patience and its lines are: the service level by every formula."""

import math
from abc import ABC, abstractmethod

from simulation.scenario.queues.promises import Formula

_TINY = 1e-290


class StationaryQueue(ABC):
    """What became of contacts that arrived, as shares of all offered. Times in seconds."""

    blocked = 0.0
    """Share of contacts that found no line free."""

    @abstractmethod
    def answered_within(self, threshold: float) -> float:
        """Answered within a wait / offered."""

    @abstractmethod
    def abandoned_within(self, threshold: float) -> float:
        """Abandoned within a wait / offered."""

    @property
    def abandon_rate(self) -> float:
        """Abandoned / offered."""
        return self.abandoned_within(math.inf)

    def service_level(self, threshold: float, formula: Formula, short: float) -> float:
        """The service level by a formula; `short` is the short-abandon time t0."""
        answered = self.answered_within(threshold)
        if formula is Formula.ANSWERED_OVER_OFFERED_LESS_SHORT:
            return answered / max(1 - self.abandoned_within(threshold), _TINY)
        if formula is Formula.ABANDONED_IN_TIME_COUNT:
            return answered + self.abandoned_within(threshold)
        if formula is Formula.ANSWERED_OVER_ANSWERED:
            return answered / max(1 - self.abandon_rate - self.blocked, _TINY)
        if formula is Formula.SHORT_ABANDONS_COUNT:
            return answered + self.abandoned_within(short)
        return answered
