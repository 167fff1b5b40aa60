"""Relief: the periods that lie so far off the locked forecast that clauses leave them out, in each replication.

Limits are rounded to millionths of a contact and to microseconds, so that what is exactly on them stays in.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from simulation.outcome.counting.counters import VOLUME_UNIT, QueueField
from simulation.outcome.counting.locked import Locked, locks_of
from simulation.scenario.contracts.clauses import Clause
from simulation.scenario.contracts.contract import Contract
from simulation.scenario.contracts.exclusions import Exclusion
from simulation.scenario.contracts.forecasts import Attempts, Granularity, Relief
from simulation.scenario.grid import Grid
from simulation.scenario.scenario import Scenario

Int64 = NDArray[np.int64]
Float64 = NDArray[np.float64]
Bool = NDArray[np.bool_]
_Q = QueueField

LATER_ATTEMPTS = (
    _Q.OFFERED_RETRIAL,
    _Q.OFFERED_REPEAT,
    _Q.OFFERED_TRANSFER,
    _Q.OFFERED_REWORK,
    _Q.OFFERED_REQUEUED,
)
"""Contacts offered that are no first attempts at people; those of whom a bot has failed are."""


@dataclass(frozen=True, eq=False)
class ReliefOf:
    """The relief of one clause.

    queue: the place of its queue. fewer: whether too few contacts relieve it too
    period: Int64 (intervals,), which period each belongs to, from 0
    volumes, aht: Float64 (periods,), locked contacts in millionths and their mean handling in microseconds
    """

    relief: Relief
    queue: int
    fewer: bool
    period: Int64
    volumes: Float64
    aht: Float64

    @classmethod
    def of(cls, clause: Clause, contract: Contract, scenario: Scenario, grid: Grid, locked: Locked) -> "ReliefOf":
        """Of a clause that excludes what lies off the contract's lock."""
        lock = contract.forecast_lock
        assert lock is not None  # validated
        assert lock.relief is not None
        assert clause.queue is not None
        queue = [one.id for one in scenario.queues].index(clause.queue)
        at, period = locks_of(scenario).index(lock.lock_days), _periods(lock.relief.granularity, grid)
        own, aht = (one[at, :, queue].astype(np.float64) for one in (locked.volumes, locked.aht))
        volumes = np.bincount(period, own).astype(np.float64)
        weights = np.where(volumes[period] > 0, own, 1.0)
        mean = np.bincount(period, weights * aht) / np.bincount(period, weights)
        fewer = clause.metric.definition.is_ordered
        return cls(lock.relief, queue, fewer, period, volumes, np.asarray(mean, np.float64))

    def relieved(self, queues: Int64) -> Bool:
        """Bool (replications, intervals); queues: Int64 (replications, intervals, queues, QueueField)."""
        own, relief = queues[:, :, self.queue], self.relief
        contacts = own[..., _Q.OFFERED]
        if relief.counts is Attempts.FIRST_ATTEMPTS:
            contacts = contacts - own[..., LATER_ATTEMPTS].sum(axis=-1)
        offered = self._added(contacts) * VOLUME_UNIT
        out = np.zeros(offered.shape, np.bool_)
        if relief.over is not None:
            out |= offered > np.rint(self.volumes * (1 + relief.over))
        if relief.under is not None and self.fewer:
            out |= offered < np.rint(self.volumes * (1 - relief.under))
        if relief.aht_over is not None:
            handled, time = self._added(own[..., _Q.HANDLED]), self._added(own[..., _Q.HANDLE_TIME])
            out |= time > handled * np.rint(self.aht * (1 + relief.aht_over)).astype(np.int64)
        return out[:, self.period]

    def _added(self, values: Int64) -> Int64:
        firsts = np.searchsorted(self.period, np.arange(len(self.volumes)))
        added: Int64 = np.add.reduceat(values, firsts, axis=1)
        return added


def _periods(granularity: Granularity, grid: Grid) -> Int64:
    if granularity is Granularity.INTERVAL:
        return np.arange(grid.intervals, dtype=np.int64)
    if granularity is Granularity.DAY:
        return grid.day_of_interval
    return grid.week_of_interval if granularity is Granularity.WEEK else grid.month_of_interval


def reliefs(scenario: Scenario, grid: Grid, locked: Locked) -> Sequence[ReliefOf | None]:
    """Of every clause, by vendor, contract and place; None of one that does not exclude FORECAST."""
    return [
        ReliefOf.of(clause, contract, scenario, grid, locked) if clause.excludes(Exclusion.FORECAST) else None
        for vendor in scenario.vendors
        for contract in vendor.contracts
        for clause in contract.slas
    ]
