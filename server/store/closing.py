"""Organisations as operators see them: all of them, those that are being deleted, and those that were.

An organisation is closed first, from when on nothing new begins in it, then emptied, then deleted: its row takes along
every row that names it. That it was here stays in a table that only administration reads.
"""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from server.database.connecting import Connection
from server.store.organisations import OrganisationKind


@dataclass(frozen=True)
class ListedOrganisation:
    id: UUID
    name: str
    kind: OrganisationKind
    created_at: datetime
    retention_days: int | None
    closed_at: datetime | None
    """since when it is being deleted"""


@dataclass(frozen=True)
class DeletedOrganisation:
    id: UUID
    closed_at: datetime
    deleted_at: datetime
    deleted_by: str


async def list_organisations(connection: Connection) -> list[ListedOrganisation]:
    """Through the administration door."""
    rows = await connection.fetch(
        "SELECT id, name, kind, created_at, retention_days, closed_at FROM organisations ORDER BY name"
    )
    return [ListedOrganisation(**{**row, "kind": OrganisationKind(row["kind"])}) for row in rows]


async def close_organisation(connection: Connection, organisation_id: UUID) -> None:
    """Through the administration door; closing it again changes nothing."""
    await connection.execute(
        "UPDATE organisations SET closed_at = now() WHERE id = $1 AND closed_at IS NULL", organisation_id
    )


async def revoke_all_tokens(connection: Connection) -> None:
    """Those of the transaction's organisation."""
    await connection.execute("UPDATE tokens SET revoked_at = now() WHERE revoked_at IS NULL")


async def delete_closed_organisation(connection: Connection, organisation_id: UUID, deleted_by: str) -> bool:
    """Through the administration door: whether there was such a closed organisation."""
    closed_at = await connection.fetchval(
        "DELETE FROM organisations WHERE id = $1 AND closed_at IS NOT NULL RETURNING closed_at", organisation_id
    )
    if closed_at is None:
        return False
    await connection.execute(
        "INSERT INTO deleted_organisations (id, closed_at, deleted_by) VALUES ($1, $2, $3)",
        organisation_id, closed_at, deleted_by,
    )  # fmt: skip
    return True


async def deleted_organisations(connection: Connection) -> list[DeletedOrganisation]:
    """Through the administration door, the last one first."""
    rows = await connection.fetch(
        "SELECT id, closed_at, deleted_at, deleted_by FROM deleted_organisations ORDER BY deleted_at DESC"
    )
    return [DeletedOrganisation(**row) for row in rows]
