"""Who decides for a team: what its scaling policies have in common.

Somebody asked for now is *ready* at the end of the training of the first class that can start after the mean lead time.
To be a head more then, 1 / (fill rate x share of a class that ends training) heads are asked for, rounded up. Of them
so many replace people who left or will leave as were not missing if everybody stayed; the others are growth.
"""

from collections.abc import Sequence
from datetime import timedelta
from math import ceil

from simulation.outcome.counting.counters import HEADS
from simulation.scenario.people.policies import Basis, Policy
from simulation.world.people.people import People
from simulation.world.people.pipeline import Pipeline
from simulation.world.people.releases import Releases
from simulation.world.policies.outlook import Outlook
from simulation.world.policies.seen import Seen

ROUNDING = 1e-6
"""Heads by which an expectation may miss a whole number without being rounded up."""


class Planner:
    """Who decides for the team at a place in the scenario.

    policies: those that it has.
    """

    def __init__(
        self, team: int, people: People, pipeline: Pipeline | None, seen: Seen, policies: Sequence[Policy]
    ) -> None:
        self.team, self.people, self.seen, self.policies = team, people, seen, policies
        self.env, self.horizon = people.env, people.grid.horizon
        self.outlook, self.releases = Outlook(people, pipeline), Releases(people)
        self._pipeline = pipeline

    @property
    def pipeline(self) -> Pipeline:
        """The team's way to hire."""
        assert self._pipeline is not None  # a policy that may hire is refused without hiring
        return self._pipeline

    @property
    def now(self) -> int:
        """The instant."""
        return int(self.env.now)

    def heads_of_fte(self, at: int) -> float:
        """Tenured heads of the usual contract that make an effective FTE at an instant."""
        return self.outlook.handling(at) * self.people.workforce.hours_per_week / self.people.workforce.mean_hours

    def ready(self, asked: int, basis: Basis = Basis.PRODUCTION) -> int:
        """When somebody asked for at an instant would likely be in production, or on the payroll; the horizon for
        never."""
        day = self.pipeline.class_day(self.pipeline.likely_due(asked))
        if day is None:
            return self.horizon
        weeks = self.pipeline.hiring.training_weeks if basis is Basis.PRODUCTION else 0
        date = self.people.joining.dates[day] + timedelta(weeks=weeks)
        return min(self.people.grid.midnight(date), self.horizon)

    def steps(self, basis: Basis) -> float:
        """Heads of REACTIVE's steps up that no step down took back, in production or on the payroll: those who came
        or likely will, not those asked for."""
        if self._pipeline is None:
            return 0.0
        return self._pipeline.stepped_up * (self.pipeline.hiring.pass_share if basis is Basis.PRODUCTION else 1.0)

    def call_off(self, heads: int) -> float:
        """Takes back so many heads of those under way at most; gives how many."""
        return 0.0 if self._pipeline is None else self._pipeline.call_off(heads)

    def step_up(self, heads: int) -> None:
        """REACTIVE asks for so many heads on top of what there is."""
        self.pipeline.requisition(heads, is_step=True)

    def take_back(self, heads: int) -> None:
        """So many heads in production of the steps up are on top no more, whether or not they can go."""
        if self._pipeline is not None:
            self._pipeline.take_back(heads / max(self.pipeline.hiring.pass_share, ROUNDING))

    def ask(self, missing: float, level: float, basis: Basis = Basis.PRODUCTION) -> None:
        """A requisition that likely adds the missing heads, of a level wanted, if they can be there in time."""
        day = self.pipeline.class_day(self.pipeline.likely_due(self.now))
        if missing <= ROUNDING or day is None:
            return
        share = self.pipeline.hiring.fill_rate
        if basis is Basis.PRODUCTION:
            share *= self.outlook.share_trained(self.people.joining.dates[day])
        asked = ceil(missing / max(share, ROUNDING) - ROUNDING)
        growth = min(max(level - self._payroll(), 0.0), missing)
        self.pipeline.requisition(asked, asked - round(asked * growth / missing))

    def _payroll(self) -> float:
        """Heads, in whatever stage, and those likely to come of what is under way."""
        waiting = sum(len(found.people) for found in self.pipeline.waiting)
        return self.people.heads(*HEADS) + waiting + sum(order.likely for order in self.pipeline.orders)
