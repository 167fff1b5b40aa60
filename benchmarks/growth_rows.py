"""A database as it is after years: many organisations, a million runs, some outcomes. Only ever a scratch one."""

from uuid import UUID

import asyncpg

from server.store.outcomes import Packed

BIG_SHARE = 10
"""One run in so many is the largest organisation's."""
QUEUED, RUNNING = 10_000, 200
SCENARIOS_EACH = 5

# as the cluster's superuser and without triggers: what is measured is what stands there, not how it got there
_FILL = f"""
SET session_replication_role = replica;
SET search_path TO springtide;
INSERT INTO organisations (id, name, kind)
  SELECT uuidv7(), 'organisation ' || n, 'CLIENT' FROM generate_series(1, {{organisations}}) n;
CREATE TEMP TABLE owners AS SELECT id, row_number() OVER (ORDER BY id) - 1 AS place FROM organisations;
INSERT INTO scenarios (organisation_id, id, name, document, source, digest)
  SELECT owners.id, uuidv7(), 'scenario', {{document}}, 'name: scenario', md5(owners.id::text)
  FROM owners, generate_series(1, {SCENARIOS_EACH});
CREATE TEMP TABLE firsts AS
  SELECT DISTINCT ON (organisation_id) organisation_id, scenarios.id, place
  FROM scenarios JOIN owners ON owners.id = organisation_id ORDER BY organisation_id, scenarios.id;
CREATE UNIQUE INDEX ON firsts (place);
INSERT INTO runs (organisation_id, id, scenario_id, document, digest, experiment, engine_version, status, completed,
                  total, sequence, epoch, lease_until, created_at, started_at, finished_at)
  SELECT firsts.organisation_id, uuidv7(), firsts.id, {{document}}, md5(n::text),
    '{{{{"replications": 100, "seed": 1}}}}', '0.1.0', status, 100, 100, 9, 1,
    CASE WHEN status = 'RUNNING' THEN now() + interval '1 day' END,
    created_at, created_at, CASE WHEN status = 'SUCCEEDED' THEN created_at + interval '1 minute' END
  FROM (
    SELECT n, now() - ({{runs}} - n) * interval '30 seconds' AS created_at,
      CASE WHEN n % {BIG_SHARE} = 0 THEN 0 ELSE n % {{organisations}} END AS place,
      CASE WHEN n > {{runs}} - {QUEUED} THEN 'QUEUED' WHEN n > {{runs}} - {QUEUED + RUNNING} THEN 'RUNNING'
        ELSE 'SUCCEEDED' END AS status
    FROM generate_series(1, {{runs}}) n) AS planned
  JOIN firsts USING (place);
SET session_replication_role = origin;
"""
_DOCUMENT = "(SELECT json_build_object('text', string_agg(md5(k::text), '')) FROM generate_series(1, 20) k)"


async def fill(superuser: str, organisations: int, runs: int) -> None:
    connection = await asyncpg.connect(superuser)
    try:
        await connection.execute(_FILL.format(organisations=organisations, runs=runs, document=_DOCUMENT), timeout=3600)
        await connection.execute("VACUUM ANALYZE", timeout=3600)
    finally:
        await connection.close()


async def keep_outcomes(superuser: str, packed: Packed, runs: int) -> list[tuple[UUID, UUID]]:
    """What came of some runs of the largest organisation; (organisation, run)."""
    connection = await asyncpg.connect(superuser)
    try:
        await connection.execute("SET search_path TO springtide")
        found = await connection.fetch(
            """
            SELECT organisation_id, id FROM runs WHERE status = 'SUCCEEDED' AND organisation_id =
              (SELECT min(id::text)::uuid FROM organisations) ORDER BY id LIMIT $1
            """,
            runs,
        )
        for organisation, run in found:
            await _keep(connection, organisation, run, packed)
        await connection.execute("ANALYZE")
        return [(row["organisation_id"], row["id"]) for row in found]
    finally:
        await connection.close()


async def _keep(connection: asyncpg.Connection, organisation: UUID, run: UUID, packed: Packed) -> None:
    of = (organisation, run)
    await connection.execute(
        "INSERT INTO outcomes (organisation_id, run_id, summary) VALUES ($1, $2, $3)", *of, packed.head
    )
    await connection.execute(
        """
        INSERT INTO outcome_columns (organisation_id, run_id, kind, entity, resolution, measure, statistic, figures)
        SELECT $1, $2, * FROM unnest($3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::bytea[])
        """,
        *of, *zip(*packed.columns, strict=True),
    )  # fmt: skip
    await connection.execute(
        "INSERT INTO kept_counters (organisation_id, run_id, content) VALUES ($1, $2, $3)", *of, packed.counters
    )
