"""People as they join a team: those of the start, those of a given class, those whom a requisition found.

The heads of the start have been in production, past nesting, for their weeks of tenure, and were in nesting and
training for the usual weeks before that; without tenure they are experienced. Of people who come together, kinds of
contract (`employment`) have their shares, to within one person or so. Dates of classes are the scenario
zone's; training and nesting last whole weeks of its calendar. A class that ends with `until` is released at the
midnight that ends that date. Of a class with `graduates` so many pass, by lot, and attrition begins when training
ends; of others each passes with the share of the hiring's `training_pass`.
"""

from datetime import date, timedelta
from functools import cached_property

import numpy as np

from simulation.scenario.grid import WEEK, Grid
from simulation.scenario.people.classes import Engagement, TrainingClass
from simulation.scenario.people.tenure import Tenure
from simulation.scenario.people.workforce import Workforce
from simulation.scenario.vendors import Team
from simulation.world.people.persons import HIRED_FOR, Float64, Persons, lots, named
from simulation.world.randomness import Draws, Purpose
from simulation.world.stages import skill_sets

GOLDEN_SECTION = 0.6180339887498949


class Joining:
    """How people join one team in one replication. dates: the days of the scenario."""

    def __init__(self, team: Team, workforce: Workforce, grid: Grid, draws: Draws) -> None:
        self._team, self._workforce, self._grid, self._draws = team.id, workforce, grid, draws
        self._sets = skill_sets(tuple(skill.queue for skill in team.skills), workforce)
        hiring = workforce.hiring
        self._training_weeks = hiring.training_weeks if hiring is not None else 0
        self._likely: dict[date, Persons] = {}
        self.dates = grid.dates
        self._pass_share = 1.0 if hiring is None else hiring.pass_share

    def at_the_start(self) -> Persons:
        """The heads of the start."""
        people = named(self._team, self._workforce.headcount, self._draws)
        people["hours"] = contract_hours(self._workforce, len(people))
        if self._workforce.tenure_weeks is not None:
            weeks = tenures(self._workforce.tenure_weeks, len(people))
            people["settled"] = -np.rint(weeks * WEEK).astype(np.int64)
            people["trained"] = people["settled"] - self._workforce.nesting_weeks * WEEK
            people["started"] = people["trained"] - self._training_weeks * WEEK
        return people

    def classes(self) -> list[tuple[TrainingClass, Persons]]:
        """The given classes; those that start on one date are told apart by their order."""
        starts = [entry.start for entry in self._workforce.classes]
        return [
            (entry, self._class(entry, starts[:c].count(entry.start)))
            for c, entry in enumerate(self._workforce.classes)
        ]

    def _class(self, entry: TrainingClass, number: int) -> Persons:
        people = named(f"{self._team}/{entry.start}/{number}", entry.size, self._draws)
        self._train(people, entry.start, self._workforce.training_weeks(entry))
        people["temporary"] = entry.employment is Engagement.TEMPORARY
        people["hired"] = HIRED_FOR[entry.reason]
        if entry.hours_per_week is not None:
            people["hours"] = entry.hours_per_week
        if entry.queues:
            people["skills"] = next(k for k, queues in enumerate(self._sets) if set(queues) == set(entry.queues))
        if entry.until is not None and entry.until < self.dates[-1]:
            people["until"] = self._grid.midnight(entry.until + timedelta(days=1))
        if entry.graduates is not None:
            by_lot = np.argsort(lots(self._draws, Purpose.TRAINING_PASS, "", people))
            people["passes"] = False
            people["passes"][by_lot[: entry.graduates]] = True
            people["pass_share"] = entry.graduates / entry.size
            people["since"] = np.maximum(people["trained"], 0)
        return people

    def requisitioned(self, number: int, heads: int) -> Persons:
        """Whom a requisition found, named by its number; `start` says when their class begins."""
        return named(f"{self._team}/requisition {number}", heads, self._draws)

    def start(self, people: Persons, day: date) -> None:
        """Their class begins on a date."""
        self._train(people, day, self._training_weeks)

    def likely(self, day: date) -> Persons:
        """One person of a class that begins on a date, as a planner thinks of it; not to be written to."""
        if day not in self._likely:
            self._likely[day] = self._anybody.copy()
            self._date(self._likely[day], day, self._training_weeks)
        return self._likely[day]

    @cached_property
    def _anybody(self) -> Persons:
        """One person who will be hired, whoever it is."""
        people = self.requisitioned(0, 1)
        people["hours"] = contract_hours(self._workforce, 1)
        return people

    def _train(self, people: Persons, day: date, weeks: int) -> None:
        self._date(people, day, weeks)
        people["hours"] = contract_hours(self._workforce, len(people))
        people["passes"] = lots(self._draws, Purpose.TRAINING_PASS, "", people) < self._pass_share

    def _date(self, people: Persons, day: date, weeks: int) -> None:
        trained = day + timedelta(weeks=weeks)
        people["started"] = self._grid.midnight(day)
        people["trained"] = self._grid.midnight(trained)
        people["settled"] = self._grid.midnight(trained + timedelta(weeks=self._workforce.nesting_weeks))
        people["since"] = np.maximum(people["started"], 0)
        people["pass_share"] = self._pass_share


def contract_hours(workforce: Workforce, heads: int) -> Float64:
    """Float64 (heads,): paid hours a week of people who come together; the golden section spreads the contracts."""
    if not workforce.employment:
        return np.full(heads, workforce.hours_per_week)
    shares = np.cumsum([kind.share for kind in workforce.employment])
    hours = np.array([kind.hours_per_week for kind in workforce.employment])
    places = (np.arange(heads) + 0.5) * GOLDEN_SECTION % 1 * shares[-1]
    own: Float64 = hours[np.searchsorted(shares, places, "right").clip(max=len(hours) - 1)]
    return own


def tenures(given: Tenure, heads: int) -> Float64:
    """Float64 (heads,): weeks in production of each head of the start."""
    if given.bands is not None:
        return np.repeat([band.from_week for band in given.bands], [band.heads for band in given.bands])
    if given.all is not None:
        return np.full(heads, given.all)
    return -(given.mean or 0.0) * np.log1p(-(np.arange(heads) + 0.5) / heads)
