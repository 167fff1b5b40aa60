"""Scaling policies: how a team decides to hire, to release and to call its bench.

Each is a SimPy process that sees what a planner would have seen by then (`seen`, `outlook`) and acts through the
pipeline, with the lag that it has, or by notice. They work side by side: each asks for what it misses of the people on
the payroll and under way, and nobody is told to go whom another one wants (`levels`). So a team holds what the one that
wants most does, and on top of a PLAN's target, for hiring as for releasing, the heads that came by REACTIVE's steps up
until a step down takes them back. Whom it does not need it first does not hire: open requisitions and people who wait
for a class are called off before anybody is given notice. Weeks are the scenario's; a review stands at a week's first
instant.
"""

from collections.abc import Callable, Mapping
from itertools import pairwise
from math import ceil, floor, isinf

from simulation.scenario.grid import DAY, HOUR
from simulation.scenario.policies import Policy, PolicyKind
from simulation.world.levels import level, over_target, spare, target
from simulation.world.people import Instant, Process
from simulation.world.planner import ROUNDING, Planner


def begin(planner: Planner) -> None:
    """Starts the processes of a team's policies."""
    for policy in planner.policies:
        if policy.kind in PROCESSES:
            planner.env.process(PROCESSES[policy.kind](planner, policy))


def plan_process(planner: Planner, policy: Policy) -> Process:
    """PLAN: each week a requisition, or notice, to meet the target of heads by date with REACTIVE's steps on top.

    A review asks for what is missing, of the heads expected when new people would be ready, to the highest target from
    then until those of the next review would be. Of those under way it calls off as many as are over every target until
    then; it gives notice to as many as are over the target in the week in which they would go, if neither a target
    until new people would be ready needs them nor attrition takes them. Before its first date a plan decides nothing.
    """
    weeks, last, basis = planner.people.grid.weeks.tolist(), planner.horizon - 1, policy.basis
    for start, following in pairwise(weeks):
        yield Instant(planner.env, start)
        steps = planner.steps(basis)
        ready, next_ready = planner.ready(start, basis), planner.ready(following, basis)
        week = _wall_time(start, following)
        asked_for = max(next_ready, planner.people.grid.later(ready, week))
        wanted = target(planner, policy, ready, asked_for)
        if wanted is not None and ready <= last:
            planner.ask(wanted + steps - planner.outlook.heads(ready, basis), wanted + steps, basis)
        gone = planner.releases.effective(start)
        until_then = target(planner, policy, start, asked_for)
        if until_then is not None and planner.pipeline.is_under_way:
            under_way = planner.outlook.heads(min(ready, last), basis) - until_then
            planner.pipeline.call_off(_whole(min(under_way - steps, spare(planner, policy.kind, start))))
        over = over_target(planner, policy, gone, week) if gone <= last else 0.0
        if not isinf(over):
            planner.releases.give_notice(_whole(min(over - steps, spare(planner, policy.kind, gone))))


def _wall_time(begin: int, end: int) -> int:
    """Whole days from one midnight to another, as microseconds of the wall clock."""
    return round((end - begin) / DAY) * DAY


def _whole(heads: float) -> int:
    return max(floor(heads + ROUNDING), 0)


def hire_up_to_process(planner: Planner, policy: Policy) -> Process:
    """HIRE_UP_TO: every review a requisition up to what the forecast requires when new people will be ready.

    The level is the highest required FTE of the weeks from then until people of the next review would be ready, times
    1 + buffer; what is missing to it are the effective FTE expected then, net of attrition and with everybody under
    way, in heads of the usual contract. Nobody is released.
    """
    weeks = planner.people.grid.weeks[:-1].tolist()
    reviews = [*weeks[:: policy.review_weeks], planner.horizon]
    for start, following in pairwise(reviews):
        yield Instant(planner.env, start)
        ready = planner.ready(start)
        if ready >= planner.horizon:
            continue
        until_next = planner.people.grid.later(ready, _wall_time(start, following))
        wanted = level(planner, policy, ready, max(planner.ready(following), until_next))
        heads = planner.heads_of_fte(ready)
        planner.ask((wanted - planner.outlook.effective_fte(ready)) * heads, wanted * heads)


def reactive_process(planner: Planner, policy: Policy) -> Process:
    """REACTIVE: after `windows` weeks in a row under a line a step up, over a line a step down.

    A week's share of contacts served in time, of the team's queues together and whoever answered them, is seen
    `see_after_days` after its end, and acted on `act_after_days` later: by a requisition of `step` x the heads then in
    production, at least one, or by as many less, as far as no other policy wants them. Then the weeks count anew. A
    week without contacts breaks the row.
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
        planner.step_up(heads)
    else:
        planner.take_back(heads)
        _shrink(planner, policy, heads)


def _shrink(planner: Planner, policy: Policy, heads: int) -> None:
    """So many heads less, as far as no other policy wants them."""
    now, gone = planner.now, planner.releases.effective(planner.now)
    left = heads - planner.call_off(_whole(min(heads, spare(planner, policy.kind, now))))
    planner.releases.give_notice(_whole(min(left, spare(planner, policy.kind, gone))))


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
            heads = min(surge.agents, ceil(missing * planner.outlook.handling(max(begin, decided)) - ROUNDING))
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
