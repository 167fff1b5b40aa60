"""PLAN: a target of heads by date."""

from functools import cached_property
from itertools import pairwise
from math import inf, isinf

from simulation.scenario.grid import WEEK
from simulation.world.people.people import Instant, Process
from simulation.world.policies.decider import Decider, wall_time, whole


class Plan(Decider):
    """Each week a requisition, or notice, to meet the target of heads by date with REACTIVE's steps on top.

    A review asks for what is missing, of the heads expected when new people would be ready, to the highest target from
    then until those of the next review would be. Of those under way it calls off as many as are over every target until
    then; it gives notice to as many as are over the target in the week in which they would go, if neither a target
    until new people would be ready needs them nor attrition takes them. Before its first date a plan decides nothing.
    """

    def process(self) -> Process:
        weeks, last, basis = self.grid.weeks.tolist(), self.grid.horizon - 1, self.policy.basis
        for start, following in pairwise(weeks):
            yield Instant(self.env, start)
            steps = self.planner.steps(basis)
            ready, next_ready = self.planner.ready(start, basis), self.planner.ready(following, basis)
            week = wall_time(start, following)
            asked_for = max(next_ready, self.grid.later(ready, week))
            wanted = self._target(ready, asked_for)
            if wanted is not None and ready <= last:
                self.planner.ask(wanted + steps - self.outlook.heads(ready, basis), wanted + steps, basis)
            gone = self.planner.releases.effective(start)
            until_then = self._target(start, asked_for)
            if until_then is not None and self.planner.pipeline.is_under_way:
                under_way = self.outlook.heads(min(ready, last), basis) - until_then
                self.planner.pipeline.call_off(whole(min(under_way - steps, self.spare(start))))
            over = self.over(gone, week) if gone <= last else 0.0
            if not isinf(over):
                self.planner.releases.give_notice(whole(min(over - steps, self.spare(gone))))

    def over(self, gone: int, week: int = WEEK) -> float:
        """Heads over its target; any number without one.

        At that instant over the targets until another `week` of the wall clock has passed, later over those until then.
        """
        last, basis = self.grid.horizon - 1, self.policy.basis
        ready = self.planner.ready(self.now, basis)
        needed = self._target(gone, self.grid.later(gone, week))
        needed_later = self._target(gone, max(ready, gone) + 1)
        if needed is None or needed_later is None:
            return inf
        over = self.outlook.heads(gone, basis, not_told_to_go=True) - needed
        later = min(max(ready, gone), last)
        return min(over, self.outlook.heads(later, basis, not_told_to_go=True) - needed_later)

    def _target(self, begin: int, end: int) -> int | None:
        """The highest target in force within [begin, end); None where none is."""
        in_force = [heads for instant, heads in self._targets if instant <= begin][-1:]
        return max(in_force + [heads for instant, heads in self._targets if begin < instant < end], default=None)

    @cached_property
    def _targets(self) -> list[tuple[int, int]]:
        """Heads from an instant on, ascending."""
        given = self.policy.heads or {}
        return sorted((self.grid.midnight(period.first), heads) for period, heads in given.items())
