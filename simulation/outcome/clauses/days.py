"""What all clauses of a scenario count: made ready once, then asked of some replications at a time."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from simulation.outcome.clauses.counted_hours import counted_intervals
from simulation.outcome.clauses.counts import ClauseCount, clause_counts
from simulation.outcome.clauses.relief import ReliefOf, reliefs
from simulation.outcome.clauses.watched import Happened
from simulation.outcome.counting.locked import Locked
from simulation.outcome.counting.periods import Periods
from simulation.scenario.grid import Grid
from simulation.scenario.scenario import Scenario

Int64 = NDArray[np.int64]
Bool = NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class ClauseDays:
    """By clause: its counters, the intervals that count (None for all), and its relief.

    cuts: Int64 (days + 1,), each day's first interval
    """

    counts: list[ClauseCount]
    hours: list[Bool | None]
    reliefs: list[ReliefOf | None]
    cuts: Int64

    @classmethod
    def of(cls, scenario: Scenario, grid: Grid, locked: Locked) -> "ClauseDays":
        """Of all contracts, by vendor, contract and place."""
        counts = clause_counts(scenario)
        hours = [counted_intervals(count, scenario, grid) for count in counts]
        return cls(counts, hours, list(reliefs(scenario, grid, locked)), Periods.of(grid).cuts)

    def count(self, happened: Happened) -> Int64:
        """Int64 (replications, days, clauses, 2), numerators and denominators."""
        found = np.zeros((len(happened.queues), len(self.cuts) - 1, len(self.counts), 2), np.int64)
        for c in range(len(self.counts)):
            found[:, :, c] = self.count_of(c, happened)
        return found

    def count_of(self, clause: int, happened: Happened) -> Int64:
        """Int64 (replications, days, 2), of the clause at a place."""
        relief, counted = self.reliefs[clause], self.hours[clause]
        if relief is not None:
            kept = ~relief.relieved(happened.queues)
            counted = kept if counted is None else kept & counted
        return self.counts[clause].count(happened, self.cuts, counted)
