"""What can be asked of outcomes: enums made from the measures themselves."""

from collections.abc import Mapping
from enum import Enum
from typing import TYPE_CHECKING, Any, TypeAlias

from server.graphql.enums import enum_of
from simulation.outcome.counting.counters import FlowField, StockField
from simulation.outcome.counting.measure import Measure
from simulation.outcome.counting.queue_measures import QUEUE_MEASURES
from simulation.outcome.counting.team_measures import FLOWS, STOCKS, TEAM_MEASURES
from simulation.scenario.docstrings import documented


def measure_enum(name: str, whose: str, measures: Mapping[str, Measure]) -> Any:
    texts = {each.name: f"{each.meaning} In {each.unit.value}." for each in measures.values()}
    return enum_of(name, f"A measure of a {whose}, by period.", texts)


def heads_enum(name: str, description: str, fields: Mapping[str, StockField] | Mapping[str, FlowField]) -> Any:
    texts = documented(type(next(iter(fields.values()))))
    return enum_of(name, description, {word: texts[field.name] for word, field in fields.items()})


if TYPE_CHECKING:  # made from the measures below, which a type checker cannot follow
    QueueMeasure: TypeAlias = Enum
    TeamMeasure: TypeAlias = Enum
    HeadcountStock: TypeAlias = Enum
    HeadcountFlow: TypeAlias = Enum
    SeriesResolution: TypeAlias = Enum
else:
    QueueMeasure = measure_enum("QueueMeasure", "queue", QUEUE_MEASURES)
    TeamMeasure = measure_enum("TeamMeasure", "team", TEAM_MEASURES)
    HeadcountStock = heads_enum("HeadcountStock", "Heads at the start of a week by stage, and FTE.", STOCKS)
    HeadcountFlow = heads_enum("HeadcountFlow", "Heads that came or went over a week.", FLOWS)
    SeriesResolution = enum_of(
        "SeriesResolution",
        "The periods of a series, in the scenario's time zone.",
        {
            "interval": "Intervals of 15, 30 or 60 minutes, as the scenario says.",
            "day": "Local days.",
            "week": "Weeks of seven local days from the scenario's start.",
            "month": "Calendar months, cut at the scenario's start and end.",
        },
    )
