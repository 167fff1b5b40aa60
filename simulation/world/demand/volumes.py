"""Volumes of dates: what a queue expects on each of its local days, before it is spread over the hours.

Weekly volume x weekday share x season x growth x month profile, or the narrowest of the given periods that cover the
date; times the events.
"""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from math import prod

import numpy as np
from numpy.typing import NDArray

from simulation.scenario.calendar import MonthName, Period, Weekday
from simulation.scenario.queues.demand import Demand, DemandEvent
from simulation.world.demand.opening import OpeningTimes, Week

Float64 = NDArray[np.float64]
DAYS_A_YEAR = 365.0


def day_volumes(demand: Demand, opening: OpeningTimes, start: date) -> Float64:
    """Float64 (dates,): expected contacts of each of the opening's dates, were it a day of 24 hours."""
    if demand.volumes is not None:
        volumes = _given_volumes(demand, demand.volumes, opening)
    else:
        volumes = _ordinary_volumes(demand, opening, start)
    return np.array(volumes) * event_multipliers(demand.events, opening.dates)


def _ordinary_volumes(demand: Demand, opening: OpeningTimes, start: date) -> list[float]:
    if demand.weekly_volume is None:
        return [0.0] * len(opening.dates)
    of_weeks: dict[Week, list[float]] = {}
    volumes = []
    for day, hours in zip(opening.dates, opening.hours, strict=True):
        week = opening.ordinary_week(day)
        if week not in of_weeks:
            of_weeks[week] = _weekday_shares(demand, week)
        share = of_weeks[week][day.weekday()] if hours else 0.0
        growth: float = (1.0 + demand.growth_per_year) ** ((day - start).days / DAYS_A_YEAR)
        ordinary = demand.weekly_volume * share * _season(demand, day) * growth
        volumes.append(ordinary * _month_weight(demand, opening, day) if hours else 0.0)
    return volumes


def _weekday_shares(demand: Demand, week: Week) -> list[float]:
    """The part of the weekly volume that each weekday would take, were it open, Monday first."""
    weights = [demand.weekday_weights.get(weekday, 1.0) for weekday in Weekday]
    total = sum(weight for weight, hours in zip(weights, week, strict=True) if hours)
    return [weight / total if total else 0.0 for weight in weights]


def _season(demand: Demand, day: date) -> float:
    if demand.season is None:
        return 1.0
    if demand.season.months is not None:
        return demand.season.months.get(MonthName.of(day), 1.0)
    return (demand.season.weeks or {}).get(str(day.isocalendar().week), 1.0)


def _month_weight(demand: Demand, opening: OpeningTimes, day: date) -> float:
    """The product of the month profile's entries for a working day: the k-th of its month, the m-th from the end."""
    if not demand.month_profile:
        return 1.0
    return prod(demand.month_profile.get(name, 1.0) for name in working_day_names(opening, day))


def working_day_names(opening: OpeningTimes, day: date) -> tuple[str, ...]:
    """What the working day is called in its month, from the start and from the end; nothing on other days."""
    working = opening.working_days(day)
    if day not in working:
        return ()
    position = working.index(day)
    return f"WD{position + 1}", f"WD-{len(working) - position}"


def _dates(period: Period) -> list[date]:
    return [period.first + timedelta(days=k) for k in range(period.days)]


def _given_volumes(demand: Demand, volumes: Mapping[Period, float], opening: OpeningTimes) -> list[float]:
    """Each period's total lies on its open dates by weekday weight x month profile; a narrower period's dates win."""
    by_date: dict[date, float] = {}
    for period in sorted(volumes, key=lambda period: -period.days):
        weights = {
            day: demand.weekday_weights.get(Weekday.of(day), 1.0) * _month_weight(demand, opening, day)
            for day in _dates(period)
            if opening.hours_on(day)
        }
        total = sum(weights.values())
        by_date |= {day: volumes[period] * weights.get(day, 0.0) / total if total else 0.0 for day in _dates(period)}
    return [by_date.get(day, 0.0) for day in opening.dates]


def event_multipliers(events: Sequence[DemandEvent], dates: Sequence[date]) -> Float64:
    """Float64 (dates,): the product of the events' multipliers on each date.

    An event's days have m; the j-th day before its first and after its last 1 + (m - 1) (1 - j / (L + 1)), L the days
    of lead-in or decay: a straight line that reaches 1 on the day outside. Events `included` in a volume are left out.
    """
    product = np.ones(len(dates))
    for event in events:
        if event.included:
            continue
        day = np.array([(on - event.start).days for on in dates])
        before, after = np.maximum(-day, 0), np.maximum(day - (event.days - 1), 0)
        rise = np.maximum(1.0 - before / (event.lead_in_days + 1), 0.0)
        fall = np.maximum(1.0 - after / (event.decay_days + 1), 0.0)
        product *= 1.0 + (event.multiplier - 1.0) * rise * fall
    return product
