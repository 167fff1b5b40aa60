"""What contracts and rising demand make of a run, in the schema: types made by walking the result's records.

A record becomes a type, its fields those that `records.fields_of` tells; names go to camelCase, descriptions are the
records' own. The records themselves answer; a figure is wrapped when it is asked for.
"""

from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

import strawberry

from server.graphql.figures import Figure, Probability
from server.graphql.measures import QueueMeasure
from simulation.outcome.asking_price import AskingPrice as AskedPrice
from simulation.outcome.counting.estimates import Chance, Estimate
from simulation.outcome.money.settlement import ClauseResult, ExitResult, FirstBreak, Settlement, VendorResult
from simulation.outcome.records import Field, Form, Telling, fields_of, plain, says
from simulation.outcome.report.scaling import QueueScaling, Scaling, ServiceMeasure, Step, TeamScaling, Worst
from simulation.scenario.quantities import Id
from simulation.studies.explaining import Step as Explained
from simulation.studies.limit import Limit
from simulation.studies.readings import Amount, Break, Effect, Share
from simulation.studies.sensitivity import Bar, Swing
from simulation.studies.staffing.answer import Late, Plan, Target
from simulation.studies.staffing.answer import Shortfall as Missing

NAMES: Mapping[type, str] = {
    ClauseResult: "ClauseOutcome",
    ExitResult: "ExitRight",
    FirstBreak: "FirstToBreak",
    QueueScaling: "QueueScalingOutcome",
    Scaling: "ScalingOutcome",
    Step: "DemandStep",
    TeamScaling: "TeamScalingOutcome",
    VendorResult: "VendorOutcome",
    Worst: "WorstPeriod",
    Amount: "EstimatedAmount",
    Bar: "TornadoBar",
    Break: "BrokenFirst",
    Effect: "EstimatedEffect",
    Limit: "PlanLimit",
    Share: "EstimatedShare",
    Explained: "ExplainedStep",
    Late: "LateDecision",
    Plan: "HiringPlan",
    Missing: "StaffingShortfall",
    Target: "HeadsTarget",
    Swing: "TornadoSwing",
}
"""Of types whose name in the schema is another: most of them share theirs with a part of the scenario."""
PLAIN = (bool, int, float, datetime, date, str)

Read = Callable[[Any], Any]


class Shape(NamedTuple):
    """One kind of value: its type in the schema, and the way to it, None where it is told as it is."""

    type: Any
    read: Read | None


class Schema(Telling[Shape]):
    def single(self, kind: Any) -> Shape:
        if kind is Estimate:
            return Shape(Figure, figure_of)
        if kind is Chance:
            return Shape(Probability, probability_of)
        if kind is ServiceMeasure:
            return Shape(QueueMeasure, lambda measure: QueueMeasure(measure.value))
        if kind == Id:
            return Shape(strawberry.ID, None)
        return Shape(next(each for each in PLAIN if issubclass(plain(kind), each)), None)

    def optional(self, inner: Shape) -> Shape:
        read = inner.read
        return Shape(inner.type | None, read and (lambda value: None if value is None else read(value)))

    def several(self, item: Shape) -> Shape:
        read = item.read
        return Shape(list[item.type], read and (lambda values: [read(value) for value in values]))  # type: ignore[name-defined]  # types made at run time

    def record(self, record: type) -> Shape:
        body = {field.name: self.field(field) for field in fields_of(record, Form.GRAPHQL)}
        made = type(NAMES.get(record, record.__name__), (), body)
        return Shape(strawberry.type(made, description=says(record)), None)

    def field(self, field: Field, of: Read = lambda root: root) -> Any:
        """A field of the schema; `of`: from what answers to the record."""
        shape = self.of(field.kind)

        def resolve(root: Any) -> Any:
            value = field.value(of(root))
            return value if shape.read is None else shape.read(value)

        resolve.__annotations__ = {"return": shape.type}
        return strawberry.field(resolver=resolve, description=field.text)


def figure_of(estimate: Estimate) -> Figure:
    return Figure(estimate=estimate)


def probability_of(chance: Chance) -> Probability:
    return Probability(chance=chance)


SCHEMA = Schema()


def settled(name: str, of: Callable[[Any], Settlement]) -> Any:
    """A field of what contracts and costs make; `of`: from what answers to the settlement."""
    (field,) = (field for field in fields_of(Settlement, Form.GRAPHQL) if field.name == name)
    return SCHEMA.field(field, of)


if TYPE_CHECKING:  # made from the records, which a type checker cannot follow
    AskingPrice: TypeAlias = Any
    ScalingOutcome: TypeAlias = Any
else:
    AskingPrice = SCHEMA.of(AskedPrice).type
    ScalingOutcome = SCHEMA.of(Scaling).type
