"""Attrition as a hazard: by stage and tenure, times the month's factor.

A person's hazard, per head and time, is piecewise constant in the time since the person's own dates:

- `annual_rate` r: r / 365 days; with `first_90_days` p, instead -ln(1 - p) / 90 days in the first 90 days since the
  first day of training; with `training_weekly` a, instead -ln(1 - a) / week until training ends
- `bands`: -ln(1 - weekly) / week by the weeks since training ended; in training by `training_weekly`, or as in the
  first band

and is multiplied by the factor of the calendar month of the scenario's zone, `first_90_days` too: its share holds where
factors are 1; and by the multipliers of the team's events ATTRITION that are under way. A person leaves when the hazard
summed over the time with the company reaches the person's luck, an exponential variable of mean 1.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from math import log, prod

import numpy as np
from numpy.typing import NDArray

from simulation.outcome.counting.counters import Int64
from simulation.scenario.calendar import MonthName
from simulation.scenario.event_kinds import EventKind
from simulation.scenario.grid import DAY, WEEK, Grid
from simulation.scenario.people.attrition import Attrition
from simulation.scenario.scenario import Scenario
from simulation.world.people.persons import NEVER, Persons

Float64 = NDArray[np.float64]

YEAR = 365 * DAY


@dataclass(frozen=True)
class Shock:
    """A team's hazards are multiplied from one instant to another."""

    team: str
    begins: int
    ends: int
    multiplier: float


def shocks(scenario: Scenario, grid: Grid) -> list[Shock]:
    """A scenario's shocks of attrition, from midnight to midnight of its zone."""
    found = []
    for event in scenario.events:
        if event.kind is EventKind.ATTRITION and event.start is not None:
            first = event.start.date()
            begins, ends = grid.midnight(first), grid.midnight(first + timedelta(weeks=event.weeks or 0))
            found.append(Shock(event.team or "", begins, ends, 1.0 if event.multiplier is None else event.multiplier))
    return found


class Hazard:
    """How fast the people of one team leave over the horizon. shocks: the team's."""

    def __init__(self, attrition: Attrition | None, grid: Grid, shocks: Sequence[Shock] = ()) -> None:
        self.nobody_leaves = attrition is None
        given = attrition or Attrition(annual_rate=0.0)
        self._end = grid.horizon
        turns = [turn for shock in shocks for turn in (shock.begins, shock.ends) if 0 < turn < grid.horizon]
        edges = np.unique(np.concatenate([grid.months[:-1], np.array(turns, np.int64)]))
        self._turns, months = edges[1:], [MonthName.of(grid.instant(int(edge)).date()) for edge in edges]
        struck = [[shock.multiplier for shock in shocks if shock.begins <= edge < shock.ends] for edge in edges]
        of_month = [given.months.get(month, 1.0) for month in months]
        self._factors = np.array([one * prod(more) for one, more in zip(of_month, struck, strict=True)])
        self._since, self._offsets, self.rates = _steps(given)
        self._edges = np.append(0, self._turns)
        self._once: dict[int, float] = {}
        self._weighted = np.append(0.0, np.cumsum(self._factors[:-1] * np.diff(self._edges)))

    def leaving(self, people: Persons) -> Int64:
        """Int64 (people,): when each leaves if left alone from `since` on; NEVER for those who outlast the horizon."""
        edges, summed = self._summed(people, people["since"], np.full(len(people), self._end))
        reached = summed < people["luck"][:, None]
        last = reached.shape[1] - 1
        step = np.minimum(reached.sum(axis=1), last)
        row = np.arange(len(people))
        after, before = summed[row, step], summed[row, np.maximum(step - 1, 0)]
        begin, end = edges[row, np.maximum(step - 1, 0)], edges[row, step]
        with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
            part = np.where(after > before, np.minimum((people["luck"] - before) / (after - before), 1.0), 0.0)
        instants = np.ceil(begin + part * (end - begin)).astype(np.int64)
        outlasts = reached[:, last] | (instants >= self._end)
        return np.where(outlasts, NEVER, instants).astype(np.int64)

    def spent(self, people: Persons, begin: Int64, end: int) -> Float64:
        """Float64 (people,): hazard summed from `begin` of each to `end`, by time weighted with the months' factors."""
        return Exposure(self, people, begin).until(end)

    def weighted_once(self, instant: int) -> float:
        """`weighted` of one instant, which policies of a team ask for many times."""
        if instant not in self._once:
            self._once[instant] = float(self.weighted(instant))
        return self._once[instant]

    def weighted(self, instants: Int64 | int) -> Float64:
        """Time from the start to each instant, weighted with the months' factors."""
        step = self._turns.searchsorted(instants, "right")
        return np.asarray(self._weighted[step] + self._factors[step] * (instants - self._edges[step]))

    def turns(self, people: Persons) -> Int64:
        """Int64 (people, rates - 1): when each person's own rate changes."""
        return np.asarray(people[self._since][:, None] + self._offsets)

    def _summed(self, people: Persons, begin: Int64, end: Int64) -> tuple[Int64, Float64]:
        """Edges at which a hazard may change, (people, edges) from begin to end, and the hazard summed up to each."""
        own = self.turns(people)
        low, high = begin[:, None], end[:, None]
        between = (self._turns > low.min(initial=NEVER)) & (self._turns < high.max(initial=0))
        turns = np.broadcast_to(self._turns[between], (len(people), int(between.sum())))
        edges = np.sort(np.clip(np.concatenate([low, own, turns, high], axis=1), low, high), axis=1)
        starts = edges[:, :-1]
        rate = self.rates[(own[:, None, :] <= starts[:, :, None]).sum(axis=2)]
        factor = self._factors[np.searchsorted(self._turns, starts, "right")]
        summed = np.zeros(edges.shape)
        np.cumsum(rate * factor * np.diff(edges, axis=1), axis=1, out=summed[:, 1:])
        return edges, summed


class Exposure:
    """People from an instant of each on, ready to be asked until when: weighted time grows with time, so that what is
    weighted once is only cut at the end."""

    def __init__(self, hazard: Hazard, people: Persons, begin: Int64) -> None:
        self._hazard = hazard
        self._begin = hazard.weighted(begin)
        self._turns = np.maximum(hazard.weighted(hazard.turns(people)), self._begin[:, None])

    def until(self, end: int) -> Float64:
        """Float64 (people,): hazard summed up to an instant; 0 of those who begin later."""
        high = np.maximum(self._begin, self._hazard.weighted_once(end))[:, None]
        weighted = np.concatenate([self._begin[:, None], np.minimum(self._turns, high), high], axis=1)
        return np.asarray((weighted[:, 1:] - weighted[:, :-1]) @ self._hazard.rates)

    def until_each(self, ends: Int64) -> Float64:
        """Float64 (ends, people): the same up to each of some instants, worked out at once."""
        high = np.maximum(self._begin, self._hazard.weighted(ends)[:, None])[..., None]
        begin = np.broadcast_to(self._begin[:, None], high.shape)
        weighted = np.concatenate([begin, np.minimum(self._turns, high), high], axis=2)
        return np.asarray((weighted[..., 1:] - weighted[..., :-1]) @ self._hazard.rates)


def _steps(given: Attrition) -> tuple[str, Int64, Float64]:
    """Since which of a person's instants the hazard runs, the offsets at which it changes, and its rates."""

    def weekly(probability: float) -> float:
        return -log(1 - probability) / WEEK

    annual = (given.annual_rate or 0.0) / YEAR
    if given.first_90_days is not None:
        return "started", np.array([90 * DAY]), np.array([-log(1 - given.first_90_days) / (90 * DAY), annual])
    rates = [weekly(band.weekly) for band in given.bands or ()] or [annual]
    offsets = [round(band.from_week * WEEK) for band in given.bands or ()] or [0]
    training = rates[0] if given.training_weekly is None else weekly(given.training_weekly)
    return "trained", np.array(offsets, np.int64), np.array([training, *rates])
