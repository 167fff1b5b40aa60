"""What became of a run, change by change: each has a sequence, 1, 2, 3 and so on, and is kept as long as the run."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from server.database.connecting import Connection
from server.store.runs import RunRow, RunStatus, get_run

AT_ONCE = 100
"""Changes read by one statement: a run may have thousands, and a reader been away for long."""


async def read_changes(connection: Connection, run_id: UUID, seen: int | None) -> list[RunRow] | None:
    """A run as it was after each of the changes that follow the one seen, the first of them at least; to whoever has
    seen none, after the last. None: there is no such run.

    What older programs have changed, who keep no changes, is told as the run is.
    """
    changes = await (_last_change(connection, run_id) if seen is None else _changes_after(connection, run_id, seen))
    run = await get_run(connection, run_id)  # later than the changes, so that it knows how they ended
    if run is None:
        return None
    told = [as_it_was(run, change) for change in changes if change["sequence"] is not None]
    return told or [run] * (seen is None or any(change["last"] > seen for change in changes))


async def _last_change(connection: Connection, run_id: UUID) -> list[dict[str, Any]]:
    """The run's own row may be further: shards are counted there as they are stored, and told together."""
    rows: list[dict[str, Any]] = await connection.fetch(
        """
        SELECT sequence, status, engine_version, completed, started_at FROM run_changes
        WHERE run_id = $1 ORDER BY sequence DESC LIMIT 1
        """,
        run_id,
    )
    return rows


async def _changes_after(connection: Connection, run_id: UUID, seen: int) -> list[dict[str, Any]]:
    """With the run's last sequence at that moment; a row without a change where there is none."""
    rows: list[dict[str, Any]] = await connection.fetch(
        f"""
        SELECT runs.sequence AS last, told.* FROM runs LEFT JOIN LATERAL (
          SELECT sequence, status, engine_version, completed, started_at FROM run_changes
          WHERE run_id = runs.id AND sequence > $2 ORDER BY sequence LIMIT {AT_ONCE}) AS told ON true
        WHERE runs.id = $1 ORDER BY told.sequence
        """,
        run_id, seen,
    )  # fmt: skip
    return rows


def as_it_was(run: RunRow, change: dict[str, Any]) -> RunRow:
    """After one of its changes. What only the last change sets is the run's own."""
    status = RunStatus(change["status"])
    was: dict[str, Any] = {name: change[name] for name in ("sequence", "engine_version", "completed", "started_at")}
    if not status.finished:
        was |= {"finished_at": None, "failure_code": None, "failure_message": None}
    if status is not RunStatus.SUCCEEDED:
        was["total"] = run.experiment["replications"]
    return run._replace(status=status, **was)


async def get_figures(connection: Connection, changes: Sequence[tuple[UUID, int]]) -> dict[tuple[UUID, int], str]:
    """The figures so far, as JSON, that were told with some changes, each by run and sequence; many at once."""
    rows = await connection.fetch(
        """
        SELECT run_id, sequence, figures FROM run_changes
        JOIN unnest($1::uuid[], $2::int[]) AS wanted (run_id, sequence) USING (run_id, sequence)
        WHERE figures IS NOT NULL
        """,
        [run_id for run_id, _ in changes], [sequence for _, sequence in changes],
    )  # fmt: skip
    return {(row["run_id"], row["sequence"]): row["figures"] for row in rows}
