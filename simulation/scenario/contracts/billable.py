"""Billable hours: how many of the productive ones are paid."""

from enum import StrEnum
from typing import Annotated, Self

from pydantic import Field, model_validator

from simulation.scenario.contracts.forecasts import ForecastBasis
from simulation.scenario.problems import refuse
from simulation.scenario.quantities import Described, Real


class CapBy(StrEnum):
    """The time over which productive hours are held against those ordered."""

    DAY = "DAY"
    """The local day: more in one interval makes up for less in another."""
    INTERVAL = "INTERVAL"
    """The interval."""


class Billable(Described):
    """Which productive hours are charged for: min(productive, cap x ordered), of all teams of the line together.

    Ordered is what the locked forecast requires of them on the floor. Of hours over the cap those are unpaid first that
    a premium would make dearer.
    """

    nesting: bool = True
    """Whether those of people in nesting are."""
    cap: Annotated[Real, Field(ge=0, le=100)] | None = None
    """The most that is paid, as a share of the ordered hours: 1.05 pays 5 % more than ordered; left out: all."""
    cap_by: CapBy = CapBy.DAY
    """Over which time."""
    of: ForecastBasis = ForecastBasis.LOCKED
    """Of which forecast the ordered hours are the requirement."""

    @property
    def is_all(self) -> bool:
        """Whether every productive hour is charged for."""
        return self.nesting and self.cap is None

    @model_validator(mode="after")
    def _caps_something(self) -> Self:
        if self.cap is None and self.cap_by is not CapBy.DAY:
            refuse("nothing is capped", "add cap: 1.05, or remove it", ("cap_by",))
        return self
