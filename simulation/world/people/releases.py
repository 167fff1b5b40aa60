"""How a team's policies make it smaller: who is told to go, and when.

Temporary people are told first, then others by lot, a keyed uniform a person; they go `notice_weeks` weeks of the
calendar later, at a midnight, but at most `max_down_per_week` in one week of the scenario: the others with the start
of the next one that has room. Who leaves before that leaves.
"""

import numpy as np

from simulation.outcome.counting.counters import StockField
from simulation.world.people.people import People
from simulation.world.people.persons import NEVER, Rows, lots
from simulation.world.randomness import Purpose


class Releases:
    """The releases of one team."""

    def __init__(self, people: People) -> None:
        self._people, self._ramp = people, people.workforce.ramp
        self._in_week: dict[int, int] = {}

    def effective(self, now: int) -> int:
        """When somebody who is told now goes; the horizon for never."""
        days = self._people.grid.days
        return int(days[min(self._day(now), len(days) - 1)])

    def give_notice(self, heads: int) -> None:
        """So many people in production, or all there are, are told to go."""
        if not heads:
            return
        persons, day = self._people.persons, self._day(int(self._people.env.now))
        in_production = (persons["stage"] == StockField.NESTING) | (persons["stage"] == StockField.TENURED)
        free = np.flatnonzero(in_production & ~persons["noticed"])
        by_lot = lots(self._people.draws, Purpose.RELEASE, self._people.team.id, persons[free])
        chosen = free[np.lexsort((by_lot, ~persons["temporary"][free]))[:heads]]
        self._people.tell(chosen)
        while len(chosen):
            room = self._room(day // 7, len(chosen))
            self._go(chosen[:room], day)
            chosen, day = chosen[room:], 7 * (day // 7 + 1)

    def _go(self, rows: Rows, day: int) -> None:
        days = self._people.grid.days
        self._in_week[day // 7] = self._in_week.get(day // 7, 0) + len(rows)
        self._people.release(rows, int(days[day]) if day < len(days) else NEVER)

    def _room(self, week: int, heads: int) -> int:
        most = self._ramp.max_down_per_week
        return heads if most is None else min(heads, most - self._in_week.get(week, 0))

    def _day(self, now: int) -> int:
        return int(np.searchsorted(self._people.grid.days, now, "left")) + 7 * self._ramp.notice_weeks
