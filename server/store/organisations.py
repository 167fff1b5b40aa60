"""Organisations, and the tokens that let people act in them. A token is kept as its hash only."""

import hashlib
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from server.database.connecting import Connection
from server.store.keys import LAST_ID, new_id
from server.store.pages import Page, page

TOKEN_PREFIX = "springtide_"  # noqa: S105 - says what the text is, wherever it turns up

ACCESS_CHANNEL = "springtide_access_changed"
"""Notices carry the id of a token or a member whose rights have changed or ended, and nothing else."""


class OrganisationKind(StrEnum):
    """What an organisation is."""

    CLIENT = "CLIENT"
    """It buys service."""
    VENDOR = "VENDOR"
    """It gives service."""


class Scope(StrEnum):
    """What may be done; a role allows some, and a token may be narrowed to fewer."""

    READ = "READ"
    """Read scenarios, runs and outcomes."""
    SCENARIOS = "SCENARIOS"
    """Make scenarios; comes with READ."""
    RUNS = "RUNS"
    """Start and cancel runs; comes with READ."""
    REQUESTS = "REQUESTS"
    """Put out requests, submit proposals and award: what binds the organisation to another; comes with READ."""
    ADMINISTRATION = "ADMINISTRATION"
    """See and change who else may do what."""


class Role(StrEnum):
    """What a person or a token may do at most; each may what the one before may."""

    VIEWER = "VIEWER"
    """Reads."""
    PLANNER = "PLANNER"
    """Makes scenarios and runs, puts out requests and submits proposals, too."""
    ADMIN = "ADMIN"
    """Says who else may do what, too."""

    @property
    def scopes(self) -> frozenset[Scope]:
        return _ALLOWED[self]


_ALLOWED = {
    Role.VIEWER: frozenset({Scope.READ}),
    Role.PLANNER: frozenset({Scope.READ, Scope.SCENARIOS, Scope.RUNS, Scope.REQUESTS}),
    Role.ADMIN: frozenset(Scope),
}


def with_reading(scopes: Iterable[Scope]) -> frozenset[Scope]:
    """With READ where a scope answers with what it made."""
    found = frozenset(scopes)
    return found | {Scope.READ} if found & {Scope.SCENARIOS, Scope.RUNS, Scope.REQUESTS} else found


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
    scopes: frozenset[Scope]
    label: str
    created_by: UUID | None
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
    connection: Connection,
    *,
    role: Role,
    scopes: frozenset[Scope] | None = None,
    label: str = "",
    expires_at: datetime | None = None,
    created_by: UUID | None = None,
) -> tuple[str, TokenRow]:
    """A new token of the transaction's organisation: its text, never to be read again, and its row.

    Without scopes, or with all of its role, it may what its role allows.
    """
    token = TOKEN_PREFIX + secrets.token_urlsafe(32)
    narrowed = sorted(scopes) if scopes is not None and scopes != role.scopes else None
    row = await connection.fetchrow(
        "INSERT INTO tokens (id, hash, role, scopes, label, expires_at, created_by) "
        f"VALUES ($1, $2, $3, $4, $5, $6, $7) RETURNING {_TOKEN}",
        new_id(), token_hash(token), role, narrowed, label, expires_at, created_by,
    )  # fmt: skip
    return token, _token(row)


async def bearers_token(connection: Connection) -> TokenRow | None:
    """Through the bearer door: the token, if it is known, not revoked and not expired."""
    # what the policy says, said again: a setting that a pooler left over must not bring another organisation's tokens
    borne = "hash = decode(nullif(current_setting('app.token_hash', true), ''), 'hex')"
    row = await connection.fetchrow(f"SELECT {_TOKEN} FROM tokens WHERE {borne} AND {_OPENS}")
    return _token(row) if row else None


async def token_that_opens(connection: Connection, token_id: UUID) -> TokenRow | None:
    """The token, if it is not revoked and not expired."""
    row = await connection.fetchrow(f"SELECT {_TOKEN} FROM tokens WHERE id = $1 AND {_OPENS}", token_id)
    return _token(row) if row else None


async def get_token(connection: Connection, token_id: UUID) -> TokenRow | None:
    row = await connection.fetchrow(f"SELECT {_TOKEN} FROM tokens WHERE id = $1", token_id)
    return _token(row) if row else None


async def note_use(connection: Connection, token_id: UUID) -> None:
    """Remember that a token was used, to the minute, so that reading does not write each time."""
    await connection.execute(
        "UPDATE tokens SET last_used_at = now() "
        "WHERE id = $1 AND (last_used_at IS NULL OR last_used_at < now() - interval '1 minute')",
        token_id,
    )


async def list_tokens(connection: Connection, *, first: int, after: UUID | None = None) -> Page[TokenRow]:
    """Those that are not revoked, newest first."""
    rows = await connection.fetch(
        f"SELECT {_TOKEN} FROM tokens WHERE revoked_at IS NULL AND id < $1 ORDER BY id DESC LIMIT $2",
        after or LAST_ID, first + 1,
    )  # fmt: skip
    return page([_token(row) for row in rows], first)


async def count_tokens(connection: Connection) -> int:
    return int(await connection.fetchval("SELECT count(*) FROM tokens WHERE revoked_at IS NULL"))


async def revoke_token(connection: Connection, token_id: UUID) -> bool:
    """Whether there was such a token that was not revoked."""
    revoked = await _revoke(connection, "id = $1", token_id)
    return bool(revoked)


async def revoke_tokens_of(connection: Connection, member_id: UUID, roles: Iterable[Role]) -> list[TokenRow]:
    """Revoke the tokens of these roles that a member has made, and so has seen."""
    return await _revoke(connection, "created_by = $1 AND role = ANY($2)", member_id, [str(role) for role in roles])


async def _revoke(connection: Connection, which: str, *values: object) -> list[TokenRow]:
    rows = await connection.fetch(
        f"UPDATE tokens SET revoked_at = now() WHERE revoked_at IS NULL AND {which} RETURNING {_TOKEN}", *values
    )
    for row in rows:
        await notify_access_changed(connection, row["id"])
    return [_token(row) for row in rows]


async def notify_access_changed(connection: Connection, key: UUID) -> None:
    await connection.execute("SELECT pg_notify($1, $2)", ACCESS_CHANNEL, str(key))


async def change_administration(connection: Connection) -> None:
    """Whoever changes the organisation's administrators at the same time waits for this transaction."""
    await connection.execute(
        "SELECT pg_advisory_xact_lock(hashtextextended(current_setting('app.organisation_id'), 3))"
    )


async def has_administrator(connection: Connection) -> bool:
    """Whether anything is left that may administer: a member who has signed in, or a token that lasts."""
    return bool(
        await connection.fetchval(
            "SELECT EXISTS (SELECT FROM members WHERE role = 'ADMIN' AND removed_at IS NULL AND subject IS NOT NULL) "
            "OR EXISTS (SELECT FROM tokens WHERE role = 'ADMIN' "
            "AND (scopes IS NULL OR 'ADMINISTRATION' = ANY(scopes)) AND revoked_at IS NULL AND expires_at IS NULL)"
        )
    )


_TOKEN = "organisation_id, id, role, scopes, label, created_by, created_at, expires_at, revoked_at, last_used_at"  # noqa: S105 - column names
_OPENS = "revoked_at IS NULL AND (expires_at IS NULL OR expires_at > now())"


def _organisation(row: dict[str, Any]) -> OrganisationRow:
    return OrganisationRow(**{**row, "kind": OrganisationKind(row["kind"])})


def _token(row: dict[str, Any]) -> TokenRow:
    role = Role(row["role"])
    scopes = role.scopes if row["scopes"] is None else frozenset(map(Scope, row["scopes"]))
    return TokenRow(**{**row, "role": role, "scopes": scopes})
