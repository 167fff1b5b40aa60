"""Count, sum and sum of squares over replications, exact: adding them up in any order gives the same bits.

A value v is rounded to q / 2^13 with a whole number q, and its square is kept as a whole part and a rest in 2^-26, all
int64: such addition is associative, which floating point is not. Rounding adds under 2e-9 to a variance, and nothing
where all values are equal. Bounds: values up to 9 million in 100,000 replications.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Float64 = NDArray[np.float64]
Int64 = NDArray[np.int64]

BITS = 13
_ONE = 1 << BITS
_MASK = _ONE - 1


@dataclass(frozen=True)
class Moments:
    """Exact moments of values over replications; arrays of one shape, int64.

    count:   replications in which the value is defined
    sums:    of q
    squares: of the whole parts of (q / 2^13)^2
    rests:   of what remains of them, in 2^-26
    """

    count: Int64
    sums: Int64
    squares: Int64
    rests: Int64

    @classmethod
    def zeros(cls, *shape: int) -> "Moments":
        """Moments of no replication."""
        return cls(*(np.zeros(shape, np.int64) for _ in range(4)))

    def add(self, where: tuple[int, ...], over: Float64, under: Float64 | None) -> None:
        """Adds some replications' values over / under (or over alone), Float64 (some, ...), at an index, in place."""
        if under is None:
            self.count[where] += len(over)
            values = over * _ONE
        else:
            defined = under > 0
            self.count[where] += defined.sum(axis=0)
            values = over * _ONE * defined / np.maximum(under, 1.0)  # a denominator counts whole things
        fixed = np.rint(values).astype(np.int64)
        squares, rests = _squares(fixed)
        self.sums[where] += fixed.sum(axis=0)
        self.squares[where] += squares.sum(axis=0)
        self.rests[where] += rests.sum(axis=0)

    def deviation(self, where: tuple[int, ...]) -> Float64:
        """Sample standard deviation at an index, NaN where fewer than two replications define the value.

        Centred on a whole number near the mean before it leaves integers, so that nothing cancels.
        """
        count, sums = self.count[where], self.sums[where]
        n = np.maximum(count, 1)
        centre = np.rint(sums / (n * float(_ONE))).astype(np.int64)
        cross = 2 * centre * (sums & _MASK)
        whole = self.squares[where] - 2 * centre * (sums >> BITS) - (cross >> BITS) + n * centre * centre
        rest = self.rests[where] - ((cross & _MASK) << BITS)
        about_centre = whole + rest / float(1 << 2 * BITS)
        offset = (sums - n * centre * _ONE) / float(_ONE)
        variance = (about_centre - offset * offset / n) / np.maximum(count - 1, 1)
        return np.where(count > 1, np.sqrt(np.maximum(variance, 0.0)), np.nan)


def _squares(fixed: Int64) -> tuple[Int64, Int64]:
    """Whole part and rest, in 2^-26, of the squares of numbers in 2^-13."""
    if fixed.size == 0 or int(np.abs(fixed).max()) < 1 << 31:
        square = fixed * fixed
        return square >> 2 * BITS, square & (1 << 2 * BITS) - 1
    whole, part = fixed >> BITS, fixed & _MASK  # the square itself would not fit 64 bits
    cross = 2 * whole * part
    rest = ((cross & _MASK) << BITS) + part * part
    return whole * whole + (cross >> BITS) + (rest >> 2 * BITS), rest & (1 << 2 * BITS) - 1
