"""Scenarios side by side: by how much their figures differ, and which of the differences are real.

Runs with one seed and one version of the engine meet the same luck, replication by replication. Of such runs the
difference is judged by pairs, in which the luck that both share cancels out; of others by two samples that are
independent.

Source: common random numbers and the paired interval, Law 2015 (chapter 10 and 11.2); two independent samples, Welch
1947; ratios by the delta method as in `estimates`; shares, Bonett and Price 2012 (paired) and Agresti and Caffo 2000
(independent); several differences at once, Benjamini and
Hochberg 1995.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray
from scipy.special import stdtr

from simulation.outcome.clauses.scores import is_met, rounded
from simulation.outcome.counting.estimates import ANY, LEVEL, Estimate, Interval, ratio, student_quantile
from simulation.outcome.money.settlement import ClauseResult, ClauseWindow, CostKind, Settlement
from simulation.outcome.report.result import Result
from simulation.scenario.contracts.clauses import Aggregation, Clause
from simulation.scenario.reading.canonical import canonical_data
from simulation.scenario.reading.differences import Difference as Change
from simulation.scenario.reading.differences import differences as changes_between
from simulation.scenario.scenario import Scenario

Float64 = NDArray[np.float64]

ERROR = 1 - LEVEL
"""How probable it may be that any difference of a candidate is called real though there is none."""


class Compared(StrEnum):
    """What is compared besides the measures of queues and teams."""

    ALL_MET = "all_met"
    CLAUSE_MET = "clause_met"
    CLAUSE_CREDIT = "clause_credit"
    INVOICE = "invoice"
    OWN_COST = "own_cost"
    MARGIN = "margin"
    COST_LINE = "cost_line"
    CLIENT_COST = "client_cost"
    COST_PER_CONTACT = "cost_per_contact"
    COST_PER_RESOLUTION = "cost_per_resolution"


SHARES = (Compared.ALL_MET, Compared.CLAUSE_MET)
"""Shares of replications in which something came true."""
MEANINGS: Mapping[Compared, str] = {
    Compared.ALL_MET: "Share of replications in which every clause was met in all its whole windows.",
    Compared.CLAUSE_MET: "Share of replications in which the clause was met in all its whole windows.",
    Compared.CLAUSE_CREDIT: "Credits of the clause over the horizon, before the cap, in the scenario's currency.",
    Compared.INVOICE: "Invoices of the vendor over the horizon, in the scenario's currency.",
    Compared.OWN_COST: "What the vendor's own people cost it over the horizon, in the scenario's currency.",
    Compared.MARGIN: "Invoices less own cost of the vendor over the horizon, in the scenario's currency.",
    Compared.COST_LINE: "A line of the client's cost over the horizon, in the scenario's currency.",
    Compared.CLIENT_COST: "The client's cost over the horizon, in the scenario's currency.",
    Compared.COST_PER_CONTACT: "The client's cost over answered contacts, in the scenario's currency.",
    Compared.COST_PER_RESOLUTION: "The client's cost over solved contacts, in the scenario's currency.",
}


@dataclass(frozen=True)
class Subject:
    """Whose figure it is, by ids of the scenario; what does not apply is None.

    queue, team, vendor: of a queue's, team's or vendor's figure
    clause: of a clause's figure, beside the vendor whose contract it stands in
    cost:   of a line of the client's cost, beside the vendor whose it is
    """

    queue: str | None = None
    team: str | None = None
    vendor: str | None = None
    clause: str | None = None
    cost: CostKind | None = None


Key = tuple[Subject, str]
"""Whose, and which measure."""


@dataclass(frozen=True, eq=False)
class Simulated:
    """A scenario and what came of it."""

    scenario: Scenario
    result: Result


@dataclass(frozen=True)
class Gap:
    """An estimated difference, candidate - baseline, in the measure's unit.

    mean:    of the two means, or ratios of sums
    centre:  of its interval: the mean, but of shares slightly nearer to 0
    error:   standard error; None where there are too few replications to know one
    freedom: degrees of freedom of the interval; inf for the normal distribution
    """

    mean: float
    centre: float
    error: float | None
    freedom: float

    def confidence_interval(self, level: float = LEVEL) -> Interval | None:
        """Student interval of the difference at a level inside (0, 1): how well it is known; None without an error."""
        if self.error is None:
            return None
        half = student_quantile((1 + level) / 2, self.freedom) * self.error
        return min(self.centre - half, self.mean), max(self.centre + half, self.mean)

    @property
    def p_value(self) -> float | None:
        """How probable it is by chance alone to see a difference at least so large where there is none, for this
        difference by itself: 2 (1 - T(|centre| / error)); None without an error."""
        if self.error is None:
            return None
        if self.error == 0:
            return 1.0 if self.centre == 0 else 0.0
        return float(2 * stdtr(self.freedom, -abs(self.centre) / self.error))


@dataclass(frozen=True)
class Difference:
    """By how much one figure of a candidate differs from the baseline's.

    baseline, candidate: the figures, over the replications compared
    is_significant: real, all differences of the candidate together (`real_ones`)
    """

    subject: Subject
    measure: str
    baseline: float
    candidate: float
    gap: Gap
    is_significant: bool


@dataclass(frozen=True, eq=False)
class Comparison:
    """A candidate beside the baseline.

    changes:     what differs between the scenarios
    is_paired:   whether the replications shared their luck, pair by pair
    pairs:       how many pairs there were; None where unpaired
    differences: of all figures that both have, in document order; money only where both count in one currency
    """

    changes: list[Change]
    is_paired: bool
    pairs: int | None
    differences: list[Difference]


def compare(baseline: Simulated, candidate: Simulated) -> Comparison:
    """What differs between two simulated scenarios, going in and coming out."""
    is_paired = (baseline.result.seed, baseline.result.engine) == (candidate.result.seed, candidate.result.engine)
    pairs = min(baseline.result.replications, candidate.result.replications) if is_paired else None
    figures = figures_of(baseline), figures_of(candidate)
    common = [key for key in figures[0] if key in figures[1]]
    if baseline.scenario.currency != candidate.scenario.currency:
        common = [key for key in common if not _is_money(key[1])]
    found = [(key, _gap(key[1], figures[0][key], figures[1][key], pairs)) for key in common]
    known = [(key, *gap) for key, gap in found if gap is not None]
    real = real_ones([gap.p_value for *_, gap in known])
    return Comparison(
        changes_between(canonical_data(baseline.scenario), canonical_data(candidate.scenario)),
        is_paired,
        pairs,
        [Difference(*key, *means, gap, one) for (key, means, gap), one in zip(known, real, strict=True)],
    )


def figures_of(simulated: Simulated) -> dict[Key, Estimate]:
    """Every figure that is compared, with every replication's value."""
    result, found = simulated.result, dict[Key, Estimate]()
    for queue in result.queues:
        found |= {(Subject(queue=queue.id), name): total for name, total in queue.totals.items()}
    for team in result.teams:
        found |= {(Subject(team=team.id), name): total for name, total in team.totals.items()}
    return found | _clauses(simulated) | _money(result.settlement)


def paired_gap(baseline: Estimate, candidate: Estimate) -> Gap | None:
    """The difference of two estimates whose replications are pairs, of figures and of ratios alike.

    Of figures x and y of n pairs that are defined in both: mean(y - x), standard error sd(y - x) / sqrt(n). Of ratios
    R = sum N / sum D, by the delta method: with e = (N - R D) / mean D of each replication, sd(e_y - e_x) / sqrt(n).
    Freedom n - 1. None where a figure is undefined.
    """
    if baseline.under is None and candidate.under is None:
        both = ~(np.isnan(baseline.over) | np.isnan(candidate.over))
        if not both.any():
            return None
        steps = candidate.over[both] - baseline.over[both]
        return _student(float(steps.mean()), steps)
    if baseline.mean is None or candidate.mean is None:
        return None
    return _student(candidate.mean - baseline.mean, _deviations(candidate) - _deviations(baseline))


def unpaired_gap(baseline: Estimate, candidate: Estimate) -> Gap | None:
    """The difference of two independent estimates: errors add up as squares, s^2 = a^2 + b^2, with freedom
    s^4 / (a^4 / (m - 1) + b^4 / (n - 1)) (Welch). None where a figure is undefined."""
    if baseline.mean is None or candidate.mean is None:
        return None
    mean, errors = candidate.mean - baseline.mean, (baseline.standard_error, candidate.standard_error)
    if errors[0] is None or errors[1] is None:
        return Gap(mean, mean, None, math.inf)
    squares = [error**2 for error in errors if error is not None]
    counts = [(one.values if one.under is None else one.over).size for one in (baseline, candidate)]
    spread = sum(square**2 / (count - 1) for square, count in zip(squares, counts, strict=True))
    return Gap(mean, mean, math.sqrt(sum(squares)), sum(squares) ** 2 / spread if spread else math.inf)


def paired_share_gap(baseline: Float64, candidate: Float64) -> Gap:
    """The difference of two shares of n pairs of 0 and 1, by the adjusted interval of Bonett and Price.

    With c pairs that are 1 in the candidate only and b in the baseline only, p = (c + 1) / (n + 2) and
    q = (b + 1) / (n + 2): p - q -+ z sqrt((p + q - (p - q)^2) / (n + 2)). Where no pair differs it is not of length 0.
    """
    n = len(baseline)
    p, q = (float((ones > zeros).sum() + 1) / (n + 2) for ones, zeros in ((candidate, baseline), (baseline, candidate)))
    error = math.sqrt((p + q - (p - q) ** 2) / (n + 2))
    return Gap(float(candidate.mean() - baseline.mean()), p - q, error, math.inf)


def unpaired_share_gap(baseline: Float64, candidate: Float64) -> Gap:
    """The difference of two independent shares, by the adjusted interval of Agresti and Caffo: to either sample one 1
    and one 0 are added, then p - q -+ z sqrt(p (1 - p) / m + q (1 - q) / n)."""
    sizes = [len(values) + 2 for values in (baseline, candidate)]
    q, p = (float(values.sum() + 1) / size for values, size in zip((baseline, candidate), sizes, strict=True))
    error = math.sqrt(q * (1 - q) / sizes[0] + p * (1 - p) / sizes[1])
    return Gap(float(candidate.mean() - baseline.mean()), p - q, error, math.inf)


def real_ones(p_values: Sequence[float | None], error: float = ERROR) -> list[bool]:
    """Which of several differences are real: of those called so, at most the share `error` is expected to be none.

    Benjamini and Hochberg's procedure, for independent or positively dependent figures: of m p-values in rising order,
    k from 1, all count up to the last with p <= error x k / m. What has no p-value, or cannot differ (a p-value of 1),
    is not among the m.
    """
    tested = sorted((p, place) for place, p in enumerate(p_values) if p is not None and p < 1)
    last = max((k for k, (p, _) in enumerate(tested, 1) if p <= error * k / len(tested)), default=0)
    found = {place for _, place in tested[:last]}
    return [place in found for place in range(len(p_values))]


def _gap(
    measure: str, baseline: Estimate, candidate: Estimate, pairs: int | None
) -> tuple[tuple[float, float], Gap] | None:
    """The two figures and their difference; None where one is undefined."""
    if pairs is not None:
        baseline, candidate = _first(baseline, pairs), _first(candidate, pairs)
        if baseline.under is None and candidate.under is None:
            baseline, candidate = _defined_in_both(baseline, candidate)
    if baseline.mean is None or candidate.mean is None:
        return None
    if measure in SHARES:
        shares = unpaired_share_gap if pairs is None else paired_share_gap
        return (baseline.mean, candidate.mean), shares(baseline.over, candidate.over)
    gap = (unpaired_gap if pairs is None else paired_gap)(baseline, candidate)
    return None if gap is None else ((baseline.mean, candidate.mean), gap)


def _student(mean: float, steps: Float64) -> Gap:
    n = len(steps)
    return Gap(mean, mean, float(steps.std(ddof=1) / math.sqrt(n)) if n > 1 else None, max(n - 1, 1))


def _deviations(estimate: Estimate) -> Float64:
    """What each replication takes the mean away from where it would be without it, to first order."""
    mean = estimate.mean or 0.0
    if estimate.under is None:
        return estimate.over - mean
    return np.asarray((estimate.over - mean * estimate.under) / estimate.under.mean())


def _first(estimate: Estimate, count: int) -> Estimate:
    """Of the first replications only."""
    under = None if estimate.under is None else estimate.under[:count]
    return Estimate(estimate.over[:count], under, estimate.possible)


def _defined_in_both(baseline: Estimate, candidate: Estimate) -> tuple[Estimate, Estimate]:
    both = ~(np.isnan(baseline.over) | np.isnan(candidate.over))
    return Estimate(baseline.over[both]), Estimate(candidate.over[both])


def _clauses(simulated: Simulated) -> dict[Key, Estimate]:
    found, kept = dict[Key, Estimate](), list[Float64]()
    agreed = [clause for vendor in simulated.scenario.vendors for one in vendor.contracts for clause in one.slas]
    for terms, clause in zip(agreed, simulated.result.settlement.clauses, strict=True):
        subject, whole = Subject(vendor=clause.vendor, clause=clause.id), _whole(clause)
        if whole:
            met = np.logical_and.reduce([_met(terms, window) for window in whole]).astype(np.float64)
            kept.append(met)
            found[subject, Compared.CLAUSE_MET] = Estimate(met)
            credits = [window.credit.over for window in whole if window.credit is not None]
            found[subject, Compared.CLAUSE_CREDIT] = Estimate(np.asarray(sum(credits)))
    all_met: dict[Key, Estimate] = {(Subject(), Compared.ALL_MET): Estimate(np.minimum.reduce(kept))} if kept else {}
    return all_met | found


def _whole(clause: ClauseResult) -> list[ClauseWindow]:
    return [window for window in clause.windows if not window.partial]


def _met(terms: Clause, window: ClauseWindow) -> NDArray[np.bool_]:
    """In which replications a window met its target."""
    under = window.value.under
    values = window.value.over if under is None else ratio(window.value.over, under)
    is_average = terms.aggregation is Aggregation.AVERAGE_OF_PERIODS
    return is_met(rounded(values) if is_average else values, window.target, is_ceiling=terms.is_ceiling)


def _money(settlement: Settlement) -> dict[Key, Estimate]:
    found: dict[Key, Estimate] = {}
    for vendor in settlement.vendors:
        for measure, amounts in (
            (Compared.INVOICE, [month.invoice for month in vendor.months]),
            (Compared.OWN_COST, [month.own_cost for month in vendor.months]),
            (Compared.MARGIN, [month.margin for month in vendor.months]),
        ):
            if amounts and None not in amounts:
                found[Subject(vendor=vendor.id), measure] = _sum([one for one in amounts if one is not None])
    cost = settlement.cost
    if cost is not None:
        totals = {Compared.CLIENT_COST: cost.total, Compared.COST_PER_CONTACT: cost.per_contact}
        totals[Compared.COST_PER_RESOLUTION] = cost.per_resolution
        found |= {(Subject(), measure): total for measure, total in totals.items()}
        lines: dict[Subject, list[Estimate]] = {}
        for month in cost.months:
            for line in month.lines:
                lines.setdefault(Subject(vendor=line.vendor, cost=line.kind), []).append(line.amount)
        found |= {(subject, Compared.COST_LINE): _sum(amounts) for subject, amounts in lines.items()}
    return found


def _sum(amounts: Sequence[Estimate]) -> Estimate:
    return Estimate(np.asarray(sum(amount.over for amount in amounts)), possible=ANY)


def _is_money(measure: str) -> bool:
    return measure in MEANINGS and measure not in SHARES
