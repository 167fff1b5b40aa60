"""Scaling policies: how a team decides to hire, to release and to call its bench.

Each is a SimPy process that sees what a planner would have seen by then (`seen`, `outlook`) and acts through the
pipeline, with the lag that it has, or by notice. They work side by side and know of each other only by the people they
find on the payroll and under way. Weeks are the scenario's; a review stands at a week's first instant.
"""

from collections.abc import Callable, Mapping, Sequence
from itertools import pairwise
from math import ceil, floor

import numpy as np

from simulation.scenario.grid import DAY, HOUR
from simulation.scenario.policies import Policy, PolicyKind
from simulation.world.people import Instant, Process
from simulation.world.planner import ROUNDING, Planner


def begin(planner: Planner, policies: Sequence[Policy]) -> None:
    """Starts the processes of a team's policies."""
    for policy in policies:
        if policy.kind in PROCESSES:
            planner.env.process(PROCESSES[policy.kind](planner, policy))


def plan_process(planner: Planner, policy: Policy) -> Process:
    """PLAN: each week a requisition, or notice, so that the target of heads by date is met.

    A review asks for what is missing, of the heads expected when new people would be ready, to the highest target from
    then until those of the next review would be. It gives notice to as many as are over the target in the week in
    which they would go, if neither a target until new people would be ready needs them nor attrition takes them.
    Before its first date a plan decides nothing.
    """
    weeks, last, basis = planner.people.grid.weeks.tolist(), planner.horizon - 1, policy.basis
    for start, following in pairwise(weeks):
        yield Instant(planner.env, start)
        ready, next_ready = planner.ready(start, basis), planner.ready(following, basis)
        target = _highest(planner, policy, ready, max(next_ready, ready + following - start))
        if target is not None and ready <= last:
            planner.ask(target - planner.outlook.heads(ready, basis), target, basis)
        gone = planner.releases.effective(start)
        needed = _highest(planner, policy, gone, gone + following - start)
        needed_later = _highest(planner, policy, gone, max(ready, gone) + 1)
        if needed is not None and needed_later is not None and gone <= last:
            over = planner.outlook.heads(gone, basis, not_told_to_go=True) - needed
            later = min(max(ready, gone), last)
            over_later = planner.outlook.heads(later, basis, not_told_to_go=True) - needed_later
            planner.releases.give_notice(max(floor(min(over, over_later) + ROUNDING), 0))


def _highest(planner: Planner, policy: Policy, begin: int, end: int) -> int | None:
    """The highest target in force within [begin, end); None where none is."""
    midnight = planner.people.grid.midnight
    targets = sorted((midnight(period.first), heads) for period, heads in (policy.heads or {}).items())
    in_force = [heads for instant, heads in targets if instant <= begin][-1:]
    return max(in_force + [heads for instant, heads in targets if begin < instant < end], default=None)


def hire_up_to_process(planner: Planner, policy: Policy) -> Process:
    """HIRE_UP_TO: every review a requisition up to what the forecast requires when new people will be ready.

    The level is the highest required FTE of the weeks from then until people of the next review would be ready, times
    1 + buffer; what is missing to it are the effective FTE expected then, net of attrition and with everybody under
    way, in heads of the usual contract. Nobody is released.
    """
    grid, workforce = planner.people.grid, planner.people.workforce
    required, weeks = planner.seen.required_fte(planner.team), grid.weeks[:-1].tolist()
    reviews = [*weeks[:: policy.review_weeks], planner.horizon]
    for start, following in pairwise(reviews):
        yield Instant(planner.env, start)
        ready = planner.ready(start)
        if ready >= planner.horizon:
            continue
        end = max(planner.ready(following), ready + following - start)
        first, last = np.searchsorted(grid.weeks, [ready, end - 1], "right") - 1
        level = float(required[first : last + 1].max()) * (1 + policy.buffer)
        heads = workforce.hours_per_week / workforce.mean_hours
        planner.ask((level - planner.outlook.effective_fte(ready)) * heads, level * heads)


def reactive_process(planner: Planner, policy: Policy) -> Process:
    """REACTIVE: after `windows` weeks in a row under a line a step up, over a line a step down.

    A week's share of contacts served in time, of the team's queues together and whoever answered them, is seen
    `see_after_days` after its end, and acted on `act_after_days` later: by a requisition, or by notice, of
    `step` x the heads then in production, at least one. Then the weeks count anew. A week without contacts breaks the
    row.
    """
    queues = [skill.queue for skill in planner.people.team.skills]
    row = {True: 0, False: 0}
    for week, end in enumerate(planner.people.grid.weeks[1:-1].tolist()):
        yield Instant(planner.env, max(end + round(policy.see_after_days * DAY), planner.now))
        share = planner.seen.in_time(queues, week)
        for up, beyond in ((True, _is_under(share, policy.under)), (False, _is_under(policy.over, share))):
            row[up] = row[up] + 1 if beyond else 0
            if row[up] == policy.windows:
                row[up] = 0
                planner.env.process(_step_process(planner, policy, up))


def _is_under(share: float | None, line: float | None) -> bool:
    return share is not None and line is not None and share < line


def _step_process(planner: Planner, policy: Policy, up: bool) -> Process:
    """A step up or down, once it is acted on."""
    if policy.act_after_days:
        yield Instant(planner.env, planner.now + round(policy.act_after_days * DAY))
    heads = max(round((policy.step or 0.0) * planner.people.in_production), 1)
    if up:
        planner.pipeline.requisition(heads)
    else:
        planner.releases.give_notice(heads)


def surge_process(planner: Planner, policy: Policy) -> Process:
    """SURGE: calls the bench for each week whose expected net staffing is under the line.

    Decided as late as the notice allows: `notice_hours` before the week, or at the start for a week that begins
    sooner, then for the rest of it. Net staffing = (effective FTE expected at the week's first instant - required) /
    required. As many are called as are missing to the requirement, at most the bench's `agents`, in at most
    `max_weeks` weeks. They work the hours of a tenured FTE of the team from the first midnight on.
    """
    surge, grid = planner.people.workforce.surge, planner.people.grid
    assert surge is not None  # SURGE without a bench is refused
    required, notice = planner.seen.required_fte(planner.team), round(surge.notice_hours * HOUR)
    called = 0
    for week, begin in enumerate(grid.weeks[:-1].tolist()):
        decided = max(begin - notice, planner.now)
        yield Instant(planner.env, decided)
        missing = float(required[week]) - planner.outlook.effective_fte(max(begin, decided))
        is_short = required[week] > 0 and -missing / required[week] < (policy.when_net_under or 0.0)
        if is_short and missing > ROUNDING and (surge.max_weeks is None or called < surge.max_weeks):
            heads = min(surge.agents, ceil(missing - ROUNDING))
            called += 1
            planner.env.process(_bench_process(planner, heads, max(begin, decided + notice), int(grid.weeks[week + 1])))


def _bench_process(planner: Planner, heads: int, begin: int, end: int) -> Process:
    """The bench is there for a while."""
    if begin >= end:
        return
    yield Instant(planner.env, begin)
    planner.people.bench += heads
    yield Instant(planner.env, end)
    planner.people.bench -= heads


PROCESSES: Mapping[PolicyKind, Callable[[Planner, Policy], Process]] = {
    PolicyKind.PLAN: plan_process,
    PolicyKind.HIRE_UP_TO: hire_up_to_process,
    PolicyKind.REACTIVE: reactive_process,
    PolicyKind.SURGE: surge_process,
}
"""The process of each kind of policy; NONE has none."""
