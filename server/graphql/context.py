"""Who asks, and what an operation may reach: the organisation's transactions and batched reads."""

import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from functools import cached_property, partial
from typing import Any, NamedTuple, TypeAlias
from uuid import UUID

import strawberry
from graphql import GraphQLError
from strawberry.dataloader import DataLoader

from server.access import BELIEVED_SECONDS, Bearer, Doorkeeper, standing
from server.database.connecting import Connection
from server.database.notices import Notices
from server.database.pool import Database
from server.graphql.paging import global_id
from server.graphql.watching import Watched
from server.logs import current
from server.request_limit import RequestLimit
from server.store import audit
from server.store.audit import Actor, ActorKind, AuditAction, OrganisationClosedError, Subject
from server.store.changes import get_figures
from server.store.members import MemberRow, get_members
from server.store.organisations import Role, Scope
from server.store.outcomes import ColumnKey, Opening, get_openings, pick_columns
from server.store.pages import Page, Place
from server.store.proposals import get_offer_documents, latest_tests
from server.store.requests import BaseRow, RequestRow, get_bases, get_request_documents, get_requests
from server.store.run_lists import count_runs_of, list_runs_of
from server.store.runs import RunRow, get_documents, get_runs
from server.store.scenarios import ScenarioRow, count_forks, get_scenarios, list_forks
from server.store.studies import StudyProgress, evaluated_runs, get_answers, progress_of
from simulation.outcome.report.parts import read_column
from simulation.outcome.report.result import Float64

OPENINGS_AT_ONCE = 10
MOST_TEXT = 20_000_000
"""Characters of documents in one answer: a page of a hundred may have a million each, under every alias anew."""


class PageOf(NamedTuple):
    """A page of what hangs on something of the organisation."""

    key: UUID
    first: int
    after: Place | None


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
    figures: int = field(init=False, default=0)
    """How many figures of columns the operation has asked for."""
    looked_in: Connection | None = field(init=False, default=None)
    """The transaction in which whoever asks was looked at last."""
    settlements: int = field(init=False, default=0)
    """How many times it has a run settled."""
    differences: int = field(init=False, default=0)
    """How many differences of runs it has asked for."""
    text: int = field(init=False, default=0)
    """How many characters of documents."""

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

    def told(self, document: str) -> str:
        """A document on its way out."""
        self.text += len(document)
        if self.text > MOST_TEXT:
            message = f"The answer has more than {MOST_TEXT} characters of documents; ask for fewer at once."
            raise GraphQLError(message, extensions={"code": "OVER_LIMIT"})
        return document

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

    # loaders without a cache, as a WebSocket's context lives on; what one operation asks at once is still one read
    @cached_property
    def scenarios(self) -> DataLoader[UUID, ScenarioRow | None]:
        return DataLoader(self._scenarios, cache=False)

    @cached_property
    def documents(self) -> DataLoader[UUID, str | None]:
        """Scenarios of runs, as they were when the runs were started."""
        return DataLoader(self._documents, cache=False)

    @cached_property
    def columns(self) -> DataLoader[ColumnKey, Float64 | None]:
        return DataLoader(self._columns, cache=False)

    @cached_property
    def openings(self) -> DataLoader[UUID, Opening | None]:
        """A few at once: each may have a megabyte."""
        return DataLoader(self._openings, cache=False, max_batch_size=OPENINGS_AT_ONCE)

    @cached_property
    def members(self) -> DataLoader[UUID, MemberRow | None]:
        return DataLoader(self._members, cache=False)

    @cached_property
    def figures_so_far(self) -> DataLoader[tuple[UUID, int], str | None]:
        """Those told with a change of a run, by run and sequence."""
        return DataLoader(self._figures_so_far, cache=False)

    @cached_property
    def runs_of(self) -> DataLoader[PageOf, Page[RunRow] | None]:
        return DataLoader(self._runs_of, cache=False)

    @cached_property
    def forks_of(self) -> DataLoader[PageOf, Page[ScenarioRow] | None]:
        return DataLoader(self._forks_of, cache=False)

    @cached_property
    def run_counts(self) -> DataLoader[UUID, int | None]:
        return DataLoader(self._run_counts, cache=False)

    @cached_property
    def fork_counts(self) -> DataLoader[UUID, int | None]:
        return DataLoader(self._fork_counts, cache=False)

    @cached_property
    def study_progress(self) -> DataLoader[UUID, StudyProgress | None]:
        return DataLoader(self._study_progress, cache=False)

    @cached_property
    def study_answers(self) -> DataLoader[UUID, str | None]:
        return DataLoader(self._study_answers, cache=False)

    @cached_property
    def runs(self) -> DataLoader[UUID, RunRow | None]:
        return DataLoader(self._runs, cache=False)

    @cached_property
    def requests_of(self) -> DataLoader[UUID, RequestRow | None]:
        return DataLoader(self._requests, cache=False)

    @cached_property
    def request_bases(self) -> DataLoader[UUID, BaseRow | None]:
        return DataLoader(self._request_bases, cache=False)

    @cached_property
    def request_documents(self) -> DataLoader[UUID, str | None]:
        return DataLoader(self._request_documents, cache=False)

    @cached_property
    def offers(self) -> DataLoader[UUID, str | None]:
        """What proposals offer to the organisation, where it may be opened."""
        return DataLoader(self._offers, cache=False)

    @cached_property
    def latest_tests(self) -> DataLoader[UUID, UUID | None]:
        """Runs of the scenarios of proposals."""
        return DataLoader(self._latest_tests, cache=False)

    @cached_property
    def evaluated_runs(self) -> DataLoader[UUID, UUID | None]:
        """Runs by which proposals were evaluated."""
        return DataLoader(self._evaluated_runs, cache=False)

    async def _scenarios(self, keys: list[UUID]) -> Sequence[ScenarioRow | None]:
        async with self.tenant() as connection:
            found = await get_scenarios(connection, list(set(keys)))
        return [found.get(key) for key in keys]

    async def _documents(self, keys: list[UUID]) -> Sequence[str | None]:
        async with self.tenant() as connection:
            found = await get_documents(connection, list(set(keys)))
        return [found.get(key) for key in keys]

    async def _openings(self, keys: list[UUID]) -> Sequence[Opening | None]:
        async with self.tenant() as connection:
            found = await get_openings(connection, list(set(keys)))
        return [found.get(key) for key in keys]

    async def _members(self, keys: list[UUID]) -> Sequence[MemberRow | None]:
        async with self.tenant() as connection:
            found = await get_members(connection, list(set(keys)))
        return [found.get(key) for key in keys]

    async def _figures_so_far(self, keys: list[tuple[UUID, int]]) -> Sequence[str | None]:
        async with self.tenant() as connection:
            found = await get_figures(connection, list(set(keys)))
        return [found.get(key) for key in keys]

    async def _runs_of(self, keys: list[PageOf]) -> Sequence[Page[RunRow] | None]:
        async with self.tenant() as connection:
            found = await _pages(keys, partial(list_runs_of, connection))
        return [found.get(key) for key in keys]

    async def _forks_of(self, keys: list[PageOf]) -> Sequence[Page[ScenarioRow] | None]:
        async with self.tenant() as connection:
            found = await _pages(keys, partial(list_forks, connection))
        return [found.get(key) for key in keys]

    async def _run_counts(self, keys: list[UUID]) -> Sequence[int | None]:
        async with self.tenant() as connection:
            found = await count_runs_of(connection, list(set(keys)))
        return [found.get(key) for key in keys]

    async def _fork_counts(self, keys: list[UUID]) -> Sequence[int | None]:
        async with self.tenant() as connection:
            found = await count_forks(connection, list(set(keys)))
        return [found.get(key) for key in keys]

    async def _study_progress(self, keys: list[UUID]) -> Sequence[StudyProgress | None]:
        async with self.tenant() as connection:
            found = await progress_of(connection, list(set(keys)))
        return [found.get(key) for key in keys]

    async def _study_answers(self, keys: list[UUID]) -> Sequence[str | None]:
        async with self.tenant() as connection:
            found = await get_answers(connection, list(set(keys)))
        return [found.get(key) for key in keys]

    async def _runs(self, keys: list[UUID]) -> Sequence[RunRow | None]:
        async with self.tenant() as connection:
            found = await get_runs(connection, list(set(keys)))
        return [found.get(key) for key in keys]

    async def _requests(self, keys: list[UUID]) -> Sequence[RequestRow | None]:
        async with self.tenant() as connection:
            found = await get_requests(connection, list(set(keys)))
        return [found.get(key) for key in keys]

    async def _request_bases(self, keys: list[UUID]) -> Sequence[BaseRow | None]:
        async with self.tenant() as connection:
            found = await get_bases(connection, list(set(keys)))
        return [found.get(key) for key in keys]

    async def _request_documents(self, keys: list[UUID]) -> Sequence[str | None]:
        async with self.tenant() as connection:
            found = await get_request_documents(connection, list(set(keys)))
        return [found.get(key) for key in keys]

    async def _offers(self, keys: list[UUID]) -> Sequence[str | None]:
        async with self.tenant() as connection:
            found = await get_offer_documents(connection, list(set(keys)))
        return [found.get(key) for key in keys]

    async def _latest_tests(self, keys: list[UUID]) -> Sequence[UUID | None]:
        async with self.tenant() as connection:
            found = await latest_tests(connection, list(set(keys)))
        return [found.get(key) for key in keys]

    async def _evaluated_runs(self, keys: list[UUID]) -> Sequence[UUID | None]:
        async with self.tenant() as connection:
            found = await evaluated_runs(connection, [global_id("Proposal", key) for key in set(keys)])
        return [found.get(global_id("Proposal", key)) for key in keys]

    async def _columns(self, keys: list[ColumnKey]) -> Sequence[Float64 | None]:
        async with self.tenant() as connection:
            found = await pick_columns(connection, list(set(keys)))
        return [read_column(found[key]) if key in found else None for key in keys]


async def _pages(keys: list[PageOf], pages: Any) -> dict[PageOf, Any]:
    """One query for all that ask for as much from the same place; a page without rows is left out."""
    alike: dict[tuple[int, Place | None], set[UUID]] = {}
    for key in keys:
        alike.setdefault((key.first, key.after), set()).add(key.key)
    return {
        PageOf(key, first, after): page
        for (first, after), owners in alike.items()
        for key, page in (await pages(list(owners), first=first, after=after)).items()
        if page.rows
    }


Info: TypeAlias = strawberry.Info[Context, None]
