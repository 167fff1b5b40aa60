"""How a team's agent groups stand in the morning, from its persons: cached until somebody comes, goes or moves on."""

import numpy as np
from numpy.typing import NDArray

from simulation.outcome.counters import Int64, StockField
from simulation.scenario.vendors import Team
from simulation.scenario.workforce import Workforce
from simulation.world.learning import Pace
from simulation.world.persons import Float64, Persons
from simulation.world.stages import PRODUCTION, StageToday, groups_of, nesting_queues, skill_sets

UInt64 = NDArray[np.uint64]


class Standing:
    """The agent groups of one team, in their order."""

    def __init__(self, team: Team, workforce: Workforce, pace: Pace) -> None:
        skills = tuple(skill.queue for skill in team.skills)
        sets = skill_sets(skills, workforce)
        groups = list(groups_of(skills, workforce))
        nested = nesting_queues(sets, workforce)
        self._stages = [stage for stage, _ in groups]
        self._group = {(StockField.TENURED, k): k for k in range(len(sets))}
        if workforce.nesting is not None:
            found = {(StockField.NESTING, k): groups.index((StockField.NESTING, nested[k])) for k in range(len(sets))}
            self._group |= found
        self._pace, self._full_time = pace, workforce.hours_per_week
        self._mentor_share = workforce.nesting.mentor_share if workforce.nesting is not None else 0.0
        self._members: list[tuple[UInt64, Float64, Int64]] | None = None

    def forget(self) -> None:
        """Somebody came, went or moved on."""
        self._members = None

    def today(self, persons: Persons, now: int, bench: int) -> tuple[StageToday, ...]:
        """Every agent group as it stands now."""
        if self._members is None:
            self._members = self._gathered(persons)
        members = self._members
        heads = dict.fromkeys(PRODUCTION, 0)
        for stage, (keys, _, _) in zip(self._stages, members, strict=True):
            heads[stage] += len(keys)
        tenured = heads[StockField.TENURED]
        mentoring = min(1.0, self._mentor_share * heads[StockField.NESTING] / tenured) if tenured else 0.0
        return tuple(
            self._stage(stage, keys, weights, settled, now, mentoring, bench if g == 0 else 0)
            for g, (stage, (keys, weights, settled)) in enumerate(zip(self._stages, members, strict=True))
        )

    def _gathered(self, persons: Persons) -> list[tuple[UInt64, Float64, Int64]]:
        """Keys, weights and end of nesting of every group's people."""
        stages, sets = persons["stage"].copy(), persons["skills"].copy()
        keys, hours, settled = persons["key"], persons["hours"], persons["settled"]
        group = np.full(len(persons), -1, np.int8)
        for (stage, skills), number in self._group.items():
            group[(stages == stage) & (sets == skills)] = number
        rows = [np.flatnonzero(group == g) for g in range(len(self._stages))]
        return [(keys[own], hours[own] / self._full_time, settled[own]) for own in rows]

    def _stage(
        self,
        stage: StockField,
        keys: UInt64,
        weights: Float64,
        settled: Int64,
        now: int,
        mentoring: float,
        bench: int,
    ) -> StageToday:
        fte = float(weights.sum())
        if stage is StockField.NESTING:
            speed, resolution = self._pace.nesting_speed, self._pace.nesting_resolution
        elif fte == 0 or self._pace.everybody_is_alike:
            speed = resolution = 1.0
        else:
            speeds, resolutions = self._pace.of(settled, now)
            speed, resolution = float(weights @ speeds) / fte, float(weights @ resolutions) / fte
        return StageToday(
            heads=len(keys),
            fte=fte,
            speed=1 / speed,
            resolution=resolution,
            mentoring=mentoring if stage is StockField.TENURED else 0.0,
            bench=bench,
            persons=keys,
            weights=weights,
        )
