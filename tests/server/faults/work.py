"""Runs submitted to be worked off under a fault, and what must come of each."""

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from uuid import UUID

from server.store.outcomes import Packed
from server.store.runs import FailureCode, RunStatus
from server.workers.engine import ENGINE
from simulation.scenario.reading.canonical import canonical
from simulation.scenario.reading.document import load
from tests.server import engines

REPLICATIONS = 160
SHARDS = 10
"""Of a small run of the engine of the tests."""
SECONDS = 0.3
"""Each of its shards."""

REAL = """
name: Harbour
start: 2026-10-26
weeks: 4
timezone: Europe/London
queues:
  - id: orders
    hours: [{open: "08:00", close: "20:00"}]
    demand: {weekly_volume: 8000}
    handling: {mean_seconds: 240}
    patience: {mean_seconds: 120}
vendors:
  - id: own
    kind: IN_HOUSE
    sites: [{id: leeds, country: GB}]
    teams:
      - id: desk
        site: leeds
        skills: [{queue: orders}]
        staffing: {agents: 9}
"""
IMPOSSIBLE = json.dumps({"name": "no queues"})
"""A document that the real engine refuses."""


@dataclass(frozen=True)
class Submitted:
    """A run, and its rightful end."""

    id: UUID
    document: str
    experiment: str
    status: RunStatus = RunStatus.SUCCEEDED
    failure: FailureCode | None = None

    @property
    def is_real(self) -> bool:
        return "log" not in json.loads(self.document)

    @property
    def outcomes(self) -> Packed | None:
        """Of an undisturbed run."""
        return undisturbed(self.document, self.experiment) if self.status is RunStatus.SUCCEEDED else None

    def begun(self, real_log: Path) -> list[int]:
        """Every shard that was begun, in order, repeated ones repeatedly, named as it is stored."""
        if not self.is_real:
            return engines.simulated(Path(json.loads(self.document)["log"]))
        firsts = [shard.start for shard in ENGINE.plan(self.document, self.experiment)]
        return [firsts.index(first) for first in engines.simulated(real_log)]


@cache
def real_document() -> str:
    return canonical(load(REAL))


@cache
def undisturbed(document: str, experiment: str) -> Packed:
    if "log" in json.loads(document):
        shards = [number.to_bytes(8, "little") for number in range(json.loads(document)["shards"])]
        return engines.conclude(document, experiment, shards)
    shards = [ENGINE.simulate(document, experiment, shard) for shard in ENGINE.plan(document, experiment)]
    return ENGINE.conclude(document, experiment, shards)
