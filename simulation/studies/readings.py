"""What studies keep of a simulated point, and the figures that their answers are made of."""

import math
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import chain

import numpy as np
from numpy.typing import NDArray

from simulation.comparison import Compared, Gap, Simulated, Subject, figures_of, paired_gap, paired_share_gap
from simulation.outcome.counting.estimates import Chance, Estimate, ratio
from simulation.outcome.report.scaling import daily_targets, mean_target, service_measure
from simulation.scenario.grid import Grid

Float64 = NDArray[np.float64]


@dataclass(frozen=True)
class Share:
    """A share of replications, and where the probability lies that it estimates."""

    mean: float
    """Share of the replications."""
    lower: float
    """Lower end of Wilson's 95 % interval."""
    upper: float
    """Upper end of Wilson's 95 % interval."""

    @classmethod
    def of(cls, successes: int, trials: int) -> "Share":
        """Of at least one trial."""
        chance = Chance(successes, trials)
        lower, upper = chance.confidence_interval() or (0.0, 1.0)
        return cls(chance.share, lower, upper)


@dataclass(frozen=True)
class Amount:
    """A mean over replications, and how well it is known."""

    mean: float
    """The mean."""
    lower: float | None
    """Lower end of its 95 % Student interval; null for one replication."""
    upper: float | None
    """Upper end of its 95 % Student interval; null for one replication."""

    @classmethod
    def of(cls, values: Float64) -> "Amount":
        """Of at least one value."""
        estimate = Estimate(values)
        ends = estimate.confidence_interval() or (None, None)
        return cls(float(values.mean()), *ends)


@dataclass(frozen=True)
class Effect:
    """A difference on common draws, replication by replication."""

    mean: float
    """By how much the figure differs from the scenario's own."""
    lower: float | None
    """Lower end of its 95 % interval; null for one replication."""
    upper: float | None
    """Upper end of its 95 % interval; null for one replication."""

    @classmethod
    def of(cls, gap: Gap, most: float = math.inf) -> "Effect":
        """Of a gap of pairs, which is at most so large either way."""
        ends = gap.confidence_interval()
        return cls(gap.mean, *((None, None) if ends is None else (max(ends[0], -most), min(ends[1], most))))


@dataclass(frozen=True)
class Break:
    """What is the first to be missed in most of the replications."""

    clause: str | None
    """The clause's id; null where a queue's target is missed."""
    queue: str | None
    """The queue's id, where there are no clauses to judge by; else null."""
    start: datetime | None
    """When the clause's window starts; null for a queue's target, which is judged over the horizon."""
    share: Share
    """In which share of the replications it is the first."""


@dataclass(frozen=True)
class Served:
    """The service of a queue, replication by replication."""

    queue: str
    """The queue's id."""
    over: tuple[float, ...]
    """Contacts served as the target wants it."""
    under: tuple[float, ...]
    """Of how many contacts."""
    missed_days: tuple[float, ...] = ()
    """Days on which it was under its target; empty where an earlier version has not kept them."""


@dataclass(frozen=True)
class Reading:
    """What is kept of a point: what came of each replication, in order.

    A replication *holds* where every clause is met in all its whole windows; without clauses, where every queue's
    service over the horizon reaches its target.
    """

    held: tuple[bool, ...]
    """Whether it holds."""
    cost: tuple[float, ...] | None
    """The client's cost in the scenario's currency; null where nothing has a price."""
    first_break: Break | None
    """What breaks first; null where nothing is ever missed."""
    served: tuple[Served, ...]
    """Service by queue."""

    @property
    def replications(self) -> int:
        """How many were simulated."""
        return len(self.held)

    @property
    def holds(self) -> Share:
        """The share of them that hold."""
        return Share.of(sum(self.held), len(self.held))

    @property
    def amount(self) -> Amount | None:
        """The client's cost."""
        return None if self.cost is None else Amount.of(np.asarray(self.cost))


def reading_of(simulated: Simulated) -> Reading:
    """The reading of a scenario and what came of it."""
    result = simulated.result
    decision, met = result.settlement.decision, figures_of(simulated).get((Subject(), Compared.ALL_MET))
    missed = _missed_targets(simulated)
    first_break = None
    if met is None:
        held, first_break = ~np.logical_or.reduce(list(missed.values())), _worst(missed)
    else:
        held = met.over > 0
        if decision is not None and (first := decision.first_to_break) is not None:
            share = Share.of(first.share.successes, first.share.trials)
            first_break = Break(first.clause, None, first.start, share)
    cost = result.settlement.cost
    return Reading(
        tuple(held.tolist()),
        None if cost is None else tuple(cost.total.over.tolist()),
        first_break,
        tuple(
            Served(queue.id, *(tuple(part.tolist()) for part in (total.over, total.under, scaling.short_days.over)))
            for of, queue, scaling in zip(simulated.scenario.queues, result.queues, result.scaling.queues, strict=True)
            if (total := queue.totals[service_measure(of)]).under is not None
        ),
    )


def _missed_targets(simulated: Simulated) -> dict[str, NDArray[np.bool_]]:
    """By queue, in which replications its service over the horizon is below its target."""
    scenario, dates = simulated.scenario, Grid.of(simulated.scenario).dates
    found = {}
    for of, queue in zip(scenario.queues, simulated.result.queues, strict=True):
        total = queue.totals[service_measure(of)]
        values = total.over if total.under is None else ratio(total.over, total.under)
        found[of.id] = values < mean_target(daily_targets(scenario, of, dates))  # where nothing was counted: not missed
    return found


def _worst(missed: dict[str, NDArray[np.bool_]]) -> Break | None:
    queue, most = max(missed.items(), key=lambda item: int(item[1].sum()))
    return Break(None, queue, None, Share.of(int(most.sum()), len(most))) if most.any() else None


def together(readings: Sequence[Reading]) -> Reading:
    """Readings of one scenario on different draws, as one, in their order."""
    if len(readings) == 1:
        return readings[0]
    costs = [one.cost for one in readings if one.cost is not None]
    queues = [one.queue for one in readings[0].served]
    return Reading(
        tuple(chain.from_iterable(one.held for one in readings)),
        tuple(chain.from_iterable(costs)) if len(costs) == len(readings) else None,
        _first_of_all(readings),
        tuple(
            Served(
                queue,
                tuple(chain.from_iterable(one.served[q].over for one in readings)),
                tuple(chain.from_iterable(one.served[q].under for one in readings)),
                tuple(chain.from_iterable(one.served[q].missed_days for one in readings)),
            )
            for q, queue in enumerate(queues)
        ),
    )


def _first_of_all(readings: Sequence[Reading]) -> Break | None:
    """What breaks first in most of all replications, of what does in most of those of any reading."""
    often = Counter[Break]()
    for one in readings:
        if one.first_break is not None:
            nobody = replace(one.first_break, share=Share(0.0, 0.0, 0.0))
            often[nobody] += round(one.first_break.share.mean * one.replications)
    if not often:
        return None
    found, count = often.most_common(1)[0]
    return replace(found, share=Share.of(count, sum(one.replications for one in readings)))


def holding_effect(baseline: Reading, other: Reading) -> Effect:
    """By how much more often another reading holds, over the replications that both have."""
    n = min(baseline.replications, other.replications)
    held = [np.asarray(one.held[:n], dtype=np.float64) for one in (baseline, other)]
    return Effect.of(paired_share_gap(*held), most=1)


def cost_effect(baseline: Reading, other: Reading) -> Effect | None:
    """By how much more another costs the client; None where either has no price."""
    if baseline.cost is None or other.cost is None:
        return None
    n = min(baseline.replications, other.replications)
    gap = paired_gap(*(Estimate(np.asarray(cost[:n])) for cost in (baseline.cost, other.cost)))
    return None if gap is None else Effect.of(gap)


def service_effects(baseline: Reading, other: Reading) -> dict[str, Effect]:
    """By queue, by how much better its service is."""
    return _by_queue(baseline, other, lambda one, n: Estimate(np.asarray(one.over[:n]), np.asarray(one.under[:n])), 1)


def missed_day_effects(baseline: Reading, other: Reading) -> dict[str, Effect]:
    """By queue, by how many more days it is under its target; of none where a reading has not kept them."""
    if not all(one.missed_days for one in (*baseline.served, *other.served)):
        return {}
    return _by_queue(baseline, other, lambda one, n: Estimate(np.asarray(one.missed_days[:n])))


def _by_queue(
    baseline: Reading, other: Reading, figure: Callable[[Served, int], Estimate], most: float = math.inf
) -> dict[str, Effect]:
    """What a figure of the first so many replications differs by, at most so much, in every queue that both have."""
    n = min(baseline.replications, other.replications)
    own = {one.queue: one for one in other.served}
    gaps = {
        before.queue: paired_gap(figure(before, n), figure(own[before.queue], n))
        for before in baseline.served
        if before.queue in own
    }
    return {queue: Effect.of(gap, most) for queue, gap in gaps.items() if gap is not None}
