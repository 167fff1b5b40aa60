"""Billable hours: how many of the productive ones are paid."""

from enum import StrEnum
from typing import Annotated

from pydantic import Field

from simulation.scenario.forecasts import ForecastBasis
from simulation.scenario.quantities import Described, Real


class CapBy(StrEnum):
    """The time over which productive hours are held against those ordered."""

    DAY = "DAY"
    """The local day: more in one interval makes up for less in another."""
    INTERVAL = "INTERVAL"
    """The interval."""


class Billable(Described):
    """Which productive hours are paid: min(productive, cap x ordered), of all teams of the line together.

    Ordered is what the locked forecast requires of them on the floor.
    """

    cap: Annotated[Real, Field(ge=0, le=100)]
    """The most that is paid, as a share of the ordered hours: 1.05 pays 5 % more than ordered."""
    cap_by: CapBy = CapBy.DAY
    """Over which time."""
    of: ForecastBasis = ForecastBasis.LOCKED
    """Of which forecast the ordered hours are the requirement."""
