"""Studies, as those who start and watch them see them; what workers write stands in `study_claims`."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from server.database.connecting import Connection
from server.store.keys import LAST_ID, new_id
from server.store.outcomes import delete_outcomes
from server.store.pages import Page, page
from server.store.runs import RunStatus, cancel_run, notify_queued

STUDY_CHANGED_CHANNEL = "springtide_study_changed"
"""Notices carry a study's id and nothing else."""
MOST_UNFINISHED = 50
"""Studies of an organisation that have not ended."""


class StudyFailureCode(StrEnum):
    """Why a study failed."""

    REFUSED = "REFUSED"
    """What it asks for cannot be tried on the scenario."""
    POINT_FAILED = "POINT_FAILED"
    """A run of it failed or was cancelled."""
    LIMIT_REACHED = "LIMIT_REACHED"
    """The organisation has used what it may use."""
    DECIDING_FAILED = "DECIDING_FAILED"
    """What comes next could not be worked out."""
    WORKER_DIED = "WORKER_DIED"
    """Its workers went away, again and again, without a step."""


@dataclass(frozen=True)
class StudyRow:
    organisation_id: UUID
    id: UUID
    scenario_id: UUID
    scenario_version: int | None
    kind: str
    most_replications: int
    status: RunStatus
    failure_code: str | None
    failure_message: str | None
    sequence: int
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None
    input_digest: bytes | None


@dataclass(frozen=True)
class StudyProgress:
    """How far a study has come."""

    known: int
    """points whose reading is there"""
    asked: int
    """points asked for so far"""
    completed: int
    """replications of them, simulated and stored"""


@dataclass(frozen=True)
class PointRow:
    """A point, and its run unless that was deleted."""

    id: UUID
    name: str
    label: str
    run_id: UUID | None
    is_known: bool


async def start_study(
    connection: Connection,
    *,
    scenario_id: UUID,
    scenario_version: int | None,
    kind: str,
    description: str,
    most_replications: int,
    idempotency_key: str | None = None,
    input_digest: bytes | None = None,
    request_id: UUID | None = None,
) -> StudyRow:
    """A new study of the transaction's organisation, which nobody has begun."""
    row = await connection.fetchrow(
        f"""
        INSERT INTO studies (id, scenario_id, scenario_version, kind, description, most_replications, idempotency_key,
          input_digest, request_id)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) RETURNING {COLUMNS}
        """,
        new_id(), scenario_id, scenario_version, kind, description, most_replications, idempotency_key, input_digest,
        request_id,
    )  # fmt: skip
    await notify_queued(connection, row["id"])
    return row_of(row)


async def find_study(connection: Connection, idempotency_key: str) -> StudyRow | None:
    """The study of the transaction's organisation that was started with this key."""
    row = await connection.fetchrow(f"SELECT {COLUMNS} FROM studies WHERE idempotency_key = $1", idempotency_key)
    return row_of(row) if row else None


async def get_study(connection: Connection, study_id: UUID) -> StudyRow | None:
    row = await connection.fetchrow(f"SELECT {COLUMNS} FROM studies WHERE id = $1", study_id)
    return row_of(row) if row else None


async def get_answers(connection: Connection, ids: Sequence[UUID]) -> dict[UUID, str]:
    """Answers as JSON, of those of the studies that have one; many at once, for a loader."""
    rows = await connection.fetch("SELECT id, answer FROM studies WHERE id = ANY($1) AND answer IS NOT NULL", list(ids))
    return {row["id"]: row["answer"] for row in rows}


async def count_unfinished(connection: Connection) -> int:
    return int(await connection.fetchval("SELECT count(*) FROM studies WHERE status IN ('QUEUED', 'RUNNING')"))


async def progress_of(connection: Connection, ids: Sequence[UUID]) -> dict[UUID, StudyProgress]:
    """Many at once, for a loader; a study without points is left out."""
    rows = await connection.fetch(
        """
        SELECT study_points.study_id AS study, count(*) FILTER (WHERE reading IS NOT NULL) AS known, count(*) AS asked,
          coalesce(sum(completed), 0)::bigint AS completed
        FROM study_points LEFT JOIN runs ON (runs.organisation_id, runs.id) = (study_points.organisation_id, run_id)
        WHERE study_points.study_id = ANY($1) GROUP BY study_points.study_id
        """,
        list(ids),
    )
    return {row["study"]: StudyProgress(row["known"], row["asked"], row["completed"]) for row in rows}


async def list_studies(
    connection: Connection,
    *,
    first: int,
    after: UUID | None = None,
    scenario_id: UUID | None = None,
    request_id: UUID | None = None,
) -> Page[StudyRow]:
    """Newest first, those older than `after`; of one scenario or request, or of all."""
    rows = await connection.fetch(
        f"SELECT {COLUMNS} FROM studies WHERE id < $1 AND ($2::uuid IS NULL OR scenario_id = $2) "
        "AND ($3::uuid IS NULL OR request_id = $3) ORDER BY id DESC LIMIT $4",
        after or LAST_ID, scenario_id, request_id, first + 1,
    )  # fmt: skip
    return page([row_of(row) for row in rows], first)


async def count_studies(connection: Connection, scenario_id: UUID | None = None, request_id: UUID | None = None) -> int:
    counted = (
        "SELECT count(*) FROM studies WHERE ($1::uuid IS NULL OR scenario_id = $1) "
        "AND ($2::uuid IS NULL OR request_id = $2)"
    )
    return int(await connection.fetchval(counted, scenario_id, request_id))


async def evaluated_runs(connection: Connection, offers: Sequence[str]) -> dict[str, UUID]:
    """The runs that simulate offers of these names alone and without stress, in the last evaluation that has them;
    many at once, for a loader."""
    rows = await connection.fetch(
        """
        SELECT DISTINCT ON (offer->>'id') offer->>'id' AS name, run_id
        FROM studies CROSS JOIN json_array_elements(description->'offers') WITH ORDINALITY AS offered (offer, place)
        JOIN study_points ON (study_points.organisation_id, study_id, name)
          = (studies.organisation_id, studies.id, place - 1 || ' plain')
        WHERE kind = 'EVALUATION' AND offer->>'id' = ANY($1) AND run_id IS NOT NULL
        ORDER BY offer->>'id', studies.id DESC
        """,
        list(offers),
    )
    return {row["name"]: row["run_id"] for row in rows}


async def list_points(
    connection: Connection, study_id: UUID, *, first: int, after: UUID | None = None
) -> Page[PointRow]:
    """In the order in which they were asked for, those after `after`."""
    rows = await connection.fetch(
        """
        SELECT id, name, label, run_id, reading IS NOT NULL AS is_known FROM study_points
        WHERE study_id = $1 AND ($2::uuid IS NULL OR id > $2) ORDER BY id LIMIT $3
        """,
        study_id, after, first + 1,
    )  # fmt: skip
    return page([PointRow(**row) for row in rows], first)


async def count_points(connection: Connection, study_id: UUID) -> int:
    return int(await connection.fetchval("SELECT count(*) FROM study_points WHERE study_id = $1", study_id))


async def cancel_study(connection: Connection, study_id: UUID) -> StudyRow | None:
    """Cancel a study that has not finished, and its runs; a finished one stays as it is. None: there is none."""
    row = await connection.fetchrow(
        f"""
        UPDATE studies SET status = 'CANCELLED', finished_at = now(), lease_until = NULL, sequence = sequence + 1
        WHERE id = $1 AND status IN ('QUEUED', 'RUNNING') RETURNING {COLUMNS}
        """,
        study_id,
    )
    if row is None:
        return await get_study(connection, study_id)
    # who adds runs changes the study's row first, so that all there will ever be are seen now
    await cancel_runs_of(connection, study_id)
    await tell_study_change(connection, study_id)
    return row_of(row)


async def cancel_runs_of(connection: Connection, study_id: UUID) -> None:
    """Those that have not finished."""
    runs = await connection.fetch(
        "SELECT id FROM runs WHERE study_id = $1 AND status IN ('QUEUED', 'RUNNING') ORDER BY id", study_id
    )
    for run in runs:
        await cancel_run(connection, run["id"])


async def delete_studies(connection: Connection, ids: Sequence[UUID]) -> list[UUID]:
    """With their runs and the outcomes of these; which of them were there to be deleted."""
    runs = await connection.fetch("SELECT id FROM runs WHERE study_id = ANY($1)", list(ids))
    await delete_outcomes(connection, [run["id"] for run in runs])
    rows = await connection.fetch("DELETE FROM studies WHERE id = ANY($1) RETURNING id", list(ids))
    return [row["id"] for row in rows]


async def sweep_studies(connection: Connection, most: int) -> list[UUID]:
    """Delete studies of the transaction's organisation that ended longest before its retention; which they were."""
    rows = await connection.fetch(
        """
        SELECT id FROM studies
        WHERE finished_at < now() - make_interval(days => (SELECT retention_days FROM organisations))
        ORDER BY finished_at LIMIT $1
        """,
        most,
    )
    return await delete_studies(connection, [row["id"] for row in rows])


async def some_unfinished_studies(connection: Connection, most: int) -> list[UUID]:
    rows = await connection.fetch("SELECT id FROM studies WHERE status IN ('QUEUED', 'RUNNING') LIMIT $1", most)
    return [row["id"] for row in rows]


async def tell_study_change(connection: Connection, study_id: UUID) -> None:
    await connection.execute("SELECT pg_notify($1, $2)", STUDY_CHANGED_CHANNEL, str(study_id))


COLUMNS = (
    "organisation_id, id, scenario_id, scenario_version, kind, most_replications, status, failure_code, "
    "failure_message, sequence, created_at, started_at, finished_at, input_digest"
)


def row_of(row: Mapping[str, Any]) -> StudyRow:
    told = {name: row[name] for name in StudyRow.__dataclass_fields__}
    return StudyRow(**{**told, "status": RunStatus(row["status"])})
