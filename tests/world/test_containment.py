"""Automation before people: what it settles, what it fails, and how much harder the rest is."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simulation.outcome.counting.counters import QueueField
from simulation.replication import replicate
from simulation.scenario.grid import DAY, HOUR
from simulation.world.demand.arrivals import Origin, QueueArrivals, Trace, contained, trace
from simulation.world.randomness import Draws
from simulation.world.world import World
from tests.world.exact import queue, team, world

DAYS = 4
PER_HOUR = 400


def centre(*entries: dict[str, Any], **more: Any) -> World:
    steady = {"distribution": "DETERMINISTIC", "mean_seconds": 100}
    one = {**queue("q", PER_HOUR, 1, **more), "handling": steady, "containment": list(entries)}
    return world(DAYS, [one], [team("t", 30, {"queue": "q"})])


def drawn(of: World) -> tuple[Trace, list[int]]:
    """A replication's contacts, drawn day by day, and those contained by interval."""
    arrivals = [QueueArrivals(of.scenario.queues[0], of.cells[0], of.multipliers[0], Draws(1, 0))]
    parts = [trace(arrivals, 24 * day, 24 * (day + 1)) for day in range(DAYS)]
    names = ("arrives", "queue", "number", "gives_up", "work", "origin")
    whole = Trace(*(np.concatenate([getattr(part, name) for part in parts]) for name in names))
    return whole, contained(arrivals, of.grid.intervals)[:, 0].tolist()


def by_interval(contacts: Trace) -> list[int]:
    counts: list[int] = np.bincount(contacts.arrives // HOUR, minlength=24 * DAYS).tolist()
    return counts


def test_every_contact_is_contained_or_reaches_people_in_its_interval() -> None:
    everyone, nobody = drawn(centre())
    reached, settled = drawn(centre({"from": "2026-03-03", "share": 0.4, "failure": 0.25}))

    assert nobody == [0] * 24 * DAYS
    assert settled[:24] == [0] * 24
    assert [a + b for a, b in zip(by_interval(reached), settled, strict=True)] == by_interval(everyone)
    assert set(reached.number.tolist()) < set(everyone.number.tolist())
    kept = np.isin(everyone.number, reached.number)
    assert (everyone.arrives[kept] == reached.arrives).all()


def test_shares_taken_and_failed_are_those_given() -> None:
    reached, settled = drawn(centre({"from": "2026-01-01", "share": 0.3, "failure": 0.2}))
    total, failed = len(reached) + sum(settled), int((reached.origin == Origin.BOT_FAILURE).sum())
    taken = failed + sum(settled)

    assert set(reached.origin.tolist()) == {Origin.NEW, Origin.BOT_FAILURE}
    assert taken / total == pytest.approx(0.3, abs=4 * np.sqrt(0.3 * 0.7 / total))
    assert failed / taken == pytest.approx(0.2, abs=4 * np.sqrt(0.2 * 0.8 / taken))


def test_whoever_reaches_people_while_it_holds_is_more_work() -> None:
    entries = [
        {"from": "2026-03-03", "share": 0.2, "failure": 0.5, "handling_multiplier": 1.5},
        {"from": "2026-03-04", "share": 0.0, "handling_multiplier": 1.1},
        {"from": "2026-03-05", "share": 1.0, "failure": 1.0},
    ]
    reached, settled = drawn(centre(*entries))
    day = reached.arrives // DAY

    assert [set(reached.work[day == d].tolist()) for d in range(DAYS)] == [
        {100_000_000},
        {150_000_000},
        {110_000_000},
        {100_000_000},
    ]
    assert [sum(settled[24 * d : 24 * d + 24]) > 0 for d in range(DAYS)] == [False, True, False, False]
    assert set(reached.origin[day == 3].tolist()) == {Origin.BOT_FAILURE}


def test_automation_that_never_fails_may_take_everything() -> None:
    reached, settled = drawn(centre({"from": "2026-03-02", "share": 1}))
    assert len(reached) == 0
    assert sum(settled) == len(drawn(centre())[0])


def test_it_begins_on_the_queue_s_own_date() -> None:
    _, settled = drawn(centre({"from": "2026-03-03", "share": 0.5}, timezone="Asia/Tokyo"))
    assert [count > 0 for count in settled] == [False] * 15 + [True] * (24 * DAYS - 15)


shares = st.floats(0, 1)


@settings(max_examples=20, deadline=None, derandomize=True)
@given(shares, shares, shares, shares)
def test_more_containment_spares_people_further_contacts_and_brings_none_back(
    share: float, more: float, failure: float, less: float
) -> None:
    share, more, less, failure = min(share, more), max(share, more), min(failure, less), max(failure, less)
    reached, _ = drawn(centre({"from": "2026-03-03", "share": share, "failure": failure}))
    fewer, _ = drawn(centre({"from": "2026-03-03", "share": more, "failure": less}))
    assert set(fewer.number.tolist()) <= set(reached.number.tolist())


def test_the_floor_is_offered_those_who_reach_people() -> None:
    of = centre({"from": "2026-03-03", "share": 0.4, "failure": 0.25})
    offered = replicate(of, 1, 0).queues[:, 0, QueueField.OFFERED]
    assert offered.tolist() == by_interval(drawn(of)[0])
