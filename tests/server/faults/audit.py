"""What was committed to runs and shards, written down by the database itself: by whom, when, and in which order."""

import asyncio
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import asyncpg

FINISHED = ("SUCCEEDED", "FAILED", "CANCELLED")
SCHEMA = """
CREATE SCHEMA audit;
CREATE TABLE audit.changes (
  id bigserial PRIMARY KEY, at timestamptz NOT NULL DEFAULT clock_timestamp(),
  writer text NOT NULL DEFAULT session_user,
  work xid8 NOT NULL DEFAULT pg_current_xact_id(), run_id uuid NOT NULL, status_was text NOT NULL, status text NOT NULL,
  epoch_was integer NOT NULL, epoch integer NOT NULL, sequence_was integer NOT NULL, sequence integer NOT NULL,
  completed_was integer NOT NULL, completed integer NOT NULL, held boolean NOT NULL);
CREATE TABLE audit.shards (
  id bigserial PRIMARY KEY, at timestamptz NOT NULL DEFAULT clock_timestamp(),
  writer text NOT NULL DEFAULT session_user,
  run_id uuid NOT NULL, number integer NOT NULL);
CREATE FUNCTION audit.note_change() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
BEGIN
  INSERT INTO audit.changes (run_id, status_was, status, epoch_was, epoch, sequence_was, sequence, completed_was,
                             completed, held)
  VALUES (NEW.id, OLD.status, NEW.status, OLD.epoch, NEW.epoch, OLD.sequence, NEW.sequence, OLD.completed,
          NEW.completed, OLD.status = 'RUNNING' AND coalesce(OLD.lease_until > now(), false));
  RETURN NULL;
END $$;
CREATE FUNCTION audit.note_shard() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
BEGIN
  INSERT INTO audit.shards (run_id, number) VALUES (NEW.run_id, NEW.number);
  RETURN NULL;
END $$;
CREATE TRIGGER audited AFTER UPDATE ON springtide.runs FOR EACH ROW EXECUTE FUNCTION audit.note_change();
CREATE TRIGGER audited AFTER INSERT ON springtide.shards FOR EACH ROW EXECUTE FUNCTION audit.note_shard();
"""


@dataclass(frozen=True)
class Change:
    """An update of a run's row."""

    id: int
    at: datetime
    writer: str
    work: int
    """the transaction"""
    run_id: UUID
    status_was: str
    status: str
    epoch_was: int
    epoch: int
    sequence_was: int
    sequence: int
    completed_was: int
    completed: int
    held: bool
    """whether a worker's lease was running"""

    @property
    def is_claim(self) -> bool:
        return self.epoch > self.epoch_was


@dataclass(frozen=True)
class StoredShard:
    id: int
    at: datetime
    writer: str
    run_id: UUID
    number: int


class Audit:
    """Reads as a superuser, since what it reads belongs to no organisation."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._connection: asyncpg.Connection | None = None

    async def begin(self) -> None:
        await (await self._connected()).execute(SCHEMA)

    async def changes(self, run_id: UUID | None = None) -> list[Change]:
        return [Change(**row) for row in await self._read("changes", run_id)]

    async def shards(self, run_id: UUID | None = None) -> list[StoredShard]:
        return [StoredShard(**row) for row in await self._read("shards", run_id)]

    async def now(self) -> datetime:
        moment: datetime = await (await self._connected()).fetchval("SELECT clock_timestamp()")
        return moment

    async def close(self) -> None:
        if self._connection:
            await self._connection.close(timeout=5)

    async def _read(self, table: str, run_id: UUID | None) -> list[dict[str, Any]]:
        rows = await (await self._connected()).fetch(
            f"SELECT * FROM audit.{table} WHERE $1::uuid IS NULL OR run_id = $1 ORDER BY id", run_id
        )
        return [dict(row) for row in rows]

    async def _connected(self) -> asyncpg.Connection:
        """Anew after each fault that has ended it."""
        while True:
            try:
                if self._connection is None or self._connection.is_closed():
                    self._connection = await asyncpg.connect(self._url, timeout=5)
                await self._connection.execute("SELECT 1")
            except (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError):
                self._connection = None
                await asyncio.sleep(0.2)
            else:
                return self._connection
