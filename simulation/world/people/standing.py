"""How a team's agent groups stand in the morning, from its persons: cached until somebody comes, goes or moves on."""

from collections.abc import Callable, Sequence
from itertools import pairwise

import numpy as np

from simulation.outcome.counting.counters import Int64, StockField
from simulation.scenario.people.workforce import Workforce
from simulation.scenario.vendors import Team
from simulation.world.people.ahead import Ahead, Formula
from simulation.world.people.crew import Crew, TeamToday
from simulation.world.people.learning import Pace
from simulation.world.people.persons import GONE, Float64, Persons, Rows
from simulation.world.stages import groups_of, nesting_queues, skill_sets


class Standing:
    """The agent groups of one team, in their order."""

    def __init__(self, team: Team, workforce: Workforce, pace: Pace, mornings: Int64) -> None:
        skills = tuple(skill.queue for skill in team.skills)
        sets = skill_sets(skills, workforce)
        groups = list(groups_of(skills, workforce))
        nested = nesting_queues(sets, workforce)
        self._groups = len(groups)
        self._group = np.full((len(StockField) + 1, len(sets)), -1)  # the last row is that of GONE
        self._group[StockField.TENURED] = np.arange(len(sets))
        if workforce.nesting is not None:
            self._group[StockField.NESTING] = [groups.index((StockField.NESTING, queues)) for queues in nested]
        self._pace, self._full_time = pace, workforce.hours_per_week
        self._mornings = mornings
        self._speeds = Ahead(len(mornings), np.float64, "settled", self._from(pace.speeds), 1.0)
        self._resolutions = Ahead(len(mornings), np.float64, "settled", self._from(pace.resolutions), 1.0)
        self._mentor_share = workforce.nesting.mentor_share if workforce.nesting is not None else 0.0
        self._tenured = len(sets)
        nesting = self._groups - self._tenured
        self._usual: Sequence[float] = [1.0] * self._tenured
        self._nesting_speeds, self._nesting_resolutions = (
            [pace.nesting_speed] * nesting,
            [pace.nesting_resolution] * nesting,
        )
        self._gatherings = 0
        self._crew: Crew | None = None
        self._is_whole = True

    def forget(self) -> None:
        """Somebody came or moved on."""
        self._crew = None

    def without_some(self) -> None:
        """Somebody went; the others stand as before."""
        self._is_whole = False

    def today(self, persons: Persons, day: int, bench: int) -> TeamToday:
        """The team as it stands on the morning of a day of the scenario."""
        crew, pace = self._crew_of(persons), self._pace
        speeds = resolutions = self._usual
        if not pace.all_are_as_fast:
            speeds = self._speeds.means(crew, day, self._tenured)
        if not pace.all_are_as_sure:
            resolutions = self._resolutions.means(crew, day, self._tenured)
        return TeamToday(
            crew,
            speed=[1 / speed for speed in (*speeds, *self._nesting_speeds)],
            resolution=[*resolutions, *self._nesting_resolutions],
            bench=bench,
        )

    def _from(self, curve: Callable[[Int64, Int64], Float64]) -> Formula:
        """A learning curve on the mornings from a day on, of people past nesting since an instant."""
        return lambda settled, day: curve(settled[:, None], self._mornings[day:])

    def _crew_of(self, persons: Persons) -> Crew:
        crew = self._crew
        if crew is None:
            self._gatherings += 1
            group = self._group[persons["stage"], persons["skills"]]
            rows = [(group == g).nonzero()[0] for g in range(self._groups)]
            bounds = np.cumsum([0, *map(len, rows)]).tolist()
            everybody = np.concatenate(rows)
            self._crew = crew = self._with(persons, everybody, bounds, persons["hours"][everybody] / self._full_time)
        elif not self._is_whole:
            stay = (persons["stage"][crew.rows] != GONE).nonzero()[0]
            bounds = stay.searchsorted(crew.bounds).tolist()
            self._crew = crew = self._with(crew.persons, crew.rows[stay], bounds, crew.weights[stay])
        self._is_whole = True
        return crew

    def _with(self, persons: Persons, rows: Rows, bounds: list[int], weights: Float64) -> Crew:
        tenured = bounds[self._tenured]
        nesting = bounds[-1] - tenured
        mentoring = min(1.0, self._mentor_share * nesting / tenured) if tenured else 0.0
        return Crew(
            persons=persons,
            gathering=self._gatherings,
            rows=rows,
            bounds=bounds,
            weights=weights,
            fte=[float(np.add.reduce(weights[begin:end])) for begin, end in pairwise(bounds)],
            mentoring=[mentoring] * self._tenured + [0.0] * (self._groups - self._tenured),
        )
