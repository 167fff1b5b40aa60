"""How fast teams work from day to day: the handling-time multipliers of groups while vendors learn new queues.

In a transition with learning, the new vendor's multiplier on its queues is its skill's speed x
1 + (m - 1) e^(-w / tau), w = weeks from the date of the first step to the scenario's local day, at least 0; constant
within the day. Source: `scenario.md`, "Transition".
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from simulation.scenario.grid import Grid
from simulation.scenario.scenario import Scenario
from simulation.world.floor import Float64
from simulation.world.stages import agent_groups


@dataclass(frozen=True)
class Learning:
    """What the groups of one vendor still have to learn of some queues."""

    groups: tuple[int, ...]
    queues: tuple[int, ...]
    first: date
    multiplier: float
    time_constant_weeks: float

    def factor(self, day: date) -> float:
        """On handling times of a local day."""
        weeks = max(0, (day - self.first).days) / 7
        return 1.0 + (self.multiplier - 1.0) * math.exp(-weeks / self.time_constant_weeks)


class Pace:
    """Handling-time multipliers by day: `speed`, Float64 (groups, queues), times what is being learnt."""

    def __init__(self, scenario: Scenario, grid: Grid, speed: Float64) -> None:
        self._dates: Sequence[date] = grid.dates
        self._speed = speed
        self._learning = _learning(scenario)

    @property
    def changes(self) -> bool:
        """Whether any day differs from the plan."""
        return bool(self._learning)

    def on(self, day: int) -> Float64:
        """Float64 (groups, queues): of day `day` of the scenario, from 0."""
        speed = self._speed.copy()
        for learning in self._learning:
            for g in learning.groups:
                speed[g, learning.queues] *= learning.factor(self._dates[day])
        return speed


def _learning(scenario: Scenario) -> list[Learning]:
    index = {queue.id: q for q, queue in enumerate(scenario.queues)}
    vendors = [vendor.id for vendor in scenario.vendors for _ in vendor.teams]
    vendor_of = [vendors[group.team] for group in agent_groups(scenario)]
    return [
        Learning(
            groups=tuple(g for g, vendor in enumerate(vendor_of) if vendor == transition.to),
            queues=tuple(index[name] for name in transition.queues),
            first=transition.steps[0].from_,
            multiplier=transition.learning.multiplier,
            time_constant_weeks=transition.learning.time_constant_weeks,
        )
        for transition in scenario.transitions
        if transition.learning is not None
    ]
