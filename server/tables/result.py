"""The readable form of a result: tables, each shown where there is something to show."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, TextIO

from server.tables.contracts import show_contracts
from server.tables.goals import Goal
from server.tables.goals import goals as goals_of
from server.tables.people import show_headcount, show_scaling
from server.tables.words import NOTHING, agents, count, duration, figure, interval, share
from server.terminal import MISSED, Column, show_table

if TYPE_CHECKING:
    from simulation.outcome.report.result import EntityResult, Result
    from simulation.scenario.scenario import Scenario


def show_result(
    result: "Result", scenario: "Scenario", *, file: TextIO | None = None, width: int | None = None
) -> None:
    """The readable form of a result: queues, their weeks and contacts, teams, their people, how service held."""
    goals, opening = goals_of(scenario), {queue.id: queue.backlog.volume for queue in scenario.queues}
    queues, teams, n = result.queues, result.teams, result.replications
    show_table(
        f"{result.scenario}: mean of {n} {'replication' if n == 1 else 'replications'}, seed {result.seed}, "
        f"engine {result.engine}",
        [
            Column("queue", [queue.id for queue in queues]),
            Column("offered", [figure(queue, "offered", count) for queue in queues]),
            Column("answered", [figure(queue, "answered", count) for queue in queues], spare=2),
            Column("abandoned", [figure(queue, "abandon_rate", share) for queue in queues]),
            Column("waiting", [figure(queue, "waiting_at_end", count) for queue in queues], spare=3),
            Column("service", [figure(queue, goals[queue.id].measure, share) for queue in queues]),
            Column("95 % interval", [interval(queue, goals[queue.id].measure) for queue in queues], spare=5),
            Column("target", [goals[queue.id].wanted for queue in queues]),
            Column("target met", [verdict(queue, goals[queue.id]) for queue in queues]),
            Column("ASA", [figure(queue, "asa_seconds", duration) for queue in queues], spare=1),
            Column("AHT", [figure(queue, "aht_seconds", duration) for queue in queues], spare=4),
        ],
        file=file,
        width=width,
    )
    show_weeks(result, goals, file=file, width=width)
    show_deferred(result, file=file, width=width)
    show_origins(result, opening, file=file, width=width)
    show_table(
        "Teams, agents averaged over every hour of the horizon, nights included",
        [
            Column("team", [team.id for team in teams]),
            Column("rostered", [figure(team, "rostered", agents) for team in teams], spare=2),
            Column("absent", [figure(team, "absent", agents) for team in teams], spare=1),
            Column("at work", [figure(team, "agents", agents) for team in teams]),
            Column("occupancy", [figure(team, "occupancy", share) for team in teams]),
            Column("handled", [figure(team, "handled", count) for team in teams]),
        ],
        file=file,
        width=width,
    )
    show_headcount(result, file=file, width=width)
    show_scaling(result, file=file, width=width)
    show_contracts(result, scenario.currency, file=file, width=width)


def show_deferred(result: "Result", *, file: TextIO | None = None, width: int | None = None) -> None:
    """Turnaround and backlog of the queues in which work was due."""
    due = [q for q in result.queues if "turnaround_met" in q.totals and q.totals["turnaround_met"].mean is not None]
    if due:
        show_table(
            "Deferred work: turnaround of what was due, backlog at the end of the horizon",
            [
                Column("queue", [queue.id for queue in due]),
                Column("turnaround met", [figure(queue, "turnaround_met", share) for queue in due]),
                Column("95 % interval", [interval(queue, "turnaround_met") for queue in due], spare=1),
                Column("backlog", [figure(queue, "backlog", count) for queue in due]),
                Column("mean age", [figure(queue, "backlog_age_hours", "{:,.1f} h".format) for queue in due]),
            ],
            file=file,
            width=width,
        )


ORIGINS = {
    "offered_new": "new",
    "offered_retrial": "retrial",
    "offered_repeat": "repeat",
    "offered_transfer": "transfer",
    "offered_rework": "rework",
    "offered_bot_failure": "bot failure",
    "offered_requeued": "requeued",
    "contained": "contained by bots",
    "callbacks": "call-backs accepted",
    "callbacks_served": "call-backs served",
    "blocked": "blocked",
}
"""Measures of where contacts came from, and of those who did not stay, with their headings."""


def show_origins(
    result: "Result", opening: Mapping[str, int], *, file: TextIO | None = None, width: int | None = None
) -> None:
    """Where a backlog waits at the start, or any contacts are not simply new; only columns that hold something."""
    others = [measure for measure in ORIGINS if measure != "offered_new"]
    shown = result.queues
    waited = [Column("opening backlog", [count(opening[queue.id]) for queue in shown])] if any(opening.values()) else []
    if waited or any(queue.totals[measure].mean for queue in shown for measure in others):
        kept = [measure for measure in ORIGINS if any(queue.totals[measure].mean for queue in shown)]
        figures = [
            Column(ORIGINS[measure], [figure(queue, measure, count) for queue in shown], spare=at)
            for at, measure in enumerate(kept)
        ]
        show_table(
            "Where contacts came from",
            [Column("queue", [queue.id for queue in shown]), *waited, *figures],
            file=file,
            width=width,
        )


@dataclass(frozen=True)
class Weeks:
    """How one queue's mean service went week by week."""

    queue: str
    known: int
    missed: tuple[str, ...]
    """the weeks below the target, by their first day"""
    worst: str
    level: float


def show_weeks(
    result: "Result", goals: Mapping[str, Goal], *, file: TextIO | None = None, width: int | None = None
) -> None:
    """Which queue breaks first, and when: the queues in the order of their first week below target."""
    told = [found for queue in result.queues if (found := weeks_of(result, queue, goals[queue.id]))]
    told.sort(key=lambda weeks: (weeks.missed[:1] or ("never",), weeks.level))
    if told:
        show_table(
            "Weeks below target, by their mean service; the queue that breaks first on top",
            [
                Column("queue", [weeks.queue for weeks in told]),
                Column("weeks missed", [f"{len(weeks.missed)} of {weeks.known}" for weeks in told]),
                Column("first missed", [weeks.missed[0] if weeks.missed else NOTHING for weeks in told]),
                Column("worst week", [weeks.worst for weeks in told]),
                Column("service in it", [share(weeks.level) for weeks in told]),
            ],
            file=file,
            width=width,
        )


def weeks_of(result: "Result", queue: "EntityResult", goal: Goal) -> Weeks | None:
    """None where the result holds no week with service to judge."""
    from simulation.outcome.counting.measure import Resolution  # heavy, and `--help` reads this module too

    column = queue.columns.get(Resolution.WEEK, {}).get(goal.measure)
    if column is None:
        return None
    dates = [f"{start:%Y-%m-%d}" for start in result.instants(Resolution.WEEK)]
    weeks = zip(dates, column.mean.tolist(), goal.weekly, strict=True)
    known = [(day, level, wanted) for day, level, wanted in weeks if level == level]
    if not known:
        return None
    worst, lowest, _ = min(known, key=lambda week: week[1])
    missed = tuple(day for day, level, wanted in known if level < wanted)
    return Weeks(queue.id, len(known), missed, worst, lowest)


def verdict(queue: "EntityResult", goal: Goal) -> str:
    level = queue.totals[goal.measure].mean
    return NOTHING if level is None else MISSED if goal.missed_by(level) else "yes"
