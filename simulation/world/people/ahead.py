"""What lies ahead of people by day, worked out for all days to come when a person is first asked for.

Thousands of people on hundreds of mornings are few large arrays instead of many small ones; and what a day holds for a
person depends on nothing that happens to others before it.
"""

from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import DTypeLike, NDArray

from simulation.world.people.crew import Crew
from simulation.world.people.persons import Rows

Formula = Callable[[NDArray[Any], int], NDArray[Any]]
"""(people, days from a day on): figures of people, from that of each which they depend on."""

DAYS_AT_ONCE = 4
"""Days of which a crew's means are worked out together, since a crew mostly stands as it is for a few."""


class Ahead:
    """A table of a team's people, by their rows among its persons, and days.

    It is asked for the same groups always. column: what the formula takes of them. of_nobody: the mean of a group
    without people.
    """

    def __init__(self, days: int, figure: DTypeLike, column: str, formula: Formula, of_nobody: float = 0.0) -> None:
        self._table: NDArray[Any] = np.zeros((days, 0), figure)  # a morning reads one day of all
        self._is_new = np.ones(0, np.bool_)
        self._column, self._formula, self._of_nobody = column, formula, of_nobody
        self._met = -1
        self._crew: Crew | None = None
        self._first = 0
        self._means: list[tuple[float, ...]] = []

    def means(self, crew: Crew, day: int, groups: int | None = None) -> Sequence[float]:
        """The mean figure on a day of each group of a crew, or of so many of its first groups, weighted by hours."""
        return self._on(crew, day, crew.bounds if groups is None else crew.bounds[: groups + 1], crew.fte)

    def mean(self, crew: Crew, day: int) -> float:
        """The mean figure on a day of all of a crew, weighted by their hours."""
        return self._on(crew, day, (0, crew.bounds[-1]), (crew.hours,))[0]

    def _on(self, crew: Crew, day: int, bounds: Sequence[int], hours: Sequence[float]) -> Sequence[float]:
        if crew is not self._crew or not 0 <= day - self._first < len(self._means):
            self._crew, self._first, self._means = crew, day, self._from(crew, day, bounds, hours)
        return self._means[day - self._first]

    def _from(self, crew: Crew, day: int, bounds: Sequence[int], hours: Sequence[float]) -> list[tuple[float, ...]]:
        """Means of a day and the next ones, as the crew stands."""
        rows = crew.rows[: bounds[-1]]
        if crew.gathering != self._met:  # nobody is new otherwise
            self._met = crew.gathering
            self._meet(crew, rows, day)
        figures = self._table[day : day + DAYS_AT_ONCE].take(rows, axis=1)
        groups, nobody = zip(pairwise(bounds), hours, strict=False), [self._of_nobody] * len(figures)
        of_groups = [
            (np.vecdot(figures[:, begin:end], crew.weights[begin:end]) / own).tolist() if own else nobody
            for (begin, end), own in groups
        ]
        return list(zip(*of_groups, strict=True))

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
