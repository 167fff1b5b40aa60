"""Small scenarios to study, and points simulated in this process."""

from collections.abc import Mapping
from typing import Any

from simulation.comparison import Simulated
from simulation.experiment import Experiment, simulate
from simulation.scenario.reading.canonical import canonical
from simulation.scenario.reading.document import load
from simulation.scenario.scenario import Scenario
from simulation.studies.readings import Reading
from simulation.studies.study import Point

SHOP = """
name: Shop
start: 2026-10-26
weeks: 1
timezone: Europe/London
queues:
  - id: orders
    hours: [{open: "09:00", close: "12:00"}]
    demand: {weekly_volume: 300}
    handling: {mean_seconds: 200}
    patience: {mean_seconds: 100}
vendors:
  - id: acme
    kind: OUTSOURCED
    sites: [{id: leeds, country: GB}]
    teams: [{id: desk, site: leeds, skills: [{queue: orders}], staffing: {agents: 2}, cost: {hourly_wage: 12}}]
    contracts:
      - pricing: [{kind: PER_CONTACT, rate: 2.0}]
        slas: [{id: level, metric: SERVICE_LEVEL, queue: orders, target: 0.8, window: WEEK,
                credits: [{below: 0.8, share: 0.5}]}]
        at_risk: {share: 0.1}
"""


def shop(**changes: str) -> Scenario:
    """A desk of two for a queue of a morning, paid by contact, promised 80 % by week."""
    return load(SHOP, changes=changes or None)


def document(scenario: Scenario | None = None) -> str:
    return canonical(scenario or shop())


def simulated(point: Point) -> Simulated:
    return Simulated(point.scenario, simulate(point.scenario, point.experiment))


def reading(held: list[bool], cost: list[float] | None = None) -> Reading:
    """As if so many replications had held, at such costs."""
    return Reading(tuple(held), None if cost is None else tuple(cost), None, ())


def few(replications: int = 4, **more: Any) -> Mapping[str, Any]:
    return {"document": document(), "experiment": Experiment(replications=replications, **more)}
