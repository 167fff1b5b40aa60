"""The board: candidates side by side, as planned and under stress, all on the same draws."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from simulation.comparison import Gap, paired_gap, paired_share_gap, real_ones
from simulation.outcome.counting.estimates import Estimate
from simulation.preview.diagnostics import Finding
from simulation.preview.preview import Preview
from simulation.proposals.trials import Strength, Trial
from simulation.scenario.scenario import Scenario
from simulation.studies.readings import Amount, Break, Effect, Served, Share, cost_effect, holding_effect
from simulation.studies.refusals import Untried

OF_RAMPS = (
    Finding.SHORT_OF_PEOPLE,
    Finding.TOO_LATE_TO_HIRE,
    Finding.SHORT_OF_AGENTS,
    Finding.SHORT_OF_SEATS,
)
"""What a preview finds that keeps a plan from having its people."""
FAILED = "its run failed, as is told among the study's points"
"""Why something is not tried that could be."""


class Figure(StrEnum):
    """What candidates are held against each other by."""

    HOLDS = "HOLDS"
    """Share of replications in which every clause is met."""
    COST = "COST"
    """The client's cost."""
    CREDITS = "CREDITS"
    """Credits taken off the invoices."""
    SERVICE = "SERVICE"
    """Share of a queue's contacts served in time, or of its work done by when it is due."""


@dataclass(frozen=True)
class CandidatePart:
    """A proposal's part of a candidate."""

    proposal: str
    """The proposal's id."""
    share: float
    """Its share of the contacts, where several share them."""
    after_seconds: float | None
    """Waiting time after which it answers; null: at once."""


@dataclass(frozen=True)
class QueueService:
    """How a queue is served over the horizon."""

    queue: str
    """The queue's id."""
    share: Amount
    """Share of the contacts served in time, or of the work done by when it is due: ratio of the sums."""


@dataclass(frozen=True)
class CreditsAtRisk:
    """Credits taken off the invoices over the horizon, in the request's currency."""

    expected: Amount
    """Mean over replications."""
    p95: float
    """95th percentile over replications."""
    at_risk: float
    """The most that credits may take back of the mean recurring charges."""


@dataclass(frozen=True)
class RampFinding:
    """Where a plan's people fall short of what the request requires, looked at without chance."""

    code: Finding
    """What is found."""
    message: str
    """In words, with a mend."""
    path: str
    """The place in the candidate's scenario."""


@dataclass(frozen=True)
class BoardDifference:
    """By how much a figure of a candidate differs from the baseline's, on the same draws."""

    figure: Figure
    """Which."""
    queue: str | None
    """The queue's id, of service; null of other figures."""
    effect: Effect
    """The candidate's less the baseline's."""
    is_real: bool
    """Whether it is called real, all differences of the candidate together (Benjamini and Hochberg, 5 %)."""


@dataclass(frozen=True)
class StressedCandidate:
    """How a candidate stands a stress test."""

    stress: str
    """The test's name."""
    holds: Share
    """Share of replications in which every clause is met."""
    holding_effect: Effect
    """By how much that is more than without the test."""
    cost: Amount | None
    """The client's cost; null where nothing has a price."""
    cost_effect: Effect | None
    """By how much that is more than without the test; null where nothing has a price."""
    first_break: Break | None
    """What breaks first; null where nothing is ever missed."""


@dataclass(frozen=True)
class BoardCandidate:
    """A proposal, or a mix of several, in figures."""

    name: str
    """The proposal's id, or the mix's name."""
    parts: tuple[CandidatePart, ...]
    """Who has which part of the work."""
    digest: str
    """SHA-256 of the document that was simulated."""
    holds: Share
    """Share of replications in which every clause is met in all its whole windows; without clauses, every target."""
    first_break: Break | None
    """What breaks first; null where nothing is ever missed."""
    service: tuple[QueueService, ...]
    """By queue."""
    cost: Amount | None
    """The client's cost over the horizon, in the request's currency; null where nothing has a price."""
    credits: CreditsAtRisk | None
    """Null without invoices."""
    strengths: tuple[Strength, ...]
    """Time to full strength, of the vendors that have people."""
    ramp: tuple[RampFinding, ...]
    """What keeps the plan from having its people; nothing where the ramp is feasible on the average."""
    stresses: tuple[StressedCandidate, ...]
    """Under each of the request's stress tests that applies."""
    untried: tuple[Untried, ...]
    """Stress tests that do not apply, and those whose runs have failed."""
    differences: tuple[BoardDifference, ...]
    """From the baseline; empty of the baseline itself."""

    @property
    def has_failed(self) -> bool:
        """Whether some stress test could not be simulated to its end."""
        return any(one.reason == FAILED for one in self.untried)


@dataclass(frozen=True)
class Board:
    """Candidates side by side."""

    replications: int
    """How many of each candidate, as planned and under each test."""
    weeks: int
    """Weeks of the horizon, a part of one counted whole."""
    baseline: str
    """The candidate that all others are held against: the one asked for, else the first of those that hold most
    often, of equals the cheapest."""
    candidates: tuple[BoardCandidate, ...]
    """In the order in which they were named."""
    untried: tuple[Untried, ...]
    """Mixes that the world does not allow, and candidates whose runs have failed."""


def service_of(served: Sequence[Served]) -> tuple[QueueService, ...]:
    """The service of each queue of which anything was counted."""
    found = []
    for one in served:
        estimate = _ratio(one)
        if estimate.mean is not None:
            ends = estimate.confidence_interval() or (None, None)
            found.append(QueueService(one.queue, Amount(estimate.mean, *ends)))
    return tuple(found)


def credits_of(trial: Trial, share: float) -> CreditsAtRisk | None:
    """Credits of a trial, a share of the recurring charges being at risk."""
    if trial.credits is None:
        return None
    values = np.asarray(trial.credits)
    p95 = Estimate(values).quantile(0.95)
    assert p95 is not None  # there is a replication
    return CreditsAtRisk(Amount.of(values), p95, share * max(trial.recurring, 0.0))


def ramp_of(scenario: Scenario) -> tuple[RampFinding, ...]:
    """What keeps the people of a scenario's vendors from being there when they are required."""
    return tuple(
        RampFinding(one.code, one.message, one.path) for one in Preview.of(scenario).diagnostics if one.code in OF_RAMPS
    )


def stressed(stress: str, base: Trial, trial: Trial) -> StressedCandidate:
    """A candidate under a stress test beside itself as planned."""
    return StressedCandidate(
        stress,
        trial.holds,
        holding_effect(base.reading, trial.reading),
        trial.cost,
        cost_effect(base.reading, trial.reading),
        trial.first_break,
    )


def differences(baseline: Trial, trial: Trial) -> tuple[BoardDifference, ...]:
    """By how much a trial's figures differ from the baseline's, pair by pair."""
    found = list(_gaps(baseline, trial))
    real = real_ones([gap.p_value for *_, gap, _ in found])
    return tuple(
        BoardDifference(figure, queue, Effect.of(gap, most), is_real)
        for (figure, queue, gap, most), is_real in zip(found, real, strict=True)
    )


def _gaps(baseline: Trial, trial: Trial) -> Iterator[tuple[Figure, str | None, Gap, float]]:
    held = (np.asarray(one.reading.held, dtype=np.float64) for one in (baseline, trial))
    yield Figure.HOLDS, None, paired_share_gap(*held), 1.0
    for figure, before, after in (
        (Figure.COST, baseline.reading.cost, trial.reading.cost),
        (Figure.CREDITS, baseline.credits, trial.credits),
    ):
        if before is not None and after is not None:
            gap = paired_gap(*(Estimate(np.asarray(values)) for values in (before, after)))
            if gap is not None:
                yield figure, None, gap, np.inf
    own = {one.queue: one for one in trial.reading.served}
    for one in baseline.reading.served:
        gap = paired_gap(_ratio(one), _ratio(own[one.queue])) if one.queue in own else None
        if gap is not None:
            yield Figure.SERVICE, one.queue, gap, 1.0


def _ratio(served: Served) -> Estimate:
    return Estimate(np.asarray(served.over), np.asarray(served.under))
