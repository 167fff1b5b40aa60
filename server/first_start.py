"""What an empty database is given: an organisation, a token to sign in with, and something to look at."""

from server.database.connecting import Connection
from server.database.pool import Database
from server.operators import make_organisation
from server.store.audit import Actor, ActorKind, AuditAction, Subject, record
from server.store.organisations import (
    OrganisationKind,
    Role,
    any_organisation,
    create_token,
    find_organisation,
)
from server.store.runs import RunRow, find_run, start_run
from server.store.scenarios import create_scenario
from simulation.experiment import Experiment
from simulation.presets import preset_text
from simulation.scenario.reading.canonical import canonical, digest
from simulation.scenario.reading.document import load

LOCAL = "Local"
FIRST_START = Actor(ActorKind.SYSTEM, label="first start")
DEMONSTRATION = "springtide demonstration"
"""The idempotency key of its run, by which a later start finds it."""
DEMONSTRATED = 30
"""Replications: enough for intervals worth showing, few enough to wait for."""


async def ensure_local_organisation(database: Database, *, demonstration: str | None = "retail-peak") -> str | None:
    """In a database without organisations make `Local`, all or nothing, with a run of the preset `demonstration`.

    The token of its administrator, or None where there was an organisation already.
    """
    async with database.administration() as connection:
        if await any_organisation(connection):
            return None
        await make_organisation(connection, LOCAL, OrganisationKind.CLIENT, FIRST_START)
        token, row = await create_token(connection, role=Role.ADMIN, label="first start")
        await record(connection, FIRST_START, AuditAction.CREATE_TOKEN, Subject("Token", row.id), role=Role.ADMIN)
        if demonstration is not None:
            await _demonstrate(connection, demonstration)
        return token


async def find_demonstration(database: Database) -> RunRow | None:
    """The run that the first start began; None where there was none."""
    async with database.administration() as connection:
        local = await find_organisation(connection, LOCAL)
    if local is None:
        return None
    async with database.tenant(local.id) as connection:
        return await find_run(connection, DEMONSTRATION)


async def _demonstrate(connection: Connection, preset: str) -> None:
    text = preset_text(preset)
    scenario = load(text, file=preset)
    document, key = canonical(scenario), digest(scenario)
    row = await create_scenario(connection, name=scenario.name, document=document, source=text, digest=key)
    experiment = Experiment(replications=DEMONSTRATED).model_dump(mode="json")
    await start_run(
        connection,
        scenario_id=row.id,
        scenario_version=row.version,
        document=document,
        digest=key,
        experiment=experiment,
        idempotency_key=DEMONSTRATION,
    )
