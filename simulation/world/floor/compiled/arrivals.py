"""Contacts before they reach the compiled floor, counted and drawn by compiled code: the same as in `arrivals`."""

from collections.abc import Sequence
from functools import lru_cache

import numpy as np

from simulation.outcome.counting.counters import Int64
from simulation.scenario.grid import HOUR
from simulation.world.demand.arrivals import QueueArrivals, Trace, TraceRoom, trace
from simulation.world.demand.cells import Cells
from simulation.world.floor.compiled.code import code
from simulation.world.floor.compiled.memory import address, signed
from simulation.world.floor.floor import Float64
from simulation.world.randomness import Purpose


def kernel_counts(stream: int, numbers: Int64, means: Float64) -> Int64:
    """`arrivals.drawn_counts` by compiled code."""
    uniforms = np.empty(len(numbers))
    columns = np.array([address(numbers), address(uniforms)], np.int64)
    code("draw_uniforms")(address(columns), len(numbers), signed(stream))
    return counts_at(uniforms, means)


def counts_at(uniforms: Float64, means: Float64) -> Int64:
    """`arrivals.poisson_counts` by compiled code."""
    counts = np.zeros(len(means), np.int64)
    own = (uniforms, means, np.exp(-means), counts)
    columns = np.array([address(column) for column in own], np.int64)
    code("count_arrivals")(address(columns), len(means))
    return counts


def kernel_trace(room: TraceRoom, queues: Sequence[QueueArrivals], first_interval: int, last_interval: int) -> Trace:
    """`arrivals.trace` without patience, by compiled code, in a room where it stands until the next one."""
    ranges = [queue.cells_between(first_interval, last_interval) for queue in queues]
    pairs = [(queue, first, last) for queue, (first, last) in zip(queues, ranges, strict=True)]
    some = [(queue.cells.start, first, last - 1) for queue, first, last in pairs if first < last]
    base = min((int(start[first]) for start, first, _ in some), default=0)
    latest = max((int(start[last]) for start, _, last in some), default=0)
    most = sum(int(queue.counts[first:last].sum()) for queue, first, last in pairs)
    place_bits = most.bit_length()
    if (latest - base + HOUR).bit_length() + place_bits >= 64:
        return trace(queues, first_interval, last_interval, drawn=False)
    slab = room.rows(9, most)
    columns, ends, end = address(slab) + slab.strides[0] * np.arange(len(slab)), np.zeros(len(queues), np.int64), 0
    for q, (queue, first, last) in enumerate(pairs):
        means = queue.mean_work
        cells = np.array(_described(queue, means, queue.is_contained(first, last)), np.int64)
        end = ends[q] = code("draw_arrivals")(address(cells), address(columns), first, last, base, place_bits, end)
    slab[0, :end].sort()
    code("sort_out")(address(columns), address(ends), end, base, place_bits)
    arrives, whose, number, origin, work = slab[4:, :end]
    return Trace(arrives, whose, number, np.zeros(0, np.int64), work, origin)


def _described(queue: QueueArrivals, mean_work: Float64, contained: bool) -> tuple[int, ...]:
    """What `draw_arrivals` is told of a queue's cells."""
    streams = (signed(queue.stream(own)) for own in (Purpose.ARRIVAL, Purpose.WORK, Purpose.CONTAINMENT))
    takes, failing = map(address, queue.automated) if contained else (0, 0)
    drawn = address(queue.counts), address(mean_work), address(queue.quantiles)
    return *streams, *_addresses(queue.cells), *drawn, takes, failing, address(queue.settled)


@lru_cache(maxsize=64)
def _addresses(cells: Cells) -> tuple[int, ...]:
    """Of what is the same in every replication, once a scenario."""
    return tuple(map(address, (cells.start, cells.length, cells.minutes, cells.interval)))
