"""A result as parts for storage: a small head of text and places, and columns as bytes.

The figures of every replication are one column, which the head needs to be read; each other column stands alone.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from simulation.outcome.counting.estimates import Estimate
from simulation.outcome.counting.measure import Resolution
from simulation.outcome.money.settlement import Settlement
from simulation.outcome.report.result import Column, EntityKind, EntityResult, Headcount, Result
from simulation.outcome.report.scaling import Scaling
from simulation.outcome.report.stored import FigureWriter, plain_estimate, plain_record, read_estimate, read_record

Float64 = NDArray[np.float64]
_Read = dict[tuple[str, str], dict[Resolution, dict[str, dict[str, Float64]]]]

CALENDAR = "calendar"
"""Kind of the columns that hold the starts of the periods; their entity is "", measure and statistic are START."""
START = "start"
HEADCOUNT = "headcount"
"""Kind of the columns of a team's stocks and flows by week."""
FIGURES = "figures"
"""Kind, measure and statistic of the column that the head points into; its entity is ""."""
TOTAL = "total"
"""Its resolution."""


class StoredColumn(NamedTuple):
    """One column as a row of a table: five names, and little-endian float64 as bytes, NaN where undefined.

    kind: `queue`, `team`, `headcount`, `calendar` or `figures`; id: the entity's; resolution: `interval`, `day`,
    `week`, `month` or, of the figures, `total`; measure: as in the result document; statistic: `mean`, `sd`, `p05` or
    `p95`; of the calendar `start`, POSIX seconds.
    """

    kind: str
    id: str
    resolution: str
    measure: str
    statistic: str
    values: bytes


class Totals(Mapping[str, Estimate]):
    """By measure; each is read as it is asked for, of which most readers ask for few."""

    def __init__(self, kept: Mapping[str, Any], figures: Float64) -> None:
        self._kept, self._figures = kept, figures

    def __getitem__(self, measure: str) -> Estimate:
        return read_estimate(self._kept[measure], self._figures)

    def __iter__(self) -> Iterator[str]:
        return iter(self._kept)

    def __len__(self) -> int:
        return len(self._kept)


class StoredResult(Result):
    """Its scaling and settlement are read when they are asked for."""

    _head: Mapping[str, Any]
    _figures: Float64

    def __init__(self, head: Mapping[str, Any], figures: Float64, **others: Any) -> None:
        vars(self).update(others, _head=head, _figures=figures)

    @cached_property
    def scaling(self) -> Scaling:
        """How service held when demand rose."""
        return read_record(Scaling, self._head["scaling"], self._figures)

    @cached_property
    def settlement(self) -> Settlement:
        """What the contracts make of it."""
        return read_record(Settlement, self._head["settlement"], self._figures)


def to_parts(result: Result) -> tuple[dict[str, Any], list[StoredColumn]]:
    """The head (JSON-able: identity, totals, settlement) and the columns of a result."""
    figures = FigureWriter()
    head = {
        "scenario": {"name": result.scenario, "digest": result.digest},
        "experiment": {"replications": result.replications, "seed": result.seed},
        "engine": {"version": result.engine, "floor": result.floor},
        "zone": result.zone,
        "queues": [{"id": queue.id, "totals": _totals(queue, figures)} for queue in result.queues],
        "teams": [
            {
                "id": team.id,
                "totals": _totals(team, figures),
                "weeks": [week.isoformat() for week in headcount.weeks],
            }
            for team, headcount in zip(result.teams, result.headcounts, strict=True)
        ],
        "scaling": plain_record(result.scaling, figures),
        "settlement": plain_record(result.settlement, figures),
    }
    columns = [
        StoredColumn(CALENDAR, "", resolution.value, START, START, _bytes(starts))
        for resolution, starts in result.starts.items()
    ]
    for kind, entity, resolution, measure, column in result.series():
        columns += _column(kind.value, entity, resolution, measure, column)
    for team, headcount in zip(result.teams, result.headcounts, strict=True):
        for name, column in headcount.columns.items():
            columns += _column(HEADCOUNT, team.id, Resolution.WEEK, name, column)
    return head, [*columns, StoredColumn(FIGURES, "", TOTAL, FIGURES, FIGURES, figures.to_bytes())]


def from_parts(head: Mapping[str, Any], columns: Iterable[StoredColumn] = ()) -> Result:
    """The result of a head, its figures and any other columns; what is left out is absent, what is given as it was.
    Raises LookupError without the figures."""
    starts: dict[Resolution, Float64] = {}
    read: _Read = {}
    figures: Float64 | None = None
    for kind, entity, resolution, measure, statistic, values in columns:
        column = read_column(values)
        if kind == FIGURES:
            figures = column
        elif kind == CALENDAR:
            starts[Resolution(resolution)] = column
        else:
            of_entity = read.setdefault((kind, entity), {})
            of_entity.setdefault(Resolution(resolution), {}).setdefault(measure, {})[statistic] = column
    if figures is None:
        raise LookupError("the head's figures are not among the columns")
    return StoredResult(
        head,
        figures,
        scenario=head["scenario"]["name"],
        digest=head["scenario"]["digest"],
        replications=head["experiment"]["replications"],
        seed=head["experiment"]["seed"],
        engine=head["engine"]["version"],
        floor=head["engine"]["floor"],
        zone=head["zone"],
        starts=starts,
        queues=tuple(_entity(queue, EntityKind.QUEUE, read, figures) for queue in head["queues"]),
        teams=tuple(_entity(team, EntityKind.TEAM, read, figures) for team in head["teams"]),
        headcounts=tuple(_headcount(team, read) for team in head["teams"]),
    )


def read_column(values: bytes) -> Float64:
    """The figures of a stored column."""
    return np.frombuffer(values, "<f8").astype(np.float64)


def _bytes(values: Float64) -> bytes:
    return values.astype("<f8").tobytes()


def _column(kind: str, entity: str, resolution: Resolution, measure: str, column: Column) -> list[StoredColumn]:
    return [
        StoredColumn(kind, entity, resolution.value, measure, statistic.value, _bytes(values))
        for statistic, values in column.statistics().items()
    ]


def _totals(entity: EntityResult, figures: FigureWriter) -> dict[str, Any]:
    return {measure: plain_estimate(total, figures) for measure, total in entity.totals.items()}


def _entity(head: Mapping[str, Any], kind: EntityKind, read: _Read, figures: Float64) -> EntityResult:
    columns = {
        resolution: {measure: Column(**statistics) for measure, statistics in measures.items()}
        for resolution, measures in read.get((kind.value, head["id"]), {}).items()
    }
    return EntityResult(head["id"], Totals(head["totals"], figures), columns)


def _headcount(head: Mapping[str, Any], read: _Read) -> Headcount:
    columns = {
        name: Column(**statistics)
        for name, statistics in read.get((HEADCOUNT, head["id"]), {}).get(Resolution.WEEK, {}).items()
    }
    return Headcount(tuple(date.fromisoformat(week) for week in head["weeks"]), columns)
