"""Rounding money: half-even to the cent, with decimals of 60 digits until then."""

from decimal import ROUND_HALF_EVEN, Context, Decimal

MONEY = Context(prec=60, rounding=ROUND_HALF_EVEN)
CENTS = 100
MOST_CENTS = 10**15
"""Of a line, and of a month's lines: floating-point numbers still hold every cent, and whole ones their sums."""


class AmountError(ValueError):
    """An amount that is no longer exact; its text says what to do."""


def bounded(amount: int) -> int:
    """An amount in cents; raises AmountError where it is over MOST_CENTS."""
    if abs(amount) > MOST_CENTS:
        what = f"an amount of a month is over {MOST_CENTS // CENTS:,} in the scenario's currency"
        raise AmountError(f"{what}; write lower rates or amounts, or exchange rates of a currency of larger units")
    return amount


def cents(amount: Decimal) -> int:
    """Whole cents, half-even. Raises AmountError."""
    return bounded(int((amount * CENTS).to_integral_value(ROUND_HALF_EVEN)))
