"""Tables of contracts: what they tell, and that they are silent without contracts."""

from dataclasses import replace
from datetime import date, timedelta
from io import StringIO

import pytest

from server.tables.contracts import MOST_DECISIONS, show_contracts
from simulation.outcome.money.settlement import Decision, DecisionKind, DueDecision
from simulation.outcome.report.result import Result
from tests.outcome.agreed import agreed, clause, served, settled
from tests.outcome.counted import blank, result, scenario


def told(found: Result) -> list[str]:
    file = StringIO()
    show_contracts(found, "USD", file=file)
    return file.getvalue().splitlines()


def test_clauses_and_invoices_are_told_with_the_worst_window() -> None:
    """October and November whole; one of two replications misses November: credits 1,000 and 0, mean 500."""
    contract = {
        "pricing": [{"kind": "FIXED_MONTHLY", "amount": 10_000}],
        "at_risk": {"share": 0.1},
        "slas": [clause(credits=[{"below": 0.8, "share": 1}])],
    }
    described = agreed(contract, start="2026-10-01", days=61)
    lines = told(settled(described, *(served(described, [0.9] * 31 + [share] * 30) for share in (0.9, 0.7))))
    assert lines[0] == (
        "Contracts: every clause met in every whole window in 50 % (9 to 91) of the replications;"
        " first to break is sl of 2026-11-01, in 50 % (9 to 91) of them"
    )
    in_half = ["50", "%", "(9", "to", "91)"]
    worst = ["2026-11-01", "0.8", "0.8"]
    assert lines[2].split() == ["sl", "acme", "2", *in_half, *worst, *in_half, "500.00"]
    assert lines[5].split() == ["acme", "2026-10-01", "10,000.00", "0.00", "10,000.00", "10,000.00", "to", "10,000.00"]
    assert lines[6].split() == ["acme", "2026-11-01", "10,000.00", "-500.00", "9,500.00", "9,050.00", "to", "9,950.00"]


def test_rights_to_leave_are_told() -> None:
    """One of two replications misses both months."""
    contract = {
        "pricing": [{"kind": "FIXED_MONTHLY", "amount": 10_000}],
        "slas": [clause()],
        "exit": {"missed": 2, "of": 2, "fee": 5000},
    }
    described = agreed(contract, start="2026-10-01", days=61)
    lines = told(settled(described, *(served(described, [share] * 61) for share in (0.9, 0.7))))
    (row,) = [line.split() for line in lines if "2026-11 " in line and line.startswith("acme")]
    assert row == ["acme", "-", "50", "%", "(9", "to", "91)", "2026-11", "sl", "5,000.00"]


@pytest.mark.parametrize(("more", "ends"), [(0, []), (3, ["and 3 more, until 2026-10-13"])])
def test_decisions_are_told_by_date_and_the_rest_counted(more: int, ends: list[str]) -> None:
    described = scenario()
    days = [date(2026, 10, 1) + timedelta(days=n) for n in range(MOST_DECISIONS + more)]
    due = tuple(DueDecision(day, DecisionKind.HIRE, "phones", 3) for day in days)
    found = result(described, [blank(described)])
    deciding = replace(found, settlement=replace(found.settlement, decision=Decision(None, None, None, due)))
    lines = told(deciding)
    assert lines[0] == "Decisions about people, as the replications took them on average"
    assert lines[2].split() == ["2026-10-01", "HIRE", "phones", "3"]
    assert len(lines) == 2 + MOST_DECISIONS + len(ends)
    assert lines[2 + MOST_DECISIONS :] == ends


def test_without_contracts_nothing_is_told() -> None:
    described = scenario()
    assert told(result(described, [blank(described)])) == []
