"""The figures of a queue that a run reports, each as one definition.

`WAITING`, `IN_SERVICE` and `WAITING_AGE` are instants, not sums: a period has those of its last interval's end.

Source: the field's usual formulas (Gans, Koole and Mandelbaum 2003; Koole 2013); which period owns what is in the
definition of the counters.
"""

from collections.abc import Mapping

from simulation.outcome.counting.counters import QueueField
from simulation.outcome.counting.measure import (
    Kind,
    Measure,
    Measures,
    Only,
    Terms,
    Unit,
    average,
    by_name,
    count,
    seconds,
    share,
    sum_of,
)
from simulation.scenario.queues.promises import Formula
from simulation.scenario.queues.queue import Queue

INSTANT_FIELDS = (QueueField.WAITING, QueueField.IN_SERVICE, QueueField.WAITING_AGE)
"""Counters that hold for the end of an interval; all others add up over intervals."""

AGE_UNIT = 1_000_000
AGE_PER_HOUR = AGE_UNIT / 3.6e9
"""Of the counters in microseconds, `WAITING_AGE` alone reaches measures in seconds: the ages of a large backlog would
not fit 64 bits when they are summed over many replications."""


def _wait_quantile(percent: int) -> Measure:
    meaning = f"{percent} % of the period's answered contacts waited at most so long."
    name = f"wait_p{percent}"
    return Measure(name, Unit.SECONDS, Kind.QUANTILE, meaning, probability=percent / 100, by_interval=False)


_Q = QueueField


def _service_level(over: Terms, under: Terms, formula: str) -> Measure:
    return share("service_level", over, under, f"Share of contacts served in time, {formula}.", spread=True)


_ORIGINS = (
    _Q.OFFERED_RETRIAL,
    _Q.OFFERED_REPEAT,
    _Q.OFFERED_TRANSFER,
    _Q.OFFERED_REWORK,
    _Q.OFFERED_BOT_FAILURE,
    _Q.OFFERED_REQUEUED,
)
_PROMISED = sum_of(_Q.OFFERED, less=(_Q.CALLBACKS,))
"""Contacts that count for the service level, its A: the offered but those who took a call-back, which happens the
moment they arrive."""

SERVICE_LEVELS: Mapping[Formula, Measure] = {
    Formula.ANSWERED_OVER_OFFERED_LESS_SHORT: _service_level(
        sum_of(_Q.ANSWERED_IN_TIME), sum_of(_Q.OFFERED, less=(_Q.CALLBACKS, _Q.ABANDONED_IN_TIME)), "S(t) / (A - L(t))"
    ),
    Formula.ABANDONED_IN_TIME_COUNT: _service_level(
        sum_of(_Q.ANSWERED_IN_TIME, _Q.ABANDONED_IN_TIME), _PROMISED, "(S(t) + L(t)) / A"
    ),
    Formula.ANSWERED_OVER_OFFERED: _service_level(sum_of(_Q.ANSWERED_IN_TIME), _PROMISED, "S(t) / A"),
    Formula.ANSWERED_OVER_ANSWERED: _service_level(
        sum_of(_Q.ANSWERED_IN_TIME), sum_of(_Q.ARRIVED_ANSWERED), "S(t) / S"
    ),
    Formula.SHORT_ABANDONS_COUNT: _service_level(
        sum_of(_Q.ANSWERED_IN_TIME, _Q.ABANDONED_SHORT), _PROMISED, "(S(t) + L(t0)) / A"
    ),
}
"""The service level by the formula that a queue's target names, of A without accepted call-backs."""

QUEUE_MEASURES: Measures = by_name(
    count("offered", _Q.OFFERED, "Contacts that reached the queue in the period.", spread=True),
    Measure(
        "offered_new",
        Unit.CONTACTS,
        Kind.COUNT,
        "Contacts offered for the first time: offered less those of every origin below.",
        sum_of(_Q.OFFERED, less=_ORIGINS),
    ),
    count("offered_retrial", _Q.OFFERED_RETRIAL, "Offered again after they were abandoned or blocked."),
    count("offered_repeat", _Q.OFFERED_REPEAT, "Offered again because they had not been solved."),
    count("offered_transfer", _Q.OFFERED_TRANSFER, "Offered because another queue handed them over."),
    count("offered_rework", _Q.OFFERED_REWORK, "Offered again because a defect was found."),
    count("offered_bot_failure", _Q.OFFERED_BOT_FAILURE, "Offered after a bot had failed to settle them."),
    count("offered_requeued", _Q.OFFERED_REQUEUED, "Offered again because an outage cut their service short."),
    count("answered_in_time", _Q.ANSWERED_IN_TIME, "Of the contacts that arrived: answered within the threshold."),
    count("abandoned_in_time", _Q.ABANDONED_IN_TIME, "Of the contacts that arrived: abandoned within the threshold."),
    count("abandoned_short", _Q.ABANDONED_SHORT, "Of the contacts that arrived: abandoned within the short time."),
    count("answered", _Q.ANSWERED, "Services that began in the period."),
    count("abandoned", _Q.ABANDONED, "Contacts that gave up in the period, at closing time too."),
    count("blocked", _Q.BLOCKED, "Contacts that found every line taken."),
    count("contained", _Q.CONTAINED, "Demand that a bot settled, never offered."),
    count("callbacks", _Q.CALLBACKS, "Contacts that accepted a call-back, and so left the queue's balance."),
    count("callbacks_served", _Q.CALLBACKS_SERVED, "Call-backs whose service began in the period."),
    seconds(
        "callback_delay_seconds",
        sum_of(_Q.CALLBACK_DELAY),
        sum_of(_Q.CALLBACKS_SERVED),
        "Mean time from arrival to service of the call-backs whose service began in the period.",
    ),
    count(
        "attempts",
        _Q.ATTEMPTS,
        "Attempts to reach a record that ended in the period, reached or not.",
        only=Only.OUTBOUND,
    ),
    count("broken_off", _Q.LOST, "Services that an outage cut short: lost, or offered again where that is chosen."),
    count("waiting_at_end", _Q.WAITING, "Contacts waiting at the end of the period."),
    count("in_service_at_end", _Q.IN_SERVICE, "Contacts being served at the end of the period."),
    SERVICE_LEVELS[Formula.ANSWERED_OVER_OFFERED],
    seconds(
        "asa_seconds",
        sum_of(_Q.ANSWERED_WAIT),
        sum_of(_Q.ARRIVED_ANSWERED),
        "Mean waiting time of the answered contacts that arrived in the period, zeros included.",
    ),
    seconds(
        "wait_all_seconds",
        sum_of(_Q.ANSWERED_WAIT, _Q.ABANDONED_WAIT, _Q.WAITED_SO_FAR),
        sum_of(_Q.OFFERED, less=(_Q.BLOCKED, _Q.CALLBACKS)),
        "Mean waiting time of all contacts that arrived in the period but the blocked and those who took a call-back;"
        " of those still waiting at the horizon, the wait until then.",
    ),
    share(
        "abandon_rate",
        sum_of(_Q.ARRIVED_ABANDONED),
        sum_of(_Q.OFFERED),
        "Share of the contacts that arrived in the period that gave up, L / A.",
    ),
    *(_wait_quantile(percent) for percent in (50, 90, 95, 99)),
    seconds("aht_seconds", sum_of(_Q.HANDLE_TIME), sum_of(_Q.HANDLED), "Mean handling time of services that ended."),
    share(
        "fcr",
        sum_of(_Q.ARRIVED_ANSWERED, less=(_Q.REPEATED,)),
        sum_of(_Q.ARRIVED_ANSWERED),
        "First contact resolution of the period's arrivals: 1 - repeats within the window / answered.",
    ),
    share(
        "turnaround_met",
        sum_of(_Q.DUE_MET),
        sum_of(_Q.DUE),
        "Share of the work due in the period that was done by then.",
        only=Only.DEFERRED,
    ),
    count("backlog", _Q.WAITING, "Deferred work waiting at the end of the period.", only=Only.DEFERRED),
    Measure(
        "backlog_age_hours",
        Unit.HOURS,
        Kind.RATIO,
        "Mean age of the deferred work waiting at the end of the period.",
        sum_of(_Q.WAITING_AGE),
        sum_of(_Q.WAITING),
        AGE_PER_HOUR,
        only=Only.DEFERRED,
    ),
    average(
        "required_agents",
        sum_of(_Q.REQUIRED),
        "Agents on the floor, at tenured speed, that the forecast needs to keep the targets: the queue's share of its"
        " pool's.",
    ),
    average(
        "over_under_agents",
        sum_of(_Q.EFFECTIVE, less=(_Q.REQUIRED,)),
        "Agents on the floor for the queue, weighted by tenured / own handling time, less the agents required.",
        spread=True,
        signed=True,
    ),
)
"""Measures of a queue, in the order they are reported. `service_level` follows each queue's own formula, some are of
some queues only: `queue_measures` gives one queue's own."""


def definitions(formula: Formula) -> Measures:
    """QUEUE_MEASURES with the service level by a formula."""
    return {**QUEUE_MEASURES, "service_level": SERVICE_LEVELS[formula]}


def queue_measures(queue: Queue) -> Measures:
    """The measures that one queue reports: the service level by its target's formula, those of its channel."""
    measures = definitions(queue.target.formula)
    return {name: measure for name, measure in measures.items() if measure.is_of(queue.channel)}
