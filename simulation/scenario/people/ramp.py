"""How fast a team can grow and shrink, and whom it can call in."""

from typing import Annotated

from pydantic import Field

from simulation.scenario.money import Money
from simulation.scenario.quantities import Described, Heads, Real, Whole


class Ramp(Described):
    """Bounds on how fast a team's policies make it grow and shrink, by week of the scenario."""

    max_up_per_week: Annotated[Heads, Field(ge=1)] | None = None
    """Most hired people who start training in a week; others wait. Left out: any number."""
    max_down_per_week: Annotated[Heads, Field(ge=1)] | None = None
    """Most people released in a week; others a week later. Left out: any number."""
    notice_weeks: Annotated[Whole, Field(ge=0, le=104)] = 0
    """Weeks from the decision to release people to their last day."""
    release_cost: Money = 0.0
    """What releasing a head costs, where the team has a cost."""


class Surge(Described):
    """A bench: people already trained, whom the vendor lends for a while."""

    agents: Annotated[Heads, Field(ge=1)]
    """Most people to be called."""
    notice_hours: Annotated[Real, Field(ge=0, le=8784)] = 0.0
    """Hours from the call to their first hour of work."""
    max_weeks: Annotated[Whole, Field(ge=1, le=5000)] | None = None
    """Most weeks in which they can be called, in all; left out: any number."""
    premium: Annotated[Real, Field(ge=1, le=10)] = 1.0
    """Factor on the wage of their hours, where the team has a cost."""
