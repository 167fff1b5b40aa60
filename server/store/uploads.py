"""Files that wait to be imported: an organisation's, in parts, until they are imported or an hour has passed."""

from collections.abc import AsyncIterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from server.database.connecting import Connection
from server.store.keys import new_id

LASTS = timedelta(hours=1)


@dataclass(frozen=True)
class Upload:
    id: UUID
    bytes: int
    expires_at: datetime


async def create_upload(connection: Connection, parts: AsyncIterable[bytes], size: int) -> Upload:
    key = new_id()
    row = await connection.fetchrow(
        "INSERT INTO uploads (id, bytes, expires_at) VALUES ($1, $2, now() + $3) RETURNING id, bytes, expires_at",
        key, size, LASTS,
    )  # fmt: skip
    number = 0
    async for part in parts:
        await connection.execute(
            "INSERT INTO upload_parts (upload_id, number, content) VALUES ($1, $2, $3)", key, number, part
        )
        number += 1
    return Upload(**row)


async def count_uploads(connection: Connection) -> int:
    return int(await connection.fetchval("SELECT count(*) FROM uploads WHERE expires_at >= now()"))


async def get_content(connection: Connection, key: UUID) -> bytes | None:
    """None where there is none of this id, or it has expired."""
    rows = await connection.fetch(
        "SELECT content FROM upload_parts WHERE upload_id = "
        "(SELECT id FROM uploads WHERE id = $1 AND expires_at >= now()) ORDER BY number",
        key,
    )
    return b"".join(row["content"] for row in rows) if rows else None


async def delete_upload(connection: Connection, key: UUID) -> None:
    await connection.execute("DELETE FROM uploads WHERE id = $1", key)


async def sweep_uploads(connection: Connection, most: int) -> int:
    """Through the queue door: so many of those that have expired go, of whom is not asked; how many."""
    told = await connection.execute(
        "WITH old AS MATERIALIZED (SELECT organisation_id, id FROM uploads WHERE expires_at < now() LIMIT $1) "
        "DELETE FROM uploads USING old WHERE (uploads.organisation_id, uploads.id) = (old.organisation_id, old.id)",
        most,
    )
    return int(told.removeprefix("DELETE "))
