"""The lines of a vendor's monthly invoice that follow from what was done."""

from simulation.outcome.money.amounts import AmountsOnDate, MonthlyAmounts
from simulation.outcome.money.balances import Balances
from simulation.outcome.money.invoicing import Bills, Invoicing, Line, billed
from simulation.outcome.money.meters import Meter
from simulation.outcome.money.unit_bills import Tariff, UnitsBills
from simulation.scenario.contracts.pricing import Pricing
from simulation.scenario.contracts.pricing_kinds import Form
from simulation.scenario.money import decimal_of


def charge(pricing: Pricing, meter: Meter | None, invoicing: Invoicing) -> Line:
    """A line of pricing; the meter counts its units, None where it has none."""
    return Line(pricing.kind.value, pricing.queues, billed(bills(pricing, meter, invoicing), invoicing))


def bills(pricing: Pricing, meter: Meter | None, invoicing: Invoicing) -> Bills:
    """Its months, by the form of its kind."""
    match pricing.kind.definition.form:
        case Form.AMOUNT:
            return MonthlyAmounts(decimal_of(pricing.amount or 0.0), pricing.indexation, invoicing)
        case Form.ONCE:
            return AmountsOnDate(decimal_of(pricing.amount or 0.0), pricing.at, invoicing)
        case Form.BASELINE:
            assert meter is not None  # it has units
            return Balances(pricing, meter, invoicing)
        case Form.UNITS:
            assert meter is not None
            return UnitsBills(Tariff.of(pricing), meter, invoicing)
