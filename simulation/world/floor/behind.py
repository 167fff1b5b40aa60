"""A floor that lives behind the people: what it is to be told waits until somebody looks at what it has counted.

Nobody decides by contacts but who looks at them, and the floor asks nobody. Mornings that follow one another find their
code and figures in the processor's caches; after each day of contacts they would have to be fetched from memory.
"""

from collections import deque
from collections.abc import Callable

import simpy

from simulation.scenario.grid import WEEK
from simulation.world.floor.floor import Floor

FURTHEST = 2 * WEEK
"""How far it falls behind at most, since what it has not been told takes memory."""


class FloorBehind:
    """The floor of one replication, behind the clock of `env`, in whole microseconds. counters: the floor's."""

    def __init__(self, env: simpy.Environment, floor: Floor) -> None:
        self._env, self._floor = env, floor
        self.counters = floor.counters
        self._untold: deque[tuple[int, Callable[[Floor], None]]] = deque()
        self._reached = 0

    def tell(self, told: Callable[[Floor], None]) -> None:
        """What happens on the floor now, when it comes to that."""
        now = int(self._env.now)
        if self._untold and now - self._untold[0][0] > FURTHEST:
            self.catch_up()
        self._untold.append((now, told))

    def catch_up(self) -> None:
        """Lets it live up to now, and be told what came before."""
        now = int(self._env.now)
        while self._untold and self._untold[0][0] < now:
            at, told = self._untold.popleft()
            self._live(at)
            told(self._floor)
        self._live(now)

    def end(self) -> None:
        """Lets it live up to now, the end, and goes without it: processes that the end has cut short keep their clock
        alive, and with it the floor would wait for the garbage collector."""
        self.catch_up()
        del self._floor

    def _live(self, until: int) -> None:
        if until > self._reached:
            self._floor.advance(until)
            self._reached = until
