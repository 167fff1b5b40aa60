"""A settlement as plain data for storage, every replication's figures with it."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any

from simulation.outcome.estimates import ANY, NOT_NEGATIVE, SHARES, Estimate
from simulation.outcome.settlement import (
    Chance,
    ClauseResult,
    ClauseWindow,
    ClientCost,
    CostMonth,
    ExitMonth,
    ExitResult,
    FirstBreak,
    MoneyLine,
    Settlement,
    VendorMonth,
    VendorResult,
)
from simulation.outcome.stored_figures import plain_estimate, read_estimate

AMOUNTS = ("credit", "earned_back", "earn_back_open")
COSTS = ("total", "per_contact", "per_resolution")


def plain_settlement(settlement: Settlement) -> dict[str, Any]:
    """JSON-able, and read again by `read_settlement`."""
    first = settlement.first_to_break
    return {
        "all_met": _chance(settlement.all_met),
        "first_to_break": None
        if first is None
        else {"clause": first.clause, "start": first.start.isoformat(), "chance": _chance(first.chance)},
        "clauses": [
            {
                "id": clause.id,
                "vendor": clause.vendor,
                "metric": clause.metric,
                "all_met": _chance(clause.all_met),
                "windows": [_window(window) for window in clause.windows],
            }
            for clause in settlement.clauses
        ],
        "vendors": [
            {
                "id": vendor.id,
                "months": [_month(month) for month in vendor.months],
                "exits": [_exit(one) for one in vendor.exits],
            }
            for vendor in settlement.vendors
        ],
        "cost": _cost(settlement.cost),
    }


def read_settlement(head: Mapping[str, Any]) -> Settlement:
    """What `plain_settlement` wrote."""
    first = head["first_to_break"]
    return Settlement(
        _read_chance(head["all_met"]),
        None
        if first is None
        else FirstBreak(first["clause"], datetime.fromisoformat(first["start"]), Chance(*first["chance"])),
        tuple(
            ClauseResult(
                clause["id"],
                clause["vendor"],
                clause["metric"],
                _read_chance(clause["all_met"]),
                tuple(_read_window(window) for window in clause["windows"]),
            )
            for clause in head["clauses"]
        ),
        tuple(
            VendorResult(
                vendor["id"],
                tuple(_read_month(month) for month in vendor["months"]),
                tuple(_read_exit(one) for one in vendor["exits"]),
            )
            for vendor in head["vendors"]
        ),
        _read_cost(head["cost"]),
    )


def _exit(one: ExitResult) -> dict[str, Any]:
    return {
        "client": one.client,
        "arisen": _chance(one.arisen),
        "first": None if one.first is None else one.first.isoformat(),
        "clause": one.clause,
        "fee": one.fee,
        "months": [[month.start.isoformat(), _chance(month.arisen)] for month in one.months],
    }


def _read_exit(head: Mapping[str, Any]) -> ExitResult:
    return ExitResult(
        head["client"],
        Chance(*head["arisen"]),
        None if head["first"] is None else date.fromisoformat(head["first"]),
        head["clause"],
        head["fee"],
        tuple(ExitMonth(date.fromisoformat(start), Chance(*arisen)) for start, arisen in head["months"]),
    )


def _chance(chance: Chance | None) -> list[int] | None:
    return None if chance is None else [chance.successes, chance.trials]


def _read_chance(stored: list[int] | None) -> Chance | None:
    return None if stored is None else Chance(*stored)


def _window(window: ClauseWindow) -> dict[str, Any]:
    return {
        "start": window.start.isoformat(),
        "partial": window.partial,
        "target": window.target,
        "value": plain_estimate(window.value),
        "is_share": window.value.possible[1] == 1,
        "met": _chance(window.met),
        **{name: _amount(getattr(window, name)) for name in AMOUNTS},
    }


def _read_window(head: Mapping[str, Any]) -> ClauseWindow:
    return ClauseWindow(
        datetime.fromisoformat(head["start"]),
        head["partial"],
        head["target"],
        read_estimate(head["value"], SHARES if head["is_share"] else NOT_NEGATIVE),
        _read_chance(head["met"]),
        *(None if head[name] is None else read_estimate(head[name], ANY) for name in AMOUNTS),
    )


def _amount(amount: Estimate | None) -> dict[str, Any] | None:
    return None if amount is None else plain_estimate(amount)


def _month(month: VendorMonth) -> dict[str, Any]:
    return {
        "start": month.start.isoformat(),
        "lines": [_line(line) for line in month.lines],
        "invoice": plain_estimate(month.invoice),
        "own_lines": [_line(line) for line in month.own_lines],
        "own_cost": None if month.own_cost is None else plain_estimate(month.own_cost),
        "margin": None if month.margin is None else plain_estimate(month.margin),
    }


def _read_month(head: Mapping[str, Any]) -> VendorMonth:
    return VendorMonth(
        date.fromisoformat(head["start"]),
        _read_lines(head["lines"]),
        read_estimate(head["invoice"], ANY),
        _read_lines(head["own_lines"]),
        None if head["own_cost"] is None else read_estimate(head["own_cost"], ANY),
        None if head["margin"] is None else read_estimate(head["margin"], ANY),
    )


def _line(line: MoneyLine) -> dict[str, Any]:
    return {"kind": line.kind, "of": list(line.of), "amount": plain_estimate(line.amount)}


def _read_lines(heads: Iterable[Mapping[str, Any]]) -> tuple[MoneyLine, ...]:
    return tuple(MoneyLine(head["kind"], tuple(head["of"]), read_estimate(head["amount"], ANY)) for head in heads)


def _cost(cost: ClientCost | None) -> dict[str, Any] | None:
    if cost is None:
        return None
    months = [
        {
            "start": month.start.isoformat(),
            "lines": [_line(line) for line in month.lines],
            "total": plain_estimate(month.total),
        }
        for month in cost.months
    ]
    return {**{name: plain_estimate(getattr(cost, name)) for name in COSTS}, "months": months}


def _read_cost(head: Mapping[str, Any] | None) -> ClientCost | None:
    if head is None:
        return None
    months = tuple(
        CostMonth(date.fromisoformat(one["start"]), _read_lines(one["lines"]), read_estimate(one["total"], ANY))
        for one in head["months"]
    )
    return ClientCost(**{name: read_estimate(head[name], ANY) for name in COSTS}, months=months)
