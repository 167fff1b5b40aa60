"""The end of what is kept: runs and scenarios that somebody deletes, and runs that were kept for long enough.

With a run go its shards, outcomes, columns and counters, by their foreign keys; what was done to it stays in the audit
log.
"""

from uuid import UUID

from server.database.connecting import Connection
from server.store.runs import RunRow, get_run

MOST_RUNS_AT_ONCE = 100
"""Deleted with their scenario, in one transaction."""
SWEEPING = 0x5350_5357_4550
"""The advisory lock under which one worker sweeps."""


async def delete_run(connection: Connection, run_id: UUID) -> RunRow | None:
    """A run that has ended is deleted; the run as it was, None where there is none of this id."""
    run = await get_run(connection, run_id)
    if run and run.status.finished:
        await connection.execute("DELETE FROM runs WHERE id = $1", run_id)
    return run


async def runs_of(connection: Connection, scenario_id: UUID) -> tuple[int, int]:
    """How many runs a scenario has, and how many of them have not ended."""
    row = await connection.fetchrow(
        "SELECT count(*) AS all, count(*) FILTER (WHERE finished_at IS NULL) AS unfinished FROM runs "
        "WHERE scenario_id = $1",
        scenario_id,
    )
    return row["all"], row["unfinished"]


async def delete_scenario(connection: Connection, scenario_id: UUID) -> None:
    """With its runs; scenarios made from it stay, without a base."""
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
        DELETE FROM runs WHERE id = ANY(ARRAY(
          SELECT id FROM runs
          WHERE finished_at < now() - make_interval(days => (SELECT retention_days FROM organisations))
          ORDER BY finished_at LIMIT $1))
        RETURNING id
        """,
        most,
    )
    return [row["id"] for row in rows]


async def delete_some_runs(connection: Connection, most: int) -> int:
    """Of an organisation that is being deleted, those that have ended; how many."""
    done = await connection.execute(
        "DELETE FROM runs WHERE id = ANY(ARRAY(SELECT id FROM runs WHERE finished_at IS NOT NULL LIMIT $1))", most
    )
    return int(done.removeprefix("DELETE "))


async def some_unfinished(connection: Connection, most: int) -> list[UUID]:
    rows = await connection.fetch("SELECT id FROM runs WHERE status IN ('QUEUED', 'RUNNING') LIMIT $1", most)
    return [row["id"] for row in rows]
