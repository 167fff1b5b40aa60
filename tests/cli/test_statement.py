"""`springtide run --statement`: an invoice explained, and what cannot be is said in one line."""

import json
from io import StringIO

import pytest

from server.tables.contracts import show_contracts
from server.tables.statement import Request, StatementRequestError, show_statement
from simulation.experiment import Experiment, simulate
from simulation.scenario.reading.canonical import canonical
from simulation.scenario.reading.document import from_data
from tests.cli.commands import Commands
from tests.outcome.agreed import agreed, clause
from tests.outcome.test_statements import simulated


def test_the_statement_of_median_cost_is_an_invoice_of_the_result() -> None:
    described, experiment = simulated(), Experiment(replications=3, seed=5)
    result, file = simulate(described, experiment), StringIO()
    show_statement(result, described, experiment, Request.of(described, "acme", "2026-11", "p50"), "kernel", file=file)
    title, heading, *lines = file.getvalue().splitlines()
    cost = result.settlement.cost
    assert cost is not None
    number = cost.median
    invoice = result.settlement.vendors[0].months[0].invoice.over[number]
    assert title == f"Statement of acme, 2026-11, median cost, replication {number + 1}: {invoice:,.2f} USD"
    assert heading.split() == ["line", "of", "formula", "USD"]
    assert sum(float(line.split()[-1].replace(",", "")) for line in lines) == pytest.approx(invoice, abs=1e-9)
    report = StringIO()
    show_contracts(result, "USD", file=report)
    assert "The client's cost, USD" in report.getvalue()


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        (("acne", "2026-11", "p50"), "--statement: no contract with a vendor 'acne'; write acme"),
        (("best", "2026-11", "p50"), "--statement: no contract with a vendor 'best'; write acme"),
        (("acme", "2026-12", "p50"), "--statement: '2026-12' is no month of the horizon; write 2026-11"),
        (("acme", "2026-11", "p9"), "--statement: 'p9' is no replication; write p50, or a number from 1 on"),
        (("acme", "2026-11", "0"), "--statement: '0' is no replication; write p50, or a number from 1 on"),
    ],
)
def test_a_statement_of_what_is_not_there_is_refused(asked: tuple[str, str, str], told: str) -> None:
    with pytest.raises(StatementRequestError) as refused:
        Request.of(simulated(), *asked)
    assert str(refused.value) == told


def test_a_statement_of_the_client_s_own_people_is_refused() -> None:
    """They promise without money: there is no invoice to explain."""
    data = agreed().model_dump(mode="json", by_alias=True, exclude_none=True)
    data["vendors"][0] |= {"kind": "IN_HOUSE", "contracts": [{"slas": [clause()]}]}
    with pytest.raises(StatementRequestError) as refused:
        Request.of(from_data(data), "acme", "2026-11", "p50")
    assert str(refused.value) == (
        "--statement: acme is the client's own and sends no invoice; add pricing to a contract with another vendor"
    )


def test_a_replication_beyond_those_simulated_is_refused() -> None:
    described = simulated()
    result = simulate(described, Experiment(replications=2))
    with pytest.raises(StatementRequestError, match="there are 2 replications; write a number up to that, or p50"):
        Request.of(described, "acme", "2026-11", "3").number(result)


def test_the_command_shows_it_after_the_report(commands: Commands) -> None:
    (commands.folder / "terms.json").write_text(canonical(simulated()))
    asked = ("--replications", "2", "--workers", "1", "--statement", "acme", "2026-11", "2")
    done = commands("run", "terms.json", *asked, "-o", "result.json")
    assert done.code == 0, done.err
    invoice = json.loads((commands.folder / "result.json").read_text())["vendors"][0]["months"][0]["invoice"]
    assert "Statement of acme, 2026-11, replication 2" in done.out
    assert f"{invoice['mean']:,.2f}" in done.out
    refused = commands("run", "terms.json", "--json", "--statement", "acme", "2026-11", "2")
    told = "--statement: --json prints the result document alone; write it to a file with -o FILE"
    assert (refused.code, refused.err.strip()) == (2, told)
    unknown = commands("run", "terms.json", "--statement", "acme", "november", "2")
    assert (unknown.code, unknown.err.strip()) == (
        2,
        "--statement: 'november' is no month of the horizon; write 2026-11",
    )
