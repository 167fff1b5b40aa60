"""Lines of fixed amounts: one a month, or one on a date.

A month's is amount x sum of the days' indices / days of the month, of the days within the horizon on which the contract
has not ended.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cached_property

from simulation.outcome.money.formulas import ENDED, exchanged, figure, indexed
from simulation.outcome.money.invoicing import Invoicing
from simulation.outcome.money.rounding import cents
from simulation.scenario.contracts.windows import days_of_month
from simulation.scenario.money import Indexation, index_on


@dataclass(frozen=True, eq=False)
class MonthlyAmount:
    """A month of an amount a month.

    indices: of the days that are charged. month_days: all of the month. exchange: as of `Invoicing`
    """

    amount: Decimal
    indices: Sequence[Decimal]
    month_days: int
    exchange: Decimal

    @cached_property
    def cents(self) -> int:
        """What the month charges."""
        return cents(self.amount * sum(self.indices, Decimal(0)) / (self.month_days * self.exchange))

    @property
    def formula(self) -> str:
        """The amount, and of how many days at which index."""
        if not self.indices:
            return ENDED + exchanged(self.exchange)
        parts = [f"{self.indices.count(factor)}{indexed(factor)}" for factor in dict.fromkeys(self.indices)]
        counted = f"({' + '.join(parts)})" if len(parts) > 1 else parts[0]
        return f"{figure(self.amount)} x {counted} / {self.month_days} days" + exchanged(self.exchange)


class MonthlyAmounts:
    """A line's months, one replication at a time."""

    def __init__(self, amount: Decimal, rises: Sequence[Indexation], invoicing: Invoicing) -> None:
        indices = [index_on(rises, day) for day in invoicing.dates]

        def until(end: int) -> list[MonthlyAmount]:
            return [
                MonthlyAmount(
                    amount, indices[month.first : min(month.end, end)], days_of_month(month.start), invoicing.exchange
                )
                for month in invoicing.months
            ]

        self._months = invoicing.by_end(until)

    def of(self, replication: int) -> list[MonthlyAmount]:
        """Every month's."""
        return self._months[replication]


@dataclass(frozen=True, eq=False)
class AmountOnDate:
    """A month of an amount on a date.

    dates: that are charged. exchange: as of `Invoicing`
    """

    amount: Decimal
    at: date | None
    dates: Sequence[date]
    exchange: Decimal

    @cached_property
    def cents(self) -> int:
        """What the month charges."""
        return cents(self.amount / self.exchange) if self.at in self.dates else 0

    @property
    def formula(self) -> str:
        """The amount and its date."""
        if not self.dates:
            return ENDED + exchanged(self.exchange)
        elsewhere = "" if self.at in self.dates else ", not in this month"
        return f"{figure(self.amount)} on {self.at}{elsewhere}" + exchanged(self.exchange)


class AmountsOnDate:
    """A line's months, one replication at a time."""

    def __init__(self, amount: Decimal, at: date | None, invoicing: Invoicing) -> None:
        def until(end: int) -> list[AmountOnDate]:
            return [
                AmountOnDate(amount, at, invoicing.dates[month.first : min(month.end, end)], invoicing.exchange)
                for month in invoicing.months
            ]

        self._months = invoicing.by_end(until)

    def of(self, replication: int) -> list[AmountOnDate]:
        """Every month's."""
        return self._months[replication]
