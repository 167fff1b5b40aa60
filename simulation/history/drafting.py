"""A history as a scenario document: a new one to begin from, or the demand of queues in one that is there."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from importlib import resources
from math import ceil
from typing import Any

import numpy as np

from simulation.erlang import least_agents
from simulation.history.fit import Fit, handling_cv, handling_mean, mean_of_periods, patience_mean
from simulation.history.history import DAY_MINUTES, History, PeriodTotals, QueueHistory
from simulation.history.problems import Problems
from simulation.scenario.calendar import Period
from simulation.scenario.horizon import LONGEST_DAYS
from simulation.scenario.problems import choose
from simulation.scenario.reading.canonical import canonical_data
from simulation.scenario.reading.document import from_data
from simulation.scenario.scenario import Scenario
from simulation.scenario.sources import Confidence

ASSUMED_HANDLING = 300.0
ASSUMED_CV = 0.8
THRESHOLD, SHARE = 20.0, 0.8
BUSIEST = 99.0
"""Percentile of a queue's slots for which the agents of a new scenario are enough."""
Measured = QueueHistory | PeriodTotals
Data = dict[str, Any]


@dataclass(frozen=True)
class Figure:
    """A value of the document with where it is from."""

    value: float
    source: str
    confidence: Confidence


def new_scenario(history: History, name: str, file: str) -> Scenario:
    """A scenario of the days that a history covers: its queues with measured demand, handling and patience.

    What the history does not tell is assumed and says so in `sources`: one in-house team that serves all queues, with
    agents enough for the busiest slots, and a target of 80 % within 20 seconds. `file` names what the figures are from.
    Raises HistoryError where the days are more than a scenario may have.
    """
    measured: Sequence[Measured] = (*history.queues, *history.totals)
    first, last = min(map(_first, measured)), max(map(_last, measured))
    days = (last - first).days + 1
    if days > LONGEST_DAYS:
        problems = Problems(file)
        problems.add(f"covers {days} days, and a scenario has at most {LONGEST_DAYS}", "import fewer years")
        problems.check()
    sources: Data = {}
    queues = [_queue(one, file, sources) for one in measured]
    agents = sum(_enough(one, queue) for one, queue in zip(measured, queues, strict=True))
    zone = measured[0].timezone
    team = {"id": "team", "site": "home", "skills": [{"queue": one.id} for one in measured]}
    sources["vendors.own.teams.team.staffing.agents"] = _assumed("enough for the busiest slots")
    own = {
        "id": "own",
        "name": "Own people",
        "kind": "IN_HOUSE",
        "sites": [{"id": "home", "country": country_of(zone)}],
        "teams": [{**team, "staffing": {"agents": max(1, agents)}}],
    }
    return from_data(
        {
            "name": name[:200],
            "start": first.isoformat(),
            "days": days,
            "timezone": zone,
            "interval_minutes": _interval(measured),
            "sources": sources,
            "queues": queues,
            "vendors": [own],
        },
        file=file,
    )


def into_scenario(scenario: Scenario, history: History, file: str, *, fit: bool = False) -> Scenario:
    """The scenario with the measured demand in its queues of the same id or name; with `fit` handling and patience too.

    A queue's demand is replaced whole, as measured volumes hold already what its events, season and busyness did.
    Raises HistoryError for queues that the scenario does not have or that are in another time zone, ScenarioError where
    the result is no scenario, such as for volumes outside its days.
    """
    problems, data = Problems(file), canonical_data(scenario)
    sources: Data = dict(data.get("sources", {}))
    known = {queue.id: k for k, queue in enumerate(scenario.queues)}
    by_name = {queue.name.casefold(): queue.id for queue in scenario.queues}
    measured: Sequence[Measured] = (*history.queues, *history.totals)
    for one in measured:
        of = one.id if one.id in known else by_name.get(one.name.casefold())
        if of is None:
            mend = f"{choose(one.id, list(known))} as in --queue {one.name!r}=ID, or add the queue to the scenario"
            problems.add(f"the scenario has no queue {one.id}", mend)
            continue
        queue = data["queues"][known[of]]
        zone = queue.get("timezone", scenario.timezone)
        if zone != one.timezone:
            mend = f"read the file with --timezone {zone}, and --clock {one.timezone} if that is its clock"
            problems.add(f"queue {of} is in {zone}, the history in {one.timezone}", mend)
        _replace(queue, one, of, file, sources, fit=fit)
    problems.check()
    return from_data({**data, "sources": sources} if sources else data, file=file)


def _replace(queue: Data, one: Measured, of: str, file: str, sources: Data, *, fit: bool) -> None:
    at = f"queues.{of}"
    parts = {"demand": _demand(one), **(_fitted(one, queue.get("channel", "VOICE"), of, file, sources) if fit else {})}
    for part in parts:
        for path in [path for path in sources if f"{path}.".startswith(f"{at}.{part}.")]:
            if part == "demand":
                del sources[path]
    queue.update(parts)
    sources[f"{at}.demand.{next(iter(parts['demand']))}"] = _measured(_span(one, file))


def _queue(one: Measured, file: str, sources: Data) -> Data:
    at = f"queues.{one.id}"
    demand = _demand(one)
    sources[f"{at}.demand.{next(iter(demand))}"] = _measured(_span(one, file))
    fitted = _fitted(one, "VOICE", one.id, file, sources)
    if "handling" not in fitted:
        fitted["handling"] = {"distribution": "LOGNORMAL", "mean_seconds": ASSUMED_HANDLING, "cv": ASSUMED_CV}
        sources[f"{at}.handling.mean_seconds"] = _assumed("no handling times in the history")
    threshold = one.threshold_seconds if isinstance(one, QueueHistory) else None
    sources[f"{at}.target.share"] = _assumed("80 % in time, as is custom")
    target = {"threshold_seconds": threshold or THRESHOLD, "share": SHARE}
    return {"id": one.id, "name": one.name[:200], "demand": demand, **fitted, "target": target}


def _demand(one: Measured) -> Data:
    if isinstance(one, PeriodTotals):
        return {"volumes": {period: _plain(volume) for period, volume in one.offered.items()}}
    volumes = np.nan_to_num(one.offered)
    if one.minutes == DAY_MINUTES:
        dates = [str(day) for day in one.local.astype("datetime64[D]")]
        return {"volumes": {day: _plain(volume) for day, volume in zip(dates, volumes.tolist(), strict=True)}}
    start = one.first.isoformat(timespec="minutes")
    return {"series": {"start": start, "minutes": one.minutes, "volumes": [_plain(v) for v in volumes.tolist()]}}


def _plain(volume: float) -> float:
    return round(volume, 4)


def _fitted(one: Measured, channel: str, of: str, file: str, sources: Data) -> Data:
    """What can be estimated, each with where it is from."""
    found: Data = {}
    at, span = f"queues.{of}", _span(one, file)
    handling = _handling(one)
    if handling is not None:
        mean, cv = handling
        spread = {"distribution": "LOGNORMAL", "cv": round(cv.value if cv else ASSUMED_CV, 3)}
        found["handling"] = {"mean_seconds": round(mean.value, 2), **spread}
        sources[f"{at}.handling.mean_seconds"] = _measured(f"{span}: {mean.how}")
        how = _measured(f"{span}: {cv.how}") if cv else _assumed("too few slots to tell")
        sources[f"{at}.handling.cv"] = how
    patience = patience_mean(one) if isinstance(one, QueueHistory) and channel in ("VOICE", "CHAT") else None
    if patience is not None:
        found["patience"] = {"distribution": "EXPONENTIAL", "mean_seconds": round(patience.value, 1)}
        sources[f"{at}.patience.mean_seconds"] = _measured(f"{span}: {patience.how}")
    return found


def _handling(one: Measured) -> tuple[Fit, Fit | None] | None:
    if isinstance(one, QueueHistory):
        mean = handling_mean(one)
        return None if mean is None else (mean, handling_cv(one))
    mean = mean_of_periods(one)
    return None if mean is None else (mean, None)


def _enough(one: Measured, queue: Data) -> int:
    """Agents with which 80 % are in time at the busiest of a queue's slots; of days, spread over twelve hours."""
    seconds = 60.0 * one.minutes if isinstance(one, QueueHistory) else 0.0
    if isinstance(one, QueueHistory) and one.minutes < DAY_MINUTES:
        rate = float(np.nanpercentile(one.offered, BUSIEST)) / seconds
    else:
        rate = _busiest_day(one) / (12 * 3600)
    handling: float = queue["handling"]["mean_seconds"]
    patience: float | None = queue.get("patience", {}).get("mean_seconds")
    if rate * handling > 2_000:  # beyond where square roots of the load matter
        return ceil(rate * handling * 1.05)
    return least_agents(rate, handling, patience, threshold_seconds=THRESHOLD, service_level=SHARE)


def _busiest_day(one: Measured) -> float:
    if isinstance(one, QueueHistory):
        return float(np.nanpercentile(one.offered, BUSIEST))
    return max((volume / Period(period).days for period, volume in one.offered.items()), default=0.0)


def _first(one: Measured) -> date:
    return one.first.date() if isinstance(one, QueueHistory) else min(Period(period).first for period in one.offered)


def _last(one: Measured) -> date:
    if isinstance(one, QueueHistory):
        return (one.end - timedelta(minutes=1)).date()
    return max(Period(period).last for period in one.offered)


def _interval(measured: Sequence[Measured]) -> int:
    shortest = min((one.minutes for one in measured if isinstance(one, QueueHistory)), default=30)
    return 15 if shortest <= 15 else 60 if shortest in (60, 120) else 30


def _span(one: Measured, file: str) -> str:
    return f"{file[-80:]}, {_first(one)} to {_last(one)}"


def _measured(source: str) -> dict[str, str]:
    return {"source": source[:200], "confidence": Confidence.MEASURED.value}


def _assumed(source: str) -> dict[str, str]:
    return {"source": source, "confidence": Confidence.ASSUMED.value}


@cache
def _countries() -> dict[str, str]:
    table = resources.files("tzdata.zoneinfo").joinpath("zone.tab").read_text("utf-8")
    rows: Iterator[list[str]] = (line.split("\t") for line in table.splitlines() if not line.startswith("#"))
    return {row[2]: row[0] for row in rows}


def country_of(zone: str) -> str:
    """The country of a time zone; the United States for one that is of none."""
    return _countries().get(zone, "US")
