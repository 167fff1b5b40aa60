"""What a worker writes about the run it has claimed.

A claim gives a run to one worker: an epoch, and a lease that the worker renews. Every write names the epoch; one that
changes no row raises `LostRunError`: the run was cancelled, or has passed to another worker.
"""

import json
from dataclasses import dataclass
from uuid import UUID

from server.database.connecting import Connection
from server.store.runs import FailureCode, notify_changed, notify_queued

EPOCHS_OF_A_LIFE = 1_000_000
"""More than a database that was lost after its last backup can have counted further."""


@dataclass(frozen=True)
class Claim:
    """A worker's hold on a run."""

    organisation_id: UUID
    run_id: UUID
    epoch: int
    attempts: int
    """claims since the last stored shard, this one included"""


@dataclass(frozen=True)
class Work:
    """What a claimed run asks for, and what is already there of it."""

    document: str
    """canonical JSON of the scenario as it was when the run was started"""
    experiment: str
    """JSON"""
    stored: dict[int, bytes]
    """the finished shards, by number"""

    @property
    def may_stop_early(self) -> bool:
        return json.loads(self.experiment).get("precision") is not None


class LostRunError(Exception):
    """The run is no longer this worker's."""


async def claim_run(connection: Connection, lease_seconds: float) -> Claim | None:
    """Through the queue door: the oldest run that nobody holds, now ours."""
    row = await connection.fetchrow(
        """
        UPDATE runs SET
          status = 'RUNNING', epoch = epoch + 1, attempts = attempts + 1, sequence = sequence + 1,
          lease_until = now() + make_interval(secs => $1), started_at = coalesce(started_at, now())
        WHERE status IN ('QUEUED', 'RUNNING') AND (organisation_id, id) = (
          SELECT organisation_id, id FROM runs
          WHERE status IN ('QUEUED', 'RUNNING') AND (lease_until IS NULL OR lease_until < now())
          ORDER BY id LIMIT 1 FOR UPDATE SKIP LOCKED)
        RETURNING organisation_id, id, epoch, attempts
        """,
        lease_seconds,
    )
    if row is None:
        return None
    await notify_changed(connection, row["id"])
    return Claim(row["organisation_id"], row["id"], row["epoch"], row["attempts"])


async def begin_run(connection: Connection, claim: Claim, engine_version: str) -> Work:
    """What there is to do; the stored shards of another engine are thrown away."""
    run = await connection.fetchrow(
        """
        SELECT document, experiment, engine_version FROM runs
        WHERE id = $1 AND epoch = $2 AND status = 'RUNNING' FOR UPDATE
        """,
        claim.run_id, claim.epoch,
    )  # fmt: skip
    if run is None:
        raise LostRunError
    if run["engine_version"] != engine_version:
        await connection.execute("DELETE FROM shards WHERE run_id = $1", claim.run_id)
        await connection.execute(
            "UPDATE runs SET engine_version = $2, completed = 0 WHERE id = $1", claim.run_id, engine_version
        )
    shards = await connection.fetch("SELECT number, content FROM shards WHERE run_id = $1", claim.run_id)
    return Work(run["document"], run["experiment"], {shard["number"]: shard["content"] for shard in shards})


async def renew_lease(connection: Connection, claim: Claim, lease_seconds: float) -> None:
    await _update(connection, claim, "lease_until = now() + make_interval(secs => $3)", lease_seconds)


async def has_finished(connection: Connection, claim: Claim) -> bool:
    """Whether this very claim has stored the run's outcomes."""
    return bool(
        await connection.fetchval(
            "SELECT status = 'SUCCEEDED' FROM runs WHERE id = $1 AND epoch = $2", claim.run_id, claim.epoch
        )
    )


async def release_run(connection: Connection, claim: Claim) -> None:
    """Give a run back at once; what is stored of it stays, and this claim does not count as an attempt."""
    await _update(
        connection, claim,
        "status = 'QUEUED', lease_until = NULL, attempts = greatest(attempts - 1, 0), sequence = sequence + 1",
    )  # fmt: skip
    await notify_changed(connection, claim.run_id)
    await notify_queued(connection, claim.run_id)


async def store_shard(connection: Connection, claim: Claim, number: int, replications: int, content: bytes) -> None:
    """Keep a finished shard; storing it again changes nothing."""
    await _update(connection, claim, "attempts = 0, sequence = sequence + 1")  # first, as it locks out another epoch
    await connection.execute(
        "INSERT INTO shards (run_id, number, replications, content) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING",
        claim.run_id, number, replications, content,
    )  # fmt: skip
    await _update(
        connection, claim,
        "completed = (SELECT sum(shards.replications) FROM shards WHERE shards.run_id = runs.id)",
    )  # fmt: skip
    await notify_changed(connection, claim.run_id)


async def finish_run(connection: Connection, claim: Claim, replications: int) -> None:
    """To be called in the transaction that stores the outcomes; the shards have served."""
    await _update(
        connection, claim,
        "status = 'SUCCEEDED', finished_at = now(), lease_until = NULL, sequence = sequence + 1, "
        "completed = $3, total = $3",
        replications,
    )  # fmt: skip
    await connection.execute("DELETE FROM shards WHERE run_id = $1", claim.run_id)
    await notify_changed(connection, claim.run_id)


async def fail_run(connection: Connection, claim: Claim, code: FailureCode, message: str) -> None:
    await _update(
        connection, claim,
        "status = 'FAILED', finished_at = now(), lease_until = NULL, sequence = sequence + 1, "
        "failure_code = $3, failure_message = $4",
        code.value, message,
    )  # fmt: skip
    await connection.execute("DELETE FROM shards WHERE run_id = $1", claim.run_id)
    await notify_changed(connection, claim.run_id)


async def let_go_of_all(connection: Connection) -> None:
    """Through the queue door, after a restore: epochs that no worker of the time before can have, and no lease."""
    await connection.execute(
        "UPDATE runs SET epoch = epoch + $1, lease_until = NULL WHERE status IN ('QUEUED', 'RUNNING')",
        EPOCHS_OF_A_LIFE,
    )


async def _update(connection: Connection, claim: Claim, changes: str, *arguments: object) -> None:
    done = await connection.execute(
        f"UPDATE runs SET {changes} WHERE id = $1 AND epoch = $2 AND status = 'RUNNING'",
        claim.run_id, claim.epoch, *arguments,
    )  # fmt: skip
    if done != "UPDATE 1":
        raise LostRunError
