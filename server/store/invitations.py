"""Invitations: which vendors a client has asked to answer a request. A vendor sees its own and no other."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID, uuid4

from server.database.connecting import Connection
from server.store.pages import Page, page
from server.store.requests import tell_client

MOST_INVITED = 100
"""Vendors to one request."""


class InvitationOutcome(StrEnum):
    """What came of an invitation."""

    AWARDED = "AWARDED"
    """The request was awarded to this vendor, perhaps beside others."""
    NOT_AWARDED = "NOT_AWARDED"
    """It was not awarded to this vendor."""


@dataclass(frozen=True)
class Found:
    """A vendor that may be invited."""

    id: UUID
    name: str


@dataclass(frozen=True)
class InvitationRow:
    organisation_id: UUID
    """the client's"""
    id: UUID
    request_id: UUID
    vendor_id: UUID
    vendor_name: str
    invited_at: datetime
    outcome: InvitationOutcome | None
    share: float | None


async def find_vendor(connection: Connection, sought: str) -> Found | None:
    """The vendor of exactly this name or id. For this one look, the transaction sees it beside its own organisation."""
    await connection.execute(_SEEK, sought)
    row = await connection.fetchrow(
        "SELECT id, name FROM organisations WHERE kind = 'VENDOR' AND $1 IN (id::text, name)"
        " AND id::text <> current_setting('app.organisation_id')",
        sought,
    )
    await connection.execute(_SEEK, "")
    return Found(**row) if row else None


async def invite(connection: Connection, request_id: UUID, vendors: Sequence[Found]) -> list[UUID]:
    """Those of them that were not invited yet; the new invitations.

    Their ids are random: one ordered by time says, beside when it was invited, how many were looked for before."""
    rows = await connection.fetch(
        """
        INSERT INTO invitations (id, request_id, vendor_id, vendor_name)
        SELECT id, $1, vendor_id, vendor_name FROM unnest($2::uuid[], $3::uuid[], $4::text[])
          AS found (id, vendor_id, vendor_name)
        ON CONFLICT (organisation_id, request_id, vendor_id) DO NOTHING RETURNING id
        """,
        request_id, [uuid4() for _ in vendors], [one.id for one in vendors], [one.name for one in vendors],
    )  # fmt: skip
    if rows:
        await tell_client(connection, request_id)
    return [row["id"] for row in rows]


async def get_invitation(connection: Connection, invitation_id: UUID) -> InvitationRow | None:
    row = await connection.fetchrow(f"SELECT {_COLUMNS} FROM invitations WHERE id = $1", invitation_id)
    return _row(row) if row else None


async def invited_by(connection: Connection, client_id: UUID) -> list[UUID]:
    """The vendors that the transaction's organisation has ever invited."""
    rows = await connection.fetch("SELECT DISTINCT vendor_id FROM invitations WHERE organisation_id = $1", client_id)
    return [row["vendor_id"] for row in rows]


async def own_invitations(
    connection: Connection, organisation_id: UUID, ids: Sequence[UUID]
) -> dict[UUID, InvitationRow]:
    """A vendor's own, by the requests' ids; many at once, for a loader."""
    rows = await connection.fetch(
        f"SELECT {_COLUMNS} FROM invitations WHERE request_id = ANY($1) AND vendor_id = $2", list(ids), organisation_id
    )
    return {row["request_id"]: _row(row) for row in rows}


async def list_invitations(
    connection: Connection, request_id: UUID, *, first: int, after: UUID | None = None
) -> Page[InvitationRow]:
    """Newest first, those older than `after`."""
    rows = await connection.fetch(
        f"""
        SELECT {_COLUMNS} FROM invitations WHERE request_id = $1 AND ($2::uuid IS NULL OR (invited_at, id) < (
          SELECT before.invited_at, before.id FROM invitations AS before WHERE (request_id, before.id) = ($1, $2)))
        ORDER BY invited_at DESC, id DESC LIMIT $3
        """,
        request_id, after, first + 1,
    )  # fmt: skip
    return page([_row(row) for row in rows], first)


async def count_invitations(connection: Connection, request_id: UUID) -> int:
    return int(await connection.fetchval("SELECT count(*) FROM invitations WHERE request_id = $1", request_id))


_SEEK = "SELECT set_config('app.sought_vendor', $1, true)"
_COLUMNS = "organisation_id, id, request_id, vendor_id, vendor_name, invited_at, outcome, share"


def _row(row: Mapping[str, Any]) -> InvitationRow:
    return InvitationRow(**{**row, "outcome": row["outcome"] and InvitationOutcome(row["outcome"])})
