"""The shape of the result document, as a JSON Schema made from the measures and records themselves."""

from collections.abc import Mapping
from datetime import date, datetime
from enum import EnumType, StrEnum
from functools import reduce
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, create_model

from simulation.outcome.counting.estimates import Chance, Estimate
from simulation.outcome.counting.measure import Measure, Resolution
from simulation.outcome.counting.queue_measures import QUEUE_MEASURES
from simulation.outcome.counting.team_measures import FLOWS, STOCKS, TEAM_MEASURES
from simulation.outcome.money.settlement import Settlement
from simulation.outcome.records import Field as RecordField
from simulation.outcome.records import Form, Telling, fields_of, plain, says
from simulation.outcome.report.scaling import Scaling

Figure = float | None
Figures = list[float | None]


class _Shape(BaseModel):
    model_config = ConfigDict(extra="forbid", use_attribute_docstrings=True)


class EstimateShape(_Shape):
    """A figure over the replications."""

    mean: Figure
    """Mean over replications; of a ratio, the ratio of the sums."""
    sd: Figure
    """Standard deviation over replications."""
    ci: tuple[float, float] | None
    """95 % Student interval of the mean: how well the mean is known."""
    p05: Figure
    """5th percentile over replications: with p95, how much outcomes vary."""
    p50: Figure
    p95: Figure


class ColumnShape(_Shape):
    """A figure by period, over the replications."""

    mean: Figures
    sd: Figures
    p05: Figures | None = None
    """Only where kept."""
    p95: Figures | None = None
    """Only where kept."""


class ScenarioShape(_Shape):
    """Which scenario was simulated."""

    name: str
    digest: str
    """SHA-256 of the canonical scenario."""


class ExperimentShape(_Shape):
    """How it was simulated."""

    replications: int
    seed: int


class EngineShape(_Shape):
    """By what it was simulated."""

    version: str
    floor: str


class ProbabilityShape(_Shape):
    """In which share of the replications something is so."""

    mean: float
    """Share of the replications."""
    ci: tuple[float, float] | None
    """95 % Wilson interval."""


class Shapes(Telling[Any]):
    """What the document tells of a record, as a model that forbids anything else."""

    def single(self, kind: Any) -> Any:
        if issubclass(plain(kind), StrEnum):
            return str
        return {Estimate: EstimateShape, Chance: ProbabilityShape}.get(kind, plain(kind))

    def optional(self, inner: Any) -> Any:
        return inner | None

    def several(self, item: Any) -> Any:
        return list[item]

    def record(self, record: type) -> type[BaseModel]:
        name = f"{record.__name__.removesuffix('Result')}Shape"
        return create_model(name, __base__=_Shape, __doc__=says(record), **self.fields(record))

    def fields(self, record: type) -> Any:
        """Of each field what kind it has and what it says, as pydantic takes them."""
        return {
            field.name: (self.of(field.kind), Field(description=_text(field)))
            for field in fields_of(record, Form.DOCUMENT)
        }


def _text(field: RecordField) -> str:
    """What a field is, with the words that the document has for the names in it."""
    words = field.kind if isinstance(field.kind, EnumType) else ()
    return reduce(lambda text, word: text.replace(word.name, word.value), words, field.text)


def result_schema() -> dict[str, Any]:
    """JSON Schema (2020-12) of the result document."""
    schema = result_shape().model_json_schema()
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema}


def result_shape() -> type[BaseModel]:
    """The result document as a model; validating a document with it checks every key and figure."""
    headcount: dict[str, Any] = dict.fromkeys((*STOCKS, *FLOWS), (ColumnShape | None, None))
    walk = create_model("Headcount", __base__=_Shape, week=(list[date], ...), **headcount)
    queue, team = _entity("Queue", QUEUE_MEASURES), _entity("Team", TEAM_MEASURES, headcount=(walk, ...))
    entities: dict[str, Any] = {"queues": (list[queue], ...), "teams": (list[team], ...)}  # type: ignore[valid-type]  # models made at run time
    shapes = Shapes()
    settled = shapes.fields(Settlement)
    return create_model(
        "Result",
        __base__=_Shape,
        scenario=(ScenarioShape, ...),
        experiment=(ExperimentShape, ...),
        engine=(EngineShape, ...),
        decision=settled.pop("decision"),
        **entities,
        scaling=(shapes.of(Scaling), ...),
        **settled,
    )


def _entity(name: str, measures: Mapping[str, Measure], **more: Any) -> type[BaseModel]:
    def described(kind: Any) -> dict[str, Any]:
        return {m: (kind | None, Field(None, description=f"{d.meaning} ({d.unit})")) for m, d in measures.items()}

    total = create_model(f"{name}Total", __base__=_Shape, **described(EstimateShape))
    columns = create_model(f"{name}Columns", __base__=_Shape, start=(list[datetime], ...), **described(ColumnShape))
    periods: dict[str, Any] = {
        r.value: (columns, ...) if r is not Resolution.INTERVAL else (columns | None, None)
        for r in Resolution
        if r is not Resolution.TOTAL
    }
    return create_model(name, __base__=_Shape, id=(str, ...), total=(total, ...), **periods, **more)
