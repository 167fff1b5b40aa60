"""Random times: distributions, and the handling times and patience that have one."""

from collections.abc import Mapping, Sequence
from enum import Enum, StrEnum
from math import fsum
from typing import Annotated, Any, Self

from pydantic import Field, model_validator

from simulation.scenario.calendar import Day, refuse_unless_by_date
from simulation.scenario.problems import refuse
from simulation.scenario.quantities import Described, PositiveFactor, PositiveSeconds, Real, Seconds, Share


class Spread(Enum):
    """Where a coefficient of variation comes from that the distribution does not fix."""

    GIVEN = "given with the time"
    OBSERVED = "that of the times observed"


class Distribution(StrEnum):
    """How single times scatter around their mean."""

    cv: float | Spread
    """The coefficient of variation that it always has, or where that comes from."""

    def __new__(cls, word: str, cv: float | Spread) -> "Distribution":
        made = str.__new__(cls, word)
        made._value_, made.cv = word, cv
        return made

    EXPONENTIAL = "EXPONENTIAL", 1.0
    """Exponential; its coefficient of variation is 1."""
    LOGNORMAL = "LOGNORMAL", Spread.GIVEN
    """Log-normal: skewed, with a few very long times."""
    GAMMA = "GAMMA", Spread.GIVEN
    """Gamma: skewed, less so than log-normal."""
    WEIBULL = "WEIBULL", Spread.GIVEN
    """Weibull: skewed to either side as its coefficient of variation says."""
    DETERMINISTIC = "DETERMINISTIC", 0.0
    """Always the mean."""
    EMPIRICAL = "EMPIRICAL", Spread.OBSERVED
    """As observed, given by values or quantiles."""


def _listed(words: Sequence[str], last: str) -> str:
    return f"{', '.join(words[:-1])} {last} {words[-1]}"


FIXED_CV: Mapping[str, float] = {one.value: one.cv for one in Distribution if isinstance(one.cv, float)}
"""Coefficients of variation that distributions fix."""
WITH_CV = [one.value for one in Distribution if one.cv is Spread.GIVEN]
"""Distributions that take one."""
LEAST_CV = 0.01
"""Of these."""
_FIXED = _listed([f"{name} {cv:g}" for name, cv in FIXED_CV.items()], "and")
CV = (
    f"Coefficient of variation: standard deviation / mean. Needed for {_listed(WITH_CV, 'and')};\n"
    f"{_FIXED.replace(' ', ' always has ', 1)}."
)
"""What the field says of itself."""


class Quantile(Described):
    """One point of an empirical distribution."""

    share: Share
    """Share of times that are at most so long: 0.5 is the median."""
    seconds: Seconds
    """How long, in seconds."""


class RandomTime(Described):
    """A random length of time, given by distribution, mean and coefficient of variation, or as it was observed."""

    one_of = ("mean_seconds", "values", "quantiles")

    distribution: Distribution = Distribution.EXPONENTIAL
    """How single times scatter around the mean."""
    mean_seconds: PositiveSeconds | None = None
    """Mean in seconds; EMPIRICAL times have the mean of their values or quantiles instead."""
    cv: Annotated[Real, Field(ge=0, le=10, description=CV)] = 0.0
    values: Annotated[tuple[Seconds, ...], Field(min_length=1, max_length=10_000)] | None = None
    """EMPIRICAL only: observed times in seconds, in any order, each as likely as the others."""
    quantiles: Annotated[tuple[Quantile, ...], Field(min_length=2, max_length=1000)] | None = None
    """EMPIRICAL only: points of the distribution by ascending share; linear between, flat outside."""

    @property
    def points(self) -> tuple[tuple[float, ...], tuple[float, ...]]:
        """The quantile function of EMPIRICAL times: (shares, seconds), linear between, flat outside.

        Of n values the k-th smallest stands at (k - 1/2) / n, which keeps their mean exactly.
        """
        if self.values is not None:
            count = len(self.values)
            return tuple((k + 0.5) / count for k in range(count)), tuple(sorted(self.values))
        quantiles = self.quantiles or ()
        return tuple(point.share for point in quantiles), tuple(point.seconds for point in quantiles)

    @property
    def mean(self) -> float:
        """Mean in seconds, however it is given."""
        if self.mean_seconds is not None:
            return self.mean_seconds
        if self.values is not None:
            return fsum(self.values) / len(self.values)
        shares, seconds = self.points
        between = ((shares[k] - shares[k - 1]) * (seconds[k] + seconds[k - 1]) / 2 for k in range(1, len(shares)))
        return fsum((shares[0] * seconds[0], *between, (1 - shares[-1]) * seconds[-1]))

    @model_validator(mode="before")
    @classmethod
    def _cv_of_its_distribution(cls, value: Any) -> Any:
        if not isinstance(value, Mapping) or value.get("cv") is not None:
            return value
        given = value.get("distribution")
        fixed = FIXED_CV.get(given if isinstance(given, str) else Distribution.EXPONENTIAL)
        return value if fixed is None else {**value, "cv": fixed}

    @model_validator(mode="after")
    def _given_as_its_distribution_needs(self) -> Self:
        given = next((name for name in self.one_of if getattr(self, name) is not None), "mean_seconds")
        if self.distribution.cv is Spread.OBSERVED:
            if given == "mean_seconds":
                refuse("EMPIRICAL times are given as observed", "write values or quantiles instead", (given,))
            if self.cv:
                refuse("EMPIRICAL times have the cv of what was observed", "remove cv", ("cv",))
        elif given != "mean_seconds":
            mend = f"write distribution: EMPIRICAL, or mean_seconds instead of {given}"
            refuse(f"{self.distribution.value} times are not given by {given}", mend, (given,))
        return self

    @model_validator(mode="after")
    def _quantiles_rise(self) -> Self:
        points = self.quantiles or ()
        for k in range(1, len(points)):
            if points[k].share <= points[k - 1].share:
                refuse("is not over the share before", "order quantiles by share", ("quantiles", k, "share"))
            if points[k].seconds < points[k - 1].seconds:
                mend = f"write at least {points[k - 1].seconds:g}, the quantile at {points[k - 1].share:g}"
                refuse("a later quantile cannot be shorter", mend, ("quantiles", k, "seconds"))
        return self

    @model_validator(mode="after")
    def _takes_some_time(self) -> Self:
        if self.mean == 0:
            given = "values" if self.values is not None else "quantiles"
            refuse("every time is 0", "give some time over 0 seconds", (given,))
        return self

    @model_validator(mode="after")
    def _cv_fits(self) -> Self:
        name, cv = self.distribution.value, self.distribution.cv
        if isinstance(cv, float) and self.cv != cv:
            mend = f"remove cv, or write distribution {_listed(WITH_CV, 'or')}"
            refuse(f"{name} times always have a cv of {cv:g}", mend, ("cv",))
        if cv is Spread.GIVEN and self.cv < LEAST_CV:
            mend = f"write cv, standard deviation / mean, at least {LEAST_CV}, or distribution DETERMINISTIC"
            refuse(f"{name} times need a coefficient of variation", mend, ("cv",))
        return self


class HandlingChange(Described):
    """From a date on, handling takes another multiple of its mean."""

    from_: Annotated[Day, Field(alias="from")]
    """First local date of the queue on which it holds, until the next change."""
    multiplier: PositiveFactor
    """Factor on the mean as given, not on the change before."""


class Handling(RandomTime):
    """Handling time of a contact: talk, hold and after-contact work."""

    mean_seconds: PositiveSeconds | None = None
    """Mean handling time in seconds (AHT), after-contact work included, of an agent with speed 1;
    EMPIRICAL times have the mean of their values or quantiles instead."""
    changes: tuple[HandlingChange, ...] = ()
    """Changes of the mean, by ascending date."""

    @model_validator(mode="after")
    def _ascending(self) -> Self:
        refuse_unless_by_date("changes", [change.from_ for change in self.changes])
        return self


class Patience(RandomTime):
    """How long a contact waits, from its arrival, before it abandons."""

    mean_seconds: PositiveSeconds | None = None
    """Mean patience in seconds; EMPIRICAL times have the mean of their values or quantiles instead."""
