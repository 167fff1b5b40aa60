"""Which intervals a clause counts: those that begin in its hours, and in nothing that it excludes."""

from collections.abc import Callable, Sequence
from datetime import date, timedelta

import numpy as np
from numpy.typing import NDArray

from simulation.outcome.clauses.counts import ClauseCount
from simulation.scenario.contracts.clauses import Clause
from simulation.scenario.contracts.exclusions import Exclusion
from simulation.scenario.event_kinds import EventKind
from simulation.scenario.grid import DAY, HOUR, MINUTE, Grid, date_of
from simulation.scenario.people.holidays import Holidays
from simulation.scenario.people.public_holidays import holidays_kept
from simulation.scenario.queues.opening_hours import Opening
from simulation.scenario.scenario import Scenario

Bool = NDArray[np.bool_]
Int64 = NDArray[np.int64]


def counted_intervals(count: ClauseCount, scenario: Scenario, grid: Grid) -> Bool | None:
    """Bool (intervals,); None where all count."""
    clause = count.clause
    if clause.counts is None:
        return None
    counted = np.ones(grid.intervals, np.bool_)
    queue = None if count.queue is None else scenario.queues[count.queue]
    zone = scenario.timezone if queue is None else queue.timezone or scenario.timezone
    if clause.counts.hours:
        counted &= _within(clause.counts.hours, grid.clock(zone).readings(grid.interval_starts))
    if clause.excludes(Exclusion.HYPERCARE) and queue is not None:
        counted &= ~_on(grid, zone, lambda day: scenario.hypercare_share(queue.id, day) is not None)
    if clause.excludes(Exclusion.HOLIDAYS):
        counted &= ~_on_holidays(count, scenario, grid)
    if clause.counts.exclude_dates:
        excluded = [d for d, day in enumerate(grid.dates) if day in clause.counts.exclude_dates]
        counted &= ~np.isin(grid.day_of_interval, excluded)
    if clause.excludes(Exclusion.CLIENT_OUTAGE):
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


def _on(grid: Grid, zone: str, holds: Callable[[date], bool]) -> Bool:
    """Intervals that begin on dates of a zone's clock for which something holds."""
    numbers, place = np.unique(grid.clock(zone).readings(grid.interval_starts) // DAY, return_inverse=True)
    held: Bool = np.array([holds(date_of(number)) for number in numbers.tolist()], np.bool_)[place]
    return held


def _on_holidays(count: ClauseCount, scenario: Scenario, grid: Grid) -> Bool:
    """Intervals that begin on a holiday of any of the clause's teams, by the clock of its site."""
    found = np.zeros(grid.intervals, np.bool_)
    sites = {site.id: site for vendor in scenario.vendors for site in vendor.sites}
    around = [grid.dates[0] - timedelta(days=1), *grid.dates, grid.dates[-1] + timedelta(days=1)]
    for team in (scenario.teams[t] for t in count.teams):
        given = team.workforce.holidays if team.workforce is not None else None
        kept = holidays_kept(given or Holidays(), sites[team.site].country, around)
        found |= _on(grid, sites[team.site].timezone or scenario.timezone, kept.__contains__)
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
