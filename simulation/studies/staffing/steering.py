"""How simulation sharpens the next proposal: buffers by queue and week that bring every window where it pays to be.

A window's *level* is its mean margin in standard deviations. What it costs to lift one, the program tells; where
lifting is cheap, chance is bought. With windows as good as independent, log P(all) is a sum of
log Phi(level), so for the least cost

    phi(level_i) / Phi(level_i) = kappa x price_i        for every window i,

and kappa is the one with which all together, varying as they did in the trial, are as probable as wanted. Levels follow
buffers along a slope that is learned from trial to trial, as by Newton's method with a diagonal matrix: a window
answers to its own weeks.
"""

from collections.abc import Sequence

import numpy as np
from scipy.special import ndtr

from simulation.studies.staffing.hiring_program import Proposal, propose
from simulation.studies.staffing.outcomes import ScoredWindow, Trial, chance_of_all
from simulation.studies.staffing.setting import Limits, Setting
from simulation.world.demand.cells import Float64

FIRST = 0.1
"""The buffer of the first proposal."""
CHEAP, FREELY = 0.35, 0.25
"""A queue whose further hours cost less than this share of what is usual keeps this buffer anyway: what waits costs
more."""
PROBE = 0.05
"""A buffer is raised by so much to see what it costs."""
HIGH = 3.5
"""Of windows that stand so high no price is asked."""
LEAST_PRICE = 20.0
"""Of that step, where it is free."""
SLOPE = 16.0
"""Standard deviations for a buffer of 1, until it is known better."""
SLOPES = (6.0, 60.0)
STEP = 0.15
"""A buffer changes by so much at most from one trial to the next."""
BUFFERS = (-0.6, 0.7)
LEVELS = np.linspace(-1.5, 3.2, 471)
_MILLS = np.exp(-(LEVELS**2) / 2) / np.sqrt(2 * np.pi) / ndtr(LEVELS)
"""phi / Phi of LEVELS, falling."""


class Steering:
    """The buffers of the next proposal; float64 (weeks, queues)."""

    def __init__(self, setting: Setting, windows: Sequence[ScoredWindow], limits: Limits) -> None:
        self._setting, self._windows, self._limits = setting, windows, limits
        self.buffer = np.zeros((setting.weeks, len(setting.scenario.queues)))
        for window in windows:
            if window.queue is not None:
                self.buffer[list(window.weeks), window.queue] = FIRST
        sharing = [(window.queue, window.weeks) for window in windows]
        self._sharing = np.array([sharing.count(one) for one in sharing], np.float64)
        self._slopes = np.full(len(windows), SLOPE)
        self._last: tuple[Float64, Float64] | None = None

    def learn(self, proposal: Proposal, trial: Trial, wanted: float) -> None:
        """After a trial of a proposal: the buffers with which all windows would be met with a probability."""
        levels, apart = trial.standings
        covers = np.array([self._cover(proposal, window) for window in self._windows])
        self._learn_slopes(levels, covers)
        aims = self._aims(proposal, levels, apart, wanted)
        changes = np.clip((aims - levels) / self._slopes, -STEP, STEP)
        self._move(proposal, changes)

    def _cover(self, proposal: Proposal, window: ScoredWindow) -> float:
        if window.queue is None:
            return 0.0
        return float(np.nanmean(proposal.covered[list(window.weeks), window.queue]))

    def _learn_slopes(self, levels: Float64, covers: Float64) -> None:
        if self._last is not None:
            before, covered = self._last
            moved = np.abs(covers - covered) > 0.015
            inside = (np.abs(levels) < 4) & (np.abs(before) < 4)
            known = moved & inside
            slope = np.divide(levels - before, covers - covered, out=np.full(len(levels), SLOPE), where=known)
            self._slopes[known] = np.clip((slope[known] + self._slopes[known]) / 2, *SLOPES)
        self._last = levels, covers

    def _aims(self, proposal: Proposal, levels: Float64, apart: Float64, wanted: float) -> Float64:
        """The levels at which windows should stand."""
        prices = self._prices(proposal, levels)
        stuck = np.array([window.queue is None for window in self._windows], np.bool_)
        low, high = -12.0, 6.0  # logarithms of kappa: the higher, the less probable
        for _ in range(50):
            middle = (low + high) / 2
            aims = _levels_at(np.exp(middle) * prices)
            chance = chance_of_all(np.where(stuck, levels, aims), apart)
            low, high = (middle, high) if chance >= wanted else (low, middle)
        return np.where(stuck, levels, _levels_at(np.exp(low) * prices))

    def _prices(self, proposal: Proposal, levels: Float64) -> Float64:
        """Float64 (windows,): what a standard deviation more of each costs by the program; windows of one queue and
        time share it."""
        found: dict[tuple[int | None, tuple[int, ...]], float] = {}
        for window, level in zip(self._windows, levels.tolist(), strict=True):
            if window.queue is not None and level < HIGH and (window.queue, window.weeks) not in found:
                raised = self.buffer.copy()
                raised[list(window.weeks), window.queue] += PROBE
                dearer = propose(self._setting, raised, self._limits).cost - proposal.cost
                found[window.queue, window.weeks] = max(dearer, LEAST_PRICE) / PROBE
        prices = np.array([found.get((window.queue, window.weeks), LEAST_PRICE) for window in self._windows])
        return np.asarray(prices / self._slopes / self._sharing / 1000)

    def _move(self, proposal: Proposal, changes: Float64) -> None:
        most = np.full(self.buffer.shape, -np.inf)
        for window, change in zip(self._windows, changes.tolist(), strict=True):
            if window.queue is not None:
                weeks = list(window.weeks)
                most[weeks, window.queue] = np.maximum(most[weeks, window.queue], change)
        scored = np.isfinite(most)
        there = np.nan_to_num(proposal.covered - 1, nan=0.0)
        # people who are there anyway cover more than is asked for: what is to be more begins there
        begin = np.where(most > 0, np.maximum(there, self.buffer), self.buffer)
        begin = np.where(proposal.short > 1.0, np.minimum(there, self.buffer), begin)
        self.buffer = np.where(scored, np.clip(begin + np.where(scored, most, 0.0), *BUFFERS), self.buffer)
        prices = np.array(self._setting.hour_prices)
        freely = np.broadcast_to(prices < CHEAP * np.median(prices), self.buffer.shape)
        self.buffer = np.where(freely, np.maximum(self.buffer, FREELY), self.buffer)


def _levels_at(prices: Float64) -> Float64:
    """The levels at which phi / Phi is a price."""
    return np.asarray(np.interp(-prices, -_MILLS, LEVELS))
