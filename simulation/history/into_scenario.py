"""A forecast written into a scenario: the demand of its queues, what they share, and where each figure is from."""

from datetime import date
from typing import Any

from simulation.history.drafting import new_scenario
from simulation.history.forecast import DemandForecast, Forecast
from simulation.history.history import History
from simulation.history.refusals import UnforecastableError
from simulation.scenario.problems import choose
from simulation.scenario.reading.canonical import canonical_data
from simulation.scenario.reading.document import from_data
from simulation.scenario.scenario import Scenario
from simulation.scenario.sources import Confidence

PLACEHOLDER = {"weekly_volume": 1}
"""Demand of a queue that gets a forecast next."""
KEPT = ("shocks", "batches", "events")
"""What a queue's demand keeps of its own: planned happenings, of which a history cannot tell."""


def with_forecast(scenario: Scenario, forecast: Forecast, *, source: str) -> Scenario:
    """The scenario with the forecast's demand in the queues of the same id, and `source` as where it is from.

    A queue's shocks, batches and events stay; everything else of its demand is replaced. Holidays on which the queue
    used to be closed join its `closed` dates. Raises UnforecastableError for queues that the scenario does not have or
    whose clock is another, ScenarioError where the whole is none.
    """
    queues = {queue.id: queue for queue in scenario.queues}
    refused = []
    for one in forecast.queues:
        if one.id not in queues:
            refused.append(f"{one.id}: the scenario has no such queue; {choose(one.id, sorted(queues))}")
        elif (zone := queues[one.id].timezone or scenario.timezone) != one.timezone:
            refused.append(f"{one.id}: the history is by the clock of {one.timezone}, the queue by that of {zone}")
    if refused:
        raise UnforecastableError(refused)
    data = canonical_data(scenario)
    by_id = {queue["id"]: queue for queue in data["queues"]}
    sources = dict(data.get("sources", {}))
    for one in forecast.queues:
        _write(one, by_id[one.id], sources, source)
    if len(forecast.queues) > 1:
        data["busyness_correlation"] = round(forecast.correlation.value, 3)
        sources["busyness_correlation"] = _measured(source)
    return from_data({**data, "sources": sources}, file="forecast")


def scenario_to_come(history: History, name: str, file: str, *, start: date, weeks: int) -> Scenario:
    """A scenario of the weeks to come, to write a forecast into: as `new_scenario` makes one of a history, its queues
    and people at another time. Raises HistoryError as that does."""
    data = canonical_data(new_scenario(history, name, file))
    queues = [{**queue, "demand": PLACEHOLDER} for queue in data["queues"]]
    sources = {path: source for path, source in data.get("sources", {}).items() if ".demand." not in path}
    del data["days"]
    whole = {**data, "start": start.isoformat(), "weeks": weeks, "queues": queues, "sources": sources}
    return from_data(whole, file=file)


def _write(forecast: DemandForecast, queue: dict[str, Any], sources: dict[str, Any], source: str) -> None:
    before = queue["demand"]
    events = [*before.get("events", ()), *forecast.demand.get("events", ())]
    demand = {**{name: before[name] for name in KEPT if name in before}, **forecast.demand}
    queue["demand"] = {**demand, "events": events} if events else demand
    if forecast.closed:
        queue["closed"] = sorted({*queue.get("closed", ()), *(day.isoformat() for day in forecast.closed)})
    at = f"queues.{forecast.id}.demand"
    for path in [path for path in sources if path == at or path.startswith(f"{at}.")]:
        if path.removeprefix(at).split(".")[1:2] not in [[name] for name in KEPT]:
            del sources[path]
    days = f"{source}, {forecast.first} to {forecast.last}"
    sources.update({f"{at}.{name}": _measured(days) for name in forecast.demand})


def _measured(source: str) -> dict[str, str]:
    return {"source": source[:200], "confidence": Confidence.MEASURED.value}
