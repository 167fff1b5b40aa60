"""Count, sum and sum of squares over replications, exact: adding them up in any order gives the same bits.

A value v is rounded to q = rint(v x 2^20), a millionth of its unit; its square is kept as a whole part and a part in
2^-40. All four are int64, so addition is associative, which floating point is not. Bounds: |v| < 2^25, and the sum of
squares below 2^63, which holds for 100,000 replications of values up to 9 million.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Float64 = NDArray[np.float64]
Int64 = NDArray[np.int64]

BITS = 20
_ONE = 1 << BITS
_MASK = _ONE - 1


@dataclass(frozen=True)
class Moments:
    """Exact moments of values over replications; arrays of one shape, int64.

    count:   replications in which the value is defined
    sums:    of q
    squares: of the whole parts of (q / 2^20)^2
    rests:   of the remaining parts, in 2^-40
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
        """Adds one replication's values over / under (over alone when under is None) at an index, in place."""
        if under is None:
            self.count[where] += 1
            values = over
        else:
            defined = under > 0
            self.count[where] += defined
            values = np.divide(over, under, out=np.zeros_like(over), where=defined)
        fixed = np.rint(values * _ONE).astype(np.int64)
        whole, part = fixed >> BITS, fixed & _MASK
        cross = 2 * whole * part
        self.sums[where] += fixed
        self.squares[where] += whole * whole + (cross >> BITS)
        self.rests[where] += ((cross & _MASK) << BITS) + part * part

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
