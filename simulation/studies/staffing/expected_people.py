"""Expected people of a team by week: those who are there anyway, and what one more of some kind adds.

By the hazards, training shares, nesting and learning curves of the simulated pipeline (`world.people`), as planners
know them: no luck, no events. A week's figures are those of its middle. *Floor hours* are paid hours x (1 - s);
*effective* hours those hours x tenured / own handling time.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from simulation.scenario.grid import DAY, HOUR, WEEK, Grid
from simulation.scenario.people.classes import TrainingClass
from simulation.scenario.scenario import Scenario
from simulation.scenario.vendors import Team
from simulation.world.demand.cells import Float64
from simulation.world.people.attrition import Exposure, Hazard
from simulation.world.people.joining import Joining
from simulation.world.people.learning import Pace
from simulation.world.people.persons import Persons
from simulation.world.planning.shrinkage import Shrinkage
from simulation.world.randomness import Draws


@dataclass(frozen=True, eq=False)
class Expected:
    """By week, Float64 (weeks,) each.

    seated: heads on the payroll; training: of these in training; heads: past training, as a PLAN's target counts;
    floor, effective: hours in the week
    """

    seated: Float64
    training: Float64
    heads: Float64
    floor: Float64
    effective: Float64

    def times(self, amount: float) -> "Expected":
        """So many of them."""
        return Expected(*(amount * values for values in self._all))

    def plus(self, other: "Expected") -> "Expected":
        """Both."""
        return Expected(*(one + two for one, two in zip(self._all, other._all, strict=True)))

    @property
    def _all(self) -> tuple[Float64, ...]:
        return self.seated, self.training, self.heads, self.floor, self.effective


class TeamOutlook:
    """What to expect of the people of one team."""

    def __init__(self, team: Team, scenario: Scenario, grid: Grid) -> None:
        assert team.workforce is not None  # given agents have no people
        self.team, self.people, self._grid = team, team.workforce, grid
        self._joining = Joining(team, team.workforce, grid, Draws(0, 0))
        self._hazard, self._pace = Hazard(team.workforce.attrition, grid), Pace(team.workforce)
        self._middles = np.minimum(grid.weeks[:-1] + WEEK // 2, grid.horizon - 1)
        self.whole = np.diff(grid.weeks) / WEEK
        firsts = [grid.start + timedelta(weeks=week) for week in range(len(grid.weeks) - 1)]
        self.present = np.array([1 - Shrinkage.of(team.workforce, first).lost for first in firsts])
        self._moves = _moves(scenario, team, firsts)

    def there(self) -> Expected:
        """Those of the start, classes in progress and people lent; nobody who is yet to be decided on."""
        begun = [people for entry, people in self._joining.classes() if entry.start < self._grid.start]
        found = self._of([self._joining.at_the_start(), *begun])
        hours = self._moves * self.people.mean_hours * self.present * self.whole
        return found.plus(Expected(self._moves, np.zeros_like(hours), self._moves, hours, hours))

    def class_to_come(self, place: int, until: date | None) -> Expected:
        """One head of a given class that is yet to start, as it stands in the workforce, with its last day."""
        entry, people = self._joining.classes()[place]
        people = people[:1].copy()
        if until is not None:
            people["until"] = self._grid.midnight(min(until + timedelta(days=1), self._end))
        if entry.graduates is not None:
            people["pass_share"] = entry.graduates / entry.size
        return self._of([people])

    def hired(self, start: date) -> Expected:
        """One head of a class of hired people that starts on a date."""
        return self._of([self._joining.likely(start)])

    def released(self, week: int) -> Expected:
        """One experienced head less from a week's beginning on."""
        people = self._joining.at_the_start()[:1]
        if not len(people):
            people = self._joining.likely(self._grid.start)
        gone = people.copy()
        for column in ("started", "trained", "settled"):
            gone[column] = -520 * WEEK
        gone["since"] = self._grid.weeks[week]
        after = self._of([gone])
        mask = (np.arange(len(self._middles)) >= week).astype(np.float64)
        return Expected(*(-values * mask for values in after._all))

    @property
    def _end(self) -> date:
        return self._grid.dates[-1]

    def _of(self, groups: Sequence[Persons]) -> Expected:
        totals = np.zeros((5, len(self._middles)))
        for people in groups:
            if not len(people):
                continue
            exposure = Exposure(self._hazard, people, people["since"])
            for week, at in enumerate(self._middles.tolist()):
                totals[:, week] += self._at(people, exposure, at, week)
        return Expected(*totals)

    def _at(self, people: Persons, exposure: Exposure, at: int, week: int) -> Float64:
        stays = np.exp(-exposure.until(at)) * (people["started"] <= at) * (people["until"] > at)
        trained = people["trained"] <= at
        past = stays * np.where(people["started"] >= 0, people["pass_share"], 1.0) * trained
        speed = np.where(people["settled"] <= at, self._pace.speeds(people["settled"], at), self._pace.nesting_speed)
        hours = past * people["hours"] * self.present[week] * self.whole[week]
        training = float((stays * ~trained).sum())
        return np.array([training + past.sum(), training, past.sum(), hours.sum(), (hours * speed).sum()])


def _moves(scenario: Scenario, team: Team, firsts: Sequence[date]) -> Float64:
    """Heads lent to the team less those that it lends, by week."""
    heads = np.zeros(len(firsts))
    for other in scenario.teams:
        for move in other.workforce.moves if other.workforce is not None else ():
            away = np.array([move.start <= day and (move.until is None or day <= move.until) for day in firsts])
            trained = move.start + timedelta(weeks=move.training_weeks)
            here = away & np.array([trained <= day for day in firsts])
            heads += move.heads * here if other.id == team.id else 0.0
            heads -= move.heads * away if move.from_ == team.id else 0.0
    return heads


def given_hours(team: Team, grid: Grid) -> Float64:
    """Float64 (weeks,): hours on the floor of given agents."""
    assert team.staffing is not None  # the others have people
    agent_hours = np.broadcast_to(np.array(team.staffing.agents), grid.intervals) * grid.interval_lengths / HOUR
    return np.bincount(grid.week_of_interval, agent_hours, len(grid.weeks) - 1).astype(np.float64)


def class_days(team: Team, grid: Grid) -> list[date]:
    """Dates on which a class of people asked for at the start or later can start, after the mean lead time: every one
    of a team that starts classes in turn, else one a week."""
    hiring = team.workforce.hiring if team.workforce is not None else None
    if hiring is None:
        return []
    earliest = grid.start + timedelta(days=-(-hiring.mean_lead // DAY))
    days = [day for day in grid.dates if day >= earliest and hiring.starts_class_on(day)]
    if hiring.classes_per_month is not None:
        return days
    weeks: dict[int, date] = {}
    for day in days:
        weeks.setdefault((day - grid.start).days // 7, day)
    return list(weeks.values())


def is_to_come(entry: TrainingClass, grid: Grid) -> bool:
    """Whether a class starts with the scenario or later, so that it may still be decided on."""
    return entry.start >= grid.start
