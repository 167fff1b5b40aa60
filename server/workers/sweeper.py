"""Sweeps what was kept for long enough: runs after their organisation's retention, audit entries, files not imported.

Every worker sweeps now and then, in small batches, each a transaction of its own under one lock: two never delete at
once, and one that is killed leaves the rest to whoever comes next.
"""

import asyncio
import logging
from uuid import UUID

import asyncpg

from server.database.connecting import LOST
from server.database.pool import Database
from server.store import audit, retention, uploads
from server.store.audit import Actor, ActorKind, AuditAction, OrganisationClosedError
from server.store.studies import sweep_studies

SWEEP_SECONDS = 60.0
RUNS_AT_ONCE = 5
"""A large one takes a second or more."""
STUDIES_AT_ONCE = 1
ENTRIES_AT_ONCE = 1000
UPLOADS_AT_ONCE = 5
SWEEPER = Actor(ActorKind.SYSTEM, label="retention")

log = logging.getLogger(__name__)


async def keep_sweeping(database: Database) -> None:
    """For as long as the worker lives; a database that is gone is asked again later."""
    while True:
        try:
            await sweep(database)
        except (*LOST, asyncpg.PostgresError) as error:
            log.warning("not swept: %s", error)
        await asyncio.sleep(SWEEP_SECONDS)


async def sweep(database: Database) -> None:
    async with database.queue() as connection:
        organisations = await retention.organisations_with_retention(connection)
    for organisation_id in organisations:
        while await _sweep_runs(database, organisation_id):
            pass
        while await _sweep_studies(database, organisation_id):
            pass
    while await _sweep_entries(database):
        pass
    while await _sweep_uploads(database):
        pass


async def _sweep_runs(database: Database, organisation_id: UUID) -> int:
    """How many went, in one transaction; 0 too where another worker sweeps."""
    try:
        async with database.tenant(organisation_id) as connection:
            if not await retention.may_sweep(connection):
                return 0
            gone = await retention.sweep_runs(connection, RUNS_AT_ONCE)
            if gone:
                await audit.record(connection, SWEEPER, AuditAction.EXPIRE_RUNS, runs=gone)
    except OrganisationClosedError:
        return 0  # whoever deletes it takes these along
    if gone:
        log.info("organisation %s: %d runs deleted by its retention", organisation_id, len(gone))
    return len(gone)


async def _sweep_studies(database: Database, organisation_id: UUID) -> int:
    """How many went, in one transaction; their runs ended before them and are mostly gone."""
    try:
        async with database.tenant(organisation_id) as connection:
            if not await retention.may_sweep(connection):
                return 0
            gone = await sweep_studies(connection, STUDIES_AT_ONCE)
            if gone:
                await audit.record(connection, SWEEPER, AuditAction.EXPIRE_STUDIES, studies=gone)
    except OrganisationClosedError:
        return 0
    if gone:
        log.info("organisation %s: %d studies deleted by its retention", organisation_id, len(gone))
    return len(gone)


async def _sweep_entries(database: Database) -> int:
    async with database.queue() as connection:
        return await audit.sweep_entries(connection, ENTRIES_AT_ONCE) if await retention.may_sweep(connection) else 0


async def _sweep_uploads(database: Database) -> int:
    async with database.queue() as connection:
        may = await retention.may_sweep(connection)
        return await uploads.sweep_uploads(connection, UPLOADS_AT_ONCE) if may else 0
