"""What a queue is promised: answers within a time of waiting, work done by a due time."""

from datetime import date
from enum import StrEnum
from typing import Annotated, Self

from pydantic import Field, model_validator

from simulation.scenario.calendar import Clock, Day
from simulation.scenario.problems import refuse
from simulation.scenario.quantities import Described, Hours, PositiveShare, Real, Seconds, Share
from simulation.scenario.queues.demand import WorkingDay


class Formula(StrEnum):
    """Which service level, of A offered: S answered and L abandoned, (t) within the threshold, (t0) the short time."""

    ANSWERED_OVER_OFFERED_LESS_SHORT = "ANSWERED_OVER_OFFERED_LESS_SHORT"
    """Answered in time over offered less those abandoned in time: S(t) / (A - L(t))."""
    ABANDONED_IN_TIME_COUNT = "ABANDONED_IN_TIME_COUNT"
    """Answered or abandoned in time over offered: (S(t) + L(t)) / A."""
    ANSWERED_OVER_OFFERED = "ANSWERED_OVER_OFFERED"
    """Answered in time over offered: S(t) / A."""
    ANSWERED_OVER_ANSWERED = "ANSWERED_OVER_ANSWERED"
    """Answered in time over answered: S(t) / S."""
    SHORT_ABANDONS_COUNT = "SHORT_ABANDONS_COUNT"
    """Answered in time or abandoned within the short time over offered: (S(t) + L(t0)) / A."""


class TargetPeriod(Described):
    """Dates with a service level of their own."""

    from_: Annotated[Day, Field(alias="from")]
    """First local date of the queue on which it holds."""
    to: Day
    """Last date on which it holds."""
    share: Annotated[Real, Field(gt=0, le=1)]
    """Share of contacts wanted in time."""

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.to < self.from_:
            refuse("ends before it begins", "write a date on or after `from`", ("to",))
        return self


class Target(Described):
    """The service level wanted, and what else is asked of those who answer."""

    threshold_seconds: Seconds = 20.0
    """Seconds of waiting within which a contact is answered in time."""
    share: Annotated[Real, Field(gt=0, le=1)] = 0.8
    """Share of contacts wanted in time."""
    formula: Formula = Formula.ANSWERED_OVER_OFFERED
    """Which service level is meant."""
    short_abandon_seconds: Seconds = 5.0
    """Seconds of waiting within which an abandoned contact counts as short."""
    max_occupancy: PositiveShare = 1.0
    """Highest offered load / agents with which people are planned."""
    max_abandon_rate: Share | None = None
    """Highest abandoned / offered with which people are planned; left out: any."""
    periods: tuple[TargetPeriod, ...] = ()
    """Dates on which another share is wanted, in their order."""

    def share_on(self, day: date) -> float:
        """The share wanted on a local date of the queue."""
        return next((period.share for period in self.periods if period.from_ <= day <= period.to), self.share)

    @model_validator(mode="after")
    def _periods_in_order(self) -> Self:
        for p in range(1, len(self.periods)):
            if self.periods[p].from_ <= self.periods[p - 1].to:
                mend = f"write a date after {self.periods[p - 1].to}, or order periods by date"
                refuse("begins before the period above it is over", mend, ("periods", p, "from"))
        return self

    @model_validator(mode="after")
    def _short_is_shorter(self) -> Self:
        if self.formula is Formula.SHORT_ABANDONS_COUNT and self.short_abandon_seconds >= self.threshold_seconds:
            mend = f"write less than threshold_seconds, {self.threshold_seconds:g}"
            refuse("a short abandon must be shorter than the threshold", mend, ("short_abandon_seconds",))
        return self


class TurnaroundClock(StrEnum):
    """Which time counts towards a turnaround."""

    CALENDAR = "CALENDAR"
    """All time."""
    OPENING = "OPENING"
    """Only time in which the queue is open."""


class Turnaround(Described):
    """When deferred work is due, by a time from its arrival or by a working day of the month."""

    one_of = ("target_hours", "due")

    target_hours: Annotated[Hours, Field(gt=0)] | None = None
    """Hours from arrival until the work is due; or `due`."""
    due: WorkingDay | None = None
    """The working day at whose closing time it is due, in place of hours: WD3 is the third Monday to Friday of
    the month on which the queue is open, WD-1 the last; in the month of arrival, or in the
    next that has one when it has passed."""
    share: Annotated[Real, Field(gt=0, le=1)] = 0.95
    """Share of the work due that is wanted done by then."""
    clock: TurnaroundClock = TurnaroundClock.CALENDAR
    """Which time counts towards target_hours."""
    cut_off: Clock | None = None
    """Local time of the queue after which work counts as arriving when the next day on which it is open begins; work
    that arrives before the day's opening counts from then on. At or before the opening it is on the next day."""

    @model_validator(mode="after")
    def _a_clock_counts_hours(self) -> Self:
        if self.due is not None and self.clock is TurnaroundClock.OPENING:
            refuse(
                "a due day counts no opening hours", "remove clock, or write target_hours instead of due", ("clock",)
            )
        return self
