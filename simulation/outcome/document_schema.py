"""The shape of the result document, as a JSON Schema made from the measures themselves."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, create_model

from simulation.outcome.measure import Measure, Resolution
from simulation.outcome.measures import QUEUE_MEASURES
from simulation.outcome.team_measures import FLOWS, STOCKS, TEAM_MEASURES

Figure = float | None
Figures = list[float | None]


class _Shape(BaseModel):
    model_config = ConfigDict(extra="forbid", use_attribute_docstrings=True)


class EstimateShape(_Shape):
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
    mean: Figures
    sd: Figures
    p05: Figures | None = None
    """Only where kept."""
    p95: Figures | None = None
    """Only where kept."""


class ScenarioShape(_Shape):
    name: str
    digest: str
    """SHA-256 of the canonical scenario."""


class ExperimentShape(_Shape):
    replications: int
    seed: int


class EngineShape(_Shape):
    version: str
    floor: str


class ProbabilityShape(_Shape):
    mean: float
    """Share of the replications."""
    ci: tuple[float, float] | None
    """95 % Wilson interval."""


class StepShape(_Shape):
    start: date
    """First day of the first week whose expected volume is at least 15 % over the mean of the four weeks before but the
    lowest of them."""
    rise: float
    """Highest volume of the step over that mean."""
    held: ProbabilityShape
    """No week was under target as long as the volume stayed at least 15 % over that mean."""
    recovered: ProbabilityShape
    """Service met its target again before the horizon, or never failed."""
    weeks: EstimateShape
    """From the step to the first week that meets the target again, 0 where service held; of those that recovered."""


class ShortfallShape(_Shape):
    depth: EstimateShape
    """Widest gap between target and service of a day."""
    length_days: EstimateShape
    """Days from its first under target to its last."""


class WorstShape(_Shape):
    level: EstimateShape
    """Service of each replication's worst."""
    start: list[date]
    """Those that are the worst in any replication."""
    share: list[float]
    """In which share of the replications each is."""


class QueueScalingShape(_Shape):
    id: str
    measure: str
    """What service is: service_level or turnaround_met."""
    steps: list[StepShape]
    shortfalls: EstimateShape
    """Number of runs of days under target."""
    short_days: EstimateShape
    """Days under target."""
    worst_shortfall: ShortfallShape
    """The one whose gaps add up to most, of the replications that have any."""
    worst_week: WorstShape
    worst_day: WorstShape


class TeamScalingShape(_Shape):
    id: str
    over_85_hours: EstimateShape
    """Hours on the floor in intervals in which the team's occupancy was over 85 %."""
    over_90_hours: EstimateShape
    over_95_hours: EstimateShape
    latest_requisition: date | None
    """The last day of the scenario on which a requisition can be made whose people, at the mean lead time, start on a
    day on which a class can and are past nesting when the first week under target begins."""
    too_late_at_start: bool
    """There is none because even the scenario's first day is too late."""


class ScalingShape(_Shape):
    queues: list[QueueScalingShape]
    teams: list[TeamScalingShape]


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
    return create_model(
        "Result",
        __base__=_Shape,
        scenario=(ScenarioShape, ...),
        experiment=(ExperimentShape, ...),
        engine=(EngineShape, ...),
        decision=(None, ...),
        **entities,
        scaling=(ScalingShape, ...),
        clauses=(Annotated[list[Any], Field(max_length=0)], ...),
        vendors=(Annotated[list[Any], Field(max_length=0)], ...),
        cost=(None, ...),
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
