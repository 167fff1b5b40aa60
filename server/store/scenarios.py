"""Scenarios: documents with a name, a digest and a line of descent."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, NamedTuple
from uuid import UUID

from pydantic_core import from_json

from server.database.connecting import Connection
from server.store.keys import new_id
from server.store.pages import Order, Page, Place, keys_of, page


class ScenarioOrder(StrEnum):
    """The order of a list of scenarios; those alike in it stand by when they were made."""

    CREATED_DESCENDING = "CREATED_DESCENDING"
    """Newest first."""
    CREATED_ASCENDING = "CREATED_ASCENDING"
    """Oldest first."""
    NAME_ASCENDING = "NAME_ASCENDING"
    """By name, from A."""
    NAME_DESCENDING = "NAME_DESCENDING"
    """By name, from Z."""


ORDERS: Mapping[ScenarioOrder, Order] = {
    ScenarioOrder.CREATED_DESCENDING: Order(is_descending=True),
    ScenarioOrder.CREATED_ASCENDING: Order(is_descending=False),
    ScenarioOrder.NAME_ASCENDING: Order(is_descending=False, key="name", kind="text"),
    ScenarioOrder.NAME_DESCENDING: Order(is_descending=True, key="name", kind="text"),
}
NEWEST = ScenarioOrder.CREATED_DESCENDING


@dataclass(frozen=True)
class ScenarioFilter:
    """Which scenarios a list has; what is None leaves out none."""

    name: str | None = None
    """a part of it, in upper or lower case"""
    since: datetime | None = None
    until: datetime | None = None
    """made at or after, and before"""


class ScenarioRow(NamedTuple):
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
    locked_at: datetime | None
    locked_by: str | None
    lock_label: str | None
    """all or none of them: it is locked, and stays as it is"""
    proposal_id: UUID | None
    """the proposal whose scenario it is, of the same version; it is changed with it only"""


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
    proposal_id: UUID | None = None,
) -> ScenarioRow:
    """A new scenario of the transaction's organisation, or the earlier one of the same key."""
    row = await connection.fetchrow(
        f"""
        INSERT INTO scenarios (id, name, document, source, digest, base_id, changes, idempotency_key, input_digest,
          proposal_id)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
        ON CONFLICT (organisation_id, idempotency_key) DO NOTHING RETURNING {_COLUMNS}
        """,
        new_id(), name, document, source, digest, base_id, json.dumps(list(changes)), idempotency_key, input_digest,
        proposal_id,
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
    proposal_id: UUID | None = None,
) -> ScenarioRow | None:
    """The next version of a scenario; None where there is none of this id, not of the expected version, locked, or a
    proposal's, which is changed under that one's name."""
    row = await connection.fetchrow(
        f"""
        UPDATE scenarios SET version = version + 1, updated_at = now(),
          name = $3, document = $4, source = $5, digest = $6, base_id = $7, changes = $8
        WHERE id = $1 AND version = $2 AND locked_at IS NULL AND proposal_id IS NOT DISTINCT FROM $9
        RETURNING {_COLUMNS}
        """,
        scenario_id, expected_version, name, document, source, digest, base_id, json.dumps(list(changes)), proposal_id,
    )  # fmt: skip
    return _row(row) if row else None


async def lock_scenario(
    connection: Connection, scenario_id: UUID, *, expected_version: int, label: str, locked_by: str
) -> ScenarioRow | None:
    """The scenario, locked from now on; None where there is none of this id, not of the expected version, locked, or a
    proposal's."""
    row = await connection.fetchrow(
        f"""
        UPDATE scenarios SET locked_at = now(), locked_by = $3, lock_label = $4
        WHERE id = $1 AND version = $2 AND locked_at IS NULL AND proposal_id IS NULL RETURNING {_COLUMNS}
        """,
        scenario_id, expected_version, locked_by, label,
    )  # fmt: skip
    return _row(row) if row else None


async def get_scenario(connection: Connection, scenario_id: UUID) -> ScenarioRow | None:
    row = await connection.fetchrow(f"SELECT {_COLUMNS} FROM scenarios WHERE id = $1", scenario_id)
    return _row(row) if row else None


async def find_scenario(connection: Connection, idempotency_key: str) -> ScenarioRow | None:
    """The scenario of the transaction's organisation that was made with this key."""
    row = await connection.fetchrow(f"SELECT {_COLUMNS} FROM scenarios WHERE idempotency_key = $1", idempotency_key)
    return _row(row) if row else None


async def get_scenario_of(connection: Connection, proposal_id: UUID) -> ScenarioRow | None:
    """A proposal's."""
    row = await connection.fetchrow(f"SELECT {_COLUMNS} FROM scenarios WHERE proposal_id = $1", proposal_id)
    return _row(row) if row else None


async def get_scenarios(connection: Connection, ids: Sequence[UUID]) -> dict[UUID, ScenarioRow]:
    """Many at once, for a loader."""
    rows = await connection.fetch(f"SELECT {_COLUMNS} FROM scenarios WHERE id = ANY($1)", list(ids))
    return {row["id"]: _row(row) for row in rows}


async def list_scenarios(
    connection: Connection,
    *,
    first: int,
    after: Place | None = None,
    wanted: ScenarioFilter = ScenarioFilter(),
    order: ScenarioOrder = NEWEST,
) -> Page[ScenarioRow]:
    """Those that come after a place of the order."""
    by = ORDERS[order]
    beyond, places = by.beyond(after, 4)
    rows = await connection.fetch(
        f"SELECT {_COLUMNS}, {by.selected} FROM scenarios WHERE {_WANTED} AND {beyond} ORDER BY {by.by} LIMIT $4",
        *_arguments(wanted), first + 1, *places,
    )  # fmt: skip
    return page([_row(row) for row in rows], first, keys_of(rows))


async def count_scenarios(connection: Connection, wanted: ScenarioFilter = ScenarioFilter()) -> int:
    return int(await connection.fetchval(f"SELECT count(*) FROM scenarios WHERE {_WANTED}", *_arguments(wanted)))


async def list_forks(
    connection: Connection, base_ids: Sequence[UUID], *, first: int, after: Place | None = None
) -> dict[UUID, Page[ScenarioRow]]:
    """Those made from each of some scenarios, newest first, in one query."""
    by = ORDERS[NEWEST]
    beyond, places = by.beyond(after, 2)
    rows = await connection.fetch(
        f"""
        SELECT fork.* FROM unnest($1::uuid[]) AS base (base), LATERAL (
          SELECT {_COLUMNS}, {by.selected} FROM scenarios WHERE base_id = base AND {beyond} ORDER BY {by.by} LIMIT $2
        ) AS fork ORDER BY fork.{by.by}
        """,
        list(base_ids), first + 1, *places,
    )  # fmt: skip
    return {
        base: page([_row(row) for row in own], first, keys_of(own))
        for base in base_ids
        for own in [[row for row in rows if row["base_id"] == base]]
    }


async def count_forks(connection: Connection, base_ids: Sequence[UUID]) -> dict[UUID, int]:
    rows = await connection.fetch(
        "SELECT base_id, count(*) AS forks FROM scenarios WHERE base_id = ANY($1) GROUP BY base_id", list(base_ids)
    )
    return {row["base_id"]: row["forks"] for row in rows}


_WANTED = """
  ($1::text IS NULL OR strpos(lower(name), lower($1)) > 0)
  AND ($2::timestamptz IS NULL OR created_at >= $2) AND ($3::timestamptz IS NULL OR created_at < $3)
"""


def _arguments(wanted: ScenarioFilter) -> tuple[object, ...]:
    return wanted.name, wanted.since, wanted.until


_COLUMNS = ", ".join(ScenarioRow._fields)
_CHANGES = ScenarioRow._fields.index("changes")


def _row(row: Any) -> ScenarioRow:
    """Of a record that begins with the columns."""
    values = list(row[: len(ScenarioRow._fields)])
    values[_CHANGES] = from_json(values[_CHANGES])
    return ScenarioRow._make(values)
