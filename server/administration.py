"""What the command line does to a database: its schema, and who may do what in an organisation."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import TypeVar
from uuid import UUID

from server.database import backup
from server.database.backup import BackupError
from server.database.cluster import SUPERUSER
from server.database.connecting import Connection
from server.database.migrate import migrate
from server.database.opening import database_url
from server.database.pool import Database, act_for
from server.operators import (
    AdministrationError,
    WrongOptionError,
    check_line,
    find,
    make_organisation,
    opened,
    operator,
)
from server.settings import Settings
from server.store import audit, members, organisations
from server.store.audit import AuditAction, Subject
from server.store.claims import EPOCHS_OF_A_LIFE, let_go_of_all
from server.store.members import MemberRow, is_email
from server.store.organisations import OrganisationKind, Role, Scope, TokenRow, with_reading
from server.store.pages import Page
from server.store.study_claims import let_go_of_all_studies
from simulation.scenario.problems import shown

MOST_A_PAGE = 500

Row = TypeVar("Row", TokenRow, MemberRow)


@dataclass(frozen=True)
class NewToken:
    """What a token is to be."""

    role: Role
    scopes: tuple[Scope, ...] = ()
    """none: all that the role allows"""
    label: str = "command line"
    days: int | None = None
    """until it expires; none: never"""

    def check(self) -> None:
        check_line("--label", self.label)
        beyond = [scope for scope in self.scopes if scope not in self.role.scopes]
        if beyond:
            raise WrongOptionError(
                f"--scope {beyond[0]}: the role {self.role} does not allow it; leave it out, or write a higher --role"
            )


def scopes_of(names: list[str]) -> tuple[Scope, ...]:
    for name in names:
        if name.upper() not in set(Scope):
            raise WrongOptionError(f"--scope {shown(name)}: is no scope; write one of {', '.join(Scope)}")
    return tuple(Scope(name.upper()) for name in names)


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
            await let_go_of_all_studies(connection, EPOCHS_OF_A_LIFE)
    return applied


async def create_token(settings: Settings, organisation: str, kind: OrganisationKind, wanted: NewToken) -> str:
    """A new token's text; its organisation is made when there is none of that name."""
    check_line("--organisation", organisation)
    wanted.check()
    async with opened(settings) as database, database.administration() as connection:
        found = await organisations.find_organisation(connection, organisation)
        if found is None:
            found = await make_organisation(connection, organisation, kind, operator())
        elif found.kind is not kind:
            raise AdministrationError(f"organisation {organisation} is a {found.kind}; write --kind {found.kind}")
        await act_for(connection, found.id)
        token, row = await organisations.create_token(
            connection,
            role=wanted.role,
            scopes=with_reading(wanted.scopes) if wanted.scopes else None,
            label=wanted.label,
            expires_at=datetime.now(UTC) + timedelta(days=wanted.days) if wanted.days else None,
        )
        facts = {"role": row.role, "expires_at": row.expires_at}
        await audit.record(connection, operator(), AuditAction.CREATE_TOKEN, Subject("Token", row.id), **facts)
        return token


async def list_tokens(settings: Settings, organisation: str) -> list[TokenRow]:
    async with acting(settings, organisation) as connection:
        return await everything(partial(organisations.list_tokens, connection))


async def revoke_token(settings: Settings, organisation: str, token: UUID) -> None:
    async with acting(settings, organisation) as connection:
        if not await organisations.revoke_token(connection, token):
            raise AdministrationError(f"{organisation} has no token {token} to revoke; see `springtide token list`")
        await audit.record(connection, operator(), AuditAction.REVOKE_TOKEN, Subject("Token", token))


async def add_member(settings: Settings, organisation: str, email: str, role: Role, name: str) -> MemberRow:
    if not is_email(email):
        raise WrongOptionError(f"{shown(email)}: is no e-mail address; write one such as ada@example.com")
    if name:
        check_line("--name", name)
    async with acting(settings, organisation) as connection:
        row = await members.add_member(connection, email=email, name=name, role=role)
        if row is None:
            raise AdministrationError(
                f"{organisation} has a member of this address; remove them first (`springtide member remove {email}`)"
            )
        await audit.record(connection, operator(), AuditAction.ADD_MEMBER, Subject("Member", row.id), role=row.role)
        return row


async def list_members(settings: Settings, organisation: str) -> list[MemberRow]:
    async with acting(settings, organisation) as connection:
        return await everything(partial(members.list_members, connection))


async def remove_member(settings: Settings, organisation: str, email: str) -> int:
    """How many tokens were revoked with the member who had made them."""
    async with acting(settings, organisation) as connection:
        found = await members.find_member(connection, email)
        if found is None:
            raise AdministrationError(f"{organisation} has no member {shown(email)}; see `springtide member list`")
        await members.remove_member(connection, found.id)
        revoked = len(await organisations.revoke_tokens_of(connection, found.id, Role))
        subject = Subject("Member", found.id)
        await audit.record(connection, operator(), AuditAction.REMOVE_MEMBER, subject, revoked_tokens=revoked)
        return revoked


async def everything(list_page: Callable[..., Awaitable[Page[Row]]]) -> list[Row]:
    """The rows of all pages of a list."""
    found: list[Row] = []
    more = True
    while more:
        page = await list_page(first=MOST_A_PAGE, after=found[-1].id if found else None)
        found, more = found + page.rows, page.more
    return found


@asynccontextmanager
async def acting(settings: Settings, organisation: str) -> AsyncIterator[Connection]:
    """In an organisation that is there."""
    check_line("--organisation", organisation)
    async with opened(settings) as database, database.administration() as connection:
        await act_for(connection, (await find(connection, organisation)).id)
        yield connection
