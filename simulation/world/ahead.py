"""What lies ahead of people by day, worked out for all days to come when a person is first asked for.

Thousands of people on hundreds of mornings are few large arrays instead of many small ones; and what a day holds for a
person depends on nothing that happens to others before it.
"""

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import DTypeLike, NDArray

from simulation.world.persons import Rows

Formula = Callable[[NDArray[Any], int], NDArray[Any]]
"""(people, days from a day on): figures of people, from that of each which they depend on."""


class Ahead:
    """A table of a team's people, by their rows among its persons, and days."""

    def __init__(self, days: int, figure: DTypeLike, formula: Formula) -> None:
        self._table: NDArray[Any] = np.zeros((days, 0), figure)  # a morning reads one day of all
        self._is_new = np.ones(1, np.bool_)  # and everybody beyond, as the last says
        self._formula = formula
        self._asked: Rows | None = None

    def on(self, rows: Rows, by: NDArray[Any], day: int) -> NDArray[Any]:
        """(people,): figures of a day of people at these rows; `by`: what the formula takes of each of them."""
        if rows is not self._asked:  # nobody is new as long as the rows are the same array
            self._asked, new = rows, self._is_new.take(rows, mode="clip")
            if new.any():
                self._work_out(rows[new], by[new], day)
        return np.asarray(self._table[day].take(rows))

    def _work_out(self, rows: Rows, by: NDArray[Any], day: int) -> None:
        lacking = int(rows.max()) + 1 - self._table.shape[1]
        if lacking > 0:
            more = max(lacking, self._table.shape[1] // 2)
            self._table = np.append(self._table, np.zeros((len(self._table), more), self._table.dtype), axis=1)
            self._is_new = np.append(self._is_new, np.ones(more, np.bool_))
        self._table[day:, rows] = self._formula(by, day).T
        self._is_new[rows] = False
