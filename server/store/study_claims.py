"""What a worker writes about the study it has claimed, a step of which takes it moments.

A study waits for a worker when none of its runs is unfinished. As with runs, every write names the epoch of the claim;
one that changes no row raises `LostStudyError`. All writes are of a kind that doing them twice changes nothing, so that
a worker that is killed between two of them leaves nothing to be mended.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from server.database.connecting import Connection
from server.store.keys import new_id
from server.store.limits import LimitName, LimitReachedError, hold_organisation, reserve_run
from server.store.runs import RunStatus, start_run
from server.store.studies import StudyFailureCode, cancel_runs_of, tell_study_change


@dataclass(frozen=True)
class StudyClaim:
    """A worker's hold on a study."""

    organisation_id: UUID
    study_id: UUID
    epoch: int
    attempts: int
    """claims since the last step, this one included"""


@dataclass(frozen=True)
class KnownPoint:
    """A point that was asked for."""

    name: str
    run_id: UUID | None
    status: RunStatus | None
    """of its run; both None where that was deleted"""
    reading: str | None


@dataclass(frozen=True)
class StudyWork:
    """What a study asks for, and what is already there of it."""

    kind: str
    description: str
    points: list[KnownPoint]


@dataclass(frozen=True)
class NewPoint:
    """A point to simulate."""

    name: str
    label: str
    document: str
    digest: str
    experiment: dict[str, object]
    contacts: int
    """that its run reserves"""


class LostStudyError(Exception):
    """The study is no longer this worker's."""


async def claim_study(connection: Connection, lease_seconds: float) -> StudyClaim | None:
    """Through the queue door: the oldest study that nobody holds and that waits for no run, now ours."""
    row = await connection.fetchrow(
        """
        UPDATE studies SET status = 'RUNNING', epoch = epoch + 1, attempts = attempts + 1,
          sequence = sequence + 1, lease_until = now() + make_interval(secs => $1),
          started_at = coalesce(started_at, now())
        WHERE status IN ('QUEUED', 'RUNNING') AND (organisation_id, id) = (
          SELECT organisation_id, id FROM studies
          WHERE status IN ('QUEUED', 'RUNNING') AND (lease_until IS NULL OR lease_until < now())
            AND NOT EXISTS (
              SELECT FROM runs
              WHERE (runs.organisation_id, runs.study_id) = (studies.organisation_id, studies.id)
                AND runs.status IN ('QUEUED', 'RUNNING'))
          ORDER BY id LIMIT 1 FOR UPDATE SKIP LOCKED)
        RETURNING organisation_id, id, epoch, attempts
        """,
        lease_seconds,
    )
    return StudyClaim(row["organisation_id"], row["id"], row["epoch"], row["attempts"]) if row else None


async def begin_step(connection: Connection, claim: StudyClaim) -> StudyWork:
    study = await connection.fetchrow(
        "SELECT kind, description FROM studies WHERE id = $1 AND epoch = $2 AND status = 'RUNNING'",
        claim.study_id, claim.epoch,
    )  # fmt: skip
    if study is None:
        raise LostStudyError
    await tell_study_change(connection, claim.study_id)
    points = await connection.fetch(
        """
        SELECT name, run_id, status, reading
        FROM study_points LEFT JOIN runs ON (runs.organisation_id, runs.id) = (study_points.organisation_id, run_id)
        WHERE study_points.study_id = $1 ORDER BY study_points.id
        """,
        claim.study_id,
    )
    known = [
        KnownPoint(row["name"], row["run_id"], row["status"] and RunStatus(row["status"]), row["reading"])
        for row in points
    ]
    return StudyWork(study["kind"], study["description"], known)


async def renew_study(connection: Connection, claim: StudyClaim, lease_seconds: float) -> None:
    await _update(connection, claim, "lease_until = now() + make_interval(secs => $3)", lease_seconds)


async def store_reading(connection: Connection, claim: StudyClaim, name: str, reading: str) -> None:
    """What is kept of a point; its run has served, and stays for whoever wants to look at it."""
    await _update(connection, claim, "attempts = 0, sequence = sequence + 1")
    await connection.execute(
        "UPDATE study_points SET reading = $3 WHERE study_id = $1 AND name = $2", claim.study_id, name, reading
    )
    await tell_study_change(connection, claim.study_id)


async def add_points(connection: Connection, claim: StudyClaim, points: Sequence[NewPoint]) -> int:
    """Queue the runs of points, as many as may wait; how many. The study is let go of until they have ended, or of
    none may wait, for a while. Raises LimitReachedError for what waiting does not mend."""
    await hold_organisation(connection)
    await _update(connection, claim, "lease_until = NULL, attempts = 0, sequence = sequence + 1")
    study = await connection.fetchrow("SELECT scenario_id, scenario_version FROM studies WHERE id = $1", claim.study_id)
    added = 0
    for point in points:
        try:
            await reserve_run(connection, point.contacts)
        except LimitReachedError as error:
            if added or [each.limit for each in error.reached] == [LimitName.QUEUED_RUNS]:
                break
            raise
        run = await start_run(
            connection,
            scenario_id=study["scenario_id"],
            scenario_version=study["scenario_version"],
            document=point.document,
            digest=point.digest,
            experiment=point.experiment,
            reserved_contacts=point.contacts,
            study_id=claim.study_id,
        )
        await connection.execute(
            """
            INSERT INTO study_points (study_id, name, id, label, run_id) VALUES ($1, $2, $3, $4, $5)
            ON CONFLICT (organisation_id, study_id, name) DO UPDATE SET run_id = excluded.run_id
            """,
            claim.study_id, point.name, new_id(), point.label, run.id,
        )  # fmt: skip
        added += 1
    if not added:
        await _update(connection, claim, "lease_until = now() + make_interval(secs => $3)", WAIT_FOR_ROOM_SECONDS)
    await tell_study_change(connection, claim.study_id)
    return added


async def finish_study(connection: Connection, claim: StudyClaim, answer: str) -> None:
    await _update(
        connection, claim,
        "status = 'SUCCEEDED', finished_at = now(), lease_until = NULL, sequence = sequence + 1, answer = $3", answer,
    )  # fmt: skip
    await tell_study_change(connection, claim.study_id)


async def fail_study(connection: Connection, claim: StudyClaim, code: StudyFailureCode, message: str) -> None:
    await _update(
        connection, claim,
        "status = 'FAILED', finished_at = now(), lease_until = NULL, sequence = sequence + 1, "
        "failure_code = $3, failure_message = $4",
        code.value, message,
    )  # fmt: skip
    await cancel_runs_of(connection, claim.study_id)
    await tell_study_change(connection, claim.study_id)


async def release_study(connection: Connection, claim: StudyClaim) -> None:
    """Give it back at once; this claim is no attempt."""
    await _update(connection, claim, "lease_until = now(), attempts = greatest(attempts - 1, 0)")


async def let_go_of_all_studies(connection: Connection, epochs: int) -> None:
    """Through the queue door, after a restore: epochs that no worker of the time before can have; leases are over."""
    await connection.execute(
        "UPDATE studies SET epoch = epoch + $1, lease_until = now() WHERE status IN ('QUEUED', 'RUNNING')", epochs
    )


WAIT_FOR_ROOM_SECONDS = 5.0
"""Where as many runs wait as may, before a study asks again."""


async def _update(connection: Connection, claim: StudyClaim, changes: str, *arguments: object) -> None:
    done = await connection.execute(
        f"UPDATE studies SET {changes} WHERE id = $1 AND epoch = $2 AND status = 'RUNNING'",
        claim.study_id, claim.epoch, *arguments,
    )  # fmt: skip
    if done != "UPDATE 1":
        raise LostStudyError
