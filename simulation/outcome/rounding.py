"""Rounding money: half-even to the cent, with decimals of 60 digits until then."""

from decimal import ROUND_HALF_EVEN, Context, Decimal

MONEY = Context(prec=60, rounding=ROUND_HALF_EVEN)
CENTS = 100


def cents(amount: Decimal) -> int:
    """Whole cents, half-even."""
    return int((amount * CENTS).to_integral_value(ROUND_HALF_EVEN))
