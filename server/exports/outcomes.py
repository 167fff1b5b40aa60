"""What a run in the database hands out: its blocks, read a few columns at a time."""

import asyncio
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from uuid import UUID

from server.database.pool import Database
from server.exports.table import STATISTICS, Block, ExportResolution, Wanted, totals
from server.store.outcomes import ColumnKey, get_openings, pick_columns
from simulation.outcome.counting.measure import Measures
from simulation.outcome.counting.queue_measures import QUEUE_MEASURES
from simulation.outcome.counting.team_measures import TEAM_MEASURES
from simulation.outcome.report.parts import CALENDAR, START, read_column
from simulation.outcome.report.result import EntityResult, Float64, Result

MEASURES_AT_ONCE = 8


class NoOutcomesError(LookupError):
    """The run is gone, or has nothing yet."""


async def run_result(database: Database, organisation: UUID, run: UUID) -> Result:
    """A run's result without its columns. Raises NoOutcomesError."""
    async with database.tenant(organisation) as connection:
        opening = (await get_openings(connection, [run])).get(run)
    if opening is None:
        raise NoOutcomesError(run)
    return await asyncio.to_thread(opening.result)


async def run_blocks(
    database: Database, organisation: UUID, run: UUID, result: Result, wanted: Wanted
) -> AsyncIterator[Block]:
    """In the order of the resolutions wanted; raises NoOutcomesError when the run is deleted meanwhile."""
    starts = {
        each: await calendar(database, organisation, run, each) for each in {*wanted.resolutions, "day"} - {"total"}
    }
    for kind, entity, measures in entities(result, wanted):
        for resolution in wanted.resolutions:
            if resolution == ExportResolution.TOTAL:
                yield totals(kind, entity, float(starts["day"][0]), result.zone, wanted)
                continue
            names = [name for name in measures if resolution != "interval" or measures[name].by_interval]
            for first in range(0, len(names), MEASURES_AT_ONCE):
                some = names[first : first + MEASURES_AT_ONCE]
                figures = await columns(database, organisation, run, (kind, entity.id, resolution), some)
                yield Block(kind, entity.id, resolution, starts[resolution].tolist(), figures, result.zone)


def entities(result: Result, wanted: Wanted) -> Iterator[tuple[str, EntityResult, Measures]]:
    for kind, own, measures in (("queue", result.queues, QUEUE_MEASURES), ("team", result.teams, TEAM_MEASURES)):
        for entity in own:
            yield kind, entity, {name: measures[name] for name in entity.totals if wanted.has(name)}


async def calendar(database: Database, organisation: UUID, run: UUID, resolution: str) -> Float64:
    key = ColumnKey(run, CALENDAR, "", resolution, START, START)
    async with database.tenant(organisation) as connection:
        found = await pick_columns(connection, [key])
    if key not in found:
        raise NoOutcomesError(run)
    return read_column(found[key])


async def columns(
    database: Database, organisation: UUID, run: UUID, whose: tuple[str, str, str], names: Sequence[str]
) -> dict[str, dict[str, Float64]]:
    """By measure and statistic; a quantile that is not kept is left out."""
    keys = [ColumnKey(run, *whose, name, statistic) for name in names for statistic in STATISTICS]
    async with database.tenant(organisation) as connection:
        found = await pick_columns(connection, keys)
    if not any(key in found for key in keys):
        raise NoOutcomesError(run)
    figures: dict[str, dict[str, Float64]] = {name: {} for name in names}
    for key, values in found.items():
        figures[key.measure][key.statistic] = read_column(values)
    return figures


def rows_of(result: Result, wanted: Wanted, periods: Mapping[str, int]) -> int:
    """How long a table is; `periods`: how many each resolution has."""
    return sum(
        1 if resolution == "total" else periods[resolution]
        for _, _, measures in entities(result, wanted)
        for measure in measures.values()
        for resolution in wanted.resolutions
        if resolution != "interval" or measure.by_interval
    )
