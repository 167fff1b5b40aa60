"""Outcomes: a small head, and a column of figures for each entity, resolution, measure and statistic."""

import json
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple
from uuid import UUID

from server.database.connecting import Connection

Column = tuple[str, str, str, str, str, bytes]
"""kind, entity, resolution, measure, statistic, little-endian float64"""


class ColumnKey(NamedTuple):
    """Which column of which run."""

    run_id: UUID
    kind: str
    entity: str
    resolution: str
    measure: str
    statistic: str


async def store_outcomes(connection: Connection, run_id: UUID, head: dict[str, Any], columns: Iterable[Column]) -> None:
    """Once a run, in the transaction that finishes it."""
    await connection.execute(
        "INSERT INTO outcomes (run_id, summary) VALUES ($1, $2)", run_id, json.dumps(head, allow_nan=False)
    )
    await connection.executemany(
        """
        INSERT INTO outcome_columns (run_id, kind, entity, resolution, measure, statistic, figures)
        VALUES ($1, $2, $3, $4, $5, $6, $7)
        """,
        [(run_id, *column) for column in columns],
    )


async def get_head(connection: Connection, run_id: UUID) -> dict[str, Any] | None:
    summary = await connection.fetchval("SELECT summary FROM outcomes WHERE run_id = $1", run_id)
    return None if summary is None else dict(json.loads(summary))


async def get_columns(connection: Connection, run_id: UUID) -> list[Column]:
    """Every column of a run."""
    rows = await connection.fetch(
        """
        SELECT kind, entity, resolution, measure, statistic, figures FROM outcome_columns WHERE run_id = $1
        ORDER BY kind, entity, resolution, measure, statistic
        """,
        run_id,
    )
    return [tuple(row) for row in rows]


async def pick_columns(connection: Connection, keys: Sequence[ColumnKey]) -> dict[ColumnKey, bytes]:
    """Some columns, of one run or many, in one query; a key without a column is left out."""
    rows = await connection.fetch(
        """
        SELECT run_id, kind, entity, resolution, measure, statistic, figures FROM outcome_columns
        JOIN unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[])
          AS wanted (run_id, kind, entity, resolution, measure, statistic)
          USING (run_id, kind, entity, resolution, measure, statistic)
        """,
        *([key[field] for key in keys] for field in range(6)),
    )
    return {ColumnKey(*tuple(row)[:6]): row["figures"] for row in rows}
