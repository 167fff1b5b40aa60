"""One reported figure: a sum of counters, alone (a count), over another sum (a ratio), over the length of the period (a
time average), or a quantile of waiting times.

What is defined so holds for every period alike: counters add up over an interval, a day, a week, a month or the
horizon, and the measure is read from the sums.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum, IntEnum, StrEnum
from typing import Any

import numpy as np
from numpy.typing import NDArray

from simulation.outcome.counting.estimates import ANY, NOT_NEGATIVE, SHARES, Interval
from simulation.scenario.queues.channels import DEFERRED_CHANNELS, Channel

Float64 = NDArray[np.float64]
Int64 = NDArray[np.int64]
Terms = tuple[tuple[int, IntEnum], ...]
"""A sum of counters: (+1 or -1, field), the first with +1."""

PER_SECOND = 1e-6
PER_HOUR = 1 / 3.6e9


class Resolution(StrEnum):
    """The periods figures are reported by, finest first."""

    INTERVAL = "interval"
    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    TOTAL = "total"


class Unit(StrEnum):
    """What a figure counts."""

    CONTACTS = "contacts"
    SHARE = "share"
    SECONDS = "seconds"
    AGENTS = "agents"
    HOURS = "hours"
    HEADS = "heads"


class Kind(StrEnum):
    """How a measure is read from counters."""

    COUNT = "count"
    RATIO = "ratio"
    TIME_AVERAGE = "time average"
    QUANTILE = "quantile"


class Only(Enum):
    """Queues by some channels only have a measure; how the others are called."""

    DEFERRED = DEFERRED_CHANNELS, "immediate queues"
    OUTBOUND = frozenset({Channel.OUTBOUND}), "queues that are not outbound"

    def __init__(self, channels: frozenset[Channel], others: str) -> None:
        self.channels, self.others = channels, others


@dataclass(frozen=True)
class Measure:
    """One reported figure.

    name:        as in the result document
    unit:        of the figure
    kind:        a ratio's mean over replications is the ratio of sums, every other's the mean of the values
    meaning:     one sentence
    over:        the sum of counters that is reported, or the numerator
    under:       the denominator of a ratio
    scale:       the figure is scale x over (/ under), for counters in microseconds
    probability: of a waiting-time quantile
    spread:      by interval, too, the 5th and 95th percentile over replications are reported
    by_interval: reported by interval, too, not only by day and coarser
    signed:      the figure may be negative
    only:        which queues have it; None for all
    """

    name: str
    unit: Unit
    kind: Kind
    meaning: str
    over: Terms = ()
    under: Terms = ()
    scale: float = 1.0
    probability: float = 0.0
    spread: bool = False
    by_interval: bool = True
    signed: bool = False
    only: Only | None = None

    def is_of(self, channel: Channel) -> bool:
        """Whether queues by a channel have it."""
        return self.only is None or channel in self.only.channels

    @property
    def possible(self) -> Interval:
        """Where the figure can lie at all."""
        if self.signed:
            return ANY
        return SHARES if self.unit is Unit.SHARE else NOT_NEGATIVE

    def parts(self, counters: Int64 | Float64, length: Float64) -> tuple[Float64, Float64 | None]:
        """Numerator and denominator of every period, the denominator None unless the measure is a ratio.

        counters: whole numbers (..., periods, fields), summed over the period
        length:   Float64 (periods,), microseconds
        Both results are Float64 (..., periods), in the measure's unit.
        """
        over = np.asarray(total_of(self.over, counters), np.float64)
        if self.scale != 1.0:
            over = over * self.scale
        if self.kind is Kind.RATIO:
            return over, np.asarray(total_of(self.under, counters), np.float64)
        if self.kind is Kind.TIME_AVERAGE:
            return over / np.where(length > 0, length, np.nan), None  # a date that the zone skipped has no length
        return over, None


Measures = Mapping[str, Measure]
"""Measures by name, in the order they are reported."""


def total_of(terms: Terms, counters: NDArray[Any]) -> NDArray[Any]:
    """The terms added up, (...), of numbers of either kind, (..., fields)."""
    (_, first), *others = terms
    total = counters[..., first]
    for sign, field in others:
        total = total + sign * counters[..., field]
    return total


def sum_of(*fields: IntEnum, less: tuple[IntEnum, ...] = ()) -> Terms:
    """The sum of some counters less some others."""
    return tuple((1, field) for field in fields) + tuple((-1, field) for field in less)


def count(name: str, field: IntEnum, meaning: str, *, spread: bool = False, only: Only | None = None) -> Measure:
    """A count of contacts."""
    return Measure(name, Unit.CONTACTS, Kind.COUNT, meaning, sum_of(field), spread=spread, only=only)


def share(
    name: str, over: Terms, under: Terms, meaning: str, *, spread: bool = False, only: Only | None = None
) -> Measure:
    """A ratio of two counts or times."""
    return Measure(name, Unit.SHARE, Kind.RATIO, meaning, over, under, spread=spread, only=only)


def seconds(name: str, over: Terms, under: Terms, meaning: str) -> Measure:
    """A mean time in seconds, of counters in microseconds."""
    return Measure(name, Unit.SECONDS, Kind.RATIO, meaning, over, under, PER_SECOND)


def average(name: str, over: Terms, meaning: str, *, spread: bool = False, signed: bool = False) -> Measure:
    """A time average of agents, of counters in agent microseconds."""
    return Measure(name, Unit.AGENTS, Kind.TIME_AVERAGE, meaning, over, spread=spread, signed=signed)


def hours(name: str, over: Terms, meaning: str, *, by_interval: bool = True) -> Measure:
    """Hours, of counters in agent microseconds."""
    return Measure(name, Unit.HOURS, Kind.COUNT, meaning, over, scale=PER_HOUR, by_interval=by_interval)


def by_name(*measures: Measure) -> Measures:
    """Measures by their names, in this order."""
    return {measure.name: measure for measure in measures}
