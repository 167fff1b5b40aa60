"""Figures of an experiment before its last shard: from the replications that are done, as if there were no others."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass

import numpy as np
from numpy.typing import NDArray

from simulation.outcome.counting import packing
from simulation.outcome.counting.counters import GroupField, QueueField
from simulation.outcome.counting.estimates import Chance, Estimate
from simulation.outcome.counting.locked import LockedDays
from simulation.outcome.counting.queue_measures import definitions
from simulation.outcome.money.meters import Counted
from simulation.outcome.money.settling import settle
from simulation.scenario.grid import Grid
from simulation.scenario.queues.promises import Formula
from simulation.scenario.scenario import Scenario

Int64 = NDArray[np.int64]
Float64 = NDArray[np.float64]

_QUEUES = [f"queues.daily.{field.name}" for field in QueueField]
_TEAMS = [f"teams.daily.{field.name}" for field in GroupField]
_SETTLED = ["clauses", "times", "exits", "payroll", "locked.volumes", "locked.times", "locked.shares"]


@dataclass(frozen=True, eq=False)
class Glance:
    """What figures so far need of a shard.

    totals:  Int64 (replications, queues, QueueField), over the horizon
    all_met: in how many of them every clause is met; None without clauses
    cost:    Float64 (replications,), the client's; None where nothing costs
    """

    totals: Int64
    all_met: Chance | None
    cost: Float64 | None

    @classmethod
    def at(cls, scenario: Scenario, shard: bytes) -> "Glance":
        """At a stored shard; raises PackingError for anything else."""
        _, arrays = packing.unpack(shard, {*_QUEUES, *_TEAMS, *_SETTLED})
        queues, teams = (np.stack([arrays[name] for name in names], axis=-1) for names in (_QUEUES, _TEAMS))
        locked = LockedDays.read(arrays)
        counted = Counted(scenario, queues, teams, arrays["times"], locked, arrays["exits"], arrays["payroll"])
        decision = settle(scenario, Grid.of(scenario), counted, arrays["clauses"]).decision
        cost = decision.client_cost if decision else None
        return cls(queues.sum(axis=1), decision.all_met if decision else None, cost.over if cost else None)


@dataclass(frozen=True)
class FigureSoFar:
    """A mean of the replications done, null where it has no denominator, and its 95 % interval, null for one."""

    mean: float | None
    lower: float | None
    upper: float | None

    @classmethod
    def of(cls, estimate: Estimate) -> "FigureSoFar":
        """What is told of an estimate."""
        return cls(estimate.mean, *(estimate.confidence_interval() or (None, None)))


@dataclass(frozen=True)
class QueueSoFar:
    """A queue's figures over the horizon."""

    id: str
    offered: FigureSoFar
    service_level: FigureSoFar


@dataclass(frozen=True)
class FiguresSoFar:
    """What can be said of an experiment after some of its replications."""

    replications: int
    queues: tuple[QueueSoFar, ...]
    all_met: Chance | None
    client_cost: FigureSoFar | None

    @classmethod
    def of(cls, scenario: Scenario, glances: Sequence[Glance]) -> "FiguresSoFar":
        """From some shards, at least one, in the order of their replications."""
        totals = np.concatenate([glance.totals for glance in glances])
        met = [glance.all_met for glance in glances if glance.all_met is not None]
        costs = [glance.cost for glance in glances if glance.cost is not None]
        return cls(
            replications=len(totals),
            queues=tuple(
                _queue(queue.id, queue.target.formula, totals[:, at]) for at, queue in enumerate(scenario.queues)
            ),
            all_met=Chance(sum(one.successes for one in met), sum(one.trials for one in met)) if met else None,
            client_cost=FigureSoFar.of(Estimate(np.concatenate(costs))) if costs else None,
        )

    def to_json(self) -> str:
        """As it is told."""
        return json.dumps(asdict(self), allow_nan=False)

    @classmethod
    def from_json(cls, text: str) -> "FiguresSoFar":
        """What `to_json` wrote."""
        told = json.loads(text)
        queues = [
            QueueSoFar(each["id"], FigureSoFar(**each["offered"]), FigureSoFar(**each["service_level"]))
            for each in told["queues"]
        ]
        met, cost = told["all_met"], told["client_cost"]
        return cls(
            told["replications"], tuple(queues), Chance(**met) if met else None, FigureSoFar(**cost) if cost else None
        )


def _queue(name: str, formula: Formula, totals: Int64) -> QueueSoFar:
    measures = definitions(formula)

    def figure(measure: str) -> FigureSoFar:
        wanted = measures[measure]
        return FigureSoFar.of(Estimate(*wanted.parts(totals, np.ones(1)), wanted.possible))

    return QueueSoFar(name, figure("offered"), figure("service_level"))
