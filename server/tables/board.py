"""The board of an evaluation, for people."""

from collections.abc import Mapping
from typing import Any

from server.tables.words import NOTHING
from server.terminal import Column, say, show_table


def show_board(board: Any, vendors: Mapping[str, str], points: Mapping[str, float]) -> None:
    """A line a candidate; what is not feasible, could not be tried or is really different, below it."""
    candidates = sorted(board["candidates"], key=lambda one: -points.get(one["name"], 0.0))
    queues = sorted({one["queue"] for each in candidates for one in each["service"]})
    show_table(
        f"Candidates on {board['replications']} replications",
        [
            Column("candidate", [_called(one["name"], vendors) for one in candidates]),
            *([Column("points", [f"{points[one['name']]:.1f}" for one in candidates])] if points else []),
            Column("all met", [_percent(one["holds"]["mean"]) for one in candidates]),
            *(Column(queue, [_served(one, queue) for one in candidates], spare=1) for queue in queues),
            Column("cost", [_money(one["cost"]) for one in candidates]),
            Column("credits", [_money(one["credits"] and one["credits"]["expected"]) for one in candidates]),
            Column("weeks to strength", [_weeks(one) for one in candidates], spare=2),
            Column("worst stress", [_worst(one) for one in candidates], spare=1),
        ],
    )
    for one in candidates:
        name = _called(one["name"], vendors)
        for finding in one["ramp"]:
            say(f"{name}: {finding['message']}")
        for each in one["untried"]:
            say(f"{name}: {each['name']} was not tried: {each['reason']}")
        for each in one["differences"]:
            if each["isReal"]:
                of = f" of {each['queue']}" if each["queue"] else ""
                baseline = _called(board["baseline"], vendors)
                say(f"{name}: {each['figure'].lower()}{of} {each['effect']['mean']:+,.4g} against {baseline}")
    for each in board["untried"]:
        say(f"{each['name']} was not tried: {each['reason']}")


def _called(name: str, vendors: Mapping[str, str]) -> str:
    return vendors.get(name, name)


def _percent(share: float) -> str:
    return f"{100 * share:.0f} %"


def _money(amount: Any) -> str:
    return NOTHING if amount is None else f"{amount['mean']:,.0f}"


def _served(candidate: Any, queue: str) -> str:
    return next((_percent(one["share"]["mean"]) for one in candidate["service"] if one["queue"] == queue), NOTHING)


def _weeks(candidate: Any) -> str:
    return f"{max(one['countedWeeks'] for one in candidate['strengths']):.1f}" if candidate["strengths"] else NOTHING


def _worst(candidate: Any) -> str:
    worst = min(candidate["stresses"], key=lambda one: one["holds"]["mean"], default=None)
    return NOTHING if worst is None else f"{_percent(worst['holds']['mean'])} {worst['stress']}"
