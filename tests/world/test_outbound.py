"""Outbound work: records are called in open hours until an attempt connects or the last one has not."""

from collections.abc import Iterator
from itertools import count
from math import sqrt
from typing import Any

import numpy as np
import pytest

from simulation.outcome.counting.counters import GroupField, QueueField
from simulation.replication import FloorBody, replicate
from simulation.world.floor.compiled.host import KernelFloor
from simulation.world.floor.floor import Attempts, Streams, child
from simulation.world.randomness import Draws, Purpose
from simulation.world.world import World
from tests.world.agreement import assert_agree
from tests.world.centres import MINUTE, by_hand
from tests.world.sketch import sketch

CONNECT = 0.5


def records(*connecting: int) -> list[int]:
    """Numbers of records of the first queue of a centre whose so-manieth attempt is the first to connect."""
    streams = Streams(Draws(7, 0), ["queue 0"])

    def first(number: int) -> int:
        draws = (streams.uniform(Purpose.CONNECTION, 0, child(number, attempt)) for attempt in count())
        return next(attempt for attempt, luck in enumerate(draws, 1) if luck < CONNECT)

    numbers: Iterator[int] = count()
    return [next(number for number in numbers if first(number) == wanted) for wanted in connecting]


def outbound(most: int, retry: float, lasts: float, *hours: tuple[float, float]) -> dict[str, Any]:
    """Rules of a queue whose records are called, minutes throughout."""
    opens, closes = (np.array(hours or [(0, 1e6)]) * MINUTE).astype(np.int64).T.copy()
    attempts = Attempts(most, CONNECT, round(retry * MINUTE), round(lasts * MINUTE))
    return {"immediate": False, "opens": opens, "closes": closes, "outbound": attempts}


def test_records_are_called_again_over_a_night() -> None:
    a, b, c, d, e, f = numbers = records(1, 2, 9, 2, 1, 1)
    # minute of arrival, work; three attempts of 2 minutes, 10 minutes apart; closed from minute 30 to 90
    contacts = [(0, 1, 5), (0, 2, 3), (0, 9, 7), (0, 29, 4), (0, 95, 1), (0, 60, 2)]
    floor = assert_agree(by_hand(contacts, [1] * 6, [outbound(3, 10, 2, (0, 30), (90, 180))], numbers=numbers))
    found = {number: (group, begins / MINUTE, ends / MINUTE) for _, number, _, group, begins, ends in floor.log}
    assert {number: found[number][1:] for number in (a, b, d, e, f)} == {
        a: (3, 8),  # called at 1
        b: (22, 25),  # called at 8, when the agent has done with the first, and at 20
        f: (92, 94),  # waits for the opening, and is in line before those who come back then
        d: (98, 102),  # called at 29, just before closing, and at 96
        e: (104, 105),
    }
    assert found[c][0] == -1
    assert found[c][2] == 96, "called at 10, at 25, and at 94 in vain"
    rows, f_ = floor.counters.queues[:4, 0], QueueField
    assert rows[:, f_.OFFERED].tolist() == [4, 0, 1, 1]
    assert rows[:, f_.ANSWERED].tolist() == [2, 0, 0, 3]
    assert rows[:, f_.ABANDONED].tolist() == [0, 0, 0, 1]
    assert rows[:, f_.WAITING].tolist() == [2, 2, 3, 0], "between attempts a record waits, and while it is called"
    assert rows[0, f_.WAITING_AGE] == (21 + 1) * MINUTE
    assert rows[0, f_.ANSWERED_WAIT] == (2 + 20 + 69) * MINUTE
    assert rows[0, f_.ABANDONED_WAIT] == 87 * MINUTE
    assert rows[:, f_.ATTEMPTS].tolist() == [5, 1, 0, 4], "in the interval in which they end"
    assert rows[:, f_.HANDLE_TIME].sum() == (5 + 3 + 2 + 4 + 1) * MINUTE, "attempts are not handling"
    assert floor.counters.groups[:4, 0, GroupField.BUSY].tolist() == [19 * MINUTE, MINUTE, 0, 15 * MINUTE]


def test_at_the_horizon_a_record_still_waits_wherever_it_is() -> None:
    called, between, first = records(3, 3, 3)
    contacts = [(0, 9, 1), (0, 15, 1), (0, 20, 1)]
    rules = outbound(5, 15, 8)  # called at 9 and 32, not yet again, and at 25 until the half hour is over
    floor = assert_agree(by_hand(contacts, [1], [rules], numbers=[called, between, first]))
    row = floor.counters.queues[0, 0]
    assert (row[QueueField.WAITING], row[QueueField.IN_SERVICE]) == (3, 0)
    assert row[QueueField.WAITED_SO_FAR] == (21 + 15 + 10) * MINUTE
    assert sorted(floor.log) == sorted(
        (0, number, at * MINUTE, -1, -1, -1) for number, at in ((called, 9), (between, 15), (first, 20))
    )


def test_who_is_cut_in_an_attempt_still_serves_the_record_reached() -> None:
    reached, missed = records(1, 2)
    contacts = [(0, 29, 5), (0, 29, 5)]
    floor = assert_agree(by_hand(contacts, [2, 0], [outbound(1, 10, 4)], numbers=[reached, missed]))
    assert sorted(floor.log) == sorted(
        [
            (0, reached, 29 * MINUTE, 0, 33 * MINUTE, 38 * MINUTE),
            (0, missed, 29 * MINUTE, -1, -1, 33 * MINUTE),
        ]
    )
    assert floor.counters.groups[1, 0, GroupField.ON_FLOOR] == (3 + 8) * MINUTE


@pytest.mark.parametrize("requeued", [True, False])
def test_an_outage_ends_an_attempt_in_vain(requeued: bool) -> None:
    again, last = records(2, 1)
    rules = outbound(2, 10, 4)
    outages = {1: ([0], 1.0, 0.5, requeued)}
    floor = assert_agree(by_hand([(0, 29, 5)], [1, 1], [rules], numbers=[again], outages=outages))
    assert floor.log == [(0, again, 29 * MINUTE, 0, 44 * MINUTE, 49 * MINUTE)]
    assert floor.counters.queues[:, 0, QueueField.LOST].sum() == 0, "nobody was being served"
    only = assert_agree(by_hand([(0, 29, 5)], [1, 1], [outbound(1, 10, 4)], numbers=[last], outages=outages))
    assert only.log == [(0, last, 29 * MINUTE, -1, -1, 30 * MINUTE)]


def test_the_share_reached_and_the_attempts_are_those_of_the_geometric_distribution() -> None:
    most, number = 3, 100_000
    contacts = [(0, at / 1000, 1) for at in range(number)]
    centre = by_hand(contacts, [6000] * 8, [outbound(most, 5, 0.5)])
    floor = centre.run(KernelFloor)
    row = floor.counters.queues[:, 0].sum(axis=0)
    share = 1 - (1 - CONNECT) ** most
    assert row[QueueField.ANSWERED] + row[QueueField.ABANDONED] == number
    assert abs(row[QueueField.ANSWERED] / number - share) < 4 * sqrt(share * (1 - share) / number)
    mean = share / CONNECT
    spread = sqrt(sum(n * n * (0.5 if n == 1 else 0.25) for n in (1, 2, 3)) - mean**2)
    assert mean == 1.75
    assert abs(row[QueueField.ATTEMPTS] / number - mean) < 4 * spread / sqrt(number)
    calling = floor.counters.groups[:, 0, GroupField.BUSY].sum() - row[QueueField.HANDLE_TIME]
    assert calling == row[QueueField.ATTEMPTS] * MINUTE / 2


@pytest.mark.parametrize("body", FloorBody)
def test_records_that_came_by_night_are_called_at_the_opening(body: FloorBody) -> None:
    scenario = sketch(
        days=2,
        queue={
            "channel": "OUTBOUND",
            "hours": [{"open": "09:10", "close": "17:00"}],
            "demand": {"weekly_volume": 0, "batches": [{"on": ["MON"], "at": "06:00", "volume": 100}]},
            "outbound": {"connect": 1.0, "attempt_seconds": 60},
            "handling": {"distribution": "DETERMINISTIC", "mean_seconds": 120},
        },
        team={"staffing": {"agents": 4}},
    )
    counters = replicate(World.of(scenario), 1, 0, body)
    row, offered = counters.queues[:, 0], counters.queues[12, 0, QueueField.OFFERED]
    assert offered > 40
    assert row[:18, QueueField.WAITING].tolist() == [0] * 12 + [offered] * 6
    # four agents, three minutes a record, reached after the first: at 09:11, 09:14, ..., 09:29
    assert row[18, QueueField.ANSWERED] == 4 * 7
