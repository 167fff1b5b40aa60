"""More contacts than one replication can hold, by the exact expected volumes: refused before anything is simulated.

A document is checked by rough volumes, without weekdays, opening hours and profiles, since these need the calendar.
"""

import numpy as np

from simulation.scenario.checks.size import MOST_CONTACTS
from simulation.scenario.grid import Grid
from simulation.scenario.problems import Problem, ScenarioError
from simulation.world.demand.arrivals import NUMBER_BITS
from simulation.world.demand.cells import Cells

MOST_A_DAY = 20_000_000
"""Contacts of a day are drawn at once: so many take a gigabyte."""
MOST_A_CELL = 1 << (NUMBER_BITS - 1)
"""Contacts of an interval, or of a batch, have numbers of their own; half are left to chance."""


def bounded(grid: Grid, cells: list[Cells]) -> list[Cells]:
    """Every queue's cells, if one replication can hold them; else raises ScenarioError."""
    days = np.zeros(len(grid.days) - 1)
    for own in cells:
        np.add.at(days, np.searchsorted(grid.days, own.start, "right") - 1, own.volume)
    total = sum(float(own.volume.sum()) for own in cells)
    largest = [float(own.volume.max(initial=0.0)) for own in cells]
    most = int(np.argmax(largest))
    if total > MOST_CONTACTS:
        raise _too_many(total, "in all", MOST_CONTACTS, "queues")
    if largest[most] > MOST_A_CELL:
        raise _too_many(largest[most], "in one interval", MOST_A_CELL, f"queues.{most}.demand")
    if days.max() > MOST_A_DAY:
        raise _too_many(float(days.max()), f"on {grid.dates[int(days.argmax())]}", MOST_A_DAY, "queues")
    return cells


def _too_many(contacts: float, when: str, most: int, path: str) -> ScenarioError:
    message = f"some {contacts / 1e6:,.0f} million contacts are expected {when}, at most {most / 1e6:,.0f} million fit"
    mend = "lower the volumes, or what multiplies them: events, profiles, shocks"
    return ScenarioError([Problem("<scenario>", None, path, message, mend)])
