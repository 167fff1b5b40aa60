"""Outages of the client's systems: what demand is while they last.

Every expected contact that arrives in their time counts `demand_multiplier` times, whatever it comes from: profile,
volumes, series, shocks, and batches whose instant lies in it; several outages multiply. A queue whose demand is a share
of another's follows that one's outages too, each once. Arrivals are uniform inside a cell, so a cell that lasts longer
than an outage has 1 + (multiplier - 1) x overlap / length. Forecast, requirement and rosters do not know of them.
"""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from simulation.scenario.event_kinds import EventKind
from simulation.scenario.events import Event
from simulation.scenario.grid import HOUR, Grid
from simulation.scenario.queues.queue import Queue
from simulation.scenario.scenario import Scenario
from simulation.world.demand.cells import Cells, Float64


def actual_cells(scenario: Scenario, grid: Grid, forecast: Sequence[Cells]) -> list[Cells]:
    """Every queue's cells as they come about, of those that the forecast expects."""
    events = [event for event in scenario.events if event.kind is EventKind.CLIENT_OUTAGE]
    by_id = {queue.id: queue for queue in scenario.queues}
    found = []
    for queue, cells in zip(scenario.queues, forecast, strict=True):
        names = _lineage(queue, by_id)
        volume = cells.volume
        for event in events:
            if not event.queues or names & set(event.queues):
                volume = volume * _multipliers(event, cells, grid)
        found.append(replace(cells, volume=volume))
    return found


def _lineage(queue: Queue, by_id: dict[str, Queue]) -> set[str]:
    """The queue, the one of which its demand is a share, and so on."""
    names = {queue.id}
    while queue.demand.share_of is not None:
        queue = by_id[queue.demand.share_of]
        names.add(queue.id)
    return names


def _multipliers(event: Event, cells: Cells, grid: Grid) -> Float64:
    """Float64 (cells,): what one outage does to each cell."""
    assert event.start is not None  # an event CLIENT_OUTAGE has all three
    assert event.hours is not None
    assert event.demand_multiplier is not None
    begins = grid.us(event.start)
    ends = begins + round(event.hours.mean * HOUR)
    inside = np.minimum(cells.start + cells.length, ends) - np.maximum(cells.start, begins)
    of_batch = (begins <= cells.start) & (cells.start < ends)
    struck = np.where(cells.length > 0, np.maximum(inside, 0) / np.maximum(cells.length, 1), of_batch)
    return np.asarray(1 + (event.demand_multiplier - 1) * struck)
