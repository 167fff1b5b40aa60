"""How service fell behind its target and came back, replication by replication, from service levels by day and week.

Levels are Float64 (replications, periods), NaN where a period has no contacts; targets are Float64 (periods,). A period
is *missed* where its level is under its target; one without a level is neither missed nor met.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Float64 = NDArray[np.float64]
Int64 = NDArray[np.int64]

STEP = 0.15
"""Rise of a week's expected volume over the weeks before that makes it a demand step."""
STEP_WEEKS = 4
"""The weeks before that it is measured against, but for the lowest of them: a holiday's volume that comes back is no
step."""
NONE = -1
"""Place of the worst period where there is none."""


@dataclass(frozen=True)
class DemandStep:
    """Weeks in a row whose expected volume stands at least STEP over what it was before.

    first, last: places of the first and last of them
    rise:        the highest of their volumes / the mean of the weeks before the first but the lowest - 1
    """

    first: int
    last: int
    rise: float


@dataclass(frozen=True, eq=False)
class Runs:
    """Every shortfall, of one replication after the other and in order of time.

    replication: Int64 (runs,)
    first, last: Int64 (runs,), places of its first and its last missed day
    depth:       Float64 (runs,), its widest gap between target and level
    area:        Float64 (runs,), the sum of its days' gaps
    """

    replication: Int64
    first: Int64
    last: Int64
    depth: Float64
    area: Float64

    @property
    def length(self) -> Float64:
        """Float64 (runs,): days from the first missed day to the last, both included."""
        return (self.last - self.first + 1).astype(np.float64)


@dataclass(frozen=True, eq=False)
class Shortfalls:
    """The shortfalls of every replication: runs of missed days; days without a level do not end one.

    each:   all of them
    number: Float64 (replications,)
    days:   Float64 (replications,), missed days in all of them
    depth:  Float64 (replications,), of the worst shortfall, the one whose gaps add up to most: its widest gap between
            target and level; NaN without any
    length: Float64 (replications,), of the same: days from its first missed day to its last, both included
    """

    each: Runs
    number: Float64
    days: Float64
    depth: Float64
    length: Float64


def demand_steps(volumes: Float64) -> list[DemandStep]:
    """The demand steps of a queue's expected volumes by whole week, Float64 (weeks,), in order of time.

    A week steps up when its volume / the mean of the STEP_WEEKS weeks before but the lowest of them (of as many as
    there are; of one that one) is at least 1 + STEP; weeks after nothing do not. Weeks that step up in a row are one
    step. It lasts as long as the volume stays at least 1 + STEP times what it was before the first of them, or until
    another step begins.
    """
    before = np.array([_usual(volumes[max(week - STEP_WEEKS, 0) : week]) for week in range(len(volumes))])
    steps_up = (before > 0) & _is_over(volumes, before)
    steps: list[DemandStep] = []
    for week in np.flatnonzero(steps_up).tolist():
        if steps and steps[-1].last >= week and steps_up[week - 1]:
            continue  # it rises on
        if steps and steps[-1].last >= week:
            steps[-1] = _step(volumes, steps[-1].first, week, before)
        stays = _is_over(volumes[week:], before[week])
        steps.append(_step(volumes, week, len(volumes) if stays.all() else week + int(stays.argmin()), before))
    return steps


def _usual(volumes: Float64) -> float:
    """The mean of some weeks but the lowest; 0 of none."""
    return float(np.sort(volumes)[min(1, len(volumes) - 1) :].mean()) if len(volumes) else 0.0


def _step(volumes: Float64, first: int, end: int, before: Float64) -> DemandStep:
    return DemandStep(first, end - 1, float(volumes[first:end].max() / before[first]) - 1)


def _is_over(volumes: Float64, before: Float64 | float) -> NDArray[np.bool_]:
    return np.asarray(volumes >= (1 + STEP - 1e-9) * before)


def weeks_to_recover(levels: Float64, targets: Float64, step: DemandStep) -> Float64:
    """Float64 (replications,): weeks from a step's first week to the first week that meets the target again.

    0 where none of the step's weeks is missed, as long as it lasts; otherwise the week sought follows the first of them
    that is missed, within the step or after it; NaN where there is none until the horizon.
    """
    places = np.arange(levels.shape[1])
    missed = (levels < targets) & (places >= step.first) & (places <= step.last)
    first_missed = np.where(missed.any(axis=1), missed.argmax(axis=1), NONE)
    again = (levels >= targets) & (places > first_missed[:, None])
    recovered = np.where(again.any(axis=1), again.argmax(axis=1) - float(step.first), np.nan)
    return np.where(first_missed == NONE, 0.0, recovered)


def shortfalls(levels: Float64, targets: Float64) -> Shortfalls:
    """The shortfalls of service levels by day."""
    each = _runs(levels, targets)
    worst = _worst_run(each.replication, each.area, len(levels))
    return Shortfalls(
        each=each,
        number=np.bincount(each.replication, minlength=len(levels)).astype(np.float64),
        days=(levels < targets).sum(axis=1).astype(np.float64),
        depth=_of_worst(each.depth, worst),
        length=_of_worst(each.length, worst),
    )


def _runs(levels: Float64, targets: Float64) -> Runs:
    missed = levels < targets
    known = np.maximum.accumulate(np.where(np.isnan(levels), 0, np.arange(levels.shape[1])), axis=1)
    short = np.take_along_axis(missed, known, axis=1)  # a day without a level is as the day before
    begins = short & ~np.pad(short, ((0, 0), (1, 0)))[:, :-1]
    run = np.cumsum(begins)[missed.ravel()] - 1
    of_run, first = np.nonzero(begins)
    where, day = np.nonzero(missed)
    gaps: Float64 = targets[day] - levels[where, day]
    depth, last = np.zeros(len(first)), np.zeros(len(first), np.int64)
    np.maximum.at(depth, run, gaps)
    np.maximum.at(last, run, day)
    return Runs(of_run, first, last, depth, np.bincount(run, gaps, len(first)).astype(np.float64))


def _worst_run(of_run: Int64, area: Float64, replications: int) -> Int64:
    """Int64 (replications,): the run with most area of each replication, the first of several; NONE without runs."""
    order = np.lexsort((-area, of_run))
    found, at = np.unique(of_run[order], return_index=True)
    worst = np.full(replications, NONE, np.int64)
    worst[found] = order[at]
    return worst


def _of_worst(figures: Float64, worst: Int64) -> Float64:
    return np.append(figures, np.nan)[worst]  # NONE is the last place


def worst_period(levels: Float64) -> tuple[Int64, Float64]:
    """The period with the lowest level of every replication, the first of several, and its level; NONE and NaN."""
    known = ~np.isnan(levels).all(axis=1)
    places = np.where(known, np.where(np.isnan(levels), np.inf, levels).argmin(axis=1), NONE)
    return places, np.where(known, np.take_along_axis(levels, np.maximum(places, 0)[:, None], axis=1)[:, 0], np.nan)
