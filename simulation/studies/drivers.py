"""What a plan stands on, each by one typed change whose size can be varied: volume, handling time, attrition, ..."""

import math
from collections.abc import Callable
from dataclasses import dataclass

from simulation.scenario.changing.alteration import Alteration
from simulation.scenario.changing.change import altered
from simulation.scenario.changing.demand import ScaleDemand
from simulation.scenario.changing.draft import count
from simulation.scenario.changing.people import (
    DelayHiring,
    ScaleAbsence,
    ScaleAttrition,
    ScaleHiring,
    ScaleShrinkage,
    ScaleTeam,
)
from simulation.scenario.changing.service import ScaleHandling, ScalePatience
from simulation.scenario.changing.vendors import ScaleRates, ScaleWages
from simulation.scenario.scenario import Scenario


@dataclass(frozen=True)
class Driver:
    """One thing that a plan stands on.

    name:    what people call it
    meaning: what is varied
    change:  the typed change to a value
    neutral: the value that changes nothing: a factor of 1, or 0 weeks
    least, most: between which it is varied
    is_whole: whether only whole values are possible
    """

    name: str
    meaning: str
    change: Callable[[float], Alteration]
    neutral: float = 1.0
    least: float = 0.05
    most: float = 4.0
    is_whole: bool = False

    @property
    def first_step(self) -> float:
        """By which one leaves the neutral value first."""
        return 1.0 if self.is_whole else 0.1

    def changes(self, value: float) -> list[Alteration]:
        """What makes the value so; nothing where it is so already."""
        return [] if value == self.neutral else [self.change(value)]

    def at(self, scenario: Scenario, value: float) -> Scenario:
        """The scenario at a value. Raises RefusedError where it cannot be varied so, ScenarioError where no valid
        scenario is left."""
        return altered(scenario, self.changes(value)).scenario

    def told(self, value: float) -> str:
        """A value in words."""
        if self.is_whole:
            return f"{self.name} of {count(value, 'week')}"
        return f"{self.name} x {value:.6g}"


DRIVERS = {
    driver.name: driver
    for driver in (
        Driver("demand", "Volume of every queue", lambda value: ScaleDemand(factor=value)),
        Driver("handling", "Handling time of every queue", lambda value: ScaleHandling(factor=value)),
        Driver("attrition", "Attrition of every team", lambda value: ScaleAttrition(factor=value), least=0.0),
        Driver("absence", "Unplanned absence of every team", lambda value: ScaleAbsence(factor=value), least=0.0),
        Driver(
            "lateness",
            "Weeks by which all hiring is late",
            lambda value: DelayHiring(weeks=math.floor(value)),
            neutral=0.0,
            least=0.0,
            most=26.0,
            is_whole=True,
        ),
        Driver("patience", "Patience of every queue", lambda value: ScalePatience(factor=value)),
        Driver("shrinkage", "Planned shrinkage of every team", lambda value: ScaleShrinkage(factor=value), least=0.0),
        Driver("hiring", "What hiring yields in every team", lambda value: ScaleHiring(factor=value), least=0.0),
        Driver("heads", "Size of every team at the start", lambda value: ScaleTeam(factor=value), least=0.0),
        Driver("wages", "Wages of every team", lambda value: ScaleWages(factor=value), least=0.0),
        Driver("rates", "Rates of every vendor", lambda value: ScaleRates(factor=value), least=0.0),
    )
}
"""By name, those that a plan mostly stands on first."""
