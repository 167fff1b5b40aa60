"""What a shard of replications leaves behind: a few MB that merge exactly, in any order.

By day every replication's counters are kept, so that weeks, months and the horizon follow by adding up; waiting-time
quantiles, which do not add up, are kept by replication for each of these. By interval only sums, exact moments and,
for the measures whose spread is reported there, the values of the first replications are kept: all of them in an
ordinary experiment, a random sample of a larger one, since replications are independent.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from enum import IntEnum
from typing import Any

import numpy as np
from numpy.typing import NDArray

from simulation.outcome import packing
from simulation.outcome.counters import Counters, GroupField, QueueField
from simulation.outcome.measures import INSTANT_FIELDS, QUEUE_MEASURES, TEAM_MEASURES, Kind, queue_definitions
from simulation.outcome.moments import Moments
from simulation.outcome.periods import COARSE, Periods
from simulation.outcome.tally import SAMPLED_REPLICATIONS, Measures, Tally
from simulation.outcome.waits import wait_quantiles
from simulation.scenario.canonical import digest
from simulation.scenario.grid import Grid
from simulation.scenario.scenario import Scenario

Int64 = NDArray[np.int64]
Float64 = NDArray[np.float64]

WAIT_QUANTILES = tuple(m for m in QUEUE_MEASURES.values() if m.kind is Kind.QUANTILE)
_PROBABILITIES = np.array([m.probability for m in WAIT_QUANTILES])


@dataclass(frozen=True, eq=False)
class ShardSummary:
    """What some replications of one scenario left.

    digest:       of the scenario
    replications: Int64 (replications,), their numbers from 0, ascending
    queues:       counters of the queues, in document order
    teams:        counters of the teams, in document order over all vendors
    waits:        by resolution, Float64 (replications, periods, queues, WAIT_QUANTILES), seconds, NaN where undefined
    headcount:    Int64 (replications, weeks + 1, teams, stocks and flows)
    """

    digest: str
    replications: Int64
    queues: Tally
    teams: Tally
    waits: dict[str, Float64]
    headcount: Int64

    def to_bytes(self) -> bytes:
        """The summary as bytes; equal summaries give equal bytes."""
        arrays: dict[str, NDArray[Any]] = {"replications": self.replications, "headcount": self.headcount}
        arrays |= {f"waits.{resolution}": values for resolution, values in self.waits.items()}
        arrays |= _named(self.queues, "queues", QueueField) | _named(self.teams, "teams", GroupField)
        return packing.pack({"digest": self.digest}, arrays)

    @classmethod
    def from_bytes(cls, data: bytes) -> "ShardSummary":
        """The summary that `to_bytes` wrote; raises PackingError for anything else."""
        about, arrays = packing.unpack(data)
        return cls(
            about["digest"],
            arrays["replications"],
            _tally(arrays, "queues"),
            _tally(arrays, "teams"),
            {resolution.value: arrays[f"waits.{resolution}"] for resolution in COARSE},
            arrays["headcount"],
        )


def summarise(scenario: Scenario, grid: Grid, counters: Iterable[Counters], replications: range) -> ShardSummary:
    """Reduces the counters of the numbered replications, one at a time, in their order.

    Raises ValueError when there are more or fewer counters than replications.
    """
    periods, numbers = Periods.of(grid), np.array(replications, np.int64)
    of_queues, of_teams = [queue_definitions(queue) for queue in scenario.queues], _team_measures(scenario)
    days, intervals = len(grid.days) - 1, grid.intervals
    queues = Tally.of(numbers, days, intervals, len(QueueField), len(of_queues), QUEUE_MEASURES)
    teams = Tally.of(numbers, days, intervals, len(GroupField), len(of_teams), TEAM_MEASURES)
    waits: list[dict[str, Float64]] = []
    headcount: list[Int64] = []
    for row, (_, one) in enumerate(zip(replications, counters, strict=True)):
        queues.fill(row, one.queues, periods, INSTANT_FIELDS, of_queues)
        teams.fill(row, one.groups, periods, (), of_teams)
        waits.append({r.value: wait_quantiles(periods.coarser(one.waits, r), _PROBABILITIES) for r in COARSE})
        headcount.append(one.headcount)
    by_resolution = {r.value: np.stack([values[r.value] for values in waits]) for r in COARSE}
    return ShardSummary(digest(scenario), numbers, queues, teams, by_resolution, np.stack(headcount))


def merge(shards: Sequence[ShardSummary]) -> ShardSummary:
    """All shards as one, the same whatever their order and however the replications were split.

    Raises ValueError when there is none, when they are of several scenarios, or when a replication comes twice.
    """
    if len({shard.digest for shard in shards}) != 1:
        raise ValueError("only shards of one scenario merge; simulate them from one document")
    numbers = np.concatenate([shard.replications for shard in shards])
    order = np.argsort(numbers)
    if np.any(np.diff(numbers[order]) == 0):
        raise ValueError("a replication comes twice; give every shard once")
    sample_order = np.argsort(numbers[numbers < SAMPLED_REPLICATIONS])
    return ShardSummary(
        shards[0].digest,
        numbers[order],
        Tally.merged([shard.queues for shard in shards], order, sample_order),
        Tally.merged([shard.teams for shard in shards], order, sample_order),
        {r.value: np.concatenate([shard.waits[r.value] for shard in shards])[order] for r in COARSE},
        np.concatenate([shard.headcount for shard in shards])[order],
    )


def _team_measures(scenario: Scenario) -> list[Measures]:
    return [TEAM_MEASURES for vendor in scenario.vendors for _ in vendor.teams]


def _named(tally: Tally, prefix: str, columns: type[IntEnum]) -> dict[str, NDArray[Any]]:
    """A tally's arrays by name, one a counter or measure, so that each is packed in its own smallest form."""
    arrays: dict[str, NDArray[Any]] = {}
    for column in columns:
        arrays[f"{prefix}.daily.{column.name}"] = tally.daily[..., column]
        arrays[f"{prefix}.summed.{column.name}"] = tally.summed[..., column]
    for name, rows in _rows(tally).items():
        arrays |= {f"{prefix}.{name}.{row}": values for row, values in enumerate(rows)}
    return arrays


def _rows(tally: Tally) -> dict[str, Int64]:
    moments = {f"moments.{f.name}": getattr(tally.moments, f.name) for f in fields(Moments)}
    return {"squared": tally.squared, "sampled": tally.sampled, **moments}


def _tally(arrays: dict[str, NDArray[Any]], prefix: str) -> Tally:
    def stacked(name: str, axis: int) -> Any:
        start = f"{prefix}.{name}."
        return np.stack([array for key, array in arrays.items() if key.startswith(start)], axis)

    moments = Moments(*(stacked(f"moments.{f.name}", 0) for f in fields(Moments)))
    return Tally(stacked("daily", -1), stacked("summed", -1), stacked("squared", 0), moments, stacked("sampled", 0))
