"""Who asks, and what an operation may reach: the organisation's transactions and batched reads."""

from collections.abc import Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field, replace
from typing import Any, TypeAlias
from uuid import UUID

import strawberry
from graphql import GraphQLError
from strawberry.dataloader import DataLoader

from server.database.connecting import Connection
from server.database.notices import Notices
from server.database.pool import Database
from server.store.organisations import Role, TokenRow
from server.store.outcomes import ColumnKey, pick_columns
from server.store.scenarios import ScenarioRow, get_scenarios
from simulation.outcome.report.parts import read_column
from simulation.outcome.report.result import Float64


@dataclass
class Context:
    database: Database
    notices: Notices
    bearer: TokenRow | None
    connection_params: dict[str, Any] | None = None
    """What a WebSocket client said as it connected."""
    scenarios: DataLoader[UUID, ScenarioRow | None] = field(init=False)
    columns: DataLoader[ColumnKey, Float64 | None] = field(init=False)
    figures: int = field(init=False, default=0)
    """How many figures of columns the operation has asked for."""

    def __post_init__(self) -> None:
        # without a cache, as a WebSocket's context lives on; what one operation asks at once is still one read
        self.scenarios = DataLoader(self._scenarios, cache=False)
        self.columns = DataLoader(self._columns, cache=False)

    def for_operation(self) -> "Context":
        """One of its own for each of the operations that share a WebSocket."""
        return replace(self)

    def tenant(self) -> AbstractAsyncContextManager[Connection]:
        if self.bearer is None:
            raise GraphQLError("Sign in first.", extensions={"code": "UNAUTHENTICATED"})
        return self.database.tenant(self.bearer.organisation_id)

    def require(self, role: Role) -> None:
        ranks = list(Role)
        if self.bearer is None or ranks.index(self.bearer.role) < ranks.index(role):
            raise GraphQLError(f"This needs a token of role {role}.", extensions={"code": "FORBIDDEN"})

    async def _scenarios(self, keys: list[UUID]) -> Sequence[ScenarioRow | None]:
        async with self.tenant() as connection:
            found = await get_scenarios(connection, list(set(keys)))
        return [found.get(key) for key in keys]

    async def _columns(self, keys: list[ColumnKey]) -> Sequence[Float64 | None]:
        async with self.tenant() as connection:
            found = await pick_columns(connection, list(set(keys)))
        return [read_column(found[key]) if key in found else None for key in keys]


Info: TypeAlias = strawberry.Info[Context, None]
