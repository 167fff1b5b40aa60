"""Members: the people of an organisation, invited by e-mail and known by their issuer's subject once they signed in."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import asyncpg

from server.database.connecting import Connection, savepoint
from server.store.keys import LAST_ID, new_id
from server.store.organisations import Role, notify_access_changed
from server.store.pages import Page, page


@dataclass(frozen=True)
class MemberRow:
    organisation_id: UUID
    id: UUID
    email: str
    name: str
    role: Role
    subject: str | None
    """of the issuer; none before the first sign-in"""
    created_at: datetime
    removed_at: datetime | None
    last_seen_at: datetime | None


ADDRESS = re.compile(r"[^@\s]+@[^@\s]+")
MOST_OF_AN_ADDRESS = 254


def is_email(text: str) -> bool:
    address = text.strip()
    return bool(ADDRESS.fullmatch(address)) and address.isprintable() and len(address) <= MOST_OF_AN_ADDRESS


def same_email(text: str) -> str:
    """An address as it is kept and compared: in lower case where that is the same for everybody, as in ASCII."""
    address = text.strip()
    return address.lower() if address.isascii() else address


async def add_member(connection: Connection, *, email: str, name: str, role: Role) -> MemberRow | None:
    """Invite a person into the transaction's organisation; None where the address is a member's already."""
    row = await connection.fetchrow(
        "INSERT INTO members (id, email, name, role) VALUES ($1, $2, $3, $4) "
        f"ON CONFLICT (organisation_id, email) WHERE removed_at IS NULL DO NOTHING RETURNING {_COLUMNS}",
        new_id(), same_email(email), name, role,
    )  # fmt: skip
    return _row(row) if row else None


async def memberships(connection: Connection) -> list[MemberRow]:
    """Through the person door: the person's rows in every organisation, and the invitations to them."""
    return [_row(row) for row in await connection.fetch(f"SELECT {_COLUMNS} FROM members ORDER BY id")]


async def bind_member(connection: Connection, member_id: UUID, *, issuer: str, subject: str, name: str) -> bool:
    """Let an invitation be the person's who first signed in for it; False where it is somebody's, or they are in."""
    try:
        async with savepoint(connection):
            done = await connection.execute(
                "UPDATE members SET issuer = $2, subject = $3, name = coalesce(nullif(name, ''), $4) "
                "WHERE id = $1 AND subject IS NULL AND removed_at IS NULL",
                member_id, issuer, subject, name,
            )  # fmt: skip
    except asyncpg.UniqueViolationError:
        return False  # they are a member under another address
    return bool(done == "UPDATE 1")


async def note_seen(connection: Connection, member_id: UUID) -> None:
    """Remember that a member was here, to the minute, so that reading does not write each time."""
    await connection.execute(
        "UPDATE members SET last_seen_at = now() "
        "WHERE id = $1 AND (last_seen_at IS NULL OR last_seen_at < now() - interval '1 minute')",
        member_id,
    )


async def get_member(connection: Connection, member_id: UUID) -> MemberRow | None:
    row = await connection.fetchrow(f"SELECT {_COLUMNS} FROM members WHERE id = $1", member_id)
    return _row(row) if row else None


async def get_members(connection: Connection, ids: Sequence[UUID]) -> dict[UUID, MemberRow]:
    """Many at once, for a loader."""
    rows = await connection.fetch(f"SELECT {_COLUMNS} FROM members WHERE id = ANY($1)", list(ids))
    return {row["id"]: _row(row) for row in rows}


async def find_member(connection: Connection, email: str) -> MemberRow | None:
    """The member of this address who is not removed."""
    row = await connection.fetchrow(
        f"SELECT {_COLUMNS} FROM members WHERE email = $1 AND removed_at IS NULL", same_email(email)
    )
    return _row(row) if row else None


async def list_members(connection: Connection, *, first: int, after: UUID | None = None) -> Page[MemberRow]:
    """Those who are not removed, newest first."""
    rows = await connection.fetch(
        f"SELECT {_COLUMNS} FROM members WHERE removed_at IS NULL AND id < $1 ORDER BY id DESC LIMIT $2",
        after or LAST_ID, first + 1,
    )  # fmt: skip
    return page([_row(row) for row in rows], first)


async def count_members(connection: Connection) -> int:
    return int(await connection.fetchval("SELECT count(*) FROM members WHERE removed_at IS NULL"))


async def change_member_role(connection: Connection, member_id: UUID, role: Role) -> MemberRow | None:
    """None: there is no such member."""
    return await _change(connection, member_id, "role = $2", role)


async def remove_member(connection: Connection, member_id: UUID) -> MemberRow | None:
    """None: there is no such member."""
    return await _change(connection, member_id, "removed_at = now()")


async def _change(connection: Connection, member_id: UUID, change: str, *values: object) -> MemberRow | None:
    row = await connection.fetchrow(
        f"UPDATE members SET {change} WHERE id = $1 AND removed_at IS NULL RETURNING {_COLUMNS}", member_id, *values
    )
    if row is None:
        return None
    await notify_access_changed(connection, member_id)
    return _row(row)


_COLUMNS = "organisation_id, id, email, name, role, subject, created_at, removed_at, last_seen_at"


def _row(row: dict[str, Any]) -> MemberRow:
    return MemberRow(**{**row, "role": Role(row["role"])})
