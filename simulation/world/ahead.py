"""What lies ahead of people by day, worked out for all days to come when a person is first asked for.

Thousands of people on hundreds of mornings are few large arrays instead of many small ones; and what a day holds for a
person depends on nothing that happens to others before it.
"""

from typing import Any

import numpy as np
from numpy.typing import DTypeLike, NDArray

from simulation.world.persons import Rows


class Ahead:
    """A table of a team's people, by their rows among its persons, and days."""

    def __init__(self, days: int, figure: DTypeLike) -> None:
        self._table: NDArray[Any] = np.zeros((days, 0), figure)  # a morning reads one day of all
        self._is_known = np.zeros(0, np.bool_)

    def unknown(self, rows: Rows) -> Rows:
        """Of some people's rows those without figures."""
        most = int(rows.max(initial=-1)) + 1
        if most > len(self._is_known):
            more = max(most - len(self._is_known), len(self._is_known) // 2)
            self._table = np.append(self._table, np.zeros((len(self._table), more), self._table.dtype), axis=1)
            self._is_known = np.append(self._is_known, np.zeros(more, np.bool_))
        return rows[~self._is_known[rows]]

    def write(self, rows: Rows, day: int, figures: NDArray[Any]) -> None:
        """Figures of people without any, (people, days from this one on)."""
        self._table[day:, rows] = figures.T
        self._is_known[rows] = True

    def on(self, rows: Rows, day: int) -> NDArray[Any]:
        """(people,): their figures of a day."""
        return np.asarray(self._table[day].take(rows))
