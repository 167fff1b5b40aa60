"""What the command line does to a database: its schema and its tokens."""

from server.database.migrate import migrate
from server.database.opening import database_url
from server.database.pool import act_for
from server.operators import check_name, make_organisation, opened, operator
from server.settings import Settings
from server.store import audit, organisations
from server.store.audit import AuditAction, Subject
from server.store.organisations import OrganisationKind, Role


class OrganisationKindError(Exception):
    """A client was named as a vendor, or the other way round."""


async def bring_up_to_date(settings: Settings) -> list[str]:
    """Names of the migrations applied."""
    async with database_url(settings) as url:
        return await migrate(url)


async def create_token(settings: Settings, organisation: str, kind: OrganisationKind, role: Role) -> str:
    """A new token's text; its organisation is made when there is none of that name."""
    check_name(organisation, "--organisation")
    async with opened(settings) as database, database.administration() as connection:
        found = await organisations.find_organisation(connection, organisation)
        if found is None:
            found = await make_organisation(connection, organisation, kind, operator())
        elif found.kind is not kind:
            raise OrganisationKindError(f"organisation {organisation} is a {found.kind}; write --kind {found.kind}")
        await act_for(connection, found.id)
        token, row = await organisations.create_token(connection, role=role, label="command line")
        await audit.record(connection, operator(), AuditAction.CREATE_TOKEN, Subject("Token", row.id), role=role)
        return token
