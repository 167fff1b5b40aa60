"""A scaling policy at work: what it does week by week, and whom it could spare."""

from collections.abc import Sequence
from math import floor, inf

from simulation.scenario.grid import DAY
from simulation.scenario.people.policies import Policy
from simulation.world.people.people import Process
from simulation.world.policies.planner import ROUNDING, Planner


class Decider:
    """One policy of a team, `together` with all of its policies; of itself it decides nothing."""

    def __init__(self, planner: Planner, policy: Policy, together: Sequence["Decider"]) -> None:
        self.planner, self.policy, self.people, self.outlook = planner, policy, planner.people, planner.outlook
        self.env, self.grid = planner.env, planner.people.grid
        self._together = together

    @property
    def now(self) -> int:
        """The instant."""
        return self.planner.now

    def process(self) -> Process:
        """What it does over the horizon, a SimPy process."""
        yield from ()

    def over(self, gone: int) -> float:
        """Heads beyond those that it wants, if they would be gone at an instant within the horizon; any number where
        it wants none.

        Those told to go are left out, both when people who are told now would go and when people asked for in their
        place would be ready.
        """
        return inf

    def spare(self, gone: int) -> float:
        """Heads that may go at an instant as far as the team's other policies want them."""
        gone = min(gone, self.grid.horizon - 1)
        return min((other.over(gone) for other in self._together if other is not self), default=inf)


def whole(heads: float) -> int:
    """Whole heads, none where there are less than none."""
    return max(floor(heads + ROUNDING), 0)


def wall_time(begin: int, end: int) -> int:
    """Whole days from one midnight to another, as microseconds of the wall clock."""
    return round((end - begin) / DAY) * DAY
