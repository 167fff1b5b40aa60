"""Lines of a queue whose contacts are allocated: one a vendor, and one a handover.

Where a vendor leaves, its successor's share grows by what the vendor's falls, step by step (`exits`). What the vendor
still gets from the start of the handover on has a line of its own, on which the successor's teams stand behind the
vendor's: whatever is left there when the last of these have gone is answered by those.
"""

from bisect import bisect_right
from collections.abc import Mapping, Sequence, Set

import numpy as np

from simulation.scenario.grid import Grid
from simulation.scenario.queues.queue import Queue
from simulation.scenario.scenario import Scenario
from simulation.world.demand.arrivals import NEVER
from simulation.world.exits import Exit, exits
from simulation.world.floor.floor import Allocation, Line
from simulation.world.floor.route_lines import Steps, behind, local_midnight, of_vendor, route_line


def allocated(
    q: int, queue: Queue, scenario: Scenario, steps: Steps, own: Mapping[str, Set[int]], grid: Grid
) -> tuple[list[Line], tuple[Allocation, ...]]:
    """The lines of an allocated queue and their shares; `own` groups by vendor."""
    handovers = _handovers(queue, scenario)
    vendors = _vendors(queue, scenario, handovers)
    lines = [route_line(q, queue, of_vendor(steps, own[vendor]), vendor) for vendor in vendors]
    for one in handovers:
        front, back = (of_vendor(steps, own[vendor]) for vendor in (one.vendor, one.to))
        lines.append(route_line(q, queue, behind(front, back), one.vendor))
    return lines, _shares(queue, vendors, handovers, grid)


def _handovers(queue: Queue, scenario: Scenario) -> list[Exit]:
    """The exits of vendors who ever get a share of the queue."""
    return [one for one in exits(scenario) if any(entry.shares.get(one.vendor) for entry in queue.route.allocation)]


def _vendors(queue: Queue, scenario: Scenario, handovers: Sequence[Exit]) -> list[str]:
    """The vendors among whom contacts are allocated at some time, in document order; each has a line."""
    given = (pair for entry in queue.route.allocation for pair in entry.shares.items())
    named = {vendor for vendor, share in given if share} | {one.to for one in handovers}
    return [vendor.id for vendor in scenario.vendors if vendor.id in named]


def _shares(queue: Queue, vendors: Sequence[str], handovers: Sequence[Exit], grid: Grid) -> tuple[Allocation, ...]:
    """By the instants from which they hold: of the entries, and of the steps of handovers."""
    entries = queue.route.allocation
    begins = [-NEVER if entry.from_ is None else local_midnight(queue, entry.from_, grid) for entry in entries]
    turns = [[local_midnight(queue, one.start, grid), *one.edges(queue, grid).tolist()] for one in handovers]
    edges = {*begins, *(at for own in turns for at in own if at > begins[0])}
    found = []
    for at in sorted(edges):
        entry = entries[bisect_right(begins, at) - 1]
        shares = {vendor: entry.shares.get(vendor, 0.0) for vendor in vendors}
        begun = [bisect_right(own, at) for own in turns]
        on_the_way = [_hand_over(shares, one, steps) for one, steps in zip(handovers, begun, strict=True)]
        summed = np.cumsum([*shares.values(), *on_the_way])
        cumulative = tuple((summed / summed[-1]).tolist())
        found.append(Allocation(at, cumulative, entry.kind))
    return tuple(found)


def _hand_over(shares: dict[str, float], one: Exit, begun: int) -> float:
    """Takes what the vendor has from its own line, gives its successor its part; the rest is on the handover's line."""
    if not begun:
        return 0.0
    whole, gone = shares[one.vendor], (begun - 1) / one.weeks
    shares[one.vendor] = 0.0
    shares[one.to] += whole * gone
    return whole * (1 - gone)
