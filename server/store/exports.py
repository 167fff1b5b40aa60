"""Links that open a run's outcomes without a token; of their texts only hashes are kept."""

import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from server.database.connecting import Connection
from server.store.keys import new_id
from server.store.organisations import TOKEN_PREFIX, token_hash


@dataclass(frozen=True)
class ExportLink:
    organisation_id: UUID
    id: UUID
    run_id: UUID
    format: str
    wanted: Mapping[str, Any]
    token_id: UUID | None
    member_id: UUID | None
    """one of them made it"""
    expires_at: datetime


async def create_link(
    connection: Connection,
    *,
    run_id: UUID,
    format: str,
    wanted: Mapping[str, Any],
    token_id: UUID | None,
    member_id: UUID | None,
    lasts: timedelta,
) -> tuple[str, ExportLink]:
    """The link's secret text, shown only this once, and its row. Links that have expired go."""
    await connection.execute("DELETE FROM export_links WHERE expires_at < now()")
    text = TOKEN_PREFIX + secrets.token_urlsafe(32)
    row = await connection.fetchrow(
        "INSERT INTO export_links (id, hash, run_id, format, wanted, token_id, member_id, expires_at) "
        f"VALUES ($1, $2, $3, $4, $5, $6, $7, now() + $8) RETURNING {_LINK}",
        new_id(), token_hash(text), run_id, format, json.dumps(wanted), token_id, member_id, lasts,
    )  # fmt: skip
    return text, _row(row)


async def count_links(connection: Connection) -> int:
    return int(await connection.fetchval("SELECT count(*) FROM export_links WHERE expires_at >= now()"))


async def holders_link(connection: Connection) -> ExportLink | None:
    """Through the holder's door: the link that is held, unless it has expired."""
    row = await connection.fetchrow(
        f"SELECT {_LINK} FROM export_links "
        "WHERE hash = decode(nullif(current_setting('app.export_hash', true), ''), 'hex') AND expires_at > now()"
    )
    return _row(row) if row else None


_LINK = "organisation_id, id, run_id, format, wanted, token_id, member_id, expires_at"


def _row(row: Mapping[str, Any]) -> ExportLink:
    return ExportLink(**{**row, "wanted": json.loads(row["wanted"])})
