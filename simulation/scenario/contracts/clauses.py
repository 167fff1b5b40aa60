"""Clauses: the service levels that a contract promises, how each is scored and what follows from it."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Self

from pydantic import Field, model_validator

from simulation.scenario.calendar import Day
from simulation.scenario.contracts.exclusions import OF_ITS_QUEUE, Counts, Exclusion
from simulation.scenario.contracts.forecasts import ForecastBasis
from simulation.scenario.contracts.metric import Level
from simulation.scenario.contracts.metrics import TAKERS, ClauseMetric
from simulation.scenario.contracts.tiers import (
    CEILING,
    FLOOR,
    Bonus,
    Consequences,
    CreditTier,
    EarnBack,
    RepeatedMisses,
)
from simulation.scenario.contracts.windows import ScoringWindow
from simulation.scenario.money import decimal_of
from simulation.scenario.problems import Refusal, RefusedError
from simulation.scenario.quantities import Described, Id, Label, Real, Seconds, Share
from simulation.scenario.queues.promises import Formula


class ClauseScope(StrEnum):
    """Whose service of a queue a clause measures."""

    VENDOR = "VENDOR"
    """The vendor's own: what was given to it by allocation or transition; of a queue that vendors answer together
    what it answered, which tells ASA, FCR, QUALITY and the service level ANSWERED_OVER_ANSWERED."""
    QUEUE = "QUEUE"
    """The whole queue's, whoever answers; of staffing that of the vendors whose contracts lock the queue."""


class Aggregation(StrEnum):
    """How a window's figure is made of its parts."""

    VOLUME_WEIGHTED = "VOLUME_WEIGHTED"
    """Sum of the numerators / sum of the denominators."""
    PERIOD_COMPLIANCE = "PERIOD_COMPLIANCE"
    """Share of the window's periods that meet `period_target`, of those with a denominator."""
    AVERAGE_OF_PERIODS = "AVERAGE_OF_PERIODS"
    """Mean of the periods' own figures, of those with a denominator."""


class CompliancePeriod(StrEnum):
    """The periods within a window."""

    INTERVAL = "INTERVAL"
    """Intervals of the scenario."""
    DAY = "DAY"
    """Local days."""


class ClausePeriod(Described):
    """Dates with a target of their own."""

    from_: Annotated[Day, Field(alias="from")]
    """First date of the scenario on which it holds."""
    to: Day
    """Last date on which it holds."""
    target: Level
    """The target on these dates."""


class Clause(Described):
    """One service level of a contract. Without credits it is a key measurement: scored, and free of consequences."""

    id: Id
    """Its name in paths and results; unique among all contracts."""
    metric: ClauseMetric
    """What it measures."""
    queue: Id | None = None
    """Id of the queue; OCCUPANCY, FILL_RATE and EXTERNAL may leave it out: of all queues that the contract covers."""
    scope: ClauseScope = ClauseScope.VENDOR
    """Whose service of the queue."""
    name: Label | None = None
    """EXTERNAL: what is measured, such as CSAT or QA."""
    mean: Share | None = None
    """EXTERNAL: the mean of what is measured over windows."""
    sd: Share | None = None
    """EXTERNAL: its standard deviation from window to window, which are independent of each other and of the floor."""
    threshold_seconds: Seconds | None = None
    """SERVICE_LEVEL: seconds of waiting within which a contact is answered in time; left out: as the queue's target."""
    formula: Formula | None = None
    """SERVICE_LEVEL: which one; left out: as the queue's target."""
    staffed_from: Annotated[Real, Field(ge=0, le=100)] | None = None
    """LINE_ADHERENCE: the least of agents / agents ordered that is within the band."""
    staffed_to: Annotated[Real, Field(ge=0, le=100)] | None = None
    """LINE_ADHERENCE: the most."""
    of: ForecastBasis | None = None
    """LINE_ADHERENCE, STAFFING_DELIVERED: whose requirement is ordered; left out: LOCKED."""
    target: Level
    """What is promised: a share, of ASA seconds, of BACKLOG_AGE hours. On dates in hyper-care the transition's target
    takes its place, where SERVICE_LEVEL and TURNAROUND_MET count them; of PERIOD_COMPLIANCE that of `period_target`."""
    periods: tuple[ClausePeriod, ...] = ()
    """Dates with another target, in their order."""
    ratchet_per_year: Level = 0.0
    """By how much the target becomes stricter with every full year since the scenario's start."""
    window: ScoringWindow = ScoringWindow.MONTH
    """Over which time it is scored; its target is the mean over its days, and all tiers shift with it. One in which
    nothing counted is met; in rows of windows, and where a month's amount is divided among them, it is passed over."""
    aggregation: Aggregation = Aggregation.VOLUME_WEIGHTED
    """How the window's figure is made."""
    period: CompliancePeriod | None = None
    """PERIOD_COMPLIANCE, AVERAGE_OF_PERIODS: of which periods."""
    period_target: Level | None = None
    """PERIOD_COMPLIANCE: what a period has to meet; the clause's target is then a share of periods."""
    counts: Counts | None = None
    """Which of the time counts; left out: all."""
    allocation: Annotated[Real, Field(ge=0, le=10)] | None = None
    """Share of the amount at risk that stands on this clause; left out: 1 / number of clauses with credits. They may
    sum over 1, the cap binds."""
    credits: tuple[CreditTier, ...] = ()
    """What a miss costs, from the target on, ever deeper."""
    repeat: RepeatedMisses | None = None
    """What misses in a row cost."""
    bonuses: tuple[Bonus, ...] = ()
    """What doing better earns, ever higher."""
    earn_back: EarnBack | None = None
    """How credits can be recovered; left out: they cannot."""

    @property
    def is_ceiling(self) -> bool:
        """Whether lower is better: of a share of compliant periods never."""
        return self.metric.definition.is_ceiling and not self.is_by_compliance

    @property
    def is_share(self) -> bool:
        """Whether its figure never exceeds 1."""
        return self.metric.definition.is_share or self.is_by_compliance

    @property
    def is_relaxed(self) -> bool:
        """Whether the target of hyper-care takes the place of its own on the dates of it."""
        return self.metric.definition.is_in_time and not self.excludes(Exclusion.HYPERCARE)

    @property
    def is_by_compliance(self) -> bool:
        """Whether its figure is a share of periods."""
        return self.aggregation is Aggregation.PERIOD_COMPLIANCE

    def excludes(self, what: Exclusion) -> bool:
        """Whether it leaves something out."""
        return self.counts is not None and what in self.counts.exclude

    def target_on(self, day: date, start: date) -> Decimal:
        """The target in force on a date of a scenario that begins at `start`, hyper-care aside."""
        own = next((one.target for one in self.periods if one.from_ <= day <= one.to), self.target)
        years = day.year - start.year - ((day.month, day.day) < (start.month, start.day))
        change = decimal_of(self.ratchet_per_year) * years
        if self.is_ceiling:
            return max(decimal_of(own) - change, Decimal(0))
        return min(decimal_of(own) + change, Decimal(1))

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        side = CEILING if self.is_ceiling else FLOOR
        tiers = Consequences(side, self.target, self.credits, self.bonuses, self.earn_back)
        refused = [
            *self._queue_refused(),
            *self._own_fields_refused(),
            *self._window_refused(),
            *self._aggregation_refused(),
            *self._credits_missing(),
            *self._levels_refused(),
            *self._periods_refused(),
            *tiers.refused(),
        ]
        if refused:
            raise RefusedError(*refused)
        return self

    def _queue_refused(self) -> Iterator[Refusal]:
        """A queue that the metric or an exclusion needs, and a scope of what is the vendor's own."""
        is_of_a_queue = self.metric.definition.is_of_a_queue
        if self.queue is None and is_of_a_queue:
            yield Refusal(f"{self.metric} is of one queue", "add queue", ("queue",))
        for e, excluded in enumerate(self.counts.exclude if self.counts is not None and self.queue is None else ()):
            if excluded in OF_ITS_QUEUE:
                at = ("counts", "exclude", e)
                yield Refusal(f"{excluded} is known of one queue, and the clause names none", "add queue", at)
        if self.scope is ClauseScope.QUEUE and not is_of_a_queue:
            yield Refusal(f"{self.metric} is the vendor's own", "remove scope", ("scope",))

    def _own_fields_refused(self) -> Iterator[Refusal]:
        """What its metric needs and what it does not take, of the fields that only some metrics do."""
        for one in self.metric.definition.takes:
            if one.is_needed and getattr(self, one.name) is None:
                yield Refusal(f"{self.metric} needs {one.called}", f"add {one.example}", (one.name,))
        for name, metrics in TAKERS.items():
            if getattr(self, name) is not None and self.metric not in metrics:
                yield Refusal(f"{self.metric} takes no {name}", f"remove it, or write {' or '.join(metrics)}", (name,))
        least, most = self.staffed_from, self.staffed_to
        if self.metric in TAKERS["staffed_to"] and least is not None and most is not None and least > most:
            yield Refusal("ends before it begins", f"write {least:g} or more", ("staffed_to",))

    def _window_refused(self) -> Iterator[Refusal]:
        """Parts of a window of which the metric has one figure, and windows that hold none."""
        metric = self.metric.definition
        if metric.is_by_window and self.counts is not None:
            yield Refusal(f"{self.metric} has one figure a window", "remove counts", ("counts",))
        if metric.is_by_window and self.aggregation is not Aggregation.VOLUME_WEIGHTED:
            yield Refusal(f"{self.metric} has one figure a window", "remove aggregation", ("aggregation",))
        if self.window in metric.too_short:
            *others, last = (window for window in ScoringWindow if window not in metric.too_short)
            mend = f"write {', '.join(others)} or {last}"
            yield Refusal(metric.too_short[self.window], mend, ("window",))

    def _aggregation_refused(self) -> Iterator[Refusal]:
        """Periods and their target, where the aggregation needs them or has none."""
        by_period = self.aggregation is not Aggregation.VOLUME_WEIGHTED
        if by_period and self.period is None:
            yield Refusal(f"{self.aggregation} needs its periods", "add period: INTERVAL or DAY", ("period",))
        if not by_period and self.period is not None:
            yield Refusal("VOLUME_WEIGHTED has no periods", "remove period, or write another aggregation", ("period",))
        if self.is_by_compliance and self.period_target is None:
            yield Refusal("nothing says what a period has to meet", "add period_target", ("period_target",))
        if not self.is_by_compliance and self.period_target is not None:
            mend = "remove it, or write aggregation: PERIOD_COMPLIANCE"
            yield Refusal(f"{self.aggregation} takes no period_target", mend, ("period_target",))

    def _credits_missing(self) -> Iterator[Refusal]:
        for name in ("repeat", "allocation", "earn_back"):
            if getattr(self, name) is not None and not self.credits:
                yield Refusal(f"without credits {name} changes nothing", "add credits, or remove it", (name,))

    def _levels_refused(self) -> Iterator[Refusal]:
        """Shares over 1."""
        if self.metric.definition.is_share and self.period_target is not None:
            yield from _share_refused(("period_target",), self.period_target)
        if not self.is_share:
            return
        yield from _share_refused(("target",), self.target)
        for p, period in enumerate(self.periods):
            yield from _share_refused(("periods", p, "target"), period.target)
        for kind in ("credits", "bonuses"):
            for t, tier in enumerate(getattr(self, kind)):
                yield from _share_refused((kind, t), tier.edge)
        if self.earn_back is not None:
            yield from _share_refused(("earn_back",), self.earn_back.edge)

    def _periods_refused(self) -> Iterator[Refusal]:
        for p, period in enumerate(self.periods):
            if period.to < period.from_:
                yield Refusal("ends before it begins", "write a date on or after `from`", ("periods", p, "to"))
            elif p and period.from_ <= self.periods[p - 1].to:
                mend = f"write a date after {self.periods[p - 1].to}, or order periods by date"
                yield Refusal("begins before the period above it is over", mend, ("periods", p, "from"))


def _share_refused(at: tuple[str | int, ...], level: float) -> Iterator[Refusal]:
    if level > 1:
        yield Refusal(f"is {level:g}", "write a share, at most 1", at)
