"""A page of a list: newest first, or in another order, from a place that the page before it ended at."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, NamedTuple, TypeVar
from uuid import UUID

Row = TypeVar("Row")
Key = str | datetime | None
"""What rows are ordered by, before their ids."""


class Place(NamedTuple):
    """Where a row stands in a list's order."""

    key: Key
    id: UUID


@dataclass(frozen=True)
class Order:
    """SQL of an order; rows alike in its key, or all where there is none, stand by their ids."""

    is_descending: bool
    key: str = ""
    kind: str = ""
    """of the key in PostgreSQL"""
    otherwise: str = ""
    """stands for a key that is null"""

    def sorted_by(self, key: str) -> str:
        return f"coalesce({key}, {self.otherwise})" if self.otherwise else key

    @property
    def by(self) -> str:
        way = "DESC" if self.is_descending else "ASC"
        return f"{self.sorted_by(self.key)} {way}, id {way}" if self.key else f"id {way}"

    def beyond(self, after: Place | None, parameters: int) -> tuple[str, list[Key | UUID]]:
        """A condition and its parameters, which come after so many others."""
        if after is None:
            return "true", []
        sign = "<" if self.is_descending else ">"
        if not self.key:
            return f"id {sign} ${parameters + 1}", [after.id]
        given = self.sorted_by(f"${parameters + 1}::{self.kind}")
        return f"({self.sorted_by(self.key)}, id) {sign} ({given}, ${parameters + 2})", [after.key, after.id]

    @property
    def selected(self) -> str:
        return f"{self.key or 'NULL'} AS place_key"


@dataclass(frozen=True)
class Page(Generic[Row]):
    rows: list[Row]
    more: bool
    keys: Sequence[Key] = ()
    """of the rows, in a list that has several orders"""

    def place(self, number: int) -> Place:
        row: Any = self.rows[number]
        return Place(self.keys[number], row.id)


def keys_of(records: Sequence[Any]) -> list[Key]:
    return [record["place_key"] for record in records]


def page(rows: Sequence[Row], first: int, keys: Sequence[Key] = ()) -> Page[Row]:
    """The page of a query that asked for one row more than `first`."""
    return Page(list(rows[:first]), len(rows) > first, keys[:first])
