"""What the command line does to a database: its schema and its tokens."""

import asyncio
from pathlib import Path

from server.database import backup
from server.database.backup import BackupError
from server.database.cluster import SUPERUSER
from server.database.migrate import migrate
from server.database.opening import database_url, open_database
from server.database.pool import Database, act_for
from server.settings import Settings
from server.store import organisations
from server.store.claims import let_go_of_all
from server.store.organisations import OrganisationKind, Role
from simulation.scenario.problems import shown


class OrganisationKindError(Exception):
    """A client was named as a vendor, or the other way round."""


class OrganisationNameError(ValueError):
    """A name that could not be shown in a line."""


MOST_LETTERS = 200


async def bring_up_to_date(settings: Settings) -> list[str]:
    """Names of the migrations applied."""
    async with database_url(settings) as url:
        return await migrate(url)


async def back_up(settings: Settings, file: Path) -> None:
    # the embedded database has a login that sees every row, another has to be named in DATABASE_URL
    async with database_url(settings, login=SUPERUSER) as url:
        await backup.back_up(url, file)


async def restore(settings: Settings, file: Path) -> list[str]:
    """Names of the migrations that the backup lacked.

    Runs that were under way are free to be taken up, and no worker of the time before can write to them.
    """
    if not await asyncio.to_thread(file.is_file):
        raise BackupError(f"backup {file}: there is no such file", "name one that `springtide backup` has made")
    async with database_url(settings) as url:
        applied = await backup.restore(url, file)
        async with Database.open(url, connections=1) as database, database.queue() as connection:
            await let_go_of_all(connection)
    return applied


async def create_token(settings: Settings, organisation: str, kind: OrganisationKind, role: Role) -> str:
    """A new token's text; its organisation is made when there is none of that name."""
    if not (organisation.strip() and organisation.isprintable() and len(organisation) <= MOST_LETTERS):
        raise OrganisationNameError(
            f"--organisation {shown(organisation)}: is no name; write a line of 1 to {MOST_LETTERS} visible characters"
        )
    # an embedded database is ours alone, one at DATABASE_URL is migrated when its keeper says so
    migrating = settings.database_url is None
    async with (
        open_database(settings, migrating=migrating, connections=1) as database,
        database.administration() as connection,
    ):
        found = await organisations.find_organisation(connection, organisation)
        if found is None:
            found = await organisations.create_organisation(connection, name=organisation, kind=kind)
        elif found.kind is not kind:
            raise OrganisationKindError(f"organisation {organisation} is a {found.kind}; write --kind {found.kind}")
        await act_for(connection, found.id)
        token, _ = await organisations.create_token(connection, role=role, label="command line")
        return token
