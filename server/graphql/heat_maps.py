"""Measures by weekday and time of day."""

import asyncio
from collections.abc import Callable, Mapping
from functools import lru_cache
from uuid import UUID

import numpy as np
import strawberry

from server.graphql.context import Context
from server.graphql.figures import refuse
from server.graphql.scalars import FloatColumn
from server.store.outcomes import ColumnKey
from simulation.outcome.counting.measure import Measure
from simulation.outcome.counting.queue_measures import definitions
from simulation.outcome.counting.team_measures import TEAM_MEASURES
from simulation.outcome.report import heat_maps
from simulation.outcome.report.heat_maps import UnmappedError, weights_of
from simulation.outcome.report.parts import CALENDAR, START
from simulation.outcome.report.result import Float64
from simulation.scenario.queues.promises import Formula
from simulation.scenario.reading.document import load


@strawberry.type(
    description="A measure by weekday and time of day, in the scenario's time zone: the mean of an interval over the"
    " horizon, of a ratio the ratio of sums."
)
class HeatMap:
    times: list[str] = strawberry.field(description="When the intervals of a day start, such as 09:30.")
    rows: list[FloatColumn] = strawberry.field(
        description="Of each weekday, Monday first, a figure for each of the times; null where it is undefined."
    )


async def heat_map(
    context: Context, spend: Callable[[int], None], run: UUID, zone: str, whose: tuple[str, str], name: str
) -> HeatMap:
    kind, entity = whose
    measures = TEAM_MEASURES if kind == "team" else await queue_measures_of(context, run, entity)
    try:
        weights = weights_of(measures[name], measures)
    except UnmappedError as error:
        raise refuse(f"{error}.") from None
    keys = [ColumnKey(run, kind, entity, "interval", each, "mean") for each in (name, *weights)]
    column, *others, starts = await context.columns.load_many(
        [*keys, ColumnKey(run, CALENDAR, "", "interval", START, START)]
    )
    if column is None or starts is None or any(other is None for other in others):
        raise refuse(f"{entity} has no {name.upper()} by INTERVAL.")
    spend(len(starts) * (1 + len(others)))
    known = [other for other in others if other is not None]
    total: Float64 | None = (
        sum((sign * own for sign, own in zip(weights.values(), known, strict=True)), np.zeros(1)) if weights else None
    )
    made = await asyncio.to_thread(heat_maps.heat_map, column, total, starts, zone)
    return HeatMap(times=list(made.times), rows=[FloatColumn(own) for own in made.values])


async def queue_measures_of(context: Context, run: UUID, queue: str) -> Mapping[str, Measure]:
    """As its target's formula defines them."""
    document = await context.documents.load(run)
    if document is None:
        raise LookupError(f"run {run} is gone")
    return definitions((await asyncio.to_thread(formulas_of, document))[queue])


@lru_cache(maxsize=16)
def formulas_of(document: str) -> Mapping[str, Formula]:
    """By queue; a document takes up to seconds to read, and each of its queues may be asked for a map."""
    return {queue.id: queue.target.formula for queue in load(document).queues}
