"""What came of an experiment: totals with every replication's value, and columns by period.

A result is a flat record: it knows no scenario, no calendar and no counters, so that it can be stored and read again
part by part.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from simulation.outcome.counting.estimates import Estimate
from simulation.outcome.counting.measure import Resolution
from simulation.outcome.money.settlement import Settlement
from simulation.outcome.report.scaling import Scaling

Float64 = NDArray[np.float64]

SERIES_RESOLUTIONS = (Resolution.INTERVAL, Resolution.DAY, Resolution.WEEK, Resolution.MONTH)
"""The resolutions that have columns."""


class EntityKind(StrEnum):
    """Whose figures a column holds."""

    QUEUE = "queue"
    TEAM = "team"


class Statistic(StrEnum):
    """What of a measure, over replications, a column holds."""

    MEAN = "mean"
    SD = "sd"
    P05 = "p05"
    P95 = "p95"


def statistics_of(total: Estimate) -> dict[Statistic, float | None]:
    """The statistics of one figure, by name, as those of a column; None where undefined."""
    return {
        Statistic.MEAN: total.mean,
        Statistic.SD: total.deviation,
        Statistic.P05: total.quantile(0.05),
        Statistic.P95: total.quantile(0.95),
    }


@dataclass(frozen=True, eq=False)
class Column:
    """One measure by period: Float64 (periods,) each, NaN where undefined; p05 and p95 None where not kept."""

    mean: Float64
    sd: Float64
    p05: Float64 | None = None
    p95: Float64 | None = None

    def statistics(self) -> dict[Statistic, Float64]:
        """The statistics that are kept, by name."""
        kept = {
            Statistic.MEAN: self.mean,
            Statistic.SD: self.sd,
            Statistic.P05: self.p05,
            Statistic.P95: self.p95,
        }
        return {name: values for name, values in kept.items() if values is not None}

    def quantile(self, probability: float) -> Float64 | None:
        """The column of the 5th or 95th percentile over replications; None for others and where not kept."""
        return {0.05: self.p05, 0.95: self.p95}.get(round(probability, 12))


Columns = Mapping[Resolution, Mapping[str, Column]]


@dataclass(frozen=True, eq=False)
class EntityResult:
    """One queue's or team's figures.

    totals:  by measure, over the horizon
    columns: by resolution and measure
    """

    id: str
    totals: Mapping[str, Estimate]
    columns: Columns


@dataclass(frozen=True, eq=False)
class Headcount:
    """One team's people by week: stocks at the week's start and flows over it, by name; empty for given staffing."""

    weeks: tuple[date, ...]
    columns: Mapping[str, Column]


@dataclass(frozen=True, eq=False)
class Result:
    """What a run reports.

    scenario:     the scenario's name
    digest:       the scenario's digest
    replications: how many were simulated
    seed:         of the experiment
    engine:       version of the engine
    floor:        which body of the floor
    zone:         the scenario's time zone
    starts:       by resolution, Float64 (periods,): seconds since 1970-01-01T00:00Z at which each period starts
    queues:       in document order
    teams:        in document order over all vendors
    headcounts:   of the teams, in the same order
    scaling:      how service held when demand rose
    settlement:   what the contracts make of it
    """

    scenario: str
    digest: str
    replications: int
    seed: int
    engine: str
    floor: str
    zone: str
    starts: Mapping[Resolution, Float64]
    queues: tuple[EntityResult, ...]
    teams: tuple[EntityResult, ...]
    headcounts: tuple[Headcount, ...]
    scaling: Scaling
    settlement: Settlement

    def instants(self, resolution: Resolution) -> list[datetime]:
        """When each period starts, in the scenario's zone."""
        zone = ZoneInfo(self.zone)
        return [datetime.fromtimestamp(seconds, zone) for seconds in self.starts[resolution].tolist()]

    def series(self) -> Iterator[tuple[EntityKind, str, Resolution, str, Column]]:
        """Every column: kind and id of its entity, resolution, measure, figures."""
        for kind, entities in ((EntityKind.QUEUE, self.queues), (EntityKind.TEAM, self.teams)):
            for entity in entities:
                for resolution, columns in entity.columns.items():
                    for measure, column in columns.items():
                        yield kind, entity.id, resolution, measure, column
