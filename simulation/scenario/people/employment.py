"""Contracts of employment: how many hours and days a week people work."""

from typing import Annotated

from pydantic import Field

from simulation.scenario.quantities import Described, PositiveShare, Real, Whole


class Employment(Described):
    """A kind of contract that a share of a team's people has."""

    share: PositiveShare
    """Share of the people; those of a team sum to 1."""
    hours_per_week: Annotated[Real, Field(gt=0, le=80)]
    """Paid hours of a head in a week."""
    days_per_week: Annotated[Whole, Field(ge=1, le=7)] = 5
    """Days of the week on which a head works."""
