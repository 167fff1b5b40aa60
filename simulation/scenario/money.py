"""Amounts of money as documents write them: decimals, in the scenario's currency, that may rise over the years."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Annotated

from pydantic import Field

from simulation.scenario.calendar import Day
from simulation.scenario.quantities import Described, Real

Money = Annotated[Real, Field(ge=0, le=1_000_000_000_000)]
"""An amount in the scenario's currency; its decimal text is meant, not its binary fraction."""


def decimal_of(number: float) -> Decimal:
    """The decimal that a document's number is written as: 0.1 is a tenth."""
    return Decimal(repr(number))


class Indexation(Described):
    """A rise of rates from a date on, on top of those before it."""

    from_: Annotated[Day, Field(alias="from")]
    """First date of the scenario on which it holds."""
    rate: Annotated[Real, Field(gt=-1, le=10)]
    """Rise as a share: 0.03 makes every rate 3 % higher."""


def index_on(rises: Sequence[Indexation], day: date) -> Decimal:
    """The factor on rates on a date of the scenario."""
    factor = Decimal(1)
    for rise in rises:
        factor *= 1 + decimal_of(rise.rate) if rise.from_ <= day else 1
    return factor
