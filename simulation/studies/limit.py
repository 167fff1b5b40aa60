"""How much more a plan stands: the limit of one driver to which it holds with a confidence, and what breaks first.

The share of replications that hold is judged at one value after another, all on the same draws, so that values differ
by what they change and not by luck. The limit lies between the last value that holds and the first that does not; they
are brought together by bisection. A value is judged by few replications where these leave no doubt, by more and more
of them otherwise: blocks, each of draws of its own, the same ones at every value, so that none is simulated twice.

Source: bisection on common random numbers, Law 2015 (chapter 11.2); the interval of a share, Wilson 1927.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise
from typing import Annotated, ClassVar

from pydantic import Field

from simulation.comparison import Simulated
from simulation.experiment import Experiment
from simulation.outcome.counting.estimates import Chance
from simulation.studies.drivers import DRIVERS
from simulation.studies.readings import Break, Reading, Share, reading_of, together
from simulation.studies.study import Asked, Point, Study

FEWEST = 8
"""Replications by which a value is judged first; twice as many each time that they leave a doubt."""
CLEAR = 0.8
"""Level of the share's interval at which there is no doubt about which way to go on; what is told to be certain is so
at 95 %."""


class Varied(StrEnum):
    """What a limit search varies."""

    DEMAND = "demand"
    """Volume of every queue, by a factor."""
    HANDLING = "handling"
    """Handling time of every queue, by a factor."""
    ATTRITION = "attrition"
    """Attrition of every team, by a factor."""
    ABSENCE = "absence"
    """Unplanned absence of every team, by a factor."""
    LATENESS = "lateness"
    """Weeks by which all hiring is late."""


@dataclass(frozen=True)
class TriedValue:
    """How often the plan holds at one value."""

    value: float
    """The factor, or the weeks of lateness."""
    holds: Share
    """Share of replications that hold: every clause met in all its whole windows, or every target without clauses."""
    replications: int
    """By how many replications it was judged."""
    is_enough: bool
    """Whether it was taken to hold at the confidence."""
    is_certain: bool
    """Whether the share's interval leaves no doubt of that."""
    first_break: Break | None
    """What breaks first there; null where nothing is ever missed."""


@dataclass(frozen=True)
class Limit:
    """How far a plan stands."""

    vary: Varied
    """What was varied."""
    until: float
    """The share of replications that have to hold."""
    limit: float | None
    """The furthest value at which the plan was found to hold; null where it does at none that was tried."""
    breaks_at: float | None
    """The nearest value beyond at which it does not; null where it holds at all that were tried."""
    surely_holds_at: float | None
    """The furthest value at which it holds beyond doubt, by the interval of the share; null where there is none."""
    surely_breaks_at: float | None
    """The nearest value at which it fails beyond doubt; null where there is none."""
    as_planned: Share
    """How often the plan holds as it is."""
    breaks_first: Break | None
    """What breaks first at `breaks_at`, or at the limit where nothing beyond was tried; null where nothing does."""
    reversals: int
    """How often a replication failed at a value and held at one that is worse, over all neighbours tried: the
    bisection takes for granted that there are none."""
    tried: tuple[TriedValue, ...]
    """All values tried, in rising order."""


class LimitSearch(Study):
    """How much more of something the plan stands."""

    reading: ClassVar = Reading
    answer: ClassVar = Limit

    experiment: Experiment = Experiment(replications=40)
    """The draws, and the replications by which a value is judged at most."""
    vary: Varied = Varied.DEMAND
    """What is varied."""
    until: Annotated[float, Field(gt=0, lt=1)] = 0.9
    """The share of replications that have to hold."""
    fineness: Annotated[float, Field(ge=0.001, le=0.5)] = 0.025
    """How close the last value that holds and the first that does not have to be; of lateness they are a week apart."""

    def most_replications(self) -> int:
        """Every step of the way out, and of a bisection of the longest."""
        driver = DRIVERS[self.vary]
        ways, longest = 1, driver.first_step
        while 2 * longest < driver.most:
            ways, longest = ways + 1, 2 * longest
        bisections = math.ceil(math.log2(max(2.0, longest / (1.0 if driver.is_whole else self.fineness))))
        return (1 + ways + bisections) * self.experiment.replications

    def read(self, simulated: Simulated) -> Reading:
        """What came of each replication."""
        return reading_of(simulated)

    def ask(self, known: Mapping[str, Reading]) -> Asked | Limit:
        """The next value to judge, or the limit."""
        driver = DRIVERS[self.vary]
        driver.at(self.scenario, driver.neutral + driver.first_step)  # refused before anything is simulated
        tried = _Tried(self, known)
        try:
            ends = self._found(tried)
        except _UnknownError as unknown:
            return Asked([unknown.point])
        return self._limit(tried, *ends)

    def _blocks(self) -> list[int]:
        """How many replications are added each time that those before leave a doubt."""
        left, blocks = self.experiment.replications - FEWEST, [min(FEWEST, self.experiment.replications)]
        while left > 0:
            blocks.append(min(sum(blocks), left))
            left -= blocks[-1]
        return blocks

    def _found(self, tried: "_Tried") -> tuple[float | None, float | None]:
        """The last value that holds and the first that does not, close to each other."""
        driver = DRIVERS[self.vary]
        holds, breaks = self._bracket(tried, driver.first_step)
        if holds is None or breaks is None:
            return holds, breaks
        while breaks - holds > (1.0 if driver.is_whole else self.fineness) + 1e-9:
            middle = (holds + breaks) / 2
            middle = float(round(middle)) if driver.is_whole else round(middle, 4)
            if tried.at(middle).is_enough:
                holds = middle
            else:
                breaks = middle
        return holds, breaks

    def _bracket(self, tried: "_Tried", step: float) -> tuple[float | None, float | None]:
        """Outwards from the plan as it is, to what is worse where it holds and to what is better where it does not."""
        driver = DRIVERS[self.vary]
        at, is_enough = driver.neutral, tried.at(driver.neutral).is_enough
        direction, end = (1, driver.most) if is_enough else (-1, driver.least)
        while at != end:
            before, at = at, round(at + direction * step, 4)
            at = min(at, end) if is_enough else max(at, end)
            if tried.at(at).is_enough is not is_enough:
                return (before, at) if is_enough else (at, before)
            step *= 2
        return (at, None) if is_enough else (None, at)

    def _limit(self, tried: "_Tried", holds: float | None, breaks: float | None) -> Limit:
        values = tried.in_order()
        sure = [one for one in values if one.is_certain]
        at = breaks if breaks is not None else holds
        assert at is not None  # one of the two was tried
        return Limit(
            self.vary,
            self.until,
            holds,
            breaks,
            max((one.value for one in sure if one.is_enough), default=None),
            min((one.value for one in sure if not one.is_enough), default=None),
            tried.at(DRIVERS[self.vary].neutral).holds,
            tried.at(at).first_break,
            tried.reversals(),
            values,
        )


class _UnknownError(Exception):
    """A point has to be simulated first."""

    def __init__(self, point: Point) -> None:
        super().__init__(point.name)
        self.point = point


class _Tried:
    """The values judged so far, from the readings known."""

    def __init__(self, search: LimitSearch, known: Mapping[str, Reading]) -> None:
        self._search, self._known = search, known
        self._values: dict[float, tuple[TriedValue, Reading]] = {}

    def at(self, value: float) -> TriedValue:
        """The judgement at a value. Raises _UnknownError where it needs a further point."""
        if value not in self._values:
            reading = self._judged(value)
            self._values[value] = self._told(value, reading), reading
        return self._values[value][0]

    def in_order(self) -> tuple[TriedValue, ...]:
        return tuple(told for _, (told, _) in sorted(self._values.items()))

    def reversals(self) -> int:
        """Of neighbours, over the replications that both have; both are in the same blocks, in the same order."""
        readings = [reading for _, (_, reading) in sorted(self._values.items())]
        return sum(
            worse and not better
            for before, after in pairwise(readings)
            for better, worse in zip(before.held, after.held, strict=False)
        )

    def _judged(self, value: float) -> Reading:
        """By as many blocks as leave no doubt, else by all."""
        blocks = [self._block(value, 0)]
        for number in range(1, len(self._search._blocks())):
            if self._is_clear(together(blocks)):
                break
            blocks.append(self._block(value, number))
        return together(blocks)

    def _block(self, value: float, number: int) -> Reading:
        driver, search = DRIVERS[self._search.vary], self._search
        name = f"{value:.6g} block {number}"
        if name not in self._known:
            experiment = Experiment(
                replications=search._blocks()[number], seed=(search.experiment.seed + number) % 2**63
            )
            point = Point(name, driver.told(value), driver.at(search.scenario, value), experiment)
            raise _UnknownError(point)
        return self._known[name]

    def _is_clear(self, reading: Reading) -> bool:
        lower, upper = Chance(sum(reading.held), reading.replications).confidence_interval(CLEAR) or (0.0, 1.0)
        return lower >= self._search.until or upper < self._search.until

    def _is_certain(self, reading: Reading) -> bool:
        holds = reading.holds
        return holds.lower >= self._search.until or holds.upper < self._search.until

    def _told(self, value: float, reading: Reading) -> TriedValue:
        return TriedValue(
            value,
            reading.holds,
            reading.replications,
            reading.holds.mean >= self._search.until,
            self._is_certain(reading),
            reading.first_break,
        )
