"""Clauses: the service levels that a contract promises, how each is scored and what follows from it."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Self

from pydantic import Field, model_validator

from simulation.scenario.calendar import Day
from simulation.scenario.forecasts import ForecastBasis
from simulation.scenario.money import decimal_of
from simulation.scenario.opening_hours import Opening
from simulation.scenario.problems import Refusal, RefusedError
from simulation.scenario.promises import Formula
from simulation.scenario.quantities import Described, Id, Label, PositiveShare, Real, Seconds, Share, Whole


class ClauseMetric(StrEnum):
    """What a clause measures."""

    SERVICE_LEVEL = "SERVICE_LEVEL"
    """Share of contacts served in time, by one of the formulas."""
    ASA = "ASA"
    """Mean waiting time of answered contacts in seconds; a ceiling."""
    ABANDON_RATE = "ABANDON_RATE"
    """Share of the offered contacts that gave up; a ceiling."""
    TURNAROUND_MET = "TURNAROUND_MET"
    """Share of the work due that was done by then."""
    FCR = "FCR"
    """First contact resolution: 1 - repeats within the queue's window / answered."""
    BACKLOG_AGE = "BACKLOG_AGE"
    """Mean age in hours of the work that waits, over the ends of the window's intervals; a ceiling. With `counts.hours`
    of one interval it is read once a day."""
    QUALITY = "QUALITY"
    """Share of the work done in which no defect was found: 1 - redone / handled."""
    OCCUPANCY = "OCCUPANCY"
    """Busy / (busy + available) agent time of the vendor's teams that may answer the queue, whatever they do; a
    ceiling."""
    FILL_RATE = "FILL_RATE"
    """Heads found / heads asked for, of the requisitions of these teams whose lead time has ended, by the scenario's
    weeks, each in the window in which it begins; given classes are no requisitions."""
    EXTERNAL = "EXTERNAL"
    """A share that no simulation gives, such as CSAT: drawn once a window, from a normal distribution cut at 0 and
    1."""
    LINE_ADHERENCE = "LINE_ADHERENCE"
    """Share of the intervals with an order in which agents on the floor / agents ordered lies within a band."""
    STAFFING_DELIVERED = "STAFFING_DELIVERED"
    """Sum over intervals of min(delivered, ordered) / sum of ordered, hours on the floor."""


STAFFING = (ClauseMetric.LINE_ADHERENCE, ClauseMetric.STAFFING_DELIVERED)
"""Metrics of the teams that may answer the queue, all that they do together: ordered is what the locked forecast
requires of them."""
OF_ANSWERED = (ClauseMetric.ASA, ClauseMetric.FCR, ClauseMetric.QUALITY)
"""Metrics of answered contacts only, which have a vendor whoever else might have answered them."""
OF_QUEUE = (ClauseMetric.BACKLOG_AGE,)
"""Metrics that are counted of whole queues only."""
CEILINGS = (ClauseMetric.ASA, ClauseMetric.ABANDON_RATE, ClauseMetric.BACKLOG_AGE, ClauseMetric.OCCUPANCY)
"""Metrics that are better the lower they are."""
NO_SHARES = (ClauseMetric.ASA, ClauseMetric.BACKLOG_AGE)
"""Metrics that may exceed 1."""
OF_TEAMS = (ClauseMetric.OCCUPANCY, ClauseMetric.FILL_RATE, ClauseMetric.EXTERNAL)
"""Metrics of the vendor and its teams, which are its own whoever else answers the queue."""
OF_WINDOWS = (ClauseMetric.FILL_RATE, ClauseMetric.EXTERNAL)
"""Metrics that have one figure a window: nothing of its intervals can be left out or weighed."""
IN_TIME = (ClauseMetric.SERVICE_LEVEL, ClauseMetric.TURNAROUND_MET)
"""Metrics that are a share in time, as the target of hyper-care is."""


class ClauseScope(StrEnum):
    """Whose service of a queue a clause measures."""

    VENDOR = "VENDOR"
    """The vendor's own: what was given to it by allocation or transition; of a queue that vendors answer together
    what it answered, which tells ASA, FCR, QUALITY and the service level ANSWERED_OVER_ANSWERED."""
    QUEUE = "QUEUE"
    """The whole queue's, whoever answers; of staffing that of the vendors whose contracts lock the queue."""


class ScoringWindow(StrEnum):
    """The stretch of time over which a clause is scored, by the scenario's clock."""

    DAY = "DAY"
    """A local day."""
    WEEK = "WEEK"
    """Seven local days, counted from the scenario's start."""
    MONTH = "MONTH"
    """A calendar month."""
    QUARTER = "QUARTER"
    """A calendar quarter."""


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


Level = Annotated[Real, Field(ge=0, le=10_000_000)]
"""A level of a metric: a share, of ASA seconds, of BACKLOG_AGE hours."""


class ClausePeriod(Described):
    """Dates with a target of their own."""

    from_: Annotated[Day, Field(alias="from")]
    """First date of the scenario on which it holds."""
    to: Day
    """Last date on which it holds."""
    target: Level
    """The target on these dates."""


class CreditTier(Described):
    """A depth of failure and what it costs."""

    one_of = ("below", "above")

    below: Level | None = None
    """The figure is under it; of a ceiling"""
    above: Level | None = None
    """the figure is over it."""
    share: Share
    """Share of the clause's amount at risk that is credited; only the deepest tier reached counts."""

    @property
    def edge(self) -> float:
        """Where the tier begins."""
        return self.below if self.below is not None else self.above or 0.0


class RepeatedMisses(Described):
    """Misses in a row cost more."""

    misses: Annotated[Whole, Field(ge=2, le=1000)]
    """From so many missed windows in a row on,"""
    multiplier: Annotated[Real, Field(ge=1, le=100)]
    """every credit is multiplied by this."""


class Bonus(Described):
    """A height of success and what it earns."""

    one_of = ("at_or_above", "at_or_below")

    at_or_above: Level | None = None
    """The figure is at least this; of a ceiling"""
    at_or_below: Level | None = None
    """at most this."""
    share: Share
    """Share of the month's recurring charges that is added; only the highest reached counts."""

    @property
    def edge(self) -> float:
        """Where it begins."""
        return self.at_or_above if self.at_or_above is not None else self.at_or_below or 0.0


class Exclusion(StrEnum):
    """What a clause leaves out."""

    CLIENT_OUTAGE = "CLIENT_OUTAGE"
    """Intervals of which any part lies in an event CLIENT_OUTAGE that changes the queue's demand."""
    HYPERCARE = "HYPERCARE"
    """Dates of the queue's clock in the hyper-care of a transition of the queue."""
    HOLIDAYS = "HOLIDAYS"
    """Public holidays of the vendor's teams that may answer the queue, a date that any of them keeps: by the clock and
    the country of the team's site, or by the calendar and with the extra dates of its `holidays`."""
    FORECAST = "FORECAST"
    """Periods in which the queue's contacts, or their AHT, lie further off the lock than `forecast_lock.relief` says,
    in each replication its own."""


OF_ITS_QUEUE = (Exclusion.CLIENT_OUTAGE, Exclusion.HYPERCARE, Exclusion.FORECAST)
"""What is left out by what happens to the clause's queue."""


class Counts(Described):
    """Which of the time a clause counts: contacts that arrived in it, or work due in it."""

    hours: tuple[Opening, ...] = ()
    """Hours by the queue's clock, written as a queue's: intervals that begin in them; left out: all."""
    exclude: tuple[Exclusion, ...] = ()
    """What is left out."""
    exclude_dates: tuple[Day, ...] = ()
    """Dates of the scenario that are left out."""


class EarnBack(Described):
    """The right to recover a credit by doing better later."""

    one_of = ("at_or_above", "at_or_below")

    at_or_above: Level | None = None
    """The figure of a window that counts is at least this; of a ceiling"""
    at_or_below: Level | None = None
    """at most this. It shifts as the window's target does."""
    windows: Annotated[Whole, Field(ge=1, le=1000)] = 1
    """So many windows after the credited one have to reach it,"""
    consecutive: bool = True
    """in a row, or not;"""
    within_windows: Annotated[Whole, Field(ge=1, le=10_000)] | None = None
    """within so many after the credited one; left out: whenever it is."""
    share: PositiveShare = 1.0
    """Share of the credit that comes back, in the month in which the last of them ends."""

    @property
    def edge(self) -> float:
        """What has to be reached."""
        return self.at_or_above if self.at_or_above is not None else self.at_or_below or 0.0


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
    """EXTERNAL: its mean over windows,"""
    sd: Share | None = None
    """and its standard deviation from window to window; windows are independent of each other and of the floor."""
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
        return self.metric in CEILINGS and not self.is_by_compliance

    @property
    def is_relaxed(self) -> bool:
        """Whether the target of hyper-care takes the place of its own on the dates of it."""
        return self.metric in IN_TIME and (self.counts is None or Exclusion.HYPERCARE not in self.counts.exclude)

    @property
    def is_by_compliance(self) -> bool:
        """Whether its figure is a share of periods."""
        return self.aggregation is Aggregation.PERIOD_COMPLIANCE

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
        refused = [*self._fields_refused(), *self._levels_refused(), *self._periods_refused(), *self._tiers_refused()]
        if refused:
            raise RefusedError(*refused)
        return self

    def _fields_refused(self) -> Iterator[Refusal]:
        yield from self._metric_refused()
        if self.metric is not ClauseMetric.SERVICE_LEVEL:
            for name in ("threshold_seconds", "formula"):
                if getattr(self, name) is not None:
                    yield Refusal(f"{self.metric} takes no {name}", "remove it, or write SERVICE_LEVEL", (name,))
        yield from self._staffing_refused()
        by_period = self.aggregation is not Aggregation.VOLUME_WEIGHTED
        if by_period and self.period is None:
            yield Refusal(f"{self.aggregation} needs its periods", "add period: INTERVAL or DAY", ("period",))
        if not by_period and self.period is not None:
            yield Refusal("VOLUME_WEIGHTED has no periods", "remove period, or write another aggregation", ("period",))
        complies = self.aggregation is Aggregation.PERIOD_COMPLIANCE
        if complies and self.period_target is None:
            yield Refusal("nothing says what a period has to meet", "add period_target", ("period_target",))
        if not complies and self.period_target is not None:
            mend = "remove it, or write aggregation: PERIOD_COMPLIANCE"
            yield Refusal(f"{self.aggregation} takes no period_target", mend, ("period_target",))
        for name in ("repeat", "allocation", "earn_back"):
            if getattr(self, name) is not None and not self.credits:
                yield Refusal(f"without credits {name} changes nothing", "add credits, or remove it", (name,))

    def _metric_refused(self) -> Iterator[Refusal]:
        """What a metric needs, and what it does not take."""
        if self.queue is None and self.metric not in OF_TEAMS:
            yield Refusal(f"{self.metric} is of one queue", "add queue", ("queue",))
        for e, excluded in enumerate(self.counts.exclude if self.counts is not None and self.queue is None else ()):
            if excluded in OF_ITS_QUEUE:
                at = ("counts", "exclude", e)
                yield Refusal(f"{excluded} is known of one queue, and the clause names none", "add queue", at)
        if self.metric in OF_TEAMS and self.scope is ClauseScope.QUEUE:
            yield Refusal(f"{self.metric} is the vendor's own", "remove scope", ("scope",))
        is_external = self.metric is ClauseMetric.EXTERNAL
        for name in ("name", "mean", "sd"):
            is_given = getattr(self, name) is not None
            if is_external and not is_given:
                yield Refusal(f"EXTERNAL needs {name}", f"add {name}", (name,))
            if is_given and not is_external:
                yield Refusal(f"{self.metric} takes no {name}", "remove it, or write EXTERNAL", (name,))
        if self.metric in OF_WINDOWS and self.counts is not None:
            yield Refusal(f"{self.metric} has one figure a window", "remove counts", ("counts",))
        if self.metric in OF_WINDOWS and self.aggregation is not Aggregation.VOLUME_WEIGHTED:
            yield Refusal(f"{self.metric} has one figure a window", "remove aggregation", ("aggregation",))
        if self.metric is ClauseMetric.FILL_RATE and self.window is ScoringWindow.DAY:
            yield Refusal("heads asked for are counted by week", "write WEEK, MONTH or QUARTER", ("window",))

    def _staffing_refused(self) -> Iterator[Refusal]:
        adheres = self.metric is ClauseMetric.LINE_ADHERENCE
        for name in ("staffed_from", "staffed_to"):
            if adheres and getattr(self, name) is None:
                yield Refusal("LINE_ADHERENCE needs its band", "add staffed_from: 0.95, staffed_to: 1.05", (name,))
            elif not adheres and getattr(self, name) is not None:
                yield Refusal(f"{self.metric} takes no {name}", "remove it, or write LINE_ADHERENCE", (name,))
        least, most = self.staffed_from, self.staffed_to
        if adheres and least is not None and most is not None and least > most:
            yield Refusal("ends before it begins", f"write {least:g} or more", ("staffed_to",))
        if self.of is not None and self.metric not in STAFFING:
            yield Refusal(f"{self.metric} takes no of", f"remove it, or write {' or '.join(STAFFING)}", ("of",))

    def _levels_refused(self) -> Iterator[Refusal]:
        """Shares over 1."""
        if self.metric not in NO_SHARES and self.period_target is not None:
            yield from _share_refused(("period_target",), self.period_target)
        if self.metric in NO_SHARES and not self.is_by_compliance:
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

    def _tiers_refused(self) -> Iterator[Refusal]:
        """Tiers on the wrong side of the target, that overlap or that leave a miss without a tier."""
        sign, words = (1, ("above", "at_or_below")) if self.is_ceiling else (-1, ("below", "at_or_above"))
        for kind, word in zip(("credits", "bonuses"), words, strict=True):
            for t, tier in enumerate(getattr(self, kind)):
                if getattr(tier, word) is None:
                    what = "a ceiling" if self.is_ceiling else "no ceiling"
                    yield Refusal(f"the figure is {what}", f"write {word}: {tier.edge:g}", (kind, t))
        back = self.earn_back
        if back is not None and getattr(back, words[1]) is None:
            what = "a ceiling" if self.is_ceiling else "no ceiling"
            yield Refusal(f"the figure is {what}", f"write {words[1]}: {back.edge:g}", ("earn_back",))
        elif back is not None and sign * (back.edge - self.target) > 0:
            mend = f"write {self.target:g} or what is better"
            yield Refusal(f"the target lies at {self.target:g}", mend, ("earn_back", words[1]))
        if back is not None and back.within_windows is not None and back.within_windows < back.windows:
            mend = f"write {back.windows} or more"
            yield Refusal(f"{back.windows} windows do not fit", mend, ("earn_back", "within_windows"))
        for t, tier in enumerate(self.credits):
            before = self.credits[t - 1].edge if t else None
            at = ("credits", t, words[0])
            if before is None and tier.edge != self.target:
                gap = f"write {words[0]}: {self.target:g}; where nothing is due at first, with share: 0"
                yield Refusal(f"a miss begins at the target, {self.target:g}", gap, at)
            elif before is not None and sign * (tier.edge - before) <= 0:
                yield Refusal(f"the tier before it begins at {before:g}", "order tiers, the deepest last", at)
            if t and tier.share <= self.credits[t - 1].share:
                mend = f"write a share over {self.credits[t - 1].share:g}"
                yield Refusal("a deeper tier costs no more", mend, ("credits", t, "share"))
        for b, bonus in enumerate(self.bonuses):
            before = self.bonuses[b - 1].edge if b else self.target
            at = ("bonuses", b, words[1])
            if sign * (bonus.edge - before) > 0 or (b and bonus.edge == before):
                what = "the bonus before it begins" if b else "the target lies"
                yield Refusal(f"{what} at {before:g}", "order bonuses, the highest last", at)
            if b and bonus.share <= self.bonuses[b - 1].share:
                mend = f"write a share over {self.bonuses[b - 1].share:g}"
                yield Refusal("a higher bonus earns no more", mend, ("bonuses", b, "share"))


def _share_refused(at: tuple[str | int, ...], level: float) -> Iterator[Refusal]:
    if level > 1:
        yield Refusal(f"is {level:g}", "write a share, at most 1", at)
