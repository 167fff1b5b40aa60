"""Overtime and voluntary time off: how far a team's hours stretch and give from day to day."""

from typing import Annotated

from pydantic import Field

from simulation.scenario.quantities import Described, PositiveShare, Real, Share, Whole


class Overtime(Described):
    """Extra paid hours, asked for before a day on which fewer people are expected than the targets require."""

    max_share: PositiveShare = 0.1
    """Share of a day's people who can be asked."""
    max_hours_per_week: Annotated[Real, Field(gt=0, le=48)] = 8.0
    """Extra hours of one head in a week, on the average of those who accept."""
    max_weeks_running: Annotated[Whole, Field(ge=1, le=520)] | None = None
    """Weeks with overtime one after the other, before one without; left out: any number."""
    acceptance: Share = 1.0
    """Share of those asked who accept."""
    notice_hours: Annotated[Real, Field(ge=0, le=1000)] = 24.0
    """Hours before the day at which it is decided, with what is known then."""
    premium: Annotated[Real, Field(ge=1, le=10)] = 1.0
    """Factor on the wage of these hours, where the team has a cost."""


class VoluntaryTimeOff(Described):
    """Hours given back on the day itself, where more people are there than the targets require."""

    max_share: PositiveShare = 0.1
    """Share of a day's people to whom it can be offered."""
    acceptance: Share = 1.0
    """Share of those asked who accept."""
    paid: bool = False
    """Whether it is paid: then these hours are rostered and absent, else not rostered."""
