"""What clauses can measure, each metric as one definition: what it is, and what a clause of it takes and needs."""

from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Any, Self

from simulation.scenario.contracts.metric import (
    Drawn,
    Metric,
    OfContacts,
    OfOrders,
    OfTeams,
    OfWholeQueue,
    OfWindows,
    OwnField,
    needed,
)
from simulation.scenario.contracts.windows import ScoringWindow
from simulation.scenario.entries import within
from simulation.scenario.problems import Refusal
from simulation.scenario.queues.channels import DEFERRED, DEFERRED_CHANNELS
from simulation.scenario.queues.queue import Queue


def _never_due(queue: Queue) -> Refusal | None:
    if queue.turnaround is not None:
        return None
    return Refusal(f"work of {queue.id} is never due", f"add turnaround to {queue.id}")


def _no_backlog(queue: Queue) -> Refusal | None:
    if queue.channel in DEFERRED_CHANNELS:
        return None
    message = f"contacts of {queue.id} do not wait as a backlog"
    return Refusal(message, f"name a queue of channel {DEFERRED}, or write ASA")


def _no_defects(queue: Queue) -> Refusal | None:
    if queue.quality is not None:
        return None
    return Refusal(f"nobody looks for defects in {queue.id}", f"add quality to {queue.id}")


def _no_repeats(queue: Queue) -> Refusal | None:
    if queue.repeat is not None:
        return None
    return Refusal(f"nobody comes back to {queue.id}", f"add repeat to {queue.id}")


def _nobody_abandons(queue: Queue) -> Refusal | None:
    if queue.patience is not None or queue.balking_probability:
        return None
    mend = f"add patience or balking_probability to {queue.id}"
    if queue.channel in DEFERRED_CHANNELS:
        mend = "name a queue that does not wait as a backlog, or write BACKLOG_AGE"
    return Refusal(f"nobody abandons {queue.id}", mend)


def _nobody_asked_for(teams: Sequence[Mapping[str, Any]]) -> Refusal | None:
    if any(within(team.get("workforce"), "hiring") is not None for team in teams):
        return None
    named = ", ".join(dict.fromkeys(str(team.get("id")) for team in teams))
    return Refusal(f"{named} ask for nobody", "add hiring to the workforce of one of them, or write another metric")


BAND = ("its band", "staffed_from: 0.95, staffed_to: 1.05")
BY_WEEK = {ScoringWindow.DAY: "heads asked for are counted by week"}


class ClauseMetric(StrEnum):
    """What a clause measures."""

    definition: Metric

    def __new__(cls, definition: Metric) -> Self:
        member = str.__new__(cls, definition.word)
        member._value_ = definition.word
        member.definition = definition
        return member

    SERVICE_LEVEL = OfContacts(
        "SERVICE_LEVEL", is_in_time=True, takes=(OwnField("threshold_seconds"), OwnField("formula"))
    )
    """Share of contacts served in time, by one of the formulas."""
    ASA = OfContacts("ASA", is_ceiling=True, is_share=False, is_answered=True)
    """Mean waiting time of answered contacts in seconds; a ceiling."""
    ABANDON_RATE = OfContacts("ABANDON_RATE", is_ceiling=True, queue_lacks=_nobody_abandons)
    """Share of the offered contacts that gave up; a ceiling."""
    TURNAROUND_MET = OfContacts("TURNAROUND_MET", is_in_time=True, queue_lacks=_never_due)
    """Share of the work due that was done by then."""
    FCR = OfContacts("FCR", is_answered=True, queue_lacks=_no_repeats)
    """First contact resolution: 1 - repeats within the queue's window / answered."""
    BACKLOG_AGE = OfWholeQueue(
        "BACKLOG_AGE",
        is_ceiling=True,
        is_share=False,
        queue_lacks=_no_backlog,
        beyond_days="it is read at the ends of intervals",
    )
    """Mean age in hours of the work that waits, over the ends of the window's intervals; a ceiling. With `counts.hours`
    of one interval it is read once a day."""
    QUALITY = OfContacts("QUALITY", is_answered=True, is_of_closed_hours=True, queue_lacks=_no_defects)
    """Share of the work done in which no defect was found: 1 - redone / handled."""
    OCCUPANCY = OfTeams("OCCUPANCY", is_ceiling=True)
    """Busy / (busy + available) agent time of the vendor's teams that may answer the queue, whatever they do; a
    ceiling."""
    FILL_RATE = OfWindows("FILL_RATE", too_short=BY_WEEK, teams_lack=_nobody_asked_for)
    """Heads found / heads asked for, of the requisitions of these teams whose lead time has ended, by the scenario's
    weeks, each in the window in which it begins; given classes are no requisitions."""
    EXTERNAL = Drawn("EXTERNAL", takes=(needed("name"), needed("mean"), needed("sd")))
    """A share that no simulation gives, such as CSAT: drawn once a window, from a normal distribution cut at 0 and
    1."""
    LINE_ADHERENCE = OfOrders(
        "LINE_ADHERENCE", takes=(OwnField("staffed_from", *BAND), OwnField("staffed_to", *BAND), OwnField("of"))
    )
    """Share of the intervals with an order in which agents on the floor / agents ordered lies within a band."""
    STAFFING_DELIVERED = OfOrders("STAFFING_DELIVERED", takes=(OwnField("of"),))
    """Sum over intervals of min(delivered, ordered) / sum of ordered, hours on the floor."""


TAKERS: Mapping[str, tuple[ClauseMetric, ...]] = {
    own.name: tuple(metric for metric in ClauseMetric if metric.definition.has(own.name))
    for one in ClauseMetric
    for own in one.definition.takes
}
"""The fields of clauses that only some metrics take, and those that do."""


def metric_of(clause: Mapping[str, Any]) -> Metric | None:
    """What a clause in plain data measures; None of a word that is no metric."""
    word = clause.get("metric")
    return next((metric.definition for metric in ClauseMetric if metric == word), None)
