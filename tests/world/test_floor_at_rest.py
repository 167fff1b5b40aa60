"""Between events the floor is at rest: nothing waits that somebody ready may take, no hands hold too much."""

import pytest

from simulation.world.floor.plain.floor_simpy import SimpyFloor
from tests.world.centres import FEATURES, Centre, random_centre


class WatchedFloor(SimpyFloor):
    """Looks round after every stretch of time; what happens at its very end has not happened yet."""

    def advance(self, until: int) -> None:
        super().advance(until)
        visits = self._visits
        for line in visits.lines:
            for contact in line.values():
                assert visits._routing.agent_for(contact, until - 1) is None, "work waits for an agent who is ready"
        for group in self._groups:
            for agent in group.busy:
                assert agent.in_hand
                assert len(agent.in_hand) == 1 or all(contact.shares_agent for contact in agent.in_hand)
                assert len(agent.in_hand) <= max(self._plan.queues[contact.queue].slots for contact in agent.in_hand)


def shares_hands(centre: Centre) -> bool:
    return any(queue.slots > 1 for queue in centre.plan.queues)


@pytest.mark.slow
@pytest.mark.parametrize("block", range(4))
def test_nothing_waits_while_somebody_who_may_take_it_has_room(block: int) -> None:
    for seed in range(10 * block, 10 * (block + 1)):
        random_centre(seed, FEATURES).run(WatchedFloor)


def test_the_centres_looked_at_have_chats() -> None:
    assert sum(shares_hands(random_centre(seed, FEATURES)) for seed in range(40)) > 20
