"""What an operator does to organisations at the command line, and who that is."""

import getpass
import socket
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from uuid import UUID

from server.closing import delete_organisation as delete
from server.database.connecting import Connection
from server.database.opening import open_database
from server.database.pool import Database, act_for
from server.database.reader_logins import drop_login
from server.settings import Settings
from server.store import audit, closing, organisations, retention
from server.store import limits as limit_store
from server.store.audit import Actor, ActorKind, AuditAction, Subject
from server.store.closing import DeletedOrganisation, ListedOrganisation
from server.store.limits import LimitName, Standing
from server.store.organisations import OrganisationKind, OrganisationRow
from server.store.readers import list_readers
from simulation.scenario.problems import shown

MOST_LETTERS = 200


class WrongOptionError(ValueError):
    """An option has a value that nothing could fit."""


class AdministrationError(Exception):
    """What was asked for does not fit what is there."""


def operator() -> Actor:
    """Whoever runs the program, by their account on their machine."""
    try:
        account = getpass.getuser()
    except (OSError, KeyError):  # a container's user may have no name
        account = "unnamed account"
    return Actor(ActorKind.OPERATOR, label=f"{account} on {socket.gethostname()}")


def check_line(option: str, text: str) -> None:
    if not (text.strip() and text.isprintable() and len(text) <= MOST_LETTERS):
        raise WrongOptionError(
            f"{option} {shown(text)}: is no name; write a line of 1 to {MOST_LETTERS} visible characters"
        )


@asynccontextmanager
async def opened(settings: Settings) -> AsyncIterator[Database]:
    """An embedded database is ours alone, one at DATABASE_URL is migrated when its keeper says so."""
    async with open_database(settings, migrating=settings.database_url is None, connections=1) as database:
        yield database


async def list_organisations(settings: Settings) -> list[ListedOrganisation]:
    async with opened(settings) as database, database.administration() as connection:
        return await closing.list_organisations(connection)


async def deleted_organisations(settings: Settings) -> list[DeletedOrganisation]:
    async with opened(settings) as database, database.administration() as connection:
        return await closing.deleted_organisations(connection)


async def create_organisation(settings: Settings, name: str, kind: OrganisationKind) -> UUID:
    check_line("NAME", name)
    async with opened(settings) as database, database.administration() as connection:
        if await organisations.find_organisation(connection, name):
            raise AdministrationError(f"there is an organisation {name!r} already; choose another name")
        return (await make_organisation(connection, name, kind, operator())).id


async def make_organisation(connection: Connection, name: str, kind: OrganisationKind, actor: Actor) -> OrganisationRow:
    """Through the administration door; from then on the transaction acts for the new organisation."""
    made = await organisations.create_organisation(connection, name=name, kind=kind)
    await act_for(connection, made.id)
    await audit.record(connection, actor, AuditAction.CREATE_ORGANISATION, Subject("Organisation", made.id), kind=kind)
    return made


async def delete_organisation(settings: Settings, name: str) -> UUID:
    async with opened(settings) as database:
        async with database.administration() as connection:
            found = await find(connection, name)
            readers = [each.login for each in await list_readers(connection) if each.organisation == name]
        for login in readers:  # they are of the whole server, so no row takes them along
            await drop_login(database.url, login)
        if not await delete(database, found.id, operator().label):
            raise AdministrationError(f"the organisation {name!r} was deleted by somebody else at the same time")
        return found.id


async def set_retention(settings: Settings, name: str, days: int | None) -> None:
    async with opened(settings) as database:
        async with database.administration() as connection:
            found = await find(connection, name)
        async with database.tenant(found.id) as connection:
            before = await retention.get_retention(connection)
            await retention.set_retention(connection, days)
            subject = Subject("Organisation", found.id)
            await audit.record(connection, operator(), AuditAction.SET_RETENTION, subject, before=before, days=days)


async def show_limits(settings: Settings, name: str) -> list[Standing]:
    """Requests are counted by each web process for itself, so of them only the limit is known here."""
    async with opened(settings) as database:
        async with database.administration() as connection:
            found = await find(connection, name)
        async with database.tenant(found.id) as connection:
            requests = (await limit_store.limits(connection))[LimitName.REQUESTS_A_MINUTE]
            return [*await limit_store.standings(connection), Standing(LimitName.REQUESTS_A_MINUTE, 0, requests)]


async def set_limits(
    settings: Settings, name: str, wanted: Mapping[LimitName, int | None], unset: list[LimitName]
) -> None:
    """Of those wanted none is unlimited; those unset have their default again."""
    async with opened(settings) as database, database.administration() as connection:
        found = await find(connection, name)
        for limit, most in wanted.items():
            await limit_store.set_limit(connection, found.id, limit, most)
        for limit in unset:
            await limit_store.unset_limit(connection, found.id, limit)
        await act_for(connection, found.id)
        facts = {**wanted, **dict.fromkeys(unset, "default")}
        subject = Subject("Organisation", found.id)
        await audit.record(connection, operator(), AuditAction.SET_LIMITS, subject, **facts)


async def find(connection: Connection, name: str) -> OrganisationRow:
    found = await organisations.find_organisation(connection, name)
    if found is None:
        raise AdministrationError(f"there is no organisation {name!r}; `springtide organisation list` names them all")
    return found
