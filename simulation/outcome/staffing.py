"""Clauses about staffing: agents on the floor held against those ordered, interval by interval."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from simulation.outcome.counters import GroupField
from simulation.scenario.clauses import Clause, ClauseMetric, ClauseScope
from simulation.scenario.orders import orders_of
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


def staffing(clause: Clause, teams: Int64, places: Sequence[int]) -> tuple[Int64, Int64]:
    """Numerator and denominator, Int64 (replications, intervals), from the teams' counters by interval.

    LINE_ADHERENCE: whether an interval with an order is staffed within the band, and whether it has one.
    STAFFING_DELIVERED: agent time delivered of what was ordered, and ordered.
    """
    own = teams[:, :, list(places)]
    delivered, ordered = own[..., GroupField.ON_FLOOR].sum(axis=2), own[..., GroupField.ORDERED].sum(axis=2)
    if clause.metric is ClauseMetric.STAFFING_DELIVERED:
        return np.minimum(delivered, ordered), ordered
    least, most = (np.rint(ordered * (edge or 0.0)) for edge in (clause.staffed_from, clause.staffed_to))
    within = (ordered > 0) & (delivered >= least) & (delivered <= most)
    return within.astype(np.int64), (ordered > 0).astype(np.int64)
