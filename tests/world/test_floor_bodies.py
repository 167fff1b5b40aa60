"""The compiled floor against the plain one: same contacts, same agents, same instants, same counters."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simulation.outcome.counting.counters import GroupField, QueueField
from simulation.world.demand.arrivals import Trace
from simulation.world.floor.floor import FloorPlan, Line
from simulation.world.floor.plain.floor_simpy import SimpyFloor
from tests.world.agreement import assert_agree
from tests.world.centres import ALIKE, FEATURES, INTERVAL, MINUTE, Centre, by_hand, random_centre, rules

ALONE = [pytest.param(frozenset({feature, "deferred", "backlog"}), id=feature) for feature in sorted(FEATURES)]


@pytest.mark.slow
@pytest.mark.parametrize("features", ALONE)
def test_each_rule_alone_agrees_contact_by_contact(features: frozenset[str]) -> None:
    for seed in range(25):
        assert_agree(random_centre(seed, features))


@pytest.mark.slow
@pytest.mark.parametrize("block", range(8))
def test_hundreds_of_random_centres_agree_contact_by_contact(block: int) -> None:
    for seed in range(25 * block, 25 * (block + 1)):
        assert_agree(random_centre(seed))
        assert_agree(random_centre(seed, FEATURES))


@pytest.mark.bar
@pytest.mark.parametrize("block", range(40))
def test_thousands_of_random_centres_agree_contact_by_contact(block: int) -> None:
    for seed in range(1000 + 100 * block, 1000 + 100 * (block + 1)):
        assert_agree(random_centre(seed, FEATURES))


@pytest.mark.slow
@given(st.integers(0, 2**32))
@settings(max_examples=60, deadline=None, derandomize=True)
def test_every_contact_is_accounted_for_in_every_interval(seed: int) -> None:
    centre, f = random_centre(seed, FEATURES), QueueField
    rows = centre.run(SimpyFloor).counters.queues
    opening = np.zeros(rows.shape[1], np.int64)
    if centre.backlog is not None:
        np.add.at(opening, centre.backlog.queue, 1)
    before = np.vstack([opening[np.newaxis], rows[:-1, :, f.WAITING]])
    left = rows[:, :, f.ANSWERED] + rows[:, :, f.ABANDONED] + rows[:, :, f.BLOCKED] + rows[:, :, f.CALLBACKS]
    np.testing.assert_array_equal(before + rows[:, :, f.OFFERED], left + rows[:, :, f.WAITING])
    served_before = np.vstack([np.zeros_like(opening)[np.newaxis], rows[:-1, :, f.IN_SERVICE]])
    begun = rows[:, :, f.ANSWERED] + rows[:, :, f.CALLBACKS_SERVED]
    ended = rows[:, :, f.HANDLED] + rows[:, :, f.LOST]
    np.testing.assert_array_equal(served_before + begun, ended + rows[:, :, f.IN_SERVICE])
    assert (rows >= 0).all()


def _one_agent(work: list[int], gives_up: list[int], *, leaves: bool = False) -> Centre:
    """Contacts at minutes 0, 1, 2 ... for one agent, by hand."""
    count = len(work)
    minutes = np.arange(count, dtype=np.int64)
    zeros = np.zeros(count, np.int64)
    patience, handling = np.array(gives_up, np.int64) * MINUTE, np.array(work, np.int64) * MINUTE
    trace = Trace(minutes * MINUTE, zeros, minutes, patience, handling, zeros)
    plan = FloorPlan(
        interval=INTERVAL,
        horizon=2 * INTERVAL,
        day_of_interval=np.zeros(2, np.int64),
        queues=(rules(2, threshold=MINUTE, short=1, work=ALIKE),),
        lines=(Line(0, (0,), (0,), (0,)),),
        serves=(((1, 0),),),
        speed=np.ones((1, 1)),
        resolution=np.ones((1, 1)),
        own_contact=(True,),
    )
    return Centre(plan, [(0, 2, trace)], np.array([[1], [0 if leaves else 1]]), np.zeros((2, 1), np.bool_))


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
    floor = assert_agree(_one_agent(work=[31, 1], gives_up=[99, 99], leaves=True))
    assert sorted(floor.log) == [(0, 0, 0, 0, 0, 31 * MINUTE), (0, 1, MINUTE, -1, -1, -1)]
    busy, on_floor = (floor.counters.groups[:, 0, f].tolist() for f in (GroupField.BUSY, GroupField.ON_FLOOR))
    assert busy == on_floor == [30 * MINUTE, MINUTE]


@pytest.mark.parametrize("numbers", [(0, 1), (1, 0), (5, 3), (3, 5)])
def test_whom_a_second_outage_puts_before_the_others_does_not_bring_back_their_step(numbers: tuple[int, int]) -> None:
    # two contacts since minutes 1 and 2; outages at 30 and 60 put them back in line one by one; after 70 minutes of
    # waiting others may answer, and who stands behind must wait for who stands before
    centre = by_hand([(0, 1, 300), (0, 2, 300)], [2] * 4, numbers=numbers)
    plan = replace(
        centre.plan,
        lines=(Line(0, (0, 1), (0, 1), (0, 70 * MINUTE)),),
        serves=(((1, 0),), ((1, 0),)),
        speed=np.ones((2, 1)),
        resolution=np.ones((2, 1)),
        own_contact=(True, True),
    )
    staff, outages = np.array([[2, 2], [1, 2], [0, 2], [0, 2]]), {1: ([0], 0.5, 0.5, True), 2: ([0], 1.0, 0.5, True)}
    floor = assert_agree(replace(centre, plan=plan, staff=staff, outages=outages))
    again = sorted(begins for _, _, arrives, _, begins, _ in floor.log if arrives >= INTERVAL)
    assert again[-1] == 72 * MINUTE
    assert again[0] in (71 * MINUTE, 72 * MINUTE)
