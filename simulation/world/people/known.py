"""People as planners know them: the expected share of each who is there at a later instant, nobody's luck in it."""

import numpy as np

from simulation.scenario.grid import Int64
from simulation.scenario.people.policies import Basis
from simulation.world.people.attrition import Exposure, Hazard
from simulation.world.people.learning import Pace
from simulation.world.people.persons import Float64, Persons


class Known:
    """Persons as planners know them now: how many each stands for, what attrition takes of them from now on."""

    def __init__(self, persons: Persons, count: Float64, now: int, hazard: Hazard) -> None:
        self.persons, self.count = persons, count
        self.exposure = Exposure(hazard, persons, np.maximum(persons["since"], now))
        self.trained, self.settled, self.until = (persons[name].copy() for name in ("trained", "settled", "until"))
        self.there: dict[tuple[int, Basis], Float64] = {}
        self.effective: dict[int, Float64] = {}
        self.untrained, self.stays_on = self.trained > now, ~persons["noticed"]

    def expected(self, at: int, basis: Basis) -> Float64:
        """Float64 (persons,): how many each is expected to be at an instant: count x exp(-hazard spent) x the share
        that passes, of those who have begun by then and are not released."""
        return self._left(self.exposure.until(at), at, basis)

    def expected_at(self, instants: Int64, basis: Basis) -> Float64:
        """Float64 (instants, persons): the same at each of some instants."""
        return self._left(self.exposure.until_each(instants), instants[:, None], basis)

    def _left(self, spent: Float64, at: int | Int64, basis: Basis) -> Float64:
        passed = np.where(self.untrained & (self.trained <= at), self.persons["pass_share"], 1.0)
        begun = self.persons["started"] if basis is Basis.PAYROLL else self.trained
        there = (begun <= at) & (self.until > at)
        left: Float64 = self.count * np.exp(-spent) * passed * there
        return left

    def effective_fte(self, there: Float64, at: int | Int64, pace: Pace, full_time: float) -> Float64:
        """FTE in production at an instant, or some, weighted by tenured / own handling time, of those there
        (`expected`); full_time: paid hours a week of one FTE."""
        speeds = np.where(self.settled <= at, pace.speeds(np.minimum(self.settled, at), at), pace.nesting_speed)
        return np.asarray(there * (self.persons["hours"] / full_time) * speeds)
