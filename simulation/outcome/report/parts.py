"""A result as parts for storage: one small head of text and numbers, and columns as bytes; each column stands alone."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from simulation.outcome.counting.measure import Resolution
from simulation.outcome.money.settlement import Settlement
from simulation.outcome.report.result import Column, EntityKind, EntityResult, Headcount, Result
from simulation.outcome.report.scaling import Scaling
from simulation.outcome.report.stored import array_of, figures, plain_estimate, plain_record, read_estimate, read_record

Float64 = NDArray[np.float64]
_Read = dict[tuple[str, str], dict[Resolution, dict[str, dict[str, Float64]]]]

CALENDAR = "calendar"
"""Kind of the columns that hold the starts of the periods; their entity is "", measure and statistic are START."""
START = "start"


class StoredColumn(NamedTuple):
    """One column as a row of a table: five names, and little-endian float64 as bytes, NaN where undefined.

    kind: `queue`, `team` or `calendar`; id: the entity's; resolution: `interval`, `day`, `week` or `month`; measure: as
    in the result document; statistic: `mean`, `sd`, `p05` or `p95`; of the calendar `start`, POSIX seconds.
    """

    kind: str
    id: str
    resolution: str
    measure: str
    statistic: str
    values: bytes


def to_parts(result: Result) -> tuple[dict[str, Any], list[StoredColumn]]:
    """The head (JSON-able: identity, totals by replication, headcount) and the columns of a result."""
    head = {
        "scenario": {"name": result.scenario, "digest": result.digest},
        "experiment": {"replications": result.replications, "seed": result.seed},
        "engine": {"version": result.engine, "floor": result.floor},
        "zone": result.zone,
        "queues": [{"id": queue.id, "totals": _totals(queue)} for queue in result.queues],
        "teams": [
            {"id": team.id, "totals": _totals(team), "headcount": _headcount(headcount)}
            for team, headcount in zip(result.teams, result.headcounts, strict=True)
        ],
        "scaling": plain_record(result.scaling),
        "settlement": plain_record(result.settlement),
    }
    columns = [
        StoredColumn(CALENDAR, "", resolution.value, START, START, _bytes(starts))
        for resolution, starts in result.starts.items()
    ]
    for kind, entity, resolution, measure, column in result.series():
        for statistic, values in column.statistics().items():
            columns.append(StoredColumn(kind.value, entity, resolution.value, measure, statistic.value, _bytes(values)))
    return head, columns


def from_parts(head: Mapping[str, Any], columns: Iterable[StoredColumn] = ()) -> Result:
    """The result of a head and any of its columns; what is left out is absent, everything given is as it was."""
    starts: dict[Resolution, Float64] = {}
    read: _Read = {}
    for kind, entity, resolution, measure, statistic, values in columns:
        period, column = Resolution(resolution), read_column(values)
        if kind == CALENDAR:
            starts[period] = column
        else:
            of_entity = read.setdefault((kind, entity), {})
            of_entity.setdefault(period, {}).setdefault(measure, {})[statistic] = column
    return Result(
        scenario=head["scenario"]["name"],
        digest=head["scenario"]["digest"],
        replications=head["experiment"]["replications"],
        seed=head["experiment"]["seed"],
        engine=head["engine"]["version"],
        floor=head["engine"]["floor"],
        zone=head["zone"],
        starts=starts,
        queues=tuple(_entity(queue, EntityKind.QUEUE, read) for queue in head["queues"]),
        teams=tuple(_entity(team, EntityKind.TEAM, read) for team in head["teams"]),
        headcounts=tuple(_read_headcount(team["headcount"]) for team in head["teams"]),
        scaling=read_record(Scaling, head["scaling"]),
        settlement=read_record(Settlement, head["settlement"]),
    )


def read_column(values: bytes) -> Float64:
    """The figures of a stored column."""
    return np.frombuffer(values, "<f8").astype(np.float64)


def _bytes(values: Float64) -> bytes:
    return values.astype("<f8").tobytes()


def _totals(entity: EntityResult) -> dict[str, Any]:
    return {measure: plain_estimate(total) for measure, total in entity.totals.items()}


def _entity(head: Mapping[str, Any], kind: EntityKind, read: _Read) -> EntityResult:
    totals = {name: read_estimate(total) for name, total in head["totals"].items()}
    columns = {
        resolution: {measure: Column(**statistics) for measure, statistics in measures.items()}
        for resolution, measures in read.get((kind.value, head["id"]), {}).items()
    }
    return EntityResult(head["id"], totals, columns)


def _headcount(headcount: Headcount) -> dict[str, Any]:
    columns = {
        name: {statistic.value: figures(values) for statistic, values in column.statistics().items()}
        for name, column in headcount.columns.items()
    }
    return {"weeks": [week.isoformat() for week in headcount.weeks], "columns": columns}


def _read_headcount(head: Mapping[str, Any]) -> Headcount:
    columns = {
        name: Column(**{statistic: array_of(values) for statistic, values in statistics.items()})
        for name, statistics in head["columns"].items()
    }
    return Headcount(tuple(date.fromisoformat(week) for week in head["weeks"]), columns)
