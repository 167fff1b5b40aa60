"""What an organisation may use and what it has used.

Whoever reserves holds the organisation's lock until its transaction ends, so that what is left is there to be taken.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from server.database.connecting import Connection


class LimitName(StrEnum):
    """What an organisation has only so much of."""

    RUNNING_RUNS = "RUNNING_RUNS"
    """Runs simulated at once; further ones wait in the queue."""
    QUEUED_RUNS = "QUEUED_RUNS"
    """Runs waiting for a worker."""
    CONTACTS_A_DAY = "CONTACTS_A_DAY"
    """Expected contacts, times replications, of the runs started on a day of UTC; not simulated ones are given back."""
    STORED_BYTES = "STORED_BYTES"
    """Bytes of the outcomes kept; full, nothing starts, but what has started is stored."""
    REQUESTS_A_MINUTE = "REQUESTS_A_MINUTE"
    """Requests and WebSocket operations, in each web process; a minute's worth may come at once."""


DEFAULTS: Mapping[LimitName, int | None] = {
    LimitName.RUNNING_RUNS: 10,
    LimitName.QUEUED_RUNS: 1_000,
    LimitName.CONTACTS_A_DAY: 100_000_000_000,
    LimitName.STORED_BYTES: 100_000_000_000,
    LimitName.REQUESTS_A_MINUTE: 6_000,
}
"""Where an operator has set nothing; none is unlimited. So many contacts take about ten hours of a core."""


@dataclass(frozen=True)
class Standing:
    """How an organisation stands with one limit."""

    limit: LimitName
    used: int
    most: int | None
    """none: unlimited"""
    frees_at: datetime | None = None
    """when all of it is free again, where that is known"""

    @property
    def left(self) -> int | None:
        return None if self.most is None else max(0, self.most - self.used)


class LimitReachedError(Exception):
    """What was asked for is over these limits."""

    def __init__(self, reached: list[Standing], needed: Mapping[LimitName, int]) -> None:
        super().__init__(", ".join(standing.limit for standing in reached))
        self.reached, self.needed = reached, needed


async def hold_organisation(connection: Connection) -> None:
    """Until the transaction ends, nobody else starts or deletes runs of its organisation."""
    await connection.execute(
        "SELECT pg_advisory_xact_lock(hashtextextended('springtide ' || current_setting('app.organisation_id'), 0))"
    )


async def limits(connection: Connection) -> dict[LimitName, int | None]:
    """All limits of the transaction's organisation."""
    rows = await connection.fetch("SELECT name, most FROM limits")
    return {**DEFAULTS, **{LimitName(row["name"]): row["most"] for row in rows if row["name"] in DEFAULTS}}


async def set_limit(connection: Connection, organisation_id: UUID, name: LimitName, most: int | None) -> None:
    """Through the administration door; no `most` is unlimited."""
    await connection.execute(
        "INSERT INTO limits (organisation_id, name, most) VALUES ($1, $2, $3) "
        "ON CONFLICT (organisation_id, name) DO UPDATE SET most = excluded.most",
        organisation_id, name, most,
    )  # fmt: skip


async def unset_limit(connection: Connection, organisation_id: UUID, name: LimitName) -> None:
    """Through the administration door: the default again."""
    await connection.execute("DELETE FROM limits WHERE organisation_id = $1 AND name = $2", organisation_id, name)


async def standings(connection: Connection) -> list[Standing]:
    """How the transaction's organisation stands with each limit but requests, which every web process counts itself."""
    most = await limits(connection)
    used = await connection.fetchrow(
        f"""
        SELECT
          (SELECT count(*) FROM runs WHERE status = 'RUNNING') AS running,
          (SELECT count(*) FROM runs WHERE status = 'QUEUED') AS queued,
          coalesce((SELECT contacts FROM contact_days WHERE day = {_TODAY}), 0) AS contacts,
          ({_TODAY} + 1)::timestamp AT TIME ZONE 'UTC' AS tomorrow,
          coalesce((SELECT bytes FROM stored_bytes), 0) AS bytes
        """
    )
    return [
        Standing(LimitName.RUNNING_RUNS, used["running"], most[LimitName.RUNNING_RUNS]),
        Standing(LimitName.QUEUED_RUNS, used["queued"], most[LimitName.QUEUED_RUNS]),
        Standing(LimitName.CONTACTS_A_DAY, used["contacts"], most[LimitName.CONTACTS_A_DAY], used["tomorrow"]),
        Standing(LimitName.STORED_BYTES, used["bytes"], most[LimitName.STORED_BYTES]),
    ]


def contacts_of(expected: float, replications: int) -> int:
    """What a run of so many expected contacts a replication reserves."""
    return math.ceil(expected * replications)


async def reserve_run(connection: Connection, contacts: int) -> None:
    """Take what one more run needs, in the transaction that queues it. Raises LimitReachedError."""
    needed = {LimitName.QUEUED_RUNS: 1, LimitName.CONTACTS_A_DAY: contacts, LimitName.STORED_BYTES: 1}
    found = await standings(connection)
    reached = [each for each in found if each.left is not None and each.left < needed.get(each.limit, 0)]
    if reached:
        raise LimitReachedError(reached, needed)
    await connection.execute(
        f"INSERT INTO contact_days (day, contacts) VALUES ({_TODAY}, $1) "
        "ON CONFLICT (organisation_id, day) DO UPDATE SET contacts = contact_days.contacts + excluded.contacts",
        contacts,
    )


async def give_back(connection: Connection, run_id: UUID) -> None:
    """What a run that has just ended did not simulate, to the day that it was taken from."""
    await connection.execute(
        """
        UPDATE contact_days SET contacts = greatest(contacts - floor(reserved * spared), 0)
        FROM (
          SELECT (created_at AT TIME ZONE 'UTC')::date AS began, reserved_contacts AS reserved,
            greatest(1 - completed::float8 / (experiment->>'replications')::float8, 0) AS spared
          FROM runs WHERE id = $1) AS run
        WHERE day = began AND reserved * spared >= 1
        """,
        run_id,
    )


_TODAY = "(now() AT TIME ZONE 'UTC')::date"
