"""The statement of an invoice, asked for on the command line."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, TextIO

from server.tables.words import money
from server.terminal import Column, show_table

if TYPE_CHECKING:
    from simulation.experiment import Experiment
    from simulation.outcome.money.statements import Statement
    from simulation.outcome.report.result import Result
    from simulation.scenario.scenario import Scenario

MEDIAN = "p50"


class StatementRequestError(ValueError):
    """A statement of what is not there."""


@dataclass(frozen=True)
class Request:
    """Whose statement of which month, by number, and of which replication, from 1; None for that of median cost."""

    vendor: str
    month: int
    replication: int | None

    @classmethod
    def of(cls, scenario: "Scenario", vendor: str, month: str, path: str) -> "Request":
        """Raises StatementRequestError."""
        from simulation.scenario.contracts.windows import months
        from simulation.scenario.problems import choose

        billed = [one.id for one in scenario.vendors if any(contract.pricing for contract in one.contracts)]
        if vendor not in billed and any(one.contracts for one in scenario.vendors if one.id == vendor):
            mend = choose(vendor, billed) if billed else "add pricing to a contract with another vendor"
            raise StatementRequestError(f"--statement: {vendor} is the client's own and sends no invoice; {mend}")
        if vendor not in billed:
            raise StatementRequestError(f"--statement: no contract with a vendor {vendor!r}; {choose(vendor, billed)}")
        known = [f"{one.start:%Y-%m}" for one in months(scenario.horizon.dates)]
        if month not in known:
            raise StatementRequestError(f"--statement: {month!r} is no month of the horizon; {choose(month, known)}")
        if path != MEDIAN and not (path.isascii() and path.isdigit() and int(path)):
            raise StatementRequestError(f"--statement: {path!r} is no replication; write p50, or a number from 1 on")
        return cls(vendor, known.index(month), None if path == MEDIAN else int(path))

    def number(self, result: "Result") -> int:
        """Of the replication, from 0. Raises StatementRequestError."""
        if self.replication is None:
            cost = result.settlement.cost
            assert cost is not None  # there is an invoice at least
            return cost.median
        if self.replication > result.replications:
            many = f"there are {result.replications} replications"
            raise StatementRequestError(f"--statement: {many}; write a number up to that, or p50")
        return self.replication - 1


def show_statement(
    result: "Result",
    scenario: "Scenario",
    experiment: "Experiment",
    request: Request,
    floor: str,
    *,
    file: TextIO | None = None,
    width: int | None = None,
) -> None:
    """Simulates the replication once more and shows every line with its formula."""
    from simulation.experiment import stated

    number = request.number(result)
    found = stated(scenario, experiment, number, request.vendor, request.month, floor=floor)
    which = "median cost, " if request.replication is None else ""
    show_lines(found, f"{which}replication {number + 1}", scenario.currency, file=file, width=width)


def show_lines(
    found: "Statement", path: str, currency: str, *, file: TextIO | None = None, width: int | None = None
) -> None:
    show_table(
        f"Statement of {found.vendor}, {found.start:%Y-%m}, {path}: {money(found.cents / 100)} {currency}",
        [
            Column("line", [line.kind for line in found.lines]),
            Column("of", [line.of for line in found.lines]),
            Column("formula", [line.formula for line in found.lines]),
            Column(currency, [money(line.cents / 100) for line in found.lines]),
        ],
        file=file,
        width=width,
    )
