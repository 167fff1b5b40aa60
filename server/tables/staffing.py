"""What `springtide staff` prints: agents by team, the plan's heads, its decisions and what missing them costs."""

from datetime import date
from typing import TYPE_CHECKING

from server.terminal import Column, show_table
from simulation.scenario.grid import Grid

if TYPE_CHECKING:
    from simulation.scenario.scenario import Scenario
    from simulation.studies.staffing.answer import DatedDecision, Plan, StaffingAnswer, TeamAgents


def show_staffing(scenario: "Scenario", answer: "StaffingAnswer") -> None:
    for team in answer.teams:
        _show_agents(scenario, team)
    if answer.plan is not None:
        _show_plan(answer.plan)
    _show_proof(answer)


def _show_agents(scenario: "Scenario", team: "TeamAgents") -> None:
    """The least and most agents of each day by hour, so that a page holds weeks."""
    grid = Grid.of(scenario)
    days: dict[date, list[int]] = {day: [] for day in grid.dates}
    for start, agents in zip(grid.interval_starts.tolist(), team.agents, strict=True):
        days[grid.instant(start).date()].append(agents)
    rows = [(str(day), min(agents), max(agents), sum(agents) * grid.interval / 3.6e9) for day, agents in days.items()]
    show_table(
        f"Least agents of {team.id}",
        [
            Column("day", [row[0] for row in rows]),
            Column("least", [str(row[1]) for row in rows]),
            Column("most", [str(row[2]) for row in rows]),
            Column("hours", [f"{row[3]:.1f}" for row in rows]),
        ],
    )


def _show_plan(plan: "Plan") -> None:
    show_table(
        "Heads past training",
        [
            Column("team", [target.team for target in plan.targets]),
            Column("from", [str(target.start) for target in plan.targets]),
            Column("heads", [str(target.heads) for target in plan.targets]),
        ],
    )
    how_much = [_how_much(one) for one in plan.decisions]
    show_table(
        "Decisions",
        [
            Column("by", [str(one.by) for one in plan.decisions]),
            Column("what", [one.what.value for one in plan.decisions]),
            Column("team", [one.team for one in plan.decisions]),
            Column("heads", [str(one.heads) for one in plan.decisions]),
            *([Column("how much", how_much)] if any(how_much) else []),
            Column("all met if a week late", [_late_met(one) for one in plan.decisions]),
            Column("cost if a week late", [_late_cost(one) for one in plan.decisions]),
        ],
    )


def _how_much(decision: "DatedDecision") -> str:
    """Of overtime and of a split, which are more than heads."""
    if decision.hours is not None:
        return f"{decision.hours:g} h a week at most"
    return "" if decision.share is None else f"{decision.share:.0%} of {decision.queue}"


def _late_met(decision: "DatedDecision") -> str:
    return "" if decision.if_late is None else f"{decision.if_late.all_met.mean:.2f}"


def _late_cost(decision: "DatedDecision") -> str:
    if decision.if_late is None or decision.if_late.cost is None:
        return ""
    return f"{decision.if_late.cost.mean:,.0f}"


def _show_proof(answer: "StaffingAnswer") -> None:
    rows = []
    if answer.met is not None:
        figure = f"{answer.met.mean:.3f} ({answer.met.lower:.3f} to {answer.met.upper:.3f})"
        rows.append(("every clause met" if answer.plan is not None else "every target met", figure))
    if answer.cost is not None:
        rows.append(("the client's cost", f"{answer.cost.mean:,.0f}"))
    if answer.margin is not None:
        rows.append(("the vendor's margin", f"{answer.margin.mean:,.0f}"))
    if answer.decide_by is not None:
        rows.append(("decide by", str(answer.decide_by)))
    if rows:
        show_table(
            "With fresh draws", [Column("", [name for name, _ in rows]), Column("figure", [value for _, value in rows])]
        )
