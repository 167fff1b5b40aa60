"""A forecast and what forecasts of the past missed, for the terminal and as JSON."""

from dataclasses import asdict
from typing import Any, TextIO

from server.tables.words import NOTHING, count
from server.tables.words import share as percent
from server.terminal import Column, say, show_table
from simulation.history.effects import Kind
from simulation.history.forecast import DemandForecast, Forecast
from simulation.history.pattern import Pattern
from simulation.scenario.reading.canonical import digest
from simulation.scenario.scenario import Scenario

MOST_SHOWN = 10
"""Strange days of a queue that are told one by one."""


def show_forecast(forecast: Forecast, scenario: Scenario, *, file: TextIO | None = None) -> None:
    queues = forecast.queues
    show_table(
        "Forecast, an ordinary week at the start, before season and events",
        [
            Column("queue", [one.id for one in queues]),
            Column("from", [one.first.isoformat() for one in queues], spare=2),
            Column("to", [one.last.isoformat() for one in queues], spare=1),
            Column("a week", [count(one.demand["weekly_volume"]) for one in queues]),
            Column("growth a year", [_growth(one.pattern) for one in queues]),
            Column("season", ["yes" if one.pattern.season() else NOTHING for one in queues], spare=3),
            Column("busyness", [percent(one.pattern.fit.cv_day) for one in queues]),
            Column("bias", [percent(one.error.bias) if one.error else NOTHING for one in queues], spare=4),
            Column("error, by weeks ahead", [_errors(one) for one in queues]),
            Column(
                "in common", [percent(one.error.horizon_share) if one.error else NOTHING for one in queues], spare=5
            ),
        ],
        file=file,
    )
    if len(queues) > 1:
        print(f"Busy days of different queues go together by {forecast.correlation.value:.2f}", file=file)
    _show_back_tests(forecast, file)
    for one in queues:
        _show_days(one, file)
    say(f"scenario {scenario.name!r}: {len(scenario.queues)} queues from {scenario.start}, {digest(scenario)[:12]}")


def _show_back_tests(forecast: Forecast, file: TextIO | None) -> None:
    rows = [(one.id, missed) for one in forecast.queues for missed in one.back_test.missed]
    if not rows:
        print("The history is too short for a back-test", file=file)
        return
    show_table(
        "Back-test: share of contacts misplaced, beside the same interval of the last week known (naive)",
        [
            Column("queue", [name for name, _ in rows]),
            Column("weeks ahead", [str(one.lead) for _, one in rows]),
            Column("forecasts", [str(one.origins) for _, one in rows], spare=1),
            Column("by interval", [percent(one.interval) for _, one in rows]),
            Column("naive", [percent(one.naive_interval) for _, one in rows]),
            Column("by day", [percent(one.day) for _, one in rows]),
            Column("naive", [percent(one.naive_day) for _, one in rows]),
            Column("by week", [percent(one.week) for _, one in rows]),
            Column("naive", [percent(one.naive_week) for _, one in rows]),
        ],
        file=file,
    )


def _show_days(one: DemandForecast, file: TextIO | None) -> None:
    if one.closed:
        print(f"{one.id}: closed on {', '.join(day.isoformat() for day in one.closed)}, as in the past", file=file)
    for day, name in one.unseen.items():
        print(f"{one.id}: {name}, {day}, is not in the history; close it or give it an event if it differs", file=file)
    for event in one.demand.get("events", ()):
        print(f"{one.id}: {event['name']}, {event['start']}: x {event['multiplier']:g}", file=file)
    for strange in one.pattern.strange[:MOST_SHOWN]:
        told = f"{count(strange.contacts)} contacts where {count(strange.expected)} were expected"
        print(f"{one.id}: {strange.day} is left out: {told}; name it with --event if it may come again", file=file)
    if (more := len(one.pattern.strange) - MOST_SHOWN) > 0:
        print(f"{one.id}: and {more} more such days", file=file)


def _growth(pattern: Pattern) -> str:
    growth = pattern.factors(Kind.GROWTH)
    return f"{100 * (growth[''] - 1):+.1f} %" if growth else NOTHING


def _errors(one: DemandForecast) -> str:
    if one.error is None:
        return NOTHING
    return ", ".join(f"{lead}: {percent(cv)}" for lead, cv in one.error.cv_by_lead_weeks.items())


def plain(forecast: Forecast, scenario: Scenario) -> dict[str, Any]:
    """As JSON has it."""
    return {
        "busyness_correlation": forecast.correlation.value,
        "queues": [
            {
                "id": one.id,
                "from": one.first.isoformat(),
                "to": one.last.isoformat(),
                "demand": one.demand,
                "closed": [day.isoformat() for day in one.closed],
                "unseen": {day.isoformat(): name for day, name in one.unseen.items()},
                "back_test": [asdict(missed) for missed in one.back_test.missed],
                "left_out": [
                    {"day": away.day.isoformat(), "contacts": away.contacts, "expected": away.expected}
                    for away in one.pattern.strange
                ],
            }
            for one in forecast.queues
        ],
        "scenario": {"name": scenario.name, "digest": digest(scenario)},
    }
