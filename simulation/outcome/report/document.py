"""The result document: a result as plain data and as JSON, the same bytes for the same result."""

import json
from collections.abc import Callable, Iterable, Mapping
from datetime import date
from enum import StrEnum
from operator import attrgetter, methodcaller
from typing import Any

from simulation.outcome.counting.estimates import Chance, Estimate
from simulation.outcome.counting.measure import Resolution
from simulation.outcome.records import Form, Telling, fields_of, plain
from simulation.outcome.report.result import SERIES_RESOLUTIONS, Column, EntityResult, Headcount, Result
from simulation.outcome.report.stored import figures

Write = Callable[[Any], Any]


def document(result: Result, intervals: bool = False) -> dict[str, Any]:
    """The result document; columns by interval only when asked for. Undefined figures are None, never NaN."""
    resolutions = [r for r in SERIES_RESOLUTIONS if intervals or r is not Resolution.INTERVAL]
    starts = {r: [instant.isoformat() for instant in result.instants(r)] for r in resolutions}
    settled = told(result.settlement)
    return {
        "scenario": {"name": result.scenario, "digest": result.digest},
        "experiment": {"replications": result.replications, "seed": result.seed},
        "engine": {"version": result.engine, "floor": result.floor},
        "decision": settled.pop("decision"),
        "queues": [_entity(queue, starts) for queue in result.queues],
        "teams": [
            {**_entity(team, starts), "headcount": _headcount(headcount)}
            for team, headcount in zip(result.teams, result.headcounts, strict=True)
        ],
        "scaling": told(result.scaling),
        **settled,
    }


def told(record: object) -> dict[str, Any]:
    """A record as the document tells it; of a settlement its parts of the document."""
    written: dict[str, Any] = _DOCUMENT.of(type(record))(record)
    return written


def document_json(result: Result, intervals: bool = False) -> str:
    """The result document as compact JSON; keys in the document's order, floats by their shortest text."""
    return json.dumps(document(result, intervals), separators=(",", ":"), ensure_ascii=False, allow_nan=False)


def _estimate(total: Estimate) -> dict[str, Any]:
    interval = total.confidence_interval()
    return {
        "mean": total.mean,
        "sd": total.deviation,
        "ci": None if interval is None else list(interval),
        "p05": total.quantile(0.05),
        "p50": total.quantile(0.5),
        "p95": total.quantile(0.95),
    }


def _probability(chance: Chance) -> dict[str, Any]:
    interval = chance.confidence_interval()
    return {"mean": chance.share, "ci": None if interval is None else list(interval)}


class _Document(Telling[Write]):
    def single(self, kind: Any) -> Write:
        if kind is Estimate:
            return _estimate
        if kind is Chance:
            return _probability
        if issubclass(plain(kind), StrEnum):
            return attrgetter("value")
        return methodcaller("isoformat") if issubclass(plain(kind), date) else _as_is

    def optional(self, inner: Write) -> Write:
        return lambda value: None if value is None else inner(value)

    def several(self, item: Write) -> Write:
        return lambda values: [item(value) for value in values]

    def record(self, record: type) -> Write:
        fields = [(field.name, field.value, self.of(field.kind)) for field in fields_of(record, Form.DOCUMENT)]
        return lambda value: {name: write(of(value)) for name, of, write in fields}


def _as_is(value: Any) -> Any:
    return value


_DOCUMENT = _Document()


def _entity(entity: EntityResult, starts: Mapping[Resolution, Iterable[str]]) -> dict[str, Any]:
    columns = {r.value: {"start": starts[r], **_columns(entity.columns[r])} for r in starts}
    return {"id": entity.id, "total": {name: _estimate(total) for name, total in entity.totals.items()}, **columns}


def _headcount(headcount: Headcount) -> dict[str, Any]:
    return {"week": [week.isoformat() for week in headcount.weeks], **_columns(headcount.columns)}


def _columns(columns: Mapping[str, Column]) -> dict[str, Any]:
    return {
        name: {statistic.value: figures(values) for statistic, values in column.statistics().items()}
        for name, column in columns.items()
    }
