"""What one replication counted: whole numbers by interval, entity and field, and nothing else.

The floor writes these arrays and the outcome room reads them; neither knows the other. Times are whole microseconds,
so that sums are exact in any order. Events count in the interval in which they happen; what is said of a contact's
waiting counts in the interval in which the contact arrived.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

Int64 = NDArray[np.int64]
Int32 = NDArray[np.int32]

WAIT_BITS = 4
WAIT_BINS = 512
"""Waits fall into log-spaced bins of whole milliseconds: 16 bins an octave, a bin at most 1/16 of its value wide."""


class QueueField(IntEnum):
    """Columns of `Counters.queues`, by queue and interval. Times in microseconds."""

    OFFERED = 0  # arrivals in the interval
    ANSWERED = 1  # services that began in the interval
    ABANDONED = 2  # gave up in the interval, closing time included
    BLOCKED = 3  # found every line taken
    HANDLED = 4  # services that ended in the interval
    HANDLE_TIME = 5  # their handling time
    ARRIVED_ANSWERED = 6  # of the contacts that arrived in the interval: answered, however late
    ARRIVED_ABANDONED = 7  # ... abandoned, however late
    ANSWERED_IN_TIME = 8  # ... answered within the target's threshold
    ABANDONED_IN_TIME = 9  # ... abandoned within the threshold
    ABANDONED_SHORT = 10  # ... abandoned within short_abandon_seconds
    ANSWERED_WAIT = 11  # ... waiting time of the answered
    ABANDONED_WAIT = 12  # ... waiting time of the abandoned
    WAITED_SO_FAR = 13  # ... waiting time up to the horizon of those who still wait then
    OFFERED_RETRIAL = 14  # of the arrivals in the interval: came back after they were abandoned or blocked
    OFFERED_REPEAT = 15  # ... came back because they had not been solved
    OFFERED_TRANSFER = 16  # ... handed over by another queue
    OFFERED_REWORK = 17  # ... found defects that are redone
    OFFERED_BOT_FAILURE = 18  # ... a bot had tried before
    OFFERED_REQUEUED = 19  # ... put back when an outage cut their service short
    CONTAINED = 20  # demand of the interval that a bot settled: never offered
    CALLBACKS = 21  # accepted a call-back in the interval: their exit from the queue's balance
    CALLBACKS_SERVED = 22  # call-backs whose service began in the interval
    CALLBACKS_FAILED = 23  # call-backs that reached nobody, in the interval of the attempt
    CALLBACK_DELAY = 24  # time from arrival to service of the call-backs served
    REPEATED = 25  # of the contacts that arrived in the interval: came back as a repeat within the window
    DUE = 26  # work due in the interval
    DUE_MET = 27  # ... and done by then
    LOST = 28  # in service when an outage struck: lost, or offered again
    ATTEMPTS = 29  # attempts to call a record that ended in the interval
    WAITING = 30  # waiting at the interval's end
    IN_SERVICE = 31  # being served at the interval's end
    WAITING_AGE = 32  # sum of the ages of those waiting at the interval's end
    EXPECTED = 33  # contacts that demand is expected to bring, in millionths
    REQUIRED = 34  # agent time on the floor that the forecast needs
    EFFECTIVE = 35  # agent time on the floor that is there for the queue, at tenured speed


class GroupField(IntEnum):
    """Columns of `Counters.groups`, by agent group and interval. Times in agent microseconds."""

    BUSY = 0  # serving a contact
    ON_FLOOR = 1  # busy or available; agents who finish a contact after leaving count while they do
    HANDLED = 2  # services that ended in the interval
    ROSTERED = 3  # rostered agent time, before shrinkage
    ABSENT = 4  # rostered but away; what is lost in the office is neither absent nor on the floor
    OVERTIME = 5  # of the rostered: on overtime
    SURGE = 6  # of the rostered: lent by the bench
    LEAVE = 7  # of the absent: on planned leave, or gone home paid
    IN_OFFICE = 8  # present and not on the floor: breaks, meetings, coaching
    MENTORING = 9  # ... helping people in nesting
    REQUIRED = 10  # what the forecast needs on the floor; of the team, in its first group
    EFFECTIVE = 11  # time on the floor at tenured speed
    OVER_85 = 12  # time on the floor while the team's occupancy was over 85 %: of the groups added up only
    OVER_90 = 13
    OVER_95 = 14
    UNAVAILABLE = 15  # agents who would be on the floor but for an outage
    ORDERED = 16  # what the locked forecast needs on the floor: of a team only
    BILLABLE = 17  # of the time on the floor, what the vendor may bill: of a team only


class TimeField(IntEnum):
    """Columns of `Counters.times`, by team and interval: times that only contracts ask for, in agent microseconds."""

    OVERTIME_ON_FLOOR = 0  # of the overtime: planned on the floor
    SURGE_ON_FLOOR = 1  # of the bench: planned on the floor
    NESTING = 2  # of the time on the floor: of people in nesting
    TRAINING_GROWTH = 3  # paid time of those hired for growth who train: of a day, sevenfold, in its first interval
    TRAINING_REPLACEMENT = 4  # ... hired for people who left or will leave


class StockField(IntEnum):
    """Columns of `Counters.headcount` that are stocks, at the start of the week, after all that happens then: heads,
    but for the FTE, which are in millionths."""

    IN_TRAINING = 0
    """Heads in training, without contacts."""
    NESTING = 1
    """Heads in supervised work on live contacts."""
    TENURED = 2
    """Heads past nesting."""
    PLANNED_FTE = 3
    """Paid FTE nesting and in production, the bench at work then too."""
    EFFECTIVE_FTE = 4
    """Planned FTE, weighted by tenured over own handling time."""
    REQUIRED_FTE = 5
    """Paid FTE that the forecast needs."""
    OVER_UNDER_FTE = 6
    """Effective less required FTE."""


class FlowField(IntEnum):
    """Columns of `Counters.headcount` that are flows: heads over the week (offset by the number of stocks)."""

    HIRED = 7
    """Heads whose class started."""
    GRADUATED = 8
    """Heads whose training ended, a lent person's too."""
    FAILED_TRAINING = 9
    """Heads who did not pass their training."""
    LEFT_TRAINING = 10
    """Heads who left during training."""
    LEFT_PRODUCTION = 11
    """Heads past training who left."""
    RELEASED = 12
    """Heads who were told to go."""
    MOVED_IN = 13
    """Heads lent by other teams, or back from them."""
    MOVED_OUT = 14
    """Heads lent to other teams, or gone back to them."""
    HIRED_REPLACEMENT = 15
    """Of the hired, those for people who left or will leave; the others are growth."""
    REQUISITIONED = 16
    """Heads asked for, by requisitions whose lead time ended in the week."""
    FOUND = 17
    """Heads found by these requisitions; they start when a class can."""


class PayrollField(IntEnum):
    """Columns of `Counters.payroll`, by team and day: what people are charged by. A head counts on a day if it is there
    as the day begins, after all that happens then."""

    HEADS = 0  # in whatever stage
    TRAINEES = 1  # of these: in training
    HIRED = 2  # whose class starts on the day
    RELEASED = 3  # whose last day it is


_QUEUE_FIELDS, _GROUP_FIELDS, _TIME_FIELDS = len(QueueField), len(GroupField), len(TimeField)
_HEADCOUNT_FIELDS, _PAYROLL_FIELDS = len(StockField) + len(FlowField), len(PayrollField)

HEADS = (StockField.IN_TRAINING, StockField.NESTING, StockField.TENURED)
"""The stocks that count heads; a person is in one of them."""
FTE_UNIT = 1_000_000
"""What one FTE is in the counters."""
STAYS = -1
"""In place of a day: the vendor does not leave."""
LUCK_UNIT = 1_000_000_000
"""What a uniform of 1 is in the counters."""
VOLUME_UNIT = 1_000_000
"""What one expected contact is in the counters."""
PLANNED_TIMES = (
    GroupField.ROSTERED,
    GroupField.ABSENT,
    GroupField.OVERTIME,
    GroupField.SURGE,
    GroupField.LEAVE,
    GroupField.IN_OFFICE,
    GroupField.MENTORING,
)
"""What the roster of a day says, before the floor lives."""
PORTION_FIELDS = (
    QueueField.OFFERED,
    QueueField.BLOCKED,
    QueueField.CALLBACKS,
    QueueField.ARRIVED_ANSWERED,
    QueueField.ARRIVED_ABANDONED,
    QueueField.ANSWERED_IN_TIME,
    QueueField.ABANDONED_IN_TIME,
    QueueField.ABANDONED_SHORT,
    QueueField.ANSWERED_WAIT,
    QueueField.REPEATED,
    QueueField.DUE,
    QueueField.DUE_MET,
    QueueField.HANDLED,
    QueueField.OFFERED_REWORK,
)
"""What is counted of portions of a queue's contacts."""
ANSWERED_FIELDS = (
    QueueField.ARRIVED_ANSWERED,
    QueueField.ANSWERED_IN_TIME,
    QueueField.ANSWERED_WAIT,
    QueueField.REPEATED,
    QueueField.HANDLED,
    QueueField.OFFERED_REWORK,
)
"""... of those that only answering makes some vendor's."""
_OCCUPANCY_LINES = np.array([85, 90, 95], np.int64)
"""Per cents of occupancy over which agent time is counted by itself, as OVER_85 and the columns after it do."""


@dataclass(frozen=True)
class Counters:
    """One replication's counts.

    queues:    int64 (intervals, queues, QueueField)
    portions:  int64 (intervals, portions, QueueField), of `portions.portions`; PORTION_FIELDS only, the others are 0
    groups:    int64 (intervals, groups, GroupField); of a team its groups stand together, `by_team` adds them up
    waits:     int32 (days, queues, WAIT_BINS): answered contacts by day of arrival and `wait_bin` of their waiting time
    headcount: int64 (weeks + 1, teams, StockField + FlowField); row `weeks` holds the stocks at the horizon
    times:     int64 (intervals, teams, TimeField)
    luck:      int64 (days, clauses EXTERNAL), billionths: the uniform of a clause's window that begins on the day
    payroll:   int64 (days, teams, PayrollField)
    exits:     int64 (vendors,): the day, by number, on which a vendor's handover begins; STAYS where none does
    """

    queues: Int64
    portions: Int64
    groups: Int64
    waits: Int32
    headcount: Int64
    times: Int64
    luck: Int64
    exits: Int64
    payroll: Int64

    @classmethod
    def zeros(
        cls,
        *,
        intervals: int,
        days: int,
        weeks: int,
        queues: int,
        groups: int,
        teams: int,
        portions: int = 0,
        external: int = 0,
        vendors: int = 0,
        room: Int64 | None = None,
    ) -> "Counters":
        """Nothing counted yet, of so many of each. room: an array of `groups` to be cleared; left out: a new one."""

        def empty(*shape: int) -> Any:
            return np.zeros(shape, np.int64)

        return cls(
            empty(intervals, queues, _QUEUE_FIELDS),
            empty(intervals, portions, _QUEUE_FIELDS),
            empty(intervals, groups, _GROUP_FIELDS) if room is None else _cleared(room),
            np.zeros((days, queues, WAIT_BINS), np.int32),
            empty(weeks + 1, teams, _HEADCOUNT_FIELDS),
            empty(intervals, teams, _TIME_FIELDS),
            empty(days, external),
            np.full(vendors, STAYS),
            empty(days, teams, _PAYROLL_FIELDS),
        )

    def by_team(self, firsts: Sequence[int]) -> Int64:
        """int64 (intervals, teams, GroupField): the groups added up; `firsts`: the first of each team.

        Where every team has one group they are the same array, its last columns filled.
        """
        groups = self.groups.shape[1]
        alone = len(firsts) == groups  # a year of intervals is not added up for nothing
        added: Int64 = self.groups if alone else self.groups[:, firsts]
        for team, (first, end) in enumerate(pairwise([*firsts, groups])):
            for further in range(first + 1, end):  # `reduceat` takes thrice the time
                added[:, team] += self.groups[:, further]
        busy, on_floor = 100 * added[..., GroupField.BUSY, None], added[..., GroupField.ON_FLOOR, None]
        added[..., GroupField.OVER_85 : GroupField.OVER_95 + 1] = on_floor * (busy > on_floor * _OCCUPANCY_LINES)
        return added


def _cleared(room: Int64) -> Int64:
    room[:] = 0
    return room


def wait_bin(wait: int) -> int:
    """The bin of a wait in microseconds: exact milliseconds below 16 ms, then 16 log-spaced bins an octave."""
    ms = wait // 1000
    if ms < 1 << WAIT_BITS:
        return ms
    octave = ms.bit_length() - 1 - WAIT_BITS
    return min((octave << WAIT_BITS) + (ms >> octave), WAIT_BINS - 1)


def wait_bin_edges() -> NDArray[np.float64]:
    """Lower edges of the wait bins in seconds, one more than bins: bin b holds waits in [edge b, edge b + 1)."""
    edges = [float(b) for b in range(1 << WAIT_BITS)]
    for b in range(1 << WAIT_BITS, WAIT_BINS + 1):
        octave, rest = (b >> WAIT_BITS) - 1, b & ((1 << WAIT_BITS) - 1)
        edges.append(float((rest | 1 << WAIT_BITS) << octave))
    return np.array(edges) / 1000.0
