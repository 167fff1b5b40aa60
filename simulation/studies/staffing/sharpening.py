"""Sensitivities from simulated runs: what a head more or less of a plan does, and the next plan by these.

A *handle* is a given class, or the target of a team that hires over a month. Each is moved alone by a few heads and
simulated on the draws of a plan already tried; the differences, replication by replication, are the slopes of every
window's margin and of the cost. From the best plan so far, heads are then moved one step at a time along these lines
(marginal analysis): towards the probability wanted by the steps that raise its logarithm most for their cost, then
down by whatever saves and leaves it, exchanges of two included. What comes of it is simulated and corrects the slopes
(Broyden's rank-one update), so it is a proposal like any other.

Source: common random numbers and finite differences, Glasserman 2003, chapter 7; Broyden 1965; marginal analysis, Fox
1966.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import permutations

import numpy as np

from simulation.scenario.grid import Int64
from simulation.studies.staffing.hiring_plan import HiringPlan, in_force
from simulation.studies.staffing.options import What
from simulation.studies.staffing.outcomes import Trial, chance_of_all
from simulation.studies.staffing.setting import Setting
from simulation.world.demand.cells import Float64

SHARE = 0.06
"""A target is moved by this share of itself, a class by `OF_CLASS` of its size; a head at least."""
OF_CLASS = 0.34
FAR, DOWN = 3, 1
"""A handle is raised by so many steps at most from one plan to the next, and lowered: lines are straight nearby only,
and service saturates, so that what more people do not lift fewer may drop."""
MANY = 10_000
"""Heads of a target at a site without a number of seats."""
MOVES = 60
"""Steps of marginal analysis at most."""
NOTHING = 1e-6
"""Money that is none."""


@dataclass(frozen=True)
class Handle:
    """Heads of a plan that are moved together: a class by its place, or a team's targets in the weeks of a month.

    weeks: their first days; after: that of the week after, None where the horizon ends
    step: heads of a step; least, most: heads that a plan may have less and more than that with which it was found
    """

    team: str
    place: int | None
    weeks: tuple[date, ...]
    after: date | None
    step: int
    least: int
    most: int

    def moved(self, plan: HiringPlan, heads: int) -> HiringPlan:
        """The plan with so many heads more, or fewer."""
        if self.place is not None:
            one = plan.classes[self.team, self.place]
            changed = replace(one, heads=max(one.heads + heads, 0))
            return replace(plan, classes={**plan.classes, (self.team, self.place): changed})
        targets = plan.targets[self.team]
        own = {**targets, **{day: max(in_force(targets, day) + heads, 0) for day in self.weeks}}
        if self.after is not None:
            own[self.after] = in_force(targets, self.after)
        return replace(plan, targets={**plan.targets, self.team: dict(sorted(own.items()))})


def handles(setting: Setting, plan: HiringPlan) -> list[Handle]:
    """What of a plan may be moved."""
    found = []
    sizes = {(one.team, one.place): one.most for one in setting.options if one.what is What.CLASS}
    place_of = {team.id: t for t, team in enumerate(setting.scenario.teams)}
    for (team, place), one in plan.classes.items():
        more = int(sizes[place_of[team], place]) - one.heads
        found.append(Handle(team, place, (), None, max(round(OF_CLASS * one.heads), 2), -one.heads, more))
    firsts = setting.grid.dates[::7]
    for team, targets in plan.targets.items():
        for month in dict.fromkeys(map(_month, firsts)):
            weeks = tuple(day for day in firsts if _month(day) == month)
            after = next((day for day in firsts if day > weeks[-1]), None)
            own = [in_force(targets, day) for day in weeks]
            step = max(round(SHARE * sum(own) / len(own)), 1)
            most = int(min(setting.places(place_of[team]), MANY)) - max(own)
            found.append(Handle(team, None, weeks, after, step, -min(own), most))
    return found


def _month(week: date) -> tuple[int, int]:
    """That in which most of a week's days lie."""
    middle = week + timedelta(days=3)
    return middle.year, middle.month


class Slopes:
    """How margins and cost of a plan answer to its handles, in heads from the plan at which they were measured."""

    def __init__(self, moved: Sequence[Handle], at: Trial, probes: Sequence[Trial]) -> None:
        self.handles = list(moved)
        self._margin = np.zeros((len(at.margins), len(self.handles)))
        self._cost = np.zeros(len(self.handles))
        for number, (handle, probe) in enumerate(zip(self.handles, probes, strict=True)):
            margin, cost = _differences(at, probe)
            self._margin[:, number], self._cost[number] = margin / handle.step, cost / handle.step

    def correct(self, at: Trial, to: Trial, heads: Int64) -> None:
        """After a trial so many heads away from another: the nearest slopes that explain it."""
        size = np.array([handle.step for handle in self.handles])
        steps = heads / size
        if not steps.any():
            return
        margin, cost = _differences(at, to)
        along = steps / (steps @ steps) / size
        self._margin += np.outer(margin - self._margin @ heads, along)
        self._cost += (cost - self._cost @ heads) * along

    def best_move(self, at: Trial, heads: Int64, wanted: float, far: float) -> Int64:
        """Heads by handle that make a plan as probable as wanted for the least cost, by these lines.

        at: the trial of the plan that is moved; heads: Int64 (handles,), by which it has been moved so far; far: steps
        by which a handle is raised at most
        """
        sizes = np.array([handle.step for handle in self.handles], np.int64)
        room = np.array([(handle.least, handle.most) for handle in self.handles]).reshape(-1, 2) - heads[:, None]
        fewest = np.maximum(np.ceil(room[:, 0] / sizes), -DOWN)
        most = np.minimum(np.floor(room[:, 1] / sizes), np.floor(far))
        lines = _Lines.of(at, self._margin * sizes, self._cost * sizes)
        taken = np.zeros(len(sizes))
        for _ in range(MOVES):
            allowed = [m for m in _moves(len(sizes)) if ((fewest <= taken + m) & (taken + m <= most)).all()]
            move = lines.best_of(allowed, taken, wanted)
            if move is None:
                break
            taken = taken + move
        return (taken * sizes).astype(np.int64)


@dataclass(frozen=True, eq=False)
class _Lines:
    """A plan's windows in standard deviations and what a step of each handle does to them and to the cost."""

    levels: Float64
    apart: Float64
    raises: Float64
    costs: Float64

    @classmethod
    def of(cls, at: Trial, margins: Float64, costs: Float64) -> "_Lines":
        levels, apart = at.standings
        spreads = np.broadcast_to(at.spreads[:, None], margins.shape)
        return cls(levels, apart, np.divide(margins, spreads, out=np.zeros_like(margins), where=spreads > 0), costs)

    def chance(self, steps: Float64) -> float:
        return chance_of_all(self.levels + self.raises @ steps, self.apart)

    def best_of(self, moves: Sequence[Float64], taken: Float64, wanted: float) -> Float64 | None:
        """The move with the highest worth; None where none has any."""
        now = self.chance(taken)
        worths = [self._worth(now, taken, move, wanted) for move in moves]
        best = int(np.argmax(worths)) if worths else -1
        return moves[best] if best >= 0 and worths[best] > NOTHING else None

    def _worth(self, now: float, taken: Float64, move: Float64, wanted: float) -> float:
        """Short of what is wanted, the gain in log-probability by its cost; else what it saves, if that is left."""
        then, dearer = self.chance(taken + move), float(self.costs @ move)
        if now < wanted:
            return _gain(now, then, wanted) / max(dearer, NOTHING) if then > now else 0.0
        return -dearer if then >= wanted else 0.0


def _moves(handles_: int) -> list[Float64]:
    """A step of one handle up or down, or of one up and another down."""
    rows = np.eye(handles_)
    return [*rows, *-rows, *(up - down for up, down in permutations(rows, 2))]


def _gain(now: float, then: float, wanted: float) -> float:
    """In log-probability, as far as it is wanted."""
    return float(np.log(max(min(then, wanted), 1e-9)) - np.log(max(now, 1e-9)))


def _differences(at: Trial, other: Trial) -> tuple[Float64, float]:
    """Means over the replications of both: by how much margins and cost of the other are higher."""
    both = min(len(at.held), len(other.held))
    one, two = (np.array(trial.margins).reshape(len(at.margins), -1)[:, :both] for trial in (at, other))
    counted = (one < 1e9) & (two < 1e9)
    number = np.maximum(counted.sum(axis=1), 1)
    margin = np.where(counted, two - one, 0.0).sum(axis=1) / number
    return margin, float(np.mean(np.array(other.cost[:both]) - np.array(at.cost[:both])))
