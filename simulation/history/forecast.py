"""What may come of what was: a history as the demand of a scenario, with its luck and with what it would have missed.

>>> forecast = forecast_demand(history, start=date(2026, 9, 28), weeks=16, country="US")   # doctest: +SKIP
>>> scenario = with_forecast(scenario, forecast, source="ACD export, 2024-09 to 2026-09")  # doctest: +SKIP
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from math import log10
from typing import Any

import numpy as np
from numpy.typing import NDArray

from simulation.history.backtest import BackTest, back_test
from simulation.history.days import Days, days_of
from simulation.history.effects import YEAR, Kind
from simulation.history.history import DAY_MINUTES, History, QueueHistory
from simulation.history.levels import Model
from simulation.history.luck import Correlation, ErrorOfForecast, correlation_between, error_of_forecast
from simulation.history.occasions import AFTER, KnownEvent, Occasions
from simulation.history.pattern import Pattern, pattern_of
from simulation.history.refusals import UnforecastableError
from simulation.scenario.calendar import WEEKDAYS
from simulation.scenario.grid import day_number

Float64 = NDArray[np.float64]

LEAST_DAYS, LEAST_SPAN = 10, 14
"""A history needs so many days with contacts, over so many."""
FINEST_MINUTES = 15
"""Time-of-day weights are written for steps of at least so many minutes."""


@dataclass(frozen=True, eq=False)
class DemandForecast:
    """One queue's demand to come.

    id, name, timezone: as in the history
    first, last: the days of history that it is estimated from
    demand:    the fields of a queue's `demand` in a scenario, as plain data
    closed:    local dates of the horizon on which the queue closes for a holiday, as it did in the past
    unseen:    holidays of the horizon of which the history has none: somebody has to say what becomes of them
    pattern:   what the past shows
    error:     how far the forecast lies from what comes; None where the history is too short to tell
    back_test: what forecasts made in the past would have missed
    """

    id: str
    name: str
    timezone: str
    first: date
    last: date
    demand: dict[str, Any]
    closed: tuple[date, ...]
    unseen: dict[date, str]
    pattern: Pattern
    error: ErrorOfForecast | None
    back_test: BackTest


@dataclass(frozen=True, eq=False)
class Forecast:
    """What a history makes of a horizon.

    queues:      in the order of the history
    correlation: between queues, of the day's busyness
    """

    queues: tuple[DemandForecast, ...]
    correlation: Correlation


def forecast_demand(
    history: History,
    *,
    start: date,
    weeks: int,
    country: str | None = None,
    events: Sequence[KnownEvent] = (),
    model: Model = Model.SMOOTHING,
) -> Forecast:
    """Estimates every queue's demand of `weeks` weeks from `start` on.

    country: whose public holidays count, ISO 3166 in two letters; None: none do
    events:  days with a name, past ones to learn from and those to come
    model:   how the level at the end of the history is told

    Only days before the start count, and a queue needs two weeks of them. Season and growth are estimated from two
    years on, error by lead from four back-tested forecasts on. Raises UnforecastableError with all that is missing,
    LookupError for an unknown country, MissingExtraError where the model's library is not installed.
    """
    told = {queue.id: _before(days_of(queue), start) for queue in history.queues}
    refused = [*_too_short(history, told), *_unheard_of(told, events, start, weeks)]
    if refused:
        raise UnforecastableError(refused)
    found = [_queue(queue, told[queue.id], start, weeks, country, events, model) for queue in history.queues]
    return Forecast(tuple(found), correlation_between([one.pattern for one in found]))


def _before(days: Days, start: date) -> Days:
    return days.where(days.numbers < day_number(start))


def _too_short(history: History, told: dict[str, Days]) -> list[str]:
    lines = [
        f"{total.id}: is known by month or week only; a forecast needs days or intervals" for total in history.totals
    ]
    for name, days in told.items():
        span = int(days.numbers[-1] - days.numbers[0]) + 1 if len(days.numbers) else 0
        if len(days.numbers) < LEAST_DAYS or span < LEAST_SPAN:
            what = f"{len(days.numbers)} days with contacts within {span}"
            lines.append(f"{name}: has {what}; a forecast needs {LEAST_DAYS} within {LEAST_SPAN}")
    return lines


def _unheard_of(told: dict[str, Days], events: Sequence[KnownEvent], start: date, weeks: int) -> list[str]:
    """Events to come of which no history tells."""
    end = start + timedelta(weeks=weeks)
    coming = {event.name for event in events if event.start < end and event.dates[-1] >= start}
    lines = []
    for name, days in told.items():
        known = set(days.dates)
        seen = {event.name for event in events if known & set(event.dates)}
        lines += [
            f"{name}: no day of the event {event!r} is in the history; give its days in the past, or leave it out and "
            "write it into the scenario's demand.events"
            for event in sorted(coming - seen)
        ]
    return lines


def _queue(
    history: QueueHistory,
    days: Days,
    start: date,
    weeks: int,
    country: str | None,
    events: Sequence[KnownEvent],
    model: Model,
) -> DemandForecast:
    end = start + timedelta(weeks=weeks)
    occasions = Occasions.of(country, events, days.dates[0], max(end, days.dates[-1]))
    pattern = pattern_of(days, occasions, model)
    test = back_test(days, occasions, model)
    error = error_of_forecast(test)
    horizon = [start + timedelta(days=k) for k in range(7 * weeks)]
    demand = _demand(pattern, start, horizon)
    if error is not None:
        gap = max(0, (start - days.dates[-1]).days - 1) // 7
        cvs = {str(lead): round(cv, 4) for lead, cv in _from_start(error.cv_by_lead_weeks, gap).items()}
        share = round(error.horizon_share, 3)
        demand["forecast_error"] = {"bias": round(error.bias, 4), "cv_by_lead_weeks": cvs, "horizon_share": share}
    closed = tuple(day for day in horizon if pattern.almanac.is_closed_holiday(day))
    return DemandForecast(
        id=history.id,
        name=history.name,
        timezone=history.timezone,
        first=days.dates[0],
        last=days.dates[-1],
        demand=demand,
        closed=closed,
        unseen={day: occasions.holidays[day] for day in horizon if pattern.almanac.is_unseen(day)},
        pattern=pattern,
        error=error,
        back_test=test,
    )


def _from_start(cvs: dict[int, float], gap: int) -> dict[int, float]:
    """By lead as a scenario counts it, its first week 1, where it begins some weeks after the history's end."""
    return {lead: float(np.interp(lead + gap, list(cvs), list(cvs.values()))) for lead in cvs}


def _demand(pattern: Pattern, start: date, horizon: Sequence[date]) -> dict[str, Any]:
    weekdays = pattern.factors(Kind.WEEKDAY)
    growth = pattern.factors(Kind.GROWTH).get("", 1.0)
    years = (start - pattern.almanac.origin).days / YEAR
    mean = sum(weekdays.values()) / len(weekdays)
    volume = sum(weekdays.values()) * pattern.level * pattern.unseasoned() * growth**years
    shares = {str(name): round(weekdays.get(str(name), 0.0) / mean, 4) for name in WEEKDAYS}
    demand: dict[str, Any] = {"weekly_volume": _significant(volume), "weekday_weights": shares}
    if profiles := _time_of_day(pattern):
        demand["time_of_day_weights"] = profiles
    if season := pattern.season():
        demand["season"] = {"months": {name: round(factor, 4) for name, factor in season.items()}}
        demand["growth_per_year"] = round(growth - 1.0, 4)
    if month := pattern.factors(Kind.MONTH_DAY):
        demand["month_profile"] = {name: round(factor, 4) for name, factor in month.items()}
    if events := _events(pattern, horizon):
        demand["events"] = events
    demand["busyness_cv"] = round(pattern.fit.cv_day, 4)
    return demand


def _significant(value: float) -> float:
    return round(value, 5 - int(log10(value))) if value >= 1 else round(value, 6)


def _time_of_day(pattern: Pattern) -> list[dict[str, Any]]:
    """One entry for all weekdays of equal profile; weights of mean 1 over the open steps."""
    minutes = pattern.days.minutes
    if minutes == DAY_MINUTES:
        return []
    together = max(FINEST_MINUTES // minutes, 1)
    step = minutes * together
    entries: list[dict[str, Any]] = []
    alike: dict[bytes, dict[str, Any]] = {}
    for weekday in sorted({int(day) for day in pattern.days.weekdays}):
        shares = pattern.profiles[weekday].reshape(-1, together).sum(axis=1)
        weights = np.round(shares / shares[shares > 0].mean(), 4)
        key = weights.tobytes()
        if key not in alike:
            alike[key] = {"days": [], "weights": _steps(weights, step)}
            entries.append(alike[key])
        alike[key]["days"].append(str(WEEKDAYS[weekday]))
    return entries


def _steps(weights: Float64, minutes: int) -> dict[str, float]:
    """Weight by the time of day from which on it holds."""
    changes = [k for k in range(len(weights)) if k == 0 or weights[k] != weights[k - 1]]
    return {f"{k * minutes // 60:02}:{k * minutes % 60:02}": float(weights[k]) for k in changes}


def _events(pattern: Pattern, horizon: Sequence[date]) -> list[dict[str, Any]]:
    """Dates of the horizon on which a holiday, the day after one or an event has a multiplier."""
    almanac = pattern.almanac
    holidays, known = pattern.factors(Kind.HOLIDAY), pattern.factors(Kind.EVENT)
    after = pattern.factors(Kind.AFTER).get("")
    is_after = almanac.after_holidays(horizon) if after is not None else {}
    found: list[dict[str, Any]] = []
    for day in horizon:
        if not almanac.is_open(day):
            continue
        holiday, event = almanac.occasions.holidays.get(day, ""), almanac.occasions.events.get(day, "")
        named = [(holiday, holidays.get(holiday)), (event, known.get(event))]
        if day in is_after:
            named.append((AFTER + is_after[day], after))
        found += [
            {"name": name[:200], "start": day.isoformat(), "days": 1, "multiplier": round(factor, 4)}
            for name, factor in named
            if factor is not None
        ]
    return found
