"""Statistics over independent replications: means, spreads, intervals.

Two things are never mixed: *how well the mean is known*, a confidence interval, and *how much outcomes vary*, a
standard deviation and quantiles. Undefined figures are None (single) or NaN (in arrays), and become null in documents.
"""

import math
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri, stdtrit

Float64 = NDArray[np.float64]
Interval = tuple[float, float]

ANY: Interval = (-math.inf, math.inf)
NOT_NEGATIVE: Interval = (0.0, math.inf)
SHARES: Interval = (0.0, 1.0)
"""Which figures are possible."""

LEVEL = 0.95
"""Level of the intervals in documents."""


@dataclass(frozen=True, eq=False)
class Estimate:
    """A figure over replications, with every replication's value at hand.

    over:  Float64 (replications,), the values, or the numerators of a ratio; NaN where a value is undefined
    under: Float64 (replications,), the ratio's denominators, or None
    possible: where the figure can lie at all; its confidence interval is cut there

    A ratio's mean is the ratio of sums, the estimate of a ratio of expectations; its interval is by the delta method,
    its deviation and quantiles are of the replications' own ratios.
    """

    over: Float64
    under: Float64 | None = None
    possible: Interval = ANY

    @cached_property
    def values(self) -> Float64:
        """The defined values of the replications, in their order."""
        if self.under is None:
            return self.over[~np.isnan(self.over)]
        defined = self.under > 0
        return self.over[defined] / self.under[defined]

    @property
    def mean(self) -> float | None:
        """Mean of the values, or ratio of the sums; None where nothing is defined."""
        if self.values.size == 0:
            return None
        return float(self.values.mean() if self.under is None else self.over.sum() / self.under.sum())

    @property
    def deviation(self) -> float | None:
        """Sample standard deviation of the replications' values; None for fewer than two."""
        return float(self.values.std(ddof=1)) if self.values.size > 1 else None

    @property
    def standard_error(self) -> float | None:
        """Standard error of the mean; None for fewer than two values.

        Ratio R = sum N / sum D over n replications: sqrt(sum (N - R D)^2 / (n - 1) / n) / mean D (delta method).
        """
        if self.values.size < 2:
            return None
        if self.under is None:
            return float(self.values.std(ddof=1) / math.sqrt(self.values.size))
        residuals = self.over - self.over.sum() / self.under.sum() * self.under
        n = residuals.size
        return math.sqrt(float(residuals @ residuals) / (n - 1) / n) / float(self.under.mean())

    def half_width(self, level: float = LEVEL) -> float | None:
        """Half the length of the Student interval of the mean; None for fewer than two values."""
        if not 0 < level < 1:
            raise ValueError(f"the level of an interval lies between 0 and 1, not at {level:g}")
        error = self.standard_error
        if error is None:
            return None
        freedom = (self.values if self.under is None else self.over).size - 1
        return student_quantile((1 + level) / 2, freedom) * error

    def confidence_interval(self, level: float = LEVEL) -> Interval | None:
        """Student interval of the mean at a level inside (0, 1), cut to what is possible; None for fewer than two
        values."""
        mean, half = self.mean, self.half_width(level)
        if mean is None or half is None:
            return None
        least, most = min(mean, self.possible[0]), max(mean, self.possible[1])  # the mean stays inside
        return max(mean - half, least), min(mean + half, most)

    def quantile(self, probability: float) -> float | None:
        """Quantile of the replications' values at a probability of [0, 1], interpolated linearly; None without any."""
        if not 0 <= probability <= 1:
            raise ValueError(f"a probability lies between 0 and 1, not at {probability:g}")
        return float(np.quantile(self.values, probability)) if self.values.size else None


@dataclass(frozen=True)
class Chance:
    """In how many of the replications something came true."""

    successes: int
    trials: int

    @property
    def share(self) -> float:
        """Of the replications."""
        return self.successes / self.trials

    def confidence_interval(self, level: float = LEVEL) -> Interval | None:
        """Wilson's interval of the probability at a level inside (0, 1); None without replications."""
        return wilson_interval(self.successes, self.trials, level)


def student_quantile(probability: float, freedom: float) -> float:
    """Quantile of Student's t distribution with the given degrees of freedom (at least 1; inf: the normal one)."""
    return float(stdtrit(freedom, probability))


def wilson_interval(successes: int, trials: int, level: float = LEVEL) -> Interval | None:
    """Wilson's score interval of a probability after `successes` in `trials`; None without trials.

    Source: Wilson 1927. With z the normal quantile of (1 + level) / 2 and p = successes / trials:
    (p + z^2/2n -+ z sqrt(p (1 - p)/n + z^2/4n^2)) / (1 + z^2/n).
    """
    if trials == 0:
        return None
    z = float(ndtri((1 + level) / 2))
    share, shrink = successes / trials, 1 + z * z / trials
    centre = (share + z * z / (2 * trials)) / shrink
    half = z * math.sqrt(share * (1 - share) / trials + z * z / (4 * trials * trials)) / shrink
    return max(0.0, centre - half), min(1.0, centre + half)


def column_means(over: Float64, under: Float64 | None) -> Float64:
    """Means over the first axis of (replications, periods), or ratios of sums; NaN where nothing is defined."""
    if under is not None:
        return ratio(over.sum(axis=0), under.sum(axis=0))
    defined = ~np.isnan(over)
    return ratio(np.where(defined, over, 0.0).sum(axis=0), defined.sum(axis=0).astype(np.float64))


def column_deviations(values: Float64) -> Float64:
    """Sample standard deviations over the first axis of (replications, periods), NaN for fewer than two defined."""
    defined = ~np.isnan(values)
    count = defined.sum(axis=0)
    means = ratio(np.where(defined, values, 0.0).sum(axis=0), count.astype(np.float64))
    squares = np.square(np.where(defined, values - means, 0.0)).sum(axis=0)
    return np.sqrt(ratio(squares, np.where(count > 1, count - 1.0, 0.0)))


def column_quantiles(values: Float64, *probabilities: float) -> list[Float64]:
    """Quantiles over the first axis of (replications, periods); NaN are left out; NaN where nothing is defined."""
    ordered = np.sort(values, axis=0)  # NaN go last
    last = np.maximum((~np.isnan(values)).sum(axis=0) - 1, 0)
    columns = np.arange(values.shape[1])
    found = []
    for probability in probabilities:
        rank = probability * last
        below = np.floor(rank).astype(np.int64)
        low, high = ordered[below, columns], ordered[np.minimum(below + 1, last), columns]
        found.append(low + (rank - below) * (high - low))
    return found


def ratio(over: Float64, under: Float64) -> Float64:
    """over / under, NaN where the denominator is not positive."""
    quotients: Float64 = np.divide(over, under, out=np.full(np.shape(over), np.nan), where=under > 0)
    return quotients
