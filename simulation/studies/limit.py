"""How much more a plan stands: the limit of one driver to which it holds with a confidence, and what breaks first.

All values are tried on the same draws. What is worse for a plan is worse for each draw, so each draw has a break value
of its own, and the limit is a quantile of these: with 40 draws of which nine in ten have to hold, the fifth lowest. To
find it nobody has to try all draws at all values: one that held at a worse value, or failed at a better one, is known.
Few draws tell first where to look. The interval is exact: order statistics bracket a quantile, whatever the
distribution. Values tried are whole multiples of the fineness away from the plan as it is.

Source: common random numbers, Law 2015 (chapter 11.2); the interval of a quantile by order statistics, Conover 1999
(chapter 3.2).
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from typing import Annotated, ClassVar

from pydantic import Field
from scipy.special import bdtr, bdtrc

from simulation.comparison import Simulated
from simulation.experiment import Experiment
from simulation.outcome.counting.estimates import LEVEL
from simulation.scenario.scenario import Scenario
from simulation.studies.bracketing import Ends, bracket, outwards
from simulation.studies.drivers import DRIVERS
from simulation.studies.endurance import Endurance, point_name
from simulation.studies.readings import Break, Reading, Share, reading_of
from simulation.studies.study import Asked, Point, Study

SCOUTS = 4
"""Draws that are sent ahead."""
BEYOND = 2
"""Steps beyond the scouts' limit at which all draws begin: there draws that fail are found soon, and those that hold
are known to hold at everything better; begun too low, all that hold would have to be tried once more."""
AT_ONCE = 4
"""Draws asked for at least, where so many are unknown and all count: so that processes seldom wait for each other."""
SCOUTS_AT_ONCE = 2
"""Scouts at least: the first that fails turns them."""
FEWEST = 8
"""Draws that tell how often the plan holds as it is."""
CHECKED = 4
"""Draws known to hold at the limit as they hold at worse values that are simulated at it all the same."""
NEAR = 4
"""How often the step is doubled to find a value at which it is sure that the plan holds, or breaks."""


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
    """Share of replications that hold: every clause met in all its whole windows, or every target without clauses. A
    replication that fails at a better value counts as failed, one that holds at a worse value as held."""
    replications: int
    """Of how many replications: the first so many, of which all are known."""
    is_enough: bool
    """Whether the limit is not beyond it."""
    is_certain: bool
    """Whether that is certain at 95 %, by the interval of the limit."""
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
    """The furthest value at which enough of the replications hold; null where there is none down to the least."""
    breaks_at: float | None
    """The nearest value beyond at which too few hold; null where enough do at the furthest."""
    surely_holds_at: float | None
    """The furthest value tried that the limit reaches for certain: lower end of its 95 % interval, by order statistics;
    null where none was found near, or so few replications cannot tell."""
    surely_breaks_at: float | None
    """The nearest value tried that the limit does not reach for certain: upper end of its 95 % interval; null where
    none was found near, or so few replications cannot tell."""
    as_planned: Share
    """How often the plan holds as it is."""
    breaks_first: Break | None
    """What breaks first at `breaks_at`, or at the limit where nothing beyond was tried; null where nothing does."""
    reversals: int
    """How many replications failed at a value and held at one that is worse: the search takes for granted that none
    does, tries some again to see it, and counts these as failed from there on."""
    tried: tuple[TriedValue, ...]
    """All values tried, in rising order."""


class LimitSearch(Study):
    """How much more of something the plan stands."""

    reading: ClassVar = Reading
    answer: ClassVar = Limit

    experiment: Experiment = Experiment(replications=40)
    """The draws: all of them are tried at values near the limit, and each on its own."""
    vary: Varied = Varied.DEMAND
    """What is varied."""
    until: Annotated[float, Field(gt=0, lt=1)] = 0.9
    """The share of replications that have to hold."""
    fineness: Annotated[float, Field(ge=0.001, le=0.5)] = 0.025
    """The step between values, and so between the limit and where it breaks; of lateness a week."""

    def most_replications(self) -> int:
        """The scouts' way and bisection, that of all draws, and what is looked at besides."""
        ways = math.ceil(math.log2(self._most - self._least + 1)) + 1
        values = 2 * ways + BEYOND + 1 + 2 * (NEAR + 1)
        return 2 * ways * SCOUTS + values * self.experiment.replications + FEWEST + CHECKED

    def read(self, simulated: Simulated) -> Reading:
        """What came of the replication."""
        return reading_of(simulated)

    def ask(self, known: Mapping[str, Reading]) -> Asked | Limit:
        """Some draws at a value, or the limit."""
        if not known:
            self._scenario_at(DRIVERS[self.vary].neutral + DRIVERS[self.vary].first_step)  # refused before all else
        try:
            return _Trial(self, Endurance(self.experiment.replications, known)).limit()
        except _UnknownError as missing:
            return Asked([self._point(missing.value, draw) for draw in missing.draws])

    def _point(self, value: float, draw: int) -> Point:
        """One draw at a value; each has a seed of its own, so that any can be simulated alone."""
        experiment = Experiment(replications=1, seed=(self.experiment.seed + draw) % 2**63)
        told = DRIVERS[self.vary].told(value)
        return Point(point_name(value, draw), told, self._scenario_at(value), experiment)

    def _scenario_at(self, value: float) -> Scenario:
        if value not in self._scenarios:
            self._scenarios[value] = DRIVERS[self.vary].at(self.scenario, value)
        return self._scenarios[value]

    @cached_property
    def _scenarios(self) -> dict[float, Scenario]:
        """Those made so far, by the value."""
        return {}

    @property
    def _step(self) -> float:
        """Between neighbouring values."""
        return 1.0 if DRIVERS[self.vary].is_whole else self.fineness

    @property
    def _least(self) -> int:
        """The number of the least value; that of the plan as it is is 0."""
        return -math.ceil((DRIVERS[self.vary].neutral - DRIVERS[self.vary].least) / self._step - 1e-9)

    @property
    def _most(self) -> int:
        """The number of the furthest value."""
        return math.ceil((DRIVERS[self.vary].most - DRIVERS[self.vary].neutral) / self._step - 1e-9)

    def _value(self, number: int) -> float:
        driver = DRIVERS[self.vary]
        return min(max(round(driver.neutral + number * self._step, 4), driver.least), driver.most)


class _UnknownError(Exception):
    """Some draws have to be tried at a value first."""

    def __init__(self, value: float, draws: Sequence[int]) -> None:
        super().__init__(value)
        self.value, self.draws = value, draws


class _Trial:
    """The search as far as what is known goes; raises _UnknownError there."""

    def __init__(self, search: LimitSearch, endurance: Endurance) -> None:
        self._search, self._endurance = search, endurance
        self._all = len(endurance.draws)
        self._certain = certain(self._all, search.until)

    def limit(self) -> Limit:
        holds, breaks = self._found()
        if holds is not None:
            self._check(holds)
        if breaks is not None and self._certain[1] <= self._all:
            start = breaks if holds is None else min(breaks + BEYOND, self._search._most)
            outwards(self._surely_breaks, start, self._search._most, NEAR)
        if holds is not None and self._certain[0] >= 0:
            outwards(self._surely_holds, holds, self._search._least, NEAR)
        self._see_as_planned()
        return self._told(holds, breaks)

    def _found(self) -> Ends:
        """Where the scouts' limit lies, then that of all draws."""
        search, first = self._search, max(1, round(DRIVERS[self._search.vary].first_step / self._search._step))
        scouts = min(SCOUTS, self._all)
        least, most = search._least, search._most
        _, breaks = bracket(lambda at: self._is_enough(at, scouts), 0, least, most, step=first)
        start = most if breaks is None else min(breaks + BEYOND, most)
        return bracket(lambda at: self._is_enough(at, self._all), start, least, most, slow=BEYOND + 1)

    def _is_enough(self, number: int, draws: int) -> bool:
        return self._fails_at_most(math.floor(draws * (1 - self._search.until) + 1e-9), number, draws)

    def _surely_holds(self, number: int) -> bool:
        return self._fails_at_most(self._certain[0], number, self._all)

    def _surely_breaks(self, number: int) -> bool:
        return not self._fails_at_most(self._certain[1] - 1, number, self._all)

    def _fails_at_most(self, most: int, number: int, draws: int) -> bool:
        """Whether at most so many of the first draws fail; no more are tried than tell."""
        value, among = self._search._value(number), self._endurance.draws[:draws]
        known = [draw.holds(value) for draw in among]
        to_break, to_hold = most + 1 - known.count(False), draws - most - known.count(True)
        if to_break <= 0 or to_hold <= 0:
            return to_break > 0
        untold = [draw for draw, holds in enumerate(known) if holds is None]
        least = AT_ONCE if draws > SCOUTS else SCOUTS_AT_ONCE
        raise _UnknownError(value, untold[: max(least, min(to_break, to_hold))])

    def _check(self, number: int) -> None:
        """Those that held at the worst values are tried at this one, too: do they hold at what is better?"""
        value = self._search._value(number)
        furthest = self._endurance.furthest(value)[:CHECKED]
        self._need(value, [draw for draw in furthest if value not in self._endurance.draws[draw].readings])

    def _see_as_planned(self) -> None:
        """By some draws at least."""
        neutral = DRIVERS[self._search.vary].neutral
        few = self._endurance.draws[:FEWEST]
        self._need(neutral, [number for number, draw in enumerate(few) if draw.holds(neutral) is None])

    def _need(self, value: float, draws: Sequence[int]) -> None:
        if draws:
            raise _UnknownError(value, draws)

    def _told(self, holds: int | None, breaks: int | None) -> Limit:
        search = self._search
        limit, breaks_at = (None if number is None else search._value(number) for number in (holds, breaks))
        tried = {value: self._told_at(value, limit) for value in self._endurance.values()}
        sure = [one for one in tried.values() if one.is_certain]
        return Limit(
            search.vary,
            search.until,
            limit,
            breaks_at,
            max((one.value for one in sure if one.is_enough), default=None),
            min((one.value for one in sure if not one.is_enough), default=None),
            tried[DRIVERS[search.vary].neutral].holds,
            tried[breaks_at if breaks_at is not None else search._value(search._most)].first_break,
            self._endurance.reversals(),
            tuple(tried.values()),
        )

    def _told_at(self, value: float, limit: float | None) -> TriedValue:
        reading = self._endurance.first(value)
        known = [draw.holds(value) for draw in self._endurance.draws]
        is_certain = self._all - known.count(True) <= self._certain[0] or known.count(False) >= self._certain[1]
        is_enough = limit is not None and value <= limit
        return TriedValue(value, reading.holds, reading.replications, is_enough, is_certain, reading.first_break)


def certain(draws: int, until: float) -> tuple[int, int]:
    """How many draws may fail at a value that the limit reaches for certain, -1 where too few are drawn to be, and how
    many have to at one that it does not.

    The number that fail at the limit itself is binomial, whatever break values are like; either end is at 97.5 %.
    """
    failing, doubt = 1 - until, (1 - LEVEL) / 2
    few = [count for count in range(draws) if bdtr(count, draws, failing) <= doubt]
    many = [count for count in range(1, draws + 1) if bdtrc(count - 1, draws, failing) <= doubt]
    return max(few, default=-1), min(many, default=draws + 1)
