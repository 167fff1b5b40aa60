"""What a worker writes about the run it has claimed.

A claim gives a run to one worker: an epoch, and a lease that the worker renews. Every write names the epoch; one that
changes no row raises `LostRunError`: the run was cancelled, or has passed to another worker.

Engines of several versions may work side by side. What one has stored of a run is of no use to another, so a run that
was begun waits a while for a worker of its own engine; then another begins it anew, that it may not wait for ever.
"""

import asyncio
import json
from dataclasses import dataclass
from uuid import UUID

from server.database.connecting import Connection
from server.store.limits import give_back
from server.store.runs import FailureCode, notify_queued, tell_change
from server.store.turns import end_turn, has_room, hold_turn, organisations_in_turn

CLAIM_ATTEMPTS = 5
CLAIM_PAUSE_SECONDS = 0.02
"""Where other workers claim of the same organisation at this moment, each in turn."""

OTHER_ENGINE_SECONDS = 60.0
"""How long a run that was begun, and that nobody holds, is left to workers of the engine that began it."""

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
    begun_by: str | None = None
    """another engine, whose shards were thrown away"""

    @property
    def may_stop_early(self) -> bool:
        return json.loads(self.experiment).get("precision") is not None


class LostRunError(Exception):
    """The run is no longer this worker's."""


async def claim_run(connection: Connection, lease_seconds: float, engine_version: str) -> Claim | None:
    """Through the queue door: a run that nobody holds and this engine may carry on, now ours; of the organisation
    whose turn it is, the oldest."""
    for attempt in range(1, CLAIM_ATTEMPTS + 1):
        others_claim = False
        for organisation_id in await organisations_in_turn(connection):
            if not await hold_turn(connection, organisation_id):
                others_claim = True
                continue
            if claim := await _claim_of(connection, organisation_id, lease_seconds, engine_version):
                await end_turn(connection, organisation_id)
                await tell_change(connection, claim.run_id)
                return claim
        if not others_claim or attempt == CLAIM_ATTEMPTS:
            break
        await asyncio.sleep(CLAIM_PAUSE_SECONDS)
    return None


async def _claim_of(
    connection: Connection, organisation_id: UUID, lease_seconds: float, engine_version: str
) -> Claim | None:
    """An organisation that is at its limit of running runs gets none but those that were running already."""
    has_one_more = await has_room(connection, organisation_id)
    row = await connection.fetchrow(
        """
        UPDATE runs SET
          status = 'RUNNING', epoch = epoch + 1, attempts = attempts + 1, sequence = sequence + 1,
          lease_until = now() + make_interval(secs => $1), started_at = coalesce(started_at, now())
        WHERE status IN ('QUEUED', 'RUNNING') AND (organisation_id, id) = (
          SELECT organisation_id, id FROM runs
          WHERE status IN ('QUEUED', 'RUNNING') AND (lease_until IS NULL OR lease_until < now())
            AND organisation_id = $2 AND (status = 'RUNNING' OR $3)
            AND (completed = 0 OR engine_version = $4
                 OR coalesce(lease_until, started_at) < now() - make_interval(secs => $5))
          ORDER BY id LIMIT 1 FOR UPDATE SKIP LOCKED)
        RETURNING organisation_id, id, epoch, attempts
        """,
        lease_seconds, organisation_id, has_one_more, engine_version, OTHER_ENGINE_SECONDS,
    )  # fmt: skip
    return Claim(row["organisation_id"], row["id"], row["epoch"], row["attempts"]) if row else None


async def begin_run(connection: Connection, claim: Claim, engine_version: str) -> Work:
    """What there is to do; the stored shards of another engine are thrown away."""
    run = await connection.fetchrow(
        """
        SELECT document, experiment, engine_version, completed FROM runs
        WHERE id = $1 AND epoch = $2 AND status = 'RUNNING' FOR UPDATE
        """,
        claim.run_id, claim.epoch,
    )  # fmt: skip
    if run is None:
        raise LostRunError
    if run["engine_version"] != engine_version:
        await connection.execute("DELETE FROM shards WHERE run_id = $1", claim.run_id)
        await _update(connection, claim, "engine_version = $3, completed = 0, sequence = sequence + 1", engine_version)
        await tell_change(connection, claim.run_id)
    shards = await connection.fetch("SELECT number, content FROM shards WHERE run_id = $1", claim.run_id)
    return Work(
        run["document"],
        run["experiment"],
        {shard["number"]: shard["content"] for shard in shards},
        run["engine_version"] if run["completed"] and run["engine_version"] != engine_version else None,
    )


async def renew_lease(connection: Connection, claim: Claim, lease_seconds: float) -> None:
    await _update(connection, claim, "lease_until = now() + make_interval(secs => $3)", lease_seconds)


async def has_finished(connection: Connection, claim: Claim) -> bool:
    """Whether this very claim has stored the run's outcomes."""
    return bool(
        await connection.fetchval(
            "SELECT status = 'SUCCEEDED' FROM runs WHERE id = $1 AND epoch = $2", claim.run_id, claim.epoch
        )
    )


async def release_run(connection: Connection, claim: Claim, counts: bool = False) -> None:
    """Give a run back at once; what is stored of it stays, and this claim is no attempt unless it `counts` as one."""
    await _update(
        connection, claim,
        "status = 'QUEUED', lease_until = now(), attempts = greatest(attempts - $3, 0), sequence = sequence + 1",
        0 if counts else 1,
    )  # fmt: skip
    await tell_change(connection, claim.run_id)
    await notify_queued(connection, claim.run_id)


async def store_shard(connection: Connection, claim: Claim, number: int, replications: int, content: bytes) -> None:
    """Keep a finished shard; storing it again changes nothing. Subscribers hear of it by `tell_progress`."""
    await _update(connection, claim, "attempts = 0")  # first, as it locks out another epoch
    await connection.execute(
        "INSERT INTO shards (run_id, number, replications, content) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING",
        claim.run_id, number, replications, content,
    )  # fmt: skip
    await _update(
        connection, claim,
        "completed = (SELECT sum(shards.replications) FROM shards WHERE shards.run_id = runs.id)",
    )  # fmt: skip


async def tell_progress(connection: Connection, claim: Claim, figures: str | None) -> None:
    """How far the run has come by now, with the figures so far as JSON."""
    await _update(connection, claim, "sequence = sequence + 1")
    await tell_change(connection, claim.run_id, figures)


async def finish_run(connection: Connection, claim: Claim, replications: int) -> None:
    """To be called in the transaction that stores the outcomes; the shards have served."""
    await _update(
        connection, claim,
        "status = 'SUCCEEDED', finished_at = now(), lease_until = NULL, sequence = sequence + 1, "
        "completed = $3, total = $3",
        replications,
    )  # fmt: skip
    await give_back(connection, claim.run_id)
    await connection.execute("DELETE FROM shards WHERE run_id = $1", claim.run_id)
    await tell_change(connection, claim.run_id)


async def fail_run(connection: Connection, claim: Claim, code: FailureCode, message: str) -> None:
    await _update(
        connection, claim,
        "status = 'FAILED', finished_at = now(), lease_until = NULL, sequence = sequence + 1, "
        "failure_code = $3, failure_message = $4",
        code.value, message,
    )  # fmt: skip
    await give_back(connection, claim.run_id)
    await connection.execute("DELETE FROM shards WHERE run_id = $1", claim.run_id)
    await tell_change(connection, claim.run_id)


async def let_go_of_all(connection: Connection) -> None:
    """Through the queue door, after a restore: epochs that no worker of the time before can have; leases are over."""
    await connection.execute(
        "UPDATE runs SET epoch = epoch + $1, lease_until = now() WHERE status IN ('QUEUED', 'RUNNING')",
        EPOCHS_OF_A_LIFE,
    )


async def _update(connection: Connection, claim: Claim, changes: str, *arguments: object) -> None:
    done = await connection.execute(
        f"UPDATE runs SET {changes} WHERE id = $1 AND epoch = $2 AND status = 'RUNNING'",
        claim.run_id, claim.epoch, *arguments,
    )  # fmt: skip
    if done != "UPDATE 1":
        raise LostRunError
