"""Numbers as the formulas of a statement write them."""

from decimal import Decimal

from simulation.outcome.money.rounding import CENTS

ENDED = "the contract has ended"


def figure(number: Decimal) -> str:
    """At most six decimals, thousands apart."""
    shown = f"{round(number, 6):,f}"
    return shown.rstrip("0").rstrip(".") if "." in shown else shown


def money(cents: int) -> str:
    """Cents in the currency, thousands apart."""
    return f"{Decimal(cents) / CENTS:,.2f}"


def exchanged(exchange: Decimal) -> str:
    """The rate at which an amount is exchanged, where it is."""
    return "" if exchange == 1 else f", at {figure(exchange)} for one"


def indexed(factor: Decimal) -> str:
    """An index as a factor, where rates have risen."""
    return "" if factor == 1 else f" x {figure(factor)}"
