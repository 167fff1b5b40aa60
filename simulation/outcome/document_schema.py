"""The shape of the result document, as a JSON Schema made from the measures themselves."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

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


class FirstBreakShape(_Shape):
    clause: str
    start: datetime
    """When its window starts."""
    share: ProbabilityShape
    """In which share of the replications it is the first to be missed; the one in most of them is told."""


class DecisionShape(_Shape):
    all_met: ProbabilityShape | None
    """Every clause is met in every whole window; null without clauses."""
    client_cost: EstimateShape | None
    """Over the horizon, in the scenario's currency; null where nothing has a price."""
    first_to_break: FirstBreakShape | None
    """Null where no window is ever missed."""


class ClauseWindowShape(_Shape):
    start: datetime
    partial: bool
    """The horizon cuts it: it is neither scored nor paid for."""
    target: float
    """In force, the mean over its days, in the metric's unit."""
    value: EstimateShape
    met: ProbabilityShape | None
    """Null where partial."""
    credit: EstimateShape | None
    """Money back for a miss before the cap, in the scenario's currency; null where partial."""
    earned_back: EstimateShape | None
    """Of the credit under the cap, what the vendor recovered within the horizon; null where partial."""
    earn_back_open: EstimateShape | None
    """Likewise, what it may still recover after the horizon."""


class ClauseShape(_Shape):
    id: str
    vendor: str
    metric: str
    """Its own, or the name of an EXTERNAL one."""
    all_met: ProbabilityShape | None
    """It is met in every whole window; null where there is none."""
    windows: list[ClauseWindowShape]


class InvoiceLineShape(_Shape):
    kind: str
    """What is charged, as the contract names it, or COMMITMENT, CREDIT, BONUS, EARN_BACK or EXIT_FEE."""
    queues: list[str]
    """Those that the contract names for it."""
    amount: EstimateShape
    """Signed, in the scenario's currency."""


class OwnLineShape(_Shape):
    kind: str
    """WAGES (regular hours), OVERTIME, SURGE, NIGHT, HOLIDAY (premiums), BENEFITS, SEATS, HIRING, TRAINING, RELEASES or
    FIXED."""
    amount: EstimateShape
    """In the scenario's currency."""


class VendorMonthShape(_Shape):
    start: date
    """The first day of the month inside the horizon."""
    lines: list[InvoiceLineShape]
    invoice: EstimateShape
    """The sum of the lines."""
    own_lines: list[OwnLineShape]
    """What its own people cost."""
    own_cost: EstimateShape | None
    """Their sum; null where any team's cost is not said."""
    margin: EstimateShape | None
    """Invoice - own cost; null without a contract or an own cost."""


class ExitMonthShape(_Shape):
    start: date
    """The first day of the month inside the horizon."""
    arisen: ProbabilityShape
    """It has arisen by the month's end."""


class ExitShape(_Shape):
    client: str | None
    """Of the contract; null where it names none."""
    arisen: ProbabilityShape
    """The client's right to leave arises within the horizon."""
    first: date | None
    """The earliest month of the horizon in which it does in any replication, by its first day; null where never."""
    clause: str | None
    """The clause that gives it in most of them; null where it never arises."""
    fee: float
    """For leaving, in the scenario's currency."""
    months: list[ExitMonthShape]


class VendorShape(_Shape):
    id: str
    months: list[VendorMonthShape]
    """Empty without a contract or a cost."""
    exits: list[ExitShape]
    """The rights to leave it, one a contract that gives one."""


class CostLineShape(_Shape):
    kind: str
    """INVOICE and OWN_COST (of the client's own people) by vendor, RETAINED, TELEPHONY, ABANDONED or LATE."""
    vendors: list[str]
    """The vendor whose invoice or own cost it is."""
    amount: EstimateShape
    """In the scenario's currency."""


class CostMonthShape(_Shape):
    start: date
    """The first day of the month inside the horizon."""
    lines: list[CostLineShape]
    total: EstimateShape
    """Their sum."""


class CostShape(_Shape):
    total: EstimateShape
    """Over the horizon, in the scenario's currency."""
    per_contact: EstimateShape
    """Over answered contacts."""
    per_resolution: EstimateShape
    """Over answered contacts that were solved."""
    months: list[CostMonthShape]


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
        decision=(DecisionShape | None, ...),
        **entities,
        scaling=(ScalingShape, ...),
        clauses=(list[ClauseShape], ...),
        vendors=(list[VendorShape], ...),
        cost=(CostShape | None, ...),
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
