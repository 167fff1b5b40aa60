"""SURGE: the bench."""

from math import ceil

from simulation.scenario.grid import HOUR
from simulation.world.people.people import Instant, Process
from simulation.world.policies.decider import Decider
from simulation.world.policies.planner import ROUNDING


class Surge(Decider):
    """Calls the bench for each week whose expected net staffing is under the line.

    Decided as late as the notice allows: `notice_hours` before the week, or at the start for a week that begins sooner,
    then for the rest of it. Net staffing = (effective FTE expected at the week's first instant - required) / required.
    As many are called as are missing to the requirement, at most the bench's `agents`, in at most `max_weeks` weeks.
    They work the hours of a tenured FTE of the team from the first midnight on.
    """

    def process(self) -> Process:
        surge, grid = self.people.workforce.surge, self.grid
        assert surge is not None  # SURGE without a bench is refused
        required, notice = self.planner.seen.required_fte(self.planner.team), round(surge.notice_hours * HOUR)
        called = 0
        for week, begin in enumerate(grid.weeks[:-1].tolist()):
            decided = max(begin - notice, self.now)
            yield Instant(self.env, decided)
            missing = float(required[week]) - self.outlook.effective_fte(max(begin, decided))
            is_short = required[week] > 0 and -missing / required[week] < (self.policy.when_net_under or 0.0)
            if is_short and missing > ROUNDING and (surge.max_weeks is None or called < surge.max_weeks):
                heads = min(surge.agents, ceil(missing * self.outlook.handling(max(begin, decided)) - ROUNDING))
                called += 1
                self.env.process(self._bench(heads, max(begin, decided + notice), int(grid.weeks[week + 1])))

    def _bench(self, heads: int, begin: int, end: int) -> Process:
        """The bench is there for a while."""
        if begin >= end:
            return
        yield Instant(self.env, begin)
        self.people.bench += heads
        yield Instant(self.env, end)
        self.people.bench -= heads
