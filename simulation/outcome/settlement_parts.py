"""A settlement as plain data for storage, every replication's figures with it."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from simulation.outcome.estimates import ANY, NOT_NEGATIVE, SHARES
from simulation.outcome.settlement import (
    Chance,
    ClauseResult,
    ClauseWindow,
    FirstBreak,
    InvoiceLine,
    Settlement,
    VendorMonth,
    VendorResult,
)
from simulation.outcome.stored_figures import plain_estimate, read_estimate


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
                "all_met": _chance(clause.all_met),
                "windows": [_window(window) for window in clause.windows],
            }
            for clause in settlement.clauses
        ],
        "vendors": [
            {"id": vendor.id, "months": [_month(month) for month in vendor.months]} for vendor in settlement.vendors
        ],
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
                _read_chance(clause["all_met"]),
                tuple(_read_window(window) for window in clause["windows"]),
            )
            for clause in head["clauses"]
        ),
        tuple(
            VendorResult(vendor["id"], tuple(_read_month(month) for month in vendor["months"]))
            for vendor in head["vendors"]
        ),
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
        "credit": None if window.credit is None else plain_estimate(window.credit),
    }


def _read_window(head: Mapping[str, Any]) -> ClauseWindow:
    return ClauseWindow(
        datetime.fromisoformat(head["start"]),
        head["partial"],
        head["target"],
        read_estimate(head["value"], SHARES if head["is_share"] else NOT_NEGATIVE),
        _read_chance(head["met"]),
        None if head["credit"] is None else read_estimate(head["credit"], ANY),
    )


def _month(month: VendorMonth) -> dict[str, Any]:
    lines = [
        {"kind": line.kind, "queues": list(line.queues), "amount": plain_estimate(line.amount)} for line in month.lines
    ]
    return {"start": month.start.isoformat(), "lines": lines, "invoice": plain_estimate(month.invoice)}


def _read_month(head: Mapping[str, Any]) -> VendorMonth:
    lines = tuple(
        InvoiceLine(line["kind"], tuple(line["queues"]), read_estimate(line["amount"], ANY)) for line in head["lines"]
    )
    return VendorMonth(date.fromisoformat(head["start"]), lines, read_estimate(head["invoice"], ANY))
