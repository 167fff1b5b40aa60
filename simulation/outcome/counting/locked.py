"""What forecasts locked, as whole numbers: the same in every replication, and what is kept of it by day."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from simulation.outcome.counting.counters import VOLUME_UNIT
from simulation.scenario.grid import Grid
from simulation.scenario.scenario import Scenario

Int64 = NDArray[np.int64]

SHARE_UNIT = 1_000_000_000
"""What all of a queue is in `shares`."""


def locks_of(scenario: Scenario) -> list[int]:
    """The numbers of days before a month on which contracts lock its forecast; their places are those of the locks."""
    contracts = [contract for vendor in scenario.vendors for contract in vendor.contracts]
    return sorted({one.forecast_lock.lock_days for one in contracts if one.forecast_lock is not None})


@dataclass(frozen=True, eq=False)
class LockedDays:
    """What is kept of it.

    volumes: Int64 (locks, days, queues), contacts in millionths. times: their handling time in microseconds
    shares:  Int64 (vendors, days, queues), the vendor's of the queue, in billionths; no vendors without a lock
    """

    volumes: Int64
    times: Int64
    shares: Int64

    @property
    def arrays(self) -> dict[str, Int64]:
        """By name, for storage."""
        return {"locked.volumes": self.volumes, "locked.times": self.times, "locked.shares": self.shares}

    def of_locks(self, places: Sequence[int]) -> "LockedDays":
        """Of some of the locks, by their places."""
        return LockedDays(self.volumes[list(places)], self.times[list(places)], self.shares)

    @classmethod
    def read(cls, arrays: Mapping[str, Int64]) -> "LockedDays":
        """What `arrays` gave."""
        return cls(arrays["locked.volumes"], arrays["locked.times"], arrays["locked.shares"])


@dataclass(frozen=True, eq=False)
class Locked:
    """The locked forecasts of a scenario.

    volumes: Int64 (locks, intervals, queues), contacts offered here, in millionths
    aht:     Int64 (locks, intervals, queues), microseconds
    ordered: Int64 (intervals, teams), agent time on the floor that the lock of the team's contract requires of it
    shares:  as of `LockedDays`
    """

    volumes: Int64
    aht: Int64
    ordered: Int64
    shares: Int64

    @classmethod
    def nothing(cls, scenario: Scenario, grid: Grid) -> "Locked":
        """Of a scenario without locks."""
        none = np.zeros((0, grid.intervals, len(scenario.queues)), np.int64)
        ordered = np.zeros((grid.intervals, len(scenario.teams)), np.int64)
        return cls(none, none, ordered, np.zeros((0, len(grid.days) - 1, len(scenario.queues)), np.int64))

    def by_day(self, cuts: Int64) -> LockedDays:
        """What is kept of it; cuts: Int64 (days + 1,), each day's first interval."""
        times = np.rint(self.volumes * (self.aht / VOLUME_UNIT)).astype(np.int64)
        days = range(len(cuts) - 1)
        volumes, spent = (
            np.stack([one[:, cuts[d] : cuts[d + 1]].sum(axis=1) for d in days], axis=1) for one in (self.volumes, times)
        )
        return LockedDays(volumes, spent, self.shares)
