"""Clauses about staffing: agents on the floor held against those ordered, interval by interval."""

import numpy as np
from numpy.typing import NDArray

from simulation.outcome.clauses.watched import Happened, Watched
from simulation.outcome.counting.counters import GroupField
from simulation.scenario.checks.orders import orders_of
from simulation.scenario.contracts.clauses import Clause, ClauseScope
from simulation.scenario.scenario import Scenario

Int64 = NDArray[np.int64]


def staffed_teams(clause: Clause, vendor: str, scenario: Scenario) -> tuple[int, ...]:
    """The places of the teams that a clause about staffing measures: the vendor's that may answer the queue; of the
    whole queue those of every vendor whose contract locks it, as nobody else has an order."""
    document, places = scenario.model_dump(by_alias=True), {team.id: t for t, team in enumerate(scenario.teams)}
    queue, orders = clause.queue or "", orders_of(document)
    whose = (
        [vendor] if clause.scope is ClauseScope.VENDOR else [of for of, one in orders.items() if queue in one.locked]
    )
    return tuple(places[team] for one in whose for team in orders[one].served.teams_of([queue]))


def within_band(watched: Watched, happened: Happened) -> tuple[Int64, Int64]:
    """Whether an interval with an order is staffed within the clause's band, and whether it has one: Int64
    (replications, intervals)."""
    on_floor, ordered = _hours(watched, happened)
    edges = (watched.clause.staffed_from, watched.clause.staffed_to)
    least, most = (np.rint(ordered * (edge or 0.0)) for edge in edges)
    within = (ordered > 0) & (on_floor >= least) & (on_floor <= most)
    return within.astype(np.int64), (ordered > 0).astype(np.int64)


def delivered(watched: Watched, happened: Happened) -> tuple[Int64, Int64]:
    """Agent time delivered of what was ordered, and ordered: Int64 (replications, intervals)."""
    on_floor, ordered = _hours(watched, happened)
    return np.minimum(on_floor, ordered), ordered


def _hours(watched: Watched, happened: Happened) -> tuple[Int64, Int64]:
    """Agent time on the floor and ordered, of all teams together."""
    own = watched.people(happened)
    return own[..., GroupField.ON_FLOOR].sum(axis=2), own[..., GroupField.ORDERED].sum(axis=2)
