"""Who asks, and what an operation may reach: the organisation's transactions and batched reads."""

import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from typing import Any, TypeAlias
from uuid import UUID

import strawberry
from graphql import GraphQLError
from strawberry.dataloader import DataLoader

from server.access import Bearer, Doorkeeper, standing
from server.database.connecting import Connection
from server.database.notices import Notices
from server.database.pool import Database
from server.graphql.watching import Watched
from server.logs import current
from server.request_limit import RequestLimit
from server.store import audit
from server.store.audit import Actor, ActorKind, AuditAction, OrganisationClosedError, Subject
from server.store.changes import get_figures
from server.store.members import MemberRow, get_members
from server.store.organisations import Role, Scope
from server.store.outcomes import ColumnKey, pick_columns
from server.store.scenarios import ScenarioRow, get_scenarios
from simulation.outcome.report.parts import read_column
from simulation.outcome.report.result import Float64

BELIEVED_SECONDS = 1.0


@dataclass
class Context:
    doorkeeper: Doorkeeper
    notices: Notices
    bearer: Bearer | None
    requests: RequestLimit
    watched: Watched
    admitted_at: float = field(default_factory=time.monotonic)
    """By the clock of `time.monotonic`."""
    connection_params: dict[str, Any] | None = None
    """What a WebSocket client said as it connected."""
    scenarios: DataLoader[UUID, ScenarioRow | None] = field(init=False)
    columns: DataLoader[ColumnKey, Float64 | None] = field(init=False)
    members: DataLoader[UUID, MemberRow | None] = field(init=False)
    figures_so_far: DataLoader[tuple[UUID, int], str | None] = field(init=False)
    """Those told with a change of a run, by run and sequence."""
    figures: int = field(init=False, default=0)
    """How many figures of columns the operation has asked for."""
    looked_in: Connection | None = field(init=False, default=None)
    """The transaction in which whoever asks was looked at last."""
    settlements: int = field(init=False, default=0)
    """How many times it has a run settled."""

    def __post_init__(self) -> None:
        # without a cache, as a WebSocket's context lives on; what one operation asks at once is still one read
        self.scenarios = DataLoader(self._scenarios, cache=False)
        self.columns = DataLoader(self._columns, cache=False)
        self.members = DataLoader(self._members, cache=False)
        self.figures_so_far = DataLoader(self._figures_so_far, cache=False)

    def for_operation(self) -> "Context":
        """One of its own for each of the operations that share a WebSocket."""
        return replace(self)

    @property
    def database(self) -> Database:
        return self.doorkeeper.database

    @property
    def who(self) -> Bearer:
        if self.bearer is None:
            raise GraphQLError("Sign in first.", extensions={"code": "UNAUTHENTICATED"})
        return self.bearer

    @asynccontextmanager
    async def tenant(self) -> AsyncIterator[Connection]:
        """A transaction of the asker's organisation. Who was let in a while ago is looked at again: the body of a
        request may come long after its head, and a socket stays open."""
        async with self.database.tenant(self.who.organisation_id) as connection:
            if time.monotonic() > self.admitted_at + BELIEVED_SECONDS:
                await self.look_again(connection)
            yield connection

    async def look_again(self, connection: Connection) -> None:
        """Raises where whoever asks is not let in any more; asked in the transaction of what they do."""
        now = await standing(connection, self.who)
        if now is None or not self.who.scopes <= now.scopes:
            raise GraphQLError("What let you in has ended; sign in again.", extensions={"code": "UNAUTHENTICATED"})
        self.looked_in = connection

    def require(self, scope: Scope) -> None:
        """Every root field says what it needs before it does anything."""
        if scope in self.who.scopes:
            return
        if scope in self.who.role.scopes:
            message = f"This needs a token with the scope {scope}."
        else:
            least = next(role for role in Role if scope in role.scopes)
            message = f"This needs the role {least}."
        raise GraphQLError(message, extensions={"code": "FORBIDDEN"})

    @property
    def actor(self) -> Actor:
        """Who asks, as the audit log tells it."""
        kind = ActorKind.MEMBER if self.who.is_member else ActorKind.TOKEN
        return Actor(kind, str(self.who.id), self.who.label, current("request_id") or None)

    async def record(
        self, connection: Connection, action: AuditAction, subject: Subject | None = None, **facts: object
    ) -> None:
        """Tell in the audit log what this transaction does, as every mutation that changes anything must, if whoever
        does it is still let in."""
        if self.looked_in is not connection:  # else before the change, which may be to whoever makes it
            await self.look_again(connection)
        try:
            await audit.record(connection, self.actor, action, subject, **facts)
        except OrganisationClosedError:
            message = "This organisation is being deleted; nothing is done in it any more."
            raise GraphQLError(message, extensions={"code": "FORBIDDEN"}) from None

    async def _scenarios(self, keys: list[UUID]) -> Sequence[ScenarioRow | None]:
        async with self.tenant() as connection:
            found = await get_scenarios(connection, list(set(keys)))
        return [found.get(key) for key in keys]

    async def _members(self, keys: list[UUID]) -> Sequence[MemberRow | None]:
        async with self.tenant() as connection:
            found = await get_members(connection, list(set(keys)))
        return [found.get(key) for key in keys]

    async def _figures_so_far(self, keys: list[tuple[UUID, int]]) -> Sequence[str | None]:
        async with self.tenant() as connection:
            found = await get_figures(connection, list(set(keys)))
        return [found.get(key) for key in keys]

    async def _columns(self, keys: list[ColumnKey]) -> Sequence[Float64 | None]:
        async with self.tenant() as connection:
            found = await pick_columns(connection, list(set(keys)))
        return [read_column(found[key]) if key in found else None for key in keys]


Info: TypeAlias = strawberry.Info[Context, None]
