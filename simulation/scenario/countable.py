"""What clauses can count of their queue: what its counters and its hours answer, and what they never could.

A clause that could never count anything would be met in every window without a word.
"""

from collections.abc import Iterator

from simulation.scenario.clauses import Clause, ClauseMetric
from simulation.scenario.problems import Refusal
from simulation.scenario.promises import Formula
from simulation.scenario.queues import DEFERRED, DEFERRED_CHANNELS, Queue


def uncountable(clause: Clause, queue: Queue) -> Iterator[Refusal]:
    """What a clause asks of its queue that is never counted there."""
    yield from _metric_refused(clause, queue)
    yield from _short_refused(clause, queue)


def _metric_refused(clause: Clause, queue: Queue) -> Iterator[Refusal]:
    if clause.metric is ClauseMetric.TURNAROUND_MET and queue.turnaround is None:
        yield Refusal(f"work of {queue.id} is never due", f"add turnaround to {queue.id}", ("metric",))
    if clause.metric is ClauseMetric.BACKLOG_AGE and queue.channel not in DEFERRED_CHANNELS:
        message = f"contacts of {queue.id} do not wait as a backlog"
        yield Refusal(message, f"name a queue of channel {DEFERRED}, or write ASA", ("metric",))
    if clause.metric is ClauseMetric.QUALITY and queue.quality is None:
        yield Refusal(f"nobody looks for defects in {queue.id}", f"add quality to {queue.id}", ("metric",))


def _short_refused(clause: Clause, queue: Queue) -> Iterator[Refusal]:
    """Short abandons that count in time where the short time is not within the threshold."""
    target, own = queue.target, clause.threshold_seconds
    threshold = target.threshold_seconds if own is None else own
    formula = clause.formula or target.formula
    if clause.metric is not ClauseMetric.SERVICE_LEVEL or formula is not Formula.SHORT_ABANDONS_COUNT:
        return
    if target.short_abandon_seconds >= threshold:
        at = "threshold_seconds" if own is not None else "formula"
        short = f"{target.short_abandon_seconds:g}"
        message = f"short abandons of {queue.id}, within {short} s, are no shorter than the threshold, {threshold:g} s"
        mend = f"write threshold_seconds over {short}, another formula, or less short_abandon_seconds in its target"
        yield Refusal(message, mend, (at,))
