"""What had to be decided about people by when, as the replications did on average, whoever decides by which policy.

A requisition is dated by the week in which its lead time ended, less the mean lead time; a notice by the week in which
people went, less its weeks; a given class by its first day. Those of a team in one month are one decision, by the first
of its weeks that asks for half a head or more.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, timedelta

import numpy as np
from numpy.typing import NDArray

from simulation.outcome.counting.counters import FlowField
from simulation.outcome.money.settlement import Decision, DecisionKind, DueDecision, Settlement
from simulation.outcome.report.scaling import mean_lead
from simulation.scenario.grid import Grid
from simulation.scenario.scenario import Scenario
from simulation.scenario.vendors import Team

Int64 = NDArray[np.int64]
Float64 = NDArray[np.float64]
HALF = 0.5
"""Heads from which on there is a decision."""


def with_due_decisions(settlement: Settlement, scenario: Scenario, grid: Grid, headcount: Int64) -> Settlement:
    """A settlement that tells them; headcount: Int64 (replications, weeks + 1, teams, stocks and flows)."""
    due = due_decisions(scenario, grid, headcount)
    decision = settlement.decision or Decision(None, None, None)
    return replace(settlement, decision=replace(decision, decisions=due)) if due else settlement


def due_decisions(scenario: Scenario, grid: Grid, headcount: Int64) -> tuple[DueDecision, ...]:
    """Of all teams, by date."""
    weeks = grid.dates[::7]
    found = [
        decision
        for t, team in enumerate(scenario.teams)
        for decision in _of_team(team, weeks, headcount[:, : len(weeks), t].mean(axis=0))
    ]
    return tuple(sorted(found, key=lambda one: (one.by, one.team, one.what)))


def _of_team(team: Team, weeks: Sequence[date], flows: Float64) -> Iterator[DueDecision]:
    """flows: Float64 (weeks, stocks and flows), means."""
    people = team.workforce
    if people is None:
        return
    for entry in people.classes:
        if entry.start >= weeks[0]:
            yield DueDecision(entry.start, DecisionKind.CLASS, team.id, entry.size)
    if people.hiring is not None:
        kinds = (
            (DecisionKind.HIRE, FlowField.REQUISITIONED, mean_lead(people.hiring)),
            (DecisionKind.RELEASE, FlowField.RELEASED, timedelta(weeks=people.ramp.notice_weeks)),
        )
        for kind, field, ahead in kinds:
            due = [max(week - ahead, weeks[0]) for week in weeks]
            yield from _by_month(kind, team.id, due, flows[:, field].tolist())


def _by_month(kind: DecisionKind, team: str, due: Sequence[date], heads: Sequence[float]) -> Iterator[DueDecision]:
    for month in dict.fromkeys((day.year, day.month) for day in due):
        own = [(day, n) for day, n in zip(due, heads, strict=True) if (day.year, day.month) == month]
        total = round(sum(n for _, n in own))
        if total:
            by = next((day for day, n in own if n >= HALF), max(own, key=lambda one: one[1])[0])
            yield DueDecision(by, kind, team, total)
