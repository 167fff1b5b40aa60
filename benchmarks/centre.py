"""A benchmark case as any program may model it: queues, tiers, staffing, and contacts drawn beforehand.

Only what cases A and B have is here: tiers of groups a queue, the longest idle agent within a tier, priorities a team,
no speeds, open round the clock, and whoever finishes first leaves when agents are cut (`leaving: FIRST_FREE`). Times
are microseconds.
"""

import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from simulation.outcome.counting.counters import Counters, QueueField
from simulation.scenario.queues.times import RandomTime
from simulation.scenario.reading.canonical import canonical
from simulation.scenario.reading.document import from_data, load
from simulation.scenario.scenario import Scenario
from simulation.world.demand.arrivals import QueueArrivals, Trace, trace
from simulation.world.randomness import Draws
from simulation.world.world import World

CASES = Path(__file__).parent / "cases"
INTERVALS_A_DAY = 48
SECOND = 1_000_000

Counts = NDArray[np.int64]
"""By queue: offered, answered, abandoned, answered in time."""


@dataclass(frozen=True)
class Queue:
    """Expected contacts by interval, the times, and tiers of groups in the order of the route."""

    volumes: list[float]
    handling: RandomTime
    patience: RandomTime
    threshold: int
    tiers: list[list[int]]


@dataclass(frozen=True)
class Centre:
    """serves[g]: tiers of queues, most urgent first. staffing: by interval, agents of each group."""

    interval: int
    horizon: int
    queues: list[Queue]
    serves: list[list[list[int]]]
    staffing: list[tuple[int, ...]]

    @classmethod
    def of(cls, world: World) -> "Centre":
        scenario = world.scenario
        group = {team.id: g for g, team in enumerate(scenario.teams)}
        index = {queue.id: q for q, queue in enumerate(scenario.queues)}
        queues = []
        for queue, cells in zip(scenario.queues, world.cells, strict=True):
            assert queue.patience is not None
            queues.append(
                Queue(
                    volumes=np.bincount(cells.interval, cells.volume, world.grid.intervals).tolist(),
                    handling=queue.handling,
                    patience=queue.patience,
                    threshold=round(queue.target.threshold_seconds * SECOND),
                    tiers=[[group[team] for team in step.teams] for step in queue.route.steps],
                )
            )
        serves = []
        for team in scenario.teams:
            priority = {index[skill.queue]: skill.priority for skill in team.skills}
            tiers = sorted(set(priority.values()))
            serves.append([sorted(q for q in priority if priority[q] == tier) for tier in tiers])
        agents = [roster.agents.tolist() for roster in world.rosters if roster.agents is not None]
        return cls(world.grid.interval, world.grid.horizon, queues, serves, list(zip(*agents, strict=True)))

    @property
    def volume(self) -> float:
        """Expected contacts."""
        return sum(sum(queue.volumes) for queue in self.queues)


def case(name: str, *, days: int | None = None, weeks: int = 1) -> Scenario:
    """Case `a` or `b`, cut to its first days, or repeated for some weeks."""
    scenario = load((CASES / f"case_{name}.yaml").read_text())
    data = json.loads(canonical(scenario))
    data["days"] = days or weeks * data["days"]
    intervals = data["days"] * INTERVALS_A_DAY
    for queue in data["queues"]:
        series = queue["demand"]["series"]
        series["volumes"] = (series["volumes"] * weeks)[:intervals]
    for team in data["vendors"][0]["teams"]:
        team["staffing"]["agents"] = (team["staffing"]["agents"] * weeks)[:intervals]
    return from_data(data)


def drawn(world: World, seed: int = 1, number: int = 0) -> Trace:
    """All contacts of one replication, as `replicate` draws them."""
    draws, scenario = Draws(seed, number), world.scenario
    queues = [
        QueueArrivals(queue, cells, multipliers, draws, scenario.busyness_correlation)
        for queue, cells, multipliers in zip(scenario.queues, world.cells, world.multipliers, strict=True)
    ]
    return trace(queues, 0, world.grid.intervals)


def counted(counters: Counters) -> Counts:
    """What a replication of ours counted, as the other programs say it."""
    f = QueueField
    return counters.queues[:, :, [f.OFFERED, f.ANSWERED, f.ABANDONED, f.ANSWERED_IN_TIME]].sum(axis=0)
