"""What clauses can count of their queue: what its counters and its hours answer, and what they never could.

A clause that could never count anything would be met in every window without a word.
"""

from collections.abc import Iterator

from simulation.scenario.calendar import Weekday
from simulation.scenario.contracts.clauses import Clause
from simulation.scenario.problems import Refusal
from simulation.scenario.queues.channels import DEFERRED_CHANNELS
from simulation.scenario.queues.opening_hours import Opening
from simulation.scenario.queues.promises import Formula
from simulation.scenario.queues.queue import Queue

DAY = 24 * 60
WEEK = 7 * DAY


def uncountable(clause: Clause, queue: Queue) -> Iterator[Refusal]:
    """What a clause asks of its queue that is never counted there."""
    lacking = clause.metric.definition.queue_lacks(queue)
    if lacking is not None:
        yield lacking.below(("metric",))
    yield from _short_refused(clause, queue)
    yield from _hours_refused(clause, queue)


def _hours_refused(clause: Clause, queue: Queue) -> Iterator[Refusal]:
    """Hours of a clause in all of which its immediate queue is closed: nothing arrives in them. What is asked of
    work done and of people may well be asked then."""
    is_of_closed_hours = clause.metric.definition.is_of_closed_hours or queue.channel in DEFERRED_CHANNELS
    if clause.counts is None or queue.hours is None or is_of_closed_hours:
        return
    open_ = [stretch for opening in queue.hours for stretch in _stretches(opening)]
    counted = [stretch for opening in clause.counts.hours for stretch in _stretches(opening)]
    overlaps = any(_overlap(one, other) for one in counted for other in open_)
    if counted and not overlaps:
        mend = f"write hours in which it is open, such as {queue.hours[0].open} to {queue.hours[0].close}"
        yield Refusal(f"{queue.id} is never open in these hours", mend, ("counts", "hours"))


def _stretches(opening: Opening) -> Iterator[tuple[int, int]]:
    """Begin and end of an opening in each week, minutes from Monday; past Sunday it goes on on Monday."""
    opens, closes = opening.open.minutes, opening.close.minutes
    length = closes - opens if opens < closes else closes + DAY - opens
    for day in opening.days:
        begins = DAY * list(Weekday).index(day) + opens
        yield from ((begins, begins + length), (begins - WEEK, begins + length - WEEK))


def _overlap(one: tuple[int, int], other: tuple[int, int]) -> bool:
    return one[0] < other[1] and other[0] < one[1]


def _short_refused(clause: Clause, queue: Queue) -> Iterator[Refusal]:
    """Short abandons that count in time where the short time is not within the threshold."""
    target, own = queue.target, clause.threshold_seconds
    threshold = target.threshold_seconds if own is None else own
    formula = clause.formula or target.formula
    if not clause.metric.definition.has("formula") or formula is not Formula.SHORT_ABANDONS_COUNT:
        return
    if target.short_abandon_seconds >= threshold:
        at = "threshold_seconds" if own is not None else "formula"
        short = f"{target.short_abandon_seconds:g}"
        message = f"short abandons of {queue.id}, within {short} s, are no shorter than the threshold, {threshold:g} s"
        mend = f"write threshold_seconds over {short}, another formula, or less short_abandon_seconds in its target"
        yield Refusal(message, mend, (at,))
