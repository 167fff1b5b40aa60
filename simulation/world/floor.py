"""The floor: where contacts meet agents, as arrays and whole numbers only.

`FloorPlan` says who may serve what and in which order; it knows no calendar, no vendor and no contract. `Floor` is
the interface of the two bodies: `SimpyFloor`, written to be read, and `KernelFloor`, compiled. Both meet the same
`Trace` and leave the same `Counters`, contact by contact.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from simulation.outcome.counters import Counters, Int64
from simulation.scenario.grid import Grid
from simulation.scenario.queues import DEFERRED_CHANNELS, Choice
from simulation.scenario.scenario import Scenario
from simulation.scenario.vendors import Leaving
from simulation.world.arrivals import Trace
from simulation.world.randomness import Draws, Purpose

LOG_COLUMNS = ("queue", "number", "arrives", "group", "begins", "ends")
"""A contact's log row; group -1 and begins -1 when it was never answered, `ends` is when it left or completed."""


@dataclass(frozen=True)
class Choices:
    """The groups that may serve one queue, in the order in which an arriving contact asks them.

    groups, tiers: one entry a group, tiers ascending, groups in the step's order. after: microseconds of waiting from
    which the entry's tier is eligible. least_occupied: choose within a tier by least occupancy instead of by longest
    idle.
    """

    groups: tuple[int, ...]
    tiers: tuple[int, ...]
    after: tuple[int, ...]
    least_occupied: bool


@dataclass(frozen=True)
class FloorPlan:
    """What stays the same during a replication; groups are the teams in document order, over all vendors.

    serves[g]: (priority, queue) of a group, best first. speed: float (groups, queues), the handling-time multiplier.
    own_contact[g]: whether cut agents are certain individuals or whoever finishes first. threshold, short: per queue,
    microseconds. immediate[q]: people wait, and abandon at closing. day_of_interval: for the waiting-time histograms.
    """

    interval: int
    horizon: int
    day_of_interval: Int64
    choices: tuple[Choices, ...]
    serves: tuple[tuple[tuple[int, int], ...], ...]
    speed: NDArray[np.float64]
    own_contact: tuple[bool, ...]
    threshold: tuple[int, ...]
    short: tuple[int, ...]
    immediate: tuple[bool, ...]

    @property
    def queues(self) -> int:
        return len(self.choices)

    @property
    def groups(self) -> int:
        return len(self.serves)


class Floor(Protocol):
    """One replication's floor; time only moves forward, in whole microseconds."""

    counters: Counters
    log: list[tuple[int, ...]]

    def load(self, trace: Trace) -> None:
        """Take in the next stretch of contacts; all arrive at or after now and after those loaded before."""

    def staff(self, agents: Sequence[int]) -> None:
        """Set the agents on the floor of every group, now. New agents take waiting work at once; of those cut, the
        free leave first and the others after their contact."""

    def clear(self, queue: int) -> None:
        """Whoever waits in a queue that has closed gives up now."""

    def advance(self, until: int) -> None:
        """Let everything happen that happens before `until`, a time within one interval of the last call."""

    def finish(self) -> None:
        """Close the books at the horizon."""


def floor_plan(scenario: Scenario, grid: Grid) -> FloorPlan:
    """The plan of a scenario's floor.

    A queue's route is its steps in order, or, without one, every team with the skill in one step. A team serves a
    queue only where it has the skill and stands in the queue's route.
    """
    index = {queue.id: q for q, queue in enumerate(scenario.queues)}
    teams = [team for vendor in scenario.vendors for team in vendor.teams]
    group = {team.id: g for g, team in enumerate(teams)}
    speed = np.ones((len(teams), len(index)))
    priority: dict[tuple[int, int], int] = {}
    for g, team in enumerate(teams):
        for skill in team.skills:
            speed[g, index[skill.queue]] = skill.speed
            priority[g, index[skill.queue]] = skill.priority
    choices = []
    for q, queue in enumerate(scenario.queues):
        if queue.route.steps:
            entries = [
                (tier, round(step.after_seconds * 1e6), group[team])
                for tier, step in enumerate(queue.route.steps)
                for team in step.teams
            ]
        else:
            entries = [(0, 0, g) for g in range(len(teams)) if (g, q) in priority]
        tiers, after, groups = zip(*entries, strict=True)
        choices.append(Choices(groups, tiers, after, queue.route.choice is Choice.LEAST_OCCUPIED))
    serves = tuple(
        tuple(sorted((priority[g, q], q) for q in range(len(index)) if g in choices[q].groups))
        for g in range(len(teams))
    )
    return FloorPlan(
        interval=grid.interval,
        horizon=grid.horizon,
        day_of_interval=grid.day_of_interval,
        choices=tuple(choices),
        serves=serves,
        speed=speed,
        own_contact=tuple(team.leaving is Leaving.OWN_CONTACT for team in teams),
        threshold=tuple(round(queue.target.threshold_seconds * 1e6) for queue in scenario.queues),
        short=tuple(round(queue.target.short_abandon_seconds * 1e6) for queue in scenario.queues),
        immediate=tuple(queue.channel not in DEFERRED_CHANNELS for queue in scenario.queues),
    )


def leaving_streams(scenario: Scenario, draws: Draws) -> list[int]:
    """Per queue the key of the draws that choose, among busy agents, those who leave when agents are cut."""
    return [draws.stream(Purpose.LEAVING, queue.id) for queue in scenario.queues]
