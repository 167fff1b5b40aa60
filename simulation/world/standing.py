"""How a team's agent groups stand in the morning, from its persons: cached until somebody comes, goes or moves on."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from simulation.outcome.counters import Int64, StockField
from simulation.scenario.vendors import Team
from simulation.scenario.workforce import Workforce
from simulation.world.ahead import Ahead, Formula
from simulation.world.learning import Pace
from simulation.world.persons import Float64, Persons, Rows
from simulation.world.stages import PRODUCTION, StageToday, groups_of, nesting_queues, skill_sets

UInt64 = NDArray[np.uint64]


@dataclass(frozen=True, eq=False)
class _Members:
    """The people of one group: rows among the team's persons, keys, hours / full time, end of nesting."""

    stage: StockField
    rows: Rows
    keys: UInt64
    weights: Float64
    settled: Int64

    @cached_property
    def fte(self) -> float:
        return float(self.weights.sum())

    def without(self, row: int) -> "_Members":
        place = int(self.rows.searchsorted(row))
        if place == len(self.rows) or self.rows[place] != row:
            return self
        stay = self.rows != row
        return _Members(self.stage, self.rows[stay], self.keys[stay], self.weights[stay], self.settled[stay])


class Standing:
    """The agent groups of one team, in their order."""

    def __init__(self, team: Team, workforce: Workforce, pace: Pace, mornings: Int64) -> None:
        skills = tuple(skill.queue for skill in team.skills)
        sets = skill_sets(skills, workforce)
        groups = list(groups_of(skills, workforce))
        nested = nesting_queues(sets, workforce)
        self._stages = [stage for stage, _ in groups]
        self._group = np.full((len(StockField) + 1, len(sets)), -1)  # the last row is that of GONE
        self._group[StockField.TENURED] = np.arange(len(sets))
        if workforce.nesting is not None:
            self._group[StockField.NESTING] = [groups.index((StockField.NESTING, queues)) for queues in nested]
        self._pace, self._full_time = pace, workforce.hours_per_week
        self._mornings, self._day = mornings, {at: day for day, at in enumerate(mornings.tolist())}
        self._speeds = Ahead(len(mornings), np.float64, self._from(pace.speeds))
        self._resolutions = Ahead(len(mornings), np.float64, self._from(pace.resolutions))
        self._mentor_share = workforce.nesting.mentor_share if workforce.nesting is not None else 0.0
        self._members: list[_Members] | None = None

    def forget(self) -> None:
        """Somebody came or moved on."""
        self._members = None

    def without(self, row: int) -> None:
        """One person went; the others stand as before."""
        if self._members is not None:
            self._members = [members.without(row) for members in self._members]

    def today(self, persons: Persons, now: int, bench: int) -> tuple[StageToday, ...]:
        """Every agent group as it stands now."""
        day = self._day[now]
        if self._members is None:
            self._members = self._gathered(persons)
        heads = dict.fromkeys(PRODUCTION, 0)
        for members in self._members:
            heads[members.stage] += len(members.rows)
        tenured = heads[StockField.TENURED]
        mentoring = min(1.0, self._mentor_share * heads[StockField.NESTING] / tenured) if tenured else 0.0
        return tuple(
            [self._stage(members, day, mentoring, 0 if g else bench) for g, members in enumerate(self._members)]
        )

    def _from(self, curve: Callable[[Int64, Int64], Float64]) -> Formula:
        """A learning curve on the mornings from a day on, of people past nesting since an instant."""
        return lambda settled, day: curve(settled[:, None], self._mornings[day:])

    def _gathered(self, persons: Persons) -> list[_Members]:
        group = self._group[persons["stage"], persons["skills"]]
        rows = [np.flatnonzero(group == g) for g in range(len(self._stages))]
        keys, hours, settled = persons["key"], persons["hours"], persons["settled"]
        return [
            _Members(stage, own, keys[own], hours[own] / self._full_time, settled[own])
            for stage, own in zip(self._stages, rows, strict=True)
        ]

    def _stage(self, members: _Members, day: int, mentoring: float, bench: int) -> StageToday:
        fte, weights = members.fte, members.weights
        speed = resolution = 1.0
        if members.stage is StockField.NESTING:
            speed, resolution = self._pace.nesting_speed, self._pace.nesting_resolution
        elif fte > 0:
            if not self._pace.all_are_as_fast:
                speed = float(weights @ self._speeds.on(members.rows, members.settled, day)) / fte
            if not self._pace.all_are_as_sure:
                resolution = float(weights @ self._resolutions.on(members.rows, members.settled, day)) / fte
        return StageToday(
            heads=len(members.rows),
            fte=fte,
            speed=1 / speed,
            resolution=resolution,
            mentoring=mentoring if members.stage is StockField.TENURED else 0.0,
            bench=bench,
            rows=members.rows,
            persons=members.keys,
            weights=weights,
        )
