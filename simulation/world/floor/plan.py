"""A scenario's floor as arrays: who may serve what, and what happens to the contacts of each queue."""

from collections.abc import Sequence

import numpy as np

from simulation.scenario.grid import Grid, Int64
from simulation.scenario.portions import Portion as Watched
from simulation.scenario.portions import portions
from simulation.scenario.queues.calling import Outbound
from simulation.scenario.queues.channels import DEFERRED_CHANNELS
from simulation.scenario.queues.queue import Queue
from simulation.scenario.scenario import Scenario
from simulation.scenario.vendors import Leaving
from simulation.world.demand.arrivals import NEVER, Trace, order_of
from simulation.world.demand.distributions import draw, time_table
from simulation.world.demand.opening import OpeningTimes
from simulation.world.floor.allocated_lines import allocated
from simulation.world.floor.due import DueTimes
from simulation.world.floor.floor import Allocation, Attempts, Float64, FloorPlan, Line, Portion, QueueRules
from simulation.world.floor.route_lines import Steps, moving_lines, moving_shares, route_line
from simulation.world.randomness import Draws, Purpose, bits, unit
from simulation.world.stages import agent_groups

SECOND, MINUTE, HOUR, DAY = 1e6, 6e7, 3.6e9, 8.64e10
BACKLOG_NUMBER = 1 << 46
"""Numbers of the opening backlog begin here, beyond those of every cell of demand."""


def floor_plan(scenario: Scenario, grid: Grid, multipliers: Sequence[Float64]) -> FloorPlan:
    """The plan of a scenario's floor; `multipliers` of handling by queue and interval.

    A queue's route is its steps in order, or, without one, every team with the skill in one step. A team serves a
    queue only where it has the skill and stands in the queue's route; its agent groups one after the other. Under
    ALLOCATION each vendor has a line of its own, which its teams alone serve, and those of `allocated_lines`; a queue
    in transition has those that `moving_lines` says.
    """
    index = {queue.id: q for q, queue in enumerate(scenario.queues)}
    agents = agent_groups(scenario)
    group = {team.id: [g for g, one in enumerate(agents) if one.team == t] for t, team in enumerate(scenario.teams)}
    speed = np.ones((len(agents), len(index)))
    resolution = np.ones((len(agents), len(index)))
    priority: dict[tuple[int, int], int] = {}
    for g, one in enumerate(agents):
        for skill in scenario.teams[one.team].skills:
            if skill.queue in one.queues:
                place = g, index[skill.queue]
                speed[place], resolution[place], priority[place] = skill.speed, skill.resolution, skill.priority
    lines: list[Line] = []
    queues = []
    moving = {name: transition for transition in scenario.transitions for name in transition.queues}
    for q, queue in enumerate(scenario.queues):
        steps = _steps(queue, group, {g for g, served in priority if served == q})
        own = {vendor.id: {g for team in vendor.teams for g in group[team.id]} for vendor in scenario.vendors}
        transition = moving.get(queue.id)
        if transition is not None:
            added, allocation = moving_lines(q, queue, transition, steps, own), moving_shares(queue, transition, grid)
        elif queue.route.allocation:
            added, allocation = allocated(q, queue, scenario, steps, own, grid)
        else:
            added, allocation = [route_line(q, queue, steps)], ()
        places = tuple(range(len(lines), len(lines) + len(added)))
        lines += added
        queues.append(_rules(queue, grid, index, places, multipliers[q], allocation))
    serves = tuple(
        tuple(sorted((priority[g, line.queue], n) for n, line in enumerate(lines) if g in line.groups))
        for g in range(len(agents))
    )
    return FloorPlan(
        interval=grid.interval,
        horizon=grid.horizon,
        day_of_interval=grid.day_of_interval,
        queues=tuple(queues),
        lines=tuple(lines),
        serves=serves,
        speed=speed,
        resolution=resolution,
        own_contact=tuple(scenario.teams[one.team].leaving is Leaving.OWN_CONTACT for one in agents),
        portions=tuple(_portion(one, lines, scenario, group) for one in portions(scenario)),
    )


def _portion(watched: Watched, lines: Sequence[Line], scenario: Scenario, group: dict[str, list[int]]) -> Portion:
    """What belongs to a portion: lines of contacts given to the vendor, else its groups; without one all lines."""
    own = {n: line for n, line in enumerate(lines) if line.queue == watched.queue}
    threshold = round(watched.threshold_seconds * SECOND)
    if watched.vendor is None:
        return Portion(watched.queue, frozenset(own), frozenset(), threshold)
    if any(line.vendor is not None for line in own.values()):
        given = frozenset(n for n, line in own.items() if line.vendor == watched.vendor)
        return Portion(watched.queue, given, frozenset(), threshold)
    teams = next(vendor.teams for vendor in scenario.vendors if vendor.id == watched.vendor)
    return Portion(watched.queue, frozenset(), frozenset(g for team in teams for g in group[team.id]), threshold)


def opening_backlog(scenario: Scenario, plan: FloorPlan, draws: Draws, *, drawn: bool = True) -> Trace:
    """Deferred work that waits at the start, oldest first: exponential ages, and where `drawn` work of its own."""
    parts = [
        _backlog(queue, q, plan.queues[q], draws, drawn)
        for q, queue in enumerate(scenario.queues)
        if queue.backlog.volume
    ]
    nothing = np.zeros(0, np.int64)
    arrives, of_queue, number, work = (np.concatenate(column) for column in zip((nothing,) * 4, *parts, strict=True))
    order = order_of(arrives)  # ties by queue, then number: as they stand
    never, new = np.full(len(order), NEVER, np.int64), np.zeros(len(order), np.int64)
    return Trace(arrives[order], of_queue[order], number[order], never, work[order] if drawn else work, new)


def _backlog(queue: Queue, q: int, rules: QueueRules, draws: Draws, drawn: bool) -> tuple[Int64, Int64, Int64, Int64]:
    """(arrives, queue, number, work) of one queue's backlog, work of nobody unless `drawn`."""
    number = BACKLOG_NUMBER + np.arange(queue.backlog.volume, dtype=np.int64)
    name = number.astype(np.uint64)
    luck = unit(bits(draws.stream(Purpose.BACKLOG, queue.id), name))
    ages = np.rint(-np.log(luck) * queue.backlog.mean_age_hours * HOUR).astype(np.int64)
    work = np.zeros(0, np.int64)
    if drawn:
        lasts = draw(rules.work, bits(draws.stream(Purpose.WORK, queue.id), name)) * rules.mean_work[0]
        work = np.maximum(np.rint(lasts), 1).astype(np.int64)
    return -np.maximum(ages, 1), np.full(len(number), q, np.int64), number, work


def _steps(queue: Queue, group: dict[str, list[int]], skilled: set[int]) -> Steps:
    """A queue's route, of those who have the skill; without steps everybody who has it."""
    if not queue.route.steps:
        return [(0, sorted(skilled))]
    steps = [(step.after_seconds, [g for team in step.teams for g in group[team]]) for step in queue.route.steps]
    return [(round(after * SECOND), [g for g in groups if g in skilled]) for after, groups in steps]


def _rules(
    queue: Queue,
    grid: Grid,
    index: dict[str, int],
    lines: tuple[int, ...],
    multipliers: Float64,
    allocation: tuple[Allocation, ...],
) -> QueueRules:
    opens, closes = OpeningTimes(queue, grid).stretches
    due = DueTimes.of(queue, grid)
    patience, retrial, repeat, callback = queue.patience, queue.retrial, queue.repeat, queue.callback
    shares = np.cumsum([transfer.probability for transfer in queue.transfers]).tolist()
    return QueueRules(
        lines=lines,
        immediate=queue.channel not in DEFERRED_CHANNELS,
        threshold=round(queue.target.threshold_seconds * SECOND),
        short=round(queue.target.short_abandon_seconds * SECOND),
        opens=opens,
        closes=closes,
        work=time_table(queue.handling),
        mean_work=queue.handling.mean * SECOND * multipliers,
        patience=None if patience is None else time_table(patience),
        mean_patience=0.0 if patience is None else patience.mean * SECOND,
        allocation=allocation,
        most=queue.lines,
        balking=queue.balking_probability,
        retrial=None if retrial is None else (retrial.probability, retrial.mean_delay_minutes * MINUTE),
        repeat=None
        if repeat is None
        else (repeat.returns, repeat.mean_delay_hours * HOUR, round(repeat.window_days * DAY)),
        transfers=tuple((index[t.to], share) for t, share in zip(queue.transfers, shares, strict=True)),
        rework=0.0 if queue.quality is None else queue.quality.defects * queue.quality.found,
        callback=None
        if callback is None
        else (round(callback.offer_over_seconds * SECOND), callback.acceptance, callback.success),
        due=None if due is None else (due.begins, due.values, due.slopes),
        slots=queue.concurrency.slots,
        slowdown=queue.concurrency.slowdown,
        outbound=None if queue.outbound is None else _attempts(queue.outbound),
    )


def _attempts(outbound: Outbound) -> Attempts:
    retry, lasts = round(outbound.retry_hours * HOUR), round(outbound.attempt_seconds * SECOND)
    return Attempts(outbound.max_attempts, outbound.connect, max(1, retry), max(1, lasts))
