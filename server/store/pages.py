"""A page of a list, newest first."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

Row = TypeVar("Row")


@dataclass(frozen=True)
class Page(Generic[Row]):
    rows: list[Row]
    more: bool


def page(rows: Sequence[Row], first: int) -> Page[Row]:
    """The page of a query that asked for one row more than `first`."""
    return Page(list(rows[:first]), len(rows) > first)
