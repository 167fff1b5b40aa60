"""Paid time of the night by team and day, of the teams whom it costs more."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from simulation.outcome.clause_counts import by_day
from simulation.outcome.counters import GroupField
from simulation.scenario.grid import MINUTE, Grid
from simulation.scenario.scenario import Scenario

Int64 = NDArray[np.int64]
Bool = NDArray[np.bool_]

MINUTES_A_DAY = 24 * 60


def nights(scenario: Scenario, grid: Grid) -> list[Bool | None]:
    """By team the intervals that begin in the night, by its site's clock; None where the night costs nothing more."""
    zones = {site.id: site.timezone or scenario.timezone for vendor in scenario.vendors for site in vendor.sites}
    found: list[Bool | None] = []
    for team in scenario.teams:
        if team.cost is None or not team.cost.night_premium:
            found.append(None)
            continue
        readings = grid.clock(zones[team.site]).readings(grid.interval_starts)
        night = np.array([team.cost.night.holds(minute) for minute in range(MINUTES_A_DAY)])
        found.append(night[readings // MINUTE % MINUTES_A_DAY])
    return found


def night_time(groups: Int64, at_night: Sequence[Bool | None], cuts: Int64) -> Int64:
    """Int64 (replications, days, teams), rostered time of the night.

    groups: Int64 (replications, intervals, teams, GroupField). cuts: Int64 (days + 1,), each day's first interval.
    """
    found = np.zeros((len(groups), len(cuts) - 1, groups.shape[2]), np.int64)
    for team, mask in enumerate(at_night):
        if mask is not None:
            paid = groups[:, :, team, GroupField.ROSTERED] * mask
            found[:, :, team] = by_day(paid[..., None], cuts)[..., 0]
    return found
