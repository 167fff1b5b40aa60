"""Outcomes: a small head, and a column of figures for each entity, resolution, measure and statistic."""

import json
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple
from uuid import UUID

from pydantic_core import from_json

from server.database.connecting import Connection
from simulation.outcome.report.parts import CALENDAR, FIGURES, START, TOTAL, StoredColumn, from_parts, read_column
from simulation.outcome.report.result import EntityKind, Float64, Result, statistics_of
from simulation.outcome.report.stored import figures, read_estimate

COLUMNS_AT_ONCE = 1000
"""One statement for many rows; PostgreSQL refuses COPY into a table with row security."""

Column = tuple[str, str, str, str, str, bytes]
"""kind, entity, resolution, measure, statistic, little-endian float64"""


Figures = list[float | None]
COARSE = ("day", "week", "month")
SHOWN = (*EntityKind, CALENDAR)
"""Kinds of columns that the views show."""


class PeriodFigures(NamedTuple):
    """A measure by day, week, month or in total, as the views show it; those by interval are columns only."""

    kind: str
    entity: str
    resolution: str
    measure: str
    mean: Figures
    sd: Figures | None
    p05: Figures | None
    p95: Figures | None


class ColumnKey(NamedTuple):
    """Which column of which run."""

    run_id: UUID
    kind: str
    entity: str
    resolution: str
    measure: str
    statistic: str


@dataclass(frozen=True)
class Packed:
    """Outcomes as they are stored: the head as JSON, the figures of the columns deflated, the counters kept."""

    head: str
    columns: list[Column]
    counters: bytes
    figures: Sequence[PeriodFigures] = ()

    @property
    def size(self) -> int:
        """In bytes."""
        unpacked = 8 * sum(len(column) for row in self.figures for column in row[4:] if column is not None)
        deflated = sum(len(column[5]) for column in self.columns)
        return len(self.head.encode()) + deflated + len(self.counters) + unpacked


def pack(head: dict[str, Any], columns: Iterable[Column], counters: bytes) -> Packed:
    """Seconds of work for a year by interval, so it is done where the result is made, not in the transaction."""
    columns = list(columns)
    deflated = [(*column[:5], zlib.compress(column[5], 1)) for column in columns]
    return Packed(json.dumps(head, allow_nan=False), deflated, counters, period_figures(head, columns))


def period_figures(head: Mapping[str, Any], columns: Iterable[Column]) -> list[PeriodFigures]:
    found: dict[tuple[str, str, str, str], dict[str, Figures]] = {}
    for kind, entity, resolution, measure, statistic, values in columns:
        if kind in SHOWN and resolution in COARSE:
            name = "mean" if kind == CALENDAR else statistic
            found.setdefault((kind, entity, resolution, measure), {})[name] = figures(read_column(values))
        elif kind == FIGURES:
            found |= dict(_totals(head, read_column(values)))
    days = found.get((CALENDAR, "", "day", START), {}).get("mean")
    if days:
        found[CALENDAR, "", TOTAL, START] = {"mean": days[:1]}
    return [
        PeriodFigures(*key, own["mean"], own.get("sd"), own.get("p05"), own.get("p95")) for key, own in found.items()
    ]


def _totals(head: Mapping[str, Any], kept: Float64) -> Iterator[tuple[tuple[str, str, str, str], dict[str, Figures]]]:
    for kind in EntityKind:
        for entity in head[f"{kind}s"]:
            for measure, place in entity["totals"].items():
                total = read_estimate(place, kept)
                own: dict[str, Figures] = {each.value: [value] for each, value in statistics_of(total).items()}
                yield (kind, entity["id"], TOTAL, measure), own


async def store_outcomes(connection: Connection, run_id: UUID, packed: Packed) -> None:
    """Once a run, in the transaction that finishes it."""
    await connection.execute(
        "INSERT INTO outcomes (run_id, summary, bytes) VALUES ($1, $2, $3)", run_id, packed.head, packed.size
    )
    for first in range(0, len(packed.columns), COLUMNS_AT_ONCE):
        await connection.execute(
            """
            INSERT INTO outcome_columns (run_id, kind, entity, resolution, measure, statistic, figures)
            SELECT $1, * FROM unnest($2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::bytea[])
            """,
            run_id, *zip(*packed.columns[first : first + COLUMNS_AT_ONCE], strict=True),
        )  # fmt: skip
    await connection.execute("INSERT INTO kept_counters (run_id, content) VALUES ($1, $2)", run_id, packed.counters)
    await connection.executemany(
        "INSERT INTO period_figures (run_id, kind, entity, resolution, measure, mean, sd, p05, p95) "
        "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        [(run_id, *row) for row in packed.figures],
    )
    # last, as others of the organisation wait for it
    await connection.execute(
        "INSERT INTO stored_bytes (bytes) VALUES ($1) "
        "ON CONFLICT (organisation_id) DO UPDATE SET bytes = stored_bytes.bytes + excluded.bytes",
        packed.size,
    )


async def delete_outcomes(connection: Connection, run_ids: Sequence[UUID]) -> None:
    """Outcomes, columns and counters of some runs; those that somebody else deletes at this moment are his to count."""
    await connection.execute(
        """
        WITH gone AS (DELETE FROM outcomes WHERE run_id = ANY($1) RETURNING bytes)
        UPDATE stored_bytes SET bytes = stored_bytes.bytes - (SELECT coalesce(sum(gone.bytes), 0) FROM gone)
        """,
        list(run_ids),
    )


async def get_head(connection: Connection, run_id: UUID) -> dict[str, Any] | None:
    summary = await connection.fetchval("SELECT summary FROM outcomes WHERE run_id = $1", run_id)
    return None if summary is None else dict(from_json(summary))


class Opening(NamedTuple):
    """What a run's result is opened with: the scenario that was simulated, the head, the figures it points into."""

    document: str
    head: str
    figures: bytes
    """deflated"""

    def result(self) -> Result:
        """Without its columns; milliseconds of work."""
        pointed = StoredColumn(FIGURES, "", TOTAL, FIGURES, FIGURES, zlib.decompress(self.figures))
        return from_parts(from_json(self.head), [pointed])


async def get_openings(connection: Connection, run_ids: Sequence[UUID]) -> dict[UUID, Opening]:
    """Of those of the runs that have outcomes."""
    rows = await connection.fetch(
        """
        SELECT runs.id, document, summary, figures
        FROM runs JOIN outcomes ON (outcomes.organisation_id, outcomes.run_id) = (runs.organisation_id, runs.id)
        JOIN outcome_columns AS own ON (own.organisation_id, own.run_id, own.kind) = (runs.organisation_id, runs.id, $2)
        WHERE runs.id = ANY($1)
        """,
        list(run_ids), FIGURES,
    )  # fmt: skip
    return {row[0]: Opening(*tuple(row)[1:]) for row in rows}


async def get_counters(connection: Connection, run_id: UUID) -> bytes | None:
    """What a run has kept; None until it has succeeded."""
    content = await connection.fetchval("SELECT content FROM kept_counters WHERE run_id = $1", run_id)
    return None if content is None else bytes(content)


async def get_columns(connection: Connection, run_id: UUID, *kinds: str) -> list[Column]:
    """Every column of a run, or of these kinds."""
    rows = await connection.fetch(
        """
        SELECT kind, entity, resolution, measure, statistic, figures FROM outcome_columns
        WHERE run_id = $1 AND (kind = ANY($2) OR $2 = '{}')
        ORDER BY kind, entity, resolution, measure, statistic
        """,
        run_id, kinds,
    )  # fmt: skip
    return [(*tuple(row)[:5], zlib.decompress(row["figures"])) for row in rows]


async def pick_columns(connection: Connection, keys: Sequence[ColumnKey]) -> dict[ColumnKey, bytes]:
    """Some columns, of one run or many, in one query; a key without a column is left out."""
    # OFFSET 0 makes it one look into the index a key, whatever the planner believes about the table's size
    rows = await connection.fetch(
        """
        SELECT wanted.*, found.figures
        FROM unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[])
          AS wanted (run_id, kind, entity, resolution, measure, statistic),
        LATERAL (
          SELECT figures FROM outcome_columns WHERE run_id = wanted.run_id AND kind = wanted.kind
            AND entity = wanted.entity AND resolution = wanted.resolution AND measure = wanted.measure
            AND statistic = wanted.statistic
          OFFSET 0) AS found
        """,
        *([key[field] for key in keys] for field in range(6)),
    )
    return {ColumnKey(*tuple(row)[:6]): zlib.decompress(row["figures"]) for row in rows}
