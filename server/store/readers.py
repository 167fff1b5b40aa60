"""Logins of PostgreSQL that read one organisation's outcomes by SQL; through the administration door."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from server.database.connecting import Connection


@dataclass(frozen=True)
class Reader:
    login: str
    organisation: str
    created_at: datetime


async def add_reader(connection: Connection, organisation_id: UUID, login: str) -> None:
    await connection.execute("INSERT INTO readers (organisation_id, login) VALUES ($1, $2)", organisation_id, login)


async def list_readers(connection: Connection) -> list[Reader]:
    rows = await connection.fetch(
        "SELECT login, name AS organisation, readers.created_at "
        "FROM readers JOIN organisations ON id = organisation_id ORDER BY name, readers.created_at"
    )
    return [Reader(**row) for row in rows]


async def remove_reader(connection: Connection, login: str) -> bool:
    return str(await connection.execute("DELETE FROM readers WHERE login = $1", login)) == "DELETE 1"
