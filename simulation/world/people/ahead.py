"""What lies ahead of people by day, worked out for all days to come when a person is first asked for.

Thousands of people on hundreds of mornings are few large arrays instead of many small ones; and what a day holds for a
person depends on nothing that happens to others before it.
"""

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import DTypeLike, NDArray

from simulation.world.people.crew import Crew
from simulation.world.people.persons import Rows

Formula = Callable[[NDArray[Any], int], NDArray[Any]]
"""(people, days from a day on): figures of people, from that of each which they depend on."""


class Ahead:
    """A table of a team's people, by their rows among its persons, and days. column: what the formula takes of them."""

    def __init__(self, days: int, figure: DTypeLike, column: str, formula: Formula) -> None:
        self._table: NDArray[Any] = np.zeros((days, 0), figure)  # a morning reads one day of all
        self._is_new = np.ones(0, np.bool_)
        self._column, self._formula = column, formula
        self._met = -1

    def on(self, crew: Crew, day: int, heads: int | None = None) -> NDArray[Any]:
        """(people,): figures of a day of a crew, or of so many of its first people."""
        rows = crew.rows[:heads]
        if crew.gathering != self._met:  # nobody is new otherwise
            self._met = crew.gathering
            self._meet(crew, rows, day)
        return np.asarray(self._table[day].take(rows))

    def _meet(self, crew: Crew, rows: Rows, day: int) -> None:
        lacking = len(crew.persons) - len(self._is_new)
        if lacking > 0:
            more = max(lacking, len(self._is_new) // 2)
            self._table = np.append(self._table, np.zeros((len(self._table), more), self._table.dtype), axis=1)
            self._is_new = np.append(self._is_new, np.ones(more, np.bool_))
        new = rows[self._is_new[rows]]
        if len(new):
            self._table[day:, new] = self._formula(crew.persons[self._column][new], day).T
            self._is_new[new] = False
