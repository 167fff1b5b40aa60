"""What the command line does to a database: its schema and its tokens."""

from server.database.migrate import migrate
from server.database.opening import database_url, open_database
from server.database.pool import act_for
from server.settings import Settings
from server.store import organisations
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
