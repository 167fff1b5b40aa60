"""Runs, as those who start and watch them see them; what workers write stands in `claims`."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import lru_cache
from types import MappingProxyType
from typing import Any, NamedTuple
from uuid import UUID

from server.database.connecting import Connection
from server.store.keys import made_at, new_id
from server.store.limits import give_back

QUEUED_CHANNEL = "springtide_run_queued"
CHANGED_CHANNEL = "springtide_run_changed"
CANCELLED_CHANNEL = "springtide_run_cancelled"
"""Notices carry a run's id and nothing else."""


class RunStatus(StrEnum):
    QUEUED = "QUEUED"
    RUNNING = "RUNNING"
    SUCCEEDED = "SUCCEEDED"
    FAILED = "FAILED"
    CANCELLED = "CANCELLED"

    @property
    def finished(self) -> bool:
        return self not in (RunStatus.QUEUED, RunStatus.RUNNING)


class FailureCode(StrEnum):
    """Why a run failed."""

    SIMULATION_FAILED = "SIMULATION_FAILED"
    """The engine refused it or raised."""
    PROCESS_DIED = "PROCESS_DIED"
    """It ended its process, again and again."""
    WORKER_DIED = "WORKER_DIED"
    """Its workers went away, again and again, without a finished shard."""


class RunRow(NamedTuple):
    organisation_id: UUID
    id: UUID
    scenario_id: UUID
    digest: str
    """of the scenario as it was when the run was started"""
    experiment: Mapping[str, Any]
    engine_version: str | None
    status: RunStatus
    completed: int
    total: int
    """replications, of which `completed` are done"""
    failure_code: str | None
    failure_message: str | None
    sequence: int
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None
    scenario_version: int | None
    """of the scenario as it was when the run was started; None where an older program started it"""
    input_digest: bytes | None
    """of the input that started it, where that came with a key"""


@dataclass(frozen=True)
class Waiting:
    """What there is to do, of all organisations."""

    unfinished: dict[str, int]
    """runs, by status"""
    unheld: int
    """of those that are RUNNING, how many have been let go by their worker"""
    oldest_seconds: float
    """since the oldest run was started that nobody simulates; 0 where there is none"""


async def start_run(
    connection: Connection,
    *,
    scenario_id: UUID,
    scenario_version: int | None = None,
    document: str,
    digest: str,
    experiment: dict[str, Any],
    idempotency_key: str | None = None,
    input_digest: bytes | None = None,
    reserved_contacts: int = 0,
    study_id: UUID | None = None,
) -> RunRow:
    """Queue a run of the transaction's organisation, or find the earlier one of the same key."""
    row = await connection.fetchrow(
        f"""
        INSERT INTO runs (id, scenario_id, document, digest, experiment, total, idempotency_key, reserved_contacts,
          scenario_version, input_digest, study_id)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
        ON CONFLICT (organisation_id, idempotency_key) DO NOTHING RETURNING {COLUMNS}
        """,
        new_id(), scenario_id, document, digest, json.dumps(experiment), experiment["replications"], idempotency_key,
        reserved_contacts, scenario_version, input_digest, study_id,
    )  # fmt: skip
    if row is None:
        row = await connection.fetchrow(f"SELECT {COLUMNS} FROM runs WHERE idempotency_key = $1", idempotency_key)
    else:
        await tell_change(connection, row["id"])
        await notify_queued(connection, row["id"])
    return row_of(row)


async def cancel_run(connection: Connection, run_id: UUID) -> RunRow | None:
    """Cancel a run that has not finished; a finished one stays as it is. None: there is no such run."""
    row = await connection.fetchrow(
        f"""
        UPDATE runs SET status = 'CANCELLED', finished_at = now(), lease_until = NULL, sequence = sequence + 1
        WHERE id = $1 AND status IN ('QUEUED', 'RUNNING') RETURNING {COLUMNS}
        """,
        run_id,
    )
    if row is None:
        return await get_run(connection, run_id)
    await give_back(connection, run_id)
    await connection.execute("DELETE FROM shards WHERE run_id = $1", run_id)
    await tell_change(connection, run_id)
    await connection.execute("SELECT pg_notify($1, $2)", CANCELLED_CHANNEL, str(run_id))
    return row_of(row)


async def get_run(connection: Connection, run_id: UUID) -> RunRow | None:
    row = await connection.fetchrow(f"SELECT {COLUMNS} FROM runs WHERE id = $1", run_id)
    return row_of(row) if row else None


async def get_document(connection: Connection, run_id: UUID) -> str | None:
    """The scenario as it was when the run was started."""
    document: str | None = await connection.fetchval("SELECT document FROM runs WHERE id = $1", run_id)
    return document


async def find_run(connection: Connection, idempotency_key: str) -> RunRow | None:
    """The run of the transaction's organisation that was started with this key."""
    row = await connection.fetchrow(f"SELECT {COLUMNS} FROM runs WHERE idempotency_key = $1", idempotency_key)
    return row_of(row) if row else None


async def get_runs(connection: Connection, ids: Sequence[UUID]) -> dict[UUID, RunRow]:
    """Many at once, for a loader."""
    rows = await connection.fetch(f"SELECT {COLUMNS} FROM runs WHERE id = ANY($1)", list(ids))
    return {row["id"]: row_of(row) for row in rows}


async def get_documents(connection: Connection, ids: Sequence[UUID]) -> dict[UUID, str]:
    """Scenarios of runs as they were when the runs were started, as canonical JSON."""
    rows = await connection.fetch("SELECT id, document FROM runs WHERE id = ANY($1)", list(ids))
    return {row["id"]: row["document"] for row in rows}


async def waiting(connection: Connection) -> Waiting:
    """Through the queue door: how many runs of all organisations are unfinished, and how long one has waited."""
    rows = await connection.fetch(
        "SELECT status, count(*), count(*) FILTER (WHERE status = 'RUNNING' AND lease_until < now()) AS unheld "
        "FROM runs WHERE status IN ('QUEUED', 'RUNNING') GROUP BY status"
    )
    oldest = await connection.fetchrow(
        "SELECT id, extract(epoch FROM now())::float8 AS now FROM runs "
        "WHERE status = 'QUEUED' OR status = 'RUNNING' AND lease_until < now() ORDER BY id LIMIT 1"
    )
    return Waiting(
        {"QUEUED": 0, "RUNNING": 0} | {row["status"]: row["count"] for row in rows},
        sum(row["unheld"] for row in rows),
        max(0.0, oldest["now"] - made_at(oldest["id"])) if oldest else 0.0,
    )


async def notify_queued(connection: Connection, run_id: UUID) -> None:
    await connection.execute("SELECT pg_notify($1, $2)", QUEUED_CHANNEL, str(run_id))


async def tell_change(connection: Connection, run_id: UUID, figures: str | None = None) -> None:
    """What a run has become, in the transaction that has grown its sequence, which no other change can pass."""
    await connection.execute(
        """
        INSERT INTO run_changes
          (organisation_id, run_id, sequence, status, engine_version, completed, started_at, figures)
        SELECT organisation_id, id, sequence, status, engine_version, completed, started_at, $2 FROM runs WHERE id = $1
        """,
        run_id, figures,
    )  # fmt: skip
    await connection.execute("SELECT pg_notify($1, $2)", CHANGED_CHANNEL, str(run_id))


COLUMNS = ", ".join(RunRow._fields)


def row_of(row: Any) -> RunRow:
    """Of a record that begins with the columns."""
    values = list(row[: len(RunRow._fields)])
    values[EXPERIMENT], values[STATUS] = _experiment(values[EXPERIMENT]), STATUSES[values[STATUS]]
    return RunRow._make(values)


EXPERIMENT, STATUS = RunRow._fields.index("experiment"), RunRow._fields.index("status")
STATUSES = {status.value: status for status in RunStatus}


@lru_cache(maxsize=256)
def _experiment(text: str) -> Mapping[str, Any]:
    """Most runs of a list are simulated alike."""
    read: Mapping[str, Any] = MappingProxyType(json.loads(text))
    return read
