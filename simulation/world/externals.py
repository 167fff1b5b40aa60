"""Luck of what contracts measure and no floor gives, such as CSAT: one uniform a clause and window, by its first date.

So a window keeps its figure whatever happens on the floor, and whatever else the contract says.
"""

import numpy as np

from simulation.outcome.counting.counters import LUCK_UNIT
from simulation.scenario.grid import Grid, Int64
from simulation.scenario.scenario import Scenario
from simulation.world.randomness import Draws, Purpose


def external_luck(scenario: Scenario, grid: Grid, draws: Draws) -> Int64:
    """Int64 (days, drawn clauses), by vendor, contract and place: for every day the uniform of a window that would
    begin on it, in billionths."""
    owners = [
        f"{vendor.id}/{clause.id}"
        for vendor in scenario.vendors
        for contract in vendor.contracts
        for clause in contract.slas
        if clause.metric.definition.is_drawn
    ]
    found = np.zeros((len(grid.dates), len(owners)), np.int64)
    if not owners:
        return found
    dates = np.array([day.toordinal() for day in grid.dates], np.int64)
    for c, owner in enumerate(owners):
        found[:, c] = draws.uniforms(Purpose.EXTERNAL, owner, dates) * LUCK_UNIT
    return found
