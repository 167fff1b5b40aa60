"""The rosters of all teams side by side, since a few large arrays a day cost less than many small ones.

Teams have places for as many dates as any of them needs on a day; those left over are empty. Everything is as of
`roster.Roster` and `roster.DayParts`.
"""

from collections.abc import Sequence
from functools import lru_cache

import numpy as np

from simulation.scenario.grid import Int64
from simulation.world.rosters.patterns import Float64
from simulation.world.rosters.roster import DayParts, Roster
from simulation.world.rosters.whole_heads import spread


class JointRoster:
    """Several teams' rosters over the same days; made once for the same ones, for all replications.

    dates: Int64 (days, teams, dates), of each day, as places in each team's plan, -1 in empty places
    not_on_leave, not_in_office: Float64 (days, teams, dates), 1 in empty places
    on_floor: Float64 (teams, intervals), of one FTE
    lent: Float64 (teams, 4, intervals), where one agent of a bench is by the plan: on the floor, in the office, absent
        without leave, on leave
    """

    def __init__(self, rosters: Sequence[Roster]) -> None:
        self.day, self.hours = rosters[0].day, rosters[0].hours
        days, teams = len(rosters[0].parts), len(rosters)
        most = max(len(part.dates) for roster in rosters for part in roster.parts)
        self.dates = np.full((days, teams, most), -1)
        self.not_on_leave, self.not_in_office = np.ones((2, days, teams, most))
        self._planned = np.zeros((teams, most, len(self.hours)))
        for t, roster in enumerate(rosters):
            for day, part in enumerate(roster.parts):
                here = day, t, slice(len(part.dates))
                self.dates[here], self._planned[t, here[2], self.day(day)] = part.dates, part.planned
                self.not_on_leave[here], self.not_in_office[here] = part.not_on_leave, part.not_in_office
        self.on_floor = np.stack([roster.on_floor for roster in rosters])
        self.lent = np.stack([_lent(roster) for roster in rosters])
        is_fitted = any(roster.plan.weeks is not None for roster in rosters)
        self.fitted = [FittedDay(rosters, day) for day in range(days)] if is_fitted else []

    def rostered(self, day: int, fte: Float64) -> Float64:
        """Float64 (teams, dates, k): agents rostered on the dates of a day, with this FTE in production, Float64
        (teams,)."""
        rostered: Float64 = fte[:, None, None] * self._planned[:, :, self.day(day)]
        if self.fitted and len(self.fitted[day].first):
            fitted = self.fitted[day]
            rostered[fitted.teams, fitted.places] = fitted.rostered(fte.tolist())
        return rostered


class FittedDay:
    """What of all fitted shifts falls into a day: rows are patterns on dates, by team and date.

    first: Int64 (dates,), first row of each team's dates. teams, places: of each, which team's and which of its dates
    """

    def __init__(self, rosters: Sequence[Roster], day: int) -> None:
        parts = [(t, roster, roster.parts[day]) for t, roster in enumerate(rosters) if roster.plan.weeks is not None]
        dates = [(t, place, roster, date) for t, roster, part in parts for place, date in enumerate(part.dates)]
        self.teams, self.places = [date[0] for date in dates], [date[1] for date in dates]
        self._dates = [(t, roster.whole_heads, date) for t, _, roster, date in dates]
        self.first = _one_after_the_other([part for _, _, part in parts], [part.first for _, _, part in parts])
        rows = [len(part.entries) for _, _, part in parts]
        self._at_work = np.concatenate([part.at_work for _, _, part in parts])
        self._cumulated = np.concatenate([r.whole_heads.cumulated[:, part.entries] for _, r, part in parts], axis=1)
        self._date = np.repeat(np.arange(len(self.first)), np.diff(self.first, append=sum(rows)))

    def heads(self, fte: Sequence[float]) -> Float64:
        """Float64 (rows,): whole heads on each row, with this FTE of each team."""
        heads = np.array([whole.on(date, fte[t]) for t, whole, date in self._dates])
        return spread(heads[self._date], self._cumulated)

    def rostered(self, fte: Sequence[float]) -> Float64:
        """Float64 (dates, k): agents rostered."""
        return np.add.reduceat(self.heads(fte)[:, None] * self._at_work, self.first, axis=0)


@lru_cache(maxsize=4)
def joint_roster(rosters: tuple[Roster, ...]) -> JointRoster:
    """Made once for the same rosters."""
    return JointRoster(rosters)


def _one_after_the_other(parts: Sequence[DayParts], rows: Sequence[Int64]) -> Int64:
    """Rows of each part, counted over all of them."""
    ends = np.cumsum([0, *(len(part.entries) for part in parts)])
    return np.concatenate([own + end for own, end in zip(rows, ends, strict=False)])


def _lent(roster: Roster) -> Float64:
    present = roster.rostered - roster.absent
    in_office, absent = np.maximum(present - roster.on_floor, 0.0), np.maximum(roster.absent - roster.on_leave, 0.0)
    return np.stack([roster.on_floor, in_office, absent, roster.on_leave])
