"""REACTIVE: the service of the last weeks."""

from simulation.scenario.grid import DAY
from simulation.world.people.people import Instant, Process
from simulation.world.policies.decider import Decider, whole


class Reactive(Decider):
    """After `windows` weeks in a row under a line a step up, over a line a step down.

    A week's share of contacts served in time, of the team's queues together and whoever answered them, is seen
    `see_after_days` after its end, and acted on `act_after_days` later: by a requisition of `step` x the heads then in
    production, at least one, or by as many less, as far as no other policy wants them. Then the weeks count anew. A
    week without contacts breaks the row.
    """

    def process(self) -> Process:
        queues = [skill.queue for skill in self.people.team.skills]
        row = {True: 0, False: 0}
        for week, end in enumerate(self.grid.weeks[1:-1].tolist()):
            yield Instant(self.env, max(end + round(self.policy.see_after_days * DAY), self.now))
            share = self.planner.seen.in_time(queues, week)
            beyond = {True: _is_under(share, self.policy.under), False: _is_under(self.policy.over, share)}
            for up in row:
                row[up] = row[up] + 1 if beyond[up] else 0
                if row[up] == self.policy.windows:
                    row[up] = 0
                    self.env.process(self._step(up))

    def _step(self, up: bool) -> Process:
        """A step up or down, once it is acted on."""
        if self.policy.act_after_days:
            yield Instant(self.env, self.now + round(self.policy.act_after_days * DAY))
        heads = max(round((self.policy.step or 0.0) * self.people.in_production), 1)
        if up:
            self.planner.step_up(heads)
        else:
            self.planner.take_back(heads)
            self._shrink(heads)

    def _shrink(self, heads: int) -> None:
        """So many heads less, as far as no other policy wants them."""
        now, gone = self.now, self.planner.releases.effective(self.now)
        left = heads - self.planner.call_off(whole(min(heads, self.spare(now))))
        self.planner.releases.give_notice(whole(min(left, self.spare(gone))))


def _is_under(share: float | None, line: float | None) -> bool:
    return share is not None and line is not None and share < line
