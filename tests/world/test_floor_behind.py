"""A floor that lives behind the people counts what one that keeps up with them counts."""

from collections.abc import Callable
from dataclasses import fields
from typing import Any, cast

import numpy as np
import pytest
import simpy

from simulation.outcome.counting.counters import Counters, FlowField
from simulation.replication import FloorBody, replicate
from simulation.scenario.grid import DAY
from simulation.scenario.scenario import Scenario
from simulation.world.floor.behind import FURTHEST, FloorBehind
from simulation.world.floor.floor import Floor
from simulation.world.world import World
from tests.world.sketch import sketch

REACTIVE = {"kind": "REACTIVE", "windows": 1, "under": 0.9, "over": 0.95, "step": 0.2, "see_after_days": 1.5}
CREW: dict[str, Any] = {
    "headcount": 12,
    "attrition": {"annual_rate": 0.9},
    "absence": {"daily_probability": 0.1},
    "hiring": {"lead_time_weeks": {"mean": 1}, "class_size": 6, "training_weeks": 1},
    "nesting": {"weeks": 1, "multiplier": 1.5},
}
SHIFTS = [{"start": "08:00", "hours": 9, "days": ["MON", "TUE", "WED", "THU", "FRI"]}]
HOURS = [{"days": ["MON", "TUE", "WED", "THU", "FRI"], "open": "09:00", "close": "17:00"}]
OUTAGE = {"kind": "OUTAGE", "site": "office", "start": "2026-06-10T15:10", "hours": 20, "share": 0.5}


class Recorder:
    """A floor that writes down what it is asked to do."""

    counters = None

    def __init__(self) -> None:
        self.told: list[tuple[str, int]] = []

    def advance(self, until: int) -> None:
        self.told.append(("lives up to", until))

    def note(self, number: int) -> Callable[[Floor], None]:
        return lambda floor: cast(Recorder, floor).told.append(("is told", number))


def behind(floor: Recorder) -> tuple[simpy.Environment, FloorBehind]:
    env = simpy.Environment(0)
    return env, FloorBehind(env, cast(Floor, floor))


def test_it_is_told_everything_at_its_instant_once_somebody_looks() -> None:
    floor = Recorder()
    env, late = behind(floor)
    for day in range(3):
        env.run(until=day * DAY + 1)
        late.tell(floor.note(day))
    assert floor.told == []
    late.catch_up()
    first, second, third = 1, DAY + 1, 2 * DAY + 1
    seen = [("lives up to", first), ("is told", 0), ("lives up to", second), ("is told", 1), ("lives up to", third)]
    assert floor.told == seen  # what happens now comes after the look
    env.run(until=3 * DAY)
    late.end()
    assert floor.told == [*seen, ("is told", 2), ("lives up to", 3 * DAY)]


def test_it_falls_no_further_behind_than_it_may() -> None:
    floor = Recorder()
    env, late = behind(floor)
    for day in range(30):
        env.run(until=day * DAY + 1)
        late.tell(floor.note(day))
        told = sum(what == "is told" for what, _ in floor.told)
        assert (day - told) * DAY <= FURTHEST


def reacting() -> Scenario:
    team = {"workforce": CREW, "shifts": SHIFTS, "policies": [REACTIVE]}
    return sketch(team=team, queue={"hours": HOURS}, demand={"weekly_volume": 3000}, weeks=6, events=[OUTAGE])


def assert_alike(counted: Counters, other: Counters) -> None:
    for field in fields(Counters):
        assert np.array_equal(getattr(counted, field.name), getattr(other, field.name)), field.name


@pytest.mark.slow
@pytest.mark.parametrize("body", FloorBody)
def test_a_floor_that_keeps_up_counts_the_same(body: FloorBody, monkeypatch: pytest.MonkeyPatch) -> None:
    late = replicate(World.of(reacting()), 1, 0, body)
    assert late.headcount[:, 0, FlowField.REQUISITIONED].sum() > 0  # by what was seen of the floor
    tell = FloorBehind.tell

    def at_once(self: FloorBehind, told: Callable[[Floor], None]) -> None:
        self.catch_up()
        tell(self, told)

    monkeypatch.setattr(FloorBehind, "tell", at_once)
    assert_alike(replicate(World.of(reacting()), 1, 0, body), late)


@pytest.mark.slow
def test_a_replication_does_not_see_what_the_one_before_counted_in_its_room() -> None:
    world = World.of(reacting())
    after_another = [replicate(world, 1, number) for number in (0, 1, 0)]
    assert len(world.rooms) == 1
    assert_alike(after_another[1], replicate(World.of(reacting()), 1, 1))
    assert_alike(after_another[2], after_another[0])
