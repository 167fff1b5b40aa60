"""Measured days lived again: simulated with the measured agents, and held beside what was measured.

A replay asks whether a model of the queue (Poisson arrivals at the measured volumes, the fitted handling and patience,
first come first served) brings about the measured service. It is no proof of the model, but where simulated and
measured lie far apart, a plan made with the model will be off as far.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from simulation.history.fit import handling_cv, handling_mean, patience_mean
from simulation.history.history import QueueHistory
from simulation.outcome.counting.measure import Resolution
from simulation.scenario.horizon import INTERVALS
from simulation.scenario.reading.document import from_data
from simulation.scenario.scenario import Scenario

if TYPE_CHECKING:
    from simulation.outcome.report.result import Result

Float64 = NDArray[np.float64]
MEASURES = ("abandon_rate", "asa_seconds", "wait_all_seconds", "service_level", "occupancy")
THRESHOLD = 20.0


class UnreplayableError(ValueError):
    """The history has not what a replay needs; the message says what, and how to get it."""


@dataclass(frozen=True, eq=False)
class Compared:
    """One measure, measured and simulated.

    total:     of all slots together, measured and simulated
    measured:  (slots,) NaN where undefined
    simulated: (slots,) means over replications
    deviation: (slots,) standard deviations over replications
    weights:   (slots,) contacts that a slot's figure rests on
    """

    total: tuple[float, float]
    measured: Float64
    simulated: Float64
    deviation: Float64
    weights: Float64

    @property
    def error(self) -> float:
        """Mean distance between simulated and measured in a slot, weighted by contacts."""
        return self._mean(np.abs(self.simulated - self.measured))

    @property
    def chance(self) -> float:
        """What that distance would be by chance alone, were the model true: sqrt(2 / pi) standard deviations."""
        return self._mean(np.sqrt(2 / np.pi) * self.deviation)

    def _mean(self, values: Float64) -> float:
        known = ~np.isnan(self.measured) & ~np.isnan(self.simulated) & ~np.isnan(values) & (self.weights > 0)
        return float(np.average(values[known], weights=self.weights[known])) if known.any() else float("nan")


@dataclass(frozen=True, eq=False)
class Replay:
    """A queue's measured days beside simulated ones.

    starts:   (slots,) the wall clock at which slots begin
    offered:  (slots,) contacts offered in those that were replayed, NaN elsewhere
    measures: those that were measured, by name
    left_out: contacts of slots without agents, which are not replayed
    """

    starts: NDArray[np.datetime64]
    offered: Float64
    measures: Mapping[str, Compared]
    left_out: float


def replay_scenario(queue: QueueHistory, agents: Float64 | None = None) -> Scenario:
    """The measured days as a scenario: measured volumes and agents, fitted handling and patience.

    agents: (slots,) agents on the floor, in place of the measured ones

    Slots without agents are left out, their contacts too. Raises UnreplayableError without agents or handling times, or
    where slots do not make intervals of 15, 30 or 60 minutes.
    """
    there = queue.columns.get("agents") if agents is None else agents
    handling, cv = handling_mean(queue), handling_cv(queue)
    if there is None or handling is None:
        missing = "agents on the floor" if there is None else "handling times"
        raise UnreplayableError(f"{queue.id}: the file has no {missing}; name their column with --column")
    interval = _interval(queue)
    volumes = np.nan_to_num(np.where(_replayed(queue, there), queue.offered, 0.0))
    patience = patience_mean(queue, handling.value)
    days = int((queue.local[-1].astype("datetime64[D]") - queue.local[0].astype("datetime64[D]")).astype(int)) + 1
    served = {"distribution": "LOGNORMAL", "mean_seconds": handling.value, "cv": cv.value if cv else 1.0}
    described = {
        "id": queue.id,
        "demand": {
            "series": {
                "start": queue.first.isoformat(timespec="minutes"),
                "minutes": queue.minutes,
                "volumes": volumes.tolist(),
            }
        },
        "handling": served,
        **({"patience": {"mean_seconds": patience.value}} if patience else {}),
        "target": {"threshold_seconds": queue.threshold_seconds or THRESHOLD, "share": 0.8},
    }
    heading = {
        "name": f"Replay of {queue.id}",
        "start": queue.first.date().isoformat(),
        "days": days,
        "timezone": queue.timezone,
        "interval_minutes": interval,
    }
    scenario = from_data({**heading, "queues": [described], "vendors": [_vendor(queue, [0])]}, file=queue.id)
    floor = _agents_by_interval(queue, there, scenario.horizon.intervals, interval)
    return from_data({**heading, "queues": [described], "vendors": [_vendor(queue, floor)]}, file=queue.id)


def _interval(queue: QueueHistory) -> int:
    for minutes in INTERVALS:
        if minutes % queue.minutes == 0:
            return minutes
    raise UnreplayableError(f"{queue.id}: slots of {queue.minutes} minutes; replay needs 5, 10, 15, 20, 30 or 60")


def _vendor(queue: QueueHistory, agents: list[int]) -> dict[str, object]:
    team = {"id": "team", "site": "floor", "skills": [{"queue": queue.id}], "staffing": {"agents": agents}}
    return {"id": "measured", "kind": "IN_HOUSE", "sites": [{"id": "floor", "country": "US"}], "teams": [team]}


def _replayed(queue: QueueHistory, agents: Float64) -> NDArray[np.bool_]:
    """Slots in which somebody was there and something may have come."""
    return (np.nan_to_num(agents) >= 0.5) & ~np.isnan(queue.offered)


def _first_interval(queue: QueueHistory, minutes: int) -> tuple[int, int]:
    """Minutes from the first midnight to the first slot, by the wall clock, and the number of its interval."""
    midnight = queue.local[0].astype("datetime64[D]").astype("datetime64[m]")
    since = int((queue.local[0] - midnight).astype(int))
    return since, since // minutes


def _agents_by_interval(queue: QueueHistory, agents: Float64, intervals: int, minutes: int) -> list[int]:
    """Whole agents of each interval of the scenario: the mean of its slots, made whole in running sums."""
    since, _ = _first_interval(queue, minutes)
    which = (since + queue.minutes * np.arange(len(agents))) // minutes
    inside = which < intervals
    which, there = which[inside], np.where(_replayed(queue, agents), np.nan_to_num(agents), 0.0)[inside]
    total = np.bincount(which, there, intervals)
    present = np.bincount(which, there > 0, intervals)
    mean = np.divide(total, present, out=np.zeros(intervals), where=present > 0)
    whole = np.diff(np.floor(np.cumsum(mean) + 0.5), prepend=0.0)
    return [max(int(number), 1) if there else 0 for number, there in zip(whole, present > 0, strict=True)]


def replay_of(queue: QueueHistory, result: "Result", agents: Float64 | None = None) -> Replay:
    """A history beside the result of its `replay_scenario`, simulated."""
    there = queue.columns.get("agents") if agents is None else agents
    assert there is not None  # else there is no such scenario
    minutes = _interval(queue)
    kept = _replayed(queue, there)
    grouped = _Grouped.of(queue, kept, minutes, len(result.starts[Resolution.INTERVAL]))
    simulated = result.queues[0].columns[Resolution.INTERVAL]
    team = result.teams[0].columns[Resolution.INTERVAL]
    totals = {**result.queues[0].totals, "occupancy": result.teams[0].totals["occupancy"]}
    found = {}
    for name, (numerator, denominator) in grouped.ratios(queue, there).items():
        column = team[name] if name == "occupancy" else simulated[name]
        measured = np.divide(numerator, denominator, out=np.full(len(numerator), np.nan), where=denominator > 0)
        whole = float(numerator.sum() / denominator.sum()) if denominator.sum() else float("nan")
        expected = totals[name].mean
        total = (whole, float("nan") if expected is None else expected)
        here = np.where(grouped.offered > 0, column.mean, np.nan)
        found[name] = Compared(total, measured, here, column.sd, denominator)
    starts = queue.local[0].astype("datetime64[D]").astype("datetime64[m]") + minutes * np.arange(len(grouped.offered))
    left_out = float(np.nansum(queue.offered[~kept]))
    return Replay(starts, np.where(grouped.offered > 0, grouped.offered, np.nan), found, left_out)


@dataclass(frozen=True, eq=False)
class _Grouped:
    """Slots of a history as intervals of a scenario."""

    which: NDArray[np.int64]
    kept: NDArray[np.bool_]
    intervals: int
    minutes: int
    offered: Float64

    @classmethod
    def of(cls, queue: QueueHistory, kept: NDArray[np.bool_], minutes: int, intervals: int) -> "_Grouped":
        since, _ = _first_interval(queue, minutes)
        which = (since + queue.minutes * np.arange(len(queue.offered))) // minutes
        which = np.minimum(which, intervals - 1)
        offered = np.bincount(which, np.where(kept, np.nan_to_num(queue.offered), 0.0), intervals).astype(float)
        return cls(which, kept, intervals, minutes, offered)

    def total(self, values: Float64) -> Float64:
        return np.bincount(self.which, np.where(self.kept, np.nan_to_num(values), 0.0), self.intervals).astype(float)

    def ratios(self, queue: QueueHistory, agents: Float64) -> dict[str, tuple[Float64, Float64]]:
        """Numerator and denominator of each measure by interval, of those that the history has."""
        columns, offered = queue.columns, queue.offered
        answered = columns.get("answered")
        found = {}
        if "abandoned" in columns:
            found["abandon_rate"] = self.total(columns["abandoned"]), self.total(offered)
        if "asa_seconds" in columns and answered is not None:
            found["asa_seconds"] = self.total(columns["asa_seconds"] * answered), self.total(answered)
        if "wait_all_seconds" in columns:
            found["wait_all_seconds"] = self.total(columns["wait_all_seconds"] * offered), self.total(offered)
        if "answered_in_time" in columns and queue.threshold_seconds is not None:
            found["service_level"] = self.total(columns["answered_in_time"]), self.total(offered)
        if "busy_seconds" in columns:
            found["occupancy"] = self.total(columns["busy_seconds"]), self.total(agents * 60 * queue.minutes)
        return found
