"""The head of a scenario: its name, and how long is simulated, from when, in which intervals."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from math import ceil
from typing import Annotated, Self
from zoneinfo import ZoneInfo

from pydantic import Field, model_validator

from simulation.scenario.calendar import Day
from simulation.scenario.places import Zone
from simulation.scenario.problems import refuse
from simulation.scenario.quantities import Described, Label, Whole

INTERVALS = (15, 30, 60)
LONGEST_DAYS = 3660


@dataclass(frozen=True)
class Horizon:
    """The days that are simulated and the intervals they are cut into."""

    start: date
    days: int
    zone: ZoneInfo
    interval_minutes: int

    @property
    def end(self) -> date:
        """The first date after the horizon."""
        return self.start + timedelta(days=self.days)

    @property
    def dates(self) -> list[date]:
        """Every date of it."""
        return [self.start + timedelta(days=k) for k in range(self.days)]

    @property
    def intervals(self) -> int:
        """How many intervals; a day of 23 or 25 hours has fewer or more."""
        begin, end = (datetime(day.year, day.month, day.day, tzinfo=self.zone) for day in (self.start, self.end))
        return ceil((end.timestamp() - begin.timestamp()) / 60 / self.interval_minutes)


class Heading(Described):
    """The head of a scenario: its name and calendar."""

    one_of = ("weeks", "days")

    name: Label
    """What people call it."""
    start: Day
    """The first day; it begins at local midnight in the scenario's time zone."""
    weeks: Annotated[Whole, Field(ge=1, le=LONGEST_DAYS // 7)] | None = None
    """Length in weeks of seven local days; or `days`."""
    days: Annotated[Whole, Field(ge=1, le=LONGEST_DAYS)] | None = None
    """Length in local days, in place of `weeks`."""
    timezone: Zone
    """Time zone of its days, weeks and months, such as America/New_York."""
    interval_minutes: Annotated[Whole, Field(json_schema_extra={"enum": list(INTERVALS)})] = 30
    """Minutes of an interval: 15, 30 or 60."""

    @property
    def horizon(self) -> Horizon:
        """The days that are simulated."""
        days = self.days if self.days is not None else 7 * (self.weeks or 0)
        return Horizon(self.start, days, ZoneInfo(self.timezone), self.interval_minutes)

    @model_validator(mode="after")
    def _known_interval(self) -> Self:
        if self.interval_minutes not in INTERVALS:
            refuse(f"is {self.interval_minutes}", "write 15, 30 or 60", ("interval_minutes",))
        return self
