"""Commitments: of how much of the locked forecast a client pays the part that it did not send."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Annotated, Any

from pydantic import Field, StringConstraints

from simulation.scenario.contracts.forecasts import ForecastBasis
from simulation.scenario.contracts.pricing_kinds import PricingKind, UnitOfKind
from simulation.scenario.quantities import Described, Real, Share

MONTH = r"^\d{4}-(0[1-9]|1[0-2])$"
Month = Annotated[str, StringConstraints(pattern=MONTH)]
"""A calendar month such as 2026-11."""


class CommittedUnit(UnitOfKind):
    """What is counted of the locked forecast, and by which kind of pricing it is paid."""

    PRODUCTIVE_HOURS = "PRODUCTIVE_HOURS", PricingKind.PER_PRODUCTIVE_HOUR
    """Hours on the floor that it requires of the vendor's teams; of PER_PRODUCTIVE_HOUR."""
    CONTACTS = "CONTACTS", PricingKind.PER_CONTACT
    """The vendor's contacts; of PER_CONTACT."""
    HANDLED_MINUTES = "HANDLED_MINUTES", PricingKind.PER_HANDLED_MINUTE
    """The vendor's contacts at the locked AHT; of PER_HANDLED_MINUTE."""


def committed_kind(commitment: Mapping[str, Any]) -> PricingKind | None:
    """Of which lines of pricing a commitment's plain data are; None where their unit is none."""
    return next((unit.kind for unit in CommittedUnit if unit == commitment.get("unit")), None)


class Settling(StrEnum):
    """The calendar time over which what was offered is held against the lock."""

    MONTH = "MONTH"
    """The month."""
    QUARTER = "QUARTER"
    """The quarter, in its last month within the horizon: months over and under the lock make up for each other."""


class Commitment(Described):
    """A minimum commitment: of every line of pricing of its unit, for the line's queues,

    max(0, share - offered / locked contacts) x locked units x shortfall_rate x the line's rate,

    both the vendor's, of the days within the horizon. What was offered counts, not what was handled.
    """

    unit: CommittedUnit
    """What is counted."""
    of: ForecastBasis = ForecastBasis.LOCKED
    """Of which forecast."""
    share: Share
    """Share of the locked contacts that the client has to send."""
    months: dict[Month, Share] = Field(default_factory=dict)
    """Calendar months with a share of their own."""
    settle: Settling = Settling.MONTH
    """Over which time."""
    shortfall_rate: Annotated[Real, Field(ge=0, le=10)] = 1.0
    """What of the line's rate a unit costs that falls short."""
