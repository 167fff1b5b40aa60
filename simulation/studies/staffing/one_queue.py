"""The exact least agents of one queue with one kind of agent, interval by interval.

By Erlang C without patience, Erlang A with exponential patience, M/M/c+G with any other and with balking, M/M/c/K+M
where contacts have so many lines, patience of any distribution by its mean; the service level by the queue's own
formula, in the stationary state. `max_occupancy` below 1 and `max_abandon_rate` hold as well. Handling counts by its
mean, as these formulas have it. Chats of k slots wait for a slot: n is the least slots / k, each chat as long as with
all in use.
"""

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from simulation.scenario.grid import Grid, Int64
from simulation.scenario.queues.queue import Queue
from simulation.scenario.queues.times import Distribution
from simulation.scenario.scenario import Scenario
from simulation.stationary import Goal, least_agents
from simulation.studies.staffing.any_patience import AnyPatience, AnyQueue
from simulation.studies.staffing.finite_lines import LinedQueue
from simulation.studies.staffing.stationary_queue import StationaryQueue
from simulation.world.demand.cells import Float64
from simulation.world.planning.requirement import goal_of

_TOLERANCE = 1e-9
"""A share of 1 is a limit."""


def least_of_one_queue(scenario: Scenario, queue: Queue, grid: Grid, rates: Float64, handling: Float64) -> Int64:
    """Int64 (intervals,): the least agents on the floor with which the queue's target is kept in each interval.

    rates: Float64 (intervals,), contacts a second; handling: Float64 (intervals,), seconds of the agents who serve
    it, over 0. 0 where nobody comes.
    """
    goal = goal_of(scenario, queue, rates > 0, grid)
    slots = queue.concurrency.slots
    load, seconds = rates * handling * slots, handling * slots
    ceiling = queue.target.max_occupancy if queue.target.max_occupancy < 1 else np.inf
    exact_by_table = queue.patience is None or queue.patience.distribution is Distribution.EXPONENTIAL
    if exact_by_table and not queue.balking_probability and queue.lines is None:
        slots_needed = least_agents(load, seconds, np.full(len(load), ceiling), [goal])
    else:
        slots_needed = _row_by_row(queue, goal, load, seconds, ceiling)
    return np.asarray(-(-slots_needed // slots))


def _row_by_row(queue: Queue, goal: Goal, load: Float64, handling: Float64, ceiling: float) -> Int64:
    """Equal rows once, each by halving."""
    made = _made(queue)
    rows, place = np.unique(np.stack([np.round(load, 9), handling, goal.shares], axis=1), axis=0, return_inverse=True)
    found = [
        _least(made, replace(goal, shares=np.array([share])), erlangs, seconds, ceiling) if erlangs > 0 else 0
        for erlangs, seconds, share in rows.tolist()
    ]
    return np.array(found, np.int64)[place.ravel()]


Made = Callable[[float, float, int], StationaryQueue]
"""The queue of a load and a handling time with so many agents."""


def _made(queue: Queue) -> Made:
    lines, balking = queue.lines, queue.balking_probability
    if lines is not None:
        mean = None if queue.patience is None else queue.patience.mean
        return lambda load, handling, agents: LinedQueue(load, handling, agents, lines, mean, balking)
    patience = AnyPatience(queue.patience, balking)
    return lambda load, handling, agents: AnyQueue(load, handling, agents, patience)


def _least(made: Made, goal: Goal, load: float, handling: float, ceiling: float) -> int:
    """Of a goal that can be kept."""

    def enough(agents: int) -> bool:
        queue = made(load, handling, agents)
        level = queue.service_level(goal.threshold, goal.formula, goal.short)
        most = goal.max_abandon_rate
        rate_kept = most is None or queue.abandon_rate <= most + _TOLERANCE
        return level >= goal.shares[0] - _TOLERANCE and rate_kept and load / agents <= ceiling + _TOLERANCE

    high = 1
    while not enough(high):
        high *= 2
    low = high // 2
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if enough(middle) else (middle, high)
    return high
