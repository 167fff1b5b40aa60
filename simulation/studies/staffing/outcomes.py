"""What a hiring search keeps of a simulated plan, and how probable it makes every clause."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr

from simulation.comparison import Simulated
from simulation.outcome.clauses.scores import is_met, rounded
from simulation.outcome.counting.estimates import ratio, wilson_interval
from simulation.scenario.contracts.clauses import Aggregation, Clause
from simulation.scenario.contracts.windows import windows
from simulation.scenario.grid import Grid
from simulation.scenario.scenario import Scenario
from simulation.studies.readings import reading_of
from simulation.world.demand.cells import Float64

Bool = NDArray[np.bool_]
SURE = 9.0
"""Standard deviations of a window whose figure never varies, or never counts."""
CLEAR = 3.0
"""A window that stands so many standard deviations over its target in every replication is met."""
SMOOTH = 0.45
"""Standard deviations over which a share of one replication would be smoothed; of n, x n^(-1/5) (Silverman 1986)."""


@dataclass(frozen=True)
class Trial:
    """A plan simulated: what came of each replication, in order."""

    margins: tuple[tuple[float, ...], ...]
    """By scored window, in the order of the scenario's clauses: by how much its figure is on the right side of the
    target; 1e9 where it counted nothing."""
    held: tuple[bool, ...]
    """Whether every clause was met in all its whole windows; without clauses, every queue's target over the horizon."""
    cost: tuple[float, ...]
    """What counts, in the scenario's currency: the client's cost, or less a vendor's margin; 0 where nothing is
    known."""
    client_cost: tuple[float, ...] | None
    """The client's cost; null where nothing has a price."""
    hours: tuple[tuple[float, ...], ...] = ()
    """By site, in the scenario's order: hours on the floor."""

    @property
    def share(self) -> float:
        """Of the replications that hold."""
        return sum(self.held) / len(self.held)

    @property
    def lower(self) -> float:
        """Lower end of the 95 % interval (Wilson) of the probability to hold."""
        ends = wilson_interval(sum(self.held), len(self.held))
        return ends[0] if ends is not None else 0.0

    @property
    def mean_cost(self) -> float:
        """Over the replications."""
        return sum(self.cost) / len(self.cost)

    @property
    def standing(self) -> "Standing":
        """Of every window, by these replications."""
        counted, mean, apart, spread = self._moments
        sure = (spread < 1e-9) | ~counted.any(axis=1)
        level = np.divide(mean, spread, out=np.zeros_like(mean), where=~sure)
        level[sure] = np.where(mean[sure] >= 0, SURE, -SURE)
        level[~counted.any(axis=1)] = SURE
        apart = np.divide(apart, spread[:, None], out=np.zeros_like(apart), where=~sure[:, None])
        return Standing(np.clip(level, -SURE, SURE), apart, np.where(sure, 0.0, spread))

    @property
    def _moments(self) -> tuple[Bool, Float64, Float64, Float64]:
        """Of the margins: which counted, their means, distances from these, standard deviations."""
        margins = np.minimum(np.array(self.margins).reshape(len(self.margins), len(self.held)), 1e9)
        counted = margins < 1e9
        number = np.maximum(counted.sum(axis=1), 1)
        mean = np.where(counted, margins, 0.0).sum(axis=1) / number
        apart = np.where(counted, margins - mean[:, None], 0.0)
        return counted, mean, apart, np.sqrt((apart**2).sum(axis=1) / np.maximum(number - 1, 1))

    def beside(self, base: "Trial") -> "Standing":
        """By the replications of a base, which may be many more: its windows, moved by what this surely differs from
        it over those of both. What both share blurs no difference, and the base's many tell how luck is spread."""
        own, other = self.standing, base.standing
        moved = np.divide(
            base.difference(self).sure_margins, other.spreads, out=np.zeros_like(other.levels), where=other.spreads > 0
        )
        levels = np.where(other.spreads > 0, np.clip(other.levels + moved, -SURE, SURE), own.levels)
        return Standing(levels, other.apart, other.spreads)

    def difference(self, other: "Trial") -> "Gap":
        """By how much the figures of another are higher, over the replications of both."""
        both = min(len(self.held), len(other.held))
        one, two = (np.array(trial.margins).reshape(len(self.margins), -1)[:, :both] for trial in (self, other))
        counted = (one < 1e9) & (two < 1e9)
        number = np.maximum(counted.sum(axis=1), 1)
        margins = np.where(counted, two - one, 0.0).sum(axis=1) / number
        apart = np.where(counted, two - one - margins[:, None], 0.0)
        errors = np.sqrt((apart**2).sum(axis=1) / np.maximum(number - 1, 1) / number)
        hours = [np.mean(np.subtract(b[:both], a[:both])) for a, b in zip(self.hours, other.hours, strict=True)]
        cost = float(np.mean(np.subtract(other.cost[:both], self.cost[:both])))
        return Gap(margins, errors, cost, np.array(hours))

    @property
    def mean_hours(self) -> Float64:
        """Float64 (sites,): over the replications."""
        return np.array([np.mean(hours) for hours in self.hours])


@dataclass(frozen=True, eq=False)
class Gap:
    """By how much figures are higher, replication by replication, on average.

    margins, errors: Float64 (windows,), and their standard errors; hours: Float64 (sites,)
    """

    margins: Float64
    errors: Float64
    cost: float
    hours: Float64

    @property
    def sure_margins(self) -> Float64:
        """Shrunk by the share that chance explains: margin x (1 - (error / margin)^2), 0 where that is negative."""
        unsure = np.divide(self.errors, self.margins, out=np.zeros_like(self.errors), where=self.margins != 0)
        return np.asarray(self.margins * np.maximum(1 - unsure**2, 0.0))


@dataclass(frozen=True, eq=False)
class Standing:
    """Where windows stand.

    levels: Float64 (windows,), mean margin / standard deviation, at most `SURE`
    apart: Float64 (windows, replications), distance from the mean in standard deviations
    spreads: Float64 (windows,), standard deviation of the margin; 0 where it does not vary
    """

    levels: Float64
    apart: Float64
    spreads: Float64

    @property
    def chance(self) -> float:
        """How probable all windows are."""
        return float(self.chances_at(self.levels[None])[0])

    def chances_at(self, levels: Float64) -> Float64:
        """Float64 (plans,): if they stood at levels, Float64 (plans, windows), and varied together as they did: the
        means over replications of Phi(least of (level + distance) / smoothing)."""
        least, smooth = np.full((len(levels), self.apart.shape[1]), np.inf), SMOOTH * self.apart.shape[1] ** -0.2
        for window in np.flatnonzero((levels.min(axis=0) + self.apart.min(axis=1)) < CLEAR):
            np.minimum(least, levels[:, window, None] + self.apart[window], out=least)
        return np.asarray(ndtr(least / smooth).mean(axis=1))


@dataclass(frozen=True)
class ScoredWindow:
    """A whole window of a clause: its queue, by place, None where it is of no queue, and the weeks that it touches."""

    clause: str
    queue: int | None
    start: date
    weeks: tuple[int, ...]


def scored_windows(scenario: Scenario) -> list[ScoredWindow]:
    """The whole windows of all clauses, in the order of results."""
    dates, place = Grid.of(scenario).dates, {queue.id: q for q, queue in enumerate(scenario.queues)}
    found = []
    for clause in _clauses(scenario):
        for window in windows(clause.window, dates):
            if not window.partial:
                queue = None if clause.queue is None else place[clause.queue]
                days = np.bincount(np.arange(window.first, window.end) // 7)
                least = min(2, int(days.max()))  # a day or so of a week hardly moves a month
                weeks = tuple(np.flatnonzero(days >= least).tolist())
                found.append(ScoredWindow(clause.id, queue, window.start, weeks))
    return found


def _clauses(scenario: Scenario) -> list[Clause]:
    return [clause for vendor in scenario.vendors for one in vendor.contracts for clause in one.slas]


def trial_of(simulated: Simulated, vendor: str | None) -> Trial:
    """The trial of a simulated plan; its cost is the client's, or less the margin of a vendor."""
    settlement = simulated.result.settlement
    clauses = {
        (owner.id, clause.id): clause
        for owner in simulated.scenario.vendors
        for one in owner.contracts
        for clause in one.slas
    }
    margins, met = [], np.ones(simulated.result.replications, np.bool_)
    for told in settlement.clauses:
        clause = clauses[told.vendor, told.id]
        for window in told.windows:
            if window.met is None:
                continue
            under = window.value.under
            values = window.value.over if under is None else ratio(window.value.over, under)
            if clause.aggregation is Aggregation.AVERAGE_OF_PERIODS:
                values = rounded(values)
            met &= is_met(values, window.target, is_ceiling=clause.is_ceiling)
            better = window.target - values if clause.is_ceiling else values - window.target
            margins.append(tuple(np.where(np.isnan(better), 1e9, np.round(better, 6)).tolist()))
    if not settlement.clauses:
        met = np.array(reading_of(simulated).held)
    cost = settlement.cost
    client = None if cost is None else tuple(cost.total.over.tolist())
    return Trial(tuple(margins), tuple(met.tolist()), _costs(simulated, vendor), client, _hours(simulated))


def _hours(simulated: Simulated) -> tuple[tuple[float, ...], ...]:
    """By site."""
    found = []
    for site in (site.id for vendor in simulated.scenario.vendors for site in vendor.sites):
        total = np.zeros(simulated.result.replications)
        for team, figures in zip(simulated.scenario.teams, simulated.result.teams, strict=True):
            if team.site == site:
                total += figures.totals["productive_hours"].over
        found.append(tuple(np.round(total, 2).tolist()))
    return tuple(found)


def _costs(simulated: Simulated, vendor: str | None) -> tuple[float, ...]:
    settlement = simulated.result.settlement
    if vendor is None:
        nothing = np.zeros(simulated.result.replications)
        return tuple((nothing if settlement.cost is None else settlement.cost.total.over).tolist())
    months = next(one for one in settlement.vendors if one.id == vendor).months
    margins = [month.margin.over for month in months if month.margin is not None]
    return tuple((-np.sum(margins, axis=0)).tolist())


def share_needed(confidence: float, replications: int) -> float:
    """The least share of so many replications whose interval (Wilson, 95 %) lies at or over a confidence."""
    return next(
        (
            n / replications
            for n in range(replications + 1)
            if (wilson_interval(n, replications) or (0.0, 1.0))[0] >= confidence
        ),
        1.0,
    )


def provable(replications: int) -> float:
    """The highest confidence that so many replications can prove."""
    return (wilson_interval(replications, replications) or (0.0, 1.0))[0]


def weeks_of(windows: Sequence[ScoredWindow], queue: int) -> set[int]:
    """Weeks of a queue that some window scores."""
    return {week for window in windows if window.queue == queue for week in window.weeks}
