"""Which assumption a plan hangs on: each moved by one step either way, all else as planned, on the same draws.

Assumptions are the values that the scenario's register of `sources` names, and the usual drivers. Each is a bar of a
tornado: what the step does to the share of replications that hold and to the client's cost. Bars stand by their reach:
the greater of the change of that share and of the relative change of cost, either way. So the register is sorted by
what it is worth to know better.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, ClassVar

from pydantic import Field

from simulation.comparison import Simulated
from simulation.scenario.changing.alteration import Alteration
from simulation.scenario.changing.change import altered
from simulation.scenario.changing.draft import times
from simulation.scenario.changing.values import SetValue, steps_of, value_at
from simulation.scenario.scenario import Scenario
from simulation.scenario.sources import Source
from simulation.studies.drivers import DRIVERS, Driver
from simulation.studies.readings import Amount, Effect, Reading, Share, cost_effect, holding_effect, reading_of
from simulation.studies.refusals import Untried, made_or_reason
from simulation.studies.study import Asked, Point, Study, StudyRefusedError

BASE = "base"
MOST_SOURCES = 100


@dataclass(frozen=True)
class Swing:
    """An assumption moved one way."""

    told: str
    """What it is set to, in words."""
    holds: Share
    """Share of replications that hold: every clause met in all its whole windows, or every target without clauses."""
    holding_effect: Effect
    """By how much that is more than as planned."""
    cost: Amount | None
    """The client's cost in the scenario's currency; null where nothing has a price."""
    cost_effect: Effect | None
    """By how much that is more than as planned; null where nothing has a price."""


@dataclass(frozen=True)
class Bar:
    """What hangs on one assumption."""

    name: str
    """The driver, or the path of the value in the scenario."""
    meaning: str
    """What it is."""
    source: str | None
    """Where the number comes from, by the register; null for a driver."""
    confidence: str | None
    """How far it is to be trusted, by the register; null for a driver."""
    lower: Swing | None
    """Moved down; null where that is not possible."""
    higher: Swing | None
    """Moved up; null where that is not possible."""
    reach: float
    """The greater of the change of the share that holds and of the relative change of cost, either way."""


@dataclass(frozen=True)
class Tornado:
    """The assumptions of a plan by what hangs on them."""

    replications: int
    """How many of each step."""
    holds: Share
    """How often the plan holds as it is."""
    cost: Amount | None
    """What it costs the client as it is; null where nothing has a price."""
    bars: tuple[Bar, ...]
    """The widest first; those alike in the order of the register, then of the drivers."""
    untried: tuple[Untried, ...]
    """Assumptions that cannot be moved either way."""


@dataclass(frozen=True)
class Moved:
    """An assumption, and the changes that move it either way; none where it does not move that way."""

    name: str
    meaning: str
    source: Source | None
    ways: tuple[tuple[str, Sequence[Alteration]] | None, tuple[str, Sequence[Alteration]] | None]
    """Down and up: in words, and the changes."""


class Sensitivity(Study):
    """What hangs on each assumption of the plan."""

    reading: ClassVar = Reading
    answer: ClassVar = Tornado

    step: Annotated[float, Field(gt=0, lt=1)] = 0.1
    """One step, as a share of the value."""
    weeks: Annotated[int, Field(ge=1, le=26)] = 2
    """One step of lateness."""
    drivers: tuple[str, ...] = tuple(DRIVERS)
    """The usual drivers to try besides the register."""

    def most_replications(self) -> int:
        """Of the base and both ways of all."""
        sources = min(len(self.scenario.sources), MOST_SOURCES)
        return (1 + 2 * (sources + len(self.drivers))) * self.experiment.replications

    def read(self, simulated: Simulated) -> Reading:
        """What came of each replication."""
        return reading_of(simulated)

    def ask(self, known: Mapping[str, Reading]) -> Asked | Tornado:
        """The base and all steps at once; then the tornado."""
        unknown = [name for name in self.drivers if name not in DRIVERS]
        if unknown:
            raise StudyRefusedError(f"there is no driver {', '.join(unknown)}; choose of {', '.join(DRIVERS)}")
        moved = list(self._moved())
        made = {name: self._made(way[1]) for name, way in self._ways(moved)}
        points = [Point(BASE, "as planned", self.scenario, self.experiment)]
        points += [
            Point(name, way[0], scenario, self.experiment)
            for name, way in self._ways(moved)
            if isinstance(scenario := made[name], Scenario)
        ]
        if any(point.name not in known for point in points):
            return Asked(points)
        return self._tornado(moved, made, known)

    def _moved(self) -> Iterator[Moved]:
        data = self.scenario.model_dump(mode="json", by_alias=True)
        for path, source in list(self.scenario.sources.items())[:MOST_SOURCES]:
            yield Moved(path, source.source, source, self._value_moved(path, value_at(data, steps_of(data, path))))
        for name in self.drivers:
            driver = DRIVERS[name]
            yield Moved(name, driver.meaning, None, self._driver_moved(driver))

    def _value_moved(self, path: str, value: Any) -> Any:
        if isinstance(value, bool) or not isinstance(value, int | float) or not value:
            return None, None
        ends = [times(value, round(factor, 9)) for factor in (1 - self.step, 1 + self.step)]
        if isinstance(value, int):
            ends = [min(round(ends[0]), value - 1), max(round(ends[1]), value + 1)]
        return tuple((f"{path} {end:g}", [SetValue(path=path, value=end)]) for end in ends)

    def _driver_moved(self, driver: Driver) -> Any:
        step = float(self.weeks) if driver.is_whole else self.step
        ends = [round(driver.neutral + sign * step, 9) for sign in (-1, 1)]
        return tuple((driver.told(end), driver.changes(end)) if end >= driver.least else None for end in ends)

    def _ways(self, moved: Sequence[Moved]) -> Iterator[tuple[str, tuple[str, Sequence[Alteration]]]]:
        for number, one in enumerate(moved):
            for end, way in zip(("down", "up"), one.ways, strict=True):
                if way is not None:
                    yield f"{number} {end}", way

    def _made(self, changes: Sequence[Alteration]) -> Scenario | str:
        return made_or_reason(lambda: altered(self.scenario, changes).scenario)

    def _tornado(
        self, moved: Sequence[Moved], made: Mapping[str, Scenario | str], known: Mapping[str, Reading]
    ) -> Tornado:
        base, bars, untried = known[BASE], list[Bar](), list[Untried]()
        for number, one in enumerate(moved):
            swings = [
                self._swing(way[0], base, known[name]) if way is not None and name in known else None
                for end, way in zip(("down", "up"), one.ways, strict=True)
                for name in [f"{number} {end}"]
            ]
            if swings == [None, None]:
                reasons = [made.get(f"{number} {end}") for end in ("down", "up")]
                reason = next((str(each) for each in reasons if each is not None), "it is not a number over or under 0")
                untried.append(Untried(one.name, reason))
            else:
                bars.append(self._bar(one, swings, base))
        bars.sort(key=lambda bar: -bar.reach)
        return Tornado(self.experiment.replications, base.holds, base.amount, tuple(bars), tuple(untried))

    def _swing(self, told: str, base: Reading, own: Reading) -> Swing:
        return Swing(told, own.holds, holding_effect(base, own), own.amount, cost_effect(base, own))

    def _bar(self, one: Moved, swings: Sequence[Swing | None], base: Reading) -> Bar:
        source, confidence = (None, None) if one.source is None else (one.source.source, one.source.confidence.value)
        reach = max(_reach(swing, base) for swing in swings if swing is not None)
        return Bar(one.name, one.meaning, source, confidence, swings[0], swings[1], reach)


def _reach(swing: Swing, base: Reading) -> float:
    whole = None if base.amount is None else abs(base.amount.mean)
    cost = abs(swing.cost_effect.mean) / whole if swing.cost_effect is not None and whole else 0.0
    return max(abs(swing.holding_effect.mean), cost)
