"""Which intervals a clause counts: those that begin in its hours, and in nothing that it excludes."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from simulation.scenario.clauses import Clause, Exclusion
from simulation.scenario.event_kinds import EventKind
from simulation.scenario.grid import DAY, HOUR, MINUTE, Grid, date_of
from simulation.scenario.queues import Opening
from simulation.scenario.scenario import Scenario

Bool = NDArray[np.bool_]
Int64 = NDArray[np.int64]


def counted_intervals(clause: Clause, scenario: Scenario, grid: Grid) -> Bool | None:
    """Bool (intervals,); None where all count."""
    if clause.counts is None:
        return None
    counted = np.ones(grid.intervals, np.bool_)
    if clause.counts.hours:
        zone = next(queue.timezone for queue in scenario.queues if queue.id == clause.queue) or scenario.timezone
        counted &= _within(clause.counts.hours, grid.clock(zone).readings(grid.interval_starts))
    if clause.counts.exclude_dates:
        excluded = [d for d, day in enumerate(grid.dates) if day in clause.counts.exclude_dates]
        counted &= ~np.isin(grid.day_of_interval, excluded)
    if Exclusion.CLIENT_OUTAGE in clause.counts.exclude:
        counted &= ~_in_client_outages(clause, scenario, grid)
    return counted


def _within(hours: Sequence[Opening], readings: Int64) -> Bool:
    """Whether some hours hold at each reading of the queue's clock."""
    dates, minutes = readings // DAY, readings % DAY // MINUTE
    found = np.zeros(len(readings), np.bool_)
    for number in np.unique(np.append(dates, dates.min() - 1)).tolist():
        for opening in (one for one in hours if one.holds_on(date_of(number))):
            opens, closes = opening.open.minutes, opening.close.minutes
            today, after = dates == number, dates == number + 1
            if opens < closes:
                found |= today & (minutes >= opens) & (minutes < closes)
            else:
                found |= (today & (minutes >= opens)) | (after & (minutes < closes))
    return found


def _in_client_outages(clause: Clause, scenario: Scenario, grid: Grid) -> Bool:
    """Intervals of which any part lies in an outage of the client's that changes the queue's demand."""
    found = np.zeros(grid.intervals, np.bool_)
    for event in scenario.events:
        touched = not event.queues or clause.queue in event.queues
        if event.kind is EventKind.CLIENT_OUTAGE and touched and event.start is not None and event.hours is not None:
            begins = grid.us(event.start)
            ends = begins + round(event.hours.mean * HOUR)
            found |= (grid.interval_edges[1:] > begins) & (grid.interval_starts < ends)
    return found
