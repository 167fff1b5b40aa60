"""Vendors who leave: from when on, to whom, and in which steps.

At the end of the k-th of w weeks of handover, a midnight, k / w of the vendor's work is with its successor and k / w of
its people are gone. The people are those of the start of the handover, in whatever stage, in steps of equal size by a
keyed uniform a person; who leaves before by attrition leaves. From that start on nobody is hired, no class begins and
the bench is at home. Agents given go down in the same steps, to the next whole agent.
"""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

import numpy as np

from simulation.outcome.counting.counters import STAYS
from simulation.scenario.event_kinds import EventKind
from simulation.scenario.grid import Grid, Int64
from simulation.scenario.queues.queue import Queue
from simulation.scenario.scenario import Scenario
from simulation.scenario.vendors import Team
from simulation.world.floor.route_lines import local_midnight


@dataclass(frozen=True)
class Exit:
    """One vendor's exit: its handover begins on a date and lasts some weeks."""

    vendor: str
    to: str
    start: date
    weeks: int

    @property
    def steps(self) -> list[date]:
        """The dates from which on one more step is gone."""
        return [self.start + timedelta(weeks=k) for k in range(1, self.weeks + 1)]

    def edges(self, queue: Queue, grid: Grid) -> Int64:
        """Int64 (weeks,): the instants of these steps where a queue is."""
        return np.array([local_midnight(queue, day, grid) for day in self.steps], np.int64)


def exits(scenario: Scenario) -> list[Exit]:
    """A scenario's exits."""
    return [
        Exit(event.vendor or "", event.to or "", event.start.date(), event.handover_weeks or 1)
        for event in scenario.events
        if event.kind is EventKind.VENDOR_EXIT and event.start is not None
    ]


def awaited(scenario: Scenario) -> list[str]:
    """Ids of the vendors who leave once the right to leave them has arisen."""
    return [event.vendor or "" for event in scenario.events if event.after is not None]


def dated(scenario: Scenario, vendor: str, start: date) -> Scenario:
    """The scenario with the exit of a vendor, awaited so far, at a date."""
    known = {"start": datetime.combine(start, time()), "after": None}
    events = [
        event.model_copy(update=known) if event.after is not None and event.vendor == vendor else event
        for event in scenario.events
    ]
    return scenario.model_copy(update={"events": tuple(events)})


def exit_days(scenario: Scenario, grid: Grid) -> Int64:
    """Int64 (vendors,): the day, by number, on which each vendor's handover begins; STAYS where none does."""
    starts = {one.vendor: one.start for one in exits(scenario)}
    days = [starts.get(vendor.id, grid.dates[0]) for vendor in scenario.vendors]
    numbers = [(day - grid.dates[0]).days for day in days]
    leaves = [vendor.id in starts and n < len(grid.dates) for vendor, n in zip(scenario.vendors, numbers, strict=True)]
    return np.where(leaves, numbers, STAYS)


def staffed(scenario: Scenario, grid: Grid) -> Scenario:
    """The scenario with the given agents of vendors who leave going down, as one entry an interval."""
    of_vendor = {one.vendor: one for one in exits(scenario)}
    vendors = []
    for vendor in scenario.vendors:
        one = of_vendor.get(vendor.id)
        teams = vendor.teams if one is None else tuple(_going_down(team, one, grid) for team in vendor.teams)
        vendors.append(vendor.model_copy(update={"teams": teams}))
    return scenario.model_copy(update={"vendors": tuple(vendors)}) if of_vendor else scenario


def _going_down(team: Team, one: Exit, grid: Grid) -> Team:
    if team.staffing is None:
        return team
    edges = np.array([grid.midnight(day) for day in one.steps])
    left = 1 - np.searchsorted(edges, grid.interval_starts, "right") / one.weeks
    agents = tuple(np.rint(np.array(team.staffing.agents) * left).astype(int).tolist())
    return team.model_copy(update={"staffing": team.staffing.model_copy(update={"agents": agents})})
