"""What all lines of a contract's invoices have in common: their months, and the money they are in."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cached_property
from typing import Protocol, TypeVar

import numpy as np
from numpy.typing import NDArray

from simulation.scenario.contracts.windows import Window, months

Int64 = NDArray[np.int64]
Made = TypeVar("Made")


@dataclass(frozen=True, eq=False)
class Invoicing:
    """The terms of a contract's invoices.

    dates: of the horizon
    exchange: units of the contract's currency for one of the scenario's
    ends: Int64 (replications,), the day, by number, before which the contract ends
    """

    dates: Sequence[date]
    exchange: Decimal
    ends: Int64

    @cached_property
    def months(self) -> tuple[Window, ...]:
        """The months of which there are invoices."""
        return months(self.dates)

    def by_end(self, until: Callable[[int], Made]) -> list[Made]:
        """By replication what follows from the day before which the contract ends, made once where that is the same."""
        ends = self.ends.tolist()
        made = {end: until(end) for end in set(ends)}
        return [made[end] for end in ends]


class Bill(Protocol):
    """A month of one line in one replication."""

    @property
    def cents(self) -> int:
        """What the month charges, signed."""
        ...

    @property
    def formula(self) -> str:
        """How that comes about."""
        ...


class Bills(Protocol):
    """A line's bills by month, one replication at a time."""

    def of(self, replication: int) -> Sequence[Bill]:
        """Every month's."""
        ...


@dataclass(frozen=True, eq=False)
class Line:
    """One line of all months: Int64 (replications, months), signed cents; `of`: its queues or its vendor."""

    kind: str
    of: tuple[str, ...]
    cents: Int64


def billed(bills: Bills, invoicing: Invoicing) -> Int64:
    """Int64 (replications, months), cents."""
    replications = len(invoicing.ends)
    rows = [[bill.cents for bill in bills.of(replication)] for replication in range(replications)]
    return np.array(rows, np.int64).reshape(replications, len(invoicing.months))
