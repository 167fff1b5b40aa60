"""Scenarios: documents with a name, a digest and a line of descent."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from server.database.connecting import Connection
from server.store.keys import LAST_ID, new_id
from server.store.pages import Page, page


@dataclass(frozen=True)
class ScenarioRow:
    id: UUID
    name: str
    version: int
    document: str
    """canonical JSON"""
    source: str
    """as it was given"""
    digest: str
    base_id: UUID | None
    changes: list[Any]
    created_at: datetime
    updated_at: datetime | None
    """None: it never changed"""
    input_digest: bytes | None
    """of the input that made it, where that came with a key"""


async def create_scenario(
    connection: Connection,
    *,
    name: str,
    document: str,
    source: str,
    digest: str,
    base_id: UUID | None = None,
    changes: Sequence[Any] = (),
    idempotency_key: str | None = None,
    input_digest: bytes | None = None,
) -> ScenarioRow:
    """A new scenario of the transaction's organisation, or the earlier one of the same key."""
    row = await connection.fetchrow(
        f"""
        INSERT INTO scenarios (id, name, document, source, digest, base_id, changes, idempotency_key, input_digest)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
        ON CONFLICT (organisation_id, idempotency_key) DO NOTHING RETURNING {_COLUMNS}
        """,
        new_id(), name, document, source, digest, base_id, json.dumps(list(changes)), idempotency_key, input_digest,
    )  # fmt: skip
    if row is None:
        row = await connection.fetchrow(f"SELECT {_COLUMNS} FROM scenarios WHERE idempotency_key = $1", idempotency_key)
    return _row(row)


async def update_scenario(
    connection: Connection,
    scenario_id: UUID,
    *,
    expected_version: int,
    name: str,
    document: str,
    source: str,
    digest: str,
    base_id: UUID | None,
    changes: Sequence[Any],
) -> ScenarioRow | None:
    """The next version of a scenario; None where there is none of this id, or not of the expected version."""
    row = await connection.fetchrow(
        f"""
        UPDATE scenarios SET version = version + 1, updated_at = now(),
          name = $3, document = $4, source = $5, digest = $6, base_id = $7, changes = $8
        WHERE id = $1 AND version = $2 RETURNING {_COLUMNS}
        """,
        scenario_id, expected_version, name, document, source, digest, base_id, json.dumps(list(changes)),
    )  # fmt: skip
    return _row(row) if row else None


async def get_scenario(connection: Connection, scenario_id: UUID) -> ScenarioRow | None:
    row = await connection.fetchrow(f"SELECT {_COLUMNS} FROM scenarios WHERE id = $1", scenario_id)
    return _row(row) if row else None


async def find_scenario(connection: Connection, idempotency_key: str) -> ScenarioRow | None:
    """The scenario of the transaction's organisation that was made with this key."""
    row = await connection.fetchrow(f"SELECT {_COLUMNS} FROM scenarios WHERE idempotency_key = $1", idempotency_key)
    return _row(row) if row else None


async def get_scenarios(connection: Connection, ids: Sequence[UUID]) -> dict[UUID, ScenarioRow]:
    """Many at once, for a loader."""
    rows = await connection.fetch(f"SELECT {_COLUMNS} FROM scenarios WHERE id = ANY($1)", list(ids))
    return {row["id"]: _row(row) for row in rows}


async def list_scenarios(connection: Connection, *, first: int, after: UUID | None = None) -> Page[ScenarioRow]:
    """Newest first, those older than `after`."""
    rows = await connection.fetch(
        f"SELECT {_COLUMNS} FROM scenarios WHERE id < $1 ORDER BY id DESC LIMIT $2", after or LAST_ID, first + 1
    )
    return page([_row(row) for row in rows], first)


async def count_scenarios(connection: Connection) -> int:
    return int(await connection.fetchval("SELECT count(*) FROM scenarios"))


_COLUMNS = "id, name, version, document, source, digest, base_id, changes, created_at, updated_at, input_digest"


def _row(row: dict[str, Any]) -> ScenarioRow:
    return ScenarioRow(**{**row, "changes": json.loads(row["changes"])})
