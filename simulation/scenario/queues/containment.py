"""Containment: what automation settles before it reaches people."""

from typing import Annotated

from pydantic import Field

from simulation.scenario.calendar import Day
from simulation.scenario.quantities import Described, PositiveFactor, Share


class Containment(Described):
    """From a date on, automation takes a share of the new contacts first."""

    from_: Annotated[Day, Field(alias="from")]
    """First local date of the queue on which it holds, until the next entry."""
    share: Share
    """Share of new contacts that automation takes."""
    failure: Share = 0.0
    """Share of these that it cannot settle: they reach the queue at once. The others are contained, never offered."""
    handling_multiplier: PositiveFactor = 1.0
    """Factor on the handling time of all who reach people while it holds: what is left is harder."""
