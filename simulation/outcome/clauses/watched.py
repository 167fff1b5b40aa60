"""What a clause watches of what some replications counted: its queue's contacts, a portion of them, or its teams."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from simulation.outcome.counting.counters import Counters, QueueField
from simulation.outcome.counting.queue_measures import AGE_UNIT
from simulation.scenario.contracts.clauses import Clause
from simulation.scenario.queues.promises import Formula

Int64 = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Happened:
    """What some replications counted.

    queues, portions: Int64 (replications, intervals, queues or portions, QueueField)
    teams:     Int64 (replications, intervals, teams, GroupField)
    headcount: Int64 (replications, weeks + 1, teams, fields)
    luck:      Int64 (replications, days, drawn clauses)
    """

    queues: Int64
    portions: Int64
    teams: Int64
    headcount: Int64
    luck: Int64

    @classmethod
    def of(cls, counters: Sequence[Counters]) -> "Happened":
        """Of counters as replications leave them, teams added up; they keep the ages of backlogs finer than this."""
        queues = np.stack([one.queues for one in counters])
        queues[..., QueueField.WAITING_AGE] //= AGE_UNIT
        portions = np.stack([one.portions for one in counters])
        teams, heads = np.stack([one.groups for one in counters]), np.stack([one.headcount for one in counters])
        return cls(queues, portions, teams, heads, np.stack([one.luck for one in counters]))


@dataclass(frozen=True, eq=False)
class Watched:
    """What a clause watches, by places in the counters.

    queue:   its queue's; None without one
    portion: that of the portion of its contacts that it watches; None for all
    teams:   those of the vendor's teams that may answer it, without one any of the queues that the contract covers
    drawn:   that of a clause that no floor gives among those
    formula: of the queue's service level, the clause's own or the queue's; None without a queue
    """

    clause: Clause
    queue: int | None
    portion: int | None
    teams: tuple[int, ...]
    drawn: int
    formula: Formula | None

    def contacts(self, happened: Happened) -> Int64:
        """Int64 (replications, intervals, QueueField)."""
        return happened.queues[:, :, self.queue or 0] if self.portion is None else happened.portions[:, :, self.portion]

    def people(self, happened: Happened) -> Int64:
        """Int64 (replications, intervals, its teams, GroupField)."""
        return happened.teams[:, :, self.teams]
