"""The floor: where contacts meet agents, as arrays and whole numbers only.

`FloorPlan` says who may serve what and in which order; it knows no calendar and no contract. `Floor` is
the interface of the two bodies: `SimpyFloor`, written to be read, and `KernelFloor`, compiled. Both meet the same
`Trace` and leave the same `Counters`, contact by contact.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import ClassVar, Protocol

import numpy as np
from numpy.typing import NDArray

from simulation.outcome.counting.counters import Counters, Int64
from simulation.scenario.queues.routes import AllocationKind, Choice
from simulation.world.demand.arrivals import NEVER, Trace
from simulation.world.randomness import Draws, Purpose, mix

Float64 = NDArray[np.float64]

LOG_COLUMNS = ("queue", "number", "arrives", "group", "begins", "ends")
"""A contact's log row; group -1 and begins -1 when it was never served, `ends` is when it left or completed, or -1."""


@dataclass(frozen=True)
class Line:
    """Contacts of one queue that wait together, and the groups they ask, in this order.

    groups, tiers: one entry a group, tiers ascending, groups in the step's order. after: microseconds of waiting from
    which the entry's tier is eligible. choice: who of a tier takes a contact. vendor: to whom its contacts are given,
    by id; None where the queue's contacts are not.
    """

    queue: int
    groups: tuple[int, ...]
    tiers: tuple[int, ...]
    after: tuple[int, ...]
    choice: Choice = Choice.LONGEST_IDLE
    vendor: str | None = None

    @property
    def least_occupied(self) -> bool:
        """Whether an agent of the least occupied group of a tier takes it, else the longest idle one."""
        return self.choice is Choice.LEAST_OCCUPIED


@dataclass(frozen=True)
class Portion:
    """Contacts of one queue that are counted by themselves too.

    lines: those that wait there are in it. groups: of other lines those whom these groups answer, once answered.
    threshold: as of the queue's rules.
    """

    queue: int
    lines: frozenset[int]
    groups: frozenset[int]
    threshold: int


@dataclass(frozen=True)
class Allocation:
    """Shares of a queue's contacts by line, in force from an instant on.

    cumulative: of the queue's lines in order, ending at 1; with one share more than lines, the last is of those who
    are not offered here at all.
    """

    begins: int
    cumulative: tuple[float, ...]
    kind: AllocationKind

    @property
    def counted(self) -> bool:
        """Whether contacts are allocated in turn, exact to the contact, instead of drawn."""
        return self.kind is AllocationKind.COUNTED


@dataclass(frozen=True)
class Attempts:
    """How a queue's records are called, in its open hours: at most so many times, each with a chance to connect.

    retry: from an attempt's end until the record is called again. lasts: how long an attempt holds an agent of speed 1.
    """

    most: int
    connect: float
    retry: int
    lasts: int


@dataclass(frozen=True, eq=False)
class QueueRules:
    """What happens to a queue's contacts. Times in microseconds, probabilities 0..1.

    lines: the floor's lines of the queue, one a vendor where `allocation` says so, else one. immediate: people wait,
    and abandon at closing. opens, closes: open stretches, for contacts that come back. most: waiting or in service.
    retrial: (probability, mean delay) of abandoned and blocked. repeat: (probability if unresolved, mean delay,
    window). transfers: (queue, cumulative probability). rework: share of the handled that comes again at once.
    callback: (expected wait from which it is offered, acceptance, success). due: breakpoints, values and slopes of
    the due time by arrival, or None. slots: contacts that an agent may have in hand with one of these; slowdown: what
    each other one in hand at the start adds to handling. outbound: agents call, nobody comes; or None. work, patience:
    unit quantile tables; mean_work by interval.
    """

    lines: tuple[int, ...]
    immediate: bool
    threshold: int
    short: int
    opens: Int64
    closes: Int64
    work: Float64
    mean_work: Float64
    patience: Float64 | None = None
    mean_patience: float = 0.0
    allocation: tuple[Allocation, ...] = ()
    most: int | None = None
    balking: float = 0.0
    retrial: tuple[float, float] | None = None
    repeat: tuple[float, float, int] | None = None
    transfers: tuple[tuple[int, float], ...] = ()
    rework: float = 0.0
    callback: tuple[int, float, float] | None = None
    due: tuple[Int64, Int64, Int64] | None = None
    slots: int = 1
    slowdown: float = 0.0
    outbound: Attempts | None = None

    def opening(self, at: int) -> int:
        """The first instant from `at` on at which the queue is open; NEVER if it does not open again."""
        k = int(np.searchsorted(self.closes, at, "right"))
        return max(at, int(self.opens[k])) if k < len(self.opens) else NEVER

    def due_by(self, arrives: int) -> int:
        """When work that arrives then is due; its arrival where the queue promises no turnaround."""
        if self.due is None:
            return arrives
        times, values, slopes = self.due
        k = max(int(np.searchsorted(times, arrives, "right")) - 1, 0)
        return int(values[k] + slopes[k] * (arrives - times[k]))


@dataclass(frozen=True, eq=False)
class FloorPlan:
    """What stays the same during a replication; groups are those of `stages.agent_groups`, team by team.

    serves[g]: (priority, line) of a group, best first. speed, resolution: Float64 (groups, queues), the handling-time
    multiplier, until `Floor.pace` sets another, and the share of contacts solved. own_contact[g]: whether cut agents
    are certain individuals or whoever finishes first. day_of_interval: for the waiting-time histograms.
    """

    interval: int
    horizon: int
    day_of_interval: Int64
    queues: tuple[QueueRules, ...]
    lines: tuple[Line, ...]
    serves: tuple[tuple[tuple[int, int], ...], ...]
    speed: Float64
    resolution: Float64
    own_contact: tuple[bool, ...]
    portions: tuple[Portion, ...] = ()

    @property
    def groups(self) -> int:
        """How many agent groups there are."""
        return len(self.serves)


@dataclass(frozen=True, eq=False)
class Failures:
    """Outages that begin at the instants of some rows of agents, before these are staffed.

    rows: Int64 (outages,), ascending. shares: Float64 (outages, groups), of the agents gone, idle and busy alike, one
    value for all groups that an outage strikes. luck: Float64 (outages,): of the idle and the busy of each group in
    turn, the first ones together lose floor(share of them + luck). requeue: contacts in service are offered again.
    """

    rows: Int64
    shares: Float64
    luck: Float64
    requeue: NDArray[np.bool_]


class Streams:
    """The keys of the floor's own draws, by purpose and queue.

    draws: of the replication. queues: ids.
    """

    PURPOSES = (
        Purpose.LEAVING,
        Purpose.PATIENCE,
        Purpose.WORK,
        Purpose.BALKING,
        Purpose.RETRIAL,
        Purpose.RETRIAL_DELAY,
        Purpose.TRANSFER,
        Purpose.REWORK,
        Purpose.RESOLUTION,
        Purpose.REPEAT,
        Purpose.REPEAT_DELAY,
        Purpose.CALLBACK,
        Purpose.CALLBACK_SUCCESS,
        Purpose.ALLOCATION,
        Purpose.CONNECTION,
    )
    _PLACE: ClassVar = {purpose: row for row, purpose in enumerate(PURPOSES)}

    def __init__(self, draws: Draws, queues: Sequence[str]) -> None:
        self.draws, self.queues = draws, tuple(queues)

    @cached_property
    def keys(self) -> NDArray[np.uint64]:
        """UInt64 (PURPOSES, queues)."""
        return self.draws.streams(self.PURPOSES, self.queues)

    def key(self, purpose: Purpose, queue: int) -> int:
        """The stream of one purpose and queue."""
        return int(self.keys[self._PLACE[purpose], queue])

    def bits(self, purpose: Purpose, queue: int, number: int) -> int:
        """64 random bits for one contact."""
        return mix(self.key(purpose, queue) ^ mix(number))

    def uniform(self, purpose: Purpose, queue: int, number: int) -> float:
        """One uniform for one contact."""
        return ((self.bits(purpose, queue, number) >> 11) + 0.5) * 2.0**-53


def child(number: int, origin: int) -> int:
    """The number of what follows from a contact, another contact by its `Origin` or an attempt to call by its count:
    its luck is its own, and the same in every scenario."""
    return mix(number ^ mix(origin)) >> 1


def borders(now: int, count: int, interval: int) -> Int64:
    """Now, and the borders of intervals after it: so many instants."""
    instants = (now // interval + np.arange(count, dtype=np.int64)) * interval
    instants[0] = now
    return instants


class Floor(Protocol):
    """One replication's floor; time only moves forward, in whole microseconds."""

    counters: Counters
    log: list[tuple[int, ...]]

    def load(self, trace: Trace) -> None:
        """Take in the next stretch of contacts; all arrive at or after now and after those loaded before."""

    def staff(self, agents: Int64, instants: Int64 | None = None, failures: Failures | None = None) -> None:
        """Set the agents on the floor of every group, Int64 (rows, groups): the first row now, each next one at its
        instant, the next border of an interval where none are given, unless this is called before. New agents take
        waiting work at once; of those cut, the idle leave first and the others after their last contact. Failures
        come before the row of their instant."""

    def pace(self, speed: Float64, resolution: Float64) -> None:
        """Set the handling-time multipliers of services that begin from now on, and the probabilities that contacts
        whose service ends from now on are solved, Float64 (groups, queues) each."""

    def begin_with(self, backlog: Trace) -> None:
        """Put the opening backlog in line: contacts that arrived before the start, oldest first."""

    def clear(self, queue: int) -> None:
        """Whoever waits in a queue that has closed gives up now."""

    def open(self, queue: int) -> None:
        """An outbound queue opens now: idle agents call its records; comes after `staff` at the same instant."""

    def fail(self, groups: Sequence[int], share: float, luck: float, requeue: bool) -> None:
        """A share of the agents of some groups is gone now, idle and busy alike; their contacts are lost, or offered
        again at the head of their line. Attempts to call end without connection.

        Of the idle and the busy of each group in turn, the first ones together lose floor(share of them + luck).
        """

    def advance(self, until: int) -> None:
        """Let everything happen that happens before `until`."""

    def finish(self) -> None:
        """Close the books at the horizon."""
