"""Notes on a scenario that is valid: what is allowed and may surprise."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from simulation.scenario.contracts import Contract
from simulation.scenario.pricing import decimal_of
from simulation.scenario.scenario import Scenario


@dataclass(frozen=True)
class Note:
    """A note and the place that it is about."""

    path: str
    message: str


def notes(scenario: Scenario) -> list[Note]:
    """All of them, in the document's order."""
    return [
        Note(f"vendors.{vendor.id}.contracts.{place}.slas", message)
        for vendor in scenario.vendors
        for place, contract in enumerate(vendor.contracts)
        for message in _allocations(contract)
    ]


def _allocations(contract: Contract) -> Iterator[str]:
    """Clauses that together stand on more than is at risk."""
    credited = [clause for clause in contract.slas if clause.credits]
    equal = Decimal(1) / len(credited) if credited else Decimal(0)
    shares = [equal if clause.allocation is None else decimal_of(clause.allocation) for clause in credited]
    if sum(shares) > Decimal("1.000001"):
        yield f"allocations add up to {float(100 * sum(shares)):.4g} % of the amount at risk; the cap binds at 100 %"
