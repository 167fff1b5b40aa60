"""Every figure a run reports of queues, teams and headcount, each as one definition.

A measure is a sum of counters, alone (a count), over another sum (a ratio), over the length of the period (a time
average), or a quantile of waiting times. What is defined here is defined for every period alike: counters add up over
an interval, a day, a week, a month or the horizon, and the measure is read from the sums. `WAITING`, `IN_SERVICE`
and `WAITING_AGE` are instants, not sums: a period has those of its last interval's end.

Source: the field's usual formulas (Gans, Koole and Mandelbaum 2003; Koole 2013); which period owns what is in the
definition of the counters.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum, StrEnum

import numpy as np
from numpy.typing import NDArray

from simulation.outcome.counters import FTE_UNIT, HEADS, FlowField, GroupField, QueueField, StockField
from simulation.scenario.promises import Formula
from simulation.scenario.queues import DEFERRED_CHANNELS, Queue

Float64 = NDArray[np.float64]
Int64 = NDArray[np.int64]
Terms = tuple[tuple[int, IntEnum], ...]
"""A sum of counters: (+1 or -1, field), the first with +1."""

INSTANT_FIELDS = (QueueField.WAITING, QueueField.IN_SERVICE, QueueField.WAITING_AGE)
"""Counters that hold for the end of an interval; all others add up over intervals."""

PER_SECOND = 1e-6
PER_HOUR = 1 / 3.6e9
AGE_UNIT = 1_000_000
AGE_PER_HOUR = AGE_UNIT / 3.6e9
"""Of the counters in microseconds, `WAITING_AGE` alone reaches measures in seconds: the ages of a large backlog would
not fit 64 bits when they are summed over many replications."""


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

    def parts(self, counters: Int64 | Float64, length: Float64) -> tuple[Float64, Float64 | None]:
        """Numerator and denominator of every period, the denominator None unless the measure is a ratio.

        counters: whole numbers (..., periods, fields), summed over the period
        length:   Float64 (periods,), microseconds
        Both results are Float64 (..., periods), in the measure's unit.
        """
        over = _total(self.over, counters)
        if self.scale != 1.0:
            over = over * self.scale
        if self.kind is Kind.RATIO:
            return over, _total(self.under, counters)
        if self.kind is Kind.TIME_AVERAGE:
            return over / np.where(length > 0, length, np.nan), None  # a date that the zone skipped has no length
        return over, None


Measures = Mapping[str, Measure]
"""Measures by name, in the order they are reported."""


def _total(terms: Terms, counters: Int64 | Float64) -> Float64:
    (_, first), *others = terms
    total = counters[..., first]
    for sign, field in others:
        total = total + sign * counters[..., field]
    return np.asarray(total, np.float64)


def _sum(*fields: IntEnum, less: tuple[IntEnum, ...] = ()) -> Terms:
    return tuple((1, field) for field in fields) + tuple((-1, field) for field in less)


def _count(name: str, field: IntEnum, meaning: str, *, spread: bool = False) -> Measure:
    return Measure(name, Unit.CONTACTS, Kind.COUNT, meaning, _sum(field), spread=spread)


def _share(name: str, over: Terms, under: Terms, meaning: str, *, spread: bool = False) -> Measure:
    return Measure(name, Unit.SHARE, Kind.RATIO, meaning, over, under, spread=spread)


def _seconds(name: str, over: Terms, under: Terms, meaning: str) -> Measure:
    return Measure(name, Unit.SECONDS, Kind.RATIO, meaning, over, under, PER_SECOND)


def _average(name: str, over: Terms, meaning: str, *, spread: bool = False) -> Measure:
    return Measure(name, Unit.AGENTS, Kind.TIME_AVERAGE, meaning, over, spread=spread)


def _hours(name: str, over: Terms, meaning: str) -> Measure:
    return Measure(name, Unit.HOURS, Kind.COUNT, meaning, over, scale=PER_HOUR)


def _wait_quantile(percent: int) -> Measure:
    meaning = f"{percent} % of the period's answered contacts waited at most so long."
    return Measure(f"wait_p{percent}", Unit.SECONDS, Kind.QUANTILE, meaning, probability=percent / 100)


def _by_name(*measures: Measure) -> Measures:
    return {measure.name: measure for measure in measures}


_Q = QueueField
_G = GroupField


def _service_level(over: Terms, under: Terms, formula: str) -> Measure:
    return _share("service_level", over, under, f"Share of contacts served in time, {formula}.", spread=True)


_ORIGINS = (
    _Q.OFFERED_RETRIAL,
    _Q.OFFERED_REPEAT,
    _Q.OFFERED_TRANSFER,
    _Q.OFFERED_REWORK,
    _Q.OFFERED_BOT_FAILURE,
    _Q.OFFERED_REQUEUED,
)
_PROMISED = _sum(_Q.OFFERED, less=(_Q.CALLBACKS,))
"""Contacts that count for the service level, its A: the offered but those who took a call-back, which happens the
moment they arrive."""

SERVICE_LEVELS: Mapping[Formula, Measure] = {
    Formula.ANSWERED_OVER_OFFERED_LESS_SHORT: _service_level(
        _sum(_Q.ANSWERED_IN_TIME), _sum(_Q.OFFERED, less=(_Q.CALLBACKS, _Q.ABANDONED_IN_TIME)), "S(t) / (A - L(t))"
    ),
    Formula.ABANDONED_IN_TIME_COUNT: _service_level(
        _sum(_Q.ANSWERED_IN_TIME, _Q.ABANDONED_IN_TIME), _PROMISED, "(S(t) + L(t)) / A"
    ),
    Formula.ANSWERED_OVER_OFFERED: _service_level(_sum(_Q.ANSWERED_IN_TIME), _PROMISED, "S(t) / A"),
    Formula.ANSWERED_OVER_ANSWERED: _service_level(_sum(_Q.ANSWERED_IN_TIME), _sum(_Q.ARRIVED_ANSWERED), "S(t) / S"),
    Formula.SHORT_ABANDONS_COUNT: _service_level(
        _sum(_Q.ANSWERED_IN_TIME, _Q.ABANDONED_SHORT), _PROMISED, "(S(t) + L(t0)) / A"
    ),
}
"""The service level by the formula that a queue's target names, of A without accepted call-backs."""

QUEUE_MEASURES: Measures = _by_name(
    _count("offered", _Q.OFFERED, "Contacts that reached the queue in the period.", spread=True),
    Measure(
        "offered_new",
        Unit.CONTACTS,
        Kind.COUNT,
        "Contacts offered for the first time: offered less those of every origin below.",
        _sum(_Q.OFFERED, less=_ORIGINS),
    ),
    _count("offered_retrial", _Q.OFFERED_RETRIAL, "Offered again after they were abandoned or blocked."),
    _count("offered_repeat", _Q.OFFERED_REPEAT, "Offered again because they had not been solved."),
    _count("offered_transfer", _Q.OFFERED_TRANSFER, "Offered because another queue handed them over."),
    _count("offered_rework", _Q.OFFERED_REWORK, "Offered again because a defect was found."),
    _count("offered_bot_failure", _Q.OFFERED_BOT_FAILURE, "Offered after a bot had failed to settle them."),
    _count("offered_requeued", _Q.OFFERED_REQUEUED, "Offered again because an outage cut their service short."),
    _count("answered_in_time", _Q.ANSWERED_IN_TIME, "Of the contacts that arrived: answered within the threshold."),
    _count("abandoned_in_time", _Q.ABANDONED_IN_TIME, "Of the contacts that arrived: abandoned within the threshold."),
    _count("abandoned_short", _Q.ABANDONED_SHORT, "Of the contacts that arrived: abandoned within the short time."),
    _count("answered", _Q.ANSWERED, "Services that began in the period."),
    _count("abandoned", _Q.ABANDONED, "Contacts that gave up in the period, at closing time too."),
    _count("blocked", _Q.BLOCKED, "Contacts that found every line taken."),
    _count("contained", _Q.CONTAINED, "Demand that a bot settled, never offered."),
    _count("callbacks", _Q.CALLBACKS, "Contacts that accepted a call-back, and so left the queue's balance."),
    _count("callbacks_served", _Q.CALLBACKS_SERVED, "Call-backs whose service began in the period."),
    _seconds(
        "callback_delay_seconds",
        _sum(_Q.CALLBACK_DELAY),
        _sum(_Q.CALLBACKS_SERVED),
        "Mean time from arrival to service of the call-backs whose service began in the period.",
    ),
    _count("waiting_at_end", _Q.WAITING, "Contacts waiting at the end of the period."),
    _count("in_service_at_end", _Q.IN_SERVICE, "Contacts being served at the end of the period."),
    SERVICE_LEVELS[Formula.ANSWERED_OVER_OFFERED],
    _seconds(
        "asa_seconds",
        _sum(_Q.ANSWERED_WAIT),
        _sum(_Q.ARRIVED_ANSWERED),
        "Mean waiting time of the answered contacts that arrived in the period, zeros included.",
    ),
    _seconds(
        "wait_all_seconds",
        _sum(_Q.ANSWERED_WAIT, _Q.ABANDONED_WAIT, _Q.WAITED_SO_FAR),
        _sum(_Q.OFFERED, less=(_Q.BLOCKED, _Q.CALLBACKS)),
        "Mean waiting time of all contacts that arrived in the period but the blocked and those who took a call-back;"
        " of those still waiting at the horizon, the wait until then.",
    ),
    _share(
        "abandon_rate",
        _sum(_Q.ARRIVED_ABANDONED),
        _sum(_Q.OFFERED),
        "Share of the contacts that arrived in the period that gave up, L / A.",
    ),
    *(_wait_quantile(percent) for percent in (50, 90, 95, 99)),
    _seconds("aht_seconds", _sum(_Q.HANDLE_TIME), _sum(_Q.HANDLED), "Mean handling time of services that ended."),
    _share(
        "fcr",
        _sum(_Q.ARRIVED_ANSWERED, less=(_Q.REPEATED,)),
        _sum(_Q.ARRIVED_ANSWERED),
        "First contact resolution of the period's arrivals: 1 - repeats within the window / answered.",
    ),
    _share(
        "turnaround_met", _sum(_Q.DUE_MET), _sum(_Q.DUE), "Share of the work due in the period that was done by then."
    ),
    _count("backlog", _Q.WAITING, "Deferred work waiting at the end of the period."),
    Measure(
        "backlog_age_hours",
        Unit.HOURS,
        Kind.RATIO,
        "Mean age of the deferred work waiting at the end of the period.",
        _sum(_Q.WAITING_AGE),
        _sum(_Q.WAITING),
        AGE_PER_HOUR,
    ),
)
"""Measures of a queue, in the order they are reported. `service_level` follows each queue's own formula and those in
DEFERRED_ONLY are of deferred queues only: `queue_measures` gives one queue's own."""

DEFERRED_ONLY = frozenset({"turnaround_met", "backlog", "backlog_age_hours"})
"""Measures of deferred queues only."""

TEAM_MEASURES: Measures = _by_name(
    _average("rostered", _sum(_G.ROSTERED), "Agents rostered, before shrinkage."),
    _average("absent", _sum(_G.ABSENT), "Agents rostered but away, on leave."),
    _average("agents", _sum(_G.ON_FLOOR), "Agents on the floor, busy or available.", spread=True),
    _average("busy", _sum(_G.BUSY), "Agents serving a contact."),
    _share("occupancy", _sum(_G.BUSY), _sum(_G.ON_FLOOR), "Busy / (busy + available) agent time."),
    _share("utilisation", _sum(_G.ON_FLOOR), _sum(_G.ROSTERED), "Productive / paid time."),
    _count("handled", _G.HANDLED, "Services that ended in the period."),
    _hours("paid_hours", _sum(_G.ROSTERED), "Paid hours of people in production: rostered time, shrinkage included."),
    _hours("productive_hours", _sum(_G.ON_FLOOR), "Hours logged in, busy or available."),
    _hours("idle_hours", _sum(_G.ON_FLOOR, less=(_G.BUSY,)), "Hours available without a contact."),
    _share(
        "shrinkage",
        _sum(_G.ROSTERED, less=(_G.ON_FLOOR,)),
        _sum(_G.ROSTERED),
        "Paid time not available for contacts / paid time, 1 - utilisation; agents who finish a contact after their"
        " time make it a little smaller.",
    ),
)
"""Measures of a team, in the order they are reported."""

STOCKS: Mapping[str, StockField] = {field.name.lower(): field for field in StockField}
"""Heads and FTE at the start of a week, after everything that happens at that instant."""

FLOWS: Mapping[str, FlowField] = {field.name.lower(): field for field in FlowField}
"""Heads over a week."""


def headcount_unit(field: IntEnum) -> int:
    """What one head or one FTE is in the counters."""
    return FTE_UNIT if isinstance(field, StockField) and field not in HEADS else 1


def definitions(formula: Formula) -> Measures:
    """QUEUE_MEASURES with the service level by a formula."""
    return {**QUEUE_MEASURES, "service_level": SERVICE_LEVELS[formula]}


def queue_measures(queue: Queue) -> Measures:
    """The measures that one queue reports: the service level by its target's formula, due times of deferred work."""
    own = definitions(queue.target.formula)
    return own if queue.channel in DEFERRED_CHANNELS else {name: own[name] for name in own if name not in DEFERRED_ONLY}
