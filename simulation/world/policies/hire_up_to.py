"""HIRE_UP_TO: what the forecast requires, with a buffer."""

from itertools import pairwise

import numpy as np

from simulation.scenario.grid import WEEK
from simulation.world.people.people import Instant, Process
from simulation.world.policies.decider import Decider, wall_time


class HireUpTo(Decider):
    """Every review a requisition up to what the forecast requires when new people will be ready.

    The level is the highest required FTE of the weeks from then until people of the next review would be ready, times 1
    + buffer; what is missing to it are the effective FTE expected then, net of attrition and with everybody under way,
    in heads of the usual contract. Nobody is released.
    """

    def process(self) -> Process:
        weeks = self.grid.weeks[:-1].tolist()
        reviews = [*weeks[:: self.policy.review_weeks], self.grid.horizon]
        for start, following in pairwise(reviews):
            yield Instant(self.env, start)
            ready = self.planner.ready(start)
            if ready >= self.grid.horizon:
                continue
            until_next = self.grid.later(ready, wall_time(start, following))
            wanted = self._level(ready, max(self.planner.ready(following), until_next))
            heads = self.planner.heads_of_fte(ready)
            self.planner.ask((wanted - self.outlook.effective_fte(ready)) * heads, wanted * heads)

    def over(self, gone: int) -> float:
        """Heads of the usual contract over its level.

        Over the highest level until people of its next review but one would be ready.
        """
        later = max(self.planner.ready(self.now), gone)
        next_but_one = self.grid.later(later, 2 * self.policy.review_weeks * WEEK)
        wanted = self._level(gone, min(next_but_one, self.grid.horizon))
        instants = (gone, min(later, self.grid.horizon - 1))
        fte = min(self.outlook.effective_fte(at, not_told_to_go=True) for at in instants)
        return (fte - wanted) * self.planner.heads_of_fte(gone)

    def _level(self, begin: int, end: int) -> float:
        """The highest FTE, buffer included, that the forecast requires within [begin, end)."""
        first, last = np.searchsorted(self.grid.weeks[:-1], [begin, end - 1], "right") - 1
        required = self.planner.seen.required_fte(self.planner.team)[first : last + 1]
        return float(required.max()) * (1 + self.policy.buffer)
