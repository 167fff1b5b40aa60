"""How fast and how sure a person is by stage and weeks of experience.

Speed = 1 / handling multiplier. In nesting 1 / nesting.multiplier; from its end on, w weeks later, by the learning
curve: AHT 1 / (1 + (m - 1) e^(-w/tau)), SPEED 1 - (1 - 1/m) e^(-w/tau). The factor on the probability that a contact
is solved is nesting.resolution in nesting, then 1 - (1 - r) e^(-w/tau).
"""

import numpy as np
from numpy.typing import NDArray

from simulation.scenario.grid import WEEK
from simulation.scenario.people.learning import LearningShape
from simulation.scenario.people.workforce import Workforce

Float64 = NDArray[np.float64]
Int64 = NDArray[np.int64]


class Pace:
    """A team's people at work: Float64 (people,) of those past nesting, one number of those in it."""

    def __init__(self, workforce: Workforce) -> None:
        learning, nesting = workforce.learning, workforce.nesting
        self.nesting_speed = 1 / nesting.multiplier if nesting is not None else 1.0
        self.nesting_resolution = nesting.resolution if nesting is not None else 1.0
        self._decay = 0.0 if learning is None else 1 / (learning.time_constant_weeks * WEEK)
        self._extra = 0.0 if learning is None else learning.new_hire_multiplier - 1
        self._gap = 0.0 if learning is None else 1 - learning.new_hire_resolution
        self._by_speed = learning is not None and learning.shape is LearningShape.SPEED
        self.all_are_as_fast, self.all_are_as_sure = self._extra == 0, self._gap == 0

    def speeds(self, settled: Int64, at: int | Int64) -> Float64:
        """At an instant, or some, of people past nesting since `settled`."""
        new = self._new(settled, at)
        if self._by_speed:
            return np.asarray(1 - self._extra / (1 + self._extra) * new)
        return np.asarray(1 / (1 + self._extra * new))

    def resolutions(self, settled: Int64, at: int | Int64) -> Float64:
        """Factors at an instant, or some, of people past nesting since `settled`."""
        return np.asarray(1 - self._gap * self._new(settled, at))

    def _new(self, settled: Int64, at: int | Int64) -> Float64:
        return np.asarray(np.exp((settled - at) * self._decay))
