"""Public holidays: which they are, and who works on them."""

from typing import Annotated

from pydantic import Field

from simulation.scenario.calendar import Day
from simulation.scenario.places import Country
from simulation.scenario.quantities import Described, Real, Share


class Holidays(Described):
    """Public holidays, on which only a part of the team works; the others are not rostered."""

    calendar: Country | None = None
    """Country whose public holidays they are; left out: the site's."""
    work_share: Share = 0.0
    """Share of a usual day's people who work on them."""
    premium: Annotated[Real, Field(ge=1, le=10)] = 1.0
    """Factor on the wage of hours paid on them, where the team has a cost."""
    extra: tuple[Day, ...] = ()
    """Further local dates that count as holidays."""
