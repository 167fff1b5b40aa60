"""The end of what is kept: runs and scenarios that somebody deletes, and runs that were kept for long enough.

With a run go its shards, outcomes, columns and counters, by their foreign keys; what was done to it stays in the audit
log.
"""

from dataclasses import dataclass
from uuid import UUID

from server.database.connecting import Connection
from server.store.outcomes import delete_outcomes
from server.store.runs import RunRow, get_run

MOST_RUNS_AT_ONCE = 1_000
MOST_BYTES_AT_ONCE = 1_000_000_000
"""Of runs deleted with their scenario, in one transaction: about 20 s of work."""
SWEEPING = 0x5350_5357_4550
"""The advisory lock under which one worker sweeps."""


@dataclass(frozen=True)
class RunsOf:
    """The runs of a scenario."""

    count: int
    unfinished: int
    bytes: int
    """of their outcomes"""


async def delete_run(connection: Connection, run_id: UUID) -> RunRow | None:
    """A run that has ended is deleted; the run as it was, None where there is none of this id."""
    run = await get_run(connection, run_id)
    if run is None or not run.status.finished:
        return run
    return run if await _delete(connection, [run_id]) else None


async def runs_of(connection: Connection, scenario_id: UUID) -> RunsOf:
    row = await connection.fetchrow(
        "SELECT count(*) AS count, count(*) FILTER (WHERE finished_at IS NULL) AS unfinished, "
        "coalesce(sum(bytes), 0)::bigint AS bytes "
        "FROM runs LEFT JOIN outcomes ON outcomes.run_id = runs.id WHERE scenario_id = $1",
        scenario_id,
    )
    return RunsOf(**row)


async def delete_scenario(connection: Connection, scenario_id: UUID) -> None:
    """With its runs; scenarios made from it stay, without a base."""
    runs = await connection.fetch("SELECT id FROM runs WHERE scenario_id = $1", scenario_id)
    await _delete(connection, [run["id"] for run in runs])
    await connection.execute("DELETE FROM scenarios WHERE id = $1", scenario_id)


async def get_retention(connection: Connection) -> int | None:
    """For how many days the transaction's organisation keeps finished runs; none: until somebody deletes them."""
    days: int | None = await connection.fetchval("SELECT retention_days FROM organisations")
    return days


async def set_retention(connection: Connection, days: int | None) -> None:
    await connection.execute("UPDATE organisations SET retention_days = $1", days)


async def organisations_with_retention(connection: Connection) -> list[UUID]:
    """Through the queue door."""
    return [
        row["id"] for row in await connection.fetch("SELECT id FROM organisations WHERE retention_days IS NOT NULL")
    ]


async def may_sweep(connection: Connection) -> bool:
    """Whether nobody else sweeps; until the transaction ends, nobody else does."""
    return bool(await connection.fetchval("SELECT pg_try_advisory_xact_lock($1)", SWEEPING))


async def sweep_runs(connection: Connection, most: int) -> list[UUID]:
    """Delete the runs of the transaction's organisation that ended longest before its retention; which they were."""
    rows = await connection.fetch(
        """
        SELECT id FROM runs
        WHERE finished_at < now() - make_interval(days => (SELECT retention_days FROM organisations))
        ORDER BY finished_at LIMIT $1
        """,
        most,
    )
    return await _delete(connection, [row["id"] for row in rows])


async def delete_some_runs(connection: Connection, most: int) -> int:
    """Of an organisation that is being deleted, some that have ended; how many."""
    rows = await connection.fetch("SELECT id FROM runs WHERE finished_at IS NOT NULL LIMIT $1", most)
    await _delete(connection, [row["id"] for row in rows])
    return len(rows)


async def some_unfinished(connection: Connection, most: int) -> list[UUID]:
    rows = await connection.fetch("SELECT id FROM runs WHERE status IN ('QUEUED', 'RUNNING') LIMIT $1", most)
    return [row["id"] for row in rows]


async def some_unfinished_of(connection: Connection, scenario_id: UUID) -> tuple[list[UUID], list[UUID]]:
    """Studies and runs of a scenario that have not ended."""
    studies = await connection.fetch(
        "SELECT id FROM studies WHERE scenario_id = $1 AND status IN ('QUEUED', 'RUNNING')", scenario_id
    )
    runs = await connection.fetch(
        "SELECT id FROM runs WHERE scenario_id = $1 AND study_id IS NULL AND status IN ('QUEUED', 'RUNNING')",
        scenario_id,
    )
    return [row["id"] for row in studies], [row["id"] for row in runs]


async def _delete(connection: Connection, run_ids: list[UUID]) -> list[UUID]:
    """Which of them were there to be deleted."""
    await delete_outcomes(connection, run_ids)
    return [row["id"] for row in await connection.fetch("DELETE FROM runs WHERE id = ANY($1) RETURNING id", run_ids)]
