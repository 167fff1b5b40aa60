"""The hours of the night."""

from typing import Annotated

from pydantic import Field

from simulation.scenario.calendar import Clock
from simulation.scenario.quantities import Described


class Night(Described):
    """The hours of the night, by the site's clock."""

    from_: Annotated[Clock, Field(alias="from")] = Clock("22:00")
    """When it begins."""
    to: Clock = Clock("06:00")
    """When it ends, at or before the beginning on the next day."""

    def holds(self, minute: int) -> bool:
        """Whether a minute of the day, from 0, is in it."""
        begins, ends = self.from_.minutes, self.to.minutes
        return begins <= minute < ends if begins < ends else minute >= begins or minute < ends
