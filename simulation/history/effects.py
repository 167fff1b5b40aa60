"""What a day's volume depends on, as columns of a regression: the same columns explain the past and foretell."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from simulation.history.occasions import Occasions
from simulation.scenario.calendar import MONTH_NAMES, WEEKDAYS

Float64 = NDArray[np.float64]

YEAR = 365.0
WEEKS_OF_A_SEASON = 104
"""A yearly season and growth are told apart from two whole years on."""
EDGE = 3
"""Working days from the start and from the end of a month that may differ from others."""
OFTEN = 3
"""How often a working day of the month must have been seen."""


class Kind(StrEnum):
    """What a column stands for."""

    WEEKDAY = "weekday"
    MONTH_DAY = "working day of the month"
    HOLIDAY = "holiday"
    AFTER = "day after a holiday"
    EVENT = "event"
    SEASON = "season"
    GROWTH = "growth"


OPTIONAL = (Kind.MONTH_DAY, Kind.HOLIDAY, Kind.AFTER)
"""Left out of a fit where the days do not show them."""


@dataclass(frozen=True)
class Effect:
    """A column: its kind and which of them."""

    kind: Kind
    name: str


@dataclass(frozen=True)
class Almanac:
    """The days of a queue, past and to come, with what is known of them.

    occasions: holidays and events
    opened:    local dates of which the file tells
    weekdays:  weekdays (0 is Monday) on which the queue is usually open
    closes:    names of holidays on which it was closed
    seen:      names of all holidays on its weekdays of which the file tells
    origin:    the date from which growth counts
    """

    occasions: Occasions
    opened: frozenset[date]
    weekdays: frozenset[int]
    closes: frozenset[str]
    seen: frozenset[str]
    origin: date

    @classmethod
    def of(cls, occasions: Occasions, dates: Sequence[date]) -> "Almanac":
        """From the dates of which a file tells, ascending."""
        opened = frozenset(dates)
        weeks = max(1.0, ((dates[-1] - dates[0]).days + 1) / 7)
        often = [sum(day.weekday() == weekday for day in dates) / weeks for weekday in range(7)]
        weekdays = frozenset(weekday for weekday, share in enumerate(often) if share > 0.25)
        past = [day for day in occasions.holidays if dates[0] <= day <= dates[-1] and day.weekday() in weekdays]
        names = {occasions.holidays[day] for day in past}
        absent = {name: [day not in opened for day in past if occasions.holidays[day] == name] for name in names}
        closes = frozenset(name for name, away in absent.items() if 2 * sum(away) > len(away))
        return cls(occasions, opened, weekdays, closes, frozenset(names), dates[-1])

    def is_open(self, day: date) -> bool:
        """Whether the queue is open on a date: as the file tells, beyond it by weekday and holiday."""
        return day in self.opened or (day.weekday() in self.weekdays and not self.is_closed_holiday(day))

    def is_closed_holiday(self, day: date) -> bool:
        """Whether a date is a holiday on which the queue closes."""
        return day not in self.opened and self.occasions.holidays.get(day) in self.closes

    def is_unseen(self, day: date) -> bool:
        """Whether a date is a holiday, on a usually open weekday, of which the past has none."""
        name = self.occasions.holidays.get(day)
        return name is not None and name not in self.seen and day.weekday() in self.weekdays

    def month_day(self, day: date) -> set[str]:
        """What a date is called among the first and last working days (Monday to Friday, open) of its month."""
        first = day.replace(day=1)
        if first not in self._edges:
            self._edges[first] = self._edges_of(first)
        return self._edges[first].get(day, set())

    def _edges_of(self, first: date) -> dict[date, set[str]]:
        month = [first + timedelta(days=k) for k in range(31)]
        working = [day for day in month if day.month == first.month and day.weekday() < 5 and self.is_open(day)]
        named: dict[date, set[str]] = {}
        for k, (early, late) in enumerate(zip(working[:EDGE], working[::-1], strict=False), 1):
            named.setdefault(early, set()).add(f"WD{k}")
            named.setdefault(late, set()).add(f"WD-{k}")
        return named

    @cached_property
    def _edges(self) -> dict[date, dict[date, set[str]]]:
        return {}

    def after_holidays(self, dates: Iterable[date]) -> dict[date, str]:
        """The dates that are the first open ones after a holiday on which the queue was closed."""
        days = sorted(dates)
        near = [days[0] + timedelta(days=k) for k in range(-8, (days[-1] - days[0]).days + 1)] if days else []
        closed = [day for day in near if day.weekday() in self.weekdays and self.is_closed_holiday(day)]
        found = self.occasions.after(closed, [day for day in near if self.is_open(day)])
        return {day: name for day, name in found.items() if day in set(days)}


def effects_of(almanac: Almanac, dates: Sequence[date]) -> list[Effect]:
    """The effects that a history of these dates could show."""
    weekdays = sorted({day.weekday() for day in dates})
    effects = [Effect(Kind.WEEKDAY, str(WEEKDAYS[weekday])) for weekday in weekdays]
    seen = [almanac.month_day(day) for day in dates]
    edges = [f"{end}{k}" for end in ("WD", "WD-") for k in range(1, EDGE + 1)]
    often = [name for name in edges if sum(name in names for names in seen) >= OFTEN]
    effects += [Effect(Kind.MONTH_DAY, name) for name in often]
    holidays = almanac.occasions.holidays
    effects += [Effect(Kind.HOLIDAY, name) for name in sorted({holidays[day] for day in dates if day in holidays})]
    if almanac.after_holidays(dates):
        effects.append(Effect(Kind.AFTER, ""))
    events = almanac.occasions.events
    effects += [Effect(Kind.EVENT, name) for name in sorted({events[day] for day in dates if day in events})]
    if (dates[-1] - dates[0]).days + 1 >= 7 * WEEKS_OF_A_SEASON:
        months = [name for k, name in enumerate(MONTH_NAMES, 1) if any(day.month == k for day in dates)]
        effects += [Effect(Kind.SEASON, str(name)) for name in months[1:]]
        effects.append(Effect(Kind.GROWTH, ""))
    return effects


def columns(effects: Sequence[Effect], almanac: Almanac, dates: Sequence[date]) -> Float64:
    """Float64 (days, effects): the columns of the effects on some dates."""
    after = almanac.after_holidays(dates)
    x = np.zeros((len(dates), len(effects)))
    names = [_named(almanac, after, day) for day in dates]
    for k, effect in enumerate(effects):
        if effect.kind is Kind.GROWTH:
            x[:, k] = [(day - almanac.origin).days / YEAR for day in dates]
        else:
            x[:, k] = [(effect.kind, effect.name) in of for of in names]
    return x


def _named(almanac: Almanac, after: dict[date, str], day: date) -> set[tuple[Kind, str]]:
    found = {(Kind.WEEKDAY, str(WEEKDAYS[day.weekday()])), (Kind.SEASON, str(MONTH_NAMES[day.month - 1]))}
    found |= {(Kind.MONTH_DAY, name) for name in almanac.month_day(day)}
    if day in after:
        found.add((Kind.AFTER, ""))
    if day in almanac.occasions.holidays:
        found.add((Kind.HOLIDAY, almanac.occasions.holidays[day]))
    if day in almanac.occasions.events:
        found.add((Kind.EVENT, almanac.occasions.events[day]))
    return found
