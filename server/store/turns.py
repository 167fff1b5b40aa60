"""Whose turn it is at the queue: organisations one after another, so that nobody waits behind another's thousand runs.

All of it through the queue door.
"""

from uuid import UUID

from server.database.connecting import Connection
from server.store.limits import DEFAULTS, LimitName


async def organisations_in_turn(connection: Connection) -> list[UUID]:
    """Those of which a run may be claimed: the one first of which the last claim was longest ago."""
    # from organisation to organisation by the index, however many runs of one are queued
    rows = await connection.fetch(
        f"""
        WITH RECURSIVE waiting AS (
          (SELECT organisation_id FROM runs WHERE status = 'QUEUED' ORDER BY organisation_id LIMIT 1)
          UNION ALL
          SELECT (SELECT organisation_id FROM runs
                  WHERE status = 'QUEUED' AND organisation_id > waiting.organisation_id
                  ORDER BY organisation_id LIMIT 1)
          FROM waiting WHERE organisation_id IS NOT NULL)
        SELECT id FROM organisations
        WHERE id IN (SELECT organisation_id FROM waiting WHERE {_ROOM.format(organisation="waiting.organisation_id")})
          OR id IN (SELECT organisation_id FROM runs
                    WHERE status = 'RUNNING' AND (lease_until IS NULL OR lease_until < now()))
        ORDER BY turn_at
        """,
        DEFAULTS[LimitName.RUNNING_RUNS],
    )
    return [row["id"] for row in rows]


async def hold_turn(connection: Connection, organisation_id: UUID) -> bool:
    """Until the transaction ends, nobody else claims of this organisation; False where somebody is about to."""
    found = await connection.fetchval(
        "SELECT id FROM organisations WHERE id = $1 FOR NO KEY UPDATE SKIP LOCKED", organisation_id
    )
    return found is not None


async def has_room(connection: Connection, organisation_id: UUID) -> bool:
    """Whether one more run of an organisation may be simulated at once; it stays true while its turn is held."""
    room = _ROOM.format(organisation="$2::uuid")
    return bool(await connection.fetchval(f"SELECT {room}", DEFAULTS[LimitName.RUNNING_RUNS], organisation_id))


async def end_turn(connection: Connection, organisation_id: UUID) -> None:
    await connection.execute("UPDATE organisations SET turn_at = clock_timestamp() WHERE id = $1", organisation_id)


_RUNNING = "limits.name = 'RUNNING_RUNS' AND limits.organisation_id = {organisation}"
# a limit without `most` is none, and so is a default of null
_ROOM = f"""
(SELECT count(*) FROM runs WHERE status = 'RUNNING' AND runs.organisation_id = {{organisation}})
  < coalesce(CASE WHEN EXISTS (SELECT FROM limits WHERE {_RUNNING})
                  THEN (SELECT most FROM limits WHERE {_RUNNING})
                  ELSE $1::bigint END, 9223372036854775807)
"""
