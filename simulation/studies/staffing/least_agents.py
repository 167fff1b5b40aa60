"""The least agents of a scenario's teams with given `staffing`, interval by interval, for the targets of all queues.

A team that alone serves one queue needs what the formulas say (`one_queue`). Teams that share queues get the least-cost
numbers that simulation finds enough (`several_skills`), each different moment once. Where teams with people serve the
same queues, who are there is not decided by interval: those with given agents then take their share of what is
required (`world.planning.requirement`), rounded up.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from simulation.scenario.grid import Grid, Int64
from simulation.scenario.queues.queue import Queue
from simulation.scenario.queues.times import Distribution
from simulation.scenario.scenario import Scenario
from simulation.stationary import Goal
from simulation.stationary import least_agents as least_of_pool
from simulation.studies.staffing.moment_runs import Moment, MomentRuns
from simulation.studies.staffing.moments import Moments
from simulation.studies.staffing.one_queue import least_of_one_queue
from simulation.studies.staffing.pools import Pool, hourly_prices, pools
from simulation.studies.staffing.several_skills import Shared, least_cost, sets_of
from simulation.studies.staffing.unreachable import refuse_unreachable
from simulation.world.demand.cells import expected_cells, handling_multipliers
from simulation.world.planning.requirement import Requirement, speeds
from simulation.world.planning.workload import agent_seconds

GAIN = 0.05
"""By how much less may be needed than formulas of one line say: by priorities, or where times are not exponential."""


@dataclass(frozen=True)
class Sought:
    """A moment of a pool whose agents are sought by simulation."""

    scenario: Scenario
    pool: Pool
    moment: Moment
    seed: int = 1

    def agents(self) -> list[int]:
        """The least-cost agents, by team of the pool."""
        runs = MomentRuns(self.scenario, self.pool, self.moment, self.seed)
        return least_cost(shared_by(self.scenario, self.pool, self.moment), runs) if runs.busy else []


Answers = Callable[[list[Sought]], Iterator[list[int]]]
"""How moments are sought: here one after the other, or by several processes."""


def one_by_one(sought: list[Sought]) -> Iterator[list[int]]:
    """In this process."""
    return (one.agents() for one in sought)


def least_agents(scenario: Scenario, answers: Answers = one_by_one) -> dict[str, list[int]]:
    """The least agents on the floor by interval of every team with given `staffing`, by its id. Raises
    StudyRefusedError where no number of them is enough."""
    grid, shared = Grid.of(scenario), pools(scenario)
    moments = Moments.of(scenario, grid)
    refuse_unreachable(scenario, grid, moments, shared)
    found: dict[str, list[int]] = {}
    for pool in shared:
        agents = _of_pool(scenario, grid, moments, pool, answers)
        for t, of_team in zip(pool.teams, agents.T, strict=True):
            if scenario.teams[t].staffing is not None:
                found[scenario.teams[t].id] = of_team.tolist()
    return found


def _of_pool(scenario: Scenario, grid: Grid, moments: Moments, pool: Pool, answers: Answers) -> Int64:
    """Int64 (intervals, teams of the pool)."""
    if not pool.given:
        return _shares(scenario, grid)[:, list(pool.teams)]
    if pool.is_single:
        (t,), (q,) = pool.teams, pool.queues
        speed = speeds(scenario, scenario.queues[q])[t]
        rates, handling = moments.rates[:, q], moments.handling[:, q] * speed
        return least_of_one_queue(scenario, scenario.queues[q], grid, rates, handling)[:, None]
    at = [Moment.of(scenario, pool, moments, grid, interval) for interval in range(grid.intervals)]
    different = [moment for moment in dict.fromkeys(at) if any(moment.rates)]
    known: Mapping[Moment, list[int]] = dict(
        zip(different, answers([Sought(scenario, pool, moment) for moment in different]), strict=True)
    )
    nobody = [0] * len(pool.teams)
    return np.array([known.get(moment, nobody) for moment in at], np.int64)


def _shares(scenario: Scenario, grid: Grid) -> Int64:
    cells, multipliers = expected_cells(scenario, grid), handling_multipliers(scenario, grid)
    required = Requirement.of(scenario, grid, cells, multipliers).team_agents
    return np.ceil(required - 1e-6).astype(np.int64)


def shared_by(scenario: Scenario, pool: Pool, moment: Moment) -> Shared:
    """What a moment asks of a pool, of the queues with contacts."""
    busy = [k for k, rate in enumerate(moment.rates) if rate > 0]
    serves, fastest = [], []
    for k in busy:
        of_teams = speeds(scenario, scenario.queues[pool.queues[k]])[list(pool.teams)]
        serves.append(of_teams > 0)
        fastest.append(float(of_teams[of_teams > 0].min()))
    together = {some: _required(scenario, pool, moment, busy, fastest, some) for some in sets_of(len(busy))}
    return Shared(np.stack(serves, axis=1), together, hourly_prices(scenario, pool))


def _required(
    scenario: Scenario, pool: Pool, moment: Moment, busy: list[int], fastest: list[float], some: tuple[int, ...]
) -> int:
    """What some queues need at least, as one pool of the fastest agents that any of them has and by the loosest of
    their targets."""
    queues = [scenario.queues[pool.queues[busy[k]]] for k in some]
    if len({queue.target.formula for queue in queues}) > 1:
        return 1  # no formula holds for all
    rates, load = [moment.rates[busy[k]] for k in some], 0.0
    for k, queue, rate in zip(some, queues, rates, strict=True):
        growing, fixed = agent_seconds(queue)
        load += rate * (growing * moment.multipliers[busy[k]] + fixed) * fastest[k]
    slots = max(queue.concurrency.slots for queue in queues)
    patience = [queue.patience.mean for queue in queues if queue.patience is not None]
    loosest = Goal(
        shares=np.array([min(moment.shares[busy[k]] for k in some)]),
        threshold=max(queue.target.threshold_seconds for queue in queues),
        formula=queues[0].target.formula,
        short=max(queue.target.short_abandon_seconds for queue in queues),
        patience=min(patience) if patience else None,
        max_abandon_rate=None,
    )
    ceiling = max(queue.target.max_occupancy for queue in queues)
    occupancy = np.array([ceiling if ceiling < 1 else np.inf])
    at_once, handling = np.array([load * slots]), np.array([load * slots / sum(rates)])
    found = -(-int(least_of_pool(at_once, handling, occupancy, [loosest])[0]) // slots)
    exact = len(some) == 1 and _is_markovian(queues[0])
    return found if exact else int(found * (1 - GAIN))


def _is_markovian(queue: Queue) -> bool:
    """Whether Erlang's formulas are exact for it."""
    patient = queue.patience is None or queue.patience.distribution is Distribution.EXPONENTIAL
    limited = queue.balking_probability or queue.lines or queue.callback or queue.concurrency.slots > 1
    return queue.handling.distribution is Distribution.EXPONENTIAL and patient and not limited
