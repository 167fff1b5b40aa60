"""What a scenario comes to before it is simulated: people by week, agents, cost, and what is found."""

from typing import TYPE_CHECKING, Any, TextIO

from server.tables.words import agents, money
from server.terminal import Column, show_table

if TYPE_CHECKING:
    from simulation.preview.diagnostics import Diagnostic
    from simulation.preview.preview import Preview


def show_preview(preview: "Preview", currency: str, *, file: TextIO | None = None, width: int | None = None) -> None:
    for one in preview.diagnostics:
        print(said(one), file=file)
    queues = list(preview.queues.items())
    highest = [int(required.argmax()) for _, required in queues]
    starts = preview.grid.interval_starts
    show_table(
        "Agents on the floor that the targets require, from the expected volumes",
        [
            Column("queue", [name for name, _ in queues]),
            Column("mean", [agents(float(required.mean())) for _, required in queues]),
            Column("most", [agents(float(required.max())) for _, required in queues]),
            Column("first at", [f"{preview.grid.instant(int(starts[at])):%Y-%m-%d %H:%M}" for at in highest], spare=1),
        ],
        file=file,
        width=width,
    )
    show_table(
        "FTE by week: effective of required",
        [
            Column("week", [str(week) for week in preview.weeks]),
            *(
                Column(
                    one.team,
                    [
                        f"{agents(there)} of {agents(wanted)}"
                        for there, wanted in zip(one.effective.tolist(), one.required.tolist(), strict=True)
                    ],
                    spare=place,
                )
                for place, one in enumerate(preview.people)
            ),
        ],
        file=file,
        width=width,
    )
    show_cost(preview, currency, file=file)


def show_cost(preview: "Preview", currency: str, *, file: TextIO | None = None) -> None:
    cost = preview.cost
    if cost.total is None:
        return
    invoices = "".join(f", {vendor} invoices {money(amount)}" for vendor, amount in cost.vendors)
    print(f"Expected cost: {money(cost.total)} {currency}{invoices}", file=file)
    if cost.left_out:
        print(f"  without what is charged for {'; '.join(cost.left_out)}", file=file)


def said(one: "Diagnostic") -> str:
    return f"{one.severity.lower()}: {one.path}: {one.message}"


def plain_preview(preview: "Preview", *, intervals: bool) -> dict[str, Any]:
    """For JSON; agents by interval where they are asked for."""
    people = {one.team: one for one in preview.people}
    cost, start = preview.cost, preview.grid.instant(0).isoformat()

    def required(column: Any) -> dict[str, Any]:
        told = {"mean_agents": float(column.mean()), "most_agents": float(column.max())}
        by_interval = {"start": start, "step_seconds": preview.step, "agents": column.tolist()} if intervals else {}
        return told | by_interval

    return {
        "diagnostics": [
            {"severity": one.severity, "code": one.code, "path": one.path, "message": one.message}
            for one in preview.diagnostics
        ],
        "queues": [{"id": name, **required(column)} for name, column in preview.queues.items()],
        "teams": [
            {
                "id": name,
                **required(column),
                "week": [str(week) for week in preview.weeks],
                "required_fte": people[name].required.tolist(),
                "planned_fte": people[name].planned.tolist(),
                "effective_fte": people[name].effective.tolist(),
            }
            for name, column in preview.teams.items()
        ],
        "cost": {
            "total": cost.total,
            "months": [{"start": str(first), "total": total} for first, total in cost.months],
            "vendors": [{"id": vendor, "invoices": amount} for vendor, amount in cost.vendors],
            "left_out": list(cost.left_out),
        },
    }
