"""Opening hours: when a queue, or what a clause watches, is open."""

from datetime import date
from typing import Annotated, Self

from pydantic import Field, model_validator

from simulation.scenario.calendar import Clock, Day, Weekday
from simulation.scenario.problems import refuse
from simulation.scenario.quantities import Described


class Opening(Described):
    """Hours on some days of the week; a queue is open whenever one of its entries says so."""

    days: Annotated[tuple[Weekday, ...], Field(min_length=1)] = tuple(Weekday)
    """Days of the week on which it opens."""
    open: Clock
    """Local time of opening."""
    close: Clock
    """Local time of closing; at or before the opening it is on the next day."""
    from_: Annotated[Day | None, Field(alias="from")] = None
    """First date it holds; left out: always."""
    to: Day | None = None
    """Last date it holds; left out: always."""

    def holds_on(self, day: date) -> bool:
        """Whether it opens on a local date."""
        begun = self.from_ is None or self.from_ <= day
        return begun and (self.to is None or day <= self.to) and Weekday.of(day) in self.days

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.open == "24:00":
            refuse("no day opens at 24:00", 'write "00:00" of the next day', ("open",))
        if self.from_ is not None and self.to is not None and self.to < self.from_:
            refuse("ends before it begins", "write a date on or after `from`", ("to",))
        return self
