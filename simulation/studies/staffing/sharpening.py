"""Sensitivities from simulated runs: what a unit more or less of a plan does, and the next plan by these.

Each handle of a plan is moved alone by a step and simulated on the draws of the plan itself; the differences,
replication by replication, are the slopes of every window's margin, of the cost and of the hours of every site. Margins
are shrunk as far as chance explains them: where one draw in eight tips an interval, a slope of nothing would keep the
plan from what saves. From
the best plan so far, units are then moved one step at a time along these lines (marginal analysis): towards the
probability wanted, and under the shares of sites, by the steps that lack least for their cost, then down by whatever
saves and leaves it, two handles at once included. What comes of it is simulated and corrects the slopes (Broyden's
rank-one update), so it is a proposal like any other.

Source: common random numbers and finite differences, Glasserman 2003, chapter 7; positive-part shrinkage, James and
Stein 1961; Broyden 1965; marginal analysis, Fox 1966.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from simulation.scenario.grid import Int64
from simulation.studies.staffing.handles import Handle
from simulation.studies.staffing.outcomes import Standing, Trial
from simulation.world.demand.cells import Float64

FAR, DOWN = 3, 2
"""A handle is raised by so many steps at most from one plan to the next, and lowered: lines are straight nearby only,
and service saturates, so that what more people do not lift fewer may drop."""
MOVES = 60
"""Steps of marginal analysis at most."""
NOTHING = 1e-6
"""Money, or lack of something, that is none."""
BEYOND = 100.0
"""Hours of a site beyond its share, as a share of all hours, weigh so many times what the logarithm of the probability
does: a percentage point is as bad as a probability e times too low."""


@dataclass(frozen=True)
class Aim:
    """What a plan is to keep: P(every window met), and of all hours on the floor the most of some sites, by place."""

    chance: float
    shares: Float64
    """Float64 (sites,), 1 where a site may have any."""

    def lacking(self, chance: float, hours: Float64) -> float:
        """How far a plan is from it; 0 where it keeps it. hours: Float64 (sites,)."""
        return max(float(np.log(self.chance / max(chance, 1e-9))), 0.0) + BEYOND * self.beyond(hours)

    def beyond(self, hours: Float64) -> float:
        """Hours of sites over their shares, as a share of all."""
        if not len(hours):
            return 0.0
        return float(np.maximum(hours / max(float(hours.sum()), 1.0) - self.shares, 0.0).sum())


class Slopes:
    """How margins, cost and hours of a plan answer to its handles where they were measured.

    of_unit: Float64 (windows, cost and sites, handles), of a unit of each
    """

    def __init__(self, moved: Sequence[Handle], at: Trial, probes: Sequence[Trial]) -> None:
        self.handles = list(moved)
        self.of_unit = np.zeros((len(_figures(at, at)), len(self.handles)))
        for number, (handle, probe) in enumerate(zip(self.handles, probes, strict=True)):
            self.of_unit[:, number] = _figures(at, probe, surely=True) / handle.probe

    def correct(self, at: Trial, to: Trial, units: Int64) -> None:
        """After a trial so many units away from another: the nearest slopes that explain it."""
        size = np.array([handle.step for handle in self.handles])
        steps = units / size
        if steps.any():
            along = steps / (steps @ steps) / size
            self.of_unit += np.outer(_figures(at, to) - self.of_unit @ units, along)

    def best_move(self, at: Trial, standing: Standing, units: Int64, aim: Aim, far: float) -> Int64:
        """Units by handle that let a plan keep its aim for the least cost, by these lines.

        at: the trial of the plan that is moved, and where its windows stand; units: Int64 (handles,), by which it has
        been moved so far; far: steps by which a handle is raised at most
        """
        sizes = np.array([handle.step for handle in self.handles], np.int64)
        room = np.array([(handle.least, handle.most) for handle in self.handles]).reshape(-1, 2) - units[:, None]
        fewest = np.maximum(np.ceil(room[:, 0] / sizes), -min(DOWN, far))
        most = np.minimum(np.floor(room[:, 1] / sizes), np.floor(far))
        lines = _Lines(at, standing, self.of_unit * sizes, aim)
        moves, taken = _moves(len(sizes)), np.zeros(len(sizes))
        for _ in range(MOVES):
            allowed = moves[((fewest <= taken + moves) & (taken + moves <= most)).all(axis=1)]
            move = lines.best_of(allowed, taken)
            if move is None:
                break
            taken = taken + move
        return (taken * sizes).astype(np.int64)


class _Lines:
    """A plan and what a step of each handle does to its windows in standard deviations, its cost and its hours."""

    def __init__(self, at: Trial, standing: Standing, of_step: Float64, aim: Aim) -> None:
        windows = len(standing.levels)
        spreads = np.broadcast_to(standing.spreads[:, None], (windows, of_step.shape[1]))
        self._raises = np.divide(of_step[:windows], spreads, out=np.zeros_like(spreads), where=spreads > 0)
        self._costs, self._more = of_step[windows], of_step[windows + 1 :]
        self._standing, self._hours, self._aim = standing, at.mean_hours, aim

    def _lacking(self, steps: Float64) -> Float64:
        """Float64 (plans,): of plans so many steps away, Float64 (plans, handles)."""
        chances = self._standing.chances_at(self._standing.levels + steps @ self._raises.T)
        hours = self._hours + steps @ self._more.T
        return np.array([self._aim.lacking(*one) for one in zip(chances.tolist(), hours, strict=True)])

    def best_of(self, moves: Float64, taken: Float64) -> Float64 | None:
        """The move with the highest worth, of Float64 (moves, handles); None where none has any.

        Where something lacks, how much less does by its cost; else what it saves, if nothing lacks then.
        """
        dearer, now = moves @ self._costs, float(self._lacking(taken[None])[0])
        if now <= NOTHING:
            moves, dearer = moves[dearer < 0], dearer[dearer < 0]
        if not len(moves):
            return None
        then = self._lacking(taken + moves)
        saved = np.where(then <= NOTHING, -dearer, 0.0)
        worths = saved if now <= NOTHING else np.maximum(now - then, 0.0) / np.maximum(dearer, NOTHING)
        best = int(np.argmax(worths))
        return np.asarray(moves[best]) if worths[best] > NOTHING else None


def _moves(handles: int) -> Float64:
    """Float64 (moves, handles): a step of one handle up or down, or of two, each up or down."""
    rows = np.eye(handles)
    pairs = list(combinations(rows, 2))
    both = [sign * one + turn * other for one, other in pairs for sign in (1, -1) for turn in (1, -1)]
    return np.stack([*rows, *-rows, *both]) if handles else np.zeros((0, 0))


def _figures(at: Trial, other: Trial, *, surely: bool = False) -> Float64:
    """By how much another's margins, cost and hours by site are higher, one after the other; `surely`: margins as far
    as chance does not explain them."""
    gap = at.difference(other)
    return np.concatenate([gap.sure_margins if surely else gap.margins, [gap.cost], gap.hours])
