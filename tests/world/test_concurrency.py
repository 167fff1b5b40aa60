"""Several chats in one agent's hands: who gets which, how much slower they go, what becomes of them."""

from collections.abc import Mapping

import pytest

from simulation.erlang import Erlang
from simulation.outcome.counting.counters import Counters, GroupField, QueueField
from simulation.world.floor.floor import Floor
from tests.world import exact
from tests.world.agreement import assert_agree
from tests.world.centres import INTERVAL, MINUTE, by_hand

pytestmark = pytest.mark.slow

EXACT_DAYS, EMPTY = 12, 24
"""Days, and hours at the start that are left out because the floor begins empty."""
CHATS = {"slots": 3, "slowdown": 0.5}


def minutes(floor: Floor) -> dict[int, tuple[float, float]]:
    """When each contact, by number, began and ended; -1 for never."""
    return {
        number: (begins / MINUTE if begins >= 0 else -1, ends / MINUTE if ends >= 0 else -1)
        for _, number, _, _, begins, ends in floor.log
    }


@exact.precisions
@pytest.mark.parametrize(("agents", "slots", "per_hour"), [(2, 3, 180), (4, 2, 230), (10, 1, 300)])
def test_chats_that_do_not_slow_each_other_are_as_many_agents(
    agents: int, slots: int, per_hour: float, precision: float
) -> None:
    """c agents of k slots each are the c k servers of Erlang C."""
    theory = Erlang(per_hour / 3600, 100, agents * slots)
    chats = exact.queue("chats", per_hour, 100, channel="CHAT", concurrency={"slots": slots})

    def measures(counters: Counters) -> Mapping[str, tuple[float, float]]:
        sums = exact.queue_sums(counters, 0, EMPTY)
        return {
            "service_level": (sums["answered_in_time"], sums["offered"]),
            "asa_seconds": (sums["answered_wait"] / 1e6, sums["arrived_answered"]),
            "in_service": (sums["handle_time"] / 1e6 / 3600 / (24 * EXACT_DAYS - EMPTY), 1.0),
        }

    world = exact.world(EXACT_DAYS, [chats], [exact.team("crew", agents, {"queue": "chats"})])
    found = {
        "service_level": theory.service_level(20),
        "asa_seconds": theory.mean_wait_seconds,
        "in_service": theory.load,
    }
    exact.assert_exact(world, measures, found, precision)


def test_each_chat_is_slowed_by_the_others_in_hand_when_it_starts() -> None:
    # minute, work: alone it takes its work, beside one other 1.5 times that, beside two others twice
    chats = [(0, 0, 4), (0, 1, 4), (0, 2, 4), (0, 3, 2), (0, 5, 2), (0, 6, 2), (0, 9, 1), (0, 12, 3), (0, 13, 2)]
    floor = assert_agree(by_hand(chats, [1], [CHATS]))
    assert minutes(floor) == {
        0: (0, 4),
        1: (1, 7),
        2: (2, 10),
        3: (4, 8),  # a fourth waits until one of three has ended
        4: (7, 11),
        5: (8, 12),
        6: (10, 12),
        7: (12, 15),  # at 12 two end first, and it finds nobody's hands full
        8: (13, 16),
    }
    assert floor.counters.groups[0, 0, GroupField.BUSY] == 16 * MINUTE, "an agent is busy once, whatever the hands hold"
    assert floor.counters.groups[0, 0, GroupField.ON_FLOOR] == INTERVAL
    assert floor.counters.queues[0, 0, QueueField.HANDLE_TIME] == sum((4, 6, 8, 4, 4, 4, 2, 3, 3)) * MINUTE


def test_who_chats_takes_no_call_and_who_calls_takes_no_chat() -> None:
    calls, chats = 0, 1
    contacts = [
        (chats, 0, 10),  # one agent
        (chats, 1, 10),  # the other, who is idle
        (calls, 2, 5),  # waits: nobody is idle
        (chats, 3, 4),  # both have one; the first has had one for longer
        (chats, 4, 4),  # the other again
        (chats, 11, 2),
        (chats, 12, 2),
    ]
    floor = assert_agree(by_hand(contacts, [2], [{}, {"slots": 2, "slowdown": 0.5}]))
    assert minutes(floor) == {
        0: (0, 10),
        1: (1, 11),
        2: (10, 15),  # by the first to have no chat left
        3: (3, 9),
        4: (4, 10),
        5: (11, 13),
        6: (12, 15),  # beside the chat of minute 11: the other agent is in the call
    }
    assert floor.counters.groups[0, 0, GroupField.BUSY] == (15 + 14) * MINUTE


def test_a_chat_goes_to_idle_hands_before_it_shares() -> None:
    floor = assert_agree(by_hand([(0, 0, 9), (0, 1, 9), (0, 2, 9), (0, 3, 9)], [3], [CHATS]))
    assert minutes(floor) == {0: (0, 9), 1: (1, 10), 2: (2, 11), 3: (3, 16.5)}


def test_who_becomes_free_takes_as_many_waiting_chats_as_fit() -> None:
    # a call until minute 5, chats wait from 1 to 4
    contacts = [(0, 0, 5), (1, 1, 2), (1, 2, 2), (1, 3, 2), (1, 4, 2)]
    floor = assert_agree(by_hand(contacts, [1], [{}, CHATS]))
    assert minutes(floor) == {0: (0, 5), 1: (5, 7), 2: (5, 8), 3: (5, 9), 4: (7, 11)}


def test_a_chat_with_fewer_slots_waits_where_one_with_more_still_fits() -> None:
    wide, narrow = {"slots": 3}, {"slots": 2}
    floor = assert_agree(by_hand([(0, 0, 9), (0, 1, 9), (1, 2, 1), (0, 3, 9)], [1], [wide, narrow]))
    assert minutes(floor) == {0: (0, 9), 1: (1, 10), 2: (10, 11), 3: (3, 12)}


@pytest.mark.parametrize("own_contact", [True, False])
def test_an_agent_who_is_cut_ends_every_chat_in_hand_and_takes_no_other(own_contact: bool) -> None:
    chats = [(0, 20, 15), (0, 21, 20), (0, 36, 1), (0, 40, 1)]
    floor = assert_agree(by_hand(chats, [1, 0, 0], [{"slots": 2}], own_contact=own_contact))
    # whoever is to leave has no more room; whoever finishes first leaves from the first end on, and until then takes on
    served = {0: (20, 35), 1: (21, 41), 2: (-1, -1), 3: (-1, -1)}
    assert minutes(floor) == served
    on_floor = floor.counters.groups[:, 0, GroupField.ON_FLOOR].tolist()
    assert on_floor == [30 * MINUTE, 11 * MINUTE, 0]


def test_agents_wanted_again_stay_unless_they_have_been_chosen_to_leave() -> None:
    chats = [(0, 20, 15), (0, 21, 50), (0, 65, 5)]
    # cut at 30; the end at 35 chooses the only agent; one more at 60 is somebody else
    floor = assert_agree(by_hand(chats, [1, 0, 1], [{"slots": 2}], own_contact=False))
    assert minutes(floor) == {0: (20, 35), 1: (21, 71), 2: (65, 70)}
    assert floor.counters.groups[:, 0, GroupField.ON_FLOOR].tolist() == [30 * MINUTE, 30 * MINUTE, 41 * MINUTE]


@pytest.mark.parametrize("requeued", [True, False])
def test_an_outage_breaks_off_every_chat_of_an_agent(requeued: bool) -> None:
    chats = [(0, 20, 15), (0, 21, 20)]
    floor = assert_agree(by_hand(chats, [1, 1], [{"slots": 2}], outages={1: ([0], 1.0, 0.5, requeued)}))
    row = floor.counters.queues[1, 0]
    assert row[QueueField.LOST] == 2
    assert row[QueueField.OFFERED_REQUEUED] == row[QueueField.HANDLED] == (2 if requeued else 0)
    ends = sorted(ends for begins, ends in minutes(floor).values() if begins >= 30)
    assert ends == ([45, 50] if requeued else [])
