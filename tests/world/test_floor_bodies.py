"""The compiled floor against the plain one: same contacts, same agents, same instants, same counters."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from simulation.outcome.counters import Counters, GroupField, QueueField
from simulation.world.arrivals import NEVER, Trace
from simulation.world.floor import Choices, Floor, FloorPlan
from simulation.world.floor_compiled import KernelFloor
from simulation.world.floor_simpy import SimpyFloor

INTERVAL = 1_800_000_000
MINUTE = 60_000_000


@dataclass
class Shift:
    """A random centre: who serves what, who comes when, who is there when."""

    plan: FloorPlan
    traces: list[tuple[int, int, Trace]]
    staff: NDArray[np.int64]
    closes: NDArray[np.bool_]

    def run(self, body: Callable[..., Floor]) -> Floor:
        plan = self.plan
        counters = Counters.zeros(
            intervals=len(self.staff),
            days=int(plan.day_of_interval.max()) + 1,
            weeks=1,
            queues=plan.queues,
            groups=plan.groups,
            teams=plan.groups,
        )
        floor = body(plan, counters, [12345 * q + 7 for q in range(plan.queues)], keep_log=True)
        for first, last, trace in self.traces:
            floor.load(trace)
            for i in range(first, last):
                floor.staff(self.staff[i].tolist())
                for q in np.flatnonzero(self.closes[i]).tolist():
                    floor.clear(q)
                if i % 3 == 0:
                    floor.advance(i * INTERVAL + INTERVAL // 3)
                floor.advance((i + 1) * INTERVAL)
        floor.finish()
        return floor


def random_shift(seed: int) -> Shift:
    """A centre of up to four queues and five groups; four in ten have only whole minutes, and so many ties."""
    r = np.random.default_rng(seed)
    queues, groups, intervals = int(r.integers(1, 5)), int(r.integers(1, 6)), int(r.integers(2, 12))
    coarse = r.random() < 0.4
    choices = []
    serves: list[list[tuple[int, int]]] = [[] for _ in range(groups)]
    for q in range(queues):
        chosen = r.permutation(groups)[: int(r.integers(1, groups + 1))].tolist()
        tiers, after = [0], [0]
        for _ in chosen[1:]:
            further = r.random() < 0.5
            tiers.append(tiers[-1] + further)
            after.append(after[-1] + further * int(r.integers(0, 3)) * MINUTE // 2)
        for g in chosen:
            serves[g].append((int(r.integers(1, 3)), q))
        choices.append(Choices(tuple(chosen), tuple(tiers), tuple(after), bool(r.random() < 0.4)))
    plan = FloorPlan(
        interval=INTERVAL,
        horizon=intervals * INTERVAL,
        day_of_interval=np.arange(intervals) // 4,
        choices=tuple(choices),
        serves=tuple(tuple(sorted(served)) for served in serves),
        speed=r.choice([1.0, 0.5, 1.3], size=(groups, queues)),
        own_contact=tuple(bool(r.random() < 0.5) for _ in range(groups)),
        threshold=(20_000_000,) * queues,
        short=(5_000_000,) * queues,
        immediate=(True,) * queues,
    )
    middle = intervals // 2
    traces = [
        (first, last, _trace(r, queues, first, last, coarse)) for first, last in ((0, middle), (middle, intervals))
    ]
    return Shift(plan, traces, r.integers(0, 8, (intervals, groups)), r.random((intervals, queues)) < 0.1)


def _trace(r: np.random.Generator, queues: int, first: int, last: int, coarse: bool) -> Trace:
    count = int(r.integers(0, 60 * queues * (last - first) + 1))
    arrives, queue = r.integers(first * INTERVAL, last * INTERVAL, count), r.integers(0, queues, count)
    patience, work = r.exponential(90e6, count).astype(int), r.exponential(300e6, count).astype(int) + 1
    if coarse:
        arrives, patience = arrives // MINUTE * MINUTE, patience // (MINUTE // 2) * (MINUTE // 2)
        work = np.maximum(work // MINUTE, 1) * MINUTE
    gives_up = np.where(r.random(count) < 0.2, NEVER, arrives + patience)
    number = np.arange(count) + (first << 24)
    order = np.lexsort((number, queue, arrives))
    columns = (arrives, queue, number, gives_up, work, np.zeros(count))
    return Trace(*(np.ascontiguousarray(column[order], np.int64) for column in columns))


def assert_agree(shift: Shift) -> Floor:
    plain, compiled = shift.run(SimpyFloor), shift.run(KernelFloor)
    ours, theirs = {row[:2]: row for row in plain.log}, {row[:2]: row for row in compiled.log}
    differing = [(ours[name], theirs.get(name)) for name in ours if ours[name] != theirs.get(name)]
    assert not differing, f"(queue, number, arrives, group, begins, ends), plain and compiled: {differing[:3]}"
    assert len(plain.log) == len(compiled.log) == sum(len(trace) for _, _, trace in shift.traces)
    for name in ("queues", "groups", "waits"):
        np.testing.assert_array_equal(getattr(plain.counters, name), getattr(compiled.counters, name), name)
    return plain


@pytest.mark.parametrize("block", range(8))
def test_hundreds_of_random_centres_agree_contact_by_contact(block: int) -> None:
    for seed in range(40 * block, 40 * (block + 1)):
        assert_agree(random_shift(seed))


@pytest.mark.bar
@pytest.mark.parametrize("block", range(40))
def test_thousands_of_random_centres_agree_contact_by_contact(block: int) -> None:
    for seed in range(1000 + 100 * block, 1000 + 100 * (block + 1)):
        assert_agree(random_shift(seed))


@given(st.integers(0, 2**32))
@settings(max_examples=60, deadline=None, derandomize=True)
def test_every_contact_is_accounted_for_in_every_interval(seed: int) -> None:
    rows = random_shift(seed).run(SimpyFloor).counters.queues
    waiting = rows[:, :, QueueField.WAITING]
    before = np.vstack([np.zeros_like(waiting[:1]), waiting[:-1]])
    left = rows[:, :, QueueField.ANSWERED] + rows[:, :, QueueField.ABANDONED] + rows[:, :, QueueField.BLOCKED]
    np.testing.assert_array_equal(before + rows[:, :, QueueField.OFFERED], left + waiting)
    served = rows[:, :, QueueField.IN_SERVICE]
    served_before = np.vstack([np.zeros_like(served[:1]), served[:-1]])
    begun = served_before + rows[:, :, QueueField.ANSWERED]
    np.testing.assert_array_equal(begun, rows[:, :, QueueField.HANDLED] + served)


def _one_agent(work: list[int], gives_up: list[int], *, leaves_at: int | None = None) -> Shift:
    """Contacts at minutes 0, 1, 2 ... for one agent, by hand."""
    count = len(work)
    minutes = np.arange(count, dtype=np.int64)
    trace = Trace(
        minutes * MINUTE,
        np.zeros(count, np.int64),
        minutes,
        np.array(gives_up, np.int64) * MINUTE,
        np.array(work, np.int64) * MINUTE,
        np.zeros(count, np.int64),
    )
    plan = FloorPlan(
        interval=INTERVAL,
        horizon=2 * INTERVAL,
        day_of_interval=np.zeros(2, np.int64),
        choices=(Choices((0,), (0,), (0,), False),),
        serves=(((1, 0),),),
        speed=np.ones((1, 1)),
        own_contact=(True,),
        threshold=(MINUTE,),
        short=(1,),
        immediate=(True,),
    )
    staff = np.array([[1], [0 if leaves_at else 1]])
    return Shift(plan, [(0, 2, trace)], staff, np.zeros((2, 1), np.bool_))


def test_a_contact_answered_at_the_instant_it_would_give_up_is_answered() -> None:
    floor = assert_agree(_one_agent(work=[3, 1, 1], gives_up=[9, 3, 4]))
    assert sorted(floor.log) == [
        (0, 0, 0, 0, 0, 3 * MINUTE),
        (0, 1, 1 * MINUTE, 0, 3 * MINUTE, 4 * MINUTE),
        (0, 2, 2 * MINUTE, 0, 4 * MINUTE, 5 * MINUTE),
    ]
    row = floor.counters.queues[0, 0]
    assert row[QueueField.ANSWERED_IN_TIME] == 1  # waits of 0, 2 and 2 minutes, threshold one minute
    assert row[QueueField.ANSWERED_WAIT] == 4 * MINUTE
    assert floor.counters.groups[0, 0, GroupField.BUSY] == 5 * MINUTE
    assert floor.counters.groups[:, 0, GroupField.ON_FLOOR].tolist() == [INTERVAL, INTERVAL]


def test_an_agent_who_is_cut_finishes_the_contact_and_takes_no_other() -> None:
    floor = assert_agree(_one_agent(work=[31, 1], gives_up=[99, 99], leaves_at=30))
    assert sorted(floor.log) == [(0, 0, 0, 0, 0, 31 * MINUTE), (0, 1, MINUTE, -1, -1, -1)]
    busy, on_floor = (floor.counters.groups[:, 0, f].tolist() for f in (GroupField.BUSY, GroupField.ON_FLOOR))
    assert busy == on_floor == [30 * MINUTE, MINUTE]
