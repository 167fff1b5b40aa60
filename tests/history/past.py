"""A past that is made from a scenario with the project's own demand, so that what an estimate should find is known."""

from typing import Any

import numpy as np

from simulation.history.history import History, QueueHistory
from simulation.scenario.grid import MINUTE, Grid
from simulation.scenario.reading.document import from_data
from simulation.scenario.scenario import Scenario
from simulation.world.demand.arrivals import QueueArrivals, trace
from simulation.world.demand.cells import expected_cells, handling_multipliers
from simulation.world.randomness import Draws

ZONE = "America/New_York"
WEEKDAYS = ["MON", "TUE", "WED", "THU", "FRI"]
HOURS = [{"days": WEEKDAYS, "open": "08:00", "close": "18:00"}]
CURVE = {"08:00": 0.6, "09:00": 1.2, "11:00": 1.4, "13:00": 1.0, "15:00": 1.1, "17:00": 0.5}
WEEK = {"MON": 1.25, "TUE": 1.05, "WED": 0.95, "THU": 0.9, "FRI": 0.85}


def scenario_of(
    demands: dict[str, dict[str, Any]], *, weeks: int, start: str = "2024-01-01", rho: float = 0.0
) -> Scenario:
    """Calls on weekdays from eight to six; holidays are the test's own affair."""
    shape = {"weekday_weights": WEEK, "time_of_day_weights": [{"weights": CURVE}]}
    queues = [
        {
            "id": name,
            "channel": "VOICE",
            "hours": HOURS,
            "demand": {**shape, **demand},
            "handling": {"mean_seconds": 200},
            "closed": demand.pop("closed", []),
        }
        for name, demand in ((name, dict(demand)) for name, demand in demands.items())
    ]
    for queue in queues:
        queue["demand"].pop("closed", None)
    team = {"id": "t", "site": "s", "skills": [{"queue": name} for name in demands], "staffing": {"agents": 9}}
    vendor = {"id": "v", "sites": [{"id": "s", "country": "US"}], "teams": [team]}
    return from_data(
        {
            "name": "past",
            "start": start,
            "weeks": weeks,
            "timezone": ZONE,
            "busyness_correlation": rho,
            "queues": queues,
            "vendors": [vendor],
        }
    )


def history_of(scenario: Scenario, number: int = 0, seed: int = 1) -> History:
    """What one replication's arrivals would have left in an ACD: a row for each open half hour."""
    grid, draws = Grid.of(scenario), Draws(seed, number)
    cells = expected_cells(scenario, grid)
    parts = zip(scenario.queues, cells, handling_multipliers(scenario, grid), strict=True)
    drawn = trace([QueueArrivals(*part, draws, scenario.busyness_correlation) for part in parts], 0, grid.intervals)
    origin = np.datetime64(grid.origin.replace(tzinfo=None), "m")
    minutes = scenario.interval_minutes
    starts = origin + np.arange(grid.intervals) * np.timedelta64(minutes, "m")
    readings = grid.clock(ZONE).readings(grid.interval_starts) // MINUTE
    local = np.datetime64(0, "m") + readings.astype("timedelta64[m]")
    queues = []
    for q, (queue, own) in enumerate(zip(scenario.queues, cells, strict=True)):
        arrived = drawn.arrives[drawn.queue == q] // grid.interval
        offered = np.bincount(arrived, minlength=grid.intervals).astype(np.float64)
        is_open = np.zeros(grid.intervals, np.bool_)
        is_open[own.interval[own.length > 0]] = True
        queues.append(
            QueueHistory(queue.id, queue.id, ZONE, minutes, starts, local, np.where(is_open, offered, np.nan))
        )
    return History(tuple(queues))
