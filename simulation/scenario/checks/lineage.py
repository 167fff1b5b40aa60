"""Lineages: queues whose demand is a share of another's."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from simulation.scenario.entries import ids
from simulation.scenario.problems import Path, Refusal, choose, shown
from simulation.scenario.queues.channels import DEFERRED, DEFERRED_CHANNELS
from simulation.scenario.queues.queue import Queue


def shares_refused(queues: Sequence[tuple[Path, Mapping[str, Any]]]) -> Iterator[Refusal]:
    """Demand that is a share of no queue, or of itself in the end."""
    known = ids(queues)
    sources = {queue.get("id"): _source(queue) for _, queue in queues if isinstance(queue.get("id"), str)}
    for path, queue in queues:
        source, at = _source(queue), (*path, "demand", "share_of")
        if source is not None and source not in known:
            others = [name for name in known if name != queue.get("id")]
            yield Refusal(f"there is no queue {shown(source)}", choose(source, others), at)
        seen: list[str] = []
        while source is not None and source not in seen:
            seen.append(source)
            source = sources.get(source)
        if queue.get("id") in seen:
            yield Refusal("leads back to this queue", "give one queue of the circle a volume of its own", at)


def _source(queue: Mapping[str, Any]) -> str | None:
    demand = queue.get("demand")
    source = demand.get("share_of") if isinstance(demand, Mapping) else None
    return source if isinstance(source, str) else None


def lineage_of(queue: Queue, by_id: Mapping[str, Queue]) -> list[Queue]:
    """The queue, the one it is a share of, and so on; a circle is left where it closes."""
    line = [queue]
    while (source := by_id.get(line[-1].demand.share_of or "")) is not None and source not in line:
        line.append(source)
    return line


def batches_refused(queue: Queue, by_id: Mapping[str, Queue]) -> Iterator[Refusal]:
    """An immediate queue that has a share of another's batches."""
    source = next((of for of in lineage_of(queue, by_id)[1:] if of.demand.batches), None)
    if source is not None and queue.channel not in DEFERRED_CHANNELS:
        mend = f"write channel {DEFERRED}, or give the queue a volume of its own"
        at: Path = ("demand", "share_of")
        yield Refusal(f"contacts by {queue.channel} do not arrive in batches, those of {source.id} do", mend, at)
