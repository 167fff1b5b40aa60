"""Organisations, and the tokens that let people act in them. A token is kept as its hash only."""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from server.database.connecting import Connection
from server.store.keys import new_id

TOKEN_PREFIX = "springtide_"  # noqa: S105 - says what the text is, wherever it turns up


class OrganisationKind(StrEnum):
    CLIENT = "CLIENT"
    VENDOR = "VENDOR"


class Role(StrEnum):
    """What a token's bearer may do; each may what the one before may."""

    VIEWER = "VIEWER"
    PLANNER = "PLANNER"
    ADMIN = "ADMIN"


@dataclass(frozen=True)
class OrganisationRow:
    id: UUID
    name: str
    kind: OrganisationKind
    created_at: datetime


@dataclass(frozen=True)
class TokenRow:
    organisation_id: UUID
    id: UUID
    role: Role
    label: str
    created_at: datetime
    expires_at: datetime | None
    revoked_at: datetime | None
    last_used_at: datetime | None


def token_hash(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()


async def create_organisation(connection: Connection, *, name: str, kind: OrganisationKind) -> OrganisationRow:
    """Through the administration door; the name must be new."""
    row = await connection.fetchrow(
        "INSERT INTO organisations (id, name, kind) VALUES ($1, $2, $3) RETURNING id, name, kind, created_at",
        new_id(), name, kind,
    )  # fmt: skip
    return _organisation(row)


async def find_organisation(connection: Connection, name: str) -> OrganisationRow | None:
    """Through the administration door."""
    row = await connection.fetchrow("SELECT id, name, kind, created_at FROM organisations WHERE name = $1", name)
    return _organisation(row) if row else None


async def any_organisation(connection: Connection) -> bool:
    """Through the administration door. Whoever asks at the same time waits for this transaction."""
    await connection.execute("SELECT pg_advisory_xact_lock(hashtext('springtide organisations'))")
    return bool(await connection.fetchval("SELECT EXISTS (SELECT FROM organisations)"))


async def own_organisation(connection: Connection) -> OrganisationRow | None:
    """The organisation of the transaction."""
    row = await connection.fetchrow("SELECT id, name, kind, created_at FROM organisations")
    return _organisation(row) if row else None


async def create_token(
    connection: Connection, *, role: Role, label: str = "", expires_at: datetime | None = None
) -> tuple[str, TokenRow]:
    """A new token of the transaction's organisation: its text, never to be read again, and its row."""
    token = TOKEN_PREFIX + secrets.token_urlsafe(32)
    row = await connection.fetchrow(
        f"INSERT INTO tokens (id, hash, role, label, expires_at) VALUES ($1, $2, $3, $4, $5) RETURNING {_TOKEN}",
        new_id(), token_hash(token), role, label, expires_at,
    )  # fmt: skip
    return token, _token(row)


async def bearers_token(connection: Connection) -> TokenRow | None:
    """Through the bearer door: the token, if it is known, not revoked and not expired."""
    row = await connection.fetchrow(
        f"SELECT {_TOKEN} FROM tokens WHERE revoked_at IS NULL AND (expires_at IS NULL OR expires_at > now())"
    )
    return _token(row) if row else None


async def note_use(connection: Connection, token_id: UUID) -> None:
    """Remember that a token was used, to the minute, so that reading does not write each time."""
    await connection.execute(
        "UPDATE tokens SET last_used_at = now() "
        "WHERE id = $1 AND (last_used_at IS NULL OR last_used_at < now() - interval '1 minute')",
        token_id,
    )


async def list_tokens(connection: Connection) -> list[TokenRow]:
    return [_token(row) for row in await connection.fetch(f"SELECT {_TOKEN} FROM tokens ORDER BY id DESC")]


async def revoke_token(connection: Connection, token_id: UUID) -> bool:
    """Whether there was such a token that was not revoked."""
    done = await connection.execute(
        "UPDATE tokens SET revoked_at = now() WHERE id = $1 AND revoked_at IS NULL", token_id
    )
    return bool(done == "UPDATE 1")


_TOKEN = "organisation_id, id, role, label, created_at, expires_at, revoked_at, last_used_at"  # noqa: S105 - column names


def _organisation(row: dict[str, object]) -> OrganisationRow:
    return OrganisationRow(**{**row, "kind": OrganisationKind(row["kind"])})  # type: ignore[arg-type]  # a row of the table


def _token(row: dict[str, object]) -> TokenRow:
    return TokenRow(**{**row, "role": Role(row["role"])})  # type: ignore[arg-type]  # a row of the table
