"""Figures as people say them."""

from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from simulation.outcome.counting.estimates import Chance, Estimate
    from simulation.outcome.report.result import EntityResult
    from simulation.scenario.queues.queue import Queue

NOTHING = "-"
"""Stands for what is undefined."""


def wanted(queue: "Queue", share: float) -> str:
    """80 % in 20 s; of a turnaround 95 % due in 24 h, or 95 % due on WD3"""
    turnaround = queue.turnaround
    if turnaround is not None:
        hours = turnaround.target_hours
        return f"{100 * share:.4g} % due {f'on {turnaround.due}' if hours is None else f'in {hours:g} h'}"
    seconds = queue.target.threshold_seconds
    unit, size = ("h", 3600) if seconds >= 7200 else ("min", 60) if seconds >= 120 else ("s", 1)
    return f"{100 * share:.4g} % in {seconds / size:g} {unit}"


def figure(entity: "EntityResult", measure: str, shown: Callable[[float], str]) -> str:
    return mean_of(entity.totals[measure], shown)


def mean_of(total: "Estimate", shown: Callable[[float], str]) -> str:
    return NOTHING if total.mean is None else shown(total.mean)


def spread_of(total: "Estimate", shown: Callable[[float], str]) -> str:
    """The 5th and the 95th percentile over replications."""
    low, high = total.quantile(0.05), total.quantile(0.95)
    return NOTHING if low is None or high is None else f"{shown(low)} to {shown(high)}"


def interval(entity: "EntityResult", measure: str) -> str:
    known = entity.totals[measure].confidence_interval()
    return NOTHING if known is None else f"{100 * known[0]:.1f} to {100 * known[1]:.1f} %"


def count(contacts: float) -> str:
    return f"{contacts:,.0f}"


def agents(number: float) -> str:
    return f"{number:,.1f}"


def share(ratio: float) -> str:
    return f"{100 * ratio:.1f} %"


def duration(seconds: float) -> str:
    if seconds < 600:
        return f"{seconds:.1f} s"
    return f"{seconds / 60:.1f} min" if seconds < 36_000 else f"{seconds / 3600:.1f} h"


def money(amount: float) -> str:
    return f"{amount:,.2f}"


def chance(of: "Chance | None") -> str:
    """78 % (74 to 82): a share of replications and its 95 % interval."""
    if of is None:
        return NOTHING
    low, high = of.confidence_interval() or (0.0, 1.0)
    return f"{100 * of.share:.0f} % ({100 * low:.0f} to {100 * high:.0f})"
