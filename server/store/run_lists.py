"""Lists of runs: filtered, in several orders, of an organisation or of each of some scenarios.

Points of studies are listed with their study.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from server.database.connecting import Connection
from server.store.pages import Order, Page, Place, keys_of, page
from server.store.runs import COLUMNS, RunRow, RunStatus, row_of


class RunOrder(StrEnum):
    """The order of a list of runs; those alike in it stand by when they were asked for."""

    CREATED_DESCENDING = "CREATED_DESCENDING"
    """Newest first."""
    CREATED_ASCENDING = "CREATED_ASCENDING"
    """Oldest first."""
    NAME_ASCENDING = "NAME_ASCENDING"
    """By the scenario's name, from A."""
    NAME_DESCENDING = "NAME_DESCENDING"
    """By the scenario's name, from Z."""
    FINISHED_DESCENDING = "FINISHED_DESCENDING"
    """Those that have not ended first, then the one that ended last."""
    FINISHED_ASCENDING = "FINISHED_ASCENDING"
    """The one that ended first, those that have not ended last."""


ORDERS: Mapping[RunOrder, Order] = {
    RunOrder.CREATED_DESCENDING: Order(is_descending=True),
    RunOrder.CREATED_ASCENDING: Order(is_descending=False),
    RunOrder.NAME_ASCENDING: Order(is_descending=False, key="scenario_name", kind="text"),
    RunOrder.NAME_DESCENDING: Order(is_descending=True, key="scenario_name", kind="text"),
    RunOrder.FINISHED_DESCENDING: Order(
        is_descending=True, key="finished_at", kind="timestamptz", otherwise="'infinity'"
    ),
    RunOrder.FINISHED_ASCENDING: Order(
        is_descending=False, key="finished_at", kind="timestamptz", otherwise="'infinity'"
    ),
}
NEWEST = RunOrder.CREATED_DESCENDING


@dataclass(frozen=True)
class RunFilter:
    """Which runs a list has; what is None leaves out none."""

    statuses: Sequence[RunStatus] | None = None
    scenario_id: UUID | None = None
    name: str | None = None
    """a part of the scenario's, in upper or lower case"""
    since: datetime | None = None
    until: datetime | None = None
    """asked for at or after, and before"""


async def list_runs(
    connection: Connection,
    *,
    first: int,
    after: Place | None = None,
    wanted: RunFilter = RunFilter(),
    order: RunOrder = NEWEST,
) -> Page[RunRow]:
    """Those that come after a place of the order."""
    by = ORDERS[order]
    beyond, places = by.beyond(after, 6)
    rows = await connection.fetch(
        f"""
        SELECT {COLUMNS}, {by.selected} FROM {_source(wanted, by)}
        WHERE {_wanted(wanted)} AND {beyond} ORDER BY {by.by} LIMIT $6
        """,
        *_arguments(wanted), first + 1, *places,
    )  # fmt: skip
    return page([row_of(row) for row in rows], first, keys_of(rows))


async def count_runs(connection: Connection, wanted: RunFilter = RunFilter()) -> int:
    counted = f"SELECT count(*) FROM {_source(wanted, ORDERS[NEWEST])} WHERE {_wanted(wanted)}"
    return int(await connection.fetchval(counted, *_arguments(wanted)))


async def list_runs_of(
    connection: Connection, scenario_ids: Sequence[UUID], *, first: int, after: Place | None = None
) -> dict[UUID, Page[RunRow]]:
    """Those of each of some scenarios, newest first, in one query."""
    by = ORDERS[NEWEST]
    beyond, places = by.beyond(after, 2)
    rows = await connection.fetch(
        f"""
        SELECT own.* FROM unnest($1::uuid[]) AS of (scenario), LATERAL (
          SELECT {COLUMNS}, {by.selected} FROM runs
          WHERE scenario_id = scenario AND study_id IS NULL AND {beyond} ORDER BY {by.by} LIMIT $2
        ) AS own ORDER BY own.{by.by}
        """,
        list(scenario_ids), first + 1, *places,
    )  # fmt: skip
    return {
        scenario: page([row_of(row) for row in own], first, keys_of(own))
        for scenario in scenario_ids
        for own in [[row for row in rows if row["scenario_id"] == scenario]]
    }


async def count_runs_of(connection: Connection, scenario_ids: Sequence[UUID]) -> dict[UUID, int]:
    rows = await connection.fetch(
        "SELECT scenario_id, count(*) AS runs FROM runs "
        "WHERE scenario_id = ANY($1) AND study_id IS NULL GROUP BY scenario_id",
        list(scenario_ids),
    )
    return {row["scenario_id"]: row["runs"] for row in rows}


def _source(wanted: RunFilter, order: Order) -> str:
    """Names are looked up only where they matter."""
    if wanted.name is None and order.key != "scenario_name":
        return "runs"
    return "runs JOIN (SELECT id AS named_id, name AS scenario_name FROM scenarios) AS named ON named_id = scenario_id"


def _wanted(wanted: RunFilter) -> str:
    named = "true" if wanted.name is None else "strpos(lower(scenario_name), lower($3)) > 0"
    return f"""
      study_id IS NULL AND ($1::text[] IS NULL OR status = ANY($1)) AND ($2::uuid IS NULL OR scenario_id = $2)
      AND ($3::text IS NULL OR {named})
      AND ($4::timestamptz IS NULL OR created_at >= $4) AND ($5::timestamptz IS NULL OR created_at < $5)
    """


def _arguments(wanted: RunFilter) -> tuple[object, ...]:
    statuses = None if wanted.statuses is None else list(wanted.statuses)
    return statuses, wanted.scenario_id, wanted.name, wanted.since, wanted.until
