"""The deletion of a whole organisation, in steps that can be repeated: whoever is interrupted begins again."""

from uuid import UUID

from server.database.pool import Database, act_for
from server.store import closing, retention
from server.store.invitations import invited_by
from server.store.limits import hold_organisation
from server.store.proposals import scenarios_for
from server.store.runs import cancel_run
from server.store.studies import cancel_study, some_unfinished_studies

RUNS_AT_ONCE = 5
"""A large one takes a second or more."""


async def delete_organisation(database: Database, organisation_id: UUID, deleted_by: str) -> bool:
    """Close it, cancel its runs, delete all that is its own; False where somebody else was faster."""
    async with database.administration() as connection:
        await closing.close_organisation(connection, organisation_id)
        await act_for(connection, organisation_id)
        await closing.revoke_all_tokens(connection)
    async with database.tenant(organisation_id) as connection:
        await hold_organisation(connection)  # whoever was starting a run has done so; nobody starts another
    await _end_proposals(database, organisation_id)
    await _cancel_studies(database, organisation_id)
    await _cancel_runs(database, organisation_id)
    await _delete_runs(database, organisation_id)
    async with database.administration() as connection:
        return await closing.delete_closed_organisation(connection, organisation_id, deleted_by)


async def _end_proposals(database: Database, client_id: UUID) -> None:
    """What vendors have made of the organisation's requests: their own foreign keys would take it along, but neither
    cancel what is simulated nor count what was stored."""
    async with database.tenant(client_id) as connection:
        vendors = await invited_by(connection, client_id)
    for vendor_id in vendors:
        async with database.tenant(vendor_id) as connection:
            await hold_organisation(connection)
            scenarios = await scenarios_for(connection, client_id)
        for scenario_id in scenarios:
            async with database.tenant(vendor_id) as connection:
                studies, runs = await retention.some_unfinished_of(connection, scenario_id)
                for study_id in studies:
                    await cancel_study(connection, study_id)
                for run_id in runs:
                    await cancel_run(connection, run_id)
            async with database.tenant(vendor_id) as connection:
                await retention.delete_scenario(connection, scenario_id)


async def _cancel_studies(database: Database, organisation_id: UUID) -> None:
    while True:
        async with database.tenant(organisation_id) as connection:
            unfinished = await some_unfinished_studies(connection, RUNS_AT_ONCE)
        for study_id in unfinished:
            async with database.tenant(organisation_id) as connection:
                await cancel_study(connection, study_id)
        if not unfinished:
            return


async def _cancel_runs(database: Database, organisation_id: UUID) -> None:
    while True:
        async with database.tenant(organisation_id) as connection:
            unfinished = await retention.some_unfinished(connection, RUNS_AT_ONCE)
        for run_id in unfinished:  # each in its own transaction, so that no two are held against a worker that stores
            async with database.tenant(organisation_id) as connection:
                await cancel_run(connection, run_id)
        if not unfinished:
            return


async def _delete_runs(database: Database, organisation_id: UUID) -> None:
    while True:
        async with database.tenant(organisation_id) as connection:
            if not await retention.delete_some_runs(connection, RUNS_AT_ONCE):
                return
