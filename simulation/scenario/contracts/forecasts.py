"""Forecasts: what was expected of the queues on which date, and from when on a contract holds both sides to it."""

from collections.abc import Iterable
from datetime import date, timedelta
from enum import StrEnum
from functools import cached_property
from typing import Annotated, Self

from pydantic import Field, model_validator

from simulation.scenario.calendar import Day, Period
from simulation.scenario.problems import refuse
from simulation.scenario.quantities import Described, Id, PositiveSeconds, Real, Volume, Whole


class ForecastBasis(StrEnum):
    """Which volumes and AHT a term of a contract is of."""

    LOCKED = "LOCKED"
    """Of the locked forecast: for each month the version in force `lock_days` before it."""


class QueueForecast(Described):
    """What a version says of one queue."""

    volumes: Annotated[dict[Period, Volume], Field(min_length=1)]
    """Contacts offered, those that automation settles left out, by month, or by ISO week or date where they are known:
    the narrowest wins. They lie on days and hours as `volumes` of the queue would, by its weekday and time-of-day
    weights and month_profile; of a queue by series or share_of, as its expected volume lies on average. Events and
    shocks of the demand are not applied: the figures hold what was known of them."""
    aht_seconds: PositiveSeconds
    """Handling time of a contact, after-contact work and work at the same time included."""

    def covers(self, month: date) -> bool:
        """Whether every day of the month that begins on a date lies in one of the periods."""
        return month in self._covered

    @cached_property
    def _covered(self) -> frozenset[date]:
        months = {day.replace(day=1) for period in self.volumes for day in (period.first, period.last)}
        return frozenset(month for month in months if all(self._holds(day) for day in days_of(month)))

    def _holds(self, day: date) -> bool:
        return any(period.first <= day <= period.last for period in self.volumes)


class Forecast(Described):
    """One version of the forecast."""

    id: Id
    """Its name in paths."""
    issued: Day
    """The date from which on it is in force, for the months of the queues that it covers."""
    queues: Annotated[dict[Id, QueueForecast], Field(min_length=1)]
    """What it says, by id of the queue."""


class Granularity(StrEnum):
    """The periods that relief is given for, by the scenario's clock."""

    INTERVAL = "INTERVAL"
    """Intervals."""
    DAY = "DAY"
    """Local days."""
    WEEK = "WEEK"
    """Seven local days, counted from the scenario's start."""
    MONTH = "MONTH"
    """Calendar months, those that the horizon cuts as far as it reaches."""


class Attempts(StrEnum):
    """Which contacts are held against the locked volume."""

    FIRST_ATTEMPTS = "FIRST_ATTEMPTS"
    """Offered for the first time: neither again after a failure, nor by another queue; those of whom a bot has failed
    are."""
    OFFERED = "OFFERED"
    """All that are offered."""


Band = Annotated[Real, Field(ge=0, le=10)]
"""How far over the lock, as a share of it."""


class Relief(Described):
    """From how far off the lock on a period leaves the clauses that exclude FORECAST. On the limit it stays."""

    over: Band | None = None
    """A period with more contacts than locked x (1 + over) leaves; left out: none does."""
    under: Annotated[Real, Field(ge=0, le=1)] | None = None
    """A period with fewer than locked x (1 - under) leaves clauses about staffing, whose people there was no work for:
    fewer contacts are no reason to serve them worse. Left out: none does."""
    aht_over: Band | None = None
    """A period whose AHT is longer than locked x (1 + aht_over) leaves; left out: none does."""
    granularity: Granularity = Granularity.DAY
    """Of which periods."""
    counts: Attempts = Attempts.FIRST_ATTEMPTS
    """Which contacts are compared."""

    @model_validator(mode="after")
    def _relieves_something(self) -> Self:
        if self.over is None and self.under is None and self.aht_over is None:
            refuse("relieves nothing", "add over: 0.1, under: 0.1 or aht_over: 0.05")
        return self


class ForecastLock(Described):
    """Which version of the forecast a contract holds both sides to."""

    lock_days: Annotated[Whole, Field(ge=0, le=3660)]
    """A month's locked forecast is the version in force so many days before the month begins."""
    relief: Relief | None = None
    """From how far off it on periods are excluded."""

    def locked_on(self, month: date) -> date:
        """The date on which the month that begins on a date is locked."""
        return month - timedelta(days=self.lock_days)


def days_of(month: date) -> list[date]:
    """The dates of the month that begins on a date."""
    length = ((month + timedelta(days=31)).replace(day=1) - month).days
    return [month + timedelta(days=k) for k in range(length)]


def in_force(forecasts: Iterable[Forecast], queue: str, month: date, on: date) -> QueueForecast | None:
    """What the version says that is the last one issued, by a date, of those that cover a queue's month."""
    known = [one for one in forecasts if one.issued <= on and queue in one.queues and one.queues[queue].covers(month)]
    return max(known, key=lambda one: one.issued).queues[queue] if known else None
